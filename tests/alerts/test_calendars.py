"""A calendar that somebody brings, and public holidays: what they are taken for, and what is refused as a whole."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from alerts.test_duty_pages import signed_in
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from comity import clock
from comity.alerts import calendars, duty_pages, feed, holidays
from comity.alerts.models import Absence, Shift
from comity.people.models import Person
from comity.people.refusals import BadInput

Who = Callable[..., Person]
BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
AHEAD = NOW + timedelta(days=400)
VTIMEZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\n"
    "TZOFFSETTO:+0200\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)


def ics(*events: str, before: str = "") -> bytes:
    """A calendar with these events, each its lines apart by blanks (`~`: a blank)."""
    each = "".join(f"BEGIN:VEVENT\r\n{_lines(one)}END:VEVENT\r\n" for one in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//X//EN\r\n{before}{each}END:VCALENDAR\r\n".encode()


def _lines(text: str) -> str:
    return "".join(f"{line.replace('~', ' ')}\r\n" for line in text.split(" "))


def taken(*events: str, zone: ZoneInfo = BRUSSELS) -> list[str]:
    """What some events are taken for: the first instant and the last of each (UTC)."""
    found = calendars.spans(ics(*events), zone, NOW, AHEAD)
    return [f"{starts:%m-%dT%H:%M}/{ends:%m-%dT%H:%M}" for starts, ends in found]


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        ("DTSTART:20261201T080000Z DTEND:20261201T200000Z", ["12-01T08:00/12-01T20:00"]),
        ("DTSTART;TZID=America/New_York:20261201T080000 DURATION:PT2H", ["12-01T13:00/12-01T15:00"]),
        ("DTSTART;TZID=W.~Europe~Standard~Time:20261201T080000 DURATION:PT2H", ["12-01T07:00/12-01T09:00"]),
        ("DTSTART:20261201T080000 DURATION:PT2H", ["12-01T07:00/12-01T09:00"]),
        ("DTSTART;VALUE=DATE:20261224 DTEND;VALUE=DATE:20270102", ["12-23T23:00/01-01T23:00"]),
        ("DTSTART;VALUE=DATE:20261224", ["12-23T23:00/12-24T23:00"]),
        ("DTSTART:20261130T080000Z DTEND:20261130T200000Z", ["11-30T08:00/11-30T20:00"]),
        ("DTSTART:20261129T080000Z DTEND:20261129T200000Z", []),
        ("DTSTART:20290101T080000Z DTEND:20290101T200000Z", []),
        ("DTSTART:20261201T080000Z DTEND:20261201T200000Z STATUS:CANCELLED", []),
    ],
)
def test_it_works(event: str, wanted: list[str]) -> None:
    assert taken(event) == wanted


def test_a_series_is_by_the_clock_on_the_wall_in_summer_too() -> None:
    nights = "UID:1 DTSTART;TZID=Europe/Brussels:20270327T200000 DTEND;TZID=Europe/Brussels:20270328T080000"
    assert taken(f"{nights} RRULE:FREQ=DAILY;COUNT=2") == ["03-27T19:00/03-28T06:00", "03-28T18:00/03-29T06:00"]
    weekly = "UID:1 DTSTART;TZID=Europe/Brussels:20261201T080000 DURATION:PT1H"
    assert taken(f"{weekly} RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,TH") == [
        "12-01T07:00/12-01T08:00",
        "12-03T07:00/12-03T08:00",
        "12-15T07:00/12-15T08:00",
        "12-17T07:00/12-17T08:00",
    ]
    assert taken(f"{weekly} RRULE:FREQ=WEEKLY;UNTIL=20261208T070000Z") == [
        "12-01T07:00/12-01T08:00",
        "12-08T07:00/12-08T08:00",
    ]
    assert len(taken(f"{weekly} RRULE:FREQ=WEEKLY;UNTIL=20261208T065959Z")) == 1
    left_out = "EXDATE;TZID=Europe/Brussels:20261208T080000,20261215T080000"
    moved = "UID:1 RECURRENCE-ID;TZID=Europe/Brussels:20261222T080000 DTSTART:20261223T090000Z DURATION:PT1H"
    assert taken(f"{weekly} RRULE:FREQ=WEEKLY;COUNT=4 {left_out}", moved) == [
        "12-01T07:00/12-01T08:00",
        "12-23T09:00/12-23T10:00",
    ]
    assert len(taken(f"{weekly} RRULE:FREQ=WEEKLY")) == 58  # as far as a rota goes


@given(
    st.integers(1, 5),
    st.sets(st.sampled_from(calendars.DAYS)),
    st.sampled_from(["DAILY", "WEEKLY"]),
    st.sampled_from(["MO", "SU"]),
)
def test_a_series_comes_on_the_days_that_another_reader_finds(step: int, days: set[str], how: str, begins: str) -> None:
    from dateutil.rrule import rrulestr

    rule = f"FREQ={how};INTERVAL={step};COUNT=9;WKST={begins}" + (f";BYDAY={','.join(sorted(days))}" if days else "")
    first = datetime(2026, 12, 1, 8, tzinfo=UTC)
    theirs = [one for one in rrulestr(rule, dtstart=first) if one < AHEAD]
    ours = calendars.spans(ics(f"DTSTART:20261201T080000Z DURATION:PT1H RRULE:{rule}"), BRUSSELS, NOW, AHEAD)
    assert [starts for starts, _ in ours] == theirs


BEGINS = "DTSTART:20261201T080000Z"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "calendar as a file"),
        (b"<html>", "calendar as a file"),
        (b"\xff\xfe\x00", "calendar as a file"),
        (ics(f"{BEGINS} DURATION:PT1H")[:-30], "calendar as a file"),
        (ics(), "0 events"),
        (ics(*[f"{BEGINS} DURATION:PT1H"] * 201), "201 events"),
        (b" " * (64 * 1024 + 1), "64 KiB"),
        (ics("SUMMARY:x"), "event 1, DTSTART"),
        (ics(f"{BEGINS} DURATION:PT1H", BEGINS), "event 2, DTEND"),
        (ics(f"{BEGINS} DTEND:20261201T070000Z"), "event 1, DTEND"),
        (ics("DTSTART:yesterday DURATION:PT1H"), "event 1, DTSTART"),
        (ics(f"{BEGINS} {BEGINS} DURATION:PT1H"), "event 1, DTSTART"),
        (ics("DTSTART;TZID=Mars/One:20261201T080000 DURATION:PT1H"), "'Mars/One'"),
        (ics("DTSTART;TZID=Ours:20261201T080000 DURATION:PT1H", before=VTIMEZONE), "'Ours'"),
        (ics(f"{BEGINS} DURATION:PT1H RRULE:FREQ=SECONDLY"), "each day or week"),
        (ics(f"{BEGINS} DURATION:PT1H RRULE:FREQ=MONTHLY"), "each day or week"),
        (ics(f"{BEGINS} DURATION:PT1H RRULE:FREQ=DAILY;BYHOUR=1,2,3"), "each day or week"),
        (ics(f"{BEGINS} DURATION:PT1H RRULE:FREQ=DAILY;INTERVAL=0"), "interval"),
        (ics(f"{BEGINS} DURATION:PT1H RRULE:FREQ=WEEKLY;BYDAY=1MO"), "MO to SU"),
        (ics(f"{BEGINS} DURATION:PT1H RRULE:FREQ=FOO"), "event 1, RRULE"),
        (ics(f"{BEGINS} DURATION:PT1H RDATE:20261202T080000Z"), "event 1, RDATE"),
        (ics("DTSTART:19700101T000000Z DURATION:PT1H RRULE:FREQ=DAILY"), "ten years"),
        (ics(*[f"DTSTART:20261201T{n:02}0000Z DURATION:PT1H RRULE:FREQ=DAILY" for n in range(3)]), "more than 400"),
    ],
)
def test_what_is_not_understood_is_refused_and_named(data: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        calendars.spans(data, BRUSSELS, NOW, AHEAD)


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: ics(text)))
def test_whatever_it_is_it_is_taken_or_refused(data: bytes) -> None:
    with suppress(BadInput):
        assert all(starts < ends for starts, ends in calendars.spans(data, BRUSSELS, NOW, AHEAD))


@pytest.mark.django_db
def test_it_is_taken_whole_by_those_who_may(person: Who) -> None:
    handler, head = person("handler"), person("head")
    shifts = ics("DTSTART:20261201T080000Z DURATION:PT12H RRULE:FREQ=DAILY;COUNT=3")

    def put(by: Person, what: str, data: bytes) -> int:
        given = {"person": str(handler.id), "what": what, "file": SimpleUploadedFile("rota.ics", data), "zone": "UTC"}
        return signed_in(by).post("/console/duty/rota/calendar?realm=demo", given).status_code

    assert put(head, "first", shifts) == 302
    assert put(head, "first", shifts) == 302  # the same again changes nothing
    assert (Shift.objects.count(), Absence.objects.count()) == (3, 0)
    assert put(handler, "second", shifts) == 403
    assert put(handler, "away", ics("DTSTART;VALUE=DATE:20261224 DTEND;VALUE=DATE:20270102")) == 302
    assert Absence.objects.get().starts == datetime(2026, 12, 24, tzinfo=UTC)
    long = "DTSTART:20261205T080000Z DURATION:P20D"  # a shift is at most fourteen days: nor is the good one beside it
    for bad in (b"", ics("DTSTART:20261204T080000Z DURATION:PT1H", long)):
        assert put(head, "second", bad) == 400
    assert put(head, "third", shifts) == 400
    assert Shift.objects.count() == 3
    page = signed_in(handler).get("/console/duty/rota?realm=demo").content.decode()
    assert "Take in a calendar" in page
    assert "Shifts: first" not in page


@pytest.mark.django_db
def test_what_we_give_out_we_take_in(person: Who) -> None:
    shift = Shift(
        person=person("handler"), realm="demo", post="first", starts=NOW, ends=NOW + timedelta(hours=12), id=7
    )
    text = feed.written([shift], {shift.person_id: "handler, BE"}, NOW)
    assert calendars.spans(text.encode(), BRUSSELS, NOW, AHEAD) == [(shift.starts, shift.ends)]
    assert len(Calendar.from_ical(text).walk("VEVENT")) == 1


@pytest.mark.django_db
def test_a_shift_is_not_set_where_it_begins_on_a_public_holiday_if_so_wished(person: Who) -> None:
    given = {
        "person": str(person("handler").id),
        "post": "first",
        "zone": "Europe/Brussels",
        "every": "day",
        "times": "3",
    }
    given |= {"starts": "2026-12-24T20:00", "ends": "2026-12-25T08:00", "holidays": "on"}
    head = signed_in(person("head"))
    assert head.post("/console/duty/rota/shifts?realm=demo", given).status_code == 302
    assert [one.starts.day for one in Shift.objects.order_by("starts")] == [24, 26]
    alone = given | {"starts": "2026-12-25T08:00", "ends": "2026-12-25T20:00", "every": "", "times": "1"}
    refused = head.post("/console/duty/rota/shifts?realm=demo", alone)
    assert (refused.status_code, "public holiday in BE" in refused.content.decode()) == (400, True)
    clock.advance((datetime(2026, 12, 23, 12, tzinfo=UTC) - clock.now()).total_seconds())
    page = duty_pages.rota_page(person("head"), "demo", BRUSSELS)
    assert (date(2026, 12, 25), ["BE", "EE"]) in page["holidays"]
    assert [one["holiday"] for one in page["shifts"]] == ["BE", ""]  # the night into the 25th is on one


def test_a_holiday_is_one_by_the_clock_of_its_state() -> None:
    night = datetime(2026, 12, 24, 23, 30, tzinfo=UTC)
    assert holidays.falls_on("BE", night, night + timedelta(minutes=5))
    assert not holidays.falls_on("PT", night, night + timedelta(minutes=5))
    assert holidays.ahead(["BE", "EE", "ZZ"], datetime(2026, 12, 24, tzinfo=UTC), datetime(2026, 12, 27, tzinfo=UTC))[
        -1
    ] == (
        date(2026, 12, 26),
        ["EE"],
    )


@pytest.mark.parametrize(
    "line", ["X-A:" + "a" * 60_000, "DTSTART" + ";X-A=b" * 9_000 + ":x", 'DTSTART;X="' + '"a,' * 20_000]
)
def test_a_line_without_end_is_refused(line: str) -> None:
    with pytest.raises(BadInput):
        calendars.spans(ics(line), BRUSSELS, NOW, AHEAD)
