"""Random facts that follow the schema, narrowed to what the packs rest on."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

from comity.regulations import facts, packs


def value_of(rule: dict[str, Any]) -> st.SearchStrategy[Any]:
    kinds = [rule["type"]] if isinstance(rule["type"], str) else rule["type"]
    options = [st.none()] if "null" in kinds else []
    return st.one_of(*options, *(_KINDS[kind](rule) for kind in kinds if kind != "null"))


FORMATS = {
    "instant": st.sampled_from(
        ["1970-01-01T00:00:00Z", "2026-03-02T22:00:00Z", "2026-03-29T01:30:00.5Z", "2199-12-31T23:59:59Z"]
    ),
    "date": st.sampled_from(["1970-01-01", "2028-02-29", "2199-12-31"]),
    "country": st.sampled_from(["BE", "FR", "US", "EE"]),
    "language": st.sampled_from(["en", "fr", "hu"]),
    "territory": st.sampled_from(["EU", "WORLD", "FR"]),
    "zone": st.sampled_from(["Europe/Brussels", "UTC", "Pacific/Apia", "Asia/Kathmandu"]),
}


def _text(rule: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "enum" in rule:
        return st.sampled_from([option for option in rule["enum"] if option is not None])
    return FORMATS.get(rule.get("format", ""), st.sampled_from(["", " ", "https://lantern.example/1", "2021/784", "x"]))


_KINDS: dict[str, Any] = {
    "string": _text,
    "boolean": lambda rule: st.booleans(),
    "integer": lambda rule: st.integers(rule.get("minimum", -5), 20),
    "number": lambda rule: st.integers(0, 20) | st.floats(0, 20),
    "array": lambda rule: st.lists(value_of(rule["items"]), max_size=2),
    "object": lambda rule: st.fixed_dictionaries({}, optional={k: value_of(v) for k, v in rule["properties"].items()}),
}
ALSO = {"received_at", "removed_at", "complaint", "imminent_threat", "targets", "provider", "data"}


def _narrowed(of: tuple[packs.Pack, ...]) -> dict[str, Any]:
    """The schema, without the form fields on which no rule of these packs rests (they only make examples large)."""
    paths = [path for pack in of for check in pack.checks for path in check.rule.facts]
    schema = copy.deepcopy(facts.schema())
    wanted = {path.split(".")[1] for path in paths if path.startswith("form.")}
    form = schema["properties"]["form"]
    form["properties"] = {name: rule for name, rule in form["properties"].items() if name in wanted}
    names = {path.split(".")[0] for path in paths} | ALSO
    return {name: rule for name, rule in schema["properties"].items() if name in names and name != "instrument"}


def any_facts(*of: packs.Pack) -> st.SearchStrategy[dict[str, Any]]:
    """Facts for these packs (none named: for all that ship); the instrument is the first of them."""
    chosen = of or packs.load().packs
    optional = {name: value_of(rule) for name, rule in _narrowed(chosen).items()}
    return st.fixed_dictionaries({"instrument": st.just(chosen[0].id)}, optional=optional)
