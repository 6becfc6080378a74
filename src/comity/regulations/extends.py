"""A pack that extends another: everything the other says holds here too, unless this one says otherwise.

`extends: {file: <id>/<version>, sha256: …}` names the exact bytes that are extended, so the hash of a pack covers them:
a changed base is a different base. A folder whose name starts with "_" holds packs that exist only to be extended.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib import resources
from typing import Any

Path = tuple[str | int, ...]
Lines = dict[Path, int]
MOST = 5  # packs in one chain of extensions
OWN = ("id", "version", "title", "act", "in_force_from", "in_force_until", "review", "summary", "sources", "reviews")


class CannotExtend(ValueError):
    """Why a pack cannot be extended, in words."""


def shipped(file: str) -> bytes:
    """The bytes of a pack file that ships with Comity (`<id>/<version>`). Raises CannotExtend."""
    parts = file.split("/")
    if len(parts) != 2 or any(part in ("", ".", "..") or "\\" in part for part in parts):
        raise CannotExtend(f"{file[:80]!r} is not <id>/<version>")
    place = resources.files(__package__).joinpath("packs", parts[0], f"{parts[1]}.yaml")
    if not place.is_file():
        raise CannotExtend(f"there is no {file[:80]!r} to extend")
    return place.read_bytes()


def whole(
    name: str, data: dict[str, Any], lines: Lines, read: Callable[[str, bytes], tuple[dict[str, Any], Lines]]
) -> tuple[dict[str, Any], Lines]:
    """A pack merged with everything it extends; `read` parses a file. Raises CannotExtend."""
    seen = [name.removesuffix(".yaml")]
    while (base := data.get("extends")) is not None:
        file, text = _base(base, seen)
        seen.append(file)
        below, _ = read(f"{file}.yaml", text)
        at = lines.get(("extends",), 0)
        rest = {key: value for key, value in data.items() if key != "extends"}
        data, lines = _merged(below, rest, lines, at)
    return data, lines


def _base(base: object, seen: list[str]) -> tuple[str, bytes]:
    if not isinstance(base, dict) or not all(isinstance(base.get(key), str) for key in ("file", "sha256")):
        raise CannotExtend("extends must name file (<id>/<version>) and sha256")
    file = str(base["file"])
    if file in seen:
        raise CannotExtend(f"a cycle: {' extends '.join([*seen, file])}")
    if len(seen) > MOST:
        raise CannotExtend(f"at most {MOST} packs may extend one another")
    text = shipped(file)
    found = hashlib.sha256(text).hexdigest()
    if found != base["sha256"]:
        raise CannotExtend(f"{file} has the SHA-256 {found}, not the one that is named: look what changed in it")
    return file, text


def _merged(below: dict[str, Any], above: dict[str, Any], lines: Lines, at: int) -> tuple[dict[str, Any], Lines]:
    """`below` with the entries of `above` replacing or following its own."""
    found: dict[str, Any] = {}
    placed: Lines = {(): lines.get((), 1)}
    for key in [*(k for k in below if k not in OWN and k not in above), *above]:
        one, other = below.get(key), above.get(key)
        if key not in above or key == "extends":
            found[key] = below[key]
            placed[(key,)] = at
        elif key in OWN or type(one) is not type(other) or not isinstance(other, dict | list):
            found[key] = other
            _keep(lines, placed, (key,), (key,))
        elif isinstance(one, dict) and isinstance(other, dict):
            found[key] = {**one, **other}
            _keep(lines, placed, (key,), (key,))
        elif isinstance(one, list) and isinstance(other, list):
            found[key] = _joined(one, other, key, lines, placed, at)
    if "extends" in below:
        found["extends"] = below["extends"]
        placed[("extends",)] = at
    return found, placed


def _joined(below: list[Any], above: list[Any], key: str, lines: Lines, placed: Lines, at: int) -> list[Any]:
    named = {entry["id"] for entry in above if isinstance(entry, dict) and "id" in entry}
    kept = [entry for entry in below if not (isinstance(entry, dict) and entry.get("id") in named)]
    for n in range(len(kept)):
        placed[(key, n)] = at
    placed[(key,)] = lines.get((key,), at)
    for n in range(len(above)):
        _keep(lines, placed, (key, n), (key, len(kept) + n))
    return [*kept, *above]


def _keep(lines: Lines, placed: Lines, was: Path, now: Path) -> None:
    for path, line in lines.items():
        if path[: len(was)] == was:
            placed[(*now, *path[len(was) :])] = line
