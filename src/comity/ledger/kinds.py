"""What a kind of event is: its name, its sentence, and the keys that its parts may have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import sentences as says
from .sentences import blanks


@dataclass(frozen=True)
class Kind:
    """A kind of event: dotted name, sentence for people, and the keys its parts may have.

    `more` extends the sentence by the codes that the desk sees. `published`: whether it may be published at all; of
    some kinds, that they happened at all betrays too much.
    """

    name: str
    sentence: str
    public: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()
    more: says.Told = says.everything
    inside: tuple[str, ...] = ()
    published: bool = True

    def say(self, told: Mapping[str, Any], words: says.Words) -> str:
        """What an event of this kind adds to the sentence; `words`: what higher rooms know of its codes."""
        return self.more(told, words)


DECIDED = blanks(": {kind}", kind=says.DECISIONS)
