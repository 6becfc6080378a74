"""Two people with a client of somebody else (matrix-nio), one in each country: withheld, read, put back to the byte."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.demo.matrix.homeserver import python

from .conftest import PLACES
from .test_leaks import png

CLIENT = Path(__file__).parent / "nio_viewer.py"


Reads = Callable[[str, str, str, str], Any]


@pytest.fixture
def reads(stand: Any) -> Iterator[Reads]:
    """What Bob's client reads in a country of a room, an event in it and a file: each time a client that knows nothing
    yet, all in one process, which takes longer to start than they take to read."""
    pipe, given = subprocess.PIPE, [stand.edge.url, stand.bob.user, stand.bob.token]
    child = subprocess.Popen([str(python()), str(CLIENT), *given], stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    assert child.stdin
    assert child.stdout
    assert child.stderr
    line, answer, trouble = child.stdin, child.stdout, child.stderr

    def read(country: str, room: str, event: str, file: str) -> Any:
        line.write(json.dumps([room, event, file, PLACES[country]]) + "\n")
        line.flush()
        said = answer.readline()
        assert said, trouble.read()[-1500:]
        return json.loads(said)

    yield read
    child.communicate()


def test_it_works(stand: Any, reads: Reads, key: str) -> None:
    room = stand.alice.create(f"nio-{key[-8:]}", "For clients")
    stand.bob.join(room)
    file = stand.alice.upload(png(77))
    other = stand.alice.say(room, "innocent words")
    event = stand.alice.send(room, {"msgtype": "m.image", "body": "quagga.png", "url": file})
    before = reads("FR", room, event, file)
    stand.platform.act(key, "withhold", f"{room}/{event}", ["FR"])
    inside, outside = (reads(country, room, event, file) for country in ("FR", "BE"))
    assert outside == before
    for route in ("sync", "messages"):
        assert inside[route][other] == "innocent words"
        assert inside[route].keys() == before[route].keys()
    assert "quagga" not in json.dumps(inside)
    assert (inside["file"], outside["file"]) == ("M_UNAVAILABLE_FOR_LEGAL_REASONS", len(png(77)))
    stand.platform.lift(key)
    assert reads("FR", room, event, file) == before
