"""The life cycle of a change as one table, and what can be changed in a text without writing YAML. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from comity.ledger.life import Life
from comity.ledger.life import NotNow as NotNow

STATES = (
    "draft",
    "tried",
    "proposed",
    "urged",
    "adopted",
    "in-force",
    "emergency",
    "confirmed",
    "superseded",
    "ended",
    "withdrawn",
)
CLOSED = frozenset({"superseded", "ended", "withdrawn"})
STANDING = frozenset({"in-force", "emergency", "confirmed"})

LIFE: Mapping[tuple[str, str], str] = {
    # written, and tried on the past; an edit makes the trial void
    ("draft", "edit"): "draft",
    ("draft", "try"): "tried",
    ("draft", "withdraw"): "withdrawn",
    ("tried", "edit"): "draft",
    ("tried", "try"): "tried",
    ("tried", "withdraw"): "withdrawn",
    # put to people: to the quorum, or in an emergency to one
    ("tried", "propose"): "proposed",
    ("tried", "urge"): "urged",
    ("proposed", "return"): "draft",
    ("proposed", "withdraw"): "withdrawn",
    ("urged", "return"): "draft",
    ("urged", "withdraw"): "withdrawn",
    # adopted, in force from its date, superseded
    ("proposed", "sign"): "proposed",
    ("proposed", "adopt"): "adopted",
    ("adopted", "begin"): "in-force",
    ("in-force", "supersede"): "superseded",
    ("in-force", "lapse"): "ended",  # what was signed with an end of its own
    # an emergency change: in force by one signature, confirmed by the quorum or ended by the clock
    ("urged", "decree"): "emergency",
    ("emergency", "sign"): "emergency",
    ("emergency", "confirm"): "confirmed",
    ("emergency", "lapse"): "ended",
    ("emergency", "supersede"): "superseded",
    ("confirmed", "lapse"): "ended",
    ("confirmed", "supersede"): "superseded",
    ("emergency", "end"): "ended",  # by one person, as it began; what the quorum confirmed, one person can't undo
}


OF_IT = Life("change", LIFE)
after, acts_in, not_now = OF_IT.after, OF_IT.acts_in, OF_IT.not_now


# -- a draft's text ---------------------------------------------------------------------------------------------------

VERSION = re.compile(r"^(version:[ \t]*)(\S+)", re.MULTILINE)
FROM = re.compile(r"^(in_force_from:[ \t]*)(\S+)", re.MULTILINE)
UNTIL = re.compile(r"^in_force_until:.*\n", re.MULTILINE)


def next_version(version: str, taken: Sequence[str]) -> str:
    """The next free name after a version: 2021-784.1 → 2021-784.2."""
    stem, dot, last = version.rpartition(".")
    number = int(last) if dot and last.isdigit() else 0
    stem = stem if dot and last.isdigit() else version
    while True:
        number += 1
        if (name := f"{stem}.{number}") not in taken:
            return name


def copied(text: str, version: str, day: str) -> str:
    """A version's text as the start of a draft: unchanged except for its name and the day it comes into force."""
    named = VERSION.sub(lambda found: found[1] + version, text, count=1)
    return UNTIL.sub("", FROM.sub(lambda found: found[1] + day, named, count=1), count=1)


class NoSuchCheck(LookupError):
    """The text has no check with that name, or none that can be changed this way; the text says which."""


def set_blocking(text: str, check: str, outcome: str, ground: str = "") -> str:
    """The same text, with one check made to block (`outcome`: what it then gives) or, without an outcome, not to block.

    What a blocking check says no longer promises to carry the order out all the same. Raises NoSuchCheck.
    """
    from comity.library.in_words import unpromised  # it brings all that reads packs, and every process has our tables

    begins = re.search(rf"^(?P<by>[ ]*)- id: {re.escape(check)}[ \t]*$", text, re.MULTILINE)
    if begins is None:
        raise NoSuchCheck(f"no check is called {check!r}")
    ends = re.compile(rf"^[ ]{{0,{len(begins['by'])}}}(- |\S)", re.MULTILINE).search(text, begins.end())
    stop = ends.start() if ends else len(text)
    entry = text[begins.start() : stop]
    line = re.compile(r"^([ ]+)blocking: (true|false).*\n", re.MULTILINE)
    found = line.search(entry)
    if found is None:
        raise NoSuchCheck(f"{check!r} does not say whether it blocks")
    without = re.compile(rf"^{found[1]}(outcome|ground|when_unknown):.*\n", re.MULTILINE)
    given = [f"blocking: {'true' if outcome else 'false'}"]
    given += [f"outcome: {outcome}"] if outcome else []
    given += [f"ground: {ground}"] if outcome and ground else []
    made = line.sub("".join(f"{found[1]}{key}\n" for key in given), without.sub("", entry), count=1)
    says = re.compile(rf"^{found[1]}fails:.*$", re.MULTILINE)
    made = says.sub(lambda words: unpromised(words[0]), made) if outcome else made
    return text[: begins.start()] + made + text[stop:]


# -- tried on the past ------------------------------------------------------------------------------------------------


def tally(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The figures of a trial, from one row per order: its `way` and the targets acted on before and after."""
    ways = [row["way"] for row in rows]
    return {
        "orders": len(rows),
        **{way: ways.count(way) for way in ("more", "less", "other", "same")},
        "targets": {
            "more": sum(max(row["targets"][1] - row["targets"][0], 0) for row in rows),
            "less": sum(max(row["targets"][0] - row["targets"][1], 0) for row in rows),
        },
        "accounts": {
            "more": sum(max(row["accounts"][1] - row["accounts"][0], 0) for row in rows),
            "less": sum(max(row["accounts"][0] - row["accounts"][1], 0) for row in rows),
        },
    }
