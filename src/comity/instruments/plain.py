"""An answer without a form, and what all letters to an authority have in common. Pure."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from comity import language
from comity.cases.rules import UNNOTICED
from comity.outbox import letters, rules
from comity.outbox.letters import Letter, blank

from . import elsewise
from .matter import DONE, Matter, in_its_language, listed


def subject(matter: Matter, what: str) -> str:
    """What it is about, with their reference and our number."""
    return rules.subject(what, theirs=matter.short_reference, ours=matter.number)


def section_a(matter: Matter) -> dict[str, Any]:
    """Which order it is about, by both numbers and its receipt: how every form of an answer begins."""
    return {
        "addressee": matter.said("addressee", matter.house.post),
        "issuing_authority": matter.authority,
        "issuing_file_number": matter.reference or _("none stated in the order"),
        "addressee_file_number": matter.number,
        "received_at": matter.received_at,
    }


def us(matter: Matter) -> dict[str, Any]:
    """Who answers."""
    house = matter.house
    return {"provider": house.post, "authorised_person": house.authorised_person, "provider_email": house.email}


def seen(matter: Matter) -> dict[str, Any]:
    """What viewers saw, and from where, of what people notice: filled from the looks, once there are some."""
    kinds = {measure.get("kind") for measure in matter.finding.get("measures") or []}
    return {"seen_from": blank("seen_from", "text")} if kinds - UNNOTICED else {}


@in_its_language
def letter(matter: Matter) -> Letter:
    """An answer without a form: what the finding says, each point with its article, for the desk to complete."""
    found = matter.failing(blocking=True) + matter.failing(blocking=False)
    failing = [check for check in found if check["id"] not in OUR_HOMEWORK]
    outcome = str(matter.finding.get("outcome"))
    said = _OUTCOMES.get(outcome, "") if failing else _WITHOUT_REASONS.get(outcome, _OUTCOMES.get(outcome, ""))
    words = [
        _examined(matter),
        elsewise.said(matter) or str(said),
        listed(map(matter.cited, failing)) if failing else "",
        _("If you see it otherwise, write to this address with our number. A person reads it."),
    ]
    fields = section_a(matter) | us(matter) | {"signed_at": blank("signed_at", "instant")}
    fields |= seen(matter) if outcome == DONE else {}
    return letters.make(
        "letter",
        to=matter.to,
        subject=subject(matter, _("Answer to your request")),
        zone=matter.house.zone,
        fields=fields,
        paragraphs=words,
    )


def _examined(matter: Matter) -> str:
    if not matter.reference:
        return _("Your request, of which our number is %(ours)s, has been examined.") % {"ours": matter.number}
    words = _("Your request %(theirs)s, of which our number is %(ours)s, has been examined.")
    return words % {"theirs": matter.reference, "ours": matter.number}


def missing(matter: Matter, form: Mapping[str, Any], act: str) -> list[str]:
    """The mandatory lines of a form that were read and are blank, with the article; nothing is claimed of unread
    ones."""
    asked = [field for field in form["fields"] if field.get("required") is True]
    blank = [field for field in asked if matter.form.get(field["name"], "unread") in ("", None, [])]
    return [_line(field, act) for field in blank]


def _line(field: Mapping[str, Any], act: str) -> str:
    label = f"{field['number']} {_(field['label'])}"
    cite = language.cited(f"{act}, Art. {field.get('article')}")
    return f"{label} ({cite})" if field.get("article") else label


OUR_HOMEWORK = {"issuer-accredited"}  # what the desk itself has not done yet isn't a reason to give to an authority
_WEIGHED = lazy("People of ours have weighed it. It has not been carried out.")
_WITHOUT_REASONS = {"needs-person": _WEIGHED, "counsel": _WEIGHED}
_OUTCOMES = {
    "valid": lazy("It meets what its act asks for, and has been carried out."),
    "needs-person": lazy("People of ours have weighed it. It has not been carried out, for these reasons:"),
    "counsel": lazy("People of ours have weighed it. It has not been carried out, for these reasons:"),
    "not-competent": lazy("By what we could see, the act does not give this authority the power it invokes:"),
    "reroute": lazy("It can't be dealt with in this way. The lawful way is named below:"),
    "refuse": lazy("It can't be carried out, for these reasons:"),
    "defective": lazy("It can't be carried out as it stands. These points are missing or wrong:"),
    "impossible": lazy("It can't be carried out, for these reasons:"),
}
