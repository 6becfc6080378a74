"""Two people with a client of somebody else (matrix-nio), one in each country: withheld, read, put back to the byte."""

import json
import subprocess
from pathlib import Path
from typing import Any

from comity.demo.matrix.homeserver import python

from .conftest import PLACES
from .test_leaks import png

CLIENT = Path(__file__).parent / "nio_viewer.py"


def reads(stand: Any, country: str, room: str, event: str, file: str) -> Any:
    """What Bob's client reads in a country."""
    given = [stand.edge.url, stand.bob.user, stand.bob.token, room, event, file, PLACES[country]]
    done = subprocess.run([str(python()), str(CLIENT), *given], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-1500:]
    return json.loads(done.stdout)


def test_it_works(stand: Any, key: str) -> None:
    room = stand.alice.create(f"nio-{key[-8:]}", "For clients")
    stand.bob.join(room)
    file = stand.alice.upload(png(77))
    other = stand.alice.say(room, "innocent words")
    event = stand.alice.send(room, {"msgtype": "m.image", "body": "quagga.png", "url": file})
    before = reads(stand, "FR", room, event, file)
    stand.platform.act(key, "withhold", f"{room}/{event}", ["FR"])
    inside, outside = (reads(stand, country, room, event, file) for country in ("FR", "BE"))
    assert outside == before
    for route in ("sync", "messages"):
        assert inside[route][other] == "innocent words"
        assert inside[route].keys() == before[route].keys()
    assert "quagga" not in json.dumps(inside)
    assert (inside["file"], outside["file"]) == ("M_UNAVAILABLE_FOR_LEGAL_REASONS", len(png(77)))
    stand.platform.lift(key)
    assert reads(stand, "FR", room, event, file) == before
