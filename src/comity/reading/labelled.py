"""Labelled text: where each label of a form stands, and what is written after it (`ending`: how far that goes).

Pure. Works on pieces (a line, or a cell of a table), whatever the order, wrapping, numbering, casing and punctuation. A
label is known by its words in `forms/`, not by a layout. That is hard where the words of a label stand in a sentence
too. So a phrase is a label only if what follows says so (a colon, a wide gap, the end of the line), a short one only
with a colon and in its section, and one that begins where the line before is unfinished never. A box whose words nobody
knows makes its whole group uncertain, and two values under one label are left to a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from dataclasses import field as fresh
from functools import cache
from itertools import accumulate

from comity.reading.annexes import ANNEX, annex_named, annexed
from comity.reading.ending import (
    CHOICES,
    UNFINISHED,
    apart,
    wrapped_at,
)
from comity.reading.form import Field, Form, Phrase
from comity.reading.hits import (
    BRACKETED,
    Hit,
)
from comity.reading.holding import give_values
from comity.reading.pieces import MARK, RULE, TICKED, Piece, Start, start_of
from comity.reading.resemblance import nearest, odd_sign
from comity.reading.values import fold, words, yes_no

MOST_GUESSES = 800
LONGEST_TITLE = 200
LONGEST_LABEL = 500
LABEL_LINES = 8
AFTER = re.compile(r"[\s)*\]'’\"”._]*(?:\((?:[^()]|\([^()]*\))*\)[\s*.]*)*")
COLON = re.compile(r"\s*(?::|：|=|->|→|\?)\s*\**|\s+[–—-]+\s+|\s*[–—]\s+")
GOES_ON = re.compile(r"[\s)\]]*[,/]\s*[^\W\d_]")
STOP = re.compile(
    r"^\W*(?:yours (?:faithfully|sincerely|truly)|(?:kind|best|warm|with kind) regards|regards,|sincerely,"
    r"|respectfully,"
    r"|cordialement|mit freundlichen|hochachtungsvoll|atentamente|cordiali saluti|distinti saluti|done at "
    r"|(?:-+ ?)?(?:begin |end of )?(?:forwarded|original) message|sent from my )"
    r"|^-- ?$|^_{10,}$",
    re.IGNORECASE,
)
# A tick alone in its cell, in a column of ticks beside what they tick.
ALONE = re.compile(r"\s*[xX✓✔✗✘☒☑]\s*")
EMPTY_BOX = re.compile(r"\s*(?:[☐□▢❏❑⬜]|\[\s*\])\s*")


@dataclass
class Entry:
    """What one field of the form holds: the raw lines, or its marks."""

    field: str
    lines: list[str]
    place: Piece
    strength: int = 0
    options: dict[str, bool] = fresh(default_factory=dict)
    option_places: dict[str, Piece] = fresh(default_factory=dict)
    label: str = ""
    language: str = ""
    looked: bool = True
    where: str | None = None

    @property
    def text(self) -> str:
        joined = "\n".join(self.lines)
        return re.sub(r"[ \t]*\n[ \t]*", " ", re.sub(r"\n\s*\n\s*", "\u2029", joined)).replace("\u2029", "\n\n").strip()


@dataclass
class Stream:
    """The words of all pieces, in order, so that a wrapped label is one run of words."""

    lines: list[Piece]
    words: list[str] = fresh(default_factory=list)
    spans: list[tuple[int, int, int]] = fresh(default_factory=list)
    first: dict[tuple[int, int], int] = fresh(default_factory=dict)

    def __post_init__(self) -> None:
        for i, piece in enumerate(self.lines):
            for m in re.finditer(r"[^\W_]+", piece.text):
                self.first[(i, m.start())] = len(self.words)
                self.words.append(fold(m[0]))
                self.spans.append((i, m.start(), m.end()))


@cache
def headings(letters: str) -> re.Pattern[str]:
    """What begins a section of a form whose sections have these letters (`A-G`)."""
    return re.compile(
        rf"^\W*(?:section|sektion|abschnitt|part|sección|sezione|seção)\s+([{letters}])\b\s*(?:$|[:.,–—(-])",
        re.IGNORECASE,
    )


class Reader:
    """Finds the labels of one form in one run of pieces."""

    def __init__(self, form: Form, lines: list[Piece]) -> None:
        self.form = form
        self.lines = lines
        self.stream = Stream(lines)
        self.guesses = 0
        self.section = ""
        self.width = wrapped_at(lines)
        self.section_line = headings(form.letters)
        self.ticks_alone = column_of_ticks(lines)
        self.index: dict[str, list[Phrase]] = {}
        for phrase in form.phrases:
            if phrase.words:
                self.index.setdefault(phrase.words[0], []).append(phrase)
        self.unknown = [0, *accumulate(map(self.announces, lines))]  # how many announce something, up to a piece

    def hits(self) -> list[Hit]:
        found: list[Hit] = []
        i = 0
        while i < len(self.lines):
            hit = self.at(i, found)
            if hit:
                if hit.kind == "label" and hit.mark is None and self.form.fields[hit.field].type == "tick":
                    hit.mark = self.ticked_beside(hit)
                found.append(hit)
                i = max(i, hit.end[0])
            i += 1
        return found

    def at(self, i: int, before: list[Hit]) -> Hit | None:
        text = self.lines[i].text
        if not text.strip() or (RULE.match(text) and not re.match(r"^\s*--\s*$", text)):
            return None
        if (m := self.section_line.match(text)) and not self.within_sentence(i, text[m.end(1) :]):
            self.section = m[1].upper()
            return Hit("section", i, (i, len(text)), field=m[1].upper())
        if STOP.match(text):
            return Hit("stop", i, (i, len(text)))
        if m := ANNEX.fullmatch(text):
            return Hit("section", i, (i, len(text)), field=annex_named(m))
        start = start_of(text, self.form)
        before_text = self.lines[i - 1].text if i and self.lines[i - 1].box == self.lines[i].box else ""
        wrapped = len(before_text) >= 25 and ":" not in before_text and UNFINISHED.search(before_text)
        if start.mark is None and start.number is None and wrapped:
            return None
        choice = self.choice_at(i, before)
        if self.lines[i].box is not None and not self.within_cell(i):
            return self.in_cell(i, start, choice, before)
        return (
            self.phrase_at(i, start, choice, before)
            or self.numbered(i, start)
            or self.resembling(i, start, choice, before)
            or (Hit("mark", i, (i, start.at), field=choice or "", mark=start.mark) if start.mark is not None else None)
            or (Hit("mark", i, (i, start.at), field=choice) if choice and odd_sign(self.form, choice, text) else None)
        )

    def within_sentence(self, i: int, rest: str) -> bool:
        """Whether what looks like a heading ends what the line above says, which had no room for it: `please complete
        also | Section F`. `rest`: what stands behind its letter."""
        before, text = self.lines[i - 1] if i else None, self.lines[i].text.strip()
        said = before.text.rstrip() if before and before.box == self.lines[i].box else ""
        bare = text[:1].islower() or not (rest.strip(" .)") or text.split()[0].isupper())
        if before is None or not said or said.endswith((".", ":", ";")) or not bare:
            return False
        over = self.width and len(said) + 1 + len(text.split()[0]) > self.width
        return bool(before.full or (before.full is None and over) or UNFINISHED.search(said))

    def within_cell(self, i: int) -> bool:
        """Whether a line of a cell is none that a label can begin with: the first, or one that a mark begins."""
        return (
            i > 0
            and self.lines[i - 1].box == self.lines[i].box
            and start_of(self.lines[i].text, self.form).mark is None
        )

    def in_cell(self, i: int, start: Start, choice: str | None, before: list[Hit]) -> Hit | None:
        """A label that is all of a cell, or stands in one before its value."""
        last = i
        while last + 1 < len(self.lines) and self.lines[last + 1].box == self.lines[i].box:
            if start_of(self.lines[last + 1].text, self.form).mark is not None:
                break
            last += 1
        hit = self.phrase_at(i, start, choice, before)
        if hit and (hit.colon or hit.kind == "option" or hit.mark is not None or self.ends(hit, last)):
            return hit
        whole = " ".join([self.lines[i].text[start.at :], *(piece.text for piece in self.lines[i + 1 : last + 1])])
        label, colon, value = whole.partition(": ") if ": " in whole[:LONGEST_LABEL] else (whole, "", "")
        if not colon and start.number is not None and (hit := self.numbered(i, start)) and hit.colon is False:
            return hit
        if found := self.like(label.rstrip(" :："), start, choice):
            at = self.after_colon(i, last, start.at) if colon and value.strip() else (last, len(self.lines[last].text))
            return replace(found, start=i, end=at, label=label)
        if start.mark is not None:
            return Hit("mark", i, (i, start.at), field=choice or "", mark=start.mark)
        return self.ticked_row(i, last, whole, choice)

    def ticked_row(self, i: int, last: int, whole: str, choice: str | None) -> Hit | None:
        """An option beside a column of ticks; one that nobody knows leaves its group unread."""
        box = self.lines[i].box
        beside = [piece for piece in self.lines[last + 1 : last + 3] if box and piece.box == (box[0], box[1] + 1)]
        alone = beside and (not beside[0].text.strip() or ALONE.fullmatch(beside[0].text))
        if not self.ticks_alone or not alone or len(words(whole)) < 2:
            return None
        mark = bool(beside[0].text.strip())
        found = nearest(self.form, whole, boxed=True, choice=choice)
        if found and (found.option or mark):
            kind = "option" if found.option else "label"
            end = (last, len(self.lines[last].text))
            return Hit(kind, i, end, found.field, found.option, mark, 2, found.language, label=whole)
        return Hit("mark", i, (last, len(self.lines[last].text)), field=choice, mark=mark) if choice else None

    def ends(self, hit: Hit, last: int) -> bool:
        """Whether a label is the whole of its cell."""
        return hit.end[0] == last and not self.lines[last].text[hit.end[1] :].strip(" .:*")

    def after_colon(self, i: int, last: int, at: int) -> tuple[int, int]:
        """The place after the first colon from a piece on."""
        for k in range(i, last + 1):
            found = re.compile(r"[:：](?:\s|$)").search(self.lines[k].text, at if k == i else 0)
            if found:
                return k, found.end()
        return last, len(self.lines[last].text)

    def like(self, text: str, start: Start, choice: str | None) -> Hit | None:
        """What some words resemble, of all labels and options of the form."""
        self.guesses += 1
        if self.guesses > MOST_GUESSES or len(text) > LONGEST_LABEL:
            return None
        found = nearest(self.form, text, boxed=start.mark is not None, choice=choice)
        if found is None:
            return None
        kind = "option" if found.option else "label"
        return Hit(kind, 0, (0, 0), found.field, found.option, start.mark, 2, found.language, True, score=found.score)

    def lettered(self, said: str, i: int, start: Start, choice: str | None) -> Hit | None:
        """An option by the letter of its point in the act: `Article 2, point (7)(a)`."""
        prefix = self.form.reads["stands_for"].get(choice or "")
        point = prefix and (
            re.search(rf"(?:{prefix})\(?([a-e])\)?(?!\w)", said)
            or re.match(r"\s*\(?([a-e])\)", self.lines[i].text[start.letter :])
        )
        value = point and next((v for v, _ in self.form.fields[choice or ""].options if v[0] == point[1]), None)
        if not point or not value or not choice:
            return None
        return Hit("option", i, (i, len(self.lines[i].text)), choice, value, start.mark, 2, "", False, [], said)

    def phrase_at(self, i: int, start: Start, choice: str | None, before: list[Hit]) -> Hit | None:
        text = self.lines[i].text
        m = re.compile(r"[^\W_]+").search(text, start.at)
        if not m or text[start.at : m.start()].strip(" \t*\"'“‘«([_"):
            return None
        first = self.stream.first[(i, m.start())]
        candidates = [p for p in self.index.get(fold(m[0]), []) if self.said(p, first)]
        candidates.sort(key=lambda p: (-len(p.words), p.option is None, p.field != choice))
        for phrase in (
            self.told_apart(candidates, choice, self.section_at(i, before)) if self.form.shared else candidates
        ):
            if hit := self.bounded(i, first, phrase, start, choice):
                return hit
        return None

    def told_apart(self, candidates: list[Phrase], choice: str | None, section: str) -> list[Phrase]:
        """Of phrases whose words announce several fields, the one that the section or the group of boxes tells."""
        own = [p for p in candidates if p.option is not None and p.field == choice]
        rest = [p for p in candidates if p not in own]
        named = [p for p in rest if p.option is None or p.words not in self.form.shared]
        return own + sorted(named, key=lambda p: (-len(p.words), self.steps_on(section, p)))

    def choice_at(self, i: int, before: list[Hit]) -> str | None:
        """The group of boxes that a piece stands in; none where what stands above it is a label that nobody knows."""
        if before and self.unknown[before[-1].end[0] + 1] < self.unknown[i]:
            return None
        return current_choice(self.form, before)

    def announces(self, piece: Piece) -> bool:
        """Whether a piece ends like a label, and is no option with its box."""
        return piece.text.rstrip().endswith((":", "：")) and start_of(piece.text, self.form).mark is None

    def section_at(self, i: int, before: list[Hit]) -> str:
        """The section that a piece stands in; where none is headed, that of the field before."""
        fields = self.form.fields
        last = next((fields[hit.field].section for hit in reversed(before) if hit.field in fields), "")
        return self.section or last

    def steps_on(self, section: str, phrase: Phrase) -> int:
        """How many sections after this one the phrase's field stands; those before come last."""
        letters = [letter for letter, _title in self.form.sections]
        here = letters.index(section) if section in letters else 0
        return (letters.index(self.form.fields[phrase.field].section) - here) % len(letters)

    def said(self, phrase: Phrase, first: int) -> bool:
        size = len(phrase.words)
        if tuple(self.stream.words[first : first + size]) != phrase.words:
            return False
        last = self.stream.spans[first + size - 1][0]
        begin = self.stream.spans[first][0]
        box = self.lines[begin].box
        inside = all(self.lines[k].text.strip() and self.lines[k].box == box for k in range(begin, last + 1))
        return inside and not any(self.lines[k].text.rstrip().endswith((":", "：")) for k in range(begin, last))

    def bounded(self, i: int, first: int, phrase: Phrase, start: Start, choice: str | None) -> Hit | None:
        """The phrase as a label, if what follows it says that it is one."""
        j, _, char = self.stream.spans[first + len(phrase.words) - 1]
        rest = self.lines[j].text
        after = AFTER.match(rest, char)
        end = after.end() if after else char
        hit = Hit("label", i, (j, end), phrase.field, phrase.option, start.mark, len(phrase.words), phrase.language)
        hit.label = " ".join(p.text for p in self.lines[i : j + 1])
        if phrase.option is not None:
            return self.as_option(hit, phrase, choice, start, rest[char:end] + rest[end:])
        if phrase.only_with_colon and self.section not in {"", self.form.fields[phrase.field].section}:
            # "Date:" inside the reasons of Section B is a word of the reasons.
            return None
        colon = COLON.match(rest, end) or COLON.match(rest, char)
        if colon:
            hit.end, hit.colon = (j, colon.end()), True
            return hit
        if not rest[end:].strip():
            alone = i == j and start.at < 6
            hit.end, hit.colon = self.bracket_below(j, hit.end)
            return hit if not phrase.only_with_colon or alone or hit.colon else None
        return self.unseparated(hit, phrase, start, rest, char)

    def bracket_below(self, j: int, end: tuple[int, int]) -> tuple[tuple[int, int], bool]:
        """(the end of a label whose last words, in brackets, stand on the line below; whether a colon ends it)."""
        below = self.lines[j + 1] if j + 1 < len(self.lines) else None
        found = BRACKETED.match(below.text) if below and below.box == self.lines[j].box else None
        return ((j + 1, found.end()), bool(found[1])) if found and below and not below.cell else (end, False)

    def unseparated(self, hit: Hit, phrase: Phrase, start: Start, rest: str, char: int) -> Hit | None:
        j = hit.end[0]
        if GOES_ON.match(rest, char):
            return None  # a longer label
        later = re.match(r"[^:：\d@/]{1,120}[:：]\s*", rest[char:])
        if later and len(phrase.words) >= 2 and not phrase.only_with_colon and len(words(later[0])) <= 12:
            hit.end, hit.colon = (j, char + later.end()), True
            return hit
        if self.up_to_colon(hit.start, start.at) and not rest[char:].startswith(("  ", ")  ", ".  ")):
            return None  # a longer label, which may be another's
        numbered = start.number is not None and self.form.fields[phrase.field].number == start.number
        wide = rest[char:].startswith(("  ", ")  ", ".  "))
        long = len(phrase.words) >= 4 and not phrase.only_with_colon
        ticked = start.mark is not None and self.form.fields[phrase.field].type == "tick"
        return hit if numbered or wide or long or ticked else None

    def as_option(self, hit: Hit, phrase: Phrase, choice: str | None, start: Start, rest: str) -> Hit | None:
        hit.kind = "option"
        trailing = MARK.search(rest[-12:])
        if hit.mark is None and trailing:
            hit.mark = bool(TICKED.search(trailing[0]))
        if hit.mark is None and (said := re.match(r"\s*[:：]\s*(\w+)", rest)):
            hit.mark = yes_no(said[1])
        if hit.mark is None and choice == phrase.field:
            hit.mark = self.ticked_beside(hit)
        if hit.mark is None and (len(phrase.words) < 4 or choice != phrase.field):
            return None
        if choice is None and phrase.words in self.form.shared:
            return None
        return hit if choice in (None, phrase.field) or len(phrase.words) >= 4 or self.of_one(choice, phrase) else None

    def of_one(self, choice: str, phrase: Phrase) -> bool:
        """Whether an option of another group, with words of its own, stands in the section of the group before it."""
        fields = self.form.fields
        same = fields[choice].section == fields[phrase.field].section
        return same and len(phrase.words) >= 2 and phrase.words not in self.form.shared

    def ticked_beside(self, hit: Hit) -> bool | None:
        """The cell after an option, where ticks stand in a column of their own: a tick, or nothing."""
        last = self.lines[hit.end[0]]
        for piece in self.lines[hit.end[0] + 1 : hit.end[0] + 5]:
            if not self.ticks_alone or piece.page != last.page or piece.line > last.line + 1:
                break
            if piece.text.strip():
                return True if ALONE.fullmatch(piece.text) else None
        else:
            return None
        return False if self.ticks_alone else None

    def numbered(self, i: int, start: Start) -> Hit | None:
        """`A.6: 2027/31`, or a label that we do not know after a number that we do."""
        known = self.form.by_number(start.number) if start.number else None
        if known is None or known.type == "notice":
            return None
        text = self.lines[i].text
        hit = Hit("label", i, (i, start.number_end), known.name, None, start.mark, 1, "", True)
        hit.label = text[: start.number_end]
        later = re.match(r"[^:：\d@/]{2,200}[:：]\s*", text[start.at :])
        if later and not start.number_colon:
            hit.end = (i, start.at + later.end())
        return hit

    def resembling(self, i: int, start: Start, choice: str | None, before: list[Hit]) -> Hit | None:
        """A label in other words, up to its colon; or an option after its mark."""
        if start.mark is not None:
            return self.resembling_option(i, start, choice)
        told = self.up_to_colon(i, start.at)
        if told is None:
            return None
        text, end = told
        found = self.like(text, start, choice)
        if found is None or (end[0] > i and self.begins_later(i, end[0], found, start, choice, before)):
            return None
        return replace(found, start=i, end=end, label=text)

    def begins_later(self, i: int, last: int, found: Hit, start: Start, choice: str | None, before: list[Hit]) -> bool:
        """Whether a label begins on a line below: without this one, which is something else, its words are as near."""
        for k in range(i + 1, last + 1):
            if self.phrase_at(k, start_of(self.lines[k].text, self.form), choice, before):
                return True
            told = self.up_to_colon(k, 0)
            other = self.like(told[0], start, choice) if told else None
            if other and (other.field, other.option) == (found.field, found.option) and other.score >= found.score:
                return True
        return False

    def up_to_colon(self, i: int, at: int) -> tuple[str, tuple[int, int]] | None:
        """(the words up to a colon, which may stand some lines below; where what follows begins)."""
        said = ""
        for k in range(i, min(i + LABEL_LINES, len(self.lines))):
            text = self.lines[k].text[at if k == i else 0 :]
            if not text.strip() or (k > i and start_of(text, self.form).mark is not None) or self.lines[k].box:
                return None
            if self.lines[k].cell and k > i:
                return None  # another cell
            colon = re.search(r"[:：](?=[\s_.…]|$|[☐☒])\s*", text)
            if "@" in text[: colon.start() if colon else None]:
                return None  # what stands in the next column has run into the label
            if colon:
                said = f"{said} {text[: colon.start()]}".strip()
                return (said, (k, (at if k == i else 0) + colon.end())) if 3 < len(said) <= LONGEST_LABEL else None
            if self.lines[k].full is False:
                return None  # it had room for more, so that it ended there
            said = f"{said} {text}".strip()
        return None

    def resembling_option(self, i: int, start: Start, choice: str | None) -> Hit | None:
        end = i + 1
        while end < len(self.lines) and end < i + LABEL_LINES and self.lines[end].text.strip():
            text = self.lines[end].text
            other = self.lines[end].box != self.lines[i].box
            if other or start_of(text, self.form).mark is not None or self.section_line.match(text):
                break
            end += 1
        said = " ".join([self.lines[i].text[start.at :], *(p.text for p in self.lines[i + 1 : end])])
        if hit := self.lettered(said, i, start, choice):
            return hit
        # what belongs to it ends somewhere before the next mark: the longest beginning that is clearly one of them
        for last in range(end, i, -1):
            text = " ".join([self.lines[i].text[start.at :], *(p.text for p in self.lines[i + 1 : last])])
            if found := self.like(text, start, choice):
                return replace(found, start=i, end=(last - 1, len(self.lines[last - 1].text)), label=text, colon=False)
        return None


