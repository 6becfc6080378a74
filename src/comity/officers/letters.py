"""What an officer is sent: their one-time link, in English and in French. Pure."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from comity.outbox import letters

LANGUAGES = ("en", "fr")


def invitation(name: str, url: str, until: datetime) -> tuple[str, str]:
    """Subject and words of the mail that invites an officer of an authority."""
    made = []
    for language in LANGUAGES:
        with override(language):
            words = _(
                "%(name)s confirmed that you act for it. This link makes your passkey, once, until %(until)s. With it "
                "you file demands for your office, follow them, and read our answers. Open it on the device that you "
                "will use."
            )
            made.append(words % {"name": name, "until": letters.rfc3339(until)})
    with override("en"):
        subject = _("Your access for %(name)s") % {"name": name}
    return subject, f"{made[0]}\n\n{url}\n\n--\n{made[1]}\n\n{url}?language=fr\n"
