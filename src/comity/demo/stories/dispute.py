"""A dispute with a State, argued on a docket and settled by terms that both sides keep."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from comity.demo import rules
from comity.demo.rules import Step
from comity.demo.standing import signed_of
from comity.demo.veltria import disputing
from comity.demo.veltria.relation import COUNTRY
from comity.disputes.models import Dispute as Row

from .port import Playing, Scene, Story


@dataclass(frozen=True)
class Dispute(Story):
    """Veltria, an invented State, asks for a list of homes; it is argued, and settled."""

    id: str = "dispute"
    title: str = "Argue a dispute with a State, and settle it"
    says: str = (
        "Veltria, a State that this demo invents, wants the home addresses of staff. It is argued by remedy and "
        "reason, "
        "bundled for the arbitrator, and settled by terms that both sides sign."
    )
    minutes: int = 2
    steps: tuple[str, ...] = (
        "Counsel drafts the dispute, with a notice and an exhibit, files it, and has it served.",
        "Veltria answers by a secret link sent to its registered address. It needs no account.",
        "The bundle is made: one PDF of everything argued, with its index, page n being page n.",
        "Terms are put to those who bind the platform. What was offered in confidence enters no bundle.",
        "Two people from two States sign the very terms.",
        "Veltria confirms them by its link. They are published, and the dispute is over.",
    )

    def scene(self, playing: Playing | None) -> Scene:
        """How the dispute stands, from its rows."""
        found = Row.objects.filter(id=playing.number, realm="demo").first() if playing and playing.number else None
        if playing is None or found is None:
            return Scene(BEGIN)
        where = f"/console/disputes/{found.number}"
        if found.state == "settled":
            return _settled(playing)
        if found.settlements.filter(state="signed").exists():
            return Scene(_at(CONFIRM, where), 5)
        if found.act:
            who = rules.next_signer(rules.DECIDERS, signed_of(found.act))
            step = replace(rules.be(who, SIGN, f"{where}#approve", APPROVE), play="sign", also=(where,))
            return Scene(step, 4)
        if rules.BUNDLE in playing.looked:
            return Scene(_at(TERMS, where), 3)
        if found.bundles.exists():
            return Scene(_at(LOOK, f"{where}/bundle.pdf"), 2)
        if found.submissions.filter(side="state").exists():
            return Scene(_at(BUNDLE, f"{where}#bundle"), 2)
        return Scene(_at(REPLY, f"{where}#submissions"), 1)

    def play(self, name: str, playing: Playing) -> Playing:
        """Do one step with the demo's own words."""
        if name == "argue":
            return replace(playing, number=disputing.argue(), looked=())
        PLAYS[name](playing.number) if name != "sign" else disputing.sign(playing.number, self.scene(playing).step.who)
        return playing


PLAYS: Mapping[str, Callable[[str], object]] = {
    "reply": disputing.reply,
    "bundle": disputing.bundle,
    "terms": disputing.offer,
    "confirm": disputing.confirm,
}


def _at(step: Step, where: str) -> Step:
    return replace(step, where=where)


def _settled(playing: Playing) -> Scene:
    if rules.PUBLIC not in playing.looked:
        return Scene(PUBLISHED, 6)
    return Scene(DONE, 6)


def _example(who: str, text: str, where: str, here: str, play: str, does: str) -> Step:
    return replace(rules.be(who, text, where, here), play=play, does=does)


BEGIN = _example(
    "counsel-be",
    "Veltria’s Decree 12 wants the home addresses of staff. We don’t pursue anybody, and nobody is to be pursued: a "
    "claim goes to a forum. Counsel files it.",
    f"/console/countries/{COUNTRY}",
    "Here stands how we and Veltria are with each other. Counsel drafts a dispute; the button does it in example "
    "words.",
    "argue",
    "Draft, file and serve it",
)
REPLY = Step(
    "Filed and served; Veltria’s time for its answer runs. Now be Veltria: its ministry opens the link that was sent "
    "to its "
    "address, and hands in its response.",
    "play",
    play="reply",
    does="Answer as Veltria",
)
BUNDLE = _example(
    "counsel-be",
    "Both sides have spoken, each in its own words. Counsel has the bundle made for the arbitrator.",
    "",
    "Every paper stands here with how it was served. The bundle is made of all of it.",
    "bundle",
    "Make the bundle",
)
LOOK = Step(
    "The bundle is made: index, bookmarks, page numbers, and each exhibit’s original attached.",
    "look",
    "See the bundle (PDF)",
    mark=rules.BUNDLE,
)
TERMS = _example(
    "counsel-be",
    "Veltria has said that it would accept a confirmed address in place of the list. Counsel offers it, and puts terms "
    "to "
    "those who bind the platform.",
    "",
    "What is offered in confidence goes to the settlement lane; the terms go to two people of two States.",
    "terms",
    "Offer, and put terms to the quorum",
)
SIGN = "Nobody settles alone: two people from two States sign the very terms."
APPROVE = "Read the terms, then press Approve."
CONFIRM = Step(
    "Signed by us. It takes both: Veltria’s ministry opens its link, reads the terms, and confirms them.",
    "play",
    play="confirm",
    does="Confirm as Veltria",
)
PUBLISHED = Step(
    "Settled: the terms stand, and everyone can read them.",
    "look",
    "See Veltria’s page, as everyone does",
    where=f"/countries/demo/{COUNTRY}",
    mark=rules.PUBLIC,
)
DONE = Step(
    "That is the whole story: a claim was argued by remedy and reason, and both sides kept their dignity.",
    "done",
    "Back to all stories",
    where=rules.HOME,
)
