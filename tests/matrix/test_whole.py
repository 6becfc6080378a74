"""What a homeserver does for everyone: undone exactly, read back whatever it answers, never on a guess."""

from typing import Any
from urllib.parse import quote

import pytest

from comity.platforms.matrix import sets, whole
from comity.platforms.port import PlatformDown, PlatformRefused

from .test_leaks import link, png


@pytest.fixture
def picture(stand: Any, request: pytest.FixtureRequest) -> Any:
    """A message with a picture of its own: its address, and the file's."""
    file = stand.alice.upload(png(hash(request.node.name) % 251))
    event = stand.alice.send(stand.square, {"msgtype": "m.image", "body": "a.png", "url": file})
    return stand.platform.resolve(stand.url(event)), file


def media(stand: Any, file: str) -> Any:
    return stand.synapse_admin("GET", f"/v1/media/{file.removeprefix('mxc://')}")[1]["media_info"]


def user(stand: Any, who: str) -> Any:
    return stand.synapse_admin("GET", f"/v2/users/{quote(who)}")


def test_it_works(stand: Any, picture: Any, key: str) -> None:
    found, file = picture
    before = stand.platform.snapshot(found.ref)
    receipts = [stand.platform.act(key, "quarantine", found.ref, ["WORLD"]) for _ in range(2)]
    assert [(one.state, one.new) for one in receipts] == [("withheld", True), ("withheld", False)]
    assert media(stand, file)["quarantined_by"]
    assert stand.platform.stands(key) is True
    assert stand.viewer("BE").client(f"/v1/media/download/{file.removeprefix('mxc://')}").status == 404
    assert stand.platform.snapshot(found.ref) != before
    stand.platform.lift(key)
    assert stand.platform.snapshot(found.ref) == before
    assert stand.platform.stands(key) is None
    assert stand.platform.act(key, "quarantine", found.ref, ["WORLD"]).state == "lifted"


def test_two_orders_on_one_thing_are_counted(stand: Any, picture: Any, key: str) -> None:
    found, file = picture
    for first, second in (("a", "b"), ("d", "c")):
        for name in sorted((first, second)):
            stand.platform.act(key + name, "quarantine", found.ref, ["WORLD"])
        stand.platform.lift(key + first)
        assert media(stand, file)["quarantined_by"], first
        stand.platform.lift(key + second)
        assert not media(stand, file)["quarantined_by"], second


@pytest.mark.parametrize("first", [0, 1])
def test_two_orders_on_two_messages_with_one_picture_are_counted(stand: Any, key: str, first: int) -> None:
    """A homeserver quarantines bytes, and lets go of them everywhere at once."""
    raw = png(hash(key) % 251)
    files = [stand.alice.upload(raw), stand.bob.upload(raw)]
    said = [{"msgtype": "m.image", "body": "a.png", "url": file, "info": {"thumbnail_url": files[0]}} for file in files]
    events = [stand.alice.send(stand.square, one) for one in said]
    for n, event in enumerate(events):
        stand.platform.act(f"{key}{n}", "quarantine", f"{stand.square}/{event}", ["WORLD"])
    stand.platform.lift(f"{key}{first}")
    assert all(media(stand, file)["quarantined_by"] for file in files)
    assert stand.platform.stands(f"{key}{1 - first}") is True
    stand.platform.lift(f"{key}{1 - first}")
    assert not any(media(stand, file)["quarantined_by"] for file in files)


def test_a_picture_that_is_its_own_thumbnail_is_one_line(stand: Any, key: str) -> None:
    raw = png(hash(key) % 251)
    file, small = stand.alice.upload(raw), stand.alice.upload(raw)
    said = {"msgtype": "m.image", "body": "a.png", "url": file, "info": {"thumbnail_url": small}}
    url = stand.url(stand.alice.send(stand.square, said))
    stand.platform.act(key, "withhold", stand.platform.resolve(url).ref, ["FR"])
    assert [stand.platform.observe(url, one).state for one in ("FR", "BE")] == ["withheld", "visible"]
    stand.platform.lift(key)


def test_what_stood_before_us_stands_after_us(stand: Any, key: str) -> None:
    mallory = stand.people(f"mallory-{key[-8:]}")
    stand.synapse_admin("PUT", f"/v2/users/{quote(mallory.user)}", {"locked": True})
    for kind in ("lock", "suspend"):
        stand.platform.act(key + kind, kind, mallory.user, ["WORLD"])
    assert (user(stand, mallory.user)[1]["locked"], user(stand, mallory.user)[1]["suspended"]) == (True, True)
    for kind in ("lock", "suspend"):
        stand.platform.lift(key + kind)
    assert (user(stand, mallory.user)[1]["locked"], user(stand, mallory.user)[1]["suspended"]) == (True, False)


