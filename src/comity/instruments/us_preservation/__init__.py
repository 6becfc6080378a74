"""The request of a governmental entity of the United States to preserve records (18 U.S.C. § 2703(f))."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from comity import language
from comity.instruments import eevidence, times
from comity.instruments.matter import DONE, Matter, in_its_language, listed
from comity.instruments.plain import letter, section_a, subject, us
from comity.instruments.port import Instrument
from comity.outbox import letters
from comity.outbox.letters import Letter, blank

ID, ACT = "us-preservation", "18 U.S.C. § 2703(f)"
CATEGORIES: Mapping[str, str | Promise] = {
    **eevidence.CATEGORIES,
    "basic-subscriber": lazy("basic subscriber records"),
    "records": lazy("other records without content"),
}


class PreservationRequest(Instrument):
    """What a request to preserve says."""

    ID = ID
    short = "US preservation"
    cite = ACT
    phrase = f"a request to preserve records under {ACT}"
    untold = ("Nothing is disclosed and nothing changes for anybody, so nobody is told.", ACT)

    def answer(self, matter: Matter) -> Letter:
        """What is kept and until when; which other way is open, where this one is not."""
        return answer(matter)

    def weighed(self, matter: Matter) -> Letter:
        """With the ways that are open from there, for a person to complete."""
        return weighed(matter)

    @property
    def prolongs(self) -> str:
        """Once, by as much as the act says."""
        longer = times.longer(self.pack, ID, "preserve-until")
        return f"Before it ends the entity may renew it, once, by {longer} ({ACT}(2))."

    def lifted(self, matter: Matter) -> str:
        """That what was preserved no longer is."""
        return _("The preservation on your request was ended before its time. What was kept for it is kept no longer.")

    def due(self, matter: Matter) -> str:
        """At once: the act sets no length for it."""
        return _("We work on it at once (%(cite)s).") % {"cite": f"{ACT}(1)"}


@in_its_language
def answer(matter: Matter) -> Letter:
    """What is kept and until when; a letter that cites the checks otherwise."""
    fine = parts(matter)
    if matter.finding.get("outcome") != DONE and not (
        fine and matter.finding.get("outcome") in ("defective", "impossible")
    ):
        return letter(matter)
    failing = matter.failing(blocking=False)
    words = [
        _("This is preserved under seal, as your request asks:") + "\n" + listed(fine) if fine else "",
        _until(matter),
        _("Nothing is disclosed on a request to preserve. For that a legal process is needed, at this address."),
        _("These points of the request were not as the act asks:") + "\n" + listed(map(matter.cited, failing))
        if failing
        else "",
    ]
    fields = {"preserved_at": blank("measure_at", "instant"), "signed_at": blank("signed_at", "instant")}
    return letters.make(
        "letter",
        to=matter.to,
        subject=subject(matter, _("Your request to preserve is carried out")),
        zone=matter.house.zone,
        fields=section_a(matter) | us(matter) | fields,
        paragraphs=words,
    )


def parts(matter: Matter) -> Sequence[str]:
    """What of it can be done, in words."""
    rows = [row for row in matter.finding.get("data") or [] if row.get("outcome") == DONE]
    named = [str(CATEGORIES.get(str(row.get("category")), row.get("category"))) for row in rows]
    return named or [target["ref"] for target in matter.targets(done=True)]


def _until(matter: Matter) -> str:
    row: Mapping[str, Any] = next(
        (d for d in matter.finding.get("deadlines") or [] if d.get("id") == "preserve-until"), {}
    )
    if not row.get("due_legal"):
        return ""
    until = matter.house.said(letters.parse(str(row["due_legal"])))
    words = _("It is preserved until %(until)s (%(cite)s). Before that you may renew it once, by %(time)s.")
    longer = times.longer(matter.pack, ID, "preserve-until")
    return words % {"until": until, "cite": f"{ACT}(2)", "time": longer}


@in_its_language
def weighed(matter: Matter) -> Letter:
    """That it is not carried out on this ground alone, and which ways are open; a person completes it."""
    drafted = letter(matter)
    state = language.country(matter.house.state)
    ways = _(
        "Open from the United States are: a request for mutual legal assistance to the authorities of %(state)s, who "
        "can order us to preserve and to produce; and, where a life is in danger, a call to our telephone number."
    )
    drafted["paragraphs"] = [*drafted["paragraphs"], ways % {"state": state}]
    letters.check(drafted)
    return drafted
