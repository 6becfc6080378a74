"""How a demand stands, in the words of its status page. Pure."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

WITH_PEOPLE = lazy("It is with the people who decide.")
ACTED = lazy("It was decided, and is being carried out.")
STATES: Mapping[str, Promise] = {
    "verifying": lazy("We are making sure that it comes from the authority it names."),
    "to-decide": WITH_PEOPLE,
    "second-approval": WITH_PEOPLE,
    "with-counsel": WITH_PEOPLE,
    "carrying-out": ACTED,
    "not-effective": ACTED,
    "answering": ACTED,
    "answered": lazy("Answered: our letter went to your registered address."),
    "waiting": lazy("We asked you something; until it is answered the clock waits where the law says so."),
    "not-carried-out": lazy("Not carried out; our letter to your registered address says why."),
    "lifted": lazy("What was done has been lifted."),
    "ended": lazy("It has ended by itself, at its time."),
}
RECEIVED = lazy("We have it. It is being read and judged; a few seconds.")
BY_PERSON = lazy("A person reads it, and says what happens next.")
UNPROVEN = lazy("Nothing rests on it yet: we do not know that it comes from the authority it names.")
KINDS: Mapping[str, Promise] = {
    "answer": lazy("Our answer"),
    "lifted": lazy("That it was lifted"),
    "prolonged": lazy("That it was prolonged"),
    "ended": lazy("That it ended"),
    "inquiry": lazy("A question of ours"),
}
LETTER = lazy("A letter of ours")


def state(slug: str) -> str:
    """A case's state in words; of one that isn't known, that people have it."""
    return str(STATES.get(slug, WITH_PEOPLE))


def letter(kind: str) -> str:
    """What kind of letter it is."""
    return str(KINDS.get(kind, LETTER))
