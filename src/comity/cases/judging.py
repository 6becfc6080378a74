"""From a graded sender to a case with a finding: ask the platform, then judge by the pack in force at receipt."""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction

from comity.authorities import commands as register
from comity.ledger.commands import done, record
from comity.ledger.models import Event
from comity.library import in_force
from comity.people import approvals
from comity.platforms import for_url
from comity.platforms.port import PlatformDown, PlatformRefused, Resolved
from comity.regulations import matching
from comity.regulations.facts import check
from comity.regulations.packs import NoPack
from comity.vault import commands as vault

from . import deciding, document, find, rules, thread
from .commands import GATEWAY, locked
from .facts import Sender, assemble, changed, corrected, listed, named
from .models import Case, Deadline, Finding, Joined, Request

TARGETS_AT_MOST = 10_000


def judge_request(event: Event) -> None:
    """Open a case, join one, or judge one again; what is no known order is judged too, and waits in the triage lane."""
    once = f"judge:{event.id}"
    request = Request.objects.get(id=event.request)
    if done(once):
        _ask_again(event, request)
        return
    kept = document.of(request)
    instrument = str(document.order(kept).get("instrument") or "")
    if (case := thread.case_of(request, kept)) is not None:
        _join(event, once, request, case)
    elif instrument not in in_force.library(request.realm).ids():
        _judge_waiting(event, once, request)
    else:
        _judge_each(event, once, request, kept)
        _verify_answered(request)


def _judge_each(event: Event, once: str, request: Request, kept: Mapping[str, Any]) -> None:
    """Each order of a mail opens a case of its own; with the last of them the mail is judged.

    An unproven mail opens one at the most, or a few mails would be hundreds of cases; once its sender is proven its
    other orders open theirs.
    """
    numbers = _opened_by(request, kept)
    last = numbers[-1]
    for n in numbers:
        key = once if n == last else f"{once}:{n}"
        if not done(key):
            _judge(event, key, request, n, _ask_platform(document.about(kept, n), request.realm))


UNOPENED = "orders-unopened"


def _opened_by(request: Request, kept: Mapping[str, Any]) -> list[int]:
    """Which of a mail's orders have a case, or may open one now; that others may not is flagged."""
    proven, own = request.grade in rules.VERIFIED, {*request.cases.values_list("order", flat=True)}
    numbers = [n for n in range(document.orders(kept)) if n == 0 or proven or n in own]
    with transaction.atomic():
        request = locked(request.id)
        some = {UNOPENED} if len(numbers) < document.orders(kept) else set()
        request.flags = sorted({*request.flags} - {UNOPENED} | some)
        request.save(update_fields=["flags"])
    return numbers


# -- what waits without a case ----------------------------------------------------------------------------------------


def _judge_waiting(event: Event, once: str, request: Request) -> None:
    """Judge what opens no case: a lever on a person, a demand for access, an instrument that is only named, or none.

    The platform is not asked: a mail that is no order is no reason to look at anybody's content.
    """
    with transaction.atomic():
        request = locked(request.id)
        if done(once):
            return
        kept = document.of(request)
        facts = facts_of(request, kept)
        request.due = as_if_order(request, facts) if UNREAD in request.flags else None
        request.save(update_fields=["due"])
        if check(facts):
            _wait(event, once, request, "facts-wrong")
            return
        finding = matching.judge_request(facts, in_force.library(request.realm))
        ref = vault.put_json({"facts": facts, "finding": finding}, request.until)
        document.keep(request, kept | {"judged": ref})
        _wait(event, once, request, _why(kept, facts))
        record(
            "request.judged",
            realm=request.realm,
            by=GATEWAY,
            request=request.id,
            cause=event.id,
            once=f"waiting:{event.id}",
            public=_outcome(finding),
            sealed={"finding": ref},
        )


UNREAD = "unread-attachment"


def as_if_order(request: Request, facts: Mapping[str, Any]) -> datetime | None:
    """By when we had to act if what could not be read were an order that its office may send (UTC), by the versions in
    force at receipt; None where the sender isn't proven, or may send none with a deadline of ours."""
    entry = register.entry(request.authority) if request.grade in rules.VERIFIED else None
    library, ends = in_force.library(request.realm), []
    for instrument in entry.competent_for if entry else ():
        if instrument not in library.ids():
            continue
        finding = matching.judge_request(dict(facts) | {"instrument": instrument, "form": {}}, library)
        ends += [_at(row["due_target"]) for row in finding["deadlines"] if row["id"] in rules.OURS]
    return min((end for end in ends if end), default=None)


