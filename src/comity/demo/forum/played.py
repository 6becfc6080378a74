"""`comity demo connect`: the forum tested by the kit, tried in shadow, then for real, and what came of it."""

import time
from typing import Any

from comity.cases.models import Case
from comity.connected import FORUM
from comity.ledger.life import NotNow
from comity.measures.models import Measure
from comity.outbox.models import Mail
from comity.people.refusals import BadInput, NotAllowed
from comity.platforms import for_url
from comity.serve.state import Running
from comity.shadow.models import Would

from .. import client, commands, rules
from ..client import NotPlayed, eventually
from ..commands import Sent
from . import connecting


def play(running: Running) -> tuple[dict[str, Any], str]:
    """Play it; what came of it, and the same for people. Raises NotPlayed."""
    began = time.monotonic()
    try:
        connecting.restart()
        report = connecting.test()
        told = _play(running, report.as_json())
    except (NotNow, BadInput, NotAllowed, LookupError, commands.NotSent) as error:
        raise NotPlayed(f"{type(error).__name__}: {error}") from None
    told["seconds"] = round(time.monotonic() - began, 3)
    return told, said(told)


def _play(running: Running, kit: dict[str, Any]) -> dict[str, Any]:
    if kit["failed"]:
        raise NotPlayed(f"the kit fails the forum: {kit['failing'][0]['id']}")
    sent = connecting.order(running.smtp)
    case = _decided(running, client.to_decide(sent))
    eventually("approved in shadow, but not kept", lambda: Case.objects.filter(id=case.id, state="in-shadow").first())
    would = _watched(case, sent)
    connecting.leave()
    for key in connecting.DECIDERS:
        connecting.sign_leaving(key)
    connecting.for_real(case.id)
    _decided(running, eventually("not put to the deciders for real", lambda: _put(case)))
    eventually("approved for real, but not answered", lambda: Case.objects.filter(id=case.id, state="answered").first())
    inside = client.effect(case, sent, rules.INSIDE, "withheld")
    outside = client.effect(case, sent, rules.OUTSIDE, "visible")
    return {
        "platform": FORUM,
        "kit": {"passed": kit["passed"], "failed": kit["failed"]},
        "shadow": would,
        "case": case.id,
        "target": sent.target,
        "effect": {"inside": inside, "outside": outside},
    }


def _decided(running: Running, case: Case) -> Case:
    for key in connecting.DECIDERS:
        client.approve(running.web, case, key)
    return case


def _put(case: Case) -> Case | None:
    return Case.objects.filter(id=case.id, state="to-decide").exclude(act="").first()


def _watched(case: Case, sent: Sent) -> dict[str, Any]:
    """What would have been done, and that nothing was: seen by a viewer, and no letter left."""
    kept = list(Would.objects.filter(case=case))
    platform = for_url(sent.target, "demo")
    seen = platform.observe(sent.target, rules.INSIDE).state if platform else "unknown"
    left = Mail.objects.filter(case=case.id).exclude(state="would").count()
    if seen != "visible" or left or Measure.objects.filter(case=case).exists() or not kept:
        raise NotPlayed("in shadow something was done, or nothing was kept")
    acts = [{"what": one.what, "territory": one.territory, "targets": one.targets} for one in kept]
    letters = Mail.objects.filter(case=case.id, state="would").count()
    return {"would": len(kept), "acts": acts, "seen": {rules.INSIDE: seen}, "letters_kept": letters}


def said(told: dict[str, Any]) -> str:
    """The same for people."""
    inside, outside = told["effect"]["inside"], told["effect"]["outside"]
    act = told["shadow"]["acts"][0]
    return "\n".join(
        [
            f"{told['platform']} connected over HTTP in {told['seconds']} s",
            f"  tested     {told['kit']['passed']} guarantees hold, {told['kit']['failed']} don't",
            f"  in shadow  would have: {' and '.join(act['what'])} in {', '.join(act['territory'])}; nothing was done",
            f"  for real   {told['target']}",
            f"  seen       {inside['seen']} from {inside['country']}, {outside['seen']} from {outside['country']}",
            f"  case       {told['case']}",
        ]
    )
