"""A letter as a PDF/A-3b and PDF/UA-1 file, its exact text attached as JSON; the same bytes for the same letter."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Receipts:
    """Of the order and of our answer in the record: each is attached as a file; empty, it is said to be not witnessed
    yet, as that of an answer is in the answer itself; None: not spoken of."""

    order: bytes | None = None
    answer: bytes | None = None

    def files(self) -> dict[str, str]:
        """What is attached, by the letter's names."""
        return {name: held.decode() for name, held in (("receipt", self.order), ("ours", self.answer)) if held}


NONE = Receipts()


def render(letter: Mapping[str, Any], *, realm: str = "real", receipts: Receipts = NONE) -> bytes:
    """Set a letter, and those that go with it, as one file, from the letter alone.

    Never fails for a text: what the fonts can't set is a visible box, exact in the attachment.
    """
    try:
        return _compile(letter, realm, receipts, ascii_only=False)
    except typst.TypstError:
        return _compile(letter, realm, receipts, ascii_only=True)


def _compile(letter: Mapping[str, Any], realm: str, receipts: Receipts, *, ascii_only: bool) -> bytes:
    data = _data(letter, realm, ascii_only=ascii_only) | _receipted(letter, receipts)
    attached = receipts.files()
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


def _receipted(letter: Mapping[str, Any], receipts: Receipts) -> dict[str, str]:
    """What is said of the receipts, in the letter's language."""
    with override(letter["language"]):
        order = {
            True: _("The receipt of your order in our public record is attached as receipt.tlog-proof."),
            False: _("Receipt of your order in our public record: not witnessed yet."),
        }
        answer = {
            True: _("That of our answer is attached as answer.tlog-proof."),
            False: _("Receipt of this answer: not witnessed yet; the page of your order will have it."),
        }
        said = [
            words[bool(one)] for one, words in ((receipts.order, order), (receipts.answer, answer)) if one is not None
        ]
        return {
            "receipted": " ".join(said),
            "receipt": _("Proof that your order is in our public record"),
            "ours": _("Proof that our answer is in our public record"),
        }


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
