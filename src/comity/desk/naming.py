"""Which account an order means that names one without its address: proposed by the platform, said by a person."""

from urllib.parse import urlencode

from comity.cases import accounts
from comity.cases.models import Case
from comity.console.forms import FormPage
from comity.people.models import Person
from comity.people.rules import may
from comity.platforms.naming import Account
from comity.web.parts import Choice, Field, Form, Link, Pair

TITLE = "It names an account: look it up"
SAYS = (
    "The order names an account, and gives no address of it. Below is who is called so on the platform. Nothing is "
    "done with it before you say that it is the one that is meant; then its address stands among the facts, and the "
    "order is judged again.",
    "Where several are called so, or nobody is, no choice is offered: the authority is asked.",
)


def link(case: Case, person: Person, names: list[str]) -> Link | None:
    """To the page, for whoever may correct facts."""
    return Link(TITLE, f"/console/cases/{case.id}/account") if names and may(person, "fact.correct", case) else None


def page(case: Case, found: list[accounts.Named], action: str) -> FormPage:
    """Each name with who is called so; a choice for those that can mean one account alone."""
    one = [named for named in found if named.one]
    base = f"/console/cases/{case.id}"
    if one:
        choices = tuple(Choice(named.name, f"“{named.name}” is {_said(named.one)}") for named in one if named.one)
        form = Form(action, "It is this account", (Field("name", "Which name", kind="radio", choices=choices),))
    else:
        form = Form(base, "Back to the case", method="get", second=True)
    return FormPage(
        title=TITLE,
        crumbs=(Link("Queue", "/console/"), Link(f"Case {case.id}", base)),
        says=SAYS,
        form=form,
        pairs=tuple(_pair(named, base) for named in found),
    )


def _pair(named: accounts.Named, base: str) -> Pair:
    if named.one:
        return Pair(f"“{named.name}”", _said(named.one), code=named.one.url)
    explained = {"ground": "insufficient-information", "explained": accounts.lacks(named)}
    ask = Link("Ask the authority which is meant", f"{base}/obstacle?{urlencode(explained)}")
    urls = "\n".join(account.url for account in named.accounts)
    return Pair(f"“{named.name}”", _none_or_several(named), code=urls, link=ask)


def _none_or_several(named: accounts.Named) -> str:
    if not named.known:
        return "The platform doesn’t say now who is called so."
    return "; ".join(map(_said, named.accounts)) if named.accounts else "Nobody is called so."


def _said(account: Account) -> str:
    return f"{account.name}, {account.country or 'country not known'}"
