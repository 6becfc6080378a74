"""A part of a page that another room contributes: what it shows, by which template, and what it asks of the viewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from comity.web.parts import Link


@dataclass(frozen=True, slots=True)
class Panel:
    """One section, with `id` as its anchor; not shown without rows.

    `jump` is its title in the page's menu. `primary` leads to the one thing it asks of the viewer, `acts` to what else
    they may do.
    """

    id: str
    title: str
    jump: str
    template: str
    rows: Sequence[Any] = ()
    primary: Link | None = None
    acts: tuple[Link, ...] = ()
