"""The two orders of Regulation (EU) 2022/2065: to act against content (Art. 9), and to provide information (Art. 10).

The act sets what such an order must hold and what we tell its authority; power and deadline come from the law that the
order names.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from comity.instruments.matter import Matter
from comity.instruments.port import Instrument
from comity.instruments.statement import Law, Reason, text_of
from comity.language import cited
from comity.outbox.letters import Letter
from comity.regulations.packs import Pack

from . import letters
from .letters import ACT, ACT_ON, INFORM


class Order(Law):
    """The words of Regulation (EU) 2022/2065 on the statement page of an order against content."""

    court_cite = f"{ACT}, Art. 9(5)"
    copy_cite = "Art. 9(5)"
    judgment_cite = f"{ACT}, Art. 9(1), 9(2)"

    def reasons(self, facts: Mapping[str, Any]) -> tuple[Reason, ...]:
        """Why it is illegal, as the order says, and the law that it names."""
        said = text_of(facts, "reasons"), text_of(facts, "legal_basis")
        return tuple(Reason(text, f"{ACT}, Art. 9(2)(a)") for text in said if text)

    def why(self, reasons: tuple[Reason, ...] | Any, many: bool, pack: Pack | None) -> str:
        """Under what law it was ordered."""
        law = _(
            "A European law says what an order against illegal content must hold. The power to give it comes from the "
            "law that the order names."
        )
        tail = _("The authority says this:") if reasons else _("The authority gives no reasons.")
        return f"{law} {tail}"


class _OfTheAct(Instrument):
    def due(self, matter: Matter) -> str:
        """Our own target, or the moment that the order names."""
        return letters.due(matter)


class OrderToAct(_OfTheAct):
    """What an order to act against illegal content says."""

    ID = ACT_ON
    short = "DSA order to act"
    cite = f"{ACT}, Art. 9"
    phrase = f"an order to act against illegal content under {ACT}, Art. 9"
    law = Order()
    copy_cite = f"{ACT}, Art. 9(5)"
    obstacle_form = "The answer"

    def answer(self, matter: Matter) -> Letter:
        """Whether effect was given, when and where; and what of it was not."""
        return letters.acted(matter)


class OrderToInform(_OfTheAct):
    """What an order to provide information says. Information leaves by custody alone."""

    ID = INFORM
    short = "DSA order to inform"
    cite = f"{ACT}, Art. 10"
    phrase = f"an order to provide information under {ACT}, Art. 10"
    untold = (
        "Nothing has left, so nobody is told yet; the recipient is told with the effect, or when the authority says.",
        f"{ACT}, Art. 10(5)",
    )

    def answer(self, matter: Matter) -> Letter:
        """That it stands and what of it; what doesn't. Nothing is attached."""
        return letters.informed(matter)

    @property
    def production(self) -> str:
        """How its data leave."""
        words = _(
            "Data leave under seal only: opened by custodians in several States, for this authority and no other "
            "(%(cite)s)."
        )
        return words % {"cite": cited(self.cite)}
