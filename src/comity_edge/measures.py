"""What is withheld, and where: the list of measures in memory, asked for each thing that passes. Pure."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from .gates import LEVELS, Gate

WORLD = "WORLD"
# a target: a country that is left, an event, a room, an account, a file, or any file of these bytes
TARGET = re.compile(
    r"gate:[A-Z]{2}|[$!@#][^\s\"\\]{1,254}|mxc://[^\s\"\\/]{1,200}/[^\s\"\\/]{1,200}|sha256:[0-9a-f]{64}"
)
CODE = re.compile(r"[A-Z]{2}|WORLD")
LONGEST_NOTICE = 100_000  # characters, in all languages
GATE = "gate:"


class NoMeasure(ValueError):
    """A row that can't be one; the text names the field and the rule."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Where one target is withheld, and until when (seconds since 1970, UTC). Equal ones are one object: a list of a
    million rows has few."""

    countries: frozenset[str]
    until: float = math.inf

    def covers(self, country: str, at: float) -> bool:
        """Whether a viewer in a country is withheld from, at an instant. Who is nowhere known ("") is in the world."""
        return at < self.until and (country in self.countries or WORLD in self.countries)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: where a target is withheld now; nowhere: no longer. `room`: where an event stands, and
    `state` its type where it is one of the room's state, which is shown in places that name no event. Of a gate
    `state` is its level, and `notice` what people there are told: language tag → words."""

    target: str
    reach: Reach
    room: str = ""
    state: str = ""
    notice: Mapping[str, str] = field(default_factory=dict)

    @property
    def gate(self) -> bool:
        """Whether it is a country that is left, and nothing that is withheld."""
        return self.target.startswith(GATE)


def row(said: Mapping[str, Any]) -> Row:
    """A line as it is written: {"t": target, "c": [countries], "u": until, "r": room, "s": type}. Raises NoMeasure."""
    target, countries, until = said.get("t"), said.get("c"), said.get("u")
    if not isinstance(target, str) or not TARGET.fullmatch(target):
        raise NoMeasure("t: must be an event, a room or its alias, an account, a file (mxc://) or sha256:HEX")
    if not isinstance(countries, list) or not all(isinstance(one, str) and CODE.fullmatch(one) for one in countries):
        raise NoMeasure("c: must be a list of country codes of two capital letters, or WORLD")
    if until is not None and (isinstance(until, bool) or not isinstance(until, int | float) or not until > 0):
        raise NoMeasure("u: must be seconds since 1970, or null")
    room, state = said.get("r", ""), said.get("s", "")
    if not isinstance(room, str) or not isinstance(state, str) or len(room) > 255 or len(state) > 255:
        raise NoMeasure("r, s: must be a room and a type of state")
    made = Row(target, reach(tuple(countries), until), room, state, _notice(said["n"]) if "n" in said else NOTHING)
    if made.gate and countries and state not in LEVELS:
        raise NoMeasure(f"s: of a gate it must be one of {', '.join(LEVELS)}")
    return made


@lru_cache(maxsize=4096)
def reach(countries: tuple[str, ...], until: float | None) -> Reach:
    """The same for the same: a list of a million lines has few."""
    return Reach(frozenset(countries), math.inf if until is None else float(until))


NOTHING: Mapping[str, str] = {}


def _notice(said: object) -> Mapping[str, str]:
    """What people are told. Raises NoMeasure."""
    fits = isinstance(said, dict) and all(isinstance(one, str) for pair in said.items() for one in pair)
    if not isinstance(said, dict) or not fits or sum(map(len, said.values())) > LONGEST_NOTICE:
        raise NoMeasure("n: must be words by language, not too many")
    return dict(said)


