"""What to do next, from how a demand or a change of a regulation stands. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

WHO: Mapping[str, str] = {
    "handler-be": "the handler (Belgium)",
    "decider-be": "the first decider (Belgium)",
    "decider-ee": "the second decider (Estonia)",
    "counsel-be": "counsel (Belgium)",
    "head-ee": "the head (Estonia)",
    "council-be": "a member of the council (Belgium)",
    "council-ee": "a member of the council (Estonia)",
    "council-jp": "a member of the council (Japan)",
    "guardian-ch": "a guardian (Switzerland)",
}
DOES: Mapping[str, str] = {
    "handler-be": "who reads what comes in, and prepares it",
    "decider-be": "who approves or sends back",
    "decider-ee": "who approves or sends back",
    "counsel-be": "the platform’s lawyer",
    "head-ee": "who answers for the platform, and signs with others what binds it",
    "council-be": "who is not of the desk, and votes on its rules",
    "council-ee": "who is not of the desk, and votes on its rules",
    "council-jp": "who is not of the desk, and votes on its rules",
    "guardian-ch": "who is not of the desk, and without whom nobody is let in to it",
}
DECIDERS = ("decider-be", "decider-ee")
INSIDE, OUTSIDE = "FR", "CH"
PLACES: Mapping[str, tuple[str, str]] = {
    INSIDE: ("France", "inside the EU"),
    OUTSIDE: ("Switzerland", "outside the EU"),
}
HOME = "/demo/"
MARKS = ("answer", "statement", "public", "bundle", "followed", "entry", "receipt", "raid")
ANSWER, STATEMENT, PUBLIC, BUNDLE, FOLLOWED, ENTRY, RECEIPT, RAID = MARKS


@dataclass(frozen=True)
class Standing:
    """How one demand stands. `signed`: who has signed what is put to the deciders, as keys of `WHO`; `put`: whether
    anything is put to them yet; `taken`: a handler works on it; `complained`: the author waits for an answer; `again`:
    it is a copy of one that came before; `returned`: a decider sent it back; `braked`: it is held
    by the brake; `keeps`: it is an order that only keeps; `longer`: its authority has asked for more time, and nobody
    has said so yet; `prolonged`: somebody has. `answer` and `statement`: where one reads the answer that has left, and
    what the author is told; empty as long as there is none. `tells`: the author is to be told. `claim`: the claim on
    a person that it may be, as long as nobody has sorted it."""

    request: str
    kind: str = "unread"
    lane: str = ""
    case: str = ""
    state: str = ""
    plan: str = ""
    grade: str = "none"
    signed: tuple[str, ...] = ()
    put: bool = True
    taken: bool = False
    complained: bool = False
    again: bool = False
    returned: bool = False
    braked: bool = False
    keeps: bool = False
    longer: bool = False
    prolonged: bool = False
    answer: str = ""
    statement: str = ""
    tells: bool = False
    claim: str = ""

    @property
    def url(self) -> str:
        """Where the desk shows it."""
        return f"/console/cases/{self.case}" if self.case else f"/console/requests/{self.request}"

    @property
    def acted(self) -> bool:
        """Whether something was done on the platform that one can go and see."""
        return self.state in ("answered", "lifted") and not self.keeps

    @property
    def name(self) -> str:
        """What the desk calls it."""
        return f"Case {self.case}" if self.case else f"Request {self.request}"


OF_THE_REAL_REALM = ("/representative",)


@dataclass(frozen=True)
class Step:
    """The next step of a story.

    `act`: `send` the sample, `be` somebody at `where`, `look` at what stands there (anybody may), `play` what is done
    by somebody who has no page here (a State) or by several one after the other, `wait`, or it is `done`. `button`: the
    words that lead there. Once one is there, `here` says what to press; where one button without reading is enough,
    `press` is the address that it posts to. `also`: other pages on which the same is done. `mark`: under what it is
    remembered that one has looked. `play`: what the demo can do in this step's place, with words of its own
    (`stories.port.Story.play`), and `does` the words of the button for it; empty: people press the page's own.
    """

    text: str
    act: Literal["send", "be", "look", "play", "wait", "done"]
    button: str = ""
    sample: str = ""
    who: str = ""
    where: str = ""
    here: str = ""
    press: str = ""
    also: tuple[str, ...] = ()
    mark: str = ""
    play: str = ""
    does: str = ""

    @property
    def beside(self) -> bool:
        """Whether what is looked at opens beside this page: it is none, or one of the real realm, without the bar."""
        return self.where.endswith(".pdf") or self.where in OF_THE_REAL_REALM

    def is_at(self, path: str) -> bool:
        """Whether a page is one on which the step is done."""
        return self.act == "be" and path in (self.where.partition("#")[0], *self.also)


# -- a demand ---------------------------------------------------------------------------------------------------------

ARRIVING = Step("The mail is handed in at the front door, stored, and read; a few seconds.", "wait")
READ = Step("It has arrived. Its sender is checked, its facts are read, and the law is applied; a few seconds.", "wait")
DRAFTED = Step("Judged. The letters are being drafted, and put to the deciders; a few seconds.", "wait")
CARRIED = "Approved by two. It is being done, and looked at from inside and outside the EU; a few seconds."
SAYING = "Signed. The office is being told what stands in the way; a few seconds."
WAITS: Mapping[str, str] = {
    "carrying-out": CARRIED,
    "answering": "Seen to work. The answer and the notice are going out; a few seconds.",
}
NEXT: Mapping[str, tuple[str, str, str, str]] = {
    "verifying": (
        "handler-be",
        "Nothing shows that this mail is from the office that it names. The handler calls that office.",
        "Go on as the handler",
        "Read what speaks against it, then press “Record a call-back”: the number is the register’s, not the mail’s.",
    ),
    "with-counsel": (
        "counsel-be",
        "Counsel, the platform’s lawyer, is asked, and sends it back with an opinion.",
        "Go on as counsel",
        "Press “Give your opinion”.",
    ),
    "not-effective": (
        "handler-be",
        "The platform said yes, and a viewer still sees the message. The handler looks at the alert.",
        "Go on as the handler",
        "Read the alert: it is tried again by itself.",
    ),
}
AGAIN = "The same mail again: it joined its case, and nothing was done twice. "
SEEN = "Gone in France, still there in Switzerland. The office that ordered it has its answer."
KEPT = (
    "What the order names is kept under seal. Nobody sees a difference, and nobody is told. Its office has an answer."
)
ENDS: Mapping[str, str] = {
    "answered": "That is the whole story: ordered, checked, approved by two, done, seen, answered and told.",
    "to-produce": "That is the end for now: it stands, and is kept. Data leave sealed, once its authority gives a key.",
    "waiting": "That is the end for now: what stands in the way was said on the form that the law has for it.",
    "not-carried-out": "That is the end: nothing was done, and the case keeps why.",
    "ended": "That is the end: its time was over, and what was kept for it is gone.",
    "withdrawn": "That is the end: its authority took it back before anybody decided, and nothing was done.",
    "lifted": "It was lifted: the message is where it was. The case keeps why.",
    "in-shadow": "That is the end in shadow: nothing was done. People do it their own way, and say so on the case.",
    "by-hand": "That is the end in shadow: nothing was done here, and people have said what they did.",
}
ANSWERED = frozenset({"answered", "waiting", "to-produce"})  # an answer is on its way, or has left
TOLD = frozenset(
    {"waiting", "to-produce", "answered", "lifted", "ended", "not-carried-out", "withdrawn"}
)  # the authority has an answer


def of_demand(latest: Standing | None, looked: Collection[str] = ()) -> Step:
    """What to do now with a demand; None: its mail is on its way. `looked`: what one has looked at."""
    if latest is None:
        return ARRIVING
    if not latest.case:
        return _without_case(latest)
    if latest.complained:
        text = "The author has complained. Counsel, who did not sign, answers, and the author reads it on their page."
        return be("counsel-be", text, f"{latest.url}#complaints", "Write the answer, and send it.")
    if latest.state in ("to-decide", "second-approval"):
        return _decide(latest)
    if latest.braked:
        text = "Approved, and held by the brake, which stops all acts. The first decider can release it."
        return be(DECIDERS[0], text, "/console/brake", "Release the brake.")
    if latest.state in NEXT:
        who, text, button, here = NEXT[latest.state]
        return replace(be(who, text, latest.url, here), button=button)
    if latest.state in WAITS:
        return Step(SAYING if latest.plan == "annex3" else WAITS[latest.state], "wait")
    return _prolong(latest) if latest.longer else _look(latest, looked)


def be(who: str, text: str, where: str, here: str) -> Step:
    """Be somebody, at a page."""
    return Step(text, "be", button=f"Go on as {WHO[who].partition(' (')[0]}", who=who, where=where, here=here)


def _look(latest: Standing, looked: Collection[str]) -> Step:
    """What came of it is looked at, one thing after the other."""
    kept = latest.keeps and latest.state == "answered"
    text = (AGAIN if latest.again else "") + (KEPT if kept else SEEN if latest.state == "answered" else "")
    if latest.state in ANSWERED and not latest.answer:
        return Step("The answer is going out; a few seconds.", "wait")
    if latest.answer and ANSWER not in looked:
        if latest.state == "waiting":
            text = "One signature was enough. What stands in the way was said to the office on the form for it."
        return Step(text, "look", "See the answer", where=latest.answer, mark=ANSWER)
    if latest.tells and not latest.statement:
        return Step("The author is being told; a few seconds.", "wait")
    if latest.statement and STATEMENT not in looked:
        text = (
            "This is the answer, on the law’s own form; the demo keeps it in the outbox and sends nothing out. "
            "The author of the message was told, too."
        )
        return Step(text, "look", "Read what the author is told", where=latest.statement, mark=STATEMENT)
    end = PROLONGED if latest.prolonged else KEPT_END if kept else ENDS[latest.state]
    return Step(end, "done", "Back to all stories", where=HOME)


KEPT_END = "That is the whole story: the data are kept, its office has an answer, and it ends by itself."
PROLONGED = (
    "That is the whole story: kept, answered, prolonged. It now ends thirty days later, by itself, and what was kept "
    "for it goes then."
)


def _prolong(latest: Standing) -> Step:
    text = "The prosecutor’s mail has joined its case: thirty days more. The handler reads it, and says so."
    here = "Check that the mail asks for it, then press “Put its end off”."
    return be("handler-be", text, f"{latest.url}/prolong#prolong-how", here)


def _decide(latest: Standing) -> Step:
    if latest.plan == "reinstate":
        text = "A removal order has fallen. The lift stands on that order’s own case, where two sign it."
        return be(DECIDERS[0], text, latest.url, "Follow the link to the order’s case, and decide the lift there.")
    if latest.plan not in ("execute", "annex3"):
        text = "The law leaves it to a person. The first decider looks, and asks counsel, the platform’s lawyer."
        return be(DECIDERS[0], text, latest.url, "Press “Ask counsel”.")
    if latest.returned:
        text = "It came back to the desk. The handler reads why, and puts it to the deciders again."
        return be("handler-be", text, latest.url, "Read why, edit a letter if it needs it, and put it forward again.")
    if not latest.put:
        return DRAFTED
    if latest.state == "to-decide" and with_handler(latest):
        return _handler(latest)
    who = next_signer(DECIDERS, latest.signed)
    return replace(
        be(who, _why(latest, who), f"{latest.url}/decide#approve", APPROVE),
        also=(latest.url,),
    )


APPROVE = "Above the button stands exactly what will be done and sent. Read it, then press Approve."


def _why(latest: Standing, who: str) -> str:
    if latest.state == "second-approval":
        return f"One has approved; nothing is done yet. Next comes {WHO[who]}, from another State."
    if latest.plan == "annex3":
        return "It can’t be carried out as it stands. One decider’s signature is enough to say so, and why."
    return "Nobody acts alone: two people from two States must approve the same. First comes the first decider."


def _handler(latest: Standing) -> Step:
    runs = "Checked and judged." if latest.keeps else "Checked and judged; the time that the law gives is running."
    step = be("handler-be", f"{runs} First the handler, who reads what comes in, looks at it.", latest.url, TAKE)
    return replace(step, press=f"{latest.url}/take")


TAKE = "What came, and beside it what Comity makes of it. Take the case, so that all see who works on it."


def _without_case(latest: Standing) -> Step:
    if latest.claim:
        text = "It may be about one of our people. No word decides it: counsel, the platform’s lawyer, sorts it."
        here = "Answer the two questions, each by itself."
        return be("counsel-be", text, f"/console/claims/{latest.claim}#sort", here)
    if latest.lane == "counsel":
        text = "It is no order, and a person must answer it. It rests with counsel, the platform’s lawyer."
        return be("counsel-be", text, latest.url, "Read it. What Comity says about it stands beside it.")
    if latest.lane == "triage":
        text = "No known order is in it, so a person sorts it: the handler sends it on."
        here = "Answer what it asks, or choose where it belongs; the reply that goes out stands there."
        return be("handler-be", text, latest.url, here)
    if latest.kind in ("bounce", "auto") or latest.lane:
        done = "It was answered in writing." if latest.lane else "Automatic mail opens no case."
        return Step(done, "done", "Back to all stories", where=HOME)
    return READ


def with_handler(latest: Standing) -> bool:
    """Whether a case that can be decided is the handler's first."""
    fresh = latest.plan == "execute" and latest.put and not (latest.taken or latest.signed)
    return latest.state == "to-decide" and (latest.returned or fresh)


