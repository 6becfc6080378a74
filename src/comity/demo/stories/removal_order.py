"""One removal order, from the mail to the page of the author."""

from dataclasses import dataclass

from comity.demo.rules import Step

from .mail import Mail
from .port import Playing, Scene


@dataclass(frozen=True)
class RemovalOrder(Mail):
    """An office of a State orders a message off the platform: seen to vanish where it must, and nowhere else."""

    id: str = "removal-order"
    title: str = "One removal order"
    says: str = (
        "An office of a State orders a message off the platform within the hour. It must vanish inside the EU, and "
        "stay where the order does not reach."
    )
    minutes: int = 2
    steps: tuple[str, ...] = (
        "An order comes in by mail. It is stored before we say yes.",
        "The handler looks: its sender is verified, its facts are read, the law is applied, and the hour runs.",
        "The first decider (Belgium) reads exactly what will be done and sent, and approves.",
        "The second decider (Estonia), from another State, approves the same.",
        "The message is withheld, and looked at as a viewer: gone in France, still there in Switzerland.",
        "The office is answered on the form that the law has for it.",
        "The author is told what was done, why, on whose order, and how to fight it.",
    )

    def scene(self, playing: Playing | None) -> Scene:
        """How it stands; before it begins, the order is sent."""
        return super().scene(playing) if playing and playing.message else Scene(SEND)


SEND = Step(
    "Someone posts a message on a small chat platform, and an office of a State orders it off. Watch it from two "
    "countries.",
    "send",
    "Send the order",
    sample="good-pdf",
)
