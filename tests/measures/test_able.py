"""What a platform can't do is said before a decision is put to people, not found after they have signed."""

from dataclasses import replace
from typing import Any

import pytest
from hostile.scene import alerts, decide, kinds, opened
from hostile.test_outsiders import client_of
from road import Road

from comity.cases import able, deciding
from comity.platforms.port import Capabilities
from comity.platforms.sandbox import Sandbox

ALL = frozenset({"message", "file"})
CHAT = Capabilities("Chat", {"withhold": ALL, "preserve": ALL}, by_country=True, notifies=True)
ACT = {"what": ["withhold", "preserve"], "territory": ["EU"]}


def test_it_works() -> None:
    assert able.cannot(ACT, ["message", "file"], CHAT) == []
    assert able.cannot(ACT, [], CHAT) == []


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"by_country": False}, "Chat cannot withhold in some countries only, as it is asked here: EU."),
        ({"measures": {"withhold": ALL}}, "Chat cannot preserve."),
        (
            {"measures": {"withhold": frozenset({"message"}), "preserve": ALL}},
            "Chat cannot withhold things of this kind: file.",
        ),
    ],
)
def test_what_it_cannot_is_a_sentence(changed: dict[str, Any], says: str) -> None:
    assert able.cannot(ACT, ["message", "file"], replace(CHAT, **changed)) == [says]


def test_a_platform_that_acts_everywhere_or_not_at_all_can_act_in_the_world_and_preserve() -> None:
    everywhere = replace(CHAT, by_country=False)
    assert able.cannot(ACT | {"territory": ["WORLD"]}, ALL, everywhere) == []
    assert able.cannot(ACT | {"what": ["preserve"]}, ALL, everywhere) == []


@pytest.mark.soak
def test_it_is_put_to_nobody_and_the_desk_is_told_once_until_the_platform_can(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = Sandbox.capabilities
    monkeypatch.setattr(Sandbox, "capabilities", lambda self: replace(genuine(self), by_country=False))
    case = opened(road, road.post())
    assert (case.state, case.act, alerts()) == ("to-decide", "", ["decision.unable"])
    assert kinds(case).count("decision.unable") == 1
    says = "Lantern (sandbox) cannot withhold in some countries only, as it is asked here: EU."
    assert says in deciding.barred(case)
    with pytest.raises(able.Unable, match="put to nobody"):
        deciding.propose(case.id, "execute")
    handler = client_of(road.person("handler"))
    for path in ("/console/?realm=demo", f"/console/cases/{case.id}"):
        page = handler.get(path)
        assert page.status_code == 200
    assert says in page.content.decode()
    monkeypatch.setattr(Sandbox, "capabilities", genuine)
    deciding.propose(case.id, "execute")
    assert decide(road, case).state == "answered", road.refused
