"""What to click next: from how the latest demand stands. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

FIRST = "good-pdf"
WHO: Mapping[str, str] = {
    "handler-be": "the handler (BE)",
    "decider-be": "the first decider (BE)",
    "decider-ee": "the second decider (EE)",
    "counsel-be": "counsel (BE)",
}
DECIDERS = ("decider-be", "decider-ee")
INSIDE, OUTSIDE = "FR", "CH"


@dataclass(frozen=True)
class Standing:
    """How one demand stands. `signed`: who has signed what is put to the deciders, as keys of `WHO`; `put`: whether
    anything is put to them yet; `taken`: a handler works on it; `complained`: the author waits for an answer; `again`:
    it is a copy of one that came before; `returned`: a decider sent it back; `braked`: it is held
    by the brake; `keeps`: it is an order that only keeps; `longer`: its authority has asked for more time, and nobody
    has said so yet; `prolonged`: somebody has."""

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


@dataclass(frozen=True)
class Step:
    """The next step. `act`: `send` a sample, `be` somebody and go to `where`, `look` at what was done, `wait`. `also`:
    who else one may be at once."""

    text: str
    act: Literal["send", "be", "look", "wait"]
    sample: str = ""
    who: str = ""
    where: str = ""
    also: str = ""


def next_step(latest: Standing | None, sent: Collection[str], samples: Sequence[str]) -> Step:
    """What to do now. `sent`: the samples sent so far; `samples`: all of them, in the order of the story."""
    if latest is None:
        return Step("Send a removal order: the first sample, good as an order should be.", "send", sample=FIRST)
    if not latest.case:
        return _without_case(latest, sent, samples)
    if latest.complained:
        return be("counsel-be", COMPLAINED, latest)
    if latest.state in ("to-decide", "second-approval"):
        return _decide(latest)
    if latest.braked:
        return Step(BRAKED, "be", who=DECIDERS[0], where="/console/brake")
    if latest.state in NEXT:
        who, text = NEXT[latest.state]
        return be(who, text, latest, unsent(sent, samples))
    if latest.keeps and latest.state == "answered":
        return _kept(latest, sent, samples)
    if latest.state in LOOK:
        again = AGAIN if latest.again else ""
        return Step(again + LOOK[latest.state], "look", sample=unsent(sent, samples))
    return Step(WAITS[latest.state], "wait")


def _kept(latest: Standing, sent: Collection[str], samples: Sequence[str]) -> Step:
    if latest.longer:
        return Step(LONGER, "be", who="handler-be", where=f"{latest.url}/prolong")
    if latest.prolonged:
        return Step(PROLONGED, "look", sample=unsent(sent, samples))
    return Step((AGAIN if latest.again else "") + KEPT, "look", sample="prolong")


KEPT = (
    "Done: what the order names is kept under seal. Nobody sees a difference, and nobody was told: its authority "
    "informs the person. Open the case for the answer and its end, then send the prosecutor’s later mail."
)
LONGER = (
    "The prosecutor asks for thirty days more. Become the handler, read the mail, and say that it prolongs the order."
)
PROLONGED = (
    "Prolonged: it now ends thirty days later, by itself. What was kept for it goes then. The case has the new end."
)

NEXT: Mapping[str, tuple[str, str]] = {
    "verifying": (
        "handler-be",
        "Nobody has proven that this order is the authority’s. Become the handler, see in the case what speaks against "
        "it, and record the call to the number in the register.",
    ),
    "with-counsel": ("counsel-be", "Become counsel, open the case and send it back with your opinion."),
    "not-effective": (
        "handler-be",
        "The platform said yes, and a viewer still sees the message. Become the handler and look at the alert.",
    ),
}
BRAKED = (
    "Approved, and held by the brake: nothing is done, and the clock runs. Become the first decider and release it."
)
RETURNED = (
    "It came back to the desk. Become the handler, read in the case why, edit a letter if it needs it, and put it to "
    "the deciders again."
)
COMPLAINED = (
    "The author has complained. Become counsel, who did not sign: open the case and answer. They read it on their page."
)
AGAIN = "The same again: it joined its case, was acknowledged, and nothing was done twice. "
LOOK: Mapping[str, str] = {
    "answered": "Done: gone inside the Union, still there outside. See it for yourself, then read what the author was "
    "told. The case has the answer to the authority and the whole timeline.",
    "waiting": "What stands in the way was said on the form of Annex III. Open the case to read the answer; the clock "
    "starts again when the authority writes back.",
    "not-carried-out": "Ended without a measure: nothing was done. The timeline of the case keeps why.",
    "ended": "Ended by itself: its time was over, and what was kept for it is gone. The timeline says when.",
    "lifted": "Lifted: the message is where it was. See it from inside, and read the timeline of the case.",
}
WAITS: Mapping[str, str] = {
    "carrying-out": "Approved. It is being carried out, and looked at from inside and outside; a few seconds.",
    "answering": "Seen to work. The answer and the notification are going out; a few seconds.",
}


def be(who: str, text: str, latest: Standing, instead: str = "") -> Step:
    """Become somebody and open the demand; or, `instead`, send another sample where it may rest for now."""
    return Step(text, "be", sample=instead, who=who, where=latest.url)


def _decide(latest: Standing) -> Step:
    if latest.plan not in ("execute", "annex3"):
        text = "The finding leaves it to a person. Become the first decider, open the case and ask counsel."
        return be(DECIDERS[0], text, latest)
    if latest.returned:
        return be("handler-be", RETURNED, latest)
    if not latest.put:
        return Step("The letters are being drafted, and put to the deciders; a few seconds.", "wait")
    if latest.state == "to-decide" and _with_handler(latest):
        runs = "Judged." if latest.keeps else "Judged, and the hour runs."
        text = f"{runs} Become the handler, read the order beside what we make of it, and take it."
        return Step(text, "be", who="handler-be", where=latest.url, also=DECIDERS[0])
    who = next((decider for decider in DECIDERS if decider not in latest.signed), DECIDERS[0])
    if latest.state == "second-approval":
        return be(who, f"One has signed. Become {WHO[who]}, open the case and approve.", latest)
    more = "" if latest.plan == "execute" else " One signature is enough to say what stands in the way."
    return be(who, f"Become {WHO[who]}, open the case and approve.{more}", latest)


def _without_case(latest: Standing, sent: Collection[str], samples: Sequence[str]) -> Step:
    if latest.lane == "counsel":
        text = "It rests with counsel. Become counsel and open it, or go on with another sample."
        return be("counsel-be", text, latest, unsent(sent, samples))
    if latest.lane == "triage":
        text = "No known instrument is in it, so a person sorts it. Become the handler, open it and send it on."
        return be("handler-be", text, latest)
    if latest.kind in ("bounce", "auto") or latest.lane:
        done = "It was answered in writing." if latest.lane else "Automatic mail opens no case."
        return Step(f"{done} Send the next sample.", "send", sample=unsent(sent, samples))
    return Step("It has arrived and is being read, verified and judged; a few seconds.", "wait")


def unsent(sent: Collection[str], samples: Sequence[str]) -> str:
    """The next sample to send: the first that was not, else the first of all."""
    return next((name for name in samples if name not in sent), FIRST)


STORY: Sequence[str] = (
    "An order comes in by mail. It is stored before we say yes.",
    "Its sender is verified, its facts are read, a regulation judges it, and the hour runs. The handler looks.",
    "The first decider (BE) reads exactly what will be done and sent, and approves.",
    "The second decider (EE), from another State, approves the same.",
    "The message is withheld, and looked at as a viewer: gone inside the Union, still there outside.",
    "The author is told what was done, why, on whose order, and how to fight it.",
    "The authority is answered on the regulation’s form, and every step stands on the timeline.",
)
KEEPING: Sequence[str] = (
    "An order comes in by mail, on the certificate EPOC-PR. It is stored before we say yes.",
    "Its sender is verified, its facts are read, and a regulation judges it. The handler looks.",
    "The first decider (BE) reads exactly what will be kept and what is sent, and approves.",
    "The second decider (EE), from another State, approves the same.",
    "The data are kept under seal. Nobody sees a difference, and nobody is told: its authority informs the person.",
    "The authority is answered: what is kept, and until when.",
    "It may be prolonged, once, by thirty days. At its end it ends by itself, and what was kept for it goes.",
)
STAGES: Mapping[str, int] = {
    "verifying": 2,
    "to-decide": 3,
    "with-counsel": 3,
    "second-approval": 4,
    "carrying-out": 5,
    "answering": 5,
    "not-effective": 5,
    "answered": 6,
    "waiting": 7,
    "not-carried-out": 7,
    "lifted": 7,
    "ended": 7,
}


def stage(latest: Standing | None) -> int:
    """At which of the seven steps of the story the latest demand is, from 1."""
    if latest is None:
        return 1
    if latest.longer or latest.prolonged:
        return len(KEEPING)
    return STAGES[latest.state] if latest.case and not _with_handler(latest) else 2


def story(latest: Standing | None) -> Sequence[str]:
    """The story that the latest demand plays."""
    return KEEPING if latest is not None and latest.keeps else STORY


def _with_handler(latest: Standing) -> bool:
    """Whether a case that can be decided is the handler's first."""
    fresh = latest.plan == "execute" and latest.put and not (latest.taken or latest.signed)
    return latest.state == "to-decide" and (latest.returned or fresh)


