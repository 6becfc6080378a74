"""A country is left in good order: tried dry, signed by three, step by step, paused, reversed, and come back to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from comity.demo import rules
from comity.demo.rules import Step
from comity.demo.standing import signed_of
from comity.demo.veltria import leaving, relation
from comity.demo.veltria.relation import COUNTRY
from comity.leaving.models import Plan
from comity.leaving.plan_file import LEAVE, RETURN
from comity.leaving.rules import next_door

from .port import Playing, Scene, Story

NEIGHBOUR = next_door(COUNTRY)


@dataclass(frozen=True)
class Leave(Story):
    """Veltria, an invented State, is left and come back to."""

    id: str = "leave"
    title: str = "Leave a country, and come back"
    says: str = (
        "Where no agreement can be reached the platform leaves, in good order: first counted, then signed by three, "
        "each "
        "step seen from there and from next door. Anyone can pause it; it is reversed to the byte."
    )
    minutes: int = 3
    steps: tuple[str, ...] = (
        "Counsel drafts the plan, and tries it: who is there, what is open, what leaving doesn’t end.",
        "Three people from two States sign the plan with its dates, its reason and that count.",
        "People are safe first, then everyone is told, then nobody joins from there. Next door nothing changes.",
        "Nobody writes from there any more. That step is signed by itself.",
        "A handler pauses it, by one hand. Two people reverse it, and all is as it was.",
        "It is left to the end after all: people there see a notice, and can take their data with them.",
        "It comes back by a plan of its own, which looks at every standing measure before anything opens.",
    )
    #: what the two panes show
    places: ClassVar[Mapping[str, tuple[str, str]]] = {
        COUNTRY: ("Veltria", "which is left"),
        NEIGHBOUR: ("Switzerland", "next door"),
    }
    doors: ClassVar[bool] = True

    def fresh(self) -> Playing:
        """From the beginning: with the plan that somebody else has begun, if one is open."""
        found = leaving.open_plan()
        return Playing(number=found.number if found else "")

    def scene(self, playing: Playing | None) -> Scene:
        """How the plan stands, from its rows."""
        found = Plan.objects.filter(number=playing.number).first() if playing and playing.number else None
        if playing is None or found is None:
            return _before()
        where = f"/console/countries/{COUNTRY}/plans/{found.number}"
        done = _done(found, playing)
        if found.state in PUT:
            return Scene(replace(PUT[found.state], where=f"{where}#dry-run"), done)
        if found.state == "proposed":
            return Scene(_sign(found, where), 1)
        if found.state in ENDED:
            return _after(found, playing, done)
        return Scene(replace(_running(found, playing), where=where), done)

    def play(self, name: str, playing: Playing) -> Playing:
        """Do one step with the demo's own words."""
        if name in BEGINS:
            kind, whole = BEGINS[name]
            made = leaving.begin(kind) if whole else leaving.attempt(kind)
            target = playing.target or leaving.post()
            return replace(playing, number=made, target=target, again=playing.again or name == "again")
        if name == "sign":
            leaving.sign(playing.number, self.scene(playing).step.who)
        else:
            PLAYS[name](playing.number)
        return playing


PLAYS = {
    "propose": leaving.propose,
    "attest": leaving.attest,
    "step": leaving.all_sign,
    "pause": leaving.pause,
    "reverse": leaving.reverse,
    "resume": leaving.resume,
}
BEGINS = {"try": (LEAVE, False), "again": (LEAVE, True), "return": (RETURN, True)}
ENDED = ("done", "reversed", "withdrawn")


def _before() -> Scene:
    """Before anything: where Veltria was left by somebody else, it is come back to first."""
    return Scene(RETURN_FIRST if relation.relation().state == "left" else TRY)


def _done(found: Plan, playing: Playing) -> int:
    """How many of the seven steps are through."""
    if found.kind == RETURN:
        return 6
    if playing.again:
        return 5
    seen = set(found.steps.filter(state__in=("seen", "undoing", "undone")).values_list("kind", flat=True))
    if found.state in ("paused", "reversing", "reversed"):
        return 4
    return 1 if found.state in ("drafted", "tried", "proposed") else 2 + ("no-signups" in seen) + ("read-only" in seen)


def _sign(found: Plan, where: str) -> Step:
    who = rules.next_signer(leaving.SIGNERS, signed_of(found.act))
    return replace(rules.be(who, SIGN, f"{where}#approve", APPROVE), play="sign", also=(where,))


