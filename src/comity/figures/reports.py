"""What a platform reports of a day: read and judged before anything of it is stored. Pure.

A figure that can't be true of one day is refused, by name and rule. One that is odd beside another day is stored with a
doubt: it is shown, and nothing is divided by it.
"""

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from comity.people.refusals import BadInput

from .names import REPORTED

MOST_BYTES = 20_000
MOST = 10**12
OLDEST = timedelta(days=400)
FEWER = "fewer-than-active"
DOUBTS = (FEWER,)
PLATFORM = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
COUNTRY = re.compile(r"[A-Z]{2}")

Counts = dict[tuple[str, str], int]  # (name, country or "") → n


def day_of(text: str, today: date) -> date:
    """A day (UTC) that a platform can report: over or running, of the last 400. Raises BadInput."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise BadInput("day", f"a day as 2026-11-30 is asked for, not {text[:20]!r}")
    if day > today:
        raise BadInput("day", f"{day} has not begun yet by our clock (UTC); today is {today}")
    if day < today - OLDEST:
        raise BadInput("day", f"{day} is more than {OLDEST.days} days ago, and stays as it was reported")
    return day


def platform_of(text: str) -> str:
    """A platform's short name. Raises BadInput."""
    if not PLATFORM.fullmatch(text):
        raise BadInput("platform", "a short name of small letters, digits and hyphens is asked for, such as lantern")
    return text


def read(body: bytes) -> Counts:
    """The counts of a body: `{"users": 5, "countries": {"FR": {"users": 2}}}`. Raises BadInput."""
    if len(body) > MOST_BYTES:
        raise BadInput("body", f"at most {MOST_BYTES} bytes")
    try:
        said = json.loads(body, object_pairs_hook=_once, parse_constant=_never)
    except (ValueError, RecursionError):
        raise BadInput("body", "JSON is asked for, each name once") from None
    if not isinstance(said, dict):
        raise BadInput("body", "a JSON object of names and counts is asked for")
    countries = said.pop("countries", {})
    if not isinstance(countries, dict):
        raise BadInput("countries", "an object of countries, each an object of names and counts")
    found = _named(said, "")
    for country, counts in countries.items():
        if not isinstance(counts, dict):
            raise BadInput(f"countries.{country}"[:60], "an object of names and counts")
        found |= _named(counts, country_of(country))
    return verified(found)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name twice")
    return made


def _never(name: str) -> None:
    raise ValueError(name)


def _named(said: Mapping[str, Any], country: str) -> Counts:
    return {(name_of(name), country): number_of(n, name) for name, n in said.items()}


def country_of(text: str) -> str:
    """Two letters of a country, or empty for the whole. Raises BadInput."""
    if text and not COUNTRY.fullmatch(text):
        raise BadInput("country", f"two letters (ISO 3166-1), not {text[:20]!r}")
    return text


def name_of(name: str) -> str:
    """A name of the closed list. Raises BadInput."""
    if name not in REPORTED:
        raise BadInput(name[:40] or "name", f"one of {', '.join(REPORTED)}")
    return name


def number_of(n: object, name: str) -> int:
    """A count. Raises BadInput."""
    if not isinstance(n, int) or isinstance(n, bool):
        raise BadInput(name, "a whole number is asked for")
    if not 0 <= n <= MOST:
        raise BadInput(name, f"from 0 to {MOST}, not {n if abs(n) < 10**15 else 'more digits than that'}")
    return n


def verified(counts: Counts) -> Counts:
    """The same, if it can be true of one day. Raises BadInput."""
    if not counts:
        raise BadInput("body", "no count is in it")
    for (name, country), n in counts.items():
        users = counts.get(("users", country))
        if name in ("active", "disclosed") and users is not None and n > users:
            raise BadInput(name, f"{n} is more than the {users} users of the same day")
        whole = counts.get((name, "")) if country else None
        if whole is not None and n > whole:
            raise BadInput(f"countries.{country}.{name}", f"{n} is more than the {whole} of all countries")
    return counts


def doubt(name: str, n: int, active_before: int | None) -> str:
    """Why a figure is odd beside the day before; empty: it isn't."""
    return FEWER if name == "users" and active_before is not None and n < active_before else ""
