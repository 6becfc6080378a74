"""What came on paper typed in, and one claim that came by two ways joined to one, once."""

from datetime import timedelta

import pytest
from cases.test_waiting import mail
from road import Road

from comity import clock
from comity.alerts import commands as alerts
from comity.cases.models import Case, Request
from comity.claims import commands, entering, passing
from comity.claims.models import Claim
from comity.outbox.models import Mail
from comity.people.refusals import BadInput, NotAllowed

from .scene import SUMMONS, THREAT, again, came, is_sorted, made, post, request_of, staff, typed

pytestmark = pytest.mark.django_db


def test_it_works(road: Road) -> None:
    """A fax and a mail of one summons: found by the file number, joined, sorted once, both papers passed on."""
    counsel = road.person("counsel")
    fax = entering.enter(counsel, "demo", typed(scan=b"%PDF-1.4\n%%EOF", scan_name="page.pdf"))
    road.drive()
    assert road.refused == []
    assert [alert.kind for alert in alerts.open_in("demo")] == ["claim.found"]
    request = request_of(fax)
    assert (request.door, request.top, request.lane) == ("fax", 1, "triage")
    assert "person-lever" in request.flags
    assert not Mail.objects.filter(request=request.id).exists(), "a fax has no address that is answered"
    same = came(road, SUMMONS, "Summons to Ms Okafor")
    assert [one.id for one in commands.alike(again(fax))] == [same.id]
    commands.join(counsel, fax.id, same.id)
    with pytest.raises(BadInput, match="already"):
        commands.join(counsel, fax.id, same.id)
    assert commands.alike(again(fax)) == []
    with pytest.raises(BadInput, match="act there"):
        commands.sort(counsel, same.id, "yes", "no", "It is one.")
    is_sorted(road, fax, "yes", "no")
    for one in (fax, same):
        said = dict(request_of(one).questions.values_list("name", "answer"))
        assert said == {"court": "yes", "pressure": "no"}
    passing.instruct(counsel, fax.id, post(road).pk)
    files = [part.get_filename() for part in made(Mail.objects.get(kind="claim-papers")).iter_attachments()]
    assert files == [f"{fax.request_id}.eml", "page.pdf", f"{same.request_id}.eml"]
    assert {request_of(one).lane for one in (fax, same)} == {"answered"}
    assert not alerts.open_in("demo").exists()


def test_what_comes_by_another_way_later_is_as_what_it_joins(road: Road) -> None:
    counsel = road.person("counsel")
    one = came(road, THREAT, "First")
    is_sorted(road, one, "no", "yes")
    passing.answer(counsel, one.id, "By the lawful door.")
    two = came(road, THREAT, "Second")
    commands.join(counsel, one.id, two.id)
    request = request_of(two)
    assert (request.lane, request.top, request.due) == ("answered", 0, None)
    assert not alerts.open_in("demo").filter(kind="claim.found").exists()


def test_what_cannot_be_joined(road: Road) -> None:
    counsel = road.person("counsel")
    one, two = came(road, THREAT, "First"), came(road, THREAT, "Second")
    for other in (one.id, "P-00000000"):
        with pytest.raises(BadInput):
            commands.join(counsel, one.id, other)
    with pytest.raises(NotAllowed):
        commands.join(road.person("handler"), one.id, two.id)
    is_sorted(road, two, "no", "yes")
    passing.answer(counsel, two.id, "By the lawful door.")
    with pytest.raises(BadInput, match="instead"):
        commands.join(counsel, one.id, two.id)
    Claim.objects.filter(id=one.id).update(realm="drill")
    Request.objects.filter(id=one.request_id).update(realm="drill")
    with pytest.raises((BadInput, NotAllowed)):
        commands.join(counsel, two.id, one.id)


