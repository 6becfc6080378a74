"""A rule is changed by people, and judges the next order."""

from dataclasses import dataclass, replace

from comity.adoption.rules import STANDING
from comity.demo import rules, standing

from .mail import Mail, came
from .port import Playing, Scene


@dataclass(frozen=True)
class ChangeRule(Mail):
    """The rules are data: a change is drafted, tried on the past, signed by two, and judges what comes in next."""

    id: str = "change-rule"
    title: str = "Change a rule"
    says: str = (
        "The law’s rules are data that people can change, in the open: tried on all past orders, signed by two people, "
        "in force for the next order."
    )
    minutes: int = 4
    steps: tuple[str, ...] = (
        "Counsel, the platform’s lawyer, begins a change: a copy of the regulation, with the past cases beside it.",
        "One rule is changed. What that would have done is judged at once, in both directions.",
        "The change is tried on the past, given a reason, and put to the quorum: those who must sign it.",
        "Two people from two States sign that very text. It is in force from then on, in the demo only.",
        "An order comes in, and is judged by the new rule.",
        "Its office is answered so.",
    )

    def fresh(self) -> Playing:
        """Begun after the change that stands now."""
        return Playing(since=standing.latest_change())

    def scene(self, playing: Playing | None) -> Scene:
        """How the change stands, and then the order that is judged by it."""
        change, draft = standing.change((playing or self.fresh()).since)
        if draft is None or change.state not in STANDING or change.state == "emergency":
            return Scene(rules.of_change(change), rules.done_of_change(change))
        if not playing or not playing.message:
            return Scene(rules.IN_FORCE, JUDGED - 1)
        read = came(playing)
        found = self.scene_of(read, playing)
        if read is None or not read.standing.case:
            return replace(found, done=JUDGED - 1)
        told = read.standing.state in rules.TOLD
        step = replace(found.step, text=DONE) if found.step.act == "done" else found.step
        return Scene(step, len(self.steps) if told else JUDGED)


JUDGED = 5
DONE = "That is the whole story: people changed a rule in the open, and the next order was judged and answered by it."
