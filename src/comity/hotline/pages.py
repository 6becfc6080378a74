"""What the desk sees of calls and of services: one screen for a phone. Reads; writes nothing."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings

from comity.authorities import commands as register
from comity.authorities.models import Authority
from comity.cases import asking, deciding, document, questions
from comity.cases.models import Case, Request
from comity.console import signing, timeline
from comity.console import words as console_words
from comity.instruments import emergencies
from comity.ledger.models import Event
from comity.library import in_force
from comity.measures.models import Measure
from comity.officers.models import Officer
from comity.people.models import Act, Approval, Person
from comity.people.rules import Realm, may
from comity.vault import commands as vault
from comity.web.parts import Choice, Clock, Field, Form, Next, Slot

from . import acting, after, commands, figures, officers, read, rules, words
from .models import Call, Service

LINES = 200
RECENT = 50


def link(token: str) -> str:
    """The one-time link of an officer."""
    return f"{settings.COMITY.base_url}/hotline/join/{token}"


# -- one call ---------------------------------------------------------------------------------------------------------


def page(call: Call, person: Person) -> dict[str, Any]:
    """A call as somebody may see it."""
    sees, case = may(person, "content.view", call), acting.case_of(call)
    request = Request.objects.filter(id=call.request).first()
    entry = register.entry(acting.whose(call, request, case))
    mail = _mail(call, request) if sees and request is not None and call.door == "email" else None
    made, review = _forms(call, case, person, entry), _review(call, person)
    if mail and request is not None and may(person, "call.act", call):
        made |= _of_mail(call, person, request, case, mail, entry)
    return {
        "call": call,
        "here": f"/console/hotline/{call.id}",
        "state": read.state_of(call),
        "clock": _clock(call, request),
        "next": _next(call, request),
        "said": read.said(call) if sees and mail is None else None,
        "mail": mail,
        "quiet": _quiet(call) if call.door == "email" else 0,
        "imminence": str(words.IMMINENCE.get(call.imminence, "")),
        "entry": entry,
        "case": case,
        "finding": deciding.finding_of(case)["finding"] if case else None,
        "danger": questions.answers(request).get("danger", "") if request else "",
        "who": _who(call.acked_by),
        "kept": acting.kept(call),
        "restrict": _restrict(call, case, person),
        "lawful": _lawful(call),
        "rung": read.rung(call),
        "lines": read.lines(call, words.DESK_SIDES) if sees else [],
        "joined": [(one, read.said(one) if sees else None) for one in call.joined.order_by("raised_at")[:RECENT]],
        "joined_count": call.joined.count(),
        "forms": made,
        "let_go": made.get("let-go"),
        "more": [made[name] for name in MORE if name in made],
        "review": review,
        "offers": " ".join([*sorted(made), *sorted(review or {})]),
        "outcome": str(words.OUTCOMES.get(call.outcome, "")),
        "timeline": timeline.lines(Event.objects.filter(case=call.id).order_by("id")[:LINES], reasons=sees),
        "stands": stands(call),
    }


MORE = ("acted", "hand-over", "ordinary", "close")


def stands(call: Call) -> str:
    """Names how a call stands with all that its page shows of it."""
    case = acting.case_of(call)
    of_case = (case.state, case.version, case.act, case.outcome) if case else ()
    measures = list(Measure.objects.filter(case=case).values_list("state", flat=True)) if case else []
    return read.stamp(read.stands(call), of_case, measures, acting.kept(call))


def _mail(call: Call, request: Request) -> dict[str, Any]:
    """What a mail says; as long as nobody has read it, what was seen at a glance."""
    reading, seen = document.of(request)["reading"] or {}, read.said(call)
    text = str(reading.get("text") or (seen.what if seen else ""))[:4_000]
    return {"subject": document.peek(request).get("subject"), "text": text, "read": bool(reading)}


def _quiet(call: Call) -> int:
    """How many other mails of unknown senders did not ring in the hour before: too many did."""
    since = call.raised_at - timedelta(hours=1)
    return Call.objects.filter(
        realm=call.realm, door="email", rung=False, joined_to=None, state__in=rules.OPEN, raised_at__gt=since
    ).count()


def _of_mail(
    call: Call, person: Person, request: Request, case: Case | None, mail: Mapping[str, Any], entry: Authority | None
) -> dict[str, Form]:
    """What takes a mail further: which places it means, and for which service."""
    if call.state not in rules.OPEN:
        return {}
    at, services = f"/console/hotline/{call.id}", Authority.objects.filter(realm=call.realm, kind="service")
    names = tuple(Choice(one.id, f"{one.name}, {one.phone}") for one in services.filter(accredited=True))
    who = Field("authority", "For which service?", kind="select", choices=(Choice("", "none we know"), *names))
    made: dict[str, Form] = {}
    if case is None and request.kind not in ("unread", "waits"):
        links = "\n".join(acting.places_in(mail["text"], call.realm))
        places = Field("links", "Which places does it mean?", links, kind="long", rows=3, hint="One address on a line")
        made["places"] = Form(
            f"{at}/places", "These are meant: judge it", (places,) if entry else (places, who), id="places"
        )
    if entry is None and names and acting.may_call_back(person, call):
        made["confirmed"], made["denied"] = (_answered(at, said, who) for said in ("confirmed", "denied"))
    return made


def _clock(call: Call, request: Request | None) -> Clock | None:
    """The first of the rule's clocks that runs."""
    if request is None or call.state in ("closed",):
        return None
    rows = [one for one in request.deadlines.all() if one.name in CLOCKS and not one.met_at and not one.stopped_at]
    due = sorted((one.due_target, one.id, one) for one in rows if one.due_target)
    if not due:
        return None
    return Clock(due_target=due[0][0], due_legal=due[0][2].due_legal, started=due[0][2].started_at)


