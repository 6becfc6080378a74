"""How much a text sounds like those that spoke of something: words and runs of letters, weighed by what was learned.

Pure. A gram (a word, two words in a row, a run of letters of one) is known by its checksum, of which so many bits count
that few share a number; `forms/speech/learned.npz` holds for each number how rare it is and what it weighs for each
family, in thousandths. It was learned from `tests/data/texts` by `bench/speech.py`: a logistic regression on grams that
count once a text, by their rarity, so that a text's length weighs nothing (tf-idf; Manning, Raghavan, Schütze,
Introduction to Information Retrieval, 6.2 and 6.3; hashed: Weinberger and others, ICML 2009). A word gives its runs of
letters beside itself, so one that was never read is known by its stem.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

FAMILIES = ("danger", "person", "process")
SHORTEST, LONGEST = 3, 6  # letters of a run
MOST_OF_WORD = 30  # letters of a word that are looked at
THOUSANDTHS = 1_000.0
NUMBERS = 2**18  # of grams
NUMBER = 4  # digits, more look alike

Numbers = NDArray[np.float64]
Ids = NDArray[np.intp]


class Learned(NamedTuple):
    """What was learned: for the number of a gram how rare it is, and what it weighs for each of `FAMILIES`; what weighs
    always (`bias`), and what a point by the lists does (`lists`)."""

    rarity: Numbers
    weights: Numbers
    bias: Numbers
    lists: Numbers


class BadWeights(ValueError):
    """Weights that don't fit what reads them; the text names what doesn't."""


def looked_at(word: str) -> str:
    """A folded word as it is weighed: its first letters, a number by how many digits it has."""
    return "0" * min(len(word), NUMBER) if word.isdigit() else word[:MOST_OF_WORD]


def of_word(word: str) -> Iterator[str]:
    """The grams of one word, as `looked_at`: itself, and its runs of letters, its ends marked."""
    yield f"w {word}"
    marked = f"_{word}_"
    for size in range(SHORTEST, LONGEST + 1):
        yield from (f"c {marked[n : n + size]}" for n in range(len(marked) - size + 1))


def number(gram: str) -> int:
    """The number of a gram."""
    return crc32(gram.encode()) % NUMBERS


@lru_cache(maxsize=20_000)
def _of_word(word: str) -> frozenset[int]:
    return frozenset(map(number, of_word(word)))


def ids(words: Sequence[str]) -> Ids:
    """The numbers of all grams of folded words in a row: of each, and each two; each once."""
    seen = [looked_at(word) for word in words]
    found = {number(f"b {one} {two}") for one, two in pairwise(seen)}
    found.update(*map(_of_word, seen))
    return np.fromiter(found, np.intp, len(found))


def checked(told: Mapping[str, NDArray[np.int16]]) -> Learned:
    """What a file of weights says. Raises BadWeights."""
    shapes = {"rarity": (NUMBERS,), "weights": (NUMBERS, len(FAMILIES))} | dict.fromkeys(
        ("bias", "lists"), (len(FAMILIES),)
    )
    for name, shape in shapes.items():
        if name not in told or told[name].shape != shape or told[name].dtype != np.int16:
            raise BadWeights(f"learned.npz: {name} is not {shape} of 16 bits")
    return Learned(**{name: told[name] / THOUSANDTHS for name in shapes})


@cache
def learned() -> Learned:
    """What is shipped."""
    with resources.files("comity.reading").joinpath("forms", "speech", "learned.npz").open("rb") as file:
        return checked(np.load(file, allow_pickle=False))


def weighed(some: Sequence[Ids], lists: Mapping[str, float]) -> dict[str, float]:
    """What a text weighs for each family, by the grams of its sentences and by its `lists`: told so from 0 on."""
    of = learned()
    each = np.unique(np.concatenate(some))
    rarity = of.rarity[each]
    length = float(np.linalg.norm(rarity)) or 1.0
    by_lists = np.array([lists[family] for family in FAMILIES])
    told = of.bias + (rarity / length) @ of.weights[each] + of.lists * by_lists
    return dict(zip(FAMILIES, map(float, told), strict=True))


def share(of_sentence: Ids, family: str) -> float:
    """What one sentence's grams add for a family: tells the clearest sentence of a text."""
    of = learned()
    return float(of.rarity[of_sentence] @ of.weights[of_sentence, FAMILIES.index(family)])
