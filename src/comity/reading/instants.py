"""A written day, hour and zone as one instant (RFC 3339 in UTC); without a zone that is certain there is none.

Pure. Whatever dash an offset has is its sign. All that stands beside must be understood: `UTC plus one hour` is not
UTC, and `UTC (BST)` may be either. An abbreviation with several meanings (IST, BST, CST) is none, and so are CET in
summer and CEST in winter: whoever writes them means one of two hours.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from comity.reading import values

# Abbreviations with one meaning in the Union, in minutes east; those that are in force for part of the year only by the
# place whose clock tells.
ABBREVIATIONS = {"UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 60, "CET": 60, "MEZ": 60, "CEST": 120, "MESZ": 120}
ABBREVIATIONS |= {"EET": 120, "EEST": 180}
IN_FORCE = {"MEZ": "Berlin", "MESZ": "Berlin", "CET": "Paris", "CEST": "Paris", "EET": "Athens", "EEST": "Athens"}
IN_FORCE |= {"WET": "Lisbon", "WEST": "Lisbon"}
SIGNS = {ord(c): "-" for c in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u207b\u2796"}
SIGNS |= {ord(c): "+" for c in "\uff0b\ufe62\u207a\u2795"}
EITHER = re.compile(r"\b(?:CET\s?/\s?CEST|CEST\s?/\s?CET|MEZ\s?/\s?MESZ|MESZ\s?/\s?MEZ)\b")
OFFSET = re.compile(
    r"(?<![\w/])(?:UTC|GMT)(?:\s?/\s?(?:UTC|GMT))?\s{0,3}(?:(?P<sign>[+-])|(?P<word>plus|minus|moins|más|menos|più|meno)\s)\s{0,3}"
    r"(?:(?P<hours>\d{1,2})(?:[:.h](?P<minutes>\d{2}))?|(?P<four>\d{4}))"
    r"(?:\s?(?:h|hrs?|hours?|heures?|std|stunden?)\b)?(?![\w½¼¾:./+-]*[\w½¼¾/+])",
    re.IGNORECASE,
)
ZERO = re.compile(r"(?<![\w/])(?:UTC|GMT)\s?/\s?(?:UTC|GMT)\b(?!\s*[+\-±~])")
# Without UTC before it: only in the form of ISO 8601, and with a minus only where nothing else can be meant by it.
ISO = re.compile(r"(?<![\w:.])(?P<sign>[+-])(?P<hours>\d{2})(?::?(?P<minutes>\d{2}))?(?![\w:½¼¾])")
ABBREVIATION = re.compile(
    r"(?<![\w/+-])(?:(UTC|GMT|MESZ|MEZ|CEST|CET|utc|gmt|cest|cet)|(WEST|WET|EEST|EET|Z))(?![\w/+-])(?:\s+time\b)?"
)
LONG = (
    (re.compile(r"\b(central|eastern|western) european (summer |standard )?time\b", re.I), "{0}"),
    (
        re.compile(r"\b(?:greenwich mean|(?:coordinated )?universal) time\b|\btemps universel(?: coordonné)?", re.I),
        "UTC",
    ),
    (re.compile(r"\bmitteleuropäische[nr]? (?:normal)?zeit\b", re.I), "MEZ"),
    (re.compile(r"\bmitteleuropäische[nr]? sommerzeit\b", re.I), "MESZ"),
)
CENTRE = {"central": "CET CEST Paris", "eastern": "EET EEST Athens", "western": "WET WEST Lisbon"}
IANA = re.compile(r"\b(?:Europe|Asia|Atlantic|America|Africa|Australia|Pacific)/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?\b")
LOCAL = re.compile(r"\blocal time\b|\bheure locale\b|\bOrtszeit\b|\bhora local\b|\bora locale\b", re.IGNORECASE)
# What says that another hour is meant than the zone beside it: words for it, abbreviations of zones, signs, numbers.
OTHERWISE = re.compile(
    r"\b(?:plus|minus|moins|más|menos|ahead|behind|before|after|avance|retard|vor|nach|not|non|nicht|kein|summer|winter"
    r"|été|hiver|verano|invierno|estiva|legale|solare|sommerzeit|winterzeit|daylight|saving|dst|hours?|heures? d[eu]?"
    r"|hora de|ora d[ie]|stunden?|zone|fuseau|time|zeit|ortszeit)\b",
    re.IGNORECASE,
)
ABBREVIATED = re.compile(r"\b(?:[A-Z]{1,4}T|MSK|UTC|GMT|Z)\b|\b(?:utc|gmt)\b")
BESIDE = re.compile(r"[+±~½¼¾]|-\s*\d|\b(?:UTC|GMT|CES?T|MES?Z)\w|Etc/")


# Zones of the United States, told by their own abbreviations: elsewhere, some mean another hour.
AMERICAN = {
    "eastern": ("EST", "EDT", 5),
    "central": ("CST", "CDT", 6),
    "mountain": ("MST", "MDT", 7),
    "pacific": ("PST", "PDT", 8),
}


def american(text: str) -> str:
    """An American text, its hours with the zones of the United States as offsets from UTC."""
    for name, (winter, summer, west) in AMERICAN.items():
        for short, long, hours in ((winter, "standard", west), (summer, "daylight", west - 1)):
            text = re.sub(rf"\b(?:{short}\b|{name} {long} time\b)", f"UTC-{hours}", text, flags=re.IGNORECASE)
    return text


def instant(text: str, state: str | None = None, near: datetime | None = None) -> str | None:
    """The one instant that a text names, in UTC. `state`: the issuing State, for "local time".

    An hour without a zone is no instant. Raises Impossible for a day that does not exist.
    """
    text = text[:300].translate(SIGNS)
    found = values.days(text, near)
    if len({when for when, _ in found}) != 1:
        return None
    rest = list(text)
    for _, (begin, end) in found:
        rest[begin:end] = " " * (end - begin)
        if end < len(rest) and rest[end] == "T":
            rest[end] = " "
    plain = "".join(rest)
    times = list(values.TIME.finditer(plain))
    moments = set()
    for number, match in enumerate(times):
        end = times[number + 1].start() if number + 1 < len(times) else len(plain)
        scope = plain[match.end() : end] if len(times) > 1 else plain[: match.start()] + "  " + plain[match.end() :]
        iso = bool(match[3]) or text[max(0, match.start() - 1)] == "T"
        zone = zone_of(scope, state, found[0][0], iso=iso)
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


def zone_of(text: str, state: str | None, on: date, *, iso: bool = False) -> tzinfo | None:
    """The zone that a text names beyond doubt, on a day; None where it names none, several, or one not understood.

    `text` is without the day and the hour. `state`: whose clock "local time" means. `iso`: the hour is written as in
    ISO 8601 with seconds or a `T`, so that a minus after it begins an offset rather than another hour.
    """
    said = _Said(text.translate(SIGNS))
    zones = [*said.offsets(iso=iso), *said.names(on), *said.places()]
    if said.take(LOCAL) and state in values.tables()["zones"]:
        zones.append(ZoneInfo(values.tables()["zones"][state]))
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    if None in zones or said.doubtful() or len({z.utcoffset(noon) for z in zones if z}) != 1:
        return None
    # a city that stands there for itself must not contradict it
    named = {ZoneInfo(zone).utcoffset(noon) for zone in said.cities()}
    return zones[0] if zones[0] and named <= {zones[0].utcoffset(noon)} else None


class _Said:
    """A text from which what is understood is taken out, bit by bit."""

    def __init__(self, text: str) -> None:
        self.text, self.found = text, False

    def take(self, pattern: re.Pattern[str]) -> list[re.Match[str]]:
        found = list(pattern.finditer(self.text))
        for one in found:
            self.text = self.text[: one.start()] + "\x00" * len(one[0]) + self.text[one.end() :]
        self.found = self.found or bool(found)
        return found

    def offsets(self, *, iso: bool) -> list[tzinfo | None]:
        found = [ZoneInfo("Europe/Paris") for _ in self.take(EITHER)]
        fixed = [_offset(m, m["word"], m["four"]) for m in self.take(OFFSET)]
        fixed += [timezone.utc for _ in self.take(ZERO)]  # noqa: UP017 - a list of one type
        if not fixed and not found:
            fixed = [_offset(m, None, None) if m["sign"] == "+" or iso else None for m in self.take(ISO)]
        return [*found, *fixed]

    def names(self, on: date) -> list[tzinfo | None]:
        out = [_abbreviated((m[1] or m[2]).upper(), on) for m in self.take(ABBREVIATION)]
        for pattern, name in LONG:
            out += [_long(m, name, on) for m in self.take(pattern)]
        return [*out, *(_named(m[0]) for m in self.take(IANA))]

    def places(self) -> list[tzinfo | None]:
        """Zones named by a city or its country's people: "Paris time", "heure de Paris", "Irish time", "(Brussels)"."""
        whole = " ".join(values.words(self.text))
        out: list[tzinfo | None] = [ZoneInfo(zone) for name, _, zone in _places() if whole == name]
        if out:
            self.text = ""
        for _, pattern, zone in _places():
            out += [ZoneInfo(zone) for _ in self.take(pattern)]
        return out

    def cities(self) -> list[str]:
        said = f" {' '.join(values.words(self.text))} "
        return [zone for name, _, zone in _places() if f" {name} " in said]

    def doubtful(self) -> bool:
        """Whether what is left says something of the hour that isn't understood."""
        if OTHERWISE.search(self.text) or ABBREVIATED.search(self.text) or BESIDE.search(self.text):
            return True
        # a number beside the zone itself
        return any("\x00" in part and re.search(r"\d", part) for part in re.split(r"[,;()\n]", self.text))


