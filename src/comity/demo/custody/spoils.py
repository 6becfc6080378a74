"""What root finds on a machine: files, the dump, the write-ahead log, and the memory of each server process.

Looking for a text means looking for it as it is, in base64 (each of the three ways in which it may begin), in
hexadecimal and in UTF-16. Where nothing is found, something else that must be there has to be: else nothing was read.
"""

import base64
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.db import connection

from comity.serve.binaries import account, find_binaries

LARGEST = 512 * 1024 * 1024
PIECE = 8 * 1024 * 1024
THEIRS = ("custodians", "authority")  # on machines of their own; here because the demo is
PLATFORM = ("sandbox", "forum")  # the platform's own store


def forms(text: str) -> tuple[bytes, ...]:
    """The ways in which a text may lie somewhere."""
    raw = text.encode()
    coded = [base64.b64encode(b"x" * n + raw)[(n * 4 + 2) // 3 + (n > 0) : -4] for n in range(3)]
    return tuple({raw, raw.hex().encode(), raw.hex().upper().encode(), text.encode("utf-16-le"), *coded})


def found(pieces: Iterator[bytes], wanted: Sequence[bytes]) -> bool:
    """Whether a stream holds one of these, also across the edge of two pieces."""
    longest, held = max(map(len, wanted)), b""
    for piece in pieces:
        held = held[-longest:] + piece
        if any(one in held for one in wanted):
            return True
    return False


def files(data: Path, *, of: Sequence[str] = ()) -> Iterator[Path]:
    """The files of the data directory but the platform's and those of other people's machines; or `of` these alone."""
    for path in sorted(data.rglob("*")):
        top = path.relative_to(data).parts[0]
        if path.is_file() and not path.is_symlink() and (top in of if of else top not in (*THEIRS, *PLATFORM)):
            yield path


def read(path: Path) -> Iterator[bytes]:
    """A file in pieces; one that is gone meanwhile is empty."""
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece
    except OSError:
        return


def dump() -> Iterator[bytes]:
    """Every row of every table, as text and with its bytes as they are."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
    for name in names:
        with connection.cursor() as cursor:
            cursor.execute(f'select * from "{name}"')  # noqa: S608 a table's own name
            while rows := cursor.fetchmany(500):
                yield b"\n".join(_plain(value) for row in rows for value in row) + b"\n"


def pg_dump(url: str) -> Iterator[bytes]:
    """The whole database as PostgreSQL's own program writes it out: text, and bytes in hexadecimal. `url`: empty where
    the database isn't ours to run. Raises OSError where the program fails."""
    where = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    given = connection.get_connection_params()
    told = {} if url else {name: str(given[key]) for key, name in where.items() if given.get(key)}
    command = [str(find_binaries(account()) / "pg_dump"), "--no-owner", *([url] if url else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=os.environ | told) as ran:
        assert ran.stdout
        while piece := ran.stdout.read(PIECE):
            yield piece
    if ran.returncode:
        raise OSError(f"pg_dump ended with {ran.returncode}")


def hexed(wanted: Sequence[bytes]) -> tuple[bytes, ...]:
    """The same forms, also as a dump has what lies in bytes: in hexadecimal."""
    return (*wanted, *(one.hex().encode() for one in wanted))


def _plain(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode("utf-8", "replace")


def processes(top: int) -> list[tuple[int, str]]:
    """A process and all below it, each with what it is called."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=False).stdout
    rows = [line.split(None, 2) for line in listed.splitlines() if len(line.split(None, 2)) == 3]
    below, count = {top}, 0
    while len(below) > count:
        count = len(below)
        below |= {int(pid) for pid, parent, _ in rows if int(parent) in below}
    return [(int(pid), says) for pid, _, says in rows if int(pid) in below]


def mark(pid: int) -> bytes:
    """What is certainly in a process's memory: the first words by which it was started."""
    return Path(f"/proc/{pid}/cmdline").read_bytes()[:24]


def searched(pid: int, wanted: Sequence[bytes]) -> tuple[bool, bool]:
    """Whether a process's memory holds one of these, and whether it was read at all. Raises OSError."""
    own, longest, held = mark(pid), max(map(len, wanted)), b""
    hit = seen = False
    for piece in memory(pid):
        held = held[-longest:] + piece
        hit = hit or any(one in held for one in wanted)
        seen = seen or own in held
    return hit, seen and bool(own)


REGION = re.compile(r"([0-9a-f]+)-([0-9a-f]+) rw")  # what is written to: code and libraries hold nothing of ours


def memory(pid: int) -> Iterator[bytes]:
    """What a process has written into its memory, region by region. Raises OSError where we may not read it."""
    with open(f"/proc/{pid}/maps") as maps:
        regions = [match for line in maps if (match := REGION.match(line)) and "[vvar" not in line]
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as file:
        for match in regions:
            start, end = int(match[1], 16), int(match[2], 16)
            if end - start <= LARGEST:
                yield from _region(file.fileno(), start, end)


def _region(file: int, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        try:
            piece = os.pread(file, min(PIECE, end - start), start)
        except (OSError, OverflowError):
            return
        if not piece:
            return
        yield piece
        start += len(piece)