# -- the second story: change the rule --------------------------------------------------------------------------------

TCO = "eu-tco-removal-order"
CHANGED = "missing-elements"
CHANGE_STORY: Sequence[str] = (
    "Counsel begins a change: a copy of the regulation, with the past cases beside it.",
    "One check is made to block. What that would have done is judged at once, in both directions.",
    "The change is tried on the past, given a reason, and put to the quorum.",
    "Two people from two States sign the hash of that very text. It is in force from then on, in the demo only.",
    "The same kind of order comes in again, and is judged anew.",
)
SIGNERS = ("counsel-be", "decider-ee", "decider-be")


@dataclass(frozen=True)
class Changing:
    """How the latest change of the demo stands: its page, who has signed, the version, the case judged by it, if one
    was, and whether that one was answered."""

    state: str = ""
    url: str = ""
    signed: tuple[str, ...] = ()
    judged: str = ""
    answered: bool = False
    version: str = ""


def change_step(change: Changing) -> Step:
    """What to do now in the second story."""
    if change.state in ("in-force", "confirmed"):
        return _changed(change)
    if change.state in ("proposed", "urged", "emergency"):
        who = next((signer for signer in SIGNERS if signer not in change.signed), SIGNERS[0])
        return Step(f"Become {WHO[who]}, read what differs, and sign.", "be", who=who, where=f"{change.url}#adopt")
    if change.state in CHANGING:
        text, part = CHANGING[change.state]
        return Step(text, "be", who="counsel-be", where=f"{change.url}{part}")
    if change.state == "adopted":
        return Step("It is adopted, and begins on its day.", "be", who="counsel-be", where=change.url)
    text = "Become counsel and begin a change: let an order that is silent on redress not be carried out."
    return Step(text, "be", who="counsel-be", where=f"/console/regulations/{TCO}")


