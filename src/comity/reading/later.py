"""What a later mail of an authority says of the order it sent before: that it prolongs it, or that production follows.

Pure. Only what is stated outright in the writer's own words, or what an attached form is by its title; a condition, a
question or a denial says nothing. Which patterns say it stands in `forms/instruments.json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from comity.reading import form, signs

MOST_TEXT = 100_000
SHORT = 300
OPEN = re.compile(
    r"\?\s*$|\b(?:not|no|never|unless|if|whether|may|might|could|would|should|until|in case|pas|aucune?|si|sauf"
    r"|pourrait|nicht|keine?|falls|wenn|ob|sofern|könnte)\b",
    re.IGNORECASE,
)


class Kind(NamedTuple):
    """One thing that may be said later: `about` must stand in the mail, `says` in one sentence, `title` on a line."""

    instrument: str
    kind: str
    about: re.Pattern[str]
    says: re.Pattern[str]
    title: re.Pattern[str]


@cache
def kinds() -> tuple[Kind, ...]:
    told = form.instruments()["later"]
    patterns = (([one[name] for name in ("about", "says", "title")], one) for one in told)
    return tuple(
        Kind(one["instrument"], one["kind"], *(re.compile("|".join(each), re.IGNORECASE) for each in three))
        for three, one in patterns
    )


def of(own: str, attached: Sequence[tuple[int, str]], part: int) -> dict[str, Any] | None:
    """`{"instrument", "kind", "where", "part", "text"}` of the first thing that is said; None where nothing is.

    `own` are the writer's own words, in part `part`; `attached` the texts of what is attached, with their parts.
    """
    return next(_said(own[:MOST_TEXT], attached, part), None)


def _said(own: str, attached: Sequence[tuple[int, str]], part: int) -> Iterator[dict[str, Any]]:
    for kind in kinds():
        told = {"instrument": kind.instrument, "kind": kind.kind}
        for sentence in signs.sentences(own) if kind.about.search(own) else []:
            if kind.says.search(sentence) and not OPEN.search(sentence):
                yield told | {"where": "in the text", "part": part, "text": " ".join(sentence.split())[:SHORT]}
        for number, text in attached:
            for line in text[:MOST_TEXT].splitlines():
                if kind.title.match(line.strip()):
                    yield told | {"where": f"part {number}", "part": number, "text": line.strip()[:SHORT]}
