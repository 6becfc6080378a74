"""A mail of ours as a page: what we sent, to whom, what became of it. Our own bytes, so they are parsed here."""

from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from comity.cases.models import Case
from comity.console.unseen import NOT_SHOWN, SAYS
from comity.ledger.sentences import MAILS
from comity.outbox.models import Mail
from comity.people.models import Act
from comity.vault import commands as vault
from comity.web.files import size
from comity.web.parts import Letter, Link, Pair

BECAME: Mapping[str, str] = {
    "queued": "waiting for the relay",
    "sent": "taken by the relay",
    "shown": "kept in the outbox: no relay is set",
    "would": "would have left: in shadow it was kept, and is never sent",
    "failed": "refused for good",
    "bounced": "came back",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file that went out with a mail."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class SentPage:
    """A mail of ours: to whom, its words, the files that went with it, and what became of it."""

    title: str
    by_line: str
    pairs: tuple[Pair, ...]
    text: str
    files: tuple[Pair, ...] = ()
    about: Link | None = None


PRIVATE = frozenset({"claim-papers", "claim-word"})  # with addresses of our people, and of their own lawyers


def shown_to(mail: Mail) -> str:
    """The act that lets somebody see the words of a mail of ours, and to whom it went."""
    return "post.view" if mail.kind in PRIVATE else "content.view"


def became(mail: Mail) -> str:
    """What became of a mail, in words."""
    return BECAME.get(mail.state, mail.state)


def _made(mail: Mail) -> EmailMessage:
    return message_from_bytes(vault.get(mail.doc), _class=EmailMessage, policy=default)


def _text(made: EmailMessage) -> str:
    body = made.get_body(("plain",))
    return str(body.get_content()).replace("\r\n", "\n") if body else ""


def files_of(mail: Mail) -> list[File]:
    """The files that go out with a mail, in its order."""
    attached = list(_made(mail).iter_attachments())
    return [File(part.get_filename() or f"part-{n}.bin", _bytes(part)) for n, part in enumerate(attached, 1)]


def _bytes(part: EmailMessage) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def page(mail: Mail) -> SentPage:
    """A mail of ours, exactly as it left or waits."""
    made = _made(mail)
    kind = MAILS.get(mail.kind, mail.kind)
    pairs = [
        Pair("To", str(made["To"])),
        Pair("From", str(made["From"])),
        Pair("Subject", str(made["Subject"])),
        Pair("Made", at=mail.queued_at),
    ]
    if mail.sent_at:
        pairs.append(Pair("Taken", "by the relay", at=mail.sent_at))
    return SentPage(
        title=str(made["Subject"]),
        by_line=f"{kind[:1].upper()}{kind[1:]}, {became(mail)}",
        pairs=tuple(pairs),
        text=_text(made),
        files=tuple(_file(mail, n, found) for n, found in enumerate(files_of(mail), 1)),
        about=_about(mail),
    )


def _file(mail: Mail, number: int, found: File) -> Pair:
    return Pair(found.name, size(len(found.data)), link=Link("Download", f"/console/outbox/{mail.id}/files/{number}"))


def unseen(mail: Mail) -> SentPage:
    """A mail of ours by its kind and what became of it, for who may not see content."""
    taken = (Pair("Taken", "by the relay", at=mail.sent_at),) if mail.sent_at else ()
    return SentPage(
        title=mail.kind.capitalize(),
        by_line=became(mail),
        pairs=(Pair("Made", at=mail.queued_at), *taken, Pair("Content", SAYS, bold=NOT_SHOWN)),
        text="",
        about=_about(mail),
    )


def _about(mail: Mail) -> Link | None:
    if mail.case and mail.case.startswith("P-"):
        return Link(f"Claim {mail.case}", f"/console/claims/{mail.case}")
    if mail.case:
        return Link(f"Case {mail.case}", f"/console/cases/{mail.case}")
    return Link(f"Request {mail.request}", f"/console/requests/{mail.request}") if mail.request else None


# -- the answer of a case ---------------------------------------------------------------------------------------------


def answer_of(case: Case, act: Act | None) -> Mail | None:
    """The answer that went out under an approved act; None while there is none."""
    if act is None or act.approved_at is None:
        return None
    sent = Mail.objects.filter(case=case.id, kind="answer", queued_at__gte=act.approved_at)
    return sent.order_by("queued_at").first()


def answer_pdf(mail: Mail) -> bytes | None:
    """The very PDF that went out with an answer."""
    return next((found.data for found in files_of(mail) if found.name.lower().endswith(".pdf")), None)


def letter(mail: Mail, pdf: str) -> Letter:
    """An answer as it went out, every blank filled; `pdf` is where its PDF can be seen."""
    made = _made(mail)
    return Letter(
        "Answer to the authority",
        f"As it leaves us for {made['To']}: {became(mail)}",
        _text(made),
        links=(Link("See the PDF", pdf), Link("The mail", f"/console/outbox/{mail.id}")),
    )
