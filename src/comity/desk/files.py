"""The attachments of a mail that came: as files to keep, and as pictures to type from where they are scans."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from comity.cases import document
from comity.cases.models import Request
from comity.people.refusals import BadInput
from comity.reading import child
from comity.vault import commands as vault
from comity.web.files import named


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


class Scan(NamedTuple):
    """One page of a scan: where its picture is, what it is, and what the scanner took its letters for."""

    url: str
    says: str
    suggested: str


MOST_PARTS = 5


def scans(request: Request, reading: Mapping[str, Any]) -> tuple[Scan, ...]:
    """The pages of what is attached that are pictures, where no machine reads them."""
    if "scanned" not in reading.get("flags", ()):
        return ()
    raw, found = vault.get(request.raw), list[Scan]()
    suggested = {(one["part"], one["page"]): str(one["text"]) for one in reading.get("suggestions") or ()}
    for part in [one for one in reading.get("parts", ()) if _may_be_scan(one)][:MOST_PARTS]:
        number, name = int(part["n"]), str(part.get("name") or f"part {part['n']}")
        at = f"/console/requests/{request.id}/parts/{number}/pages"
        found += [Scan(f"{at}/{n}", f"{name}, page {n}", suggested.get((number, n), "")) for n in _pages(raw, number)]
    return tuple(found)


def _may_be_scan(part: Mapping[str, Any]) -> bool:
    return bool(part.get("n")) and (part.get("type") in SCANS or str(part.get("name") or "").lower().endswith(".pdf"))


SCANS = frozenset({"application/pdf", "image/jpeg", "image/png"})


def _pages(raw: bytes, number: int) -> list[int]:
    try:
        return child.pages(raw, number)
    except child.ReadingFailed:
        return []


def picture_of(request: Request, number: int, page: int) -> tuple[str, bytes] | None:
    """(type, bytes) of a page that is a picture; None where it is none."""
    try:
        return child.picture(vault.get(request.raw), number, page)
    except child.ReadingFailed:
        return None
