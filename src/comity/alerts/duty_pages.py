"""What the pages of duty show: who is on duty, who was rung for what, and the rota. Reads; writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from comity import clock
from comity.console.words import person as named
from comity.ledger.models import Event
from comity.outbox import push
from comity.people.models import Key, Person
from comity.people.rules import CASEWORK, Realm, holds, may
from comity.web import when
from comity.web.parts import Choice, Field, Form

from . import calendars, devices, feed, holidays, paging, polled, rota, typed
from .models import Absence, Device, Profile, Ring, Round, Shift

POSTS = {"first": "First", "second": "Second"}
CHANNELS = {"page": "the console’s page", "push": "push to a browser", "mail": "mail", "hook": "pager"}
STATES = {
    "waiting": "being handed over",
    "sent": "handed over",
    "seen": "seen",
    "answered": "acknowledged",
    "stopped": "stopped",
    "failed": "failed",
    "gone": "failed: it has ended",
}
CODES = {
    "late": "acknowledged late, after another",
    "late-unpaged": "acknowledged late, without being rung",
    "unpaged": "acknowledged without being rung",
    "timeout": "the channel didn’t answer in time",
    "no-extra": "this gateway is installed without the extra “pagers”",
    "no-pager": "the operator has no pager of this name any more",
    "unreached": "the channel wasn’t reached",
    "refused": "the channel refused it",
}
WHY = {
    "nobody": "nobody is on duty",
    "alone": "one person is in both posts",
    "no-device": "can’t be reached away from the desk",
}
TESTS_SHOWN, ROUNDS_SHOWN = 7, 20
HOLIDAYS_SHOWN = timedelta(days=42)


def who(person: Person) -> str:
    """A member of the desk by role, jurisdiction and key."""
    key = Key.objects.filter(person=person, ended_at=None).order_by("enrolled_at").first()
    return named(", ".join(person.roles), person.jurisdiction, key.short if key else "")


def whose(people: Iterable[Person]) -> dict[Any, str]:
    """The same of several, in one query."""
    found = {one.id: one for one in people}
    keys = {
        key.person_id: key.short for key in Key.objects.filter(person__in=found, ended_at=None).order_by("-enrolled_at")
    }
    return {id: named(", ".join(one.roles), one.jurisdiction, keys.get(id, "")) for id, one in found.items()}


# -- the ringing page -------------------------------------------------------------------------------------------------


def poll(person: Person) -> dict[str, Any]:
    """What an open page of somebody shows now: what rings for them, and what another has just taken."""
    rings = [
        {
            "subject": one.subject,
            "since": one.made_at.isoformat(),
            "url": paging.where(one.subject),
            "drill": one.realm == "drill",
        }
        for one in paging.ringing(person)
    ]
    return {"rings": rings, "taken": _taken(person)}


def _taken(person: Person) -> list[dict[str, str]]:
    since = clock.now() - polled.TAKEN
    mine = Ring.objects.filter(person=person, made_at__gt=since, state="stopped").values_list("subject", flat=True)
    found = Round.objects.filter(subject__in=set(mine), answered_at__gt=since).exclude(answered_by=person)
    rows = list(found.select_related("answered_by").order_by("answered_at"))
    names = whose([one.answered_by for one in rows if one.answered_by])
    return [{"subject": one.subject, "by": names[one.answered_by_id]} for one in rows]


def duty_page(person: Person, realm: str) -> dict[str, Any]:
    """Where somebody goes on duty: whether they are, until when, and by what they are reached."""
    now = clock.now()
    duty = rota.on_duty(realm, now)
    mine = list(Shift.objects.filter(person=person, ends__gt=now).order_by("starts")[:5])
    names = whose([*duty.first, *duty.second])
    own = Device.objects.filter(person=person, ended_at=None).exclude(kind="page").order_by("id")
    return {
        "may": may(person, "duty.answer", Realm(realm)),
        "on": [
            (POSTS[post], [names[one.id] for one in people])
            for post, people in (("first", duty.first), ("second", duty.second))
        ],
        "mine": [(shift, shift.starts <= now, rota.sentence(shift)) for shift in mine],
        "devices": [(one, CHANNELS[one.kind], _told(one)) for one in own],
        "key": push.public_key(),
        "mail": Form(
            "/console/duty/devices",
            "Ring me by mail too",
            (Field("kind", "", "mail", kind="hidden"), Field("address", "Mail address", kind="email")),
            second=True,
        ),
        "hook": _pagers(person),
        "profile": _profile(person),
        "reached": own.exists(),
    }


def _told(device: Device) -> str:
    doc = devices.doc_of(device)
    if device.kind == "push":
        return str(doc.get("endpoint", "")).split("/")[2] if doc else ""
    return str(doc.get("address") or doc.get("name") or "")


def _pagers(person: Person) -> Form | None:
    names = sorted(settings.COMITY.pagers) if person.realm == "real" else []
    if not names:
        return None
    choices = tuple(Choice(name, name) for name in names)
    fields = (Field("kind", "", "hook", kind="hidden"), Field("name", "Pager", kind="select", choices=choices))
    return Form("/console/duty/devices", "Ring me by this pager too", fields, second=True)


def _profile(person: Person) -> Form:
    known = Profile.objects.filter(person=person).first()
    zone = (known.zone if known else "") or str(when.zone_of(person.jurisdiction) or "UTC")
    languages = Field(
        "languages", "Languages you speak", " ".join(known.languages if known else []), hint="Codes, such as en fr"
    )
    return Form("/console/duty/profile", "Keep it", (languages, Field("zone", "Your zone", zone)), second=True)


# -- one subject ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One ring as a line: who by what, and each hop at its instant."""

    who: str
    by: str
    ring: Ring
    state: str
    code: str


