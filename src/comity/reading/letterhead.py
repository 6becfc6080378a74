"""Who writes a letter, of which State, and under which number: by its head, its foot, and the sentence that orders.

Pure. Patterns: `forms/letters`; `seat` tells the State where the words alone don't.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from comity.reading import running, seat, values
from comity.reading.said import Said
from comity.reading.worded import flat, group, hits, languages, patterns, sentences, states

MOST_LINES = 400
HEAD, FOOT = 14, 8  # lines of a letter in which its office stands
LONGEST_NAME, LONGEST_HEAD = 120, 50
SALUTES = re.compile(
    r"^(?:dear|madame|monsieur|mesdames|sehr geehrte|estimad|muy se|gentil|egregi|spett"
    r"|to the (?:management|custodian))",
    re.I,
)


Placed = tuple[str, dict[str, Any]]


def countries(texts: list[Said]) -> Iterator[Placed]:
    where = {id(one): [found.span() for found, _ in hits([one], patterns("territory"))] for one in texts}
    for state, pattern in states().items():
        for found, one in hits(texts, pattern):
            if any(begin <= found.start() < end for begin, end in where[id(one)]):
                continue  # where the order holds, which needn't be at home
            yield state, one.place(found.start(), found[0])
            break


def seats(texts: list[Said], named: Placed | None) -> Iterator[Placed]:
    """The State that an office's name, the address under it, and the court over it tell; for orders of the Union."""
    if named:
        name, place = named
        told = seat.of_name(name).union(*(seat.known_offices(name, one.get("offices_of", {})) for one in languages()))
        yield from ((state, place) for state in told)
    for one in texts:
        lines = one.text.splitlines()[:MOST_LINES]
        for n, line in enumerate(lines):
            if named and line.strip() and values.fold(line.strip()) == values.fold(named[0]):
                at = sum(len(each) + 1 for each in lines[: n + 1])
                yield from ((state, one.place(at, lines[n + 1])) for state in seat.of_address(lines[n + 1 : n + 3]))
        yield from courts(one)


def courts(one: Said) -> Iterator[Placed]:
    """The State of the court before which an order can be challenged."""
    for words, at in sentences(one.text):
        if patterns("redress").search(flat(words)):
            told, found = seat.of_court(flat(words))
            yield from ((state, one.place(at + (found.start() if found else 0), words)) for state in told)


