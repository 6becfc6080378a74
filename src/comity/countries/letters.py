"""The two mails that a State gets at its registered address: in English, and the same in French."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from comity.language import day

from . import rules

LANGUAGES = ("en", "fr")


def subject(purpose: str, number: str) -> str:
    """The subject of a mail, with the number of the relation."""
    with override("en"):
        if purpose == rules.CONTACT:
            return _("Please confirm that this address is read") + f" [{number}]"
        return _("A link by which you can speak") + f" [{number}]"


def text(purpose: str, country: str, link: str, until: datetime, name: str) -> str:
    """The words of a mail, once in each language."""
    made = []
    for language in LANGUAGES:
        with override(language):
            write: Callable[[str, str, str], str] = _contact if purpose == rules.CONTACT else _statement
            made.append(write(rules.name(country), day(until.date()), name))
    return f"{made[0]}\n\n{link}\n\n--\n{made[1]}\n\n{link}?language=fr\n"


def _contact(country: str, until: str, name: str) -> str:
    asked = _(
        "%(name)s holds this address as the contact point for %(country)s. Orders, decisions and what we publish about "
        "our relation are told to it, and it alone can speak for %(country)s on our page."
    )
    please = _("Please confirm by %(until)s that it is read: open this page and press the one button on it.")
    return f"{asked % {'name': name, 'country': country}}\n\n{please % {'until': until}}"


def _statement(country: str, until: str, name: str) -> str:
    can = _(
        "On its public page about %(country)s, %(name)s shows what both sides say, each in its own words. By this link "
        "you can add yours, without an account."
    )
    once = _("It works once, until %(until)s. Whoever has it can speak for %(country)s: please treat it like a key.")
    return f"{can % {'name': name, 'country': country}}\n\n{once % {'until': until, 'country': country}}"
