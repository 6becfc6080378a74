"""A ZIP opened within bounds: its directory is counted before anything reads it, its members are read to a limit.

Pure, run in the limited child. Declared sizes are never trusted. Only stored and deflated members are unpacked: the
other ways of packing cannot be stopped at a number of bytes.
"""

from __future__ import annotations

import html
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

MOST_XML = 20_000_000
MOST_TOKENS = 400_000
MOST_ENTRIES = 2_000
FAULTS = (
    KeyError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    RuntimeError,
    OSError,
    ValueError,
    NotImplementedError,
    EOFError,
    IndexError,
    OverflowError,
)


class TooLarge(ValueError):
    """More inside than may be read."""


class Encrypted(ValueError):
    """Nobody without the password can read it."""


def directory(data: bytes) -> zipfile.ZipFile:
    """The archive. Raises TooLarge for endless directories, one of `FAULTS` for what is no whole archive."""
    if data.count(b"PK\x01\x02") > MOST_ENTRIES:
        raise TooLarge("more members than an archive may have")
    return zipfile.ZipFile(io.BytesIO(data))


def member(archive: zipfile.ZipFile, name: str | zipfile.ZipInfo, most: int) -> bytes:
    """One member. Raises KeyError where it is missing, TooLarge, Encrypted, or one of `FAULTS` where it is damaged."""
    info = archive.getinfo(name) if isinstance(name, str) else name
    if info.flag_bits & 0x41:
        raise Encrypted("a password is needed")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise NotImplementedError("a way of packing that cannot be bounded")
    with archive.open(info) as opened:
        source = opened.read(most + 1)
    if len(source) > most:
        raise TooLarge("larger inside than it may be")
    return source


def as_text(source: bytes) -> str:
    """Markup as text. Raises ValueError where it declares a document type: it could bring entities along."""
    wide = source[:2] in {b"\xff\xfe", b"\xfe\xff"}
    text = source.decode("utf-16" if wide else "utf-8", "replace")
    if "<!DOCTYPE" in text[:4_000]:
        raise ValueError("declares a document type")
    return text


def bounded(tokens: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
    """The tokens of one document. Raises TooLarge where they are more than any document that people write has."""
    for count, token in enumerate(tokens):
        if count >= MOST_TOKENS:
            raise TooLarge("more inside than may be read")
        yield token


def tidy(text: str) -> str:
    """Lines without blanks at their ends, at most one empty line between two."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip(" \t") for line in text.split("\n"))).strip()


def attribute(tag: str, name: str) -> str:
    """The value of one attribute in a start tag; empty where it has none."""
    found = re.search(rf"(?<![\w:]){re.escape(name)}\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)')", tag)
    return html.unescape(found[1] or found[2] or "") if found else ""
