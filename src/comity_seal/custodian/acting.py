"""What a custodian does with a request: look at it, give, or refuse; each answer is kept before it is brought."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .. import openings
from ..hybrid import Private
from ..openings import GROUNDS, Opening
from ..texts import BadText
from . import checks
from .checks import Checked
from .desk import Desk, Refusing, Unreachable
from .keeper import Keeper, Request


class NotGiven(BadText):
    """A check doesn't hold, so that nothing was given; the text names it."""


@dataclass(frozen=True)
class Looked:
    """A request with all that was found of it."""

    request: Request
    checked: Checked
    answer: str  # "", "gave", or "refused"
    before: tuple[dict[str, Any], ...]  # what this authority got from this custodian earlier


class Custodian:
    """One custodian at work. `passphrase` is asked when the key is first needed."""

    def __init__(self, keeper: Keeper, passphrase: Callable[[], str] = lambda: "") -> None:
        self.keeper, self._passphrase = keeper, passphrase
        self._key: Private | None = None

    @property
    def key(self) -> Private:
        """Their key. Raises BadKey, Locked."""
        if self._key is None:
            self._key = self.keeper.key(self._passphrase)
        return self._key

    def unlock(self, phrase: str) -> None:
        """Open the key with a passphrase, and keep it open. Raises BadKey, Locked."""
        self._key = self.keeper.key(lambda: phrase)

    def fetch(self) -> list[str]:
        """Requests that are new; none where no gateway is configured, whose requests come as files. Raises BadText."""
        return Desk(self.keeper, self.key).fetch() if self.keeper.settings.gateway else []

    def look(self, number: str) -> Looked:
        """A request, checked now. Raises BadText."""
        request = self.keeper.request(number)
        opening = request.opening
        authority = openings.of(opening, "order").get("authority")
        log = self.keeper.log()
        before = tuple(
            line for line in log if line.get("authority") == authority and line.get("request") != opening.digest
        )
        mine = next((line["did"].partition(":")[0] for line in log if line.get("request") == opening.digest), "")
        return Looked(request, checks.run(self.keeper, request, self.key), mine, before)

    def give(self, number: str) -> bytes:
        """Give the shares of the listed parts, if every check holds; returns the answer. Raises NotGiven, BadText."""
        request = self.keeper.request(number)
        if (before := self.keeper.answered(request.opening)) is not None:
            return self._brought(number, before)
        checked = checks.run(self.keeper, request, self.key)
        if not checked.holds:
            raise NotGiven("; ".join(f"{one.id}: {one.says}" for one in checked.checks if not one.holds))
        given = openings.give(request.opening, request.item, self.keeper.name, self.key)
        return self._brought(number, self.keeper.answer(request.opening, given))

    def refuse(self, number: str, ground: str, why: str = "") -> bytes:
        """Refuse on a ground of the list; returns the answer. Raises BadOpening, BadText."""
        request = self.keeper.request(number)
        if (before := self.keeper.answered(request.opening)) is not None:
            return self._brought(number, before)
        refused = openings.refuse(request.opening, self.keeper.name, ground, self.key, why)
        return self._brought(number, self.keeper.answer(request.opening, refused))

    def _brought(self, number: str, answer: bytes) -> bytes:
        """Bring it; what can't be brought now lies in `answers/` and is brought again by the same command."""
        if self.keeper.settings.gateway:
            Desk(self.keeper, self.key).bring(number, answer)
        return answer


def told(looked: Looked) -> dict[str, Any]:
    """What the command line says of a request."""
    opening: Opening = looked.request.opening
    return {
        "opening": opening.number,
        "parts": [
            {
                "part": number,
                "category": looked.request.item.parts[number].category,
                "person": looked.checked.persons.get(number, ""),
                "day": looked.request.item.parts[number].day,
                "bytes": looked.request.item.bodies[number].length,
            }
            for number in opening.parts
        ],
        "recipient": opening.recipient.fingerprint,
        "authority": openings.of(opening, "order").get("name", ""),
        "due": openings.of(opening, "clock").get("due", ""),
        "checked": [vars(one) for one in looked.checked.checks],
        "before": [*looked.before],
        "given": looked.answer == "gave",
        "answer": looked.answer,
    }


__all__ = ["GROUNDS", "Custodian", "Looked", "NotGiven", "Refusing", "Unreachable", "told"]
