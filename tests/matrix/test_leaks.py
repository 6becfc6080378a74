"""Every route of a homeserver on which what is withheld could still be read: seen from BE, and not from FR.

That a viewer in BE reads it at the same address shows that the homeserver says it there, so that each of these fails
as soon as its guard is gone.
"""

import json
import secrets
import struct
import zlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest

SECRET = "zebra"
SYNC = {"room": {"timeline": {"limit": 60}, "state": {"lazy_load_members": True}}}


def png(seed: int) -> bytes:
    """A small picture."""
    part = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))  # noqa: E731
    row = b"\0" + bytes([seed % 256, 60, 200]) * 64
    header = struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)
    body = part(b"IHDR", header) + part(b"IDAT", zlib.compress(row * 64)) + part(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.fixture(scope="module")
def told(stand: Any) -> Iterator[Any]:
    """A room with a message, its edit, a picture, a thread, a topic and a reply, all but the reply withheld in FR."""
    alice, bob, platform = stand.alice, stand.bob, stand.platform
    mark = secrets.token_hex(4)
    room = alice.create(f"leaks-{mark}", "Leaks", topic="quiet")
    bob.join(room)
    alice.say(room, "innocent words")
    root = alice.say(room, "innocent root")
    event = alice.say(room, f"{SECRET} first", **{"m.mentions": {"user_ids": [bob.user]}})
    edit = alice.edit(room, event, f"{SECRET} second")
    in_thread = {"m.relates_to": {"rel_type": "m.thread", "event_id": root}}
    thread = alice.say(room, f"{SECRET} in a thread", **in_thread)
    quoted = {"m.relates_to": {"m.in_reply_to": {"event_id": event}}, "format": "org.matrix.custom.html"}
    quoted["formatted_body"] = f"<mx-reply><blockquote>{SECRET} first</blockquote></mx-reply>I disagree"
    reply = bob.say(room, f"> <{alice.user}> {SECRET} first\n\nI disagree", **quoted)
    file = alice.upload(png(1))
    picture = alice.send(room, {"msgtype": "m.image", "body": f"{SECRET}.png", "url": file, "info": {"w": 64, "h": 64}})
    path = f"/v3/rooms/{quote(room)}/state/m.room.topic/"
    topic = alice.call("PUT", path, {"topic": f"{SECRET} topic"})["event_id"]
    keys = [f"leak:{mark}:{n}" for n in range(4)]
    for key, one in zip(keys, (event, thread, picture, topic), strict=True):
        platform.act(key, "withhold", f"{room}/{one}", ["FR"])
    alice.say(room, "innocent last")
    yield SimpleNamespace(
        room=room, event=event, edit=edit, root=root, thread=thread, reply=reply, picture=picture, file=file, keys=keys
    )
    for key in keys:
        platform.lift(key)


SLIDING = {"lists": {"all": {"ranges": [[0, 20]], "required_state": [["*", "*"]], "timeline_limit": 30}}}
GROUPED = {"group_by": [{"key": "room_id"}]}
SEARCH = {"search_categories": {"room_events": {"search_term": SECRET, "groupings": GROUPED}}}
ROUTES = {
    "sync": lambda t: ("GET", f"/v3/sync?filter={quote(json.dumps(SYNC))}", None),
    "sync with the whole state": lambda t: ("GET", "/v3/sync?full_state=true", None),
    "sliding sync": lambda t: ("POST", "/unstable/org.matrix.simplified_msc3575/sync", SLIDING),
    "messages": lambda t: ("GET", f"/v3/rooms/{quote(t.room)}/messages?dir=b&limit=60", None),
    "an event": lambda t: ("GET", f"/v3/rooms/{quote(t.room)}/event/{quote(t.event)}", None),
    "an edit by its own id": lambda t: ("GET", f"/v3/rooms/{quote(t.room)}/event/{quote(t.edit)}", None),
    "a picture's words": lambda t: ("GET", f"/v3/rooms/{quote(t.room)}/event/{quote(t.picture)}", None),
    "a reply's quotation": lambda t: ("GET", f"/v3/rooms/{quote(t.room)}/event/{quote(t.reply)}", None),
    "context": lambda t: ("GET", f"/v3/rooms/{quote(t.room)}/context/{quote(t.event)}?limit=20", None),
    "context of another": lambda t: ("GET", f"/v3/rooms/{quote(t.room)}/context/{quote(t.root)}?limit=20", None),
    "relations": lambda t: ("GET", f"/v1/rooms/{quote(t.room)}/relations/{quote(t.event)}", None),
    "edits": lambda t: ("GET", f"/v1/rooms/{quote(t.room)}/relations/{quote(t.event)}/m.replace", None),
    "a thread's latest": lambda t: ("GET", f"/v3/rooms/{quote(t.room)}/event/{quote(t.root)}", None),
    "threads": lambda t: ("GET", f"/v1/rooms/{quote(t.room)}/threads", None),
    "notifications": lambda t: ("GET", "/v3/notifications?limit=50", None),
    "initialSync of a room": lambda t: ("GET", f"/v3/rooms/{quote(t.room)}/initialSync?limit=50", None),
    "initialSync": lambda t: ("GET", "/v3/initialSync?limit=50", None),
    "all state": lambda t: ("GET", f"/v3/rooms/{quote(t.room)}/state", None),
    "state by type": lambda t: ("GET", f"/v3/rooms/{quote(t.room)}/state/m.room.topic/", None),
    "state by type without a slash": lambda t: ("GET", f"/v3/rooms/{quote(t.room)}/state/m.room.topic", None),
    "state as an event": lambda t: ("GET", f"/v3/rooms/{quote(t.room)}/state/m.room.topic/?format=event", None),
    "directory": lambda t: ("GET", "/v3/publicRooms?limit=50", None),
    "directory, filtered": lambda t: ("POST", "/v3/publicRooms", {"filter": {"generic_search_term": "leaks"}}),
    "summary": lambda t: ("GET", f"/v1/room_summary/{quote(t.room)}", None),
    "hierarchy": lambda t: ("GET", f"/v1/rooms/{quote(t.room)}/hierarchy", None),
    "search": lambda t: ("POST", "/v3/search", SEARCH),
    "an older version of the interface": lambda t: ("GET", f"/r0/rooms/{quote(t.room)}/messages?dir=b&limit=60", None),
}
HIDDEN_WHOLE = {"state by type", "state by type without a slash"}


@pytest.mark.parametrize("name", ROUTES)
def test_what_is_withheld_is_read_on_no_route(stand: Any, told: Any, name: str) -> None:
    method, path, body = ROUTES[name](told)
    inside, outside = (stand.viewer(code).ask(method, f"/_matrix/client{path}", body) for code in ("FR", "BE"))
    assert outside.status == 200, outside.raw[:300]
    assert SECRET.encode() in outside.raw
    assert SECRET.encode() not in inside.raw
    assert inside.status == (451 if name in HIDDEN_WHOLE else 200)
    if inside.status == 200:
        assert name == "search" or len(inside.raw) > len(outside.raw) / 4  # the rest is there
        assert inside.raw.count(b"innocent") >= outside.raw.count(b"innocent")


def test_only_what_is_withheld_differs(stand: Any, told: Any) -> None:
    path = f"/v3/rooms/{quote(told.room)}/messages?dir=b&limit=60"
    inside, outside = (stand.viewer(code).client(path).json["chunk"] for code in ("FR", "BE"))
    assert [one["event_id"] for one in inside] == [one["event_id"] for one in outside]
    differ = {one["event_id"] for one, other in zip(inside, outside, strict=True) if one["content"] != other["content"]}
    hidden = {one["event_id"] for one in outside if SECRET in json.dumps(one["content"])}
    assert differ == hidden
    assert [one["sender"] for one in inside] == [one["sender"] for one in outside]
    assert [one["origin_server_ts"] for one in inside] == [one["origin_server_ts"] for one in outside]


def test_a_search_counts_what_is_left(stand: Any, told: Any) -> None:
    inside, outside = (
        stand.viewer(code).ask("POST", "/_matrix/client/v3/search", SEARCH).json["search_categories"]["room_events"]
        for code in ("FR", "BE")
    )
    mine = lambda found: [hit["result"]["event_id"] for hit in found["results"]]  # noqa: E731
    assert told.event not in mine(inside)
    assert {told.thread, told.edit} & set(mine(outside))
    assert inside["count"] == len(mine(inside)) < outside["count"]
    assert told.reply not in mine(inside)  # the word stands in what it quotes alone
    assert SECRET not in inside["highlights"]
    assert not {told.event, told.edit, told.thread} & set(str(inside.get("groups")).split("'"))


def test_a_room_is_found_by_no_words_that_are_withheld_of_it(stand: Any, told: Any) -> None:
    """To be found would tell that they stand there, as a hit of a search would."""
    found = lambda words, code: (  # noqa: E731
        stand.viewer(code)
        .ask("POST", "/_matrix/client/v3/publicRooms", {"filter": {"generic_search_term": words}})
        .json
    )
    for words in (SECRET, f"{SECRET.upper()} to"):
        inside, outside = (found(words, code) for code in ("FR", "BE"))
        assert [told.room in [one["room_id"] for one in page["chunk"]] for page in (inside, outside)] == [False, True]
        assert inside["total_room_count_estimate"] < outside["total_room_count_estimate"]
    for words in ("leaks", "LEAK"):
        assert told.room in [one["room_id"] for one in found(words, "FR")["chunk"]]


def test_files_and_thumbnails_are_refused_and_never_cached(stand: Any, told: Any) -> None:
    media = told.file.removeprefix("mxc://")
    for rest in (f"download/{media}", f"thumbnail/{media}?width=32&height=32", f"download/{media}/a.png"):
        path = f"/v1/media/{rest}"
        inside, outside = (stand.viewer(code).client(path) for code in ("FR", "BE"))
        assert (inside.status, outside.status) == (451, 200), path
        assert inside.json["errcode"] == "M_UNAVAILABLE_FOR_LEGAL_REASONS"
        for answer in (inside, outside):
            assert answer.headers["cache-control"] == "private, no-store"
            assert "etag" not in answer.headers
    conditional = stand.viewer("FR").client(f"/v1/media/download/{media}")
    assert conditional.status == 451
    assert stand.viewer("FR").get(f"/_matrix/client/v1/media/download/{media}", If_None_Match="1").status == 451


def test_the_same_bytes_put_up_again_are_withheld_too(stand: Any, told: Any) -> None:
    again, other = stand.bob.upload(png(1), name="again.png"), stand.bob.upload(png(2))
    for path, query in (("download", ""), ("thumbnail", "?width=32&height=32")):
        seen = [
            stand.viewer(code).client(f"/v1/media/{path}/{file.removeprefix('mxc://')}{query}").status
            for code, file in (("FR", again), ("BE", again), ("FR", other))
        ]
        assert seen == [451, 200, 200]


def test_an_edit_made_after_it_was_withheld_is_withheld(stand: Any, told: Any) -> None:
    later = stand.alice.edit(told.room, told.event, f"{SECRET} third")
    path = f"/v3/rooms/{quote(told.room)}/event/"
    for event in (later, told.event):
        inside, outside = (stand.viewer(code).client(path + quote(event)) for code in ("FR", "BE"))
        assert SECRET.encode() in outside.raw
        assert SECRET.encode() not in inside.raw


def test_a_room_that_one_is_invited_to_says_nothing_withheld(stand: Any, key: str) -> None:
    room = stand.alice.create(f"inv-{key[-8:]}", "Quiet", preset="private_chat", visibility="private", topic="calm")
    path = f"/v3/rooms/{quote(room)}/state/m.room.name/"
    name = stand.alice.call("PUT", path, {"name": f"{SECRET} room"})["event_id"]
    carol = stand.people(f"carol-{key[-8:]}")
    stand.alice.call("POST", f"/v3/rooms/{quote(room)}/invite", {"user_id": carol.user})
    stand.platform.act(key, "withhold", f"{room}/{name}", ["FR"])
    for ask in (("GET", "/v3/sync", None), ("POST", "/unstable/org.matrix.simplified_msc3575/sync", SLIDING)):
        inside, outside = (
            stand.viewer(code, carol).ask(ask[0], f"/_matrix/client{ask[1]}", ask[2]).raw for code in ("FR", "BE")
        )
        assert SECRET.encode() in outside
        assert SECRET.encode() not in inside
    stand.platform.lift(key)


def test_an_account_and_a_room_are_withheld_whole(stand: Any, key: str) -> None:
    eve = stand.people(f"eve-{key[-8:]}")
    room = eve.create(f"eves-{key[-8:]}", f"{SECRET} hall")
    stand.bob.join(room)
    event = eve.say(room, f"{SECRET} of eve")
    profile, said = f"/v3/profile/{quote(eve.user)}", f"/v3/rooms/{quote(room)}/event/{quote(event)}"
    for ref, paths in ((eve.user, (profile, said)), (room, (said, f"/v1/room_summary/{quote(room)}"))):
        stand.platform.act(key + ref[:1], "withhold", ref, ["FR"])
        for path in paths:
            inside, outside = (stand.viewer(code).client(path) for code in ("FR", "BE"))
            assert outside.status == 200
            assert inside.status in (200, 451)
            assert SECRET.encode() not in inside.raw
        assert stand.platform.observe(stand.platform.resolve(link(ref)).url, "FR").state == "withheld"
        assert stand.platform.observe(link(ref), "BE").state == "visible"
        listed = stand.viewer("FR").client("/v3/publicRooms?limit=99").raw
        assert (room.encode() in listed) is (ref != room)
        stand.platform.lift(key + ref[:1])
        assert stand.platform.observe(link(ref), "FR").state == "visible"


def link(ref: str) -> str:
    return f"https://matrix.to/#/{quote(ref, safe='!@:')}?via=chat.test"


def test_whoever_forges_where_they_come_from_is_where_they_are(stand: Any, told: Any) -> None:
    path = f"/_matrix/client/v3/rooms/{quote(told.room)}/event/{quote(told.event)}"
    forged = {
        "X_Forwarded_For": "127.0.0.11",
        "Forwarded": "for=127.0.0.11",
        "X_Real_IP": "127.0.0.11",
        "CF_IPCountry": "BE",
        "X_Comity_Look": "BE;99999999999;00",
    }
    for name, value in forged.items():
        assert SECRET.encode() not in stand.viewer("FR").get(path, **{name: value}).raw, name
    status, who = stand.synapse_admin("GET", f"/v1/whois/{quote(stand.bob.user)}")
    ips = {one["ip"] for device in who["devices"].values() for one in device["sessions"][0]["connections"]}
    assert status == 200
    assert "127.0.0.12" in ips  # the homeserver is told the viewer's own address, whatever they wrote


def test_a_route_that_nobody_sorted_is_not_there_where_anything_is_withheld(stand: Any, told: Any) -> None:
    path = "/_matrix/client/unstable/org.example.msc9999/rooms/digest"
    assert stand.viewer("FR").get(path).json["errcode"] == "M_UNRECOGNIZED"
    assert stand.edge.fresh()["counted"]["unknown"] >= 1
