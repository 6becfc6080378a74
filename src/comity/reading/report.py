"""A Reading as `comity read` tells it: instrument, facts, orders, the place of each fact, what is unknown, and flags.

Pure. No fact is told without its place. Several orders are told one by one, and `facts` holds what they share. Who sent
it is graded as at the door; what our own mail server found of it (SPF, DMARC) is a reason, and no grade.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from comity.authorities import rules
from comity.reading import form, provenance

# What the desk is told elsewhere, and nobody needs to see in a report.
SILENT = {"values-not-found", "maybe-automatic", "automatic"}
ASKED = (
    "authority.name",
    "authority.kind",
    "authority.country",
    "form.reference",
    "form.issued_at",
    "form.legal_basis",
    "targets",
)


def of(reading: Mapping[str, Any], sender: rules.Verification | None = None, *, mailed: bool = True) -> dict[str, Any]:
    """`{"instrument", "facts", "orders", "provenance", "unknown", "flags"}`; with a `sender`, how it was verified.

    `mailed`: the reading is of a mail, rather than of a document that lay in a file.
    """
    each = [one_order(order, mailed=mailed) for order in reading["orders"]] or [a_demand(reading)]
    facts = each[0]["facts"] if len(each) == 1 else shared([one["facts"] for one in each])
    out: dict[str, Any] = {
        "instrument": facts.get("instrument"),
        "facts": facts,
        "orders": [one["facts"] for one in each] if len(each) > 1 else [],
        "provenance": each[0]["provenance"],
        "unknown": sorted({key for one in each for key in one["unknown"]}),
        "flags": flags(reading, sender),
        "signatures": {"mail": reading["signatures"], "documents": reading.get("signed") or []},
    }
    if len(each) > 1:
        out["provenance"] = {key: p for key, p in each[0]["provenance"].items() if provenance.held(facts, key)}
        out["provenance_of_orders"] = [one["provenance"] for one in each]
    if reading.get("suggestions"):
        out["suggestions"] = reading["suggestions"]
    if sender is not None:
        out["sender"] = {"grade": sender.grade, "authority": sender.authority, "reasons": list(sender.reasons)}
        if sender.grade == "none" and {"lookalike-domain", "spoofed"} & set(sender.flags):
            claim_nothing(out)
    return out


def one_order(read: Mapping[str, Any], *, mailed: bool) -> dict[str, Any]:
    known = next(one for one in form.known() if one.id == read["sheet"]["form"])
    places = provenance.of(read["facts"], known.reads, read["provenance"])
    if not mailed:
        places.pop("channel", None)
    facts = provenance.placed(read["facts"], places)
    asked = [f.name for f in known.fields.values() if f.type not in {"notice", "signature"} and f.required is not False]
    unread = [f"form.{name}" for name in asked if name not in facts.get("form", {})]
    return {"facts": facts, "provenance": places, "unknown": unread + missing(facts, ("authority.name",))}


def a_demand(reading: Mapping[str, Any]) -> dict[str, Any]:
    """What a mail without a known form says; of a scan nothing, whatever a mail around it says."""
    said = reading["demand"]
    if said is None:
        return {"facts": {}, "provenance": {}, "unknown": ["instrument", *ASKED]}
    facts, places = dict(said["facts"]), dict(said["places"])
    if "instrument" not in facts and (own := own_regulation(facts)):
        facts["instrument"], places["instrument"] = own, places[OWN[own]]
    facts = provenance.placed(facts, places)
    return {"facts": facts, "provenance": places, "unknown": missing(facts, ("instrument", *ASKED))}


OWN = {"own-person-claim": "person_claim", "own-access-demand": "access_demand"}


def own_regulation(facts: Mapping[str, Any]) -> str | None:
    """The regulation of our own that a demand without a known instrument falls under; that words alone may speak of a
    claim is for a person to say."""
    told = {"access_demand"} if "access_demand" in facts else set()
    told |= {"person_claim"} if "lever" in (facts.get("person_claim") or {}) else set()
    return next((pack for pack, fact in OWN.items() if fact in told), None)


def missing(facts: Mapping[str, Any], keys: Sequence[str]) -> list[str]:
    return [key for key in keys if not provenance.held(facts, key)]


def shared(each: list[dict[str, Any]]) -> dict[str, Any]:
    """What all orders of a mail say alike."""
    out: dict[str, Any] = {}
    for key, value in each[0].items():
        if all(one.get(key, ...) == value for one in each):
            out[key] = value
        elif isinstance(value, dict) and all(isinstance(one.get(key), dict) for one in each):
            out |= {key: inner} if (inner := shared([one[key] for one in each])) else {}
    return out


def flags(reading: Mapping[str, Any], sender: rules.Verification | None) -> list[str]:
    told = {*reading["flags"], *((reading["demand"] or {}).get("flags") or ())} - SILENT
    return sorted(told | set(sender.flags if sender else ()))


def claim_nothing(out: dict[str, Any]) -> None:
    """Of what looks forged: that nothing verifies it is a fact of its own."""
    place = {"where": "headers", "part": 0, "text": "; ".join(out["sender"]["reasons"])[:1_000]}
    for facts in [out["facts"], *out["orders"]]:
        facts["authority"] = {**facts.get("authority", {}), "verification": "none"}
    out["provenance"]["authority.verification"] = place
