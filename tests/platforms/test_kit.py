"""The kit finds each liar out by its own case, and passes who tells the truth."""

import asyncio
import copy
import http.server
import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from platforms import liars
from platforms.conftest import over_http
from platforms.liars import Forum, answers

from comity import cli
from comity.platforms import signed
from comity.platforms.asking import Limits, Secrets, Unanswered
from comity.platforms.http import HttpPlatform
from comity.platforms.kit import CASES, Trial, run
from comity.platforms.kit.trial import trying

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def its(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forum]:
    with liars.served(tmp_path_factory.mktemp("keys")) as made:
        yield made


@pytest.fixture
def forum(its: Forum, monkeypatch: pytest.MonkeyPatch) -> Forum:
    its.forget()
    its.set = monkeypatch.setattr  # type: ignore[attr-defined]
    return its


def test_the_worked_example_passes_and_is_as_it_was(forum: Forum) -> None:
    report = forum.tested()
    assert report.failing == {}
    assert set(report.left_out) == {"people", "gate"}
    assert len(report.passed) + 2 == len(CASES)
    assert report.capabilities["measures"] == {"withhold": ["message"], "preserve": ["message"]}
    assert all(did["lifted"] for did in forum.forum.DONE.values())


def test_the_sandbox_passes(sandbox: Any) -> None:
    secrets = Secrets(*(signed.derived(sandbox.token, level) for level in ("read", "reversible")))
    report = run(Trial(over_http(sandbox), secrets, 5.0))
    assert (report.failing, report.left_out, len(report.passed)) == ({}, [], len(CASES))


# -- liars ------------------------------------------------------------------------------------------------------------


def does_nothing(its: Any) -> None:
    its.set(its.forum, "hidden", lambda ref, country: False)
    its.set(its.adapter, "hidden", lambda ref, country: False)


def shows_it_all_the_same(its: Any) -> None:
    its.set(its.forum, "hidden", lambda ref, country: False)


def hides_everywhere(its: Any) -> None:
    for module in (its.forum, its.adapter):
        its.set(module, "hidden", lambda ref, country: bool(its.forum.holds(ref)))


def acts_twice(its: Any) -> None:
    honest = its.adapter.act

    def act(deed: Any, kind: str, countries: list[str]) -> Any:
        done = honest(deed, kind, countries)
        if not done["new"] and done["state"] != "lifted":
            its.forum.DONE[f"{deed['key']}:again"] = copy.deepcopy(its.forum.DONE[deed["key"]])
        return done

    its.set(its.adapter, "act", act)


def says_new_each_time(its: Any) -> None:
    honest = its.adapter.act
    its.set(its.adapter, "act", lambda *asked: honest(*asked) | {"new": True})


def forgets_others(its: Any) -> None:
    honest = its.adapter.lift

    def lift(key: str) -> Any:
        ref = its.forum.DONE.get(key, {}).get("ref")
        for other, did in its.forum.DONE.items():
            did["lifted"] |= bool(ref) and did["ref"] == ref and other != key
        return honest(key)

    its.set(its.adapter, "lift", lift)


def tells_the_time(its: Any) -> None:
    honest = its.adapter.snapshot
    its.set(its.adapter, "snapshot", lambda ref: {"snapshot": honest(ref)["snapshot"] | {"at": time.time_ns()}})


def promises_more(its: Any) -> None:
    honest = its.adapter.capabilities({})
    able = {**honest, "measures": {**honest["measures"], "lock": ["message"]}}
    its.set(its.adapter, "CALLS", its.adapter.CALLS | {"capabilities": lambda data: able})


def takes_fewer(its: Any) -> None:
    able = {**its.adapter.capabilities({}), "at_once": 400}
    its.set(its.adapter, "CALLS", its.adapter.CALLS | {"capabilities": lambda data: able})


def knows_one_of_two(its: Any) -> None:
    honest = its.adapter.accounts
    its.set(
        its.adapter,
        "CALLS",
        its.adapter.CALLS | {"accounts": lambda data: honest(data) if data["name"] == "Ada" else {"accounts": []}},
    )


def says_somebody(its: Any) -> None:
    one = {"url": f"{its.home}/u/ada", "name": "Ada", "country": "DE"}
    its.set(its.adapter, "CALLS", its.adapter.CALLS | {"accounts": lambda data: {"accounts": [one]}})


def acts_late(its: Any) -> None:
    honest = its.adapter.act

    def act(deed: Any, kind: str, countries: list[str]) -> Any:
        if its.forum.DONE.get(deed["key"], {}).get("lifted"):
            its.forum.DONE.pop(deed["key"])
        return honest(deed, kind, countries)

    its.set(its.adapter, "act", act)