def column_of_ticks(lines: list[Piece]) -> bool:
    """Whether ticks stand alone in cells, and nothing is drawn where there is none."""
    alone = any(ALONE.fullmatch(piece.text) for piece in lines)
    return alone and not any(EMPTY_BOX.fullmatch(piece.text) for piece in lines)


def under_title(form: Form, lines: list[Piece]) -> list[Piece]:
    """Without the lines of another certificate that is filled in by the same labels, from its title to one of ours."""
    out: list[Piece] = []
    ours = True
    for piece in lines if form.other_titles else []:
        said = tuple(words(piece.text[:LONGEST_TITLE])) if piece.text.strip() else ()
        if any(said[: len(title)] == title for title in (*form.titles, *form.other_titles)):
            ours = any(said[: len(title)] == title for title in form.titles)
        if ours:
            out.append(piece)
    return out if form.other_titles else lines


def current_choice(form: Form, before: list[Hit]) -> str | None:
    """The group of boxes that we stand in: its own label, or its last option."""
    for hit in reversed(before[-60:]):
        if hit.kind in {"label", "option"} and form.fields[hit.field].type in CHOICES:
            return hit.field
        if hit.kind == "label" or hit.kind == "section":
            return None
    return None


def read(form: Form, lines: list[Piece]) -> list[dict[str, Entry]]:
    """Each order in the pieces as field → entry, in their order. One that repeats Section A starts another."""
    lines = apart(form, lines)
    reader = Reader(form, lines)
    hits = reader.hits()
    give_values(form, lines, hits)
    annexed(form, hits, lines)
    groups: list[dict[str, Entry]] = [{}]
    for hit in hits:
        if hit.kind == "mark" and hit.field in groups[-1]:
            # A box whose words we do not know: what is ticked in this group is not certain any more.
            groups[-1][hit.field].looked = False
        if hit.kind not in {"label", "option"}:
            continue
        if begins_anew(form, hit, groups[-1]):
            groups.append({})
        add(form, hit, groups[-1], lines)
    return [group for group in groups if len(group) >= 2]


