"""Which field of a form each field of a PDF is: by its name, its tooltip, else by the label that lies beside it.

Pure. A name counts before a tooltip, and a tooltip before a place: names are given by who made the form, a place is
measured. The last is hard because a page has no order but what the eye gives it. So lines that begin at one margin are
read down as one column (a label wrapped in its column stays whole), each label takes the box nearest to it (right of
it, or under it), each box the words beside it, and nothing is given twice. Where the same words label several fields,
the section and the group of boxes above tell which (`Whereabouts`); where they don't, nothing is read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from comity.reading import steps
from comity.reading.ending import CHOICES
from comity.reading.form import Field, Form, load
from comity.reading.hits import Hit
from comity.reading.identifiers import READERS
from comity.reading.labelled import Entry, Reader, headings
from comity.reading.pdf import Pdf, TextLine, Widget
from comity.reading.pieces import Piece
from comity.reading.values import fold, words

MISSING = "?"
MANY_LINES = {"url-list", "long-text", *READERS}


class Matcher:
    """Which field of a form each widget is: by name or number, by tooltip, else by the label that lies beside it."""

    def __init__(self, form: Form, pdf: Pdf) -> None:
        self.form = form
        self.pdf = pdf
        self.group: dict[str, Entry] = {}
        self.lines = pdf.base or pdf.lines
        self.whereabouts = Whereabouts(form, self.lines if form.shared else [])

    def entries(self) -> dict[str, Entry]:
        """The fields that can be told apart, as far as there is work left for it (`steps`; the reading says if not)."""
        try:
            with steps.documents().counted():
                self.match()
        except steps.TooMuch:
            self.pdf.flags.add("unread-attachment")
        return self.group

    def match(self) -> None:
        left = [w for w in self.pdf.widgets if not self.by_name(w)]
        left = [w for w in left if not self.by_tip(w)]
        unknown = Beside(self, left).give() if left else []
        for name, entry in self.group.items():
            options = {value for value, _ in self.form.fields[name].options}
            if options - set(entry.options) and any(w.kind == "/Btn" for w in unknown):
                entry.looked = False  # a box that nobody knows may be one of its
        language = self.language()
        for entry in self.group.values():
            entry.language = entry.language or language

    def language(self) -> str:
        """The language in which the page prints most of its labels; empty where it prints none."""
        lines = [Piece(line.text, k, line.page) for k, line in enumerate(self.lines)]
        spoken = [hit.language for hit in LabelsOnly(self.form, lines).hits() if hit.language]
        return max(sorted(set(spoken)), key=spoken.count) if spoken else ""

    def by_name(self, w: Widget) -> bool:
        for candidate in (w.name, w.name.rsplit(".", 1)[-1]):
            found = named(self.form, candidate)
            if found and (option := self.option(w, *found)) is not MISSING:
                self.put(w, found[0], option)
                return True
        return False

    def option(self, w: Widget, name: str, option: str | None) -> str | None:
        """The option that a box of a group stands for; MISSING where its name and state do not tell."""
        known = self.form.fields[name]
        if w.kind != "/Btn" or known.type not in CHOICES or option is not None:
            return option
        return option_of(known, w.state) or said_option(self.form, name, w.state) or MISSING

    def by_tip(self, w: Widget) -> bool:
        if len(words(w.tip)) == 0:
            return False
        found = said_by(self.form, w.tip, self.whereabouts.at(w.page, (w.box[1] + w.box[3]) / 2))
        if found and found[1] is None and w.kind == "/Btn" and (option := said_option(self.form, found[0], w.state)):
            found = found[0], option
        if found and (found[1] is not None or self.form.fields[found[0]].type not in CHOICES or w.kind != "/Btn"):
            self.put(w, *found)
            return True
        if found and w.kind == "/Btn" and (option := option_of(self.form.fields[found[0]], w.state)):
            self.put(w, found[0], option)
            return True
        return False

    def put(self, w: Widget, name: str, option: str | None) -> None:
        known = self.form.fields[name]
        piece = Piece(w.text or known.label, 0, w.page)
        entry = self.group.get(name)
        where = f"form field {known.number}"
        if entry is None:
            entry = self.group[name] = Entry(name, [], piece, strength=99, label=known.label, where=where)
        if w.kind == "/Btn":
            self.tick(entry, known, w, option)
        elif w.ticked is None:
            entry.looked = False
            entry.lines += w.text.split("\n")
        elif w.text.strip():
            if entry.lines and known.type not in {*MANY_LINES, "datetime", "address"}:
                entry.looked = entry.looked and fold(entry.text) == fold(w.text)
            entry.lines += w.text.split("\n")

    def tick(self, entry: Entry, known: Field, w: Widget, option: str | None) -> None:
        key = option or option_of(known, w.state) if known.type in CHOICES else "ticked"
        if key is None or w.ticked is None:
            entry.looked = False  # what it says of the group, or of itself, can't be told
            return
        entry.options[key] = entry.options.get(key, False) or w.ticked
        entry.option_places[key] = entry.place


def said_option(form: Form, name: str, state: str) -> str | None:
    """The option whose words a button's state repeats."""
    said = tuple(words(state.replace("#20", " ")))
    return next((p.option for p in form.phrases if p.field == name and p.option and p.words == said), None)


