"""`comity demo hotline`: pressed, rung, acknowledged, kept, called back, restricted by two, answered, counted."""

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
from ..veltria.relation import person
from . import calling


def play(running: Running) -> tuple[dict[str, Any], str]:
    """Play it; what came of it, and the same for people. Raises NotPlayed."""
    try:
        told = _play()
    except (NotNow, BadInput, NotAllowed, ApprovalRefused, LookupError) as error:
        raise NotPlayed(f"{type(error).__name__}: {error}") from None
    return told, said(told)


def _play() -> dict[str, Any]:
    call, target = calling.press()
    number = call.id
    eventually("raised, but nobody is rung", lambda: _first(number, "sent_at"))
    eventually("rung, but it isn't judged", lambda: calling.case(number))
    paging.see(person(calling.ON_CALL), [number])  # as the console's own page does
    calling.acknowledge(number)
    calling.preserve(number)
    calling.call_back(number)
    eventually("called back, but not put to the deciders", lambda: _put(number))
    for key in rules.DECIDERS:
        calling.sign(number, key)
    measure = eventually("signed by two, but not restricted", lambda: _restricted(number))
    _seen(target)
    calling.write(number)
    calling.tell(number)
    return _told(calling.call(number), target, measure)


def _put(number: str) -> bool:
    found = calling.case(number)
    return bool(found and found.act and found.plan == "execute")


def _restricted(number: str) -> Measure | None:
    return Measure.objects.filter(case=calling.case(number), kind="withhold", state="effective").first()


def _seen(target: str) -> None:
    platform = for_url(target, calling.REALM)
    for place, wanted in ((rules.INSIDE, "withheld"), (rules.OUTSIDE, "visible")):
        seen = platform.observe(target, place).state if platform else "unknown"
        if seen != wanted:
            raise NotPlayed(f"from {place} the message is {seen}, and not {wanted}")


def _first(number: str, field: str) -> datetime | None:
    found = Ring.objects.filter(subject=number, **{f"{field}__isnull": False}).order_by(field)
    return found.values_list(field, flat=True).first()


def _told(call: Call, target: str, measure: Measure) -> dict[str, Any]:
    """In the order in which it is told; `escalated_to`: the roles that were rung after the first rung."""
    case = calling.case(call.id)
    rings = paging.rings(call.id)
    least = min((one.rung for one in rings if one.rung >= 0), default=0)
    base = settings.COMITY.base_url
    return {
        "call": call.id,
        "request": call.request,
        "case": case.id if case else "",
        "target": target,
        "service": call.service_id,
        "rung_ms": _ms(call, _first(call.id, "sent_at")),
        "seen_ms": _ms(call, _first(call.id, "seen_at")),
        "acknowledged_ms": _ms(call, call.acked_at),
        "preserved": Preserved.objects.filter(case=case).count(),
        "withheld": {"acted_at": measure.acted_at.isoformat() if measure.acted_at else None, "in": measure.territory},
        "callback": call.callback,
        "lines": call.lines.count(),
        "outcome": call.outcome,
        "escalated_to": sorted({role for one in rings if one.rung > least for role in one.person.roles}),
        "pages": {
            "desk": f"{base}/console/hotline/{call.id}",
            "service": f"{base}/hotline/{call.id}",
            "figures": f"{base}/hotline/figures",
        },
    }


def _ms(call: Call, at: datetime | None) -> int | None:
    return round((at - call.raised_at).total_seconds() * 1000) if at else None


def said(told: dict[str, Any]) -> str:
    """The same for people."""
    return "\n".join(
        [
            f"Call {told['call']} of {told['service']} (case {told['case']})",
            f"  rung       after {told['rung_ms']} ms, seen {told['seen_ms']}, taken {told['acknowledged_ms']}",
            f"  kept       {told['preserved']} under seal, by one hand",
            f"  called     at the registered number: {told['callback']}",
            f"  restricted in {', '.join(told['withheld']['in'])}, after two signed",
            f"  written    {told['lines']} lines in the thread",
            f"  outcome    {told['outcome']}, as the service says",
            f"  pages      {told['pages']['desk']}",
        ]
    )
