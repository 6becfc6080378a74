"""A platform is connected over HTTP: tested by the kit, tried in shadow, then for real."""

from dataclasses import dataclass, replace

from comity.connected import FORUM
from comity.demo import rules
from comity.demo.forum import connecting
from comity.demo.rules import Step
from comity.front import health

from .mail import Mail, came
from .port import Playing, Scene

WHERE = f"/console/platforms/{FORUM}"


@dataclass(frozen=True)
class Connect(Mail):
    """A forum that is no part of Comity is connected in three steps, and tried before it is trusted."""

    id: str = "connect"
    title: str = "Connect a platform"
    says: str = (
        "A forum of somebody else speaks a small HTTP contract. It is tested by a kit, tried in shadow, where "
        "everything is judged and nothing is done, and only then for real."
    )
    minutes: int = 3
    steps: tuple[str, ...] = (
        "The forum is started: a process of its own, on this machine, that answers signed calls. It is in shadow.",
        "The kit tries every guarantee of the contract on it, and undoes what it did.",
        "An order about a message there is read, judged, drafted and approved by two. Nothing is done.",
        "Two people sign that shadow is left, with what would have been done beside what was done.",
        "The same order is put to the deciders once more, and signed anew.",
        "Seen as a viewer: gone in France there too, still shown in Switzerland.",
    )

    def scene(self, playing: Playing | None) -> Scene:
        """How it stands, from its rows."""
        if playing is None or not playing.number:
            return Scene(START)
        if playing.number == STARTED:
            return Scene(TEST, 1)
        if not playing.message:
            return Scene(replace(ORDER, text=f"{_tested(playing.number)} {ORDER.text}"), 2)
        found = came(playing)
        stands = found.standing if found else None
        if stands is None or not stands.case or stands.state not in AFTER:
            scene = self.scene_of(found, playing)
            return replace(scene, done=2 if connecting.in_shadow() else 4)
        if stands.state in ("in-shadow", "by-hand"):
            return _watched(stands.url)
        return Scene(DONE, 6) if stands.answer or stands.state != "answered" else Scene(WAIT, 5)

    def play(self, name: str, playing: Playing) -> Playing:
        """Do one step with the demo's own words."""
        if name == "start":
            connecting.restart()
            return replace(playing, number=STARTED)
        if name == "test":
            report = connecting.test()
            return replace(playing, number=f"{len(report.passed)}/{len(report.failing)}")
        if name == "order":
            sent = connecting.order(health.mail_door())
            return replace(playing, message=sent.message_id, target=sent.target)
        if name == "leave":
            connecting.leave()
        elif name == "sign":
            connecting.sign_leaving(connecting.next_signer())
        elif name == "real":
            found = came(playing)
            if found is not None:
                connecting.for_real(found.standing.case)
        else:
            raise KeyError(name)
        return playing


AFTER = frozenset({"in-shadow", "by-hand", "answered", "lifted"})


def _tested(number: str) -> str:
    passed, _, failed = number.partition("/")
    return f"The kit: {passed} guarantees hold, {failed} don’t."


def _watched(case: str) -> Scene:
    """Decided in shadow: shadow is left by two, and the same is put to the deciders again."""
    if not connecting.in_shadow():
        return Scene(replace(REAL, where=f"{case}#shadow", also=(case,)), 4)
    if connecting.put() is None:
        return Scene(LEAVE, 3)
    who = connecting.next_signer()
    return Scene(replace(rules.be(who, SIGN, f"{WHERE}#put", APPROVE), play="sign", does="Sign it", also=(WHERE,)), 3)


STARTED = "started"
START = Step(
    "A small forum runs beside the sandbox, as a process of its own. Comity reaches it by HTTP alone. It is put in "
    "shadow first: nothing is done there.",
    "play",
    play="start",
    does="Connect it, in shadow",
)
TEST = Step(
    "Connected. Before anything rests on it, the kit tries whether it does what it says: each guarantee is a case "
    "of it, and all that was done is undone.",
    "play",
    play="test",
    does="Test it with the kit",
)
ORDER = Step(
    "Now somebody posts there, and an office of a State orders the message off.",
    "play",
    play="order",
    does="Send the order",
)
LEAVE = replace(
    rules.be(
        connecting.DECIDERS[0],
        "Approved by two, and nothing was done: look, it is there in both countries, and no letter left. What would "
        "have been done is on record. Shadow is left by two people.",
        f"{WHERE}#shadow",
        "Read what would have been done. Say why shadow is left, and put it to people.",
    ),
    play="leave",
    does="Put it to people",
    also=(WHERE,),
)
SIGN = "Leaving shadow is a decision of two. From the second signature on, what is decided is done."
APPROVE = "Read what is signed with it, then press Approve."
REAL = replace(
    rules.be(
        connecting.DECIDERS[0],
        "Shadow is left, and what was decided in it stays undone. The same order is put to the deciders for real.",
        "",
        "Say why, and put it to the deciders for real. Both sign anew.",
    ),
    play="real",
    does="Put it to the deciders for real",
)
WAIT = Step("It was done on the forum, and seen. The answer is going out; a few seconds.", "wait")
DONE = Step(
    "That is the whole story: connected over HTTP, tested, tried in shadow, and then for real. Gone in France there "
    "too, still shown in Switzerland.",
    "done",
    "Back to all stories",
    where=rules.HOME,
)
