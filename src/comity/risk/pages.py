"""What the desk sees of growing risk. Reads; writes nothing. Long models are only read here as they were reckoned."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from comity import clock
from comity.authorities.models import Authority
from comity.cases.models import Case
from comity.console import timeline
from comity.figures import names as counted
from comity.people.models import Person
from comity.people.refusals import BadInput
from comity.people.rules import may
from comity.web.parts import Choice, Empty, Field, Form

from . import alarms, change, charts, measured, reckoning, rules, staffing, words
from .models import Alarm, Reckoned, Watched
from .rules import ALL, Key

SHOWN, SERIES, BEHIND = 50, 20, 30
YEAR = 364  # days of a series' chart
AROUND = 56  # days of an alarm's chart
BASE = "/console/risk/"


def url(where: str, realm: str, **more: Any) -> str:
    """A page of this room, in its realm."""
    asked = {**({"realm": realm} if realm != "real" else {}), **{key: one for key, one in more.items() if one}}
    return f"{BASE}{where}{'?' + urlencode(asked) if asked else ''}"


def yesterday() -> date:
    """The last whole day (UTC)."""
    return clock.now().astimezone(UTC).date() - timedelta(days=1)


def reckoned(realm: str) -> dict[str, Reckoned]:
    """What was worked out last."""
    return {row.what: row for row in Reckoned.objects.filter(realm=realm)}


# -- overview ---------------------------------------------------------------------------------------------------------


def overview(realm: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """Alarms that wait, headroom, and the largest series; a few rows by an index, however many series there are."""
    known = reckoned(realm)
    alarms = Alarm.objects.filter(realm=realm)
    waiting = list(alarms.filter(state="raised").order_by("-raised_at", "-id")[: SHOWN + 1])
    looked = known.get("change")
    return {
        "realm": realm,
        "open": [_listed(one) for one in waiting[:SHOWN]],
        "more": len(waiting) > SHOWN,
        "judged": [_listed(one) for one in alarms.exclude(state="raised").order_by("-raised_at", "-id")[:SHOWN]],
        "rooms": rooms(known.get("headroom")),
        "day": looked.day if looked else None,
        "stale": looked is not None and looked.day < yesterday(),
        "charted": looked.doc.get("charted", 0) if looked else 0,
        "false_a_year": words.large(rules.false_a_year(looked.doc.get("charted", 0))) if looked else "",
        **_series(realm, asked),
        "growth": url("growth", realm),
        "desk": url("desk", realm),
    }


def _listed(one: Alarm) -> dict[str, Any]:
    return {
        "alarm": one,
        "url": url(f"alarms/{one.id}", one.realm),
        "says": words.alarm_title(one),
        "size": words.times(one.size),
        "mark": words.ALARMS[one.state],
        "since": one.since,
    }


def rooms(row: Reckoned | None) -> list[dict[str, Any]]:
    """How much room is left, of people and of machines."""
    if row is None:
        return []
    found = []
    for name, told in row.doc.items():
        found.append(
            {
                "name": words.NAMES[name],
                "told": told,
                "says": words.room(name, told),
                "mark": words.ROOMS[bool(told["rings"])],
                "chart": charts.room(name, told, row.day) if len(told["weeks"]) > 1 else None,
            }
        )
    return found


def every(realm: str, asked: Mapping[str, str]) -> QuerySet[Watched]:
    """The series that an address asks for, the largest first."""
    rows = Watched.objects.filter(realm=realm)
    if asked.get("few"):
        rows = rows.exclude(why_not="")
    else:
        rows = rows.filter(why_not="")
    if asked.get("name") in words.NAMES:
        rows = rows.filter(name=asked["name"])
    if country := asked.get("country", "").strip().upper()[:2]:
        rows = rows.filter(country=country)
    return rows.order_by("-mean", "id")


def _series(realm: str, asked: Mapping[str, str]) -> dict[str, Any]:
    at = asked.get("after", "")
    after = int(at) if at.isascii() and at.isdigit() and len(at) < 7 else 0
    rows = list(every(realm, asked)[after : after + SERIES + 1])
    kept = {key: asked.get(key, "") for key in ("name", "country", "few")}
    return {
        "series": [series_row(one) for one in rows[:SERIES]],
        "next": url("", realm, **kept, after=after + SERIES) if len(rows) > SERIES else "",
        "export": url("", realm, **kept, format="csv"),
        "few": bool(asked.get("few")),
        "other": url("", realm, few="" if asked.get("few") else "1") + "#series",
        "filters": _filters(realm, asked),
    }


def series_row(one: Watched) -> dict[str, Any]:
    """A series in a list."""
    key = Key(one.name, one.country, one.instrument)
    return {
        "says": words.titled(key),
        "url": figure_url(one.realm, key),
        "mean": words.number(one.mean, 1),
        "why": words.WHY_NOT.get(one.why_not, ""),
        "quieter": one.limit > change.LIMIT,
    }


def figure_url(realm: str, key: Key) -> str:
    """The page of a series."""
    return url(f"figures/{key.name}", realm, country=key.country, instrument=key.instrument)


def _filters(realm: str, asked: Mapping[str, str]) -> Form:
    name = asked.get("name", "")
    of_name = (Choice(id, str(words.NAMES[id]), id == name) for id in measured.NAMES)
    choices = (Choice("", _("Everything"), not name), *of_name)
    fields = (
        Field("name", _("Figure"), name, kind="select", required=False, choices=choices),
        Field("country", _("Country"), asked.get("country", "")[:2], required=False, hint=_("Two letters")),
        *((Field("few", "", "1", kind="hidden"),) if asked.get("few") else ()),
        Field("realm", "", realm, kind="hidden"),
    )
    return Form(f"{BASE}#series", _("Show"), fields, method="get", second=True, id="filters")


# -- one series -------------------------------------------------------------------------------------------------------


def figure(realm: str, key: Key) -> dict[str, Any] | None:
    """One series: its year, four weeks ahead, its alarms, and why none can ring. None: nobody ever counted it."""
    watched = Watched.objects.filter(realm=realm, **key._asdict()).first()
    if watched is None:
        return None
    until = watched.day
    counts = measured.one(realm, key, until, YEAR)
    rang = list(Alarm.objects.filter(realm=realm, kind="change", **key._asdict()).order_by("-raised_at")[:SHOWN])
    return {
        "realm": realm,
        "says": words.titled(key),
        "watched": watched,
        "mean": words.number(watched.mean, 1),
        "why": words.WHY_NOT.get(watched.why_not, ""),
        "chart": charts.year(words.titled(key), counts, until, rang),
        "alarms": [_listed(one) for one in rang],
        "limit": words.number(watched.limit, 1),
        "quieter": watched.limit > change.LIMIT,
    }


# -- one alarm --------------------------------------------------------------------------------------------------------


def alarm(found: Alarm, person: Person) -> dict[str, Any]:
    """One alarm: since when, how sure, what is behind it, and what can be said."""
    shown = {
        "alarm": found,
        "realm": found.realm,
        "says": words.alarm_title(found),
        "lead": words.alarm_says(found),
        "sure": words.sure(found),
        "mark": words.ALARMS[found.state],
        "form": _judge_form(found, person),
        "timeline": timeline.of_thing(found.id),
        "desk": url("desk", found.realm),
        "growth": url("growth", found.realm),
    }
    return {**shown, **(_behind_change(found) if found.kind == "change" else _behind_headroom(found))}


def _judge_form(found: Alarm, person: Person) -> Form | None:
    if found.state != "raised" or not may(person, "alarm.judge", found):
        return None
    choices = tuple(Choice(id, str(words.VERDICTS[id])) for id in alarms.VERDICTS)
    hint = _("One or two sentences, without personal data")
    fields = (
        Field("verdict", _("What is it?"), kind="radio", choices=choices),
        Field("reason", _("Why"), kind="long", rows=3, hint=hint),
    )
    return Form(url(f"alarms/{found.id}/judge", found.realm), _("Say what it is"), fields, id="judge")


def _behind_change(found: Alarm) -> dict[str, Any]:
    key = Key(found.name, found.country, found.instrument)
    until = min(found.at + timedelta(days=14), yesterday())
    days = (until - found.since).days + AROUND
    counts = measured.one(found.realm, key, until, days)
    cases = behind(found)
    sent = measured.senders(cases)
    authorities = dict(Authority.objects.filter(id__in=[id for id, _n in sent]).values_list("id", "name"))
    return {
        "chart": charts.days(words.titled(key), counts, until, found),
        "series": figure_url(found.realm, key),
        "cases": cases[:BEHIND],
        "cases_more": len(cases) > BEHIND,
        "senders": [(authorities.get(id, ""), n) for id, n in sent],
        "made": found.realm == "demo" and not cases,
    }


def behind(found: Alarm) -> list[Case]:
    """The cases that an alarm is made of, the newest first; one more than are shown."""
    name = counted.NAMES.get(found.name)
    begin = datetime.combine(found.since, datetime.min.time(), UTC)
    rows = Case.objects.filter(
        realm=found.realm,
        received_at__gte=begin,
        received_at__lt=datetime.combine(found.at + timedelta(days=1), datetime.min.time(), UTC),
    )
    rows = rows if found.country == ALL else rows.filter(country=found.country)
    rows = rows if found.instrument == ALL else rows.filter(instrument=found.instrument)
    if name is None:
        return []
    return list(measured.counting(rows, found.name).order_by("-received_at", "-id")[: BEHIND + 1])


def _behind_headroom(found: Alarm) -> dict[str, Any]:
    row = Reckoned.objects.filter(realm=found.realm, what="headroom").first()
    told = row.doc.get(found.name) if row else None
    return {
        "since": words.since(found.expected, told["limit"])
        if told and abs(told["limit"] - found.expected) >= 0.05
        else "",
        "chart": charts.room(found.name, told, row.day) if row and told and len(told["weeks"]) > 1 else None,
        "grew": [
            {
                "says": words.titled(key),
                "url": figure_url(found.realm, key),
                "before": words.large(before),
                "now": words.large(now),
                "more": words.signed(now - before),
            }
            for key, before, now in measured.grew(found.realm, found.since, found.at)
        ],
    }


# -- growth -----------------------------------------------------------------------------------------------------------


def growth(realm: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """Each workload against users, three ways side by side; and what no past can say."""
    row = reckoned(realm).get("growth")
    typed, told = asked.get("users", "").strip(), row.doc if row else None
    if typed:
        told = reckoning.growth(realm, row.day if row else yesterday(), (rules.users_of(typed),))
    shown = {
        "realm": realm,
        "day": row.day if row else None,
        "form": _users_form(realm, typed),
        "scenarios": [words.scenario(one) for one in rules.scenarios()],
        "empty": None,
    }
    if told is None or "why" in told:
        text = words.missing(told["why"]) if told else _("It is worked out each night, once a day was counted.")
        return {**shown, "empty": Empty(_("Not known yet"), (text,)), "targets": [], "chart": None}
    return {
        **shown,
        "users": words.number(told["users"]),
        "weeks": told["weeks"],
        "notes": told["notes"][:10],
        "targets": [_target(realm, one) for one in told["targets"]],
        "chart": charts.growth(told),
    }


def _target(realm: str, told: Mapping[str, Any]) -> dict[str, Any]:
    first = told["rows"][0] if told["rows"] else None
    return {
        "users": words.number(told["users"]),
        "known": bool(first and first["known"]),
        "longest": words.number(first["longest"], 1) if first else "",
        "cover": words.percent(first["cover"]) if first else "",
        "errors": first["errors"] if first else 0,
        "rows": [
            {
                "says": words.titled(Key("requests", row["country"], row["instrument"])),
                "url": figure_url(realm, Key("requests", row["country"], row["instrument"])),
                **{key: words.large(row[key]) for key in ("now", "middle", "proportional", "naive")},
                "elasticity": words.number(row["elasticity"], 2),
                "band": f"{words.large(row['low'])} – {words.large(row['high'])}" if row["known"] else _("not known"),
            }
            for row in told["rows"]
        ],
    }


def _users_form(realm: str, typed: str) -> Form:
    hint = _("Such as 2000000000")
    fields = (
        Field("users", _("Once there are so many users"), typed[:20], hint=hint, required=False),
        Field("realm", "", realm, kind="hidden"),
    )
    return Form(f"{BASE}growth", _("Work it out"), fields, method="get", second=True, id="ask")


# -- the desk ---------------------------------------------------------------------------------------------------------


def desk(realm: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """How many people it takes, now and at a load that is asked about; what breaks first; what a country costs."""
    row = reckoned(realm).get("desk")
    load, people = asked.get("load", "").strip(), asked.get("people", "").strip()
    told = row.doc if row else None
    if load or people:
        told = _asked_of_desk(realm, row.day if row else yesterday(), load, people)
    shown = {"realm": realm, "day": row.day if row else None, "form": _load_form(realm, load, people), "empty": None}
    if told is None or "why" in told:
        text = words.missing(told["why"]) if told else _("It is worked out each night, once a day was counted.")
        return {**shown, "empty": Empty(_("Not known yet"), (text,)), "told": None}
    checked = words.checked((row.doc if row else {}).get("checked") or {"why": "few", "n": 0})
    return {**shown, "told": words.desk(told), "checked": checked, "chart": charts.people(told)}


def _asked_of_desk(realm: str, day: date, load: str, people: str) -> dict[str, Any]:
    found = measured.desk(realm, day)
    if people:
        found = replace(found, people=rules.rota_of({"people": _people(people)}), sources={"people": "asked"})
    return reckoning.staff(found, rules.factor_of(load) if load else reckoning.TIMES)


def _people(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) <= staffing.MOST):
        raise BadInput("people", f"a whole number from 0 to {staffing.MOST}")
    return int(text)


def _load_form(realm: str, load: str, people: str) -> Form:
    fields = (
        Field("load", _("So many times what comes now"), load[:10], hint=_("Such as 20"), required=False),
        Field(
            "people", _("With so many people around the clock"), people[:6], hint=_("Empty: the rota"), required=False
        ),
        Field("realm", "", realm, kind="hidden"),
    )
    return Form(f"{BASE}desk", _("Work it out"), fields, method="get", second=True, id="ask")
