"""`comity demo removal-order --platform telegram`: ordered in the EU, refused as ordered, and what was done instead."""

import time
from typing import Any

from comity.cases import deciding
from comity.cases.instead import Refusal
from comity.cases.models import Case, Joined
from comity.ledger.life import NotNow
from comity.ledger.models import Event
from comity.measures.models import Effect, Measure, Preserved
from comity.people.models import Act
from comity.people.refusals import BadInput, NotAllowed
from comity.platforms.port import PlatformError
from comity.serve.state import Running
from comity.vault import commands as vault

from .. import client, commands, rules
from ..client import NotPlayed, eventually
from ..commands import Sent
from . import playing, town


def play(running: Running) -> tuple[dict[str, Any], str]:
    """Play it; what came of it, and the same for people. Raises NotPlayed."""
    began = time.monotonic()
    try:
        told = _play(running)
    except (NotNow, BadInput, NotAllowed, LookupError, PlatformError, commands.NotSent) as error:
        raise NotPlayed(f"{type(error).__name__}: {error}") from None
    told["seconds"] = round(time.monotonic() - began, 3)
    return told, said(told)


def _play(running: Running) -> dict[str, Any]:
    sent = playing.order(running.smtp)
    case = eventually("the order was sent, but nobody is told that it can't be done", lambda: _unable(sent))
    found = playing.refused(case)
    if found is None or Act.objects.filter(case=case.id).exists() or town.read(sent.target)[0] != "visible":
        raise NotPlayed("what the platform can't do was put to people, or done")
    playing.choose(case.id)
    case = eventually("chosen, but not put to the deciders", lambda: _put(case))
    for n, who in enumerate(playing.SIGNERS):
        if n and town.read(sent.target)[0] != "visible":
            raise NotPlayed(f"it was deleted after {n} of {len(playing.SIGNERS)} signatures")
        client.approve(running.web, case, who)
    eventually("approved by three, but not answered", lambda: Case.objects.filter(id=case.id, state="answered").first())
    eventually("answered, but the answer has not left", lambda: client.answer_of(case))
    eventually("answered, but its author is not told", lambda: [one for one in town.told() if "/statement/" in one])
    return _facts(sent, Case.objects.get(id=case.id), found)


def _of(sent: Sent) -> Case | None:
    mark = vault.keyed_hash(sent.message_id)
    joined = Joined.objects.filter(request__message_hash=mark, request__realm="demo", how="opened").first()
    return Case.objects.filter(id=joined.case_id).first() if joined else None


def _unable(sent: Sent) -> Case | None:
    case = _of(sent)
    told = case and Event.objects.filter(kind="decision.unable", case=case.id).exists()
    return case if told else None


def _put(case: Case) -> Case | None:
    return Case.objects.filter(id=case.id, state="to-decide").exclude(act="").first()


def _facts(sent: Sent, case: Case, refusal: Refusal) -> dict[str, Any]:
    measure, act = Measure.objects.get(case=case), Act.objects.get(hash=case.act)
    seen = {place: town.read(sent.target)[0] for place in (rules.INSIDE, rules.OUTSIDE)}
    if set(seen.values()) != {"gone"} or measure.kind != "redact":
        raise NotPlayed(f"it is seen {seen}")
    looked = Effect.objects.filter(measure=measure, when="after").values_list("seen", flat=True)
    letter = deciding.letters_of(case)["answer"]
    return {
        "platform": "telegram",
        "request": case.request_id,
        "case": case.id,
        "target": sent.target,
        "refused": {
            "ordered": "withhold",
            "territory": deciding.finding_of(case)["finding"]["instead"]["territory"],
            "says": list(refusal.says),
            "cannot": list(refusal.limits),
            "before_deciding": True,
        },
        "could": [{"kind": way.kind, "undone": way.undone} for way in refusal.ways],
        "instead": {
            "kind": measure.kind,
            "territory": measure.territory,
            "reversible": False,
            "copies": Preserved.objects.filter(case=case).count(),
            "approvals": act.approvals.count(),
        },
        "decided_by": [str(person) for person in act.approvals.order_by("id").values_list("person_id", flat=True)],
        "seen": seen,
        "recorded": sorted(set(looked)),
        "answer": client.told_answer(client.answer_of(case)) | {"measure": letter["fields"]["measure"]},  # type: ignore[arg-type]
        "told": sum("/statement/" in one for one in town.told()),
    }


def said(told: dict[str, Any]) -> str:
    """The same for people."""
    done = told["instead"]
    return "\n".join(
        [
            f"One removal order about Telegram in {told['seconds']} s",
            f"  ordered   withhold {told['target']} in {', '.join(told['refused']['territory'])}",
            f"  refused   {' '.join(told['refused']['says'])}",
            f"  could     {', '.join(way['kind'] for way in told['could'])}",
            f"  instead   {done['kind']}, everywhere and for good, after {done['approvals']} signed; a copy is kept",
            f"  seen      {', '.join(f'{seen} from {place}' for place, seen in told['seen'].items())}",
            f"  answer    {told['answer']['subject']} ({told['answer']['measure']}); its author was told",
            f"  case      {told['case']}",
        ]
    )
