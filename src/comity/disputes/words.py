"""States, steps, services and faults as people read them."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from comity.countries.words import Standing, Words

STATES: Mapping[str, Standing] = {
    "drafted": Standing(_("Drafted"), "c0", "", _("Nothing is filed yet.")),
    "filed": Standing(_("Filed"), "c1", "", _("It is filed, and not served on the other side yet.")),
    "pending": Standing(_("Pending"), "c2", "soon", _("It is argued before the forum.")),
    "stayed": Standing(_("Stayed"), "paused", "still", _("It rests; its deadlines stand still.")),
    "decided": Standing(_("Decided"), "c3", "soon", _("The forum has decided; the decision is not final yet.")),
    "settled": Standing(_("Settled"), "c4", "good", _("Nothing of it is in dispute any more.")),
    "dropped": Standing(_("Dropped"), "undone", "", _("It was not pursued any further.")),
    "closed": Standing(_("Closed"), "c4", "", _("It is over.")),
}
OUTCOMES: Mapping[str, Words] = {
    "": "",
    "withdrawn": _("Withdrawn: nothing was decided."),
    "settled": _("Settled, with published terms."),
    "decided": _("Decided by the forum."),
    "regulation-changed": _("Ended by a change of our regulation."),
    "left": _("Ended as we have left the country; nothing was decided."),
}
STEPS: Mapping[str, str] = {  # for the desk, as its form offers them
    "file": "It is filed with the forum",
    "serve": "It is served on the other side",
    "stay": "It is stayed",
    "resume": "It goes on",
    "drop": "It is withdrawn",
    "rule-changed": "A change of our regulation has ended it",
    "decide": "The forum has decided",
    "appeal": "The decision is appealed",
    "final": "The decision is final",
    "leave": "We have left; it is pursued no further",
}
SIDES: Mapping[str, Words] = {"us": _("the platform"), "state": _("the State"), "forum": _("the forum")}
HOW: Mapping[str, Words] = {
    "post": _("by post"),
    "gazette": _("by publication in a gazette"),
    "fax": _("by fax"),
    "agent": _("through an agent"),
    "mail": _("by e-mail"),
    "link": _("by the link sent to its registered address"),
}
FAULTS: Mapping[str, Words] = {
    "encrypted": _("It is encrypted, and no key was handed in."),
    "broken": _("It is damaged: no page of it can be opened."),
    "too-long": _("It is too long to be set page by page."),
    "too-large": _("It is a picture too large to be set."),
    "kind": _("It is of a kind that has no pages to be set."),
    "limits": _("It took more time or memory to open than one file may."),
}
INTERIMS: Mapping[str, Words] = {
    "standing": _("stands"),
    "ended": _("has ended"),
    "lifted": _("was lifted"),
}
SETTLEMENTS: Mapping[str, str] = {  # for the desk
    "proposed": "Put to the quorum",
    "returned": "Not signed",
    "signed": "Signed; the State is asked to confirm",
    "standing": "It stands",
    "declined": "The State did not confirm it",
    "withdrawn": "Taken back before the State confirmed",
}
