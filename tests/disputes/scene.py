"""A dispute in a few words: drafted, filed, served, argued; files as parties hand them in."""

import io
import re
from collections.abc import Callable
from functools import cache

import typst
from countries.scene import mails
from people.members import Member
from pypdf import PdfReader, PdfWriter

from comity.disputes import commands, papers
from comity.disputes.models import Dispute
from comity.disputes.papers import File

WHY = "Their authority has fined us for a removal that it never ordered."
SAID = {
    "title": "Fine of 12 May 2026",
    "claimant": "us",
    "forum": "arbitration-uncitral",
    "file_number": "2026-31",
    "claim": "The fine of EUR 5 125 000 is void.",
    "basis": "Agreement on removal orders, point 2.",
    "relief": "1. To annul the fine.\n2. To order the costs.",
}
SUBMITTED = {
    "side": "us",
    "title": "Notice of arbitration",
    "text": "1. The order never reached the contact point.\n\n2. What is not served can not be disobeyed.",
    "how": "post",
    "served_at": "2026-11-20T10:00",
    "reference": "RR 1234 5678 9 BE",
}
TERMS = {
    "title": "Settlement on the fine of 12 May",
    "terms": "1. The fine falls.\n2. Each side bears its costs.",
    "starts": "2026-12-01",
    "until": "",
    "reason": "Both sides know now where orders go.",
}
SUMMARY = {"text": "The State fined the platform on 12 May 2026. The platform says that no order reached it."}


def drafted(member: Member, country: str = "FR", **other: str) -> Dispute:
    return commands.open_(member.person, "real", country, SAID | other)


def moved(member: Member, dispute: Dispute, *steps: str) -> Dispute:
    for step in steps:
        commands.move(member.person, dispute.id, step, WHY)
    return again(dispute)


def pending(member: Member, country: str = "FR", **other: str) -> Dispute:
    return moved(member, drafted(member, country, **other), "file", "serve")


def again(dispute: Dispute) -> Dispute:
    return Dispute.objects.select_related("relation").get(id=dispute.id)


def submit(member: Member, dispute: Dispute, file: File | None = None, **other: str) -> papers.Submission:
    return papers.submit(member.person, dispute.id, SUBMITTED | other, file)


def put(member: Member, dispute: Dispute, kind: str = commands.SETTLE, **other: str) -> str:
    said = TERMS if kind == commands.SETTLE else SUMMARY
    return commands.propose(member.person, dispute.id, kind, said | other)


def sign(member: Member, dispute: Dispute) -> bool:
    act = again(dispute).act
    return commands.sign(member.person, dispute.id, act, member.sign(act))


def published(one: Member, other: Member, dispute: Dispute) -> Dispute:
    put(one, dispute, commands.PUBLISH)
    sign(one, dispute)
    assert sign(other, dispute)
    return again(dispute)


def link_to(purpose: str) -> str:
    """The path of the last link of a purpose that was sent."""
    paths = {"submission": "submit", "annotation": "annotate", "settlement": "settle"}
    return re.search(rf"http://localhost:8000(/countries/{paths[purpose]}/[a-z2-7]{{26}})\s", mails(purpose)[-1])[1]


# -- files ------------------------------------------------------------------------------------------------------------


@cache
def pdf(
    body: str = "The order of 3 May, as our mail server logged it", pages: int = 1, size: str = 'paper: "a4"'
) -> bytes:
    source = f"#set page({size})\n#for n in range({pages}) {{ page[{body}, sheet #(n + 1)] }}"
    return typst.compile(source.encode(), format="pdf")


def wide() -> bytes:
    """A plan, three metres wide."""
    return pdf("#text(size: 150pt)[Plan of the cable]", 1, "width: 300cm, height: 80cm")


@cache
def encrypted(data: bytes | None = None) -> bytes:
    return _written(data or pdf(), lambda writer: writer.encrypt("secret"))


def turned(data: bytes | None = None) -> bytes:
    return _written(data or pdf(), lambda writer: [page.rotate(90) for page in writer.pages])


def saved_again(data: bytes) -> bytes:
    """The same pages in other bytes."""
    return _written(data, lambda writer: writer.add_metadata({"/Title": "Another"}))


def holding(data: bytes, other: bytes) -> bytes:
    """A PDF with another file attached to it."""
    return _written(data, lambda writer: writer.add_attachment("other", other))


def _written(data: bytes, change: Callable[[PdfWriter], object]) -> bytes:
    writer, out = PdfWriter(clone_from=io.BytesIO(data)), io.BytesIO()
    change(writer)
    writer.write(out)
    return out.getvalue()


def read(data: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(data))
