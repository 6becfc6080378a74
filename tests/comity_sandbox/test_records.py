"""What the platform knows of people leaves it only sealed, to custodians that it has pinned."""

import hashlib
import io
import json
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sealing

from comity_sandbox.process import SandboxProcess
from comity_seal import items, openings, rosters, streams
from comity_seal.documents import Reader


def today(days: int = 0) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%d")


def asked(process: SandboxProcess, body: dict[str, Any]) -> bytes:
    """The item that the platform seals."""
    request = urllib.request.Request(process.base_url + "/api/records", json.dumps(body).encode())
    request.add_header("Authorization", f"Bearer {process.token}")
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.headers["Content-Type"] == "application/vnd.comity.item"
        return bytes(answer.read())


@pytest.fixture
def pinned(lantern: Any) -> rosters.Roster:
    """The roster that the platform has pinned: the first, as it comes."""
    said = lantern.ask("/api/roster")
    if said["pinned"] is None:
        said = lantern.call("/api/roster", sealing.signed(sealing.roster()).raw, "PUT")[1]
    return rosters.parse(json.dumps(said["pinned"]).encode()).roster


def order(roster: rosters.Roster, **about: Any) -> dict[str, Any]:
    key = hashlib.sha256(repr((about, roster.hash)).encode()).hexdigest()
    said = {"key": key, "case": sealing.CASE, "persons": ["/u/kadri"]}
    said |= {"categories": list(items.CATEGORIES), "from": today(4), "to": today(), "roster": roster.hash}
    return said | about


def opened(raw: bytes, sealer: str | None = None) -> dict[tuple[str, str, str], dict[str, bytes]]:
    """Everything in an item, opened by three custodians."""
    item = items.read(io.BytesIO(raw), sealer)
    which = sealing.opening(item, range(len(item.parts)))
    given = sealing.given(which, item, ("ee", "pt", "uy"))
    found = {}
    for number, key in openings.keys(which, item.head, dict(enumerate(item.parts)), given, sealing.RECIPIENT).items():
        part = item.parts[number]
        reader = Reader(streams.unseal(key, part.digest.encode(), items.body(io.BytesIO(raw), item, number)))
        about = (part.category, reader.about["person"], part.day)
        found[about] = {one.name: b"".join(one.data) for one in reader.documents()}
    return found


def test_it_works(lantern: Any, process: SandboxProcess, pinned: rosters.Roster) -> None:
    raw = asked(process, order(pinned))
    assert asked(process, order(pinned)) == raw  # the same key: the same item
    for secret in (b"kadri", b"good one", b"post.example", b"192.0.2.", b"2001:db8"):
        assert secret not in raw
    found = opened(raw, lantern.ask("/api/roster")["sealer"])
    assert {(category, day) for category, _, day in found} == {("subscriber", "")} | {
        (category, today(n)) for category in ("access", "traffic", "content") for n in range(5)
    }
    account = json.loads(found["subscriber", "/u/kadri", ""]["account.json"])
    assert (account["name"], account["email"]) == ("Kadri Tamm", "kadri@post.example")
    texts = b"".join(one.get("messages.jsonl", b"") for (c, _, _), one in found.items() if c == "content").decode()
    assert "the good one" in texts
    assert "lake or sea" in texts  # what others wrote to her in private
    traffic = b"".join(one.get("messages.jsonl", b"") for (c, _, _), one in found.items() if c == "traffic").decode()
    assert '"/u/luc"' in traffic
    assert "good one" not in traffic
    assert any(b'"agent"' in one.get("visits.jsonl", b"") for (c, _, _), one in found.items() if c == "access")


def test_whether_there_is_anything_shows_in_nothing_outside(process: SandboxProcess, pinned: rosters.Roster) -> None:
    there = asked(process, order(pinned, categories=["traffic"], **{"from": today(1), "to": today(1)}))
    nothing = asked(process, order(pinned, categories=["traffic"], **{"from": "2020-01-01", "to": "2020-01-01"}))
    assert len(there) == len(nothing)
    assert opened(nothing) == {("traffic", "/u/kadri", "2020-01-01"): {}}


