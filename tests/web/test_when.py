"""Instants as people read them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from comity import language
from comity.web import when

NOW = datetime(2026, 11, 24, 12, 29, 20, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("bare", "13:29:20"),
        ("time", "13:29:20 CET"),
        ("minute", "13:29"),
        ("mark", "24 Nov, 13:29"),
        ("line", "13:29:20"),
        ("full", "24 Nov 2026, 13:29:20 CET"),
        ("date", "24 Nov 2026"),
        ("day", "Tuesday 24 November 2026"),
        ("letter", "24 November 2026, 13:29 CET"),
        ("due", "13:29:20 CET"),
        ("until", "Tuesday 24 November 2026, 13:29 CET"),
    ],
)
def test_it_works(style, words):
    assert when.said(NOW, BRUSSELS, style, NOW) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 26, 8, 12, 40, tzinfo=UTC), "Thu 26 Nov, 09:12:40 CET"),
        (datetime(2026, 11, 27, 23, 0, tzinfo=UTC), "Fri 27 Nov, 24:00 CET"),
        (datetime(2026, 11, 24, 23, 0, tzinfo=UTC), "24:00 CET"),
        (datetime(2027, 1, 4, 23, 0, tzinfo=UTC), "4 Jan 2027, 24:00 CET"),
        (datetime(2026, 11, 23, 23, 0, tzinfo=UTC), "Mon 23 Nov, 24:00 CET"),
    ],
)
def test_a_due_time_is_as_short_as_it_can_be_and_midnight_ends_a_day(at, words):
    assert when.said(at, BRUSSELS, "due", NOW) == words


def test_a_day_that_ends_as_the_clocks_change_is_told_in_its_own_time():
    assert when.said(datetime(2027, 5, 24, 22, 0, tzinfo=UTC), BRUSSELS, "until") == "Monday 24 May 2027, 24:00 CEST"


def test_an_older_line_of_a_timeline_says_its_day():
    assert when.said(datetime(2026, 11, 20, 9, 0, tzinfo=UTC), BRUSSELS, "line", NOW) == "20 Nov, 10:00"


@pytest.mark.parametrize(
    ("zone", "name"),
    [("America/Sao_Paulo", "UTC-3"), ("Asia/Kathmandu", "UTC+5:45"), ("UTC", "UTC"), ("Asia/Kolkata", "IST")],
)
def test_every_time_names_its_zone(zone, name):
    assert when.said(NOW, ZoneInfo(zone), "time").endswith(f" {name}")


@pytest.mark.parametrize(
    "name",
    ["", "../../etc/passwd", "/etc/localtime", "Europe/Nowhere", "Europe/Brussels; x", "a" * 200, "\x00", "Europe"],
)
def test_a_zone_that_is_none_is_refused(name):
    assert when.zone(name) is None


def test_a_country_has_a_zone():
    assert when.zone_of("EE") == ZoneInfo("Europe/Tallinn")
    assert when.zone_of("BE") == BRUSSELS
    assert when.zone_of("XX") is None


def test_the_viewers_day_ends_at_their_midnight():
    assert when.today(NOW, BRUSSELS) == datetime(2026, 11, 24, 23, 0, tzinfo=UTC)


def test_the_first_of_a_month_is_written_as_french_writes_it() -> None:
    first, other = datetime(2026, 6, 1, 9, tzinfo=UTC), datetime(2026, 6, 21, 9, tzinfo=UTC)
    with translation.override("fr"):
        assert when.said(first, UTC, "date") == "1er juin 2026"
        assert when.said(first, UTC, "letter") == "1er juin 2026, 09:00 UTC"
        assert when.said(first, UTC, "until") == "lundi 1er juin 2026, 09:00 UTC"
        assert when.said(other, UTC, "date") == "21 juin 2026"
        assert len({when.said(datetime(2026, month, 2, tzinfo=UTC), UTC, "date") for month in range(1, 13)}) == 12
        assert when.said(datetime(2026, 1, 1, tzinfo=UTC), UTC, "date") == "1er jan. 2026"
    assert language.day(first.date(), "fr") == "1er juin 2026"
    assert when.said(first, UTC, "date") == "1 Jun 2026"
