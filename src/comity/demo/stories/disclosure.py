"""An emergency, an order for an account's data: opened by three custodians in three States, read by a judge alone."""

import json
import subprocess
import sys
from dataclasses import dataclass, replace

from django.conf import settings

from comity.cases import commands as cases
from comity.cases.models import Case
from comity.custody import commands as custody
from comity.custody import production, recipients
from comity.custody.models import Opening
from comity.demo import rules
from comity.demo.custody import custodians, founding
from comity.demo.rules import Step
from comity.demo.samples import DISCLOSE
from comity.demo.standing import signed_of
from comity.demo.veltria.relation import person

from .mail import Mail, came
from .port import Playing, Scene

CALLERS = ("handler-be", "decider-be")
SECONDS = 120


@dataclass(frozen=True)
class Disclosure(Mail):
    """A judge orders data. Nobody here can open them; three of five custodians can, for her."""

    id: str = "disclosure"
    title: str = "No raid: data for a judge, and for nobody else"
    says: str = (
        "A child was taken, and a judge orders an account’s data. The platform has sealed them; two sign, three of "
        "five custodians in as many States open them, and only she can read. Then the server is raided."
    )
    minutes: int = 4
    steps: tuple[str, ...] = (
        "An order comes in, on the certificate EPOC. The platform seals what it names at once; nobody here reads it.",
        "The judge’s office is called back, and two deciders of two States approve that the order stands.",
        "The judge gives a key of hers alone; two people ring her, at her registered number, and it is hers.",
        "Two deciders sign the opening: these parts, this order, this key, and nothing else.",
        "Each custodian’s own program checks all of it, back to the charter, and gives its shares. Three suffice.",
        "The judge collects her production, and opens it on her own machine.",
        "The raid: eighteen ways to take it, each really tried.",
    )

    def scene(self, playing: Playing | None) -> Scene:
        """How it stands: the order's own steps, then the opening's."""
        if not playing or not playing.message:
            return Scene(SEND)
        found = came(playing)
        case = Case.objects.filter(id=found.standing.case, realm="demo").first() if found else None
        if case is None or case.state not in ("to-produce", "answered"):
            if case is not None and case.grade == "domain":
                where = f"/console/cases/{case.id}"
                return Scene(replace(rules.be("handler-be", CALL, where, CALL_HERE), play="office", does="Call it"), 1)
            return Scene(self.scene_of(found, playing).step, 1)
        opening = Opening.objects.filter(case=case).order_by("opened_at").first()
        return _opening(opening, playing) if opening else Scene(PREPARED, 2)

    def play(self, name: str, playing: Playing) -> Playing:
        """Do a step in its people's place."""
        found = came(playing)
        case = Case.objects.filter(id=found.standing.case, realm="demo").first() if found else None
        if case is None:
            raise KeyError(name)
        if name == "office":
            cases.record_callback(person("handler-be"), case.request_id, case.authority, True)
            return playing
        opening = Opening.objects.filter(case=case).order_by("opened_at").first()
        if opening is None or name not in PLAYS:
            raise KeyError(name)
        return PLAYS[name](opening, playing)


def _opening(opening: Opening, playing: Playing) -> Scene:
    where = f"/console/custody/{opening.id}"
    key = recipients.of(opening.realm, opening.case.authority)
    if opening.state == "waiting":
        if key is None:
            return Scene(KEY, 2)
        rung = set(key.calls.values_list("by", flat=True))
        who = next((one for one in CALLERS if person(one).by not in rung), "")
        step = replace(rules.be(who, RING, f"{where}#to", RING_HERE), play="ring", does="Ring") if who else PREPARED
        return Scene(step, 2)
    if opening.state in ("to-sign", "second-approval"):
        who = rules.next_signer(rules.DECIDERS, signed_of(opening.act))
        return Scene(replace(rules.be(who, SIGN, f"{where}#sign", SIGN_HERE), play="sign", does="Sign"), 3)
    if opening.state == "signed":
        return Scene(SEEN, 4)
    if opening.state == "asked":
        name = _next(opening)
        return Scene(replace(GIVE, text=GIVE.text.format(who=PLACES[name]), does=f"{PLACES[name]} gives"), 4)
    if opening.state in ("complete", "collected") and not any(one.startswith("read:") for one in playing.looked):
        return Scene(READ, 5)
    marks = {mark.partition(":")[0]: mark.split(":")[1:] for mark in playing.looked}
    parts, documents, empty = marks.get("read", ["0", "0", "0"])
    if rules.RAID not in marks:
        text = RAID.text.format(parts=parts, documents=documents, empty=empty)
        return Scene(replace(RAID, text=text), 6)
    return Scene(DONE, 7)


