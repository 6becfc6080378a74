"""How the register's pages speak: to applicants in their language, to the desk in English. Pure."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

STATES: Mapping[str, Promise] = {
    "applied": lazy("It is being checked."),
    "to-accept": lazy("It is checked, and with the people who accept it."),
    "accepted": lazy("It is on the register."),
    "refused": lazy("It was refused. Write to us if you think that this is a mistake."),
    "lapsed": lazy("Its time is over; apply again."),
}
KINDS: Mapping[str, Promise] = {
    "court": lazy("Court"),
    "judge": lazy("Judge"),
    "prosecutor": lazy("Public prosecutor"),
    "police": lazy("Police"),
    "regulator": lazy("Regulator"),
    "ministry": lazy("Ministry"),
    "service": lazy("Hotline service"),
}
ITEMS: Mapping[str, Promise] = {
    "domain": lazy("The mail domain is yours"),
    "called": lazy("We called you, at a number that we found ourselves"),
    "resembles": lazy("Your domain looks like another’s: a person looks at it"),
}
DESK = {
    "domain": "The mail domain is theirs",
    "called": "Called back, at a number that the desk found itself",
    "resembles": "Its domain looks like another’s: somebody says why it isn’t that one posing",
}
DESK_CHANGE = {**DESK, "called": "Called back, at the number that stands on the register now"}
SORTS = {"new": "New", "change": "Change", "import": "From a file"}
TONES = {"applied": "soon", "to-accept": "", "accepted": "good", "refused": "late", "lapsed": "still"}
