"""An entry in words, for people: what kind of thing happened, and that it is sealed where it is."""

from django.utils.translation import gettext as _

from comity.ledger.events import KINDS
from comity_verify.entries import Entry


def sentence(said: Entry) -> str:
    """One line. The kinds' own sentences are the desk's, in English; outside they stand as what they are: a name."""
    if not said.kind:
        return _("Sealed as a whole")
    return KINDS[said.kind].sentence if said.kind in KINDS else said.kind
