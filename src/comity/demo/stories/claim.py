"""A claim on a person: sorted by a person, and turned to the lawful door."""

from dataclasses import dataclass, replace

from comity.claims.models import Claim as Row
from comity.claims.passing import LETTER
from comity.demo import rules
from comity.demo.rules import Step
from comity.demo.samples import THREAT
from comity.demo.veltria import claiming
from comity.demo.veltria.relation import COUNTRY

from .mail import Mail, came
from .port import Playing, Scene


@dataclass(frozen=True)
class Claim(Mail):
    """A ministry threatens an employee; the demand is turned to a court."""

    id: str = "claim"
    title: str = "A claim on a person"
    says: str = (
        "A ministry writes that an employee will be detained unless data are handed over. Words don’t decide what that "
        "is: a person does. It is answered with courtesy, and turned to the door where it can be judged."
    )
    minutes: int = 2
    steps: tuple[str, ...] = (
        "A mail comes in. Nothing in it is recognised as an order, and counsel is alerted at once.",
        "Counsel answers two questions side by side: is there process against the person? Is harm held out?",
        "Counsel reads the letter that turns it to the lawful door, and sends it.",
        "Everyone can see how often a State did this: a band, and no name.",
    )

    def scene(self, playing: Playing | None) -> Scene:
        """How the claim stands."""
        if not playing or not (playing.message or playing.request):
            return Scene(SEND)
        found = _found(playing)
        if found is None:
            return Scene(replace(super().scene(playing).step, act="wait", text=rules.READ.text))
        where = f"/console/claims/{found.id}"
        if "unsorted" in (found.court, found.pressure):
            return Scene(replace(SORT, where=where), 1)
        if found.pressure == "registered":
            return Scene(replace(ANSWER, where=f"{where}#door"), 2)
        letter = found.sent.filter(what=LETTER).order_by("-id").first()
        if letter and letter.mail and rules.ANSWER not in playing.looked:
            return Scene(replace(LETTER_LEFT, where=f"/console/outbox/{letter.mail}"), 3)
        if rules.PUBLIC not in playing.looked:
            return Scene(REGISTER, 3)
        return Scene(DONE, 4)

    def play(self, name: str, playing: Playing) -> Playing:
        """Do one step with the demo's own words."""
        found = _found(playing)
        if found is None:
            raise LookupError("The mail has not been read yet.")
        {"sort": claiming.sort, "answer": claiming.answer}[name](found.id)
        return playing


def _found(playing: Playing) -> Row | None:
    mail = came(playing)
    return Row.objects.filter(request=mail.standing.request).first() if mail else None


SEND = Step(
    "A ministry of Veltria, a State that this demo invents, writes to us about a person who works for the platform.",
    "send",
    "Send its mail",
    sample=THREAT,
)
SORT = replace(
    rules.be(
        "counsel-be",
        "It is no order, and it is never refused unread. Counsel looks at what stands in it, quoted with its place.",
        "",
        "Two questions, each answered by itself: yes, no, or can’t tell. Answer them, or let the demo do it.",
    ),
    play="sort",
    does="Answer both with the demo’s words",
)
ANSWER = replace(
    rules.be(
        "counsel-be",
        "No process; harm is held out. It is registered, and answered with courtesy: here is the door where your "
        "demand "
        "can be judged.",
        "",
        "The letter stands there, with the exact address and form of each lawful door. Read it, then send it.",
    ),
    play="answer",
    does="Send the letter as it stands",
)
LETTER_LEFT = Step(
    "The letter is on its way. What it turns away is the pressure; what was asked is judged on its merits.",
    "look",
    "Read the letter",
    mark=rules.ANSWER,
)
REGISTER = Step(
    "The demo sends nothing out: the letter stays in its outbox. "
    "What Veltria did stands in the public register, as a band: no name, and no post.",
    "look",
    "See Veltria’s page, as everyone does",
    where=f"/countries/demo/{COUNTRY}",
    mark=rules.PUBLIC,
)
DONE = Step(
    "That is the whole story: nobody was handed over, nobody was offended, and the demand has its lawful door.",
    "done",
    "Back to all stories",
    where=rules.HOME,
)
