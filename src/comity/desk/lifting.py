"""A lift on the pages: what it rests on, what it tells and to whom, before it is signed; and its review."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from comity.answers import text as plain
from comity.cases import lifts
from comity.cases.models import Case
from comity.console import signing
from comity.notifications import letters as notices
from comity.people import founding
from comity.people.models import Act, Person
from comity.people.rules import Quorum
from comity.vault import commands as vault
from comity.web.files import size
from comity.web.parts import Choice, Field, Form, Letter, Link, Pair

from .pages import DecidePage

if TYPE_CHECKING:
    from .case import View


def of(act: Act) -> dict[str, Any]:
    """What an act of lifting says, as it is signed: its reason and its letters among it."""
    return dict(json.loads(vault.get(act.doc)))


def rests(case: Case, act: Act) -> tuple[Pair, ...]:
    """What a lift rests on, as it is signed; nothing of one that was put before anything had to be said."""
    signed = of(act)
    found = signed.get("document")
    if found is None:
        return (
            (Pair("Rests on", f"Another person reviews it within {lifts.review_hours()} hours.", bold=MISTAKE),)
            if signed.get("ground")
            else ()
        )
    came = f"Came as {found['from']}, in full" if found["from"] else "Handed in by who put the lift"
    says = f"{came}; {size(found['bytes'])}. Read it before you sign."
    link = Link(f"Download {found['name']}", f"/console/cases/{case.id}/lift/document")
    return (
        Pair("Rests on", says, bold="An order of a court or an authority.", link=link),
        Pair("Its SHA-256", code=found["sha256"]),
        *((Pair("Drops", code="\n".join(dropped)),) if (dropped := signed.get("change", {}).get("dropped")) else ()),
    )


MISTAKE = "A mistake of ours."


def document(case: Case) -> dict[str, Any] | None:
    """The document of the lift that is put to the deciders, or that they signed."""
    acts = Act.objects.filter(case=case.id, kind="lift").exclude(state="void").order_by("-proposed_at")
    act = acts.first()
    found = of(act).get("document") if act else None
    return dict(found) if found else None


def outgoing(told: Mapping[str, Any]) -> tuple[Pair, ...]:
    """Whom a lift tells: an author who was not told of the measure is not told that it is over."""
    known, authority = "author" in told, told.get("authority")
    where = f"To {authority['to']}, once the lift is observed." if authority else "No address of it is on our register."
    author = "If told of the measure, once the lift is observed." if known else "Not told of the measure either."
    decided = told.get("decision")
    answered = f"To {decided['to']}, once the lift is observed." if decided else ""
    return (
        *((Pair("Who decided it", answered, bold="The answer"),) if decided else ()),
        Pair("Authority", where, bold="A word for its file" if authority else "Nothing"),
        Pair("Author", author, bold="That it can be seen again" if known else "Nothing"),
    )


def letters(told: Mapping[str, Any]) -> tuple[Letter, ...]:
    """The letters of a lift, exactly as they are sent."""
    made = []
    if authority := told.get("authority"):
        made.append(Letter("Word to the authority", f"To {authority['to']}", plain.twin(authority)))
    if decided := told.get("decision"):
        made.append(Letter("Answer to who decided it", f"To {decided['to']}", plain.twin(decided)))
    if author := told.get("author"):
        made.append(Letter("Notice to the author", "On the platform", notices.lifted_text(author)))
    return tuple(made)


def who(quorum: Quorum) -> str:
    """Whose approval a lift waits for."""
    roles = " or ".join(quorum.roles)
    return f"one {roles}" if quorum.count == 1 else f"{quorum.count} people ({roles})"


# -- the review -------------------------------------------------------------------------------------------------------


def lifted(view: View) -> tuple[Pair, ...]:
    """What was lifted, by how many and why, for who reviews it."""
    act = Act.objects.filter(case=view.case.id, kind="lift", state="approved").order_by("-approved_at").first()
    if act is None:
        return ()
    signed, by = of(act), [one.person for one in signing.given(act)]
    who_ = ", ".join(f"{one.roles[0] if one.roles else 'somebody'}, {one.jurisdiction}" for one in by)
    return (
        Pair("Why it was lifted", f"“{signed['reason']}”"),
        Pair("Signed by", who_, at=act.approved_at),
        *rests(view.case, act),
        *outgoing(signed["letters"]),
    )


def review_form(case: Case, person: Person, path: str) -> tuple[tuple[str, ...], Form]:
    """The form that puts the review of a lift to be signed; for who signed the lift, why it isn't theirs."""
    if not lifts.may_review(case, person):
        return (NOT_YOURS, NOBODY_ELSE), Form(
            f"/console/cases/{case.id}", "Back to the case", method="get", second=True
        )
    choices = (Choice("yes", "It was right to lift it"), Choice("no", "It was wrong to lift it"))
    fields = (
        Field("right", "What you find", kind="radio", choices=choices),
        Field("reason", "Why", kind="long", rows=3, hint="One or two sentences; it stays on the record"),
    )
    return (*SAYS, *((ALONE,) if founding.founded_alone() else ())), Form(path, "See what you sign", fields)


def to_sign(view: View, put: Act) -> DecidePage:
    """One screen to sign what the review of a lift found."""
    said = of(put)
    return DecidePage(
        id=view.case.id,
        case_url=view.base,
        title="It was right to lift it" if said["right"] else "It was wrong to lift it",
        clock=view.clock(),
        verdict=None,
        reason=str(said["reason"]),
        deeds=lifted(view),
        outgoing=(Pair("Nobody", "The desk alone sees a review.", bold="Nothing goes out"),),
        letters=(),
        veil=view.veil(),
        sign=signing.button(put, f"{view.base}/sign", view.person, "Sign your review"),
        back=Link("Write another", f"{view.base}/lift/review?again=1"),
        done=True,
    )


AGAIN = "Put the measure to the deciders again"
AGAIN_SAYS = (
    "Nothing is withheld by this: as many people sign as the regulation asks for, with the letters as they stand, "
    "which you can edit before. The authority is answered once more, and the author told, once it was seen."
)
SAYS = (
    "One person lifted this alone, as a mistake of ours. Read again what was withheld, and why it was lifted.",
    "If lifting was wrong, nothing is withheld again by your saying so: the desk is alerted, and people decide.",
)
ALONE = "This desk is one person, and says so in public: you read it again yourself, and nobody else does."
NOT_YOURS = "Who signed a lift doesn’t review it: another decider, counsel or the head does."
NOBODY_ELSE = (
    "If this desk has nobody else in these roles now, it stays due here, in everybody’s sight, until it has: let a "
    "second person in under People."
)
