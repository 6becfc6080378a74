"""Codes and numbers of growing risk in words, in both languages. Pure."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.formats import get_format
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from comity import instruments
from comity.countries import rules as countries
from comity.figures.names import HOTLINE

from .growth import Scenario
from .models import Alarm
from .rules import ALL, Key, data, false_a_year

NAMES: Mapping[str, str | Promise] = {
    "requests": lazy("Requests"),
    "emergencies": lazy("Emergencies"),
    "late": lazy("Late"),
    "refused": lazy("Refused, with grounds"),
    "measures": lazy("Measures taken"),
    "complaints": lazy("Complaints by the persons affected"),
    "lifted": lazy("Measures lifted"),
    "reversed": lazy("Acts reversed after a complaint"),
    "people": lazy("The people’s hours"),
    "reading": lazy("The reading of mails"),
}
MISSING: Mapping[str, str | Promise] = {
    "users": lazy("No platform has reported how many users it has. Without them growth can’t be told."),
    "requests": lazy("There are not enough days of requests and users yet: seven months are asked for."),
}


def missing(why: str) -> str:
    """What is missing for an answer."""
    return str(MISSING[why])


def number(value: float | None, digits: int = 0) -> str:
    """A number as it is read: thousands apart, with the decimal sign of the active language; or "not known"."""
    if value is None:
        return _("not known")
    whole, _point, decimals = f"{value:,.{digits if value < 1000 else 0}f}".partition(".")
    return whole.replace(",", "\u202f") + (f"{get_format('DECIMAL_SEPARATOR')}{decimals}" if decimals else "")


def short_of(value: float, digits: int = 3) -> str:
    """A number with no more decimals than it has."""
    return number(value, next(n for n in range(digits + 1) if n == digits or round(value, n) == round(value, digits)))


def large(value: float) -> str:
    """A number a day: a decimal where it is small, two where it is less than one."""
    return number(value, 2 if 0 < value < 1 else 1 if value < 20 else 0)


def percent(share: float | None, digits: int = 1) -> str:
    """A share in per cent."""
    return _("not known") if share is None else f"{number(100 * share, digits)}\u00a0%"


def workload(row: Mapping[str, Any]) -> str:
    """Which series, for a terminal."""
    return " · ".join(one for one in (row["instrument"], row["country"]) if one != ALL) or "all requests"


def outlook_text(told: Mapping[str, Any], target: Mapping[str, Any]) -> str:
    """An outlook for a terminal."""
    lines = [f"{number(told['users'])} users now, asked about {number(target['users'])}; requests a day:"]
    for row in target["rows"]:
        band = f"{large(row['low'])}–{large(row['high'])}" if row["known"] else "not known"
        cover = f", cover {percent(row['cover'])} of {row['errors']} back-tests" if row["cover"] is not None else ""
        lines.append(
            f"{workload(row):44} now {large(row['now'])}, then {large(row['middle'])} ({band}{cover});"
            f" in proportion {large(row['proportional'])}, last month {large(row['naive'])}"
        )
    if not all(row["known"] for row in target["rows"]):
        lines.append(f"Not known: users never grew more than {target['rows'][0]['longest']:.2f} times in a back-test.")
    return "\n".join(lines)


def needed_text(found: Mapping[str, Any]) -> str:
    """How many people, for a terminal."""
    if found["there"] is None:
        return "no number of people is enough"
    says = f"{number(found['there'])} at once, {number(found['staff'])} on the staff"
    if not found["by_people"]:
        says = (
            f"not by people: {percent(found['too_long'], 2)} of one-hour orders take longer than they have;"
            f" handed over after {percent(found['cap'], 0)} of their time: {says}"
        )
    return says


def staff_text(told: Mapping[str, Any]) -> str:
    """The desk for a terminal."""
    first = told["breaks"][0]
    return "\n".join(
        [
            f"{told['hours']:.1f} person-hours a day come, {told['there']:.1f} are there ({told['sources']['people']})",
            f"now:  {needed_text(told['now'])}",
            f"{told['times']:g} times: {needed_text(told['then'])}",
            f"breaks first: {first['name']}, at {number(first['at'], 1)} times the load",
            f"a new country (a tenth of what comes): {number(told['country']['hours'], 1)} person-hours a day,"
            f" {number(told['country']['staff'])} more on the staff",
        ]
    )


# -- for the pages ----------------------------------------------------------------------------------------------------


class Mark(NamedTuple):
    """A word with its shape and colour."""

    word: str | Promise
    glyph: str
    tone: str = ""


ALARMS: Mapping[str, Mark] = {
    "raised": Mark(lazy("Waits for a verdict"), "alarm", "late"),
    "real": Mark(lazy("Real"), "fails", "late"),
    "noise": Mark(lazy("Noise"), "no", "still"),
    "known": Mark(lazy("Known"), "holds", "good"),
}
VERDICTS: Mapping[str, str | Promise] = {
    "real": lazy("Real: something has changed that must be managed"),
    "noise": lazy("Noise: chance, or a fault of the figures; this series rings later from now on"),
    "known": lazy("Known: its cause is known, and nothing is to be done"),
}
ROOMS: Mapping[bool, Mark] = {
    False: Mark(lazy("Enough room"), "holds", "good"),
    True: Mark(lazy("Too little room"), "alarm", "late"),
}
UNITS: Mapping[str, str | Promise] = {"people": lazy("person-hours a day"), "reading": lazy("mails a second")}
WHY_NOT: Mapping[str, str | Promise] = {
    "few": lazy(
        "Fewer than five a day: half of all doublings would be missed, so no chart rings. What is rare and grave is a"
        " case, and rings as one."
    ),
    "short": lazy("It is counted for less than eight weeks: what is usual isn’t known yet."),
    "unknown": lazy("More than half of its last eight weeks is not known."),
}


def titled(key: Key) -> str:
    """What a series is called."""
    parts = [str(NAMES.get(key.name, key.name))]
    if key.country != ALL:
        parts.append(countries.name(key.country) if key.country else _("no country known"))
    if key.instrument not in (ALL, ""):
        parts.append(str(instruments.of(key.instrument).short))
    return " · ".join(parts)


def alarm_title(found: Alarm) -> str:
    """What an alarm is about."""
    return titled(Key(found.name, found.country or ALL, found.instrument or ALL))


def times(size: float) -> str:
    """So many times the usual."""
    return f"× {number(size, 1)}"


def alarm_says(found: Alarm) -> str:
    """An alarm in a sentence."""
    told = {"seen": large(found.seen), "expected": large(found.expected), "times": times(found.size)}
    if found.kind == "change":
        says = _("%(seen)s came from then on, where %(expected)s are usual: %(times)s.")
        return says % told
    says = _("In sixty days up to %(seen)s %(unit)s, where %(expected)s can be done: %(times)s.")
    return says % {**told, "unit": UNITS.get(found.name, "")}


def sure(found: Alarm) -> str:
    """How sure an alarm is."""
    if found.kind == "headroom":
        return _(
            "The load of sixteen weeks rises by more than three standard errors. With its doubt on top it passes what"
            " can be done within sixty days."
        )
    odds = math.exp(min(found.sure, 30))
    says = _(
        "These counts are %(odds)s times likelier if nearly twice as many come as usual than if all is as ever."
        " A quiet series rings about once in %(years)s years."
    )
    return says % {"odds": number(odds), "years": number(1 / false_a_year(1))}


def room(name: str, told: Mapping[str, Any]) -> str:
    """What is left of headroom, in a sentence."""
    given = {"now": large(told["now"]), "limit": large(told["limit"]), "unit": UNITS[name]}
    says = _("%(now)s %(unit)s came in the last week; %(limit)s can be done.") % given
    if told["days"] is None:
        return says + " " + _("It doesn’t surely rise.")
    if told["days"] > 365:
        return says + " " + _("At its slope that is not reached within a year.")
    if told["days"] <= 0:
        return says + " " + _("It is reached.")
    return says + " " + _("At its slope that is reached in %(days)s days.") % {"days": number(told["days"])}


def since(before: float, now: float) -> str:
    """That people or machines came, or went, since an alarm rang."""
    told = {"before": large(before), "now": large(now)}
    return _("What can be done has changed since it rang, from %(before)s to %(now)s.") % told


def signed(value: float) -> str:
    """A difference with its sign."""
    return f"{'+' if value >= 0 else '−'}{large(abs(value))}"


def short(users: float) -> str:
    """A number of users for an axis: in millions."""
    return _("%(n)s m") % {"n": number(users / 1e6, 1 if users < 1e8 else 0)}


def scenario(one: Scenario) -> dict[str, Any]:
    """A scenario as it is shown."""
    row = data()["scenarios"][one.name]
    language = str(get_language() or "en")[:2]
    return {
        "says": row.get(language, row["en"]),
        "by": row["by"],
        "low": times(one.low),
        "middle": times(one.middle),
        "high": times(one.high),
    }


PARTS: Mapping[str, str | Promise] = {"people": lazy("People"), "reading": lazy("The reading of mails")}
PART_UNITS: Mapping[str, str | Promise] = {
    "person-hours a day": lazy("person-hours a day"),
    "mails/s": lazy("mails a second"),
}
SOURCES: Mapping[str, str | Promise] = {
    "shifts": lazy("the shifts of the next four weeks"),
    "desk.yaml": lazy("no shifts are set, so what desk.yaml takes for granted"),
    "asked": lazy("as asked"),
    "made": lazy("as the demo’s story has it"),
}


def staffed(found: Mapping[str, Any]) -> dict[str, Any]:
    """How many it takes, as it is shown."""
    return {
        "there": number(found["there"]) if found["there"] is not None else _("no number is enough"),
        "staff": number(found["staff"]),
        "by_people": found["by_people"],
        "too_long": percent(found["too_long"], 2),
        "part": percent(found["cap"], 0) if found["cap"] else "",
        "outcome": kept(found["outcome"]) if found["outcome"] else None,
    }


def kept(found: Mapping[str, Any]) -> dict[str, Any]:
    """What came of a run, as it is shown."""
    return {
        "urgent": percent(found["urgent"], 2),
        "others": percent(found["others"], 2),
        "use": _("nobody is there") if found["use"] is None else percent(found["use"], 0),
        "grows": found["grows"],
        "holds": found["holds"],
        "p99": number(found["p99"], 1) if found["p99"] is not None else _("never"),
    }


CHECKED: Mapping[str, str | Promise] = {
    "urgent": lazy("One-hour orders decided in their time"),
    "others": lazy("All others decided in their time"),
    "p50": lazy("Hours from receipt to the decision, half of them"),
    "p90": lazy("Hours from receipt to the decision, nine of ten"),
    "worked": lazy("Hours that people worked on them"),
}
AGREES: Mapping[bool | None, str | Promise] = {
    True: lazy("agrees, as far as so many orders tell"),
    False: lazy("does not agree: the model is not to be believed on this"),
    None: "",
}


def checked(told: Mapping[str, Any]) -> dict[str, Any]:
    """Last month's model beside what happened; `rows` empty where there is nothing to compare."""

    def said(row: Mapping[str, Any], value: float | None) -> str:
        if value is None:
            return _("never") if row.get("of") is None else _("none came")
        return percent(value) if row["what"] in ("urgent", "others") else number(value, 1)

    rows = [
        {
            "says": CHECKED[row["what"]],
            "model": said(row, row["model"]),
            "happened": said(row, row["happened"]),
            "agrees": AGREES[row["agrees"]],
        }
        for row in told.get("rows", ())
    ]
    return {"n": told["n"], "since": told.get("since", ""), "rows": rows}


