"""The hotline: a service presses one button, and a person has it within seconds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from comity.cases.models import Case
from comity.demo import rules
from comity.demo.hotline import calling
from comity.demo.rules import Step
from comity.demo.standing import signed_of
from comity.hotline import acting, figures
from comity.hotline.models import Call
from comity.measures.models import Measure

from .port import Playing, Scene, Story


@dataclass(frozen=True)
class Hotline(Story):
    """A child is taken; a service calls, and is heard at night."""

    id: str = "hotline"
    title: str = "A life is in danger: the hotline"
    says: str = (
        "A child was taken. A child-protection service presses one button; whoever is on call is rung within a second, "
        "and acts from a phone. Anybody may wake us; nobody restricts anything on one person’s word."
    )
    minutes: int = 2
    steps: tuple[str, ...] = (
        "In one tab you are the service, at /hotline/: press the button. In this one you are on call.",
        "It rings. One tap, and the service sees that a person has it.",
        "What is public is kept under seal, by one hand: nobody notices, and it can be undone.",
        "The service is called back at its number on our register, never at one that a mail gives.",
        "Two who decide sign, and it is restricted. It can be lifted.",
        "Both write in one thread, until the call is closed.",
        "The service says what came of it, and the count moves.",
    )

    def scene(self, playing: Playing | None) -> Scene:
        """How the call stands, from its rows."""
        found = Call.objects.filter(id=playing.number, realm="demo").first() if playing and playing.number else None
        if playing is None or found is None:
            return Scene(PRESS)
        where = f"/console/hotline/{found.id}"
        if found.outcome:
            return Scene(_over(found), 7)
        if found.acked_at is None:
            return Scene(replace(TAKE, where=where), 1)
        case = acting.case_of(found)
        if case is None:
            return Scene(JUDGED, 2)
        if not acting.kept(found):
            return Scene(replace(KEEP, where=f"{where}#act"), 2)
        if not found.callback:
            return Scene(replace(CALL, where=f"{where}#act"), 3)
        return _decided(found, case, where)

    def play(self, name: str, playing: Playing) -> Playing:
        """Do one step with the demo's own words."""
        if name == "press":
            return replace(playing, number=calling.press()[0].id)
        if name == "sign":
            found = calling.case(playing.number)
            signed = signed_of(found.act) if found else ()
            calling.sign(playing.number, next(key for key in rules.DECIDERS if key not in signed))
        else:
            PLAYS[name](playing.number)
        return playing


PLAYS: Mapping[str, Callable[[str], object]] = {
    "acknowledge": calling.acknowledge,
    "preserve": calling.preserve,
    "call-back": calling.call_back,
    "write": calling.write,
    "tell": calling.tell,
}


def _decided(found: Call, case: Case, where: str) -> Scene:
    done = Measure.objects.filter(case=case, kind="withhold").order_by("begun_at").first()
    if done is None:
        if not case.act or case.plan != "execute":
            return Scene(PUT, 4)
        signed = signed_of(case.act)
        who = next((key for key in rules.DECIDERS if key not in signed), "")
        if not who:
            return Scene(ACTED, 4)
        step = rules.be(who, SIGN, f"{where}#restrict", "Press Sign. It takes two, and each reads what will be done.")
        return Scene(replace(step, play="sign", does="Sign it", also=(where,)), 4)
    if done.state != "effective":
        return Scene(ACTED, 4)
    if not found.lines.filter(side="service").exists():
        return Scene(replace(WRITE, where=f"{where}#thread"), 5)
    return Scene(replace(TELL, where=where), 6)


def _over(found: Call) -> Step:
    n = figures.prevented("demo")
    text = f"“{found.outcome.capitalize()}”, says the service. In this demo that is {n} so far; in the real realm "
    return replace(DONE, text=text + "everyone is told a band, half a year later.")


def _on_call(text: str, here: str, play: str, does: str) -> Step:
    return replace(rules.be(calling.ON_CALL, text, "", here), play=play, does=does)


PRESS = Step(
    "A child-protection service in Nordhafen learns that a girl was taken. Open /hotline/ in another tab to be its "
    "officer, or let the demo press its button.",
    "play",
    "Press it as the service",
    play="press",
    does="Press the button, as the service",
)
JUDGED = Step("It is being judged under the hotline’s rule; a second.", "wait")
TAKE = _on_call("It rings. Whoever is on call takes it.", "Press Acknowledge.", "acknowledge", "Acknowledge it")
KEEP = _on_call(
    "What is public of it is kept under seal first: no approval is needed, nobody notices, it can be undone.",
    "Press Preserve now.",
    "preserve",
    "Preserve now",
)
CALL = _on_call(
    "A mailbox can be taken over. So the service is called at its number on our register.",
    "Say what they said, and whether a life is in danger.",
    "call-back",
    "They confirm it, and a life is in danger",
)
PUT = Step("Confirmed. It is judged again, and put to those who decide; a second.", "wait")
SIGN = "Two who decide sign that it is restricted, each on their own phone."
ACTED = Step("Signed by two. It is being restricted, and looked at from inside and outside; a few seconds.", "wait")
WRITE = _on_call("Both write in one thread.", "Write to the service.", "write", "Write, and let the service answer")
TELL = Step(
    "The service says what came of it, and the call is closed. Two others review it within its rule’s time.",
    "play",
    "Say it as the service",
    play="tell",
    does="Say what came of it, as the service",
)
DONE = Step("", "done", "Back to all stories", where=rules.HOME)
