"""The representative: a court's letter, on no form, answered under the regulation for it, and counted on a page."""

from dataclasses import dataclass, replace

from comity.cases.models import Request
from comity.demo import rules
from comity.demo.representative import answering
from comity.demo.rules import PUBLIC, Step

from .mail import Mail, came
from .port import Playing, Scene

SAMPLE = "dsa-act"


@dataclass(frozen=True)
class Representative(Mail):
    """A court writes a letter in French; the desk types what it says, and it goes the road of any order."""

    id: str = "representative"
    title: str = "A court writes a letter: the representative"
    says: str = (
        "A French court orders one message hidden, in France alone, by a letter on no form. It is judged under the "
        "Digital Services Act, carried out there and nowhere else, and answered in French. Below are the other orders."
    )
    minutes: int = 2
    steps: tuple[str, ...] = (
        "A letter comes in by mail. It is stored before we say yes.",
        "The handler types what it says, each fact with its place, where the machine doesn’t read it.",
        "The first decider (Belgium) reads exactly what will be done and sent, and approves.",
        "The second decider (Estonia), from another State, approves the same.",
        "It is withheld in France, and seen to be. Everywhere else it stays.",
        "The court is answered in its own language, and beside that in ours.",
        "The author is told what happened, why, and how to contest it.",
        "Everyone can read who answers orders here, within what time, and how it went.",
    )

    def scene(self, playing: Playing | None) -> Scene:
        """How it stands; while nobody has typed the letter, that is next, and at the end the public page."""
        if not playing or not (playing.message or playing.request):
            return Scene(SEND)
        found = came(playing)
        if found and not found.standing.case and found.standing.lane == "triage":
            return Scene(_type(found.standing.request), 1)
        scene = self.scene_of(found, playing)
        if scene.step.act == "done" and scene.done == rules.STEPS and PUBLIC not in playing.looked:
            return replace(scene, step=LOOK)
        return Scene(scene.step, len(self.steps)) if scene.step.act == "done" else scene

    def play(self, name: str, playing: Playing) -> Playing:
        """Type the letter, in this step's place."""
        if name != "type" or (found := came(playing)) is None:
            raise KeyError(name)
        request = Request.objects.get(id=found.standing.request)
        answering.type_in(request, answering.of(SAMPLE), playing.target, answering.reference_of(request, SAMPLE))
        return playing


def _type(request: str) -> Step:
    where = f"/console/requests/{request}"
    step = rules.be(answering.HANDLER, TYPE, where, "Open a case by hand, and type it; or let the demo type it.")
    return replace(step, play="type", does="Let the demo type it", also=(f"{where}/enter",))


SEND = Step(
    "A court has a message hidden for an insult. It sends a letter, as courts do, and no form.",
    "send",
    "Send the court’s letter",
    sample=SAMPLE,
)
TYPE = "It came, and was acknowledged. It is on no form, so the handler types what it says; then it is judged as any."
LOOK = Step(
    "Answered and told. Who answers orders here, and how it went, stands on a page for everyone.",
    "look",
    "See the public page",
    where="/representative",
    mark=PUBLIC,
)
