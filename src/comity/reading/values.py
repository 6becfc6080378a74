"""How a written value becomes a fact: countries, days, yes and no (instants: `instants`, addresses: `urls`).

Pure. Whatever can be read two ways is not read: each function answers None, and the text as read
stays with its place, so that a person decides. Instants are RFC 3339 in UTC.
"""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from typing import Any

from comity.reading.alike import UNSEEN

BLANK = re.compile(
    r"^[\s._\-–—/*…]*$|^\W*(n\s*/\s*a|n\.\s?a\.?|k\.\s?a\.?|o\.\s?a\.?|s\s?/\s?o|nil|none|not applicable"
    r"|not available|left blank|blank|empty|sans objet"
    r"|néant|entfällt|keine|keiner|keine angaben?|nicht zutreffend|ninguno|ninguna|no procede|no aplicable|nessuno"
    r"|nessuna|non applicabile)\W*$",
    re.IGNORECASE,
)
MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "january jan janvier janv januar jänner enero gennaio januari janeiro",
            "february feb février fevrier févr februar febrero febbraio februari fevereiro",
            "march mar mars märz marzo maart março",
            "april apr avril avr abril aprile",
            "may mai mayo maggio mei maio",
            "june jun juin juni junio giugno junho",
            "july jul juillet juil juli julio luglio julho",
            "august aug août aout agosto augustus",
            "september sep sept septembre septiembre setiembre settembre setembro",
            "october oct octobre oktober octubre ottobre outubro",
            "november nov novembre noviembre novembro",
            "december dec décembre decembre dezember diciembre dicembre dezembro",
        ],
        start=1,
    )
    for name in names.split()
}
ISO_DATE = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
DAY_MONTH = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|er|\.|º|°)?[\s-]+(?:of\s+|de\s+)?([^\W\d_]{3,10})\.?,?[\s-]+(?:del?\s+)?(\d{4})\b", re.I
)
MONTH_DAY = re.compile(r"\b([^\W\d_]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b", re.I)
NUMERIC = re.compile(r"\b(\d{1,2})([./-])(\d{1,2})\2(\d{4})\b")
TIME = re.compile(
    r"(?<![\d:.+-])([01]?\d|2[0-3])(?:\s*[:.]\s*([0-5]\d)(?::([0-5]\d)(?:[.,]\d+)?)?|\s*h\s*([0-5]\d)?(?!\w))"
    r"(?:\s*(a\.?m\.?|p\.?m\.?)(?!\w))?|(?<![\d:.+-])(1[0-2]|[1-9])\s*(a\.?m\.?|p\.?m\.?)(?!\w)"
    r"|(?<![\d:.+-])([01]\d|2[0-3])([0-5]\d)\s*(?=Z\b|hrs?\b|hours\b|UTC\b)",
    re.IGNORECASE,
)


class Impossible(ValueError):
    """The text names a day or an hour that the calendar does not have."""