PLACES = {"be": "Belgium", "ee": "Estonia", "pt": "Portugal", "uy": "Uruguay", "ch": "Switzerland"}


def _next(opening: Opening) -> str:
    return str(opening.called.filter(answer="").order_by("id").values_list("custodian", flat=True).first() or "be")


def _key(opening: Opening, playing: Playing) -> Playing:
    recipients.log(opening.realm, opening.case.authority, founding.authority_public())
    return playing


def _ring(opening: Opening, playing: Playing) -> Playing:
    key = recipients.of(opening.realm, opening.case.authority)
    rung = set(key.calls.values_list("by", flat=True)) if key else set()
    who = next((one for one in CALLERS if person(one).by not in rung), "")
    if key is not None and who:
        recipients.called_back(person(who), key.id, theirs=True)
    return playing


def _sign(opening: Opening, playing: Playing) -> Playing:
    who = rules.next_signer(rules.DECIDERS, signed_of(opening.act))
    custody.sign(person(who), opening.id, opening.act, None)
    return playing


def _give(opening: Opening, playing: Playing) -> Playing:
    try:
        custodians.give(settings.COMITY.base_url, _next(opening), opening.id)
    except custodians.NotGiven as no:
        raise LookupError(str(no)) from None
    return playing


def _read(opening: Opening, playing: Playing) -> Playing:
    """The judge's machine opens it: what it read is in no process of the gateway."""
    into = founding.authority() / "opened" / opening.id
    command = [sys.executable, "-m", "comity.demo.custody.reader", production.url(opening)]
    command += [str(founding.authority() / founding.KEY), str(into)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)
    try:
        told = json.loads(done.stdout)
    except ValueError:
        raise LookupError("The judge’s program did not open it.") from None
    mark = f"read:{told['parts']}:{told['documents']}:{told['without_records']}"
    return replace(playing, looked=(*playing.looked, mark))


PLAYS = {"key": _key, "ring": _ring, "sign": _sign, "give": _give, "read": _read}

SEND = Step(
    "A child was taken. A judge in Germany orders who wrote from an account, from where, to whom, and what.",
    "send",
    "Send the order",
    sample=DISCLOSE,
)
CALL = "It is signed by the court’s domain alone. Before data leave, its office is called back."
CALL_HERE = "Press “Record a call-back”: the number is the register’s."
PREPARED = Step("The order stands. What it names is sealed, and its opening is being prepared; a few seconds.", "wait")
KEY = Step(
    "The order stands. Its data lie here sealed. The judge was asked for a key of hers; she gives the public half.",
    "play",
    "Give the judge’s key",
    play="key",
    does="The judge gives her key",
)
RING = "The key is in the public record. In an emergency two people ring her before anything is sealed to it."
RING_HERE = "Choose “It is theirs”, and record the call."
SIGN = "The key is hers. Two deciders sign what is opened, on which order, for which key."
SIGN_HERE = "Read what is opened and to whom, then press “Sign the opening”."
SEEN = Step("Signed by two. A witness must have seen the act before any custodian is asked; a few seconds.", "wait")
GIVE = Step(
    "The custodian in {who} reads the order in a program of their own, which checks everything by itself.",
    "play",
    "A custodian gives",
    play="give",
    does="Give",
)
READ = Step(
    "Three have given. Nothing was put together here: the package opens with the judge’s key alone.",
    "play",
    "The judge reads",
    play="read",
    does="Collect and open it, as the judge",
)
RAID = Step(
    "On her machine {parts} parts were opened, {documents} documents; in {empty} parts there are no records, which is "
    "said truthfully. Now take the server, and try to read any of it.",
    "look",
    "See the raid",
    where="/demo/raid",
    mark=rules.RAID,
)
DONE = Step(
    "That is the whole story: what is sealed is opened by several or not at all, and by nobody alone.",
    "done",
    "Back to all stories",
    where=rules.HOME,
)
