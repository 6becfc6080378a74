"""Who holds a post of ours that papers can be addressed to: their own counsel, and how they themselves are told."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from comity import clock
from comity.ledger.commands import record
from comity.outbox.rules import BadAddress, address, line
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Realm
from comity.vault import commands as vault

from .commands import said_line
from .models import Post

KEPT = timedelta(days=36_500)  # as long as somebody holds it; what it replaces is deleted at once
LINE = 200
LANGUAGES = ("en", "fr")
FIELDS = ("who", "counsel", "counsel_address", "channel", "language")


@transaction.atomic
def set_post(person: Person, realm: str, title: str, said: Mapping[str, str]) -> Post:
    """Set who holds a post: `who`, `counsel` (a name), `counsel_address`, `channel` (an address of their own, or a
    telephone number) and `language` (en, fr). Raises NotAllowed, BadInput.
    """
    allow(person, "post.set", Realm(realm))
    named = said_line("title", title, 80, "the post, not the name: as “Head of compliance, India”")
    told = {
        "who": said_line("who", said.get("who", ""), LINE, "who holds it"),
        "counsel": said_line("counsel", said.get("counsel", ""), LINE, "the name of that person’s own lawyer"),
        "counsel_address": _outside("counsel_address", said.get("counsel_address", "")),
        "channel": _channel(said.get("channel", "")),
        "language": said.get("language", "en") if said.get("language", "en") in LANGUAGES else "en",
    }
    post = Post.objects.select_for_update().filter(realm=realm, title=named).first() or Post(realm=realm, title=named)
    if post.doc:
        vault.end(post.doc, clock.now())
    post.doc, post.by, post.at = vault.put_json(told, clock.now() + KEPT), person.by, clock.now()
    post.save()
    record("post.changed", realm=realm, by=person.by, public={})
    return post


def _outside(field: str, text: str) -> str:
    """An address that is none of ours: what is sent there is not for our office. Raises BadInput."""
    try:
        found = address(line(text, LINE))
    except BadAddress as wrong:
        raise BadInput(field, str(wrong)) from None
    ours = {address(one).domain for one in (settings.COMITY.address, *settings.COMITY.mailboxes)}
    if found.domain in ours or any(found.domain.endswith(f".{domain}") for domain in ours):
        raise BadInput(field, "an address of their own: ours is read by the office")
    return str(found)


def _channel(text: str) -> str:
    """How the person is told: an address of their own, or a number to call. Raises BadInput."""
    said = said_line("channel", text, LINE, "an address of their own, or a number to call")
    return _outside("channel", said) if "@" in said else said


def opened(post: Post) -> dict[str, Any]:
    """Who holds a post and how they are reached. Raises vault.Gone."""
    return dict(vault.get_json(post.doc))


def of_realm(realm: str) -> list[Post]:
    """The posts of a realm, by name."""
    return list(Post.objects.filter(realm=realm).order_by("title"))