@pytest.mark.parametrize("door", ["fax", "post", "phone", "hand"])
def test_it_comes_by_every_door_and_is_answered_where_an_address_is_known(road: Road, door: str) -> None:
    claim = entering.enter(road.person("handler"), "demo", typed(door, text=THREAT, address="office@state.example"))
    road.drive()
    assert road.refused == []
    assert (again(claim).door, request_of(claim).kind) == (door, "mail")
    assert Mail.objects.filter(request=claim.request_id, kind="acknowledgement").count() == 1
    is_sorted(road, claim, "no", "yes")
    passing.answer(road.person("counsel"), claim.id, "By the lawful door.")
    assert made(Mail.objects.get(kind="claim-letter"))["To"] == "office@state.example"


def test_on_paper_where_no_address_is_known(road: Road) -> None:
    claim = entering.enter(road.person("handler"), "demo", typed(text=THREAT))
    road.drive()
    is_sorted(road, claim, "no", "yes")
    assert not passing.can_mail(again(claim))
    with pytest.raises(BadInput, match="on paper"):
        passing.answer(road.person("counsel"), claim.id, "By the lawful door.")
    assert again(claim).pressure == "registered"
    passing.answer(road.person("counsel"), claim.id, "By the lawful door.", how="post")
    assert again(claim).sent.get().how == "post"


def test_what_is_refused_when_it_is_typed(road: Road) -> None:
    handler, now = road.person("handler"), clock.now()
    for wrong, says in (
        ({"door": "pigeon"}, "one of"),
        ({"at": now + timedelta(hours=1)}, "future"),
        ({"at": now - timedelta(days=90)}, "60 days"),
        ({"sender": " "}, "who sent it"),
        ({"subject": ""}, "what it is about"),
        ({"text": "\n"}, "what it says"),
        ({"address": "nobody"}, "address"),
        ({"scan": b"x" * 10_000_001}, "10 MB"),
    ):
        with pytest.raises(BadInput, match=says):
            entering.enter(handler, "demo", typed(**wrong))
    with pytest.raises(NotAllowed):
        entering.enter(staff("auditor"), "demo", typed())
    assert not Claim.objects.exists()


def test_hostile_words_in_what_is_typed_stay_words(road: Road) -> None:
    claim = entering.enter(
        road.person("handler"),
        "demo",
        typed(
            sender='"x" <evil@state.example>\nBcc: all@state.example',
            subject="a\r\nBcc: b@c.example",
            text="\0Ü\nFrom x",
        ),
    )
    road.drive()
    assert road.refused == []
    assert not request_of(claim).flags.count("doubled-header")


ORDINARY = {
    "a user who was arrested": "I was arrested last week in Berlin and my account is gone. Can you help me?",
    "a warrant against a user": (
        "Search warrant. To the provider: produce the subscriber records of the account below of your user John Doe,\n"
        "who is charged with fraud. Case no. 5:26-cr-101."
    ),
    "a user who was summoned": "My landlord has summoned me to court on 14 December. Where can I download my chats?",
    "a lawyer of a user": "My client, a user of yours, is to appear in court next week. He asks for his data.",
    "a newsletter": "Our conference on platform law: hear Judge Ada Lind on 14 December at the City Court.",
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY.keys())
def test_what_is_about_nobody_of_ours_opens_no_claim(road: Road, text: str) -> None:
    road.receive(mail(f"{text}\n", "A question"))
    road.drive()
    assert road.refused == []
    assert not Claim.objects.exists()


def test_an_order_with_a_threat_in_it_is_a_case_and_a_claim_each_with_its_own_life(road: Road) -> None:
    raw = road.sample("forged", road.post())
    request = road.receive(raw + THREAT.encode())
    road.drive()
    claim, case = Claim.objects.get(request=request), Case.objects.get(request=request)
    before = case.outcome
    is_sorted(road, claim, "no", "yes")
    passing.answer(road.person("counsel"), claim.id, "By the lawful door.")
    road.drive()
    case.refresh_from_db()
    assert (case.open, case.outcome, again(claim).pressure) == (True, before, "answered")
    assert (request_of(claim).lane, request_of(claim).top) == ("answered", 0)
    assert road.refused == []
