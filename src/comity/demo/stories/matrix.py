"""An order about a message on a real Matrix homeserver, withheld in the EU by a filter in front of it."""

from dataclasses import dataclass, replace

from comity.demo import commands
from comity.demo.matrix import world
from comity.demo.rules import Step
from comity.front import health
from comity.platforms.port import PlatformError

from .mail import Mail, came
from .port import Playing, Scene


@dataclass(frozen=True)
class Matrix(Mail):
    """A homeserver as anybody runs one: Synapse, unmodified, with a filter in front."""

    id: str = "matrix"
    title: str = "On a real platform: Matrix"
    says: str = (
        "The same order, about a message on a real Matrix homeserver (Synapse, as it is published). Gone in the EU, "
        "read elsewhere, and its words stay on the server untouched."
    )
    minutes: int = 3
    steps: tuple[str, ...] = (
        "A Synapse is started on this machine, and a filter in front of it. The first time it is installed before.",
        "Luc writes in a room there, and an office orders his message off.",
        "It is read, judged and decided as any other: the desk sees no difference.",
        "The filter follows one signed list. Seen as two people see the room: gone in France, there in Switzerland.",
        "The office is answered, and Luc is told by a notice of his own homeserver.",
    )

    def scene(self, playing: Playing | None) -> Scene:
        """How it stands."""
        if playing is None or not playing.number:
            return Scene(START)
        if not playing.message:
            return self._starting()
        found = came(playing)
        scene = self.scene_of(found, playing)
        if found is None or not found.standing.case:
            return replace(scene, done=2)
        if scene.step.act == "done":
            return Scene(replace(scene.step, text=END), len(self.steps))
        return replace(scene, done=DONE.get(found.standing.state, 2))

    def _starting(self) -> Scene:
        try:
            return Scene(ORDER if world.stands() else WAIT, 1)
        except PlatformError as error:
            return Scene(replace(START, text=f"It did not start: {error}"))

    def play(self, name: str, playing: Playing) -> Playing:
        """Do one step with the demo's own words."""
        if name == "start":
            world.want()
            return replace(playing, number=WANTED)
        if name == "order":
            sent = commands.send_fresh("good-pdf", health.mail_door(), matrix=True)
            return replace(playing, message=sent.message_id, target=sent.target)
        raise KeyError(name)


WANTED = "wanted"
DONE = {"carrying-out": 3, "not-effective": 3, "answered": 4}
START = Step(
    "A homeserver of Matrix is started on this machine, as anybody can run one: Synapse, unmodified. In front of it "
    "stands a small filter. The first time it is fetched and installed, which takes a minute or two.",
    "play",
    play="start",
    does="Start the homeserver",
)
WAIT = Step("The homeserver starts: some seconds, or a minute or two where it is installed first.", "wait")
ORDER = Step(
    "It runs. Luc writes in a public room there, and an office orders his message off, within the EU.",
    "play",
    play="order",
    does="Write it, and send the order",
)
END = (
    "That is the whole story, on a real homeserver: gone in France, still read in Switzerland, and on the server as it "
    "was. To lift it is to take one line from the list."
)
