"""How long an act gives, or a rule of ours, as its pack has it: to be counted, and to be said in words. Pure.

A version that was adopted here may leave out a row that we speak of; then it is that of the newest version we ship.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

import yaml

from comity import language
from comity.regulations import legal_time, packs
from comity.regulations.legal_time import ACT, Period, Place
from comity.regulations.packs import Library, NoPack, Pack


@dataclass(frozen=True)
class Time:
    """A length in a unit of the packs (`hours`, `weeks`, …), and the law that counts it."""

    length: int
    unit: str
    law: str = ACT

    def __str__(self) -> str:
        """In words, in the active language: 48 hours, 2 weeks."""
        return language.period(self.length, self.unit)

    def end(self, start: datetime, place: Place) -> Period:
        """When it ends if it starts at an instant (UTC)."""
        return legal_time.end_of(start, self.length, self.unit, place, self.law)


def pack(library: Library, id: str, at: datetime | None = None) -> Pack | None:
    """The version of a pack in force at an instant (UTC; None: the last); None where there is none."""
    try:
        return library.in_force(id, at)
    except NoPack:
        return None


def deadline(pack: Pack | None, of: str, id: str) -> Time:
    """How long a deadline of a pack is; `of` is the pack's id. Raises LookupError for one that no version has."""
    for one in _versions(pack, of):
        for row in one.deadlines:
            if row.id == id:
                return Time(row.length, row.unit, row.counts_by)
    raise LookupError(f"{of} has no deadline {id}")


def deadline_when(pack: Pack | None, of: str, id: str, unit: str) -> Time:
    """As `deadline`, of the row that is counted in a unit: some are short in an emergency. Raises LookupError."""
    for one in _versions(pack, of):
        for row in one.deadlines:
            if (row.id, row.unit) == (id, unit):
                return Time(row.length, row.unit, row.counts_by)
    raise LookupError(f"{of} has no deadline {id} in {unit}")


def longer(pack: Pack | None, of: str, id: str) -> Time:
    """By how much a deadline can be prolonged. Raises LookupError."""
    for one in _versions(pack, of):
        for row in one.deadlines:
            if row.id == id and row.extends:
                return Time(row.extends[0].length, row.unit, row.counts_by)
    raise LookupError(f"{of} has no deadline {id} that can be prolonged")


def duty(pack: Pack | None, of: str, id: str) -> Time:
    """How long a duty lasts, or at most lasts. Raises LookupError."""
    for one in _versions(pack, of):
        for row in one.duties:
            if row.id == id and row.until and (row.until.start or row.until.at_most):
                most = row.until.at_most
                return Time(most.length, most.unit, most.law) if most else _of(row.until)
    raise LookupError(f"{of} has no duty {id} with a length")


def _of(until: packs.Until) -> Time:
    return Time(until.length, until.unit, until.law)


def _versions(pack: Pack | None, of: str) -> list[Pack]:
    shipped = packs.load()
    return [*([pack] if pack else []), *reversed(shipped.versions(of) if of in shipped.ids() else ())]


@cache
def complaints() -> Time:
    """For how long the person affected can complain to us, at the least: our rule in `complaints.yaml`."""
    data = yaml.safe_load(files(__package__).joinpath("complaints.yaml").read_text("utf-8"))
    return Time(data["open_for"]["length"], data["open_for"]["unit"])
