"""Proving packs: each by itself, and every pair of them together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import permutations

import z3

from comity.regulations.pack_file import read
from comity.regulations.packs import Pack, build

from .bounds import capacity
from .conflicts import conflicts
from .encode import NotEncoded
from .law import law
from .statements import Prover, Statement, proven
from .symbols import FactSymbols
from .telling import Places, told
from .texts import Texts
from .witness import EncodingWrong, NotDecided, Question, Witness, find

__all__ = ["EncodingWrong", "Proof", "Source", "between", "prove", "sources", "version"]


@dataclass(frozen=True)
class Source:
    """A pack with the line numbers of its file."""

    pack: Pack
    places: Places
    folder: Traversable

    @property
    def name(self) -> str:
        """Id and version, as in the file's name."""
        return f"{self.pack.id}/{self.pack.version}"


@dataclass(frozen=True)
class Proof:
    """Everything that was asked of a pack, and the facts that show it."""

    source: Source
    statements: tuple[Statement, ...]
    witnesses: tuple[Witness, ...]
    question: Question | None  # None: a rule could not be given to the solver

    @property
    def proven(self) -> bool:
        """Whether everything that must hold was proven to hold."""
        return proven(self.statements)

    @property
    def against(self) -> list[Statement]:
        """What was not proven: contradictions first, then what the solver did not decide."""
        found = [s for s in self.statements if s.must and s.holds is not True]
        return sorted(found, key=lambda s: s.holds is None)


def version() -> str:
    """The solver and its version, as a certificate names it."""
    return f"z3 {z3.get_version_string()}"


def source(folder: Traversable, name: str) -> Source:
    """One pack of a folder by its file's name, `<id>/<version>.yaml`. Raises `pack_file.PackError`."""
    text = folder.joinpath(*name.split("/")).read_bytes()
    return Source(build(name, text), Places(read(name, text)), folder)


def sources(folder: Traversable | None = None, ids: Sequence[str] = ()) -> list[Source]:
    """Every pack of a folder (None: those that ship), or those with these ids. Raises `pack_file.PackError`."""
    at = folder or resources.files("comity.regulations").joinpath("packs")
    folders = (place for place in at.iterdir() if place.is_dir() and place.name[0] != "_")
    places = sorted((place for place in folders if not ids or place.name in ids), key=lambda place: place.name)
    names = [
        f"{place.name}/{file.name}"
        for place in places
        for file in sorted(place.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".yaml")
    ]
    return [source(at, name) for name in names]


def prove(given: Source, only: tuple[str, ...] = ()) -> Proof:
    """What `statements` asks of one pack (`only`: the statements whose names start with one of these).

    Raises EncodingWrong if the judge contradicts the encoding.
    """
    try:
        prover = Prover(given.pack, given.places, only=only)
    except NotEncoded as error:
        why = f"{given.places.line(given.places.check(error.check))}: not proven: {error}"
        return Proof(given, (Statement("encoded", "its rules can be given to the solver", None, why),), (), None)
    statements = tuple(prover.all())
    return Proof(given, statements, tuple(prover.witnesses), prover.question)


def between(given: Iterable[Source]) -> Iterator[tuple[Source, Source, Statement]]:
    """For every pair of packs, whether one orders what the other forbids for the same facts."""
    for one, other in permutations(given, 2):
        if one.pack.id == other.pack.id:
            continue
        together = any(called == other.pack.id for called, _ in one.pack.calls_for)
        if _may_meet(one.pack, other.pack, together):
            yield from ((one, other, statement) for statement in _between(one, other, together))


def _may_meet(one: Pack, other: Pack, together: bool) -> bool:
    """Whether anything that one orders is forbidden by the other, for whatever facts."""
    ordered = {m.kind for m in one.measures}
    ordered |= {law()["orders"][d.id] for d in one.duties if together and d.id in law()["orders"]}
    names = [d.id for d in other.duties] + [m.kind for m in other.measures]
    rules = [law()["forbids"][name] for name in names if name in law()["forbids"]]
    return any(ordered & set(rule["measures"]) for rule in rules if one.id in rule.get("of", [one.id]))


def _between(one: Source, other: Source, together: bool) -> Iterator[Statement]:
    texts = Texts()
    shared = capacity((one.pack, other.pack))
    symbols = FactSymbols(texts, shared.items)
    first, second = (Question(s.pack, texts=texts, shared=shared, common=symbols) for s in (one, other))
    first.solver.add(*second.assumed)
    base = find(first, [first.verdict.outcome["valid"]], first.usual)
    wishes = first.like(base.model) if base else first.usual
    for words, condition, path in conflicts(first, second, informing=together):
        name = f"conflict: {words}"
        try:
            found = find(first, [condition], wishes)
        except NotDecided as error:
            yield Statement(name, f"never for the same facts: {words}", None, f"not proven: {error}")
            continue
        why = f"{one.places.line(path)}: {words}; {told(found, base)}" if found else ""
        yield Statement(name, f"never for the same facts: {words}", found is None, why, found)
