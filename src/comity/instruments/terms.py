"""A time limit in an order's own words, made a day where the words allow only one: pure.

Where the words leave open from when they count, it is counted from the earliest that they can mean, so that nobody who
relies on the day comes late; on weekends and holidays it isn't put off, as some courts would.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from comity.reading import values
from comity.regulations import legal_time

# the units of a period in the languages of orders that we read; days, weeks, months, years
UNITS: Mapping[str, str] = {
    word: unit
    for unit, words in {
        "days": "day days jour jours tag tage tagen día días dia dias giorno giorni dag dagen",
        "weeks": "week weeks semaine semaines woche wochen semana semanas settimana settimane weken",
        "months": "month months mois monat monate monaten mes meses mese mesi mês maand maanden",
        "years": "year years an ans année années jahr jahre jahren año años anno anni ano anos jaar",
    }.items()
    for word in words.split()
}
NUMBERS: Mapping[str, int] = {
    word: number
    for number, words in {
        1: "one a un une ein eine einen einem einer eines uno una um uma een",
        2: "two deux zwei dos due dois duas twee",
        3: "three trois drei tres tre três drie",
        4: "four quatre vier cuatro quattro quatro",
        5: "five cinq fünf cinco cinque vijf",
        6: "six sechs seis sei zes",
        7: "seven sept sieben siete sette sete zeven",
        8: "eight huit acht ocho otto oito",
        10: "ten dix zehn diez dieci dez tien",
        14: "fourteen quatorze vierzehn catorce quattordici veertien",
        15: "fifteen quinze fünfzehn quindici vijftien",
        30: "thirty trente dreißig dreissig treinta trenta trinta dertig",
        60: "sixty soixante sechzig sesenta sessanta sessenta zestig",
        90: "ninety neunzig noventa novanta negentig",
    }.items()
    for word in words.split()
}
# at each word, so that none is lost to the pair before it
PERIOD = re.compile(r"(?=\b(\w+)(?:\s*\(\s*\d+\s*\))?[\s-]+(?:calendar\s+|full\s+)?(\w+))")
# what isn't counted in calendar days, or may be put off, is no day that we could name
UNSURE = re.compile(r"working|business|ouvr|werktag|hábil|lavorativ|útei|útil|werkdag|hour|heure|stunde", re.IGNORECASE)
DATED = re.compile(
    r"\b(?:issued|issuing|date of the (?:order|decision)|dated|signed|émi[st]|délivr|erlass|emisi|emess)"
)
AT_MOST = {"days": 3660, "weeks": 520, "months": 120, "years": 10}


def last_day(words: str, received: date, issued: date | None) -> date | None:
    """The last day of a time limit in an order's words; None where they name no day and no single period.

    `received` and `issued` are the days on which the order was: a period counts from the receipt, from the issue where
    its words name that.
    """
    try:
        named = {day for day, _ in values.days(words)}
    except (values.Impossible, OverflowError):
        return None
    periods = {found for match in PERIOD.finditer(words.casefold()) if (found := _period(match))}
    if len(named) == 1 and not periods:
        return _possible(named.pop(), received)
    if named or len(periods) != 1 or UNSURE.search(words):
        return None
    start = issued if issued and DATED.search(words.casefold()) else received
    number, unit = periods.pop()
    return _after(start, number, unit)


def _possible(day: date, received: date) -> date | None:
    return day if abs(day - received) <= timedelta(days=AT_MOST["days"]) else None


def _period(match: re.Match[str]) -> tuple[int, str] | None:
    unit, said = UNITS.get(match[2]), match[1]
    number = int(said) if said.isdecimal() and len(said) <= 4 else NUMBERS.get(said, 0)
    return (number, unit) if unit and 0 < number <= AT_MOST[unit] else None


def _after(start: date, number: int, unit: str) -> date:
    if unit in ("months", "years"):
        return legal_time.months_after(start, number * (12 if unit == "years" else 1))
    return start + timedelta(days=number * (7 if unit == "weeks" else 1))
