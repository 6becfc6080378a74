"""Work on a document counted in steps: one made to be slow is read up to the same place every time, and says so."""

import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from comity.demo import samples
from comity.reading import child, form, labelled, pdf, steps
from comity.reading.pieces import pieces

PAGES = 4


def slow(operators: int) -> bytes:
    """A small PDF of a few pages that all show one long stream of operators, its first words the page's own."""
    content = zlib.compress(b"BT /F1 9 Tf 1 0 0 1 50 700 Tm (words) Tj ET\n" * operators)
    kids = b" ".join(b"%d 0 R" % (n + 5) for n in range(PAGES))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R"
    page += b" /Resources << /Font << /F1 4 0 R >> >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % PAGES,
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(content) + content + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *[page] * PAGES,
    ]
    out, places = b"%PDF-1.7\n", []
    for n, one in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % n + one + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % at for at in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return out + end + trailer % (len(objects) + 1, len(out))


def mail(data: bytes) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@b.example", "orders@lantern.example", "Order"
    made.set_content("See the attachment.")
    made.add_attachment(data, maintype="application", subtype="pdf", filename="order.pdf")
    return made.as_bytes()


def parsed(data: bytes, most: int, monkeypatch: pytest.MonkeyPatch) -> pdf.Pdf:
    monkeypatch.setattr(steps, "DOCUMENTS", most)
    return pdf.parse(data)


def test_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = parsed(slow(5), steps.DOCUMENTS, monkeypatch)
    assert (whole.pages, whole.flags) == (PAGES, set())


@pytest.mark.slow
def test_beyond_its_steps_a_document_ends_at_the_same_place_and_is_flagged(monkeypatch: pytest.MonkeyPatch) -> None:
    data = slow(300)
    pdf.parse(data)  # what is loaded once is loaded
    first, second = parsed(data, 60_000, monkeypatch), parsed(data, 60_000, monkeypatch)
    assert 0 < first.pages < PAGES
    assert first.flags == second.flags == {"unread-attachment"}
    assert (first.pages, first.text) == (second.pages, second.text)
    assert "unread-attachment" not in parsed(data, 10_000_000, monkeypatch).flags


def test_all_documents_of_a_mail_share_its_steps() -> None:
    with steps.of_a_mail(unproven=False) as left:
        pdf.parse(slow(5))
        once = left.left
        pdf.parse(slow(5))
    assert left.left < once < steps.DOCUMENTS


@pytest.mark.soak
def test_an_unproven_mail_has_less_done_for_it_than_another() -> None:
    raw = mail(slow(4_000))
    unproven = child.read(raw, {"dns": False, "unproven": True})
    assert "unread-attachment" in unproven["flags"]
    assert unproven["text"].strip() == "See the attachment."
    for is_unproven, most in ((True, steps.DOCUMENTS_UNPROVEN), (False, steps.DOCUMENTS)):
        with steps.of_a_mail(unproven=is_unproven):
            assert steps.documents().left == most


def test_what_runs_out_is_no_exception_that_a_parser_swallows() -> None:
    def parser() -> None:
        for _ in range(100):
            try:
                int("1")
                str_of(1)
            except Exception:  # as parsers do
                continue

    with pytest.raises(steps.TooMuch), steps.Steps(20).counted():
        parser()


def str_of(number: int) -> str:
    return str(number)


def test_counting_ends_with_its_block() -> None:
    few = steps.Steps(10)
    with few.counted():
        str_of(1)
    before = few.left
    str_of(2)
    assert few.left == before


def spent(work: Callable[[], object]) -> int:
    """How many steps work takes, once what is loaded once is loaded."""
    work()
    counted = steps.Steps(10**9)
    with counted.counted():
        work()
    return 10**9 - counted.left


def labels(addresses: int) -> None:
    """Find the labels of an order on so many addresses, each in a line of its own."""
    urls = "\n".join(f"https://forum.example/t/{n}" for n in range(addresses))
    filled = samples.filled(urls, "OOS-2026-1", datetime(2026, 11, 30, 12, tzinfo=UTC))
    [found] = labelled.read(form.load(), pieces(samples.in_text(filled, samples.ADDRESS).get_content()))
    assert len(found["urls"].lines) == addresses


def test_twice_as_many_addresses_take_no_more_than_twice_the_work() -> None:
    assert spent(lambda: labels(400)) < 2.2 * spent(lambda: labels(200))


def test_what_has_no_end_of_a_pdf_is_not_looked_through_for_one() -> None:
    data = b"%PDF-1.7\n" + b"a line of no document\n" * 1000

    def parse() -> None:
        with pytest.raises(ValueError, match="cannot be read"):
            pdf.parse(data)

    assert spent(parse) < 100
    assert pdf.parse(slow(5).removesuffix(b"OF\n")).pages == PAGES, "cut within its last mark"
