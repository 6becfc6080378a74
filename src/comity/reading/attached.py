"""What is attached to a mail, opened: each thing that can be read, with whose words it is; the rest is flagged.

Pure, run in the limited child. Nothing that may hold an order is passed over in silence: what isn't opened, for its
kind or for a bound, has the flag `unread-attachment`. What came in an enclosed mail is somebody else's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from comity.reading import mail, markup, signs, sniff, unpack
from comity.reading.mail import Attachment, Mail

MOST_DOCUMENTS = 20
MOST_SEEN = 200
MOST_ENCLOSED = 3
READ = sniff.READ_ELSEWHERE | {"text/xml"}


@dataclass(frozen=True)
class Held:
    """One thing to read: `data` of a kind (`sniff.kind`), or a `text`. `number` is the part of the mail it came in."""

    number: int
    kind: str
    data: bytes
    text: str
    others: bool


def held(taken: Mail, flags: set[str]) -> list[Held]:
    """Everything attached that can be read, in its order; flags for what can't."""
    found: list[Held] = []
    for one in _all(taken, flags, 0):
        if len(found) == MOST_DOCUMENTS:
            flags.add("unread-attachment")
            break
        found.append(one)
    return found


def _all(taken: Mail, flags: set[str], depth: int) -> Iterator[Held]:
    for opened, number, others in taken.inside:
        yield from _opened(opened, number, others, flags, depth)
    for attachment in taken.attachments[:MOST_SEEN]:
        yield from _attachment(attachment, taken, flags, depth)
    if len(taken.attachments) > MOST_SEEN:
        flags.add("unread-attachment")


def _attachment(one: Attachment, taken: Mail, flags: set[str], depth: int) -> Iterator[Held]:
    flags |= signs.of_attachment(one)
    opened = unpack.open_attachment(one.type, one.name, one.data)
    kind = sniff.kind(one.type, one.name, one.data)
    if opened is not None:
        yield from _opened(opened, one.number, one.others, flags, depth)
    elif kind in READ:
        yield Held(one.number, kind, one.data, "", one.others)
    elif unpack.can_hold_an_order(one.type, one.name, one.data, one.inline, one.cid in taken.shown):
        flags.add("unread-attachment")


def _opened(opened: unpack.Opened, number: int, others: bool, flags: set[str], depth: int) -> Iterator[Held]:
    flags |= opened.flags
    for inner in opened.parts:
        flags |= signs.of_attachment(Attachment(number, inner.type, inner.name, inner.data))
        yield Held(number, inner.type, inner.data, "", others)
    for said in opened.texts:
        text = markup.text_of_html(said.text) if said.type == sniff.HTML else said.text
        yield Held(number, sniff.PLAIN, b"", text, others)
    # a signed entity that isn't the mail's own body is a mail that somebody else signed
    for raw in (*opened.mails, *([opened.entity] if opened.entity is not None else [])):
        yield from _enclosed(raw, number, flags, depth)


def _enclosed(raw: bytes, number: int, flags: set[str], depth: int) -> Iterator[Held]:
    if depth == MOST_ENCLOSED:
        flags.add("unread-attachment")
        return
    inner = mail.parse(raw)
    flags |= (inner.flags & {"too-many-parts", "too-deep"}) | {"forwarded"}
    yield Held(number, sniff.PLAIN, b"", inner.text, True)
    for one in _all(inner, flags, depth + 1):
        yield Held(number, one.kind, one.data, one.text, True)
