"""Check it yourself: an order's entry, its receipt, and two cheats that are found."""

from dataclasses import dataclass, replace

from comity.cases.models import Case
from comity.demo import rules
from comity.demo.record.played import entry_of
from comity.demo.rules import Step
from comity.record import cheating

from .mail import Mail, came
from .port import Playing, Scene

HERE = "/ledger/demo/"


@dataclass(frozen=True)
class Check(Mail):
    """What was done stands where nobody can change it, and anybody can check it."""

    id: str = "record"
    title: str = "Check it yourself"
    says: str = (
        "Every act is an entry of a public record that nobody can change, us included. Open the one of an order, "
        "verify its receipt in your browser, then cheat as the server’s owner could, and see it found."
    )
    minutes: int = 3
    steps: tuple[str, ...] = (
        "An order comes in and is answered, as in the first story.",
        "Its entry in the record: what is published, what is sealed, and its proof.",
        "Its receipt: a file that verifies in your browser, and opens to its bearer what concerns them.",
        "You change a row as root could. The check fails, and says where.",
        "You sign a second history with the log’s own key. The witness refuses it.",
    )

    def scene(self, playing: Playing | None) -> Scene:
        """How it stands: the order's own steps count as one."""
        if not playing or not playing.message:
            return Scene(SEND)
        found = came(playing)
        case = Case.objects.filter(id=found.standing.case, realm="demo").first() if found else None
        if case is None or case.state != "answered":
            return Scene(self.scene_of(found, playing).step)
        return _checked(case, playing)

    def play(self, name: str, playing: Playing) -> Playing:
        """Cheat, and remember what came of it."""
        try:
            if name == "cheat":
                row = cheating.change_row()
                return replace(playing, looked=(*playing.looked, f"cheat:{row.number}:{row.report.verdict}"))
            if name == "fork":
                fork = cheating.second_history()
                return replace(playing, looked=(*playing.looked, f"fork:{fork.status}:{fork.size}"))
        except cheating.NoDemo as error:
            raise LookupError(str(error)) from None
        raise KeyError(name)


def _checked(case: Case, playing: Playing) -> Scene:
    marks = {mark.partition(":")[0]: mark.split(":")[1:] for mark in playing.looked}
    number = entry_of(case)
    if number is None:
        return Scene(WAIT, 1)
    if rules.ENTRY not in marks:
        return Scene(replace(ENTRY, where=f"{HERE}entry/{number}"), 1)
    if rules.RECEIPT not in marks:
        return Scene(replace(RECEIPT, where=f"{HERE}receipt/{case.id}"), 2)
    if "cheat" not in marks:
        return Scene(replace(CHEAT, where=rules.HOME), 3)
    row, verdict = marks["cheat"]
    if "fork" not in marks:
        return Scene(replace(FORK, text=FORK.text.format(number=row, verdict=verdict), where=rules.HOME), 4)
    status, size = marks["fork"]
    return Scene(replace(DONE, text=DONE.text.format(status=status, size=size)), 5)


SEND = Step(
    "An office orders a message off. What we do about it will stand in a record that we can’t change afterwards.",
    "send",
    "Send the order",
    sample="good-pdf",
)
WAIT = Step("Answered. Its entries go out with those of other cases, in a random order; a witness signs them.", "wait")
ENTRY = Step(
    "The order was answered, and that is an entry of the record now. See what is published of it, and its proof.",
    "look",
    "Open the entry",
    mark=rules.ENTRY,
)
RECEIPT = Step(
    "Whoever sent the order has a receipt of it. Download it from this page, and drop it where it says so.",
    "look",
    "Get the receipt, and check it",
    mark=rules.RECEIPT,
)
CHEAT = Step(
    "Now be the owner of the server: change a row of the database, past its own refusal, and publish from that.",
    "play",
    "Change a row",
    play="cheat",
    does="Change a row as root could",
)
FORK = Step(
    "Found: the check says “{verdict}”, and that entry {number} is not the one that was signed. The row is as it was "
    "again. Now write a whole second history, signed with the log’s own key.",
    "play",
    "Write a second history",
    play="fork",
    does="Sign a second history",
)
DONE = Step(
    "Refused: the witness had seen another history of {size} entries, and answered {status}. Whoever has a receipt of "
    "the first can show it to anybody.",
    "done",
    "Back to the stories",
    where=rules.HOME,
)
