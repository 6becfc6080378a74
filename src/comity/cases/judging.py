"""From a graded sender to a case with a finding: ask the platform, then judge by the pack in force at receipt."""

import json
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction

from comity.decisions import commands as decisions
from comity.ledger.commands import done
from comity.ledger.models import Event
from comity.ledger.steps import Tell, backoff, step
from comity.library import in_force
from comity.regulations import matching
from comity.regulations.facts import check
from comity.vault import commands as vault

from . import clocks, counted, deciding, document, find, gather, rules, standing, thread, waiting
from .commands import locked, of
from .facts import changed, corrected, listed
from .models import Case, Finding, Joined, Request


def judge_request(event: Event) -> timedelta | None:
    """Open a case, join one, or judge one again; what is no known order is judged too, and waits in the triage lane.

    It is judged on what is known; where the platform was silent, the step is run again in the time that is returned.
    """
    request = Request.objects.get(id=event.request)
    if done(f"judge:{event.id}"):
        return _ask_again(event, request)
    before = document.opened(request)
    if before.kept["reading"] is None or request.kind in ("auto", "bounce"):
        return None  # a person answered a question about it: there is nothing to judge it by
    instrument = str(document.order(before.kept).get("instrument") or "")
    if (case := thread.case_of(request, before.kept)) is not None:
        _join(event, before, case)
    elif instrument not in in_force.library(request.realm).ids():
        waiting.judge(event, before)
    else:
        _judge_each(event, request, before)
        request.refresh_from_db()
        return backoff(event) if gather.DOWN in request.flags else None
    return None


def _ask_again(event: Event, request: Request) -> timedelta | None:
    """Let the road look once more at what the platform was silent about, once it says something."""
    if gather.DOWN not in request.flags:
        return None
    kept = document.of(request)
    for n in range(document.orders(kept)):
        if gather.DOWN in gather.flags(request, gather.ask_platform(document.about(kept, n), request.realm)):
            return backoff(event)
    _platform_is_back(event)
    return None


@step("back", of)
def _platform_is_back(event: Event, request: Request, tell: Tell) -> None:
    tell("platform.back", case=request.joined.values_list("case_id", flat=True).first())


def _judge_each(event: Event, request: Request, before: document.Opened) -> None:
    """Each order of a mail opens a case of its own; with the last of them the mail is judged.

    An unproven mail opens one at the most, or a few mails would be hundreds of cases; once its sender is proven its
    other orders open theirs.
    """
    *others, last = _opened_by(request, before.kept)
    for n in others:
        if not done(f"judge:{event.id}:{n}"):
            _judge_one(event, request, before, n)
    _judge_one(event, request, before, last, last=True)


def _judge_one(event: Event, request: Request, before: document.Opened, n: int, *, last: bool = False) -> None:
    said = gather.ask_platform(document.about(before.kept, n), request.realm)
    _judge(event, before, n, said, last=last)


def _which(before: document.Opened, n: int, said: Mapping[str, Any], *, last: bool) -> str:
    return "" if last else str(n)


UNOPENED = "orders-unopened"


def _opened_by(request: Request, kept: Mapping[str, Any]) -> list[int]:
    """Which of a mail's orders have a case, or may open one now; that others may not is flagged."""
    proven, own = request.grade in rules.VERIFIED, {*request.cases.values_list("order", flat=True)}
    numbers = [n for n in range(document.orders(kept)) if n == 0 or proven or n in own]
    with transaction.atomic():
        request = locked(request.id)
        some = {UNOPENED} if len(numbers) < document.orders(kept) else set()
        flags = sorted({*request.flags} - {UNOPENED} | some)
        if flags != request.flags:
            request.flags = flags
            request.save(update_fields=["flags"])
    return numbers


def join_key(request: Request, kept: Mapping[str, Any], instrument: str, facts: Mapping[str, Any]) -> bytes:
    """By what the same order is known again: instrument, sender, reference and places. Without a reference and a
    place nothing is the same."""
    form, urls = facts.get("form", {}), listed(facts)
    reference = str(form.get("reference" if urls is not None else "issuing_file_number") or "")
    urls = urls if urls is not None else _names(form)
    if not (reference and urls):
        return vault.keyed_hash(f"alone:{request.id}" + (f":{kept['order']}" if kept["order"] else ""))
    verified = request.grade in rules.VERIFIED and request.authority
    sender = (
        request.authority
        if verified
        else "from:" + find.plain(str((kept["reading"]["envelope"].get("from") or {}).get("address")))
    )
    places = sha256("\n".join(sorted({" ".join(url.split()) for url in urls})).encode()).hexdigest()
    return vault.keyed_hash(json.dumps([request.realm, instrument, sender, find.plain(reference), places]))


