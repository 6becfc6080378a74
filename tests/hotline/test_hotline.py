"""From a service's button to a person's hand: a call is kept, judged, rung, acted on, reviewed, and counted."""

import pytest
from road import Road

from comity.alerts import paging
from comity.cases import asking
from comity.cases.models import Request
from comity.hotline import acting, after, commands, figures
from comity.hotline.models import Line
from comity.ledger.models import Event
from comity.measures.models import Preserved
from comity.platforms import for_url

from .scene import again, officer, on_duty, raised

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_it_works(road: Road) -> None:
    on_duty(road)
    target, handler = road.post("The next one is at noon."), road.person("handler")
    call = raised(road, target)
    assert road.refused == []
    request, case = Request.objects.get(id=call.request), acting.case_of(call)
    assert (call.state, request.door, request.top) == ("raised", "hotline", 2)
    assert [(one.person, one.state) for one in paging.rings(call.id)] == [(handler, "sent")]
    assert case is not None, "\n".join(
        f"{e.kind} {e.request} {e.told}" for e in Event.objects.filter(realm="demo", request__isnull=False)
    )
    assert (case.instrument, case.state, case.grade) == ("own-hotline", "verifying", "none")

    assert commands.acknowledge(handler, call.id)
    assert acting.preserve(handler, call.id) == 1
    acting.call_back(handler, call.id, confirmed=True)
    asking.answer(handler, call.request, "danger", "yes")
    road.drive()
    case.refresh_from_db()
    assert (case.grade, case.outcome, case.plan, case.state) == ("accredited-channel", "valid", "execute", "to-decide")
    road.sign(case)
    road.drive()
    assert road.refused == []
    assert for_url(target, "demo").observe(target, "FR").state == "withheld"
    assert for_url(target, "demo").observe(target, "CH").state == "visible"

    commands.write(handler, call.id, "It is restricted. Is she found?", "a" * 16)
    commands.write_as_officer(officer(), call.id, "She is found.", "b" * 16)
    after.outcome(officer(), call.id, "prevented")
    commands.close(handler, call.id, "She is found.")
    act = after.propose(road.person("counsel"), call.id, "It was right, and quick.")
    assert not after.sign(road.person("counsel"), call.id, act, None)
    assert after.sign(road.person("decider"), call.id, act, None)
    road.drive()
    assert road.refused == []
    assert (again(call).state, figures.prevented("demo"), figures.public()) == ("closed", 1, [])
    assert Preserved.objects.filter(case=case).count() == 1
    assert [one.side for one in Line.objects.order_by("id")] == ["gateway", "gateway", "desk", "service"]
