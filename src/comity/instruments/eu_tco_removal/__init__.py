"""The removal order of Regulation (EU) 2021/784, answered on the forms of its Annexes II and III."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from comity.instruments import plain, times
from comity.instruments.matter import Matter
from comity.instruments.port import Form, Instrument, form, labels
from comity.language import cited
from comity.outbox import letters as values
from comity.outbox.letters import Letter

from . import letters
from .statement import ACT, ORDER, SCRUTINY, Removal

HERE = "comity.instruments.eu_tco_removal"


class RemovalOrder(Instrument):
    """What a removal order says."""

    ID = ORDER
    title = "Removal order"
    short = "EU removal order"
    cite = f"{ACT}, Art. 3"
    phrase = f"a removal order under {ACT}"
    law = Removal()
    grounds_say = (
        f"{ACT} knows the three grounds below, and no other (Art. 3(7), 3(8)). What we made impossible ourselves (an "
        "absence, a rule of ours) is none."
    )
    obstacle_form = "Annex III"
    stops = f"{ACT}, Art. 3(7), 3(8)"
    clarified = f"If it clarifies what we asked, the hour runs from when it came ({ACT}, Art. 3(8))."
    weighs = (
        f"What is spread for education, journalism, art, research or to counter terrorism is outside {ACT} by its true "
        "purpose (Art. 1(3))."
    )
    copy_cite = f"{ACT}, Art. 11(2)"

    scrutiny = SCRUTINY
    scrutiny_cite = f"{ACT}, Art. 4(4)"

    contact_cite = f"{ACT}, Art. 15"

    @property
    def about(self) -> str:
        """The law on terrorist content."""
        return _(
            "Regulation (EU) 2021/784 on terrorist content online. These are our words; the law is the text in the "
            "Official Journal."
        )

    @property
    def in_words(self) -> tuple[tuple[str, str], ...]:
        """What an order is, how long we have, what stops the clock, and what follows for the author."""
        return (
            (
                _("An authority of a Member State can order us to remove a message, or to hide it in the whole Union."),
                "Art. 3(1)",
            ),
            (
                _("We then have %(time)s from receipt.") % {"time": times.deadline(self.pack, ORDER, "remove")},
                "Art. 3(3)",
            ),
            (
                _(
                    "The hour waits only if something outside our control makes it impossible, or if the order has "
                    "manifest errors or doesn’t say enough to be carried out."
                ),
                "Art. 3(7), 3(8)",
            ),
            (
                _(
                    "Private conversations are outside. What is said for education, journalism, art or research is "
                    "judged by its true purpose."
                ),
                "Art. 1, recital 14",
            ),
            (
                _("We keep what was removed for %(time)s, sealed, so that it can be put back.")
                % {"time": times.duty(self.pack, ORDER, "preserve")},
                "Art. 6",
            ),
            (
                _(
                    "The author is told, and can fight the order, unless the authority says that telling would harm "
                    "public security, and then for %(time)s at most, once renewable."
                )
                % {"time": times.duty(self.pack, ORDER, "non-disclosure")},
                "Art. 9 to 11",
            ),
        )

    @property
    def kept(self) -> tuple[str, str]:
        """A sealed copy, for as long as the act says."""
        return f"Keep a sealed copy for {times.duty(self.pack, ORDER, 'preserve')}.", f"{ACT}, Art. 6"

    @property
    def forms(self) -> Mapping[str, Form]:
        """Annexes II and III."""
        return {
            "tco-annex-2": _form("tco-annex-2", "II", _("Exact addresses (URL) to which this applies")),
            "tco-annex-3": _form("tco-annex-3", "III", _("Exact addresses (URL) concerned")),
        }

    def answer(self, matter: Matter) -> Letter:
        """On Annex II what was done, on Annex III what can't be."""
        return letters.answer(matter)

    def scrutiny_request(self, matter: Matter, reasons: str, at: datetime) -> Letter:
        """With our reasons: what we hold against the order of another Member State's authority."""
        return letters.scrutiny(matter, reasons, at)

    def due(self, matter: Matter) -> str:
        """The time that the act gives, told from receipt alone.

        Whether the clock stops depends on what the platform says of an address, and nobody may learn that before it is
        known who they are.
        """
        if not matter.received_at:
            return ""
        time = times.deadline(matter.pack, ORDER, "remove")
        due = time.end(values.parse(matter.received_at), matter.house.counted).due_target
        words = _("We work to have handled it by %(due)s, %(time)s after receipt (%(cite)s).")
        return words % {"due": matter.house.said(due), "time": time, "cite": cited(f"{ACT}, Art. 3(3)")}

    def missing(self, matter: Matter) -> list[str]:
        """The mandatory lines of Annex I that are blank."""
        return plain.missing(matter, form("comity.reading", "tco-annex-1"), ACT)


def _form(name: str, annex: str, targets: str) -> Form:
    data = form(HERE, name)
    wording = _("Wording after Annex %(annex)s") % {"annex": annex}
    return Form(data, cited(f"{ACT}, {data['article']}"), wording, targets, labels(HERE, name))