def begins_anew(form: Form, hit: Hit, group: dict[str, Entry]) -> bool:
    """Section A again, after later sections were read."""
    held = group.get(hit.field)
    if hit.kind != "label" or held is None or form.fields[hit.field].section != "A":
        return False
    later = [name for name in group if form.fields[name].section > "B"]
    return len(group) >= 6 and len(later) >= 3 and hit.strength >= held.strength


def add(form: Form, hit: Hit, group: dict[str, Entry], lines: list[Piece]) -> None:
    """One hit into its order. The fuller label wins; two equal ones that differ are left to a person."""
    known = form.fields[hit.field]
    here = Piece(lines[hit.start].text, lines[hit.start].line, lines[hit.start].page)
    if hit.kind == "option" and hit.option is not None:
        entry = group.setdefault(hit.field, Entry(hit.field, [], here, language=hit.language))
        if hit.mark is not None or hit.option not in entry.options:
            if hit.mark is not None:
                entry.options[hit.option] = hit.mark
            entry.option_places[hit.option] = here
        return
    entry = made(known, hit, here)
    held = group.get(hit.field)
    if held is None:
        group[hit.field] = entry
    elif known.type in CHOICES or known.type == "tick":
        held.options = {**entry.options, **held.options}
        held.label = f"{held.label} {entry.label}" if entry.lines and not held.lines else held.label or entry.label
        held.lines = held.lines or entry.lines
    elif entry.strength > held.strength and entry.text:
        group[hit.field] = entry
    elif entry.strength == held.strength and fold(entry.text) != fold(held.text):
        if not held.text:
            group[hit.field] = entry
        elif entry.text:
            held.looked = False


