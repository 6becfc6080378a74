"""Which instrument is it? A request that names one, none, or the wrong one → the one finding that answers it. Pure.

A named instrument is judged on its merits. Without a known instrument, what remains is judged: danger to a life, a
lever on a person, a demand for access, else our own rule for requests without a pack. If the finding is not valid,
`nearest` says what would make it so, and `candidates` which other regulations the request fits, with what each still
lacks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from comity.cel.tree import Value

from . import facts, packs
from .judge import Finding, canonical, judge, judged
from .nearest import nearest
from .packs import Library, NoPack, Pack

# What is judged if no instrument is known: the first pack whose fact is there.
WITHOUT_INSTRUMENT = (
    ("danger", "own-hotline"),
    ("person_claim", "own-person-claim"),
    ("access_demand", "own-access-demand"),
    ("", "own-no-pack"),
)
MOST_CANDIDATES = 5
WRONG = frozenset(("not-competent", "refuse", "defective", "reroute"))  # outcomes after which candidates are looked for
ABOUT = (
    "form",
    "targets",
    "target",
    "data",
    "datum",
)  # what the instrument itself says; the other facts are who says it, to whom and when


class NotTheSame(ValueError):
    """A finding that cannot be reproduced byte for byte; the text says what differs."""


def judge_request(given: Mapping[str, Any], library: Library | None = None) -> Finding:
    """The finding on a request, by the version in force at receipt, with `also`, `candidates` and `nearest`.

    Raises `facts.FactsWrong` (a fact breaks the schema) or `packs.NoPack` (no version was in force, or the instrument
    is unknown and there is no `own-no-pack`).
    """
    known = library or packs.load()
    checked = {**given, "instrument": given["instrument"] or ""} if "instrument" in given else given
    values = facts.read(checked)
    pack = _pack(checked, known, _received(values))
    finding = judged(values, pack, known)
    named = pack.id == checked["instrument"]
    if named and finding["outcome"] != "valid" and (change := nearest(checked, pack)) is not None:
        finding["nearest"] = change
    if not named or finding["outcome"] in WRONG:
        finding["candidates"] = candidates(checked, known, finding if named else None)
    return finding


def regenerate(finding: Finding, given: Mapping[str, Any], library: Library | None = None) -> Finding:
    """A finding reproduced from its record, by the exact bytes of the pack it names.

    Raises `packs.NoPack` if that version is not here, NotTheSame if calendar, time zones or any byte differ.
    """
    known = library or packs.load()
    pack = of_record(finding, known)
    again = judge(given, pack, _Recorded(tuple(of_record(other, known) for other in finding["also"]), ()))
    if "nearest" in finding:
        again["nearest"] = nearest(given, pack)
    if "candidates" in finding:  # a candidate list depends on the packs of that day, which the record doesn't hold
        again["candidates"] = finding["candidates"]
    if again["made_with"] != finding["made_with"]:
        raise NotTheSame(f"it was made with {finding['made_with']}, here is {again['made_with']}")
    if canonical(again) != canonical(finding):
        differs = [key for key in finding if finding[key] != again.get(key)]
        raise NotTheSame(f"it differs in {', '.join(differs) or 'what was left out'}")
    return again


class _Recorded(Library):
    """The exact versions that a record names, whatever was in force when."""

    def in_force(self, instrument: str, at: datetime | None) -> Pack:
        return self.versions(instrument)[-1]


def of_record(finding: Finding, known: Library) -> Pack:
    """The exact version that a finding names, found by its hash. Raises `packs.NoPack` if it is not here."""
    sha256 = finding["made_with"]["pack_sha256"]
    found = next((pack for pack in known.packs if (pack.id, pack.sha256) == (finding["pack"], sha256)), None)
    if found is None:
        raise NoPack(f"no version of {finding['pack']} has the hash {sha256[:12]}…")
    return found


def _received(values: Mapping[str, Value]) -> datetime | None:
    received = values.get("received_at")
    return received if isinstance(received, datetime) else None


def _pack(given: Mapping[str, Any], known: Library, at: datetime | None) -> Pack:
    """The pack by which a request is judged: its own, or the one for requests without a known instrument."""
    if given["instrument"] in known.ids():
        return known.in_force(given["instrument"], at)
    for fact, name in WITHOUT_INSTRUMENT:
        if name in known.ids() and (not fact or given.get(fact) is not None):
            return known.in_force(name, at)
    raise NoPack(f"no regulation is known for {given['instrument'][:80]!r}; known: {', '.join(known.ids())}")


def candidates(given: Mapping[str, Any], library: Library, named: Finding | None = None) -> list[dict[str, Any]]:
    """The packs whose form a request fits, the nearest first: `{"pack", "version", "outcome", "lacks", "says"}`.

    A pack fits if something that the instrument itself says makes one of its blocking checks hold, and no check says
    that the sender may not issue it. Beside a known instrument (`named`), only packs that lack less are listed; if that
    one is merely defective, only packs whose form fits at least as well: an order with a wrong address is what it says
    it is.
    """
    values, own = facts.read(given), {name for _, name in WITHOUT_INSTRUMENT}
    at, found = _received(values), []
    for name in library.ids():
        if name in own or name == given["instrument"]:
            continue
        try:
            pack = library.in_force(name, at)
        except NoPack:
            continue
        if (row := _candidate({**values, "instrument": name}, pack, library)) is not None:
            found.append(row)
    if named is not None:
        most = len(_lacks(named))
        least = _fit(library.in_force(named["pack"], at), named) if named["outcome"] == "defective" else 0
        found = [(fit, row) for fit, row in found if len(row["lacks"]) < most and fit >= least]
    return sorted((row for _, row in found), key=lambda row: (len(row["lacks"]), row["pack"]))[:MOST_CANDIDATES]


def _fit(pack: Pack, finding: Finding) -> int:
    """How many checks hold because of what the instrument itself says."""
    about = {check.id for check in pack.checks if {path.split(".")[0] for path in check.rule.facts} & set(ABOUT)}
    return sum(1 for row in finding["checks"] if row["holds"] and row["id"] in about)


def _candidate(values: dict[str, Value], pack: Pack, library: Library) -> tuple[int, dict[str, Any]] | None:
    finding = judged(values, pack, library)
    lacks = _lacks(finding)
    if any(row.get("outcome") == "not-competent" for row in lacks):
        return None
    about = {check.id for check in pack.checks if {path.split(".")[0] for path in check.rule.facts} & set(ABOUT)}
    if not any(row["holds"] and row["blocking"] and row["id"] in about for row in finding["checks"]):
        return None
    return _fit(pack, finding), {
        "pack": pack.id,
        "version": pack.version,
        "outcome": finding["outcome"],
        "lacks": [row["id"] for row in lacks],
        "says": [row["says"] for row in lacks],
    }


def _lacks(finding: Finding) -> list[dict[str, Any]]:
    """What stands against a finding, or is said in its answer: checks that fail, and checks that ask."""
    return [row for row in finding["checks"] if row["holds"] is False or row.get("unknown") == "asks"]
