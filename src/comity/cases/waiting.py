"""What waits without a case: judged all the same, and put into the triage lane for a person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from comity.authorities import commands as register
from comity.ledger.models import Event
from comity.ledger.steps import Tell, step
from comity.library import in_force
from comity.regulations import matching
from comity.regulations.facts import check
from comity.vault import commands as vault

from . import clocks, counted, document, gather, questions, rules
from .commands import of
from .models import Request, RequestDeadline


@step("judge", of)
def judge(event: Event, request: Request, tell: Tell, before: document.Opened) -> None:
    """Judge what opens no case: a lever on a person, a demand for access, an instrument that is only named, or none.

    The platform is not asked: a mail that is no order is no reason to look at anybody's content.
    """
    kept = document.current(request, before)
    facts = gather.facts_of(request, kept)
    _unread(request, facts)
    if check(facts):
        put(request, tell, "facts-wrong")
        return
    finding = matching.judge_request(facts, in_force.library(request.realm))
    ref = vault.put_json({"facts": facts, "finding": finding}, request.until)
    document.keep(request, kept | {"judged": ref})
    counted.keep(request, None, facts, finding)
    clocks.set_on(request, [one for one in finding["deadlines"] if one["id"] not in rules.OF_A_CALL])
    put(request, tell, _why(kept, facts))
    tell(
        "request.judged",
        case=None,
        once=f"waiting:{event.id}",
        public=outcome(finding),
        sealed={"finding": ref},
    )


def put(request: Request, tell: Tell, why: str) -> None:
    """Put a locked request into the triage lane, where a person finds it."""
    if not request.lane:
        request.lane = "triage"
        request.save(update_fields=["lane"])
    questions.settle(request)
    first = next((flag for flag in (rules.DANGER, rules.ABOUT_A_PERSON) if flag in request.flags), why)
    tell("request.waiting", case=None, public={"why": first})


UNREAD = "unread-attachment"


def _unread(request: Request, facts: Mapping[str, Any]) -> None:
    """The clock of what an office sent and could not be read; none any more once that is known."""
    due = as_if_order(request, facts) if UNREAD in request.flags else None
    if due is None:
        request.deadlines.filter(name=rules.UNREAD).delete()
        return
    told = {"started_at": request.received_at, "due_target": due, "due_legal": due, "cite": ""}
    RequestDeadline.objects.update_or_create(request=request, name=rules.UNREAD, defaults=told)


def as_if_order(request: Request, facts: Mapping[str, Any]) -> datetime | None:
    """By when we had to act if what could not be read were an order that its office may send (UTC), by the versions in
    force at receipt; None where the sender isn't proven, or may send none with a deadline of ours."""
    entry = register.entry(request.authority) if request.grade in rules.VERIFIED else None
    library, ends = in_force.library(request.realm), []
    for instrument in entry.competent_for if entry else ():
        if instrument not in library.ids():
            continue
        finding = matching.judge_request(dict(facts) | {"instrument": instrument, "form": {}}, library)
        ends += [clocks.at(row["due_target"]) for row in finding["deadlines"] if row["id"] in rules.OURS]
    return min((end for end in ends if end), default=None)


def _why(kept: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    if not facts["instrument"]:
        return "no-order"
    return "no-form" if (kept["reading"].get("demand") or {}).get("named") else "no-pack"


def outcome(finding: Mapping[str, Any]) -> dict[str, Any]:
    """What may be published of a finding: by which version, its outcome, how its checks came out."""
    results = [check["holds"] for check in finding["checks"]]
    return {
        "pack": finding["pack"],
        "version": finding["version"],
        "outcome": finding["outcome"],
        "holds": results.count(True),
        "fails": results.count(False),
        "unknown": results.count(None),
    }
