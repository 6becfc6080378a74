"""The answers to orders under Regulation (EU) 2022/2065: whether effect was given and when, or why not. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from comity import language
from comity.instruments.eevidence import CATEGORIES
from comity.instruments.matter import DONE, Matter, in_its_language, listed
from comity.instruments.plain import letter, section_a, seen, subject, us
from comity.outbox import letters
from comity.outbox.letters import Letter, blank

ACT = "Regulation (EU) 2022/2065"
ACT_ON, INFORM = "eu-dsa-order-act", "eu-dsa-order-inform"
MIXED = ("defective", "impossible")


@in_its_language
def acted(matter: Matter) -> Letter:
    """What was done on an order to act, where and when it was seen; a letter that cites the checks for what was not."""
    done, not_done = matter.targets(done=True), matter.targets(done=False)
    outcome = matter.finding.get("outcome")
    if outcome != DONE and not (done and outcome in MIXED):
        return letter(matter)
    words = [
        _given(matter),
        _left_out(not_done),
        _narrowed(matter),
        _noted(matter),
        _told(matter),
    ]
    fields = {"acted_at": blank("measure_at", "instant"), "signed_at": blank("signed_at", "instant")}
    return letters.make(
        "letter",
        to=matter.to,
        subject=subject(matter, _("Your order to act: effect was given")),
        zone=matter.house.zone,
        fields=section_a(matter) | us(matter) | fields | seen(matter),
        targets=[target | {"outcome": "done", "why": ""} for target in done],
        paragraphs=words,
    )


def _given(matter: Matter) -> str:
    where = language.within(_territory(matter)) or _("everywhere")
    words = _("Effect was given to your order: what it names is withheld %(where)s (%(cite)s).")
    return words % {"where": where, "cite": language.cited(f"{ACT}, Art. 9(1)")}


def _territory(matter: Matter) -> list[str]:
    places = [place for one in matter.finding.get("measures") or [] for place in one.get("territory") or []]
    return list(dict.fromkeys(map(str, places)))


def _left_out(targets: Sequence[dict[str, str]]) -> str:
    if not targets:
        return ""
    lines = [f"{one['ref']}: {one['why']}" if one["why"] else one["ref"] for one in targets]
    return _("To this of it effect could not be given:") + "\n" + listed(lines)


def _narrowed(matter: Matter) -> str:
    asked = {str(place) for place in matter.facts.get("territory") or ()}
    if not asked - {*_territory(matter)}:
        return ""
    words = _("That is less than the order asks for, because its grounds justify no more (%(cite)s).")
    return words % {"cite": language.cited(f"{ACT}, Art. 9(2)(b)")}


def _noted(matter: Matter) -> str:
    failing = matter.failing(blocking=False)
    return (
        _("These points of the order were not as the act asks:") + "\n" + listed(map(matter.cited, failing))
        if failing
        else ""
    )


def _told(matter: Matter) -> str:
    cite = language.cited(f"{ACT}, Art. 9(5)")
    if matter.non_disclosure:
        return _("We tell the recipient of the service when you say so, and not before (%(cite)s).") % {"cite": cite}
    words = _("We tell the recipient of the service of your order, its reasons, and the redress (%(cite)s).")
    return words % {"cite": cite}


@in_its_language
def informed(matter: Matter) -> Letter:
    """That an order to inform meets what the act asks, and what of it; a letter that cites the checks otherwise."""
    fine = [str(CATEGORIES.get(c, c)) for c in _categories(matter)] or [t["ref"] for t in matter.targets(done=True)]
    outcome = matter.finding.get("outcome")
    if outcome != DONE and not (fine and outcome in MIXED):
        return letter(matter)
    words = [
        _("Your order meets what the act asks of it. This of it stands:") + "\n" + listed(fine)
        if fine
        else _("Your order meets what the act asks of it."),
        _(
            "No data are attached to this letter, and none will be sent by e-mail. They are produced under seal, to "
            "the authority that your order names and to no other; how they are received is written to you separately."
        ),
        due(matter),
        _left_out(matter.targets(done=False)),
        _noted(matter),
    ]
    return letters.make(
        "letter",
        to=matter.to,
        subject=subject(matter, _("Your order to provide information: what stands")),
        zone=matter.house.zone,
        fields=section_a(matter) | us(matter) | {"signed_at": blank("signed_at", "instant")},
        paragraphs=words,
    )


def _categories(matter: Matter) -> list[str]:
    rows = matter.finding.get("data") or []
    return [str(row.get("category")) for row in rows if row.get("outcome") == DONE]


def due(matter: Matter) -> str:
    """Until when we work to have told the authority what became of it."""
    row: Mapping[str, Any] = next((d for d in matter.finding.get("deadlines") or [] if d.get("id") == "answer"), {})
    if not row.get("due_target"):
        return ""
    at = matter.house.said(letters.parse(str(row["due_target"])))
    words = _("We work to give it effect, and to tell you so, by %(due)s (%(cite)s).")
    return words % {"due": at, "cite": language.cited(str(row.get("cite") or ACT))}
