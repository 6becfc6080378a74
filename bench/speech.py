"""`make bench ONLY=speech`: of mails that speak of danger or of a claim on a person, how many are told; of others, too.

On texts that nobody learned from (`held`, and `exam`, made to be hard). Then all is learned again from the texts that
may be learned from, and must say the same as what is shipped. WRITE=1 ships what was learned. About three minutes.
"""

import os
import sys
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

import _speech_learn as learning  # noqa: E402
import numpy as np  # noqa: E402
from _report import Row, tell  # noqa: E402

from comity.reading import speech, weighed  # noqa: E402

FOUND, FALSE, SAME = 0.95, 0.02, 0.995
PEOPLE = {"danger": ("danger",), "person": ("process", "harm")}


def told(row: dict[str, Any]) -> set[str]:
    """What a text is told to speak of."""
    return {hit.family for hit in speech.hits(f"{row['subject']}.\n\n{row['text']}")}


def counted(some: list[dict[str, Any]], half: str, family: str) -> list[Row]:
    """Recall and false ones of a half."""
    own = [one for one in some if one["half"] == half and ("label" in one) == (family == "danger")]
    has = np.array([one.get("label") == "danger" or bool(one.get("process") or one.get("harm")) for one in own])
    is_told = np.array([bool(told(one) & set(PEOPLE[family])) for one in own])
    found, false = float(is_told[has].mean()), float(is_told[~has].mean())
    speak, ordinary = f"{family}, {half}: told of {has.sum()}", f"{family}, {half}: told so of {(~has).sum()} ordinary"
    return [
        Row(speak, found, "", floor=f"at least {FOUND}", holds=found >= FOUND),
        Row(ordinary, false, "", floor=f"at most {FALSE}", holds=false <= FALSE),
    ]


def learned_again() -> Row:
    """How many texts that nobody learned from are told the same by what is learned now."""
    made = learning.rounded(learning.learn([*learning.texts(("seen", "more")), *learning.ordinary()]))
    asked = learning.texts(("held", "exam"))
    shipped = [_told(one) for one in asked]
    with patch.object(weighed, "learned", lambda: weighed.checked(made)):
        same = float(np.mean([one == _told(other) for one, other in zip(shipped, asked, strict=True)]))
    if os.environ.get("WRITE"):
        np.savez_compressed(learning.FILE, **made)
    return Row("learned again, it tells the same of", same, "", floor=f"at least {SAME}", holds=same >= SAME)


def _told(text: learning.Text) -> tuple[bool, ...]:
    return tuple(one >= 0 for one in weighed.weighed([text.grams], text.lists).values())


def speed(some: list[dict[str, Any]]) -> Row:
    """Processor time of a mail of a page."""
    text = "\n\n".join(str(one["text"]) for one in some[:200])[:3_000]
    speech.hits(text)
    began = time.process_time()
    for _ in range(20):
        speech.hits(text)
    return Row("a mail of 3,000 characters listened to", (time.process_time() - began) / 20 * 1e3, "ms")


def main() -> int:
    """Every figure; 1 when a floor is missed."""
    some = learning.rows()
    again = learned_again()
    each = [row for half in ("held", "exam") for family in PEOPLE for row in counted(some, half, family)]
    return tell("speech", [*each, again, speed(some)])


if __name__ == "__main__":
    sys.exit(main())