def test_nobody_is_made_by_locking_who_is_not_there(stand: Any, key: str) -> None:
    nobody = f"@nobody-{key[-8:]}:chat.test"
    for kind in ("lock", "suspend", "deactivate"):
        with pytest.raises(PlatformRefused) as no:
            stand.platform.act(key + kind, kind, nobody, ["WORLD"])
        assert no.value.code == "unknown"
    assert user(stand, nobody)[0] == 404


def test_a_yes_that_does_nothing_is_seen_through(stand: Any, picture: Any, key: str) -> None:
    found, file = picture
    stand.synapse_admin("POST", f"/v1/media/protect/{file.rpartition('/')[2]}", {})
    with pytest.raises(PlatformDown, match="said yes to quarantine, and it is not so"):
        stand.platform.act(key, "quarantine", found.ref, ["WORLD"])
    assert stand.platform.stands(key) is None
    stand.synapse_admin("POST", f"/v1/media/unprotect/{file.rpartition('/')[2]}", {})
    assert stand.platform.act(key, "quarantine", found.ref, ["WORLD"]).new
    stand.platform.lift(key)


def test_a_blocked_room_is_open_again(stand: Any, key: str) -> None:
    room = stand.alice.create(f"blocked-{key[-8:]}", "Blocked")
    stand.platform.act(key, "block", room, ["WORLD"])
    with pytest.raises(Exception, match="answered 403"):
        stand.bob.join(room)
    stand.synapse_admin("PUT", f"/v1/rooms/{quote(room)}/block", {"block": False})
    assert stand.platform.stands(key) is False  # somebody undid it by hand
    stand.platform.lift(key)
    stand.bob.join(room)


def test_to_redact_takes_the_edits_too_and_has_no_way_back(stand: Any, key: str) -> None:
    event = stand.alice.say(stand.square, "quagga first")
    edit = stand.alice.edit(stand.square, event, "quagga second")
    ref = stand.platform.resolve(stand.url(event)).ref
    kept = stand.platform.snapshot(ref)
    assert b"quagga first" in kept
    assert b"quagga second" in kept
    assert stand.platform.act(key, "redact", ref, ["WORLD"]).new
    for one in (event, edit):
        seen = stand.viewer("CH").client(f"/v3/rooms/{quote(stand.square)}/event/{quote(one)}").json
        assert seen["content"] == {}
        assert seen["unsigned"]["redacted_because"]["sender"] == "@end:chat.test"  # never the author
        assert seen["unsigned"]["redacted_because"]["content"]["reason"] == whole.REASON
    assert stand.platform.observe(stand.url(event), "CH").state == "gone"
    with pytest.raises(PlatformRefused) as no:
        stand.platform.lift(key)
    assert no.value.code == "cannot"


def test_what_more_was_sent_after_than_can_be_looked_through(
    stand: Any, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Withheld with all its edits, since an edge knows them by what they replace; not ended, or an edit would stay."""
    event = stand.alice.say(stand.square, "quagga first")
    for n in range(4):
        stand.alice.say(stand.square, f"And {n}")
    edit = stand.alice.edit(stand.square, event, "quagga last")
    monkeypatch.setattr(sets, "PAGE", 2)
    monkeypatch.setattr(sets, "PAGES", 2)
    ref = stand.platform.resolve(stand.url(event)).ref
    assert b'"whole":false' in stand.platform.snapshot(ref)
    with pytest.raises(PlatformRefused, match="an edit of it might stay"):
        stand.platform.act(key, "redact", ref, ["WORLD"])
    stand.platform.act(key + "w", "withhold", ref, ["FR"])
    for one in (event, edit):
        path = f"/v3/rooms/{quote(stand.square)}/event/{quote(one)}"
        assert [b"quagga" in stand.viewer(code).client(path).raw for code in ("FR", "BE")] == [False, True]
    stand.platform.lift(key + "w")


def test_an_account_is_ended_and_a_room_purged(stand: Any, key: str) -> None:
    gone = stand.people(f"ended-{key[-8:]}")
    stand.platform.act(key + "u", "deactivate", gone.user, ["WORLD"])
    assert user(stand, gone.user)[1]["deactivated"]
    room = stand.alice.create(f"purged-{key[-8:]}", "Purged")
    for _ in range(20):
        try:
            stand.platform.act(key + "r", "purge", room, ["WORLD"])
            break
        except PlatformDown:  # it takes its time, and says so
            pass
    assert stand.platform.resolve(link(room)).found is False
    assert stand.platform.stands(key + "r") is True


def test_kinds_fit_things(stand: Any, key: str) -> None:
    for kind, ref in (("lock", stand.square), ("block", stand.alice.user), ("purge", stand.alice.user)):
        with pytest.raises(PlatformRefused) as no:
            stand.platform.act(key, kind, ref, ["WORLD"])
        assert no.value.code == "cannot"
