"""A demo's approved act on a platform in use: nothing is done there, nothing copied, and the desk is told."""

from collections.abc import Iterator

import pytest
from hostile.scene import alerts, decide, lift, mails, opened
from road import Road

from comity import platforms
from comity.measures.models import Measure
from comity.notifications.models import Notification
from comity.platforms.guarded import Guarded
from comity.platforms.sandbox import Sandbox

GENUINE = platforms.each


class InUse(Sandbox):
    """The same platform over the same lines, and not the sandbox."""


@pytest.fixture
def in_use(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put it in the sandbox's place when called upon; which of its methods were called."""
    called: list[str] = []
    for name in ("resolve", "snapshot", "act", "lift", "observe", "notify"):

        def call(self: InUse, *given: object, name: str = name) -> object:
            called.append(name)
            return getattr(Sandbox, name)(self, *given)

        monkeypatch.setattr(InUse, name, call, raising=False)
    return called


def _exchanged() -> Iterator[Guarded]:
    for platform in GENUINE():
        assert isinstance(platform.inner, Sandbox)
        made = InUse.__new__(InUse)
        vars(made).update(vars(platform.inner))
        platform.inner = made
        yield platform


def _seen(url: str) -> str:
    (sandbox,) = GENUINE()
    return sandbox.observe(url, "FR").state


@pytest.mark.slow
def test_nothing_is_done_and_the_desk_is_told(road: Road, in_use: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    url = road.post()
    case = opened(road, url)
    assert case.realm == "demo"
    monkeypatch.setattr(platforms, "each", _exchanged)
    decide(road, case)
    assert (case.state, alerts()) == ("not-effective", ["measure.failed"])
    assert in_use == []
    assert _seen(url) == "visible"
    assert (Measure.objects.count(), mails("answer"), Notification.objects.count()) == (0, [], 0)


@pytest.mark.soak  # that the tests before this one can fail
def test_without_that_it_would_be_done(road: Road, in_use: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    url = road.post()
    case = opened(road, url)
    monkeypatch.setattr(platforms, "each", _exchanged)
    monkeypatch.setattr(platforms, "PLAYED", frozenset())
    decide(road, case)
    assert {"resolve", "snapshot", "act", "observe", "notify"} == set(in_use)
    assert _seen(url) == "withheld"


@pytest.mark.slow
def test_what_a_demo_withheld_is_not_lifted_elsewhere_and_the_desk_is_told(
    road: Road, in_use: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = road.post()
    case = decide(road, opened(road, url))
    monkeypatch.setattr(platforms, "each", _exchanged)
    lift(road, case)
    assert in_use == []
    assert alerts() == ["measure.failed"]
    assert _seen(url) == "withheld"
