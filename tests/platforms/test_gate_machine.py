"""Gates in any order, repeated, late, refused, lied about, across restarts: on the sandbox's real server, in this
process. What a stranger finds is always the highest level that isn't lifted; next door nothing ever changes."""

import atexit
import shutil
import tempfile
import threading
from functools import cache
from pathlib import Path

import pytest
from amount import SOAK
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule, run_state_machine_as_test
from platforms.conftest import SandboxStage

from comity.platforms.port import LEVELS, OPEN, PlatformRefused
from comity.platforms.sandbox import Sandbox, World
from comity_sandbox import server, world
from comity_sandbox.store import Store

SHUT, NEXT_DOOR = ("BE", "EE"), "CH"
THING = "/c/harbour/2"
TOKEN = "a-token-of-this-test"
NOTICES = ({"en": "We leave."}, {"en": "We leave.", "fr": "Nous partons."})


@cache
def _seeded() -> Path:
    """The small world as it is at the first start; making it takes longer than all that is done in it."""
    data = Path(tempfile.mkdtemp(prefix="comity-gates-"))
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    store = Store(data / "sandbox.sqlite3")
    world.seed(store)
    store.close()
    return data


class Here:
    """A sandbox in this process, which can be stopped and started again on its store and port."""

    def __init__(self) -> None:
        self.data = Path(tempfile.mkdtemp(prefix="comity-gates-"))
        shutil.copytree(_seeded(), self.data, dirs_exist_ok=True)
        self._port = 0
        self.start()

    def start(self) -> None:
        self.store = Store(self.data / "sandbox.sqlite3")
        self.server = server.Server(("127.0.0.1", self._port), server.Platform(self.store, TOKEN, TOKEN, self.data))
        self._port = self.server.server_port
        self.base_url, self.token = f"http://127.0.0.1:{self._port}", TOKEN
        self.owner = TOKEN
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.005,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self._thread.join(5)
        self.server.server_close()
        self.store.close()

    def restart(self) -> None:
        self.stop()
        self.start()

    def end(self) -> None:
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)


class Gates(RuleBasedStateMachine):
    keys = Bundle("keys")

    def __init__(self) -> None:
        super().__init__()
        self.here = Here()
        self.platform, self.world = Sandbox(self.here.base_url, TOKEN), World(self.here.base_url, TOKEN)
        self.stage = SandboxStage(self.here)  # type: ignore[arg-type]
        self.before = {country: self.stage.pages(country) for country in (*SHUT, NEXT_DOOR)}
        self.standing: dict[str, tuple[str, str]] = {}
        self.withheld: dict[str, str] = {}
        self.over: set[str] = set()
        self.asked: dict[str, tuple[str, str, int]] = {}
        self.count = 0

    @rule(target=keys, country=st.sampled_from(SHUT), level=st.sampled_from(LEVELS), notice=st.sampled_from((0, 1)))
    def gate(self, country: str, level: str, notice: int) -> str:
        self.count += 1
        key = f"k{self.count}"
        self._gate(key, country, level, notice)
        return key

    def _gate(self, key: str, country: str, level: str, notice: int) -> None:
        known = key in self.asked
        receipt = self.platform.gate(key, country, level, NOTICES[notice])
        assert receipt.state == ("lifted" if key in self.over else "gated")
        assert receipt.new == (key not in self.over and not known)
        if key not in self.over:
            self.standing[key] = (country, level)
            self.asked[key] = (country, level, notice)
        self.as_it_is(country)

    @rule(key=keys)
    def repeat(self, key: str) -> None:
        self._gate(key, *self.asked[key])

    @rule(key=keys, country=st.sampled_from(SHUT), level=st.sampled_from(LEVELS), notice=st.sampled_from((0, 1)))
    def reuse(self, key: str, country: str, level: str, notice: int) -> None:
        if (country, level, notice) == self.asked[key]:
            return
        with pytest.raises(PlatformRefused, match="stands for something else"):
            self.platform.gate(key, country, level, NOTICES[notice])
        self.as_it_is(country)

    @rule(key=keys)
    def lift(self, key: str) -> None:
        receipt = self.platform.lift(key)
        assert (receipt.state, receipt.new) == ("lifted", key not in self.over)
        self.standing.pop(key, None)
        self.over.add(key)
        self.as_it_is(self.asked[key][0])

    @rule(country=st.sampled_from(SHUT), level=st.sampled_from(LEVELS))
    def lift_before_it_came(self, country: str, level: str) -> None:
        self.count += 1
        key = f"k{self.count}"
        self.platform.lift(key)
        self.over.add(key)
        self._gate(key, country, level, 0)

    @rule(country=st.sampled_from(SHUT), level=st.sampled_from(LEVELS))
    def pretend(self, country: str, level: str) -> None:
        self.count += 1
        self.world.misbehave("pretend")
        assert self.platform.gate(f"k{self.count}", country, level, NOTICES[0]).state == "gated"
        for key in self.standing:
            self.platform.lift(key)
        self.world.misbehave("normal")
        self.as_it_is(country)

    @rule(country=st.sampled_from(SHUT))
    def withhold(self, country: str) -> None:
        self.count += 1
        self.platform.act(f"k{self.count}", "withhold", THING, [country])
        self.withheld[f"k{self.count}"] = country
        self.as_it_is(country)

    @rule()
    def give_back(self) -> None:
        for key in self.withheld:
            self.platform.lift(key)
        self.withheld.clear()

    @rule()
    def restart(self) -> None:
        self.here.restart()
        for country in SHUT:
            self.as_it_is(country)

    def as_it_is(self, country: str) -> None:
        levels = [LEVELS.index(level) for where, level in self.standing.values() if where == country]
        level = LEVELS[max(levels)] if levels else OPEN
        assert self.platform.observe_gate(country).level == level
        hidden = "withheld" if country in self.withheld.values() else "visible"
        seen = self.platform.observe(self.here.base_url + THING, country).state
        assert seen == ("gated" if level == "notice" else hidden)
        for page in ("/", "/c/harbour"):
            assert self.stage.page(f"{page}?from={NEXT_DOOR}") == self.before[NEXT_DOOR][page]

    def teardown(self) -> None:
        try:
            self.give_back()
            for key in self.standing:
                self.platform.lift(key)
            for country, pages in self.before.items():
                assert self.stage.pages(country) == pages
        finally:
            self.here.end()


@pytest.mark.slow
def test_it_works() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Gates,
        settings=settings(
            max_examples=300 if SOAK else 8,
            stateful_step_count=60 if SOAK else 15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