@cache
def tables() -> dict[str, Any]:
    text = resources.files("comity.reading").joinpath("forms", "countries.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def fold(text: str) -> str:
    """Case, accents, and forms of a letter do not matter when words are compared."""
    if text.isascii():
        return text.lower()  # what the rest would make of it: most words, and most of the time
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in bare if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", fold(text))


YES = {"yes", "true", "oui", "ja", "si", "ticked", "checked", "x", "applies"}
NO = {"no", "false", "non", "nein", "unticked", "unchecked", "none"}
OR = {"or", "ou", "oder", "o", "y", "and", "et", "und"}
# A value that says no more than where the value stands.
ELSEWHERE = re.compile(
    r"^\W*(?:(?:please |bitte |prière de )?(?:(?:see|cf|refer to|voir|cfr|siehe|vgl|véase|vedi|si veda)(?=[.:]?\s+\w)"
    r"|(?:idem|ditto|dito)(?![\w/-])|ver(?= (?:anexo|p[áa]g|abajo|arriba|adjunt|apartado|secci))"
    r"|as (?:above|below|before|attached)|wie (?:oben|unten)|comme ci-(?:dessus|dessous|joint)|come sopra|ut supra)\b"
    r"|(?:pages?|p\.|seite|s\.|p[áa]g(?:ina)?\.?)\s?\d{1,3}\W*$)",
    re.IGNORECASE,
)
# What a template or a table leaves where nobody put a value in.
PLACEHOLDER = re.compile(
    r"^\s*(?:\{\{.*\}\}|<[^<>@/\d]{2,40}>|\[[^\W\d][A-Za-zÀ-ÿ _-]{1,40}\]|#(?:REF!|N/A|VALUE!|NAME\?)|null|undefined"
    r"|nan|tb[cd]|to be (?:completed|confirmed|determined|advised)|x{3,}|à (?:compléter|déterminer|préciser)|noch offen"
    r"|zu ergänzen|wird nachgereicht|por (?:determinar|completar)|da (?:definire|completare))\W*$",
    re.IGNORECASE,
)
MOST_ELSEWHERE = 6  # words


def elsewhere(text: str) -> bool:
    """Whether a text holds no value: it says where one stands (`see overleaf`) or is to be put in, or nothing (`?`)."""
    said = words(text[:200])
    if not said or PLACEHOLDER.match(text[:200]):
        return True
    return len(said) <= MOST_ELSEWHERE and ELSEWHERE.match(text) is not None


def is_blank(text: str) -> bool:
    """Whether a text holds nothing, or says that there is nothing; what isn't seen is nothing."""
    text = UNSEEN.sub("", unicodedata.normalize("NFKC", text[:100])) if len(text) < 80 else text
    return bool(BLANK.match(text[:80])) if len(text) < 80 else not text.strip()


def yes_no(text: str) -> bool | None:
    """What a tick field written in words says; None where it says neither, or both (`yes / no`)."""
    found = words(text[:200])
    if found and found[0] in YES | NO:
        after = {one for one in found[1:] if one not in OR and [*found[1:]].index(one) < 2}
        return None if after & (NO if found[0] in YES else YES) else found[0] in YES
    return False if found[:2] in (["not", "ticked"], ["not", "checked"], ["does", "not"]) else None


@cache
def country_names() -> dict[tuple[str, ...], str]:
    return {tuple(words(name)): code for code, names in tables()["names"].items() for name in names}


# What says that a State isn't meant, or another place than the State whose name stands there: `New Mexico`.
NOT_MEANT = frozenset(
    [
        "antilles",
        "ausser",
        "eccetto",
        "except",
        "excepto",
        "excluding",
        "fuera",
        "fuori",
        "hors",
        "islands",
        "kein",
        "keine",
        "nicht",
        "non",
        "not",
        "ohne",
        "other",
        "outside",
        "pas",
        "salvo",
        "samoa",
        "sauf",
        "sin",
        "tranne",
        "virgin",
        "without",
    ]
)
PART = frozenset(
    [
        "british",
        "east",
        "eastern",
        "ex",
        "former",
        "neu",
        "new",
        "nord",
        "norte",
        "north",
        "northern",
        "nouveau",
        "nouvelle",
        "nueva",
        "nuevo",
        "nuova",
        "nuovo",
        "south",
        "southern",
        "sud",
        "west",
        "western",
    ]
)


def country(text: str) -> str | None:
    """ISO 3166-1 alpha-2 of the one country that a text names, by name or code; None if none or several."""
    text = text[:300]
    if "?" in text or set(words(text)) & NOT_MEANT:
        return None
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
        starts = [i for i in range(len(said) - size + 1) if tuple(said[i : i + size]) == name]
        if any(not {*said[max(0, i - 1) : i], *said[i + size : i + size + 1]} & PART for i in starts):
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


def dotted(text: str, near: datetime | None) -> str:
    """A text of a language that always has the day first, its days so written that nobody takes them for months.

    One that is near the mail's own date the other way round is left to a person: see `day_and_month`.
    """

    def one(found: re.Match[str]) -> str:
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        other = day_and_month(first, second, year, found[2], near)
        return f"{found[1]}.{found[3]}.{found[4]}" if other in {None, (first, second)} else " "

    return NUMERIC.sub(one, text)


def day(text: str, near: datetime | None = None) -> str | None:
    """The one day that a text names, as 2027-02-16; None if it names none or several. Raises Impossible."""
    found = {when for when, _ in days(text[:300], near)}
    return found.pop().isoformat() if len(found) == 1 else None