def option_of(known: Field, state: str) -> str | None:
    """The option that a radio button's own state names."""
    bare = plain_option(state.lstrip("/").replace("#20", "-"))
    for value, _label in known.options:
        plain = plain_option(value)
        if bare in {plain, plain.split("-", 1)[-1], plain.split("-", 1)[0] if plain[1:2] == "-" else plain}:
            return value
    return None


def plain_option(value: str) -> str:
    """An option's value, or what stands for one, as names and states write it: `a-incite`."""
    return re.sub(r"[_ ]", "-", fold(value))


def named(form: Form, name: str) -> tuple[str, str | None] | None:
    """A field by our name, or by the annex's number, with an option after it: `categories.a-incite`, `B.2a`, `A6`."""
    plain = re.sub(r"\[\d+\]", "", fold(name)).strip(" ._#")
    snake = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", re.sub(r"\[\d+\]", "", name)).lower())
    snake = snake.strip("_")
    snake = re.sub(r"_?\d{1,3}$", "", snake) if re.sub(r"_?\d{1,3}$", "", snake) in form.fields else snake
    for prefix in ("", "form_", "tco_", "field_"):
        if found := our_names(form.id).get(snake.removeprefix(prefix)):
            return found
    return by_odd_number(form, plain) or by_plain_number(form, plain)


@cache
def our_names(form_id: str) -> dict[str, tuple[str, str | None]]:
    """Each field by its name, with an option or its first letter behind it; and each option that only one field has."""
    form = load(form_id)
    out: dict[str, tuple[str, str | None]] = {name: (name, None) for name in form.fields}
    alone: dict[str, list[tuple[str, str | None]]] = {}
    for key, known in form.fields.items():
        plain = {value: plain_option(value).replace("-", "_") for value, _ in known.options}
        letters = [said[0] for said in plain.values()]
        for value, said in plain.items():
            out.setdefault(f"{key}_{said}", (key, value))
            if letters.count(said[0]) == 1:
                out.setdefault(f"{key}_{said[0]}", (key, value))
            alone.setdefault(said, []).append((key, value))
    return {said: only[0] for said, only in alone.items() if len(only) == 1 and said != "other"} | out


@cache
def odd_numbers(form_id: str) -> tuple[tuple[str, Field], ...]:
    """The numbers that are no letter and count, as names write them (`_d_c_ii_`), the longest first."""
    fields = [f for f in load(form_id).fields.values() if not re.fullmatch(r"[A-Z]\.\d+", f.number)]
    said = [(f"_{re.sub(r'[^a-z0-9]+', '_', f.number.lower())}_", f) for f in fields]
    return tuple(sorted(said, key=lambda one: -len(one[0])))


