"""What the reading process reads before it forks the first child: what is made once for all mails (patterns, tables of
words) is then made before the fork, and not by each child anew, which takes longer than to read an order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from comity.reading import read
from comity.reading.form import Field, Form, known

HEAD = "From: Office <a@b.example>\r\nTo: c@d.example\r\nDate: Tue, 3 Mar 2026 09:00:00 +0100\r\nSubject: Order\r\n"
TYPE = 'MIME-Version: 1.0\r\nContent-Type: text/plain; charset="utf-8"\r\n\r\n'
ANSWERS = {
    "country": "Belgium",
    "date": "3 March 2026",
    "datetime": "3 March 2026, 09:00 (Paris time)",
    "datetime-range": "1 March 2026 to 3 March 2026",
    "email": "a@b.example",
    "phone": "+32 2 555 01 23",
    "reference": "AB 17",
    "url": "https://b.example/law",
    "url-list": "https://d.example/channel/1",
}


def rehearse() -> None:
    """Read one order in the first known form, filled in: what the others make beside it is little."""
    read.read(mail(known()[0]), context())


def mail(form: Form) -> bytes:
    """A mail with an order in words, as its form prints it."""
    return (HEAD + TYPE + "\r\n".join(_lines(form)) + "\r\n").encode()


def context() -> dict[str, Any]:
    """What the reader is told beside it: nothing that asks the network."""
    return {"received_at": "2026-03-03T08:01:00+00:00", "zone": "Europe/Brussels", "contact_points": ["c@d.example"]}


def _lines(form: Form) -> Iterator[str]:
    yield from (form.title, "", *form.preamble)
    for field in form.fields.values():
        yield f"{field.number} {field.label}: {_answer(field)}"
        yield from (f"  [{'x' if n == 0 else ' '}] {label}" for n, (_, label) in enumerate(field.options))


def _answer(field: Field) -> str:
    return "" if field.options else ANSWERS.get(field.type, "Office, 1 Example Quay, 1000 Brussels")
