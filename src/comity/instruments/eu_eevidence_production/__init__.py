"""The European Production Order of Regulation (EU) 2023/1543, on its certificate EPOC.

It is judged in its four categories, what stands is preserved, and Annex III says what stands in the way. Production
itself is custody's, which opens sealed data to one recipient: nothing is attached to a letter.
"""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from comity.instruments import eevidence, times
from comity.instruments.eevidence import ACT
from comity.instruments.matter import Matter
from comity.instruments.port import Form, Instrument
from comity.language import cited
from comity.outbox.letters import Letter

from . import letters
from .letters import ID


class ProductionOrder(Instrument):
    """What a production order says."""

    ID = letters.ID
    short = "EPOC"
    cite = f"{ACT}, Art. 10"
    phrase = f"a European Production Order under {ACT}"
    grounds_say = (
        f"{ACT} lets an addressee say on Annex III what stands in the way of a production (Art. 10(5) to (8), 17(1)). "
        "It refuses nothing: the authorities decide. What we made impossible ourselves is no ground (Art. 10(7))."
    )
    obstacle_form = "Annex III"
    waits_after = eevidence.FORM
    grounds = (*eevidence.OURS, eevidence.CONFLICT)
    enforcing_cite = f"{ACT}, Art. 10(5)"
    stops = f"{ACT}, Art. 10(6)"
    clarified = f"If it clarifies what we asked, the time runs from when that came ({ACT}, Art. 10(6))."
    untold = (
        "The issuing authority informs the person. We don’t, and keep the order confidential.",
        f"{ACT}, Art. 13(1)",
    )

    @property
    def forms(self) -> Mapping[str, Form]:
        """Annex III: what stands in the way."""
        return eevidence.annex()

    @property
    def about(self) -> str:
        """The law on electronic evidence."""
        return _(
            "Regulation (EU) 2023/1543 on electronic evidence. These are our words; the law is the text in the "
            "Official Journal."
        )

    @property
    def in_words(self) -> tuple[tuple[str, str], ...]:
        """How long there is, and what we do until data leave."""
        days = times.deadline_when(self.pack, ID, "produce", "days")
        hours = times.deadline_when(self.pack, ID, "produce", "hours")
        return (
            (
                _("An authority of another Member State can order data for criminal proceedings, on its certificate."),
                "Art. 5",
            ),
            (
                _("There are %(days)s from receipt; in an emergency there are %(hours)s.")
                % {"days": days, "hours": hours},
                "Art. 10(3), 10(4)",
            ),
            (_("What it names is preserved at once, whatever is still to be clarified."), "Art. 10(1)"),
            (
                _("What stands in the way goes to the authorities on Annex III. They decide; we do not refuse."),
                "Art. 10(6) to (8)",
            ),
            (_("The authority informs the person, and we keep the order confidential."), "Art. 13(1)"),
        )

    def answer(self, matter: Matter) -> Letter:
        """What stands, is kept, and waits to be sent; on Annex III, what doesn't stand."""
        return letters.answer(matter)

    def weighed(self, matter: Matter) -> Letter:
        """On Annex III, where its regulation has a person say so on it."""
        return letters.weighed(matter)

    def lifted(self, matter: Matter) -> str:
        """That what was preserved no longer is."""
        return _("The preservation under your order was ended. What was kept for it is kept no longer.")

    def due(self, matter: Matter) -> str:
        """Until when production is due, by the clock of its regulation."""
        return letters.due(matter)

    def missing(self, matter: Matter) -> list[str]:
        """The mandatory lines of Annex I that are blank are said on Annex III."""
        return []

    @property
    def production(self) -> str:
        """How its data leave."""
        words = _(
            "Data leave under seal only: opened by custodians in several States, for this authority and no other "
            "(%(cite)s)."
        )
        return words % {"cite": cited(f"{ACT}, Art. 10")}
