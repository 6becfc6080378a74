"""The life of a relation as one table, which codes are countries, and who may move what: pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from comity import language
from comity.ledger.life import Life
from comity.ledger.life import NotNow as NotNow
from comity.platforms.territory import ALSO_WRITTEN, COUNTRIES

STATES = ("none", "talking", "agreed", "strained", "disputed", "leaving", "left", "returning")
REACHES = ("", "open", "blocked")
US, STATE = SIDES = ("us", "state")
CONTACT, STATEMENT, SUBMISSION, ANNOTATION, SETTLEMENT, PROPOSAL = PURPOSES = (
    "contact",
    "statement",
    # of a dispute: a paper, a note on its summary, the confirmation of a settlement
    "submission",
    "annotation",
    "settlement",
    "proposal",  # to change a regulation
)

LIFE: Mapping[tuple[str, str], str] = {
    ("none", "talk"): "talking",
    ("none", "dispute"): "disputed",  # a State may sue with which nothing was ever spoken
    ("talking", "agree"): "agreed",
    ("talking", "break-off"): "none",
    ("talking", "dispute"): "disputed",
    # an agreement stands, in its versions, until its time is over
    ("agreed", "agree"): "agreed",
    ("agreed", "strain"): "strained",
    ("agreed", "dispute"): "disputed",
    ("agreed", "expire"): "none",
    ("strained", "calm"): "agreed",
    ("strained", "talk"): "talking",
    ("strained", "dispute"): "disputed",
    # a dispute ends by a settlement, by being dropped, or by a ruling
    ("disputed", "settle"): "agreed",
    ("disputed", "drop"): "talking",
    ("disputed", "rule"): "talking",
    # leaving, and coming back: by a plan that people have signed
    ("strained", "leave"): "leaving",
    ("disputed", "leave"): "leaving",
    ("leaving", "complete"): "left",
    ("leaving", "reverse"): "strained",
    ("left", "return"): "returning",
    ("returning", "complete"): "talking",
    ("returning", "stop"): "left",
}
OF_IT = Life("relation", LIFE)
BY_ONE = ("talk", "break-off", "strain", "calm", "dispute", "drop", "rule")
BY_QUORUM = ("agree", "settle")
BY_PLAN = ("leave", "complete", "reverse", "return", "stop")

MONTH = timedelta(days=30)  # how often a registered address is asked whether it is read
ANSWERED_WITHIN = timedelta(days=14)
LINK_LASTS = timedelta(days=30)
ASKED_AGAIN = timedelta(days=1)  # how soon the public can have another link sent

INVENTED = {"XV": "Veltria"}  # user-assigned in ISO 3166-1: no State will have it; in realm demo only
CONTESTED = frozenset({"XK"})
ALL = COUNTRIES - CONTESTED


class UnknownCountry(LookupError):
    """A code that is no country here; the text says which and why."""


def code_of(text: str, realm: str) -> str:
    """The country that a code names. Raises UnknownCountry."""
    if text in ALL or (realm == "demo" and text in INVENTED):
        return text
    raise UnknownCountry(_why_not(text[:20]))


def _why_not(text: str) -> str:
    if text == "EU":
        return _("EU is a union of States, not one of them: look at each Member State under its own code.")
    if text in ALSO_WRITTEN:
        return _("%(code)s is written %(iso)s in ISO 3166-1.") % {"code": text, "iso": ALSO_WRITTEN[text]}
    if text in CONTESTED:
        return _("%(code)s is not assigned in ISO 3166-1, and we make no statement on it.") % {"code": text}
    if text.upper() != text and text.upper() in ALL:
        return _("A code has two capital letters: %(code)s.") % {"code": text.upper()}
    return _("“%(code)s” is no country code of ISO 3166-1: two capital letters, as FR.") % {"code": text}


def codes(realm: str) -> list[str]:
    """Every country there is in a realm, by code."""
    return sorted({*ALL, *(INVENTED if realm == "demo" else ())})


def name(code: str) -> str:
    """A country's name in the active language."""
    return INVENTED.get(code) or language.country(code)


def number(realm: str, country: str) -> str:
    """What acts and events call a relation: Y-FR; of another realm than the real one Y-FR-demo."""
    return f"Y-{country}" if realm == "real" else f"Y-{country}-{realm}"


def of_number(number: str) -> tuple[str, str]:
    """Realm and country of a relation's number."""
    _, country, *realm = number.split("-")
    return (realm[0] if realm else "real"), country


def asked_for(asked_at: datetime | None, now: datetime) -> bool:
    """Whether a registered address is to be asked again whether it is read."""
    return asked_at is None or asked_at + MONTH <= now


def stands(starts: date, until: date | None, today: date) -> bool:
    """Whether an agreement is within its time; `until` is the first day on which it no longer is."""
    return until is None or today < until