CHANGING: Mapping[str, tuple[str, str]] = {
    "draft": (
        "Choose the question “Does it say where and until when it can be challenged?”, and when the answer is no "
        "“blocks: defective”. Press “Change the rule so”, see beside it what would have come of it, and try it on the "
        "past.",
        "#block",
    ),
    "tried": ("Say why, and put it to the quorum.", "#adopt"),
}


def _changed(change: Changing) -> Step:
    if change.judged and change.answered:
        return Step(CHANGE_DONE, "look", where=change.judged)
    if change.judged:
        text = (
            "Judged anew: become the first decider, see what stands in the way now, and sign the answer that says so."
        )
        return Step(text, "be", who=DECIDERS[0], where=change.judged)
    return Step("In force. Send an order that is silent on redress, and see it judged anew.", "send", sample=CHANGED)


TOLD = frozenset({"waiting", "answered", "lifted", "ended", "not-carried-out"})  # the authority has an answer
CHANGE_DONE = (
    "Done: the same kind of order was judged by the rule that people changed, and answered so. Look at the answer in "
    "the case, and at the version in force, who adopted it and why."
)


def change_stage(change: Changing) -> int:
    """At which of its five steps the second story is, from 1; 6 when it is told to its end."""
    if change.judged and change.answered:
        return len(CHANGE_STORY) + 1
    stages = {"draft": 2, "tried": 3, "proposed": 4, "urged": 4, "emergency": 4, "adopted": 4, "in-force": 5}
    return stages.get(change.state, 5 if change.state == "confirmed" else 1)
