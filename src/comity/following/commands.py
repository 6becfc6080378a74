"""The only writers of secret links: made with a demand's acknowledgement, revoked and renewed by the desk; what is
written by one; and the links that go to a registered address alone.

A link says nothing of what was done: it can be forwarded. Our letters are read by a link of their own, which is sent to
the registered address whenever somebody on the status page asks for it, and ends a day later.
"""

import re
import secrets
from base64 import b32encode
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from comity import clock
from comity.authorities import commands as register
from comity.authorities.models import Authority
from comity.cases import commands as cases
from comity.cases import document, filed
from comity.cases.filed import File, Typed
from comity.cases.models import Case, Request
from comity.cases.rules import VERIFIED
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.officers import commands as officers
from comity.officers.models import Officer
from comity.outbox import commands as outbox
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.vault import commands as vault

from . import letters
from .models import Filing, Link, MailboxLink, Written

GATEWAY, AUTHORITY, LINK = "gateway", "authority", "link"
CONFIRM, LETTERS = "confirm", "letters"
LASTS = {CONFIRM: timedelta(days=7), LETTERS: timedelta(days=1)}
AGAIN = timedelta(minutes=10)  # before another of its kind is sent for a request
AN_HOUR = 30  # of a kind to one authority: whoever types on our page can't flood its mailbox
TEXT = 20_000
KEY = re.compile(r"[A-Za-z0-9-]{16,64}")


class Revoked(Exception):
    """The desk has revoked this link."""


class Over(Exception):
    """A link to a mailbox that was used, or whose time is over."""


# -- the status page's own link ---------------------------------------------------------------------------------------


def _token(request: str, n: int) -> str:
    """128 bits that only this gateway can make: the same for the same link, so that it can be written in a later mail
    without being stored anywhere."""
    return b32encode(vault.keyed_hash(f"follow:{request}:{n}")).decode().rstrip("=").lower()


def _hash(token: str) -> bytes:
    return vault.keyed_hash(f"followed:{token[:64]}")


def _url(request: str, n: int) -> str:
    return f"{settings.COMITY.base_url}/authorities/follow/{_token(request, n)}"


def url_of(request: Request) -> str:
    """The address of a request's status page, made where there is none yet; empty once the desk has revoked it."""
    found = Link.objects.filter(request=request).order_by("-n").first()
    found = found or _make(request.id, 1)
    return "" if found.revoked_at else _url(request.id, found.n)


def _make(request: str, n: int) -> Link:
    of_it = {"token_hash": _hash(_token(request, n)), "made_at": clock.now()}
    found, _ = Link.objects.get_or_create(request_id=request, n=n, defaults=of_it)
    return found


def by_token(token: str) -> Link | None:
    """The link that a token is of; None for an unknown one. It is looked up by a keyed hash, so that how long it takes
    tells nothing of any other. Raises Revoked."""
    found = Link.objects.filter(token_hash=_hash(token)).select_related("request").first()
    if found is not None and found.revoked_at is not None:
        raise Revoked
    return found


def seen(link: Link) -> None:
    """Keep when a link was opened last, to the hour: the desk sees one that is used where it should not be."""
    now = clock.now()
    if link.opened_at is None or now - link.opened_at > timedelta(hours=1):
        Link.objects.filter(id=link.pk).update(opened_at=now)


@transaction.atomic
def revoke(person: Person, request_id: str) -> None:
    """From now on the link of a request opens nothing. Raises NotAllowed, BadInput."""
    request = cases.locked(request_id)
    allow(person, "link.revoke", request)
    if not Link.objects.filter(request=request, revoked_at=None).exists():
        raise BadInput("link", "it has none that works")
    _revoke(request, person)


def _revoke(request: Request, person: Person) -> None:
    working = Link.objects.filter(request=request, revoked_at=None)
    if working.update(revoked_at=clock.now(), revoked_by=person.by):
        _tell(request, "link.revoked", person.by)


@transaction.atomic
def renew(person: Person, request_id: str) -> bool:
    """Revoke a request's link and send a fresh one to its authority's registered address; whether there was one to send
    it to: without, no link works until there is. Raises NotAllowed."""
    request = cases.locked(request_id)
    allow(person, "link.revoke", request)
    _revoke(request, person)
    entry = _registered(request)
    if entry is None:
        return False
    last = Link.objects.filter(request=request).order_by("-n").first()
    made = _make(request.id, (last.n if last else 0) + 1)
    _send(request, made, entry, person.by)
    return True


def _registered(request: Request) -> Authority | None:
    """The authority that a request is known to come from, with the address that it has on our register."""
    entry = register.entry(request.authority) if request.authority and request.grade in VERIFIED else None
    return entry if entry and entry.address else None


