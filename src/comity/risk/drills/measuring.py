"""What a drill came to, read from the rows and events that it left. Writes nothing but which request is which mail."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q

from comity.alerts.models import Ring
from comity.cases.models import Case, Deadline, Joined, Request
from comity.cases.rules import DRIVING, VERIFIED
from comity.desk import order
from comity.hotline.models import Call
from comity.ledger.models import Event
from comity.measures.models import Measure, Preserved
from comity.outbox.models import Mail
from comity.people.models import Act
from comity.platforms import for_url
from comity.vault import commands as vault
from comity.world import orders

from . import people, rules
from .drill_file import Spec
from .models import Drill, DrillMail

REALM = "drill"
TRUE = (orders.ORDER, orders.DEFECTIVE)
FALSE = (orders.LOOKALIKE, orders.FORGED, orders.FALSE_ALARM)
QUEUE = 5_000


def link(drill: Drill) -> None:
    """Find the requests that a drill's mails became: in its own realm by what the door saw, in any other by what was
    read, which is never opened here."""
    missing = {bytes(one.mark): one for one in drill.mails.filter(request="")}
    if not missing:
        return
    known = set(drill.mails.exclude(request="").values_list("request", flat=True))
    came = Request.objects.filter(realm=REALM, received_at__gte=drill.begun_at).exclude(id__in=known)
    found = {_mark_of(request): request.id for request in _peeked(came)}
    elsewhere = Request.objects.filter(message_hash__in=[*missing]).exclude(realm=REALM)
    found |= {bytes(mark): id for mark, id in elsewhere.values_list("message_hash", "id") if mark}
    for mark, one in missing.items():
        if mark in found:
            one.request = found[mark]
    DrillMail.objects.bulk_update([one for one in missing.values() if one.request], ["request"])


def _peeked(came: Any) -> list[Any]:
    rows = list(came)
    opened = vault.get_many([row.peek for row in rows])
    for row in rows:
        row.seen = json.loads(opened[row.peek]) if row.peek in opened else {}
    return rows


def _mark_of(request: Any) -> bytes:
    return vault.keyed_hash(str(request.seen.get("message_id", "")))


class Came:
    """What one drill's mails became, as it stands now."""

    def __init__(self, drill: Drill) -> None:
        self.drill = drill
        self.mails = list(drill.mails.order_by("n"))
        self.ids = [one.request for one in self.mails if one.request]
        self.requests = {row.id: row for row in Request.objects.filter(id__in=self.ids)}
        self.judged = self._first("case.judged")
        self.danger = self._first("danger.found")
        self.cases = list(Case.objects.filter(request__in=self.ids).order_by("id"))
        self.case_of = {case.request_id: case for case in self.cases}

    def _first(self, kind: str) -> dict[str, datetime]:
        rows = Event.objects.filter(kind=kind, request__in=self.ids).order_by("-id")
        return dict(rows.values_list("request", "at"))  # type: ignore[arg-type]

    def of(self, kinds: Collection[str]) -> list[DrillMail]:
        """Those of some kinds, in their order."""
        return [one for one in self.mails if one.kind in kinds]

    def waits(self, kinds: Collection[str], until: Mapping[str, datetime]) -> list[float]:
        """Seconds from receipt to an instant of those that have it."""
        return [
            (until[one.request] - self.requests[one.request].received_at).total_seconds()
            for one in self.of(kinds)
            if one.request in until and one.request in self.requests
        ]

    def put(self) -> dict[str, datetime]:
        """When each true order was first put to people, by its request."""
        whose = {case.id: case.request_id for case in self.cases}
        rows = Event.objects.filter(kind="decision.proposed", case__in=[*whose]).order_by("-id")
        return {whose[str(case)]: at for case, at in rows.values_list("case", "at")}


def progress(drill: Drill) -> dict[str, int]:
    """How far a drill is: what was sent, taken, stored, and judged."""
    mails = drill.mails
    ids = list(mails.exclude(request="").values_list("request", flat=True))
    judged = Event.objects.filter(kind="case.judged", request__in=ids).values("request").distinct().count()
    taken = mails.exclude(taken_at=None).count()
    return {"sent": mails.count(), "taken": taken, "stored": len(ids), "judged": judged}


