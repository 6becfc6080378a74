"""What the pages of the record show: entries with their proofs as a picture, people, figures. Decides nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from comity_verify import merkle, tiles
from comity_verify.entries import BadEntry, Entry, parse
from comity_verify.figures import STATED
from comity_verify.people import FOUNDED, LETS_IN, OBJECTED, PROPOSED, People, Unsigned
from comity_verify.source import Missing

from . import commands, read
from .models import Leaf
from .sentences import sentence

SHOWN = 50
SCANNED = 100_000  # entries that a page reads at most; who wants more runs comity-verify


@dataclass(frozen=True)
class Row:
    """One entry in the list."""

    number: int
    day: str
    says: str
    kind: str


def rows(realm: str, head: read.Head, before: int | None) -> list[Row]:
    """The latest entries, or those before a number. Raises Missing, tiles.Malformed."""
    end = head.size if before is None else max(0, min(before, head.size))
    start = max(0, end - SHOWN)
    if start == end:
        return []
    found = read.entries(realm, start, end, head.size)
    return [_row(start + n, raw) for n, raw in reversed(list(enumerate(found)))]


def _row(number: int, raw: bytes) -> Row:
    try:
        said = parse(raw)
    except BadEntry as error:
        return Row(number, "", str(error), "")
    return Row(number, said.day, sentence(said), said.kind)


@dataclass(frozen=True)
class Step:
    """One step of a proof: this hash and its neighbour give the next. `left`: the neighbour stands on the left."""

    hash: str
    neighbour: str
    left: bool
    gives: str
    x: int = 0
    y: int = 0


@dataclass(frozen=True)
class Shown:
    """One entry with all that proves it."""

    number: int
    said: Entry
    says: str
    text: str
    leaf: str
    steps: Sequence[Step]
    root: str
    opened: Mapping[str, Any] = field(default_factory=dict)
    erased: bool = False


def entry(realm: str, number: int, head: read.Head) -> Shown | None:
    """One entry under the published head; None if it isn't there. Raises Missing, tiles.Malformed, BadEntry."""
    if not 0 <= number < head.size:
        return None
    raw = read.entry(realm, number, head.size)
    said = parse(raw)
    proof = merkle.inclusion(number, head.size, read.node(realm, head.size))
    leaf = merkle.leaf_hash(raw)
    row = Leaf.objects.filter(realm=realm, num=number).first()
    opened = {name: value for name, (_, value) in commands.disclosed(row).items()} if row else {}
    text = json.dumps(json.loads(raw), indent=1, ensure_ascii=False)
    steps = list(_steps(number, head.size, leaf, proof))
    root = steps[-1].gives if steps else leaf.hex()
    return Shown(number, said, sentence(said), text, leaf.hex(), steps, root, opened, bool(row and row.salts is None))


def _steps(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> list[Step]:
    """The way from a leaf to the root, as RFC 9162, 2.1.3.2 walks it."""
    found, first, last, hash = [], index, size - 1, leaf
    for n, one in enumerate(proof):
        left = bool(first & 1 or first == last)
        before, hash = hash, merkle.interior(one, hash) if left else merkle.interior(hash, one)
        if left:
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        found.append(Step(before.hex(), one.hex(), left, hash.hex(), y=n))
        first, last = first >> 1, last >> 1
    return found


@dataclass(frozen=True)
class Member:
    """A person as the record shows them."""

    mark: str
    jurisdiction: str
    roles: Sequence[str]
    vouched: Sequence[str]
    keys: Sequence[str]
    domain: str
    one_with: str


@dataclass(frozen=True)
class Candidate:
    """Somebody whose admission stands in the record and isn't over. `hash`: of the act that is signed."""

    hash: str
    day: str
    roles: Sequence[str]
    jurisdiction: str


def candidates(realm: str, head: read.Head) -> list[Candidate]:
    """Who is to be let in, by the record's own entries, so that anybody may say something against it."""
    found: dict[str, Candidate] = {}
    for _, said in _scan(realm, head):
        text = str(said.signed.get("text", ""))
        if said.kind == PROPOSED and text:
            act, hash = json.loads(text), sha256(text.encode()).hexdigest()
            if act["hours"]:
                found[hash] = Candidate(hash, said.day, act["roles"], act["jurisdiction"])
        elif said.kind in LETS_IN:
            found.pop(sha256(text.encode()).hexdigest(), None)
        elif said.kind == "person.declined" or (said.kind == OBJECTED and said.public.get("source") == "desk"):
            found.pop(str(said.signed.get("act")), None)
    return list(found.values())[::-1]


OF_PEOPLE = {"role.revoked", "person.deactivated", "person.confirmed", PROPOSED, OBJECTED, *FOUNDED, *LETS_IN}


def people(realm: str, head: read.Head) -> tuple[list[Member], str]:
    """Everyone who was let in, by the record's own entries, and what is wrong with them, if anything."""
    found, wrong = People(), ""
    for number, said in _scan(realm, head):
        if said.kind in OF_PEOPLE:
            try:
                found.read(said, number)
            except Unsigned as error:
                wrong = wrong or str(error)
    keys: dict[str, list[str]] = {}
    for mark, person in found.keys.items():
        keys.setdefault(person, []).append(mark)
    members = [
        Member(
            one.id[:8],
            one.jurisdiction,
            sorted(one.roles),
            [id[:8] for id in one.vouched],
            keys.get(one.id, []),
            found.domains.get(one.id, ""),
            found.one_with.get(one.id, "")[:8],
        )
        for one in found.persons.values()
        if one.roles
    ]
    return members, wrong


def figures(realm: str, head: read.Head) -> tuple[list[tuple[str, list[tuple[str, int]]]], list[str]]:
    """What was stated of each day, the latest first, and what doesn't add up."""
    from comity_verify.figures import Figures

    found, days = Figures(), []
    for _, said in _scan(realm, head):
        found.read(said)
        if said.kind == STATED:
            counts = said.public.get("counts")
            days.append((str(said.public.get("date")), sorted(counts.items()) if isinstance(counts, dict) else []))
    return days[::-1][:SHOWN], found.wrong


def _scan(realm: str, head: read.Head) -> list[tuple[int, Entry]]:
    """The entries of a log, as far as a page reads them; what can't be read is left to comity-verify."""
    found: list[tuple[int, Entry]] = []
    for start in range(0, min(head.size, SCANNED), tiles.WIDTH):
        end = min(start + tiles.WIDTH, head.size)
        try:
            for n, raw in enumerate(read.entries(realm, start, end, head.size)):
                found.append((start + n, parse(raw)))
        except (Missing, BadEntry, tiles.Malformed):
            continue
    return found
