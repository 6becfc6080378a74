"""What a person sees that no form says: what stands in the way of an order, what ends that, and what its content is for
(Regulation (EU) 2021/784, Art. 1(3), 3(7) and 3(8)). Each is a fact of the case, kept like a correction."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from comity import clock
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.ledger.steps import GATEWAY, Tell, step
from comity.library import in_force
from comity.people.models import Person
from comity.people.refusals import BadInput, allow

from . import document, rules
from .commands import locked
from .facts import corrected, instant
from .models import Case, Request

OURS = ("force-majeure", "technical", "operational")
THEIRS = ("manifest-errors", "insufficient-information")
PROTECTED = ("immunity", "privilege", "press")  # what may protect data: the authorities decide whether it does
CONFLICT = "third-country"
# what may stand in the way by what a regulation asks about; the other grounds each knows
ASKED: Mapping[str, tuple[str, ...]] = {"protected": PROTECTED, "third_country_conflict": (CONFLICT,)}
PURPOSES = ("education", "journalism", "art", "research", "counter-terrorism")
NO_PURPOSE = "none"
EXPLAINED_AT_MOST = 20_000


def say(request: Request, kept: Mapping[str, Any], order: int, said: Mapping[str, Any], by: str) -> str:
    """Keep what is said of one of a locked request's orders beside what its document (`kept`) says; gives the reference
    of the new one."""
    own = {"by": by, "at": clock.now().isoformat()} | ({"order": order} if order else {})
    said_now = [{"path": path, "value": value} | own for path, value in said.items()]
    return document.keep(request, dict(kept) | {"corrections": [*kept["corrections"], *said_now]})


def obstruct(person: Person, case_id: str, ground: str, explained: str) -> None:
    """Say that the order can't be carried out as it stands, on one of the act's grounds; the case is judged again.

    A reason of our own making is none of them (Art. 3(7)). Raises BadInput, NotAllowed, rules.NotNow.
    """
    known = grounds(Case.objects.get(id=case_id))
    if ground not in known:
        raise BadInput("ground", f"one of {', '.join(known)}: the act knows no other")
    if not explained.strip() or len(explained) > EXPLAINED_AT_MOST:
        raise BadInput("explained", f"say what stands in the way, in 1 to {EXPLAINED_AT_MOST} characters")
    _judge_again(person, case_id, _stands(ground, explained.strip()))


def grounds(case: Case) -> tuple[str, ...]:
    """What may stand in the way of a case's order by the regulation that it is judged by."""
    pack = in_force.library(case.realm).in_force(case.instrument, case.received_at)
    asked = {path.split("[")[0].split(".")[0] for one in pack.checks for path in one.rule.facts}
    return (*OURS, *THEIRS, *(one for home, them in ASKED.items() if home in asked for one in them))


def _stands(ground: str, explained: str) -> dict[str, Any]:
    """The facts that say so."""
    now = instant(clock.now())
    if ground in PROTECTED:
        return {"protected": [ground], "protected_explained": explained}
    if ground == CONFLICT:
        return {"third_country_conflict": {"country": None, "law": explained}}
    if ground in OURS:
        lasts = {"kind": ground, "attributable": False, "since": now, "ceased_at": None}
        return {"impossibility": lasts | {"explained": explained}}
    return {"clarification": {"asked_at": now, "received_at": None, "explained": explained}}


def standing(facts: Mapping[str, Any]) -> bool:
    """Whether something stands in the way that a person may say has ceased."""
    impossible = facts.get("impossibility") or {}
    lasts = bool(impossible) and impossible.get("ceased_at") is None
    return lasts or bool(facts.get("protected")) or bool(facts.get("third_country_conflict"))


def weigh(person: Person, case_id: str, purpose: str, within: bool | None = None) -> None:
    """Say what the content is for, and whether it is within the act all the same (Art. 1(3)). Raises BadInput."""
    if purpose not in (NO_PURPOSE, *PURPOSES):
        raise BadInput("purpose", f"choose one: {NO_PURPOSE}, {', '.join(PURPOSES)}")
    if purpose != NO_PURPOSE and within is None:
        raise BadInput("within", "say whether that is its true purpose, or a pretext")
    weighed = {} if purpose == NO_PURPOSE else {"purpose_weighed": within}
    said = {"purpose": None if purpose == NO_PURPOSE else purpose} | weighed
    _judge_again(person, case_id, said)


