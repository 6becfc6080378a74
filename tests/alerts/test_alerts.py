"""One kind on one thing is one alert, counted, until somebody has dealt with it or it is over by itself."""

import pytest
from django.db import transaction
from django.test import Client

from comity import road
from comity.alerts import commands as alerts
from comity.alerts import pages
from comity.alerts.models import Alert
from comity.cases import commands as cases
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.people import commands as people
from comity.people.models import Person
from comity.people.refusals import NotAllowed

pytestmark = pytest.mark.django_db


def failed(realm: str = "demo") -> Event:
    with transaction.atomic():
        return record("mail.failed", realm=realm, by="gateway", public={"kind": "answer", "code": 550})


def person(role: str) -> Person:
    people.ensure_demo_people()
    return Person.objects.get(name=f"demo-{role}-be")


def test_it_works() -> None:
    first, second = failed(), failed()
    alerts.raise_alert(first, thing="C-1", proven=True, case="C-1")
    alerts.raise_alert(second, thing="C-1", proven=True, case="C-1")
    (alert,) = alerts.open_in("demo")
    assert (alert.count, alert.event, alert.at, alert.case) == (2, second.id, second.at, "C-1")
    alerts.settle("demo", "mail.failed", "C-1")
    assert not alerts.open_in("demo").exists()
    assert Alert.objects.count() == 1


def test_an_event_counts_once_also_after_it_was_dealt_with() -> None:
    event = failed()
    alerts.raise_alert(event, thing="C-1", proven=True)
    alerts.raise_alert(event, thing="C-1", proven=True)
    assert alerts.open_in("demo").get().count == 1
    alerts.settle("demo", "mail.failed", "C-1")
    alerts.raise_alert(event, thing="C-1", proven=True)
    assert not alerts.open_in("demo").exists()


def test_what_came_after_it_was_dealt_with_is_another_alert() -> None:
    alerts.raise_alert(failed(), thing="C-1", proven=True)
    alerts.settle("demo", "mail.failed", "C-1")
    alerts.raise_alert(failed(), thing="C-1", proven=True)
    assert alerts.open_in("demo").get().count == 1
    assert Alert.objects.count() == 2


def test_what_a_proven_sender_is_behind_stands_above_what_strangers_bring_about() -> None:
    for thing, proven in (("C-1", True), ("", False), ("C-2", True)):
        alerts.raise_alert(failed(), thing=thing, proven=proven)
    assert [alert.thing for alert in alerts.open_in("demo")] == ["C-2", "C-1", ""]


def test_another_thing_realm_or_kind_is_left_alone_when_one_is_settled() -> None:
    alerts.raise_alert(failed(), thing="C-1", proven=True)
    alerts.raise_alert(failed("real"), thing="C-1", proven=True)
    alerts.settle("demo", "mail.failed", "C-2")
    alerts.settle("demo", "mail.bounced", "C-1")
    alerts.settle("drill", "mail.failed", "C-1")
    assert alerts.open_in("demo").count() == alerts.open_in("real").count() == 1


def test_who_works_on_cases_takes_it_off_and_no_one_of_another_realm() -> None:
    alerts.raise_alert(failed(), thing="C-1", proven=True)
    alerts.raise_alert(failed("real"), thing="C-1", proven=True)
    with pytest.raises(NotAllowed):
        alerts.dismiss(person("handler"), alerts.open_in("real").get().id)
    alerts.dismiss(person("handler"), alerts.open_in("demo").get().id)
    assert not alerts.open_in("demo").exists()
    assert alerts.open_in("real").exists()


def test_the_banner_says_how_many_more_and_the_list_has_them_all_with_where_each_leads() -> None:
    desk = Client()
    desk.force_login(person("handler"), backend="comity.people.sessions.Passkeys")
    alerts.raise_alert(failed(), thing="C-1", proven=True, case="C-1")
    assert "more</a>" not in desk.get("/console/alerts/").content.decode()
    alerts.raise_alert(failed(), thing="C-2", proven=False, case="C-2")
    alerts.raise_alert(failed("real"), thing="C-3", proven=True, case="C-3")
    page = desk.get("/console/alerts/?realm=real").content.decode()  # the demo's people stay in the demo
    assert '<a href="/console/alerts/?realm=demo">1 more</a>' in page
    assert page.index('href="/console/cases/C-1#measures"') < page.index('href="/console/cases/C-2#measures"')
    assert "C-3" not in page
    first = alerts.open_in("demo")[0]
    assert desk.post(f"/console/alerts/{first.id}").status_code == 302
    page = desk.get("/console/alerts/").content.decode()
    assert page.index("C-2:") < page.index("Dealt with last") < page.index("C-1:")


def test_each_alert_says_what_it_is_and_what_to_do() -> None:
    silent = [kind for kind, steps in road.STEPS.items() if cases.alert in steps and kind not in pages.ALERTS]
    assert silent == []
    assert [kind for kind in pages.OF_CUSTODY if kind not in pages.ALERTS] == []
