"""One pack file anywhere: a draft on disk or in the editor, before it has its place and name."""

from __future__ import annotations

import re
from pathlib import Path

from comity.regulations import packs
from comity.regulations.pack_file import MAX_BYTES, PackError
from comity.regulations.packs import Library, Pack

ID = re.compile(rb"^id:[ \t]*['\"]?([^\s'\"#]+)", re.MULTILINE)
VERSION = re.compile(rb"^version:[ \t]*['\"]?([^\s'\"#]+)", re.MULTILINE)


def name_of(text: bytes) -> str:
    """The name that a pack's file will have, from its contents: `<id>/<version>.yaml`."""
    found = [pattern.search(text) for pattern in (ID, VERSION)]
    named = [match[1].decode("utf-8", "replace") if match else "draft" for match in found]
    return f"{named[0]}/{named[1]}.yaml"


def read(path: Path) -> Pack:
    """The version in a file, whatever the file is called. Raises OSError, `PackError` naming the file as given."""
    with path.open("rb") as file:
        text = file.read(MAX_BYTES + 1)
    try:
        return packs.build(name_of(text), text)
    except PackError as error:
        raise PackError(str(path), error.line, error.field, error.rule) from None


def version(library: Library, named: str) -> Pack:
    """A version as a person named it: a file, `ID/VERSION`, or `ID` for the newest.

    Raises OSError, `PackError`, `packs.NoPack`.
    """
    path = Path(named)
    if path.is_file() or named.endswith((".yaml", ".yml")):
        return read(path)
    instrument, _, version = named.replace("@", "/").partition("/")
    return library.version(instrument, version) if version else library.in_force(instrument, None)
