"""Judging: one instrument's facts and one version of a regulation → the finding. Pure.

The finding is the contract that doors, desk and tools rely on: the outcome for the whole and for each target, every
check with its value, article and facts, deadlines with their derivation, duties, measures, approvals, forms. An unknown
fact never refuses: where it matters, a person is asked, and the outcome is `needs-person`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from comity.cel.tree import Value

from . import facts, legal_time, periods, territory
from .checks import Look, Row, applied, name_of, place
from .packs import OUTCOMES, PARTS, Library, NoPack, Pack, load

Finding = dict[str, Any]


def judge(given: Mapping[str, Any], pack: Pack, library: Library | None = None) -> Finding:
    """The finding of `pack` on these facts; `also` holds the findings of other packs that the same request calls for.

    `library` is where those packs are looked up (None: the packs that ship). Instants in the result are UTC. Nothing is
    read from clock, database or network, so the same facts and packs give the same bytes (see `canonical`). Raises
    `facts.FactsWrong`.
    """
    return judged(facts.read(given), pack, library)


def judged(values: dict[str, Value], pack: Pack, library: Library | None = None) -> Finding:
    """The same finding on facts that have already been read (`facts.read`)."""
    finding = _found(values, pack)
    if finding["calls_for"]:
        others = _called(finding["calls_for"], values, library or load())
        finding["also"] = [_found(values, other) for other in others if other.id != pack.id]
    return finding


def _called(ids: Iterable[str], values: dict[str, Value], library: Library) -> list[Pack]:
    """The versions in force at receipt of the packs that a request calls for, as far as they exist."""
    received = values.get("received_at")
    at = received if isinstance(received, datetime) else None
    found = []
    for name in ids:
        try:
            found.append(library.in_force(name, at))
        except NoPack:
            continue
    return found


def _found(values: dict[str, Value], pack: Pack) -> Finding:
    look = Look(pack, values, place(values))
    shown, against = applied(look)
    whole = _worst(against, "request", 0, NOTHING)
    targets, data = _parts("target", against, whole, look), _parts("data", against, whole, look)
    outcomes = [part["outcome"] for part in (*targets, *data)] or [whole[0]]
    return {
        "pack": pack.id,
        "version": pack.version,
        "outcome": _first([whole[0], *outcomes]),
        "targets": targets,
        "data": data,
        "checks": shown,
        **_follows(look, outcomes, against),
        "grounds": sorted({row.check.ground for row in against if row.check.ground and row.false_anywhere}),
        "review": pack.review,
        "also": [],
        "calls_for": [other for other, rule in pack.calls_for if look.true(rule)],
        "made_with": {
            "pack_sha256": pack.sha256,
            "calendar": look.place.calendar,
            "tzdata": legal_time.tz_version(),
        },
    }


def _follows(look: Look, outcomes: list[str], against: list[Row]) -> dict[str, Any]:
    """What follows from the outcomes: of the parts where there are any, else of the whole."""
    pack, each = look.pack, frozenset(outcomes)
    due = periods.deadlines(look, each)
    return {
        "deadlines": due,
        "duties": periods.duties(look, each, {row["id"]: row["due_legal"] for row in due}),
        "measures": _measures(look, each),
        "approvals": _approvals(pack, each),
        "forms": _forms(pack, each, against),
    }


def canonical(finding: Finding) -> bytes:
    """The one serialisation of a finding, for comparing and hashing: compact UTF-8 JSON with sorted keys."""
    return json.dumps(finding, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def to_act_on(finding: Finding) -> list[str]:
    """The refs of the targets that the measures of a finding apply to; in a mixed order only some of them."""
    return [target["ref"] for target in finding["targets"] if target["outcome"] == "valid"]


Against = tuple[str, str, str | None]  # an outcome, why, and the article
NOTHING: Against = ("valid", "Nothing stands against it.", None)


def _worst(against: Iterable[Row], of: str, n: int, least: Against) -> Against:
    """What stands against the n-th part: the first, in the order of OUTCOMES, of `least` and its own checks'
    outcomes."""
    rank = OUTCOMES.index(least[0])
    for row in against:
        if row.check.of == of and (outcome := row.outcome(n)) is not None and OUTCOMES.index(outcome) < rank:
            rank, least = OUTCOMES.index(outcome), (outcome, row.says(n), row.check.cite)
    return least


def _first(outcomes: Iterable[str]) -> str:
    return min(outcomes, key=OUTCOMES.index)


def _parts(of: str, against: list[Row], whole: Against, look: Look) -> list[dict[str, Any]]:
    """The outcome of each target or data category: the worse of the whole's and that of its own checks."""
    parts = look.parts(of)
    if not parts:
        return []
    own = [row for row in against if row.check.of == of and row.check.blocking and set(row.values) != {True}]
    told = PARTS[of][2]
    listed = []
    for n, part in enumerate(parts):
        outcome, why, cite = _worst(own, of, n, whole) if own else whole
        listed.append({told: name_of(part, of), "outcome": outcome, "why": why, "cite": cite})
    return listed


def _measures(look: Look, outcomes: frozenset[str]) -> list[dict[str, Any]]:
    """The measures, for the parts that `to_act_on` names; none if there are none."""
    acting = frozenset(outcome for outcome in outcomes if look.pack.outcomes[outcome].acts)
    return [
        {"kind": measure.kind, "territory": territory.of(measure.territory, look.values)}
        for measure in look.pack.measures
        if (acting if measure.outcomes is None else measure.outcomes & outcomes) and look.first_known(measure.only_when)
    ]


def _approvals(pack: Pack, outcomes: frozenset[str]) -> dict[str, Any]:
    """The quorum for what follows: of mixed outcomes the larger one."""
    quorums = [pack.data["approvals"][pack.outcomes[outcome].approvals] for outcome in outcomes]
    if len(quorums) == 1:
        return dict(quorums[0])
    return dict(max(quorums, key=lambda q: (q["count"], q["jurisdictions"])))


def _forms(pack: Pack, outcomes: frozenset[str], against: list[Row]) -> list[str]:
    wanted = set().union(*[pack.outcomes[outcome].forms for outcome in outcomes])
    for row in against:
        if row.check.form and row.false_anywhere:
            wanted.add(row.check.form)
    return [form for form in pack.data["forms"] if form in wanted]
