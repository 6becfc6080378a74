"""What `forms/speech/learned.npz` is learned from, and how: texts as grams, then a regression by scikit-learn.

Learned from are the texts of tests/data/texts whose `half` is `seen` or `more`, and as ordinary ones stretches of the
real mails and sample orders of tests/data, and of all that the known forms print.
"""

import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
from regulations import environment

from comity.reading import form, speech, spoken, weighed
from comity.reading.read import read

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "tests" / "data"
FILE = HERE.parent / "src" / "comity" / "reading" / "forms" / "speech" / "learned.npz"
STRICTNESS = 30.0  # scikit-learn's C: of 10, 30 and 100 the one that told most
RAREST = 2  # texts that have a gram
BARS = {"danger": -0.25, "person": 0.1, "process": 0.0}  # above which few are missed, and few told for nothing
SPEAK = {"11-person-lever-threat", "12-phish-us-emergency"}  # samples that are not ordinary


class Text(NamedTuple):
    """One text: what of the families it has (None where that isn't asked), its grams, and what the lists say of it."""

    has: dict[str, bool | None]
    grams: weighed.Ids
    lists: dict[str, float]


class Learned(NamedTuple):
    """As `weighed.Learned`, before it is rounded."""

    rarity: Any
    weights: Any
    bias: Any
    lists: Any


def rows() -> list[dict[str, Any]]:
    """All texts that somebody wrote for this."""
    files = sorted((DATA / "texts").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines() if line[:1] == "{"]


def texts(halves: Sequence[str]) -> list[Text]:
    """Those of such halves."""
    return [
        _text(_has(row), speech.sentences(speech.plain(f"{row['subject']}.\n\n{row['text']}")))
        for row in sorted(rows(), key=lambda row: str(row["id"]))
        if row["half"] in halves
    ]


def _has(row: dict[str, Any]) -> dict[str, bool | None]:
    """What a text has of each family; whether it is process or harm is asked where it is one of the two."""
    if "label" in row:
        return {"danger": row["label"] == "danger", "person": None, "process": None}
    one = row["process"] != row["harm"]
    return {"danger": None, "person": row["process"] or row["harm"], "process": row["process"] if one else None}


def _text(has: dict[str, bool | None], said: Sequence[speech.Sentence]) -> Text:
    found = speech.together([speech.stands(one, speech.book()) for one in said])
    grams = np.unique(np.concatenate([weighed.ids(one.words) for one in said]))
    return Text(has, grams, speech.by_lists(speech.book(), found))


def ordinary() -> Iterator[Text]:
    """Stretches of real ordinary mails and of sample orders, as they are listened to, and of what forms print."""
    has: dict[str, bool | None] = {"danger": False, "person": False, "process": None}
    files = sorted([*(DATA / "mail").glob("*.eml"), *(DATA / "orders").glob("*.eml")])
    heard = [text for path in files if path.stem not in SPEAK for text in _listened_to(path)]
    printed = [". ".join(" ".join(phrase.words) for phrase in one.phrases) for one in form.known()]
    for text in [*heard, *printed]:
        said = speech.sentences(speech.plain(text))
        for n, size in speech.stretches(len(said)):
            if some := said[n : n + size]:
                yield _text(has, some)


def _listened_to(path: Path) -> list[str]:
    heard: list[str] = []
    with patch.object(spoken.speech, "hits", lambda text: heard.append(text) or []):
        read(path.read_bytes(), {"dns": False})
    return heard


def learn(some: Sequence[Text]) -> Learned:
    """What these texts tell: how rare each gram is, and what it weighs for each family."""
    count = np.bincount(np.concatenate([one.grams for one in some]), minlength=weighed.NUMBERS)
    rarity = np.where(count >= RAREST, 1 + np.log((1 + len(some)) / (1 + count)), 0)
    each = [_fitted(some, rarity, family) for family in weighed.FAMILIES]
    return Learned(
        rarity,
        np.array([one["weights"] for one in each]).T,
        np.array([one["bias"] - BARS[family] for one, family in zip(each, weighed.FAMILIES, strict=True)]),
        np.array([one["lists"] for one in each]),
    )


def _fitted(some: Sequence[Text], rarity: Any, family: str) -> Any:
    own = [one for one in some if one.has[family] is not None]
    columns = np.concatenate([one.grams for one in own])
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as made:
        np.savez(
            f"{made}/in.npz",
            values=rarity[columns],
            columns=columns,
            ends=np.cumsum([0, *(len(one.grams) for one in own)]),
            lists=np.array([one.lists[family] for one in own]),
            has=np.array([int(bool(one.has[family])) for one in own]),
            wide=weighed.NUMBERS,
            strict=STRICTNESS,
        )
        peer = [str(environment()), str(HERE / "_speech_peer.py"), f"{made}/in.npz", f"{made}/out.npz"]
        subprocess.run(peer, check=True)
        return dict(np.load(f"{made}/out.npz"))


def rounded(made: Learned) -> dict[str, Any]:
    """As the file has it."""
    return {
        name: np.round(one * weighed.THOUSANDTHS).clip(-32_768, 32_767).astype(np.int16)
        for name, one in made._asdict().items()
    }
