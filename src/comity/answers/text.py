"""The plain text of a letter: what the mail's body says, the twin of the PDF."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from comity.instruments.matter import listed
from comity.language import colon

from .sheet import Row, Sheet, sheets


def twin(letter: Mapping[str, Any]) -> str:
    """A letter as plain text. Blanks still open stand in braces, `{time observed}`."""
    if letter["form"] in ("reply", "notification"):
        return "\n\n".join(letter["paragraphs"]) + "\n"
    made = sheets(letter)
    with override(letter["language"]):
        count = len([sheet for sheet in made if not sheet["twin"]])  # the same in another language is no form more
        parts = ["\n\n".join(_lines(sheet, n, count if n <= count else 1)) for n, sheet in enumerate(made, 1)]
        sent = _("Sent with DKIM, no qualified signature.")
    return ("\n\n" + "=" * 60 + "\n\n").join(parts) + f"\n\n{sent}\n"


def _lines(sheet: Sheet, number: int, count: int) -> Iterator[str]:
    which = _("Form %(number)s of %(count)s") % {"number": number, "count": count}
    yield f"{which}{colon()}{sheet['title']}" if count > 1 else sheet["title"]
    if sheet["law"]:
        yield f"{sheet['law']}. {sheet['wording']}."
    for section in sheet["sections"]:
        head = _("SECTION %(id)s") % {"id": section["id"]} if section["id"] else ""
        titled = colon().join(filter(None, [head, section["title"]]))
        yield "\n".join(filter(None, [titled, *map(_row, section["rows"])]))
    if sheet["targets"]:
        addresses = (f"{t['ref']} ({t['why']})" if t["why"] else t["ref"] for t in sheet["targets"])
        more = [sheet["more"]] if sheet["more"] else []
        yield f"{sheet['targets_title']}{colon()}".rstrip(" ") + "\n" + listed([*addresses, *more])
    yield from sheet["paragraphs"]


def _row(row: Row) -> str:
    label = f"{row['label']}{colon()}".rstrip(" ")
    if row["kind"] == "options":
        return "\n".join([label, *(f"  [{'X' if o['ticked'] else ' '}] {o['label']}" for o in row["options"])])
    if row["kind"] == "blank":
        return f"{label} {{{row['value']}}}"
    return f"{label}\n{row['value']}" if "\n" in row["value"] else f"{label} {row['value']}"