def test_the_gateways_token_gives_nothing_private_in_clear(lantern: Any, process: SandboxProcess) -> None:
    (anna,) = [one for one in lantern.ask("/api/authors")["authors"] if one["id"] == "anna"]
    assert {*anna} == {"id", "name", "country", "contactable"}
    for ref in ("/p/holiday/1", "/c/choir/1"):
        shot = lantern.ask(f"/api/snapshot?ref={ref}")
        assert (shot["versions"], shot["picture"], len(shot["private"])) == ([], None, 64)
        assert "lake" not in json.dumps(shot)
    assert lantern.ask("/api/snapshot?ref=/c/harbour/1")["versions"]
    assert lantern.call("/api/films", {"ref": "/p/holiday/1", "name": "f.mp4", "bytes": 1})[0] == 404
    key = {"key": "keep-private", "ref": "/p/holiday/2"}
    assert lantern.call("/api/preserve", key) == (200, {"key": "keep-private", "state": "preserved", "new": True})


def test_a_visit_is_written_down(lantern: Any, process: SandboxProcess, pinned: rosters.Roster) -> None:
    page = lantern.be("kadri")
    assert lantern.fetch(page, {"User-Agent": "Lantern/test"})[0] == 200
    raw = asked(process, order(pinned, categories=["access"], **{"from": today(), "to": today()}))
    (visits,) = opened(raw).values()
    assert b"Lantern/test" in visits["visits.jsonl"]
    assert b"127.0.0.1" in visits["visits.jsonl"]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("persons", [], "persons"),
        ("persons", ["/u/anna", "/u/anna"], "persons"),
        ("persons", ["anna"], "persons: each must be an account"),
        ("persons", ["/u/nobody"], "there is no account"),
        ("categories", ["everything"], "categories"),
        ("from", "2026-13-01", "from: must be a day"),
        ("from", "2999-01-01", "from, to"),
        ("from", "2020-01-01", "from, to"),
        ("case", "C-1", "case"),
        ("key", "", "key"),
        ("roster", "0" * 64, "roster"),
    ],
)
def test_a_bad_field_is_named(lantern: Any, pinned: rosters.Roster, field: str, value: Any, says: str) -> None:
    status, said = lantern.call("/api/records", order(pinned) | {"key": f"bad-{field}", field: value})
    assert status in (400, 404, 409)
    assert says in said["says"]


def test_a_key_is_for_one_thing_and_ends_when_it_was_collected(
    lantern: Any, process: SandboxProcess, pinned: rosters.Roster
) -> None:
    body = order(pinned, key="collect-me", categories=["subscriber"])
    asked(process, body)
    assert lantern.call("/api/records", body | {"categories": ["content"]})[1]["error"] == "key-used"
    assert lantern.call("/api/records-collected", {"key": "collect-me"})[1]["new"] is True
    assert lantern.call("/api/records-collected", {"key": "collect-me"})[1]["new"] is False
    assert lantern.call("/api/records", body)[1]["error"] == "collected"
    assert lantern.call("/api/records-collected", {"key": "never"})[0] == 404


def test_another_roster_is_not_taken_and_the_next_is(lantern: Any, pinned: rosters.Roster) -> None:
    mine = dict(zip("abcde", sealing.PLACES.values(), strict=True))
    other = sealing.roster(mine)
    before = lantern.ask("/api/roster")["hash"]
    for bad in (
        sealing.signed(other, tuple(mine)),
        sealing.signed(sealing.roster(k=4, version=2, previous=before), ()),
    ):
        status, said = lantern.call("/api/roster", bad.raw, "PUT")
        assert (status, said["error"]) == (409, "bad-roster")
    assert lantern.ask("/api/roster")["hash"] == before
    following = sealing.roster(version=pinned.version + 1, previous=before)
    status, said = lantern.call("/api/roster", sealing.signed(following, ("be", "ee", "ch")).raw, "PUT")
    assert (status, said["hash"]) == (200, following.hash)


def test_a_film_is_sealed_and_comes_whole(lantern: Any, process: SandboxProcess, pinned: rosters.Roster) -> None:
    status, said = lantern.call(
        "/api/films", {"ref": "/p/holiday/3", "name": "boat.mp4", "bytes": 3_000_000}, token=process.owner
    )
    assert status == 200, said
    raw = asked(process, order(pinned, key="film", categories=["content"]))
    films = {name: data for one in opened(raw).values() for name, data in one.items() if name.endswith(".mp4")}
    assert {name: len(data) for name, data in films.items()} == {"p-holiday-3-boat.mp4": 3_000_000}
