"""An order of the Union about a message on Telegram, where nothing can be done by country: refused as ordered, and what
is done instead."""

from dataclasses import dataclass, replace
from typing import Any

from comity.demo import rules
from comity.demo.rules import Step
from comity.demo.telegram import playing as telegram
from comity.front import health

from .mail import Mail, came
from .port import Playing, Scene


@dataclass(frozen=True)
class Telegram(Mail):
    """A chat of Telegram's, whose bot can hide nothing in one country alone."""

    id: str = "telegram"
    title: str = "Where nothing can be done by country"
    says: str = (
        "An office orders a message of a Telegram chat off, in the EU. A bot can’t hide by country, and what it "
        "deletes is gone. That is said before anybody decides, and a person chooses what is done instead."
    )
    minutes: int = 3
    steps: tuple[str, ...] = (
        "Somebody writes in a chat that our bot administers. The bot keeps what it is told: nothing can be read later.",
        "An order comes in by mail. It is put to nobody: the platform can’t do that, and the case says so.",
        "The handler reads what it can do instead, and chooses. The letters say it.",
        "Three sign, one more than usual: it is for good, and a copy is kept first.",
        "Deleted, and asked for again: gone in every country alike.",
        "The office is told what was refused and what was done; the author is told by the bot.",
    )

    def scene(self, playing: Playing | None) -> Scene:
        """How it stands, from its rows."""
        if playing is None or not playing.message:
            return Scene(ORDER)
        found = came(playing)
        stands = found.standing if found else None
        if stands is None or not stands.case:
            return Scene(self.scene_of(found, playing).step, 1)
        if stands.state == "to-decide" and not stands.put:
            return _unable(stands)
        if stands.state in ("to-decide", "second-approval"):
            return _sign(stands)
        scene = self.scene_of(found, playing)
        if stands.state == "answered":
            step = replace(scene.step, text=scene.step.text.replace(rules.SEEN, SEEN).replace(WHOLE, END))
            return Scene(step, 6 if scene.step.act == "done" else 5)
        return Scene(scene.step, 4)

    def play(self, name: str, playing: Playing) -> Playing:
        """Do one step with the demo's own words."""
        if name == "order":
            sent = telegram.order(health.mail_door())
            return replace(playing, message=sent.message_id, target=sent.target)
        found = came(playing)
        if name != "choose" or found is None:
            raise KeyError(name)
        telegram.choose(found.standing.case)
        return playing


def _unable(stands: Any) -> Scene:
    """It can be put to nobody: somebody chooses; once they have, it is drafted anew."""
    if telegram.chosen(stands.case):
        return Scene(rules.DRAFTED, 3)
    where = f"{stands.url}/instead"
    step = rules.be("handler-be", CANNOT, where, CHOOSE)
    return Scene(replace(step, play="choose", does="Delete it everywhere", also=(stands.url,)), 2)


def _sign(stands: Any) -> Scene:
    who = next((key for key in telegram.SIGNERS if key not in stands.signed), telegram.SIGNERS[0])
    text = f"{len(stands.signed)} of three have signed; nothing is done yet." if stands.signed else THREE
    step = rules.be(who, text, f"{stands.url}/decide#approve", rules.APPROVE)
    return Scene(replace(step, also=(stands.url,)), 3)


ORDER = Step(
    "Alice writes in a chat that our bot administers, and an office orders her message off, within the EU. The chat is "
    "played on this machine: nothing here reaches Telegram.",
    "play",
    play="order",
    does="Write it, and send the order",
)
CANNOT = (
    "The order was read and judged: it holds. But Telegram can’t withhold in some countries only. It is put to nobody; "
    "the handler chooses what is done instead."
)
CHOOSE = "What it can’t do stands there, and what it can. Choose one, say why, and it is drafted anew."
THREE = "What can’t be undone takes one person more: three sign. Before that nothing is done."
SEEN = "Gone everywhere alike, for good; a copy is kept. The office that ordered it has its answer."
WHOLE = rules.ENDS["answered"]
END = "That is the whole story: refused as it was ordered, said so, done otherwise by three, seen, answered and told."
