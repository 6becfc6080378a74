"""Gates: the platform shut to people who look from a country, level by level. What is shut stays stored as it was."""

import json
from dataclasses import dataclass, field

from comity_sandbox.store import Store
from comity_sandbox.things import EVERYWHERE

LEVELS = ("no-signups", "read-only", "notice")


@dataclass(frozen=True)
class Gate:
    """What is shut to viewers in a country. `since` is RFC 3339 in UTC; `notice`: language → text."""

    level: str = ""
    since: str = ""
    notice: dict[str, str] = field(default_factory=dict)

    @property
    def joining(self) -> bool:
        """Whether nobody joins from there."""
        return self.level in LEVELS

    @property
    def writing(self) -> bool:
        """Whether nobody writes from there."""
        return self.level in LEVELS[1:]

    @property
    def reading(self) -> bool:
        """Whether nobody reads there: what is left is the notice, and the doors that never shut."""
        return self.level in LEVELS[2:]


NONE = Gate()


def standing(store: Store, country: str) -> Gate:
    """What stands before viewers in a country: the highest level of all keys that aren't lifted; of two with the same
    level, the later one's notice."""
    sql = (
        "SELECT level, notice, acted_at FROM gated JOIN gates USING (key) JOIN withholdings USING (key)"
        " WHERE country IN (?, ?) ORDER BY withholdings.rowid"
    )
    found = [Gate(r["level"], r["acted_at"], json.loads(r["notice"])) for r in store.rows(sql, country, EVERYWHERE)]
    return max(reversed(found), key=lambda gate: LEVELS.index(gate.level), default=NONE)
