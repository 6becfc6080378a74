"""A measure that stands longer than records are kept: it can be looked at, answered for, lifted; then it goes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import amount
import pytest
from desk.conftest import HOST
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hostile.scene import decide, lift, opened, seen, snapshot
from road import Road

from comity import clock
from comity.cases import deciding, document
from comity.cases.models import Case, Term
from comity.measures.models import Measure, Preserved
from comity.notifications import commands as notifications
from comity.notifications import keeping
from comity.notifications.models import Complaint, Notification
from comity.outbox.models import Mail
from comity.road import BY_THE_CLOCK
from comity.vault import commands as vault
from comity.vault.models import Blob

STEP = timedelta(days=13)


def tick() -> None:
    for command in BY_THE_CLOCK:
        command(clock.now())


def until(at: datetime) -> None:
    """Let a frozen clock go on to an instant and do on the way what time brings about, in `make soak` each twice."""
    while clock.now() < at:
        clock.advance(min(STEP, at - clock.now()).total_seconds())
        tick()
        if amount.SOAK:
            tick()


def days(count: float) -> timedelta:
    return timedelta(days=count)


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of its own: with years that pass, those of past months are destroyed, and others' must not be among them."""
    monkeypatch.setattr(settings, "COMITY", replace(settings.COMITY, data=tmp_path))


@pytest.fixture
def start(road: Road):
    """The clock, held at the test's begin."""
    with clock.freeze(clock.now()):
        yield clock.now()


def withheld(road: Road, url: str, reference: str = "OOS-2026-K") -> Case:
    """A case whose measure stands."""
    case = decide(road, opened(road, url, reference))
    assert case.state == "answered", road.refused
    return case


def statement(case: Case) -> str:
    found = Notification.objects.get(case=case)
    return f"/statement/{notifications.token_of(found.event, found.target)}"


def readable(case: Case) -> set[str]:
    """The references of a case under which something can be opened."""
    return set(vault.get_many(list(keeping.references(case))))


