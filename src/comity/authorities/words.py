"""How the sender of an order was verified, in a sentence: the one source of it, for the desk and for people outside."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

HOW: Mapping[str, Promise] = {
    "none": lazy("It is not confirmed that it comes from the authority which it names."),
    "domain": lazy(
        "It was sent under the signature of the domain that we have on record for the authority, or confirmed from the "
        "mailbox that we have on record; the authority itself was not called."
    ),
    "signature": lazy("The signature on the document was checked, and is the authority’s."),
    "accredited-channel": lazy(
        "The authority confirmed that it is its own: called at the number that we have on record, or by the passkey of "
        "an officer whom we checked."
    ),
}


def how(grade: str) -> str:
    """How a sender of that grade was verified; empty for a grade that isn't known."""
    return str(HOW.get(grade, ""))