def takes_any_key(its: Any) -> None:
    honest = its.adapter.act

    def act(deed: Any, kind: str, countries: list[str]) -> Any:
        try:
            return honest(deed, kind, countries)
        except its.adapter.Refused as no:
            if no.error != "key-used":
                raise
            return {"key": deed["key"], "state": "withheld", "new": False}

    its.set(its.adapter, "act", act)


def opened(its: Any, verify: Callable[[Any, dict[str, str], bytes, str], Any], once: bool = True) -> None:
    """Another way to open what is signed."""
    honest = its.adapter.opened

    def other(call: str, headers: Any, raw: bytes) -> Any:
        said = verify(honest, dict(headers), raw, call)
        its.adapter.HEARD.clear() if not once else None
        return said

    its.set(its.adapter, "opened", other)


def takes_what_is_stale(its: Any) -> None:
    def verify(honest: Any, headers: dict[str, str], raw: bytes, call: str) -> Any:
        """As if each message were new: signed again by whoever has the secret."""
        try:
            return honest(call, headers, raw)
        except its.adapter.Refused as no:
            if no.error != "stale":
                raise
            return json.loads(raw)["data"]

    opened(its, verify)


def takes_what_is_replayed(its: Any) -> None:
    opened(its, lambda honest, headers, raw, call: honest(call, headers, raw), once=False)


def takes_unsigned(its: Any) -> None:
    def verify(honest: Any, headers: dict[str, str], raw: bytes, call: str) -> Any:
        return honest(call, headers, raw) if "webhook-id" in headers else json.loads(raw)["data"]

    opened(its, verify)


def takes_one_secret_for_all(its: Any) -> None:
    keys = its.adapter.KEYS

    class Either:
        def verify(self, raw: bytes, headers: dict[str, str]) -> Any:
            try:
                return keys["read"].verify(raw, headers)
            except Exception:
                return keys["act"].verify(raw, headers)

    its.set(its.adapter, "KEYS", {"read": Either(), "act": Either()})


def takes_one_call_for_another(its: Any) -> None:
    def verify(honest: Any, headers: dict[str, str], raw: bytes, call: str) -> Any:
        try:
            return honest(call, headers, raw)
        except its.adapter.Refused as no:
            if no.error != "bad-call" or b'"data":{' not in raw:
                raise
            return json.loads(raw)["data"]

    opened(its, verify)


def refuses_without_words(its: Any) -> None:
    def answer(ask: Any, asked: Any) -> Any:
        try:
            return 200, ask(asked)
        except its.adapter.Refused as no:
            return no.status, {"detail": no.says}

    its.set(its.adapter, "answer", answer)


def is_late(its: Any) -> None:
    its.date = -600.0


def lives_in_another_time(its: Any) -> None:
    def verify(honest: Any, headers: dict[str, str], raw: bytes, call: str) -> Any:
        raise its.adapter.Refused(401, "stale", "Message timestamp too new")

    its.date = -600.0
    opened(its, verify)


def is_slow(its: Any) -> None:
    honest = its.adapter.snapshot
    its.set(its.adapter, "snapshot", lambda ref: time.sleep(0.45) or honest(ref))


LIARS: dict[str, tuple[Callable[[Any], None], set[str]]] = {
    "effect": (does_nothing, {"effect", "effect-seen"}),
    "effect-seen": (shows_it_all_the_same, {"effect-seen"}),
    "effect (elsewhere)": (hides_everywhere, {"effect"}),
    "once": (acts_twice, {"once", "once-at-once"}),
    "once-at-once": (says_new_each_time, {"once", "once-at-once", "late", "preserve"}),
    "lift-exact": (forgets_others, {"lift-exact"}),
    "snapshot-same": (tells_the_time, {"snapshot-same", "once", "lift", "lift-exact", "preserve"}),
    "can-what-it-says": (promises_more, {"can-what-it-says"}),
    "resolve-many": (takes_fewer, {"resolve-many"}),
    "late": (acts_late, {"late"}),
    "key-used": (takes_any_key, {"key-used"}),
    "refuses-stale": (takes_what_is_stale, {"refuses-stale"}),
    "refuses-replayed": (takes_what_is_replayed, {"refuses-replayed"}),
    "refuses-unsigned": (takes_unsigned, {"refuses-unsigned"}),
    "secrets-apart": (takes_one_secret_for_all, {"secrets-apart"}),
    "call-signed": (takes_one_call_for_another, {"call-signed"}),
    "refuses-unsigned (no words)": (refuses_without_words, {"refuses-unsigned"}),
    "accounts": (knows_one_of_two, {"accounts"}),
    "accounts (somebody)": (says_somebody, {"accounts"}),
    "clock": (is_late, {"clock"}),
    "clock (signature)": (lives_in_another_time, {"clock"}),
    "in-time": (is_slow, {"in-time"}),
}


