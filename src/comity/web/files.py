"""Serving files from strangers: always as downloads, never run or displayed by the browser as what they claim to be."""

import re

from django.http import HttpResponse
from django.utils.http import content_disposition_header

# Types that no viewer executes when opened from disk; any other name gets an extension that nothing opens.
HARMLESS = frozenset(
    ["pdf", "txt", "csv", "png", "jpg", "jpeg", "gif", "webp", "tif", "tiff", "docx", "odt", "eml", "tlog-proof"]
)
TYPES = {"pdf": "application/pdf"}
NAME_AT_MOST = 120


def named(name: str, number: int) -> str:
    """A stranger's file name in a form that a disk accepts; `part-3.bin` if there is none."""
    flat = re.sub(r"[^\w.,()+ -]", "_", name)[-NAME_AT_MOST:].strip(" .")
    if not flat:
        return f"part-{number}.bin"
    return flat if flat.rpartition(".")[2].lower() in HARMLESS else f"{flat}.bin"


def download(data: bytes, name: str) -> HttpResponse:
    """A file to save. Its type is PDF if its name says so, otherwise plain bytes; as a page of ours it could do
    nothing."""
    kind = TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


PICTURES = frozenset({"image/jpeg", "image/png"})


def picture(data: bytes, kind: str) -> HttpResponse:
    """A stranger's picture for a page of ours to show; as a page it could do nothing. Raises ValueError for a type that
    is none of `PICTURES`."""
    if kind not in PICTURES:
        raise ValueError(kind)
    response = HttpResponse(data, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def size(number: int) -> str:
    """A number of bytes as people say it."""
    for unit, step in (("MB", 1_000_000), ("kB", 1_000)):
        if number >= step:
            return f"{number / step:,.0f} {unit}"
    return f"{number} bytes"
