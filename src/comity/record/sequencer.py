"""The sequencer: a process of its own that numbers, writes, compares, signs and publishes, in this order.

1. Before anything is signed: the files lead to their head; the database holds what the head is over, and no less; each
   witness that answers has cosigned nothing that is not a beginning of this log.
2. Number what committed (`commands.number`), write the entries, write the files, all durable.
3. Sign the head, have it cosigned, publish it last.

Whatever is not as it should be stops the log, with a sentence that says what to do; nothing is signed then, and
`/readyz` is red. A witness that is down stops nothing: the head is published as not witnessed yet, and sent again.
"""

import http.client
import json
import os
import time
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import Error, connection

from comity import clock
from comity_verify import merkle, notes
from comity_verify.notes import BadNote
from comity_verify.writer import Busy, Damaged, Writer

from . import commands, places, signed
from .bell import Bell

log = structlog.get_logger()
PAUSE = 0.2  # seconds between two looks, at the least
REST = 2.0  # and at the most, where nothing rings and no batch is due; well below FRESH
CHUNK = 4096
WITNESS_TIMEOUT = 3.0  # seconds a witness may take
WITNESS_AGAIN = 5.0  # seconds until one that failed is asked again
FRESH = 10.0  # seconds after which a status is old
ANSWER_AT_MOST = 10_000


class Stopped(Exception):
    """The log can't go on; the text says why, and what to do."""


class Asked:
    """What is known of one witness: the size it last cosigned, its line over the present head, when to ask again."""

    def __init__(self, witness: places.Witness) -> None:
        self.witness, self.size, self.line, self.after = witness, 0, "", 0.0
        self.answered = False

    def ask(self, writer: Writer) -> None:
        """Have the head cosigned. Raises Stopped if this witness saw another history; OSError if it doesn't answer."""
        for _ in range(2):
            status, body = self._post(self._request(writer))
            if status != 409:
                break
            self.answered = True
            self.size = notes.number(body.strip(), f"the witness {self.witness.key.name}")
            if self.size > writer.head.size:
                raise Stopped(
                    f"the witness {self.witness.key.name} has seen {self.size} entries, and here are "
                    f"{writer.head.size}: this is an older copy. Restore the newest backup of database and files; "
                    "nothing is signed until then."
                )
        if status == 422:
            raise Stopped(
                f"the witness {self.witness.key.name} refused: {body.strip()[:200]}. What is here is another history "
                "than the one it saw. Keep everything as it is, and find out who changed it."
            )
        if status != 200:
            raise OSError(f"HTTP {status}: {body.strip()[:100]}")
        self._take(body, writer)

    def _take(self, body: str, writer: Writer) -> None:
        self.answered = True
        for line in body.splitlines(keepends=True):
            one = notes.parse_signature(line.rstrip("\n"))
            if (one.name, one.id) == (self.witness.key.name, self.witness.key.id):
                self.witness.key.verify(writer.head.text.encode(), one.data)
                self.line, self.size = one.line, writer.head.size
                return
        raise BadNote("the witness answered without a signature of its own")

    def _request(self, writer: Writer) -> bytes:
        proof = merkle.consistency(self.size, writer.head.size, writer.node) if self.size <= writer.head.size else []
        lines = "".join(f"{notes.b64(hash)}\n" for hash in proof)
        return f"old {self.size}\n{lines}\n".encode() + writer.signed_head()

    def _post(self, body: bytes) -> tuple[int, str]:
        at = urlsplit(self.witness.url)
        kind = http.client.HTTPSConnection if at.scheme == "https" else http.client.HTTPConnection
        connection = kind(at.hostname or "", at.port, timeout=WITNESS_TIMEOUT)
        try:
            connection.request("POST", f"{at.path}/add-checkpoint", body, {"Content-Type": "text/plain"})
            answer = connection.getresponse()
            return answer.status, answer.read(ANSWER_AT_MOST).decode("utf-8", "replace")
        except http.client.HTTPException as error:
            raise OSError(type(error).__name__) from None
        finally:
            connection.close()


