"""A desk of one person on the pages: the rule under which one signature is enough, and the review of what it did."""

import json

from comity.cases import reviews
from comity.cases.models import Case
from comity.people import approvals, founding, one_person
from comity.people.models import Act, Person
from comity.people.rules import may
from comity.vault import commands as vault
from comity.web.parts import Field, Form, Link, Pair

SAYS = (
    "One person decided this alone. Read again what was done and why, as if somebody else had decided it.",
    "If it stands, say in a sentence why: next you sign that with your passkey, and the case is closed. If it doesn’t, "
    "lift it: nothing was deleted, and it is put back exactly as it was.",
)
REASON = Field("reason", "Why it stands", kind="long", rows=3, hint="One or two sentences; it stays on the record")


def rule(case: Case, act: Act | None, barred: str = "") -> tuple[Pair, ...]:
    """Under which rule one signature is enough for a decision and when it is reviewed; nothing on other desks."""
    if barred:
        link = Link("Read the rule", one_person.versions()[-1].url) if founding.alone() else None
        return (Pair("Why not", barred, bold="It is put to nobody.", link=link),)
    found = _under(act) if act else None
    if found is None:
        return ()
    link = Link("Read it", found.url)
    enough = f"Under {one_person.ID}, version {found.version}, one signature is enough for this."
    made = Pair("Rule", enough, bold="This desk has one person.", link=link)
    return (made, _review(case, found))


def _under(act: Act) -> one_person.Rule | None:
    try:
        return one_person.known(approvals.under_of(act).get("sha256"))
    except approvals.ApprovalRefused:  # its time is over
        return None


def _review(case: Case, under: one_person.Rule) -> Pair:
    row = case.deadlines.filter(name=reviews.NAME).first()
    if row is None:
        hours = int(under.review.total_seconds() // 3600)
        return Pair("Review", f"It must be reviewed within {hours} hours of its being done.")
    if row.met_at:
        return Pair("Reviewed", at=row.met_at)
    return Pair("To be reviewed by", at=row.due_target)


def may_review(case: Case, person: Person) -> bool:
    """Whether a person can review a case now."""
    return may(person, "decision.review", case) and reviews.reviewable(case)


def reason_of(act: Act) -> str:
    """Why it stands, as it is signed."""
    return str(json.loads(vault.get(act.doc))["reason"])


def form(path: str, base: str) -> Form:
    """The form that puts a review to be signed."""
    return Form(path, "See what you sign", (REASON,), back=Link("It should not stand: lift it", f"{base}#measures"))