def by_plain_number(form: Form, plain: str) -> tuple[str, str | None] | None:
    letters = form.letters.lower()
    number = re.fullmatch(
        rf"(?:.*[^a-z0-9])?([{letters}])[._\- ]?(\d{{1,2}})(?:[._\- ]?\(?([a-e])\)?)?(?:[^a-z0-9].*)?", plain
    )
    known = form.by_number(f"{number[1].upper()}.{number[2]}") if number else None
    if number is None or known is None or known.type == "notice":
        return None
    letter = number[3]
    option = next((v for v, _ in known.options if letter and v.startswith(letter + "-")), None)
    return known.name, option or trailing_option(known, plain)


def by_odd_number(form: Form, plain: str) -> tuple[str, str | None] | None:
    """`D.c.ii`, `d_c_ii_routing`: numbers that are no letter and count."""
    said = f"_{re.sub(r'[^a-z0-9]+', '_', plain)}_"
    known = next((known for number, known in odd_numbers(form.id) if said.startswith(number)), None)
    return (known.name, trailing_option(known, plain)) if known else None


def trailing_option(known: Field, plain: str) -> str | None:
    snake = re.sub(r"[^a-z0-9]+", "-", plain)
    found = [value for value, _ in known.options if snake.endswith("-" + plain_option(value))]
    return found[0] if len(found) == 1 else None


def said_by(form: Form, text: str, at: tuple[str, str | None]) -> tuple[str, str | None] | None:
    """The field that a tooltip names, whole. `at`: section and group of boxes where it lies, which tell fields with the
    same words apart."""
    said = words(text)
    if re.fullmatch(rf"\s*[{form.letters}][.\- ]?\d{{1,2}}[.:)]?\s*", text):
        return named(form, text)
    for cut in (said, said[2:] if re.match(rf"\s*[{form.letters}][.\- ]?\d", text) else said, said[1:]):
        phrases = [p for p in form.phrases if tuple(cut) == p.words]
        if tuple(cut) in form.shared:
            section, choice = at
            own = [p for p in phrases if p.field == choice and p.option]
            own += [p for p in phrases if p.option is None and form.fields[p.field].section == section]
            return (own[0].field, own[0].option) if len(own) == 1 else None
        if phrases:
            return phrases[0].field, phrases[0].option
    if any(tuple(said[: len(shared)]) == shared for shared in form.shared):
        return None
    hits = Reader(form, [Piece(text.strip().rstrip(":") + ":", 1)]).hits()
    return (hits[0].field, hits[0].option) if hits and hits[0].kind in {"label", "option"} else None


class Whereabouts:
    """Which section of the form, and which group of boxes in it, what lies on a page stands under."""

    def __init__(self, form: Form, lines: list[TextLine]) -> None:
        self.form = form
        heading = headings(form.letters)
        self.sections = [(mark_of(line), found[1].upper()) for line in lines if (found := heading.match(line.text))]
        self.choices: list[tuple[tuple[int, float], str]] = []
        for page in sorted({line.page for line in lines}):
            for column in columns([line for line in lines if line.page == page]):
                hits = LabelsOnly(form, [Piece(line.text, k, page) for k, line in enumerate(column)]).hits()
                own = [hit for hit in hits if hit.kind == "label" and form.fields[hit.field].type in CHOICES]
                self.choices += [(mark_of(column[hit.start]), hit.field) for hit in own]
        self.sections.sort()
        self.choices.sort()

    def at(self, page: int, middle: float) -> tuple[str, str | None]:
        """(section, group of boxes); empty and None where none stands above. `middle` in points from the bottom."""
        here = (page, -middle + 3)
        section = next((letter for mark, letter in reversed(self.sections) if mark <= here), "")
        choice = next((name for mark, name in reversed(self.choices) if mark <= here), None)
        same = choice is not None and section in {"", self.form.fields[choice].section}
        return section, choice if same else None


