"""Growth: from a million users to a thousand million, an alarm first, people, a drill, and green."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from comity.demo import rules
from comity.demo.growth import playing
from comity.demo.rules import Step
from comity.risk import leveling
from comity.risk.drills.models import Drill
from comity.risk.models import Alarm, Stands

from .port import Playing, Scene, Story

TURNED, ALL = "/console/risk/register/G-01", "/console/risk/register/"


@dataclass(frozen=True)
class Growth(Story):
    """Users grow a thousandfold in three years; what that brings is seen, staffed and rehearsed before it hurts."""

    id: str = "growth"
    title: str = "Grow from 10⁶ to 10⁹ users"
    says: str = (
        "A platform grows a thousandfold. An alarm rings weeks before the first order would be late; a risk turns red "
        "by itself; people are taken on; twenty times the usual load is rehearsed through the real door."
    )
    minutes: int = 2
    steps: tuple[str, ...] = (
        "Three years are made from a seed. An alarm rings: in sixty days there won’t be people enough.",
        "The head looks what is behind it, and says that it is real.",
        "The head raises the level of management, by one hand. It ends by itself.",
        "A risk of the register has turned red by itself: one of its proofs doesn’t hold any more.",
        "The model of the desk says how many people it takes. They are taken on.",
        "A drill: twenty times the usual load through the real e-mail door, watched live.",
        "The drill met its objectives; the risk turns green by itself.",
    )

    def fresh(self) -> Playing:
        """A beginning, whatever was played before."""
        return Playing()

    def scene(self, playing_: Playing | None) -> Scene:
        """How it stands, from the rows: `number` is the alarm's, `request` the drill's; `since` the people taken on."""
        alarm = Alarm.objects.filter(id=playing_.number, realm="demo").first() if playing_ and playing_.number else None
        if playing_ is None or alarm is None:
            return Scene(GROW)
        where = f"/console/risk/alarms/{alarm.id}"
        if alarm.state == "raised":
            step = rules.be(playing.HEAD, RINGS.format(day=_day(playing.first_miss())), where, "Say what it is.")
            return Scene(replace(step, play="judge", does="It is real"), 1)
        if leveling.row("demo") is None and not playing_.since:
            step = rules.be(playing.HEAD, LEVEL, "/console/risk/level", "Raise it, with a reason.")
            return Scene(replace(step, play="raise", does="Raise it"), 2)
        if not playing_.since:
            return _red()
        return _drilled(playing_)

    def play(self, name: str, playing_: Playing) -> Playing:
        """Do one step with the demo's own words."""
        if name == "grow":
            return Playing(number=playing.grow().id)
        if name == "people":
            return replace(playing_, since=playing.take_on())
        if name == "drill":
            return replace(playing_, request=playing.drill().id)
        PLAYS[name](playing_.number)
        return playing_


PLAYS: Mapping[str, Callable[[str], object]] = {
    "judge": playing.judge,
    "raise": lambda number: playing.raise_level(),
}


def _day(day: object) -> str:
    return f"{day:%d %B %Y}" if day else "no day"


def _band() -> str:
    found = Stands.objects.filter(realm="demo", risk=playing.RISK).first()
    return found.band if found else ""


def _red() -> Scene:
    if _band() != "red":
        return Scene(Step("The level is raised. The register looks at its proofs; a few seconds.", "wait"), 3)
    people = playing.needed()
    text = RED.format(now=people["now"], then=people["then"])
    step = rules.be(playing.HEAD, text, TURNED, "See which proof fails, then take people on.")
    return Scene(replace(step, play="people", does=f"Take on {people['then']} people"), 4)


def _drilled(playing_: Playing) -> Scene:
    drill = Drill.objects.filter(id=playing_.request, realm="demo").first() if playing_.request else None
    if drill is None:
        step = rules.be(playing.HEAD, DRILL.format(n=playing_.since), "/console/risk/drills/", "Begin the drill.")
        return Scene(replace(step, play="drill", does="Begin the drill"), 5)
    where = f"/console/risk/drills/{drill.id}"
    if drill.state in ("planned", "running"):
        return Scene(replace(RUNS, where=where), 5)
    if drill.state == "broken":
        step = rules.be(playing.HEAD, BROKEN, where, "Begin it anew.")
        return Scene(replace(step, play="drill", does="Begin it anew"), 5)
    if rules.PUBLIC not in playing_.looked:
        says = "The drill met its objectives." if drill.met else "The drill did not meet all its objectives."
        return Scene(
            Step(f"{says} See its score and its timeline.", "look", "See the score", where=where, mark=rules.PUBLIC), 6
        )
    return Scene(Step(DONE[_band() == "low"], "done", "Back to all stories", where=rules.HOME), 7)


GROW = Step(
    "Three years of a platform are made from a seed: from a million users to a thousand million. Each day is looked at "
    "as it would have been.",
    "play",
    "Let it grow",
    play="grow",
    does="Let it grow",
)
RINGS = (
    "An alarm: in sixty days more will come than people can decide. Had nobody done anything, the first order would be "
    "late on {day}."
)
LEVEL = "It is real. Now the level of management can be raised: one hand raises it, two lower it, it ends by itself."
RED = (
    "A risk of the register has turned red by itself. The model of the desk: {now} people suffice now, it takes {then} "
    "around the clock for a thousand million users."
)
DRILL = "{n} people are there. Whether they keep the hour is no opinion: rehearse it, at twenty times the usual load."
RUNS = Step("Two hundred mails go through the real e-mail door, in a realm of their own. Watch how far it is.", "wait")
SCORED = {
    True: "The drill met its objectives. See its score and its timeline.",
    False: "The drill did not meet all its objectives. See its score and its timeline.",
}
BROKEN = "The drill was broken off. It proves nothing, and can be begun anew."
DONE = {
    True: "That is the whole story: an alarm before the first missed hour, a verdict, people, a drill, and green.",
    False: "The drill is on record as it was; the risk stays as its proofs leave it. More people, or try again.",
}
