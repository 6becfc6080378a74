"""What a mail speaks of: danger to somebody's life, process or harm against a person of ours. Words as data.

Pure. `forms/speech/<language>.json` says for each language which words; the room's README explains its keys. A hit is
a reason to ask a person, and never a finding: it changes no outcome, and what has no such words is decided by nobody
else either.

A text is read once, word by word, for all languages together: patterns are found by their first word, gaps and lengths
are bounded, so the time grows with the text and with nothing in it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple

from comity.reading.values import fold

MOST_TEXT = 200_000
MOST_SENTENCES = 4_000
LONGEST = 80  # words of a sentence; one that is longer is read as several
GAP = 4  # words that `..` may stand for
STEM = 3  # letters that a word with `*` has at least
SHOWN = 300
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
WORD = re.compile(r"[^\W_]+")
END = re.compile(r"[.!?…]+[)\"'»”’]*(?=\s|$)|;|\n\s*\n|\n(?=\s*(?:[-*•–]|\d{1,2}[.)])\s)")


class Part(NamedTuple):
    """One word of a pattern: whole words and beginnings that it may be, and how many words may stand before it."""

    whole: frozenset[str]
    begins: tuple[str, ...]
    gap: int


@dataclass(frozen=True)
class Pattern:
    """Words in a row that count for one list of a language."""

    language: str
    name: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Rule:
    """`all`: lists of which each has words in one sentence; `around`: in it or beside it; `unless`: in it none of them,
    `nowhere`: in it or beside it none. One of several lists, `a|b`, is enough."""

    language: str
    family: str
    kind: str
    all: tuple[frozenset[str], ...]
    around: tuple[frozenset[str], ...]
    unless: frozenset[str]
    nowhere: frozenset[str]


@dataclass(frozen=True)
class Sentence:
    """A stretch of a text and its words, folded; offsets into the text."""

    begin: int
    end: int
    words: tuple[str, ...]


class Hit(NamedTuple):
    """That a text speaks of something: by a rule of which family and kind, in which language, on which line, with the
    sentence that says it."""

    family: str
    kind: str
    language: str
    line: int
    text: str


@dataclass(frozen=True)
class Book:
    """All that the files say, by the first words of its patterns."""

    languages: tuple[str, ...]
    whole: Mapping[str, tuple[Pattern, ...]]
    begins: Mapping[str, tuple[Pattern, ...]]
    rules: tuple[Rule, ...]


class BadSpeech(ValueError):
    """A file of words that can't be read safely; the text names file and rule."""


@lru_cache(maxsize=20_000)
def _folded(word: str) -> str:
    return fold(word)


def parsed(pattern: str, where: str) -> tuple[Part, ...]:
    """The parts of a pattern: words in a row, `a/b` one of several, `word*` any ending, `..` up to four words between.

    Raises BadSpeech for one that could stand for anything.
    """
    parts: list[Part] = []
    gap = 0
    for said in pattern.split():
        if said == "..":
            gap = GAP
            continue
        options = [(fold(one.rstrip("*")), one.endswith("*")) for one in said.split("/")]
        if any(not WORD.fullmatch(stem) or (open_ and len(stem) < STEM) for stem, open_ in options):
            raise BadSpeech(f"{where}: {pattern!r}: words of letters and digits, {STEM} letters before a *")
        whole = frozenset(stem for stem, open_ in options if not open_)
        parts.append(Part(whole, tuple(stem for stem, open_ in options if open_), gap if parts else 0))
        gap = 0
    if not parts or gap:
        raise BadSpeech(f"{where}: {pattern!r}: begins and ends with a word")
    return tuple(parts)


@cache
def book() -> Book:
    """What is shipped: every file in `forms/speech`."""
    folder = resources.files("comity.reading").joinpath("forms", "speech")
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".json")), key=lambda one: one.name)
    return bound([json.loads(one.read_text("utf-8")) for one in files])


def bound(files: Iterable[Mapping[str, Any]]) -> Book:
    """A book of these files. Raises BadSpeech."""
    languages: list[str] = []
    whole: dict[str, list[Pattern]] = {}
    begins: dict[str, list[Pattern]] = {}
    rules: list[Rule] = []
    for said in files:
        language = str(said["language"])
        languages.append(language)
        for pattern in _patterns(language, said["lists"]):
            for word in pattern.parts[0].whole:
                whole.setdefault(word, []).append(pattern)
            for stem in {stem[:STEM] for stem in pattern.parts[0].begins}:
                begins.setdefault(stem, []).append(pattern)
        rules += _rules(language, said)
    return Book(
        tuple(languages),
        {word: tuple(found) for word, found in whole.items()},
        {stem: tuple(found) for stem, found in begins.items()},
        tuple(rules),
    )


