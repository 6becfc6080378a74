"""Sending samples: a fresh message on the sandbox, a fresh order about it, through the real e-mail door."""

import re
import secrets
import smtplib
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from comity import clock
from comity.cases import document
from comity.cases.models import Case, Request
from comity.doors.email import realm
from comity.outbox.models import Mail
from comity.platforms import World, forum_world, sandbox_world
from comity.platforms.port import PlatformError
from comity.serve import ports
from comity.terminal import Misuse
from comity.vault import commands as vault

from . import keys
from .matrix.homeserver import NotStarted
from .matrix.world import MatrixWorld
from .register import ADDRESS, DOMAIN, JUDGE_ADDRESS, OFFICE_ID, PROSECUTOR_ADDRESS, PROSECUTOR_ID, SERVICE_ADDRESS
from .representative.orders import ORDERS
from .samples import DISCLOSE, OF_PROSECUTOR, PRESERVE, PROLONG, SAMPLES, URGENT, Sample, make

CHANNEL, AUTHOR = "harbour", "luc"
DOOR_SECONDS = 60
NAMED = re.compile(rf"<({'|'.join(SAMPLES)})\.[0-9a-f]{{16}}@{re.escape(DOMAIN)}>")


PRAISES = "it praises an attack: the order says that it does."
OF_DANGER = "somebody who holds a child writes it."
SENDERS = {URGENT: SERVICE_ADDRESS, DISCLOSE: JUDGE_ADDRESS, **dict.fromkeys(OF_PROSECUTOR, PROSECUTOR_ADDRESS)}


class NotSent(Exception):
    """A sample or a mail could not be sent; the text says why, and names no content."""


@dataclass(frozen=True)
class Sent:
    """One mail that the door took. `target`: the message it is about, empty for none; `text`: what stood there."""

    sample: str
    message_id: str
    target: str
    reference: str
    text: str = ""

    def as_json(self) -> dict[str, str]:
        """What the command line tells of it."""
        return {
            "sample": self.sample,
            "message_id": self.message_id,
            "target": self.target,
            "reference": self.reference,
        }


def samples() -> list[Sample]:
    """What can be sent, in the order of the story."""
    return list(SAMPLES.values())


def send(name: str, door: str, again: bool = False) -> dict[str, str]:
    """Send a sample to the door (HOST:PORT), or the latest one of that kind once more, byte for byte.

    Gives sample, message_id, target, reference. Raises NotSent.
    """
    if again:
        return send_again(latest(name).id, door)
    return send_fresh(name, door).as_json()


def send_fresh(
    name: str, door: str, *, forum: bool = False, matrix: bool = False, posted: Callable[[str], str] | None = None
) -> Sent:
    """Send a sample about a message posted for it just now, on the sandbox, the demo's `forum` or its homeserver, or as
    `posted` posts it and gives its address. Raises NotSent."""
    _allowed(name)
    reference, replies_to = _of(name)
    text = f"Demo message {secrets.token_hex(3)}. Pretend that {OF_DANGER if name == URGENT else PRAISES}"
    world = MatrixWorld if matrix else forum_world if forum else sandbox_world
    target = posted(text) if posted else _target(name, text, world)
    message_id = f"<{name}.{secrets.token_hex(8)}@{DOMAIN}>"
    raw = make(
        name,
        target_url=target or None,
        reference=reference,
        issued_at=clock.now(),
        message_id=message_id,
        key=keys.ensure(settings.COMITY.data),
        to=settings.COMITY.address,
        replies_to=replies_to,
    )
    deliver(door, _sender(name), realm.mint(), raw)
    return Sent(name, message_id, target, reference, text)


def _sender(name: str) -> str:
    """The envelope's sender of a sample."""
    if name in ORDERS:
        return ORDERS[name].address
    return SENDERS.get(name, ADDRESS)


def _of(name: str) -> tuple[str, str]:
    """The office's number on a sample, and the Message-ID of our mail that it answers, if any. Raises NotSent."""
    if name == PROLONG:
        return _to_prolong()
    if name in ORDERS and ORDERS[name].about == "order":
        return standing_order()[0], ""
    if name in (PRESERVE, DISCLOSE):
        return f"740 Js {secrets.randbelow(10**5)}/{clock.now():%y}", ""
    return f"OOS-{clock.now():%Y}-{secrets.randbelow(10**6):06}", ""


