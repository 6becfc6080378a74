"""Runs `typeset` in a process of its own, which no paper can outlast: how a file is looked at, how a bundle is made."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from comity.reading import sniff

from .frames import LENGTH, take

LOOK_SECONDS, SET_SECONDS = 15, 90
LOOK_MEMORY, SET_MEMORY = 768 * 1024 * 1024, 1536 * 1024 * 1024
LIMITS = "limits"  # the fault of a file that took more than one may


class NotSet(Exception):
    """A bundle can't be made; the text says what its child said last."""


@dataclass(frozen=True)
class Looked:
    """What a file is, and how far it can be set. `inside`: what tells apart what lies in it, by bytes and by words."""

    media: str
    pages: int
    wide: tuple[int, ...]
    fault: str
    words: str
    inside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Made:
    """A bundle: its bytes, its pages, and the memory that it took at most."""

    data: bytes
    pages: int
    memory: int


def look(data: bytes, name: str, declared: str) -> Looked:
    """What bytes are, whatever their name claims, and how far they can be set on pages."""
    job = {"do": "look", "name": name[:200], "declared": declared[:200]}
    frames, _ = _run(job, [data], LOOK_SECONDS, LOOK_MEMORY)
    media = frames[0].decode() if frames else sniff.UNKNOWN
    if len(frames) < 2:
        return Looked(media, 0, (), LIMITS, "")
    found = json.loads(frames[1])
    words = frames[2].decode() if len(frames) > 2 else ""
    inside = tuple(json.loads(frames[3])) if len(frames) > 3 else ()
    return Looked(media, found["pages"], tuple(found["wide"]), found["fault"], words, inside)


def bundle(job: Mapping[str, Any], originals: Sequence[bytes]) -> Made:
    """Set a bundle. Raises NotSet."""
    frames, said = _run({"do": "bundle", **job}, originals, SET_SECONDS, SET_MEMORY)
    if len(frames) < 2:
        raise NotSet(said)
    told = json.loads(frames[0])
    return Made(frames[1], told["pages"], told["memory"])


def _run(job: Mapping[str, Any], originals: Sequence[bytes], seconds: int, memory: int) -> tuple[list[bytes], str]:
    """The frames that the child gave before it ended, and the last line that it said."""
    whole = [json.dumps({**job, "files": len(originals), "seconds": seconds, "memory": memory}).encode(), *originals]
    given = b"".join(LENGTH.pack(len(one)) + one for one in whole)
    environment = {key: os.environ[key] for key in ("PATH", "LANG", "TZ") if key in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
    command = [sys.executable, "-c", "from comity.disputes.typeset import main; main()"]
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, env=environment, cwd="/", timeout=seconds + 5, check=False
        )
    except subprocess.TimeoutExpired:
        return [], "it took too long"
    last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"it ended with {done.returncode}"]
    return list(_frames(done.stdout)), last[0][:300]


def _frames(data: bytes) -> Any:
    stream = io.BytesIO(data)
    while True:
        try:
            yield take(stream)
        except EOFError:
            return
