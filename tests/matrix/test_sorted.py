"""Which routes a homeserver has, asked of itself, and how each is treated."""

import json
import re
import subprocess
from typing import Any

import pytest

from comity.demo.matrix.homeserver import python
from comity_edge.routes import sort

# Synapse's own code, looked into where it is installed: every class that answers requests, and its patterns
LISTING = """
import inspect, importlib, json, pkgutil, warnings
warnings.simplefilter("ignore")
import synapse.rest
from synapse.http.servlet import RestServlet
class Recorder:
    def __init__(self): self.found = []
    def register_paths(self, method, patterns, callback, name, **_):
        self.found += [(method, one.pattern, name) for one in patterns]
rows, failed = [], []
for module in pkgutil.walk_packages(synapse.rest.__path__, "synapse.rest."):
    try:
        found = importlib.import_module(module.name)
    except ImportError:
        continue  # what needs a library that isn't installed isn't served either
    for name, one in inspect.getmembers(found, inspect.isclass):
        if not issubclass(one, RestServlet) or one.__module__ != module.name:
            continue
        recorder, made = Recorder(), one.__new__(one)
        try:
            made.register(recorder)
        except Exception as error:
            failed.append(name)
        rows += recorder.found
print(json.dumps({"rows": rows, "failed": failed}))
"""
ABSTRACT = {"TransactionRestServlet", "BaseUploadServlet"}
OURS = ("/_synapse/admin", "/_matrix/federation", "/_matrix/key", "^/_synapse/admin")


@pytest.fixture(scope="module")
def routes() -> Any:
    done = subprocess.run([str(python()), "-c", LISTING], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def example(pattern: str) -> str:
    """An address that a pattern matches: each named part filled, the first of alternatives taken."""
    text = pattern.removeprefix("^").removesuffix("$").removesuffix("/?")
    text = re.sub(r"\(/?\(\?P<\w+>[^()]*\)\)\?|\(/\(\?P<\w+>[^()]*\)\(/\(\?P<\w+>[^()]*\)\)\?\)\?", "", text)
    text = re.sub(r"\(\?P<path>pushrules/\.\*\)", "pushrules/global", text)
    text = re.sub(r"\(\?P<\w+>(\w+)(?:\|\w+)*\)", r"\1", text)
    text = re.sub(r"\(\?P<(\w+)>[^()]*(?:\([^()]*\)[^()]*)*\)", r"x\1", text)
    text = re.sub(r"\((?:\?:)?([^|()]+)(?:\|[^()]*)*\)", r"\1", text)
    return re.sub(r"\\(.)", r"\1", text).replace("/?", "")


def test_every_route_of_synapse_is_sorted(routes: Any) -> None:
    assert set(routes["failed"]) <= ABSTRACT
    rows = [(m, p, name) for m, p, name in routes["rows"] if not any(mark in p for mark in OURS)]
    assert len({p for _, p, _ in rows}) > 150
    unsorted = {(example(p), name) for _, p, name in rows if sort(example(p)).treatment == "unknown"}
    assert unsorted == set()


def test_what_shows_what_others_wrote_is_looked_at(routes: Any) -> None:
    """Of the routes that pass as they are, none that reads a room: by Synapse's own names for them."""
    passed = {name for m, p, name in routes["rows"] if m == "GET" and sort(example(p)).treatment == "pass"}
    reads = re.compile(r"Message|Event|Context|Relation|Thread(?!Sub)|Search|Sync|Member|Summary|PublicRoom|Profile")
    assert {name for name in passed if reads.search(name)} <= {"DehydratedDeviceEventsServlet"}


@pytest.mark.parametrize(
    ("path", "treatment"),
    [
        ("/_matrix/client/v3/rooms/!a:b/messages", "events"),
        ("/_matrix/client/v3/rooms/%21a%3Ab/state/m.room.topic/", "state"),
        ("/_matrix/client/v3/rooms/!a/state", "events"),
        ("/_matrix/client/v3/search", "search"),
        ("/_matrix/client/v3/publicRooms", "listed"),
        ("/_matrix/client/v1/media/thumbnail/s/m", "file"),
        ("/_matrix/media/v3/download/s/m/name.png", "file"),
        ("/_matrix/client/v3/join/%23a:b", "room"),
        ("/_matrix/client/v3/rooms/!a/send/m.room.message/1", "pass"),
        ("/_matrix/client/v9/rooms/!a/messages", "events"),
        ("/_matrix/client/v3/rooms/!a/digest", "unknown"),
        ("/_matrix/client/v3/rooms/!a/send/../messages", "unknown"),
        ("/_matrix//client/v3/sync", "unknown"),
        ("/_matrix/client/v3/rooms/!a//messages", "unknown"),
        ("/_matrix/client/v3/%73ync", "unknown"),
        ("/_synapse/admin/v1/rooms", "unknown"),
        ("/" * 5000, "unknown"),
    ],
)
def test_an_address_is_sorted(path: str, treatment: str) -> None:
    assert sort(path).treatment == treatment
