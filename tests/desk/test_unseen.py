"""An auditor sees that, when and by which rule, never the words; and each look at content by others is an event."""

from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from desk.test_lift import WHY, asked
from django.http.response import HttpResponseBase
from django.test import Client
from road import Road, open_road

from comity import clock
from comity.cases.models import Case, Request
from comity.cases.receive import Incoming, receive
from comity.cases.receive import prepare as sealed
from comity.demo import register
from comity.ledger.models import Event
from comity.outbox.models import Mail

pytestmark = pytest.mark.django_db
REFERENCE, SECRET = "ZX-SECRET-77", "zanzibarine"
STRANGER, SUBJECT = "kept-from-view@stranger.example", f"About {SECRET}"
UNSEEN = (REFERENCE, SECRET, STRANGER, WHY, register.ADDRESS, "online-safety.example", "/c/harbour/")


def brought(raw: bytes, subject: str, sender: str) -> Request:
    peek = {"subject": subject, "from": sender, "message_id": ""}
    item = sealed(Incoming(raw, "email", "demo", clock.now(), peek))
    receive([item])
    return Request.objects.get(id=item.id)


@pytest.fixture(scope="module")
def road(scene: None) -> Iterator[Road]:
    with open_road() as opened:
        yield opened


@pytest.fixture(scope="module")
def case(road: Road) -> Case:
    """A case whose order, letters and reasons all hold words that are not for everyone."""
    raw = road.sample("good-pdf", road.post(f"A message that says {SECRET}"), REFERENCE)
    request = brought(raw, f"Removal order {REFERENCE}", register.ADDRESS)
    road.drive()
    case = Case.objects.get(request=request)
    road.sign(case)
    road.drive()
    case.refresh_from_db()
    assert case.state == "answered", road.refused
    return case


@pytest.fixture(scope="module")
def stray(road: Road) -> Request:
    """A mail that is no order."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = STRANGER, "orders@lantern.example", SUBJECT
    mail["Message-ID"] = "<unseen@stranger.example>"
    mail.set_content(f"The word is {SECRET}.")
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename=f"{SECRET}.pdf")
    found = brought(mail.as_bytes(policy=SMTP), SUBJECT, STRANGER)
    road.drive()
    return found


def everywhere(case: Case, stray: Request) -> list[str]:
    """Each page that tells of a case, a request or a mail, and each list and export."""
    mails = [f"/console/outbox/{mail.id}" for mail in Mail.objects.all()]
    files = [f"{mail}/files/1" for mail in mails]
    at, mail = f"/console/cases/{case.id}", f"/console/requests/{case.request_id}"
    lists = [
        f"/console/{name}?realm=demo{more}" for name in ("", "cases/", "requests/") for more in ("", "&format=csv")
    ]
    parts = [
        f"{at}/timeline",
        f"{at}/decide",
        f"{at}/look?what=text",
        f"{at}/letters/answer",
        f"{at}/letters/answer.pdf",
    ]
    of_mail = [
        mail,
        f"{mail}/raw",
        f"{mail}/parts/2",
        f"/console/requests/{stray.id}",
        f"/console/requests/{stray.id}/raw",
    ]
    found = [f"/console/requests/?realm=demo&q={REFERENCE}", f"/console/?realm=demo&q={SECRET}"]
    return [at, *parts, *of_mail, *mails, *files, *lists, *found]


def words_of(answer: HttpResponseBase) -> str:
    body = b"".join(answer) if answer.streaming else answer.content
    return body.decode("latin-1")


def leaks(client: Client, urls: list[str]) -> list[tuple[str, str]]:
    answers = {url: words_of(client.get(url, follow=True)) for url in urls}
    typed = {url: page.replace(REFERENCE, "") if "q=" in url else page for url, page in answers.items()}
    return [(url, word) for url, page in typed.items() for word in UNSEEN if word in page and f"q={word}" not in url]


def test_it_works_an_auditor_sees_no_content_anywhere(case: Case, stray: Request, at_the_desk) -> None:
    asked(case, at_the_desk("decider"))  # a lift, with a reason in somebody's words
    auditor, urls = at_the_desk("auditor", real=True), everywhere(case, stray)
    before = Event.objects.filter(kind="content.viewed").count()
    assert leaks(auditor, urls) == []
    assert Event.objects.filter(kind="content.viewed").count() == before
    page = auditor.get(f"/console/cases/{case.id}").content.decode()
    for seen in (case.id, case.title, "Not shown in your role", "Valid", "event "):
        assert seen in page


def test_the_same_pages_hold_all_of_it_for_who_may_see_it(case: Case, stray: Request, at_the_desk) -> None:
    """The control: what the test above doesn't find is there."""
    asked(case, at_the_desk("decider"))
    found = {word for _url, word in leaks(at_the_desk("handler"), everywhere(case, stray))}
    assert found == set(UNSEEN)


def test_an_auditor_finds_nothing_by_a_word_of_the_content(case: Case, at_the_desk) -> None:
    """Whether a search answers would tell whether a name is in an order."""
    client = at_the_desk("auditor", real=True)
    for word in (REFERENCE, "nothing-of-the-kind"):
        assert case.id in client.get(f"/console/cases/?realm=demo&q={word}").content.decode()


@pytest.mark.parametrize("path", ["letters/answer", "letters/answer.pdf", "look?what=text", "decide"])
def test_refused_to_an_auditor(case: Case, at_the_desk, path: str) -> None:
    asked(case, at_the_desk("decider"))
    client = at_the_desk("auditor", real=True)
    url = f"/console/cases/{case.id}/{path}"
    assert (client.post(url) if "look" in path else client.get(url)).status_code == 403


def test_each_look_is_an_event(case: Case, at_the_desk, road: Road) -> None:
    client, mail = at_the_desk("handler"), Mail.objects.filter(case=case.id, kind="answer").get()
    for url in (
        f"/console/cases/{case.id}",
        f"/console/cases/{case.id}",
        f"/console/cases/{case.id}/letters/answer.pdf",
        f"/console/cases/{case.id}/timeline",
        f"/console/outbox/{mail.id}",
        f"/console/outbox/{mail.id}/files/1",
        f"/console/requests/{case.request_id}",
        "/console/cases/?realm=demo&format=csv",
        "/console/?realm=demo&format=csv",
    ):
        assert client.get(url).status_code == 200, url
    looks = Event.objects.filter(kind="content.viewed", by=road.person("handler").by).order_by("id")
    said = [event.told["what"] for event in looks]
    assert said == ["case", "letter", "file of a letter", "mail", "cases as a file", "queue as a file"]
    assert [event.case for event in looks] == [case.id] * 4 + [None] * 2


def test_the_hour_of_a_look_is_each_persons_and_each_cases(case: Case, at_the_desk) -> None:
    url = f"/console/cases/{case.id}"
    for role in ("handler", "counsel", "handler"):
        at_the_desk(role).get(url)
    looks = Event.objects.filter(kind="content.viewed", sealed__what="case")
    assert looks.count() == 2
    assert len({event.by for event in looks}) == 2
