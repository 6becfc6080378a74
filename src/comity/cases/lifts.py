"""Lifting: on what ground, with which document, signed by how many; and the review of what one person lifted."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from hashlib import sha256
from importlib import resources
from typing import Any

import yaml

from comity import clock
from comity.alerts import commands as alerts
from comity.decisions import commands as decisions
from comity.decisions.subject import Said
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.people import founding
from comity.people.approvals import ApprovedAct
from comity.people.models import Act, Person
from comity.people.refusals import BadInput
from comity.people.rules import Quorum, may
from comity.platforms.port import IRREVERSIBLE
from comity.vault import commands as vault

from . import clocks, rules
from .models import Case, Deadline, Request

NAME = "lift-review"
OF_THE_ACT = "of-the-act"
BYTES_AT_MOST = 4 * 1024 * 1024


@dataclass(frozen=True)
class Ground:
    """One ground of lifting. `quorum` None: as many sign as signed the measure. `within`: how long after the last
    signature `reviewers` have read it again; both None where nobody need."""

    document: bool
    quorum: Quorum | None
    within: timedelta | None
    reviewers: Quorum | None


@dataclass(frozen=True)
class Rule:
    """The rule of lifting, as its file says it."""

    cite: str
    grounds: Mapping[str, Ground]


@cache
def rule() -> Rule:
    """The rule in force."""
    data = yaml.safe_load(resources.files(__package__).joinpath("lifting.yaml").read_text())
    grounds = {name: _ground(said) for name, said in data["grounds"].items()}
    return Rule(f"{data['act']}, {data['version']}", grounds)


def review_hours() -> int:
    """Within how many hours a lift of a mistake of ours is reviewed."""
    within = rule().grounds["mistake"].within
    return int(within / timedelta(hours=1)) if within else 0


def _ground(said: Mapping[str, Any]) -> Ground:
    own, reviewed = said["approvals"], said.get("reviewed")
    return Ground(
        document=said["document"],
        quorum=None if own == OF_THE_ACT else Quorum.read(own),
        within=timedelta(hours=reviewed["within_hours"]) if reviewed else None,
        reviewers=Quorum.read(reviewed["approvals"]) if reviewed else None,
    )


# -- what it rests on -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Document:
    """What a lift rests on. `of`: the number of the request it came as; empty where a person handed it in."""

    name: str
    data: bytes
    of: str = ""


def came_as(person: Person, number: str, realm: str) -> Document:
    """A request that is in the gateway already, as the document a lift rests on. Raises BadInput."""
    request = Request.objects.filter(id=number.strip().upper(), realm=realm).first()
    if request is None or not may(person, "request.view", request):
        raise BadInput("request", "no such request here: give its number, R- and eight letters or digits")
    return Document(f"{request.id}.eml", vault.get(request.raw), request.id)


def handed_in(name: str, data: bytes) -> Document:
    """A file that a person hands in. Raises BadInput."""
    if not data or len(data) > BYTES_AT_MOST:
        most = BYTES_AT_MOST // 1024 // 1024
        raise BadInput(
            "document", f"empty, or more than {most} MB: send it to the gateway by mail, and give its number"
        )
    return Document(name, data)


def kept(case: Case, document: Document) -> dict[str, Any]:
    """A document put into the vault, as the act that people sign names it."""
    return {
        "ref": vault.put(document.data, case.request.until),
        "name": document.name,
        "bytes": len(document.data),
        "sha256": sha256(document.data).hexdigest(),
        "from": document.of,
    }


def made(case: Case, said: Said) -> tuple[dict[str, Any], Quorum]:
    """What a lift is signed with beside its reason: its ground and its document; and who signs it. Raises BadInput."""
    name = str(said.get("ground", ""))
    if name not in rule().grounds:
        raise BadInput("ground", f"say what it rests on: one of {', '.join(rule().grounds)}")
    ground, document = rule().grounds[name], said.get("document")
    if ground.document and not document:
        raise BadInput("document", "a lift by order needs the order: hand in its file, or the number of its request")
    told = {"ground": name} | ({"document": kept(case, document)} if document else {})
    return told, ground.quorum or _of_act(case)


def can_be(case: Case) -> bool:
    """Whether anything that stands on a case can be taken back: what was deleted for good can't."""
    return undone(case.measures.filter(lifted_at=None).values_list("kind", flat=True))


def undone(kinds: Iterable[str]) -> bool:
    """Whether any of what stands, by its kinds, can be taken back: where something was deleted for good, what is kept
    for it can't either."""
    standing = set(kinds)
    return not standing & IRREVERSIBLE or bool(standing - IRREVERSIBLE - rules.UNNOTICED)


