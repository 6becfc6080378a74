"""The pictures that the pages of a scan are, for a person to read and type from: a fax or a copier sends no words.

Pure, and in the child with its limits. No picture is looked into here: one that browsers know (JPEG) is handed on as it
stands in the file, and samples that are packed without loss are put into a PNG. What else there is stays a download.
"""

from __future__ import annotations

import base64
import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, EncodedStreamObject, NameObject

from comity.reading import mail, sniff
from comity.reading.pdf import leaves

MOST_PAGES = 20
MOST_DOTS = 60_000_000  # of a picture: A4 at 600 dots an inch has 35 million
SHORTEST = 200  # of a side, in dots: less is a logo
CHANNELS = {"/DeviceGray": (1, 0), "/DeviceRGB": (3, 2)}  # channels, and PNG's code for them
BROKEN = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, NotImplementedError)
PNG = b"\x89PNG\r\n\x1a\n"


def of_part(raw: bytes, number: int, page: int) -> dict[str, Any] | None:
    """Of one part of a mail: the pages that are pictures (page 0), or the picture of one in base64 with its type; None
    where there is none that a browser shows."""
    held = mail.part(raw, number)
    data = base64.b64decode(held["data"]) if held else b""
    if page:
        found = next((one for at, one in _pages(data) if at == page), None)
        return found and {"type": found[0], "data": base64.b64encode(found[1]).decode("ascii")}
    return {"pages": [at for at, _ in _pages(data)]}


def _pages(data: bytes) -> Iterator[tuple[int, tuple[str, bytes]]]:
    """(page, (type, bytes)) of each page with a picture that a browser shows."""
    if b"%PDF-" not in data[:1024]:
        kind = "image/jpeg" if data.startswith(b"\xff\xd8\xff") else "image/png" if data.startswith(PNG) else ""
        size = sniff.size_of_picture(data) if kind else None
        yield from [(1, (kind, data))] if size and size[0] * size[1] <= MOST_DOTS else []
        return
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        for number, page in enumerate(leaves(reader)[:MOST_PAGES], start=1):
            if found := _largest(page):
                yield number, found
    except BROKEN:
        return


def _largest(page: Any) -> tuple[str, bytes] | None:
    """The largest picture of a page, which the page is where it was scanned."""
    things = page["/Resources"].get_object().get("/XObject", {}).get_object().values()
    images = [one for one in (thing.get_object() for thing in things) if one.get("/Subtype") == "/Image"]
    sides = [(int(one["/Width"]), int(one["/Height"]), one) for one in images]
    large = [one for wide, high, one in sides if min(wide, high) >= SHORTEST and wide * high <= MOST_DOTS]
    best = max(large, key=lambda one: int(one["/Width"]) * int(one["/Height"]), default=None)
    return None if best is None else _shown(best)


def _shown(image: Any) -> tuple[str, bytes] | None:
    """A picture as a browser takes it."""
    named = image.get("/Filter")
    filters = list(named) if isinstance(named, ArrayObject) else [named] if named else []
    if filters and filters[-1] == "/DCTDecode":
        return "image/jpeg", _unpacked(image, filters[:-1])
    if all(one in ("/FlateDecode", "/ASCII85Decode", "/LZWDecode", "/RunLengthDecode") for one in filters):
        made = _png(image)
        return ("image/png", made) if made else None
    return None


def _unpacked(image: Any, filters: list[Any]) -> bytes:
    outer = EncodedStreamObject()
    outer._data = image._data
    if not filters:
        return bytes(outer._data)
    outer[NameObject("/Filter")] = ArrayObject(filters)
    return bytes(outer.get_data())


def _png(image: Any) -> bytes | None:
    """Samples without loss as a PNG: grey or colour of 8 bits, or black and white."""
    wide, high, bits = int(image["/Width"]), int(image["/Height"]), int(image.get("/BitsPerComponent", 1))
    channels, code = CHANNELS.get(str(image.get("/ColorSpace", "/DeviceGray")), (0, 0))
    row = (wide * channels * bits + 7) // 8
    if not channels or bits not in (1, 8) or (bits == 1 and code) or row * high > MOST_DOTS:
        return None
    data = image.get_data()
    if len(data) < row * high:
        return None
    if next(iter(image.get("/Decode", [0]))) == 1:  # white is 0
        data = data.translate(bytes(range(255, -1, -1)))
    lines = b"".join(b"\0" + data[n * row : (n + 1) * row] for n in range(high))
    head = struct.pack(">IIBBBBB", wide, high, bits, code, 0, 0, 0)
    return PNG + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(lines, 6)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
