"""The decision on a case's page: exactly what will be done, the letters, who has signed, and the ways beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Max

from comity.answers import sent
from comity.answers import text as plain
from comity.cases import deciding, rules, shadowed
from comity.console import signing
from comity.console.signing import Sign
from comity.console.words import person
from comity.ledger.models import Event
from comity.measures import panel as measures
from comity.measures.models import Measure
from comity.notifications import commands as notifications
from comity.outbox.models import Mail
from comity.people.models import Person
from comity.people.rules import may
from comity.platforms.port import IRREVERSIBLE
from comity.vault import commands as vault
from comity.web.parts import Field, Form, Letter, Link, Pair, Slot

from . import alone, elsewise, lifting, reinstating
from .deeds import of as deeds_of
from .pages import Decision

if TYPE_CHECKING:
    from .case import View


def block(view: View) -> Decision | None:
    """What is put to the deciders, or why nothing is yet."""
    ended = view.case.state == "not-carried-out" and not view.case.act
    if view.case.state == "verifying" or ended or not (view.letters or view.case.plan == "execute"):
        return None
    shown, needed = slots(view)
    return Decision(
        deeds=deeds(view),
        letters=letter_parts(view),
        slots=shown,
        needed=needed,
        sign=None if view.lift else view.sign,
        decide_url=f"{view.base}/decide" if view.lift or view.sign else "",
        detours=detours(view),
        note=note(view),
        act=view.decided.hash if view.decided else "",
        propose=propose(view),
        rule=(
            *alone.rule(view.case, view.decided, view.barred),
            *elsewise.pairs(view.refusal, view.base, view.person, view.case, view.finding, barred=bool(view.barred)),
        ),
    )


def answered(view: View) -> Mail | None:
    """The answer that went out on what was decided; None while it has not."""
    return sent.answer_of(view.case, view.decided)


def deeds(view: View) -> tuple[Pair, ...]:
    """Exactly what will be done; in shadow, that nothing is."""
    return (*_shadow(view), *_deeds(view))


def _shadow(view: View) -> tuple[Pair, ...]:
    """What is put to people in shadow is recorded, and not done."""
    among = view.shadow
    if not among:
        return ()
    says = f"In shadow: {shadowed.says(among)}. Signing keeps on record that what follows would have been done."
    return (Pair("Shadow", says, bold="Nothing is done, and no letter leaves."),)


def _deeds(view: View) -> tuple[Pair, ...]:
    if view.case.plan == "annex3":
        return (
            Pair("Do", "Nothing on the platform.", bold="Say what stands in the way"),
            *_meanwhile(view),
            Pair("Clock", "It stops until they send what is missing.", cite=view.instrument.stops),
        )
    if view.case.plan == "person":
        return ANSWER_DEEDS
    if view.case.plan == "reinstate":
        return reinstating.deeds(view.case)
    lifted = _undone(view)
    pairs = deeds_of(view.finding, view.facts, view.says())
    undo = () if lifted or view.case.state == "ended" or _for_good(view) else (Pair("To undo", UNDO, bold="Lift"),)
    return (*lifted, *pairs, *undo, *_kept(view))


def _for_good(view: View) -> bool:
    """Whether nothing takes back what is done."""
    return (view.finding.get("instead") or {}).get("kind") in IRREVERSIBLE


def _meanwhile(view: View) -> tuple[Pair, ...]:
    """What an order of preservation names and is kept already, while its authority says what is missing."""
    keep = rules.to_keep_meanwhile(view.finding, view.facts)
    if not keep:
        return ()
    until = datetime.fromisoformat(keep["until"]) if keep["until"] else None
    what = ", ".join([*(str(row["category"]) for row in keep["data"]), *rules.in_public(view.facts)])
    return (Pair("Kept", f"Under seal since it was judged: {what}.", bold="Until they send what is missing", at=until),)


def _kept(view: View) -> tuple[Pair, ...]:
    says, cite = view.instrument.kept
    return (Pair("Also", says, cite=cite),) if says else ()


def _undone(view: View) -> tuple[Pair, ...]:
    """That it was lifted, when and why; nothing while it stands."""
    if view.case.state != "lifted":
        return ()
    at = Measure.objects.filter(case=view.case).aggregate(last=Max("lifted_at"))["last"]
    act = view.act if view.act and view.act.kind == "lift" else None
    undone = measures.undone(at, lifting.of(act).get("reason", "") if act else "")
    return (*undone, *(lifting.rests(view.case, act) if act else ()))


def letter_parts(view: View) -> tuple[Letter, ...]:
    """The letters, exactly as they will be sent."""
    return tuple(_letter(view, name, doc) for name, doc in sorted(view.letters.items()))


def _letter(view: View, name: str, doc: Mapping[str, Any]) -> Letter:
    mail = answered(view) if name == "answer" else None
    if mail is not None:
        return sent.letter(mail, f"{view.base}/letters/{name}.pdf")
    editable = (view.case.state, "edit") in rules.LIFE and may(view.person, "draft.edit", view.case)
    links = [Link("Edit", f"{view.base}/letters/{name}")] if editable else []
    if name == "answer":
        title, says = "Answer to the authority", f"To its registered address {doc.get('to') or '(none yet)'}"
        links.append(Link("See the PDF", f"{view.base}/letters/{name}.pdf"))
    else:
        title, says = "Notification to the author", notifications.says(view.finding)
    return Letter(title, says, plain.twin(doc), links=tuple(links), language=str(doc.get("language", "en")))


def slots(view: View) -> tuple[tuple[Slot, ...], int]:
    """The approvals given and open."""
    if view.decided is None:
        return (), 0
    made = signing.slots(
        view.decided,
        view.given,
        by=lambda one: person("Decider", one.person.jurisdiction, one.key.short),
        note=lambda n: "A decider other than the first." if n else "",
    )
    return made, view.decided.rule.count


def sign(view: View) -> Sign | None:
    """The one button, for who can still sign this act."""
    act = view.act
    if act is None or not signing.can_sign(act, view.person, view.approvals):
        return None
    if act.kind == "lift" and (view.case.state, "lift") not in rules.LIFE:
        return None
    return signing.button(act, f"{view.base}/sign", view.person)


def note(view: View) -> str:
    """Why the viewer can't sign, where that isn't plain."""
    if view.lift:
        return f"A lift is put to the deciders, and waits for {lifting.who(view.lift.rule)}."
    if view.act is None or view.act.state != "open" or view.sign:
        return ""
    if view.signed:
        return "Your approval is on the record. Another decider signs next."
    return "Deciders sign. You prepare, and see here how it stands."


def detours(view: View) -> tuple[Link, ...]:
    """The ways beside approving; for counsel, back to the desk with an opinion."""
    if not may(view.person, "decision.return", view.case):
        return ()
    if view.case.state == "with-counsel":
        return (Link("Give your opinion", f"{view.base}/return"),) if counsels(view.person) else ()
    if view.case.state not in ("to-decide", "second-approval"):
        return ()
    asked = (Link("Ask counsel", f"{view.base}/counsel"),)
    return (Link("Send back with a reason", f"{view.base}/return"), *asked) if view.act else asked


def returned(view: View) -> tuple[str, str]:
    """Why it was sent back or closed, what counsel is asked or said: a heading and the words; else nothing."""
    kinds = {"to-decide": (RETURNED,), "with-counsel": (RETURNED,), "not-carried-out": CLOSED_AS}.get(view.case.state)
    if view.act is not None or kinds is None:
        return "", ""
    event = Event.objects.filter(case=view.case.id, kind__in=kinds).order_by("-id").first()
    try:
        words_ = str(vault.get_json(event.sealed["reason"])["text"]) if event else ""
    except vault.Gone:
        return "", ""
    if event is None:
        return "", ""
    return (RETURNED_AS[event.public["as"]] if event.kind == RETURNED else CLOSED_AS[event.kind]), words_


def propose(view: View) -> Form | None:
    """The form that puts a decision to the deciders where none is put."""
    if view.act is not None or view.barred or not may(view.person, "decision.propose", view.case):
        return None
    kind = deciding.kind_for(view.case)
    if kind is None or kind == "lift" or deciding.lacks_letters(view.case, kind):
        return None
    button = "Put this answer to the deciders" if kind == "answer" else "Put it to the deciders"
    return Form(f"{view.base}/propose", button, (Field("kind", "", kind, kind="hidden"),))


def outgoing(view: View) -> tuple[Pair, ...]:
    """What goes out with it; in shadow nothing does."""
    if view.shadow:
        return (Pair("Nobody", "The letters are kept as drafted.", bold="Nothing leaves in shadow"),)
    made = []
    if "answer" in view.letters:
        when = ", once the effect is observed" if view.case.plan == "execute" else ", at once"
        made.append(Pair("Authority", f"To its registered address{when}.", bold="The answer"))
    if "notification" in view.letters and view.case.plan == "execute":
        made.append(Pair("Author", notifications.says(view.finding), bold="The notification"))
    elif not rules.told(view.finding):
        says, cite = view.instrument.untold
        made.append(Pair("Person", says, cite=cite, bold="Nobody is told"))
    return tuple(made)


def counsels(person: Person) -> bool:
    """Whether a person speaks as counsel."""
    return bool({"counsel", "head"} & set(person.roles))


RETURNED = "decision.returned"
CLOSED_AS = {"case.closed": "It was closed:", "case.forged": "It was flagged as forged:"}
RETURNED_AS = {
    "to-counsel": "Counsel is asked:",
    "opinion": "Counsel’s opinion:",
    "sent-back": "It was sent back:",
    "lift-dropped": "The lift was dropped:",
}
UNDO = "Puts it back exactly as it stood before: by order, as many sign as signed this; a mistake of ours, one decider."
ANSWER_DEEDS = (
    Pair("Do", "Nothing on the platform. The answer below says why, in your words.", bold="Answer without a measure"),
    Pair("Or", "Correct or weigh a fact above: if the finding becomes valid, the measure is drafted instead."),
)
