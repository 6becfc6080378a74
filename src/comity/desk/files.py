"""The attachments of a mail that came, as files to keep."""

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
