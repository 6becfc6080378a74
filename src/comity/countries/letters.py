"""The mails that a State gets at its registered address: in English, and the same in French."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import override

from comity.language import day

from . import rules

LANGUAGES = ("en", "fr")


SUBJECTS = {
    rules.CONTACT: lazy("Please confirm that this address is read"),
    rules.STATEMENT: lazy("A link by which you can speak"),
    rules.SUBMISSION: lazy("A link by which you can hand in a submission"),
    rules.ANNOTATION: lazy("A link by which you can comment on our summary"),
    rules.SETTLEMENT: lazy("Please confirm the settlement"),
    rules.PROPOSAL: lazy("A link by which you can propose to change a rule"),
}


def subject(purpose: str, number: str) -> str:
    """The subject of a mail, with the number of what it is about."""
    with override("en"):
        return f"{SUBJECTS[purpose]} [{number}]"


def text(purpose: str, country: str, link: str, until: datetime, name: str, thing: str = "") -> str:
    """The words of a mail, once in each language; `thing`: the number of the dispute that it is about."""
    made = []
    for language in LANGUAGES:
        with override(language):
            made.append(_written(purpose, rules.name(country), day(until.date()), name, thing))
    return f"{made[0]}\n\n{link}\n\n--\n{made[1]}\n\n{link}?language=fr\n"


def _written(purpose: str, country: str, until: str, name: str, thing: str) -> str:
    if purpose == rules.CONTACT:
        return _contact(country, until, name)
    if purpose == rules.STATEMENT:
        return _statement(country, until, name)
    if purpose == rules.PROPOSAL:
        return _proposal(country, until, name)
    return _of_a_dispute(purpose, country, until, name, thing)


def _of_a_dispute(purpose: str, country: str, until: str, name: str, thing: str) -> str:
    can = {
        rules.SUBMISSION: _(
            "In the dispute %(thing)s between %(country)s and %(name)s you can hand in a submission by this link, "
            "typed or as a file, without an account. It is stored before we confirm it, and counts as served then."
        ),
        rules.ANNOTATION: _(
            "%(name)s has published a neutral summary of the dispute %(thing)s with %(country)s. By this link you can "
            "add your own note, which stands beside it in your own words, without an account."
        ),
        rules.SETTLEMENT: _(
            "%(name)s has signed the settlement of the dispute %(thing)s with %(country)s. Its terms stand on the page "
            "that this link opens. They count, and are published, once you confirm them there."
        ),
    }[purpose]
    said = can % {"thing": thing, "country": country, "name": name}
    return f"{said}\n\n{_once(country, until)}"


def _contact(country: str, until: str, name: str) -> str:
    asked = _(
        "%(name)s holds this address as the contact point for %(country)s. Orders, decisions and what we publish about "
        "our relation are told to it, and it alone can speak for %(country)s on our page."
    )
    please = _("Please confirm by %(until)s that it is read: open this page and press the one button on it.")
    return f"{asked % {'name': name, 'country': country}}\n\n{please % {'until': until}}"


def _proposal(country: str, until: str, name: str) -> str:
    can = _(
        "Whoever dislikes a rule of %(name)s can propose another. By this link %(country)s can do so, without an "
        "account: it is answered, discussed in public, and voted on by people who are not ours."
    )
    return f"{can % {'name': name, 'country': country}}\n\n{_once(country, until)}"


def _statement(country: str, until: str, name: str) -> str:
    can = _(
        "On its public page about %(country)s, %(name)s shows what both sides say, each in its own words. By this link "
        "you can add yours, without an account."
    )
    return f"{can % {'name': name, 'country': country}}\n\n{_once(country, until)}"


def _once(country: str, until: str) -> str:
    once = _("It works once, until %(until)s. Whoever has it can speak for %(country)s: please treat it like a key.")
    return once % {"until": until, "country": country}
