"""What the hotline hears of the rings for its calls, within their transaction (`settings.PAGED`)."""

from comity.people.models import Person

from . import commands


class Paged:
    """The calls, as paging knows them: by their numbers."""

    def acknowledged(self, person: Person, subject: str) -> None:
        """Somebody has answered, the first of this round."""
        commands.taken(person, subject)

    def unanswered(self, subject: str) -> None:
        """The ladder has reached the heads, or reaches nobody. It rings on."""
        commands.exhausted(commands.locked(subject))

    def where(self, subject: str) -> str:
        """The page of a call."""
        return f"/console/hotline/{subject}"


CALLS = Paged()
