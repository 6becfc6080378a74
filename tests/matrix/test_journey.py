"""One message withheld in one country on a real Synapse, seen elsewhere, restored to the byte."""

import json
from typing import Any
from urllib.parse import quote

from comity.platforms import checking
from comity.platforms.guarded import guarded
from comity.shadow import pages


def test_it_works(stand: Any, key: str) -> None:
    event = stand.alice.say(stand.square, "The offending words.")
    found = stand.platform.resolve(stand.url(event))
    assert (found.found, found.kind, found.audience, found.channel) == (True, "message", "public", "Town square")
    path = f"/v3/rooms/{quote(stand.square)}/event/{quote(event)}"
    before = {code: stand.viewer(code).client(path).raw for code in ("BE", "FR", "CH")}
    kept = stand.platform.snapshot(found.ref)
    assert b"offending" in before["FR"]
    receipt = stand.platform.act(key, "withhold", found.ref, ["FR"])
    assert (receipt.state, receipt.new) == ("withheld", True)
    inside, outside = stand.viewer("FR").client(path), stand.viewer("BE").client(path)
    assert b"offending" not in inside.raw
    assert inside.json["event_id"] == event
    assert "not available in your country" in inside.json["content"]["body"]
    assert json.loads(outside.raw)["content"] == json.loads(before["BE"])["content"]
    assert stand.platform.observe(found.url, "FR").state == "withheld"
    assert stand.platform.observe(found.url, "BE").state == "visible"
    assert stand.platform.snapshot(found.ref) != kept
    assert stand.platform.lift(key).state == "lifted"
    after = stand.viewer("FR").client(path).json
    assert without_age(after) == without_age(json.loads(before["FR"]))
    assert stand.platform.snapshot(found.ref) == kept


def without_age(event: dict[str, Any]) -> dict[str, Any]:
    """An event but for how long ago it was, which passes by itself."""
    event["unsigned"].pop("age", None)
    event.pop("age", None)
    return event


def test_a_connected_homeserver_is_tested_by_name(stand: Any) -> None:
    report = checking.of(stand.table, [stand.url(stand.alice.say(stand.square, "A word."))])
    assert report.failing == {}
    assert {"token:read", "token:act", "token:irreversible", "token:viewer", "edge"} <= set(report.passed)


def test_the_page_of_a_homeserver_says_how_fresh_its_filter_is(stand: Any) -> None:
    made = guarded(stand.table, stand.platform, lambda: False)
    (edge,) = pages._edges(made)["rows"]
    assert (edge["behind"], edge["here"]) == (0, True)
