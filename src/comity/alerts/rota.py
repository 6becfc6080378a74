"""The rota: shifts, absences, hand-over; who is on duty, who is reached, and where nobody is.

The shifts of the realm `real` are those of `drill` too: a drill rings the people who would be rung.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from comity import clock
from comity.ledger.commands import record
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import CASEWORK, Realm, holds
from comity.vault import commands as vault

from . import commands as alerts
from . import devices
from .holes import Hole, Span, holes
from .ladder import Reach
from .models import POSTS, Absence, Device, Shift

SENTENCE_LIMIT = 500
WEEK = timedelta(days=7)
LONGEST = timedelta(days=14)  # one shift
AHEAD = timedelta(days=400)


def staffed_as(realm: str) -> str:
    """The realm whose people are rung for a realm."""
    return "demo" if realm == "demo" else "real"


@dataclass(frozen=True)
class Duty:
    """Who is on duty at an instant, by post; those who are absent are left out."""

    first: tuple[Person, ...]
    second: tuple[Person, ...]

    @property
    def everyone(self) -> tuple[Person, ...]:
        """Both posts, each person once."""
        return tuple({one.id: one for one in (*self.first, *self.second)}.values())


def on_duty(realm: str, at: datetime) -> Duty:
    """Who is on duty at an instant (UTC)."""
    found = Shift.objects.select_related("person").filter(
        realm=staffed_as(realm), starts__lte=at, ends__gt=at, person__is_active=True
    )
    away = set(Absence.objects.filter(starts__lte=at, ends__gt=at).values_list("person_id", flat=True))
    by: dict[str, list[Person]] = {post: [] for post in POSTS}
    for shift in found.order_by("starts", "id"):
        if shift.person_id not in away and shift.person not in by[shift.post]:
            by[shift.post].append(shift.person)
    return Duty(tuple(by["first"]), tuple(by["second"]))


def heads(realm: str) -> list[Person]:
    """Who is rung in the end: the heads, and where there is none, everyone who works on cases."""
    people = [one for one in Person.objects.filter(realm=staffed_as(realm), is_active=True) if holds(one, CASEWORK)]
    return [one for one in people if "head" in one.roles] or people


def reaches(realm: str, at: datetime) -> dict[str, list[Reach]]:
    """By who is rung, the devices of those who are there at an instant."""
    duty = on_duty(realm, at)
    by = {"first": duty.first, "second": duty.second, "shift": duty.everyone, "heads": tuple(heads(realm))}
    people = {person.id: person for each in by.values() for person in each}
    found = list(Device.objects.filter(person__in=people, ended_at=None).order_by("id"))
    with_page = {one.person_id for one in found if one.kind == "page"}
    found += [devices.page_of(person) for id, person in people.items() if id not in with_page]
    own: dict[Any, list[Reach]] = {id: [] for id in people}
    for one in found:
        own[one.person_id].append(Reach(one.id, str(one.person_id), one.kind, _live(one, at)))
    return {who: [reach for person in each for reach in own[person.id]] for who, each in by.items()}


def _live(device: Device, at: datetime) -> bool:
    return device.kind != "page" or (device.heard_at is not None and at - device.heard_at <= devices.HEARD)


def set_shift(by: Person, realm: str, person: Person, post: str, starts: datetime, ends: datetime) -> Shift:
    """Put somebody on duty, from `starts` until `ends` (UTC, half-open). Raises NotAllowed, BadInput."""
    allow(by, "rota.set", Realm(realm))
    _check(realm, person, post, starts, ends)
    with transaction.atomic():
        made, new = Shift.objects.get_or_create(realm=realm, person=person, post=post, starts=starts, ends=ends)
        if new:
            _tell(made, by)
    return made


def set_shifts(
    by: Person, realm: str, person: Person, post: str, spans: Sequence[tuple[datetime, datetime]]
) -> list[Shift]:
    """Put somebody on duty several times, all or nothing. Raises as `set_shift`."""
    with transaction.atomic():
        return [set_shift(by, realm, person, post, starts, ends) for starts, ends in spans]


def take_in(by: Person, realm: str, person: Person, what: str, spans: Sequence[tuple[datetime, datetime]]) -> None:
    """Each of some times is a shift of somebody in a post (`what`: first, second), or an absence (`away`): all or
    nothing. Raises NotAllowed, BadInput."""
    if what != "away":
        set_shifts(by, realm, person, what, spans)
        return
    with transaction.atomic():
        for starts, ends in spans:
            absent(by, person, starts, ends)


def _tell(shift: Shift, by: Person) -> None:
    sealed = {"person": str(shift.person_id), "shift": str(shift.id)}
    record("shift.set", realm=shift.realm, by=by.by, public={"post": shift.post}, sealed=sealed)


def _check(realm: str, person: Person, post: str, starts: datetime, ends: datetime) -> None:
    if post not in POSTS:
        raise BadInput("post", f"one of {', '.join(POSTS)}")
    if realm not in ("real", "demo") or person.realm != realm:
        raise BadInput("person", "somebody of this realm")
    if not person.is_active or not holds(person, CASEWORK):
        raise BadInput("person", "somebody who works on cases here")
    if ends <= starts:
        raise BadInput("ends", "later than it starts")
    if ends - starts > LONGEST:
        raise BadInput("ends", f"at most {LONGEST.days} days after it starts; set several")
    if ends <= clock.now() or starts > clock.now() + AHEAD:
        raise BadInput("starts", "neither over nor more than 400 days away")


def end_shift(by: Person, shift: int) -> None:
    """A shift that has begun ends now; one that hasn't is as if it had never been set. Raises NotAllowed,
    Shift.DoesNotExist, BadInput."""
    with transaction.atomic():
        found = Shift.objects.select_for_update().get(id=shift)
        allow(by, "rota.set", Realm(found.realm))
        _cut(found, by)


def _cut(found: Shift, by: Person) -> None:
    now = clock.now()
    if found.ends <= now:
        raise BadInput("shift", "is over")
    sealed = {"person": str(found.person_id), "shift": str(found.id)}
    record("shift.ended", realm=found.realm, by=by.by, public={"post": found.post}, sealed=sealed)
    if found.starts >= now:
        found.delete()
    else:
        found.ends = now
        found.save(update_fields=["ends"])


def absent(by: Person, person: Person, starts: datetime, ends: datetime) -> Absence:
    """Somebody can't be rung from `starts` until `ends` (UTC, half-open): they say so themselves, or the rota's head
    does. Raises NotAllowed, BadInput."""
    allow(by, "duty.answer" if by.id == person.id else "rota.set", Realm(person.realm))
    if ends <= starts or ends <= clock.now() or ends - starts > AHEAD:
        raise BadInput("ends", "later than it starts, not over, and at most 400 days after it")
    with transaction.atomic():
        made, new = Absence.objects.get_or_create(person=person, starts=starts, ends=ends)
        if new:
            sealed = {"person": str(person.id), "absence": str(made.id)}
            record("absence.set", realm=person.realm, by=by.by, sealed=sealed)
    return made


def back(by: Person, absence: int) -> None:
    """An absence is over, or never begins. Raises NotAllowed, Absence.DoesNotExist."""
    with transaction.atomic():
        found = Absence.objects.select_for_update().select_related("person").get(id=absence)
        allow(by, "duty.answer" if by.id == found.person_id else "rota.set", Realm(found.person.realm))
        now = clock.now()
        if found.starts >= now:
            found.delete()
        elif found.ends > now:
            found.ends = now
            found.save(update_fields=["ends"])


def hand_over(by: Person, shift: int, to: Person, sentence: str) -> Shift:
    """The rest of a shift goes to somebody else, with a sentence of what they should know; kept in the vault.

    Whoever has it hands it over, or the rota's head. Raises NotAllowed, BadInput, Shift.DoesNotExist.
    """
    said = sentence.strip()
    if not 3 <= len(said) <= SENTENCE_LIMIT:
        raise BadInput("sentence", f"what they should know, in 3 to {SENTENCE_LIMIT} characters")
    with transaction.atomic():
        found = Shift.objects.select_for_update().get(id=shift)
        allow(by, "duty.answer" if by.id == found.person_id else "rota.set", Realm(found.realm))
        starts = max(clock.now(), found.starts)
        if to.id == found.person_id:
            raise BadInput("to", "somebody else")
        if found.ends <= starts:
            raise BadInput("shift", "is over")
        _check(found.realm, to, found.post, starts, found.ends)
        ends, post, realm = found.ends, found.post, found.realm
        _cut(found, by)
        doc = vault.put_json({"sentence": said}, clock.now() + timedelta(days=settings.COMITY.keep_days))
        made = Shift.objects.create(realm=realm, person=to, post=post, starts=starts, ends=ends, doc=doc)
        _tell(made, by)
    return made


def sentence(shift: Shift) -> str:
    """With what words a shift was handed over; empty if it wasn't, or they are gone."""
    try:
        return str(vault.get_json(shift.doc)["sentence"]) if shift.doc else ""
    except vault.Gone:
        return ""


