"""Figures that must add up: what a day's tables said, and what the record holds of that day."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .entries import Entry

STATED = "figures.stated"


@dataclass
class Figures:
    """What was counted by day and kind, and the statements that were read. Its state is plain JSON."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    days: int = 0
    wrong: list[str] = field(default_factory=list)

    def read(self, entry: Entry) -> None:
        """Take in one entry: count it, or compare what it states with what came before."""
        if entry.kind == STATED:
            self.compare(entry.public)
        elif entry.kind:
            day = self.counts.setdefault(entry.day, {})
            day[entry.kind] = day.get(entry.kind, 0) + 1

    def compare(self, stated: Mapping[str, Any]) -> None:
        """Compare what is stated of a day with what was counted of it."""
        day, counts = stated.get("date"), stated.get("counts")
        if not isinstance(day, str) or not isinstance(counts, dict):
            self.wrong.append("a statement without a day or counts")
            return
        have = Counter(self.counts.get(day, {}))
        for kind, number in sorted(counts.items()):
            if have[kind] != number:
                self.wrong.append(f"{day}: {number} of {kind} were stated, and the record holds {have[kind]}")
        self.days += 1

    def told(self) -> dict[str, Any]:
        """What is told of them."""
        return {"days": self.days, "wrong": self.wrong}