class Measures:
    """The list as it stands. One event loop writes and reads it; each call sees all of the last `take` or nothing."""

    def __init__(self) -> None:
        self._held: dict[str, Reach] = {}
        self._same: dict[Reach, Reach] = {}
        self._countries, self._kinds = Counter[str](), Counter[str]()
        self._rooms: dict[str, set[str]] = {}  # room → the events withheld in it
        self._there: dict[str, Counter[str]] = {}  # room → in how many of them each country is named
        self._state: dict[tuple[str, str], set[str]] = {}  # (room, type) → the state events withheld
        # of events whose room we know: that, and their type if they are its state. Equal ones are one object, and hold
        # nothing that a collection of garbage would have to look at among a million
        self._where: dict[str, tuple[str, str]] = {}
        self._places: dict[tuple[str, str], tuple[str, str]] = {}
        self._gates: dict[str, Row] = {}  # "gate:XX" → how far a country is shut
        self._shut: dict[str, Gate] = {}  # country → the highest gate that stands there

    def __len__(self) -> int:
        return len(self._held)

    def take(self, rows: Iterable[Row]) -> None:
        """Let these rows count from now on, each instead of what stood for its target."""
        for one in rows:
            if one.gate:
                self._take_gate(one)
                continue
            self._drop(one.target)
            if one.reach.countries:
                self._add(one)

    def _take_gate(self, one: Row) -> None:
        self._gates.pop(one.target, None)
        if one.reach.countries:
            self._gates[one.target] = one
        self._shut = {}
        for row in self._gates.values():
            made = Gate(row.state, row.notice)
            for country in row.reach.countries:
                if country not in self._shut or self._shut[country].height < made.height:
                    self._shut[country] = made

    def gate(self, country: str) -> Gate | None:
        """How far it is shut to viewers in a country; None: it is open."""
        return self._shut.get(country)

    def _add(self, one: Row) -> None:
        self._held[one.target] = self._same.setdefault(one.reach, one.reach)
        _count(self._countries, one.reach, 1)
        self._kinds[one.target[:1]] += 1
        if one.room:
            at = (one.room, one.state)
            room, _ = at = self._where[one.target] = self._places.setdefault(at, at)
            if room not in self._rooms:
                self._rooms[room], self._there[room] = set(), Counter()
            self._rooms[room].add(one.target)
            _count(self._there[room], one.reach, 1)
            if one.state:
                self._state.setdefault(at, set()).add(one.target)

    def _drop(self, target: str) -> None:
        reach = self._held.pop(target, None)
        if reach is None:
            return
        _count(self._countries, reach, -1)
        self._kinds[target[:1]] -= 1
        stood = self._where.pop(target, None)
        if stood is not None:
            room, _ = stood
            _without(self._rooms, room, target)
            _count(self._there[room], reach, -1)
            if room not in self._rooms:
                del self._there[room]
            _without(self._state, stood, target)

    def anything(self, country: str) -> bool:
        """Whether anything at all is withheld from viewers there: if not, nothing of what they get is looked at."""
        return self._countries[country] > 0 or self._countries[WORLD] > 0

    def withheld(self, target: str, country: str, at: float) -> bool:
        """Whether a target is withheld from viewers in a country at an instant (seconds since 1970, UTC)."""
        reach = self._held.get(target)
        return reach is not None and reach.covers(country, at)

    def in_room(self, room: str, country: str, at: float) -> bool:
        """Whether a room, or any event that is known to stand in it, is withheld there."""
        if self.withheld(room, country, at):
            return True
        there = self._there.get(room)
        if not there or not (there[country] > 0 or there[WORLD] > 0):
            return False
        return any(self.withheld(one, country, at) for one in self._rooms[room])

    def of_state(self, room: str, kind: str, country: str, at: float) -> bool:
        """Whether a state event of this type is withheld in a room: where such state is shown without its event's id,
        it is not shown."""
        return any(self.withheld(one, country, at) for one in self._state.get((room, kind), ()))

    def files(self) -> bool:
        """Whether any file is withheld from anyone."""
        return self._kinds["m"] > 0 or self._kinds["s"] > 0

    def accounts(self) -> bool:
        """Whether any account is withheld from anyone."""
        return self._kinds["@"] > 0

    def bytes_withheld(self) -> bool:
        """Whether any file is withheld by its bytes, whatever its address."""
        return self._kinds["s"] > 0


def _count(of: Counter[str], reach: Reach, by: int) -> None:
    for country in reach.countries:
        of[country] += by


def _without(of: dict[Any, set[str]], key: Any, target: str) -> None:
    left = of.get(key)
    if left is not None:
        left.discard(target)
        if not left:
            del of[key]
