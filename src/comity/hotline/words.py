"""The hotline's codes in words; those that a service reads are translated."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATES = {
    "raised": (pgettext_lazy("call", "Ringing"), "late", "alarm"),
    "unanswered": (_("Nobody has answered yet; it rings on"), "late", "alarm"),
    "acknowledged": (_("A person has it"), "soon", "act"),
    "acted": (_("Something was done"), "good", "holds"),
    "to-review": (_("Closed; it is reviewed"), "still", "wait"),
    "closed": (_("Closed and reviewed"), "good", "holds"),
}
IMMINENCE = {
    "now": _("It is happening now"),
    "hours": _("Within hours"),
    "days": _("Within days"),
    "unknown": _("Not known"),
}
OUTCOMES = {
    "prevented": _("Prevented"),
    "helped": _("It helped"),
    "no-use": _("Of no use"),
    "false": _("It was false"),
    "secret": _("Still secret"),
}
CODES = {
    "preserve": _("What is public of what you named is kept under seal."),
    "withhold": _("Access is restricted, as those who decide have signed. It can be undone."),
    "ordinary": _("This line is for danger to a life. Other matters go to the address on our front page."),
}
SIDES = {"service": _("You"), "desk": _("The desk"), "gateway": _("Comity")}
DESK_SIDES = {"service": "The service", "desk": "The desk", "gateway": "Comity"}
POSTS = {"page": _("the desk’s own page"), "push": _("a phone"), "mail": _("a mail"), "hook": _("a pager")}
RINGS = {
    "waiting": _("being rung"),
    "sent": _("rung"),
    "seen": _("seen"),
    "answered": _("answered"),
    "failed": _("could not be reached"),
    "gone": _("could not be reached"),
    "stopped": _("stopped"),
}
