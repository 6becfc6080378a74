"""The document that came, set as a sheet whose places are tied to the facts: pure, from what the reading says."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from comity.web.parts import Option, Run, Sheet, SheetLine, SheetSection

LONGEST = 60_000  # characters shown; the whole document is one click away

_LINE = re.compile(r"line (\d+)")


def marks(fields: Iterable[str]) -> dict[str, int]:
    """A number for each field, from 1, in the order given (the order of the document)."""
    return {field: number for number, field in enumerate(dict.fromkeys(fields), start=1)}


def order(sheet: Mapping[str, Any] | None, places: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The fields in the order of the document: as they stand on the form, else by line, else as read."""
    on_form = [line.get("field") for section in (sheet or {}).get("sections", []) for line in section.get("lines", [])]
    rank = {field: n for n, field in enumerate(dict.fromkeys(field for field in on_form if field))}
    return sorted(places, key=lambda field: (rank.get(field, len(rank)), _number(places[field])))


def _number(place: Mapping[str, Any]) -> int:
    found = _LINE.search(str(place.get("where", "")))
    return int(found[1]) if found else 0


def of_form(sheet: Mapping[str, Any], marked: Mapping[str, int], heading: str, note: str = "") -> Sheet:
    """The sheet of a form that was read field by field (`sheet` as the reading gives it)."""
    sections = tuple(
        SheetSection(str(section.get("title") or section.get("id") or ""), _lines(section, marked))
        for section in sheet.get("sections", [])
    )
    return Sheet(
        heading, note, title=str(sheet.get("title", "")), language=str(sheet.get("language") or ""), sections=sections
    )


def _lines(section: Mapping[str, Any], marked: Mapping[str, int]) -> tuple[SheetLine, ...]:
    return tuple(_line(line, marked.get(str(line.get("field") or ""))) for line in section.get("lines", []))


def _line(line: Mapping[str, Any], mark: int | None) -> SheetLine:
    options = list(line.get("options") or [])
    if not options and line.get("kind") == "tick":
        options = [{"label": "", "ticked": bool(line.get("ticked"))}]
    if options:
        return SheetLine(str(line.get("label", "")), options=_options(options, mark))
    value = str(line.get("value") or "")
    return SheetLine(str(line.get("label", "")), value, mark, blank=not value.strip())


def _options(options: list[Mapping[str, Any]], mark: int | None) -> tuple[Option, ...]:
    """The mark stands at the first ticked box, or at the first box where none is ticked: an id may stand only once."""
    ticked = [n for n, option in enumerate(options) if option.get("ticked")]
    at = ticked[0] if ticked else 0
    return tuple(
        Option(str(option.get("label", "")), bool(option.get("ticked")), mark if n == at else None)
        for n, option in enumerate(options)
    )


def of_text(
    text: str, places: Mapping[str, Mapping[str, Any]], marked: Mapping[str, int], heading: str, note: str = ""
) -> Sheet:
    """The text of a mail with the places of its facts marked; a place that can't be found again is left out."""
    shown = text[:LONGEST]
    starts = _line_starts(shown)
    spans = [
        (*span, marked[field])
        for field, place in places.items()
        if field in marked and (span := _span(shown, starts, place))
    ]
    return Sheet(heading, note, runs=tuple(_runs(shown, sorted(spans))))


def _line_starts(text: str) -> list[int]:
    return [0, *(found.end() for found in re.finditer("\n", text))]


def _span(text: str, starts: list[int], place: Mapping[str, Any]) -> tuple[int, int] | None:
    """Where a place lies: its words from its line on, else its whole line."""
    words, number = str(place.get("text") or "").strip(), _number(place)
    begin = starts[number - 1] if 1 <= number <= len(starts) else 0
    at = text.find(words, begin) if words else -1
    if at >= 0:
        return at, at + len(words)
    if not 1 <= number <= len(starts):
        return None
    end = text.find("\n", begin)
    line = (begin, len(text) if end < 0 else end)
    return line if line[0] < line[1] else None


def _runs(text: str, spans: list[tuple[int, int, int]]) -> Iterable[Run]:
    at = 0
    for begin, end, mark in spans:
        if begin < at:
            continue  # two facts in the same words: the first keeps the place
        if begin > at:
            yield Run(text[at:begin])
        yield Run(text[begin:end], mark)
        at = end
    if at < len(text):
        yield Run(text[at:])
