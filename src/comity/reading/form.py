"""A form as data: its fields, and the words by which each language labels them.

Pure. A new language is one more table in `forms/<id>.labels.json`; no code changes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from comity.reading.values import words


@dataclass(frozen=True)
class Field:
    number: str
    name: str
    label: str
    type: str
    required: Any
    options: tuple[tuple[str, str], ...]

    @property
    def section(self) -> str:
        return self.number[0]


@dataclass(frozen=True)
class Phrase:
    """One wording that announces a field, or one of its options."""

    words: tuple[str, ...]
    field: str
    option: str | None
    language: str
    only_with_colon: bool


@dataclass(frozen=True)
class Form:
    id: str
    title: str
    fields: dict[str, Field]
    sections: tuple[tuple[str, str], ...]
    phrases: tuple[Phrase, ...]
    titles: tuple[tuple[str, ...], ...]
    names_instrument: tuple[str, ...]

    def by_number(self, number: str) -> Field | None:
        return next((f for f in self.fields.values() if f.number == number), None)


@cache
def load(form_id: str = "tco-annex-1") -> Form:
    """The form with the phrases of every language that it is known in."""
    text = json.loads(resources.files("comity.reading").joinpath("forms", f"{form_id}.json").read_text("utf-8"))
    said = json.loads(resources.files("comity.reading").joinpath("forms", f"{form_id}.labels.json").read_text("utf-8"))
    fields = {f["name"]: field_of(f) for f in text["fields"]}
    phrases = [*printed(fields), *(p for language, table in said.items() for p in aliases(language, table))]
    unique = {(p.words, p.field, p.option): p for p in sorted(phrases, key=lambda p: p.only_with_colon)}
    return Form(
        id=form_id,
        title=text["title"],
        fields=fields,
        sections=tuple((s["id"], s["title"]) for s in text["sections"]),
        phrases=tuple(sorted(unique.values(), key=lambda p: -len(p.words))),
        titles=tuple(tuple(words(title)) for table in said.values() for title in table["title"]),
        names_instrument=tuple(name for table in said.values() for name in table["names_instrument"]),
    )


def field_of(data: dict[str, Any]) -> Field:
    options = tuple((o["value"], o["label"]) for o in data.get("options", []))
    return Field(data["number"], data["name"], data["label"], data["type"], data["required"], options)


def printed(fields: dict[str, Field]) -> list[Phrase]:
    """The annex's own wording, whole and without its remarks in brackets."""
    out = []
    for field in fields.values():
        short = {"address", "date", "file no", "contact point"}
        for label in {field.label, re.sub(r"\([^()]*(?:\([^()]*\))?[^()]*\)", " ", field.label)}:
            out.append(Phrase(tuple(words(label)), field.name, None, "en", label.casefold().strip() in short))
        for value, label in field.options:
            for text in {label, re.sub(r"\((?:[^()]|\([^()]*\))*\)", " ", label)}:
                out.append(Phrase(tuple(words(text)), field.name, value, "en", False))
    return out


def aliases(language: str, table: dict[str, Any]) -> list[Phrase]:
    timid = {tuple(words(text)) for text in table["only_with_colon"]}
    out = []
    for field, texts in table["fields"].items():
        out += [Phrase(tuple(words(t)), field, None, language, tuple(words(t)) in timid) for t in texts]
    for field, options in table["options"].items():
        for value, texts in options.items():
            out += [Phrase(tuple(words(t)), field, value, language, tuple(words(t)) in timid) for t in texts]
    return out
