"""Forms as data: their fields, the words by which each language labels them, and how a document is known to be one.

Pure. `forms/instruments.json` lists the forms that are read. Each is three files: `<id>.json` the form itself,
`<id>.labels.json` its labels by language (a new language is one more table), `<id>.reading.json` what an order in this
form is called, how it is recognised, and which of its fields say whose it is and what it is about.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, cached_property
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
    """`law` is the act, `preamble` what the annex prints above its sections. `reads` is the file `<id>.reading.json` as
    it stands; the room's README explains its keys."""

    id: str
    title: str
    law: str
    preamble: tuple[str, ...]
    fields: dict[str, Field]
    sections: tuple[tuple[str, str], ...]
    phrases: tuple[Phrase, ...]
    titles: tuple[tuple[str, ...], ...]
    names_instrument: tuple[str, ...]
    reads: dict[str, Any]

    def by_number(self, number: str) -> Field | None:
        return next((f for f in self.fields.values() if f.number == number), None)

    @property
    def instrument(self) -> str:
        return str(self.reads["instrument"])

    @cached_property
    def letters(self) -> str:
        """The letters of its sections, as a class of a pattern: `A-G`."""
        return f"{self.sections[0][0]}-{self.sections[-1][0]}"

    @cached_property
    def shared(self) -> frozenset[tuple[str, ...]]:
        """Words that label several fields, or stand for options of several, so that only their place tells which."""
        fields: dict[tuple[bool, tuple[str, ...]], set[str]] = {}
        for phrase in self.phrases:
            fields.setdefault((phrase.option is None, phrase.words), set()).add(phrase.field)
        return frozenset(said for (_, said), names in fields.items() if len(names) > 1)

    @cached_property
    def other_titles(self) -> tuple[tuple[str, ...], ...]:
        """Titles of certificates that are filled in by the same labels, and are another instrument."""
        return tuple(tuple(words(title)) for title in self.reads["recognised"]["other_titles"])


def _file(name: str) -> dict[str, Any]:
    text = resources.files("comity.reading").joinpath("forms", name).read_text("utf-8")
    return dict(json.loads(text))


@cache
def data(name: str) -> dict[str, Any]:
    """Another table of `forms/`, by its name."""
    return _file(f"{name}.json")


@cache
def known() -> tuple[Form, ...]:
    """Every form that is read."""
    return tuple(load(name) for name in instruments()["forms"])


@cache
def instruments() -> dict[str, Any]:
    """The forms that are read, and the patterns by which a mail without one names an instrument."""
    return _file("instruments.json")


@cache
def titles() -> tuple[tuple[str, ...], ...]:
    """The titles of all forms, as words."""
    return tuple(title for form in known() for title in form.titles)


@cache
def load(form_id: str = "tco-annex-1") -> Form:
    """The form with the phrases of every language that it is known in."""
    text, said = _file(f"{form_id}.json"), _file(f"{form_id}.labels.json")
    fields = {f["name"]: field_of(f) for f in text["fields"]}
    timid = {tuple(words(one)) for one in said["en"]["only_with_colon"]}
    phrases = [*printed(fields, timid), *(p for language, table in said.items() for p in aliases(language, table))]
    unique = {(p.words, p.field, p.option): p for p in sorted(phrases, key=lambda p: p.only_with_colon)}
    return Form(
        id=form_id,
        title=text["title"],
        law=text["law"],
        preamble=tuple(text["preamble"]),
        fields=fields,
        sections=tuple((s["id"], s["title"]) for s in text["sections"]),
        phrases=tuple(sorted(unique.values(), key=lambda p: -len(p.words))),
        titles=tuple(tuple(words(title)) for table in said.values() for title in table["title"]),
        names_instrument=tuple(name for table in said.values() for name in table["names_instrument"]),
        reads=_file(f"{form_id}.reading.json"),
    )


def field_of(data: dict[str, Any]) -> Field:
    options = tuple((o["value"], o["label"]) for o in data.get("options", []))
    return Field(data["number"], data["name"], data["label"], data["type"], data["required"], options)


def printed(fields: dict[str, Field], timid: set[tuple[str, ...]]) -> list[Phrase]:
    """The annex's own wording, whole and without its remarks in brackets."""
    out = []
    for field in fields.values():
        for label in {field.label, re.sub(r"\([^()]*(?:\([^()]*\))?[^()]*\)", " ", field.label)}:
            said = tuple(words(label))
            out.append(Phrase(said, field.name, None, "en", said in timid))
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
