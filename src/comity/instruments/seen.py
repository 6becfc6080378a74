"""What viewers saw, in words for the authority and for the person affected: nothing that was not seen. Pure."""

from collections.abc import Collection, Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comity import language
from comity.measures.looks import Looks
from comity.measures.rules import GATED, NOT_SEEN
from comity.platforms.territory import EU, narrowest


def from_where(places: Collection[str]) -> str:
    """Countries in words: "each of the 27 Member States of the European Union and Switzerland"."""
    every = _("each of the %(number)d Member States of the European Union") % {"number": len(EU)}
    return language.listed([every if place == "EU" else language.country(place) for place in narrowest(places)])


def to_authority(looks: Looks) -> str:
    """From where what was withheld can't be reached, and from where it can, on one line."""
    said = " ".join(_lifted(looks) if looks.lifted else _held(looks))
    return " ".join((said or _("Nobody has looked.")).split())


def _held(looks: Looks) -> Iterator[str]:
    hidden, there = _where(looks.inside, hidden=True), _where(looks.inside, hidden=False)
    if hidden and looks.closely < looks.targets:
        yield ngettext(
            "Not to be reached: the first address from %(places)s, each other address from one of them.",
            "Not to be reached: the first %(closely)d addresses from %(places)s, each other address from one of them.",
            looks.closely,
        ) % {"places": from_where(hidden), "closely": looks.closely}
    elif hidden:
        yield _("Not to be reached from %(places)s.") % {"places": from_where(hidden)}
    if gated := _gated(looks.inside):
        yield (
            _(
                "The platform took the measure. Its effect could not be seen from inside: the platform is closed to "
                "people in %(places)s."
            )
            if looks.blind
            else _("In %(places)s the platform is closed to people: from there the effect could not be seen.")
        ) % {"places": from_where(gated)}
    if there := [*there, *_where(looks.outside, hidden=False)]:
        yield _("Still to be reached from %(places)s.") % {"places": from_where(there)}


def _lifted(looks: Looks) -> Iterator[str]:
    seen = {**looks.inside, **looks.outside}
    if there := _where(seen, hidden=False):
        yield _("To be reached from %(places)s.") % {"places": from_where(there)}
    if hidden := _where(seen, hidden=True):
        yield _("Not to be reached from %(places)s.") % {"places": from_where(hidden)}
    if gated := _gated(seen):
        words = _("In %(places)s the platform is closed to people: from there the effect could not be seen.")
        yield words % {"places": from_where(gated)}


def to_person(looks: Looks, at: str) -> str:
    """From where we looked at their message at an instant (in words), and from where it could be seen."""
    return " ".join(_told(looks, at))


def _told(looks: Looks, at: str) -> Iterator[str]:
    hidden, there = _where(looks.inside, hidden=True), _where(looks.inside, hidden=False)
    if hidden:
        words = _("We looked from %(places)s on %(at)s: there it could not be seen.")
        yield words % {"places": from_where(hidden), "at": at}
    if there:
        words = _("We looked from %(places)s on %(at)s: there it could be seen.")
        yield words % {"places": from_where(there), "at": at}
    if gated := _gated(looks.inside):
        words = _(
            "We looked from %(places)s on %(at)s: there the platform is closed, so nobody could see whether it is "
            "shown."
        )
        yield words % {"places": from_where(gated), "at": at}
    if beyond := _where(looks.outside, hidden=False):
        yield _("From %(places)s it could be seen.") % {"places": from_where(beyond)}
    if not (hidden or there or gated):
        yield _("We have not looked yet.")


def _gated(seen: Mapping[str, str]) -> list[str]:
    """The places where the platform shows nothing at all, so that a look from there told nothing."""
    return [place for place, one in seen.items() if one == GATED]


def _where(seen: Mapping[str, str], *, hidden: bool) -> list[str]:
    """The places from which it was seen, or seen to be hidden; a look that told nothing counts for neither."""
    return [place for place, one in seen.items() if (one in NOT_SEEN if hidden else one == "visible")]
