"""Growing risk in a realm of each module's own."""

from own_realm import demo, now, own_realm

__all__ = ["demo", "now", "own_realm"]
