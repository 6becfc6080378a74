"""For a platform that can't seal: a child fetches, seals, and exits, so that the parent never has the plaintext.

The child runs a function `package.module:name` that gives `Records` from JSON arguments; it writes the item's file and
prints its head's digest. It keeps no core dump and, on Linux, lets no process of the same user read its memory. What it
read is gone with it: a process that lives on keeps such things in freed memory (found by trying).
"""

import ctypes
import importlib
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from . import items, keys, rosters
from .items import BadItem, Item, Records
from .texts import BadText

SLOWEST = 3600.0  # seconds
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, SIGKILL = 1, 4, 9


class NotSealed(BadText):
    """The child didn't seal; the text is what it said, which names fields and rules and nothing of the records."""


def seal(
    source: str,
    arguments: Mapping[str, Any],
    *,
    roster: Path,
    key: Path,
    case: str,
    sealed: str,
    into: Path,
    described: Mapping[str, Any] | None = None,
    secret: Mapping[str, str] | None = None,
) -> Item:
    """Seal what `source` gives to a roster's file, signed by the key in a file; the item then lies at `into`.

    `secret` goes to the child's standard input with the arguments, never to its command line. Raises NotSealed,
    BadItem.
    """
    job = {"source": source, "arguments": dict(arguments), "secret": dict(secret or {}), "roster": str(roster)}
    job |= {"key": str(key), "case": case, "sealed": sealed, "into": str(into), "described": dict(described or {})}
    command = [sys.executable, "-m", "comity_seal.isolated"]
    try:
        ran = subprocess.run(command, input=json.dumps(job).encode(), capture_output=True, timeout=SLOWEST, check=False)
    except subprocess.TimeoutExpired:
        raise NotSealed(f"sealing took longer than {SLOWEST:.0f} seconds") from None
    if ran.returncode:
        raise NotSealed(
            ran.stderr.decode("utf-8", "replace").strip()[-300:] or f"the child ended with {ran.returncode}"
        )
    with into.open("rb") as file:
        item = items.read(file)
    if item.head.digest != ran.stdout.decode().strip():
        raise BadItem("what lies there is not what was sealed")
    return item


def _alone() -> None:
    """No core dump, no debugger; gone with the parent."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_DUMPABLE, 0)
        libc.prctl(PR_SET_PDEATHSIG, SIGKILL)


def _records(job: Mapping[str, Any]) -> Iterable[Records]:
    module, _, name = job["source"].partition(":")
    found: Iterable[Records] = getattr(importlib.import_module(module), name)(job["arguments"], job["secret"])
    return found


def _main() -> int:
    _alone()
    job = json.loads(sys.stdin.buffer.read())
    into = Path(job["into"])
    made = into.with_name(f".{into.name}.{os.getpid()}")
    try:
        roster = rosters.parse(Path(job["roster"]).read_bytes()).roster
        about = {"case": job["case"], "sealed": job["sealed"], "described": job["described"]}
        sealer = keys.read(Path(job["key"])).signing
        with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for piece in items.seal(list(_records(job)), roster, sealer=sealer, **about):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        with made.open("rb") as file:
            print(items.read(file).head.digest, flush=True)
        made.rename(into)
    except BadText as error:
        print(error, file=sys.stderr)
        return 1
    except Exception as error:  # of the platform's own code: its words might hold what it read
        print(f"{job.get('source', '')}: {type(error).__name__}", file=sys.stderr)
        return 1
    finally:
        made.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    status = _main()
    sys.stdout.flush()
    os._exit(status)  # nothing is left to run: no handler, no cache written
