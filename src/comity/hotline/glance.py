"""An early look at mails that nobody has read yet: at the subject and the first lines, in the pager's own process, so
that a mail that speaks of danger wakes somebody though the readers are busy, or stand.

What it finds a person is asked, and no more; what it misses the reading finds. Newsletters, automatic and returned mail
and what is quoted or forwarded are left to the reading. The newest are looked at first: in a flood nothing waits behind
what came before it. What was read by then, and found to speak of danger, is rung for here too: its sender's lane may be
held, by an answer to somebody whose server takes a minute, before the job that would ring.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from comity import lane
from comity.authorities.glance import head_of
from comity.cases import asking, document
from comity.cases import commands as cases
from comity.cases.models import Request
from comity.reading import mail, speech
from comity.vault import commands as vault

from . import commands, rules
from .models import Call

log = structlog.get_logger()
UNREAD = ("unread", "waits")
BODY = 4_096
LARGEST = 8 * 1024 * 1024  # bytes of a mail whose body is looked at; of a larger one the subject is
LATEST = timedelta(minutes=10)
LISTED, AT_ONCE, REMEMBERED = 2_000, 20, 20_000
_seen: OrderedDict[str, None] = (
    OrderedDict()
)  # by this process; another, or this one anew, looks again and finds it put


def look(now: datetime, older: timedelta = timedelta()) -> int:
    """Look at some of the mails that nobody has read; how many. `older`: only at those that came so long ago."""
    came = Request.objects.filter(received_at__gt=now - LATEST, received_at__lte=now - older).order_by("-received_at")
    unread = _fresh(came.filter(kind__in=UNREAD), "")
    for one in unread:
        _try(one, _look_at)
    called = Exists(Call.objects.filter(request=OuterRef("id")))
    silent = came.filter(~called, door="email", flags__contains=[rules.DANGER])
    read = _fresh(silent, "read ")
    for one in read:
        _try(one, _ring_for)
    return max(len(unread), len(read))


def _fresh(found: QuerySet[Request], mark: str) -> list[str]:
    listed = found.values_list("id", flat=True)[:LISTED]
    fresh = [one for one in listed if mark + one not in _seen][:AT_ONCE]
    for one in fresh:
        _remember(mark + one)
    return fresh


def _try(request: str, act: Callable[[Request], None]) -> None:
    try:
        act(Request.objects.get(id=request))
    except Exception as error:  # hostile input may break a parser; the reading has limits for that
        log.warning("glance failed", request=request, error=type(error).__name__)


def _ring_for(request: Request) -> None:
    with lane.inside(_lane(request)), transaction.atomic():
        request = cases.locked(request.id)
        asking.put_danger(request, commands.GATEWAY)
        commands.call_for(request)


def _lane(request: Request) -> lane.Lane:
    return lane.PROVEN if request.signature else lane.UNPROVEN


def _remember(request: str) -> None:
    _seen[request] = None
    while len(_seen) > REMEMBERED:
        _seen.popitem(last=False)


def _look_at(request: Request) -> None:
    if request.door != "email":
        return
    seen = glanced(vault.get(request.raw) if request.bytes <= LARGEST else _subject_alone(request))
    if seen is not None:
        with lane.inside(_lane(request)):
            _put(request.id, *seen)


def _subject_alone(request: Request) -> bytes:
    peek = document.peek(request)
    return f"From: {peek.get('from')}\r\nSubject: {peek.get('subject')}\r\n\r\n".encode("utf-8", "replace")


def glanced(raw: bytes) -> tuple[str, str] | None:
    """Sender and first words of a mail whose own subject or first lines speak of danger; None for any other."""
    head = head_of(raw)
    parsed = mail.parse(head + raw[len(head) : len(head) + BODY])
    envelope = parsed.envelope
    if parsed.report or any(envelope.get(one) for one in ("auto", "bounce", "returned")) or commands.to_a_list(head):
        return None
    subject = str(envelope.get("subject") or "")
    said = subject if parsed.forwards else f"{subject}\n\n{parsed.own_text[:BODY]}".strip()
    if rules.DANGER not in speech.flags(said):
        return None
    return str((envelope.get("from") or {}).get("address") or ""), said[: rules.TEXT]


def _put(request_id: str, sender: str, said: str) -> None:
    with transaction.atomic():
        request = cases.locked(request_id)
        if request.kind in UNREAD and not commands.called(request_id):
            asking.put_danger(request, commands.GATEWAY)
            commands.call_of_mail(request, sender, rings=True, seen=said)
