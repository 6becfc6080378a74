"""The SMTP listener. It says 250 only once the mail is durable, takes bytes as they are, and parses nothing."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import Error as DatabaseError

from comity import clock
from comity.cases.receive import Incoming

from . import realm
from .budget import Budget, Held, counted_under
from .writer import Writer

log = structlog.get_logger()

SIZE_LIMIT = 50 * 1024 * 1024
RECIPIENTS_AT_MOST = 100
ENDLESS = 2 * SIZE_LIMIT  # bytes before our next reply: room for an oversized mail to end and be refused properly
HEADER_BYTES = 64 * 1024
TOO_LARGE = (
    "552 5.3.4 This mail is larger than 50 MB, and nothing of it was kept. "
    "Send the order alone, and name further material by link or in a second mail."
)
TOO_MANY_LARGE = "452 4.3.1 Several large mails are being stored just now; please try again in a minute"
NOT_STORED = "451 4.3.0 We could not store this mail, so we do not have it; please try again in a minute"
NOT_OURS = "550 5.1.1 No such mailbox here. Our contact points: "


class Listener(SMTP):
    """aiosmtpd with our words for a mail that is too large, and long lines accepted as they are."""

    line_length_limit = SIZE_LIMIT + 1024
    command_size_limit = 4096
    event_handler: "Handler"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A sender has connected."""
        peer = transport.get_extra_info("peername")
        self.held = Held(counted_under(str(peer[0])) if peer else "", lambda: self._cut(TOO_MANY_LARGE))
        super().connection_made(transport)

    async def push(self, status: str | bytes) -> None:
        """Send a reply line; the library's words for a mail that is too large become ours."""
        self._heard()
        text = status if isinstance(status, str) else status.decode("ascii", "replace")
        said = TOO_LARGE if text.startswith(("552", "500 Line too long")) else status
        await super().push(said)  # type: ignore[type-var]  # one or the other, and it takes both

    def data_received(self, data: bytes) -> None:
        """Receive bytes within the budget: the library itself would buffer an endless line without limit."""
        fits = self.event_handler.budget.take(self.held, len(data), self.loop.time())
        if self.held.size > ENDLESS:
            self._cut(TOO_LARGE)
        elif not fits:
            self._cut(TOO_MANY_LARGE)
        else:
            super().data_received(data)

    def connection_lost(self, error: Exception | None) -> None:
        """Free the sender's share of the budget, whether its mail arrived or not."""
        self._heard()
        super().connection_lost(error)

    def _heard(self) -> None:
        self.event_handler.budget.free(self.held)

    def _cut(self, reply: str) -> None:
        self._heard()
        transport = cast(asyncio.Transport, self.transport)  # never None while connected
        transport.write(reply.encode() + b"\r\n")
        transport.close()


@dataclass
class Handler:
    """What the listener asks at each step of a session (RFC 5321)."""

    store: Callable[[Incoming], Any]
    budget: Budget = field(default_factory=Budget)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept a recipient, or refuse it with our contact points."""
        if len(envelope.rcpt_tos) >= RECIPIENTS_AT_MOST:
            return "452 4.5.3 Too many recipients"
        if not accepted(address) or realm.no_mailbox(address, _peer(session)):
            return NOT_OURS + ", ".join(settings.COMITY.mailboxes)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Listener, session: Session, envelope: Envelope) -> str:
        """Reply 250 once the mail is committed, or 451 so that the sender tries again."""
        server.held.storing = True
        try:
            await self.store(incoming(session, envelope))
        except (DatabaseError, OSError) as error:
            log.error("mail not stored", error=type(error).__name__)
            return NOT_STORED
        return "250 2.0.0 Stored"


def _peer(session: Session) -> str:
    return str(session.peer[0]) if session.peer else ""


def accepted(address: str) -> bool:
    """Whether a recipient is ours: any at localhost, any at a domain of our mailboxes."""
    domain = address.rpartition("@")[2].lower()
    return domain in {"localhost", *(box.rpartition("@")[2].lower() for box in settings.COMITY.mailboxes)}


def header(raw: bytes, name: str) -> str:
    """The raw value of a header's first line, for lists until the mail is read; bounded, never parsed."""
    head = raw[:HEADER_BYTES].partition(b"\r\n\r\n")[0]
    found = re.search(rb"(?im)^" + name.encode() + rb":[ \t]*([^\r\n]{0,998})", head)
    return found[1].decode("utf-8", "replace").strip() if found else ""


def incoming(session: Session, envelope: Envelope) -> Incoming:
    """An accepted mail as the cases take it: bytes as sent, and what the envelope says."""
    raw = bytes(envelope.original_content or b"")
    peer = _peer(session)
    recipients = [str(address) for address in envelope.rcpt_tos]
    return Incoming(
        raw=raw,
        door="email",
        realm=realm.of(recipients, peer),
        received_at=clock.now(),
        peek={
            "from": header(raw, "From"),
            "subject": header(raw, "Subject"),
            "message_id": header(raw, "Message-ID"),
            "mail_from": str(envelope.mail_from or ""),
            "recipients": recipients[:10],
            "peer": peer,
        },
    )


async def listen(host: str, port: int, ready: Callable[[int], None]) -> None:
    """Serve the door until cancelled; `ready` is told the port."""
    writer = Writer()
    handler = Handler(writer.store)

    def session() -> Listener:
        return Listener(
            handler,
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            hostname=settings.COMITY.host,
            ident="Comity",
            timeout=300,
        )

    server = await asyncio.get_running_loop().create_server(session, host, port, backlog=2048)
    writing = asyncio.create_task(writer.run())
    ready(server.sockets[0].getsockname()[1])
    try:
        await asyncio.gather(server.serve_forever(), writing)
    finally:
        server.close()
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
