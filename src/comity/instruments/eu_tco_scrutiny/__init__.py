"""The decision of the authority of our own State on a removal order of another (Regulation (EU) 2021/784, Art. 4).

It is about an order that has a case here: where it finds that order to infringe, what was withheld comes back.
"""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from comity import language
from comity.instruments.matter import Matter, in_its_language, listed
from comity.instruments.plain import letter, section_a, subject, us
from comity.instruments.port import Instrument
from comity.outbox import letters
from comity.outbox.letters import Letter, blank

ACT = "Regulation (EU) 2021/784"


class Scrutiny(Instrument):
    """What a decision of scrutiny says."""

    ID = "eu-tco-scrutiny"
    short = "Scrutiny decision"
    cite = f"{ACT}, Art. 4"
    phrase = f"a decision of scrutiny under {ACT}, Art. 4"
    reinstates = "eu-tco-removal-order"
    untold = ("Who is told of it, and of what comes back, stands on the case of the order itself.", f"{ACT}, Art. 11")

    def answer(self, matter: Matter) -> Letter:
        """That what was withheld is back, and since when; that the order stands, where it does."""
        return answer(matter)

    def due(self, matter: Matter) -> str:
        """At once: the act gives no time for it."""
        return _("We work on it at once (%(cite)s).") % {"cite": language.cited(f"{ACT}, Art. 4(7)")}


@in_its_language
def answer(matter: Matter) -> Letter:
    """What follows from the decision."""
    falls = any(duty.get("id") == "reinstate" for duty in matter.finding.get("duties") or ())
    if matter.finding.get("outcome") != "valid":
        return letter(matter)
    failing = matter.failing(blocking=False)
    words = [_fallen() if falls else _stands()]
    words += [_("These points were noted:") + "\n" + listed(map(matter.cited, failing))] if failing else []
    at: Mapping[str, object] = {"reinstated_at": blank("measure_at", "instant")} if falls else {}
    return letters.make(
        "letter",
        to=matter.to,
        subject=subject(matter, _("Your decision on a removal order")),
        zone=matter.house.zone,
        fields=section_a(matter) | us(matter) | dict(at) | {"signed_at": blank("signed_at", "instant")},
        paragraphs=words,
    )


def _fallen() -> str:
    words = _(
        "By your decision the removal order has no effect any more. What was withheld under it has been put back, as "
        "it stood before (%(cite)s). The authority that issued the order has been told."
    )
    return words % {"cite": language.cited(f"{ACT}, Art. 4(7)")}


def _stands() -> str:
    words = _("By your decision the removal order stands. What is withheld under it stays withheld (%(cite)s).")
    return words % {"cite": language.cited(f"{ACT}, Art. 4(3), 4(4)")}