def ceased(person: Person, case_id: str) -> None:
    """Say that what stood in the way has ceased, or that the authorities have decided that it doesn't; the hour of a
    removal order runs from now (Art. 3(7))."""
    case = Case.objects.get(id=case_id)
    facts = now_of(case, document.of(case.request))
    if not standing(facts):
        raise BadInput("impossibility", "nothing stands in the way any more")
    value, said = facts.get("impossibility"), dict[str, Any]()
    if value and value.get("ceased_at") is None:
        said["impossibility"] = value | {"ceased_at": instant(clock.now())}
    said |= {"protected": []} if facts.get("protected") else {}
    said |= {"third_country_conflict": None} if facts.get("third_country_conflict") else {}
    _judge_again(person, case_id, said)


def now_of(case: Case, kept: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of a case's order by now, in the document of its request."""
    own = document.about(kept, case.order)
    return corrected(document.order(own).get("facts", {}), own["corrections"])


def _judge_again(person: Person, case_id: str, said: Mapping[str, Any]) -> None:
    field = next(iter(said))
    with transaction.atomic():
        case = Case.objects.select_for_update().get(id=case_id)
        allow(person, "fact.correct", case)
        if (case.state, "judge") not in rules.LIFE:
            raise rules.not_now(case.state, field)
        request = locked(case.request_id)
        ref = say(request, document.of(request), case.order, said, person.by)
        record(
            "facts.corrected",
            realm=case.realm,
            by=person.by,
            case=case.id,
            request=request.id,
            public={"field": field},
            sealed={"facts": ref},
        )


def asked(case: Case, event: Event) -> None:
    """Annex III left: clarification is awaited from now, unless the obstacle is ours. Called in its transaction."""
    request = locked(case.request_id)
    kept = document.of(request)
    facts = now_of(case, kept)
    if standing(facts):
        return
    before = facts.get("clarification") or {}
    asked_now = before | {"asked_at": instant(event.at), "received_at": None}
    say(request, kept, case.order, {"clarification": asked_now}, GATEWAY)


def _asking(event: Event) -> Request:
    return locked(Case.objects.values_list("request_id", flat=True).get(id=event.case))


@step("clarified", _asking)
def clarified(event: Event, request: Request, tell: Tell) -> None:
    """The authority wrote in the thread of a case that waits for it: the hour runs from that (Art. 3(8)).

    What a machine may have sent clarifies nothing by itself: a person says so (`clarify`).
    """
    case, reply = Case.objects.get(id=event.case), Request.objects.get(id=event.sealed["request"])
    if "maybe-automatic" not in reply.flags and _clarified(case, request, reply):
        tell("clarification.received", by="authority", request=request.id, sealed={"request": reply.id})


def clarify(person: Person, case_id: str, reply_id: str) -> None:
    """Say that a reply which a machine may have sent does clarify: the hour runs from its receipt (Art. 3(8)).

    Raises BadInput where the case waits for nothing, or has no such reply; NotAllowed.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().get(id=case_id)
        allow(person, "fact.correct", case)
        reply = Request.objects.filter(id=reply_id, joined__case=case, joined__how="reply").first()
        request = locked(case.request_id)
        if reply is None or not _clarified(case, request, reply):
            raise BadInput("reply", "this case waits for no clarification, or has no such reply")
        record(
            "clarification.received",
            realm=case.realm,
            by=person.by,
            case=case.id,
            request=request.id,
            sealed={"request": reply.id},
        )


def awaits(case: Case) -> bool:
    """Whether the case waits until its authority has clarified something."""
    return case.state == "waiting" and bool(_awaited(case, document.of(case.request)))


def _awaited(case: Case, kept: Mapping[str, Any]) -> dict[str, Any]:
    awaited = dict(now_of(case, kept).get("clarification") or {})
    return {} if awaited.get("received_at") else awaited


def _clarified(case: Case, request: Request, reply: Request) -> bool:
    """Keep when what a case waits for came in, on its locked request; false where it waits for nothing."""
    if case.state != "waiting":
        return False
    kept = document.of(request)
    awaited = _awaited(case, kept)
    if awaited:
        said = {"clarification": awaited | {"received_at": instant(reply.received_at)}}
        say(request, kept, case.order, said, GATEWAY)
    return bool(awaited)
