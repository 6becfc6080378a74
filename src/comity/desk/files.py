"""Parts of a mail as files: always downloaded, never run or shown by the browser as what they say they are."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from comity.cases import document
from comity.cases.commands import BadInput
from comity.cases.models import Request
from comity.reading import child
from comity.vault import commands as vault

# What no viewer runs when a person opens it from disk; any other name gets an ending that nothing opens by itself.
HARMLESS = frozenset(
    {"pdf", "txt", "csv", "png", "jpg", "jpeg", "gif", "webp", "tif", "tiff", "docx", "odt", "rtf", "eml"}
)
TYPES = {"pdf": "application/pdf"}
NAME_AT_MOST = 120


def named(name: str, number: int) -> str:
    """A stranger's file name as one that a disk can take; `part-3.bin` where it has none."""
    flat = re.sub(r"[^\w.,()+ -]", "_", name)[-NAME_AT_MOST:].strip(" .")
    if not flat:
        return f"part-{number}.bin"
    return flat if flat.rpartition(".")[2].lower() in HARMLESS else f"{flat}.bin"


def download(data: bytes, name: str) -> HttpResponse:
    """A file to keep. Its type is what its name was made to say, or only bytes; as a page it could do nothing."""
    kind = TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def part_named(request: Request, number: int) -> str | None:
    """The file name of a part of a request's mail; None where its reading knows no such part."""
    reading = document.of(request)["reading"] or {}
    found = next((part for part in reading.get("parts", []) if part.get("n") == number), None)
    return None if found is None else named(str(found.get("name") or ""), number)


def part_of(request: Request, number: int) -> bytes | None:
    """The bytes of a part. Raises BadInput where it can't be taken out of the mail."""
    try:
        return child.part(vault.get(request.raw), number)
    except child.ReadingFailed as failed:
        raise BadInput("attachment", f"{failed.reason}; the raw bytes of the mail hold it") from None


def order_part(kept: Mapping[str, Any]) -> int | None:
    """The number of the attached PDF that an order was read from; None where it stood in the mail itself."""
    number, parts = document.order(kept).get("part"), (kept["reading"] or {}).get("parts", [])
    return next((int(part["n"]) for part in parts if part.get("n") == number and _is_pdf(part)), None)


def _is_pdf(part: Mapping[str, Any]) -> bool:
    return part.get("type") == "application/pdf" or str(part.get("name") or "").lower().endswith(".pdf")
