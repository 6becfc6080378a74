"""Which texts are nearly the same: one letter sent by many, each with its own greeting and name. Pure.

Counted together they are one thing to read and to answer; what differs is always told, for a single "not" may be all
that somebody had to say. So no measure of likeness decides anything about a text: it stands where it stood, whole.

Found without comparing each with each: the pairs of neighbouring words are sampled by their smallest keyed hashes
(Broder 1997), the samples joined in bands (Indyk and Motwani 1998), and who shares a band is compared word by word.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import blake2b
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LEAST = 8  # words: of a shorter text each word is its own
ASIDE, PART = 8, 10  # words that may differ, or one in so many of a long text
SHARED, IN_ORDER = 0.6, 0.4  # of the longer one's words; of both texts' pairs
FAR = 12  # words that are read past to go on alike
BANDS, EACH = 32, 3
# letters and digits; where no spaces part words (kana, han, Thai, Lao, Khmer, Burmese), each sign is one
WORD = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\\W_]+")


class Differs(NamedTuple):
    """In what a text differs from another: words that it alone has, and those that it lacks, each in its order."""

    more: tuple[str, ...]
    less: tuple[str, ...]


def words(text: str) -> list[str]:
    """The words of a text as they are written."""
    return WORD.findall(unicodedata.normalize("NFKC", text))


def _folded(text: str) -> list[str]:
    return [word.casefold() for word in words(text)]


def nearly(one: str, other: str) -> bool:
    """Whether two texts are the same but for a greeting, a name, a sentence of a few words; in linear time."""
    a, b = _folded(one), _folded(other)
    longer = max(len(a), len(b))
    if min(len(a), len(b)) < LEAST:
        return False
    shared = (Counter(a) & Counter(b)).total()
    if longer - shared > max(ASIDE, longer // PART) or shared < SHARED * longer:
        return False
    pairs, others = set(pairwise(a)), set(pairwise(b))
    return len(pairs & others) >= IN_ORDER * len(pairs | others)


def differs(text: str, other: str) -> Differs:
    """What of a text another one lacks, and the other way round: read along both, and past what one has alone."""
    a, b = words(text), words(other)
    folded, others = _folded(text), _folded(other)
    more: list[str] = []
    less: list[str] = []
    n = m = 0
    while n < len(a) and m < len(b):
        if folded[n] != others[m]:
            past, beyond = _past(folded[n : n + 2 * FAR], others[m : m + 2 * FAR])
            more, less, n, m = more + a[n : n + past], less + b[m : m + beyond], n + past, m + beyond
        else:
            n, m = n + 1, m + 1
    return Differs((*more, *a[n:]), (*less, *b[m:]))


def _past(a: Sequence[str], b: Sequence[str]) -> tuple[int, int]:
    """Past how many words of each two texts go on alike, by two words, or to the end of one; else past one of both."""
    for skipped in range(1, 2 * FAR):
        for n in range(max(0, skipped - FAR), min(skipped, FAR) + 1):
            m = skipped - n
            if a[n : n + 2] == b[m : m + 2] and n < len(a) and m < len(b):
                return n, m
    return 1, 1


def bands(text: str, key: bytes) -> list[int]:
    """By what a text is found again that is nearly the same: 64-bit numbers that say nothing without the key. None of
    a text that is too short."""
    folded = _folded(text)
    if len(folded) < LEAST:
        return []
    pairs = {f"{a} {b}" for a, b in pairwise(folded)}
    hashes = np.array([int.from_bytes(_hash(key)(pair)) for pair in sorted(pairs)], dtype=np.uint64)
    times, plus = _mixers(key)
    least = np.array([(hashes * t + p).min() for t, p in zip(times, plus, strict=True)], dtype=np.uint64)
    return [
        int.from_bytes(_hash(key)(f"{n}:{band.tobytes().hex()}"), signed=True)
        for n, band in enumerate(least.reshape(BANDS, EACH))
    ]


def _hash(key: bytes) -> Callable[[str], bytes]:
    return lambda text: blake2b(text.encode(), digest_size=8, key=key).digest()


@cache
def _mixers(key: bytes) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """As many ways to order all hashes as there are samples, from the key."""
    chance = np.random.default_rng(list(key))
    times, plus = (chance.integers(0, 2**63, BANDS * EACH, dtype=np.uint64) for _ in range(2))
    return times * np.uint64(2) + np.uint64(1), plus


def closest(mine: Sequence[int], others: Sequence[tuple[int, Sequence[int]]], most: int) -> list[int]:
    """Which of `others` (id, bands) share the most bands, the first of them first."""
    own = set(mine)
    return [id for id, _ in sorted(others, key=lambda one: (-len(own.intersection(one[1])), one[0]))[:most]]
