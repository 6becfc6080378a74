"""The management calls: who may, what is refused, what happens once."""

import base64
import hashlib
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from comity_sandbox.pictures import png


@pytest.fixture
def key() -> str:
    return uuid.uuid4().hex


def test_it_works(lantern: Any, key: str) -> None:
    ref = lantern.post("One.", draw="one", key=key)
    assert lantern.call("/api/edits", {"ref": ref, "text": "Two."}) == (200, {"ref": ref, "version": 2})
    found = lantern.ask(f"/api/resolve?ref={ref}")
    assert datetime.fromisoformat(found.pop("posted_at")).utcoffset() == timedelta(0)
    assert found == {
        "found": True,
        "ref": ref,
        "kind": "message",
        "audience": "public",
        "author": {"id": "anna", "name": "Anna Brandt", "country": "DE", "contactable": True},
        "channel": "Town square",
        "edits": 1,
        "pictures": 1,
    }
    lantern.withhold(key, ref, "DE", "FR", "DE")
    shot = lantern.ask(f"/api/snapshot?ref={ref}")
    assert [v["text"] for v in shot["versions"]] == ["One.", "Two."]
    assert shot["picture"]["sha256"] == hashlib.sha256(png("one")).hexdigest()
    assert shot["withheld"] == [{"key": key, "countries": ["DE", "FR"]}]
    assert lantern.call("/api/lift", {"key": key}) == (200, {"key": key, "state": "lifted", "new": True})
    assert lantern.ask(f"/api/snapshot?ref={ref}")["withheld"] == []


def test_a_world_is_there_from_the_start(lantern: Any) -> None:
    channels = lantern.ask("/api/channels")["channels"]
    assert [c["audience"] for c in channels].count("public") == 5
    assert {c["audience"] for c in channels} == {"public", "open-group", "closed-group", "private"}
    countries = {a["country"] for a in lantern.ask("/api/authors")["authors"]}
    assert {"DE", "FR", "BE", "EE", "CH", "BR", None} <= countries


@pytest.mark.parametrize("token", ["", "x", "é".encode().decode("latin-1"), "Bearer", "\t"])
def test_without_the_token_nothing(lantern: Any, token: str) -> None:
    for path, method in (("/api/resolve?ref=/c/harbour/1", "GET"), ("/api/lift", "POST"), ("/api/nothing", "GET")):
        status, body = lantern.call(path, b"{}" if method == "POST" else None, method, token=token)
        assert (status, body["error"]) == (401, "no-token")


def test_a_viewers_key_is_no_token(lantern: Any) -> None:
    viewer = lantern.be("anna").split("as=")[1]
    assert lantern.call("/api/lift", {"key": "k"}, token=viewer)[0] == 401


GOOD = {"key": "k-bad", "ref": "/c/harbour/1", "countries": ["FR"]}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"key": None}, "key"),
        ({"key": ""}, "key"),
        ({"key": "a b"}, "key"),
        ({"key": "k" * 201}, "key"),
        ({"key": ["k"]}, "key"),
        ({"ref": ""}, "ref"),
        ({"ref": 7}, "ref"),
        ({"ref": "/c/" + "x" * 300}, "ref"),
        ({"countries": []}, "countries"),
        ({"countries": "FR"}, "countries"),
        ({"countries": ["fr"]}, "countries"),
        ({"countries": ["EU27"]}, "countries"),
        ({"countries": [None]}, "countries"),
        ({"countries": ["FR"] * 301}, "countries"),
        ({"kind": "purge"}, "kind"),
    ],
)
def test_a_bad_field_is_named(lantern: Any, change: dict[str, Any], field: str) -> None:
    status, body = lantern.call("/api/withhold", GOOD | change)
    assert (status, body["error"]) == (400, "bad-field")
    assert body["says"].startswith(f"{field}: ")