DONE: Mapping[str, int] = {
    "verifying": 1,
    "to-decide": 2,
    "with-counsel": 2,
    "second-approval": 3,
    "carrying-out": 4,
    "not-effective": 4,
    "answering": 5,
    "answered": 5,
}
STEPS = 7


def done_of_demand(latest: Standing | None, looked: Collection[str] = ()) -> int:
    """How many of the seven steps of a demand's story are through: it came, was taken, was approved once and twice, was
    done, its answer was looked at, and what its author is told, or that it was prolonged."""
    if latest is None:
        return 0
    if not latest.case or (latest.state == "to-decide" and with_handler(latest)):
        return 1
    if latest.state != "answered":
        return DONE.get(latest.state, STEPS)
    last = latest.prolonged if latest.keeps else STATEMENT in looked
    return STEPS if last else DONE["answered"] + (ANSWER in looked)


# -- a change of a regulation -----------------------------------------------------------------------------------------

TCO = "eu-tco-removal-order"
CHECK = "redress"
CHANGED = "missing-elements"
SIGNERS = ("counsel-be", "decider-ee", "decider-be")


def next_signer(keys: Sequence[str], signed: Collection[str]) -> str:
    """Who of them signs next: somebody of a State that nobody has signed from yet, whoever it was that signed."""
    left = [key for key in keys if key not in signed] or [keys[0]]
    states = {key.rpartition("-")[2] for key in signed}
    return next((key for key in left if key.rpartition("-")[2] not in states), left[0])


