"""Which version of a regulation is in force when: the shipped ones and those adopted here.

An adopted version is a file `<id>/<version>.yaml` in the data directory, and beside it `<version>.json`, which names
the acts by which it was adopted, and when a person ended an emergency change that the quorum had not confirmed. The
file alone counts for nothing: it counts only while people's signatures over the SHA-256 of its exact bytes verify again
(`people.approvals.approved`). A file without its act, or changed since, is reported in `Living.refused`, stops no
other, and is not in force. The demo has its own folder, so that what its people adopt never affects the realm `real`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from comity import clock
from comity.people import approvals
from comity.people.approvals import ApprovedAct, ApprovedBy, NotApproved
from comity.people.rules import Quorum
from comity.regulations import packs
from comity.regulations.pack_file import MAX_BYTES, PackError
from comity.regulations.packs import Library, NoPack, Pack

ADOPT, EMERGENCY, CONFIRM = "regulation-adopt", "regulation-emergency", "regulation-confirm"
KINDS = (ADOPT, EMERGENCY, CONFIRM)
FEWEST = 2  # people who adopt, whatever the data say: nobody alone changes a rule permanently


@dataclass(frozen=True)
class Change:
    """Who may change a regulation, as data (`change.yaml`)."""

    adopt: Quorum
    emergency: Quorum
    confirm_within: timedelta
    ends_after: timedelta


@cache
def change() -> Change:
    """The rule for changes that this gateway is set up with."""
    data = yaml.safe_load(resources.files(__package__).joinpath("change.yaml").read_text("utf-8"))
    return Change(
        Quorum.read(data["adopt"]),
        Quorum.read(data["emergency"]),
        timedelta(hours=data["confirm_within_hours"]),
        timedelta(days=data["ends_after_days"]),
    )


@dataclass(frozen=True)
class Standing:
    """One version, in force from `start` until `end` (UTC; None: no end of its own), and by whose signatures.

    `acts` is empty for a shipped version. An emergency version overrides the ordinary one, which returns when it ends;
    so does a version that was signed with an end of its own (`sunset`).
    """

    pack: Pack
    start: datetime
    end: datetime | None
    reason: str = ""
    by: tuple[ApprovedBy, ...] = ()
    acts: tuple[str, ...] = ()
    emergency: bool = False
    confirmed: bool = False
    sunset: bool = False


@dataclass(frozen=True)
class Living(Library):
    """The library of one realm with its history. `errors` and `refused` name what is not in force, and why."""

    standings: tuple[Standing, ...] = ()
    refused: tuple[PackError, ...] = ()

    def of(self, instrument: str) -> tuple[Standing, ...]:
        """The standings of one regulation, oldest first. Raises NoPack."""
        found = [one for one in self.standings if one.pack.id == instrument]
        if not found:
            self.versions(instrument)
        return tuple(sorted(found, key=lambda one: (one.start, one.pack.version)))

    def standing(self, instrument: str, at: datetime) -> Standing:
        """The version in force at an instant (UTC): the last to start that has not ended. Raises NoPack."""
        for one in reversed(self.of(instrument)):
            ended = self.ended(one)
            if one.start <= at and (ended is None or at < ended):
                return one
        raise NoPack(f"no version of {instrument} was in force on {at.date().isoformat()}")

    def in_force(self, instrument: str, at: datetime | None) -> Pack:
        """The version in force at an instant (UTC; None: the last to start). Raises NoPack."""
        return self.of(instrument)[-1].pack if at is None else self.standing(instrument, at).pack

    def ended(self, one: Standing) -> datetime | None:
        """When a version ended or will end (UTC): by itself, or because a later ordinary one replaced it."""
        later = [other.start for other in self.of(one.pack.id) if other.start > one.start and not _passing(other, one)]
        return min([at for at in (one.end, *later) if at is not None], default=None)

    def made_by(self, instrument: str, version: str, sha256: str) -> Pack:
        """The exact version that a finding was made with, for making the finding again. Raises NoPack."""
        found = self.version(instrument, version)
        if found.sha256 != sha256:
            raise NoPack(f"{instrument} {version} is not the text that was judged by: its hash is another")
        return found


def _passing(later: Standing, one: Standing) -> bool:
    """Whether a later version only overrides an ordinary one for a time: an emergency, or one that ends by itself."""
    return (later.emergency and not one.emergency) or (later.sunset and not (one.sunset or one.emergency))


def folder(realm: str) -> Path:
    """The folder of the versions adopted in a realm; a drill uses the real ones."""
    data: Path = settings.COMITY.data
    return data / "demo" / "packs" if realm == "demo" else data / "packs"


def source(realm: str, pack: Pack) -> str:
    """The text of a version's file as written, comments included. Raises NoPack if it isn't here unchanged."""
    name = f"{pack.id}/{pack.version}.yaml"
    for place in (resources.files("comity.regulations").joinpath("packs", name), folder(realm) / name):
        if place.is_file() and hashlib.sha256(text := place.read_bytes()).hexdigest() == pack.sha256:
            return text.decode()
    raise NoPack(f"the file of {pack.id} {pack.version} is not here as it was read")


_read: dict[str, tuple[object, Living]] = {}


def library(realm: str) -> Living:
    """The versions of a realm, shipped and adopted.

    Files are read again when they change, and signatures are verified again every minute; what is refused is checked on
    every call.
    """
    place = folder(realm)
    files = tuple(_files(place))
    mark = (str(place), files, int(clock.now().timestamp()) // 60 if files else 0, id(packs.load()))
    kept = _read.get(realm)
    if kept is not None and kept[0] == mark and not kept[1].refused:
        return kept[1]
    found = _library("demo" if realm == "demo" else "real", place, files)
    _read[realm] = (mark, found)
    return found


def _files(place: Path) -> Iterator[tuple[str, int, int]]:
    """Every file of the folder with what shows that it changed; empty without a folder."""
    if not place.is_dir():
        return
    for top in sorted(os.scandir(place), key=lambda entry: entry.name):
        if top.is_dir():
            for entry in sorted(os.scandir(top.path), key=lambda entry: entry.name):
                seen = entry.stat()
                yield f"{top.name}/{entry.name}", seen.st_mtime_ns, seen.st_size


def _library(realm: str, place: Path, files: tuple[tuple[str, int, int], ...]) -> Living:
    shipped = packs.load()
    standings, refused = [_shipped(pack) for pack in shipped.packs], []
    taken = {(pack.id, pack.version) for pack in shipped.packs}
    for name in (name for name, _, _ in files if name.endswith(".yaml")):
        try:
            found = _adopted(realm, place, name)
            if (found.pack.id, found.pack.version) in taken:
                raise PackError(name, 0, "version", "a version of this name ships with Comity")
            standings.append(found)
        except PackError as error:
            refused.append(error)
    adopted = tuple(one.pack for one in standings[len(shipped.packs) :])
    return Living(shipped.packs + adopted, shipped.errors, tuple(standings), tuple(refused))


def _shipped(pack: Pack) -> Standing:
    until = pack.in_force_until
    return Standing(pack, midnight(pack.in_force_from), midnight(until) if until else None)


def midnight(day: date) -> datetime:
    """The instant (UTC) at which a version that is in force from a day starts."""
    return datetime.combine(day, time(), UTC)


def _adopted(realm: str, place: Path, name: str) -> Standing:
    """One adopted version, verified by its acts. Raises PackError saying why it is not in force."""
    try:
        with (place / name).open("rb") as file:
            text = file.read(MAX_BYTES + 1)
        hashes, ended = _beside(place / f"{name.removesuffix('.yaml')}.json")
    except OSError as error:
        raise PackError(name, 0, "", f"it can't be read: {error.strerror}") from None
    pack = _built(name, text)
    try:
        return _borne_out(pack, realm, [approvals.approved(hash) for hash in hashes], ended)
    except NotApproved as why:
        raise PackError(name, 0, "", f"not adopted: {why}") from None


@lru_cache(maxsize=64)
def _built(name: str, text: bytes) -> Pack:
    return packs.build(name, text)


def _beside(path: Path) -> tuple[list[str], datetime | None]:
    """What the file beside a version says: the hashes of its acts and when a person ended it; anything else is
    ignored."""
    if not path.exists() or path.stat().st_size > 10_000:
        return [], None
    try:
        told = json.loads(path.read_bytes())
    except ValueError:
        return [], None
    named, ended = (told.get("acts"), told.get("ended")) if isinstance(told, dict) else (None, None)
    hashes = [hash for hash in named if isinstance(hash, str)] if isinstance(named, list) else []
    return hashes, _instant(ended)


def _instant(text: object) -> datetime | None:
    """An instant with a zone, in UTC; None if it isn't one."""
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
        return at.astimezone(UTC) if at and at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _borne_out(pack: Pack, realm: str, acts: list[ApprovedAct], ended: datetime | None) -> Standing:
    """The standing that approved acts give a version. Raises NotApproved."""
    found: dict[str, ApprovedAct] = {}
    for approved in acts:
        _verify_fits(pack, realm, approved.act)
        found[approved.act["kind"]] = approved
    if ADOPT in found:
        return _ordinary(pack, found[ADOPT])
    if EMERGENCY in found:
        return _urgent(pack, found[EMERGENCY], found.get(CONFIRM), ended)
    raise NotApproved("no act that people signed brings these bytes in force")


