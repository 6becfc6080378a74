"""What a visitor plays, kept in their session: it outlives being somebody else, which begins a new session."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from django.http import HttpRequest

from comity.people import commands as people
from comity.people.models import Person

from .stories import STORIES, Playing, Story

KEY = "demo"


@dataclass(frozen=True)
class Played:
    """The stories that a visitor has begun, by id, and which of them runs `now`; empty: none."""

    now: str = ""
    stories: Mapping[str, Playing] = field(default_factory=dict)

    @property
    def story(self) -> Story | None:
        """The story that runs."""
        return STORIES.get(self.now)

    def go_on(self, story: Story, playing: Playing) -> "Played":
        """The same with one story that runs now, so far."""
        return replace(self, now=story.id, stories={**self.stories, story.id: playing})


def of(request: HttpRequest) -> Played:
    """What this visitor plays; nothing where a page is answered before it has a session."""
    kept = request.session.get(KEY, {}) if hasattr(request, "session") else {}
    stories = {name: _playing(one) for name, one in kept.get("stories", {}).items() if name in STORIES}
    return Played(kept.get("now", ""), stories)


def _playing(kept: Mapping[str, Any]) -> Playing:
    """How far one was: a session outlives an upgrade, so what this version doesn't keep is left out."""
    known = {one.name for one in fields(Playing)}
    said: dict[str, Any] = {name: value for name, value in kept.items() if name in known}
    return Playing(**said | {"looked": tuple(said.get("looked", ()))})


def keep(request: HttpRequest, played: Played) -> None:
    """Keep it in the session."""
    request.session[KEY] = {"now": played.now, "stories": {name: asdict(one) for name, one in played.stories.items()}}


def become(request: HttpRequest, who: Person) -> None:
    """Be one of the demo's people, and play on. Raises Refused."""
    played = of(request)
    people.become(request, who)
    keep(request, played)
