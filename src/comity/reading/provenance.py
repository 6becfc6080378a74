"""Where each fact of an order was read: a place for every key, or for the fields that it was made of. Pure.

A place is `{"where", "part", "text"}`, with `page` and `line` where the document has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Place = dict[str, Any]


def of(facts: Mapping[str, Any], reads: Mapping[str, Any], places: Mapping[str, Place]) -> dict[str, Place]:
    """The place of each fact of one order; `reads` are the form's rules (`<id>.reading.json`), `places` those of its
    fields and of its title."""
    title = places.get("instrument")
    form = {key: place for key, place in places.items() if key.partition(".")[2] in facts.get("form", {})}
    out = dict(form)
    made: dict[str, list[Place | None]] = {
        "instrument": [title],
        "territory": [title],
        "language": [title],
        "form.legal_basis": [title],
        "first_order": [places.get("first_order")],
        "channel": [{"where": "headers", "part": 0, "text": "To"}],
        "person_claim": [places.get("person_claim")],
        **_authority(reads["authority"], form),
        **_beside(reads, form),
    }
    for key, found in made.items():
        if held(facts, key) and (known := [place for place in found if place]):
            out[key] = joined(known)
    return out


def _authority(rules: Mapping[str, Any], form: Mapping[str, Place]) -> dict[str, list[Place | None]]:
    return {
        "authority.name": _fields(rules["name"], form)[:1],
        "authority.kind": _fields([rules["kind"], *rules["said_in"]], form)[:2],
        "authority.country": _fields(["issuing_state"], form),
    }


def _beside(reads: Mapping[str, Any], form: Mapping[str, Place]) -> dict[str, list[Place | None]]:
    """Facts beside the form that are made of several of its fields."""
    out = {
        "targets": _fields([name for rule in reads["targets"] for name in rule["fields"]], form),
        "non_disclosure": _fields(["non_disclosure"], form),
    }
    if evidence := reads["evidence"]:
        ticked = [name for one in evidence["categories"] for name in (*one["fields"], *one["ranges"])]
        out["data"] = _fields(ticked, form)
        out["offence"] = _fields([evidence["offence"], evidence["concerns"]], form)
        out["emergency"] = _fields([rule.partition("=")[0] for rule in evidence["emergency"]], form)
        out["validated_by"] = _fields([*evidence["validation"]["name"], evidence["validation"]["named"]], form)
        out["notified"] = _fields(list((evidence.get("notified") or {}).values()), form)
    return out


def _fields(names: Iterable[str], form: Mapping[str, Place]) -> list[Place | None]:
    return [form.get(f"form.{name}") for name in dict.fromkeys(names) if f"form.{name}" in form]


def joined(places: list[Place]) -> Place:
    """Several places as one: the first, with what stands in all of them."""
    if len(places) == 1:
        return dict(places[0])
    where = "; ".join(dict.fromkeys(str(place["where"]) for place in places[:8]))
    return places[0] | {"where": where, "text": "\n".join(str(place["text"]) for place in places)[:4_000]}


def held(facts: Mapping[str, Any], key: str) -> bool:
    """Whether a fact stands there, by its dotted key."""
    inner: Any = facts
    for part in key.split("."):
        if not isinstance(inner, Mapping) or part not in inner:
            return False
        inner = inner[part]
    return True


def placed(facts: Mapping[str, Any], places: Mapping[str, Place]) -> dict[str, Any]:
    """The facts that have a place, or are made of parts that each have one: no other is told."""
    out: dict[str, Any] = {}
    for key, value in facts.items():
        if key in places:
            out[key] = value
        elif isinstance(value, Mapping):
            kept = {name: inner for name, inner in value.items() if f"{key}.{name}" in places}
            out |= {key: kept} if kept else {}
    return out
