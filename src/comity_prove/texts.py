"""Texts for the solver: whole numbers, one for each text that a pack writes out, and ranges for all others.

Numbers below `OTHER` are texts written out (0 is the empty one). Those above are texts that no rule mentions, in ranges
by format, so that two facts may be equal without being any text of the pack. What a rule asks about the inside of a
text (`contains`…) is a predicate of its number: certain for texts written out, free for the others.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from string import ascii_lowercase, ascii_uppercase
from typing import Any

import z3

OTHER = 1_000_000
INSIDE: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
}
WELL_KNOWN = {
    "country": ["BE", "FR", "DE", "EE", "US", "CH", "GB", "NO"],
    "language": ["en", "fr", "de", "et", "nl"],
    "zone": ["Europe/Brussels", "UTC", "Europe/Paris", "Asia/Kathmandu", "America/New_York", "Pacific/Auckland"],
}


class NoSuchText(ValueError):
    """No text was found with the properties that the solver gave to a number."""


def _letters(letters: str) -> list[str]:
    return ["".join(pair) for pair in itertools.product(letters, repeat=2)]


@dataclass(frozen=True)
class Family:
    """A range of numbers for the texts of one format that no rule mentions."""

    first: int
    members: tuple[str, ...]


FAMILIES = {
    "country": Family(2 * OTHER, (*WELL_KNOWN["country"], *_letters(ascii_uppercase))),
    "language": Family(3 * OTHER, (*WELL_KNOWN["language"], *_letters(ascii_lowercase))),
    "zone": Family(4 * OTHER, tuple(WELL_KNOWN["zone"])),
}
ROOM = 500_000  # free texts of a format; far more than any encoding has symbols


@dataclass
class Texts:
    """The numbers of one encoding. Literals are added while rules are encoded; ask for `axioms` once all are."""

    literals: dict[str, int] = field(default_factory=lambda: {"": 0})
    asked: dict[tuple[str, str], list[z3.ArithRef]] = field(default_factory=dict)
    measured: list[z3.ArithRef] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    others: dict[str, int] = field(default_factory=dict)

    def number(self, text: str) -> int:
        """The number of a text that is written out."""
        return self.literals.setdefault(text, len(self.literals))

    def named(self, n: int, name: str) -> int:
        """The number of a text that no rule mentions, with a name by which a reader recognises it."""
        self.names[OTHER + n] = name
        return OTHER + n

    def size(self, number: z3.ArithRef) -> z3.ArithRef:
        """How many characters a text has."""
        self.measured.append(number)
        return _SIZE(number)

    def inside(self, function: str, number: z3.ArithRef, part: str) -> z3.BoolRef:
        """`contains`, `startsWith` or `endsWith` of a text and a literal."""
        self.asked.setdefault((function, part), []).append(number)
        return _predicate(function, part)(number)

    def domain(self, number: z3.ArithRef, rule: Mapping[str, Any], *, blank: bool) -> z3.BoolRef:
        """What a text of this schema can be; unknown formats are free text. Never raises."""
        if "enum" in rule:
            members = [text for text in rule["enum"] if text]
            return z3.Or([number == self.number(text) for text in members + ([""] if blank else [])])
        kind = {"territory": "country"}.get(rule.get("format", ""), rule.get("format", ""))
        written = [n for text, n in self.literals.items() if fits(text, rule.get("format"), blank)]
        ranges = [FAMILIES[kind]] if kind in FAMILIES else list(FAMILIES.values())
        inside = [z3.And(number >= f.first, number < f.first + len(self._free(f))) for f in ranges]
        if kind not in FAMILIES:
            inside.append(z3.And(number >= OTHER, number < OTHER + ROOM))
        return z3.Or([number == n for n in written] + inside)

    def _free(self, family: Family) -> list[str]:
        return [text for text in dict.fromkeys(family.members) if text not in self.literals]

    def axioms(self) -> Iterator[z3.BoolRef]:
        """What is certain about the inside of texts, wherever a rule asks about it."""
        for (function, part), numbers in self.asked.items():
            holds = _predicate(function, part)
            for number in numbers:
                for text, n in self.literals.items():
                    yield z3.Implies(number == n, holds(number) == INSIDE[function](text, part))
                yield from self._follows(function, part, number)
        for number in self.measured:
            yield _SIZE(number) >= 0
            for text, n in self.literals.items():
                yield z3.Implies(number == n, _SIZE(number) == len(text))
            yield z3.Implies(number >= OTHER, _SIZE(number) >= 1)

    def _follows(self, function: str, part: str, number: z3.ArithRef) -> Iterator[z3.BoolRef]:
        """A text that begins with `matrix:` contains it; one that contains `a://b` contains `://`."""
        holds = _predicate(function, part)(number)
        if len(part) > 2:
            short = z3.And(number >= FAMILIES["country"].first, number < FAMILIES["zone"].first)
            yield z3.Implies(short, z3.Not(holds))
        for (other, piece), places in self.asked.items():
            if any(number.eq(place) for place in places):
                follows = INSIDE[other](part, piece) if other == function else other == "contains" and piece in part
                if follows and (other, piece) != (function, part):
                    yield z3.Implies(holds, _predicate(other, piece)(number))

    def answers(self, function: str) -> list[z3.BoolRef]:
        """Every question of this kind about the inside of a text, at every place where it is asked."""
        asked = ((part, numbers) for (f, part), numbers in self.asked.items() if f == function)
        return [_predicate(function, part)(number) for part, numbers in asked for number in numbers]

    def given(self, text: str) -> tuple[int, list[z3.BoolRef]]:
        """The number of any text, and what is certain about its inside: for facts that are already there."""
        if text in self.literals:
            return self.literals[text], []
        for family in FAMILIES.values():
            if text in family.members:
                number = family.first + self._free(family).index(text)
                break
        else:
            number = self.others.setdefault(text, OTHER + ROOM - 1 - len(self.others))
        inside = [_predicate(f, part)(number) == INSIDE[f](text, part) for f, part in self.asked]
        return number, inside + ([_SIZE(number) == len(text)] if self.measured else [])

    def text(self, number: int, model: z3.ModelRef) -> str:
        """A text for a number of a model, the same for the same number. Raises NoSuchText."""
        for literal, n in self.literals.items():
            if n == number:
                return literal
        for family in FAMILIES.values():
            if family.first <= number < family.first + len(family.members):
                return self._free(family)[number - family.first]
        return self._made(number, model)

    def _made(self, number: int, model: z3.ModelRef) -> str:
        wanted = {
            (function, part): z3.is_true(model.eval(_predicate(function, part)(number), model_completion=True))
            for (function, part), places in self.asked.items()
            if any(model.eval(place, model_completion=True).as_long() == number for place in places)
        }
        size = model.eval(_SIZE(number), model_completion=True).as_long() if self.measured else None
        size = size if size is not None and 0 < size <= 10_000 else None
        for candidate in _candidates(wanted, self.names.get(number, ""), f"text {number - OTHER}"):
            if not candidate.strip() or candidate.strip() in self.literals:
                continue
            text = candidate.strip() if size is None else candidate + "x" * (size - len(candidate))
            if all(INSIDE[f](text, part) is value for (f, part), value in wanted.items()) and size in (None, len(text)):
                return text
        raise NoSuchText(f"no text with {sorted(name for name, value in wanted.items() if value)}")

    def point(self, number: z3.ArithRef) -> list[z3.BoolRef]:
        """What the rules ask about the inside of this text, as conditions on its number."""
        return [_predicate(f, part)(number) for (f, part), at in self.asked.items() if any(number.eq(n) for n in at)]


_SIZE = z3.Function("size of text", z3.IntSort(), z3.IntSort())


def _predicate(function: str, part: str) -> z3.FuncDeclRef:
    return z3.Function(f"{function} {part!r}", z3.IntSort(), z3.BoolSort())


def _candidates(wanted: Mapping[tuple[str, str], bool], named: str, plain: str) -> Iterable[str]:
    parts = {name: [part for (f, part), value in wanted.items() if f == name and value] for name in INSIDE}
    begins = sorted(parts["startsWith"], key=len)[-1:] or [""]
    ends = sorted(parts["endsWith"], key=len)[-1:] or [""]
    yield from (named, plain)
    for middle in itertools.islice(itertools.permutations(parts["contains"]), 24):
        for glue in (f"{named} " if named else plain, plain, "", plain.replace(" ", "-")):
            yield f"{begins[0]}{''.join(m for m in middle if m not in begins[0] + ends[0])}{glue}{ends[0]}"
            yield f"{begins[0]}{glue}{' '.join(middle)}{ends[0]}"


def fits(text: str, form: str | None, blank: bool) -> bool:
    """Whether a text that is written out can be a fact of this format."""
    if not text:
        return blank
    if form in ("country", "territory"):
        return (len(text) == 2 and text.isascii() and text.isalpha() and text.isupper()) or (
            form == "territory" and text == "WORLD"
        )
    if form == "language":
        return len(text) == 2 and text.isascii() and text.isalpha() and text.islower()
    return form != "zone" or text in WELL_KNOWN["zone"]
