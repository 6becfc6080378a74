"""The notice inside the platform: discreet words and a link, nothing that a glance over a shoulder gives away. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from comity.outbox import letters
from comity.outbox.letters import Letter, blank

from .places import where


class Operator(Protocol):
    """What a notice needs to know of us: the provider's facts, with its zone."""

    @property
    def provider(self) -> Mapping[str, Any]:
        """The provider's facts (docs/facts.md)."""
        ...


def notice(facts: Mapping[str, Any], finding: Mapping[str, Any], operator: Operator) -> Letter:
    """The notice to the author of withheld content; its link is filled at sending.

    One letter for every author of the case, so it names no message and no reason, and not how many others there are.
    """
    withheld = [t for t in finding.get("targets") or [] if t.get("outcome") == "valid"]
    which = "One of your messages" if len(withheld or facts.get("targets") or []) == 1 else "Something you posted"
    return letters.make(
        "notification",
        to="",
        subject="About something you posted",
        zone=str(operator.provider.get("zone") or "UTC"),
        fields={"link": blank("link", "link")},
        paragraphs=[
            f"{which} can no longer be seen {where(_territory(finding))}.",
            "An authority ordered this. Nothing else about your account has changed.",
        ],
    )


def _territory(finding: Mapping[str, Any]) -> Sequence[str]:
    places = [place for measure in finding.get("measures") or [] for place in measure.get("territory") or []]
    return list(dict.fromkeys(places))


def text(letter: Mapping[str, Any]) -> str:
    """The notice as it is sent; the link, not yet filled, stands in braces."""
    link = letter["fields"]["link"]
    shown = "{private link}" if letters.is_blank(link) else link
    last = f"What happened, who ordered it and how you can fight it: {shown}"
    return "\n\n".join([*letter["paragraphs"], last]) + "\n"


def lifted(link: str) -> str:
    """The notice that what was withheld can be seen again, with the link to the page that tells how it went."""
    return f"Something you posted that had been hidden can be seen again.\n\nWhat happened: {link}\n"