def offices(texts: list[Said]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The office that writes: at the head of a letter, or under its signature; the longest of those that agree."""
    found = [*districts(texts), *heads(texts), *acting(texts)]
    names = sorted(found, key=lambda one: -len(one[0]))
    if names and all(bare(one[0]) in bare(names[0][0]) for one in names):
        return iter(names[:1])
    return iter(names)


def bare(name: str) -> str:
    """An office's name as it is compared: an attorney's office and the attorney are one."""
    return re.sub(r"['’]s office\b", "", values.fold(name))


def districts(texts: list[Said]) -> Iterator[Placed]:
    for found, one in hits(texts, patterns("districts")):
        office, at = group(found, "office")
        said, begin = group(found, "of")
        said = one.text[begin : begin + len(said)].split("\n\n")[0].splitlines()[0]
        named = DISTRICT.match(said)  # `Northern District of Franklin requests` says more than its name
        yield " ".join(f"{office}, {named[0] if named else said}".split()), one.place(at, found[0])


DISTRICT = re.compile(r"(?:[^\W\d_a-z][\w’'-]*|of|the)(?: (?:[^\W\d_a-z][\w’'-]*|of|the))*(?<!of)(?<!the)")
NUMBERED = r"(?:[^;:.\n]|(?<=\bn)\.(?=[º°\s]))"  # `Juzgado n.º 4` is one name


@cache
def acts() -> re.Pattern[str]:
    """An office with what it does, in either order: `ordnet das Amtsgericht …`."""
    names = patterns("offices").pattern.replace(".*", f"{NUMBERED}{{0,80}}?")
    after = rf"(?<=[\s,(])(?P<name>{names}),? (?:{patterns('acts').pattern})(?!\w)"
    plain = patterns("offices").pattern.replace(
        ".*", rf"{NUMBERED}{{0,80}}?(?=,| (?:{patterns('then').pattern})(?!\w))"
    )
    return re.compile(rf"{after}|(?<=[\s,])(?:{patterns('acts_before').pattern}) (?P<next>{plain})", re.IGNORECASE)


def acting(texts: list[Said]) -> Iterator[Placed]:
    """An office of which a sentence says that it orders, or has found."""
    for found, one in hits(texts, acts()):
        said = "name" if found["name"] else "next"
        name = " ".join(found[said].split())
        if name[0].isupper() and 5 < len(name) <= LONGEST_NAME and not running.ends(one.text, *found.span(said)):
            yield name, one.place(found.start(said), name)


def heads(texts: list[Said]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Whole lines at the head or the foot of a text that name an office."""
    for one in texts:
        lines, at = one.text.splitlines(keepends=True)[:MOST_LINES], 0
        kept = [k for k, line in enumerate(lines) if line.strip()]
        salute = next((k for k in kept if SALUTES.match(lines[k].strip())), HEAD)
        ends = {*[k for k in kept if k < salute][:HEAD], *kept[-FOOT:]}
        for k, line in enumerate(lines):
            plain = line.strip().strip("-–—*_")
            if (
                k in ends
                and not in_sentence(lines, k)
                and 5 < len(plain) <= LONGEST_NAME
                and patterns("offices").fullmatch(plain)
            ):
                yield plain, one.place(at + line.index(plain), plain)
            at += len(line)


def in_sentence(lines: list[str], k: int) -> bool:
    """Whether a line is the rest of a sentence above it, such as the court before which an order can be challenged."""
    above = lines[k - 1].strip() if k else ""
    return lines[k].strip().endswith(".") or above.endswith((":", ",")) or len(above) > LONGEST_HEAD


NUMBER = r"[\w./–-]+(?:[ ][\w./–-]+){0,4}"


@cache
def announced() -> tuple[re.Pattern[str], ...]:
    """How a number is announced: at the beginning of a line, behind the title of an order, in a line that says what a
    letter is about."""
    words, numbered = patterns("references").pattern, patterns("numbered").pattern
    begins = rf"^[ \t]*(?:(?P<before>{words})[ \t]*[:.]?[ \t]+|(?P<with>N° RG)[ \t]+)(?P<number>{NUMBER})[ \t]*$"
    titled = (
        rf"^[ \t]*(?:{patterns('titled').pattern})[ \t]+(?:{numbered})[ \t]*[:.]?[ \t]*"
        rf"(?P<number>{NUMBER})[ \t]*(?:$|,[ \t])"
    )
    about = (
        rf"^[ \t]*(?:{patterns('subject').pattern})[ \t]?[:.][^\n]{{0,80}}[ ,(–-]"
        rf"(?:{words})[ \t]*[:.]?[ \t]+(?P<number>{NUMBER})[ \t]*\)?[ \t]*$"
    )
    return tuple(re.compile(one, re.IGNORECASE | re.MULTILINE) for one in (begins, titled, about))


def references(texts: list[Said]) -> Iterator[Placed]:
    """A number after words that announce one: `Our file no. 2027-EDJ-0061`, `Removal order no. K 7 – 12/27, issued`."""
    for one in texts:
        for pattern in announced():
            for found in pattern.finditer(one.text):
                word = found.groupdict().get("before") or ""
                number = found["number"]
                whole = f"{word[3:]} {number}" if word.casefold() == "n° rg" else number
                if is_number(number):
                    yield whole.strip(" ."), one.place(found.start("number"), found[0])


def is_number(said: str) -> bool:
    """Whether words are a file number: a digit, and beside it no more than dashes and short signs (`7 Js 12/27`)."""
    parts = said.split()
    short = (len(part) <= SHORT_SIGN and (part[0].isupper() or not part[0].isalpha()) for part in parts)
    return any(map(str.isdigit, said)) and all(
        re.search(r"\d", part) or ok for part, ok in zip(parts, short, strict=True)
    )


SHORT_SIGN = 5  # letters