def mark_of(line: TextLine) -> tuple[int, float]:
    """The place of a line in reading order."""
    return line.page, -(line.bottom + line.size / 2)


@dataclass
class Spot:
    """A label on a page, with the box it fills."""

    hit: Hit
    page: int
    left: float
    right: float
    top: float
    bottom: float

    def holds(self, line: TextLine) -> bool:
        """Whether a line is of the label."""
        inside = self.bottom - 1 <= line.bottom and line.bottom + line.size <= self.top + 1
        return line.page == self.page and inside and abs(line.left - self.left) < 7


class Beside:
    """Widgets whose names say nothing get the label left of them or above; boxes the words right of them."""

    def __init__(self, matcher: Matcher, widgets: list[Widget]) -> None:
        self.matcher = matcher
        self.form = matcher.form
        self.widgets = widgets
        self.spots = self.find_spots()

    def find_spots(self) -> list[Spot]:
        spots: list[Spot] = []
        for page in range(1, self.matcher.pdf.pages + 1):
            for column in columns([line for line in self.matcher.lines if line.page == page]):
                lines = [Piece(line.text, k, page) for k, line in enumerate(column)]
                places = [self.matcher.whereabouts.at(page, line.bottom + line.size / 2) for line in column]
                for hit in LabelsOnly(self.form, lines, places if self.form.shared else []).hits():
                    if hit.kind in {"label", "option"}:
                        inside = column[hit.start : hit.end[0] + 1]
                        spots.append(spot(hit, page, inside))
        return spots

    def give(self) -> list[Widget]:
        """Give each field its label; returns those that have none that is known."""
        pairs = sorted(
            (score, i, k)
            for i, w in enumerate(self.widgets)
            for k, s in enumerate(self.spots)
            if (score := self.distance(w, s)) is not None
        )
        used: set[int] = set()
        given: dict[int, int] = {}
        for _, i, k in pairs:
            if i in given or k in used:
                continue
            given[i] = k
            used.add(k)
        for i, w in enumerate(self.widgets):
            if i in given:
                self.matcher.put(w, self.spots[given[i]].hit.field, self.spots[given[i]].hit.option)
            elif w.kind == "/Tx":
                self.follow_on(w, given)
        return [w for i, w in enumerate(self.widgets) if i not in given]

    def follow_on(self, w: Widget, given: dict[int, int]) -> None:
        """A second line for URLs under the first one, where no label of its own stands between."""
        for i, k in given.items():
            other, name = self.widgets[i], self.spots[k].hit.field
            near = 0 <= other.box[1] - w.box[3] < 60 and abs(other.box[0] - w.box[0]) < 5 and other.page == w.page
            if near and self.form.fields[name].type in MANY_LINES and not self.labelled(w, other, self.spots[k]):
                self.matcher.put(w, name, None)

    def labelled(self, w: Widget, above: Widget, spot: Spot) -> bool:
        """Whether a field has words of its own beside it, or another stands between it and the one above."""
        left, bottom, _, top = w.box
        lines = [line for line in self.matcher.lines if line.page == w.page and not spot.holds(line)]
        beside = any(bottom - 2 <= one.bottom + 0.5 * one.size <= top + 2 and one.right <= left + 5 for one in lines)
        between = (one for one in self.widgets if one.page == w.page and one not in (w, above))
        return beside or any(top - 1 <= one.box[1] and one.box[3] <= above.box[1] + 1 for one in between)

    def distance(self, w: Widget, s: Spot) -> float | None:
        known = self.form.fields[s.hit.field]
        if w.page != s.page:
            return None
        box = s.hit.option is not None or known.type == "tick"
        if self.barred(w, s):
            return None
        if w.kind == "/Btn":
            return right_of(w, s) if box else None
        if box or (known.type in CHOICES and w.kind != "/Ch"):
            return None
        return left_or_above(w, s)

    def barred(self, w: Widget, s: Spot) -> bool:
        """Whether other words stand nearer to a field than a label does: then they are its label, known or not."""
        left, bottom, right, top = w.box
        middle = (bottom + top) / 2
        lines = [line for line in self.matcher.lines if line.page == w.page and not s.holds(line)]
        if w.kind == "/Btn":
            level = [one for one in lines if one.bottom - 3 <= middle <= one.bottom + one.size + 4]
            return any(right - 2 <= one.left < s.left for one in level) if s.left >= right - 2 else False
        if s.left < left - 10 and s.bottom < top + 1 and s.top > bottom - 1:  # left of it
            level = [one for one in lines if bottom - 2 <= one.bottom + 0.5 * one.size <= top + 2]
            return any(s.right < one.right <= left + 5 for one in level)
        return any(top - 4 <= one.bottom < s.bottom - 1 and one.left < right and one.right > left - 20 for one in lines)


