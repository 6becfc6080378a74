"""What a mail says of a claim on a person, quoted with its places: harm, a person, a call to appear, a court, a file
number, a day, what it rests on, a remedy, a condition on what we do, private details of somebody. Never a verdict.

Pure. `forms/claims/<language>.json` holds the words, a list a feature, as those of `forms/speech`; `common` are words
by which the language is known, `numbers` what stands before a file number. What is in a language without such words is
not searched, and that is said. No quote decides anything: a person sorts a claim, and reads the mail.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from comity.reading import dates, speech
from comity.reading.said import Said
from comity.reading.speech import Book, Sentence

NAMES = ("harm", "person", "call", "court", "number", "called-on", "date", "basis", "remedy", "condition", "private")
MOST_OF_ONE = 3  # quotes of one feature
SHOWN = 300  # characters of a quote
FEWEST = 8  # words from which on a text has a language
COMMON, LOOKED_FOR = 0.21, 0.15  # for each word of a text in a language: of its commonest, of those looked for
NEAR = 150  # characters after a call to appear in which its day stands
START = 3_000  # characters by which a language is told
NUMBERED = r"[\s:.#°ºn№-]{0,6}((?=[^\s]{0,20}\d)[\w][\w/.-]{2,30})"


@cache
def _files() -> tuple[Mapping[str, Any], ...]:
    folder = resources.files("comity.reading").joinpath("forms", "claims")
    names = sorted(one.name for one in folder.iterdir() if one.name.endswith(".json"))
    return tuple(json.loads(folder.joinpath(name).read_text("utf-8")) for name in names)


@cache
def _book() -> Book:
    return speech.bound(_files(), {})


@cache
def _common() -> Mapping[str, frozenset[str]]:
    return {one["language"]: frozenset(map(speech.folded, str(one["common"]).split())) for one in _files()}


@cache
def _labels() -> re.Pattern[str]:
    words = {speech.folded(word) for one in _files() for word in one["numbers"]}
    named = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{named})(?:\s+(?:no|nr|number|n|num|numero|numéro|file))?{NUMBERED}", re.IGNORECASE)


def language_of(text: str) -> str:
    """In which of the languages with words a text is written: by its commonest words, or by how many it has of those
    that are looked for; empty for another language, or for too few words."""
    start = text[:START]
    words = [one for one in map(speech.folded, speech.WORD.findall(start)) if not one.isdigit()]
    if len(words) < FEWEST:
        return ""
    most, language = max((sum(word in known for word in words), code) for code, known in _common().items())
    if most >= COMMON * len(words):
        return language
    found = Counter[str]()
    for sentence in speech.sentences(start):
        for book in (speech.book(), _book()):
            for code, told in speech.stands(sentence, book).items():
                found[code] += sum(len(patterns) for name, patterns in told.items() if "&" not in name)
    [(language, most)] = found.most_common(1) or [("", 0)]
    return language if most >= LOOKED_FOR * len(words) else ""


def calls(quoted: Mapping[str, Any]) -> bool:
    """Whether what was quoted calls one of our people somewhere on a day: a person is asked, whatever words weigh."""
    return {"call", "person", "called-on"} <= {one["name"] for one in quoted.get("features", ())}


def of(said: Sequence[Said], received: datetime | None, zone: str) -> dict[str, Any]:
    """`language`, whether anything was `unsearched`, and the `features`, each with its words and its place.

    `received` (UTC) is when it came, and `zone` where its days are counted; without it no day is read.
    """
    texts = [(one, speech.plain(one.text)) for one in said]
    spoken = [language_of(text) for _, text in texts]
    long = [len(speech.WORD.findall(text[:2_000])) >= FEWEST for _, text in texts]
    found: list[dict[str, Any]] = []
    for one, text in texts:
        sentences = speech.sentences(text)
        found += _quotes(one, text, sentences)
        found += _numbers(one, text)
        found += _days(one, text, sentences, received, zone) if received else []
    return {
        "language": next((one for one in spoken if one), ""),
        "unsearched": any(enough and not one for enough, one in zip(long, spoken, strict=True)),
        "features": _few(found),
    }


def _few(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """At most so many of each, in the order of `NAMES`, each quote once."""
    out = []
    for name in NAMES:
        own = {(one["text"], one.get("at")): one for one in reversed([one for one in found if one["name"] == name])}
        out += list(reversed(own.values()))[:MOST_OF_ONE]
    return out


def _quotes(one: Said, text: str, sentences: Sequence[Sentence]) -> Iterator[dict[str, Any]]:
    for sentence in sentences:
        for language, told in speech.stands(sentence, _book()).items():
            for name in told:
                yield _quote(one, name, text, sentence.begin, sentence.end) | {"language": language}


def _quote(one: Said, name: str, text: str, begin: int, end: int) -> dict[str, Any]:
    line = text.count("\n", 0, begin) + 1
    return {"name": name, "text": " ".join(text[begin:end].split())[:SHOWN], "part": one.part, "line": line}


def _numbers(one: Said, text: str) -> Iterator[dict[str, Any]]:
    for match in _labels().finditer(text):
        value = match[1].rstrip(".-/")
        if value[:1].isalnum() and not dates.ISO.fullmatch(value):
            yield _quote(one, "number", text, match.start(), match.end()) | {"value": value}


def _days(
    one: Said, text: str, sentences: Sequence[Sentence], received: datetime, zone: str
) -> Iterator[dict[str, Any]]:
    """The days it names, ahead and past; `called-on` is one with a call to appear."""
    named = sorted(
        (*dates.of(text, received, zone), *dates.past(text, received, zone)), key=lambda each: (each.begin, each.at)
    )
    with_call = _with_call(sentences, [day.begin for day in named])
    for day in named:
        quote = _quote(one, "called-on" if day.begin in with_call else "date", text, day.begin, day.begin)
        yield quote | {"text": day.text, "at": day.at.isoformat()}


def _with_call(sentences: Sequence[Sentence], begins: Sequence[int]) -> set[int]:
    """Where days begin that stand in a sentence with a call to appear; where it has none, the first soon after."""
    found: set[int] = set()
    for each in sentences:
        if any("call" in told for told in speech.stands(each, _book()).values()):
            own = {begin for begin in begins if each.begin <= begin <= each.end}
            found |= own or {*[begin for begin in begins if each.end < begin <= each.end + NEAR][:1]}
    return found
