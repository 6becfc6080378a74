"""Correcting a fact in place: the field a person sees, by the fact's type, and what they typed as a value."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from comity.cases import typed as forms
from comity.console import labels
from comity.people.refusals import BadInput
from comity.web.parts import Choice, Field, Form, Link

LINES = frozenset({"form.urls", "territory"})
TICKS = frozenset({"form.categories"})
INSTANTS = frozenset({"form.issued_at"})
YES_NO = frozenset(
    {
        "form.non_disclosure",
        "form.cross_border",
        "form.copy_sent",
        "emergency",
        "non_disclosure.requested",
    }
)
LOCAL = "%Y-%m-%dT%H:%M:%S"
LONG = 80


def typed(path: str, given: Sequence[str], zone: ZoneInfo) -> Any:
    """The value of what was typed or ticked for a fact; an instant is in `zone`. Raises BadInput."""
    words = (given[0] if given else "").replace("\r\n", "\n").strip()
    if path in TICKS:
        return [code for code in given if code in labels.CATEGORIES]
    if path in LINES:
        return [line.strip() for line in words.split("\n") if line.strip()]
    if path in YES_NO:
        if words.lower() not in ("yes", "no"):
            raise BadInput(path, "yes or no")
        return words.lower() == "yes"
    if path in INSTANTS:
        return forms.instant_of(path, words, zone)
    if path == "form.signature":
        return {"kind": words} if words else None
    return words


def form(base: str, path: str, value: Any, zone: ZoneInfo) -> Form:
    """The form in which one fact is corrected. `value`: what holds now, Ellipsis where it is unknown."""
    fields = (
        Field("path", "", path, kind="hidden"),
        _field(path, value, zone),
        Field("unknown", "It can’t be read: unknown", kind="tick", required=False),
    )
    return Form(f"{base}/correct", "Correct", fields, back=Link("Leave it", "?#facts"), id="correct")


def _field(path: str, value: Any, zone: ZoneInfo) -> Field:
    name = labels.label(path)
    if path in TICKS:
        held = value if isinstance(value, list) else []
        options = tuple(Choice(code, says, code in held) for code, says in labels.CATEGORIES.items())
        return Field("value", name, kind="ticks", choices=options, required=False)
    if path in YES_NO:
        options = tuple(Choice(word, word.capitalize(), value is held) for word, held in (("yes", True), ("no", False)))
        return Field("value", name, kind="radio", choices=options, required=False)
    if path in INSTANTS:
        hint = f"In your zone, {zone.key}"
        return Field("value", name, _local(value, zone), kind="instant", required=False, hint=hint)
    text = _text(value)
    kind = "long" if path in LINES or len(text) > LONG else "text"
    hint = "One a line" if path in LINES else ""
    return Field("value", name, text, kind=kind, required=False, hint=hint)


def _local(value: Any, zone: ZoneInfo) -> str:
    try:
        return datetime.fromisoformat(str(value)).astimezone(zone).strftime(LOCAL)
    except (ValueError, OverflowError):
        return ""


def _text(value: Any) -> str:
    if value in (..., None, ""):
        return ""
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and value.keys() <= {"kind", "valid"}:
        return str(value.get("kind", ""))
    return json.dumps(value, ensure_ascii=False)
