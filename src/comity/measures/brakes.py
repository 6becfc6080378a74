"""The brake of a realm: set by one person, at once; released by one who decides."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from comity import clock
from comity.ledger.commands import record
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Realm
from comity.vault import commands as vault

from .models import Brake


def braked(realm: str) -> bool:
    """Whether the brake of a realm is set: then nothing is done on the platform."""
    return Brake.objects.filter(realm=realm, released_at=None).exists()


def set_brake(person: Person, realm: str, reason: str) -> None:
    """Stop all acts of a realm at once."""
    _brake(person, realm, reason, setting=True)


def release_brake(person: Person, realm: str, reason: str) -> None:
    """Let acts go on; what was approved meanwhile is carried out."""
    _brake(person, realm, reason, setting=False)


def _brake(person: Person, realm: str, reason: str, *, setting: bool) -> None:
    if not reason.strip():
        raise BadInput("reason", "say why, in a sentence")
    allow(person, "brake" if setting else "brake.release", Realm(realm))
    with transaction.atomic():
        now = clock.now()
        if setting:
            _, changed = Brake.objects.get_or_create(realm=realm, released_at=None, defaults={"set_at": now})
        else:
            changed = bool(Brake.objects.filter(realm=realm, released_at=None).update(released_at=now))
        if changed:
            record(
                "brake.set" if setting else "brake.released",
                realm=realm,
                by=person.by,
                sealed={"reason": vault.put_json({"text": reason}, now + timedelta(days=settings.COMITY.keep_days))},
            )
