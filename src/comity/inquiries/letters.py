"""The question to an authority about its order: a frame of ours round the desk's words. Pure."""

from datetime import datetime

from django.utils.translation import gettext as _

from comity import language
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


def to_enforcing(matter: Matter, order: str, cite: str, text: str, at: datetime) -> Letter:
    """What we see in an order for data, told to the authority of our own State that may refuse it, in the active
    language, sent `at` (UTC). `order`: what it is, in a phrase; `cite`: the article by which we tell it."""
    about = _("We received %(order)s: %(reference)s of %(authority)s, on %(at)s.") % {
        "order": order,
        "reference": matter.reference or _("without a reference"),
        "authority": matter.authority,
        "at": matter.house.said(letters.parse(matter.received_at)),
    }
    return letters.make(
        "letter",
        to=matter.to,
        subject=plain.subject(matter, _("An order for data: what we see in it")),
        zone=matter.house.zone,
        fields={"addressee_file_number": matter.number} | plain.us(matter) | {"signed_at": letters.rfc3339(at)},
        paragraphs=[
            _("We tell you, as the enforcing authority, what we told the issuing authority (%(cite)s).")
            % {"cite": language.cited(cite)},
            about,
            text,
            _("Whether it stands is for the two of you to decide. We keep the data until then, and tell nobody."),
        ],
    )
