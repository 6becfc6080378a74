"""One mail, several orders: one request, a case and an answer for each, and none knows of the others' people."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile.scene import decide, seen, take, two_orders
from hostile.test_outsiders import client_of
from road import Road, open_road

from comity.cases import commands as cases
from comity.cases import deciding, document, find
from comity.cases.models import Case, Request
from comity.ledger.models import Event
from comity.notifications import copies
from comity.outbox.models import Mail
from comity.people.refusals import BadInput

pytestmark = pytest.mark.django_db
FRENCH = Path(__file__).parents[1] / "data" / "orders" / "05-tco-fr-html-two-orders.eml"


@pytest.fixture
def road() -> Iterator[Road]:
    with open_road() as opened:
        yield opened


def opened(request: Request) -> list[Case]:
    return list(Case.objects.filter(request=request).order_by("order"))


def reference(case: Case) -> str:
    return str(deciding.finding_of(case)["facts"]["form"]["reference"])


@pytest.mark.slow
def test_each_order_is_decided_carried_out_and_answered_by_itself(road: Road) -> None:
    request = take(road, two_orders(road))
    assert "several-orders" in request.flags
    first, second = opened(request)
    assert (reference(first), reference(second)) == ("OOS-2026-A", "OOS-2026-B")
    assert not road.refused
    assert decide(road, second).state == "answered"
    first.refresh_from_db()
    assert first.state == "to-decide"
    assert decide(road, first).state == "answered"
    assert sorted(Mail.objects.values_list("case", "kind")) == sorted(
        (case.id, kind) for case in (first, second) for kind in ("acknowledgement", "answer")
    )


@pytest.mark.soak
def test_what_was_carried_out_is_what_that_order_names(road: Road) -> None:
    first, second = opened(take(road, two_orders(road)))
    decide(road, first)
    (url,), (other,) = ([t["ref"] for t in deciding.finding_of(case)["facts"]["targets"]] for case in (first, second))
    assert (seen(url, "FR"), seen(other, "FR")) == ("withheld", "visible")


@pytest.mark.slow
def test_the_same_mail_again_joins_both(road: Road) -> None:
    raw = two_orders(road)
    first, second = opened(take(road, raw))
    again = take(road, raw)
    assert set(again.joined.values_list("case", "how")) == {(first.id, "duplicate"), (second.id, "duplicate")}
    assert Case.objects.count() == 2


@pytest.mark.slow
def test_a_correction_of_one_leaves_what_was_signed_of_the_other(road: Road) -> None:
    request = take(road, two_orders(road))
    first, second = opened(request)
    deciding.sign(road.person("decider", "BE"), first.id, first.act, None)
    cases.correct(road.person("handler"), request.id, "form.reference", "OOS-2026-C", order=second.order)
    road.drive()
    assert (reference(first), reference(second)) == ("OOS-2026-A", "OOS-2026-C")
    assert list(Event.objects.filter(kind="facts.corrected").values_list("case", flat=True)) == [second.id]
    deciding.sign(road.person("decider", "EE"), first.id, first.act, None)
    road.drive()
    first.refresh_from_db()
    assert first.state == "answered"


@pytest.mark.slow
def test_each_is_found_by_its_own_number_and_both_by_what_they_share(road: Road) -> None:
    request = take(road, two_orders(road))
    first, second = opened(request)
    for text, wanted in (("OOS-2026-A", {first.id}), ("OOS-2026-B", {second.id})):
        found, alone = find.search(text, "demo")
        assert ({case.id for case in found}, alone) == (wanted, [])
    shared = str(document.of(request)["reading"]["envelope"]["from"]["address"])
    assert {case.id for case in find.search(shared, "demo")[0]} == {first.id, second.id}


@pytest.mark.slow
def test_a_copy_of_one_order_never_shows_the_other(road: Road) -> None:
    first, _ = opened(take(road, two_orders(road)))
    with pytest.raises(BadInput, match="other orders"):
        copies.order_of(first)


def test_nor_where_the_other_has_no_case_of_its_own_here(road: Road) -> None:
    (first,) = opened(take(road, two_orders(road, issued="31 December 9999 23:59 CET")))
    with pytest.raises(BadInput, match="other orders"):
        copies.order_of(first)


@pytest.mark.slow
def test_the_pages_of_both_cases_and_of_the_mail_lead_to_each_other(road: Road) -> None:
    request = take(road, two_orders(road))
    client = client_of(road.person("handler"))
    mail = client.get(f"/console/requests/{request.id}").content.decode()
    for case in opened(request):
        shown = client.get(f"/console/cases/{case.id}")
        assert shown.status_code == 200
        assert reference(case) in shown.content.decode()
        assert f"/console/cases/{case.id}" in mail


@pytest.mark.slow
def test_only_the_order_that_forbids_disclosure_is_flagged_so(road: Road) -> None:
    request = take(road, FRENCH.read_bytes())
    (alone,) = opened(request)  # nobody signed it
    assert "non-disclosure" in document.of_case(alone)["of_others"]
    cases.record_callback(road.person("handler"), request.id, "demo-online-safety", confirmed=True)
    road.drive()
    first, second = opened(request)
    assert (reference(first), reference(second)) == ("2027/TE/014-A", "2027/TE/014-B")
    assert "non-disclosure" in document.of_case(first)["of_others"]
    assert "non-disclosure" not in document.of_case(second)["of_others"]
    assert deciding.finding_of(first)["facts"]["form"]["non_disclosure"] is False
    assert deciding.finding_of(second)["facts"]["form"]["non_disclosure"] is True


@pytest.mark.slow
def test_one_that_holds_what_no_order_can_waits_for_a_person_beside_the_others_case(road: Road) -> None:
    request = take(road, two_orders(road, issued="31 December 9999 23:59 CET"))
    (first,) = opened(request)
    assert (reference(first), request.lane) == ("OOS-2026-A", "triage")
    shown = client_of(road.person("handler")).get(f"/console/requests/{request.id}").content.decode()
    assert "One of its orders" in shown
    assert f"The rest is dealt with in case {first.id}" in shown
    assert decide(road, first).state == "answered"
