"""The life of a call on real rows: whatever people do, in whatever order, the table holds, and what is open rings."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from road import Road

from comity import clock
from comity.alerts.models import Round
from comity.hotline import after, commands, officers, rules
from comity.hotline.models import Call
from comity.ledger.life import NotNow

from .scene import again, on_duty, raised

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ACTS = ("acknowledge", "told", "hand-over", "lapse", "late", "close", "review")


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(ACTS), min_size=1, max_size=10))
def test_the_table_holds_and_an_open_call_that_nobody_has_rings(road: Road, acts: list[str]) -> None:
    on_duty(road)
    with clock.freeze(clock.now()):
        Call.objects.update(state="closed")  # of the example before
        call = raised(road)
        handler = road.person("handler")
        for act in acts:
            before = again(call).state
            with suppress(NotNow):
                _do(road, act, call.id, handler)
            now = again(call)
            assert now.state == before or now.state in {rules.LIFE[key] for key in rules.LIFE if key[0] == before}
            rings = Round.objects.filter(subject=call.id, answered_at=None, stopped_at=None).exists()
            assert rings == (now.state in rules.RINGING)
            clock.advance(1)


def _do(road: Road, act: str, number: str, handler) -> None:
    if act == "acknowledge":
        commands.acknowledge(handler, number)
    elif act == "told":
        commands.say_acted(handler, number, "The parents are told.")
    elif act == "hand-over":
        commands.hand_over(handler, number, "All is quiet.")
    elif act == "lapse":
        clock.advance(901)
        after.keep_time(clock.now())
    elif act == "late":
        clock.advance(301)
        commands.unanswered(clock.now())
    elif act == "close":
        commands.close(handler, number, "Dealt with.")
    elif act == "review":
        hash = after.propose(road.person("counsel"), number, "It was right.")
        after.sign(road.person("counsel"), number, hash, None)
        after.sign(road.person("decider"), number, hash, None)


def test_a_service_is_suspended_by_one_and_reinstated_by_two(road: Road) -> None:
    raised(road)
    service = officers.suspend(road.person("handler"), "demo-hotline")
    assert service.state == "suspended"
    with pytest.raises(NotNow):
        officers.suspend(road.person("handler"), "demo-hotline")
