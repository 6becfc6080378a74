"""The web door: a demand typed into a form made from its regulation, followed by its link, confirmed by its mailbox."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from reading import pdfs
from road import Road

from comity import clock
from comity.authorities import commands as register
from comity.authorities.models import Authority
from comity.cases import document
from comity.cases.models import Case, Question, Request
from comity.demo.register import ADDRESS, AUTHORITIES, PROSECUTOR_ID
from comity.desk import came
from comity.doors.filing import form, words
from comity.following import commands as following
from comity.following.models import Filing, Link, MailboxLink, Written
from comity.officers import commands as officers
from comity.outbox import commands as outbox
from comity.outbox.models import Mail
from comity.platforms.models import Shadow
from comity.regulations import packs
from comity.vault import commands as vault

pytestmark = pytest.mark.django_db
TCO = "/authorities/demo/file/eu-tco-removal-order"
OTHER: Any = {"REMOTE_ADDR": "192.0.2.7"}  # somebody else: the first has guessed too often
HOSTILE = "<script>alert(1)</script>\u202e\u0000"


@pytest.fixture
def client(settings: Any) -> Client:
    settings.COMITY = replace(settings.COMITY, base_url="http://localhost:8000", demo=True)
    return Client(HTTP_HOST="localhost:8000")


def typed(*urls: str, office: str = "demo-online-safety", **more: str) -> dict[str, Any]:
    said = {"office": office, "form.reference": "WEB-7", "form.urls": "\n".join(urls), "form.signature": "qualified"}
    said |= {"form.categories": "a-incite", "form.reasons": "It calls for it.", "form.issued_at": "2026-11-29T10:00"}
    said |= {"form.legal_basis": "Regulation (EU) 2021/784, Article 3", "form.redress_body": "Court of Nordhafen"}
    return said | {"step": "send", "key": str(uuid4())} | more


def sent(client: Client, said: dict[str, Any]) -> str:
    answer = client.post(TCO, said)
    assert answer.status_code == 302, answer.content.decode()[:4000]
    return str(answer.headers["Location"])


def letter(kind: str) -> str:
    mail = Mail.objects.filter(kind=kind).latest("queued_at")
    return vault.get(mail.doc).decode().replace("=\r\n", "").replace("=3D", "=")


def path_in(text: str, what: str) -> str:
    found = re.search(rf"/authorities/{what}/[a-z2-7]{{26}}", text)
    assert found, text
    return found.group()


@pytest.mark.slow
def test_it_works(client: Client, road: Road) -> None:
    """Typed, with what is missing said before; a number and a deadline at once; confirmed; decided; answered; read."""
    url = road.post()
    before = client.post(TCO, typed(url) | {"step": "check"})
    page = before.content.decode()
    assert before.status_code == 200
    assert "It is not known for which territory it asks" in page
    assert "Nothing is done before this is there" not in page
    assert not Request.objects.exists()
    files = SimpleUploadedFile("order.pdf", b"%PDF-1.4 " + b"x" * 6_000_000)
    where = sent(client, typed(url, files=files))
    request = Request.objects.get(door="web")
    page = client.get(where).content.decode()
    assert request.id in page
    assert "Once your office has confirmed it, its regulation gives us this" in page
    road.drive()
    case = Case.objects.get(request=request)
    assert (case.state, case.grade, request.realm) == ("verifying", "none", "demo")
    assert str(outbox.parties(list(Mail.objects.filter(kind="confirm-link")))).count(ADDRESS) == 1
    confirm = path_in(letter("confirm-link"), "confirm")
    client.get(confirm)  # to open it is not enough: machines open links too
    road.drive()
    case.refresh_from_db()
    assert case.grade == "none"
    assert client.post(confirm, {"answer": "yes"}).status_code == 302
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.grade) == ("to-decide", "domain")
    assert client.post(confirm, {"answer": "no"}).status_code == 410
    road.sign(case)
    road.drive()
    page = client.get(where).content.decode()
    assert "Answered: our letter went to your registered address." in page
    client.post(f"{where}/ask")
    letters = path_in(letter("letters-link"), "letters")
    page = client.get(letters).content.decode()
    assert "Our answer" in page
    assert "WEB-7" in page
    pdf = re.search(rf"{letters}/[0-9a-f-]{{36}}", page)
    assert pdf
    assert client.get(pdf.group()).content.startswith(b"%PDF-")
    assert client.get(letters.replace("letters", "follow")).status_code == 404
    parts = document.of(request)["reading"]["parts"]
    assert [part["name"] for part in parts] == ["", "order.pdf"]


WHOLE = {
    "reference": "WEB-7",
    "issuing_file_number": "F-77/26",
    "redress_deadline": "6 weeks starting from receipt",
}


def attached(client: Client, road: Road, data: bytes, name: str = "order.pdf", **more: str) -> tuple[Request, Any]:
    said = typed(road.post(), files=SimpleUploadedFile(name, data), **more)
    sent(client, said)
    road.drive()
    request = Request.objects.get(door="web")
    return request, document.of(request)["reading"]


def test_a_file_fills_what_was_not_typed_each_fact_with_its_place(client: Client, road: Road) -> None:
    data = pdfs.make(WHOLE | {"redress_body": "Court of Nordhafen"})
    request, reading = attached(client, road, data)
    order = reading["orders"][0]
    assert order["facts"]["form"]["issuing_file_number"] == "F-77/26"
    assert order["places"]["form.issuing_file_number"]["part"] == 2
    assert order["facts"]["form"]["redress_body"] == "Court of Nordhafen"
    assert order["places"]["form.redress_body"]["where"] == "typed on our page for authorities"
    assert reading["otherwise"] == []
    assert not {"parts-differ", "unread-attachment"} & set(request.flags)
    assert Case.objects.get(request=request).state == "verifying"  # it proves nothing of who typed it


def test_what_a_file_says_otherwise_is_flagged_and_shown_and_what_was_typed_stands(client: Client, road: Road) -> None:
    data = pdfs.make(WHOLE | {"reference": "OTHER-9", "non_disclosure": True})
    request, reading = attached(client, road, data)
    assert reading["orders"][0]["facts"]["form"]["reference"] == "WEB-7"
    assert {one["path"] for one in reading["otherwise"]} == {"form.reference", "form.non_disclosure"}
    assert {"parts-differ", "non-disclosure"} <= set(request.flags)
    with translation.override("en"):
        said = [pair for pair in came.mail_pairs(request, document.of(request)) if "otherwise" in pair.label]
    assert [(one.bold, "OTHER-9" in one.text) for one in said if "WEB-7" in one.bold] == [("typed: WEB-7", True)]


URGENT = "URGENT: a child was abducted, her life is at risk. Please locate the user now, the police are here."
HARMFUL = "If the data are not in this mailbox by Friday, your employee will be detained."


@pytest.mark.parametrize(
    ("data", "name", "flag"),
    [
        (b"%PDF-1.4 " + b"x" * 3000, "order.pdf", "unread-attachment"),
        (HARMFUL.encode(), "letter.txt", "person-lever"),
        (URGENT.encode(), "a.txt", "danger-to-life"),
        (pdfs.make(WHOLE), "order.exe", "parts-differ"),
    ],
)
def test_a_file_is_told_of_as_any_attachment(client: Client, road: Road, data: bytes, name: str, flag: str) -> None:
    request, reading = attached(client, road, data, name, **{"form.reference": "WEB-8"})
    assert flag in request.flags, request.flags
    assert [one["name"] for one in reading["parts"]] == ["", name]
    asked = Question.objects.filter(request=request).exists()
    assert asked == (request.top > 0) == (flag in ("person-lever", "danger-to-life"))


def test_an_officer_files_by_passkey_and_writes_as_the_office(client: Client, road: Road) -> None:
    client.post("/authorities/demo-officer", {"authority": "demo-online-safety"})
    where = sent(client, typed(road.post(), office=""))
    road.drive()
    case = Case.objects.get(request__door="web")
    assert case.grade == "none"  # a session alone proves nothing of what is filed
    page = client.get(where).content.decode()
    sign = re.search(r"/authorities/sign/R-\w+", page)
    assert sign
    assert Client(HTTP_HOST="localhost:8000").post(sign.group()).status_code == 404
    assert client.post(sign.group(), HTTP_ORIGIN="http://evil.example").status_code == 404
    assert client.post(sign.group()).status_code == 302
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.grade) == ("to-decide", "accredited-channel")
    client.post(f"{where}/write", {"text": "We withdraw it.", "key": str(uuid4())})
    road.drive()
    made = Written.objects.get()
    assert made.proven
    assert made.request.grade == "accredited-channel"
    assert case.joined.filter(request=made.request, how="reply").exists()
    register.suspend("demo-online-safety")
    assert "You are signed in" not in client.get("/authorities/demo/").content.decode()


def test_the_same_sent_twice_is_one_and_another_under_its_key_is_refused(client: Client, road: Road) -> None:
    said = typed(road.post())
    assert sent(client, said) == sent(client, said)
    assert Request.objects.filter(door="web").count() == Mail.objects.filter(kind="confirm-link").count() == 1
    assert client.post(TCO, said | {"form.reference": "another"}).status_code == 400


def test_whoever_is_named_can_say_that_it_is_not_theirs(client: Client, road: Road) -> None:
    where = sent(client, typed(road.post()))
    road.drive()
    client.post(path_in(letter("confirm-link"), "confirm"), {"answer": "no"})
    road.drive()
    case = Case.objects.get(request__door="web")
    assert (case.state, case.grade) == ("verifying", "none")
    assert "The office says that this is not its demand" in client.get(where).content.decode()
    client.post(f"{where}/ask", {"what": "confirm"})
    assert MailboxLink.objects.count() == 1


def test_a_name_is_mailed_only_so_often(client: Client, road: Road) -> None:
    for n in range(3):
        sent(client, typed(road.post(), **{"form.reference": f"n{n}"}))
    now = clock.now()
    MailboxLink.objects.update(made_at=now - timedelta(hours=2))
    link = Link.objects.first()
    assert link
    assert following.ask_again(link)
    assert not following.ask_again(link)
    assert MailboxLink.objects.count() == 4


def test_a_link_says_nothing_when_guessed_revoked_or_forwarded(client: Client, road: Road) -> None:
    where = sent(client, typed(road.post()))
    road.drive()
    request = Request.objects.get(door="web")
    for n in range(12):
        answer = client.get(f"/authorities/follow/{n:026}")
    assert answer.status_code == 429  # and whoever has a right one still gets in
    assert client.get(where).status_code == 200
    page = client.get(where).content.decode()
    assert "Our answer" not in page
    before = Case.objects.get(request=request).version
    text = SimpleUploadedFile("more.txt", b"more")
    client.post(
        f"{where}/write", {"text": f"Please hurry {HOSTILE}".replace("\0", ""), "key": str(uuid4()), "files": text}
    )
    road.drive()
    made = Written.objects.get()
    assert not made.proven
    assert made.request.grade == "none"
    case = Case.objects.get(request=request)
    assert case.version == before  # it changes nothing by itself
    counsel, handler = road.person("counsel"), road.person("handler")
    assert not following.renew(handler, request.id)  # unproven: nobody is known to send one to
    gone = client.get(where, **OTHER)
    assert gone.status_code == 410
    assert client.post(f"{where}/write", {"text": "x", "key": str(uuid4())}, **OTHER).status_code == 410
    road_case = following.url_of(request)
    assert road_case == ""
    with pytest.raises(Exception, match="link"):
        following.revoke(counsel, request.id)


def test_a_call_back_confirms_it_and_brings_a_fresh_link(client: Client, road: Road) -> None:
    from comity.cases import commands as cases

    sent(client, typed(road.post()))
    road.drive()
    request = Request.objects.get(door="web")
    cases.record_callback(road.person("handler"), request.id, "demo-online-safety", True)
    road.drive()
    request.refresh_from_db()
    assert request.grade == "accredited-channel"
    first = path_in(letter("status-link"), "follow")
    assert client.get(first).status_code == 200
    assert following.renew(road.person("handler"), request.id)
    assert client.get(first).status_code == 410
    assert client.get(path_in(letter("status-link"), "follow")).status_code == 200


def test_in_shadow_the_link_that_a_call_back_brings_is_kept_and_not_sent(client: Client, road: Road) -> None:
    from comity.cases import commands as cases

    Shadow.objects.create(platform="sandbox", realm="demo", since=clock.now())
    sent(client, typed(road.post()))
    road.drive()
    request = Request.objects.get(door="web")
    cases.record_callback(road.person("handler"), request.id, "demo-online-safety", True)
    road.drive()
    mail = Mail.objects.get(kind="status-link")
    assert (mail.state, mail.case) == ("would", Case.objects.get(request=request).id)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"office": "nobody"}, "choose one on the list"),
        ({"office": "", "form.issuing_authority": ""}, "choose your office, or type its name"),
        ({"office": "", "form.issuing_authority": HOSTILE[:26], "email": "not an address"}, "an e-mail address"),
        ({"office": "", "form.issuing_authority": "x", "form.issuing_state": "Narnia"}, "two"),
        ({"form.issued_at": "yesterday"}, "a date and a time"),
        ({"form.signature": "blood"}, "one of"),
        ({"form.urls": "x" * 9000}, "4"),
        ({"says": "x" * 20_001}, "at most 20000 characters"),
        ({"key": "short"}, "load the page again"),
    ],
)
def test_bad_input_says_what_is_wrong_and_keeps_nothing(client: Client, more: dict[str, str], says: str) -> None:
    register.sync(AUTHORITIES)
    answer = client.post(TCO, typed("http://localhost/c/x/1") | more)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert says in page
    assert "<script>alert" not in page
    assert not Request.objects.exists()


def test_script_in_every_field_is_words(client: Client, road: Road) -> None:
    paths = {path: "<script>alert(1)</script>" for path in words.LABELS if "identifiers" in path or "redress" in path}
    said = typed(road.post(), office="", **paths) | {
        "form.issuing_authority": "<b>Office</b>",
        "form.issuing_state": "FR",
        "says": "<img src=x onerror=alert(1)>",
    }
    for step in ("check", "edit", "send"):
        answer = client.post(TCO, said | {"step": step}, follow=True)
        assert "<script>alert" not in answer.content.decode()
        assert "<img src=x" not in answer.content.decode()
    road.drive()
    assert Case.objects.get(request__door="web").state == "verifying"


def test_two_gigabytes_are_refused_by_what_is_announced(client: Client) -> None:
    multipart = "multipart/form-data; boundary=b"
    answer = client.generic("POST", TCO, b"", content_type=multipart, CONTENT_LENGTH=str(2 << 30))
    assert answer.status_code == 413
    answer = client.generic("POST", "/authorities/demo/apply", b"", content_type=multipart, CONTENT_LENGTH=str(9 << 20))
    assert answer.status_code == 413


def test_every_fact_that_a_regulation_asks_has_its_words() -> None:
    asked = {path for pack in form.instruments("real", clock.now()) for path in form.asked(pack)}
    assert asked <= set(words.LABELS)
    from comity.cases import typed as forms

    assert {code for path in asked for code in forms.options(path)} <= set(words.OPTIONS)
    assert set(packs.load().ids()) >= {pack.id for pack in form.instruments("real", clock.now())}


def test_the_demo_s_page_is_not_there_without_the_demo(client: Client, settings: Any) -> None:
    settings.COMITY = replace(settings.COMITY, demo=False)
    for path in ("", "file", "file/eu-tco-removal-order", "apply"):
        assert client.get(f"/authorities/demo/{path}").status_code == 404
    assert client.post("/authorities/demo-officer", {"authority": PROSECUTOR_ID}).status_code == 404
    with pytest.raises(officers.Closed):
        officers.demo_officer(PROSECUTOR_ID)
    assert Authority.objects.filter(accredited=True).count() >= 0
    assert Filing.objects.count() == 0
