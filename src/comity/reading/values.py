"""How a written value becomes a fact: countries, instants, days, URLs, yes and no.

Pure. Whatever can be read two ways is not read: each function answers None, and the text as read
stays with its place, so that a person decides. Instants are RFC 3339 in UTC.
"""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

BLANK = re.compile(
    r"^[\s._\-–—/*…]*$|^\W*(n\s*/\s*a|nil|none|not applicable|not available|left blank|blank|empty|sans objet"
    r"|néant)\W*$",
    re.IGNORECASE,
)
MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "january jan janvier janv januar",
            "february feb février fevrier févr februar",
            "march mar mars märz",
            "april apr avril avr",
            "may mai",
            "june jun juin juni",
            "july jul juillet juil juli",
            "august aug août aout",
            "september sep sept septembre",
            "october oct octobre oktober",
            "november nov novembre",
            "december dec décembre decembre dezember",
        ],
        start=1,
    )
    for name in names.split()
}
# Abbreviations with one meaning in the Union. IST and BST have several, so they are not here.
ABBREVIATIONS = {
    "MEZ": 60,
    "MESZ": 120,
    "UTC": 0,
    "GMT": 0,
    "Z": 0,
    "WET": 0,
    "WEST": 60,
    "CET": 60,
    "CEST": 120,
    "EET": 120,
    "EEST": 180,
}
SUMMER_OF = {
    "MEZ": "Europe/Berlin",
    "MESZ": "Europe/Berlin",
    "CET": "Europe/Paris",
    "CEST": "Europe/Paris",
    "EET": "Europe/Athens",
    "EEST": "Europe/Athens",
}
SUMMER_OF |= {"WET": "Europe/Lisbon", "WEST": "Europe/Lisbon"}

ISO_DATE = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
DAY_MONTH = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|er|\.)?[\s-]+(?:of\s+|de\s+)?([^\W\d_]{3,9})\.?,?[\s-]+(\d{4})\b", re.I
)
MONTH_DAY = re.compile(r"\b([^\W\d_]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b", re.I)
NUMERIC = re.compile(r"\b(\d{1,2})([./-])(\d{1,2})\2(\d{4})\b")
TIME = re.compile(
    r"(?<![\d:.+-])([01]?\d|2[0-3])(?:\s*[:.]\s*([0-5]\d)(?::([0-5]\d)(?:[.,]\d+)?)?|\s*h\s*([0-5]\d)?(?!\w))"
    r"(?:\s*(a\.?m\.?|p\.?m\.?)(?!\w))?|(?<![\d:.+-])(1[0-2]|[1-9])\s*(a\.?m\.?|p\.?m\.?)(?!\w)"
    r"|(?<![\d:.+-])([01]\d|2[0-3])([0-5]\d)\s*(?=Z\b|hrs?\b|hours\b|UTC\b)",
    re.IGNORECASE,
)
OFFSET = re.compile(r"(?:\b(?:UTC|GMT)\s*)?([+−-])\s*(\d{1,2})(?::?(\d{2}))?(?!\d)")
ABBREVIATION = re.compile(
    r"(?<![A-Za-z])(UTC|GMT|MESZ|MEZ|WEST|WET|CEST|CET|EEST|EET)(?![A-Za-z])|(?<=[\d\s])(Z)(?![A-Za-z])"
)
LONG_ZONE = re.compile(r"(central|eastern|western) european (summer |standard )?time", re.IGNORECASE)
IANA = re.compile(r"\b(Europe|Asia|Atlantic|America|Africa|Australia|Pacific)/[A-Z][A-Za-z_]+\b")
LOCAL = re.compile(r"\blocal time\b|\bheure locale\b", re.IGNORECASE)


class Impossible(ValueError):
    """The text names a day or an hour that the calendar does not have."""


