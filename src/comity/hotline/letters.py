"""What the hotline writes to a service's registered address: numbers and times, never what was called. Pure."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from comity.outbox import letters, rules

DENIED = "The service, called at its registered number, denied the call."


def warning_subject(number: str) -> str:
    """Of the warning after a call that was denied."""
    return rules.subject(_("A call in your name that you denied"), ours=number)


def warning(number: str, at: datetime) -> str:
    """That somebody called in a service's name, and what to look at."""
    words = _(
        "At %(at)s somebody called our hotline in the name of your service, by its account or its mailbox. Called back "
        "at your number on our register, your service denied the call. It was closed as false, and nothing was "
        "disclosed."
    )
    then = _(
        "One of your accounts may be in somebody else’s hands. Please look at it at once, and tell us which officers "
        "and mailboxes are still to be trusted. Your mails of the last days are marked here until then."
    )
    return "\n\n".join([words % {"at": letters.rfc3339(at)}, then, _("Our number: %(number)s") % {"number": number}])


def writing_subject(number: str) -> str:
    """Of what the desk writes to whoever called by mail."""
    return rules.subject(_("Your call"), ours=number)


def asking_subject(number: str) -> str:
    """Of the question what came of a call."""
    return rules.subject(_("What came of your call?"), ours=number)


def asking(number: str) -> str:
    """What came of it, to be answered on the call's own page."""
    words = _(
        "Please say on the page of your call what came of it: prevented, helped, no use, false, or still secret. One "
        "tap is enough. We count it, banded, and publish no detail."
    )
    return f"{words}\n\n{settings.COMITY.base_url}/hotline/{number}"


def ordering_subject(number: str) -> str:
    """Of the reminder that a formal order is owed."""
    return rules.subject(_("The order that follows your call"), ours=number)


def ordering(number: str) -> str:
    """That what was done on a call rests on an order that hasn't come."""
    return _(
        "What was done on your call %(number)s waits for the formal order by your law. None has come to us yet. Please "
        "send it to the address on our front page, with this number; without it people lift what was restricted."
    ) % {"number": number}