QUESTION = "Does it say where and until when it can be challenged?"


@dataclass(frozen=True)
class Changing:
    """How a change stands: its page, and who has signed. `edited`: its text was changed; `blocks`: whether the check
    that the story changes blocks, as the regulation in force has it."""

    state: str = ""
    url: str = ""
    signed: tuple[str, ...] = ()
    edited: bool = False
    blocks: bool = False


def of_change(change: Changing) -> Step:
    """What to do now, until the change is in force."""
    if change.state in ("proposed", "urged", "emergency"):
        who = next_signer(SIGNERS, change.signed)
        text = "Two people from two States sign the very text. Before that nothing changes."
        return be(who, text, f"{change.url}#adopt", "Read what differs, then press Approve.")
    if change.state == "tried":
        text = "It was tried on all past cases. Counsel says why, and puts it to the people who must sign."
        return be("counsel-be", text, f"{change.url}#adopt", "Say why in a sentence, and put it to the quorum.")
    if change.state == "draft" and change.edited:
        text = "The rule is changed in a draft. Before it is put to anyone it is tried on all past cases."
        return be("counsel-be", text, f"{change.url}#past", "See what would have come of it. Try it on the past.")
    if change.state == "draft":
        text = "Counsel changes one rule, and sees at once what that would have done to past cases."
        return be("counsel-be", text, f"{change.url}#block", BACK if change.blocks else BLOCK)
    if change.state == "adopted":
        return Step("It is signed, and begins on its day; a few seconds.", "wait")
    text = "The rules are data that people can change. Let an order that is silent on redress not be carried out."
    if change.blocks:
        text = "An order that is silent on redress is not carried out, since people changed that rule. Change it back."
    return be("counsel-be", text, f"/console/regulations/{TCO}", "Press “Begin a change” beside the latest version.")


_CHOOSE = f"Choose “{QUESTION}”, and when the answer is no, "
BLOCK = f"{_CHOOSE}“blocks: defective”. Press “Change the rule so”."
BACK = f"{_CHOOSE}“does not block”. Press “Change the rule so”."
IN_FORCE = Step(
    "In force, in the demo only. Send an order that is silent on redress, and see it judged by the new rule.",
    "send",
    "Send the order",
    sample=CHANGED,
)
STAGES: Mapping[str, int] = {"draft": 1, "tried": 3, "proposed": 3, "urged": 3, "emergency": 3, "adopted": 4}


def done_of_change(change: Changing) -> int:
    """How many steps of the story of a change are through before it is in force: begun, changed, tried, signed."""
    return STAGES.get(change.state, 0) + (change.state == "draft" and change.edited)
