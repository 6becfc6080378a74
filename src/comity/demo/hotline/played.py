"""`comity demo hotline`: pressed, rung, acknowledged, kept, called back, restricted by two, answered, counted.

`--asleep`: the first doesn't answer, and the second is rung. `--fake`: a mail from the true domain of a service, that
the service never wrote.
"""

from datetime import datetime
from typing import Any

from django.conf import settings

from comity.alerts import paging
from comity.alerts.models import Ring
from comity.hotline.models import Call
from comity.ledger.life import NotNow
from comity.measures.models import Measure, Preserved
from comity.people.approvals import ApprovalRefused
from comity.people.refusals import BadInput, NotAllowed
from comity.platforms import for_url
from comity.serve.state import Running

from .. import rules
from ..client import NotPlayed, eventually
from ..commands import NotSent, send_fresh
from ..samples import URGENT
from ..veltria.relation import person
from . import calling

ASLEEP, FAKE = "asleep", "fake"


def play(running: Running, how: str = "") -> tuple[dict[str, Any], str]:
    """Play it; what came of it, and the same for people. `how`: `asleep`, `fake` or empty. Raises NotPlayed."""
    try:
        told = _fake(running) if how == FAKE else _play(asleep=how == ASLEEP)
    except (NotNow, BadInput, NotAllowed, ApprovalRefused, LookupError, NotSent) as error:
        raise NotPlayed(f"{type(error).__name__}: {error}") from None
    return told, said(told)


def _play(*, asleep: bool) -> dict[str, Any]:
    call, target = calling.press(asleep=asleep)
    number, who = call.id, calling.SECOND if asleep else calling.ON_CALL
    eventually("raised, but nobody is rung", lambda: _first(number, "sent_at"))
    eventually("rung, but it isn't judged", lambda: calling.case(number))
    if asleep:
        eventually("the first doesn't answer, but nobody else is rung", lambda: _rung(number, who))
    paging.see(person(who), [number])  # as the console's own page does
    calling.acknowledge(number, who)
    calling.preserve(number, who)
    calling.call_back(number, who)
    eventually("called back, but not put to the deciders", lambda: _put(number))
    for key in rules.DECIDERS:
        calling.sign(number, key)
    measure = eventually("signed by two, but not restricted", lambda: _restricted(number))
    _seen(target, "withheld")
    eventually("restricted, but its thread doesn't say so", lambda: _told_of_both(number))
    calling.write(number, who)
    calling.tell(number, who)
    return _told(calling.call(number), target, measure, "")


def _told_of_both(number: str) -> bool:
    """Whether the service can read that it was kept, and that it was restricted."""
    return calling.call(number).lines.filter(side="gateway").count() >= 2


def _rung(number: str, who: str) -> bool:
    return Ring.objects.filter(subject=number, person=person(who)).exists()


def _fake(running: Running) -> dict[str, Any]:
    """Good form, a true domain and haste: it wakes, what is public is kept, and nothing is restricted."""
    calling.ready()
    sent = send_fresh(URGENT, running.smtp)
    call = eventually("sent, but it is no call", lambda: calling.of_mail(sent.message_id))
    number = call.id
    eventually("a call, but nobody is rung", lambda: _first(number, "sent_at"))
    paging.see(person(calling.ON_CALL), [number])
    calling.acknowledge(number)
    calling.name_places(number, sent.target)
    eventually("named, but nothing is kept of it", lambda: calling.kept(number))
    why = calling.refused(number)
    if not why:
        raise NotPlayed("a mailbox was enough to restrict it")
    _seen(sent.target, "visible")
    calling.deny(number)
    return _told(calling.call(number), sent.target, None, why)


def _put(number: str) -> bool:
    found = calling.case(number)
    return bool(found and found.act and found.plan == "execute")


def _restricted(number: str) -> Measure | None:
    return Measure.objects.filter(case=calling.case(number), kind="withhold", state="effective").first()


def _seen(target: str, inside: str) -> None:
    platform = for_url(target, calling.REALM)
    for place, wanted in ((rules.INSIDE, inside), (rules.OUTSIDE, "visible")):
        seen = platform.observe(target, place).state if platform else "unknown"
        if seen != wanted:
            raise NotPlayed(f"from {place} the message is {seen}, and not {wanted}")


def _first(number: str, field: str) -> datetime | None:
    found = Ring.objects.filter(subject=number, **{f"{field}__isnull": False}).order_by(field)
    return found.values_list(field, flat=True).first()


def _told(call: Call, target: str, measure: Measure | None, refused: str) -> dict[str, Any]:
    """In the order in which it is told; `escalated_to`: the roles that were rung after the first rung; `refused`: why
    nothing could be restricted."""
    case = calling.case(call.id)
    rings = paging.rings(call.id)
    least = min((one.rung for one in rings if one.rung >= 0), default=0)
    base = settings.COMITY.base_url
    return {
        "call": call.id,
        "request": call.request,
        "case": case.id if case else "",
        "target": target,
        "service": call.service_id or (case.authority if case else ""),
        "rung_ms": _ms(call, _first(call.id, "sent_at")),
        "seen_ms": _ms(call, _first(call.id, "seen_at")),
        "acknowledged_ms": _ms(call, call.acked_at),
        "preserved": Preserved.objects.filter(case=case).count(),
        "withheld": _withheld(measure) if measure else None,
        "callback": call.callback,
        "lines": call.lines.count(),
        "outcome": call.outcome,
        "escalated_to": sorted({role for one in rings if one.rung > least for role in one.person.roles}),
        "refused": refused,
        "pages": {
            "desk": f"{base}/console/hotline/{call.id}",
            "service": f"{base}/hotline/{call.id}",
            "figures": f"{base}/hotline/figures",
        },
    }


def _withheld(measure: Measure) -> dict[str, Any]:
    return {"acted_at": measure.acted_at.isoformat() if measure.acted_at else None, "in": measure.territory}


def _ms(call: Call, at: datetime | None) -> int | None:
    return round((at - call.raised_at).total_seconds() * 1000) if at else None


def said(told: dict[str, Any]) -> str:
    """The same for people."""
    done = f"in {', '.join(told['withheld']['in'])}, after two signed" if told["withheld"] else told["refused"]
    rung = f"after {told['rung_ms']} ms, seen {told['seen_ms']}, taken {told['acknowledged_ms']}"
    up = f", then {', '.join(told['escalated_to'])}" if told["escalated_to"] else ""
    return "\n".join(
        [
            f"Call {told['call']} of {told['service']} (case {told['case']})",
            f"  rung       {rung}{up}",
            f"  kept       {told['preserved']} under seal, by one hand",
            f"  called     at the registered number: {told['callback']}",
            f"  restricted {done}",
            f"  written    {told['lines']} lines in the thread",
            f"  outcome    {told['outcome']}{', as the service says' if told['withheld'] else ', and it was warned'}",
            f"  pages      {told['pages']['desk']}",
        ]
    )