def through(drill: Drill, spec: Spec, came: Came) -> bool:
    """Whether there is nothing more to wait for: all are stored, what is true has its finding and is put to people, and
    the people who were invited have decided."""
    if len(came.ids) < sum(one.taken_at is not None for one in came.mails):
        return False
    put = came.put()
    waits = any(one.request not in put for one in came.of({orders.ORDER}))
    waits |= any(one.request not in came.judged for one in came.of({orders.DEFECTIVE}))
    waits |= any(one.request not in came.danger for one in came.of({orders.EMERGENCY}))
    waits |= any(came.requests[one.request].kind == "unread" for one in came.of({orders.FALSE_ALARM}))
    return not waits and (drill.people == rules.MODELLED or not _undecided(came))


def _undecided(came: Came) -> list[Case]:
    true = {one.request for one in came.of({orders.ORDER})}
    mine = [case for case in came.cases if case.request_id in true]
    return [case for case in mine if case.state in ("verifying", "to-decide", "second-approval")]


def result(drill: Drill, spec: Spec, came: Came) -> dict[str, Any]:
    """Every figure of a drill that is over."""
    judged, put = came.waits(TRUE, came.judged), came.put()
    taken = sum(one.taken_at is not None for one in came.mails)
    desk = people.desk_of(drill)
    return {
        "sent": len(came.mails),
        "stored": len(came.ids),
        "judged": len(came.judged),
        "lost": taken - len(came.ids),
        "unjudged": sum(one.request not in came.judged for one in came.of(TRUE)),
        "p50": _rounded(rules.percentile(judged, 0.5)),
        "p99": _rounded(rules.percentile(judged, 0.99)),
        **_decided_in_time(drill, came, put, desk),
        "people": drill.people,
        "desk": desk,
        "believed": sum(came.requests[one.request].grade in VERIFIED for one in came.of(FALSE) if one.request),
        "given": _given(came),
        "found_after": _found_after(spec, came, put),
        "place": drill.result.get("place"),
        "real_touched": len(real_touched(came)),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def place(came: Came) -> int | None:
    """Where the first true order stands in the queue among all that its drill brought, from 1; None as long as it isn't
    in it."""
    mine = {case.id for case in came.cases if case.request_id in {one.request for one in came.of({orders.ORDER})}}
    if not mine:
        return None
    listed, _ = order.page(REALM, "", None, QUEUE)
    its = {*came.ids, *(case.id for case in came.cases)}
    ours = [one.id for one in listed if one.id in its]
    return next((n for n, id in enumerate(ours, start=1) if id in mine), None)


def _found_after(spec: Spec, came: Came, put: Mapping[str, datetime]) -> float | None:
    """Seconds from the receipt of what was buried until a person has it; None where they don't."""
    if not spec.buried:
        return None
    until = came.danger if spec.buried == orders.EMERGENCY else put
    waits = came.waits({spec.buried}, until)
    return _rounded(waits[0]) if waits else None


def _given(came: Came) -> int:
    """How many forged ones anything was kept or done for."""
    false = {one.request for one in came.of(FALSE)}
    cases = [case.id for case in came.cases if case.request_id in false]
    kept = set(Preserved.objects.filter(case__in=cases).values_list("case", flat=True))
    done = set(Measure.objects.filter(case__in=cases).exclude(acted_at=None).values_list("case", flat=True))
    return len(kept | done)


def _decided_in_time(drill: Drill, came: Came, put: Mapping[str, datetime], desk: int) -> dict[str, int | None]:
    """How many true orders were not decided in their time, by who was there or by as many as are modelled; then also
    how many people it would take."""
    cases = [came.case_of.get(one.request) for one in came.of({orders.ORDER})]
    due = _due([case.id for case in cases if case])
    if drill.people == rules.INVITED:
        decided = _decided([case for case in cases if case])
        late = sum(not case or case.id not in due or decided.get(case.id, NEVER) > due[case.id] for case in cases)
        return {"missed": late, "needed": None}
    work = [
        people.Work(put[case.request_id], due[case.id])
        for case in cases
        if case and case.request_id in put and case.id in due
    ]
    unput = len(cases) - len(work)
    needed = people.needed(work, drill.seed) if work and not unput else None
    return {"missed": unput + people.missed(work, desk, drill.seed), "needed": needed}


NEVER = datetime.max.replace(tzinfo=UTC)


def _due(cases: Sequence[str]) -> dict[str, datetime]:
    rows = Deadline.objects.filter(case__in=cases, name__in=DRIVING)
    found: dict[str, datetime] = {}
    for row in rows:
        if at := row.due_legal or row.due_target:
            found[row.case_id] = min(at, found.get(row.case_id, at))
    return found


def _decided(cases: Sequence[Case]) -> dict[str, datetime]:
    acts = Act.objects.filter(case__in=[case.id for case in cases], realm=REALM).exclude(approved_at=None)
    return {str(case): at for case, at in acts.order_by("-approved_at").values_list("case", "approved_at") if at}


def real_touched(came: Came) -> list[str]:
    """What of a drill is found outside its realm, each in a word: the list has to be empty."""
    ids, cases = came.ids, [case.id for case in came.cases]
    calls = list(Call.objects.filter(request__in=ids).values_list("id", flat=True))
    its = Q(request__in=ids) | Q(case__in=[*cases, *calls])
    found = [f"request {id}" for id, row in came.requests.items() if row.realm != REALM]
    found += [f"case {case.id}" for case in came.cases if case.realm != REALM]
    joined = Joined.objects.filter(request__in=ids).exclude(case__realm=REALM)
    found += [f"case {id}" for id in joined.values_list("case", flat=True)]
    found += [f"event {id}" for id in Event.objects.filter(its).exclude(realm=REALM).values_list("id", flat=True)]
    left = Mail.objects.filter(its).filter(Q(state="sent") | ~Q(realm=REALM))
    found += [f"mail {id}" for id in left.values_list("id", flat=True)]
    found += [f"measure {one.pk}" for one in Measure.objects.filter(case__in=cases) if _elsewhere(one)]
    if came.drill.people == rules.MODELLED:
        rung = Ring.objects.filter(realm=REALM, subject__in=calls)
        found += [f"ring {id}" for id in rung.values_list("id", flat=True)]
    return found


def _elsewhere(measure: Measure) -> bool:
    """Whether a measure acts on anything but the platform of drills, which a gateway without any other shares with all
    realms."""
    try:
        targets = vault.get_json(measure.targets)
    except vault.Gone:
        return False
    urls = [str(one.get("url", "")) for one in targets]
    return any(url and for_url(url, REALM) is None for url in urls)


def timeline(drill: Drill, spec: Spec, came: Came) -> list[dict[str, str]]:
    """What happened when, oldest first: codes and instants (UTC, RFC 3339)."""
    taken = [one.taken_at for one in came.mails if one.taken_at]
    put = came.put()
    buried = [one.request for one in came.of({spec.buried})] if spec.buried else []
    until = came.danger if spec.buried == orders.EMERGENCY else put
    marks: list[tuple[str, datetime | None]] = [
        ("planned", drill.planned_at),
        ("begun", drill.begun_at),
        ("first-taken", min(taken, default=None)),
        ("last-taken", max(taken, default=None)),
        ("first-judged", min(came.judged.values(), default=None)),
        ("last-judged", max(came.judged.values(), default=None)),
        ("first-put", min(put.values(), default=None)),
        ("last-put", max(put.values(), default=None)),
        ("buried-taken", next((one.taken_at for one in came.mails if one.request in buried), None)),
        ("buried-found", next((until[id] for id in buried if id in until), None)),
    ]
    known = [(code, at) for code, at in marks if at is not None]
    return [{"what": code, "at": at.isoformat()} for code, at in sorted(known, key=lambda one: one[1])]
