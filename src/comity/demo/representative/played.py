"""`comity demo representative`: one order of each instrument, from the mail to its answer."""

import time
from functools import partial
from typing import Any

from comity.cases import deciding
from comity.cases.models import Case, Deadline, Joined, Request
from comity.cases.rules import DRIVING
from comity.following import commands as following
from comity.ledger.life import NotNow
from comity.people.approvals import ApprovalRefused
from comity.people.refusals import BadInput, NotAllowed
from comity.serve.state import Running
from comity.vault import commands as vault

from .. import client, commands
from ..client import NotPlayed, eventually
from ..commands import NotSent, Sent
from ..samples import PRESERVE
from . import answering
from .orders import ORDERS, Order

DONE = ("answered", "to-produce", "not-carried-out")


def play(running: Running) -> tuple[dict[str, Any], str]:
    """Play it; what came of it, and the same for people. Raises NotPlayed."""
    began = time.monotonic()
    try:
        played = _play(running)
    except NotSent as error:
        raise NotPlayed(str(error)) from None
    except (NotNow, BadInput, NotAllowed, ApprovalRefused, LookupError) as error:
        raise NotPlayed(f"{type(error).__name__}: {error}") from None
    played["seconds"] = round(time.monotonic() - began, 3)
    return played, said(played)


def _play(running: Running) -> dict[str, Any]:
    cases = []
    for sample in (client.SAMPLE, PRESERVE):
        sent, case = client.decided(running, sample)
        eventually(f"{sample}: approved by two, but not answered", partial(_state, case, "answered"))
        cases.append(case)
    removal = cases[0]
    for one in ORDERS.values():
        sent = commands.send_fresh(one.name, running.smtp)
        case = _opened(one, sent)
        _decide(running, removal if one.about == "order" else case)
        eventually(f"{one.name}: signed, but not answered", partial(_state, case, *DONE))
        cases.append(case)
    return _told(cases)


def _opened(one: Order, sent: Sent) -> Case:
    """The case of a letter: typed where it isn't read, called back where it needs that."""
    mark = vault.keyed_hash(sent.message_id)

    def read() -> Request | None:
        found = Request.objects.filter(message_hash=mark, realm="demo").first()
        return found if found and (found.cases.exists() or answering.waits(found)) else None

    request = eventually(f"{one.name}: sent, but neither read nor put to a person", read)
    if not request.cases.exists():
        answering.type_in(request, one, sent.target, sent.reference)
    case = eventually(f"{one.name}: typed, but no case", lambda: _case(request))
    if one.call_back:
        answering.call_back(request, one)
    return eventually(f"{one.name}: not put to be decided", lambda: _state(case, "to-decide"))


def _case(request: Request) -> Case | None:
    joined = Joined.objects.filter(request=request, how="opened").first()
    return Case.objects.get(id=joined.case_id) if joined else None


def _state(case: Case, *states: str) -> Case | None:
    found = Case.objects.get(id=case.id)
    return found if found.state in states else None


def _decide(running: Running, case: Case) -> None:
    """Each signer opens the case and presses Approve, as a browser does."""
    found = eventually("judged, but its letters aren't drafted", lambda: _drafted(case))
    found = answering.put(found)
    for who in answering.signers(found):
        client.approve(running.web, found, who)


def _drafted(case: Case) -> Case | None:
    found = Case.objects.get(id=case.id)
    if found.state in ("answered", "to-decide") and found.plan == "person":
        return found if deciding.letters_of(found) else None
    return found if found.act and client.open_act(found) else None


def _told(cases: list[Case]) -> dict[str, Any]:
    played = {}
    for case in cases:
        fresh = Case.objects.get(id=case.id)
        mail = eventually(f"{fresh.instrument}: its answer has not left", partial(client.answer_of, fresh))
        finding = deciding.finding_of(fresh)["finding"]
        played[fresh.instrument] = {"case": fresh.id, "finding": finding, "answer": client.told_answer(mail)}
    fresh_ = [Case.objects.get(id=case.id) for case in cases]
    waiting = min((case for case in fresh_ if case.open), key=lambda case: case.received_at, default=None)
    return {
        "received": len(fresh_),
        "answered_in_time": sum(map(in_time, fresh_)),
        "instruments": played,
        "status_page": following.url_of(fresh_[0].request) if fresh_ else None,
        "oldest_open": waiting
        and {
            "case": waiting.id,
            "instrument": waiting.instrument,
            "received_at": waiting.received_at.isoformat(),
            "due": waiting.due.isoformat() if waiting.due else None,
        },
    }


def in_time(case: Case) -> bool:
    """Whether a case was dealt with in the time that its regulation gives: its clocks were met before they ended."""
    clocks = Deadline.objects.filter(case=case, name__in=DRIVING)
    return not case.open and all(one.met_at and one.due_target and one.met_at <= one.due_target for one in clocks)


def said(played: dict[str, Any]) -> str:
    """The same for people."""
    lines = [
        f"  {name:26} case {one['case']}, {one['finding']['outcome']:14} answered to {one['answer']['to']}"
        for name, one in played["instruments"].items()
    ]
    waiting = played["oldest_open"]
    oldest = (
        f"case {waiting['case']} ({waiting['instrument']}), received {waiting['received_at']}" if waiting else "none"
    )
    return "\n".join(
        [
            f"{played['received']} orders of as many instruments, {played['answered_in_time']} dealt with in time, "
            f"{played['seconds']} s",
            *lines,
            f"  oldest that still waits: {oldest}",
        ]
    )
