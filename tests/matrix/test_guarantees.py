"""Every guarantee of the port, tried on a homeserver: the tests of `tests/platforms/test_port.py`, on this stage.

What differs is said here: a homeserver doesn't know in which country an author is.
"""

import itertools
import signal
from typing import Any
from urllib.parse import quote

import pytest
from platforms.test_port import *  # noqa: F403  # each is tried here again
from platforms.test_port import state

from comity.platforms.matrix import connector
from comity.platforms.port import Platform, PlatformDown, PlatformRefused

from .test_leaks import png

# in words of its own below
del test_it_works, test_a_platform_that_pretends_is_seen_through, test_a_platform_that_is_down  # noqa: F821
del test_whose_account_is_called_so_however_it_is_written  # noqa: F821


PAGES = ("/v3/publicRooms?limit=3", "/v3/profile/@alice:chat.test", "/v3/joined_rooms", "/v3/rooms/!nowhere/messages")
PAGES += ("/v3/login", "/v3/account/whoami")  # not who may register: a homeserver lets each wait a second for that


class MatrixStage:
    """A homeserver with the ways to make what the tests need."""

    def __init__(self, stand: Any) -> None:
        self._stand, self.platform, self._pictures = stand, stand.platform, itertools.count(20)
        self.channel_url = self._link(stand.square)
        self.account_url = self._link(stand.alice.user)
        self.missing_url = stand.url("$" + "A" * 43)
        self.private_url = self._in(preset="trusted_private_chat", visibility="private")
        self.closed_url = self._in(preset="private_chat", visibility="private", name="Choir")
        self.open_url = self._in(preset="public_chat", visibility="private", name="Repair")
        self.untold_url = self._untold()
        self.platform.observe(stand.url(stand.alice.say(stand.square, "Look.")), "FR")  # it joins the room for that

    def _link(self, ref: str) -> str:
        return f"https://matrix.to/#/{quote(ref, safe='!@:')}?via=chat.test"

    def _in(self, **more: Any) -> str:
        room = str(self._stand.alice.call("POST", "/v3/createRoom", more)["room_id"])
        return str(self._stand.url(self._stand.alice.say(room, "Something."), room))

    def _untold(self) -> str:
        """What somebody wrote who has left since."""
        gone = self._stand.people(f"gone-{len(self._stand.left)}")
        self._stand.left.append(gone)
        gone.join(self._stand.square)
        event = gone.say(self._stand.square, "I am leaving.")
        self._stand.synapse_admin("POST", f"/v1/deactivate/{quote(gone.user)}", {"erase": False})
        return str(self._stand.url(event))

    def message(self, edits: int = 0, picture: bool = False) -> str:
        alice, room = self._stand.alice, self._stand.square
        if picture:
            content = {"msgtype": "m.image", "body": "A picture", "url": alice.upload(png(next(self._pictures)))}
            event = alice.send(room, content)
        else:
            event = alice.say(room, "A message")
        for n in range(edits):
            alice.edit(room, event, f"Edited {n}")
        return str(self._stand.url(event))

    def remove(self, url: str) -> None:
        ref = self.platform.resolve(url).ref
        room, _, event = ref.partition("/")
        self._stand.alice.call("PUT", f"/v3/rooms/{quote(room)}/redact/{quote(event)}/t{len(url)}{event[-9:]}", {})

    def restart(self) -> None:
        """Whatever stands in front is killed, and begins with what it has on disk."""
        self._stand.edge.end(signal.SIGKILL)
        self._stand.edge.start()

    def misbehave(self, mode: str) -> None:
        down = mode == "down"
        if down != self._stand.is_down:
            self._stand.is_down = down
            for process in (self._stand.edge, self._stand.synapse):
                process.child.send_signal(signal.SIGSTOP if down else signal.SIGCONT)
        self.platform._reader.client._timeout = 0.3 if down else 10.0
        connector.EDGES = 0.5 if down else 8.0
        for client in (self.platform._viewer._client, self.platform._viewer._stranger):
            client._timeout = 0.3 if down else 10.0

    def pages(self, country: str) -> dict[str, bytes]:
        """What Bob gets in a country, of each kind of answer."""
        viewer = self._stand.viewer(country)
        return {path: viewer.client(path).raw for path in PAGES}

    def told(self) -> int:
        """How many notices Alice has."""
        sync = self._stand.alice.call("GET", "/v3/sync")
        for room in sync["rooms"].get("invite", {}):
            self._stand.alice.join(room)
        limit = quote('{"room":{"timeline":{"limit":200}}}')
        sync = self._stand.alice.call("GET", f"/v3/sync?filter={limit}")
        events = [one for room in sync["rooms"]["join"].values() for one in room["timeline"]["events"]]
        return sum(one["sender"] == "@notices:chat.test" and one["type"] == "m.room.message" for one in events)


@pytest.fixture(scope="module")
def made_stage(stand: Any) -> MatrixStage:
    return MatrixStage(stand)


@pytest.fixture
def stage(made_stage: MatrixStage) -> Any:
    yield made_stage
    made_stage.misbehave("normal")


