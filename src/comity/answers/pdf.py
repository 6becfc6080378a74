"""A letter as a PDF/A-3b and PDF/UA-1 file, its exact text attached as JSON; the same bytes for the same letter."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import typst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import override

from comity.outbox import letters

from .glyphs import BOX, settable
from .sheet import Row, Sheet, sheets

LONG = 160
EXERCISES = {
    "drill": lazy("Drill: an exercise, no real answer"),
    "demo": lazy("Demo: an exercise, no real answer"),
}


@cache
def _fonts() -> typst.Fonts:
    folder = str(files("comity.answers").joinpath("fonts"))
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[folder])


def render(letter: Mapping[str, Any], *, realm: str = "real", receipt: bytes | None = None) -> bytes:
    """Set a letter, and those that go with it, as one file, from the letter alone.

    `receipt`: of the order in the record, attached as a file; empty: said to be not witnessed yet; None: not spoken of.
    Never fails for a text: what the fonts can't set is a visible box, exact in the attachment.
    """
    try:
        return _compile(letter, realm, receipt, ascii_only=False)
    except typst.TypstError:
        return _compile(letter, realm, receipt, ascii_only=True)


def _compile(letter: Mapping[str, Any], realm: str, receipt: bytes | None, *, ascii_only: bool) -> bytes:
    data = _data(letter, realm, ascii_only=ascii_only) | _receipt(letter, receipt)
    attached = {"receipt": receipt.decode()} if receipt else {}
    made = typst.compile(
        str(files("comity.answers").joinpath("answer.typ")),
        format="pdf",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        pdf_standards=["a-3b", "ua-1"],
        sys_inputs={"data": json.dumps(data), "letter": letters.canonical(letter).decode(), **attached},
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no file")
    return made


def _data(letter: Mapping[str, Any], realm: str, *, ascii_only: bool) -> dict[str, Any]:
    def show(text: str) -> str:
        return settable(text, ascii_only=ascii_only)

    made = sheets(letter)
    with override(letter["language"]):
        count = len([one for one in made if not one["twin"]])  # the same in another language is no form more
        pages = [_sheet(one, show) | _frame(one, n, count if n <= count else 1) for n, one in enumerate(made, 1)]
        said = {"banner": str(EXERCISES.get(realm, "")), **_notes()}
    house = show(str(letter["fields"].get("provider", "")).partition(",")[0])
    return {
        "language": letter["language"],
        "title": show(letter["subject"]),
        "author": house,
        "house": house,
        "number": show(str(letter["fields"].get("addressee_file_number", ""))),
        "date": list(_dated(letter).timetuple()[:6]),
        **said,
        "boxed": BOX in json.dumps(pages, ensure_ascii=False),
        "sheets": pages,
    }


def _receipt(letter: Mapping[str, Any], receipt: bytes | None) -> dict[str, str]:
    """What is said of the receipt, in the letter's language."""
    with override(letter["language"]):
        if receipt is None:
            return {"receipted": "", "receipt": ""}
        said = _("The receipt of your order in our public record is attached as receipt.tlog-proof.")
        none = _("Receipt of your order in our public record: not witnessed yet.")
        return {"receipted": said if receipt else none, "receipt": _("Proof that your order is in our public record")}


def _notes() -> dict[str, str]:
    boxed = _("%(box)s stands for a character that is not visible or that this file's fonts don't have.")
    attached = _("The exact text is attached to this file as answer.json.")
    return {
        "sent": _("Sent with DKIM, no qualified signature.") + " " + attached,
        "box_note": boxed % {"box": BOX},
        "attached": _("The exact text of this answer"),
    }


def _frame(sheet: Sheet, number: int, count: int) -> dict[str, str]:
    """What stands round a form: which of several it is, the word for a section, what heads the paragraphs."""
    with override(sheet["language"]):
        return {
            "which": _("Form %(number)s of %(count)s") % {"number": number, "count": count} if count > 1 else "",
            "section": _("Section"),
            "further": _("Further words, not part of the form") if sheet["law"] else _("Our answer"),
        }


def _dated(letter: Mapping[str, Any]) -> datetime:
    """The letter's own date (UTC), so that the file depends on nothing else: when signed, else received, else 1970."""
    for name in ("signed_at", "measure_at", "signed_on", "received_at"):
        try:
            return letters.parse(str(letter["fields"].get(name)))
        except ValueError:
            continue
    return datetime(1970, 1, 1, tzinfo=UTC)


def _sheet(sheet: Sheet, show: Callable[[str], str]) -> dict[str, Any]:
    return {
        "title": show(sheet["title"]),
        "law": sheet["law"],
        "wording": sheet["wording"],
        "sections": [{**s, "rows": [_row(row, show) for row in s["rows"]]} for s in sheet["sections"]],
        "targets_title": sheet["targets_title"],
        "targets": [{"ref": show(t["ref"]), "why": show(t["why"])} for t in sheet["targets"]],
        "more": sheet["more"],
        "paragraphs": [show(text) for text in sheet["paragraphs"]],
    }


def _row(row: Row, show: Callable[[str], str]) -> dict[str, Any]:
    value = show(row["value"])
    return {**row, "value": value, "long": len(value) > LONG or "\n" in value}
