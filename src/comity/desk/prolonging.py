"""That an order was prolonged: which later mail says so, and for how long."""

from contextlib import suppress
from dataclasses import replace

from comity import instruments
from comity.cases import document, prolonging
from comity.cases.models import Case, Request
from comity.people.models import Person
from comity.people.rules import may
from comity.vault import commands as vault
from comity.web.parts import Choice, Field, Form

HOW = (
    Choice("extension", "It prolongs the order by the time that its act gives"),
    Choice("confirmation", "It confirms that production is requested: it lasts until that"),
)
SAYS = "Read the mail first: a prolongation is as binding as the order, and only what it says counts."


def open_to(person: Person, case: Case) -> bool:
    """Whether a person may say so, and there is a mail that may say it."""
    prolongs = instruments.of(case.instrument).prolongs and prolonging.may_last(case)
    return bool(prolongs and may(person, "fact.correct", case) and prolonging.mails(case))


def shown(path: str, case: Case) -> tuple[tuple[str, ...], Form]:
    """What the page says, and its form."""
    latest, *earlier = reversed(prolonging.mails(case))
    mails = (Choice(latest.id, _named(latest), chosen=True), *(Choice(one.id, _named(one)) for one in earlier))
    read = _read(case)
    how = tuple(replace(one, chosen=one.value == read) for one in HOW)
    fields = (
        Field("mail", "Which mail", kind="radio", choices=mails),
        Field("how", "What it says", kind="radio", choices=how),
    )
    return (instruments.of(case.instrument).prolongs, SAYS), Form(path, "Put its end off", fields, id="prolong")


def _read(case: Case) -> str:
    """What the latest of them was read to say; a person says so, or otherwise."""
    for mail in reversed(prolonging.mails(case)):
        with suppress(vault.Gone):
            said = (document.of(mail)["reading"] or {}).get("later") or {}
            return str(said.get("kind") or "") if said.get("instrument") == case.instrument else ""
    return ""


def _named(request: Request) -> str:
    return f"{request.id}, received {request.received_at:%d %b %Y, %H:%M} UTC"
