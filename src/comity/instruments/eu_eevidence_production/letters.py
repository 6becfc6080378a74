"""The answer to a production order: what stands and is preserved until it is produced; on Annex III, what stands in the
way. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from comity import language
from comity.instruments import eevidence
from comity.instruments.eevidence import ACT, confidential, parts
from comity.instruments.matter import DONE, Matter, in_its_language, listed
from comity.instruments.plain import letter, section_a, subject, us
from comity.outbox import letters
from comity.outbox.letters import Letter, blank

ID = "eu-eevidence-production"


@in_its_language
def answer(matter: Matter) -> Letter:
    """The answer to the authority.

    What can be produced is confirmed as standing and preserved, and what can't goes on the form of Annex III: one
    letter each, the second in `also` of the first if an order is mixed. What the act has the enforcing authority refuse
    is said on the form too: the addressee itself refuses nothing.
    """
    outcome = matter.finding.get("outcome")
    fine, barred = parts(matter, done=True), parts(matter, done=False)
    if outcome == DONE or (fine and outcome in ("defective", "impossible")):
        return stands(matter, also=[eevidence.annex_3(matter, CERTIFICATE, also_kept=True)] if barred else [])
    if outcome in ("defective", "impossible", "not-competent", "refuse"):
        return eevidence.annex_3(matter, CERTIFICATE)
    return letter(matter)


@in_its_language
def weighed(matter: Matter) -> Letter:
    """What a person completes: on Annex III where the regulation has them say on it what they see."""
    return eevidence.weighed(matter, CERTIFICATE)


@in_its_language
def stands(matter: Matter, also: Sequence[Letter] = ()) -> Letter:
    """That the order stands, what of it is preserved, until when it is to be produced, and how it will be: not by
    mail."""
    fine, failing = parts(matter, done=True), matter.failing(blocking=False)
    kept = any(measure.get("kind") == "preserve" for measure in matter.finding.get("measures") or ())
    words = [
        _("This of your order stands, and is preserved under seal:") + "\n" + listed(fine) if fine else "",
        until(matter),
        due(matter),
        _(
            "No data are attached to this letter, and none will be sent by e-mail. They are produced under seal, to "
            "the authority that your order names and to no other; how they are received is written to you separately."
        ),
        confidential(),
        _("Part of it does not stand. The form after Annex III, which follows, says which part and why.")
        if also
        else "",
        _("These points of the order were not as the act asks:") + "\n" + listed(map(matter.cited, failing))
        if failing
        else "",
    ]
    fields = {"preserved_at": blank("measure_at", "instant")} if kept else {}
    return letters.make(
        "letter",
        to=matter.to,
        subject=subject(matter, _("Your production order: what stands, and what is preserved")),
        zone=matter.house.zone,
        fields=section_a(matter) | us(matter) | fields | {"signed_at": blank("signed_at", "instant")},
        paragraphs=words,
        also=also,
    )


def until(matter: Matter) -> str:
    """How long what it names is kept."""
    words = _("It is preserved until it is produced, or until you say that it is no longer needed (%(cite)s).")
    return words % {"cite": language.cited(f"{ACT}, Art. 10(1)")}


def due(matter: Matter) -> str:
    """Until when production is due (in words); empty while its clock waits."""
    row: Mapping[str, Any] = next((d for d in matter.finding.get("deadlines") or [] if d.get("id") == "produce"), {})
    if not row.get("due_target"):
        return ""
    words = _("Production is due by %(due)s (%(cite)s).")
    at = matter.house.said(letters.parse(str(row["due_target"])))
    return words % {"due": at, "cite": language.cited(str(row.get("cite") or f"{ACT}, Art. 10"))}


CERTIFICATE = eevidence.Certificate("EPOC", lazy("Your production order can't be carried out as it stands"), until)
