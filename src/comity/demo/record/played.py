"""`comity demo record`: an order played, its receipt verified by the outsiders' program, and two cheats found."""

from typing import Any

from comity.cases.models import Case
from comity.ledger.models import Event
from comity.record import cheating, places, read, receipts
from comity.record.models import Leaf
from comity.serve.state import Running
from comity_verify import policies
from comity_verify import receipts as files
from comity_verify.audit import Audit, Report
from comity_verify.source import Source

from ..client import NotPlayed, eventually, removal_order

REALM = "demo"


def play(running: Running) -> tuple[dict[str, Any], str]:
    """Play it; what came of it, and the same for people. Raises NotPlayed."""
    order, _ = removal_order(running)
    case = Case.objects.get(id=order["case"])
    number = eventually("answered, but its entry is not witnessed", lambda: entry_of(case))
    report = _verified(f"{running.web}{places.below(REALM)}".rstrip("/"))
    raw = receipts.of_thing(case.id)
    if raw is None:
        raise NotPlayed("the order has no receipt")
    found = files.read(raw, policies.parse(places.policy(REALM).encode()))
    try:
        row, fork = cheating.change_row(), cheating.second_history()
    except cheating.NoDemo as error:
        raise NotPlayed(str(error)) from None
    after = _verified(f"{running.web}{places.below(REALM)}".rstrip("/"))
    told = {
        "case": case.id,
        "url": f"{running.web}{places.below(REALM)}",
        "origin": report.origin,
        "size": report.size,
        "root": report.root,
        "entry": number,
        "entry_page": f"{running.web}{places.below(REALM)}entry/{number}",
        "witnessed_by": list(report.cosignatures),
        "charter": dict(report.charter),
        "verdict": report.verdict,
        "receipt": {
            "index": found.index,
            "size": found.size,
            "witnessed_by": found.witnesses,
            "revealed": dict(found.revealed),
            "verdict": "verified" if found.quorum else "incomplete",
        },
        "cheat": {"entry": row.number, "verdict": row.report.verdict, "problems": row.report.problems},
        "fork_refused_by": fork.witness if fork.status != 200 else None,
        "fork": {"size": fork.size, "root": fork.root, "status": fork.status, "says": fork.says},
        "verdict_after": after.verdict,
    }
    return told, said(told)


def _verified(url: str) -> Report:
    """The whole log by its address, as a stranger reads it."""
    source = Source(url)
    return Audit(source, policies.parse(source.get("policy"))).run()


def entry_of(case: Case) -> int | None:
    """The number of a case's answer in the record, once a witness has seen it."""
    event = Event.objects.filter(case=case.id, kind="case.answered").order_by("-id").first()
    leaf = Leaf.objects.filter(event=event.id).first() if event else None
    head = read.head(REALM)
    return leaf.num if leaf is not None and leaf.num < head.size and head.witnesses else None


def said(told: dict[str, Any]) -> str:
    """The same for people."""
    return "\n".join(
        [
            f"Case {told['case']}: its answer is entry {told['entry']} of {told['size']}, {told['entry_page']}",
            f"  the record   {told['verdict']}, witnessed by {', '.join(told['witnessed_by'])}",
            f"  the receipt  {told['receipt']['verdict']}, opens {', '.join(told['receipt']['revealed'])}",
            f"  a row changed by root: {told['cheat']['verdict']}; {'; '.join(told['cheat']['problems'])}",
            f"  a second history: refused by {told['fork_refused_by']} ({told['fork']['status']})",
            f"  the record again: {told['verdict_after']}",
        ]
    )