CLOCKS = (commands.ACKNOWLEDGE, commands.ACT, commands.REVIEW)


def _next(call: Call, request: Request | None) -> Next:
    if call.state in rules.RINGING:
        return Next("act", "Acknowledge: the service sees at once that a person has it.")
    if call.state == "to-review":
        return Next("ask", "Others review how it was dealt with, and sign that.")
    if call.state == "closed":
        return Next("wait", "Nothing is left to do here.")
    if request is not None and questions.answers(request).get("danger", "") == "":
        return Next("ask", "Say whether a life is in danger: no machine does.")
    if call.callback == "" and call.signed_at is None:
        return Next("ask", "Call the service back at its number on our register. Nothing is restricted before.")
    return Next("ask", "Write to the service, act, or close it with a reason.")


def _who(by: str) -> str:
    found = Person.objects.filter(id=by.removeprefix("person:")).first() if by.startswith("person:") else None
    return console_words.person(found.roles[0].capitalize(), found.jurisdiction) if found and found.roles else ""


def _lawful(call: Call) -> list[dict[str, str]]:
    """The lawful ways to data, as the rules in force at the call name them: never taken from this page."""
    found = emergencies.ways(in_force.library(call.realm), call.raised_at)
    return [
        {"by": one.by["en"], "says": one.says["en"], "cite": one.cite, "pack": one.pack}
        | {"within": f"within {one.length} {one.unit}" if one.length else ""}
        for one in found
    ]


def _restrict(call: Call, case: Case | None, person: Person) -> dict[str, Any]:
    """Whether it can be restricted, by whom, and what is missing."""
    if case is None:
        by_mail = " Say above which places it means." if call.door == "email" else ""
        return {"says": f"It names no order that could be decided: nothing can be restricted from here.{by_mail}"}
    done = Measure.objects.filter(case=case, kind="withhold", lifted_at=None).order_by("begun_at").first()
    if done is not None:
        return {"done": done, "says": ""}
    if call.state not in rules.OPEN:
        return {"says": "It is closed. What is still to be decided of its case is decided there."}
    act = Act.objects.filter(hash=case.act, state="open", kind="execute").first() if case.act else None
    if act is None:
        return {"says": _missing(call, case)}
    given = signing.given(act)
    can = signing.can_sign(act, person, given)
    button = signing.button(act, f"/console/hotline/{call.id}/sign", person, "Sign: restrict it now") if can else None
    return {"act": act, "slots": _slots(act), "sign": button, "title": case.title, "says": ""}


