"""A form filled in as labelled text, as an office writes it into a mail: for what is played. Pure; the labels are the
form's own data."""

from collections.abc import Mapping, Sequence
from typing import Any

from .form import Field, Form


def text(form: Form, filled: Mapping[str, Any], preamble: Sequence[str], specimen: str) -> str:
    """The form as labelled text: number, label, value; boxes drawn. `specimen` stands above it and says what it is."""
    out = [specimen, "", form.title, "", *preamble, ""]
    for key, title in form.sections:
        out += ["", section(key, title), ""]
        for known in form.fields.values():
            if known.section == key:
                out += _lines(known, filled.get(known.name))
    return "\n".join(out)


def section(key: str, title: str) -> str:
    """The heading of a section."""
    return f"SECTION {key}" if title == f"Section {key}" else f"SECTION {key}: {title}"


def _lines(known: Field, value: Any) -> list[str]:
    if known.type == "notice":
        return [f"({known.label})"]
    if known.type == "tick":
        return [f"[{'x' if value is True else ' '}] {known.label}"]
    if known.options:
        boxes = [f"  [{'x' if option in (value or []) else ' '}] {label}" for option, label in known.options]
        return [f"{known.number} {known.label}:", *boxes]
    return [f"{known.number} {known.label}: {value or ''}".rstrip()]
