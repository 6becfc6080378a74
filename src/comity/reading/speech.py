"""What a mail speaks of: danger to somebody's life, process or harm against one of our people. Words as data.

Pure. `forms/speech/<language>.json` holds lists of words for each language, `forms/speech/weights.json` what each list
weighs for which family; `weighed` adds what single words and their letters weigh, as learned from texts. From 0 on a
person is asked. A hit is a reason to ask a person, and never a finding: it changes no outcome, and what has no such
words is decided by no machine either.

A text is read once, word by word, for all languages together: patterns are found by their first word, gaps and lengths
are bounded, so that the time grows with the text and with nothing in it.
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

from comity.reading import weighed
from comity.reading.values import fold

MOST_TEXT = 200_000
MOST_SENTENCES = 4_000
LONGEST = 80  # words of a sentence; one that is longer is read as several
GAP = 4  # words that `..` may stand for
STEM = 3  # letters that a word with `*` has at least
TOGETHER = 12  # sentences that are weighed together; the next ones begin half as many later
LEAST = 0.6  # of what the language with most words has
TWICE = 0.5  # what a second pattern of a list adds to its weight
SHOWN = 300
FEW, ALONE = 3, 1.0  # that may say it whatever stands around them, where they weigh so much more
LITTLE, MUCH = -3.0, 4.0  # between which the lists' points lie
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
WORD = re.compile(r"[^\W_]+")
# a full stop, an empty line, an item of a list, and a line that ends before its fiftieth letter
END = re.compile(r"[.!?…]+[)\"'»”’]*(?=\s|$)|;|\n\s*\n|\n(?=\s*(?:[-*•–]|\d{1,2}[.)])\s)|(?<![^\n]{50})\n")
FLAGS: Mapping[str, str] = {"danger": "danger-to-life", "process": "person-lever", "harm": "person-lever"}


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
class Family:
    """What a mail may speak of: what each list weighs (less than nothing: it speaks against it), of which lists one
    must be there (of each of `needs`), and from what weight on it counts (`at`). `a&b`: both in one sentence."""

    name: str
    needs: tuple[frozenset[str], ...]
    weights: Mapping[str, float]
    at: float


@dataclass(frozen=True)
class Sentence:
    """A stretch of a text and its words, folded; offsets into the text."""

    begin: int
    end: int
    words: tuple[str, ...]


class Hit(NamedTuple):
    """That a text speaks of something: of which family, in which language, on which line, and the sentence that says
    it most clearly."""

    family: str
    language: str
    line: int
    text: str


@dataclass(frozen=True)
class Book:
    """All that the files say, by the first words of its patterns."""

    whole: Mapping[str, tuple[Pattern, ...]]
    begins: Mapping[str, tuple[Pattern, ...]]
    families: tuple[Family, ...]
    pairs: tuple[tuple[str, str, str], ...]


class BadSpeech(ValueError):
    """A file of words that can't be read safely; the text names file and rule."""


Found = dict[str, dict[str, set[int]]]  # by language and list: which of its patterns


@lru_cache(maxsize=20_000)
def folded(word: str) -> str:
    """A word as it is looked up: without accents and capitals."""
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


def _file(name: str) -> Any:
    return json.loads(resources.files("comity.reading").joinpath("forms", "speech", name).read_text("utf-8"))


@cache
def files() -> tuple[Mapping[str, Any], ...]:
    """What is shipped, by language: every file in `forms/speech` but the weights."""
    folder = resources.files("comity.reading").joinpath("forms", "speech")
    names = sorted(one.name for one in folder.iterdir() if one.name.endswith(".json") and one.name != "weights.json")
    return tuple(_file(name) for name in names)


@cache
def book() -> Book:
    """The words of every file that is shipped."""
    return bound(files(), _file("weights.json"))


def bound(languages: Iterable[Mapping[str, Any]], weights: Mapping[str, Mapping[str, Any]]) -> Book:
    """A book of these files. Raises BadSpeech."""
    whole: dict[str, list[Pattern]] = {}
    begins: dict[str, list[Pattern]] = {}
    named: set[str] = set()
    for said in languages:
        named |= set(said["lists"])
        for pattern in _patterns(str(said["language"]), said["lists"]):
            for word in pattern.parts[0].whole:
                whole.setdefault(word, []).append(pattern)
            for stem in {stem[:STEM] for stem in pattern.parts[0].begins}:
                begins.setdefault(stem, []).append(pattern)
    families = tuple(_family(name, told, named) for name, told in weights.items())
    return Book(
        {word: tuple(found) for word, found in whole.items()},
        {stem: tuple(found) for stem, found in begins.items()},
        families,
        tuple(
            (name, *_two(name)) for name in sorted({name for one in families for name in one.weights if "&" in name})
        ),
    )


def _two(pair: str) -> tuple[str, str]:
    one, _, other = pair.partition("&")
    return one, other


def _patterns(language: str, lists: Mapping[str, Sequence[str]]) -> Iterator[Pattern]:
    for name, patterns in lists.items():
        for pattern in patterns:
            yield Pattern(language, name, parsed(pattern, f"{language}, {name}"))


def _family(name: str, told: Mapping[str, Any], lists: set[str]) -> Family:
    named = {
        one for name in (*(one for some in told["needs"] for one in some), *told["weights"]) for one in name.split("&")
    }
    if unknown := named - lists:
        raise BadSpeech(f"weights, {name}: no list {', '.join(sorted(unknown))}")
    return Family(
        name,
        tuple(map(frozenset, told["needs"])),
        dict(told["weights"]),
        float(told["at"]),
    )


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
            out.append(Sentence(some[0][0], some[-1][1], tuple(folded(word) for _, _, word in some)))
        begin = end
        if len(out) >= MOST_SENTENCES:
            break
    return out[:MOST_SENTENCES]


