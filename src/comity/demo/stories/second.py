"""The owner can't be two people: each way that an administrator has to a second signature is tried and refused."""

from dataclasses import dataclass, replace

from comity.demo import rules
from comity.demo.client import NotPlayed
from comity.demo.record import second
from comity.demo.rules import Step

from .port import Playing, Scene, Story

ADMITTED = "admitted"


@dataclass(frozen=True)
class Second(Story):
    """Who owns the server tries to become a second decider; then somebody is let in as it is meant."""

    id: str = "second-person"
    title: str = "The owner can’t be two people"
    says: str = (
        "No order is carried out by one person. Be an administrator who has the server as well, and try to become a "
        "second: each way is refused. Then two who decide and a guardian let somebody in."
    )
    minutes: int = 2
    steps: tuple[str, ...] = (*second.DID.values(), "Another decider and a guardian sign, from other countries.")

    def scene(self, playing: Playing | None) -> Scene:
        """How it stands: what was tried last, in which words it was refused, and what is tried next."""
        said = dict(mark.split(":", 1) for mark in playing.looked) if playing else {}
        through = [id for id in second.DID if id in said]
        after = REFUSED.format(said[through[-1]]) if through else BEGIN
        if ADMITTED in said:
            return Scene(Step(DONE.format(said[ADMITTED]), "done", "Back to all stories", where=rules.HOME), 8)
        if len(through) < len(second.DID):
            id = list(second.DID)[len(through)]
            return Scene(_try(f"{after} {second.DID[id]}", id, "Try it"), len(through))
        return Scene(_try(f"{after} {ADMIT}", ADMITTED, "Let the others sign"), len(through))

    def play(self, name: str, playing: Playing) -> Playing:
        """Try one way, or let somebody in, on a desk of its own that is taken back."""
        try:
            said = second.attempt(name).said if name in second.DID else _told(second.rehearse().admitted)
        except NotPlayed as error:
            raise LookupError(str(error)) from None
        return replace(playing, looked=(*playing.looked, f"{name}:{said}"))


def _told(admitted: second.Admitted) -> str:
    before, after = " ".join(admitted.before) or "none", " ".join(admitted.after)
    return (
        f"{admitted.signed} signed. Roles before its day in the record: {before}; after it: {after}. Both then signed "
        f"one decision: “{admitted.once}” A guardian signed that they are two, and they counted as two."
    )


def _try(text: str, name: str, does: str) -> Step:
    return Step(text, "play", does, where=rules.HOME, play=name, does=does)


BEGIN = (
    "A desk is founded for this and taken back: an administrator who decides (Belgium), another decider (Estonia), a "
    "guardian of another house (Switzerland). You are the administrator."
)
REFUSED = "Refused: “{}”"
ADMIT = (
    "Now as it is meant: the other decider and the guardian sign, too, and it stands in the public record for 24 "
    "hours, in which anyone may object. Here the clock is told that they have passed."
)
DONE = (
    "{} What no gateway can see is that three keys are three human beings: that is what they put their names to, and "
    "what their organisations say at their own domains."
)