def _verify_fits(pack: Pack, realm: str, act: Mapping[str, Any]) -> None:
    wanted = {"realm": realm, "regulation": pack.id, "pack_version": pack.version, "sha256": pack.sha256}
    for key, value in wanted.items():
        if act.get(key) != value:
            raise NotApproved(f"the act is about another {key}")
    if act["kind"] not in KINDS:
        raise NotApproved("the act is of another kind")
    quorum = Quorum.read(act["quorum"])
    if act["kind"] != EMERGENCY and min(quorum.count, quorum.jurisdictions) < FEWEST:
        raise NotApproved(f"the act asks for fewer than {FEWEST} people from {FEWEST} jurisdictions")


def last_signed(act: ApprovedAct) -> datetime:
    """When an act's quorum was met (UTC)."""
    return max(one.at for one in act.approvals)


def _second(at: datetime) -> datetime:
    """The second in which an instant lies: facts tell a receipt by whole seconds, and the version that a finding is
    made with must be the one that was in force by them."""
    return at.replace(microsecond=0)


def _ordinary(pack: Pack, act: ApprovedAct) -> Standing:
    start = max(midnight(date.fromisoformat(act.act["in_force_from"])), _second(last_signed(act)))
    ends = act.act.get("ends_on")
    end = max(start, midnight(date.fromisoformat(ends))) if ends else None
    return Standing(pack, start, end, act.act["reason"], act.approvals, (act.hash,), sunset=end is not None)


def _urgent(pack: Pack, act: ApprovedAct, confirmed: ApprovedAct | None, ended: datetime | None) -> Standing:
    rule, start = change(), _second(last_signed(act))
    hours, days = int(act.act["confirm_within_hours"]), int(act.act["ends_after_days"])
    lapses = start + min(timedelta(hours=hours), rule.confirm_within)
    in_time = confirmed is not None and last_signed(confirmed) < lapses
    end = start + min(timedelta(days=days), rule.ends_after) if in_time else lapses
    if ended and not in_time:  # nothing written beside the file undoes what the quorum signed
        end = min(end, max(ended, start))
    by = act.approvals + (confirmed.approvals if confirmed is not None and in_time else ())
    acts = (act.hash, *((confirmed.hash,) if confirmed is not None and in_time else ()))
    return Standing(pack, start, end, act.act["reason"], by, acts, emergency=True, confirmed=in_time)
