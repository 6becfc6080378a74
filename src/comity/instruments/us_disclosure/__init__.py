"""The two instruments of the United States by which data leave: a court's warrant, and an emergency request.

What stands is told to the authority at once, and produced under seal; what doesn't is said in a plain letter.
"""

from django.utils.translation import gettext as _

from comity.instruments.matter import DONE, Matter, in_its_language, listed
from comity.instruments.plain import letter, section_a, subject, us
from comity.instruments.port import Instrument
from comity.instruments.us_preservation import parts
from comity.language import cited
from comity.outbox import letters
from comity.outbox.letters import Letter, blank

STATUTE = "18 U.S.C."


class _Produced(Instrument):
    def answer(self, matter: Matter) -> Letter:
        """That what stands of it is kept, and produced under seal."""
        return stands(matter, self.production)

    @property
    def production(self) -> str:
        """How its data leave."""
        words = _(
            "Data leave under seal only: opened by custodians in several States, for this authority and no other "
            "(%(cite)s)."
        )
        return words % {"cite": cited(self.cite)}


class Warrant(_Produced):
    """What a search warrant of a United States court says."""

    ID = "us-warrant"
    short = "US warrant"
    cite = f"{STATUTE} § 2703(a)"
    phrase = f"a search warrant under {STATUTE} § 2703(a)"
    untold = ("The person is told once the data have left, unless a court ordered silence.", f"{STATUTE} § 2705(b)")


class EmergencyRequest(_Produced):
    """What an emergency request of a United States authority says."""

    ID = "us-emergency"
    short = "US emergency"
    cite = f"{STATUTE} § 2702(b)(8)"
    phrase = f"an emergency request under {STATUTE} § 2702(b)(8)"
    untold = ("The person is told once the danger is over, unless a court ordered silence.", f"{STATUTE} § 2705(b)")


@in_its_language
def stands(matter: Matter, production: str) -> Letter:
    """What of it stands, and how it is produced; a letter that cites the checks where nothing does."""
    fine = parts(matter)
    if not fine or matter.finding.get("outcome") not in (DONE, "defective", "impossible"):
        return letter(matter)
    failing = [*matter.failing(blocking=True), *matter.failing(blocking=False)]
    words = [
        _("This stands, and is kept under seal:") + "\n" + listed(fine),
        production,
        _("No data are attached to this letter, and none will be sent by e-mail."),
        _("These points were not as the act asks:") + "\n" + listed(map(matter.cited, failing)) if failing else "",
    ]
    return letters.make(
        "letter",
        to=matter.to,
        subject=subject(matter, _("Your order: what stands, and how it is produced")),
        zone=matter.house.zone,
        fields=section_a(matter) | us(matter) | {"signed_at": blank("signed_at", "instant")},
        paragraphs=words,
    )
