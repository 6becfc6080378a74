"""The web door: an office that nobody knows applies, is accepted, files, follows, and is answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from comity.accreditation import commands as accreditation
from comity.accreditation import rules as register
from comity.accreditation.models import Application
from comity.demo import rules
from comity.demo.door import playing as door
from comity.demo.rules import Step
from comity.demo.standing import signed_of

from .port import Playing, Scene, Story


@dataclass(frozen=True)
class Door(Story):
    """A court comes to the door for the first time."""

    id: str = "door"
    title: str = "An office comes to the door"
    says: str = (
        "A court that nobody here knows applies to the register. Two people accept what its DNS and a call proved; its "
        "officer files an order on a form, by passkey, and follows it until it is answered."
    )
    minutes: int = 2
    steps: tuple[str, ...] = (
        "A court applies on a page that anybody can open.",
        "It shows that its mail domain is its own, by a record in its DNS.",
        "The desk calls it, at a number that it found itself.",
        "Two people accept it. The record is looked up again as they sign.",
        "Its officer is invited after a call, to an address of that domain, and makes a passkey.",
        "The officer files an order on a form made from its regulation, and signs exactly that.",
        "Two decide; the officer reads on the order’s own page how it stands, until it is answered.",
    )

    def scene(self, playing: Playing | None) -> Scene:
        """How it stands, from its rows."""
        row = door.application(playing.number) if playing and playing.number else None
        if playing is None or row is None:
            return Scene(APPLY)
        where = f"/console/register/{row.id}"
        if row.state in register.OPEN:
            return _checked(row, where)
        if door.officer(row.authority) is None:
            return Scene(replace(INVITE, where=f"/console/register/of/{row.authority}"), 4)
        if not playing.request:
            return Scene(replace(FILE, where=f"/authorities/demo/file/{door.TCO}"), 5)
        return _filed(playing)

    def play(self, name: str, playing: Playing) -> Playing:
        """Do one step with the demo's own words."""
        if name == "apply":
            return replace(playing, number=door.apply(), request="", target="")
        if name == "file":
            request, target = door.file(playing.number)
            return replace(playing, request=request, target=target)
        if name == "sign":
            row = Application.objects.get(id=playing.number)
            door.sign(playing.number, _next(row.act))
        elif name == "decide":
            found = door.case(playing.request)
            door.decide(playing.request, _next(found.act if found else ""))
        else:
            PLAYS[name](playing.number)
        return playing


PLAYS: Mapping[str, Callable[[str], object]] = {
    "publish": door.publish,
    "call-back": door.call_back,
    "invite": door.invite,
}


def _next(act: str) -> str:
    signed = signed_of(act)
    return next(key for key in rules.DECIDERS if key not in signed)


def _checked(row: Application, where: str) -> Scene:
    if row.proven_at is None:
        return Scene(PUBLISH, 1)
    if accreditation.act_of(row) is None:
        return Scene(replace(_by(door.HANDLER, CALLED, f"{where}#checklist", "call-back"), does=CONFIRMS), 2)
    who = _next(row.act)
    return Scene(replace(_by(who, ACCEPT, f"{where}#sign", "sign"), does="Sign it", also=(where,)), 3)


def _by(who: str, text: str, where: str, play: str) -> Step:
    return replace(rules.be(who, text, where, "Do it here, or let the demo do it."), play=play)


def _filed(playing: Playing) -> Scene:
    found = door.case(playing.request)
    if found is None or (found.state in ("verifying", "to-decide") and door.act_of(found) is None):
        return Scene(JUDGED, 6)
    if door.act_of(found) is not None and found.state in ("to-decide", "second-approval"):
        who = _next(found.act)
        step = _by(who, DECIDE, f"/console/cases/{found.id}/decide#approve", "decide")
        return Scene(replace(step, does="Sign it", also=(f"/console/cases/{found.id}",)), 6)
    if found.state != "answered":
        return Scene(ACTED, 6)
    if rules.FOLLOWED not in playing.looked:
        return Scene(replace(FOLLOW, where=door.page_of(playing.request)), 6)
    return Scene(DONE, 7)


APPLY = Step(
    "A district court has an order, and nobody here knows it. It applies at /authorities/demo/apply; or let the demo "
    "type it.",
    "play",
    "Apply as the court",
    play="apply",
    does="Apply, as the court",
)
PUBLISH = Step(
    "Its page names a record to publish. Whoever can is in charge of that domain; it isn’t yet known who that is.",
    "play",
    "Publish it as the court",
    play="publish",
    does="Publish the record, as the court",
)
CALLED = "Its domain is proven. Now it is called, at a number that the desk found itself, never at one it gave."
CONFIRMS = "They confirm it: put it to those who accept"
ACCEPT = "Two people accept it, each with their own key; the record is looked up again."
INVITE = Step(
    "It is on the register. Its officer is called for, and gets a link to an address of its domain; the passkey made "
    "by it stays with this server, as everything of the demo’s people.",
    "play",
    "Invite its officer",
    play="invite",
    does="Invite the officer, and enrol",
)
FILE = Step(
    "The officer files a removal order on the form, sees what is missing and until when, and signs it by passkey.",
    "play",
    "File it as the officer",
    play="file",
    does="File it and sign it, as the officer",
)
JUDGED = Step("It is being judged, and put to those who decide; a second.", "wait")
DECIDE = "It came by the office’s own channel: two decide, as of any order."
ACTED = Step("Signed by two. It is carried out, and looked at from inside and outside; a few seconds.", "wait")
FOLLOW = Step(
    "Answered, to the registered address. The order’s own page says so to whoever has its link, and no more than that.",
    "look",
    "Open the order’s own page",
    mark=rules.FOLLOWED,
)
DONE = Step(
    "That is the whole story: nobody was believed for what they typed, and an office came in and was answered.",
    "done",
    "Back to all stories",
    where=rules.HOME,
)
