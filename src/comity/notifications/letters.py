"""The notice inside the platform: discreet words and a link, nothing that a glance over a shoulder gives away. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from comity.outbox import letters
from comity.outbox.letters import Letter, blank
from comity.web.places import where


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
    return _notification(
        operator,
        f"{_which(facts, finding)} can no longer be seen {where(_territory(finding))}.",
        "An authority ordered this. Nothing else about your account has changed.",
    )


def _notification(operator: Operator, *paragraphs: str) -> Letter:
    return letters.make(
        "notification",
        to="",
        subject="About something you posted",
        zone=str(operator.provider.get("zone") or "UTC"),
        fields={"link": blank("link", "link")},
        paragraphs=list(paragraphs),
    )


def _which(facts: Mapping[str, Any], finding: Mapping[str, Any]) -> str:
    withheld = [t for t in finding.get("targets") or [] if t.get("outcome") == "valid"]
    return "One of your messages" if len(withheld or facts.get("targets") or []) == 1 else "Something you posted"


def _territory(finding: Mapping[str, Any]) -> Sequence[str]:
    places = [place for measure in finding.get("measures") or [] for place in measure.get("territory") or []]
    return list(dict.fromkeys(places))


def text(letter: Mapping[str, Any]) -> str:
    """The notice as it is sent; the link, not yet filled, stands in braces."""
    last = f"What happened, who ordered it and how you can fight it: {_link(letter)}"
    return "\n\n".join([*letter["paragraphs"], last]) + "\n"


def _link(letter: Mapping[str, Any]) -> str:
    link = letter["fields"]["link"]
    return "{private link}" if letters.is_blank(link) else str(link)


def lifted(facts: Mapping[str, Any], finding: Mapping[str, Any], operator: Operator) -> Letter:
    """The notice that what was withheld can be seen again; its link to the page is filled at sending."""
    return _notification(operator, f"{_which(facts, finding)} can be seen again {where(_territory(finding))}.")


def lifted_text(letter: Mapping[str, Any]) -> str:
    """The notice of a lift as it is sent; the link, not yet filled, stands in braces."""
    return "\n\n".join([*letter["paragraphs"], f"What happened: {_link(letter)}"]) + "\n"
