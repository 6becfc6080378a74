"""One European Preservation Order (EPOC-PR): data are kept, and nobody is told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from comity.demo import rules, standing
from comity.demo.rules import Step
from comity.demo.samples import PRESERVE, PROLONG

from .mail import Mail
from .port import Playing, Scene


@dataclass(frozen=True)
class Preserve(Mail):
    """A prosecutor has an account's data kept: nothing vanishes, and the office's own form is answered."""

    id: str = "preserve"
    title: str = "Keep data for a prosecutor"
    says: str = (
        "A prosecutor in another State has an account’s data kept, by a European Preservation Order (its certificate "
        "is called EPOC-PR). Nothing vanishes, and nobody is told but that office."
    )
    minutes: int = 2
    steps: tuple[str, ...] = (
        "An order comes in by mail, on the certificate EPOC-PR. It is stored before we say yes.",
        "The handler looks: its sender is verified, its facts are read, and the law is applied.",
        "The first decider (Belgium) reads exactly what will be kept and what is sent, and approves.",
        "The second decider (Estonia), from another State, approves the same.",
        "The data are kept under seal. Both viewers see no difference, and nobody is told.",
        "The office is answered: what is kept, and until when.",
        "It asks for thirty days more, and gets them, once. At its end it ends by itself.",
    )

    def sent(self, playing: Playing, mail: Mapping[str, str]) -> Playing:
        """The later mail belongs to the order that is being played."""
        if mail["sample"] == PROLONG:
            return replace(playing, later=mail["message_id"])
        return super().sent(playing, mail)

    def scene(self, playing: Playing | None) -> Scene:
        """How it stands; once the answer was read, its office's later mail is sent."""
        if not playing or not playing.message:
            return Scene(SEND)
        found = super().scene(playing)
        if found.step.act != "done" or found.done == len(self.steps):
            return found
        return replace(found, step=READING if playing.later and not _lost(playing.later) else MORE)


def _lost(message: str) -> bool:
    """Whether a later mail was read and is in no thread of ours."""
    read = standing.of_message(message)
    return read is not None and not read.standing.case and bool(read.standing.lane)


SEND = Step(
    "A prosecutor wants an account’s data kept, before anyone can delete them. The account stays as it is, for all.",
    "send",
    "Send the order",
    sample=PRESERVE,
)
MORE = Step(
    "Answered: kept for sixty days. The prosecutor needs longer, and writes again in the same thread.",
    "send",
    "Send the prosecutor’s later mail",
    sample=PROLONG,
)
READING = Step(rules.READ.text, "wait")
