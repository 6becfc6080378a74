"""What the council is asked, in both languages: its forms, its signatures, what is put to it. Pure but for its data."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from comity.people.models import Act, Approval
from comity.web.parts import Choice, Field, Form, Slot

from . import bounds, indicators, words
from .models import Proposal

NOT_NOW, NOT_ACCEPTED = lazy("This can’t be done now"), lazy("This can’t be accepted")
SIGN_VOTE, SIGN, ALL = lazy("Sign this vote"), lazy("Sign it"), lazy("all countries")
KINDS: Mapping[str, str | Promise] = {
    bounds.SET: lazy("Set this bound"),
    bounds.ANSWER: lazy("Answer a crossing of this bound"),
}


def reason() -> Field:
    """Why, in words that are published."""
    hint = _("One or two sentences, without personal data: published")
    return Field("reason", _("Why"), kind="long", rows=3, hint=hint)


def bound(realm: str, country: str, action: str) -> Form:
    """By which a bound is put to the council."""
    choices = tuple(Choice(one.id, words.titled(one)) for one in indicators.bounded())
    hint = _("In per cent of what may count against it in a year, such as 2 or 0.5")
    fields = (
        Field("indicator", _("Indicator"), kind="select", choices=choices),
        Field("country", _("Country"), country, hint=_("Two letters, or empty for all"), required=False),
        Field("budget", _("How many may go wrong"), hint=hint),
        reason(),
        Field("realm", "", realm, kind="hidden"),
    )
    return Form(action, _("Put it to the council"), fields, id="bound")


def answer(number: str) -> Form:
    """By which an answer to a crossing is put to the council."""
    return Form(f"/council/{number}/answer", _("Put this answer to the council"), (reason(),), id="answer")


def back(number: str) -> Form:
    """By which a bound that was put is sent back."""
    return Form(f"/council/{number}/return", _("Send it back"), (reason(),), second=True, id="back")


def vote(found: Proposal) -> Form:
    """By which a member's vote is put to them to sign."""
    choices = tuple(Choice(name, str(says)) for name, says in words.CHOICES.items())
    fields = (Field("choice", _("Your vote"), kind="radio", choices=choices), reason())
    return Form(f"/council/{found.id}/vote", _("Put it to be signed"), fields, id="vote")


def threat(found: Proposal) -> Form:
    """By which a member says that a proposal is under threat."""
    hint = _("Who writes this, and the words, are sealed. Everyone sees that it is frozen.")
    what = Field("reason", _("What is happening"), kind="long", rows=3, hint=hint)
    return Form(f"/council/{found.id}/threat", _("It is under threat: freeze it"), (what,), second=True, id="threat")


def slots(act: Act, given: Sequence[Approval]) -> tuple[Slot, ...]:
    """The signatures that an act of the council needs: those given, and those open."""
    places = [one.person.jurisdiction for one in given]
    made = [
        Slot(
            _("Signature %(n)s, given") % {"n": n},
            True,
            _("council member, %(place)s") % {"place": place},
            given[n - 1].at,
        )
        for n, place in enumerate(places, 1)
    ]
    for n in range(len(given) + 1, act.rule.count + 1):
        made.append(Slot(_("Signature %(n)s, open") % {"n": n}, False, note=_("a member of the council")))
    return tuple(made)
