"""The port, implemented for Telegram: what a bot that administers a chat can see, do, undo and prove."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from comity import clock
from comity.platforms import territory as territories
from comity.platforms.port import (
    Author,
    Capabilities,
    Parts,
    PlatformDown,
    PlatformError,
    PlatformRefused,
    Receipt,
    Resolved,
    Seen,
    SeenGate,
    Shown,
)

from . import deeds, evidence, links, rules
from .calls import Calls
from .evidence import Ours
from .models import Chat, Deed, Message

FRESH = 2.0  # seconds for which a look counts: one message is looked at from many countries, and is the same in all
SAYS_LOCALLY = "Telegram can’t act country by country: what a bot does in a chat, it does for everybody in it."
HOPS = 5  # numbers that a group may have had
LARGEST_COPY = 12 * 1024 * 1024  # bytes of files in one snapshot


class Telegram:
    """A bot's chats as a `Platform`. Thread-safe. `ours`: which they are; `calls`: under its token."""

    def __init__(self, ours: Ours, calls: Calls) -> None:
        self.ours, self.calls, self.name = ours, calls, ours.platform
        self._looked: dict[tuple[int, int], tuple[float, bool]] = {}
        self._guard = threading.Lock()

    @property
    def base_url(self) -> str:
        """Where the Bot API answers."""
        return self.calls.base_url

    #: the same is seen from everywhere, and what is looked at is looked up in our tables first
    here = True

    def alive(self) -> None:
        """Ask who the bot is. Raises PlatformDown, PlatformRefused."""
        self.calls.ask("getMe")

    # -- what it can ---------------------------------------------------------------------------------------------------

    def owns(self, url: str) -> bool:
        """Whether an address names one of the operator's chats, in any spelling."""
        link = links.read(url)
        return link is not None and (link.name in self.ours.names or link.number in self.ours.numbers)

    def capabilities(self) -> Capabilities:
        """Within one chat, for everybody in it: delete, for 48 hours and for good; silence; close."""
        return rules.CAN

    # -- asking --------------------------------------------------------------------------------------------------------

    def _ask(self, method: str, chat: int, **given: Any) -> Any:
        """A call about a chat, by the number that it has now; one that asked us to wait is left alone until then."""
        number = self._number(chat)
        row = self._row(number)
        if row is not None and row.wait and row.wait > clock.now():
            raise rules.Wait(1 + int((row.wait - clock.now()).total_seconds()))
        try:
            return self.calls.ask(method, chat_id=number, **given)
        except (rules.Wait, rules.TheirAnswer, rules.Moved) as no:
            no.chat = number
            raise

    def _row(self, chat: int) -> Chat | None:
        return Chat.objects.filter(platform=self.name, chat=chat).first()

    def _number(self, chat: int) -> int:
        for _ in range(HOPS):
            row = self._row(chat)
            if row is None or not row.moved_to:
                break
            chat = row.moved_to
        return chat

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Keep what an answer says of a chat: that it wants us to wait, has moved, or has no bot of ours any more."""
        try:
            yield
        except rules.Wait as wait:
            if wait.chat:
                evidence.waits(self.name, wait.chat, clock.now() + timedelta(seconds=wait.seconds))
            raise
        except rules.Moved as to:
            if row := self._row(to.chat):
                evidence.moved(row, to.to)
            raise PlatformDown("the group was upgraded and has another number: asked again under that") from None
        except rules.TheirAnswer as no:
            if no.code in ("no-access", "no-chat") and (row := self._row(no.chat)):
                evidence.stands(row, "kicked" if no.code == "no-access" else "deleted")
            raise

    def there(self, chat: int, number: int, *, fresh: bool = False) -> bool:
        """Whether a message is there now: asked by an edit that changes nothing, since no method reads one. Another's
        message can't be edited; one that is gone isn't found. Raises PlatformDown, PlatformRefused."""
        at, known = self._looked.get((chat, number), (float("-inf"), False))
        if not fresh and time.monotonic() - at < FRESH:
            return known
        found = self._edited(chat, number)
        with self._guard:
            if len(self._looked) > 5000:
                self._looked.clear()
            self._looked[chat, number] = (time.monotonic(), found)
        return found

    def _edited(self, chat: int, number: int) -> bool:
        """Its own buttons are sent with it, where it has some: without them an edit would take them away."""
        markup = (self._last(chat, number) or {}).get("reply_markup")
        try:
            self._ask("editMessageReplyMarkup", chat, message_id=number, **({"reply_markup": markup} if markup else {}))
        except rules.TheirAnswer as no:
            if no.code not in ("unknown", "not-ours-to-edit", "not-modified"):
                raise
            return no.code != "unknown"
        return True

    def _kept(self, chat: int, number: int) -> Message | None:
        return Message.objects.filter(platform=self.name, chat=chat, number=number).first()

    def _last(self, chat: int, number: int) -> Mapping[str, Any] | None:
        row = self._kept(chat, number)
        kept = evidence.versions(row) if row else []
        return kept[-1] if kept else None

    # -- looking -------------------------------------------------------------------------------------------------------

    def resolve(self, url: str) -> Resolved:
        """What is at an address, as far as the bot has seen. Raises PlatformDown, PlatformRefused "not-ours"."""
        link = links.read(url)
        if link is None or not self.owns(url):
            raise PlatformRefused("not-ours", "The address is on another platform, or in somebody else’s chat.")
        with self.noted():
            try:
                chat = self._chat(link)
                found = chat and (self._message(chat, link) if link.message else self._of_chat(chat))
            except rules.TheirAnswer as no:
                if no.code != "no-chat":
                    raise
                found = None  # the chat was deleted, and all that was in it
            return found or Resolved(url.strip(), found=False)

    def _chat(self, link: links.Link) -> Chat | None:
        """The chat that a link leads to; of a comment, the group in which a channel is talked about."""
        if link.number:
            row = self._row(self._number(link.number))
        else:
            row = Chat.objects.filter(platform=self.name, name=link.name).first()
        if row is None or not row.kind or not link.message or (link.comment and not row.linked):
            row = self._asked(row.chat if row else link.number or f"@{link.name}")
        if row is not None and link.comment:
            return self._row(row.linked) or self._asked(row.linked) if row.linked else None
        return row

    def _asked(self, which: int | str) -> Chat | None:
        try:
            given = self.calls.ask("getChat", chat_id=which) if isinstance(which, str) else self._ask("getChat", which)
        except rules.TheirAnswer as no:
            if no.code == "no-chat":
                return None
            raise
        if not isinstance(given, Mapping) or rules.whole(given.get("id")) is None:
            raise PlatformDown("Telegram’s answer lacks what it should say")
        return evidence.saw(self.ours, given)

    def _of_chat(self, row: Chat) -> Resolved:
        kind = "channel" if row.kind == "channel" else "group"
        url = links.spelled(row.name, row.chat)
        return Resolved(url, True, links.ref(row.chat), kind, _audience(row), Author(None, False), channel=row.name)

    def _message(self, row: Chat, link: links.Link) -> Resolved:
        number = link.comment or link.message
        url = links.spelled(row.name, row.chat, number, single=link.single)
        numbers = self._album(row, number) if not link.single else [number]
        if not self.there(row.chat, number):
            return Resolved(url, found=False)
        found = self._kept(row.chat, number)
        if found is None:  # it is there, and from before the bot came: what it says nobody can ask
            return Resolved(url, True, links.ref(row.chat, number), rules.MESSAGE, _audience(row), channel=row.name)
        them = [one for one in (self._kept(row.chat, n) for n in numbers) if one]
        parts = Parts(len(them), sum(one.edits for one in them), sum(one.files for one in them))
        return Resolved(
            url,
            True,
            links.ref(row.chat, *numbers),
            rules.MESSAGE,
            _audience(row),
            self._author(row.chat, number),
            parts,
            row.name,
            found.posted_at,
        )

    def _album(self, row: Chat, number: int) -> list[int]:
        """All messages of the album that one is in: people see them as one."""
        found = self._kept(row.chat, number)
        if found is None or not found.album:
            return [number]
        its = Message.objects.filter(platform=self.name, chat=row.chat, album=found.album)
        return sorted(its.values_list("number", flat=True)[:10])

    def _author(self, chat: int, number: int) -> Author | None:
        user = rules.sender(self._last(chat, number) or {})
        return Author(None, self._started(user) is not None, str(user or "")) if user else Author(None, False)

    def _started(self, user: int | None) -> Chat | None:
        """The chat that somebody opened with the bot and has not shut: a bot can't open one."""
        its = Chat.objects.filter(platform=self.name, chat=user or 0, kind="private")
        return its.exclude(bot="kicked").first()

    def _target(self, ref: str) -> tuple[int, tuple[int, ...]]:
        found = links.of_ref(ref)
        row = self._row(found[0]) if found else None
        if found is None or row is None or not row.ours:
            raise PlatformRefused("unknown", "No chat or message of ours has this name.")
        return found

    def snapshot(self, ref: str) -> bytes:
        """What the bot was told of a message, its files, and how its author and its chat stand. Raises PlatformDown,
        PlatformRefused "unknown"."""
        chat, numbers = self._target(ref)
        with self.noted():
            them = [self._copied(chat, number) for number in numbers]
            if numbers and not any(one["told"] for one in them):
                raise PlatformRefused("unknown", "The bot has not seen this: there is nothing to copy.")
            user = rules.sender(self._last(chat, numbers[0]) or {}) if numbers else None
            state = {"chat": self._permissions(chat), "member": self._member(chat, user) if user else None}
        made = {"platform": "telegram", "ref": ref, "messages": them, **state}
        return json.dumps(made, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def _copied(self, chat: int, number: int) -> dict[str, Any]:
        row = self._kept(chat, number)
        told = evidence.versions(row) if row else []
        there = self.there(chat, number)
        return {"number": number, "there": there, "told": told, "files": self._files(told[-1] if told else {})}

    def _files(self, message: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Its files' bytes; of one that a bot can't have, that it is there and why we have no copy."""
        made, room = list[dict[str, Any]](), LARGEST_COPY
        for ident, lasting, media, size in rules.files(message):
            said: dict[str, Any] = {"id": lasting, "type": media, "size": size}
            try:
                if size > room:
                    raise PlatformRefused("too-big", "larger than a copy may be")
                at = self.calls.ask("getFile", file_id=ident)
                raw = self.calls.file(str(at["file_path"]))
                room -= len(raw)
                said |= {"base64": base64.b64encode(raw).decode(), "sha256": hashlib.sha256(raw).hexdigest()}
            except (PlatformRefused, KeyError, TypeError) as no:
                said |= {"no": no.code if isinstance(no, PlatformRefused) else "malformed"}
            made.append(said)
        return made

    def _member(self, chat: int, user: int) -> dict[str, Any]:
        given = self._ask("getChatMember", chat, user_id=user)
        if not isinstance(given, Mapping) or not isinstance(given.get("status"), str):
            raise PlatformDown("Telegram’s answer lacks what it should say")
        return rules.prior_of(given)

    def _permissions(self, chat: int) -> dict[str, bool]:
        given = self._ask("getChat", chat)
        its = given.get("permissions") if isinstance(given, Mapping) else None
        return {name: bool(its.get(name, False)) for name in (*rules.MUTE, *rules.OTHER)} if its else {}

    def shown(self, snapshot: bytes) -> Shown:
        """The texts and the pictures of a snapshot."""
        try:
            kept = json.loads(snapshot)
            if kept["platform"] != "telegram":
                return Shown()
            said = [rules.text(one) for message in kept["messages"] for one in message["told"]]
            files = [file for message in kept["messages"] for file in message["files"] if "base64" in file]
            pictures = [(f["type"], base64.b64decode(f["base64"], validate=True)) for f in files]
            seen = tuple((kind, raw) for kind, raw in pictures if kind.startswith("image/"))
            return Shown(tuple(text for text in said if text), seen)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return Shown()

    def observe(self, url: str, country: str) -> Seen:
        """Whether it is there for whoever may read the chat: the same in every country. Telegram has no other way to
        look that takes no token, so what is read back is read by the bot."""
        unknown = Seen("unknown", country[:2], clock.now())
        link = links.read(url)
        if link is None or not self.owns(url) or country not in territories.COUNTRIES:
            return unknown
        try:
            found = self.resolve(url)
        except PlatformError:
            return unknown
        if not found.found:
            return Seen("gone", country, clock.now())
        its = links.of_ref(found.ref)
        told = [self._last(its[0], n) for n in its[1]] if its else []
        shown = json.dumps([found.ref, told], sort_keys=True).encode()
        return Seen("visible", country, clock.now(), hashlib.sha256(shown).hexdigest())

    # -- acting --------------------------------------------------------------------------------------------------------

    def act(self, key: str, kind: str, ref: str, territory: Collection[str]) -> Receipt:
        """Delete, silence, close or keep, for everybody. Raises PlatformDown, PlatformRefused, UnknownTerritory."""
        countries = sorted(territories.reach(territory))
        if kind not in rules.CAN.measures:
            able = ", ".join(sorted(rules.CAN.measures))
            raise PlatformRefused("cannot", f"On Telegram a bot can {able}; it cannot {kind[:40]}.")
        if kind != "preserve" and countries != [territories.WORLD]:
            raise PlatformRefused("cannot", SAYS_LOCALLY)
        chat, numbers = self._target(ref)
        if bool(numbers) != (kind != "block"):
            raise PlatformRefused("cannot", f"It cannot {kind} a thing of this kind.")
        what = deeds.about(kind, ref, countries)
        try:
            with self.noted():
                return ACTS[kind](self, Asked(key, kind, ref, what), chat, numbers)
        except PlatformRefused:
            deeds.refused(self.name, key)
            raise

    def redact(self, asked: "Asked", chat: int, numbers: tuple[int, ...]) -> Receipt:
        """Delete each message, and see that it is gone. Nothing is deleted of which no copy is kept."""
        with self._held(asked) as deed:
            if deed.state in ("done", "lifted"):
                return deeds.receipt(deed, new=False)
            if not all(self._last(chat, number) for number in numbers):
                raise PlatformRefused("no-copy", "The bot has no copy of it, and what it deletes is gone for good.")
            for number in numbers:
                self._delete(chat, number)
            return deeds.done(deed)

    def _delete(self, chat: int, number: int) -> None:
        with self._guard:
            self._looked.pop((chat, number), None)
        try:
            self._ask("deleteMessage", chat, message_id=number)
        except rules.TheirAnswer as no:
            if no.code == "cannot-delete" and self._too_old(chat, number):
                raise PlatformRefused("too-late", TOO_LATE) from None
            if no.code != "unknown":  # it is gone: by an attempt of ours whose answer was lost, or by another's hand
                raise
        if self.there(chat, number, fresh=True):
            raise PlatformDown("Telegram said yes, and the message is still there")

    def _too_old(self, chat: int, number: int) -> bool:
        found = self._kept(chat, number)
        return found is not None and clock.now() - found.posted_at >= rules.DELETABLE

    def suspend(self, asked: "Asked", chat: int, numbers: tuple[int, ...]) -> Receipt:
        """Let the author of a message write no more in its chat. What they wrote stays."""
        user = rules.sender(self._last(chat, numbers[0]) or {})
        if user is None:
            raise PlatformRefused("cannot", "A channel wrote it, or the bot has no copy: there is nobody to silence.")
        with self._held(asked) as deed:
            if deed.state in ("done", "lifted"):
                return deeds.receipt(deed, new=False)
            deeds.holds(deed, f"member:{chat}:{user}", lambda: {"user": user, **self._member(chat, user)})
        with self._held(asked) as deed:
            if deed.state in ("done", "lifted"):
                return deeds.receipt(deed, new=False)
            if not rules.silenced(self._member(chat, user)):
                self._restrict(chat, user, dict.fromkeys((*rules.MUTE, *rules.OTHER), False), 0)
            if not rules.silenced(self._member(chat, user)):
                raise PlatformDown("Telegram said yes, and the member may still write")
            return deeds.done(deed)

    def _restrict(self, chat: int, user: int, may: Mapping[str, bool], until: int) -> None:
        given: dict[str, Any] = {"user_id": user, "permissions": dict(may), "use_independent_chat_permissions": True}
        self._ask("restrictChatMember", chat, **given, **({"until_date": until} if until else {}))

    def block(self, asked: "Asked", chat: int, numbers: tuple[int, ...]) -> Receipt:
        """Let nobody but administrators write in a chat. What was written stays."""
        with self._held(asked) as deed:
            if deed.state in ("done", "lifted"):
                return deeds.receipt(deed, new=False)
            deeds.holds(deed, f"chat:{chat}", lambda: {"permissions": self._permissions(chat)})
        with self._held(asked) as deed:
            if deed.state in ("done", "lifted"):
                return deeds.receipt(deed, new=False)
            self._permit(chat, dict.fromkeys((*rules.MUTE, *rules.OTHER), False))
            return deeds.done(deed)

    def _permit(self, chat: int, may: Mapping[str, bool]) -> None:
        try:
            self._ask("setChatPermissions", chat, permissions=dict(may), use_independent_chat_permissions=True)
        except rules.TheirAnswer as no:
            if no.code != "not-modified":
                raise
        if any(self._permissions(chat).get(name) != may[name] for name in rules.MUTE):
            raise PlatformDown("Telegram said yes, and the chat's permissions are as they were")

    def preserve(self, asked: "Asked", chat: int, numbers: tuple[int, ...]) -> Receipt:
        """The bot's copy is all there is, and nobody on Telegram sees it; the gateway keeps one under its own key."""
        with self._held(asked) as deed:
            if deed.state in ("done", "lifted"):
                return deeds.receipt(deed, new=False)
            if not all(self._last(chat, number) for number in numbers):
                raise PlatformRefused("no-copy", "The bot has not seen it: there is nothing to keep.")
            return deeds.done(deed)

    def _held(self, asked: "Asked") -> Any:
        return deeds.held(self.name, asked.key, asked.kind, asked.ref, asked.what)

    def lift(self, key: str) -> Receipt:
        """Undo exactly what a key did. Raises PlatformDown, PlatformRefused: a deletion can't be undone."""
        with self.noted():
            return deeds.lift(self.name, key, self._undo)

    def _undo(self, deed: Deed) -> None:
        if deed.kind == "redact":
            raise PlatformRefused("cannot", "A message that was deleted on Telegram can’t be restored.")
        if deed.kind not in ("suspend", "block") or deeds.standing(deed).exists():
            return
        chat, _ = self._target(deed.ref)
        before = deeds.prior(deed)
        if deed.kind == "block":
            self._permit(chat, before["permissions"])
            return
        self._give_back(chat, int(before["user"]), before)

    def _give_back(self, chat: int, user: int, before: Mapping[str, Any]) -> None:
        """How they stood before; who was banned since by somebody else stays so."""
        if self._member(chat, user)["status"] == "kicked" or before.get("status") == "kicked":
            return
        now = clock.now()
        may = rules.given_back(before, now)
        self._restrict(chat, user, may, rules.until(before, now))
        if rules.silenced(self._member(chat, user)) and may["can_send_messages"]:
            raise PlatformDown("Telegram said yes, and the member may still not write")

    def stands(self, key: str) -> bool | None:
        """Whether what a key did stands now, read back; None: it did nothing, or nothing tells."""
        deed = deeds.of(self.name, key)
        if deed is None or deed.state != "done":
            return None
        try:
            with self.noted():
                return self._stands(deed)
        except PlatformError:
            return None

    def _stands(self, deed: Deed) -> bool:
        chat, numbers = self._target(deed.ref)
        if deed.kind == "redact":
            return not any(self.there(chat, number, fresh=True) for number in numbers)
        if deed.kind == "suspend":
            return rules.silenced(self._member(chat, int(deeds.prior(deed)["user"])))
        return deed.kind != "block" or not any(self._permissions(chat).get(name) for name in rules.MUTE)

    def notify(self, key: str, ref: str, text: str) -> Receipt:
        """Tell the author in the chat that they opened with the bot; once, though of a message whose answer was lost
        nobody can know whether it came. Raises PlatformDown, PlatformRefused "not-contactable"."""
        chat, numbers = self._target(ref)
        user = rules.sender(self._last(chat, numbers[0]) or {}) if numbers else None
        asked, made = Asked(key, "notify", ref, deeds.about("notify", ref, text)), rules.pieces(text)
        try:
            with self.noted():
                return self._told(asked, user, made)
        except PlatformRefused:
            deeds.refused(self.name, key)
            raise

    def _told(self, asked: "Asked", user: int | None, pieces: list[str]) -> Receipt:
        for number, piece in enumerate(pieces):
            with self._held(asked) as deed:  # each on record by itself: one that has left is not sent again
                if deed.state in ("done", "lifted"):
                    return deeds.receipt(deed, new=False)
                if number >= deed.parts:
                    self._tell(user, piece)
                    deed.parts += 1
                    deed.save(update_fields=["parts"])
        with self._held(asked) as deed:
            return deeds.done(deed)

    def _tell(self, user: int | None, piece: str) -> None:
        to = self._started(user)
        if to is None:
            raise PlatformRefused("not-contactable", "Its author has not opened a chat with the bot.")
        try:
            self._ask("sendMessage", to.chat, text=piece)
        except rules.TheirAnswer as no:
            if no.code not in ("no-access", "no-chat"):
                raise
            raise PlatformRefused("not-contactable", "Its author wants no more of the bot.") from None

    def gate(self, key: str, country: str, level: str, notice: Mapping[str, str]) -> Receipt:
        """No chat can be shut to a country. Raises UnknownTerritory, PlatformRefused "cannot"."""
        territories.of_one(country)
        raise PlatformRefused("cannot", SAYS_LOCALLY)

    def observe_gate(self, country: str) -> SeenGate:
        """Nothing is known of who can do what from where."""
        return SeenGate()

    def people(self, country: str) -> int | None:
        """Telegram tells nobody where members are. Raises UnknownTerritory."""
        territories.of_one(country)
        return None


class Asked:
    """An act as it was asked for."""

    def __init__(self, key: str, kind: str, ref: str, what: str) -> None:
        self.key, self.kind, self.ref, self.what = key, kind, ref, what


TOO_LATE = "It was sent more than 48 hours ago: no bot can delete it. A person who owns or administers the chat can."
ACTS: Mapping[str, Callable[[Telegram, Asked, int, tuple[int, ...]], Receipt]] = {
    "redact": Telegram.redact,
    "suspend": Telegram.suspend,
    "block": Telegram.block,
    "preserve": Telegram.preserve,
}


def _audience(row: Chat) -> str:
    return "public" if row.name else "closed-group"
