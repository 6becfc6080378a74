"""Alarms, from figures to a person's verdict: raised once, judged with a reason, shown with what is behind them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from comity import clock
from comity.alerts.models import Alert
from comity.console.frame import Frame, Me
from comity.figures.models import Made
from comity.ledger.life import NotNow
from comity.ledger.models import Event
from comity.people.models import Person
from comity.people.refusals import BadInput, NotAllowed
from comity.risk import commands, pages, words
from comity.risk.models import Alarm, Reckoned, Watched

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
UNTIL = date(2026, 11, 29)
DAYS = 280


def client(person: Person | None = None) -> Client:
    made = Client(HTTP_HOST="localhost:8000")
    if person is not None:
        made.force_login(person)
    return made


@pytest.fixture(scope="module")
def world(demo: dict[str, Person]) -> None:
    """A world that grew threefold, looked at until yesterday; then France's removal orders doubled for six days."""
    commands.make(7, 3 * 10**8, 9 * 10**8, DAYS, UNTIL)
    rows = Made.objects.filter(
        world="growth", country="FR", instrument="eu-tco-removal-order", day__gt=UNTIL - timedelta(days=6)
    )
    for row in rows:
        row.n *= 3
        row.save()
    commands.look("demo", UNTIL)


def get(person: Person | None, where: str, **asked: str) -> str:
    answer = client(person).get(f"/console/risk/{where}", asked)
    assert answer.status_code == 200, (where, answer.status_code)
    return answer.content.decode()


def flood() -> Alarm:
    return Alarm.objects.get(kind="change", country="FR")


def test_it_works(world: None, demo: dict[str, Person]) -> None:
    """One flood is one alarm; headroom is another. A person judges it with a reason, and the same night rings none."""
    found = flood()
    assert found.instrument == "eu-tco-removal-order"
    assert found.since >= UNTIL - timedelta(days=8)
    assert found.size > 2
    assert not Alarm.objects.filter(kind="change", country="*", instrument__in=("*", found.instrument)).exists()
    room = Alarm.objects.get(kind="headroom")
    assert (room.name, room.state) == ("people", "raised")
    raised = Event.objects.get(kind="alarm.raised", case=found.id)
    for _ in range(2):
        commands.alert(raised)
    assert Alert.objects.get(kind="alarm.raised", thing=found.id, seen_at=None).count == 1
    who, head = demo["handler-be"], demo["decider-be"]
    assert "× " in get(who, "")
    with pytest.raises(NotAllowed):
        commands.judge(who, found.id, "real", "It is a flood.")
    with pytest.raises(BadInput, match="reason"):
        commands.judge(head, found.id, "real", " ")
    with pytest.raises(BadInput, match="verdict"):
        commands.judge(head, found.id, "sure", "It is a flood.")
    answer = client(head).post(
        f"/console/risk/alarms/{found.id}/judge", {"verdict": "real", "reason": "It is a flood."}
    )
    assert answer.status_code == 302
    with pytest.raises(NotNow):
        commands.judge(head, found.id, "noise", "No, it is none.")
    assert commands.look("demo", UNTIL) == []
    assert Event.objects.get(kind="alarm.judged", case=found.id).public["verdict"] == "real"
    commands.alert(raised)  # a job that comes after the verdict
    assert not Alert.objects.filter(kind="alarm.raised", thing=found.id, seen_at=None).exists()
    assert "It is a flood." in get(who, f"alarms/{found.id}")


def test_each_page_says_the_same_as_its_models(world: None, demo: dict[str, Person]) -> None:
    who = demo["decider-be"]
    shown = get(who, "")
    assert "headroom" in shown
    assert "Too little room" in shown
    assert get(who, "", few="1").count("Fewer than five a day") == min(
        pages.SERIES, Watched.objects.exclude(why_not="").count()
    )
    assert "No alarm rings on it" in get(who, "figures/requests", country="EE", instrument="own-hotline")
    assert "elasticity" in get(who, "growth").lower()
    assert "Not known." in get(who, "growth", users="90000000000")
    shown = get(who, "desk")
    assert "rings by itself" in shown
    assert "What breaks first" in shown
    assert "× 5" in get(who, "desk", load="5", people="9")
    csv = client(who).get("/console/risk/", {"format": "csv"}).content.decode().splitlines()
    assert len(csv) == 1 + Watched.objects.filter(why_not="").count()
    assert client(who).get("/console/risk/figures/nothing").status_code == 404
    for asked in ({"load": "-1"}, {"load": "nan"}, {"people": "-1"}, {"people": "9" * 5_000}):
        assert client(who).get("/console/risk/desk", asked).status_code == 400
    assert client(who).get("/console/risk/growth", {"users": "many"}).status_code == 400
    assert client().get("/console/risk/").status_code == 302


def test_nothing_counted_is_nothing_known_and_the_clock_goes_on(world: None, demo: dict[str, Person]) -> None:
    """A gateway without a case, looked at by the clock, twice: no alarm, and pages that say what is missing."""
    for _ in range(2):
        commands.keep_time(datetime(2026, 11, 30, 3, 0, tzinfo=UTC))
    Reckoned.objects.filter(realm="real").update(day=date(2027, 5, 1))  # by a clock that has stepped back since
    commands.keep_time(datetime(2026, 11, 30, 3, 0, tzinfo=UTC))
    assert Reckoned.objects.get(realm="real", what="change").day == UNTIL
    assert not Alarm.objects.filter(realm="real").exists()
    told = {row.what: row.doc for row in Reckoned.objects.filter(realm="real")}
    assert told["growth"]["why"] == "users"
    assert told["desk"]["why"] == "requests"
    assert not any(room["rings"] for room in told["headroom"].values())


def test_another_world_takes_its_alarms_and_their_alerts_with_it(world: None, demo: dict[str, Person]) -> None:
    raised = list(Event.objects.filter(kind="alarm.raised", realm="demo"))
    commands.alert(raised[0])
    commands.make(8, 3 * 10**8, 3 * 10**8, 60, UNTIL)
    for event in raised:  # jobs that come after it
        commands.alert(event)
    assert not Alert.objects.filter(kind="alarm.raised", realm="demo", seen_at=None).exists()


def test_in_french(world: None, demo: dict[str, Person]) -> None:
    """Each page has its words: none of ours is left in English."""
    room = Alarm.objects.get(kind="headroom")
    with translation.override("fr"):
        said = f"{words.alarm_says(room)} {words.sure(room)} {words.alarm_title(room)}"
        asked = RequestFactory().get("/console/risk/desk")
        asked.user = demo["decider-be"]
        page = {"page": pages.desk("demo", {}), "frame": Frame(Me("x", "BE")), "now": clock.now()}
        shown = render_to_string("risk/desk.html", page, asked)
        numbers = [words.number(1234.5, 1), words.number(12.25, 2), words.percent(0.9995, 2), words.times(1.5)]
        assert numbers == ["1\u202f234", "12,25", "99,95\u00a0%", "× 1,5"]
        assert [words.short_of(n) for n in (60, 0.95, 3.2504, 1234)] == ["60", "0,95", "3,25", "1\u202f234"]
    assert words.number(12.25, 2) == "12.25"
    assert "heures de travail par jour" in said
    assert "Ce qui cède d’abord" in shown
    assert "99,9\u00a0% des injonctions" in shown
