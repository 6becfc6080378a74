"""What a story of the demo is: a card on the demo's page, and at every moment the one thing to do next."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from comity.demo.rules import PLACES, Step


@dataclass(frozen=True)
class Playing:
    """How far one visitor is in a story. `message`: the Message-ID of its mail, or `request`: the number under which it
    came; `target`: what that is about on the sandbox; `later`: the Message-ID of a later mail; `looked`: the marks of
    what they have looked at; `since`: the number of the change of the regulation that stood when they began; `number`:
    of the dispute or the plan that they play; `again`: for the second time in the same story."""

    message: str = ""
    request: str = ""
    target: str = ""
    later: str = ""
    looked: tuple[str, ...] = ()
    since: int = 0
    number: str = ""
    again: bool = False


@dataclass(frozen=True)
class Scene:
    """How a story stands for who plays it. `done`: how many of its steps are through."""

    step: Step
    done: int = 0


@dataclass(frozen=True)
class Story(ABC):
    """One story. `says` is the sentence on its card, `minutes` how long it takes who reads what is on the way, `steps`
    what happens in it. A class that inherits gives `scene`, and what else is its own."""

    id: str
    title: str
    says: str
    minutes: int
    steps: tuple[str, ...] = ()

    #: where the two panes look from: code → the country, and what it is here
    places: ClassVar[Mapping[str, tuple[str, str]]] = PLACES
    #: whether they also try to join, write and read there
    doors: ClassVar[bool] = False

    def fresh(self) -> Playing:
        """A beginning, whatever was played before."""
        return Playing()

    def sent(self, playing: Playing, mail: Mapping[str, str]) -> Playing:
        """The same after one of its mails was sent (`commands.send`)."""
        return replace(playing, message=mail["message_id"], request="", target=mail["target"], looked=())

    def play(self, name: str, playing: Playing) -> Playing:
        """Do the step that names it (`Step.play`), as its person, by the same command as the page. Raises what that
        raises, and KeyError for one that it hasn't."""
        raise KeyError(name)

    @abstractmethod
    def scene(self, playing: Playing | None) -> Scene:
        """How it stands; None: not begun."""