def _running(found: Plan, playing: Playing) -> Step:
    """What is next while a plan is carried out."""
    if found.state == "reversing":
        return REVERSING
    if found.state == "paused":
        return GO_ON if playing.again or found.kind == RETURN else REVERSE
    if found.steps.filter(does="attest", state="waiting").exists():
        return ATTEST
    if not playing.again and found.kind == LEAVE and found.steps.filter(kind="read-only", state="seen").exists():
        return PAUSE  # though the last step may be put to people already: it is, a few seconds later
    return STEP if found.act else WAIT


def _after(found: Plan, playing: Playing, done: int) -> Scene:
    """What is next once a plan is over."""
    if found.kind == RETURN:
        return Scene(DONE if rules.PUBLIC in playing.looked else PUBLISHED, 7)
    if found.state == "done":
        return Scene(BACK, 6)
    return Scene(AGAIN if found.state == "reversed" else TRY, 5 if found.state == "reversed" else 0)


def _demo_does(who: str, text: str, here: str, play: str, does: str, where: str = "") -> Step:
    return replace(rules.be(who, text, where, here), play=play, does=does)


TRY = _demo_does(
    "counsel-be",
    "Veltria requires that staff live where they can be detained, and talks have failed. Before anything is done, "
    "counsel "
    "counts what leaving would touch.",
    "Here stands how we and Veltria are with each other. Counsel drafts a plan and tries it: nothing else is done.",
    "try",
    "Draft the plan, and try it",
    f"/console/countries/{COUNTRY}",
)
RETURN_FIRST = replace(
    TRY,
    text="Veltria was left in this demo before. Counsel plans to come back first.",
    play="return",
    does="Plan the return, and sign it",
)
PUT = {
    state: _demo_does(
        "counsel-be",
        "Counted: people, cases, deadlines, measures, and what leaving does not end. Counsel puts it to the quorum.",
        "Read the dry run: each number leads to its rows, and what isn’t known says so. Then put it to the quorum.",
        "propose",
        "Put it to the quorum",
    )
    for state in ("drafted", "tried")
}
SIGN = "Nobody leaves a country alone: three people from two States sign the plan, its dates, its reason and the count."
APPROVE = "What is signed stands above the button. Read it, then press Approve."
ATTEST = Step(
    "Signed. People first: nothing outside is said before two persons attest that everyone is safe, and one that money "
    "and "
    "hosting have moved.",
    "play",
    play="attest",
    does="Attest as counsel and the head",
)
WAIT = Step(
    "It is carried out: each step is done by the platform, and seen by ordinary viewers there and next door. Waits are "
    "seconds here; days outside the demo.",
    "wait",
)
STEP = Step(
    "The next step shuts more, so it is signed by itself: three people read it and sign, one after the other.",
    "play",
    play="step",
    does="Sign as each of the three",
)
PAUSE = _demo_does(
    "handler-be",
    "Nobody writes from Veltria now; next door nothing has changed. A message comes from the ministry: the handler "
    "stops it "
    "all, by one hand and at once.",
    "Anyone of the desk can pause a plan. What was done stays done until people decide.",
    "pause",
    "Pause it",
)
REVERSE = Step(
    "Paused. The ministry asks for talks: counsel puts it to people that all is undone, and two from two States sign.",
    "play",
    play="reverse",
    does="Put it to them, and sign",
)
REVERSING = Step("It is undone, the last step first, each seen from there and from next door; a few seconds.", "wait")
GO_ON = Step(
    "It is paused. Those who decide let it go on.",
    "play",
    play="resume",
    does="Let it go on, signed by three",
)
AGAIN = Step(
    "All is as it was, to the byte. The talks fail after all: the same is done again, and now to the end.",
    "play",
    play="again",
    does="Leave, to the end",
    where=f"/console/countries/{COUNTRY}",
)
BACK = Step(
    "Left: people in Veltria see a notice, and can take their data along. Orders from there are answered as before. "
    "Then an "
    "agreement is found, and it is come back to.",
    "play",
    play="return",
    does="Plan the return, and sign it",
    where=f"/console/countries/{COUNTRY}",
)
PUBLISHED = Step(
    "Back: every measure was looked at before anything opened, and people there read, write and join again.",
    "look",
    "See Veltria’s page, as everyone does",
    where=f"/countries/demo/{COUNTRY}",
    mark=rules.PUBLIC,
)
DONE = Step(
    "That is the whole story: left in good order, paused by one, reversed by two, and come back to.",
    "done",
    "Back to all stories",
    where=rules.HOME,
)
