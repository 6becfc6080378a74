"""Codes and numbers of growing risk in words, in both languages. Pure."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from .rules import ALL

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
    """A number as it is read: thousands apart, or "not known"."""
    if value is None:
        return _("not known")
    text = f"{value:,.{digits}f}" if value < 1000 or digits == 0 else f"{value:,.0f}"
    return text.replace(",", "\u202f")


def large(value: float) -> str:
    """A number a day: a decimal where it is small."""
    return number(value, 1 if value < 20 else 0)


def percent(share: float | None, digits: int = 1) -> str:
    """A share in per cent."""
    return _("not known") if share is None else f"{100 * share:.{digits}f}\u00a0%"


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
            f" handed over after {60 * found['cap']:.0f} minutes: {says}"
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
