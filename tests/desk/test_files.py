"""Files on the desk: what came and what went out, downloaded byte for byte, and never run by a browser."""

import base64
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

import pytest
from desk.test_lift import words
from road import Road, open_road

from comity.cases import document
from comity.cases.models import Case, Request
from comity.ledger.models import Event
from comity.outbox.models import Mail
from comity.reading import child
from comity.vault import commands as vault
from comity.web.files import named

pytestmark = pytest.mark.django_db


def attached(raw: bytes) -> bytes:
    """The first file of a mail."""
    part = next(message_from_bytes(raw, policy=default).iter_attachments())
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    return data


@pytest.fixture(scope="module")
def road(scene: None) -> Iterator[Road]:
    with open_road() as opened:
        yield opened


@pytest.fixture(scope="module")
def request_(road: Road) -> Request:
    request = road.receive(road.sample("good-pdf", road.post()))
    road.drive()
    return request


def hostile(road: Road) -> Request:
    """A mail with a page and a drawing that would run, under names that lie."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "someone@else.example", "orders@lantern.example", "See attached"
    mail["Message-ID"] = "<files@else.example>"
    mail.set_content("See attached.")
    page = b"<script>alert(1)</script>"
    mail.add_attachment(page, maintype="text", subtype="html", filename='../../a"b\u202e.html')
    mail.add_attachment(b"<svg onload='alert(1)'/>", maintype="image", subtype="svg+xml", filename="order.svg")
    request = road.receive(mail.as_bytes(policy=SMTP))
    road.drive()
    request.refresh_from_db()
    return request


def test_it_works(road: Road, request_: Request, at_the_desk) -> None:
    client = at_the_desk("handler")
    case = Case.objects.get(request=request_)
    link = f"/console/requests/{request_.id}/parts/2"
    assert f'<a href="{link}">Download the PDF</a>' in client.get(f"/console/cases/{case.id}").content.decode()
    assert f'<a href="{link}">Download</a>' in client.get(f"/console/requests/{request_.id}").content.decode()
    answer = client.get(link)
    assert answer.content == attached(vault.get(request_.raw))
    assert answer["Content-Disposition"].startswith("attachment")
    looks = Event.objects.filter(request=request_.id, kind="content.viewed", sealed__what="attachment")
    assert [event.by for event in looks] == [road.person("handler").by]


def test_what_would_run_comes_as_bytes_to_keep_under_a_name_that_nothing_opens(road: Road, at_the_desk) -> None:
    request = hostile(road)
    for number in (2, 3):
        answer = at_the_desk("handler").get(f"/console/requests/{request.id}/parts/{number}")
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Content-Disposition"].endswith('.bin"')
        assert "/" not in answer["Content-Disposition"]


def test_who_may_not_see_content_gets_no_file_and_nothing_is_recorded(request_: Request, at_the_desk) -> None:
    client = at_the_desk("auditor", real=True)
    assert client.get(f"/console/requests/{request_.id}/parts/2").status_code == 403
    assert "/parts/" not in client.get(f"/console/requests/{request_.id}").content.decode()
    assert not Event.objects.filter(request=request_.id, kind="content.viewed").exists()


@pytest.mark.parametrize("number", ["0", "99", "2147483648"])
def test_a_part_that_is_not_there_is_not_found_and_no_look_is_recorded(request_, at_the_desk, number: str) -> None:
    assert at_the_desk("handler").get(f"/console/requests/{request_.id}/parts/{number}").status_code == 404
    assert not Event.objects.filter(request=request_.id, kind="content.viewed", sealed__what="attachment").exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("order.pdf", "order.pdf"),
        ("Order 7/26 (FR).PDF", "Order 7_26 (FR).PDF"),
        ("order.pdf.exe", "order.pdf.exe.bin"),
        ("page.html", "page.html.bin"),
        ("", "part-4.bin"),
        ("...", "part-4.bin"),
        ("a" * 500 + ".pdf", "a" * 116 + ".pdf"),
    ],
)
def test_a_name_is_made_one_that_a_disk_can_take(name: str, kept: str) -> None:
    assert named(name, 4) == kept


def test_a_part_is_found_by_its_number_in_the_reading() -> None:
    raw = b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nwords\r\n--x\r\n"
    raw += b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=a.bin\r\n\r\n"
    raw += base64.b64encode(bytes(range(256))) + b"\r\n--x--\r\n"
    assert child.part(raw, 1) == b"words"
    assert child.part(raw, 2) == bytes(range(256))
    assert child.part(raw, 3) is None
    assert [part["n"] for part in child.read(raw, {"dns": False})["parts"]] == [1, 2]


def test_a_request_of_a_case_shows_the_clock_of_the_case(request_: Request, at_the_desk) -> None:
    page = words(at_the_desk("handler").get(f"/console/requests/{request_.id}"))
    assert "Until when is not known yet" not in page
    assert "due" in page


# -- what went out ----------------------------------------------------------------------------------------------------


@pytest.fixture
def answer(road: Road) -> Mail:
    request = road.receive(road.sample("good-pdf", road.post()))
    road.drive()
    case = Case.objects.get(request=request)
    road.sign(case)
    road.drive()
    return Mail.objects.get(case=case.id, kind="answer")


def test_the_decision_shows_the_answer_that_went_out_and_its_very_pdf(answer: Mail, at_the_desk) -> None:
    client = at_the_desk("handler")
    page = words(client.get(f"/console/cases/{answer.case}"))
    assert "time observed" not in page
    assert "day of sending" not in page
    assert "As it leaves us for" in page
    assert client.get(f"/console/cases/{answer.case}/letters/answer.pdf").content == attached(vault.get(answer.doc))


def test_before_it_is_sent_the_pdf_is_the_draft(request_: Request, at_the_desk) -> None:
    case = Case.objects.get(request=request_)
    client = at_the_desk("handler")
    assert "time observed" in words(client.get(f"/console/cases/{case.id}"))
    assert client.get(f"/console/cases/{case.id}/letters/answer.pdf").content.startswith(b"%PDF-")


@pytest.mark.soak
def test_our_own_mail_is_told_as_what_we_sent(answer: Mail, at_the_desk) -> None:
    client = at_the_desk("handler")
    page = words(client.get(f"/console/outbox/{answer.id}"))
    assert "What we sent" in page
    assert "kept in the outbox: no relay is set" in page
    for word in ("What came", "Not known", "Timeline", "Request "):
        assert word not in page, word
    sent = client.get(f"/console/outbox/{answer.id}/files/1")
    assert sent.content == attached(vault.get(answer.doc))
    assert sent["Content-Disposition"] == f'attachment; filename="{answer.case}.pdf"'
    for number in (0, 2):
        assert client.get(f"/console/outbox/{answer.id}/files/{number}").status_code == 404


def test_an_outsider_finds_no_mail_of_ours(answer: Mail, at_the_desk) -> None:
    assert at_the_desk("administrator", real=True).get(f"/console/outbox/{answer.id}/files/1").status_code == 404


def test_nothing_that_the_desk_shows_or_downloads_stays_in_a_cache_and_our_own_files_do(
    road: Road, request_: Request, at_the_desk
) -> None:
    client, case = at_the_desk("handler"), Case.objects.get(request=request_)
    mail = Mail.objects.order_by("id").first()
    links = [f"/console/requests/{request_.id}/raw", f"/console/requests/{request_.id}/parts/2"]
    links += ["/console/?realm=demo&format=csv", "/console/requests/?realm=demo&format=csv"]
    links += [f"/console/cases/{case.id}/letters/answer.pdf", f"/console/outbox/{mail.id}", "/healthz"]
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200, link
        assert "no-store" in answer["Cache-Control"], link
    assert "text/csv" in client.get(links[2])["Content-Type"]
    assert "public" in client.get("/static/web/look.css")["Cache-Control"]


SCANNED = (Path(__file__).parent.parent / "data" / "orders" / "06-tco-de-scanned.eml").read_bytes()


def test_a_scan_stands_beside_the_form_to_type_it_into(road: Road, at_the_desk) -> None:
    request = road.receive(SCANNED)
    road.drive()
    client = at_the_desk("handler")
    page = client.get(f"/console/requests/{request.id}/enter?instrument=eu-tco-removal-order").content.decode()
    assert "A picture: type what it says" in page
    pictures = re.findall(r'<img src="([^"]+)"', page)
    assert [one.rpartition("/")[2] for one in pictures] == ["1", "2"]
    answer = client.get(pictures[0])
    assert (answer["Content-Type"], answer.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    looked = Event.objects.filter(request=request.id, kind="content.viewed", sealed__what="attachment")
    assert looked.count() == 1
    assert client.get(pictures[0][:-1] + "9").status_code == 404
    assert client.get(f"/console/requests/{request.id}/parts/99/pages/1").status_code == 404
    assert at_the_desk("auditor", real=True).get(pictures[0]).status_code == 403


def test_what_a_scanner_took_the_letters_for_is_a_suggestion_and_no_fact(road: Road, at_the_desk) -> None:
    request = road.receive(SCANNED)
    road.drive()
    request.refresh_from_db()
    kept = document.of(request)
    number = next(part["n"] for part in kept["reading"]["parts"] if part["name"])
    kept["reading"]["suggestions"] = [{"part": number, "page": 2, "text": "<b>Aktenzeichen 4711</b>"}]
    document.keep(request, kept)
    page = at_the_desk("handler").get(f"/console/requests/{request.id}/enter?instrument=eu-tco-removal-order")
    said = page.content.decode()
    assert "&lt;b&gt;Aktenzeichen 4711" in said
    assert "A suggestion to type by, never a fact" in said
    assert 'value="Aktenzeichen' not in said