def _slots(act: Act) -> tuple[Slot, ...]:
    def by(one: Approval) -> str:
        return console_words.person(one.person.roles[0].capitalize(), one.person.jurisdiction)

    def note(n: int) -> str:
        return ", ".join(act.rule.roles)

    return signing.slots(act, signing.given(act), by, note)


def _missing(call: Call, case: Case) -> str:
    if case.instrument != asking.HOTLINE:
        return "The mail holds an order by its own law: that is decided in its case, by those who decide there."
    if case.grade != "accredited-channel":
        return "It takes the officer’s passkey over the call, or a call-back that confirms it. A mailbox is not enough."
    kept = deciding.finding_of(case)["finding"]
    missing = [str(one["says"]) for one in kept["checks"] if one.get("result") in ("fails", "unknown")]
    return " ".join(missing[:2]) or "It is being put to those who decide; a moment."


def _forms(call: Call, case: Case | None, person: Person, entry: Authority | None) -> dict[str, Form]:
    at, made = f"/console/hotline/{call.id}", dict[str, Form]()
    acts, open_ = may(person, "call.act", call), call.state in rules.OPEN
    if may(person, "call.acknowledge", call) and call.state in rules.RINGING:
        made["acknowledge"] = Form(f"{at}/acknowledge", "Acknowledge: I have it", id="acknowledge")
    if acts and open_:
        made |= _open_forms(at, call)
        if acting.may_call_back(person, call) and entry is not None and entry.phone and call.request:
            made |= _call_back(at, entry)
        if case is not None and may(person, "call.preserve", call):
            made["preserve"] = _preserve(at, case)
            if acting.kept(call):
                made["let-go"] = Form(f"{at}/let-go", "Let it go", second=True, id="let-go")
    if acts and call.acted_at and not call.ordered_at:
        made["ordered"] = Form(f"{at}/ordered", "The formal order has come", second=True, id="ordered")
    return made


def _open_forms(at: str, call: Call) -> dict[str, Form]:
    key = Field("key", "", str(uuid4()), kind="hidden")
    to = "Write to whoever wrote: it leaves as a mail" if call.door == "email" else "Write to the service"
    text = Field("text", to, kind="long", rows=2)
    note = Field("note", "How it stands", kind="long", rows=2, hint="A sentence for whoever takes it")
    done = Field("note", "What was done", kind="long", rows=2, hint="As whom you told, and when")
    reason = Field("reason", "Why", kind="long", rows=2, hint="A sentence; it stays with the call")
    what = Field("note", "What it is, and where it goes", kind="long", rows=2, hint="The service reads this")
    made = {
        "write": Form(f"{at}/write", "Send", (key, text), id="write"),
        "close": Form(f"{at}/close", "Close it", (reason,), second=True, id="close"),
        "ordinary": Form(f"{at}/ordinary", "It is an ordinary matter", (what,), second=True, id="ordinary"),
    }
    if (call.state, "act") in rules.LIFE:
        made["acted"] = Form(f"{at}/acted", "It is done", (done,), second=True, id="acted")
        made["hand-over"] = Form(f"{at}/hand-over", "Hand over", (note,), second=True, id="hand-over")
    return made


def _call_back(at: str, entry: Authority) -> dict[str, Form]:
    of = Field("authority", "", entry.id, kind="hidden")
    return {said: _answered(at, said, of) for said in CALLED_BACK}


CALLED_BACK = {"confirmed": "They confirm it", "denied": "They deny it: close it as false"}


def _answered(at: str, said: str, of: Field) -> Form:
    """What the service said at its registered number."""
    answer = Field("answer", "", said, kind="hidden")
    return Form(f"{at}/call-back", CALLED_BACK[said], (of, answer), second=True, id=said)


def _preserve(at: str, case: Case) -> Form:
    many = len(deciding.finding_of(case)["facts"].get("targets") or []) > acting.ASKS_FIRST
    sure = Field("sure", f"More than {acting.ASKS_FIRST} places: all of them are meant", kind="tick")
    return Form(f"{at}/preserve", "Preserve now", (sure,) if many else (), id="preserve")


