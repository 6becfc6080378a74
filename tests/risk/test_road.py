"""Alarms, from figures to a person's verdict: raised once, judged with a reason, shown with what is behind them."""

from datetime import date, timedelta

import pytest
from django.test import Client

from comity import clock
from comity.cases import commands as cases
from comity.figures.models import Made
from comity.ledger.life import NotNow
from comity.ledger.models import Event
from comity.people.models import Person
from comity.people.refusals import BadInput, NotAllowed
from comity.risk import commands
from comity.risk.models import Alarm, Reckoned, Watched

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
UNTIL = date(2026, 11, 29)
DAYS = 520


def client(person: Person | None = None) -> Client:
    made = Client(HTTP_HOST="localhost:8000")
    if person is not None:
        made.force_login(person)
    return made


@pytest.fixture(scope="module")
def world(demo: dict[str, Person]) -> None:
    """A world that grew tenfold, looked at until yesterday; then France's removal orders doubled for six days."""
    commands.make(7, 10**8, 10**9, DAYS, UNTIL)
    rows = Made.objects.filter(
        world="growth", country="FR", instrument="eu-tco-removal-order", day__gt=UNTIL - timedelta(days=6)
    )
    for row in rows:
        row.n *= 3
        row.save()
    commands.look("demo", UNTIL)


def test_it_works(world: None, demo: dict[str, Person]) -> None:
    for a in Alarm.objects.all(): print(a.kind,a.name,a.country,a.instrument,a.since,a.at,a.size,a.sure)
    print(Watched.objects.count(), Reckoned.objects.values_list("what"))
    import json
    for r in Reckoned.objects.all(): print(r.what, json.dumps(r.doc)[:1500])
    assert 0
