"""Stages: what a platform must be able to set up, so that the port's guarantees can be tried on it."""

import itertools
import signal
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any, ClassVar, Protocol

import pytest

from comity.platforms import signed
from comity.platforms.http import HttpPlatform, Secrets
from comity.platforms.port import Platform
from comity.platforms.sandbox import Sandbox, World
from comity_sandbox.process import SandboxProcess


class Stage(Protocol):
    """A platform with its own ways to make the things that tests need."""

    platform: Platform
    private_url: str
    closed_url: str
    open_url: str
    channel_url: str
    account_url: str
    missing_url: str
    untold_url: str
    people: dict[str, int]

    def message(self, edits: int = 0, picture: bool = False) -> str: ...
    def remove(self, url: str) -> None: ...
    def restart(self) -> None: ...
    def misbehave(self, mode: str) -> None: ...
    def told(self) -> int: ...
    def pages(self, country: str) -> dict[str, bytes]: ...


PAGES = ["/", "/c/harbour", "/c/harbour/1", "/c/night-trains/1/picture", "/c/bike-repair", "/c/nothing", "/u/anna"]
PAGES += ["/join", "/export", "/u/anna/export", "/appeals", "/look.css"]


class SandboxStage:
    people: ClassVar = {"FR": 2, "XV": 2, "JP": 0}

    def __init__(self, process: SandboxProcess) -> None:
        base = process.base_url
        self._process, self._count = process, itertools.count()
        self._world, self.platform = World(base, process.token, owner=process.owner), Sandbox(base, process.token)
        self.private_url, self.closed_url = f"{base}/p/holiday/1", f"{base}/c/choir/1"
        self.open_url, self.channel_url = f"{base}/c/bike-repair/1", f"{base}/c/harbour"
        self.account_url, self.untold_url = f"{base}/u/anna", f"{base}/c/kitchen/3"
        self.missing_url = f"{base}/c/harbour/999999"

    def message(self, edits: int = 0, picture: bool = False) -> str:
        url = self._world.post("town-square", "anna", f"A message {next(self._count)}", draw="sea" if picture else "")
        for i in range(edits):
            self._world.edit(url, f"Edited {i}")
        return url

    def remove(self, url: str) -> None:
        self._world.remove(url)

    def restart(self) -> None:
        self._process.end(signal.SIGKILL)
        self._process.start()

    def misbehave(self, mode: str) -> None:
        self._world.misbehave(mode)

    def told(self) -> int:
        """How many notices Anna has, as she sees it."""
        page = next(i.page for i in self._world.inhabitants() if i.id == "anna")
        with urllib.request.urlopen(page) as answer:
            inbox = answer.read().decode().split("What you wrote")[0]
        return inbox.count("<li class")

    def pages(self, country: str) -> dict[str, bytes]:
        """What people in a country see, of each kind of page."""
        return {path: self.page(f"{path}?from={country}") for path in PAGES}

    def page(self, path: str) -> bytes:
        """One page as a viewer gets it, a refusal too."""
        try:
            with urllib.request.urlopen(self._process.base_url + path) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return b"%d " % error.code + error.read()


class HttpStage(SandboxStage):
    """The same sandbox, reached as any platform is: by the signed calls of the contract."""

    people: ClassVar = {"FR": 2, "JP": 0}  # an invented country is the demo's alone

    def __init__(self, process: SandboxProcess) -> None:
        super().__init__(process)
        self.platform: Any = over_http(process)


def over_http(process: SandboxProcess, **more: Any) -> HttpPlatform:
    """A running sandbox as an adapter."""
    secrets = Secrets(*(signed.derived(process.token, level) for level in ("read", "reversible")))
    return HttpPlatform(f"{process.base_url}/port", secrets, **more)


# A platform more is a line more.
STAGES: dict[str, Any] = {"sandbox": SandboxStage, "http": HttpStage}


class Gates:
    """Gates put up in a test, of which none outlives it."""

    notice: ClassVar = {"en": "We leave. Your data: see below.", "fr": "Nous partons."}

    def __init__(self, platform: Platform) -> None:
        self.platform, self._keys = platform, list[str]()

    def put(self, level: str, country: str = "BE", key: str = "", **notice: str) -> str:
        """Put up a gate; returns its key."""
        self._keys.append(key or f"gate:{uuid.uuid4().hex}")
        self.platform.gate(self._keys[-1], country, level, notice or self.notice)
        return self._keys[-1]

    def level(self, country: str = "BE") -> str | None:
        """What a stranger in a country finds."""
        return self.platform.observe_gate(country).level

    def lift_all(self) -> None:
        for key in self._keys:
            self.platform.lift(key)


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    process = SandboxProcess(tmp_path_factory.mktemp("sandbox"))
    yield process
    process.end()


@pytest.fixture(params=list(STAGES))
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    made = STAGES[request.param](request.getfixturevalue("sandbox"))
    yield made
    made.misbehave("normal")


@pytest.fixture
def gates(stage: Stage) -> Iterator[Gates]:
    made = Gates(stage.platform)
    yield made
    stage.misbehave("normal")
    made.lift_all()


@pytest.fixture
def key() -> str:
    return f"test:{uuid.uuid4().hex}"
