"""A second generator of orders as they really come, written apart from the reader and from the first generator.

Whoever wrote it had before them only the sample orders, the forms and the packs. Each variant is a whole mail with what
a careful reader reads in it. Kinds: removal orders on their form in fifteen layouts and five languages, with official
lines or an office's own; removal orders, orders to act and orders to inform told in letters; certificates of e-evidence;
two orders in one mail; letters from the United States; a threat; mails that order nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from _read_second_certificates import certificate
from _read_second_prose import (
    act_letter,
    inform_letter,
    no_order,
    preservation_letter,
    removal_letter,
    threat,
)
from _read_second_removal import on_form, two_orders
from _read_second_told import Variant

__all__ = ["Variant", "variants"]


def variants(count: int, seed: int) -> Iterator[Variant]:
    """So many mails, the kinds in turn; the same seed makes the same mails."""
    rng = random.Random(f"second {seed}")
    kinds = [
        on_form,
        on_form,
        certificate,
        removal_letter,
        on_form,
        act_letter,
        certificate,
        two_orders,
        on_form,
        inform_letter,
        certificate,
        preservation_letter,
        on_form,
        removal_letter,
        no_order,
        threat,
    ]
    for number in range(count):
        yield kinds[number % len(kinds)](random.Random(rng.random()), number)
