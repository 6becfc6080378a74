"""A person looks an authority up in the register that its law names: what they find grades its mail."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hostile.scene import order, signed, take
from hostile.test_outsiders import client_of
from road import Road, open_road

from comity import clock
from comity.authorities import commands as register
from comity.authorities.models import Authority
from comity.cases import checked, document
from comity.cases.models import Case, Finding
from comity.ledger.models import Event
from comity.people.refusals import BadInput, NotAllowed
from comity.vault import commands as vault

pytestmark = pytest.mark.django_db

OFFICE = "demo-online-safety"
THERE = "the Commission's list of authorities, entry Germany 3"


@pytest.fixture
def road() -> Iterator[Road]:
    with open_road() as opened:
        yield opened


@pytest.fixture
def case(road: Road) -> Case:
    """The case of an office that is on our register, with its keys, and that nobody has accredited."""
    Authority.objects.filter(id=OFFICE).update(accredited=False, accredited_at=None, competent_for=[])
    road.receive(road.sample("good-text", road.post()))
    road.drive()
    case = Case.objects.get()
    assert (case.state, case.grade) == ("verifying", "none")
    return case


def look_up(road: Road, case: Case, found: str, on: date | None = None, named: str = THERE) -> None:
    checked.check(road.person("handler"), case.request_id, OFFICE, named, on or clock.now().date(), found)
    road.drive()
    case.refresh_from_db()


def finding(case: Case) -> dict[str, object]:
    doc = Finding.objects.filter(case=case).latest("id").doc
    return vault.get_json(doc)["finding"]


def test_it_works(road: Road, case: Case) -> None:
    look_up(road, case, "designated")
    assert (case.state, case.grade) == ("to-decide", "domain")
    assert finding(case)["outcome"] == "valid"
    event = Event.objects.get(kind="register.checked")
    assert (event.case, event.request, event.public) == (case.id, case.request_id, {"found": "designated"})
    page = client_of(road.person("handler")).get(f"/console/cases/{case.id}").content.decode()
    assert "it stands there, for such orders" in page
    assert "entry Germany 3" in page


def test_an_office_that_stands_there_for_other_orders_is_known_and_not_competent(road: Road, case: Case) -> None:
    look_up(road, case, "other")
    assert case.grade == "domain"
    assert finding(case)["outcome"] == "not-competent"


def test_an_office_that_does_not_stand_there_is_nobody_whatever_our_register_says(road: Road, case: Case) -> None:
    Authority.objects.filter(id=OFFICE).update(accredited=True)
    look_up(road, case, "absent")
    assert (case.state, case.grade) == ("verifying", "none")


def test_who_looks_again_puts_it_right(road: Road, case: Case) -> None:
    look_up(road, case, "absent")
    look_up(road, case, "designated")
    assert case.grade == "domain"


def test_it_counts_for_what_else_waits_of_that_office_and_for_what_comes(road: Road, case: Case) -> None:
    road.receive(road.sample("good-text", road.post(), "OOS-2026-2000"))
    road.drive()
    look_up(road, case, "designated")
    road.receive(road.sample("good-text", road.post(), "OOS-2026-3000"))
    road.drive()
    assert list(Case.objects.values_list("grade", flat=True)) == ["domain"] * 3


def test_it_ends_with_the_entry_of_our_register(road: Road, case: Case) -> None:
    look_up(road, case, "designated")
    register.sync([])
    assert register.last_check(OFFICE, case.instrument) is None


@pytest.mark.soak
def test_it_says_nothing_of_an_order_that_is_not_signed(road: Road, case: Case) -> None:
    road.receive(road.sample("forged", road.post()))
    look_up(road, case, "designated")
    assert "none" in Case.objects.exclude(id=case.id).values_list("grade", flat=True)


def test_it_counts_for_a_mail_that_only_names_its_act(road: Road, case: Case) -> None:
    text = "Ref: A-1\nEuropean Production Order Certificate under Regulation (EU) 2023/1543, see attached.\n"
    mail = order(road, road.post(), "OOS-2026-N")
    mail.set_content(text)
    request = take(road, signed(mail))
    assert (request.kind, request.grade) == ("mail", "none")
    on = clock.now().date()
    checked.check(road.person("handler"), request.id, OFFICE, "the list of the judicial network", on, "designated")
    road.drive()
    request.refresh_from_db()
    assert request.grade == "domain"
    facts = document.judged(document.of(request))["facts"]
    assert facts["authority"]["accredited"] is True
    assert facts["authority"]["competent_for"] == ["eu-eevidence-production"]
    case.refresh_from_db()
    assert case.grade == "none", "another kind of order, looked up in another register"


@pytest.mark.soak
def test_a_mail_that_names_no_act_makes_no_office_competent_for_anything(road: Road, case: Case) -> None:
    mail = order(road, road.post(), "OOS-2026-P")
    mail.set_content("Good morning, whom may we call about your procedures?\n")
    request = take(road, signed(mail))
    checked.check(road.person("handler"), request.id, OFFICE, THERE, clock.now().date(), "designated")
    road.drive()
    request.refresh_from_db()
    assert request.grade == "domain"
    assert document.judged(document.of(request))["facts"]["authority"]["competent_for"] == []


def test_the_case_asks_for_it_and_the_form_does_it(road: Road, case: Case) -> None:
    client, path = client_of(road.person("handler")), f"/console/requests/{case.request_id}/check"
    page = client.get(f"/console/cases/{case.id}").content.decode()
    assert "Check its authority against the register of its law" in page
    assert path in page
    form = client.get(path).content.decode()
    assert "the Commission publishes the list" in form
    today = clock.now().date().isoformat()
    said = {"authority": OFFICE, "register": THERE, "looked_on": today, "found": "designated"}
    assert client.post(path, said)["Location"] == f"/console/cases/{case.id}"
    road.drive()
    case.refresh_from_db()
    assert case.grade == "domain"


def test_what_cannot_be_written_down_names_its_rule(road: Road, case: Case) -> None:
    tomorrow = clock.now().date() + timedelta(days=1)
    for wrong, field in (
        ({"found": "perhaps"}, "found"),
        ({"named": " "}, "register"),
        ({"on": tomorrow}, "looked_on"),
        ({"on": date(2020, 1, 1)}, "looked_on"),
    ):
        with pytest.raises(BadInput) as refused:
            look_up(road, case, **{"found": "designated", **wrong})
        assert refused.value.field == field
    Authority.objects.filter(id=OFFICE).update(phone="")
    with pytest.raises(BadInput, match="the number"):
        look_up(road, case, "designated")


def test_who_decides_does_not_check(road: Road, case: Case) -> None:
    with pytest.raises(NotAllowed):
        checked.check(road.person("decider"), case.request_id, OFFICE, THERE, clock.now().date(), "designated")
