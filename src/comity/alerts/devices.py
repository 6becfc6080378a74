"""The ways to reach somebody: added and ended by themselves, addresses in the vault; and how each is rung.

The demo's people are reached on the console's own page, and by a mail that is kept in the outbox: it rings nothing
real.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import JobDeferrer

from comity import clock
from comity.ledger.commands import record
from comity.outbox import commands as outbox
from comity.outbox import hook, push
from comity.outbox.rules import BadAddress, address
from comity.people.models import Person
from comity.people.refusals import BadInput
from comity.vault import commands as vault
from comity.web import when

from .models import KINDS, Device, Profile, Ring

MOST = 12  # devices of one person
HEARD = timedelta(seconds=60)  # an open page asks every half second; this long without, and nobody has it open
RELAY_SECONDS = 5.0  # in which a relay answers, or the ladder goes on
NOTED = timedelta(seconds=15)  # how often that it asked is written down


@dataclass(frozen=True)
class Said:
    """What a channel said: `sent`, `failed` (it may be tried by the next rung) or `gone` (the device has ended)."""

    state: str
    code: str = ""
    delivered_at: datetime | None = None


def page_of(person: Person) -> Device:
    """The console's own page as a device of somebody: everybody who is rung has it, open or not."""
    found, _ = Device.objects.get_or_create(
        person=person, kind="page", ended_at=None, defaults={"added_at": clock.now()}
    )
    return found


def heard(person: Person) -> None:
    """Somebody's page has just asked whether it should ring."""
    now = clock.now()
    if not Device.objects.filter(person=person, kind="page", ended_at=None, heard_at__gt=now - NOTED).exists():
        Device.objects.filter(id=page_of(person).id).update(heard_at=now)


def heard_again(person: UUID) -> bool:
    """The same, of somebody whose page asked before. False: they have none as a device, and nothing was noted."""
    own = Device.objects.filter(person_id=person, kind="page", ended_at=None)
    return own.update(heard_at=clock.now()) > 0


def add(person: Person, kind: str, doc: Mapping[str, Any]) -> Device:
    """Add a way to reach somebody; the same again is the same device. `doc` by kind: push `{endpoint, p256dh, auth}`,
    mail `{address}`, hook `{name}` of one of the operator's pagers. Raises BadInput."""
    if kind not in KINDS:
        raise BadInput("kind", f"one of {', '.join(KINDS)}")
    checked = _checked(person, kind, doc)
    with transaction.atomic():
        Person.objects.select_for_update().get(id=person.id)
        if kind == "page":
            return page_of(person)
        own = list(Device.objects.filter(person=person, ended_at=None))
        for one in own:
            if one.kind == kind and doc_of(one) == checked:
                return one
        if len(own) >= MOST:
            raise BadInput("device", f"at most {MOST} of one person; end one first")
        until = clock.now() + timedelta(days=settings.COMITY.keep_days)
        made = Device.objects.create(person=person, kind=kind, doc=vault.put_json(checked, until), added_at=clock.now())
        _tell("device.added", made, by=person.by)
    return made


def _checked(person: Person, kind: str, doc: Mapping[str, Any]) -> dict[str, str]:
    """The document of a device with its known keys only. Raises BadInput."""
    if kind == "mail":
        try:
            return {"address": str(address(str(doc.get("address", ""))))}
        except BadAddress as bad:
            raise BadInput("address", str(bad)) from None
    if kind == "push":
        try:
            return push.checked(doc, person.realm)
        except ValueError as bad:
            raise BadInput("push", str(bad)) from None
    if kind == "hook":
        name = str(doc.get("name", ""))
        if person.realm != "real":
            raise BadInput("name", "the demo rings no real device")
        if name not in settings.COMITY.pagers:
            raise BadInput("name", "one of the operator's pagers, comity.toml [pagers]")
        return {"name": name}
    return {}


def doc_of(device: Device) -> dict[str, Any]:
    """What a device is reached by; empty once the vault has forgotten it."""
    try:
        return dict(vault.get_json(device.doc)) if device.doc else {}
    except vault.Gone:
        return {}


def end(device: Device, *, by: str) -> None:
    """It is no way to reach anybody any more. Does nothing if it has ended."""
    with transaction.atomic():
        now = clock.now()
        if Device.objects.filter(id=device.id, ended_at=None).update(ended_at=now):
            if device.doc:
                vault.end(device.doc, now)
            _tell("device.ended", device, by=by)


def tested(device: Device, *, by: str) -> None:
    """It was rung, and answered: it works. Kept as of now, and its address for as long again."""
    now = clock.now()
    Device.objects.filter(id=device.id).update(tested_at=now)
    if device.doc:
        with suppress(vault.Gone):
            vault.extend(device.doc, now + timedelta(days=settings.COMITY.keep_days))
    _tell("device.tested", device, by=by)


def _tell(kind: str, device: Device, *, by: str) -> None:
    sealed = {"person": str(device.person_id), "device": str(device.id)}
    record(kind, realm=device.person.realm, by=by, public={"kind": device.kind}, sealed=sealed)


def set_profile(person: Person, languages: list[str], zone: str) -> None:
    """Which languages somebody on duty speaks (ISO 639), and where their clock is (IANA name). Raises BadInput."""
    if zone and when.zone(zone) is None:
        raise BadInput("zone", "an IANA name such as Europe/Brussels")
    if len(languages) > 12 or not all(one.isalpha() and one.islower() and len(one) in (2, 3) for one in languages):
        raise BadInput("languages", "codes of two or three letters such as en fr, at most 12")
    Profile.objects.update_or_create(person=person, defaults={"languages": languages, "zone": zone})


# -- ring -------------------------------------------------------------------------------------------------------------


def once(job: JobDeferrer, **arguments: int) -> None:
    """Defer a job, unless it is waiting already."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(**arguments)


def send(ring: Ring) -> Said:
    """Ring one device by its channel: with the subject's number, and nothing else. Never raises for what the other end
    does."""
    doc = doc_of(ring.device)
    if ring.device.ended_at is not None or not doc:
        return Said("gone", "ended")
    return {"push": _push, "mail": _mail, "hook": _hook}[ring.device.kind](ring, doc)


def _push(ring: Ring, doc: dict[str, Any]) -> Said:
    said = push.send(doc, {"subject": ring.subject}, topic=ring.subject, realm=ring.person.realm)
    return Said(said.state, said.code)


def _mail(ring: Ring, doc: dict[str, Any]) -> Said:
    url = f"{settings.COMITY.base_url}/console/duty/?ring={ring.id}"
    text = f"{ring.subject} rings. Acknowledge it here:\n\n{url}\n"
    try:
        mail = outbox.queue(
            key=f"ring:{ring.id}",
            realm=ring.person.realm,
            kind="ring",
            to=doc["address"],
            subject=f"{ring.subject} rings",
            text=text,
        )
    except BadAddress:
        return Said("failed", "address")
    how = outbox.deliver_now(mail, RELAY_SECONDS)  # not behind what holds the shared worker
    if how == "failed" or (how == "queued" and mail.attempts):
        return Said("failed", f"relay-{mail.code}")
    return Said("sent", how)


def _hook(ring: Ring, doc: dict[str, Any]) -> Said:
    url = settings.COMITY.pagers.get(str(doc.get("name")))
    if url is None or ring.person.realm != "real":
        return Said("failed", "no-pager")
    said = hook.send(url, ring.subject)
    return Said(said.state, said.code)