def standing_order() -> tuple[str, str]:
    """The reference and the target of the latest removal order of the demo under which something stands. Raises
    NotSent."""
    answered = Case.objects.filter(realm="demo", authority=OFFICE_ID, state="answered").order_by("-received_at")
    case = answered.filter(measures__kind="withhold", measures__lifted_at=None).first()
    if case is None:
        raise NotSent("nothing stands that could fall: send good-pdf, and let it be decided first")
    form = document.order(document.of_case(case)).get("facts", {}).get("form", {})
    return str(form["reference"]), str(form["urls"][0])


def _to_prolong() -> tuple[str, str]:
    case = Case.objects.filter(realm="demo", authority=PROSECUTOR_ID, state="answered").order_by("-received_at").first()
    answer = Mail.objects.filter(case=case.id, kind="answer").order_by("-queued_at").first() if case else None
    if case is None or answer is None:
        raise NotSent(f"there is nothing to prolong: send {PRESERVE}, and let it be decided first")
    form = document.order(document.of_case(case)).get("facts", {}).get("form", {})
    return str(form.get("issuing_file_number", "")), answer.message_id


def _allowed(name: str) -> None:
    if not settings.COMITY.demo:
        raise NotSent("the demo is off (comity.toml: demo = true)")
    if name not in SAMPLES:
        raise NotSent(f"no sample {name[:40]!r}; there are {', '.join(SAMPLES)}")


def _target(name: str, text: str, of: Callable[[], World | MatrixWorld]) -> str:
    """The URL of a fresh message; of one that never was, where the order is to lead nowhere; empty for no order."""
    try:
        world = of()
        if SAMPLES[name].needs_target:
            return world.post(CHANNEL, AUTHOR, text)
        if name in ORDERS and ORDERS[name].about == "order":
            return standing_order()[1]
        if name in (*OF_PROSECUTOR, DISCLOSE) or (name in ORDERS and ORDERS[name].about == "account"):
            return f"{world.base_url}/u/{AUTHOR}"
    except (PlatformError, LookupError, NotStarted) as error:
        raise NotSent(f"the demo's platform can't be posted on: {error}") from None
    if name == "cannot-carry-out":
        return f"{world.base_url}/c/{CHANNEL}/{10**8 + secrets.randbelow(8 * 10**8)}"
    return ""


def latest(name: str) -> Request:
    """The latest request of the demo that is this sample. Raises NotSent."""
    _allowed(name)
    for request in Request.objects.filter(realm="demo").order_by("-received_at")[:200]:
        if sample_of(document.peek(request)) == name:
            return request
    raise NotSent(f"{name} has not been sent yet")


def sample_of(peek: dict[str, object]) -> str:
    """Which sample a mail is, by the Message-ID that `send` gave it; empty for any other mail."""
    found = NAMED.fullmatch(str(peek.get("message_id", "")))
    return found[1] if found else ""


def send_again(request_id: str, door: str) -> dict[str, str]:
    """Send a sample's bytes once more as they are, under a fresh envelope. Raises NotSent."""
    known = request_id.isascii() and request_id.isprintable()
    request = Request.objects.filter(id=request_id, realm="demo").first() if known else None
    name = sample_of(document.peek(request)) if request else ""
    if request is None or not name:
        raise NotSent("only a sample that was sent can be sent again")
    _allowed(name)
    deliver(door, _sender(name), realm.mint(), vault.get(request.raw))
    form = document.order(document.of(request)).get("facts", {}).get("form", {})
    urls = form.get("urls") or form.get("identifiers_user") or [""]
    message_id = str(document.peek(request)["message_id"])
    number = form.get("reference") or form.get("issuing_file_number") or ""
    return Sent(name, message_id, str(urls[0]), str(number)).as_json()


def deliver(door: str, sender: str, recipient: str, raw: bytes) -> None:
    """Hand bytes to the door at HOST:PORT as they are. Raises NotSent with the door's words."""
    try:
        at = ports.parse(door, "the e-mail door")
        with smtplib.SMTP(at.host, at.port, timeout=DOOR_SECONDS) as smtp:
            smtp.sendmail(sender, [recipient], raw)
    except smtplib.SMTPResponseException as no:
        said = no.smtp_error.decode("utf-8", "replace") if isinstance(no.smtp_error, bytes) else str(no.smtp_error)
        raise NotSent(f"the door at {door} said {no.smtp_code} {said}") from None
    except smtplib.SMTPRecipientsRefused as no:
        code, words = next(iter(no.recipients.values()))
        raise NotSent(f"the door at {door} said {code} {words.decode('utf-8', 'replace')}") from None
    except (smtplib.SMTPException, OSError, Misuse) as error:
        raise NotSent(f"the door at {door} did not take it: {error}") from None