def right_of(w: Widget, s: Spot) -> float | None:
    """A box stands left of its words, or right of them, at the height of their first line."""
    middle = (w.box[1] + w.box[3]) / 2
    if not s.bottom - 3 <= middle <= s.top + 4:
        return None
    level = abs(middle - (s.top - 4)) * 0.5
    if s.left >= w.box[2] - 2:
        return s.left - w.box[2] + level if s.left - w.box[2] < 60 else None
    return (w.box[0] - s.left) * 0.2 + 60 + level if w.box[0] > s.left else None


def left_or_above(w: Widget, s: Spot) -> float | None:
    left, bottom, right, top = w.box
    if s.left < left and s.bottom < top + 1 and s.top > bottom - 1 and s.left < left - 10:
        return max(0.0, left - s.right) * 0.1 + abs(s.top - top) * 0.3
    gap = s.bottom - top
    if -4 <= gap < 45 and s.left < right and s.right > left - 20:
        return 12 + gap + abs(s.left - left) * 0.3
    return None


def spot(hit: Hit, page: int, inside: list[TextLine]) -> Spot:
    return Spot(
        hit,
        page,
        min(line.left for line in inside),
        max(line.right for line in inside),
        inside[0].bottom + inside[0].size,
        inside[-1].bottom,
    )


def columns(lines: list[TextLine]) -> list[list[TextLine]]:
    """Lines that begin at one margin read down together, so that a label wrapped in its column stays whole."""
    out: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: (line.left, -line.bottom)):
        if out and abs(out[-1][0].left - line.left) < 6:
            out[-1].append(line)
        else:
            out.append([line])
    return [sorted(column, key=lambda line: -line.bottom) for column in out]


class LabelsOnly(Reader):
    """On a form the page prints labels only, so a label needs no colon after it, and an option no mark."""

    def __init__(self, form: Form, lines: list[Piece], places: Sequence[tuple[str, str | None]] = ()) -> None:
        super().__init__(form, lines)
        self.places = places

    def choice_at(self, i: int, before: list[Hit]) -> str | None:
        return self.places[i][1] if self.places else super().choice_at(i, before)

    def section_at(self, i: int, before: list[Hit]) -> str:
        return self.places[i][0] if self.places else super().section_at(i, before)

    def as_option(self, hit: Hit, phrase: Any, choice: str | None, start: Any, rest: str) -> Hit | None:
        hit.kind = "option"
        return hit if choice in (None, phrase.field) or len(phrase.words) >= 2 else None

    def unseparated(self, hit: Hit, phrase: Any, start: Any, rest: str, char: int) -> Hit | None:
        return super().unseparated(hit, phrase, start, rest, char) or (
            hit if rest[char:].lstrip().startswith("(") else None
        )
