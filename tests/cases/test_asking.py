"""What words can't decide is put to a person: danger to a life, process or harm against one of ours, access."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cases.test_waiting import events, judged, mail, waiting
from django.http import QueryDict
from road import Road, open_road

from comity import clock
from comity.alerts import commands as alerts
from comity.cases import asking, document, entering
from comity.cases import commands as cases
from comity.cases.models import Case, Question, Request
from comity.desk import entering as typing
from comity.desk import order, queue, requests
from comity.outbox.models import Mail
from comity.people.models import Person
from comity.people.refusals import BadInput, NotAllowed

pytestmark = pytest.mark.django_db
ORDERS = Path(__file__).parent.parent / "data" / "orders"
UTC_ZONE = ZoneInfo("UTC")
THREAT = "If the data are not in this mailbox by Friday, your employee will be detained.\n"
SUMMONS = (
    "You are hereby summoned to appear in person before the Metropolitan Magistrate, Court No. 19, on\n"
    "14 December at 10.30 a.m., to answer a complaint. To: Ms Okafor, Head of Compliance of your company.\n"
)
DANGER = "URGENT: a child was abducted, her life is at risk. Please locate the user now, the police are here.\n"


@pytest.fixture
def road() -> Iterator[Road]:
    with open_road() as opened:
        yield opened


def clocks(request: Request) -> dict[str, datetime | None]:
    return {row.name: row.due_target for row in request.deadlines.all()}


def kinds(realm: str = "demo") -> list[str]:
    return [alert.kind for alert in alerts.open_in(realm)]


def test_it_works(road: Road) -> None:
    """A threat: two questions, neither known; counsel alerted, Friday on the queue as theirs, a neutral receipt."""
    request = waiting(road, mail(THREAT))
    assert "person-lever" in request.flags
    assert dict(request.questions.values_list("name", "answer")) == {"court": "", "pressure": ""}
    checks = {check["id"]: check["holds"] for check in judged(request)["finding"]["checks"]}
    assert checks == {"no-judicial-process": None, "no-threat": None}
    assert kinds() == ["claim.found"]
    theirs = request.deadlines.get(name="theirs")
    assert theirs.theirs
    assert theirs.due_legal is not None
    assert theirs.due_legal.weekday() == 4
    assert request.due == min(at for at in clocks(request).values() if at)
    assert request.top == 1
    [receipt] = Mail.objects.filter(request=request.id, kind="acknowledgement")
    assert events(request, "claim.found")


def test_an_answer_stands_unless_counsel_puts_it_right(road: Road) -> None:
    request = waiting(road, mail(DANGER))
    handler = road.person("handler")
    asking.answer(handler, request.id, "danger", "unsure")
    asking.answer(handler, request.id, "danger", "yes")
    asking.answer(handler, request.id, "danger", "yes")
    with pytest.raises(NotAllowed):
        asking.answer(handler, request.id, "danger", "no")
    asking.answer(road.person("counsel"), request.id, "danger", "no")
    assert Question.objects.get(request=request, name="danger").answer == "no"
    told = [event.told for event in events(request, "question.answered")]
    assert told == [{"question": "danger", "answer": answer} for answer in ("unsure", "yes", "no")]
    for name, said in (("court", "yes"), ("danger", "perhaps"), ("access", "yes")):
        with pytest.raises(BadInput):
            asking.answer(handler, request.id, name, said)


def test_a_summons_keeps_its_date(road: Road) -> None:
    with clock.freeze(datetime.fromisoformat("2026-11-29T20:00:00+00:00")):
        request = waiting(road, mail(SUMMONS, "Summons to Ms Okafor, Head of Compliance"))
    assert clocks(request)["theirs"] == datetime.fromisoformat("2026-12-14T09:30:00+00:00")


def test_danger_stands_on_top_in_the_clocks_of_its_rule_whoever_sent_it(road: Road) -> None:
    other = waiting(road, mail("Where can I find your terms of use?\n", "A question"))
    request = waiting(road, mail(DANGER, "URGENT: child abducted, life at risk"))
    at = request.received_at.replace(microsecond=0)
    minutes = {name: due - at for name, due in clocks(request).items() if due}
    assert minutes == {
        "acknowledge": timedelta(minutes=5),
        "act": timedelta(minutes=30),
        "review": timedelta(hours=72),
    }
    assert (request.top, sorted(kinds()[:2])) == (2, ["danger.found", "ring.unanswered"])  # nobody is on duty here
    assert [place.id for place in order.page("demo", "", None, 10)[0]] == [request.id, other.id]
    assert judged(request)["finding"]["pack"] == "own-hotline"
    assert [row.title.partition(":")[0] for row in queue.page("demo", {}, ()).rows][0] == "Danger to a life, perhaps"


def test_in_the_subject_alone(road: Road) -> None:
    request = waiting(road, mail("See above.\n", "URGENT: child abducted, her life is at risk, please help now"))
    assert request.top == 2


def test_nobody_sorts_it_before_a_person_has_said_what_it_is(road: Road) -> None:
    request, handler = waiting(road, mail(DANGER)), road.person("handler")
    for lane in ("support", "counsel"):
        with pytest.raises(BadInput, match="life"):
            cases.sort(handler, request.id, lane, "Please write to our support.")
    asking.answer(handler, request.id, "danger", "no")
    request.refresh_from_db()
    assert (request.top, request.deadlines.filter(name="act", stopped_at=None).exists()) == (1, False)
    cases.sort(handler, request.id, "support", "Please write to our support.")
    threat = waiting(road, mail(THREAT))
    with pytest.raises(BadInput, match="claims desk"):
        cases.sort(handler, threat.id, "not-ours", "Not ours.")
    cases.sort(handler, threat.id, "counsel", "")


def test_a_danger_is_acted_on_and_looked_at_again(road: Road) -> None:
    request, handler = waiting(road, mail(DANGER)), road.person("handler")
    with pytest.raises(BadInput, match="first say"):
        asking.done(handler, request.id, "act", "Police told.")
    asking.answer(handler, request.id, "danger", "yes")
    with pytest.raises(BadInput):
        asking.done(handler, request.id, "act", " ")
    asking.done(handler, request.id, "act", "The police of Ghent have it, file 12; the account is preserved.")
    request.refresh_from_db()
    assert request.top == 1
    asking.done(road.person("counsel"), request.id, "review", "She was found.")
    request.refresh_from_db()
    assert (request.top, request.lane) == (0, "triage")
    assert events(request, "danger.acted")
    assert events(request, "danger.reviewed")


def test_that_there_is_no_danger_is_reviewed_by_somebody_else(road: Road) -> None:
    request, said_so = waiting(road, mail(DANGER)), road.person("decider")
    asking.answer(said_so, request.id, "danger", "no")
    request.refresh_from_db()
    assert (request.top, request.due) == (1, clocks(request)["review"])
    assert queue.why(request)[0] == "No danger, somebody said"
    with pytest.raises(NotAllowed, match="who said what it is"):
        asking.done(said_so, request.id, "review", "I read it again.")
    with pytest.raises(NotAllowed):
        asking.done(road.person("handler"), request.id, "review", "I read it, too.")
    with pytest.raises(BadInput):
        asking.done(road.person("counsel"), request.id, "act", "Nothing was done.")
    assert requests.page(request, said_so).done is None
    form = requests.page(request, road.person("counsel")).done
    assert form is not None
    assert form.button == "I read it again: there is none"
    asking.done(road.person("counsel"), request.id, "review", "It is the plot of a film.")
    request.refresh_from_db()
    assert (request.top, request.lane) == (0, "triage")


def test_where_nobody_else_can_who_said_so_reviews_it(road: Road) -> None:
    request, alone = waiting(road, mail(DANGER)), road.person("counsel")
    Person.objects.exclude(id=alone.id).filter(realm="demo").update(roles=["handler"])
    asking.answer(alone, request.id, "danger", "no")
    asking.done(alone, request.id, "review", "I read it again.")
    request.refresh_from_db()
    assert request.top == 0


def test_a_review_that_finds_danger_puts_the_answer_right(road: Road) -> None:
    request = waiting(road, mail(DANGER))
    asking.answer(road.person("handler"), request.id, "danger", "no")
    asking.answer(road.person("counsel"), request.id, "danger", "yes")
    request.refresh_from_db()
    assert (request.top, request.deadlines.get(name="act").stopped_at) == (2, None)


def test_an_order_that_speaks_of_danger_has_its_case_and_stands_on_top(road: Road) -> None:
    raw = road.sample("forged", road.post())
    request = road.receive(raw + DANGER.replace("\n", "\r\n").encode())
    road.drive()
    request.refresh_from_db()
    assert Case.objects.filter(request=request).exists()
    assert (request.top, request.lane) == (2, "triage")


def test_access_is_recognised_without_a_word_of_power_and_refused_by_no_word(road: Road) -> None:
    for text in ("Hand over the encryption keys and give our service standing access.\n",):
        request = waiting(road, mail(text))
        finding = judged(request)["finding"]
        assert (finding["pack"], finding["outcome"]) == ("own-access-demand", "needs-person")
        assert dict(request.questions.values_list("name", "answer")) == {"access": ""}


@pytest.mark.soak
def test_the_badge_counts_what_waits_for_a_person(road: Road) -> None:
    for n in range(5):
        waiting(road, mail(f"A question, number {n}.\n", f"Question {n}"))
    [count] = queue.counts(["demo"])
    assert count.count == 5


def test_what_nobody_recognised_is_not_last(road: Road) -> None:
    """It has a clock, and stands among the orders of unproven senders by it, before what waits for somebody else."""
    request = waiting(road, mail("We need to talk about your obligations.\n", "Obligations"))
    assert request.due is not None
    assert clocks(request).keys() == {"answer"}


FACTS = [
    {"path": "form.issuing_state", "value": "FR", "where": "box A"},
    {"path": "form.issuing_authority", "value": "Tribunal judiciaire de Paris", "where": "page 1"},
    {"path": "data", "value": [{"category": "subscriber", "items": ["name"]}], "where": "page 2"},
]


def test_a_case_is_opened_by_hand_with_who_typed_it(road: Road) -> None:
    request = waiting(road, mail("Please find attached our EPOC.\n", "EPOC"))
    handler = road.person("handler")
    entering.enter(handler, request.id, "eu-eevidence-production", FACTS)
    road.drive()
    assert road.refused == []
    case = Case.objects.get(request=request)
    request.refresh_from_db()
    assert (case.instrument, request.lane, request.top) == ("eu-eevidence-production", "", 0)
    typed = document.order(document.of(request))
    assert (typed["source"], typed["by"]) == ("person", handler.by)
    assert typed["places"]["form.issuing_state"]["where"] == "box A"
    with pytest.raises(BadInput):
        entering.enter(handler, request.id, "eu-eevidence-production", FACTS)


@pytest.mark.parametrize(
    ("instrument", "facts"),
    [
        ("own-no-pack", FACTS),
        ("eu-eevidence-production", []),
        ("eu-eevidence-production", [{"path": "authority.verification", "value": "signature"}]),
        ("eu-eevidence-production", [{"path": "form.issuing_state", "value": 7}]),
    ],
)
def test_what_cannot_be_entered_names_its_rule(road: Road, instrument: str, facts: list[dict[str, object]]) -> None:
    request = waiting(road, mail("Please find attached our order.\n"))
    with pytest.raises(BadInput):
        entering.enter(road.person("handler"), request.id, instrument, facts)
    with pytest.raises(NotAllowed):
        entering.enter(road.person("decider"), request.id, "eu-eevidence-production", FACTS)


@pytest.mark.soak
def test_what_names_its_act_is_not_called_unrecognised(road: Road) -> None:
    """Two letters of offices in forms that nothing here reads, and a question of nobody's."""
    for name in ("09-dsa-fr-court-letter.eml", "10-us-2703f-letter.eml"):
        request = waiting(road, (ORDERS / name).read_bytes())
        assert request.kind == "mail"
        assert queue.why(request)[0] == "Not read, but it names its act"
    assert queue.why(waiting(road, mail("Where can I find your terms of use?\n", "A question")))[0] == "Not recognised"


def test_the_form_to_type_an_order_begins_with_what_every_order_says(road: Road) -> None:
    request = waiting(road, mail("Please find our order attached.\n", "Removal order"))
    page = typing.page(request, "eu-tco-removal-order", "/enter")
    fields = [field for field in page.form.fields if not field.name.startswith("where:")]
    assert [field.name for field in fields][1:5] == list(entering.ALWAYS)
    assert len({field.label for field in page.form.fields}) == len(page.form.fields), "each is called differently"
    by_name = {field.name: field for field in fields}
    assert by_name["form.issuing_state"].hint == "Two letters, such as FR"
    assert "qualified" in [choice.value for choice in by_name["form.signature"].choices]
    given = QueryDict("form.signature=simple&non_disclosure.renewals=1")
    typed = {one["path"]: one["value"] for one in typing.typed("eu-tco-removal-order", request, given, UTC_ZONE)}
    assert typed == {"form.signature": {"kind": "simple"}, "non_disclosure.renewals": 1}
