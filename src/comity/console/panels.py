"""A part of a page that another room contributes: what it shows, by which template, and what it asks of the viewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from comity.web.parts import Link


@dataclass(frozen=True, slots=True)
class Panel:
    """One section, named `id` on its page; without rows it isn't shown.

    `jump` is its title in the page's own menu. `primary` leads to the one thing that it asks of the viewer, `acts` to
    what else they may do.
    """

    id: str
    title: str
    jump: str
    template: str
    rows: Sequence[Any] = ()
    primary: Link | None = None
    acts: tuple[Link, ...] = ()
