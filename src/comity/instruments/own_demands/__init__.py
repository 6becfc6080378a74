"""Our own rules for what no act of the packs carries: a demand for access, and a demand without a regulation.

Neither is carried out, and both are answered with the lawful doors that exist. Whoever asks is answered, where they
wrote from: nothing in the answer is about an account or a message.
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from comity.instruments.matter import Matter, in_its_language, listed
from comity.instruments.own_person_claim import Door, PersonClaim
from comity.instruments.plain import section_a, subject, us
from comity.instruments.port import Instrument
from comity.library import standing
from comity.outbox import letters
from comity.outbox.letters import Letter, blank


class _Answered(Instrument):
    to_sender = True
    untold = ("Nothing is done to anybody's account or content, so there is nothing to tell.", "Comity, demands rule")
    grounds_say = "It is not carried out in any case. What it is, and which doors are open, is said in the answer."

    def weighed(self, matter: Matter) -> Letter:
        """The same, for a person to complete."""
        return self.answer(matter)


class AccessDemand(_Answered):
    """What we say to a demand for access to our systems, or for keys."""

    ID = "own-access-demand"
    short = "Access demand"

    def answer(self, matter: Matter) -> Letter:
        """That nobody gets it, and what can be had by which door."""
        return turned(matter, refused=matter.finding.get("outcome") == "refuse")


class WithoutPack(_Answered):
    """What we say to a demand for which there is no regulation here."""

    ID = "own-no-pack"
    short = "No regulation"

    def answer(self, matter: Matter) -> Letter:
        """Which doors are open instead."""
        return turned(matter, refused=False)


@in_its_language
def turned(matter: Matter, *, refused: bool) -> Letter:
    """The answer: what it is under our rule, with its article, then the lawful doors."""
    failing = [check for check in matter.failing(blocking=True) if check["id"] != "no-access-at-all" or not refused]
    words = [
        _("Your demand has been examined under our published rule."),
        *(_alone() if refused else ()),
        listed(map(matter.cited, failing)) if failing else "",
        _("These ways are open:") + "\n" + listed(map(_said, doors(matter))),
        _("If you see it otherwise, write to this address with our number. A person reads it."),
        _("This answer is procedural. It says nothing of any account or content."),
    ]
    title = _("Your demand is refused: the ways that are open") if refused else _("Your demand: the ways that are open")
    return letters.make(
        "letter",
        to=matter.to,
        subject=subject(matter, title),
        zone=matter.house.zone,
        fields=section_a(matter) | us(matter) | {"signed_at": blank("signed_at", "instant")},
        paragraphs=words,
    )


def _alone() -> list[str]:
    """What is true of any such demand: that nobody here could meet it."""
    return [
        _(
            "No one person here can give it, whoever asks and whatever is at stake: private data leave the platform "
            "sealed, and each part is opened by several custodians in several States, for one authority, on one order. "
            "Who holds this server holds no key to them."
        )
    ]


def doors(matter: Matter) -> Sequence[Door]:
    """The lawful doors for whoever asks, in the active language: of acts only those by which their State may order."""
    country = str((matter.facts.get("authority") or {}).get("country") or "")
    law = standing.there("real", country)[0] if country else ()
    return PersonClaim.doors(law, matter.house)


def _said(door: Door) -> str:
    return f"{door.says} {'; '.join(door.acts)}" if door.acts else door.says
