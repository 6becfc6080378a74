"""The mails of the register, once in English and once in French. Pure."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from comity.outbox import letters, rules

LANGUAGES = ("en", "fr")


def _both(say: Callable[[], str], link: str = "") -> str:
    made = []
    for language in LANGUAGES:
        with override(language):
            made.append(say() + (f"\n\n{link}{'?language=fr' if language == 'fr' else ''}" if link else ""))
    return "\n\n--\n".join(made) + "\n"


def _subject(say: Callable[[], str], number: str) -> str:
    with override("en"):
        return rules.subject(say(), ours=number)


def prove(number: str, name: str, url: str) -> tuple[str, str]:
    """The mail to a published address of a domain."""

    def says() -> str:
        words = _(
            "Somebody applies in the name of %(name)s to be on our register of authorities. If your office does, open "
            "this link and say so. If it doesn’t, do nothing, or tell us."
        )
        return words % {"name": name}

    return _subject(lambda: _("Does your office apply to our register?"), number), _both(says, url)


def changing(number: str, name: str, what: list[str], until: datetime) -> tuple[str, str]:
    """What the old address is told of a change."""

    def says() -> str:
        words = _(
            "Somebody asked us to change what our register has of %(name)s: %(what)s. It waits until %(until)s, and "
            "two people sign it then. If your office did not ask for it, tell us at once."
        )
        named = ", ".join(str(WHAT[one]()) for one in what)
        return words % {"name": name, "what": named, "until": letters.rfc3339(until)}

    return _subject(lambda: _("A change of your entry on our register"), number), _both(says)


WHAT = {
    "phone": lambda: _("the telephone number"),
    "address": lambda: _("the address"),
    "domains": lambda: _("the mail domain"),
    "name": lambda: _("the name"),
    "competent_for": lambda: _("what it is competent for"),
    "languages": lambda: _("its languages"),
}


def decided(number: str, name: str, accepted: bool, until: datetime | None) -> tuple[str, str]:
    """What became of an application, to the registered address."""

    def says() -> str:
        if not accepted:
            words = _("%(name)s is not on our register. Orders are received all the same; each is called back.")
            return words % {"name": name}
        words = _(
            "%(name)s is on our register until %(until)s: mail signed by its domain is recognised, and its officers "
            "can be invited. Nobody can change the entry without your address being told."
        )
        return words % {"name": name, "until": letters.rfc3339(until) if until else "–"}

    return _subject(lambda: _("Your entry on our register"), number), _both(says)


def ends(name: str, until: datetime) -> tuple[str, str]:
    """That a term ends soon."""

    def says() -> str:
        words = _(
            "The entry of %(name)s on our register ends on %(until)s. Apply anew before, on our page for authorities, "
            "and nothing changes; after it, each order is called back."
        )
        return words % {"name": name, "until": letters.rfc3339(until)}

    return _subject(lambda: _("Your entry on our register ends soon"), ""), _both(says)
