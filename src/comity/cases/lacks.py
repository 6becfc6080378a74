"""What a demand's own words leave open of what its regulation asks, and until when that would give us, as its authority
is told. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from comity.library import in_words
from comity.regulations.packs import Check, Pack
from comity.web.parts import Clock

from .rules import DRIVING, ENDS

SAID = ("form", "data", "datum", "non_disclosure", "offence", "language", "translation", "territory", "emergency")


@dataclass(frozen=True)
class Lack:
    """One thing that is missing or wrong in what was said, with its article. `stops`: nothing is done before it is
    there."""

    says: str
    cite: str
    stops: bool


def lacks(pack: Pack, finding: Mapping[str, Any], language: str) -> tuple[Lack, ...]:
    """What is missing, what stops it first; nothing of who says it, or of what a platform knows."""
    checks = {check.id: check for check in pack.checks}
    rows = [row for row in finding["checks"] if row["holds"] is not True and row["id"] in checks]
    made = [_lack(checks[row["id"]], row, language) for row in rows if _of_its_words(checks[row["id"]])]
    return tuple(sorted(dict.fromkeys(made), key=lambda one: not one.stops))


OURS = (".valid", ".held")  # what we find out, whatever a form says


def _of_its_words(check: Check) -> bool:
    paths = check.rule.facts
    said = all(path.split(".")[0].split("[")[0] in SAID for path in paths)
    return said and not check.exception and not any(path.endswith(OURS) for path in paths)


def _lack(check: Check, row: Mapping[str, Any], language: str) -> Lack:
    one = len(check.rule.facts) == 1  # where one thing is asked and nothing said, it isn't there
    text = check.fails if one or row["holds"] is False else check.unknown
    return Lack(in_words.say(text, language), str(row["cite"]), bool(row["blocking"]))


def driving(finding: Mapping[str, Any], at: datetime) -> tuple[Clock | None, str, Sequence[str]]:
    """The clock that would drive it from `at` (UTC), its article, and how it is counted."""
    rows = [one for one in finding["deadlines"] if one.get("due_target") and one["id"] in DRIVING | ENDS]
    if not rows:
        return None, "", ()
    first = min(rows, key=lambda one: (one["id"] not in DRIVING, one["due_target"]))
    due: dict[str, Any] = {
        key: datetime.fromisoformat(first[key].replace("Z", "+00:00")) for key in DUE if first.get(key)
    }
    return Clock(**due, started=at, alerts=False), str(first["cite"]), tuple(first.get("steps") or ())


DUE = ("due_target", "due_legal")
