"""A drill that real people decide: they begin it on a page, decide its true order with their passkeys, and it waits."""

import json

import pytest
from django.core.cache import cache
from django.test import Client
from people.members import Member, joined
from road import Road

from comity import clock
from comity.cases.models import Case
from comity.ledger.models import Event
from comity.risk.drills import measuring
from comity.risk.drills.models import Drill

from .drilling import Door
from .test_drills import door, over, road  # noqa: F401  # the same road, the same door

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def page_of(member: Member) -> Client:
    made = Client(HTTP_HOST="localhost")
    made.force_login(member.person)
    return made


def decide(member: Member, case: Case) -> int:
    """Approve what is put to people, as the button of its page does."""
    case.refresh_from_db()
    given = {"act": case.act, "response": json.dumps(member.sign(case.act))}
    return page_of(member).post(f"/console/cases/{case.id}/sign", given).status_code


def test_it_works_they_are_invited_on_its_page_by_who_may(road: Road, door: Door) -> None:  # noqa: F811
    head = joined("head", "BE")
    shown = page_of(head)
    assert "Invited: they decide in the realm of drills" in shown.get("/console/risk/drills/").content.decode()
    asked = {"name": "leave-a-country", "people": "invited"}
    assert shown.post("/console/risk/drills/begin", asked).status_code == 400, "a dry run asks nobody"
    begun = shown.post("/console/risk/drills/begin", {"name": "buried-order", "load": "1", "people": "invited"})
    drill = Drill.objects.get()
    assert (begun.status_code, begun["Location"]) == (302, f"/console/risk/drills/{drill.id}")
    assert (drill.realm, drill.people, drill.by) == ("real", "invited", head.person.by)
    assert "/console/queue/?realm=drill" in shown.get(begun["Location"]).content.decode()


@pytest.mark.soak
def test_real_people_decide_it_through_pages_and_nothing_real_is_touched(road: Road, door: Door) -> None:  # noqa: F811
    with clock.freeze(clock.now()):
        alice, bob = joined("decider handler", "BE"), joined("decider", "EE")
        cache.clear()
        shown = page_of(alice)
        asked = {"name": "buried-order", "load": "1", "people": "invited"}
        begun = shown.post("/console/risk/drills/begin", asked)
        drill = Drill.objects.get()
        assert (begun.status_code, begun["Location"]) == (302, f"/console/risk/drills/{drill.id}")
        assert (drill.realm, drill.people, drill.by) == ("real", "invited", alice.person.by)
        over(road, drill)
        assert drill.state == "running", "it waits for those who were invited"
        page = shown.get(begun["Location"]).content.decode()
        assert "/console/queue/?realm=drill" in page
        case = Case.objects.get(realm="drill", state="to-decide", grade="domain")
        assert case.id in shown.get("/console/queue/?realm=drill").content.decode()
        assert case.id not in shown.get("/console/queue/").content.decode(), "no real case stands beside it"
        told = shown.get(f"/console/cases/{case.id}").content.decode()
        assert "drill" in told.lower(), "whoever decides it sees that it is one"
        for member in (alice, bob):
            assert decide(member, case) == 302
        road.drive()
        over(road, drill)
    assert drill.state == "ended", (drill.result, road.refused)
    found = drill.result
    assert measuring.real_touched(measuring.Came(drill)) == []
    assert (found["people"], found["missed"], found["needed"], found["real_touched"]) == ("invited", 0, None, 0)
    assert drill.met
    assert not Event.objects.filter(case=case.id).exclude(realm="drill").exists()