@pytest.mark.parametrize("name", LIARS)
def test_a_liar_fails_by_its_own_case(forum: Forum, name: str) -> None:
    twist, failing = LIARS[name]
    twist(forum)
    report = forum.tested(timeout=0.4 if name == "in-time" else 5.0)
    assert set(report.failing) >= failing, report.failing
    assert all(len(says) > 40 for says in report.failing.values())
    if name != "refuses-unsigned (no words)":
        assert set(report.failing) == failing, report.failing


def test_a_bad_request_that_was_taken_is_told_as_it_was_sent(forum: Forum) -> None:
    honest = forum.adapter.each
    forum.set(forum.adapter, "each", lambda ask, them: honest(ask, them[:100]))  # of too many it answers the first
    failing = forum.tested().failing
    assert set(failing) == {"bad-requests"}
    assert "`resolve` with `urls` a list of 20,000: answered 200" in failing["bad-requests"]


def test_a_bad_request_that_broke_it_is_told_as_it_was_sent(forum: Forum) -> None:
    def verify(honest: Any, headers: dict[str, str], raw: bytes, call: str) -> Any:
        if raw == b"[]":
            raise AttributeError("'list' object has no attribute 'get'")
        return honest(call, headers, raw)

    opened(forum, verify)
    failing = forum.tested().failing
    assert set(failing) == {"bad-requests"}
    assert "`resolve` with the body '[]': answered 500" in failing["bad-requests"]
    with pytest.raises(Unanswered, match="what was sent: no answer") as no, trying("what was sent"):
        raise Unanswered("unreachable", "no answer")
    assert no.value.why == "unreachable"


# -- calls that have no answer ----------------------------------------------------------------------------------------


async def drips(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(100):
        await asyncio.sleep(0.02)
        await send({"type": "http.response.body", "body": b" ", "more_body": True})


async def dies(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"400")]})
    await send({"type": "http.response.body", "body": b'{"answers": ['})


NO_ANSWERS: dict[str, Callable[[Forum], Any]] = {
    "in-time": lambda forum: drips,
    "well-formed": lambda forum: answers(forum, {"snapshot"}, 200, b"<html>Welcome!</html>"),
    "well-formed (another shape)": lambda forum: answers(forum, {"resolve"}, 200, b'{"answers": [{"found": "yes"}]}'),
    "well-formed (deep)": lambda forum: answers(forum, {"lift"}, 200, b"[" * 100_000),
    "well-formed (broken off)": lambda forum: dies,
    "in-size": lambda forum: answers(forum, {"snapshot"}, 200, b" " * (liars.LARGEST + 1)),
    "not-packed": lambda forum: answers(forum, {"resolve"}, 200, liars.bomb(), content_encoding="gzip"),
    "no-error": lambda forum: answers(forum, {"observe"}, 500, b"Internal Server Error"),
    "no-redirect": lambda forum: answers(forum, {"act"}, 302, b"", location=f"{forum.home}/inside"),
    "no-redirect (for ever)": lambda forum: answers(
        forum, {"capabilities"}, 301, b"", location=f"{forum.home}/comity/capabilities"
    ),
}


@pytest.mark.parametrize("name", NO_ANSWERS)
def test_a_call_without_an_answer_is_a_case_of_its_own(forum: Forum, name: str) -> None:
    twist, asked = NO_ANSWERS[name](forum), list[str]()

    async def heard(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])
        await twist(scope, receive, send)

    forum.twist = heard
    report = forum.tested(timeout=0.5 if name == "in-time" else 5.0)
    assert name.partition(" ")[0] in report.failing, report.failing
    assert set(report.failing) <= {name.partition(" ")[0], "call-signed", "secrets-apart", "bad-requests", "observe"}
    assert "/inside" not in asked  # no redirect was followed
    assert len(report.passed) < len(CASES) - 3


def test_nobody_answers(forum: Forum) -> None:
    platform = HttpPlatform("http://127.0.0.1:1/comity", forum.secrets, limits=Limits(repeats=0))
    report = run(Trial(platform, forum.secrets, 1.0))
    assert set(report.failing) == {"reachable"}


