"""A drill without its socket: what it hands to the door is taken as the door takes it, by its envelope alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from comity import clock
from comity.cases.receive import Incoming, prepare, receive
from comity.doors.email import realm
from comity.doors.email.server import header


class Door:
    """Takes mails from this machine. `refused`: recipients that are no mailbox; `breaks`: after so many it is gone."""

    def __init__(self, breaks: int | None = None) -> None:
        self.taken: list[bytes] = []
        self.realms: list[str] = []
        self.refused: list[str] = []
        self.breaks = breaks

    def sendmail(self, sender: str, recipients: list[str], raw: bytes) -> None:
        if self.breaks is not None and len(self.taken) >= self.breaks:
            raise KeyboardInterrupt
        (recipient,) = recipients
        if realm.no_mailbox(recipient, "127.0.0.1"):
            self.refused.append(recipient)
            return
        of = realm.of([recipient], "127.0.0.1")
        peek: dict[str, Any] = {"subject": header(raw, "Subject"), "from": header(raw, "From")}
        peek |= {"message_id": header(raw, "Message-ID"), "recipients": [recipient], "mail_from": sender}
        receive([prepare(Incoming(raw, "email", of, clock.now(), peek))])
        self.taken.append(raw)
        self.realms.append(of)

    @contextmanager
    def line(self, where: str) -> Iterator["Door"]:
        yield self
