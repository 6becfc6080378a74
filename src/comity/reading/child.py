"""Reads a mail in a child process with limits, so that no mail can stop, crash or fill the gateway.

`read` may be called from any thread. A reading process is started at the first read (it loads the parsers once) and
forks a child for each mail: about 25 ms. It ends with the process that started it.
"""

from __future__ import annotations

import array
import base64
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from comity.authorities.dkim import load_records
from comity.reading.server import LENGTH, MOST_RESULT, WALL_SECONDS, take

# Room for the parent's own delays, and for a child that its limits end at the last moment.
PATIENCE_SECONDS = WALL_SECONDS + 3


class ReadingFailed(Exception):
    """The mail cannot be read by machine: a person reads it. `envelope` holds who, to whom and subject, if known."""

    def __init__(self, reason: str, envelope: dict[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.envelope = envelope


class Server:
    """The reading process of this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.control: socket.socket | None = None
        self.owner = 0

    def connect(self) -> socket.socket:
        """A socket to a fresh child. Raises OSError if none can be started."""
        with self.lock:
            try:
                return self.ask()
            except OSError:
                self.stop()
                return self.ask()

    def ask(self) -> socket.socket:
        # After a fork the parent's socket is not ours: two askers on one socket would mix their mails.
        if self.process is None or self.owner != os.getpid() or self.process.poll() is not None:
            self.start()
        if self.control is None:
            raise OSError("no reading process")
        ours, theirs = socket.socketpair()
        with theirs:
            fds = array.array("i", [theirs.fileno()])
            self.control.sendmsg([b"r"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
        return ours

    def start(self) -> None:
        ours, theirs = socket.socketpair()
        environment = {key: os.environ[key] for key in ("PATH", "LANG", "TZ") if key in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from comity.reading.server import main; main()"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment,
                cwd="/",
            )
        self.control, self.owner = ours, os.getpid()

    def stop(self) -> None:
        if self.control:
            self.control.close()
        if self.process and self.owner == os.getpid():
            self.process.kill()
            self.process.wait()
        self.process = self.control = None


_server = Server()


def warm() -> None:
    """Start the reading process, so that the first mail needn't wait for it. Silent where it can't be started yet."""
    with contextlib.suppress(OSError):
        _server.connect().close()


def read(raw: bytes, context: dict[str, Any] | None = None) -> dict[str, Any]:
    """The Reading of one mail (see the package's README). Raises ReadingFailed with a plain reason.

    Context, all optional: `data` (our data directory, for the DKIM resolver files), `mailboxes` (our addresses),
    `now` (RFC 3339), `zone` (the addressee's), `records` ({name: TXT}), `dns` (False: never ask the network),
    `mail_server` (whose Authentication-Results count), `roots` (certificates that signatures may lead to, PEM),
    `unproven` (nothing shows yet who sent it: others go first, and less is done for it).
    """
    given = prepared(context or {})
    try:
        return dict(once(raw, given))
    except ReadingFailed as failure:
        if failure.envelope is None:
            raise
        # Most often an attachment is what hangs or swells: what the mail itself says is still worth having.
        try:
            return dict(once(raw, {**given, "without_attachments": True}))
        except ReadingFailed:
            raise failure from None


def part(raw: bytes, number: int) -> bytes | None:
    """One part of a mail, by its number in the Reading, taken out under the same limits; None: it has no such part.

    Raises ReadingFailed, also where the part is larger than one answer of the child may be (32 MB in base64).
    """
    found = once(raw, {"part": number})
    return base64.b64decode(found["data"]) if found else None


def pages(raw: bytes, number: int) -> list[int]:
    """The pages of one part that are pictures a browser shows. Raises ReadingFailed."""
    found = once(raw, {"part": number, "page": 0})
    return list(found["pages"])


def picture(raw: bytes, number: int, page: int) -> tuple[str, bytes] | None:
    """(type, bytes) of the picture that a page of a part is; None where it is none. Raises ReadingFailed."""
    found = once(raw, {"part": number, "page": page}) if page > 0 else None
    return (str(found["type"]), base64.b64decode(found["data"])) if found else None


def once(raw: bytes, context: dict[str, Any]) -> Any:
    """One child, one answer. Raises ReadingFailed."""
    try:
        pair = _server.connect()
    except OSError as error:
        raise ReadingFailed("the reading process cannot be started") from error
    envelope: dict[str, Any] | None = None
    with pair:
        pair.settimeout(PATIENCE_SECONDS)
        try:
            put(pair, json.dumps(context).encode())
            put(pair, raw)
            envelope = json.loads(take(pair, MOST_RESULT))["envelope"]
            answer: dict[str, Any] = json.loads(take(pair, MOST_RESULT))
        except TimeoutError as error:
            raise ReadingFailed("the mail takes too long to read", envelope) from error
        except (EOFError, OSError) as error:
            raise ReadingFailed("reading the mail was stopped at a limit of time or memory", envelope) from error
    if "reading" not in answer:
        raise ReadingFailed(str(answer.get("failed")), envelope)
    return answer["reading"]


def put(pair: socket.socket, data: bytes) -> None:
    pair.sendall(LENGTH.pack(len(data)))
    pair.sendall(data)


def text_of(context: dict[str, Any], name: str) -> str:
    """A file of the data directory; empty where there is none."""
    path = Path(context["data"]) / name if context.get("data") else None
    return path.read_text("ascii", "replace") if path and path.is_file() else ""


def prepared(context: dict[str, Any]) -> dict[str, Any]:
    """The context as the child takes it: files read here, since the child opens none."""
    records = dict(context.get("records") or {})
    if context.get("data"):
        for folder in ("demo", "drill", ""):
            records |= load_records(Path(context["data"]) / folder / "resolver.json")
    return {
        "received_at": context.get("received_at") or context.get("now"),
        "zone": context.get("zone"),
        "contact_points": list(context.get("contact_points") or context.get("mailboxes") or []),
        "records": records,
        "dns": bool(context.get("dns", True)),
        "mail_server": str(context.get("mail_server") or ""),
        "roots": str(context.get("roots") or "") or text_of(context, "roots.pem"),
        "unproven": bool(context.get("unproven")),
    }
