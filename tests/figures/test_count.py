"""Days are counted and corrected: once a minute today, once a night the last five weeks, the same however often."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.figures import commands, read
from comity.figures.models import Count, Counted, Quarter
from comity.figures.names import NAMES

from .scene import EPOC_PR, acted, answered, at, case, complained

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 29)
NOW = at(TODAY, 12)


def counted(now: datetime = NOW, looks: int = 2) -> None:
    """Some looks of the clock: the latest days come first."""
    for _ in range(looks):
        commands.keep_time(now)


def rows() -> set[tuple[object, ...]]:
    """What a country's page shows; the parts of indicators stand in tests/balance."""
    shown = [name for name, one in NAMES.items() if one.shown]
    found = Count.objects.filter(name__in=shown)
    return set(found.values_list("realm", "day", "name", "country", "instrument", "n"))


def test_it_works() -> None:
    day = TODAY - timedelta(days=3)
    good, late, kept = case(day), case(day), case(day, "DE", EPOC_PR)
    answered(good)
    answered(late, late=True)
    acted(good)
    acted(late, lifted=True)
    complained(good)
    case(TODAY, "")
    case(TODAY, realm="demo")
    counted()
    tco = good.instrument
    assert rows() == {
        ("real", day, "requests", "FR", tco, 2),
        ("real", day, "in-time", "FR", tco, 1),
        ("real", day, "late", "FR", tco, 1),
        ("real", day, "measures", "FR", tco, 2),
        ("real", day, "accounts", "FR", tco, 2),
        ("real", day, "complaints", "FR", tco, 1),
        ("real", day, "lifted", "FR", tco, 1),
        ("real", day, "requests", "DE", kept.instrument, 1),
        ("real", TODAY, "requests", "", tco, 1),
        ("demo", TODAY, "requests", "FR", tco, 1),
    }
    column = read.desk("real", "FR", TODAY)[0]
    assert (column.start, column.names["requests"], column.instruments) == (date(2026, 10, 1), 2, {tco: 2})
    assert read.requests("real", TODAY) == {"FR": 2, "DE": 1, "": 1}
    assert read.requests("demo", TODAY) == {"FR": 1}


def test_every_name_counts_one_row_and_nothing_for_none() -> None:
    case(TODAY - timedelta(days=1))
    with connection.cursor() as cursor:
        for one in NAMES.values():
            cursor.execute(f"select {one.sql} from cases_case c", {"driving": ["remove"], "now": NOW})
            assert cursor.fetchone()[0] in (0, 1)


def test_counting_again_changes_nothing_and_a_correction_does() -> None:
    found = case(TODAY - timedelta(days=3))
    counted()
    before = rows()
    counted(NOW + timedelta(days=1))
    assert rows() == before
    answered(found, late=True)
    found.country = "DE"
    found.save()
    counted(NOW + timedelta(days=2))
    assert {(name, country) for _, _, name, country, _, _ in rows()} == {("requests", "DE"), ("late", "DE")}
    assert [column.names["requests"] for column in read.desk("real", "FR", TODAY)] == [0] * 5
    assert read.desk("real", "DE", TODAY)[0].names == {"requests": 1, "late": 1}


def test_a_day_older_than_five_weeks_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = (case(TODAY - timedelta(days=days)) for days in (36, 34))
    counted(looks=8)
    answered(old)
    counted(NOW + timedelta(seconds=1))
    assert not Count.objects.filter(name="in-time").exists(), "a night hasn't passed"
    counted(NOW + timedelta(hours=11, minutes=59))
    assert not Count.objects.filter(name="in-time").exists()
    monkeypatch.setattr(commands, "AT_ONCE", 40)
    counted(NOW + timedelta(days=1))
    assert not Count.objects.filter(name="in-time").exists()
    answered(new)
    counted(NOW + timedelta(days=2))
    assert not Count.objects.filter(name="in-time").exists(), "its 36th day has come"


def test_what_was_never_counted_is_counted_however_old(monkeypatch: pytest.MonkeyPatch) -> None:
    case(date(2026, 10, 2))
    counted(looks=3)
    assert Counted.objects.count() == 15
    monkeypatch.setattr(commands, "AT_ONCE", 60)
    counted(looks=1)
    assert Count.objects.get().day == date(2026, 10, 2)
    assert Counted.objects.count() == (TODAY - date(2026, 10, 2)).days + 1


def test_what_a_clock_ahead_has_counted_is_counted_again() -> None:
    case(TODAY)
    commands.keep_time(NOW)
    Counted.objects.update(at=NOW + timedelta(days=9))
    case(TODAY)
    commands.keep_time(NOW)
    assert Counted.objects.get(day=TODAY).at == NOW
    assert Count.objects.get(day=TODAY, name="requests").n == 2


def test_today_is_counted_once_a_minute() -> None:
    case(TODAY)
    commands.keep_time(NOW)
    case(TODAY)
    commands.keep_time(NOW + timedelta(seconds=30))
    assert Count.objects.get().n == 1
    commands.keep_time(NOW + timedelta(seconds=61))
    assert Count.objects.get().n == 2
    assert not Quarter.objects.exists(), "today is added by who reads"


def test_without_a_case_nothing_is_counted_and_a_quiet_look_is_four_queries() -> None:
    commands.keep_time(NOW)
    assert not Counted.objects.exists()
    case(TODAY)
    commands.keep_time(NOW)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        commands.keep_time(NOW)
    assert len(asked) <= 4


def test_a_day_is_one_range_of_an_index_however_many_cases_there_are() -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        given = commands._range(TODAY, TODAY + timedelta(days=1), NOW) | {"day": TODAY}
        cursor.execute(f"explain {commands.COUNT}", given)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "case_latest" in plan
    assert "Seq Scan on cases_case" not in plan


def test_a_day_is_that_of_utc() -> None:
    made = case(TODAY)
    type(made).objects.filter(pk=made.pk).update(received_at=datetime(2026, 11, 28, 23, 59, 59, tzinfo=UTC))
    counted()
    assert Count.objects.get().day == date(2026, 11, 28)
