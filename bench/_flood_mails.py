"""Floods of mail that nobody signed: what each is made of. All bytes are our own."""

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

from comity.demo import samples

LARGE, ORDERS, MANY, DOCUMENTS = 12, 601, 500, 20
LINE = "A line of filling words that says nothing at all to anybody.\n"


def mail(sender: str, text: str, number: int) -> EmailMessage:
    """One unsigned mail."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "orders@localhost", f"Removal order {number}"
    made["Message-ID"] = f"<{number}.{abs(hash(sender))}@flood.example>"
    made.set_content(text)
    return made


def order(number: int) -> str:
    """A whole order as text, of nobody."""
    content = samples.filled(f"https://x.example/{number}", f"FL-{number:06}", datetime.now(UTC))
    return str(samples.in_text(content, samples.ADDRESS).get_content())


def large() -> Iterator[bytes]:
    """Ten megabytes with hundreds of orders each."""
    text = "\n\n".join(order(number) for number in range(ORDERS))
    text += LINE * ((10_000_000 - len(text)) // len(LINE))
    for number in range(LARGE):
        yield mail("clerk@flood.example", text, number).as_bytes(policy=SMTP)


def of_one() -> Iterator[bytes]:
    """Many small ones of one sender, an order in each."""
    for number in range(MANY):
        yield mail("clerk@many.example", order(number), number).as_bytes(policy=SMTP)


def of_many() -> Iterator[bytes]:
    """Many small ones, each of another sender and domain."""
    for number in range(MANY):
        yield mail(f"clerk@office{number}.example", order(number), number).as_bytes(policy=SMTP)


def forged() -> Iterator[bytes]:
    """Many that claim the true office, with a signature line of its domain that holds nothing."""
    for number in range(MANY):
        claim = b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=%d; h=from:subject; bh=AAAA; b=AAAA\r\n"
        domain = samples.ADDRESS.rpartition("@")[2].encode()
        yield claim % (domain, number) + mail(samples.ADDRESS, order(number), number).as_bytes(policy=SMTP)


def slow() -> Iterator[bytes]:
    """Small attachments that take a parser long: sixty pages that share one long stream of operators."""
    data = pdf(b"BT /F1 9 Tf 1 0 0 1 50 700 Tm (words) Tj ET\n" * 20_000)
    for number in range(DOCUMENTS):
        made = mail(f"clerk@slow{number}.example", "Please see the order attached.", number)
        made.add_attachment(data, maintype="application", subtype="pdf", filename="order.pdf")
        yield made.as_bytes(policy=SMTP)


def pdf(content: bytes, pages: int = 60) -> bytes:
    """A small PDF: so many pages that all show the same stream."""
    packed = zlib.compress(content)
    kids = b" ".join(b"%d 0 R" % (number + 5) for number in range(pages))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R"
    page += b" /Resources << /Font << /F1 4 0 R >> >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % pages,
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed) + packed + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *[page] * pages,
    ]
    out, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + one + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % at for at in places)
    size = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n" % size
        + table
        + (b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out)))
    )
