"""The raid from a page: a process of its own, begun once at a time, whose progress is a file."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

NAME = "raid.json"


def path() -> Path:
    """Where it stands how far the raid is."""
    return Path(settings.COMITY.data) / "demo" / NAME


def note(told: dict[str, Any]) -> None:
    """Write how far it is; atomic."""
    made = path().with_suffix(f".{os.getpid()}")
    made.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    made.replace(path())


def last() -> dict[str, Any]:
    """How far the latest raid is; empty where there was none."""
    try:
        return dict(json.loads(path().read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def runs(told: dict[str, Any]) -> bool:
    """Whether its process is still at it."""
    pid = told.get("pid")
    if told.get("done") or not isinstance(pid, int):
        return False
    try:
        return b"raid" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def begin() -> None:
    """Begin one, unless one runs."""
    if runs(last()):
        return
    command = [sys.executable, "-m", "comity.cli", "demo", "raid", "--data", str(settings.COMITY.data), "--json"]
    quiet = subprocess.DEVNULL
    began = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    note({"pid": began.pid, "attacks": [], "total": 0, "done": False})
