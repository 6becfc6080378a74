"""A room of a hundred thousand events: everything that is done to one message in it takes bounded time and memory."""

import json
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest

from comity.demo.matrix.homeserver import python

from .test_leaks import SEARCH

FILL = Path(__file__).parent / "fill_room.py"
MANY = 100_000
SECRET = "aardwolf"  # a word that no other test of this homeserver says
BOUND = 60.0  # seconds for each, on whatever machine: what is looked through has an end of its own
MOST = 40 * 1024  # kB that the edge may grow by, whatever it takes apart


@pytest.fixture(scope="module")
def large(stand: Any) -> Any:
    """A message, so many others of the same author, its edit, and a reply that quotes it."""
    room = stand.alice.create("large", "Large")
    stand.bob.join(room)
    event = stand.alice.say(room, f"{SECRET} first")
    stand.alice.say(room, "The second message")
    edit = {
        "msgtype": "m.text",
        "body": f"* {SECRET} last",
        "m.new_content": {"msgtype": "m.text", "body": f"{SECRET} last"},
    }
    edit["m.relates_to"] = {"rel_type": "m.replace", "event_id": event}
    reply = {"msgtype": "m.text", "body": f"> <@alice:chat.test> {SECRET} first\n\nNo."}
    reply["m.relates_to"] = {"m.in_reply_to": {"event_id": event}}
    stand.synapse.end()
    store = stand.synapse.home / "homeserver.db"
    asked = [str(python()), str(FILL), str(store), room, str(MANY), json.dumps([edit, reply])]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    stand.synapse.start()
    assert done.returncode == 0, done.stderr[-1000:]
    edit_id, reply_id = json.loads(done.stdout)
    return SimpleNamespace(room=room, event=event, edit=edit_id, reply=reply_id)


def memory(stand: Any) -> int:
    """Kilobytes that the edge holds."""
    return int(Path(f"/proc/{stand.edge.child.pid}/status").read_text().split("VmRSS:")[1].split()[0])


@pytest.mark.soak
def test_one_message_of_a_hundred_thousand(stand: Any, large: Any, key: str) -> None:
    platform, took = stand.platform, dict[str, float]()

    def timed(name: str, call: Any) -> Any:
        began = time.monotonic()
        came = call()
        took[name] = round(time.monotonic() - began, 2)
        return came

    before, url = memory(stand), stand.url(large.event, large.room)
    found = timed("resolve", lambda: platform.resolve(url))
    assert found.says() == "1 message, 1 edit"  # who quotes it so much later isn't counted
    kept = timed("snapshot", lambda: platform.snapshot(found.ref))
    assert f"{SECRET} last".encode() in kept
    assert timed("act", lambda: platform.act(key, "withhold", found.ref, ["FR"])).new
    seen = [timed(f"observe {code}", lambda code=code: platform.observe(url, code)).state for code in ("FR", "BE")]
    assert seen == ["withheld", "visible"]
    for one in (large.event, large.edit, large.reply):
        path = f"/v3/rooms/{quote(large.room)}/event/{quote(one)}"
        assert [SECRET.encode() in stand.viewer(code).client(path).raw for code in ("FR", "BE")] == [False, True]
    said = json.loads(json.dumps(SEARCH).replace("zebra", SECRET))
    hits = [
        timed(f"search {code}", lambda code=code: stand.viewer(code).ask("POST", "/_matrix/client/v3/search", said)).raw
        for code in ("FR", "BE")
    ]
    assert [SECRET.encode() in one for one in hits] == [False, True]
    pages = f"/v3/rooms/{quote(large.room)}/messages?dir=f&limit=1000"
    page = timed("a page of a thousand", lambda: stand.viewer("FR").client(pages).raw)
    assert SECRET.encode() not in page
    assert page.count(b"Message 9") > 50
    timed("sync", lambda: stand.viewer("FR").client("/v3/sync"))
    timed("lift", lambda: platform.lift(key))
    assert memory(stand) - before < MOST
    after = [{**json.loads(one), "whole": True} for one in (kept, platform.snapshot(found.ref))]
    assert after[0] == after[1]  # whether all that came between could be looked through depends on the machine
    print(took)
    assert all(took[one] < BOUND for one in took), took