# -- holes ------------------------------------------------------------------------------------------------------------


def unstaffed(realm: str, until: datetime) -> list[Hole]:
    """Where the rota has holes from now until an instant (UTC), the first first."""
    return _holes(staffed_as(realm), clock.now(), until)


def _holes(realm: str, since: datetime, until: datetime) -> list[Hole]:
    shifts = Shift.objects.filter(realm=realm, starts__lt=until, ends__gt=since, person__is_active=True)
    spans = [Span(str(one.person_id), one.starts, one.ends, one.post) for one in shifts.order_by("starts", "id")]
    people = {one.person for one in spans}
    away = Absence.objects.filter(person_id__in=people, starts__lt=until, ends__gt=since)
    gone = [Span(str(one.person_id), one.starts, one.ends) for one in away]
    return holes(spans, gone, _reachable(realm, people), since, until)


def _reachable(realm: str, people: set[str]) -> frozenset[str]:
    """Who can be reached away from the desk; in the demo, where nothing real rings, everyone."""
    if realm == "demo":
        return frozenset(people)
    real = Device.objects.filter(person_id__in=people, ended_at=None).exclude(kind="page")
    return frozenset(str(one) for one in real.values_list("person_id", flat=True))


def used(realm: str) -> bool:
    """Whether a rota was ever set for a realm: before that, nobody is told each day that it has holes."""
    return Shift.objects.filter(realm=realm).exists()


def look(now: datetime) -> None:
    """A hole in the next seven days is an alert today, once a day for each kind; it goes once it is filled."""
    if not used("real"):
        return
    with transaction.atomic():
        found = {(one.post, one.why, one.person): one for one in reversed(_holes("real", now, now + WEEK))}
        for hole in found.values():
            _alarm(hole, now)
        things = {_thing(hole) for hole in found.values()}
        for over in alerts.open_in("real").filter(kind="rota.hole").exclude(thing__in=things):
            alerts.settle("real", "rota.hole", over.thing)


def _thing(hole: Hole) -> str:
    return f"{hole.post}:{hole.why}"


def _alarm(hole: Hole, now: datetime) -> None:
    event = record(
        "rota.hole",
        realm="real",
        by="gateway",
        once=f"rota.hole:{now:%Y-%m-%d}:{hole.post}:{hole.why}:{hole.person}",
        sealed={"person": hole.person, "why": hole.why, "starts": hole.starts.isoformat()},
    )
    if event.new:
        alerts.raise_alert(event, thing=_thing(hole), proven=True)
