"""The client of the contract: what it takes of its settings, what it asks again, what it never believes."""

import json
import math
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from platforms import liars, test_client
from platforms.conftest import over_http
from platforms.liars import secret

from comity.platforms import many
from comity.platforms.asking import Limits, Secrets
from comity.platforms.http import HttpPlatform
from comity.platforms.naming import Account
from comity.platforms.port import PlatformDown, PlatformRefused
from comity_sandbox.process import SandboxProcess

SECRETS = Secrets(secret(), secret())
ABLE = {"name": "Forum", "measures": {"withhold": ["message"]}, "by_country": True, "notifies": True, "at_once": 3}
BATCH = 5_000 if os.environ.get("COMITY_SOAK") else 600


class Adapter:
    """An adapter that answers in turn what it was told to; without anything left, as `says` does."""

    def __init__(self, says: Callable[[str, Any], Any], *first: Any, secrets: Secrets = SECRETS, **more: Any) -> None:
        self.calls, self.first = list[tuple[str, Any]](), list(first)
        self._says, self._more, self._secrets = says, {"known": ABLE} | more, secrets

    def __enter__(self) -> "Adapter":
        def answer(request: Any) -> None:
            call = request.path.rpartition("/")[2]
            body = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
            self.calls.append((call, body["data"]))
            told = self.first.pop(0) if self.first else self._says(call, body["data"])
            status, said, headers = told if isinstance(told, tuple) else (200, told, {})
            test_client.says(status, json.dumps(said).encode(), **headers)(request)

        self._serving = test_client.platform(answer)
        bare, _ = self._serving.__enter__()
        self.platform = HttpPlatform(f"{bare.base_url}/comity/", self._secrets, **self._more)
        return self

    def __exit__(self, *error: Any) -> None:
        self._serving.__exit__(None, None, None)


def receipts(call: str, data: Any) -> Any:
    keys = data["keys"] if call == "lift" else [deed["key"] for deed in data["deeds"]]
    state = "lifted" if call == "lift" else "withheld"
    return {"answers": [{"key": key, "state": state, "new": True} for key in keys]}


def test_many_are_asked_in_as_many_calls_as_the_adapter_takes_and_answers() -> None:
    with Adapter(receipts) as adapter:
        deeds = [(f"k{n}", f"/t/{n}") for n in range(7)]
        done = adapter.platform.act_many("withhold", ["EU"], deeds)
        assert [one.key for one in done if not isinstance(one, PlatformRefused)] == [key for key, _ in deeds]
        assert [len(data["deeds"]) for _, data in adapter.calls] == [3, 3, 1]
        adapter.calls.clear()
        adapter.first = [{"answers": receipts("lift", {"keys": ["a"]})["answers"]}]  # the first alone fitted
        assert len(adapter.platform.lift_many(["a", "b", "c"])) == 3
        assert [data["keys"] for _, data in adapter.calls] == [["a", "b", "c"], ["b", "c"]]


def test_who_is_busy_or_was_not_sure_of_the_signature_is_asked_again() -> None:
    busy, stale = (503, {}, {"Retry_After": "0"}), (401, {"error": "stale", "says": "Too old."}, {})
    for first in ([busy], [busy, busy], [stale], [(429, {}, {})]):
        with Adapter(receipts, *first) as adapter:
            assert adapter.platform.lift("k").new
            assert len(adapter.calls) == len(first) + 1
    with Adapter(receipts, busy, busy, busy) as adapter, pytest.raises(PlatformDown, match="503"):
        adapter.platform.lift("k")
    with Adapter(receipts, (503, {}, {"Retry_After": "3600"})) as adapter, pytest.raises(PlatformDown, match="503"):
        adapter.platform.lift("k")
    with Adapter(receipts, stale, stale) as adapter, pytest.raises(PlatformDown, match="signature"):
        adapter.platform.lift("k")
    forged = (401, {"error": "bad-signature", "says": "No."}, {})
    with Adapter(receipts, forged) as adapter, pytest.raises(PlatformDown, match="bad-signature"):
        adapter.platform.lift("k")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"answers": []}, "answers"),
        ({"answers": [{"key": "other", "state": "withheld", "new": True}]}, "key"),
        ({"answers": [{"key": "k", "state": "gated", "new": True}]}, "state"),
        ({"answers": [{"key": "k", "state": "withheld", "new": 1}]}, "new"),
        ({"answers": [{"error": 7}]}, "without a code"),
        ((404, {"error": "x", "says": "y"}, {}), "404"),
        ((400, {"detail": "y"}, {}), "without a code"),
        ((204, {}, {}), "204"),
    ],
)
def test_what_makes_no_sense_says_nothing_of_what_happened(answer: Any, says: str) -> None:
    with Adapter(receipts, answer) as adapter, pytest.raises(PlatformDown, match=says):
        adapter.platform.act("k", "withhold", "/t/1", ["FR"])


