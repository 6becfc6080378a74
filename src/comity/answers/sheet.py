"""A letter as a page to be set: sections and rows with the wording of its form. PDF and text are made from it."""

from collections.abc import Mapping, Sequence
from datetime import date, tzinfo
from typing import Any, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import override, pgettext_lazy

from comity import instruments
from comity.language import country, day, name_of
from comity.outbox import letters

TARGETS_AT_MOST = 5_000
TARGET_CHARACTERS_AT_MOST = 1_000_000
BLANKS = {
    "measure_at": lazy("time observed"),
    "signed_on": lazy("day of sending"),
    "signed_at": lazy("time of sending"),
    "link": lazy("private link"),
    "seen_from": lazy("what was seen from where"),
}
NO_LABELS: Mapping[str, str] = {}
SERIF = frozenset({"issuing_authority", "issuing_file_number", "addressee"})  # what the authority itself wrote


class Option(TypedDict):
    """One box of a form."""

    label: str
    ticked: bool


class Row(TypedDict):
    """One line of a form: `kind` is text, options or blank; a blank's value is what will be filled in."""

    number: str
    label: str
    kind: str
    value: str
    options: list[Option]
    theirs: bool


class Section(TypedDict):
    """A lettered section."""

    id: str
    title: str
    rows: list[Row]


class Sheet(TypedDict):
    """One form, set."""

    title: str
    law: str
    wording: str
    sections: list[Section]
    targets_title: str
    targets: list[dict[str, str]]
    more: str
    paragraphs: list[str]
    twin: bool
    language: str


_LETTER_LABELS = {
    "issuing_authority": lazy("Authority"),
    "issuing_file_number": lazy("Your reference"),
    "addressee_file_number": lazy("Our number"),
    "received_at": pgettext_lazy("when an order came", "Received"),
    "measure_at": lazy("Lifted, as seen at"),
    "acted_at": lazy("Effect given, as seen at"),
    "reinstated_at": lazy("Put back, as seen at"),
    "preserved_at": lazy("Preserved, as seen at"),
    "provider": lazy("From"),
    "authorised_person": lazy("Authorised person"),
    "provider_email": lazy("Contact point"),
    "signed_at": lazy("Time and date"),
}


def sheets(letter: Mapping[str, Any]) -> list[Sheet]:
    """The letter's own sheet, and one for each letter that goes with it, in its language."""
    with override(letter["language"]):
        own = [_sheet(letter), *(one for other in letter["also"] for one in sheets(other))]
        return [{**one, "twin": True} for one in own] if letter.get(letters.TWIN) else own


def _sheet(letter: Mapping[str, Any]) -> Sheet:
    form = instruments.form(letter["form"])
    theirs = form.beside.get(str(letter.get("labels")), {}) if form else {}
    shown = _bounded(letter["targets"])
    left_out = len(letter["targets"]) - len(shown)
    return {
        "title": _titled(letter, _both(form.data["title"], theirs) if form else letter["subject"]),
        "law": form.law if form else "",
        "wording": form.wording if form else "",
        "sections": _sections(letter, form.data, theirs) if form else _plain(letter),
        "targets_title": form.targets if form else _("Addresses"),
        "targets": shown,
        "more": _("%(number)s more are in the attachment answer.json.") % {"number": left_out} if left_out else "",
        "paragraphs": [*_seen(letter["fields"]), *letter["paragraphs"]],
        "twin": False,
        "language": letter["language"],
    }


def _titled(letter: Mapping[str, Any], title: str) -> str:
    """A title; of a letter that is the same as another in another language, with that language's name."""
    if not letter.get(letters.TWIN):
        return title
    spoken = name_of(letter["language"])
    return f"{title} [{spoken[:1].upper()}{spoken[1:]}]"


def _both(label: str, theirs: Mapping[str, str]) -> str:
    """A label of a form: in the language of its authority, too, where it is known in that."""
    return f"{theirs[label]} / {_(label)}" if label in theirs else _(label)


def _seen(fields: Mapping[str, Any]) -> list[str]:
    """What viewers saw from where, which no form asks for; filled with what was seen when it is sent."""
    value = fields.get("seen_from")
    if not value:
        return []
    head = _("What ordinary viewers saw at the time above:") if "measure_at" in fields else _("What viewers saw:")
    open_yet = f"{{{BLANKS['seen_from']}}}"
    return [f"{head}\n{open_yet if letters.is_blank(value) else value}"]


def _bounded(targets: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The first targets, up to a number and a length that can be set and read; the attachment has them all."""
    shown: list[dict[str, str]] = []
    left = TARGET_CHARACTERS_AT_MOST
    for target in targets[:TARGETS_AT_MOST]:
        one = {"ref": str(target["ref"]), "why": str(target.get("why") or "")}
        left -= len(one["ref"]) + len(one["why"])
        if shown and left < 0:
            break
        shown.append(one)
    return shown


def _sections(letter: Mapping[str, Any], form: Mapping[str, Any], theirs: Mapping[str, str]) -> list[Section]:
    zone = letters.zone_of(letter["zone"])
    made: list[Section] = []
    for section in form["sections"]:
        fields = [f for f in form["fields"] if f["number"].startswith(f"{section['id']}.")]
        if not any(f["name"] in letter["fields"] for f in fields):
            continue  # a part of the form that is for another case than this one
        title = "" if section["title"] == f"Section {section['id']}" else _both(section["title"], theirs)
        rows = [_row(f, letter["fields"].get(f["name"], ""), zone, theirs) for f in fields]
        made.append({"id": section["id"], "title": title, "rows": rows})
    return made


def _plain(letter: Mapping[str, Any]) -> list[Section]:
    zone, fields = letters.zone_of(letter["zone"]), letter["fields"]
    named = [(name, label) for name, label in _LETTER_LABELS.items() if name in fields]
    rows = [_row({"name": name, "label": label, "type": _type(name)}, fields[name], zone) for name, label in named]
    return [{"id": "", "title": "", "rows": rows}] if rows else []


def _type(name: str) -> str:
    return "datetime" if name.endswith("_at") else "text"


def _row(field: Mapping[str, Any], value: Any, zone: tzinfo, theirs: Mapping[str, str] = NO_LABELS) -> Row:
    row: Row = {
        "number": field.get("number", ""),
        "label": _both(field["label"], theirs),
        "kind": "text",
        "value": "",
        "options": [],
        "theirs": field["name"] in SERIF,
    }
    if letters.is_blank(value):
        named = value["blank"].partition(".")[0]
        row["kind"], row["value"] = "blank", str(BLANKS.get(named, named.replace("_", " ")))
    elif field["type"] in ("choice", "multi-choice"):
        row["kind"], row["options"] = "options", _options(field, value, theirs)
    else:
        row["value"] = said(field["type"], value, zone)
    return row


def _options(field: Mapping[str, Any], value: Any, theirs: Mapping[str, str]) -> list[Option]:
    ticked = value if isinstance(value, list) else [value]
    return [
        {"label": _both(option["label"], theirs), "ticked": option["value"] in ticked} for option in field["options"]
    ]


def said(kind: str, value: object, zone: tzinfo) -> str:
    """A field's value in words; an instant in our zone and in UTC."""
    text = str(value or "")
    if kind == "country":
        name = country(text)
        return text if name == text else f"{name} ({text})"
    try:
        if kind == "datetime" and text:
            at = letters.parse(text)
            return f"{letters.said(at, zone)} ({at:%H:%M:%S} UTC)"
        if kind == "date" and text:
            return day(date.fromisoformat(text))
    except ValueError:
        return text
    return text