class Log:
    """One realm's log, as its one writer holds it. Raises Busy, Damaged."""

    def __init__(self, realm: str, delay: float | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self.realm, self._now = realm, now
        self.delay = places.delay(realm) if delay is None else delay
        self.writer = Writer(places.directory(realm), places.signer(realm))
        self._witnesses: list[Asked] = []
        self._compared = False
        self.refresh()

    def refresh(self) -> None:
        """Read again who the witnesses are."""
        known = {one.witness: one for one in self._witnesses}
        self._witnesses = [known.get(one) or Asked(one) for one in places.witnesses(self.realm)]

    def close(self) -> None:
        """Let another process write this log."""
        self.writer.close()

    def turn(self) -> int:
        """Number, write, sign and publish what there is; returns how many entries were added. Raises Stopped,
        signed.Lost, OSError."""
        self._compare()
        if not commands.opened(self.realm):
            return 0
        waiting, batch = commands.waits(self.realm, self.delay)
        while waiting > 0:
            done = commands.number(self.realm, batch=batch)
            waiting = waiting - done if done else 0
        while commands.bodies(self.realm):
            pass
        added = self._write()
        if added or not self._witnessed() or not self._published():
            self._cosign_and_publish()
        return added

    def _compare(self) -> None:
        """1. What is on disk, in the database and at the witnesses must be one history."""
        size, have = self.writer.head.size, commands.size(self.realm)
        if have < size:
            raise Stopped(
                f"the database holds {have} entries of the log {self.realm}, and {size} are signed: it is older than "
                "the log. Restore a newer backup of the database; nothing is signed until then."
            )
        if self._compared:
            return
        start = size // 256 * 256
        kept = commands.written(self.realm, start, size - start) if size > start else []
        if [merkle.leaf_hash(body) for body in kept] != [self.writer.node(0, start + i) for i in range(size - start)]:
            raise Stopped(f"the database holds other entries from {start} to {size} than those that are signed")
        self._rebuild()
        if size and self._witnesses:
            self._ask_all()
            if not any(one.answered for one in self._witnesses):
                raise OSError("no witness answers, so it isn't known whether this copy is the newest")
        self._compared = True

    def _rebuild(self) -> None:
        """Files older than the database's last head are written again from its entries, and must lead to that head."""
        last = commands.head(self.realm)
        while last is not None and self.writer.head.size < last.size:
            size = self.writer.head.size
            bodies = commands.written(self.realm, size, min(CHUNK, last.size - size))
            if not bodies:
                raise Stopped(f"the database lacks entry {size}, and {last.size} were signed: restore a newer backup")
            self.writer.append(bodies)
        if last is not None and last.size == self.writer.head.size and last.root != self.writer.head.root.hex():
            raise Stopped(f"the entries do not lead to the root that was signed at {last.size}")

    def _write(self) -> int:
        """2. Entries and hashes on disk, and the head over them."""
        added = 0
        while bodies := commands.written(self.realm, self.writer.head.size, CHUNK):
            head = self.writer.append(bodies)
            commands.note_head(self.realm, head.size, head.root.hex())
            added += len(bodies)
        return added

    def _witnessed(self) -> bool:
        head = self.writer.head.size
        return all(one.line and one.size == head for one in self._witnesses) or head == 0

    def _published(self) -> bool:
        """Whether what is published bears every cosignature of the present head: a witness that is new, as after a
        backup was restored, gave one while the histories were compared."""
        raw, size = self.writer.published(), self.writer.head.size
        lines = [one.line.encode() for one in self._witnesses if one.line and one.size == size]
        return raw is not None and all(line in raw for line in lines)

    def _cosign_and_publish(self) -> None:
        """3. The head with its cosignatures, last."""
        self._ask_all()
        size = self.writer.head.size
        self.writer.publish([one.line for one in self._witnesses if one.line and one.size == size])

    def _ask_all(self) -> None:
        for one in self._witnesses:
            if one.after > self._now() or (one.line and one.size == self.writer.head.size):
                continue
            try:
                one.ask(self.writer)
            except (OSError, BadNote, ValueError) as error:
                one.after = self._now() + WITNESS_AGAIN
                log.warning("witness failed", witness=one.witness.key.name, error=str(error)[:200])


class Sequencer:
    """All realms' logs, turn by turn, and what the other processes are told of it."""

    def __init__(self) -> None:
        self._logs: dict[str, Log] = {}
        self._stopped: dict[str, str] = {}

    def turn(self) -> int:
        """One turn of each realm. What stopped one stops no other; what is wrong is told in the status."""
        added, stopped = 0, {}
        for realm in places.REALMS:
            try:
                added += self._of(realm).turn()
            except (Stopped, signed.Lost, Damaged, BadNote, Busy) as error:
                stopped[realm] = str(error)
                self._drop(realm)
            except OSError as error:
                stopped[realm] = f"{error.strerror or error}: entries wait, and nothing is lost"
                self._drop(realm)
        if stopped != self._stopped:
            log.error("the record stopped", why=stopped) if stopped else log.info("the record goes on")
        self._stopped = stopped
        write_status(stopped)
        return added

    def _of(self, realm: str) -> Log:
        if realm not in self._logs:
            self._logs[realm] = Log(realm)
        self._logs[realm].refresh()
        return self._logs[realm]

    def _drop(self, realm: str) -> None:
        """Start afresh next time, from what is on disk."""
        if held := self._logs.pop(realm, None):
            held.close()

    def run(self, stop: Callable[[], bool], bell: Bell) -> None:
        """Run until told to stop: a turn whenever something waits, a batch is due, or it has rested."""
        while not stop():
            began, rest = time.monotonic(), PAUSE
            try:
                self.turn()
                rest = commands.rest({realm: places.delay(realm) for realm in places.REALMS}, REST)
            except Error as error:
                log.warning("turn failed", error=type(error).__name__)
                connection.close()
            time.sleep(max(0.01, PAUSE - (time.monotonic() - began)))  # what comes together is written together
            bell.wait(rest - (time.monotonic() - began))


def write_status(stopped: dict[str, str]) -> None:
    """Tell the other processes that the record goes on, or why it doesn't. A full disk is told by the status' age."""
    path = settings.COMITY.data / "ledger" / "status.json"
    made = path.with_name(".status.json")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(json.dumps({"at": clock.now().isoformat(), "stopped": stopped}))
        os.replace(made, path)
    except OSError as error:
        log.error("the record's status can't be written", error=error.strerror)


def status() -> tuple[bool, dict[str, str]]:
    """Whether the record goes on, and why it doesn't, by realm."""
    try:
        told = json.loads((settings.COMITY.data / "ledger" / "status.json").read_text())
        age = (clock.now() - datetime.fromisoformat(told["at"])).total_seconds()
        return not told["stopped"] and age <= FRESH, dict(told["stopped"])
    except (OSError, ValueError, KeyError, TypeError):
        return False, {}
