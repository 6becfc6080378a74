"""Which label of a form some words resemble, where they are none of those that the form is known by.

Pure. Words are compared by their stems, and weigh the less the more fields of the form share them: what tells a label
from another counts, not what all of them say. A label is taken only where one field is clearly nearer than any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from comity.reading.form import Form, load
from comity.reading.values import words

STEM = 6
MOST_WORDS = 90
UNKNOWN = 0.45  # what a word weighs that no label of the form has
FEWEST = 3  # words, without which a label is known only word by word
# how near, and how much nearer than any other
ENOUGH = ((0.9, 0.05), (0.7, 0.12), (0.62, 0.25))
BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\]")


@dataclass(frozen=True)
class Known:
    """A phrase as stems with their weights."""

    field: str
    option: str | None
    language: str
    stems: frozenset[str]
    total: float


def stems(text: str | Iterable[str]) -> frozenset[str]:
    said = words(BRACKETS.sub(" ", text)) if isinstance(text, str) else text
    return frozenset(word[:STEM] for word in list(said)[:MOST_WORDS])


@cache
def table(form_id: str) -> tuple[tuple[Mapping[str, float], tuple[Known, ...]], ...]:
    """For each language of a form, what each stem weighs, and its phrases."""
    form = load(form_id)
    return tuple(weighed(form, language) for language in sorted({p.language for p in form.phrases}))


def weighed(form: Form, language: str) -> tuple[Mapping[str, float], tuple[Known, ...]]:
    phrases = [p for p in form.phrases if p.language == language and p.words]
    homes: dict[str, set[tuple[str, str | None]]] = {}
    for phrase in phrases:
        for stem in stems(phrase.words):
            homes.setdefault(stem, set()).add((phrase.field, phrase.option))
    weights = {stem: 1 / len(found) for stem, found in homes.items()}
    each = []
    for phrase in phrases:
        own = stems(phrase.words)
        each.append(Known(phrase.field, phrase.option, language, own, sum(weights[stem] for stem in own)))
    return weights, tuple(each)


class Nearest(NamedTuple):
    """What some words name, and how near they are (1: all words shared)."""

    field: str
    option: str | None
    language: str
    score: float


def nearest(form: Form, text: str, *, boxed: bool, choice: str | None) -> Nearest | None:
    """What some words name of a form; None where nothing is near, or two are.

    `boxed`: a box to tick stands before them, so they are an option or a statement; else they are a line's label.
    `choice` is the group of boxes that they stand in.
    """
    return found(form.id, stems(text), boxed, choice)


@lru_cache(maxsize=4_000)
def found(form_id: str, said: frozenset[str], boxed: bool, choice: str | None) -> Nearest | None:
    """`nearest`, of stems."""
    form = load(form_id)
    if len(said) < (2 if boxed else FEWEST):
        return None
    best: dict[tuple[str, str | None], Nearest] = {}
    for weights, phrases in table(form.id):
        weight = sum(weights.get(stem, UNKNOWN) for stem in said)
        for one in phrases:
            # what shares less can't be near, whatever it weighs
            if one.total < 0.4 * weight or weight < 0.4 * one.total or not fits(form, one, boxed, choice):
                continue
            score = 2 * sum(weights[stem] for stem in one.stems & said) / (one.total + weight)
            held = best.get((one.field, one.option))
            if held is None or score > held.score:
                best[one.field, one.option] = Nearest(one.field, one.option, one.language, score)
    ranked = sorted(best.values(), key=lambda one: -one.score)
    if not ranked:
        return None
    apart = ranked[0].score - (ranked[1].score if len(ranked) > 1 else 0.0)
    return ranked[0] if any(ranked[0].score >= near and apart >= much for near, much in ENOUGH) else None


def fits(form: Form, one: Known, boxed: bool, choice: str | None) -> bool:
    kind = form.fields[one.field].type
    if boxed:
        return (one.option is not None and (choice is None or one.field == choice)) or kind == "tick"
    return one.option is None and kind != "tick" and len(one.stems) >= FEWEST


ODD_HEAD = 12  # letters


def odd_sign(form: Form, choice: str, text: str) -> bool:
    """Whether an option of a group stands after something short that nobody knows for a mark: `{x}`, `J`, `(1)`."""
    begins = [words(text[m.start() :])[:4] for m in re.finditer(r"[^\W\d_]+", text[:ODD_HEAD])]
    first = [list(p.words[:4]) for p in form.phrases if p.field == choice and p.option]
    return any(said in first for said in begins)