def part(act: Mapping[str, Any], said: Said) -> dict[str, Any]:
    """Of a lift of some targets alone, which; and the case of the decision that it carries out. Raises BadInput."""
    told: dict[str, Any] = {key: said[key] for key in ("of", "change") if said.get(key)}
    wanted = said.get("targets") or ()
    if not wanted:
        return told
    return told | {"targets": [ref for ref in act["targets"] if ref in wanted], "part": True}


def _of_act(case: Case) -> Quorum:
    taken = Act.objects.filter(case=case.id, kind="execute", state="approved").order_by("approved_at").first()
    if taken is None:
        raise rules.not_now(case.state, "lift")
    return taken.rule


# -- the review -------------------------------------------------------------------------------------------------------


def start_review(case: Case, signed: ApprovedAct) -> None:
    """Start the clock of the review that a lift's ground asks for, with its last signature, in that transaction."""
    ground = rule().grounds.get(signed.act.get("ground", ""))
    if ground is None or ground.within is None:
        return
    now = clock.now()
    due = now + ground.within
    first = {"started_at": now, "due_target": due, "due_legal": due, "cite": rule().cite}
    Deadline.objects.update_or_create(case=case, name=NAME, defaults=first | {"met_at": None})
    clocks.settle(case)


def may_again(case: Case) -> bool:
    """Whether what was lifted may be put to the deciders once more: its last lift was found wrong, or the same order
    came again since."""
    lift = Act.objects.filter(case=case.id, kind="lift", state="approved").order_by("-approved_at").first()
    if case.state != "lifted" or lift is None:
        return False
    since = Event.objects.filter(case=case.id, kind__in=("lift.wrong", "case.joined"), at__gte=lift.approved_at)
    return since.exists()


def waiting(case: Case) -> Deadline | None:
    """The review of its lift that a case waits for."""
    return case.deadlines.filter(name=NAME, met_at=None).first()


def reviewers(case: Case) -> Quorum | None:
    """Who may review a case's lift: none of those who signed it, but on a desk that one person founded alone and in
    public. None where no review waits."""
    if waiting(case) is None:
        return None
    lift = decisions.approved(case.id, "lift", last=True)
    whose = rule().grounds[lift.act["ground"]].reviewers
    signers = () if founding.founded_alone() else tuple(one.person for one in lift.approvals)
    return Quorum(whose.count, whose.roles, whose.jurisdictions, without=signers) if whose else None


def may_review(case: Case, person: Person) -> bool:
    """Whether a person can review a case's lift now."""
    whose = reviewers(case) if may(person, "lift.review", case) else None
    return whose is not None and str(person.id) not in whose.without and not {*person.roles}.isdisjoint(whose.roles)


def put(case: Case) -> Act | None:
    """The review of its lift that is put to be signed."""
    acts = Act.objects.filter(case=case.id, version=case.version, kind=NAME, state="open")
    return acts.order_by("-proposed_at").first()


def review_made(case: Case, kind: str, said: Said) -> tuple[dict[str, Any], Quorum]:
    """What a review of a lift is signed as: of which lift, whether it was right, in which words. Raises BadInput,
    rules.NotNow."""
    reason, whose = str(said["reason"]).strip(), reviewers(case)
    if not reason or said.get("right") not in (True, False):
        raise BadInput("reason", "say whether it was right to lift it, and why, in a sentence")
    if whose is None:
        raise rules.not_now(case.state, "no lift waits for a review")
    lift = decisions.approved(case.id, "lift", last=True)
    of_it = {"kind": kind, "case": case.id, "realm": case.realm, "version": case.version, "of": lift.hash}
    return of_it | {"right": said["right"], "reason": reason, "nonce": secrets.token_hex(16)}, whose


def reviewed(case: Case, signed: ApprovedAct, person: Person) -> None:
    """Somebody else has read a lift again. One that was wrong is put before everybody: what follows, people decide."""
    case.deadlines.filter(name=NAME, met_at=None).update(met_at=clock.now())
    alerts.settle(case.realm, "review.waits", case.id)
    clocks.settle(case)
    tell = partial(record, realm=case.realm, by=person.by, case=case.id, sealed={"act": signed.hash})
    tell("lift.reviewed", once=f"lift.reviewed:{signed.hash}", public={"right": signed.act["right"]})
    if not signed.act["right"]:
        tell("lift.wrong", once=f"lift.wrong:{signed.hash}")
