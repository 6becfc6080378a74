"""How much of a thing: little in `make test`, as much as finds faults in `make soak`."""

import os

SOAK = bool(os.environ.get("COMITY_SOAK"))
MORE = 20


def many(few: int, soaked: int | None = None) -> int:
    """So many examples: `few` in `make test`; in `make soak` `soaked`, or else twenty times as many."""
    return (soaked or few * MORE) if SOAK else few
