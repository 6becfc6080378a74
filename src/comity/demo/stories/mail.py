"""Any mail of the demo, followed to its end."""

from dataclasses import dataclass

from comity.demo import rules, standing

from .port import Playing, Scene, Story


def came(playing: Playing) -> standing.Shown | None:
    """The mail that is played, once it is read."""
    if playing.request:
        return standing.of_number(playing.request)
    return standing.of_message(playing.message) if playing.message else None


@dataclass(frozen=True)
class Mail(Story):
    """A mail that was sent by hand, or by somebody else."""

    id: str = "mail"
    title: str = "One mail"
    says: str = "Any mail, from the front door to its end."
    minutes: int = 2

    def scene(self, playing: Playing | None) -> Scene:
        """How the mail stands."""
        found = came(playing) if playing else None
        stands, looked = found.standing if found else None, playing.looked if playing else ()
        return Scene(rules.of_demand(stands, looked), rules.done_of_demand(stands, looked))