@pytest.mark.parametrize(
    "found",
    [
        {"found": True, "ref": "/t/1", "kind": "message", "audience": "all"},
        {"found": True, "ref": "", "kind": "message", "audience": "public"},
        {"found": True, "ref": "x" * 301, "kind": "message", "audience": "public"},
        {"found": True, "ref": "a\nb", "kind": "message", "audience": "public"},
        {"found": True, "ref": "/t/1", "kind": "Message", "audience": "public"},
        {"found": True, "ref": "/t/1", "kind": "message", "audience": "public", "edits": -1},
        {"found": True, "ref": "/t/1", "kind": "message", "audience": "public", "edits": True},
        {"found": True, "ref": "/t/1", "kind": "message", "audience": "public", "author": {"country": "France"}},
        {"found": True, "ref": "/t/1", "kind": "message", "audience": "public", "posted_at": "2026-11-30T08:00:00"},
        {"found": True, "ref": "/t/1", "kind": "message", "audience": "public", "url": "https://elsewhere.example/1"},
        {"found": 1},
        {},
    ],
)
def test_what_an_address_leads_to_is_believed_only_as_the_contract_says_it(found: dict[str, Any]) -> None:
    with Adapter(lambda call, data: {"answers": [found]}) as adapter, pytest.raises(PlatformDown, match="no sense"):
        adapter.platform.resolve(f"{adapter.platform.adapter.url.removesuffix('/comity')}/t/1")


def named(**more: Any) -> dict[str, Any]:
    return {"url": "https://forum.example/u/ada", "name": "Ada", "country": "DE", **more}


def test_whose_account_is_called_so_is_asked_only_of_a_platform_that_says_it_knows() -> None:
    says, at = {"accounts": [named(), named(url="https://forum.example/u/ada2", country=None)]}, ["forum.example"]
    with Adapter(lambda call, data: says, addresses=at) as silent:
        assert silent.platform.accounts("ada") is None
        assert silent.calls == []
    with Adapter(lambda call, data: says, addresses=at, known=ABLE | {"accounts": True}) as adapter:
        found = adapter.platform.accounts("@Ada")
        assert found == [Account("https://forum.example/u/ada", "Ada", "DE"), Account(found[1].url, "Ada", None)]
        assert adapter.calls == [("accounts", {"name": "@Ada"})]
    never = HttpPlatform("http://127.0.0.1:1", SECRETS, limits=Limits(repeats=0))
    with pytest.raises(PlatformDown):  # not "nobody", nor "it can't say": it isn't known
        never.accounts("ada")


@pytest.mark.parametrize(
    "found",
    [
        None,
        "ada",
        ["https://forum.example/u/ada"],
        [named(url="https://elsewhere.example/u/ada")],
        [named(url="")],
        [named(name=7)],
        [named(country="Germany")],
        [named(), named()],
        [named(url=f"https://forum.example/u/{n}") for n in range(21)],
    ],
)
def test_an_account_is_believed_only_as_the_contract_says_it(found: Any) -> None:
    able, at = ABLE | {"accounts": True}, ["forum.example"]
    with (
        Adapter(lambda call, data: {"accounts": found}, addresses=at, known=able) as adapter,
        pytest.raises(PlatformDown, match="accounts"),
    ):
        adapter.platform.accounts("ada")


def test_an_address_is_sent_in_one_spelling() -> None:
    asked: list[str] = []

    def say(call: str, data: Any) -> Any:
        asked.extend(data["urls"])
        return {"answers": [{"found": False}]}

    with Adapter(say, addresses=["https://Forum.Example/t/", "chat.example:8443"]) as adapter:
        for url in ("http://FORUM.example/t/./1/#x", "https://forum.example/t/a b", "forum.example/t/1?q=é#f"):
            if " " not in url:
                adapter.platform.resolve(url)
        assert asked == ["https://forum.example/t/1", "https://forum.example/t/1?q=%C3%A9"]
        assert adapter.platform.owns("https://chat.example:8443/x")
        for url in ("https://forum.example/team", "https://chat.example/x", "https://forum.example.evil/t/1", "t/1"):
            assert not adapter.platform.owns(url)
            with pytest.raises(PlatformRefused, match="another platform"):
                adapter.platform.resolve(url)


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("https://forum.example/comity", True),
        ("http://127.0.0.1:8090", True),
        ("http://[::1]:8090/x", True),
        ("http://10.0.0.7/x", True),
        ("http://forum:8090/x", True),
        ("http://forum.internal/x", True),
        ("http://forum.example/x", False),
        ("http://8.8.8.8/x", False),
        ("https://user:pass@forum.example/x", False),
        ("https://forum.example/x?a=1", False),
        ("https://forum.example/x#a", False),
        ("https://forum.example/a b", False),
        ("https://forum.example:0/x", False),
        ("https://forum.example:99999/x", False),
        ("ftp://forum.example", False),
        ("forum.example", False),
        ("https://", False),
        ("", False),
    ],
)
def test_where_an_adapter_may_be(url: str, fits: bool) -> None:
    if fits:
        assert HttpPlatform(url, SECRETS).adapter.url == url
        return
    with pytest.raises(ValueError, match="url"):
        HttpPlatform(url, SECRETS)


