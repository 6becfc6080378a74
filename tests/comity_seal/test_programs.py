"""The programs as people run them: comity-seal, comity custodian, and the child that seals and is gone."""

import io
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import sealing
from sealed_record import NOW, Scene

from comity_seal import asking, cli, isolated, items, keys, openings, packages, viewer
from comity_seal.custodian import cli as custodian_cli
from comity_seal.custodian import keeper

TESTS = Path(__file__).parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS.parent / "src"), str(TESTS)])}
ABOUT: dict[str, Any] = {"case": sealing.CASE, "sealed": sealing.SEALED}


def run(main: Any, *words: object, capsys: pytest.CaptureFixture[str]) -> tuple[int, Any]:
    """A command's exit status, and what it says in JSON."""
    with pytest.raises(SystemExit) as ended:
        main([*map(str, words), "--json"])
    out = capsys.readouterr().out
    return int(ended.value.code or 0), json.loads(out) if out else None


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A directory of records, a roster, and the keys of a platform and a court."""
    for place, text in (
        ("content/u-ada/2026-11-03", "hello"),
        ("content/u-ada/2026-11-04", ""),
        ("access/u-bob/2026-11-03", "x"),
    ):
        (tmp_path / "found" / place).mkdir(parents=True)
        if text:
            (tmp_path / "found" / place / "messages.jsonl").write_text(text)
    (tmp_path / "roster.json").write_bytes(sealing.signed(sealing.roster()).raw)
    keys.write(tmp_path / "sealer.json", sealing.key("platform"), "platform")
    return tmp_path


def test_it_works(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = written
    status, court = run(cli.main, "keys", "court", "--out", at / "court.json", capsys=capsys)
    assert status == 0
    words = ("seal", at / "found", "--roster", at / "roster.json", "--case", sealing.CASE, "--key", at / "sealer.json")
    status, said = run(cli.main, *words, "--out", at / "an.item", capsys=capsys)
    assert (status, said["parts"], said["sealer"]) == (0, 3, sealing.key("platform").signs)
    status, said = run(cli.main, "inspect", at / "an.item", capsys=capsys)
    assert said["parts"] == ["access 2026-11-03", "content 2026-11-03", "content 2026-11-04"]
    item = items.read(io.BytesIO((at / "an.item").read_bytes()), sealing.key("platform").signs)
    mine = keys.read(at / "court.json")
    assert mine.public.fingerprint == court["fingerprint"]
    request = sealing.request(item, [1, 2], mine)
    answers = [one.raw for one in sealing.given(openings.parse(request), item, ("be", "pt", "ch"))]
    for name, raw in (("opening.json", request), ("be.json", answers[0])):
        (at / name).write_bytes(raw)
        assert run(cli.main, "inspect", at / name, capsys=capsys)[0] == 0
    with (at / "production.zip").open("wb") as file, (at / "an.item").open("rb") as blob:
        beside = {"viewer.html": viewer.page(), "cover.txt": b"cover"}
        about: dict[str, Any] = {"item": item, "roster": sealing.signed(sealing.roster()), "about": {"zone": "UTC"}}
        packages.write(file, blob=blob, opening=request, answers=answers, beside=beside, **about)
    status, said = run(cli.main, "inspect", at / "production.zip", capsys=capsys)
    assert (said["kind"], said["custodians"]) == ("package", ["be", "ch", "pt"])
    status, said = run(cli.main, "open", at / "production.zip", "--key", at / "court.json", capsys=capsys)
    assert (status, said["bad"], said["custodians"]) == (0, [], ["be", "ch", "pt"])
    assert (at / "production/content/u-ada/2026-11-03/messages.jsonl").read_text() == "hello"
    assert [len(one["files"]) for one in said["parts"]] == [1, 0]
    assert json.loads((at / "production/opened.json").read_text())["parts"] == said["parts"]
    assert not (at / "production/access").exists()
    status, said = run(cli.main, "open", at / "production.zip", "--key", at / "court.json", capsys=capsys)
    assert (status, "is there already" in said["error"]) == (1, True)
    words = ("open", at / "production.zip", "--key", at / "sealer.json", "--out", at / "other")
    status, said = run(cli.main, *words, capsys=capsys)
    assert status == 1
    assert not (at / "other").exists()


def test_a_directory_that_is_laid_out_otherwise_is_refused(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (written / "found" / "everything" / "u-ada" / "2026-11-03").mkdir(parents=True)
    words = ("--roster", written / "roster.json", "--case", sealing.CASE, "--key", written / "sealer.json")
    status, said = run(cli.main, "seal", written / "found", *words, "--out", written / "x", capsys=capsys)
    assert (status, "CATEGORY/PERSON/DAY" in said["error"]) == (1, True)
    assert not (written / "x").exists()


# The child ------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_child_seals_and_says_nothing_of_what_it_read(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", ENVIRONMENT["PYTHONPATH"])
    (written / "text").write_text("a secret that breaks")
    about = ABOUT | {"roster": written / "roster.json", "key": written / "sealer.json", "into": written / "an.item"}
    item = isolated.seal("sealed_source:records", {"file": str(written / "text")}, **about)
    assert item.head.sealer == sealing.key("platform").signs
    (written / "an.item").unlink()
    with pytest.raises(isolated.NotSealed, match="^sealed_source:records: RuntimeError$"):
        isolated.seal("sealed_source:records", {"file": str(written / "text"), "break": True}, **about)
    with pytest.raises(isolated.NotSealed, match="case: a commitment"):
        isolated.seal("sealed_source:records", {"file": str(written / "text")}, **about | {"case": "C-1"})
    assert sorted(path.name for path in written.iterdir()) == ["found", "roster.json", "sealer.json", "text"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("how", ["child", "self"])
def test_what_a_child_sealed_is_not_in_the_parents_memory(written: Path, how: str) -> None:
    secret = os.urandom(24).hex()
    (written / "text").write_text(secret)
    command = [sys.executable, str(TESTS / "sealed_source.py"), how, str(written / "text"), str(written)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as running:
        assert running.stdout
        try:
            assert running.stdout.readline() == "done\n"
            found = secret.encode() in memory(running.pid)
        finally:
            running.kill()
    assert found is (how == "self")  # the control: a process that seals by itself keeps it


def memory(pid: int) -> bytes:
    """Whatever a process has in memory that it can write to."""
    got = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in maps:
            if found := re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line):
                first, last = (int(one, 16) for one in found.groups())
                try:
                    mem.seek(first)
                    got.append(mem.read(last - first))
                except (OSError, OverflowError):
                    continue
    return b"".join(got)


def used(megabytes: int, directory: Path) -> int:
    command = [sys.executable, str(TESTS / "sealed_source.py"), "film", str(megabytes), str(directory / "film.item")]
    return int(subprocess.run(command, capture_output=True, check=True, text=True, env=ENVIRONMENT).stdout)


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [64, 1024])
@pytest.mark.few(1)
def test_memory_is_flat_however_long_the_film(tmp_path: Path, megabytes: int) -> None:
    assert used(megabytes, tmp_path) - used(4, tmp_path) < 16 * 2**20


# A custodian's commands -----------------------------------------------------------------------------------------------


class Gateway(BaseHTTPRequestHandler):
    """What a gateway does for custodians' programs."""

    scene: Scene
    heard: set[str]
    request: bytes
    answers: dict[str, bytes]

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, body: bytes) -> None:
        try:
            header = self.headers.get("Authorization", "")
            who = asking.verify(header, self.command, self.path, body, [self.scene.roster], NOW, self.heard)
            said = self._found(who.name, body)
        except asking.NotAsked as error:
            self.send_response(401)
            said = str(error).encode()
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def _found(self, name: str, body: bytes) -> bytes:
        if self.path == "/custodians/inbox":
            return json.dumps({"v": 1, "roster": 1, "openings": [{"opening": "O-TEST1"}]}).encode()
        if self.path.endswith("/answer"):
            openings.parse_answer(body, openings.parse(type(self).request), self.scene.roster)
            self.answers[name] = body
            return b'{"v":1,"state":"kept"}'
        if self.path.startswith("/custodians/rosters/"):
            return sealing.signed(self.scene.roster).raw
        return type(self).request if self.path.endswith("/opening") else self.scene.card(name)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Scene, str]]:
    scene = Scene(tmp_path / "scene")
    Gateway.scene, Gateway.heard, Gateway.request, Gateway.answers = scene, set(), scene.request(), {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield scene, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_custodian_is_made_lists_checks_gives_and_refuses(
    served: tuple[Scene, str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene, gateway = served
    monkeypatch.setattr("time.time", lambda: NOW)
    monkeypatch.setattr(keeper.Keeper.__init__, "__defaults__", (lambda: NOW,))
    at, policy = tmp_path / "uy", tmp_path / "policy"
    policy.write_text(scene.log.policy)
    main = custodian_cli.main
    words = ("init", "--at", at, "--name", "uy", "--jurisdiction", "UY", "--gateway", gateway, "--policy", policy)
    status, card = run(main, *words, "--ledger", scene.log.directory, capsys=capsys)
    assert (status, card["name"], len(card["signs"])) == (0, "uy", 64)
    (at / "key.json").unlink()
    keys.write(at / "key.json", sealing.key("uy"), "uy")
    assert run(main, "init", "--at", at, "--name", "x", capsys=capsys)[0] == 2
    status, listed = run(main, "list", "--at", at, capsys=capsys)
    assert (status, [(one["opening"], one["answer"], one["new"]) for one in listed]) == (0, [("O-TEST1", "", True)])
    status, said = run(main, "open", "O-TEST1", "--check", "--at", at, capsys=capsys)
    assert (status, said["given"], all(one["holds"] for one in said["checked"])) == (0, False, True)
    assert Gateway.answers == {}
    status, said = run(main, "open", "O-TEST1", "--at", at, "--out", tmp_path / "answer.json", capsys=capsys)
    assert (status, said["given"]) == (0, True)
    assert Gateway.answers == {"uy": (tmp_path / "answer.json").read_bytes()}
    assert run(main, "refuse", "O-TEST1", "--ground", "rights", "--at", at, capsys=capsys) == (
        1,
        {"opening": "O-TEST1", "given": True, "ground": "rights"},
    )
    assert run(main, "open", "O-NONE", "--at", at, capsys=capsys)[0] == 2
    assert run(main, "list", "--at", tmp_path / "nobody", capsys=capsys)[0] == 2


def test_a_request_can_come_and_its_answer_go_as_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(tmp_path / "scene")
    monkeypatch.setattr(keeper.Keeper.__init__, "__defaults__", (lambda: NOW,))
    at = scene.custodian("pt").keeper.directory
    (tmp_path / "request").write_bytes(scene.request(signers=("p-1",)))
    (tmp_path / "card").write_bytes(scene.card("pt"))
    words = ("O-TEST1", "--request", tmp_path / "request", "--card", tmp_path / "card", "--at", at)
    status, said = run(custodian_cli.main, "open", *words, capsys=capsys)
    assert (status, said["given"]) == (1, False)
    assert [one["id"] for one in said["checked"] if not one["holds"]] == ["signed"]
    out = ("--ground", "not-signed", "--out", tmp_path / "refusal.json")
    status, said = run(custodian_cli.main, "refuse", *words, *out, capsys=capsys)
    assert (status, json.loads((tmp_path / "refusal.json").read_text())["ground"]) == (0, "not-signed")
