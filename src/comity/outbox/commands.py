"""Mail that leaves: composed and stored in one transaction, then delivered at least once, byte for byte the same."""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from comity import clock
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.vault import commands as vault

from . import dkim_key, mime, relay, rules
from .mime import Attachment
from .models import Mail

__all__ = [
    "Attachment",
    "Later",
    "Withheld",
    "bounce",
    "deliver",
    "deliver_now",
    "dns_record",
    "parties",
    "queue",
    "reply",
]


class Later(Exception):
    """The relay didn't take a mail this time: the job is to be retried. The text has the mail's id, no address."""


class Withheld(Exception):
    """A reply that may not be sent; the text is the reason's code (see `rules.not_repliable`, or `too-many`)."""


def queue(
    *,
    key: str,
    realm: str,
    kind: str,
    to: str,
    subject: str,
    text: str,
    attachments: Sequence[Attachment] = (),
    in_reply_to: str | None = None,
    references: Sequence[str] = (),
    null_return: bool = False,
    unproven: bool = False,
    case: str | None = None,
    request: str | None = None,
    cause: int | None = None,
    by: str = "gateway",
) -> Mail:
    """Compose a mail, DKIM-signed, store its bytes and record `mail.queued`, in one transaction.

    In shadow it is composed and stored all the same, and never sent: `mail.would` says so.

    `key` is an idempotency key: with the same key again, the first mail is returned and nothing is composed. Raises
    rules.BadAddress.
    """
    if found := Mail.objects.filter(key=key).first():
        return found
    recipient, sender, now = rules.address(to), rules.address(settings.COMITY.address), clock.now()
    words = mime.Words(
        sender_name=settings.COMITY.name,
        sender=sender,
        to=recipient,
        subject=subject,
        text=text,
        message_id=mime.message_id(vault.keyed_hash(f"mail:{key}"), sender.domain),
        date=now.replace(microsecond=0),
        in_reply_to=in_reply_to,
        references=references,
        attachments=attachments,
        automatic=null_return,
    )
    raw = dkim_key.sign(mime.build(words), sender.domain, settings.COMITY.data)
    mail = Mail(key=key, message_id=words.message_id, kind=kind, realm=realm, case=case, request=request)
    mail.null_return, mail.unproven = null_return, unproven
    mail.queued_at, mail.peer = now, _peer(str(recipient))
    mail.state = "would" if _held_back()(kind, case) else mail.state
    return _store(mail, words, raw, cause, by)


def _store(mail: Mail, words: mime.Words, raw: bytes, cause: int | None, by: str) -> Mail:
    until = mail.queued_at + timedelta(days=settings.COMITY.keep_days)
    with transaction.atomic():
        mail.doc = vault.put(raw, until)
        mail.peek = vault.put_json({"to": str(words.to), "subject": words.subject}, until)
        mail.save(force_insert=True)
        record(
            f"mail.{mail.state}",
            realm=mail.realm,
            by=by,
            case=mail.case,
            request=mail.request,
            cause=cause,
            once=f"mail:{mail.id}",
            public={"kind": mail.kind},
            sealed={"mail": str(mail.id)},
        )
    return mail


@cache
def _held_back() -> Callable[[str, str | None], bool]:
    """Whether a mail of a kind about a case is kept and not sent, as the room above says that knows it."""
    said: Callable[[str, str | None], bool] = import_string(settings.MAIL_HELD_BACK)
    return said


def reply(
    *,
    key: str,
    realm: str,
    kind: str,
    envelope: Mapping[str, Any],
    subject: str,
    text: str,
    verified: bool = False,
    case: str | None = None,
    request: str | None = None,
    cause: int | None = None,
    by: str = "gateway",
    limited: bool = True,
) -> Mail:
    """Queue a reply to the address in From (never Reply-To), in the thread, with a null return path (RFC 3834, 3.3).

    Unless a person wrote it (`limited` False), replies are rate-limited so that no two machines write to each other for
    ever: per thread of a case, per address (more for a `verified` sender), and for all unproven addresses together.
    Raises Withheld with the reason's code.
    """
    if reason := rules.not_repliable(envelope, settings.COMITY.mailboxes):
        raise Withheld(reason)
    to = str(rules.address(envelope["from"]["address"]))
    if limited and not Mail.objects.filter(key=key).exists() and (reason := _enough(to, case, verified)):
        raise Withheld(reason)
    return queue(
        key=key,
        realm=realm,
        kind=kind,
        to=to,
        subject=subject,
        text=text,
        in_reply_to=envelope.get("message_id"),
        references=envelope.get("references") or (),
        null_return=True,
        unproven=not verified,
        case=case,
        request=request,
        cause=cause,
        by=by,
    )


