"""What everyone sees: fixed once a quarter, under ten never told, and nothing that betrays one order."""

from datetime import date, datetime, timedelta

import pytest
from django.db import transaction

from comity.cases.models import Case, Finding
from comity.figures import commands, read, rules
from comity.figures.models import Cleared, Counted
from comity.vault import commands as vault

from .scene import EPOC_PR, TCO, acted, answered, at, case, found, notified, silent

pytestmark = pytest.mark.django_db
Q2, Q3, Q4 = date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)


@pytest.fixture(autouse=True)
def _began() -> None:
    """The first day that there is; how days are counted is tried elsewhere."""
    Counted.objects.create(day=date(2026, 4, 1), at=at(date(2026, 4, 1)))


def clock(day: date) -> None:
    """A look of the clock, without the days that it counts."""
    commands.look(commands._of_days(day - timedelta(days=36), day), at(day))
    commands.publish_due(at(day), day)


def public(country: str = "FR") -> dict[date, dict[str, int]]:
    return {column.start: dict(column.names) for column in read.public("real", country)}


def everything() -> list[object]:
    """Whatever the public can be told, of any country."""
    return [
        [(column.start, column.names, column.instruments) for column in read.public("real", place)]
        for place in ("FR", "DE")
    ] + [read.public_requests("real", quarter) for quarter in read.fixed(4)]


def test_it_works() -> None:
    for _ in range(12):
        answered(case(date(2026, 5, 20)))
    clock(date(2026, 8, 4))
    assert public() == {}, "35 days after its end, and not before"
    clock(date(2026, 8, 5))
    assert public() == {Q2: {"requests": 12, "in-time": 12}}
    assert [rules.in_public(n) for n in (0, 1, 9, 10, 12)] == [None, None, None, 10, 12]


def test_what_was_fixed_never_changes() -> None:
    made = case(date(2026, 5, 20))
    clock(date(2026, 8, 5))
    before = everything()
    acted(made, lifted=True)
    found(made, duties=silent(None))
    case(date(2026, 6, 30))
    clock(date(2026, 8, 20))
    assert everything() == before
    assert commands.publish(Q2, at(date(2026, 8, 21)))
    assert everything() == before


def test_a_page_is_the_same_with_and_without_one_confidential_order() -> None:
    """The attack: who knows every figure of the day before looks again once the order has come."""
    for _ in range(11):
        case(date(2026, 5, 20))
    days = [date(2026, 6, 2), date(2026, 7, 2), date(2026, 8, 5), date(2026, 9, 1)]

    def seen() -> list[object]:
        told = []
        for day in days:
            clock(day)
            told.append(everything())
        return told

    with transaction.atomic():
        without = seen()
        transaction.set_rollback(True)
    for duties in (silent(None), silent(at(date(2027, 1, 1))), [{"id": "confidential"}]):
        with transaction.atomic():
            order = case(date(2026, 6, 1), instrument=EPOC_PR, duties=duties)
            answered(order)
            acted(order)
            notified(order, "held")
            assert seen() == without
            transaction.set_rollback(True)


def test_what_a_non_disclosure_held_enters_the_quarter_in_which_it_ended() -> None:
    case(date(2026, 5, 20))
    order = case(date(2026, 5, 20), duties=silent(at(date(2026, 7, 15))))
    told = notified(order, "held")
    clock(date(2026, 8, 5))
    assert public()[Q2]["requests"] == 1, "its end has come, but nobody was told yet: it stands"
    type(told).objects.filter(pk=told.pk).update(state="sent", sent_at=at(date(2026, 8, 10)))
    clock(date(2026, 11, 4))
    assert public().get(Q3) is None, "not before that quarter is fixed, with all else in it"
    clock(date(2026, 11, 5))
    assert public() == {Q3: {"requests": 1}, Q2: {"requests": 1}}


def test_where_nobody_is_told_its_own_end_counts() -> None:
    order = case(date(2026, 5, 20), duties=silent(at(date(2026, 7, 15))))
    clock(date(2026, 7, 1))
    assert Cleared.objects.filter(case=order, day=None).count() <= 1
    clock(date(2026, 11, 5))
    assert public()[Q3] == {"requests": 1}
    assert public()[Q2] == {}


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ([], None),
        ([rules.Told(False, None)], None),
        ([rules.Told(True, date(2026, 6, 1)), rules.Told(False, None)], None),
        ([rules.Told(True, date(2026, 6, 1)), rules.Told(True, date(2026, 6, 3))], date(2026, 6, 3)),
    ],
)
def test_an_end_that_nobody_knows_comes_once_all_were_told(told: list[rules.Told], day: date | None) -> None:
    assert rules.cleared(date(2026, 5, 1), rules.UNDATED, None, told, at(date(2026, 7, 1))) == day