@dataclass(frozen=True)
class Climb:
    """One round: when it began, how it ended, and its rings."""

    round: Round
    who: str
    seconds: float | None
    rows: list[Row]


def climbs(subject: str) -> list[Climb]:
    """Each round of a subject, the last first."""
    rings, rounds = paging.rings(subject), paging.rounds(subject)
    names = whose([*(one.person for one in rings), *(one.answered_by for one in rounds if one.answered_by)])
    return [_climb(one, [ring for ring in rings if ring.round == one.number], names) for one in reversed(rounds)]


def _climb(round: Round, rings: list[Ring], names: dict[Any, str]) -> Climb:
    rows = [
        Row(names[one.person_id], CHANNELS[one.device.kind], one, STATES[one.state], CODES.get(one.code, ""))
        for one in rings
    ]
    took = (round.answered_at - round.begun_at).total_seconds() if round.answered_at else None
    return Climb(round, names.get(round.answered_by_id, ""), took, rows)


# -- the rota ---------------------------------------------------------------------------------------------------------


def rota_page(person: Person, realm: str, zone: ZoneInfo) -> dict[str, Any]:
    """The next seven days: shifts, holes, who covers what; and the forms."""
    now = clock.now()
    until = now + rota.WEEK
    shifts = list(
        Shift.objects.filter(realm=realm, ends__gt=now, starts__lt=until)
        .select_related("person")
        .order_by("starts", "post")
    )
    away = list(
        Absence.objects.filter(person__realm=realm, ends__gt=now, starts__lt=until)
        .select_related("person")
        .order_by("starts")
    )
    people = _people(realm)
    names = whose({one.id: one for one in (*people, *(s.person for s in shifts), *(a.person for a in away))}.values())
    holes = rota.unstaffed(realm, until)
    return {
        "used": rota.used(realm),
        "may": may(person, "rota.set", Realm(realm)),
        "until": until,
        "shifts": [_shift(one, names, person, now) for one in shifts],
        "away": [(one, names[one.person_id], one.person_id == person.id) for one in away],
        "holes": [(one, POSTS[one.post], WHY[one.why], _named(one.person, names)) for one in holes],
        "covered": _covered(shifts),
        "set": _set(people, names, realm, zone, now),
        "absence": _absence(people, names, person, realm, zone, now),
        "take_in": _take_in(people, names, person, realm, zone),
        "holidays": holidays.ahead((one.jurisdiction for one in people), now, now + HOLIDAYS_SHOWN),
        "feed": f"{settings.COMITY.base_url}{feed.path(person)}",
        "tests": _tests(),
    }


def _named(person: str, names: dict[Any, str]) -> str:
    return next((name for id, name in names.items() if str(id) == person), "")


def _shift(shift: Shift, names: dict[Any, str], person: Person, now: datetime) -> dict[str, Any]:
    return {
        "row": shift,
        "post": POSTS[shift.post],
        "holiday": shift.person.jurisdiction
        if holidays.falls_on(shift.person.jurisdiction, shift.starts, shift.ends)
        else "",
        "who": names[shift.person_id],
        "now": shift.starts <= now,
        "own": shift.person_id == person.id,
        "sentence": rota.sentence(shift),
    }


def _people(realm: str) -> list[Person]:
    found = Person.objects.filter(realm=realm, is_active=True).order_by("enrolled_at")
    return [one for one in found if holds(one, CASEWORK)]