def _send(request: Request, link: Link, entry: Authority, by: str) -> None:
    url = _url(request.id, link.n)
    subject, text = letters.status(request.id, url)
    told: dict[str, Any] = {"realm": request.realm, "to": entry.address, "request": request.id, "by": by}
    told["case"] = _case(request)  # of one in shadow no letter leaves
    outbox.queue(key=f"follow:{request.id}:{link.n}", kind="status-link", subject=subject, text=text, **told)


def tell_confirmed(event: Event) -> None:
    """Whoever asked by a door without an address of its own gets the link once a call-back confirmed it: at the
    registered address."""
    request = Request.objects.get(id=event.request)
    if event.public.get("confirmed") is not True or request.door == "email":
        return
    with transaction.atomic():
        entry = register.entry(str(event.sealed.get("authority") or ""))
        made = Link.objects.filter(request=request).order_by("-n").first() or _make(request.id, 1)
        if entry is not None and entry.address and made.revoked_at is None:
            _send(request, made, entry, GATEWAY)


def _tell(request: Request, kind: str, by: str, **public: object) -> Event:
    return record(kind, realm=request.realm, by=by, request=request.id, case=_case(request), public=public)


def _case(request: Request) -> str | None:
    found: str | None = request.joined.order_by("id").values_list("case_id", flat=True).first()
    return found


# -- links to a registered address ------------------------------------------------------------------------------------


def ask(request: Request, authority: str, purpose: str) -> bool:
    """Send a link to the registered address of an authority; whether it was: not again within minutes, and not without
    end. Within the caller's transaction."""
    entry, now = register.entry(authority), clock.now()
    if entry is None or not entry.address or not entry.accredited or entry.realm != request.realm:
        return False
    sent = MailboxLink.objects.filter(authority=authority, purpose=purpose)
    lately = sent.filter(request=request, made_at__gt=now - AGAIN).exists()
    if lately or sent.filter(made_at__gt=now - timedelta(hours=1)).count() >= AN_HOUR:
        return False
    token = b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
    hashed = vault.keyed_hash(f"mailbox:{token}")
    of_it = {"made_at": now, "expires_at": now + LASTS[purpose], "token_hash": hashed}
    made = MailboxLink.objects.create(request=request, authority=authority, purpose=purpose, **of_it)
    url = f"{settings.COMITY.base_url}/authorities/{purpose}/{token}"
    subject, text = letters.mailbox(purpose, request.id, entry.name, url, made.expires_at)
    told: dict[str, Any] = {"realm": request.realm, "to": entry.address, "request": request.id}
    outbox.queue(key=f"mailbox:{made.pk}", kind=f"{purpose}-link", subject=subject, text=text, **told)
    return True


@transaction.atomic
def ask_letters(link: Link) -> bool:
    """Somebody on a status page asks to read our letters; whether a link was sent to the registered address."""
    request = cases.locked(link.request_id)
    return ask(request, request.authority, LETTERS) if _registered(request) is not None else False


@transaction.atomic
def ask_again(link: Link) -> bool:
    """Send the link that confirms a filing once more to the same registered address; whether it was sent."""
    request = cases.locked(link.request_id)
    before = MailboxLink.objects.filter(request=request, purpose=CONFIRM).order_by("-id").first()
    if before is None or request.grade in VERIFIED or before.said:
        return False
    return ask(request, before.authority, CONFIRM)


def by_mailbox(token: str, purpose: str) -> MailboxLink | None:
    """The link to a mailbox that a token is of; None for an unknown one. Raises Over."""
    found = MailboxLink.objects.filter(token_hash=vault.keyed_hash(f"mailbox:{token[:64]}"), purpose=purpose)
    link = found.select_related("request").first()
    entry = register.entry(link.authority) if link else None
    if link is not None and (link.expires_at <= clock.now() or entry is None or not entry.accredited):
        raise Over
    return link


@transaction.atomic
def confirm(link: MailboxLink, *, theirs: bool) -> None:
    """Whoever reads the registered mailbox says whether a filing is theirs: it grades `domain`, or is marked as not
    theirs. Raises Over."""
    found = MailboxLink.objects.select_for_update().get(id=link.pk)
    if found.said or found.expires_at <= clock.now():
        raise Over
    found.used_at, found.said = clock.now(), "confirmed" if theirs else "denied"
    found.save(update_fields=["used_at", "said"])
    request = cases.locked(found.request_id)
    kept = document.of(request)
    said = {"authority": found.authority, "confirmed": theirs, "by": AUTHORITY, "how": "mailbox"}
    kept["callbacks"].append(said | {"at": found.used_at.isoformat()})
    document.keep(request, kept)
    _tell(request, "mailbox.confirmed" if theirs else "mailbox.denied", AUTHORITY)


# -- what was filed --------------------------------------------------------------------------------------------------


