"""One text of a mail, and the place of something in it. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

MOST_VALUE = 100


class Said(NamedTuple):
    """One text of a mail: its part, how the place of something in it begins, and what it says."""

    part: int
    where: str
    text: str

    def place(self, at: int, text: str) -> dict[str, Any]:
        """Where something stands, as `order.place` tells it."""
        line = self.text.count("\n", 0, at) + 1
        words = " ".join(text.split())[:MOST_VALUE]
        if self.where == "subject":
            return {"where": self.where, "part": self.part, "text": words}
        where = f"{self.where}, line {line}" if self.where else f"line {line}"
        return {"where": where, "part": self.part, "line": line, "text": words}
