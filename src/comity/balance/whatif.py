"""What the past year would have been under a draft: both families side by side, with what can't be known.

Where only what follows from a check was changed, the year is recombined from its codes, all of it. Where a condition
was changed, codes can't say how it would have come out: the cases whose facts still live were judged anew by the trial
(`adoption/trial.py`), and what they say is carried over with its interval. How senders would react is not in it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum

from comity.regulations.packs import OUTCOMES, Pack

from .exact import interval
from .models import Coded

YEAR = timedelta(days=365)
CARRIED, REVERSED = "share-done", "reversed"  # the indicators that a rule moves by itself


@dataclass(frozen=True)
class Alike:
    """Judged parts of the year that came out alike."""

    version: str
    pattern: str
    outcome: str
    n: int
    acted: int
    reversed: int


@dataclass(frozen=True)
class WhatIf:
    """What comes of it. `cases`: how many parts were judged in the year; `anew`: of how many that is known; `moved`:
    how many would come out otherwise. Each family: indicator → before, after, and between which it lies."""

    cases: int
    anew: int
    moved: int
    security: Mapping[str, tuple[float | None, float | None, float, float]]
    freedom: Mapping[str, tuple[float | None, float | None, float, float]]
    by: str  # "codes" | "facts"

    def as_json(self) -> dict[str, Any]:
        """As it is stored and told."""
        return {
            "cases": self.cases,
            "anew": self.anew,
            "moved": self.moved,
            "by": self.by,
            "security": {id: list(four) for id, four in self.security.items()},
            "freedom": {id: list(four) for id, four in self.freedom.items()},
        }


def past(realm: str, instrument: str, today: date) -> list[Alike]:
    """The past year of an instrument by what came out alike: one query, and few rows of many parts."""
    rows = Coded.objects.filter(realm=realm, instrument=instrument, day__gt=today - YEAR, day__lte=today)
    summed = rows.values("version", "pattern", "outcome").annotate(
        all=Sum("n"), done=Sum("acted"), back=Sum("reversed")
    )
    return [Alike(r["version"], r["pattern"], r["outcome"], r["all"], r["done"], r["back"]) for r in summed]


def recombined(pattern: str, pack: Pack) -> str:
    """The outcome that a pattern of checks has under a version: the first, in the order of OUTCOMES, of what stands
    against it."""
    said = set(filter(None, pattern.split(",")))
    against = ["valid"]
    for check in pack.checks:
        if not check.blocking:
            continue
        if check.id in said and check.outcome:
            against.append(check.outcome)
        elif f"{check.id}?" in said and check.when_unknown == "asks":
            against.append("needs-person")
    return min(against, key=OUTCOMES.index)


def same_questions(old: Pack, new: Pack) -> bool:
    """Whether two versions ask the same: only then do codes tell what the other would have said."""
    asked = [{check.id: (check.rule.text, check.of, check.exception, check.stands_aside) for check in pack.checks}
             for pack in (old, new)]  # fmt: skip
    return asked[0] == asked[1]


def by_codes(rows: Sequence[Alike], old: Pack, new: Pack) -> WhatIf:
    """The year recombined. A pattern whose outcome the version that it was judged by doesn't explain is not known."""
    known, unknown = [], 0
    for row in rows:
        if recombined(row.pattern, old) == row.outcome or row.version == new.version:
            known.append((row, recombined(row.pattern, new)))
        else:
            unknown += row.n
    moved = sum(row.n for row, after in known if after != row.outcome)
    return _told(rows, known, unknown, moved, "codes")


def _told(rows: Sequence[Alike], known: Sequence[tuple[Alike, str]], unknown: int, moved: int, by: str) -> WhatIf:
    all_n, all_acted, all_back = (sum(getattr(row, name) for row in rows) for name in ("n", "acted", "reversed"))
    valid = sum(row.n for row in rows if row.outcome == "valid")
    acted, back, new = 0, 0, 0
    for row, after in known:
        if after == "valid" and row.outcome == "valid":
            acted, back = acted + row.acted, back + row.reversed
        elif after == "valid":
            new += row.n
    added = round(new * all_acted / valid) if valid else 0
    known_n = sum(row.n for row, _ in known)
    return WhatIf(
        known_n + unknown,
        known_n,
        moved,
        {CARRIED: _four(all_acted, all_n, acted + added, known_n, unknown, unsure=new)},
        {REVERSED: _four(all_back, all_acted, back, acted + added, min(unknown, all_acted), unsure=added)},
        by,
    )


def _four(
    before: int, of_before: int, after: int, of_after: int, unknown: int, unsure: int = 0
) -> tuple[float | None, float | None, float, float]:
    """A share before and after, and where it lies. `unsure`: how many acts nobody ever saw done or complained of: the
    interval takes both ends of them, as it does of the `unknown`."""
    share = before / of_before if of_before else None
    if of_after + unknown == 0:
        return share, None, 0.0, 1.0
    least, most = max(0, after - unsure), min(of_after + unknown, after + unknown + unsure)
    low = interval(least, of_after + unknown)[0]
    high = interval(most, of_after + unknown)[1]
    return share, after / of_after if of_after else None, low, high


def by_facts(rows: Sequence[Alike], tried: Mapping[tuple[str, str], int]) -> WhatIf:
    """The year by what a trial on living facts found: `tried` counts (before, after). What is forgotten is carried over
    by the shares among those that live; the interval is that of those shares, whatever the year's length."""
    sample = Counter(tried)
    anew = sum(sample.values())
    cases = sum(row.n for row in rows)
    acted, back = sum(row.acted for row in rows), sum(row.reversed for row in rows)
    valid = sum(row.n for row in rows if row.outcome == "valid")
    stay, leave = _share(sample, True), _share(sample, False)
    after = [valid * stay[n] + (cases - valid) * leave[n] for n in range(3)]
    per = acted / valid if valid else 1.0
    carried = [min(1.0, value * per / cases) if cases else 0.0 for value in after]
    security = (acted / cases if cases else None, carried[0] if anew and cases else None, carried[1], carried[2])
    freedom = _freedom(acted, back, valid, after, per, bool(anew))
    moved = sum(n for (was, then), n in sample.items() if was != then)
    return WhatIf(max(cases, anew), anew, moved, {CARRIED: security}, {REVERSED: freedom}, "facts")


def _share(sample: Mapping[tuple[str, str], int], valid: bool) -> tuple[float, float, float]:
    """Of those that were valid (or were not): the share that would be, with its interval."""
    mine = {key: n for key, n in sample.items() if (key[0] == "valid") == valid}
    of, good = sum(mine.values()), sum(n for key, n in mine.items() if key[1] == "valid")
    if of == 0:
        return (1.0, 0.0, 1.0) if valid else (0.0, 0.0, 1.0)
    return good / of, *interval(good, of)


def _freedom(
    acted: int, back: int, valid: int, after: Sequence[float], per: float, known: bool
) -> tuple[float | None, float | None, float, float]:
    """Which of the acts that would fall away were the reversed ones, facts that are forgotten don't say: from none to
    all of them; in the middle, as before."""
    before = back / acted if acted else None
    least, most = after[1] * per, max(after[2] * per, 1.0)
    gone = max(0.0, acted - least)
    low = max(0.0, back - gone) / most
    high = min(1.0, (back + max(0.0, most - acted)) / max(least, 1.0))
    return before, before if known and valid else None, min(low, high), max(low, high)
