"""Where a rota has holes. Pure: intervals are half-open and in UTC, so that summer time moves nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

POSTS = ("first", "second")


@dataclass(frozen=True)
class Span:
    """Somebody in a post, or (without one) absent, from `starts` until `ends`."""

    person: str
    starts: datetime
    ends: datetime
    post: str = ""


@dataclass(frozen=True)
class Hole:
    """When a post isn't filled, and why: `nobody`; `alone`, one person in both posts; `no-device`, its person can't be
    reached away from the desk."""

    starts: datetime
    ends: datetime
    post: str
    why: str
    person: str = ""


def there(shifts: Iterable[Span], absences: Iterable[Span], at: datetime) -> dict[str, list[str]]:
    """Who is in which post at an instant; who is absent isn't."""
    away = {one.person for one in absences if one.starts <= at < one.ends}
    found: dict[str, list[str]] = {post: [] for post in POSTS}
    for one in shifts:
        if one.starts <= at < one.ends and one.person not in away and one.person not in found[one.post]:
            found[one.post].append(one.person)
    return found


def holes(
    shifts: Sequence[Span], absences: Sequence[Span], reachable: frozenset[str], since: datetime, until: datetime
) -> list[Hole]:
    """Every hole between two instants, the first first; neighbours of one kind are one."""
    edges = {since, until}
    edges |= {at for one in (*shifts, *absences) for at in (one.starts, one.ends) if since < at < until}
    order = sorted(edges)
    found: list[Hole] = []
    for starts, ends in pairwise(order):
        for hole in _at(there(shifts, absences, starts), reachable, starts, ends):
            _join(found, hole)
    return found


def _at(who: dict[str, list[str]], reachable: frozenset[str], starts: datetime, ends: datetime) -> Iterator[Hole]:
    for post in POSTS:
        if not who[post]:
            yield Hole(starts, ends, post, "nobody")
        for person in who[post]:
            if person not in reachable:
                yield Hole(starts, ends, post, "no-device", person)
    if who["first"] and who["second"] and len({*who["first"], *who["second"]}) == 1:
        yield Hole(starts, ends, "second", "alone", who["second"][0])


def _join(found: list[Hole], hole: Hole) -> None:
    for number, before in enumerate(found):
        same = (before.post, before.why, before.person) == (hole.post, hole.why, hole.person)
        if same and before.ends == hole.starts:
            found[number] = replace(before, ends=hole.ends)
            return
    found.append(hole)