def test_what_is_kept_confidential_or_was_forgotten_never_enters() -> None:
    case(date(2026, 5, 20), duties=[{"id": "confidential"}])
    gone = case(date(2026, 5, 20))
    vault.end(Finding.objects.get(case=gone).doc, at(date(2026, 5, 21)))
    Case.objects.filter(pk=case(date(2026, 5, 20)).pk).first().findings.all().delete()  # not judged yet
    clock(date(2026, 11, 5))
    assert public() == {Q3: {}, Q2: {}}
    assert set(Cleared.objects.values_list("hold", flat=True)) == {"confidential", "unknown"}


def test_a_non_disclosure_that_comes_later_holds_back_what_is_not_fixed() -> None:
    order = case(date(2026, 4, 2))
    clock(date(2026, 4, 3))
    found(order, duties=silent(None))
    clock(date(2026, 8, 5))
    assert public()[Q2] == {}
    found(order)
    clock(date(2026, 11, 5))
    assert public()[Q3] == {}, "found out only when the quarter after it was to be fixed"


def test_what_is_judged_late_enters_a_quarter_that_is_not_fixed() -> None:
    order = case(date(2026, 6, 30))
    order.findings.all().delete()
    clock(date(2026, 8, 5))
    found(order)
    commands.look(Case.objects.all(), at(date(2026, 8, 6)))
    assert Cleared.objects.get().day == Q3


def test_quarters_are_fixed_in_their_order_and_wait_until_all_cases_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(commands, "OPENED", 2)
    for _ in range(5):
        case(date(2026, 2, 1))
    monkeypatch.setattr(commands, "_to_count", lambda now, today: [])
    Counted.objects.create(day=date(2026, 2, 1), at=at(date(2026, 2, 1)))
    fixed = []
    for _ in range(4):
        commands.keep_time(at(date(2026, 11, 6)))
        fixed.append(len(read.fixed(9)))
    assert fixed == [0, 0, 3, 3]
    assert read.public("real", "FR")[-1].names == {"requests": 5}


@pytest.mark.parametrize(
    ("day", "start", "following"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), Q2),
        (date(2026, 3, 31), date(2026, 1, 1), Q2),
        (date(2026, 12, 31), Q4, date(2027, 1, 1)),
        (date(2028, 2, 29), date(2028, 1, 1), date(2028, 4, 1)),
    ],
)
def test_quarters(day: date, start: date, following: date) -> None:
    assert rules.quarter(day) == start
    assert rules.next_quarter(start) == following
    assert rules.published_from(start) == following + timedelta(days=35)


def test_only_a_case_of_its_own_realm() -> None:
    for _ in range(3):
        case(date(2026, 5, 20), realm="demo", instrument=TCO)
    clock(date(2026, 8, 5))
    assert public() == {Q2: {}}
    assert read.public("demo", "FR")[0].names == {"requests": 3}
    assert isinstance(Counted.objects.get(day=Q2).published_at, datetime)


@pytest.mark.parametrize(
    "doc", [b"", b"[]", b'"x"', b"{", b'{"finding": {"duties": [1]}}', b'{"finding": [1]}', b"\xff"]
)
def test_an_odd_finding_is_left_out_and_stops_no_other(doc: bytes) -> None:
    odd, other = case(date(2026, 5, 20)), case(date(2026, 5, 20))
    Finding.objects.filter(case=odd).update(doc=vault.put(doc, at(date(2040, 1, 1))))
    clock(date(2026, 8, 5))
    assert public()[Q2] == {"requests": 1}
    assert Cleared.objects.get(case=other).day == date(2026, 5, 20)


def test_no_sum_tells_of_what_its_parts_leave_out() -> None:
    for _ in range(11):
        case(date(2026, 5, 20))
    case(date(2026, 5, 20), instrument=EPOC_PR)
    clock(date(2026, 8, 5))
    assert read.public_requests("real", Q2) == {"FR": 11}