def filed_as(request: Request, key: str, authority: str, officer: Officer | None, mark: str) -> Link:
    """Keep that a request was typed on our page, within the caller's transaction; gives the link to its page. Whoever
    reads the registered mailbox of the authority that it names is asked whether it is theirs."""
    Filing.objects.create(request=request, key=key, authority=authority, officer=officer, mark=mark)
    if authority and officer is None:
        ask(request, authority, CONFIRM)
    return _make(request.id, 1)


def link_of(request: Request) -> Link:
    """The last link of a request, made where there is none yet, whether or not it still works."""
    return Link.objects.filter(request=request).order_by("-n").first() or _make(request.id, 1)


def path_of(link: Link) -> str:
    """Where its status page is, on this host."""
    return f"/authorities/follow/{_token(link.request_id, link.n)}"


def filing(key: str) -> Filing | None:
    """What was filed under a key."""
    return Filing.objects.filter(key=key).select_related("request").first()


@transaction.atomic
def sign(officer: Officer, request_id: str, response: Mapping[str, Any]) -> Request:
    """An officer signs with their passkey exactly what they filed: their authority's own channel, as a call-back is.

    Raises BadInput, PasskeyRefused.
    """
    held = officers.active(officer.id)
    request = cases.locked(request_id) if Filing.objects.filter(request=request_id, officer=officer).exists() else None
    if held is None or request is None:
        raise BadInput("filing", "only who filed it signs it")
    row = Filing.objects.select_for_update().get(request=request)
    if row.signed_at is not None:
        return request
    officers.verify_signed(held, row.mark, response)
    row.signed_at = clock.now()
    row.save(update_fields=["signed_at"])
    kept = document.of(request)
    said = {"authority": held.authority, "confirmed": True, "by": held.by, "how": "passkey"}
    kept["callbacks"].append(said | {"at": row.signed_at.isoformat(), "mark": row.mark})
    document.keep(request, kept)
    _tell(request, "filing.signed", held.by)
    return request


def mark_of(officer: Officer, request_id: str) -> str:
    """What is still to be signed of what an officer filed; empty where nothing is."""
    row = Filing.objects.filter(request=request_id, officer=officer, signed_at=None).first()
    return row.mark if row else ""


# -- what is written --------------------------------------------------------------------------------------------------


def write(link: Link, text: str, files: Sequence[File], key: str, *, by: str = LINK, authority: str = "") -> Request:
    """Take what somebody writes on a status page; the same key again is the same. `authority`: of the officer who is
    signed in with their passkey, by whom it is then written. Raises BadInput, Revoked."""
    said = filed.printable(text).strip()
    if not said and not files:
        raise BadInput("text", letters.write_something())
    if len(said) > TEXT:
        raise BadInput("text", letters.at_most(TEXT))
    if not KEY.fullmatch(key):
        raise BadInput("key", "16 to 64 letters, digits and hyphens, made once for what was typed")
    try:
        with transaction.atomic():
            return _written(link, said, files, key, by, authority)
    except IntegrityError:  # the same, sent twice at once: the other one was first
        return Written.objects.select_related("request").get(key=key, link=link).request


def _written(link: Link, text: str, files: Sequence[File], key: str, by: str, authority: str) -> Request:
    before = Written.objects.filter(key=key).select_related("request").first()
    if before is not None:
        if before.link_id != link.pk:
            raise BadInput("key", "it was used elsewhere; load the page again")
        return before.request
    if Link.objects.select_for_update().get(id=link.pk).revoked_at is not None:
        raise Revoked
    of, now = cases.locked(link.request_id), clock.now()
    proven = bool(authority) and of.authority == authority and of.grade in VERIFIED
    entry = register.entry(authority) if proven else None
    name = entry.name if entry else "Whoever has the status link"
    subject = f"{of.id}: written on its page"
    typed = Typed("web", of.realm, now, by, name, entry.address if entry else "", subject, text, files)
    called = [{"authority": authority, "confirmed": True, "by": by, "how": "session", "at": now.isoformat()}]
    made = filed.keep(typed, None, callbacks=called if proven else ())
    Written.objects.create(link=link, request=made, key=key, at=now, proven=proven)
    joined = [one.case for one in of.joined.select_related("case").order_by("id")]
    for case in joined:
        _join(made, case, proven, by)
    if not joined:
        record("link.written", realm=of.realm, by=by, request=of.id, sealed={"request": made.id})
    return made


def _join(made: Request, case: Case, proven: bool, by: str) -> None:
    """What an officer of the case's own authority writes is its reply; of anybody else a person looks at it."""
    theirs = proven and case.authority != "" and case.grade in VERIFIED
    filed.join(made, case, "reply.received" if theirs else "link.written", by)


def join_case(event: Event) -> None:
    """What was written before there was a case goes with it."""
    case = Case.objects.get(id=event.case)
    rows = Written.objects.filter(link__request=case.request, request__joined=None).select_related("request")
    with transaction.atomic():
        for one in rows.order_by("id"):
            filed.join(one.request, case, "link.written", LINK)
