"""`comity demo removal-order --platform matrix`: an order about a message on a real homeserver, and what was seen of
it in and out of the territory, before and after it was put back."""

import time
from typing import Any

from comity.cases.models import Case
from comity.measures.models import Effect
from comity.platforms.port import PlatformError
from comity.serve.state import Running

from .. import client, commands, rules
from ..client import NotPlayed
from ..commands import Sent
from . import world
from .keeper import SERVER


def play(running: Running) -> tuple[dict[str, Any], str]:
    """Play it; what came of it, and the same for people. Raises NotPlayed."""
    began = time.monotonic()
    try:
        world.want()
        world.await_it()
        sent = commands.send_fresh(client.SAMPLE, running.smtp, matrix=True)
        told = _play(running, sent)
    except (PlatformError, commands.NotSent) as error:
        raise NotPlayed(str(error)) from None
    told["seconds"] = round(time.monotonic() - began, 3)
    return told, said(told)


def _play(running: Running, sent: Sent) -> dict[str, Any]:
    people = world.MatrixWorld()
    before = {place: people.event(sent.target, place)[1] for place in (rules.INSIDE, rules.OUTSIDE)}
    case = client.to_decide(sent)
    for who in rules.DECIDERS:
        client.approve(running.web, case, who)
    client.carried_out(case)
    told = client.facts_of(sent, case, _effects(people, sent, case, before))
    return {"platform": "matrix", "server": SERVER} | told


def _effects(people: world.MatrixWorld, sent: Sent, case: Case, before: dict[str, Any]) -> dict[str, Any]:
    return {
        "inside": _effect(people, sent, case, rules.INSIDE, "withheld", before),
        "outside": _effect(people, sent, case, rules.OUTSIDE, "visible", before),
    }


def _effect(
    people: world.MatrixWorld, sent: Sent, case: Case, country: str, wanted: str, before: dict[str, Any]
) -> dict[str, Any]:
    """What an ordinary client gets there now. Raises NotPlayed."""
    status, event = people.event(sent.target, country)
    seen, _ = people.read(sent.target, country)
    shown = sent.text in str(event)
    if seen != wanted or shown != (wanted == "visible"):
        raise NotPlayed(f"from {country} the message is {seen}, and not {wanted}")
    inside = wanted != "visible"
    looks = Effect.objects.filter(measure__case=case, inside=inside, when="after").order_by("place")
    recorded = [{"country": look.place, "seen": look.seen, "at": look.at.isoformat()} for look in looks]
    if not recorded or any(look["seen"] != wanted for look in recorded):
        raise NotPlayed(f"no look from {'inside' if inside else 'outside'} that saw it {wanted} is recorded")
    same = event is not None and before[country] is not None and event["content"] == before[country]["content"]
    return {
        "country": country,
        "seen": seen,
        "status": status,
        "text_shown": shown,
        "same_as_before": same,
        "url": sent.target,
        "recorded": recorded,
    }


def said(told: dict[str, Any]) -> str:
    """The same for people."""
    return "\n".join(
        [client.told(told), f"  on         a Synapse of its own ({told['server']}), unmodified, behind comity-edge"]
    )