def test_a_message_with_edits_and_a_picture(stage: Any, key: str) -> None:
    platform, url = stage.platform, stage.message(edits=2, picture=True)
    assert isinstance(platform, Platform)
    assert platform.owns(url)
    found = platform.resolve(url)
    assert (found.found, found.kind, found.audience, found.channel) == (True, "message", "public", "Town square")
    assert found.says() == "1 message, 2 edits, 1 image"
    assert found.facts()["author"] == {"country": None, "contactable": True}
    before, shown = platform.snapshot(found.ref), platform.observe(url, "FR")
    assert shown.state == "visible"
    assert platform.act(key, "withhold", found.ref, ["EU"]).new
    assert [state(stage, url, c) for c in ("FR", "DE", "EE", "CH", "BR")] == ["withheld"] * 3 + ["visible"] * 2
    assert platform.observe(url, "CH").digest == shown.digest
    assert platform.snapshot(found.ref) != before
    assert platform.lift(key).state == "lifted"
    assert platform.snapshot(found.ref) == before
    assert platform.observe(url, "FR").digest == shown.digest


def test_whose_account_is_called_so(stage: Any) -> None:
    (alice,) = stage.platform.accounts("alice")
    assert alice.url == "https://matrix.to/#/@alice:chat.test"
    assert stage.platform.resolve(alice.url).kind == "account"
    for name in ("Alice", "@alice", "  @ALICE ", "@alice:chat.test", alice.name):
        assert stage.platform.accounts(name) == [alice]
    assert stage.platform.accounts("nobody-is-called-so") == stage.platform.accounts("") == []


def test_a_homeserver_that_is_down(stage: Any, key: str) -> None:
    url, other = stage.message(), stage.message()
    ref, standing = stage.platform.resolve(url).ref, stage.platform.resolve(other).ref
    stage.platform.act(f"{key}s", "quarantine", standing, ["WORLD"])
    stage.misbehave("down")
    for call in (
        lambda: stage.platform.resolve(url),
        lambda: stage.platform.snapshot(ref),
        lambda: stage.platform.act(key, "withhold", ref, ["EU"]),
        lambda: stage.platform.notify(key, ref, "Hello."),
    ):
        with pytest.raises(PlatformDown):
            call()
    assert state(stage, url, "FR") == "unknown"
    assert stage.platform.lift(key).state == "lifted"  # it never came: what is kept of it is our own
    stage.misbehave("normal")
    assert stage.platform.act(key, "withhold", ref, ["EU"]).state == "lifted"


@pytest.mark.parametrize("kind", ["redact", "purge", "quarantine", "block"])
def test_what_reaches_everyone_is_done_everywhere_or_not_at_all(stage: Any, key: str, kind: str) -> None:
    with pytest.raises(PlatformRefused) as no:
        stage.platform.act(key, kind, stage.platform.resolve(stage.message()).ref, ["FR"])
    assert no.value.code == "cannot"


def test_an_address_in_any_spelling_is_one(stage: Any) -> None:
    ref = stage.platform.resolve(stage.message()).ref
    room, event = ref.split("/")
    spellings = [
        f"https://matrix.to/#/{room}/{event}?via=chat.test",
        f"https://matrix.to/#/{quote(room, safe='')}/{quote(event, safe='')}?via=CHAT.test&via=other.test",
        f"matrix:roomid/{room[1:]}/e/{event[1:]}?via=chat.test",
        f"https://matrix.to/#/%23square:chat.test/{event}",
        f"matrix:r/square:chat.test/e/{event[1:]}",
    ]
    found = [stage.platform.resolve(one) for one in spellings]
    assert {(one.ref, one.url) for one in found} == {(ref, found[0].url)}


def test_the_set_says_who_quotes_it_and_an_edits_link_leads_to_what_it_edits(stand: Any) -> None:
    event = stand.alice.say(stand.square, "quagga words")
    edit = stand.alice.edit(stand.square, event, "quagga better words")
    answers = {"m.relates_to": {"m.in_reply_to": {"event_id": event}}}
    stand.bob.say(stand.square, "> <@alice:chat.test> quagga words\n\nNo.", **answers)
    stand.bob.say(stand.square, "Without a quotation.", **answers)
    forged = stand.bob.edit(stand.square, event, "not my message")
    found = stand.platform.resolve(stand.url(event))
    assert found.says() == "1 message, 1 edit, 1 quotation"
    assert stand.platform.resolve(stand.url(edit)) == found
    other = stand.platform.resolve(stand.url(forged))
    assert (other.ref.partition("/")[2], other.author.id) == (forged, stand.bob.user)


def test_rooms_of_version_11_and_12_are_alike(stand: Any, key: str) -> None:
    for version in ("11", "12"):
        room = stand.alice.create(f"v{version}-{key[-8:]}", f"Version {version}", room_version=version)
        url = stand.url(stand.alice.say(room, "Words"), room)
        assert (":" in room) is (version == "11")
        ref = stand.platform.resolve(url).ref
        stand.platform.act(key + version, "withhold", ref, ["BE"])
        assert [stand.platform.observe(url, one).state for one in ("BE", "FR")] == ["withheld", "visible"]
        stand.platform.lift(key + version)
        assert stand.platform.observe(url, "BE").state == "visible"