def desk(told: Mapping[str, Any]) -> dict[str, Any]:
    """The desk's answers, as they are shown."""
    country = told["country"]
    return {
        "hours": number(told["hours"], 1),
        "there": number(told["there"], 1),
        "people": told["people"],
        "source": SOURCES.get(told["sources"].get("people", ""), ""),
        "kinds": [
            {
                "says": titled(Key("requests", ALL, one["name"])).partition(" · ")[2] or one["name"],
                "a_day": large(one["a_day"]),
                "due": _("rings by itself") if one["name"] == HOTLINE else number(one["due"], 1),
                "minutes": number(one["minutes"], 1),
                "measured": one["measured"],
            }
            for one in told["kinds"]
        ],
        "now": staffed(told["now"]),
        "then": staffed(told["then"]),
        "times": number(told["times"], 1 if told["times"] % 1 else 0),
        "kept": kept(told["kept"]),
        "breaks": [
            {
                "says": PARTS[one["name"]],
                "at": number(one["at"], 1) if one["at"] is not None else _("never"),
                "now": number(one["now"], 2),
                "limit": number(one["limit"], 1),
                "unit": PART_UNITS[one["unit"]],
            }
            for one in told["breaks"]
        ],
        "country": {
            "share": percent(country["share"], 0),
            "hours": number(country["hours"], 1),
            "there": number(country["there"]),
            "staff": number(country["staff"]),
        },
    }