def _why(kept: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    if not facts["instrument"]:
        return "no-order"
    return "no-form" if (kept["reading"].get("demand") or {}).get("named") else "no-pack"


def _wait(event: Event, once: str, request: Request, why: str) -> None:
    with transaction.atomic():
        request = locked(request.id)
        if not request.lane:
            request.lane = "triage"
            request.save(update_fields=["lane"])
        why = "person-lever" if "person-lever" in request.flags else why
        record(
            "request.waiting",
            realm=request.realm,
            by=GATEWAY,
            request=request.id,
            cause=event.id,
            once=once,
            public={"why": why},
        )


def _said(request: Request, kept: Mapping[str, Any]) -> dict[str, Any]:
    """What the mail says, as facts. Of a mail that is no known order: an instrument only where a version was in force
    at receipt, and only the addresses that lead to a platform of ours."""
    if order := document.order(kept):
        return {"instrument": order.get("instrument"), **order.get("facts", {})}
    said = deepcopy(document.said(kept).get("facts", {}))
    form = said.get("form", {})
    ours = [url for url in form.pop("urls", ()) if for_url(url, request.realm) is not None]
    form |= {"urls": ours} if ours else {}
    library, named = in_force.library(request.realm), str(said.get("instrument") or "")
    try:
        library.in_force(named, request.received_at)
    except NoPack:
        named = "" if named in library.ids() else named
    return said | {"instrument": named}


# -- the platform -----------------------------------------------------------------------------------------------------


def _ask_platform(kept: Mapping[str, Any], realm: str) -> dict[str, Any]:
    facts = corrected(document.order(kept).get("facts", {}), kept["corrections"])
    urls = [url for url in _addresses(facts, realm) if isinstance(url, str)]
    resolved: dict[str, Any] = {}
    down = False
    for url in dict.fromkeys(urls[:TARGETS_AT_MOST]):
        platform = for_url(url, realm)
        if platform is None:
            resolved[url] = {"facts": {"found": False}, "shown": {"foreign": True}}
            continue
        try:
            resolved[url] = _resolved(platform.resolve(url)) if not down else SILENT
        except PlatformDown:
            down, resolved[url] = True, SILENT
        except PlatformRefused:
            resolved[url] = UNKNOWN
    return resolved


def _addresses(facts: Mapping[str, Any], realm: str) -> list[Any]:
    """The addresses about which the platform is asked: all that a form lists; of what an order of data names by, those
    that are an address of a platform of ours."""
    urls = listed(facts)
    return urls if urls is not None else [ref for ref in named(facts) if for_url(ref, realm) is not None]


def _verify_answered(request: Request) -> None:
    """Judged on what is known; raises PlatformDown where the platform was silent, so that the step comes back to it."""
    if DOWN in Request.objects.get(id=request.id).flags:
        raise PlatformDown("it did not say what the addresses lead to")


def _ask_again(event: Event, request: Request) -> None:
    """Let the road look once more at what the platform was silent about. Raises PlatformDown while it still is."""
    if DOWN not in request.flags:
        return
    kept = document.of(request)
    for n in range(document.orders(kept)):
        if DOWN in _flags(request, _ask_platform(document.about(kept, n), request.realm)):
            raise PlatformDown("still no answer about the addresses")
    with transaction.atomic():
        record(
            "platform.back",
            realm=request.realm,
            by=GATEWAY,
            request=request.id,
            case=request.joined.values_list("case_id", flat=True).first(),
            cause=event.id,
            once=f"back:{event.id}",
        )


DOWN = "platform-down"


def _flags(request: Request, resolved: Mapping[str, Any]) -> list[str]:
    """The request's flags, with or without the one that says that the platform was silent."""
    down = any(found["shown"].get("down") for found in resolved.values())
    return sorted({*request.flags, DOWN} if down else {*request.flags} - {DOWN})


SILENT: Mapping[str, Any] = {"facts": {"found": None}, "shown": {"down": True}}
UNKNOWN: Mapping[str, Any] = {"facts": {"found": None}, "shown": {}}


def _resolved(found: Resolved) -> dict[str, Any]:
    return {"facts": found.facts(), "shown": {"says": found.says(), "url": found.url}}


# -- the case ---------------------------------------------------------------------------------------------------------


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


def sender_of(request: Request, received_at: datetime) -> Sender:
    """The register's entry for a request's sender, with what we know of earlier orders from it."""
    entry = register.entry(request.authority) if request.authority else None
    if entry is None:
        return Sender(None, None, None, None, False, (), request.grade)
    earlier = Case.objects.filter(authority=entry.id, received_at__lt=received_at).exists()
    return Sender(
        id=entry.id,
        name=entry.name,
        kind=entry.kind,
        country=entry.country,
        accredited=entry.accredited,
        competent_for=tuple(entry.competent_for),
        grade=request.grade,
        prior_information_at=entry.prior_information_at,
        first_order=not earlier,
    )


def facts_of(request: Request, kept: Mapping[str, Any], removed_at: datetime | None = None) -> dict[str, Any]:
    """The facts of a request as the judge takes them."""
    to = [str(a.get("address")) for a in (kept["reading"]["envelope"].get("to") or [])]
    ours = any(address.lower() in settings.COMITY.mailboxes for address in to)
    return assemble(
        _said(request, kept),
        corrections=kept["corrections"],
        received_at=request.received_at,
        sender=sender_of(request, request.received_at),
        provider=settings.COMITY.provider,
        channel={"to": "contact-point" if ours else "other", "kind": request.door},
        resolved={url: found["facts"] for url, found in kept["resolved"].items()},
        removed_at=removed_at,
    )


def _judge(event: Event, once: str, request: Request, n: int, resolved: Mapping[str, Any]) -> None:
    with transaction.atomic():
        request = locked(request.id)
        if done(once):
            return
        kept = _resolved_too(request, n, resolved)
        facts, instrument = facts_of(request, kept), str(document.order(kept).get("instrument") or "")
        if check(facts):
            _wait(event, once, request, "facts-wrong")
            return
        case, opened = _case(request, kept, instrument, facts)
        if case.request_id != request.id:
            if not request.joined.filter(case=case).exists():
                _again_in(event, once, request, case, kept)
            return  # never judged as the case's own order: its receipt is not the order's
        if not opened and not may_judge(case):
            return
        if opened or not _as_before(case, kept, facts):
            _find(event, once, request, case, kept, facts, opened)


def _again_in(event: Event, once: str, request: Request, case: Case, kept: Mapping[str, Any]) -> None:
    """The same order came again: a copy, where it says the same; else a person looks, both are shown, and what a proven
    sender says now is laid over what it said before, like a correction, for the case to be judged by."""
    known, said = document.of_case(case), document.order(kept).get("facts", {})
    # a copy of a mail that a person has corrected since is a copy all the same, and undoes no correction
    theirs = [correction for correction in known["corrections"] if correction.get("by") == "authority"]
    now = changed(corrected(document.order(known).get("facts", {}), theirs), said)
    Joined.objects.create(case=case, request=request, how="reply" if now else "duplicate")
    if not now:
        _joined(event, once, request, case)
        return
    _joined(event, once, request, case, "order.changed")
    if request.grade in rules.VERIFIED and may_judge(case):
        _lay_over(event, request, case, now)


def _lay_over(event: Event, request: Request, case: Case, now: Mapping[str, Any]) -> None:
    own = locked(case.request_id)
    kept, at = document.of(own), {"at": request.received_at.isoformat(), "from": request.id}
    of_order = {"order": case.order} if case.order else {}
    said = [{"path": path, "value": value, "by": "authority"} | at | of_order for path, value in now.items()]
    ref = document.keep(own, kept | {"corrections": [*kept["corrections"], *said]})
    record(
        "facts.corrected",
        realm=case.realm,
        by="authority",
        case=case.id,
        request=own.id,
        cause=event.id,
        once=f"changed:{request.id}:{case.id}",
        public={"field": ", ".join(sorted(now))[:FIELDS_LENGTH]},
        sealed={"facts": ref},
    )


FIELDS_LENGTH = 200


def _resolved_too(request: Request, n: int, resolved: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of the n-th order, with what the platform says of its addresses, kept beside what it said of the
    other orders'."""
    whole = document.of(request)
    beside = whole["resolved"] if document.orders(whole) > 1 else {}
    whole = whole | {"resolved": beside | dict(resolved)}
    document.keep(request, whole)
    request.flags = _flags(request, whole["resolved"])
    request.save(update_fields=["flags"])
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
    once: str,
    request: Request,
    case: Case,
    kept: Mapping[str, Any],
    facts: Mapping[str, Any],
    opened: bool,
) -> None:
    finding = matching.judge_request(facts, in_force.library(request.realm))
    if not opened:
        case.version += 1
        approvals.void(case.id, case.version)
    made = finding["made_with"]
    ref = vault.put_json({"facts": facts, "finding": finding}, request.until)
    Finding.objects.create(
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
    _settle(case, request, finding, facts)
    find.index(request, case, find.terms(kept, dict(facts)))
    _tell(event, once, request, case, finding, ref, opened)


def _settle(case: Case, request: Request, finding: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    case.outcome, case.plan = finding["outcome"], rules.plan(finding)
    case.grade, case.authority, case.behind = request.grade, request.authority, request.behind
    case.country = str(facts.get("authority", {}).get("country") or "")[:2]
    case.title, case.act = rules.title(finding, facts), ""
    case.state = rules.after(case.state, "judge" if _may_act(case) else "judge-unverified")
    set_clocks(case, finding["deadlines"], request.received_at)
    case.save()


def _may_act(case: Case) -> bool:
    """Whether the pack lets anything that it orders be done on the word of a sender verified so far: the gate before
    deciding. An order of something that is put to nobody here waits."""
    pack = in_force.library(case.realm).in_force(case.instrument, case.received_at)
    ordered = {measure.kind for measure in pack.measures} or deciding.ACTS
    return ordered <= deciding.ACTS and bool(pack.allows(case.grade) & ordered)


def again(row: Finding) -> dict[str, Any]:
    """A finding made again from its record: the same facts, by the very version that judged them then.

    Byte-identical (`judge.canonical`). Raises `packs.NoPack` where that version's text is no longer here,
    `matching.NotTheSame` where calendar, time zones or a byte differ, vault.Gone where the record's time is over.
    """
    return _again(vault.get_json(row.doc), row.case.realm)


def again_waiting(request: Request) -> dict[str, Any]:
    """The finding on a request without a case, made again from its record; raises as `again` does."""
    return _again(document.judged(document.of(request)), request.realm)


def _again(kept: Mapping[str, Any], realm: str) -> dict[str, Any]:
    return matching.regenerate(kept["finding"], kept["facts"], in_force.library(realm))


def set_clocks(case: Case, deadlines: Sequence[Mapping[str, Any]], started_at: datetime) -> None:
    """Set a case's clocks from a finding: what has been met stays met; `due` and `half` follow the first of ours.

    A clock that waits by law keeps the moment at which it was due before: until then the authority is told what stands
    in the way (Regulation (EU) 2021/784, Art. 3(7), 3(8): at once), and only when that has left nothing is due.
    """
    for clock in deadlines:
        started = _at(clock.get("from")) or started_at
        if "waits" in clock:
            first = {"started_at": started, "cite": clock["cite"]}
            Deadline.objects.get_or_create(case=case, name=clock["id"], defaults=first)
        else:
            set_now = {
                "started_at": started,
                "due_target": _at(clock.get("due_target")),
                "due_legal": _at(clock.get("due_legal")),
                "cite": clock["cite"],
                "stopped_at": None,
            }
            Deadline.objects.update_or_create(case=case, name=clock["id"], defaults=set_now)
    ours = [clock["id"] for clock in deadlines if clock["id"] in rules.OURS]
    running = case.deadlines.filter(name__in=ours, met_at=None, stopped_at=None, due_target__isnull=False)
    driving = running.order_by("due_target", "id").first()
    case.due = driving.due_target if driving else None
    case.half = driving.started_at + (driving.due_target - driving.started_at) / 2 if driving and case.due else None


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _tell(
    event: Event, once: str, request: Request, case: Case, finding: Mapping[str, Any], ref: str, opened: bool
) -> None:
    if opened:
        record(
            "case.opened",
            realm=case.realm,
            by=GATEWAY,
            case=case.id,
            request=request.id,
            cause=event.id,
            once=f"open:{case.id}",
            public={"instrument": case.instrument, "country": case.country},
        )
    record(
        "case.judged",
        realm=case.realm,
        by=GATEWAY,
        case=case.id,
        request=request.id,
        cause=event.id,
        once=once,
        public=_outcome(finding),
        sealed={"finding": ref},
    )


def _outcome(finding: Mapping[str, Any]) -> dict[str, Any]:
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


def _join(event: Event, once: str, request: Request, case: Case) -> None:
    with transaction.atomic():
        Joined.objects.get_or_create(case=case, request=request, defaults={"how": "reply"})
        _joined(event, once, request, case, "reply.received")


def _joined(event: Event, once: str, request: Request, case: Case, kind: str = "case.joined") -> None:
    find.index(request, case, find.terms(document.of(request), {}))
    record(
        kind,
        realm=case.realm,
        by=GATEWAY,
        case=case.id,
        request=request.id,
        cause=event.id,
        once=once,
        sealed={"request": request.id},
    )
