"""Events as lines: what happened, by whom (role, jurisdiction and key, never a name), when."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from comity import instruments
from comity.cases.models import Joined
from comity.ledger.events import KINDS
from comity.ledger.models import Event
from comity.library.in_words import day
from comity.people import one_person
from comity.people.models import Key, Person
from comity.vault import commands as vault
from comity.web import clocks
from comity.web.parts import Line
from comity.web.words import GRADES

from . import labels, words
from .findings import NO_PACK

Public = Mapping[str, Any]

LINES = 400


def of_case(case: str, *, reasons: bool = True) -> tuple[Line, ...]:
    """The timeline of a case: its own events, and what happened to its requests before they had one.

    `reasons`: with the words that people gave, which who may not see content doesn't see.
    """
    joined = list(Joined.objects.filter(case=case).values_list("request_id", flat=True)[:LINES])
    found = Event.objects.filter(Q(case=case) | Q(case__isnull=True, request__in=joined))
    return _lines(found.order_by("id")[:LINES], reasons)


def of_request(request: str, *, reasons: bool = True) -> tuple[Line, ...]:
    """The timeline of a request."""
    return _lines(Event.objects.filter(request=request).order_by("id")[:LINES], reasons)


def of_kinds(kinds: Iterable[str], realm: str) -> tuple[Line, ...]:
    """The latest events of some kinds in a realm."""
    return _lines(Event.objects.filter(kind__in=kinds, realm=realm).order_by("-id")[:50])


def _lines(events: Iterable[Event], with_reasons: bool = True) -> tuple[Line, ...]:
    found = list(events)
    asked = [event.sealed["reason"] for event in found if with_reasons and event.sealed.get("reason")]
    reasons = vault.get_many(asked)
    people = _people({event.by.partition(":")[2] for event in found if event.by.startswith("person:")})
    return tuple(
        Line(
            at=event.at,
            what=KINDS[event.kind].sentence,
            more=SAID.get(event.kind, more)(event.public) + _reason(event, reasons),
            who=people.get(event.by.partition(":")[2], event.by),
            note=f"event {event.id}",
        )
        for event in found
    )


def _reason(event: Event, opened: Mapping[str, bytes]) -> str:
    """The reason that a person gave, in their words; nothing where none was asked or its time is over."""
    doc = opened.get(str(event.sealed.get("reason") or ""))
    text = " ".join(str(json.loads(doc).get("text", "")).split()) if doc else ""
    return f": “{text}”" if text else ""


def _people(ids: set[str]) -> dict[str, str]:
    keys = {key.person_id: key.short for key in Key.objects.filter(person__in=ids).order_by("enrolled_at")}
    return {
        str(person.id): words.person(", ".join(person.roles), person.jurisdiction, keys.get(person.id, ""))
        for person in Person.objects.filter(id__in=ids)
    }


DECISIONS: Mapping[str, str] = {
    "execute": "carry the order out",
    "annex3": "say what stands in the way",
    "lift": "lift the measure",
    "review": "let it stand, after a review",
    "regulation-adopt": "adopt a version of a regulation",
    "regulation-emergency": "bring a version of a regulation in force as an emergency",
    "regulation-confirm": "confirm an emergency change of a regulation",
}
MAILS: Mapping[str, str] = {
    "acknowledgement": "the acknowledgement",
    "answer": "the answer to the authority",
    "notification": "the notification to the author",
    "lifted": "the word to the authority that the measure was lifted",
    "reply": "a written reply",
}
WHY: Mapping[str, str] = {
    "person-lever": "it threatens a person",
    "no-order": "no order was recognised in it",
    "no-pack": "no regulation here knows its kind",
    "no-form": "it names an instrument, and its form could not be read",
    "facts-wrong": "what was read can’t be judged",
    "down": "the platform did not answer",
    "refused": "the platform refused",
    "not-effective": "a viewer still sees what should be gone, or misses what should stay",
    "sender": "its sender’s share of the hour is spent",
    "site": "the share of its sender’s domain is spent",
    "all": "the share of all unproven mail is spent",
    "bounce": "it is a bounce",
    "automatic": "it is an automatic mail",
    "own-mailbox": "it comes from a mailbox of ours",
    "machine": "its address is a machine’s",
    "no-address": "it has no address to answer",
    "acknowledged": "it answers an acknowledgement, and one such was acknowledged",
    "copy": "it is yet another copy of an order that was acknowledged",
    "thread": "the thread of the case had enough of them this hour",
    "too-many": "its sender had enough of them",
    "backscatter": "unproven senders had enough of them this hour",
    "not-approved": "its signatures don’t bear out that it was approved",
}
REFUSED: Mapping[str, str] = {
    "void": "the case had changed since",
    "complete": "enough had approved already",
    "realm": "a person of another realm",
    "inactive": "the person no longer works here",
    "role": "another role was asked for",
    "twice": "the same person twice",
    "jurisdiction": "another jurisdiction was asked for",
    "signature": "the passkey’s answer did not fit",
    "older": "the person joined after it was put",
    "one-person": "the rule of a desk of one person doesn’t hold here",
}
LANES: Mapping[str, str] = {
    "support": "to support",
    "press": "to the press office",
    "civil": "told which way is open for a private claim",
    "not-ours": "told that it is not ours",
    "counsel": "to counsel",
    "answered": "answered by counsel",
}


def _judged(public: Public) -> str:
    told: Mapping[str, Any] = {"outcome": public.get("outcome"), "checks": []}
    word = words.verdict(told).word.rstrip(".") if public.get("outcome") in words.OUTCOMES else public.get("outcome")
    counts = [(public.get(key, 0), one, many) for key, one, many in COUNTS]
    said = [f"{count} {one if count == 1 else many}" for count, one, many in counts if count]
    return f": {word}; {', '.join(said)}. Under {public.get('pack')}, version {public.get('version')}"


def _waiting_judged(public: Public) -> str:
    if public.get("pack") != NO_PACK:
        return _judged(public)
    return f": under {NO_PACK}, version {public.get('version')}, our rule for what has no regulation"


COUNTS = (("holds", "check holds", "checks hold"), ("fails", "fails", "fail"), ("unknown", "is unknown", "are unknown"))


def _read(public: Public) -> str:
    instrument = instruments.of(str(public.get("instrument") or "")).phrase
    count = int(public.get("facts") or 0)
    if not count:
        return ": no order was recognised"
    facts = "1 fact" if count == 1 else f"{count} facts"
    return f": {facts} of {instrument}" if instrument else f": {facts}"


def _opened(public: Public) -> str:
    instrument = instruments.of(str(public.get("instrument") or "")).phrase
    return f": {instrument}" + (f", from {public['country']}" if public.get("country") else "")


def _observed(public: Public) -> str:
    seen: Mapping[str, str] = public.get("seen") or {}
    places = {state: [place for place, one in seen.items() if one == state] for state in sorted(set(seen.values()))}
    return ": " + "; ".join(f"{state} from {', '.join(found)}" for state, found in places.items()) if places else ""


def _lettered(public: Public) -> str:
    kind = str(public.get("kind") or public.get("letter") or "")
    return f": {MAILS.get(kind, kind)}"


def _decided(public: Public) -> str:
    kind = str(public.get("kind"))
    return f": {DECISIONS.get(kind, kind)}"


def _approved(public: Public) -> str:
    return f": number {public.get('number')} of {public.get('of')}, from {public.get('jurisdiction')}"


def _measured(public: Public) -> str:
    where = words.place([str(code) for code in public.get("territory") or ()])
    count = public.get("targets")
    targets = f", {count} {'target' if count == 1 else 'targets'}" if count else ""
    return f": {public.get('kind')}{' ' + where if where else ''}{targets}"


def _failed(public: Public) -> str:
    why = str(public.get("why"))
    return f": {WHY.get(why, why)}"


def _held(public: Public) -> str:
    return f" until {str(public['until'])[:10]}" if public.get("until") else " for as long as it stands"


def size(number: int) -> str:
    """A number of bytes as people say it."""
    for unit, step in (("MB", 1_000_000), ("kB", 1_000)):
        if number >= step:
            return f"{number / step:,.0f} {unit}"
    return f"{number} bytes"


def _versioned(public: Public) -> str:
    return f": version {public.get('version')}"


def _tried(public: Public) -> str:
    """What a change would have done, in a sentence."""
    ways = (("less", "less would have been done"), ("more", "more"), ("other", "something else would have followed"))
    said = [f"in {public[way]} {words}" for way, words in ways if public.get(way)]
    cases = public.get("cases", 0)
    judged = f"{cases} {'case' if cases == 1 else 'cases'}"
    return f": {judged}; {', '.join(said) if said else 'each comes out the same'}"


def _put(public: Public) -> str:
    since = ", in force at once by one signature" if public.get("urgent") else f", in force from {_day(public)}"
    return f"{_versioned(public)}{since}"


def _day(public: Public) -> str:
    try:
        return day(date.fromisoformat(str(public.get("from"))))
    except ValueError:
        return str(public.get("from"))


def _urgent(public: Public) -> str:
    return f"{_versioned(public)}, until {_until(public)} unless the quorum signs before"


def _until(public: Public) -> str:
    try:
        return clocks.utc(datetime.fromisoformat(str(public.get("until"))))
    except ValueError:
        return str(public.get("until"))


RETURNED: Mapping[str, str] = {
    "to-counsel": ", and counsel asked",
    "opinion": ", back from counsel with an opinion",
    "sent-back": ", sent back to the desk",
    "lift-dropped": ": the lift is dropped",
}
SAID: Mapping[str, Callable[[Public], str]] = {
    "request.received": lambda public: f", by {public.get('door')}, {size(int(public.get('bytes', 0)))}",
    "request.waiting": lambda public: f": {WHY.get(str(public.get('why')), str(public.get('why')))}",
    "request.triaged": lambda public: f": {LANES.get(str(public.get('lane')), str(public.get('lane')))}",
    "reading.waits": lambda public: f": {WHY.get(str(public.get('why')), str(public.get('why')))}",
    "reply.withheld": lambda public: f"{_lettered(public)}, {WHY.get(str(public.get('why')), str(public.get('why')))}",
    "facts.read": _read,
    "facts.corrected": lambda public: f": {labels.label(str(public.get('field')))}",
    "decision.returned": lambda public: RETURNED.get(str(public.get("as")), ""),
    "decision.barred": lambda public: f": {one_person.OUTSIDE.get(str(public.get('why')), str(public.get('why')))}",
    "decision.reviewed": lambda public: ": it stands" if public.get("stands") else ": it is lifted",
    "review.waits": lambda public: ": all of it is gone" if public.get("gone") == "all" else ": half of it is gone",
    "callback.recorded": lambda public: ": it is theirs" if public.get("confirmed") else ": it is not theirs",
    "sender.graded": lambda public: f": {GRADES[public['grade']].word}" if public.get("grade") in GRADES else "",
    "case.opened": _opened,
    "case.judged": _judged,
    "request.judged": _waiting_judged,
    "case.taken": lambda public: "" if public.get("taken") else ": put back",
    "case.drafted": _lettered,
    "draft.edited": _lettered,
    "case.answered": lambda public: ", in time" if public.get("met") else ", late",
    "clock.half": lambda public: "",
    "content.viewed": lambda public: f": the {public.get('what')}",
    "decision.proposed": _decided,
    "decision.approved": _decided,
    "approval.given": _approved,
    "approval.refused": lambda public: f": {REFUSED.get(str(public.get('reason')), str(public.get('reason')))}",
    "approval.voided": _decided,
    "preserved": lambda public: f": {public.get('targets')} {'target' if public.get('targets') == 1 else 'targets'}",
    "measure.begun": _measured,
    "measure.acted": _measured,
    "measure.lifted": lambda public: f": {public.get('kind')}",
    "measure.failed": _failed,
    "effect.observed": _observed,
    "mail.queued": _lettered,
    "mail.sent": _lettered,
    "mail.shown": _lettered,
    "mail.failed": _lettered,
    "mail.bounced": _lettered,
    "notification.sent": lambda public: "" if public.get("channel") == "platform" else ": nobody to tell there",
    "notification.held": _held,
    "regulation.drafted": lambda public: f": version {public.get('version')}",
    "regulation.edited": lambda public: "",
    "regulation.tried": _tried,
    "regulation.proposed": _put,
    "regulation.returned": lambda public: "",
    "regulation.withdrawn": lambda public: "",
    "regulation.adopted": _put,
    "regulation.in-force": _versioned,
    "regulation.superseded": _versioned,
    "regulation.emergency": _urgent,
    "regulation.confirmed": lambda public: f"{_versioned(public)}, until {_until(public)}",
    "regulation.ended": lambda public: (
        f"{_versioned(public)}, {'by a person' if public.get('as') == 'by-hand' else 'by itself'}"
    ),
}


def more(public: Mapping[str, Any]) -> str:
    """The public part of an event, in a few words."""
    told = {key.replace("_", " "): value for key, value in public.items() if value not in (None, "", [], {})}
    said = [f"{key} {_word(value)}" for key, value in told.items()]
    return f": {', '.join(said)}" if said else ""


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{key} {inner}" for key, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
