"""The words by which letters are read, and where they stand in texts.

Pure. `forms/letters/<language>.json` holds the patterns, one file a language; here they are one for all languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from comity.reading import form, values
from comity.reading.said import Said

CITE = (
    r"(?:(?:art(?:icle|ikel|ículo|icolo|\.)?s?|§{1,2}|title|section|sec\.|loi|law|act|ley|legge"
    r"|\d+ U\.\s?S\.\s?C\.)\s?)"
)


@cache
def languages() -> tuple[Mapping[str, Any], ...]:
    """The patterns of every language."""
    folder = resources.files("comity.reading").joinpath("forms", "letters")
    return tuple(form.data(f"letters/{one.name[:-5]}") for one in sorted(folder.iterdir(), key=lambda f: f.name))


@cache
def patterns(name: str) -> re.Pattern[str]:
    """All patterns of a list, in every language; `{cite}` a citation, `{states}` a State's name."""
    names = "|".join(
        sorted((re.escape(n) for all_ in values.tables()["names"].values() for n in all_), key=len, reverse=True)
    )
    told = "|".join(
        adjective for one in languages() for some in one.get("adjectives", {}).values() for adjective in some
    )
    out, taken = [], 0
    for language in languages():
        for pattern in language[name]:
            for group in ("law", "state", "office", "of"):
                if f"(?P<{group}>" in pattern:
                    pattern, taken = pattern.replace(f"(?P<{group}>", f"(?P<{group}{taken}>"), taken + 1
            out.append(
                f"(?:{pattern.replace('{cite}', CITE).replace('{states}', names).replace('{adjectives}', told)})"
            )
    return re.compile("|".join(out), re.IGNORECASE)


def group(found: re.Match[str], name: str) -> tuple[str, int]:
    """(what one of the numbered groups of a name caught, where)."""
    key = next(
        key for key, value in found.groupdict().items() if value is not None and re.fullmatch(rf"{name}\d+", key)
    )
    return found[key], found.start(key)


@cache
def states() -> Mapping[str, re.Pattern[str]]:
    """By which words a letter shows whose law and office it is."""
    told: dict[str, list[str]] = {}
    for language in languages():
        for state, some in language["states"].items():
            told.setdefault(state, []).extend(some)
    return {state: re.compile("|".join(some), re.IGNORECASE) for state, some in told.items()}


def hits(texts: list[Said], pattern: re.Pattern[str]) -> Iterator[tuple[re.Match[str], Said]]:
    for one in texts:
        for found in pattern.finditer(flat(one.text)):
            yield found, one


def flat(text: str) -> str:
    """Text whose line ends are blanks, so that a sentence is one run; as long as it was, so that places hold."""
    return text.replace("\r", " ").replace("\n", " ")


def sentences(text: str) -> Iterator[tuple[str, int]]:
    """(sentence, where it begins). A blank line ends one too."""
    at = 0
    for found in re.finditer(r"(?<=\w\w[.!?])\s+(?=[^\Wa-z])|(?<=[)”\"][.!?])\s+|\n[ \t]*\n", text):
        yield text[at : found.start()], at
        at = found.end()
    yield text[at:], at
