"""Realms on platforms: what is played, as a demo or a drill, stays on the sandbox, whatever else there is."""

import ast
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from platforms.conftest import STAGES, Stage

import comity
from comity import platforms
from comity.connected import Connected
from comity.measures import targets
from comity.platforms.guarded import guarded
from comity.platforms.port import PlatformDown, PlatformRefused, Receipt
from comity.platforms.sandbox import Sandbox

ELSEWHERE = "https://chat.example"


class Chat(Sandbox):
    """A platform in use, whose author took the sandbox's connector for a start."""

    def __init__(self) -> None:
        super().__init__(ELSEWHERE, "token")
        self.acts: list[str] = []

    def act(self, key: str, kind: str, ref: str, territory: Collection[str]) -> Receipt:
        self.acts.append(key)
        return Receipt(key, "withheld", True, comity.clock.now())


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch) -> Chat:
    made = Chat()
    connect(made, monkeypatch)
    return made


def connect(platform: platforms.Platform, monkeypatch: pytest.MonkeyPatch, name: str = "chat") -> None:
    """Let a platform be the one that is connected, out of shadow."""
    made = guarded(Connected(name, "http"), platform, lambda: False)
    monkeypatch.setattr(platforms, "each", lambda: iter([made]))


@pytest.mark.parametrize("realm", ["demo", "drill"])
def test_a_platform_in_use_is_none_that_a_demo_or_a_drill_reaches(chat: Chat, realm: str) -> None:
    url = f"{ELSEWHERE}/c/harbour/2"
    assert chat.owns(url)
    assert platforms.for_url(url, realm) is None
    assert platforms.resolve(url, realm) is None
    assert platforms.reached(realm) == []
    with pytest.raises(PlatformRefused, match="outside the sandbox") as no:
        targets.platform_of(url, realm)
    assert no.value.code == "realm"


@pytest.mark.parametrize("realm", ["demo", "drill"])
def test_without_that_it_would_act(chat: Chat, realm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"{ELSEWHERE}/c/harbour/2"
    assert [one.inner for one in platforms.reached("real")] == [chat]
    assert targets.platform_of(url, "real") is not None
    monkeypatch.setattr(platforms, "PLAYED", frozenset())
    targets.platform_of(url, realm).act("k", "withhold", "/c/harbour/2", ["FR"])
    assert chat.acts == ["k"]


@pytest.mark.parametrize("realm", ["real", "demo", "drill"])
def test_what_each_platform_of_ours_is_to_a_realm(
    stage: Stage, request: pytest.FixtureRequest, realm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = request.node.callspec.params["stage"]
    assert name in STAGES
    connect(stage.platform, monkeypatch, name)
    reached = platforms.for_url(stage.message(), realm) is not None
    assert reached == (realm == "real" or name == "sandbox")


def test_an_address_of_no_platform_is_asked_about_again_in_earnest_and_refused_in_play(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "COMITY", replace(settings.COMITY, sandbox_url=""))
    with pytest.raises(PlatformDown):
        targets.platform_of("http://127.0.0.1:1/c/harbour/2", "real")
    with pytest.raises(PlatformRefused):
        targets.platform_of("http://127.0.0.1:1/c/harbour/2", "demo")


@pytest.mark.slow
def test_nothing_comes_by_a_platform_but_through_its_realm() -> None:
    """Outside this folder nobody imports a connector, nor what lists them all."""
    home = Path(comity.__file__).parent
    others = [path for path in home.rglob("*.py") if "platforms" not in path.relative_to(home).parts]
    imported = {name for path in others for name in _imports(path)}
    assert "comity.platforms.for_url" in imported
    assert {name for name in imported if name.startswith("comity.platforms.sandbox.")} == set()
    assert imported & {"comity.platforms.each", "comity.platforms.sandbox", "comity.platforms"} == set()


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def test_a_demo_case_about_a_platform_in_use_has_nothing_to_act_on(chat: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from comity.cases import gather

    facts = {"facts": {"form": {"urls": [f"{ELSEWHERE}/c/harbour/2"]}}}
    monkeypatch.setattr(gather.document, "order", lambda kept: facts)
    monkeypatch.setattr(chat, "resolve", lambda url: pytest.fail("it was asked"))
    asked = gather.ask_platform({"corrections": []}, "demo")
    assert [answer["facts"] for answer in asked.values()] == [{"found": False}]