def _review(call: Call, person: Person) -> dict[str, Any] | None:
    if call.state != "to-review":
        return None
    act, at = after.put(call), f"/console/hotline/{call.id}"
    due = after.review_due(call)
    if act is None:
        reason = Field("reason", "What was right, and what not", kind="long", rows=3)
        form = (
            Form(f"{at}/review", "Put the review", (reason,), id="review") if may(person, "call.review", call) else None
        )
        return {"due": due, "form": form}
    given = signing.given(act)
    slots = _slots(act)
    can = signing.can_sign(act, person, given)
    button = signing.button(act, f"{at}/sign-review", person, "Sign the review") if can else None
    return {"due": due, "slots": slots, "sign": button, "text": _text(act)}


def _text(act: Act) -> str:
    return str(vault.get_json(act.doc).get("reason", ""))


# -- lists ------------------------------------------------------------------------------------------------------------


def index(realm: str, person: Person) -> dict[str, Any]:
    """The open calls, the latest others, and what else there is."""
    found = Call.objects.filter(realm=realm, joined_to=None).select_related("service").order_by("-raised_at")
    names = {one.id: one.name for one in register.of_realm(realm)}

    def row(call: Call) -> tuple[Call, dict[str, str], str]:
        return call, read.state_of(call), names.get(call.service_id or "", "by mail")

    return {
        "realm": realm,
        "open": [row(one) for one in found.filter(state__in=rules.OPEN)[:RECENT]],
        "others": [row(one) for one in found.exclude(state__in=rules.OPEN)[:RECENT]],
    }


def services(realm: str, person: Person) -> dict[str, Any]:
    """The accredited services with their officers, and what may be done with them."""
    known = {one.id: one for one in Service.objects.filter(realm=realm)}
    counts = {one.id: one for one in figures.by_service(realm)}
    entries = Authority.objects.filter(realm=realm, kind="service", accredited=True)
    return {
        "realm": realm,
        "rows": [_service(one, known.get(one.id), counts.get(one.id), person) for one in entries],
        "invite": _invite(entries, realm, person),
    }


def _service(entry: Authority, row: Service | None, counts: Any, person: Person) -> dict[str, Any]:
    at, of = "/console/hotline/services", Field("service", "", entry.id, kind="hidden")
    made = {"entry": entry, "row": row, "counts": counts, "officers": _officers(entry.id, person), "forms": []}
    if row is None or row.state == "open":
        if may(person, "service.suspend", entry):
            made["forms"].append(Form(f"{at}/suspend", "Suspend it", (of,), second=True, id=f"suspend-{entry.id}"))
        return made
    act = officers.act_of(row)
    if act is None and may(person, "service.reinstate", row):
        why = Field("reason", "What was looked at, and why it may call again", kind="long", rows=2)
        made["forms"].append(Form(f"{at}/review", "Put its reinstatement", (of, why), id=f"review-{entry.id}"))
    elif act is not None:
        given = signing.given(act)
        made["given"], made["needed"] = len(given), act.rule.count
        if signing.can_sign(act, person, given):
            made["sign"] = signing.button(act, f"{at}/sign", person, "Sign: reinstate it")
    return made


def _officers(service: str, person: Person) -> list[tuple[Officer, Form | None]]:
    found = Officer.objects.filter(authority=service).order_by("-invited_at")

    def ends(one: Officer) -> Form:
        of = Field("officer", "", str(one.id), kind="hidden")
        return Form("/console/hotline/services/end", "End it", (of,), second=True, id=f"end-{one.id}")

    return [(one, ends(one) if not one.ended_at and may(person, "service.suspend", one) else None) for one in found]


def _invite(entries: Any, realm: str, person: Person) -> Form | None:
    if not may(person, "service.invite", Realm(realm)):
        return None
    choices = tuple(Choice(one.id, f"{one.name}, {one.phone}") for one in entries)
    which = Field("service", "Service, and its number on our register", kind="select", choices=choices)
    sure = Field("confirmed", "I called that number, and it confirmed the officer", kind="tick")
    return Form(f"/console/hotline/services/invite?realm={realm}", "Make the one-time link", (which, sure), id="invite")