def _names(form: Mapping[str, Any]) -> list[str]:
    """By what an order of data says whose they are, each as it stands in its form."""
    return [str(one) for key in sorted(form) if key.startswith(rules.NAMED_BY) for one in form[key] or ()]


@step("judge", of, part=_which)
def _judge(
    event: Event, request: Request, tell: Tell, before: document.Opened, n: int, said: Mapping[str, Any], *, last: bool
) -> None:
    kept = _resolved_too(request, document.current(request, before), n, said)
    facts, instrument = gather.facts_of(request, kept), str(document.order(kept).get("instrument") or "")
    if check(facts):
        waiting.put(request, tell, "facts-wrong")
        return
    case, opened = _case(request, kept, instrument, facts)
    if case.request_id != request.id:
        if not request.joined.filter(case=case).exists():
            _again_in(request, tell, case, kept)
        return  # never judged as the case's own order: its receipt is not the order's
    if not opened and not may_judge(case):
        return
    if opened or not _as_before(case, kept, facts):
        _find(event, request, tell, case, kept, facts, opened)


def _again_in(request: Request, tell: Tell, case: Case, kept: Mapping[str, Any]) -> None:
    """The same order came again: a copy, where it says the same; else a person looks, both are shown, and what a proven
    sender says now is laid over what it said before, like a correction, for the case to be judged by."""
    before, said = document.opened(case.request), document.order(kept).get("facts", {})
    known = document.about(before.kept, case.order)
    # a copy of a mail that a person has corrected since is a copy all the same, and undoes no correction
    theirs = [correction for correction in known["corrections"] if correction.get("by") == "authority"]
    now = changed(corrected(document.order(known).get("facts", {}), theirs), said)
    Joined.objects.create(case=case, request=request, how="reply" if now else "duplicate")
    _joined(request, tell, case, kept, "order.changed" if now else "case.joined")
    if now and request.grade in rules.VERIFIED and may_judge(case):
        _lay_over(request, tell, case, before, now)


def _lay_over(request: Request, tell: Tell, case: Case, before: document.Opened, now: Mapping[str, Any]) -> None:
    own = locked(case.request_id)
    kept, at = document.current(own, before), {"at": request.received_at.isoformat(), "from": request.id}
    of_order = {"order": case.order} if case.order else {}
    said = [{"path": path, "value": value, "by": "authority"} | at | of_order for path, value in now.items()]
    ref = document.keep(own, kept | {"corrections": [*kept["corrections"], *said]})
    tell(
        "facts.corrected",
        by="authority",
        case=case.id,
        request=own.id,
        once=f"changed:{request.id}:{case.id}",
        public={"field": ", ".join(sorted(now))[:FIELDS_LENGTH]},
        sealed={"facts": ref},
    )


FIELDS_LENGTH = 200


