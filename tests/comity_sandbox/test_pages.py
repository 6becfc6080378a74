"""What people see: the message where it may be seen, and elsewhere a page that tells nothing of it."""

import base64
import re
import uuid
from typing import Any

import pytest

from comity_sandbox.pictures import SIGNATURE, png


def fresh() -> str:
    return uuid.uuid4().hex


def test_it_works(lantern: Any) -> None:
    ref = lantern.post("Bread & butter, 'as it \"were\"'", picture=base64.b64encode(png("bread")).decode())
    status, page, headers = lantern.get(f"{ref}?from=FR")
    assert status == 200
    assert "Bread &amp; butter, 'as it \"were\"'" in page
    assert f'src="{ref}/picture?from=FR"' in page
    assert headers["Cache-Control"] == "no-store"
    assert lantern.fetch(f"{ref}/picture?from=FR")[1] == png("bread")
    for country in ("FR", "BE", "DE", "EE", "CH", "BR"):
        assert f'href="{ref}?from={country}"' in page
    assert "Bread" in lantern.get("/c/town-square?from=FR")[1]
    assert "Town square" in lantern.get("/")[1]


def test_a_withheld_message_is_nowhere_where_it_is_withheld(lantern: Any) -> None:
    word = fresh()
    ref = lantern.post(f"First {word}", draw=word)
    lantern.call("/api/edits", {"ref": ref, "text": f"Second {word}"})
    lantern.withhold(fresh(), ref, "FR", "DE")
    for path in (ref, "/c/town-square", "/u/anna", "/"):
        status, page, _ = lantern.get(f"{path}?from=FR")
        assert (status, word in page) == (200, False)
    assert lantern.get(f"{ref}/picture?from=FR")[0] == 404
    for country in ("CH", "BR"):
        page = lantern.get(f"{ref}?from={country}")[1]
        assert f"First {word}" in page
        assert f"Second {word}" in page
        assert lantern.fetch(f"{ref}/picture?from={country}")[1].startswith(SIGNATURE)
    assert word in lantern.get(ref)[1]
    assert word in lantern.get(f"{ref}?from=be")[1]


def test_the_page_of_a_withheld_message_is_that_of_a_removed_one(lantern: Any) -> None:
    withheld, removed = lantern.post("One.", draw="a"), lantern.post("Two.", author="luc")
    lantern.withhold(fresh(), withheld, "FR")
    lantern.call("/api/removals", {"ref": removed})
    pages = [lantern.get(f"{ref}?from=FR") for ref in (withheld, removed)]
    (status, page, headers), (status2, page2, headers2) = pages
    assert status == status2 == 200
    assert page.replace(withheld, "REF") == page2.replace(removed, "REF")
    volatile = {"Date", "Content-Length"}
    assert {k: v for k, v in headers.items() if k not in volatile} == {
        k: v for k, v in headers2.items() if k not in volatile
    }


def test_the_stub_names_neither_author_nor_reason(lantern: Any) -> None:
    ref = lantern.post("Gone from here.", author="joana")
    lantern.withhold("order-4711", ref, "FR")
    page = lantern.get(f"{ref}?from=FR")[1]
    assert not re.search(r"joana|withh|order|law|authorit|legal|court|country|region|4711|451", page, re.I)


def test_a_withheld_picture_leaves_the_words(lantern: Any) -> None:
    ref = lantern.post("Look at this.", draw="this")
    lantern.withhold(fresh(), f"{ref}/picture", "FR")
    page = lantern.get(f"{ref}?from=FR")[1]
    assert "Look at this." in page
    assert "<img" not in page
    assert lantern.get(f"{ref}/picture?from=FR")[0] == 404
    assert lantern.fetch(f"{ref}/picture?from=CH")[0] == 200


def test_the_whole_world(lantern: Any) -> None:
    ref = lantern.post("For nobody.")
    lantern.withhold(fresh(), ref, "WORLD")
    for query in ("", "?from=FR", "?from=JP"):
        assert "For nobody." not in lantern.get(ref + query)[1]


@pytest.mark.parametrize("country", ["", "F", "FRA", "EU1", "..", "%3Cb%3E", "F%00"])
def test_a_place_that_is_none_is_said_and_not_guessed(lantern: Any, country: str) -> None:
    status, page, _ = lantern.get(f"/c/harbour/1?from={country}")
    assert status == 400
    assert "<b>" not in page
    assert "Ice at the edges" not in page


def test_markup_in_a_message_is_text(lantern: Any) -> None:
    ref = lantern.post('<script>alert(1)</script><a href="javascript:x">')
    for path in (ref, "/c/town-square", "/u/anna", lantern.be("anna")):
        page = lantern.get(path)[1]
        assert "<script" not in page
        assert "&lt;script&gt;" in page


