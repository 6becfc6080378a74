"""What the bot is told is kept as it comes: nothing can be read later. The only writer of chats and messages.

An update is taken once, by its number, in one transaction with what it says. Of chats that aren't the operator's
nothing is kept, nor is anything that people write to the bot itself.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from comity import clock
from comity.vault import commands as vault

from . import rules
from .models import Chat, Message, Update

LARGEST = 256 * 1024  # bytes of an update
EDITS = 200  # versions of one message that are kept; the last one always is
UPDATES_FOR = timedelta(days=2)


class NoUpdate(ValueError):
    """What isn't an update; the text names the field and the rule."""


@dataclass(frozen=True)
class Ours:
    """The chats of a table: by public name (small letters) and by number; how long what is said there is kept."""

    platform: str
    names: frozenset[str]
    numbers: frozenset[int]
    keep: timedelta

    def names_it(self, chat: Mapping[str, Any]) -> bool:
        """Whether the table names a chat."""
        return str(chat.get("username") or "").lower() in self.names or chat.get("id") in self.numbers


def take(ours: Ours, update: Mapping[str, Any]) -> bool:
    """Take an update; false where it was taken before. Raises NoUpdate."""
    number = rules.whole(update.get("update_id"))
    if number is None or number < 0:
        raise NoUpdate("update_id: must be a whole number")
    fits = len(json.dumps(update)) <= LARGEST
    with transaction.atomic():
        _, new = Update.objects.get_or_create(platform=ours.platform, number=number, defaults={"at": clock.now()})
        if new and fits:
            _told(ours, update)
    if not fits:  # its number is on record, so that it holds up none behind it
        raise NoUpdate(f"an update has at most {LARGEST} bytes")
    return new


def _told(ours: Ours, update: Mapping[str, Any]) -> None:
    kind, payload = rules.found(update, rules.UPDATES)
    chat = payload.get("chat")
    if not kind or not isinstance(chat, Mapping) or rules.whole(chat.get("id")) is None:
        return
    if chat.get("type") == "private":
        _private(ours, chat, payload, kind)
        return
    row = saw(ours, chat)
    if kind == "my_chat_member":
        _standing(row, payload)
    elif row.ours and kind in rules.CONTENT:
        _said(ours, row, payload, edited=kind.startswith("edited"))


def saw(ours: Ours, chat: Mapping[str, Any]) -> Chat:
    """A chat as it was last named; its old name is another's from then on."""
    number, name = int(chat["id"]), str(chat.get("username") or "").lower()[:32]
    its = {"kind": str(chat.get("type"))[:10], "name": name, "at": clock.now()}
    linked = rules.whole(chat.get("linked_chat_id"))
    its |= {"linked": linked} if linked else {}
    before = Chat.objects.filter(platform=ours.platform)
    ours_by_link = before.filter(Q(linked=number) | Q(moved_to=number), ours=True).exists()
    mine = ours.names_it(chat) or ours_by_link
    row, _ = before.update_or_create(
        platform=ours.platform, chat=number, defaults=its | ({"ours": True} if mine else {})
    )
    if name:
        before.filter(name=name).exclude(chat=number).update(name="")
    return row


def _private(ours: Ours, chat: Mapping[str, Any], payload: Mapping[str, Any], kind: str) -> None:
    """Somebody opened a chat with the bot, or shut it: only then can they be told anything."""
    by = payload.get("from")
    language = str(by.get("language_code") or "")[:16] if isinstance(by, Mapping) else ""
    now = payload.get("new_chat_member")
    shut = kind == "my_chat_member" and isinstance(now, Mapping) and now.get("status") == "kicked"
    its = {"kind": "private", "bot": "kicked" if shut else "member", "language": language, "at": clock.now()}
    Chat.objects.update_or_create(platform=ours.platform, chat=int(chat["id"]), defaults=its)


def _standing(row: Chat, payload: Mapping[str, Any]) -> None:
    now = payload.get("new_chat_member")
    stands(row, str(now.get("status")) if isinstance(now, Mapping) else "")


def stands(row: Chat, status: str) -> None:
    """How the bot stands in a chat, as it was told or has found."""
    Chat.objects.filter(pk=row.pk).update(bot=status[:16], at=clock.now())


def moved(row: Chat, to: int) -> Chat:
    """A group has another number from now on. Its old messages keep theirs."""
    Chat.objects.filter(pk=row.pk).update(moved_to=to)
    new, _ = Chat.objects.update_or_create(
        platform=row.platform,
        chat=to,
        defaults={"kind": "supergroup", "name": row.name, "ours": row.ours, "bot": row.bot, "at": clock.now()},
    )
    return new


def waits(platform: str, chat: int, until: datetime) -> None:
    """Nothing is asked about a chat before an instant (UTC)."""
    Chat.objects.update_or_create(
        platform=platform, chat=chat, defaults={"wait": until, "at": clock.now()}, create_defaults=_unknown(until)
    )


def _unknown(until: datetime) -> dict[str, Any]:
    return {"kind": "", "wait": until, "at": clock.now()}


def _said(ours: Ours, row: Chat, message: Mapping[str, Any], *, edited: bool) -> None:
    number, at = rules.whole(message.get("message_id")), rules.posted(message)
    if number is None or at is None:
        return
    to = rules.whole(message.get("migrate_to_chat_id"))
    if to is not None:
        moved(row, to)
        return
    until = clock.now() + ours.keep
    found = Message.objects.select_for_update().filter(platform=row.platform, chat=row.chat, number=number).first()
    kept = versions(found) if found else []
    if message in kept:
        return
    said = sorted([*kept, message], key=rules.version)  # an edit may be told before what it edits
    kept = [*said[: EDITS - 1], *said[EDITS - 1 :][-1:]]
    doc = vault.put_json(kept, until)
    if found:
        vault.end(found.doc, clock.now())
    Message.objects.update_or_create(
        platform=row.platform,
        chat=row.chat,
        number=number,
        defaults={
            "posted_at": at,
            "edits": len(kept) - 1 if edited or found else 0,
            "files": len(rules.files(message)),
            "album": str(message.get("media_group_id") or "")[:64],
            "doc": doc,
            "until": until,
        },
    )


def versions(found: Message) -> list[Any]:
    """All that was told of a message, oldest first; nothing once its time is over."""
    try:
        kept = vault.get_json(found.doc)
    except vault.Gone:
        return []
    return kept if isinstance(kept, list) else []


def forget(now: datetime) -> None:
    """What was kept long enough goes (UTC); updates are remembered for twice as long as Telegram keeps them."""
    Message.objects.filter(until__lte=now).delete()
    Update.objects.filter(at__lte=now - UPDATES_FOR).delete()
