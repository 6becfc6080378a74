"""The European Preservation Order of Regulation (EU) 2023/1543, on its certificate EPOC-PR.

What it names is preserved, nothing is produced, and only its authority informs the person.
"""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from comity import language
from comity.instruments import eevidence, plain, times
from comity.instruments.eevidence import ACT
from comity.instruments.matter import Matter
from comity.instruments.port import Form, Instrument, form
from comity.outbox.letters import Letter

from . import letters
from .letters import ID


class PreservationOrder(Instrument):
    """What a preservation order says."""

    ID = letters.ID
    short = "EPOC-PR"
    cite = f"{ACT}, Art. 11"
    phrase = f"a European Preservation Order under {ACT}"
    grounds_say = (
        f"{ACT} lets an addressee say on Annex III what stands in the way of a preservation (Art. 11(4) to (6)). What "
        "we made impossible ourselves is none."
    )
    obstacle_form = "Annex III"
    waits_after = eevidence.FORM
    grounds = eevidence.OURS
    enforcing_cite = f"{ACT}, Art. 11(4)"
    stops = f"{ACT}, Art. 11(5), 11(6)"
    clarified = f"If it clarifies what we asked, the order is judged again ({ACT}, Art. 11(5))."
    untold = (
        "The issuing authority informs the person. We don’t, and keep the order confidential.",
        f"{ACT}, Art. 13(1)",
    )

    @property
    def forms(self) -> Mapping[str, Form]:
        """Annex III: what stands in the way. The act gives the addressee no form for what is preserved."""
        return eevidence.annex()

    def answer(self, matter: Matter) -> Letter:
        """What is preserved and until when; on Annex III, what can't be."""
        return letters.answer(matter)

    def weighed(self, matter: Matter) -> Letter:
        """On Annex III where what a person sees is said on it."""
        return letters.weighed(matter)

    @property
    def prolongs(self) -> str:
        """Once, by as much as the act says; or, once production is requested, until that."""
        return (
            f"Before it ends the authority may prolong it, once, by {times.longer(self.pack, ID, 'preserve-until')}, "
            f"or confirm that it requests production: then it lasts until that ({ACT}, Art. 11(1), 11(2))."
        )

    def lifted(self, matter: Matter) -> str:
        """That what was preserved no longer is."""
        return _("The preservation under your order was ended before its time. What was kept for it is kept no longer.")

    def prolonged(self, until: str) -> str:
        """Until its new end; or, once production is requested, until that."""
        if until:
            words = _("You prolonged your order, and what it names is preserved until %(until)s (%(cite)s).")
            return words % {"until": until, "cite": language.cited(f"{ACT}, Art. 11(1)")}
        words = _(
            "You confirmed that you request production. What your order names is preserved until it is produced, or "
            "until you say that it is no longer needed (%(cite)s)."
        )
        return words % {"cite": language.cited(f"{ACT}, Art. 11(2)")}

    def due(self, matter: Matter) -> str:
        """That it is preserved without delay: the act sets no length."""
        return _("We work on it at once (%(cite)s).") % {"cite": language.cited(f"{ACT}, Art. 11(1)")}

    def missing(self, matter: Matter) -> list[str]:
        """The mandatory lines of Annex II that are blank."""
        return plain.missing(matter, form("comity.reading", "epoc-pr"), ACT)
