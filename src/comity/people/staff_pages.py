"""What the staff pages show: people with who vouched for them, acts waiting for a signature, recent changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from comity import clock
from comity.ledger.events import KINDS
from comity.ledger.models import Event

from . import admissions, chain, staffing
from .admissions import Put
from .models import ROLES, Grant, Person
from .rules import ADMIT, VOUCHED, counts, may_sign

CHANGES: tuple[str, ...] = (
    "gateway.founded",
    "people.authenticated",
    "person.admitted",
    "role.granted",
    "role.revoked",
)
CHANGES += ("person.proposed", "person.objected", "person.declined", "person.confirmed")
CHANGES += ("person.deactivated", "key.added", "key.ended")
SHOWN_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Row:
    """One person in the list."""

    person: Person
    others: list[tuple[str, bool]]  # the roles they don't have, and whether each takes an admission
    vouched: str
    waits: bool


@dataclass(frozen=True)
class Open:
    """An act on staff as a page shows it: what it does, whom it is about, who has signed, whether the viewer may."""

    url: str
    hash: str
    does: str
    about: tuple[tuple[str, str], ...]
    signed: str
    missing: int
    may_sign: bool


@dataclass(frozen=True)
class Change:
    """One change among those who decide."""

    at: datetime
    says: str
    who: str
    by: str


def rows(people: Iterable[Person], waiting: Iterable[Put]) -> list[Row]:
    """The list of people."""
    listed = list(people)
    vouched, candidates = admissions.vouched(listed), {put.text.get("person") for put in waiting}
    unknown = {grant.person_id for grant in Grant.objects.filter(person__in=listed, until=None, act="")}
    return [
        Row(
            person,
            [(role, role in VOUCHED) for role in ROLES if role not in person.roles],
            _vouched(person, vouched.get(str(person.id), []), person.id in unknown),
            str(person.id) in candidates,
        )
        for person in listed
    ]


def _vouched(person: Person, names: list[str], unknown: bool) -> str:
    if not person.is_active or VOUCHED.isdisjoint(person.roles):
        return ""
    if names:
        return ", ".join(names)
    return _("nobody: was here before this was asked") if unknown else _("nobody: founded this desk alone")


def opened(put: Put, viewer: Person) -> Open:
    """One act on staff, as this viewer sees it."""
    signer = chain.standing(viewer, clock.now())
    mine = str(viewer.id) in put.signed
    open_ = put.row.state == "open" and not mine and not staffing.out_of_turn(viewer, put)
    admits = put.kind == ADMIT
    return Open(
        url=f"/console/people/admissions/{put.row.case}" if admits else f"/console/people/acts/{put.row.hash}",
        hash=put.row.hash,
        does=_does(put),
        about=tuple(_about(put)),
        signed=", ".join(_names(put.signed)),
        missing=put.waits_for(),
        may_sign=open_ and may_sign(viewer, put.kind, put.row) and counts(put.row.rule, signer),
    )


def _does(put: Put) -> str:
    roles = ", ".join(put.text["roles"])
    return {
        "person.invite": _("Invite somebody as %(roles)s"),
        "person.admit": _("Admit a candidate as %(roles)s"),
        "role.grant": _("Give a role: %(roles)s"),
        "role.revoke": _("Take a role: %(roles)s"),
        "person.deactivate": _("End a standing: keys, sessions and roles, at once"),
    }[put.kind] % {"roles": roles}


def _about(put: Put) -> Iterable[tuple[str, str]]:
    text = put.text
    if "called" in text:
        yield _("Person"), str(text["called"])
    yield _("Jurisdiction"), str(text["jurisdiction"])
    if "keys" in text:
        yield _("Keys"), ", ".join(figures(str(key)) for key in text["keys"])
        yield _("Brought in by"), _by(f"person:{text['sponsor']}" if text["sponsor"] else "operator")
    if text["put_by"]:
        yield _("Put by"), _by(f"person:{text['put_by']}")


def figures(fingerprint: str) -> str:
    """The first 80 bits of a key's fingerprint, as two people read them to each other."""
    return " ".join(fingerprint[n : n + 4] for n in range(0, 20, 4))


def _by(by: str) -> str:
    if not by.startswith("person:"):
        return {"operator": _("the server's operator")}.get(by, by)
    return next(iter(_names([by.removeprefix("person:")])), by)


def _names(ids: Iterable[str]) -> list[str]:
    found = {str(person.id): person.name for person in Person.objects.filter(id__in=list(ids))}
    return [found.get(one, one) for one in ids]


def changes() -> list[Change]:
    """The changes among those who decide in the last thirty days, latest first, for everyone who decides."""
    since = clock.now() - SHOWN_FOR
    events = list(Event.objects.filter(kind__in=CHANGES, realm="real", at__gte=since).order_by("-id")[:50])
    ids = {str(event.sealed.get("person", "")) for event in events} | {
        event.by.removeprefix("person:") for event in events
    }
    names = {str(one.id): one.name for one in Person.objects.filter(id__in=[one for one in ids if len(one) == 36])}
    return [
        Change(
            event.at,
            KINDS[event.kind].sentence + KINDS[event.kind].say(event.told, {}),
            names.get(str(event.sealed.get("person", "")), ""),
            names.get(event.by.removeprefix("person:"), event.by),
        )
        for event in events
    ]
