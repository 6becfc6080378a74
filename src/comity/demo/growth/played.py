"""`comity demo growth`: users grow a thousandfold; an alarm before the first missed hour, a verdict, a level, a risk
that turns red, the people it takes, a drill through the real door, and green. By the same commands as the pages."""

from typing import Any

from django.conf import settings

from comity.ledger.life import NotNow
from comity.ledger.models import Event
from comity.people.refusals import BadInput, NotAllowed
from comity.risk import register_pages
from comity.risk.drills import report, rules
from comity.risk.drills.models import Drill
from comity.risk.models import Alarm, Level, Stands
from comity.risk.register import all_of
from comity.serve.state import Running

from ..client import NotPlayed, eventually
from . import playing

DRILL_PATIENCE = 1800.0  # seconds: the drill ends by itself before


def play(running: Running) -> tuple[dict[str, Any], str]:
    """Play it; what came of it, and the same for people. Raises NotPlayed, also where the alarm isn't first, a mail is
    lost or anything real is touched."""
    try:
        told = _play()
    except (NotNow, BadInput, NotAllowed, LookupError) as error:
        raise NotPlayed(f"{type(error).__name__}: {error}") from None
    _verify(told)
    return told, said(told)


def _play() -> dict[str, Any]:
    since = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    alarm = playing.grow()
    playing.judge(alarm.id)
    level = playing.raise_level()
    _turned("red")
    people = playing.needed()
    playing.take_on()
    drill = _over(playing.drill())
    if drill.state != "ended":
        raise NotPlayed(f"the drill was broken off: {drill.why}")
    if drill.met:
        _turned("low")
    return _told(alarm, level, people, drill, _turns(since))


def _turns(since: int) -> list[str]:
    """How the risk has turned, from what it was."""
    rows = Event.objects.filter(id__gt=since, kind="risk.turned", realm=playing.REALM, public__risk=playing.RISK)
    turns = [row.public for row in rows.order_by("id")]
    return [str(turns[0]["was"]), *(str(one["band"]) for one in turns)] if turns else []


def _turned(band: str) -> None:
    """Wait until the risk has turned by itself."""
    found = Stands.objects.filter(realm=playing.REALM, risk=playing.RISK, band=band)
    eventually(f"the risk has not turned {band}", found.first)


def _over(drill: Drill) -> Drill:
    def look() -> Drill | None:
        return Drill.objects.filter(id=drill.id).exclude(state__in=rules.LIVE).first()

    return eventually("the drill was begun, but is not over", look, DRILL_PATIENCE)


def _told(alarm: Alarm, level: Level, people: dict[str, Any], drill: Drill, risk: list[str]) -> dict[str, Any]:
    misses = playing.first_miss()
    return {
        "seed": playing.SEED,
        "users": [playing.BEGIN, playing.END],
        "alarm_at": alarm.at.isoformat(),
        "first_miss_at": misses.isoformat() if misses else None,
        "people_needed": people,
        "forecast": playing.forecast(),
        "level": level.level,
        "risk": risk,
        "drill": report.of_json(drill) | {"met": drill.met, "desk": drill.result.get("desk")},
        "flat": _flat(),
        "links": _links(alarm, drill),
    }


def _flat() -> dict[str, Any]:
    """The world that doesn't grow, and in which nothing may ring."""
    found = playing.past(playing.SEED, playing.FLAT, playing.FLAT)
    return {"users": playing.FLAT, "alarm_at": found.rings, "first_miss_at": found.misses}


def _links(alarm: Alarm, drill: Drill) -> dict[str, str]:
    base, risk = settings.COMITY.base_url, all_of()[playing.RISK]
    return {
        "risk": f"{base}/console/risk/?realm=demo",
        "alarm": f"{base}/console/risk/alarms/{alarm.id}",
        "level": f"{base}/console/risk/level?realm=demo",
        "register": f"{base}{register_pages.ROOT}?realm=demo",
        "turned": f"{base}{register_pages.where(risk, 'demo')}",
        "desk": f"{base}/console/risk/desk?realm=demo",
        "drill": f"{base}/console/risk/drills/{drill.id}",
    }


def _verify(told: dict[str, Any]) -> None:
    alarm, miss, drill, flat = told["alarm_at"], told["first_miss_at"], told["drill"], told["flat"]
    if miss is None or not alarm < miss:
        raise NotPlayed(f"the alarm of {alarm} is not before the first missed order ({miss})")
    if drill["lost"] != 0 or drill["real_touched"] != 0:
        raise NotPlayed(f"{drill['lost']} mails lost, {drill['real_touched']} real things touched")
    if flat["alarm_at"] is not None or flat["first_miss_at"] is not None:
        raise NotPlayed("something rang, or was late, in a world that doesn’t grow")


def said(told: dict[str, Any]) -> str:
    """The same for people."""
    people, drill, ahead = told["people_needed"], told["drill"], told["forecast"]
    known = "not known" if ahead["low"] is None else f"{ahead['low']:.0f} to {ahead['high']:.0f}"
    return "\n".join(
        [
            f"Users from {told['users'][0]:,} to {told['users'][1]:,}: alarm on {told['alarm_at']}, the first order"
            f" late on {told['first_miss_at']}, had nobody done anything",
            f"  forecast   {known} requests a day with {ahead['users']:,} users",
            f"  level      {told['level']}",
            f"  people     {people['now']} now, {people['then']} then",
            f"  risk       {' → '.join(told['risk'])}",
            f"  drill      {drill['id']}: {drill['sent']} sent, {drill['lost']} lost, {drill['missed']} missed, p99 "
            f"{drill['p99']} s, {drill['real_touched']} real things touched",
            *(f"  {name:<10} {url}" for name, url in told["links"].items()),
        ]
    )
