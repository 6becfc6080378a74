"""What remains of a finding for counting once its facts are deleted: check ids and outcomes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from comity.cel import Unknown

from . import facts
from .checks import Look, applied, place
from .judge import Finding
from .packs import PARTS, Pack


class Codes(NamedTuple):
    """How the checks came out for the request (`of` is `request`), or for its n-th target or data category.

    Ids and outcomes only. `name` is the data category if the pack itself knows it by that word, else empty.
    """

    of: str
    n: int
    name: str
    outcome: str
    checks: dict[str, bool | None]


def codes(given: Mapping[str, Any], pack: Pack, finding: Finding) -> list[Codes]:
    """What remains of a finding for counting; none of the facts themselves.

    `finding` is that of `pack` on these facts. A finding names only the first `checks.SHOWN_PARTS` parts, so the checks
    are applied once more. Raises `facts.FactsWrong`.
    """
    values = facts.read(given)
    shown, against = applied(Look(pack, values, place(values)))
    listed = [Codes("request", 0, "", finding["outcome"], {row["id"]: row["holds"] for row in shown})]
    known = {word for words in pack.data.get("sets", {}).values() for word in words}
    seen = {row["id"] for row in shown}
    for of, (parts, _, told) in PARTS.items():
        own = [check.id for check in pack.checks if check.of == of and check.id in seen]
        rows = {row.check.id: row.values for row in against if row.check.of == of}
        for n, part in enumerate(finding[parts]):
            name = part[told] if of == "data" and part[told] in known else ""
            listed.append(Codes(of, n, name, part["outcome"], {id: _value(rows, id, n) for id in own}))
    return listed


def _value(rows: Mapping[str, tuple[bool | Unknown, ...]], id: str, n: int) -> bool | None:
    """The value of a check for the n-th part; a check without a row holds for every part."""
    value = rows[id][n] if id in rows else True
    return None if isinstance(value, Unknown) else value