@cache
def tables() -> dict[str, Any]:
    text = resources.files("comity.reading").joinpath("forms", "countries.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def fold(text: str) -> str:
    """Case, accents, and forms of a letter do not matter when words are compared."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in bare if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", fold(text))


def is_blank(text: str) -> bool:
    return bool(BLANK.match(text[:80])) if len(text) < 80 else not text.strip()


def yes_no(text: str) -> bool | None:
    """What a tick field written in words says; None where it says neither."""
    found = words(text[:200])
    if found and found[0] in {"yes", "true", "oui", "ja", "ticked", "checked", "x", "applies"}:
        return True
    if found and found[0] in {"no", "false", "non", "nein", "unticked", "unchecked", "none"}:
        return False
    return False if found[:2] in (["not", "ticked"], ["not", "checked"], ["does", "not"]) else None


@cache
def country_names() -> dict[tuple[str, ...], str]:
    return {tuple(words(name)): code for code, names in tables()["names"].items() for name in names}


def country(text: str) -> str | None:
    """ISO 3166-1 alpha-2 of the one country that a text names, by name or code; None if none or several."""
    text = text[:300]
    codes = re.findall(r"\b[A-Z]{2}\b", text)
    known = tables()["names"]
    coded = {tables()["codes"].get(code, code) for code in codes} & set(known)
    if len(words(text)) == 1 and len(text.strip()) == 2:
        code = text.strip().upper()
        code = tables()["codes"].get(code, code)
        return code if code in known else None
    named = named_countries(words(text))
    if len(named) == 1:
        return named.pop()
    return coded.pop() if not named and len(coded) == 1 and len(words(text)) <= 3 else None


def named_countries(said: list[str]) -> set[str]:
    named: set[str] = set()
    for name, code in country_names().items():
        size = len(name)
        if any(tuple(said[i : i + size]) == name for i in range(len(said) - size + 1)):
            named.add(code)
    return named


def days(text: str, near: datetime | None = None) -> list[tuple[date, tuple[int, int]]]:
    """Every calendar day in a text, with its span. `near` settles day and month of 03/04/2027.

    Raises Impossible for a day that the calendar does not have.
    """
    found: dict[tuple[int, int], date] = {}
    taken: list[tuple[int, int]] = []

    def keep(span: tuple[int, int], year: int, month: int, day: int) -> None:
        if any(span[0] < end and begin < span[1] for begin, end in taken):
            return
        taken.append(span)
        try:
            found[span] = date(year, month, day)
        except ValueError as error:
            raise Impossible(text[span[0] : span[1]]) from error

    for m in ISO_DATE.finditer(text):
        keep(m.span(), int(m[1]), int(m[2]), int(m[3]))
    for m in DAY_MONTH.finditer(text):
        if m[2].casefold() in MONTHS:
            keep(m.span(), int(m[3]), MONTHS[m[2].casefold()], int(m[1]))
    for m in MONTH_DAY.finditer(text):
        if m[1].casefold() in MONTHS:
            keep(m.span(), int(m[3]), MONTHS[m[1].casefold()], int(m[2]))
    for m in NUMERIC.finditer(text):
        order = day_and_month(int(m[1]), int(m[3]), int(m[4]), m[2], near)
        if order:
            keep(m.span(), int(m[4]), order[1], order[0])
    return sorted(((day, span) for span, day in found.items()), key=lambda pair: pair[1])


def day_and_month(first: int, second: int, year: int, mark: str, near: datetime | None) -> tuple[int, int] | None:
    """Which of two numbers is the day. Dots are day first everywhere; slashes only where nothing else fits."""
    if mark == "." or first > 12 or first == second:
        return first, second
    if second > 12:
        return second, first
    if year == 0:
        return first, second  # a day that no calendar has, whichever way it is read
    if near is None:
        return None
    close = [
        (day, month)
        for day, month in ((first, second), (second, first))
        if abs((datetime(year, month, day, tzinfo=UTC) - near).days) <= 4
    ]
    return close[0] if len(close) == 1 else None


def day(text: str, near: datetime | None = None) -> str | None:
    """The one day that a text names, as 2027-02-16; None if it names none or several. Raises Impossible."""
    found = {when for when, _ in days(text[:300], near)}
    return found.pop().isoformat() if len(found) == 1 else None


def instant(text: str, state: str | None = None, near: datetime | None = None) -> str | None:
    """The one instant that a text names, in UTC. `state`: the issuing State, for "local time".

    An hour without a zone is no instant. Raises Impossible for a day that does not exist.
    """
    text = text[:300]
    found = days(text, near)
    if len({when for when, _ in found}) != 1:
        return None
    rest = list(text)
    for _, (begin, end) in found:
        rest[begin:end] = " " * (end - begin)
        if end < len(rest) and rest[end] == "T":
            rest[end] = " "
    plain = "".join(rest)
    times = list(TIME.finditer(plain))
    moments = set()
    for number, match in enumerate(times):
        end = times[number + 1].start() if number + 1 < len(times) else len(plain)
        scope = plain[match.end() : end] if len(times) > 1 else plain[: match.start()] + "  " + plain[match.end() :]
        zone = zone_of(scope, state, found[0][0])
        if zone is None and len(times) > 1:
            continue
        moments.add(moment(found[0][0], match, zone))
    if len(moments) != 1 or None in moments:
        return None
    made = moments.pop()
    return made.strftime("%Y-%m-%dT%H:%M:%SZ") if made else None


def moment(on: date, match: re.Match[str], zone: tzinfo | None) -> datetime | None:
    if zone is None:
        return None
    hour = int(match[1] or match[6] or match[8])
    minute = int(match[2] or match[4] or match[9] or 0)
    half = (match[5] or match[7] or "").replace(".", "").lower()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    local = datetime(on.year, on.month, on.day, hour, minute, int(match[3] or 0), tzinfo=zone)
    # An hour that happens twice, or never, when clocks change is not one instant.
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        return None
    try:
        return local.astimezone(UTC)
    except OverflowError:
        return None


def zone_of(text: str, state: str | None, on: date) -> tzinfo | None:
    """The zone that a text names beyond doubt; CET in summer and CEST in winter are doubtful."""
    zones: list[tzinfo] = []
    # Both names at once mean whichever is in force.
    text = re.sub(r"\bCET\s?/\s?CEST\b", "Europe/Paris", text)
    bare = text
    for m in OFFSET.finditer(text):
        minutes = int(m[2]) * 60 + int(m[3] or 0)
        if minutes <= 14 * 60:
            zones.append(timezone(timedelta(minutes=minutes if m[1] == "+" else -minutes)))
            bare = bare.replace(m[0], " ")
    for m in ABBREVIATION.finditer(bare):
        zone = abbreviated(m[1] or m[2], on)
        if zone is None:
            return None
        zones.append(zone)
    zones += [ZoneInfo("Europe/" + CENTRE[m[1].lower()]) for m in LONG_ZONE.finditer(bare)]
    zones += [zone for m in IANA.finditer(bare) if (zone := named_zone(m[0]))]
    zones += [ZoneInfo(name) for name in cities(bare)]
    if not zones and LOCAL.search(bare) and state in tables()["zones"]:
        zones.append(ZoneInfo(tables()["zones"][state]))
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return zones[0] if zones and len({z.utcoffset(noon) for z in zones}) == 1 else None


CENTRE = {"central": "Paris", "eastern": "Athens", "western": "Lisbon"}


def abbreviated(name: str, on: date) -> tzinfo | None:
    fixed = timezone(timedelta(minutes=ABBREVIATIONS[name]))
    place = SUMMER_OF.get(name)
    if place is None:
        return fixed
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=ZoneInfo(place))
    return fixed if noon.utcoffset() == fixed.utcoffset(noon) else None


def named_zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def cities(text: str) -> list[str]:
    """Zones named by a city: "Paris time", "heure de Paris", "(Brussels)"."""
    said = " " + " ".join(words(text)) + " "
    found = []
    for city, zone in tables()["cities"].items():
        name = " ".join(words(city))
        spoken = (f" {name} time ", f" heure de {name} ", f" time in {name} ", f" {name} local time ")
        if any(phrase in said for phrase in spoken) or said.strip() == name:
            found.append(zone)
    return found
