"""The answer to a preservation order: what is kept, and until when; on Annex III, what stands in the way. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from comity import language
from comity.instruments import eevidence, times
from comity.instruments.eevidence import ACT, confidential, parts
from comity.instruments.matter import DONE, Matter, in_its_language, listed
from comity.instruments.plain import letter, section_a, subject, us
from comity.outbox import letters
from comity.outbox.letters import Letter, blank

ID = "eu-eevidence-preservation"


@in_its_language
def answer(matter: Matter) -> Letter:
    """The answer to the authority.

    What can be preserved is confirmed, and what can't goes on the form of Annex III: one letter each, the second in
    `also` of the first if an order is mixed. Other outcomes get a letter that cites the checks.
    """
    outcome = matter.finding.get("outcome")
    fine, barred = parts(matter, done=True), parts(matter, done=False)
    if outcome == DONE or (fine and outcome in ("defective", "impossible")):
        return kept(matter, also=[eevidence.annex_3(matter, CERTIFICATE, also_kept=True)] if barred else [])
    return (
        eevidence.annex_3(matter, CERTIFICATE)
        if outcome in ("defective", "impossible", "not-competent")
        else letter(matter)
    )


@in_its_language
def weighed(matter: Matter) -> Letter:
    """What a person completes."""
    return eevidence.weighed(matter, CERTIFICATE)


@in_its_language
def kept(matter: Matter, also: Sequence[Letter] = ()) -> Letter:
    """The confirmation that it is preserved, what of it, and until when; sending fills in when all of it was seen
    preserved."""
    fine, failing = parts(matter, done=True), matter.failing(blocking=False)
    words = [
        _("This is preserved under seal, as your order asks:") + "\n" + listed(fine) if fine else "",
        _until(matter),
        _("Nothing is produced under it."),
        _(
            "Before that day you may prolong it once, by %(time)s (%(longer)s), or confirm that you request "
            "production; then it lasts until that (%(confirmed)s). Write to this address, with our number."
        )
        % {"time": times.longer(matter.pack, ID, "preserve-until"), "longer": _at(1), "confirmed": _at(2)},
        confidential(),
        _("Part of it could not be preserved. The form after Annex III, which follows, says which part and why.")
        if also
        else "",
        _("These points of the order were not as the act asks:") + "\n" + listed(map(matter.cited, failing))
        if failing
        else "",
    ]
    fields = {"preserved_at": blank("measure_at", "instant"), "signed_at": blank("signed_at", "instant")}
    return letters.make(
        "letter",
        to=matter.to,
        subject=subject(matter, _("Your preservation order is carried out")),
        zone=matter.house.zone,
        fields=section_a(matter) | us(matter) | fields,
        paragraphs=words,
        also=also,
    )


def _until(matter: Matter) -> str:
    duty: Mapping[str, Any] = next((d for d in matter.finding.get("duties") or [] if d.get("id") == "preserve"), {})
    if not duty.get("until"):
        words = _("It is preserved until it is produced, or until you say that it is no longer needed (%(cite)s).")
        return words % {"cite": _at(2)}
    until = matter.house.said(letters.parse(str(duty["until"])))
    words = _("It is preserved until %(until)s (%(cite)s), and then no longer.")
    return words % {"until": until, "cite": language.cited(str(duty.get("cite") or f"{ACT}, Art. 11(1)"))}


def _at(paragraph: int) -> str:
    return language.cited(f"{ACT}, Art. 11({paragraph})")


CERTIFICATE = eevidence.Certificate(
    "EPOC-PR", lazy("Your preservation order can't be carried out as it stands"), _until
)