def _patterns(language: str, lists: Mapping[str, Sequence[str]]) -> Iterator[Pattern]:
    for name, patterns in lists.items():
        for pattern in patterns:
            yield Pattern(language, name, parsed(pattern, f"{language}, {name}"))


def _rules(language: str, said: Mapping[str, Any]) -> Iterator[Rule]:
    for family, rules in said["says"].items():
        for rule in rules:
            lists = {key: tuple(frozenset(one.split("|")) for one in rule.get(key, ())) for key in ("all", "around")}
            never = {key: frozenset(rule.get(key, ())) for key in ("unless", "nowhere")}
            named = frozenset().union(*lists["all"], *lists["around"], *never.values())
            if unknown := named - set(said["lists"]):
                raise BadSpeech(f"{language}, {family}: no list {', '.join(sorted(unknown))}")
            if not lists["all"]:
                raise BadSpeech(f"{language}, {family}: a rule names at least one list under all")
            yield Rule(language, family, str(rule["kind"]), **lists, **never)


def plain(text: str) -> str:
    """A text as it is read: one form of each letter, and nothing that has no width."""
    return UNSEEN.sub("", unicodedata.normalize("NFKC", text[:MOST_TEXT]))


def sentences(text: str) -> list[Sentence]:
    """A plain text in its sentences; bounded in length and number."""
    out: list[Sentence] = []
    begin = 0
    ends = [match.end() for match in END.finditer(text)] + [len(text)]
    for end in ends:
        words = [(match.start(), match.end(), match[0]) for match in WORD.finditer(text, begin, end)]
        for n in range(0, len(words), LONGEST):
            some = words[n : n + LONGEST]
            out.append(Sentence(some[0][0], some[-1][1], tuple(_folded(word) for _, _, word in some)))
        begin = end
        if len(out) >= MOST_SENTENCES:
            break
    return out[:MOST_SENTENCES]


def _found(sentence: Sentence, of: Book) -> dict[str, set[str]]:
    """Which lists of each language have words in a sentence."""
    found: dict[str, set[str]] = {}
    for at, word in enumerate(sentence.words):
        for pattern in (*of.whole.get(word, ()), *of.begins.get(word[:STEM], ())):
            lists = found.setdefault(pattern.language, set())
            if pattern.name not in lists and _stands(pattern.parts, sentence.words, at):
                lists.add(pattern.name)
    return found


def _stands(parts: Sequence[Part], words: Sequence[str], at: int) -> bool:
    ends = {at} if _is(parts[0], words[at]) else set()
    for part in parts[1:]:
        after = {end + 1 + skipped for end in ends for skipped in range(part.gap + 1)}
        ends = {n for n in after if n < len(words) and _is(part, words[n])}
    return bool(ends)


def _is(part: Part, word: str) -> bool:
    return word in part.whole or (bool(part.begins) and word.startswith(part.begins))


BEFORE, AFTER = 2, 1  # sentences that stand beside one


def hits(text: str, of: Book | None = None) -> list[Hit]:
    """What a text speaks of, at most one hit a family and sentence, in the order of the text."""
    of, text = of or book(), plain(text)
    said = sentences(text)
    found = [_found(one, of) for one in said]
    out: list[Hit] = []
    for n, sentence in enumerate(said):
        if not found[n]:
            continue
        beside = found[max(0, n - BEFORE) : n + AFTER + 1]
        seen: set[str] = set()
        for rule in of.rules:
            if rule.family not in seen and _holds(rule, found[n], beside):
                seen.add(rule.family)
                line = text.count("\n", 0, sentence.begin) + 1
                words = " ".join(text[sentence.begin : sentence.end].split())[:SHOWN]
                out.append(Hit(rule.family, rule.kind, rule.language, line, words))
    return out


def _holds(rule: Rule, here: Mapping[str, set[str]], beside: Sequence[Mapping[str, set[str]]]) -> bool:
    lists = here.get(rule.language)
    if not lists or not all(lists & names for names in rule.all) or lists & rule.unless:
        return False
    near = set().union(*(one.get(rule.language, ()) for one in beside))
    return all(near & names for names in rule.around) and not near & rule.nowhere
