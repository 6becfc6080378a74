"""Territories and countries in words."""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files


@cache
def _names() -> dict[str, list[str]]:
    found = json.loads(files("comity.reading").joinpath("forms/countries.json").read_text("utf-8"))
    return dict(found["names"])


def country(code: str) -> str:
    """The English name of a country (ISO 3166-1 alpha-2); the code itself where it has none here."""
    names = _names().get(code)
    return names[0] if names else code


def named(territory: Sequence[str]) -> str:
    """The European Union; Belgium and France. Empty for the whole world and for none."""
    if not territory or "WORLD" in territory:
        return ""
    names = ["the European Union" if code == "EU" else country(code) for code in territory]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def where(territory: Sequence[str]) -> str:
    """`in the European Union`; `anywhere` for the whole world."""
    return f"in {named(territory)}" if named(territory) else "anywhere"