def made(known: Field, hit: Hit, here: Piece) -> Entry:
    value = [p for p in hit.value if p.text]
    place = Piece((value or [here])[0].text, (value or [here])[0].line, here.page if not value else value[0].page)
    entry = Entry(hit.field, [p.text for p in hit.value], place, hit.strength, label=hit.label, language=hit.language)
    entry.looked = hit.sure
    if known.type == "tick":
        mark = hit.mark
        said = " ".join(entry.lines)
        found = MARK.findall(said[:200])
        if mark is None and hit.colon and said:
            mark = yes_no(MARK.sub(" ", said)) if not found else boxed(said)
        if mark is None and found and not hit.colon:
            mark = bool(TICKED.search(found[-1]))
        if mark is not None:
            entry.options["ticked"] = mark
        entry.place = here
    return entry


def boxed(said: str) -> bool | None:
    """`[x] yes [ ] no`, `yes [x] no [ ]`, or a lone box; None where both are ticked, or neither."""
    marks = list(MARK.finditer(said))
    begins, ends = [0, *(m.end() for m in marks)], [*(m.start() for m in marks), len(said)]
    beside = [said[a:b].strip(" ,;/|") for a, b in zip(begins, ends, strict=True)]
    first = 0 if beside[0] and not beside[-1] else 1  # the words of a mark stand before it, or after
    told = [yes_no(beside[n + first]) for n, m in enumerate(marks) if TICKED.search(m[0])]
    if not told:
        return False if len(marks) == 1 and yes_no(beside[first]) is not False else None
    return None if len(set(told)) > 1 else told[0] is not False