def _covered(shifts: list[Shift]) -> dict[str, list[str]]:
    """Which zones, languages and jurisdictions those on the rota cover."""
    people = {one.person_id: one.person for one in shifts}
    profiles = {one.person_id: one for one in Profile.objects.filter(person__in=people)}
    zones = {
        (profiles[id].zone if id in profiles else "") or str(when.zone_of(one.jurisdiction) or "UTC")
        for id, one in people.items()
    }
    languages = {code for one in profiles.values() for code in one.languages}
    return {
        "zones": sorted(zones),
        "languages": sorted(languages),
        "places": sorted({p.jurisdiction for p in people.values()}),
    }


def _choices(people: list[Person], names: dict[Any, str]) -> tuple[Choice, ...]:
    return tuple(Choice(str(one.id), names[one.id]) for one in people)


def _from_to(zone: ZoneInfo, now: datetime) -> tuple[Field, ...]:
    """Two fields of time in the viewer's zone, and its name: a form says which clock it means."""
    start = now.astimezone(zone).replace(minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(hours=1)
    end = start + timedelta(hours=12)
    hint = f"By the clock of {zone.key}"
    return (
        Field("starts", "From", f"{start:%Y-%m-%dT%H:%M}", kind="instant", hint=hint),
        Field("ends", "Until", f"{end:%Y-%m-%dT%H:%M}", kind="instant", hint=hint),
        Field("zone", "", zone.key, kind="hidden"),
    )


AGAIN = (Choice("", "Once"), Choice("day", "Each day"), Choice("week", "Each week"))


def _set(people: list[Person], names: dict[Any, str], realm: str, zone: ZoneInfo, now: datetime) -> Form:
    posts = tuple(Choice(post, word) for post, word in POSTS.items())
    fields = (
        Field("person", "Who", kind="select", choices=_choices(people, names)),
        Field("post", "Post", kind="select", choices=posts),
        *_from_to(zone, now),
        Field("every", "Again", kind="select", choices=AGAIN, required=False),
        Field("times", "How many times in all", "1", required=False, hint=f"At most {typed.MOST_TIMES}"),
        Field("holidays", "Not where it begins on a public holiday of their jurisdiction", kind="tick", required=False),
    )
    return Form(f"/console/duty/rota/shifts?realm={realm}", "Set the shift", fields)


def _absence(
    people: list[Person], names: dict[Any, str], person: Person, realm: str, zone: ZoneInfo, now: datetime
) -> Form:
    who = _whom(people, person, realm)
    fields = (Field("person", "Who", kind="select", choices=_choices(who, names)), *_from_to(zone, now))
    return Form(f"/console/duty/rota/absences?realm={realm}", "Set the absence", fields, second=True)


def _whom(people: list[Person], person: Person, realm: str) -> list[Person]:
    """Whose absences somebody may set."""
    return people if may(person, "rota.set", Realm(realm)) else [one for one in people if one.id == person.id]


def _take_in(people: list[Person], names: dict[Any, str], person: Person, realm: str, zone: ZoneInfo) -> Form:
    sets = may(person, "rota.set", Realm(realm))
    posts = tuple(Choice(post, f"Shifts: {word.lower()}") for post, word in POSTS.items()) if sets else ()
    hint = f"An .ics file, at most {calendars.LARGEST // 1024} KiB; a time without a zone is by the clock of {zone.key}"
    fields = (
        Field("person", "Whose", kind="select", choices=_choices(_whom(people, person, realm), names)),
        Field("what", "What its events are", kind="select", choices=(Choice("away", "Absences"), *posts)),
        Field("file", "Calendar", kind="file", hint=hint),
        Field("zone", "", zone.key, kind="hidden"),
    )
    return Form(f"/console/duty/rota/calendar?realm={realm}", "Take it in", fields, second=True)


def handing(shift: Shift) -> Form:
    """The form with which a shift is handed over."""
    people = [one for one in _people(shift.realm) if one.id != shift.person_id]
    fields = (
        Field("to", "To", kind="select", choices=_choices(people, whose(people))),
        Field("sentence", "What they should know", kind="long", rows=3, hint="A sentence; it is kept sealed"),
    )
    return Form(f"/console/duty/rota/shifts/{shift.id}/hand-over", "Hand it over", fields)


def _tests() -> list[dict[str, Any]]:
    """The last tests of the ladder: who answered, in what time."""
    events = list(Event.objects.filter(kind="duty.tested").order_by("-id")[:TESTS_SHOWN])
    people = Person.objects.filter(id__in=[one.sealed["person"] for one in events if one.sealed.get("person")])
    names = {str(id): name for id, name in whose(people).items()}
    return [
        {
            "subject": one.case,
            "at": one.at,
            "who": names.get(one.sealed.get("person", ""), ""),
            "seconds": one.sealed.get("seconds"),
        }
        for one in events
    ]
