"""The question to an authority about its order: a frame of ours round the desk's words. Pure."""

from datetime import datetime

from django.utils.translation import gettext as _

from comity.instruments import plain
from comity.instruments.matter import Matter, in_its_language
from comity.outbox import letters
from comity.outbox.letters import Letter


@in_its_language
def question(matter: Matter, text: str, at: datetime, *, told: bool) -> Letter:
    """What we ask about an order, sent `at` (UTC). `told`: what comes is shown to the person affected."""
    words = [
        _("On your order we have a question:"),
        text,
        _("Please answer to this address, with our number in the subject. A person reads it."),
        _("What you answer we tell the person affected, unless you say that we may not.") if told else "",
    ]
    return letters.make(
        "letter",
        to=matter.to,
        subject=plain.subject(matter, _("A question on your order")),
        zone=matter.house.zone,
        fields=plain.section_a(matter) | plain.us(matter) | {"signed_at": letters.rfc3339(at)},
        paragraphs=words,
    )