@pytest.mark.soak
def test_years_later_it_is_looked_at_answered_lifted_and_then_forgotten(
    road: Road, start: datetime, at_the_desk: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SESSION_COOKIE_AGE", int(days(3650).total_seconds()))  # by the machine's own clock
    url = road.post()
    before = snapshot(url)
    case = withheld(road, url)
    until(start + days(2.5 * settings.COMITY.keep_days))
    desk, author = at_the_desk("counsel"), Client(**HOST)
    for page in ("", "/timeline", "/decide", "/letters/answer.pdf"):
        assert desk.get(f"/console/cases/{case.id}{page}").status_code == 200, page
    for page in ("", "/raw"):
        assert desk.get(f"/console/requests/{case.request_id}{page}").status_code == 200, page
    for mail in Mail.objects.filter(case=case.id):
        assert desk.get(f"/console/outbox/{mail.id}").status_code == 200, mail.kind
    assert author.get(statement(case)).status_code == 200
    assert author.post(statement(case), {"text": "It was art."}).status_code == 302
    road.drive()
    complaint = Complaint.objects.get()
    desk.post(f"/console/cases/{case.id}/complaints/{complaint.id}", {"text": "So it was.", "copy": "true"})
    assert "So it was." in author.get(statement(case)).content.decode()
    assert author.get(f"{statement(case)}/order").status_code == 200
    assert not Preserved.objects.filter(doc__in=Blob.objects.values("ref")), "a preserved copy has an end of its own"
    assert seen(url, "DE") == "withheld"
    case = lift(road, case)
    assert case.state == "lifted", road.refused
    assert (seen(url, "DE"), snapshot(url)) == ("visible", before)
    assert desk.get(f"/console/cases/{case.id}").status_code == 200
    assert author.get(statement(case)).status_code == 200
    until(clock.now() + days(settings.COMITY.keep_days))
    assert Blob.objects.count() == 0
    assert desk.get(f"/console/cases/{case.id}").status_code == 410
    assert author.get(statement(case)).status_code == 404


@pytest.mark.slow
def test_without_a_standing_measure_it_is_forgotten_at_its_date(road: Road, start: datetime) -> None:
    undecided = opened(road, road.post(), "OOS-2026-U")
    lifted = lift(road, withheld(road, road.post(), "OOS-2026-L"))
    ends = [case.request.until for case in (undecided, lifted)]
    until(min(ends) - days(1))
    assert all(deciding.finding_of(case) for case in (undecided, lifted))
    until(max(ends))
    for case, end in zip((undecided, lifted), ends, strict=True):
        case.request.refresh_from_db()
        assert case.request.until == end
        with pytest.raises(vault.Gone):
            document.of(case.request)
    until(max(ends) + days(1))
    assert Blob.objects.count() == 0


@pytest.mark.slow
def test_a_gateway_that_was_down_past_the_end_forgets_nothing_that_stands(road: Road, start: datetime) -> None:
    case = withheld(road, road.post())
    kept = readable(case)
    clock.advance(days(settings.COMITY.keep_days + 1).total_seconds())
    tick()
    assert readable(case) == kept
    assert lift(road, case).state == "lifted", road.refused


@pytest.mark.soak
def test_of_many_whose_end_has_passed_none_is_left_to_be_forgotten(
    road: Road, start: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "AT_ONCE", 1)
    found = [withheld(road, road.post(), f"OOS-2026-M{n}") for n in range(3)]
    kept = [readable(case) for case in found]
    clock.advance(days(settings.COMITY.keep_days + 1).total_seconds())
    tick()
    assert [readable(case) for case in found] == kept


@pytest.mark.slow
def test_killed_at_any_blob_it_goes_on(road: Road, start: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    case = withheld(road, road.post())
    until(case.request.until - days(settings.COMITY.keep_days / 10 + 1))
    clock.advance(days(2).total_seconds())
    genuine, all_of_it = vault.extend, set(keeping.references(case))
    for number in range(len(all_of_it)):
        left = iter(range(number))

        def extend(ref: str, end: datetime, left=left) -> None:
            if next(left, None) is None:
                raise KeyboardInterrupt
            genuine(ref, end)

        monkeypatch.setattr(vault, "extend", extend)
        with pytest.raises(KeyboardInterrupt):
            keeping.keep_standing(clock.now())
    monkeypatch.setattr(vault, "extend", genuine)
    keeping.keep_standing(clock.now())
    ends = set(Blob.objects.filter(ref__in=all_of_it).values_list("until", flat=True))
    case.request.refresh_from_db()
    assert min(ends) == case.request.until == Measure.objects.get(case=case).until > clock.now() + days(100)
    assert set(Term.objects.filter(case=case).values_list("until", flat=True)) == {case.request.until}


@pytest.mark.soak
def test_what_was_being_sealed_as_the_end_was_put_off_is_kept_as_long(road: Road, start: datetime) -> None:
    case = withheld(road, road.post())
    until(case.request.until - days(settings.COMITY.keep_days / 10 + 1))
    clock.advance(days(2).total_seconds())
    late = Notification.objects.select_related("case__request").get(case=case)
    keeping.keep_standing(clock.now())
    notifications.complain(late, "Written as the end was put off")
    keeping.keep_standing(clock.now())
    until(late.case.request.until + days(1))
    assert [told.text for told in notifications.complaints_of(case)] == ["Written as the end was put off"]


@pytest.mark.slow
def test_where_no_end_is_near_it_asks_once(road: Road, start: datetime) -> None:
    withheld(road, road.post())
    with CaptureQueriesContext(
        connection,
    ) as asked:
        keeping.keep_standing(clock.now())
    assert len(asked) == 1
    with connection.cursor() as cursor:
        cursor.execute("set enable_seqscan = off")
        cursor.execute("explain " + asked[0]["sql"])
        plan = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("reset enable_seqscan")
    assert "measure_standing" in plan, plan


@pytest.mark.soak
def test_a_lift_is_seen_to_work_where_the_other_case_is_forgotten(road: Road, start: datetime) -> None:
    url = road.post()
    first = withheld(road, url, "OOS-2026-A")
    clock.advance(60)
    second = withheld(road, url, "OOS-2026-B")
    clock.advance(60)
    lift(road, first)
    until(start + days(settings.COMITY.keep_days + 1))
    with pytest.raises(vault.Gone):
        vault.get(Measure.objects.get(case=first).targets)
    assert seen(url, "DE") == "withheld"
    road.refused.clear()
    second = lift(road, second)
    assert (second.state, Measure.objects.get(case=second).state, road.refused) == ("lifted", "lifted", [])
    assert seen(url, "DE") == "visible"


@pytest.mark.soak
def test_a_statement_opens_where_the_other_order_on_the_address_is_forgotten(road: Road, start: datetime) -> None:
    url = road.post()
    opened(road, url, "OOS-2026-A", non_disclosure=True)
    case = withheld(road, url, "OOS-2026-B")
    until(start + days(settings.COMITY.keep_days + 1))
    notifications.complain(Notification.objects.get(case=case), "Please give me a copy")
    road.drive()
    complaint = Complaint.objects.get()
    person = road.person("counsel")
    notifications.answer_complaint(person, case.id, complaint.id, "Here it is", copy=True)
    assert Client(**HOST).get(f"{statement(case)}/order").status_code == 200


@pytest.mark.soak
def test_a_hold_that_outlives_its_case_does_not_stop_the_clock(road: Road, start: datetime) -> None:
    case = opened(road, road.post(), non_disclosure=True)
    lift(road, decide(road, case))
    held = Notification.objects.filter(case=case)
    held.update(state="held", until=case.request.until + days(1))
    until(case.request.until + days(20))
    assert held.get().until is None
