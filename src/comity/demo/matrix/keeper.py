"""Keeps the demo's homeserver and its edge: started once somebody wants them, ended with the gateway.

`serve` runs it beside the sandbox. It waits for a file, so that a gateway whose demo nobody plays on Matrix has neither
the environment nor the process.
"""

import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .homeserver import Synapse

WANTED, STANDS = "wanted", "stands.json"
TICK = 0.25  # seconds
SERVER = "matrix.lantern.example"
ADMINS = {"read": "comity-reads", "act": "comity-acts", "irreversible": "comity-ends"}
VIEWER, AUTHOR, READER = "a-viewer", "luc", "anna"
ROOM, ROOM_NAME = "harbour", "Harbour"


def home(data: Path) -> Path:
    """Where it stands in a gateway's data directory."""
    return data / "matrix"


def main() -> None:
    """`python -m comity.demo.matrix.keeper DATA MATRIX EDGE BASE-URL`: wait, start, and keep it running."""
    data, matrix, edge, base_url = Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
    (home(data) / STANDS).unlink(missing_ok=True)
    while not (home(data) / WANTED).exists():
        time.sleep(TICK)
    keep(data, _port(matrix), _port(edge), base_url)


def _port(address: str) -> int:
    return int(address.rpartition(":")[2])


def keep(data: Path, matrix: int, edge: int, base_url: str) -> None:
    """Start both, say where they stand, and wait until one ends: the supervisor starts us again."""
    from .homeserver import EdgeProcess, NotStarted, Synapse

    synapse = Synapse(home(data), matrix, SERVER)
    try:
        synapse.start()
        filter_ = EdgeProcess(home(data) / "edge", edge, _settings(data, synapse, base_url))
        said = _people(data, synapse) | {"matrix": synapse.url, "edge": filter_.url}
        filter_.start()
    except NotStarted as no:
        _say(data, {"failed": str(no)})
        (home(data) / WANTED).unlink(missing_ok=True)
        print(f"homeserver: {no}", file=sys.stderr)
        return
    _say(data, said)
    while synapse.child and filter_.child and synapse.child.poll() is None and filter_.child.poll() is None:
        time.sleep(TICK)
    with suppress(OSError):
        (home(data) / STANDS).unlink()
    synapse.end()
    filter_.end()


def _say(data: Path, said: dict[str, str]) -> None:
    made = home(data) / f".{STANDS}"
    made.touch(mode=0o600)
    made.write_text(json.dumps(said))
    made.replace(home(data) / STANDS)


def _people(data: Path, synapse: "Synapse") -> dict[str, str]:
    """The accounts of the story, and the files with their tokens; the room they talk in."""
    from .homeserver import NotStarted, People

    for key, name in ADMINS.items():
        _keep(data, key, synapse.account(name, admin=True)[1])
    _keep(data, "viewer", synapse.account(VIEWER, shown="A viewer")[1])
    author = People(synapse.url, *synapse.account(AUTHOR, shown="Luc"))
    reader = People(synapse.url, *synapse.account(READER, shown="Anna"))
    try:
        room = author.create(ROOM, ROOM_NAME)
    except NotStarted:  # it is there since an earlier start
        room = str(author.call("GET", f"/v3/directory/room/%23{ROOM}:{SERVER}")["room_id"])
    reader.join(room)
    return {"author": author.token, "reader": reader.token, "room": room}


def _keep(data: Path, key: str, token: str) -> None:
    path = data / "keys" / f"matrix-{key}.key"
    made = path.with_suffix(f".{os.getpid()}")
    made.touch(mode=0o600)
    made.write_text(token)
    made.replace(path)


def _settings(data: Path, synapse: "Synapse", base_url: str) -> dict[str, object]:
    """The edge's settings. Everybody here comes from this machine, which is in no country: who plays says in which
    country they look, as the gateway's observer does."""
    from comity import operator
    from comity.connected import MATRIX
    from comity.platforms.matrix import signing

    token = operator.secret(data, "matrix-edge.key")
    (home(data) / "edge").mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = home(data) / "edge" / "token"
    kept.touch(mode=0o600)
    kept.write_text(token)
    return {
        "platform": MATRIX,
        "upstream": synapse.url,
        "list": f"{base_url}/platforms/{MATRIX}/withheld",
        "public_key": signing.public_key(data),
        "token_file": "token",
        "state": "state",
    }


if __name__ == "__main__":
    main()