def _enough(to: str, case: str | None, verified: bool) -> str:
    """Why no further reply is sent at the moment; empty if one may be."""
    now, replies = clock.now(), Mail.objects.filter(null_return=True)
    hour, day = replies.filter(queued_at__gt=now - timedelta(hours=1)), replies.filter(queued_at__gt=now - DAY)
    if case and hour.filter(case=case).count() >= rules.THREAD_REPLIES_AN_HOUR:
        return "thread"
    if verified:
        return "too-many" if hour.filter(peer=_peer(to)).count() >= rules.REPLIES_AN_HOUR else ""
    if day.filter(peer=_peer(to)).count() >= rules.REPLIES_A_DAY:
        return "too-many"
    return "backscatter" if hour.filter(unproven=True).count() >= rules.BACKSCATTER_AN_HOUR else ""


DAY = timedelta(days=1)


def answers_reply(envelope: Mapping[str, Any]) -> bool:
    """Whether a mail answers a procedural reply of ours.

    Known by its thread, or by our subject quoted in its own, as ticket systems do.
    """
    thread = [envelope.get("in_reply_to"), *(envelope.get("references") or [])[-rules.REFERENCES_LIMIT :]]
    found = Mail.objects.filter(message_id__in=[str(one) for one in thread if one]).order_by("-queued_at").first()
    return found.null_return if found else rules.quotes_our_subject(str(envelope.get("subject") or ""))


def _peer(to: str) -> bytes:
    return vault.keyed_hash(f"peer:{to.lower()}")


def deliver(event: Event) -> None:
    """Hand the mail of a `mail.queued` event to the relay. Idempotent. Raises Later.

    The row stays locked while talking to the relay, so only one worker holds a mail; what the relay said is committed
    right after its 250. A crash between the two sends the same bytes again, with the same Message-ID.
    """
    _deliver(uuid.UUID(event.sealed["mail"]), event.id, relay.TIMEOUT_SECONDS)


def deliver_now(mail: Mail, seconds: float) -> str:
    """Hand a mail that was just queued to the relay here and now, whose answers are waited for so long each; how it
    stands then: `sent`, `shown` (in the outbox, where there is no relay), `failed`, or `queued`: the road goes on
    trying."""
    with suppress(Later):
        _deliver(mail.id, None, seconds)
    mail.refresh_from_db()
    return str(mail.state)


def _deliver(id: uuid.UUID, cause: int | None, seconds: float) -> None:
    with transaction.atomic():
        mail = Mail.objects.select_for_update(skip_locked=True).filter(id=id).first()
        if mail is None:
            raise Later(f"mail {id} is in another worker's hand")
        if mail.state != "queued":
            return
        said = _hand_over(mail, seconds)
        how = rules.or_given_up(said.how, clock.now() - mail.queued_at)
        mail.state = rules.STATES[mail.state, how]
        mail.attempts, mail.code = mail.attempts + 1, said.code
        mail.sent_at = clock.now() if mail.state == "sent" else None
        mail.save()
        _tell(mail, cause)
    if mail.state == "queued":
        raise Later(f"mail {mail.id} not taken, code {mail.code}")


def _hand_over(mail: Mail, seconds: float) -> relay.Said:
    if rules.goes_to(settings.COMITY.relay, mail.realm) == "outbox":
        return relay.Said("no-relay", 0)
    to = rules.address(vault.get_json(mail.peek)["to"])
    sender = "" if mail.null_return else str(rules.address(settings.COMITY.address))
    return relay.hand_over(settings.COMITY.relay, sender, to, vault.get(mail.doc), seconds)


def _tell(mail: Mail, cause: int | None) -> None:
    if mail.state == "queued":
        return
    public: dict[str, object] = {"kind": mail.kind}
    if mail.state == "failed":
        public["code"] = mail.code
    record(
        f"mail.{mail.state}",
        realm=mail.realm,
        by="gateway",
        case=mail.case,
        request=mail.request,
        cause=cause,
        once=f"mail.{mail.state}:{mail.id}",
        public=public,
        sealed={"mail": str(mail.id)},
    )


def bounce(reading: Mapping[str, Any], raw: bytes, cause: int | None = None) -> Mail | None:
    """Mark the mail of ours that a bounce returns and record `mail.bounced`, once; None if it names none of ours."""
    domain = rules.address(settings.COMITY.address).domain
    ids = rules.bounced(reading, raw, domain)
    with transaction.atomic():
        mail = Mail.objects.select_for_update().filter(message_id__in=ids).first() if ids else None
        if mail is not None and (mail.state, "came-back") in rules.STATES:
            mail.state = rules.STATES[mail.state, "came-back"]
            mail.save(update_fields=["state"])
            _tell(mail, cause)
    return mail


def parties(mails: Sequence[Mail]) -> dict[uuid.UUID, dict[str, str]]:
    """Recipient and subject of each mail whose words can still be opened, in one query, for lists."""
    opened = vault.get_many([mail.peek for mail in mails])
    return {mail.id: json.loads(opened[mail.peek]) for mail in mails if mail.peek in opened}


def dns_record() -> tuple[str, str]:
    """Name and text of the TXT record that the operator publishes so that others can verify our mail."""
    return dkim_key.dns_record(rules.address(settings.COMITY.address).domain, settings.COMITY.data)
