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
        return self.scene_of(came(playing) if playing else None, playing)

    def scene_of(self, found: standing.Shown | None, playing: Playing | None) -> Scene:
        """How it stands by what was read of it: whoever looks at that too must not read it again, as it may have gone
        on since."""
        stands, looked = found.standing if found else None, playing.looked if playing else ()
        return Scene(rules.of_demand(stands, looked), rules.done_of_demand(stands, looked))
