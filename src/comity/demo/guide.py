"""The bar at the foot of every page of realm demo while a story runs: who one is, what happens next, one button."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from comity.people.models import Person

from . import panes, playing, rules, standing
from .panes import Pane
from .rules import Step
from .stories import Playing, Scene, Story
from .stories.mail import came

TEMPLATE = "demo/guide.html"


@dataclass(frozen=True)
class Guide:
    """What stands in the bar on one page. `me`: a key of `rules.WHO`; `at`: the page's path; `panes`: what two viewers
    see. `seen` names this state of it all, so that polling answers only where it changed."""

    story: Story
    scene: Scene
    me: str
    at: str
    panes: tuple[Pane, ...]
    template: str = TEMPLATE

    @property
    def step(self) -> Step:
        """What to do next."""
        return self.scene.step

    @property
    def number(self) -> int:
        """Which step of the story is next, from 1."""
        return min(self.scene.done + 1, len(self.story.steps))

    @property
    def here(self) -> bool:
        """Whether the step is done on this page, by who one is."""
        return self.mine and self.step.is_at(self.at)

    @property
    def mine(self) -> bool:
        """Whether it is done by who one is already."""
        return self.step.who == self.me

    @property
    def theirs(self) -> bool:
        """Whether the page is one that the author of a message alone has the link to."""
        return self.at.startswith("/statement/")

    @property
    def who(self) -> str:
        """Who one is."""
        return rules.WHO.get(self.me, "")

    @property
    def does(self) -> str:
        """What such a person does."""
        return rules.DOES.get(self.me, "")

    @property
    def anchor(self) -> str:
        """Where on this page it is done."""
        return self.step.where.partition("#")[2]

    @property
    def seen(self) -> str:
        """A short name of this state."""
        return sha256(repr((self.story.id, self.scene, self.me, self.at, self.panes)).encode()).hexdigest()[:16]


def me(request: HttpRequest) -> str:
    """Which of the demo's people this visitor is, as a key of `rules.WHO`; empty for a stranger or a real person."""
    person = request.user
    return standing.key_of(person) if isinstance(person, Person) and person.realm == "demo" else ""


def of(request: HttpRequest, at: str) -> Guide | None:
    """The bar of a page; None where no story runs."""
    played = playing.of(request) if settings.COMITY.demo else playing.Played()
    if played.story is None or (so_far := played.stories.get(played.now)) is None:
        return None
    story = played.story
    shown = panes.of(_target(so_far), story.places, doors=story.doors)
    return Guide(story, story.scene(so_far), me(request), at, shown)


def _target(so_far: Playing) -> str:
    """What the story's mail is about; of a mail that somebody else sent, once it is read."""
    if so_far.target or not (found := came(so_far)):
        return so_far.target
    return found.target


def context(request: HttpRequest) -> Mapping[str, Callable[[], Any]]:
    """For every template: `guide`, which asks nothing before a page of the demo asks for it."""
    return {"guide": cache(lambda: of(request, request.path))}