@cache
def _places() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    each = ((values.fold(city), city, zone) for city, zone in values.tables()["cities"].items())
    return tuple((name, _spoken(re.escape(city)), zone) for name, city, zone in each)


def _spoken(city: str) -> re.Pattern[str]:
    said = rf"{city}(?: local)? time|time in {city}|heure (?:locale )?(?:de |d['’])?{city}"
    said += rf"|hora (?:local )?de {city}|ora (?:locale )?di {city}"
    return re.compile(rf"\b(?:{said}|{city}er (?:Orts)?zeit|Ortszeit {city})\b", re.IGNORECASE)


def _offset(found: re.Match[str], word: str | None, four: str | None) -> tzinfo | None:
    minutes = int(four[:2]) * 60 + int(four[2:]) if four else int(found["hours"]) * 60 + int(found["minutes"] or 0)
    east = found["sign"] == "+" or (word or "").lower() in {"plus", "más", "più"}
    past = int((four or "")[2:] or found["minutes"] or 0)
    if minutes > 14 * 60 or past % 15 or past > 59:
        return None
    return timezone(timedelta(minutes=minutes if east else -minutes))


def _abbreviated(name: str, on: date) -> tzinfo | None:
    fixed = timezone(timedelta(minutes=ABBREVIATIONS[name]))
    if name not in IN_FORCE:
        return fixed
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=ZoneInfo(f"Europe/{IN_FORCE[name]}"))
    return fixed if noon.utcoffset() == fixed.utcoffset(noon) else None


def _long(found: re.Match[str], name: str, on: date) -> tzinfo | None:
    if name != "{0}":
        return _abbreviated(name, on)
    standard, summer, city = CENTRE[found[1].lower()].split()
    half = (found[2] or "").strip().lower()
    return ZoneInfo(f"Europe/{city}") if not half else _abbreviated(summer if half == "summer" else standard, on)


def _named(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