def _resolved_too(request: Request, whole: Mapping[str, Any], n: int, resolved: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of the n-th order, with what the platform says of its addresses, kept beside what it said of the
    other orders'."""
    beside = whole["resolved"] if document.orders(whole) > 1 else {}
    whole = dict(whole) | {"resolved": beside | dict(resolved)}
    request.flags = gather.flags(request, whole["resolved"])
    document.keep(request, whole, "flags")
    return document.about(whole, n) | {"resolved": dict(resolved), "several": document.orders(whole) > 1}


def _as_before(case: Case, kept: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether nothing new is known of a case whose mail holds other orders too: then what was signed stays signed."""
    return bool(kept["several"]) and deciding.finding_of(case)["facts"] == facts


def may_judge(case: Case) -> bool:
    """Whether the case's state takes another finding."""
    return (case.state, "judge") in rules.LIFE


def _case(request: Request, kept: Mapping[str, Any], instrument: str, facts: Mapping[str, Any]) -> tuple[Case, bool]:
    key = join_key(request, kept, instrument, facts)
    own = request.cases.select_for_update().filter(order=kept["order"]).first()
    if own is not None:
        _known_by(own, key, request)
        return own, False
    case, opened = Case.objects.select_for_update().get_or_create(
        join_key=key,
        defaults={
            "realm": request.realm,
            "request": request,
            "order": kept["order"],
            "instrument": instrument,
            "authority": request.authority,
            "country": str(facts.get("authority", {}).get("country") or "")[:2],
            "received_at": request.received_at,
            "grade": request.grade,
        },
    )
    if opened:
        Joined.objects.create(case=case, request=request, how="opened")
    return case, opened


def _known_by(own: Case, key: bytes, request: Request) -> None:
    """A case whose sender or facts are known better now is known again by these; where another has them, say so."""
    if Case.objects.filter(join_key=key).exclude(id=own.id).exists():
        request.flags = sorted({*request.flags, "same-order"})
        request.save(update_fields=["flags"])
    else:
        own.join_key = key


def _find(
    event: Event,
    request: Request,
    tell: Tell,
    case: Case,
    kept: Mapping[str, Any],
    facts: Mapping[str, Any],
    opened: bool,
) -> None:
    finding = matching.judge_request(facts, in_force.library(request.realm))
    if not opened:
        decisions.void(deciding.CASE, case)
    made = finding["made_with"]
    ref = vault.put_json({"facts": facts, "finding": finding}, request.until)
    row = Finding.objects.create(
        case=case,
        version=case.version,
        outcome=finding["outcome"],
        pack=finding["pack"],
        pack_version=finding["version"],
        pack_sha256=made["pack_sha256"],
        calendar=made["calendar"],
        tzdata=made["tzdata"],
        at=event.at,
        doc=ref,
    )
    counted.keep(request, row, facts, finding)
    _settle(case, request, finding, facts)
    find.index(request, case, find.terms(kept, facts))
    if opened:
        public = {"instrument": case.instrument, "country": case.country}
        tell("case.opened", case=case.id, once=f"open:{case.id}", public=public)
    tell("case.judged", case=case.id, public=waiting.outcome(finding), sealed={"finding": ref})


def _settle(case: Case, request: Request, finding: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    case.outcome, case.plan = finding["outcome"], rules.plan(finding)
    case.grade, case.authority, case.behind = request.grade, request.authority, request.behind
    case.country = str(facts.get("authority", {}).get("country") or "")[:2]
    case.title, case.act = rules.title(finding, facts), ""
    case.state = rules.after(case.state, "judge" if _may_act(case) else "judge-unverified")
    clocks.set_from(case, finding["deadlines"], request.received_at)
    case.slot = case.slot or standing.slot(case)
    case.save()


def _may_act(case: Case) -> bool:
    """Whether the pack lets anything that it orders be done on the word of a sender verified so far: the gate before
    deciding. What lets nothing be done on anybody's word is only answered, and that waits for nobody."""
    pack = in_force.library(case.realm).in_force(case.instrument, case.received_at)
    if not any(pack.allows(grade) for grade in rules.VERIFIED):
        return True
    ordered = {measure.kind for measure in pack.measures} or deciding.ACTS
    return bool(pack.allows(case.grade) & (ordered & deciding.ACTS or ordered))


def again(row: Finding) -> dict[str, Any]:
    """A finding made again from its record: the same facts, by the very version that judged them then.

    Byte-identical (`judge.canonical`). Raises `packs.NoPack` where that version's text is no longer here,
    `matching.NotTheSame` where calendar, time zones or a byte differ, vault.Gone where the record's time is over.
    """
    kept = vault.get_json(row.doc)
    return matching.regenerate(kept["finding"], kept["facts"], in_force.library(row.case.realm))


@step("judge", of)
def _join(event: Event, request: Request, tell: Tell, before: document.Opened, case: Case) -> None:
    Joined.objects.get_or_create(case=case, request=request, defaults={"how": "reply"})
    _joined(request, tell, case, document.current(request, before), "reply.received")


def _joined(request: Request, tell: Tell, case: Case, kept: Mapping[str, Any], kind: str) -> None:
    find.index(request, case, find.terms(kept, {}))
    tell(kind, case=case.id, sealed={"request": request.id})
