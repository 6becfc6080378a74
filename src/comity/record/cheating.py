"""The demo's cheats: what root can do to the record, done for real, checked by the outsiders' verifier, and taken back.

In realm `demo` alone. The row is changed past the database's own refusal, the files are written anew from it as root
would, and a copy of the log is what is checked: the log itself goes on unharmed, whatever becomes of this process.
"""

import http.client
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction

from comity_verify import entries, merkle, notes, policies, tiles
from comity_verify.audit import Audit, Report
from comity_verify.notes import Checkpoint
from comity_verify.source import Source
from comity_verify.tiles import WIDTH, Tile

from . import places, read
from .models import Leaf
from .read import Head

REALM = "demo"
KIND = "case.answered"  # the row that is changed, if there is one: what we say of ourselves
TIMEOUT = 5.0


class NoDemo(Exception):
    """There is nothing to cheat with: the demo is off, or its log is empty or not witnessed."""


@dataclass(frozen=True)
class Cheat:
    """What was changed, and what came of it. `report`: the verifier's own."""

    number: int
    before: str
    after: str
    report: Report


@dataclass(frozen=True)
class Fork:
    """A second history, signed with the log's own key, and what a witness answered."""

    size: int
    root: str
    witness: str
    status: int
    says: str


def check() -> Report:
    """Verify the demo's log as it is, by its files and its policy."""
    policy = policies.parse(places.policy(REALM).encode())
    return Audit(Source(str(places.directory(REALM))), policy).run()


def change_row() -> Cheat:
    """Change one row as root would, publish from the changed table, and verify that. Raises NoDemo."""
    head = _head()
    with _taken_back():
        leaf = _row(head.size)
        before = bytes(leaf.body or b"")
        after = _altered(before)
        with connection.cursor() as cursor:
            cursor.execute("alter table record_leaf disable trigger record_leaf_kept")
        Leaf.objects.filter(pk=leaf.pk).update(body=after)
        with _copy() as files:
            _publish(files, leaf.num, head.size)
            policy = policies.parse(places.policy(REALM).encode())
            report = Audit(Source(str(files)), policy).run()
    return Cheat(leaf.num, before.decode(), after.decode(), report)


def second_history() -> Fork:
    """Write a second history with one entry changed, sign it with the log's key, and ask the witness. Raises NoDemo."""
    head = _head()
    seen = places.witnesses(REALM)
    if not head.witnesses or not seen:
        raise NoDemo("The log is not witnessed yet. Wait a moment, and try again.")
    bodies = read.entries(REALM, 0, head.size, head.size)
    number = _row(head.size).num
    bodies[number] = _altered(bodies[number])
    tree = merkle.Memory(map(merkle.leaf_hash, bodies))
    signer = places.signer(REALM)
    other = Checkpoint(signer.name, head.size, merkle.root(head.size, tree.node))
    note = notes.assemble(other.text, [signer.line(other.text)])
    status, says = _ask(seen[0].url, f"old {head.size}\n\n".encode() + note)
    return Fork(head.size, notes.b64(other.root), seen[0].key.name, status, says.strip())


def _head() -> Head:
    if not settings.COMITY.demo:
        raise NoDemo("The demo is off.")
    head = read.head(REALM)
    if not head.size:
        raise NoDemo("The demo's log is empty. Send an order first.")
    return head


def _row(size: int) -> Leaf:
    """The row that is changed: the latest answer, else the last entry that says its kind."""
    rows = Leaf.objects.filter(realm=REALM, num__lt=size, whole=False).exclude(body=None).order_by("-num")[:2000]
    listed = list(rows)
    if not listed:
        raise NoDemo("The demo's log holds nothing that could be changed. Send an order first.")
    return next((row for row in listed if entries.parse(bytes(row.body or b"")).kind == KIND), listed[0])


def _altered(body: bytes) -> bytes:
    """The same entry with another word in it: an answer in time becomes a late one, anything else another day."""
    said = json.loads(body)
    if "met" in said.get("public", {}):
        said["public"]["met"] = not said["public"]["met"]
    else:
        said["day"] = "2020-01-01"
    return entries.canonical(said)


@contextmanager
def _taken_back() -> Iterator[None]:
    """What the block does to the database is undone, and its process' death undoes it too."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def _copy() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as directory:
        files = Path(directory) / "log"
        shutil.copytree(places.directory(REALM), files)
        yield files


def _publish(files: Path, number: int, size: int) -> None:
    """Write the bundle of an entry from the table, in every width that there is of it."""
    index = number // WIDTH
    first = index * WIDTH
    rows = Leaf.objects.filter(realm=REALM, num__gte=first, num__lt=first + WIDTH).order_by("num")
    width = tiles.width_in(size, 0, index)
    path = files / Tile(None, index, width).path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(tiles.bundle([bytes(row.body or b"") for row in rows[:width]]))


def _ask(url: str, body: bytes) -> tuple[int, str]:
    at = urlsplit(url)
    asking = http.client.HTTPConnection(at.hostname or "", at.port, timeout=TIMEOUT)
    try:
        asking.request("POST", f"{at.path}/add-checkpoint", body)
        answer = asking.getresponse()
        return answer.status, answer.read(10_000).decode("utf-8", "replace")
    except OSError as error:
        raise NoDemo(f"The witness does not answer ({type(error).__name__}). Try again.") from None
    finally:
        asking.close()


__all__ = ["Cheat", "Fork", "NoDemo", "change_row", "check", "second_history"]
