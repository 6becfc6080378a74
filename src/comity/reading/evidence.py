"""What an order for data says beside its form: which data, for which offence, in what emergency, validated by whom.

Pure. Which field says what stands in `forms/<id>.reading.json` under `evidence`. A group of boxes that is there and
could not be read leaves the whole unknown, for it may be ticked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any

from comity.reading import form

Kind = Callable[[Mapping[str, Any], Mapping[str, Any]], str | None]


def facts(rules: Mapping[str, Any], held: Mapping[str, Any], seen: Collection[str], kind: Kind) -> dict[str, Any]:
    """`data`, `offence`, `emergency` and `validated_by` (docs/facts.md), each only where it was read for certain.

    `held` are the values of the form, `seen` the fields that stand in the document, `kind` tells what an office is.
    """
    out = {
        "data": _data(rules["categories"], held, seen),
        "offence": _offence(rules, held),
        "emergency": _emergency(rules["emergency"], held, seen),
    }
    known = {name: value for name, value in out.items() if value is not None}
    return known | _validated(rules["validation"], held, kind) | _notified(rules.get("notified"), held)


def _data(
    categories: Sequence[Mapping[str, Any]], held: Mapping[str, Any], seen: Collection[str]
) -> list[dict[str, Any]] | None:
    fields = [name for one in categories for name in one["fields"]]
    if not any(name in held for name in fields) or any(name in seen and name not in held for name in fields):
        return None
    return [made for one in categories if (made := _category(one, held, seen))]


def _category(one: Mapping[str, Any], held: Mapping[str, Any], seen: Collection[str]) -> dict[str, Any] | None:
    items = list(dict.fromkeys(item for name in one["fields"] for item in held.get(name) or ()))
    return {"category": one["category"], "items": items, **_range(one["ranges"], held, seen)} if items else None


def _range(fields: Sequence[str], held: Mapping[str, Any], seen: Collection[str]) -> dict[str, str | None]:
    """The first period that is filled in; null on both ends where each was looked at and there is none."""
    for name in fields:
        if held.get(name):
            return dict(held[name])
        if name in seen and name not in held:
            return {}
    return {"from": None, "until": None} if fields and all(name in held for name in fields) else {}


def _offence(rules: Mapping[str, Any], held: Mapping[str, Any]) -> dict[str, Any] | None:
    concerns = held.get(rules["concerns"]) or []
    out: dict[str, Any] = {"name": held.get(rules["offence"]), "concerns": concerns[0] if len(concerns) == 1 else None}
    out |= {"max_penalty_years": most_years(str(held.get(rules["offence"]) or ""))}
    return {key: value for key, value in out.items() if value} or None


@cache
def _penalties() -> tuple[dict[str, int], re.Pattern[str]]:
    """The number that a word says, and the patterns that name the highest penalty (`forms/penalties.json`)."""
    told = form.data("penalties")
    numbers = {word: n for row in told["numbers"].values() for n, word in enumerate(row.split(), start=1)}
    number = "(?:" + "|".join([r"\d{1,2}", *sorted(map(re.escape, numbers), key=len, reverse=True)]) + ")"
    each = (pattern.replace("{n}", rf"({number})") for pattern in told["patterns"])
    return numbers, re.compile("|".join(each), re.IGNORECASE)


def most_years(offences: str) -> int | None:
    """`offence.max_penalty_years`: the highest penalty that the order names; None where it names none, or two."""
    numbers, pattern = _penalties()
    said = {one for found in pattern.finditer(" ".join(offences[:10_000].split())) for one in found.groups() if one}
    years = {int(one) if one.isdigit() else numbers[one.casefold()] for one in said}
    return years.pop() if len(years) == 1 else None


def _emergency(rules: Sequence[str], held: Mapping[str, Any], seen: Collection[str]) -> bool | None:
    """Ticked anywhere is an emergency (`field=VALUE`: that option of it); none is one where the first was looked at,
    and no other is there unread."""
    asked = [(name, value) for name, _, value in (rule.partition("=") for rule in rules)]
    if any(held.get(name) == value if value else held.get(name) for name, value in asked):
        return True
    unread = any(name in seen and name not in held for name, _ in asked)
    return False if asked[0][0] in held and not unread else None


def _notified(rules: Mapping[str, str] | None, held: Mapping[str, Any]) -> dict[str, Any]:
    """Whom the authority says that it notified; null where its box was read and isn't ticked."""
    if rules is None or rules["box"] not in held:
        return {}
    if not held[rules["box"]]:
        return {} if held.get(rules["name"]) else {"notified": None}
    return {"notified": {"name": held[rules["name"]]}} if held.get(rules["name"]) else {}


def _validated(rules: Mapping[str, Any], held: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    """Who validated it. One who is named and has not signed has not validated yet, as far as anybody can tell."""
    name = next((held[field] for field in rules["name"] if held.get(field)), None)
    if name is None:
        return {"validated_by": None} if rules["named"] in held else {}
    if rules["signature"] in held and held[rules["signature"]] is None:
        return {}
    said = {"kind": kind(rules, held), "name": name, "country": held.get("issuing_state")}
    return {"validated_by": {key: value for key, value in said.items() if value}}
