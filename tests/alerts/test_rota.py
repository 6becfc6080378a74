"""The rota: shifts and absences, holes and who can't be reached, hand-over, a fake year, and the daily test."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from comity import clock
from comity.alerts import commands as alerts
from comity.alerts import devices, drills, feed, paging, rota, typed
from comity.alerts.holes import Hole, Span, holes, there
from comity.alerts.models import Device, Round, Shift
from comity.ledger.models import Event
from comity.people.models import Person
from comity.people.refusals import BadInput, NotAllowed

Who = Callable[..., Person]
HOUR = timedelta(hours=1)
BRUSSELS = ZoneInfo("Europe/Brussels")
START = datetime(2026, 11, 30, tzinfo=UTC)
BOTH = frozenset({"a", "b"})


def span(person: str, post: str, starts: float, ends: float) -> Span:
    return Span(person, START + starts * HOUR, START + ends * HOUR, post)


def found(shifts: list[Span], absences: list[Span] = [], reachable: frozenset[str] = BOTH) -> list[tuple[str, str]]:  # noqa: B006
    return [(one.post, one.why) for one in holes(shifts, absences, reachable, START, START + 24 * HOUR)]


def test_it_works() -> None:
    whole = [span("a", "first", 0, 24), span("b", "second", 0, 24)]
    assert found(whole) == []
    assert holes(whole[:1], [], BOTH, START, START + 24 * HOUR) == [Hole(START, START + 24 * HOUR, "second", "nobody")]


def test_shifts_that_meet_leave_no_hole_and_none_is_in_two_at_once() -> None:
    shifts = [
        span("a", "first", 0, 12),
        span("b", "first", 12, 24),
        span("b", "second", 0, 12),
        span("a", "second", 12, 24),
    ]
    assert found(shifts) == []
    assert there(shifts, [], START + 12 * HOUR) == {"first": ["b"], "second": ["a"]}


def test_an_hour_between_two_shifts_is_a_hole_and_so_is_an_absence() -> None:
    shifts = [span("a", "first", 0, 11), span("a", "first", 12, 24), span("b", "second", 0, 24)]
    (hole,) = holes(shifts, [], BOTH, START, START + 24 * HOUR)
    assert (hole.starts, hole.ends, hole.why) == (START + 11 * HOUR, START + 12 * HOUR, "nobody")
    assert found([span("a", "first", 0, 24), shifts[2]], [span("a", "", 3, 4)]) == [("first", "nobody")]


def test_a_person_twice_and_one_without_a_device_are_holes() -> None:
    assert found([span("a", "first", 0, 24), span("a", "second", 0, 24)]) == [("second", "alone")]
    whole = [span("a", "first", 0, 24), span("b", "second", 0, 24)]
    assert found(whole, reachable=frozenset({"b"})) == [("first", "no-device")]


spans = st.builds(
    lambda person, post, starts, lasts: span(person, post, starts, starts + lasts),
    st.sampled_from("abc"),
    st.sampled_from(("first", "second")),
    st.integers(-5, 24),
    st.integers(1, 24),
)


@given(st.lists(spans, max_size=6), st.lists(spans, max_size=2))
def test_at_each_instant_a_post_is_filled_or_in_a_hole(shifts: list[Span], absences: list[Span]) -> None:
    known = holes(shifts, absences, frozenset("abc"), START, START + 24 * HOUR)
    for quarter in range(24 * 4):
        at = START + quarter * timedelta(minutes=15)
        who = there(shifts, absences, at)
        for post in ("first", "second"):
            hole = any(one.post == post and one.why == "nobody" and one.starts <= at < one.ends for one in known)
            assert hole == (not who[post])


def test_a_fake_year_of_nights_by_the_wall_clock_has_no_hole_and_no_hour_twice() -> None:
    """Twelve-hour shifts by the clock of Brussels for a year, both summer-time nights among them."""
    shifts: list[Span] = []
    day = datetime.fromisoformat("2026-01-01T08:00")
    for number in range(365):
        edges = [day + timedelta(days=number), day + timedelta(days=number, hours=12), day + timedelta(days=number + 1)]
        at = [typed.instant("starts", f"{edge:%Y-%m-%dT%H:%M}", BRUSSELS) for edge in edges]
        for post, (one, two) in (("first", "ab"), ("second", "ba")):
            shifts += [Span(one, at[0], at[1], post), Span(two, at[1], at[2], post)]
    since, until = shifts[0].starts, shifts[-1].ends
    assert holes(shifts, [], BOTH, since, until) == []
    lasted = {(one.ends - one.starts) // HOUR for one in shifts}
    assert lasted == {11, 12, 13}
    for one in shifts[::4]:
        assert there(shifts, [], one.starts) == {"first": ["a"], "second": ["b"]}


def test_the_hour_that_comes_twice_overlaps_and_the_one_left_out_is_refused() -> None:
    twice = "2026-10-25T02:30"
    assert typed.instant("ends", twice, BRUSSELS, ends=True) - typed.instant("starts", twice, BRUSSELS) == HOUR
    with pytest.raises(BadInput, match="springs forward"):
        typed.instant("starts", "2026-03-29T02:30", BRUSSELS)
    with pytest.raises(BadInput, match="a date and a time"):
        typed.instant("starts", "tomorrow", BRUSSELS)


# -- on rows ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_on_duty_is_who_the_shifts_say_and_half_open(on_duty: Who, person: Who) -> None:
    on_duty("handler")
    on_duty("decider", "second")
    duty = rota.on_duty("demo", clock.now())
    assert [one.name for one in (*duty.first, *duty.second)] == ["demo-handler-be", "demo-decider-be"]
    assert rota.on_duty("demo", clock.now() + 12 * HOUR).everyone == ()
    assert rota.on_duty("real", clock.now()).everyone == ()
    (first, second) = rota.unstaffed("demo", clock.now() + 24 * HOUR)
    assert (first.starts, first.why, second.post) == (clock.now() + 12 * HOUR, "nobody", "second")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"post": "third"}, "post"),
        ({"hours": -2}, "ends"),
        ({"hours": 15 * 24}, "ends"),
        ({"starts": 401 * 24}, "starts"),
        ({"realm": "real"}, "person"),
    ],
)
def test_refuses_a_shift_that_cant_be(person: Who, change: dict[str, object], field: str) -> None:
    given = {"post": "first", "hours": 12, "starts": 0, "realm": "demo", **change}
    starts = clock.now() + int(str(given["starts"])) * HOUR
    by = person("head")
    with pytest.raises((BadInput, NotAllowed)) as refused:
        rota.set_shift(
            by,
            str(given["realm"]),
            person("handler"),
            str(given["post"]),
            starts,
            starts + int(str(given["hours"])) * HOUR,
        )
    if isinstance(refused.value, BadInput):
        assert refused.value.field == field


@pytest.mark.django_db
def test_a_handler_sets_no_shift_and_says_their_own_absence_only(person: Who) -> None:
    handler, now = person("handler"), clock.now()
    with pytest.raises(NotAllowed):
        rota.set_shift(handler, "demo", handler, "first", now, now + HOUR)
    with pytest.raises(NotAllowed):
        rota.absent(handler, person("decider"), now, now + HOUR)
    away = rota.absent(handler, handler, now, now + HOUR)
    rota.back(handler, away.id)


@pytest.mark.django_db
def test_the_rest_of_a_shift_is_handed_over_with_a_sentence(on_duty: Who, person: Who) -> None:
    handler, other = on_duty("handler"), person("decider")
    shift = Shift.objects.get()
    ends = shift.ends
    for to, words in ((other, "  "), (handler, "Call Paris back at six.")):
        with pytest.raises(BadInput):
            rota.hand_over(handler, shift.id, to, words)
    with pytest.raises(NotAllowed):
        rota.hand_over(person("counsel"), shift.id, other, "Call Paris back at six.")
    made = rota.hand_over(handler, shift.id, other, "Call Paris back at six.")
    assert (made.starts, made.ends, made.post) == (clock.now(), ends, "first")
    assert rota.sentence(made) == "Call Paris back at six."
    assert [one.name for one in rota.on_duty("demo", clock.now()).first] == ["demo-decider-be"]
    assert not [event for event in Event.objects.filter(kind="shift.set") if "Paris" in str(event.sealed)]


@pytest.fixture
def real(night: None) -> tuple[Person, Person]:
    """Two of the real desk, one of them its head."""
    from comity.people import tags

    def one(name: str, *roles: str) -> Person:
        return tags.make(Person, name=name, realm="real", jurisdiction="BE", roles=list(roles), enrolled_at=clock.now())

    return one("head-1", "head"), one("handler-1", "handler")


@pytest.mark.django_db
def test_a_hole_in_seven_days_is_an_alert_today_and_goes_when_it_is_filled(real: tuple[Person, Person]) -> None:
    head, handler = real
    now = clock.now()
    drills.keep_time(now)
    assert not alerts.open_in("real").exists()  # nobody ever set a rota
    for one in real:
        devices.add(one, "mail", {"address": f"{one.name}@lantern.example"})
    rota.set_shift(head, "real", head, "first", now, now + timedelta(days=8))
    drills.keep_time(now)
    drills.keep_time(now)
    assert [(one.kind, one.thing, one.count) for one in alerts.open_in("real")] == [("rota.hole", "second:nobody", 1)]
    rota.set_shift(head, "real", handler, "second", now, now + timedelta(days=8))
    drills.keep_time(now)
    assert not alerts.open_in("real").exists()
    devices.end(Device.objects.get(person=handler, kind="mail"), by=handler.by)
    drills.keep_time(now)
    assert [one.thing for one in alerts.open_in("real")] == ["second:no-device"]


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["2026-11-30", "2026-03-29", "2026-10-25"])
def test_at_ten_each_day_the_ladder_is_tested_once(real: tuple[Person, Person], day: str) -> None:
    head, handler = real
    ten = datetime.fromisoformat(f"{day}T10:00:00").replace(tzinfo=BRUSSELS)
    with clock.freeze(ten - HOUR):
        rota.set_shift(head, "real", handler, "first", clock.now(), clock.now() + timedelta(days=2))
    for minute in (-1, 0, 1):
        with clock.freeze(ten + timedelta(minutes=minute)):
            drills.keep_time(clock.now())
    (round,) = Round.objects.all()
    assert (round.realm, round.begun_at) == ("drill", ten)
    with clock.freeze(ten + timedelta(seconds=90)):
        paging.tick(clock.now())
        assert paging.acknowledge(handler, round.subject)
    with clock.freeze(ten + timedelta(minutes=14)):
        drills.keep_time(clock.now())
    assert Round.objects.count() == 1
    assert Event.objects.get(kind="duty.tested").sealed["seconds"] == 90


@pytest.mark.django_db
def test_a_test_says_who_answered_in_what_time_or_is_an_alert(real: tuple[Person, Person]) -> None:
    head, handler = real
    rota.set_shift(head, "real", handler, "first", clock.now(), clock.now() + timedelta(days=2))
    first = drills.test(head)
    paging.tick(clock.now())
    clock.advance(7)
    paging.acknowledge(handler, first)
    drills.keep_time(clock.now())
    event = Event.objects.get(kind="duty.tested")
    assert event.public == {"answered": True}
    assert (event.sealed["seconds"], event.sealed["person"]) == (7, str(handler.id))
    clock.advance(60)
    second = drills.test(head)
    clock.advance(6 * 3600)  # nothing ran meanwhile: it ends all the same
    drills.keep_time(clock.now())
    drills.keep_time(clock.now())
    assert [one.public["answered"] for one in Event.objects.filter(kind="duty.tested").order_by("id")] == [True, False]
    assert alerts.open_in("real").get(kind="duty.tested").thing == second
    with pytest.raises(NotAllowed):
        drills.test(handler)


@pytest.mark.django_db
def test_the_calendar_is_in_utc_folded_and_escaped(on_duty: Who) -> None:
    on_duty("handler")
    shifts = list(Shift.objects.select_related("person"))
    text = feed.written(shifts, {one.person_id: "handler, BE" for one in shifts}, clock.now())
    assert "DTSTART:20261130T020000Z\r\nDTEND:20261130T150000Z\r\n" in text
    assert "SUMMARY:First on duty: handler\\, BE\r\n" in text
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.endswith("END:VEVENT\r\nEND:VCALENDAR\r\n")
    parts = list(feed.folded("SUMMARY:" + "é" * 100))
    assert all(len(part.encode()) <= 75 for part in parts)
    assert "".join([parts[0], *(part[1:] for part in parts[1:])]) == "SUMMARY:" + "é" * 100


@pytest.mark.django_db
def test_what_is_within_a_transaction_that_fails_rings_nobody(on_duty: Who) -> None:
    on_duty("handler")

    def fails() -> None:
        with transaction.atomic():
            paging.ring("X-1", "demo", by="gateway")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert not Round.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("begins", ["2026-03-27", "2026-10-23"])
def test_shifts_that_come_again_go_by_the_clock_through_summer_time(real: tuple[Person, Person], begins: str) -> None:
    head, handler = real
    night = {"starts": f"{begins}T20:00", "ends": f"{datetime.fromisoformat(begins) + 24 * HOUR:%Y-%m-%d}T08:00"}
    spans = typed.repeated({**night, "every": "day", "times": "4"}, BRUSSELS)
    with clock.freeze(spans[0][0] - HOUR):
        rota.set_shifts(head, "real", handler, "first", spans)
        assert Shift.objects.count() == 4
        away = [("times", {"every": "day", "times": "61"}), ("every", {"every": "year"}), ("starts", {"starts": "x"})]
        for field, change in away:
            with pytest.raises(BadInput, match=field):
                typed.repeated({**night, "times": "2", **change}, BRUSSELS)
    assert {one.astimezone(BRUSSELS).hour for one, _ in spans} == {20}
    lasts = [(ends - starts) // HOUR for starts, ends in spans]
    assert sorted({*lasts}) == ([11, 12] if "-03-" in begins else [12, 13])
    gone = {"starts": "2026-03-27T02:30", "ends": "2026-03-27T10:00", "every": "day", "times": "4"}
    with pytest.raises(BadInput, match="night of 2026-03-29"):
        typed.repeated(gone, BRUSSELS)


@pytest.mark.django_db
@pytest.mark.soak
def test_a_year_of_shifts_tests_and_both_summer_time_nights_leaves_no_hole_and_rings_each_day(
    real: tuple[Person, Person],
) -> None:
    head, handler = real
    devices.add(head, "mail", {"address": "head@lantern.example"})
    devices.add(handler, "mail", {"address": "handler@lantern.example"})
    start = datetime(2026, 1, 1, 9, tzinfo=BRUSSELS)
    answered = 0
    for number in range(365):
        day = datetime.fromisoformat("2026-01-01T00:00") + timedelta(days=number)
        ten = day.replace(hour=10, tzinfo=BRUSSELS)
        with clock.freeze(max(ten - 2 * HOUR, start - HOUR)):
            ahead = 8 if number == 0 else 1  # a week is set at once, then a day each day
            for n in range(ahead):
                first = day + timedelta(days=n if number == 0 else 7)
                two = ((first.replace(hour=8), head, handler), (first.replace(hour=20), handler, head))
                for begins, one, other in two:
                    span = {"starts": f"{begins:%Y-%m-%dT%H:%M}", "ends": f"{begins + 12 * HOUR:%Y-%m-%dT%H:%M}"}
                    for person, post in ((one, "first"), (other, "second")):
                        rota.set_shifts(head, "real", person, post, typed.repeated(span, BRUSSELS))
        for minute in (0, 1, 12):
            with clock.freeze(ten + timedelta(minutes=minute)):
                drills.keep_time(clock.now())
                paging.tick(clock.now())
                rung = Round.objects.filter(answered_at=None, stopped_at=None).first()
                if minute == 1 and rung is not None:
                    (first_one,) = rota.on_duty("real", clock.now()).first
                    assert first_one == head  # by day
                    answered += paging.acknowledge(first_one, rung.subject)
    assert answered == Round.objects.count() == 365
    assert Event.objects.filter(kind="duty.tested").count() == 365
    assert not Event.objects.filter(kind="rota.hole").exists()
