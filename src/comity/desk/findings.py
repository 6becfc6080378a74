"""What a finding says beside its checks, for the pages: under which regulation, what else it may be, what would make it
valid. Pure but for the library of regulations, from which titles and articles come."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from comity.console import labels
from comity.library import in_words
from comity.regulations.packs import Library, NoPack, Pack
from comity.web.parts import Fact, Link, Pair, Step

from . import words
from .pages import Candidate, Judged

NO_PACK = "own-no-pack"
AGAINST: Mapping[str, str] = {
    "officer": "a responsible officer of ours",
    "employee": "an employee",
    "family": "the family of one of us",
}
ASKS: Mapping[str, str] = {
    "standing-access": "standing access",
    "general-access": "general access",
    "keys": "keys",
    "weaken-encryption": "weaker encryption",
    "interface": "an interface",
}


def judged(finding: Mapping[str, Any], library: Library) -> Judged:
    """A finding under its regulation: outcome, checks, what it asks of us, and until when the regulation says."""
    made = words.verdict(finding)
    pack = _pack(library, finding["pack"], finding["version"])
    return Judged(
        verdict=replace(made, pack=link(finding, pack)),
        title=in_words.say(pack.title) if pack else str(finding["pack"]),
        checks=words.checks(finding),
        duties=tuple(Step(row["says"], row["cite"], _at(row["until"])) for row in finding["duties"]),
        clocks=tuple(_clock(row) for row in finding["deadlines"]),
    )


def link(finding: Mapping[str, Any], pack: Pack | None) -> Link:
    """A regulation by its title and version, leading to its page."""
    name = f"{in_words.say(pack.title)}, version {pack.version}" if pack else f"{finding['pack']}, {finding['version']}"
    return Link(name, f"/regulations/{finding['pack']}/{finding['version']}")


def _clock(row: Mapping[str, Any]) -> Step:
    due = row.get("due_target") or row.get("due_legal")
    says = str(row.get("says") or row["id"].replace("-", " ").capitalize())
    return Step(f"{says}: until" if due else f"{says}: no date is known", row["cite"], _at(due))


def _at(instant: str | None) -> datetime | None:
    return datetime.fromisoformat(instant) if instant else None


def _pack(library: Library, name: str, version: str) -> Pack | None:
    try:
        return library.version(name, version)
    except NoPack:
        return None


def also(finding: Mapping[str, Any], library: Library) -> tuple[Judged, ...]:
    """The findings of other regulations that the same request calls for."""
    return tuple(judged(other, library) for other in finding.get("also", []))


def candidates(finding: Mapping[str, Any], library: Library) -> tuple[Candidate, ...]:
    """The regulations that a request may fall under, each with what it still lacks; the nearest first."""
    return tuple(_candidate(row, library) for row in finding.get("candidates", []))


def _candidate(row: Mapping[str, Any], library: Library) -> Candidate:
    pack = _pack(library, row["pack"], row["version"])
    cites = {check.id: check.cite for check in pack.checks} if pack else {}
    rows = zip(row["lacks"], row["says"], strict=True)
    return Candidate(
        regulation=link(row, pack),
        act=pack.act if pack else "",
        lacks=tuple(Step(says, cites.get(name, "")) for name, says in rows),
    )


def nearest(finding: Mapping[str, Any]) -> tuple[Pair, ...]:
    """The smallest change of facts after which a finding would be valid."""
    return tuple(_change(change) for change in finding.get("nearest", []))


def _change(change: Mapping[str, Any]) -> Pair:
    value = change["value"]
    wanted = labels.GIVEN if value in ("…", ["…"]) else labels.value(value) or labels.GIVEN
    if "was" not in change and not isinstance(value, bool) and wanted != labels.GIVEN:
        wanted = f"such as {wanted}"  # nobody knows what it is: any other that fits would do as well
    was = labels.value(change["was"]) if "was" in change else "unknown"
    return Pair(labels.label(change["fact"]), f"now: {was}", bold=wanted)


def facts(said: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[Fact, ...]:
    """What was read of a demand without a known form, each with its place; and what only reading it as one tells."""
    places = sorted(said.get("places", {}).items(), key=lambda item: item[0] != "instrument")
    rows = [_fact(path, place, given) for path, place in places]
    claim, access = given.get("person_claim"), given.get("access_demand")
    if claim:
        against = AGAINST.get(claim.get("against", ""), "one of our people")
        rows.append(Fact("About a person", f"perhaps process, or harm held out, against {against}", "its text"))
    if access:
        rows.append(Fact("Asks for", ", ".join(ASKS.get(ask, ask) for ask in access["asks"]), "its text"))
    return tuple(row for row in rows if row.value is not None)


def _fact(path: str, place: Mapping[str, Any], given: Mapping[str, Any]) -> Fact:
    value = place["text"] if path == "instrument" else labels.shown(path, labels.at(given, path))
    name = "Instrument named" if path == "instrument" else labels.label(path)
    return Fact(name, value, str(place.get("where", "")), code=path == "form.urls")


def is_quiet(finding: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Whether nothing in a mail speaks of a demand: then our rule for what has no regulation is only named."""
    said = any(given.get(name) for name in ("instrument", "form", "person_claim", "access_demand", "danger"))
    return finding["pack"] == NO_PACK and not said
