"""The pages of platforms: what each says, to whom; shadow left by their buttons alone; what drifts is told once."""

from datetime import timedelta

import pytest
from django.test import Client
from hostile.scene import alerts, decide, opened
from road import Road

from comity import clock
from comity.ledger.models import Event
from comity.measures import rules
from comity.measures.models import Measure
from comity.platforms import for_url, shadow
from comity.platforms.models import Shadow
from comity.shadow import commands
from comity.shadow.models import Drift, Would

AT = "/console/platforms/sandbox"
pytestmark = pytest.mark.slow


def desk(road: Road, role: str = "decider", jurisdiction: str = "BE") -> Client:
    made = Client(HTTP_HOST="localhost:8000")
    made.force_login(road.person(role, jurisdiction))
    return made


def page(client: Client, path: str, *, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return str(answer.content.decode())


def test_shadow_is_said_compared_and_left_by_two_at_its_page(road: Road) -> None:
    Shadow.objects.create(platform="sandbox", realm="demo", since=clock.now())
    one, other, handler = desk(road), desk(road, jurisdiction="EE"), desk(road, "handler")
    case = opened(road, road.post())
    for shown in (page(one, f"/console/cases/{case.id}"), page(one, f"/console/cases/{case.id}/decide")):
        assert "Nothing is done, and no letter leaves." in shown
    decide(road, case)
    assert "In shadow: sandbox" in page(handler, "/console/?realm=demo")
    shown = page(handler, f"/console/cases/{case.id}")
    assert "In shadow: nothing was done" in shown
    assert "Say what you did" in shown
    said = {"said": "other", "words": "We removed it everywhere."}
    assert handler.post(f"/console/cases/{case.id}/shadow/say", {"said": "gone"}).status_code == 400
    assert handler.post(f"/console/cases/{case.id}/shadow/say", said).status_code == 302
    assert handler.post(f"/console/cases/{case.id}/shadow/look").status_code == 302
    assert Would.objects.get().seen == "nothing"
    shown = page(one, AT)
    for words in (
        "In shadow: it acts on nothing",
        "it answers",
        "It can withhold country by country",
        "Something else",
    ):
        assert words in shown
    assert "not what was said" in shown  # removed, they say; and a viewer sees it
    # put by one, signed by two; a handler may neither put nor sign, and a stranger sees nothing
    assert handler.post(f"{AT}/leave", {"reason": "x"}).status_code == 403
    assert one.post(f"{AT}/leave", {"reason": " "}).status_code == 400
    assert one.post(f"{AT}/leave", {"reason": "A week went well"}).status_code == 302
    act = Shadow.objects.get().act
    assert "1 would have been done; people did the same 0 times, something else 1" in page(other, AT)
    assert handler.post(f"{AT}/sign", {"act": act}).status_code == 403
    assert one.post(f"{AT}/sign", {"act": act}).status_code == 302
    assert one.post(f"{AT}/sign", {"act": act}).status_code == 409
    assert shadow.stands("sandbox")
    assert other.post(f"{AT}/sign", {"act": act}).status_code == 302
    assert "What is decided is done." in page(one, AT)
    assert "In shadow" not in page(handler, "/console/?realm=demo")
    assert handler.post(f"/console/cases/{case.id}/shadow/real", {"reason": "now"}).status_code == 403
    for nothing in ("/console/platforms/nobody", "/console/platforms/gateway"):
        page(one, nothing, status=404)
    assert one.post(f"{AT}/begin", {"reason": "again"}).status_code == 403  # what is real is no matter of the demo's
    assert Client(HTTP_HOST="localhost:8000").get(AT).status_code == 302


def test_what_stands_is_looked_at_each_day_and_told_once_when_it_drifts(road: Road) -> None:
    url = road.post()
    case = decide(road, opened(road, url))
    measure = Measure.objects.get(case=case)
    assert measure.seen_at
    day = timedelta(days=1, seconds=1)
    commands.keep_time(measure.seen_at + timedelta(hours=2))
    assert not Drift.objects.exists()
    commands.keep_time(measure.seen_at + day)
    assert Drift.objects.get().right
    platform = for_url(url, "demo")
    assert platform
    platform.lift(rules.key(measure.act, "withhold", 0))  # somebody with the platform's token acted past us
    for n in (2, 3):
        commands.keep_time(measure.seen_at + n * day)
        assert not Drift.objects.get().right
    road.drive()
    assert Event.objects.filter(kind="platform.drifted", case=case.id).count() == 1
    assert "platform.drifted" in alerts()
    shown = page(desk(road), AT)
    assert "isn’t seen as it should be" in shown
    assert "otherwise" in shown
