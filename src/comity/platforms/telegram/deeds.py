"""What was done under a key: once in its life, whatever was answered, and undone exactly. The only writer of deeds.

A deed is on record before Telegram is asked ("trying"), and done once it was read back: a 200 proves nothing, and a
500 or a silence doesn't say that nothing was done.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import transaction

from comity import clock
from comity.platforms.port import PlatformRefused, Receipt
from comity.vault import commands as vault

from .models import Deed

KEEP = timedelta(days=3653)  # what a lift puts back is kept for as long as any measure may stand
STATES = {"preserve": "preserved", "notify": "told"}


def about(*said: object) -> str:
    """By what it is known that a key is used for something else."""
    return hashlib.sha256(json.dumps(said, default=sorted).encode()).hexdigest()


@contextmanager
def held(platform: str, key: str, kind: str, ref: str, what: str) -> Iterator[Deed]:
    """A key's deed, on record from now on and locked until the block ends. Raises PlatformRefused "key-used"."""
    if not 0 < len(key) <= 200:
        raise PlatformRefused("bad-field", "key: must be 1 to 200 characters")
    given = {"kind": kind, "about": what, "ref": ref, "at": clock.now()}
    Deed.objects.get_or_create(platform=platform, key=key, defaults=given)
    with transaction.atomic():
        deed = Deed.objects.select_for_update().get(platform=platform, key=key)
        if deed.state == "refused":  # it did nothing: it may be asked for again, or for something else
            deed.kind, deed.about, deed.ref, deed.state = kind, what, ref, "trying"
            deed.save(update_fields=["kind", "about", "ref", "state"])
        if deed.kind and deed.about != what:
            raise PlatformRefused("key-used", "The key was used for something else.")
        yield deed


def receipt(deed: Deed, *, new: bool) -> Receipt:
    """What a deed is, as the port says it."""
    state = "lifted" if deed.state == "lifted" else STATES.get(deed.kind, "withheld")
    return Receipt(deed.key, state, new, deed.at)


def refused(platform: str, key: str) -> None:
    """It was asked for, and Telegram said no: it holds nothing, and may be asked for again."""
    Deed.objects.filter(platform=platform, key=key, state="trying").update(state="refused")


def done(deed: Deed) -> Receipt:
    """It was done, and read back."""
    deed.state, deed.at = "done", clock.now()
    deed.save(update_fields=["state", "at", "parts"])
    return receipt(deed, new=True)


def holds(deed: Deed, subject: str, prior: Callable[[], Mapping[str, Any]]) -> None:
    """Note what a deed holds, and how that stood before anybody of ours held it: on record before it is touched."""
    if deed.subject:
        return
    deed.subject = vault.keyed_hash(f"{deed.platform}:{subject}")
    other = standing(deed).order_by("id").first()
    deed.prior = other.prior if other else vault.put_json(dict(prior()), clock.now() + KEEP)
    deed.save(update_fields=["subject", "prior"])


def standing(deed: Deed) -> Any:
    """The other deeds that hold the same."""
    its = Deed.objects.filter(platform=deed.platform, subject=bytes(deed.subject), kind=deed.kind)
    return its.exclude(pk=deed.pk).filter(state__in=("trying", "done")).exclude(subject=b"")


def lift(platform: str, key: str, undo: Callable[[Deed], None]) -> Receipt:
    """Undo what a key did, and nothing else; a key that did nothing yet never does. `undo` raises where it can't."""
    given = {"kind": "", "about": "", "state": "lifted", "at": clock.now()}
    with transaction.atomic():
        deed, made = Deed.objects.select_for_update().get_or_create(platform=platform, key=key, defaults=given)
        if made or deed.state == "lifted":
            return receipt(deed, new=made)
        if deed.subject or deed.state == "done":
            undo(deed)
        deed.state, deed.at = "lifted", clock.now()
        deed.save(update_fields=["state", "at"])
        return receipt(deed, new=True)


def prior(deed: Deed) -> dict[str, Any]:
    """How what a deed holds stood before. Raises PlatformRefused "gone" once nothing is known of it."""
    try:
        return dict(vault.get_json(deed.prior))
    except vault.Gone:
        raise PlatformRefused("gone", "How it stood before is no longer known.") from None


def of(platform: str, key: str) -> Deed | None:
    """A key's deed."""
    return Deed.objects.filter(platform=platform, key=key).first()
