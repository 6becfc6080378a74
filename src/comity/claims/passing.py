"""What leaves for a claim: papers to that person's own counsel, word to the person, the letter to who wrote."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from comity import clock, language
from comity.answers import commands as answers
from comity.cases import asking, document
from comity.cases.models import Request
from comity.cases.rules import VERIFIED
from comity.instruments.own_person_claim import Door, PersonClaim
from comity.library import standing
from comity.outbox import commands as outbox
from comity.outbox import rules as addresses
from comity.outbox.commands import Attachment, Withheld
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.reading import child
from comity.vault import commands as vault
from comity.web.files import named

from . import letters, posts, rules
from .commands import acted_on, one_of, post_of, requests_of, settle_alert, tell, words
from .models import Claim, Sent

PAPERS, WORD, LETTER = "papers", "word", "letter"
MAILS = {PAPERS: "claim-papers", WORD: "claim-word", LETTER: "claim-letter"}
LONGEST = 20_000  # characters of a letter
MOST_FILES, MOST_BYTES = 30, 20_000_000  # taken out of a mail beside the whole of it


def instruct(person: Person, claim_id: str, post_id: int = 0, *, after: int | None = None) -> Claim:
    """Send the papers to that person's own counsel, whatever day they name; again, what came since goes too. Nothing
    here refuses them. `post_id`: whom they concern; 0: as the claim has it. `after`: how many had left when the button
    was shown, so that one pressed twice sends once.

    Raises NotAllowed, BadInput, NotNow.
    """
    allow(person, "claim.act", Claim.objects.get(id=claim_id))
    files = _files_of(claim_id)  # taken apart in a child process, before any row is locked
    with transaction.atomic():
        claim = acted_on(person, claim_id, "claim.act")
        _still(claim, after)
        claim.court = rules.LIVES[rules.COURT].after(claim.court, "instruct")
        claim.post = post_of(claim, post_id) if post_id else claim.post
        if claim.post is None:
            raise BadInput("post", "say first whom the papers concern: a post whose counsel is known")
        claim.save(update_fields=["court", "post"])
        known, requests = posts.opened(claim.post), list(requests_of(claim))
        came = [request.received_at for request in requests]
        title, house = claim.post.title, answers.house()
        subject, text = letters.to_counsel(claim.id, title, known, came, claim.appear_at, clock.now(), house)
        attached = [one for request in requests for one in files.get(request.id, ())]
        mail = _queue(claim, PAPERS, known["counsel_address"], subject, text, person, attached)
        _sent(claim, PAPERS, "mail", person, mail=mail)
        for request in requests:
            asking.passed_on(request)
        _settle(claim, requests)
        settle_alert(claim)
        tell(claim, "claim.passed", person.by)
        return claim


def _files_of(claim_id: str) -> dict[str, list[Attachment]]:
    """The papers of a claim and of those that are the same: each mail as it came, and what is attached to it."""
    claim = Claim.objects.select_related("request").get(id=claim_id)
    requests = [claim.request, *(one.request for one in claim.joined.select_related("request"))]
    return {request.id: _files(request) for request in requests}


def _files(request: Request) -> list[Attachment]:
    raw = vault.get(request.raw)
    made, left = [Attachment(f"{request.id}.eml", "application/octet-stream", raw)], MOST_BYTES
    reading = document.of(request)["reading"] or {}
    for part in [one for one in reading.get("parts", ()) if one.get("name") and one.get("n")][:MOST_FILES]:
        if int(part.get("size") or 0) <= left and (data := _taken(raw, int(part["n"]))):
            left -= len(data)
            name = named(str(part["name"]), int(part["n"]))
            kind = "application/pdf" if name.lower().endswith(".pdf") else "application/octet-stream"
            made.append(Attachment(name, kind, data))
    return made


def _taken(raw: bytes, number: int) -> bytes | None:
    """A part's bytes; None where it can't be taken out: the whole mail goes in any case."""
    try:
        return child.part(raw, number)
    except child.ReadingFailed:
        return None


def tell_person(person: Person, claim_id: str, how: str, note: str = "", *, after: int | None = None) -> Claim:
    """Tell the person whom it concerns by a channel of their own: `mail` to their own address, or `phone` or `hand`,
    with a note of when and what was said. Raises NotAllowed, BadInput.
    """
    with transaction.atomic():
        claim = acted_on(person, claim_id, "claim.act")
        one_of("how", how, ("mail", "phone", "hand"))
        _still(claim, after)
        if claim.post is None:
            raise BadInput("post", "say first whom it concerns")
        known, mail, doc = posts.opened(claim.post), None, ""
        if how == "mail":
            if "@" not in known["channel"]:
                raise BadInput("how", "no address of their own is known: call them, or tell them in person")
            subject, text = letters.to_person(claim.id, known, answers.house())
            mail = _queue(claim, WORD, known["channel"], subject, text, person)
        else:
            said = words("note", note, 2_000, "when, and what was said")
            doc = vault.put_json({"text": said}, claim.request.until)
        _sent(claim, WORD, how, person, mail=mail, doc=doc)
        tell(claim, "claim.told", person.by, how=how)
        return claim


def doors(claim: Claim) -> tuple[Door, ...]:
    """The lawful doors for whoever made a claim, in the active language."""
    law = standing.there(claim.realm, claim.country)[0] if claim.country else ()
    return PersonClaim.doors(law, answers.house())


def draft(claim: Claim) -> tuple[str, str]:
    """Subject and words of the letter that turns to the lawful door, in the language of who wrote."""
    with override(spoken(claim)):
        return letters.turned(claim.id, claim.received_at, doors(claim), answers.house())


def spoken(claim: Claim) -> str:
    """The language in which we answer: that of the claim, where we write it, else English."""
    found = dict((document.of(claim.request)["reading"] or {}).get("claims") or {}).get("language")
    return language.known(found) if found else answers.spoken(claim.request)


def answer(person: Person, claim_id: str, text: str, *, how: str = "mail", after: int | None = None) -> Claim:
    """Send who wrote the letter that a person has read: by `mail` to the address in From, never Reply-To, or on paper
    (`post`, `hand`), where it is kept to be printed. What stands in `text` is sent.

    Raises NotAllowed, BadInput, NotNow.
    """
    with transaction.atomic():
        claim = acted_on(person, claim_id, "claim.act")
        one_of("how", how, ("mail", "post", "hand"))
        _still(claim, after)
        said = words("text", text, LONGEST, "the letter that goes out")
        claim.pressure = rules.LIVES[rules.PRESSURE].after(claim.pressure, "answer")
        claim.save(update_fields=["pressure"])
        mail = _reply(claim, said, person) if how == "mail" else None
        doc = "" if mail else vault.put_json({"text": said}, claim.request.until)
        _sent(claim, LETTER, how, person, mail=mail, doc=doc)
        _settle(claim, list(requests_of(claim)))
        tell(claim, "claim.answered", person.by, how=how)
        return claim


def _reply(claim: Claim, text: str, person: Person) -> UUID:
    request = claim.request
    with override(spoken(claim)):
        subject = draft(claim)[0]
    try:
        mail = outbox.reply(
            key=_key(claim, LETTER),
            realm=claim.realm,
            kind=MAILS[LETTER],
            envelope=document.envelope(document.of(request)),
            subject=subject,
            text=text,
            verified=request.grade in VERIFIED,
            case=claim.id,
            by=person.by,
            limited=False,
        )
    except Withheld as why:
        raise BadInput("how", f"no mail goes there ({why}): send it on paper") from None
    return mail.id


def can_mail(claim: Claim) -> bool:
    """Whether who wrote has an address that is answered."""
    envelope = document.envelope(document.of(claim.request))
    return addresses.not_repliable(envelope, settings.COMITY.mailboxes) is None


def _queue(
    claim: Claim, what: str, to: str, subject: str, text: str, person: Person, files: list[Attachment] | None = None
) -> UUID:
    return outbox.queue(
        key=_key(claim, what),
        realm=claim.realm,
        kind=MAILS[what],
        to=to,
        subject=subject,
        text=text,
        attachments=files or [],
        case=claim.id,
        by=person.by,
    ).id


def _key(claim: Claim, what: str) -> str:
    return f"{MAILS[what]}:{claim.id}:{claim.sent.filter(what=what).count() + 1}"


def _sent(claim: Claim, what: str, how: str, person: Person, *, mail: UUID | None = None, doc: str = "") -> Sent:
    told: dict[str, Any] = {"what": what, "how": how, "mail": mail, "doc": doc, "by": person.by, "at": clock.now()}
    return Sent.objects.create(claim=claim, post=claim.post if what != LETTER else None, **told)


def _still(claim: Claim, after: int | None) -> None:
    if after is not None and claim.sent.count() != after:
        raise BadInput("after", "something has left since you looked: look again before you send more")


def _settle(claim: Claim, requests: list[Request]) -> None:
    """What waits for nobody any more leaves the queue."""
    if not rules.waits(claim.court, claim.pressure):
        for request in requests:
            asking.dealt_with(request)