def stands(sentence: Sentence, of: Book) -> Found:
    """Which patterns of each list of each language stand in a sentence."""
    found: Found = {}
    for at, word in enumerate(sentence.words):
        for pattern in (*of.whole.get(word, ()), *of.begins.get(word[:STEM], ())):
            if _stands(pattern.parts, sentence.words, at):
                found.setdefault(pattern.language, {}).setdefault(pattern.name, set()).add(id(pattern))
    for told in found.values():
        for pair, one, other in of.pairs:
            if one in told and other in told:
                told[pair] = {0}
    return found


def _stands(parts: Sequence[Part], words: Sequence[str], at: int) -> bool:
    ends = {at} if _is(parts[0], words[at]) else set()
    for part in parts[1:]:
        after = {end + 1 + skipped for end in ends for skipped in range(part.gap + 1)}
        ends = {n for n in after if n < len(words) and _is(part, words[n])}
    return bool(ends)


def _is(part: Part, word: str) -> bool:
    return word in part.whole or (bool(part.begins) and word.startswith(part.begins))


def sentence_lists(text: str) -> Iterator[set[str]]:
    """The names of the lists that each sentence of a text has words of, in any one language."""
    for one in sentences(plain(text)):
        for told in stands(one, book()).values():
            yield set(told)


def stretches(sentences: int) -> Iterator[tuple[int, int]]:
    """Where each stretch of a text of so many sentences begins, and how many it has at most."""
    yield from ((n, TOGETHER) for n in range(0, max(sentences - TOGETHER // 2, 1), TOGETHER // 2))
    yield from ((n, FEW) for n in range(sentences - FEW + 1) if sentences > FEW)


def together(found: Iterable[Found]) -> Found:
    """What stands in a stretch: in the language that has most of its words there, and in those that have nearly so
    many, so that a word which looks like one of another language is none."""
    all_: Found = {}
    for one in found:
        for language, told in one.items():
            for name, patterns in told.items():
                all_.setdefault(language, {}).setdefault(name, set()).update(patterns)
    most = max((_size(told) for told in all_.values()), default=0)
    return {language: told for language, told in all_.items() if _size(told) >= LEAST * most}


def _size(told: Mapping[str, set[int]]) -> int:
    return sum(map(len, told.values()))


def weight(family: Family, counts: Mapping[str, int]) -> float:
    """What the lists of a stretch weigh for a family; a second pattern of a list adds half."""
    weights = family.weights
    return sum(weights[name] * (1 + (TWICE if n > 1 else 0)) for name, n in counts.items() if name in weights)


def by_lists(of: Book, told: Found) -> dict[str, float]:
    """What the lists of a stretch say for each family: above 0 they'd tell it so, and `LITTLE` is all they may say
    against it."""
    said = {one.name: max((_points(one, counts) for counts in told.values()), default=LITTLE) for one in of.families}
    process, harm = said["process"], said["harm"]
    return {"danger": said["danger"], "person": max(process, harm), "process": process - harm}


def _points(family: Family, told: Mapping[str, set[int]]) -> float:
    counts = {name: len(patterns) for name, patterns in told.items()}
    if not all(one & counts.keys() for one in family.needs):
        return LITTLE
    return min(max(weight(family, counts) - family.at, LITTLE), MUCH)


def hits(text: str) -> list[Hit]:
    """What a text speaks of: at most one hit a family and stretch, in the order of the text."""
    text = plain(text)
    said = sentences(text)
    found = [stands(one, book()) for one in said]
    grams = [weighed.ids(one.words) for one in said]
    out: list[Hit] = []
    for n, size in stretches(len(said)):
        those, told = grams[n : n + size], together(found[n : n + size])
        if not those:
            break
        language = max(told, key=lambda one: _size(told[one]), default="")
        least = ALONE if size == FEW else 0
        for family, column in _speaks(weighed.weighed(those, by_lists(book(), told)), least):
            if size == FEW and len(said) <= TOGETHER and not _says_more(family, out):
                continue
            best = max(range(len(those)), key=lambda k: weighed.share(those[k], column))
            out.append(_hit(family, language, said[n + best], text))
    return list(dict.fromkeys(out))


def _speaks(weight: Mapping[str, float], least: float) -> Iterator[tuple[str, str]]:
    """The families that a stretch speaks of, each with the column that tells it."""
    if weight["danger"] >= least:
        yield "danger", "danger"
    if weight["person"] >= least:
        yield "process" if weight["process"] >= 0 else "harm", "person"


def _says_more(family: str, told: Sequence[Hit]) -> bool:
    """Whether a few sentences of a text that was weighed whole add to it: what stands around them says what they mean,
    but a danger that it hides is told all the same."""
    return family == "danger" and all(hit.family != family for hit in told)


def _hit(family: str, language: str, sentence: Sentence, text: str) -> Hit:
    line = text.count("\n", 0, sentence.begin) + 1
    return Hit(family, language, line, " ".join(text[sentence.begin : sentence.end].split())[:SHOWN])


def flags(text: str) -> set[str]:
    """The flags of what a text speaks of."""
    return {FLAGS[hit.family] for hit in hits(text)}