@pytest.mark.parametrize("bad", ["", "whsec_", "whsec_c2hvcnQ=", "no", "whsec_%%%", "A" * 44])
def test_a_secret_that_is_none_is_named(bad: str) -> None:
    with pytest.raises(ValueError, match="reversible"):
        Secrets(SECRETS.read, bad)
    with pytest.raises(ValueError, match="another"):
        Secrets(SECRETS.read, SECRETS.read)
    assert SECRETS.read not in repr(SECRETS)


def test_what_it_can_do_is_known_without_a_call_and_measures_without_a_secret_are_left_out() -> None:
    able = {**ABLE, "measures": {"withhold": ["message"], "purge": ["message"], "dance": ["message"]}}
    with Adapter(receipts, known=able, name="Our forum") as adapter:
        assert adapter.platform.capabilities().measures.keys() == {"withhold"}
        assert adapter.platform.capabilities().name == "Our forum"
        with pytest.raises(PlatformRefused, match="cannot purge"):
            adapter.platform.act("k", "purge", "/t/1", ["WORLD"])
        assert adapter.calls == []
    whole = Secrets(SECRETS.read, SECRETS.reversible, secret())
    with Adapter(receipts, secrets=whole, known=able) as adapter:
        assert adapter.platform.act("k", "purge", "/t/1", ["WORLD"]).new
    with Adapter(lambda call, data: able, known=None) as adapter:
        for _ in range(3):
            assert adapter.platform.capabilities().can("withhold", "message")
        assert [call for call, _ in adapter.calls] == ["capabilities"]
        assert adapter.platform.answered == able


def test_a_platform_that_never_said_what_it_can_do_refuses_nothing() -> None:
    platform = HttpPlatform("http://127.0.0.1:1", SECRETS, limits=Limits(repeats=0), name="Forum")
    assert platform.capabilities().measures == {}
    with pytest.raises(PlatformDown):
        platform.act("k", "withhold", "/t/1", ["FR"])
    assert math.isnan(platform.adapter.clock_off)


def test_only_everywhere_is_nowhere_else() -> None:
    with Adapter(receipts, known={**ABLE, "by_country": False}) as adapter:
        with pytest.raises(PlatformRefused, match="country by country"):
            adapter.platform.act("k", "withhold", "/t/1", ["FR"])
        assert adapter.platform.act("k", "withhold", "/t/1", ["WORLD"]).new


def test_a_stranger_of_ours_looks_too_and_what_they_see_counts(tmp_path: Path) -> None:
    with liars.served(tmp_path) as forum:
        platform = HttpPlatform(f"{forum.home}/comity", forum.secrets)
        url = f"{forum.home}/t/1"
        platform.act("k", "withhold", platform.resolve(url).ref, ["FR"])
        assert [platform.observe(url, country).state for country in ("FR", "CH")] == ["withheld", "visible"]
        forum.forum.hidden = lambda ref, country: False
        assert platform.observe(url, "FR").state == "visible"


@pytest.mark.slow
def test_an_adapter_that_dies_in_the_middle_of_a_batch_has_done_each_once(tmp_path: Path) -> None:
    process = SandboxProcess(tmp_path)
    try:
        platform = over_http(process)
        refs = ["/c/harbour/1", "/c/harbour/2", "/c/kitchen/1", "/c/night-trains/1"]
        before = platform.snapshot_many(refs)
        deeds = [(f"batch:{n}", refs[n % len(refs)]) for n in range(BATCH)]
        killer = threading.Timer(0.03, process.process.kill)
        done, deaths = list[Any](), 0
        for n, some in enumerate(many.in_calls(platform, deeds)):
            if n == 1:
                killer.start()
            try:
                done += many.act(platform, "withhold", ["EU"], some)
            except PlatformDown:
                deaths += 1
                process.process.wait(20)
                process.start()
                done += many.act(platform, "withhold", ["EU"], some)
        killer.join()
        assert deaths == 1
        assert [one.key for one in done] == [key for key, _ in deeds]
        again = [one for some in many.in_calls(platform, deeds) for one in many.act(platform, "withhold", ["EU"], some)]
        assert {one.new for one in again} == {False}
        held = [json.loads(copy)["state"]["withheld"] for copy in platform.snapshot_many(refs) if copy]
        assert sum(map(len, held)) == BATCH
        for some in many.in_calls(platform, [key for key, _ in deeds]):
            many.lift(platform, some)
        assert platform.snapshot_many(refs) == before
    finally:
        process.end()
