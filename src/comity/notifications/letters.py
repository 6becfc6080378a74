"""The notice inside the platform: discreet words and a link, nothing that a glance over a shoulder gives away. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from comity.outbox import letters
from comity.outbox.letters import Letter, blank

from .places import where


def notice(count: int, territory: Sequence[str], zone: str) -> Letter:
    """The notice to the author of withheld content; its link is filled at sending. `count`: how many it names."""
    which = "One of your messages" if count == 1 else "One or more of your messages"
    return letters.make(
        "notification",
        to="",
        subject="About something you posted",
        zone=zone,
        fields={"link": blank("link", "link")},
        paragraphs=[
            f"{which} can no longer be seen {where(territory)}.",
            "An authority ordered this. Nothing else about your account has changed.",
        ],
    )


def lifted(count: int, territory: Sequence[str], zone: str) -> Letter:
    """The notice that what was withheld can be seen again."""
    which = "One of your messages" if count == 1 else "One or more of your messages"
    return letters.make(
        "notification",
        to="",
        subject="About something you posted",
        zone=zone,
        fields={"link": blank("link", "link")},
        paragraphs=[f"{which} can be seen again {where(territory)}."],
    )


def text(letter: Mapping[str, Any]) -> str:
    """The notice as it is sent; the link, not yet filled, stands in braces."""
    link = letter["fields"]["link"]
    shown = "{private link}" if letters.is_blank(link) else link
    last = f"What happened, who ordered it and how you can fight it: {shown}"
    return "\n\n".join([*letter["paragraphs"], last]) + "\n"
