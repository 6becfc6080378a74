"""How the sender of an order was verified, in a sentence: the one source of it, for the desk and for people outside."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

HOW: Mapping[str, Promise] = {
    "none": lazy("It is not confirmed that the mail comes from the authority which it names."),
    "domain": lazy(
        "The mail was sent under the signature of the domain that we have on record for the authority; the authority "
        "itself was not called."
    ),
    "signature": lazy("The signature on the document was checked, and is the authority’s."),
    "accredited-channel": lazy(
        "The authority, called at the number that we have on record, confirmed that the mail is its own."
    ),
}


def how(grade: str) -> str:
    """How a sender of that grade was verified; empty for a grade that isn't known."""
    return str(HOW.get(grade, ""))
