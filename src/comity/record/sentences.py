"""An entry in words, for people outside: what sort of thing happened. Its exact kind stands beside it, as a code."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from comity_verify.entries import Entry

OF_PARTS: Mapping[str, object] = {
    "request": lazy("About a request that came in"),
    "reading": lazy("About a request that came in"),
    "facts": lazy("What a request says was read"),
    "sender": lazy("A sender was verified"),
    "callback": lazy("A sender was verified"),
    "register": lazy("A sender was verified"),
    "case": lazy("A step in a case"),
    "order": lazy("A step in a case"),
    "clock": lazy("A deadline comes nearer"),
    "decision": lazy("A decision of people"),
    "approval": lazy("A person’s signature"),
    "measure": lazy("An act on the platform"),
    "effect": lazy("What a viewer saw afterwards"),
    "preserved": lazy("An act on the platform"),
    "brake": lazy("All acts were stopped, or go on"),
    "mail": lazy("A letter of ours"),
    "reply": lazy("A letter of ours"),
    "content": lazy("Somebody looked at content"),
    "regulation": lazy("A rule changed"),
    "gateway": lazy("The desk was founded"),
    "demo": lazy("The desk was founded"),
    "person": lazy("The people who decide changed"),
    "role": lazy("The people who decide changed"),
    "key": lazy("The people who decide changed"),
    "figures": lazy("Figures of a day"),
}


def sentence(said: Entry) -> str:
    """One line in the reader's language."""
    if not said.kind:
        return _("Sealed as a whole")
    return str(OF_PARTS.get(said.kind.partition(".")[0], _("Something else that was done")))
