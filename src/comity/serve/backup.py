"""A backup while the gateway runs: database and files in one directory, keys in another: each alone opens nothing.

Order matters. The record's heads are taken first, then the database, then the rest: so the database is never behind
the head beside it, and files that were written later are written again with the same bytes. A backup that is older than
what a witness has seen is noticed when it is restored: the sequencer signs nothing on it.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from comity import clock
from comity.serve.binaries import account, find_binaries
from comity.terminal import Misuse, No

DUMP, ABOUT = "database.dump", "backup.json"
KEYS = (
    "keys",
    "demo",
    "custodians",
    "authority",
)  # whatever lets somebody open, sign or be somebody; three are the demo's
OURS_ALONE = ("postgres", "postgres.new", "logs", "lock", "serve.json", "pager.id", "worker.id", *KEYS)
WITNESS = "witness"  # a witness that is put back to what it saw before would cosign a second history
HEADS = ("head", "checkpoint")


def backup(data: Path, url: str, to: Path, keys: Path) -> dict[str, object]:
    """Write a backup into two new or empty directories. Raises Misuse, No."""
    _apart(data, to, keys)
    for directory in (to, keys):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(directory.iterdir()):
            raise Misuse(f"{directory} is not empty: each backup has directories of its own")
    began = clock.now()
    heads = {path.relative_to(data): path.read_bytes() for path in sorted(_heads(data))}
    _run("pg_dump", ["--format=custom", "--no-owner", f"--file={to / DUMP}", url])
    for path in sorted(data.iterdir()):
        if path.name not in (*OURS_ALONE, WITNESS):
            _copy(path, to / path.name)
    for head, raw in heads.items():
        (to / head).write_bytes(raw)
    for name in KEYS:
        if (data / name).is_dir():
            _copy(data / name, keys / name)
    told: dict[str, object] = {"at": began.isoformat(), "files": _files(to), "sealed": _files(to / "custody")}
    told["beside_the_keys"] = [name for name in KEYS[1:] if (keys / name).is_dir()]
    (to / ABOUT).write_text(json.dumps(told))
    os.sync()
    return told


def _files(below: Path) -> int:
    return sum(1 for path in below.rglob("*") if path.is_file())


def restore(data: Path, url: str, of: Path, keys: Path) -> dict[str, object]:
    """Put a backup into a data directory whose database is new. Raises Misuse, No."""
    about = check(of, keys)
    _run("pg_restore", ["--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={url}", str(of / DUMP)])
    for path in sorted(of.iterdir()):
        if path.name not in (DUMP, ABOUT):
            _copy(path, data / path.name)
    os.sync()
    return about


def restore_keys(data: Path, keys: Path) -> None:
    """Put the keys in place, before anything makes new ones; those of a new database's own stay as they are."""
    for name in KEYS:
        if (keys / name).is_dir():
            _copy(keys / name, data / name)


def check(of: Path, keys: Path) -> dict[str, object]:
    """What a backup says of itself. Raises Misuse if it isn't whole."""
    try:
        about = json.loads((of / ABOUT).read_text())
    except (OSError, ValueError):
        raise Misuse(f"{of} holds no backup that was finished: {ABOUT} is written last") from None
    if not (of / DUMP).is_file() or not (keys / "keys").is_dir():
        raise Misuse(f"{DUMP} in {of} and keys in {keys} are asked for")
    return dict(about)


def fresh(data: Path) -> None:
    """Check that nothing would be overwritten. Raises Misuse."""
    if (data / "postgres").exists() or (data / "keys").exists():
        raise Misuse(f"{data} holds a gateway already: a backup is restored into a directory of its own")


def _apart(data: Path, to: Path, keys: Path) -> None:
    places = [path.absolute().resolve() for path in (data, to, keys)]
    for one in places:
        for other in places:
            if one is not other and (one == other or one in other.parents):
                raise Misuse("backup: the data, the backup and its keys lie apart, none in another")


def _heads(data: Path) -> Iterator[Path]:
    for name in HEADS:
        yield from (data / "ledger").glob(f"*/{name}")


def _copy(path: Path, to: Path) -> None:
    """Copy a file or a directory; what vanishes while it is copied was temporary."""
    if path.is_dir():
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
        for inner in sorted(path.iterdir()):
            if inner.name != ".lock" and not inner.is_socket():
                _copy(inner, to / inner.name)
        return
    try:
        shutil.copy2(path, to)
    except FileNotFoundError:
        return


def _run(program: str, arguments: list[str]) -> None:
    done = subprocess.run(
        [str(find_binaries(account()) / program), *arguments], capture_output=True, text=True, check=False, cwd="/"
    )
    if done.returncode:
        raise No(f"{program}: {(done.stderr.strip().splitlines() or [str(done.returncode)])[-1][:300]}")
