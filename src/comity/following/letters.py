"""The mails about a status page, once in English and once in French, and what its forms refuse. Pure."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from comity.outbox import letters, rules

LANGUAGES = ("en", "fr")


def _both(say: Callable[[], str], link: str) -> str:
    made = []
    for language in LANGUAGES:
        with override(language):
            made.append(say())
    return f"{made[0]}\n\n{link}\n\n--\n{made[1]}\n\n{link}?language=fr\n"


def _subject(say: Callable[[], str], number: str) -> str:
    with override("en"):
        return rules.subject(say(), ours=number)


def status(number: str, url: str) -> tuple[str, str]:
    """Subject and words of the mail with the link to the status page."""

    def says() -> str:
        return _(
            "Your demand %(number)s has a page of its own: how it stands, until when, what we ask of you; and you can "
            "write to us there. Whoever has the link sees the page, so keep it within your office."
        ) % {"number": number}

    return _subject(lambda: _("The page of your demand"), number), _both(says, url)


def mailbox(purpose: str, number: str, name: str, url: str, until: datetime) -> tuple[str, str]:
    """Subject and words of a link that goes to a registered address alone."""
    if purpose == "confirm":
        return _subject(lambda: _("Please confirm a demand in your name"), number), _both(
            lambda: _confirm(number, name, until), url
        )
    return _subject(lambda: _("Our letters to you"), number), _both(lambda: _letters(number, until), url)


def _confirm(number: str, name: str, until: datetime) -> str:
    words = _(
        "Somebody typed a demand in the name of %(name)s on our page for authorities. Its number is %(number)s. "
        "Nothing rests on it before your office confirms it: open this link and say whether it is yours. "
        "It works until %(until)s."
    )
    return words % {"name": name, "number": number, "until": letters.rfc3339(until)}


def _letters(number: str, until: datetime) -> str:
    words = _(
        "Somebody who has the link to the page of %(number)s asked to read our letters to you. They are behind this "
        "link, which was sent to your registered address alone, until %(until)s."
    )
    return words % {"number": number, "until": letters.rfc3339(until)}


def write_something() -> str:
    """The refusal of an empty message."""
    return _("write what you want to say, or choose a file")


def at_most(most: int) -> str:
    """The refusal of a long one."""
    return _("at most %(most)s characters") % {"most": most}
