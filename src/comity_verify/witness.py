"""A witness: it cosigns a log's head only if that continues the last one it cosigned (C2SP tlog-witness).

1. Parse the request; find the log by its origin; verify the log's signature.
2. Under the lock of that origin: compare with what is recorded, verify the consistency proof.
3. Write the new head to disk, fsynced, *then* answer: what was answered is never forgotten. A cosignature that got lost
   on the way is asked for again by the log, with the same size, and given again.
"""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from . import merkle, notes
from .notes import BadNote, Key, NotSigned, Signer

LARGEST = 1_000_000  # bytes of a request
SLOWEST = 10  # seconds a client may take for each of its packets
MOST_HASHES = 63
SIZE = "text/x.tlog.size"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """What is answered: HTTP status, body, content type."""

    status: int
    body: str = ""
    type: str = TEXT


@dataclass(frozen=True)
class _Asked:
    old: int
    proof: list[bytes]
    note: bytes
    head: notes.Checkpoint


def parse_request(raw: bytes) -> _Asked:
    """The parts of a request to add a checkpoint, unverified. Raises BadNote."""
    before, cut, note = raw.partition(b"\n\n")
    try:
        lines = before.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise BadNote("the request holds what is not ASCII") from None
    if not cut or not lines[0].startswith("old "):
        raise BadNote('the request begins with "old SIZE", hashes, and an empty line')
    if len(lines) - 1 > MOST_HASHES:
        raise BadNote(f"more than {MOST_HASHES} hashes")
    proof = [notes.unbase64(line, "a hash of the proof", 32, exact=False) for line in lines[1:]]
    return _Asked(notes.number(lines[0][4:], "old"), proof, note, notes.checkpoint(notes.parse(note).text))


class Witness:
    """A witness with its key, the logs it knows and its state on disk. Several processes may share the directory."""

    def __init__(
        self, directory: Path, signer: Signer, logs: Iterable[tuple[str, Key]], clock: Callable[[], float] = time.time
    ) -> None:
        self.directory, self.signer, self._clock = directory, signer, clock
        self.logs: dict[str, list[Key]] = {}
        for origin, key in logs:
            self.logs.setdefault(origin, []).append(key)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def add_checkpoint(self, raw: bytes) -> Answer:
        """Answer one request; whatever it asks, state changes only with a new head that continues the last."""
        try:
            asked = parse_request(raw)
        except BadNote as error:
            return Answer(400, f"{error}\n")
        if asked.head.origin not in self.logs:
            return Answer(404, "this witness does not know that log\n")
        try:
            opened = notes.open_note(asked.note, self.logs[asked.head.origin])
        except NotSigned as error:
            return Answer(403, f"{error}\n")
        if asked.old > asked.head.size:
            return Answer(400, "the old size is larger than the checkpoint's\n")
        with self._lock(asked.head.origin):
            return self._compare(asked, opened)

    def _compare(self, asked: _Asked, opened: notes.Opened) -> Answer:
        last, new = self.last(asked.head.origin), asked.head
        size, root = (last.size, last.root) if last else (0, merkle.EMPTY)
        if asked.old != size:
            return Answer(409, f"{size}\n", SIZE)
        if new.size == 0 and new.root != merkle.EMPTY:
            return Answer(422, "not the root of the empty tree\n")
        try:
            merkle.verify_consistency(size, new.size, root, new.root, asked.proof)
        except merkle.Unproven as error:
            self._keep(asked)
            return Answer(422, f"{error}\n")
        line = self.signer.cosign(opened.text, max(int(self._clock()), 1))
        signed = {(key.name, key.id) for key, _ in opened.verified}
        own = [one.line for one in notes.parse(asked.note).signatures if (one.name, one.id) in signed]
        self._store(self._file(new.origin), notes.assemble(opened.text, [*own, line]))
        return Answer(200, line)

    def last(self, origin: str) -> notes.Checkpoint | None:
        """The last head it cosigned, if there is one. Raises BadNote if its state is damaged: then it cosigns
        nothing."""
        raw = self.monitored(origin)
        return notes.checkpoint(notes.parse(raw).text) if raw is not None else None

    def monitored(self, origin: str) -> bytes | None:
        """The last cosigned checkpoint as it is served."""
        try:
            return self._file(origin).read_bytes()
        except FileNotFoundError:
            return None

    def by_hash(self, name: str) -> bytes | None:
        """The same, of the log with this hash of its origin."""
        origin = next((origin for origin in self.logs if notes.origin_hash(origin) == name), None)
        return self.monitored(origin) if origin is not None else None

    def _file(self, origin: str) -> Path:
        return self.directory / f"{notes.origin_hash(origin)}.checkpoint"

    def _keep(self, asked: _Asked) -> None:
        """Keep what may be evidence of two histories: the first of each root, few enough to fill no disk."""
        kept = self.directory / "evidence"
        kept.mkdir(mode=0o700, exist_ok=True)
        name = f"{notes.origin_hash(asked.head.origin)[:16]}-{asked.head.size}-{asked.head.root.hex()[:16]}"
        if not (kept / name).exists() and len(os.listdir(kept)) < 1000:
            self._store(kept / name, asked.note)

    @contextmanager
    def _lock(self, origin: str) -> Iterator[None]:
        with open(self.directory / f"{notes.origin_hash(origin)}.lock", "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _store(self, path: Path, data: bytes) -> None:
        made = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        with open(made, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(made, path)
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


class _Handler(BaseHTTPRequestHandler):
    server: "Server"
    protocol_version = "HTTP/1.1"
    timeout = SLOWEST

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            return self._answer(Answer(404, "add-checkpoint is the only thing to ask for\n"))
        if not (length.isascii() and length.isdigit()) or int(length) > LARGEST:
            self.close_connection = True
            return self._answer(Answer(413, f"a length of at most {LARGEST} bytes is asked for\n"))
        try:
            answer = self.server.witness.add_checkpoint(self.rfile.read(int(length)))
        except (OSError, BadNote) as error:  # its disk is full, or its state damaged: it signs nothing
            answer = Answer(500, f"{type(error).__name__}\n")
        return self._answer(answer)

    def do_GET(self) -> None:
        name, _, what = self.path.removeprefix("/").partition("/")
        found = self.server.witness.by_hash(name) if what == "checkpoint" else None
        self._answer(Answer(200, found.decode()) if found is not None else Answer(404, "no such checkpoint\n"))

    def _answer(self, answer: Answer) -> None:
        body = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: requests are told by their answers."""


class Server(ThreadingHTTPServer):
    """A witness at an address."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        super().__init__(address, _Handler)
        self.witness = witness


def signer_at(directory: Path, name: str) -> Signer:
    """The witness's key, made at first use in a file that only its owner reads."""
    path = directory / "witness.key"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return kept_signer(path, name)


def kept_signer(path: Path, name: str) -> Signer:
    """The signing key in a file (0600), made there at first use under that name. Raises BadNote, OSError."""
    if not path.exists():
        made = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w") as file:
            file.write(Signer(name, os.urandom(32)).skey + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(made, path)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return notes.parse_signer(path.read_text().strip())
