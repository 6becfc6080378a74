"""The notice inside the platform: discreet words and a link, nothing that a glance over a shoulder gives away. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from comity.language import known, within
from comity.outbox import letters
from comity.outbox.letters import Letter, blank


class Operator(Protocol):
    """What a notice needs to know of us: the provider's facts, with its zone, and how we speak to our people."""

    @property
    def provider(self) -> Mapping[str, Any]:
        """The provider's facts (docs/facts.md)."""
        ...

    @property
    def language(self) -> str:
        """The language in which the platform speaks to its people (ISO 639-1): it tells us no author's own."""
        ...


def notice(facts: Mapping[str, Any], finding: Mapping[str, Any], operator: Operator) -> Letter:
    """The notice to the author of withheld content; its link is filled at sending.

    One letter for every author of the case, so it names no message and no reason, and not how many others there are.
    """
    with override(known(operator.language)):
        place = within(_territory(finding)) or _("everywhere")
        words = _("%(what)s has been hidden %(where)s.") % {"what": _which(facts, finding), "where": place}
        words = _elsewise(str((finding.get("instead") or {}).get("kind") or ""), _which(facts, finding)) or words
        why = _("An authority ordered this. Nothing else about your account has changed.")
        return _notification(operator, words, why)


def _elsewise(kind: str, what: str) -> str:
    """What was done, where it was something else than hiding it; empty where it was that."""
    if kind == "redact":
        return _("%(what)s has been deleted. A sealed copy is kept.") % {"what": what}
    if kind == "suspend":
        return _("You can write nothing more in the chat of something you posted, until this is lifted.")
    return _("The chat of something you posted is closed to writing.") if kind == "block" else ""


def _notification(operator: Operator, *paragraphs: str) -> Letter:
    return letters.make(
        "notification",
        to="",
        subject=_("About something you posted"),
        zone=str(operator.provider.get("zone") or "UTC"),
        fields={"link": blank("link", "link")},
        paragraphs=list(paragraphs),
    )


def _which(facts: Mapping[str, Any], finding: Mapping[str, Any]) -> str:
    withheld = [t for t in finding.get("targets") or [] if t.get("outcome") == "valid"]
    one = len(withheld or facts.get("targets") or []) == 1
    return _("One of your messages") if one else _("Something you posted")


def _territory(finding: Mapping[str, Any]) -> Sequence[str]:
    places = [place for measure in finding.get("measures") or [] for place in measure.get("territory") or []]
    return list(dict.fromkeys(places))


def text(letter: Mapping[str, Any]) -> str:
    """The notice as it is sent; the link, not yet filled, stands in braces."""
    with override(letter["language"]):
        last = _("What happened, who ordered it and how you can fight it: %(link)s") % {"link": _link(letter)}
    return "\n\n".join([*letter["paragraphs"], last]) + "\n"


def _link(letter: Mapping[str, Any]) -> str:
    link = letter["fields"]["link"]
    return f"{{{_('private link')}}}" if letters.is_blank(link) else str(link)


def lifted(facts: Mapping[str, Any], finding: Mapping[str, Any], operator: Operator) -> Letter:
    """The notice that what was withheld can be seen again; its link to the page is filled at sending."""
    with override(known(operator.language)):
        place = within(_territory(finding)) or pgettext("seen again", "anywhere")
        words = _("%(what)s can be seen again %(where)s.") % {"what": _which(facts, finding), "where": place}
        return _notification(operator, words)


def lifted_text(letter: Mapping[str, Any]) -> str:
    """The notice of a lift as it is sent; the link, not yet filled, stands in braces."""
    with override(letter["language"]):
        last = _("What happened: %(link)s") % {"link": _link(letter)}
    return "\n\n".join([*letter["paragraphs"], last]) + "\n"