def test_no_script_and_nothing_from_elsewhere(lantern: Any) -> None:
    _, page, headers = lantern.get("/c/harbour/1")
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert not re.search(r"<script|style=|https?://|onclick", page)


@pytest.mark.parametrize(
    "path",
    ["/p/holiday", "/p/holiday/1", "/c/choir", "/c/choir/1", "/p/nobody/1", "/c/nobody/1", "/c/harbour/999999"]
    + ["/u/nobody", "/c/harbour/3/picture", "/c/harbour/0", "/admin", "/c/harbour/1/x", "/c/%2e%2e/1", "/p/holiday/99"],
)
def test_what_is_not_there_and_what_is_not_yours_look_alike(lantern: Any, path: str) -> None:
    status, page, _ = lantern.get(path)
    assert status == 404
    assert page == lantern.get("/c/nothing-at-all/1")[1]


def test_an_open_group_can_be_read(lantern: Any) -> None:
    status, page, _ = lantern.get("/c/bike-repair/1?from=FR")
    assert status == 200
    assert "six-speed" in page


def test_an_author_sees_what_they_wrote_and_what_they_were_told(lantern: Any) -> None:
    word = fresh()
    ref = lantern.post(f"Mine {word}", author="kadri")
    lantern.withhold(fresh(), ref, "WORLD")
    notice = f"About your message {word}: https://lantern.example/statement/abc?x=1&y=2. <b>"
    assert lantern.call("/api/notify", {"key": fresh(), "ref": ref, "text": notice})[0] == 200
    status, page, headers = lantern.get(lantern.be("kadri"))
    assert status == 200
    assert f"Mine {word}" in page
    assert '<a href="https://lantern.example/statement/abc?x=1&amp;y=2" rel="noreferrer">' in page
    assert "<b>" not in page
    cookie = headers["Set-Cookie"].split(";")[0]
    assert "HttpOnly" in headers["Set-Cookie"]
    assert word in lantern.get("/u/kadri", Cookie=cookie)[1]
    for seen_by_others in (lantern.get("/u/kadri")[1], lantern.get("/u/anna", Cookie=cookie)[1]):
        assert word not in seen_by_others
    # Being the author changes nothing about what the message's page shows a viewer in a country.
    assert word not in lantern.get(ref, Cookie=cookie)[1]


@pytest.mark.parametrize("key", ["", "x", "%00", "anna", "' OR 1=1 --"])
def test_a_wrong_key_makes_nobody(lantern: Any, key: str) -> None:
    status, page, headers = lantern.get("/u/anna?as=" + key.replace(" ", "+"))
    assert status == 200
    assert "Inbox" not in page
    assert "Set-Cookie" not in headers


def test_a_private_conversation_is_read_by_its_members_only(lantern: Any) -> None:
    cookies = {}
    for who in ("kadri", "reto"):
        cookies[who] = lantern.get(lantern.be(who))[2]["Set-Cookie"].split(";")[0]
    assert "lake or sea" in lantern.get("/p/holiday/1", Cookie=cookies["kadri"])[1]
    assert lantern.get("/p/holiday/1", Cookie=cookies["reto"])[0] == 404
    assert lantern.get("/c/choir/1", Cookie=cookies["reto"])[0] == 200


def test_a_withheld_channel_and_a_withheld_account_hide_their_messages(lantern: Any) -> None:
    key, account = fresh(), fresh()
    assert "Fondue again" in lantern.get("/c/kitchen/2?from=IE")[1]
    lantern.withhold(key, "/c/kitchen", "IE")
    lantern.withhold(account, "/u/reto", "EE")
    try:
        assert "Fondue again" not in lantern.get("/c/kitchen/2?from=IE")[1]
        assert "Fondue again" not in lantern.get("/c/kitchen?from=IE")[1]
        assert "Leek soup" not in lantern.get("/c/kitchen?from=IE")[1]
        assert "Fondue again" not in lantern.get("/c/kitchen/2?from=EE")[1]
        assert "Reto" not in lantern.get("/u/reto?from=EE")[1]
        assert "Leek soup" in lantern.get("/c/kitchen?from=EE")[1]
    finally:
        lantern.call("/api/lift", {"key": key})
        lantern.call("/api/lift", {"key": account})
    assert "Fondue again" in lantern.get("/c/kitchen/2?from=IE")[1]


def test_down_is_down_for_viewers_too(lantern: Any) -> None:
    lantern.call("/api/mode", {"mode": "down"}, "PUT")
    assert lantern.get("/c/harbour/1")[0] == 503
    assert lantern.get("/healthz")[0] == 200