@pytest.mark.parametrize("text", ["", "  ", "x" * 20_001, "a\0b", "\ud800", None, 5, {"a": 1}])
def test_a_text_that_cannot_be_one_is_refused(lantern: Any, text: Any) -> None:
    status, body = lantern.call("/api/messages", {"channel": "harbour", "author": "luc", "text": text})
    assert (status, body["error"]) == (400, "bad-field")


@pytest.mark.parametrize("picture", ["!!", "AAAA", base64.b64encode(b"GIF89a").decode(), 7, "é"])
def test_a_picture_that_is_no_png_is_refused(lantern: Any, picture: Any) -> None:
    body = {"channel": "harbour", "author": "luc", "text": "See.", "picture": picture}
    assert lantern.call("/api/messages", body)[0] == 400


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 200_000, b"null", b'"x"', b"NaN"])
def test_a_body_that_is_no_object_is_refused(lantern: Any, raw: bytes) -> None:
    status, body = lantern.call("/api/lift", raw)
    assert status == 400
    assert body["error"] in ("bad-json", "bad-field")


@pytest.mark.parametrize(
    "ref", ["/c/harbour/999", "/c/nowhere", "/u/nobody", "/c/harbour/3/picture", "/api/lift", "x", "/c/town-square/4"]
)
def test_acting_on_nothing_is_refused(lantern: Any, key: str, ref: str) -> None:
    status, body = lantern.call("/api/withhold", {"key": key, "ref": ref, "countries": ["FR"]})
    assert (status, body["error"]) == (404, "unknown")
    assert lantern.ask(f"/api/resolve?ref={ref}")["found"] is False


def test_posting_twice_with_a_key_is_one_message(lantern: Any, key: str) -> None:
    assert lantern.post("Once.", key=key) == lantern.post("Once.", key=key)


def test_posting_at_once_gives_each_its_number(lantern: Any) -> None:
    with ThreadPoolExecutor(8) as pool:
        refs = list(pool.map(lambda i: lantern.post(f"Number {i}"), range(24)))
    assert len(set(refs)) == 24


def test_who_removed_a_message_can_still_be_told(lantern: Any, key: str) -> None:
    ref = lantern.post("Soon gone.")
    assert lantern.call("/api/removals", {"ref": ref})[0] == 200
    assert lantern.call("/api/notify", {"key": key, "ref": ref, "text": "About it."})[0] == 200


def test_a_channel_has_nobody_to_tell(lantern: Any, key: str) -> None:
    status, body = lantern.call("/api/notify", {"key": key, "ref": "/c/harbour", "text": "Hello."})
    assert (status, body["error"]) == (409, "not-contactable")


def test_a_change_must_be_posted_and_a_look_up_must_not(lantern: Any) -> None:
    assert lantern.call("/api/withhold", method="GET")[0] == 405
    assert lantern.call("/api/resolve?ref=/c/harbour/1", {})[0] == 405
    assert lantern.call("/api/nothing", {})[0] == 404


def test_pretending_says_yes_and_does_nothing(lantern: Any, key: str) -> None:
    ref = lantern.post("Still here.")
    lantern.call("/api/mode", {"mode": "pretend"}, "PUT")
    assert lantern.withhold(key, ref, "FR")["state"] == "withheld"
    assert "Still here." in lantern.get(f"{ref}?from=FR")[1]
    assert lantern.ask(f"/api/snapshot?ref={ref}")["withheld"] == []


def test_slow_holds_calls_back_until_it_is_over(lantern: Any) -> None:
    lantern.call("/api/mode", {"mode": "slow"}, "PUT")
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(lantern.ask, "/api/resolve?ref=/c/harbour/1")
        assert lantern.get("/c/harbour/1")[0] == 200
        assert not held.done()
        lantern.call("/api/mode", {"mode": "normal"}, "PUT")
        assert held.result(20)["found"] is True


def test_a_mode_nobody_knows_is_refused(lantern: Any) -> None:
    assert lantern.call("/api/mode", {"mode": "evil"}, "PUT")[0] == 400
    assert lantern.ask("/api/mode") == {"mode": "normal"}
