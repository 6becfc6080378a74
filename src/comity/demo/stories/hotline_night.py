"""Two nights of the hotline: the first on duty sleeps; and a forged mail from a true domain."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from comity.alerts.models import Ring
from comity.demo import rules, standing
from comity.demo.hotline import calling
from comity.demo.rules import Step
from comity.demo.samples import URGENT
from comity.demo.veltria.relation import person
from comity.hotline.models import Call

from .hotline import CALL, DONE, KEEP, TAKE
from .port import Playing, Scene, Story


def _at(number: str, place: str = "") -> str:
    return f"/console/hotline/{number}{place}"


@dataclass(frozen=True)
class Asleep(Story):
    """The first on duty doesn't answer, and the ladder goes on."""

    id: str = "hotline-asleep"
    title: str = "Nobody answers: the ladder"
    says: str = (
        "The same call at night. Whoever is first on duty sleeps. Nobody has to notice: the second is rung, then all, "
        "then the head, each minute, until somebody answers. Here in seconds."
    )
    minutes: int = 2
    steps: tuple[str, ...] = (
        "A service presses its button. The first on duty is rung.",
        "No answer. The next rung: the second on duty, by everything they have.",
        "The second takes it, and the service sees that a person has it.",
        "Kept, called back, and handed on: the call shows who was rung, when, by what, and who answered.",
    )

    def scene(self, playing: Playing | None) -> Scene:
        """How the call stands, from its rings."""
        found = _call(playing)
        if found is None:
            return Scene(PRESS)
        if found.acked_at is None:
            rung = Ring.objects.filter(subject=found.id, person=person(calling.SECOND)).exists()
            return Scene(replace(SECOND, where=_at(found.id)), 2) if rung else Scene(SLEEPS, 1)
        if found.acked_by != person(calling.SECOND).by or found.callback:
            return Scene(replace(DONE, text=RUNG), 4)
        step = rules.be(calling.SECOND, CALL.text, _at(found.id, "#act"), CALL.here)
        return Scene(replace(step, play="call-back", does=CALL.does), 3)

    def play(self, name: str, playing: Playing) -> Playing:
        """Do one step with the demo's own words."""
        if name == "press":
            return replace(playing, number=calling.press(asleep=True)[0].id)
        ASLEEP[name](playing.number)
        return playing


ASLEEP: Mapping[str, Callable[[str], object]] = {
    "acknowledge": lambda number: calling.acknowledge(number, calling.SECOND),
    "call-back": lambda number: calling.call_back(number, calling.SECOND),
}


def _call(playing: Playing | None) -> Call | None:
    number = playing.number if playing else ""
    return Call.objects.filter(id=number, realm=calling.REALM).first() if number else None


@dataclass(frozen=True)
class Fake(Story):
    """Good form, a true domain and haste prove nothing."""

    id: str = "hotline-fake"
    title: str = "A forged emergency"
    says: str = (
        "Somebody has taken over a mailbox of a child-protection service, and writes in haste: a child, a life, no "
        "time for a call. Its signature is true. It wakes us, and silences nobody."
    )
    minutes: int = 2
    steps: tuple[str, ...] = (
        "The mail comes in at the front door, and somebody is rung before it is even read.",
        "One tap: a person has it, and says which post it means.",
        "What is public is kept under seal. Restricting is not offered, to anybody: a mailbox is not enough.",
        "The service is called at its number on our register. It knows nothing of it.",
        "Closed as false; the service is warned, its mails of the last days are marked, and the post still stands.",
    )

    def scene(self, playing: Playing | None) -> Scene:
        """How the mail's call stands."""
        if playing is None or not playing.message:
            return Scene(FORGE)
        found = _of_mail(playing.message)
        if found is None:
            return Scene(FLIES)
        if found.callback:
            return Scene(replace(DONE, text=DENIED if found.callback == "denied" else CONFIRMED), 5)
        if found.acked_at is None:
            return Scene(replace(TAKE, where=_at(found.id)), 1)
        case = calling.case(found.id)
        if case is None:
            named = standing.of_message(playing.message)
            if named is not None and named.standing.kind == "order":
                return Scene(JUDGED, 2)
            return Scene(replace(PLACES, where=_at(found.id, "#act")), 1)
        if not calling.kept(found.id):
            return Scene(replace(KEEP, where=_at(found.id, "#act")), 2)
        return Scene(replace(ASK, where=_at(found.id, "#act")), 3)

    def play(self, name: str, playing: Playing) -> Playing:
        """Do one step with the demo's own words."""
        found = _of_mail(playing.message)
        if found is None:
            raise LookupError("The mail is no call yet.")
        if name == "places":
            calling.name_places(found.id, playing.target)
        else:
            FAKE[name](found.id)
        return playing


FAKE: Mapping[str, Callable[[str], object]] = {
    "acknowledge": calling.acknowledge,
    "preserve": calling.preserve,
    "deny": calling.deny,
}


def _of_mail(message_id: str) -> Call | None:
    found = calling.seen_mail(message_id)
    return found.joined_to or found if found else None


def _on_call(text: str, here: str, play: str, does: str) -> Step:
    return replace(rules.be(calling.ON_CALL, text, "", here), play=play, does=does)


PRESS = Step(
    "It is night. A service presses its button, and whoever is first on duty sleeps.",
    "play",
    "Press it as the service",
    play="press",
    does="Press the button, as the service",
)
SLEEPS = Step(
    "It rings at the first, who sleeps. Wait: in this story the ladder counts in seconds, and the second is rung in a "
    "few of them; a real one gives a minute.",
    "wait",
)
SECOND = replace(
    rules.be(calling.SECOND, "No answer. Now it rings at the second, too.", "", "Press Acknowledge."),
    play="acknowledge",
    does="Acknowledge it, as the second",
)
RUNG = (
    "The call’s page tells who was rung, when, by what, and who answered; its service reads the same. Nobody had to "
    "notice that the first slept."
)
FORGE = Step(
    "A mail from the true domain of a service, with a valid signature: a child, a life, no time for a call. The "
    "service never wrote it.",
    "send",
    "Send the forged mail",
    sample=URGENT,
)
FLIES = Step("It is stored, and looked at before it is read; a second.", "wait")
PLACES = _on_call(
    "Anybody may wake us. Whoever is on call says which post the mail means; only then anything can be done about it.",
    "Look at the address that is offered, and press “These are meant: judge it”.",
    "places",
    "Say which post is meant",
)
JUDGED = Step("It is being judged under the hotline’s rule; a second.", "wait")
ASK = _on_call(
    "Kept under seal: a mailbox can do that much. Restricting is not offered, and the page says why. So the service is "
    "called at its number on our register.",
    "They know nothing of it: press “They deny it: close it as false”.",
    "deny",
    "They deny it",
)
DENIED = (
    "Closed as false. The service was warned at its registered address, its mails of the last days are marked, and the "
    "post stands where it stood, inside the EU and outside."
)
CONFIRMED = "You let the service confirm it: then it is real, and two who decide can restrict it."
