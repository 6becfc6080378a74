"""A whole log, verified by a stranger: every entry hashed, every tile compared, the head's signatures and its past.

1. The head: signed by the log's key, cosigned as the policy asks.
2. The past: a head seen before must be on the way to this one. A smaller head is a rollback, another root a fork.
3. Every bundle: each entry's hash stands in its tile, each full tile in the one above; all of it leads to the root.
4. What the entries say: they are well formed, signed by people let in before, and the figures add up.

Memory doesn't grow with the log, but by days and people. State is kept after each thousand entries: a walk that was
interrupted goes on where it was.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from . import merkle, notes, tiles
from .entries import BadEntry, parse
from .figures import Figures
from .notes import BadNote, Checkpoint
from .people import People, Unsigned
from .policies import Policy
from .source import Missing, Source
from .tiles import WIDTH, Tile
from .writer import replace

VERIFIED, INCOMPLETE, TAMPERED = "verified", "incomplete", "tampered"
SAVED_EVERY = 16  # bundles


class Tampered(Exception):
    """The log is not what its head says, or not what it was; the text says where."""


@dataclass
class Report:
    """What came of it. `problems` says in words what is missing or wrong."""

    origin: str
    size: int
    root: str
    cosignatures: list[str]
    quorum: bool
    figures: Mapping[str, Any] = field(default_factory=dict)
    charter: Mapping[str, Any] = field(default_factory=dict)
    verdict: str = INCOMPLETE
    problems: list[str] = field(default_factory=list)
    entries: int = 0
    to_vouch: Mapping[str, tuple[str, list[str]]] = field(default_factory=dict)


@dataclass
class _Walk:
    """How far a walk is: the edge over what was verified, and what its entries said."""

    edge: merkle.Edge
    people: People
    figures: Figures
    bad: list[str]
    above: list[bytes] | None = None  # the roots of all full tiles, where the walk began with the first entry

    def dump(self) -> dict[str, Any]:
        return {
            "size": self.edge.size,
            "edge": [hash.hex() for hash in self.edge.hashes],
            "people": self.people.dump(),
            "figures": vars(self.figures),
            "bad": self.bad,
        }

    @classmethod
    def load(cls, state: Mapping[str, Any]) -> "_Walk":
        edge = merkle.Edge(state["size"], map(bytes.fromhex, state["edge"]))
        return cls(edge, People.load(state["people"]), Figures(**state["figures"]), list(state["bad"]))


def head_of(source: Source, policy: Policy) -> tuple[Checkpoint, list[str], bytes]:
    """The published head, after its signatures were verified, and the witnesses that cosigned it. Raises BadNote,
    Missing, Unreachable."""
    raw = source.get("checkpoint")
    opened = notes.open_note(raw, policy.keys)
    head = notes.checkpoint(opened.text)
    if not any(opened.by(key) and key.name == head.origin for key, _ in policy.logs.values()):
        raise notes.NotSigned("no log that the policy names has signed the checkpoint")
    return head, policy.signed([key for key, _ in opened.verified]), raw


def _same(edge: merkle.Edge, seen: Mapping[str, Any]) -> None:
    if edge.root().hex() != seen["root"]:
        raise Tampered(f"fork: the first {seen['size']} entries are not those that were seen before")


class Audit:
    """One verification of one log, with what was seen of it before. `progress` is called with entries done and all."""

    def __init__(
        self,
        source: Source,
        policy: Policy,
        state: Path | None = None,
        progress: Callable[[int, int], None] = lambda done, size: None,
    ) -> None:
        self.source, self.policy, self.state, self.progress = source, policy, state, progress
        self.people = People()  # as far as `run` has read

    def run(self) -> Report:
        """Verify everything. Raises Unreachable; whatever else is wrong is in the report."""
        try:
            head, signed, raw = head_of(self.source, self.policy)
        except BadNote as error:
            return Report("", 0, "", [], False, verdict=TAMPERED, problems=[f"checkpoint: {error}"])
        except Missing:
            return Report("", 0, "", [], False, problems=["checkpoint: there is none"])
        report = Report(
            head.origin, head.size, notes.b64(head.root), self.policy.called(signed), self.policy.satisfied(signed)
        )
        try:
            self._check(head, raw, report)
        except (Tampered, tiles.Malformed, Unsigned) as error:
            report.verdict, report.problems = TAMPERED, [*report.problems, str(error)]
        except Missing as error:
            report.verdict, report.problems = INCOMPLETE, [*report.problems, f"missing: {error}"]
        return report

    def _check(self, head: Checkpoint, raw: bytes, report: Report) -> None:
        kept = self._kept(head.origin)
        if kept and kept["head"]["size"] > head.size:
            raise Tampered(f"rollback: {kept['head']['size']} entries were seen before, and now there are {head.size}")
        walk = self._resume(kept, head)
        self._bundles(walk, head, kept)
        if walk.edge.root() != head.root and kept:  # from the first entry again: what was seen may be what differs
            walk = self._resume(None, head)
            self._bundles(walk, head, kept)
        if walk.edge.root() != head.root:
            raise Tampered("the entries do not lead to the root of the checkpoint")
        if walk.above is None:
            self._upper_tiles(head)
        else:
            self._tiles_above(walk.above)
        self._keep(head, raw, walk)
        self.people = walk.people
        report.entries = walk.edge.size
        report.figures, report.charter = walk.figures.told(), walk.people.told()
        report.to_vouch = walk.people.to_vouch()
        report.problems += self._missing(report, walk)
        report.verdict = TAMPERED if walk.bad else INCOMPLETE if report.problems else VERIFIED

    def _missing(self, report: Report, walk: _Walk) -> list[str]:
        found = [*walk.bad, *walk.figures.wrong]
        if not report.quorum:
            found.append(f"witnesses: {len(report.cosignatures)} of {len(self.policy.witnesses)} cosigned, too few")
        if walk.people.unfollowed():
            found.append(f"{walk.people.unfollowed()} approvals have no signature that leads to the charter")
        return found

    def _resume(self, kept: Mapping[str, Any] | None, head: Checkpoint) -> _Walk:
        if kept and kept["walk"]["size"] <= head.size:
            return _Walk.load(kept["walk"])
        return _Walk(merkle.Edge(), People(), Figures(), [], [])

    def _bundles(self, walk: _Walk, head: Checkpoint, kept: Mapping[str, Any] | None) -> None:
        seen = kept["head"] if kept and kept["head"]["size"] else None
        while walk.edge.size < head.size:
            index, done = divmod(walk.edge.size, WIDTH)
            width = tiles.width_in(head.size, 0, index)
            entries = tiles.parse_bundle(self.source.tile(Tile(None, index, width)), width)
            hashes = tiles.hashes_of(self.source.tile(Tile(0, index, width)), width, Tile(0, index, width).path)
            leaves = merkle.leaf_hashes(entries)
            if leaves != hashes:
                wrong = next(place for place in range(width) if leaves[place] != hashes[place])
                raise Tampered(f"entry {index * WIDTH + wrong} is not the one that was hashed into the tree")
            for place in range(done, width):
                self._entry(walk, entries[place], index * WIDTH + place)
            if width == WIDTH and walk.above is not None:
                walk.above.append(merkle.fold(hashes))
            if (
                width == WIDTH
                and walk.above
                and not done
                and not (seen and 0 <= seen["size"] - walk.edge.size <= WIDTH)
            ):
                walk.edge.add_perfect(walk.above[-1], tiles.HEIGHT)
            else:
                for leaf in leaves[done:]:
                    walk.edge.add(leaf)
                    if seen and walk.edge.size == seen["size"]:
                        _same(walk.edge, seen)
            self.progress(walk.edge.size, head.size)
            if self.state and index % SAVED_EVERY == SAVED_EVERY - 1 and seen is None:
                self._save(head.origin, {"head": {"size": 0, "root": merkle.EMPTY.hex()}, "walk": walk.dump()})

    def _entry(self, walk: _Walk, raw: bytes, number: int) -> None:
        try:
            entry = parse(raw)
            walk.people.read(entry, number)
            walk.figures.read(entry)
        except BadEntry as error:
            walk.bad.append(f"entry {number}: {error}")
        except Unsigned as error:
            walk.bad.append(str(error))
        if len(walk.bad) > 20:
            raise Tampered("; ".join(walk.bad))

    def _tiles_above(self, hashes: list[bytes]) -> None:
        """The tiles above level 0 hold the roots of those below, which were computed on the way."""
        level = 1
        while hashes:
            parts = [hashes[at : at + WIDTH] for at in range(0, len(hashes), WIDTH)]
            for index, part in enumerate(parts):
                tile = Tile(level, index, len(part))
                if tiles.hashes_of(self.source.tile(tile), tile.width, tile.path) != part:
                    raise Tampered(f"{tile.path} does not hold the roots of the tiles below")
            hashes, level = [merkle.fold(part) for part in parts if len(part) == WIDTH], level + 1

    def _upper_tiles(self, head: Checkpoint) -> None:
        """Each hash above level 0 is the root of a full tile below. Level 0 was compared with the entries."""
        for level, full, width in tiles.of_size(head.size):
            if level == 0:
                continue
            for index in range(full + bool(width)):
                tile = Tile(level, index, WIDTH if index < full else width)
                hashes = tiles.hashes_of(self.source.tile(tile), tile.width, tile.path)
                for place, hash in enumerate(hashes):
                    below = Tile(level - 1, index * WIDTH + place)
                    data = tiles.hashes_of(self.source.tile(below), WIDTH, below.path)
                    if merkle.fold(data) != hash:
                        raise Tampered(f"hash {place} of {tile.path} is not the root of {below.path}")

    # what was seen before
    def _file(self, origin: str) -> Path | None:
        return self.state / f"{sha256(origin.encode()).hexdigest()[:32]}.json" if self.state else None

    def _kept(self, origin: str) -> dict[str, Any] | None:
        path = self._file(origin)
        if path is None or not path.exists():
            return None
        kept = json.loads(path.read_text("utf-8"))
        return kept if isinstance(kept, dict) and {"head", "walk"} <= kept.keys() else None

    def _keep(self, head: Checkpoint, raw: bytes, walk: _Walk) -> None:
        seen = {"size": head.size, "root": head.root.hex(), "note": raw.decode()}
        self._save(head.origin, {"head": seen, "walk": walk.dump()})

    def _save(self, origin: str, state: Mapping[str, Any]) -> None:
        path = self._file(origin)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            replace(path, json.dumps(state).encode())
