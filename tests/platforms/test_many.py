"""Many targets at once: the same as one by one, in as few calls as a platform offers."""

from typing import Any

import pytest
from platforms.conftest import Stage
from platforms.test_client import platform, says

from comity.platforms import many
from comity.platforms.line import Line
from comity.platforms.port import Many, PlatformDown, PlatformRefused
from comity.platforms.sandbox import Sandbox
from comity.platforms.sandbox.client import Client


class Plain:
    """A platform of which only the port is left."""

    def __init__(self, whole: Any) -> None:
        self.resolve, self.snapshot, self.act, self.lift = whole.resolve, whole.snapshot, whole.act, whole.lift


@pytest.fixture(params=["as it is", "one by one"])
def place(request: pytest.FixtureRequest, stage: Stage) -> Any:
    return stage.platform if request.param == "as it is" else Plain(stage.platform)


def test_it_works(stage: Any, place: Any, key: str) -> None:
    urls = [stage.message(picture=n == 1) for n in range(3)]
    asked = [*urls, stage.missing_url, stage.channel_url]
    found = many.resolve(place, asked)
    assert found == [stage.platform.resolve(url) for url in asked]
    refs = [one.ref for one in found[:3]]
    before = many.snapshots(place, refs)
    assert before == [stage.platform.snapshot(ref) for ref in refs]
    deeds = [(f"{key}:{n}", ref) for n, ref in enumerate(refs)]
    for new in (True, False):
        done = [answer for some in many.in_calls(place, deeds) for answer in many.act(place, "withhold", ["EU"], some)]
        assert [(one.key, one.state, one.new) for one in done] == [(k, "withheld", new) for k, _ in deeds]
    assert {stage.platform.observe(url, "FR").state for url in urls} == {"withheld"}
    assert {stage.platform.observe(url, "CH").state for url in urls} == {"visible"}
    keys = [key for key, _ in deeds]
    lifted = [answer for some in many.in_calls(place, keys) for answer in many.lift(place, some)]
    assert [one.state for one in lifted] == ["lifted"] * 3
    assert many.snapshots(place, refs) == before


def test_what_is_refused_of_one_leaves_the_others(stage: Any, place: Any, key: str) -> None:
    urls = [stage.message() for _ in range(2)]
    refs = [stage.platform.resolve(url).ref for url in urls]
    gone = stage.platform.resolve(stage.missing_url).ref
    stage.platform.act(f"{key}:used", "withhold", refs[0], ["FR"])
    deeds = [(f"{key}:0", refs[0]), (f"{key}:1", gone), (f"{key}:used", refs[1]), (f"{key}:3", refs[1])]
    done = [answer for some in many.in_calls(place, deeds) for answer in many.act(place, "withhold", ["EU"], some)]
    assert [one.code if isinstance(one, PlatformRefused) else one.new for one in done] == [
        True,
        "unknown",
        "key-used",
        True,
    ]
    copies = many.snapshots(place, [refs[0], gone])
    assert isinstance(copies[0], bytes)
    assert isinstance(copies[1], PlatformRefused)


def test_of_nothing_nothing_is_asked(place: Any) -> None:
    assert many.resolve(place, []) == many.snapshots(place, []) == list(many.in_calls(place, [])) == []


def test_what_can_be_done_at_once_takes_few_calls(stage: Any, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not isinstance(stage.platform, Many):
        assert [len(some) for some in many.in_calls(stage.platform, range(3))] == [1] * 3  # it takes one by one
        return
    urls = [stage.message() for _ in range(7)]
    stage.platform.capabilities()  # it may have to ask, once
    monkeypatch.setattr(stage.platform, "at_once", 3)
    calls: list[str] = []
    genuine = Line.ask

    def counted(self: Any, read: Any, method: str, path: str, *rest: Any) -> Any:
        calls.append(path)
        return genuine(self, read, method, path, *rest)

    monkeypatch.setattr(Line, "ask", counted)
    assert [one.found for one in many.resolve(stage.platform, urls)] == [True] * 7
    assert len(calls) == 3


def test_a_platform_that_pretends_and_one_that_is_down(stage: Any, place: Any, key: str) -> None:
    urls = [stage.message() for _ in range(2)]
    refs = [stage.platform.resolve(url).ref for url in urls]
    deeds = [(f"{key}:{n}", ref) for n, ref in enumerate(refs)]
    stage.misbehave("pretend")
    for some in many.in_calls(place, deeds):
        many.act(place, "withhold", ["EU"], some)
    assert {stage.platform.observe(url, "FR").state for url in urls} == {"visible"}
    stage.misbehave("down")
    for ask in (
        lambda: many.resolve(place, urls),
        lambda: many.snapshots(place, refs),
        lambda: many.lift(place, [k for k, _ in deeds]),
    ):
        with pytest.raises(PlatformDown):
            ask()


@pytest.mark.parametrize(
    "body", [b"{}", b'{"answers": []}', b'{"answers": 7}', b'{"answers": [7, 7]}', b'{"answers": [{}, {}, {}]}']
)
def test_answers_that_make_no_sense_are_down(body: bytes) -> None:
    with platform(says(200, body)) as (sandbox, _), pytest.raises(PlatformDown):
        sandbox.lift_many(["a", "b"])


def test_as_many_answers_as_fit_are_asked_on_from(sandbox: Any, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    ours = Sandbox(sandbox.base_url, sandbox.token)
    genuine, asked = Client.send, []

    def first_of(self: Any, method: str, path: str, **body: Any) -> Any:
        asked.append(len(body["bodies"]))
        answer = genuine(self, method, path, **body)
        return {"answers": answer["answers"][:2]}

    monkeypatch.setattr(Client, "send", first_of)
    found = ours.resolve_many([f"{sandbox.base_url}/c/harbour/{n}" for n in (1, 2, 3, 999)])
    assert [one.found for one in found] == [True, True, True, False]
    assert asked == [4, 2]


def test_a_connection_is_kept_and_one_that_was_closed_meanwhile_is_opened_again(stage: Any, key: str) -> None:
    url = stage.message()
    ref = stage.platform.resolve(url).ref
    assert stage.platform.observe(url, "FR").state == "visible"
    stage.restart()
    assert stage.platform.act(key, "withhold", ref, ["EU"]).new
    assert stage.platform.observe(url, "FR").state == "withheld"