def certificate(folder: Path, host: str) -> Path:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    signed_by = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), False).sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / f"{host}.pem").write_bytes(signed_by.public_bytes(serialization.Encoding.PEM) + private)
    return folder / f"{host}.pem"


@pytest.mark.parametrize(("host", "failing"), [("forum.example", {"certificate"}), ("localhost", {"no-error"})])
def test_a_certificate_of_another_host_is_none(forum: Forum, tmp_path: Path, host: str, failing: set[str]) -> None:
    pem = certificate(tmp_path, host)
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        at = f"https://localhost:{server.server_port}/comity"
        platform = HttpPlatform(at, forum.secrets, ca=pem, limits=Limits(repeats=0))
        assert set(run(Trial(platform, forum.secrets, 5.0)).failing) == failing
    finally:
        server.shutdown()
        server.server_close()


# -- the command line -------------------------------------------------------------------------------------------------


def test_the_command_line_says_it_in_json_and_in_words(
    forum: Forum, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMITY_DATA", str(tmp_path))
    keys = str(tmp_path / "keys")
    assert status("platform", "keys", keys, "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert made["made"] == ["read", "act", "irreversible", "events"]
    assert all(Path(path).stat().st_mode & 0o77 == 0 for path in made["keys"].values())
    first = Path(made["keys"]["read"]).read_text()
    assert status("platform", "keys", keys) == 0
    assert Path(made["keys"]["read"]).read_text() == first
    Path(made["keys"]["read"]).write_text(forum.secrets.read)
    Path(made["keys"]["act"]).write_text(forum.secrets.reversible)
    capsys.readouterr()
    assert status("platform", "test", f"{forum.home}/comity", "--keys", keys, "--json") == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (said["failed"], said["failing"], said["capabilities"]["name"]) == (0, [], "Forum")
    tells_the_time(forum)
    assert status("platform", "test", f"{forum.home}/comity", "--keys", keys, "--json") == 1
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert said["failed"] == len(said["failing"]) > 0
    assert said["failing"][0]["id"] == "snapshot-same"
    assert said["failing"][0]["says"].startswith("A snapshot is the same as long as nothing changed.")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["http://127.0.0.1:1/x", "--keys", "/nowhere"], "platform keys"),
        (["http://forum.example/x"], "must be https"),
        (["nonsense"], "must be https"),
        (["http://127.0.0.1:1/x", "--timeout", "0"], "--timeout"),
    ],
)
def test_misuse_is_said_in_one_line(
    arguments: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status("platform", "keys")
    assert status("platform", "test", *arguments) == 2
    assert says in capsys.readouterr().err.splitlines()[-1]


def status(*arguments: str) -> int:
    return cli.run(cli.parser([arguments[0]]).parse_args(list(arguments)))


# -- Express ----------------------------------------------------------------------------------------------------------


@pytest.mark.soak
def test_the_example_in_express_passes(tmp_path: Path) -> None:
    """With Node, installed where it isn't: `apt-get install nodejs npm`."""
    if not shutil.which("npm"):
        subprocess.run(["apt-get", "update"], check=True, capture_output=True)
        subprocess.run(["apt-get", "install", "-y", "nodejs", "npm"], check=True, capture_output=True)
    example = shutil.copytree(ROOT / "examples" / "express_forum", tmp_path / "express")
    subprocess.run(["npm", "ci", "--silent"], cwd=example, check=True)
    secrets, port = Secrets(liars.secret(), liars.secret()), free_port()
    for name, key in (("read", secrets.read), ("act", secrets.reversible)):
        (tmp_path / f"{name}.key").write_text(key)
    home = f"http://127.0.0.1:{port}"
    env = {**os.environ, "FORUM_KEYS": str(tmp_path), "PORT": str(port), "FORUM_HOME": home}
    node = subprocess.Popen(["node", "adapter.js"], cwd=example, env=env)
    try:
        platform = HttpPlatform(f"{home}/comity", secrets, limits=Limits(repeats=7))
        platform.ask_capabilities()
        report = run(Trial(platform, secrets, 5.0))
    finally:
        node.kill()
        node.wait()
    assert (report.failing, set(report.left_out)) == ({}, {"people", "gate"})


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.mark.parametrize("file", ["fastapi_forum/adapter.py", "express_forum/adapter.js"])
def test_an_adapter_takes_no_more_than_150_lines(file: str) -> None:
    assert len((ROOT / "examples" / file).read_text().splitlines()) <= 150
