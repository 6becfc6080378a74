"""Who may do what, and when enough people have agreed. Pure: no tables, no clock, no request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

HANDLER, DECIDER, COUNSEL = frozenset({"handler"}), frozenset({"decider"}), frozenset({"counsel"})
HEAD, AUDITOR, ADMINISTRATOR = frozenset({"head"}), frozenset({"auditor"}), frozenset({"administrator"})
COUNCIL = frozenset({"council"})  # people who are not of the desk: they vote on its rules
GUARDIAN = frozenset({"guardian"})  # people who are not of the desk: without one of them nobody is let in to decide
OUTSIDE = COUNCIL | GUARDIAN
CASEWORK = HANDLER | DECIDER | COUNSEL | HEAD
DESK = CASEWORK | AUDITOR | ADMINISTRATOR
DECIDING = DECIDER | COUNSEL | HEAD | ADMINISTRATOR  # approve, count for a quorum, or let others in
VOUCHED = DECIDING | OUTSIDE  # roles that nobody is given by one hand
FOUNDERS, FOUNDERS_DECIDE, PLACES = 3, 2, 2  # who found a desk at least, unless it says in public that it is one person
QUIET_HOURS = 24  # that an admission stands in the record before anybody is let in by it

# Each act, and the roles of which one is enough. An act that isn't listed is allowed to nobody.
ACTS: Mapping[str, frozenset[str]] = {
    "console.view": DESK,
    "events.view": CASEWORK | AUDITOR,
    "request.view": CASEWORK | AUDITOR,
    "case.view": CASEWORK | AUDITOR,
    "content.view": CASEWORK,
    "outbox.view": CASEWORK | AUDITOR,
    "case.take": HANDLER | DECIDER | COUNSEL | HEAD,
    "case.close": HANDLER | DECIDER | COUNSEL | HEAD,
    "fact.correct": HANDLER | COUNSEL,
    "order.change": HANDLER | COUNSEL,
    "callback.record": HANDLER,
    "register.check": HANDLER | COUNSEL,
    "register.view": DESK,
    "register.apply": HANDLER | COUNSEL | HEAD,
    "register.accept": DECIDER | COUNSEL | HEAD,
    "register.suspend": CASEWORK,
    "paper.take": HANDLER | DECIDER | COUNSEL | HEAD,
    "draft.edit": HANDLER | DECIDER | COUNSEL,
    "content.preserve": HANDLER | COUNSEL,
    "decision.propose": HANDLER | DECIDER | COUNSEL,
    "decision.return": DECIDER | COUNSEL | HEAD,
    "decision.review": DECIDER,
    "approve": DECIDER | COUNSEL | HEAD | COUNCIL,
    "measure.lift": DECIDER | HEAD,
    "measure.again": DECIDER | COUNSEL | HEAD,
    "lift.review": DECIDER | COUNSEL | HEAD,
    "alert.dismiss": CASEWORK,
    "duty.view": DESK,
    "duty.answer": CASEWORK,
    "device.add": CASEWORK,
    "rota.set": DECIDER | HEAD,
    "brake": CASEWORK,
    "brake.release": DECIDER | HEAD,
    "counsel.answer": COUNSEL | HEAD,
    "request.read": CASEWORK,
    "triage.send": HANDLER | COUNSEL | HEAD,
    "question.answer": CASEWORK,
    "question.change": COUNSEL | HEAD,
    "danger.act": CASEWORK,
    "danger.review": DECIDER | COUNSEL | HEAD,
    "case.enter": HANDLER | COUNSEL,
    "claim.view": CASEWORK | AUDITOR,
    "claim.open": CASEWORK,
    "claim.sort": COUNSEL | HEAD,
    "claim.act": COUNSEL | HEAD,
    "notice.view": CASEWORK | AUDITOR,
    "notice.close": CASEWORK,
    "hotline.view": CASEWORK | AUDITOR,
    "call.acknowledge": CASEWORK,
    "call.act": CASEWORK,
    "call.preserve": CASEWORK,
    "call.review": DECIDER | COUNSEL | HEAD,
    "service.invite": COUNSEL | HEAD,
    "officer.invite": COUNSEL | HEAD,
    "link.revoke": HANDLER | DECIDER | COUNSEL | HEAD,
    "service.suspend": CASEWORK,
    "service.reinstate": DECIDER | COUNSEL | HEAD,
    "opening.view": CASEWORK | AUDITOR,
    "opening.put": HANDLER | DECIDER | COUNSEL,
    "opening.sign": DECIDER | COUNSEL | HEAD,
    "opening.return": DECIDER | COUNSEL | HEAD,
    "recipient.call": HANDLER | DECIDER | COUNSEL,
    "post.view": COUNSEL | HEAD,
    "post.set": COUNSEL | HEAD,
    "privilege.view": COUNSEL,
    "privilege.note": COUNSEL,
    "privilege-log.view": COUNSEL | HEAD | AUDITOR,
    "complaint.answer": DECIDER | COUNSEL | HEAD,
    "copy.give": DECIDER | COUNSEL | HEAD,
    "authority.ask": HANDLER | DECIDER | COUNSEL | HEAD,
    "scrutiny.ask": DECIDER | COUNSEL | HEAD,
    "notification.release": DECIDER | COUNSEL | HEAD,
    "regulation.view": DESK,
    "regulation.draft": DECIDER | COUNSEL | HEAD,
    "regulation.urge": COUNSEL | HEAD,
    "country.view": DESK,
    "country.move": COUNSEL | HEAD,
    "country.agree": DECIDER | COUNSEL | HEAD,
    "country.observe": CASEWORK,
    "dispute.view": DESK,
    "dispute.read": CASEWORK,
    "dispute.move": COUNSEL | HEAD,
    "dispute.agree": DECIDER | COUNSEL | HEAD,
    "plan.draft": DECIDER | COUNSEL | HEAD,
    "plan.sign": DECIDER | COUNSEL | HEAD,
    "plan.attest": COUNSEL | HEAD,
    "plan.pause": CASEWORK,
    "platform.view": DESK,
    "shadow.begin": CASEWORK,
    "shadow.leave": DECIDER | COUNSEL | HEAD,
    "shadow.say": HANDLER | DECIDER | COUNSEL | HEAD,
    "level.raise": CASEWORK,
    "level.lower": DECIDER | COUNSEL | HEAD,
    "drill.begin": DECIDER | COUNSEL | HEAD,
    "balance.view": DESK | COUNCIL,
    "council.view": COUNCIL,
    "council.vote": COUNCIL,
    "bound.propose": COUNCIL | COUNSEL | HEAD,
    "bound.answer": COUNCIL,
    "proposal.view": DESK | COUNCIL,
    "proposal.make": DECIDER | COUNSEL | HEAD,
    "proposal.admit": COUNSEL | HEAD,
    "proposal.shape": DECIDER | COUNSEL | HEAD,
    "comment.answer": DECIDER | COUNSEL | HEAD,
    "comment.hide": COUNSEL | HEAD,
    "risk.view": DESK,
    "alarm.judge": DECIDER | COUNSEL | HEAD,
    "people.view": DECIDING | AUDITOR | GUARDIAN,
    "people.sign": DECIDING | GUARDIAN,
    "person.object": DESK | OUTSIDE,
    "person.propose": DECIDING | GUARDIAN,
    "people.invite": ADMINISTRATOR,
    "people.deactivate": ADMINISTRATOR,
    "role.grant": ADMINISTRATOR,
    "role.revoke": ADMINISTRATOR,
    "sessions.end": DESK | OUTSIDE,
    "key.add": DESK | OUTSIDE,
    "key.end": DESK | OUTSIDE,
}
VIEWS = frozenset(act for act in ACTS if act.endswith(".view"))
WITHOUT_THING = frozenset({"console.view", "people.view", "people.invite", "person.propose"})
OVER_PEOPLE = frozenset({"people.deactivate", "role.grant", "role.revoke"})
OWN = frozenset({"key.add", "key.end"})
SIGNED = frozenset({"approve", "people.sign"})


@runtime_checkable
class Staff(Protocol):
    """What the rules need to know of a person."""

    id: Any
    realm: str
    jurisdiction: str
    roles: Any
    is_active: bool


@dataclass(frozen=True)
class Realm:
    """A thing of which only the realm matters: a list page, the brake."""

    realm: str


def may(person: object, act: str, thing: object | None = None) -> bool:
    """Whether a person may do an act, on a thing that has a `realm`. The one place where access is decided.

    `person` may be anything (Django's anonymous user, None): strangers may do nothing. Without its thing an act is
    allowed to nobody, so a page that forgets to name it denies rather than allows.
    """
    return (
        act in ACTS
        and isinstance(person, Staff)
        and person.is_active
        and holds(person, ACTS[act])
        and names_its_thing(act, thing)
        and in_realm(person, act, thing)
        and over_another(person, act, thing)
        and ends_own_or_administers(person, act, thing)
        and own_key_only(person, act, thing)
        and in_quorum(person, act, thing)
    )


# Acts on staff: what each is called when people sign it, and what it takes to put it. The first signature is that of
# who puts it. Who may decide is given by admissions alone (`ADMIT`), which are a room of their own.
STAFF_ACTS: Mapping[str, str] = {
    "person.invite": "people.invite",
    "role.grant": "role.grant",
    "role.revoke": "role.revoke",
    "person.deactivate": "people.deactivate",
}
FOUNDING, ADMIT, CONFIRM = "gateway.found", "person.admit", "person.confirm"
GIVES = frozenset({FOUNDING, ADMIT, "role.grant"})  # acts that give roles


def may_sign(person: object, kind: str, act: object) -> bool:
    """Whether a person may sign an act of a kind: someone named in it, or holding a role it asks for."""
    rule = getattr(act, "rule", None)
    if isinstance(rule, Quorum) and rule.people:
        return isinstance(person, Staff) and person.is_active and str(person.id) in rule.people
    return may(person, "people.sign" if kind in {*STAFF_ACTS, ADMIT, CONFIRM} else "approve", act)


def staff_quorum(subject: str = "", *, guards: bool = False) -> Quorum:
    """Who signs an act on staff: an administrator, never the one it is about. What is done to a guardian takes two who
    decide, or one who owns a desk would first end who guards it."""
    without = (subject,) if subject else ()
    return Quorum(2, tuple(DECIDING), without=without) if guards else Quorum(1, tuple(ADMINISTRATOR), without=without)


def admission_quorum(roles: Iterable[str], subject: str) -> Quorum:
    """Who lets somebody in. A role that decides, guards or votes takes two who decide and one who guards, from two
    jurisdictions; a helper's takes an administrator."""
    if VOUCHED.isdisjoint(roles):
        return staff_quorum(subject)
    return Quorum(2, tuple(DECIDING), jurisdictions=PLACES, without=(subject,), guardians=1)


def lacks(people: Iterable[tuple[Iterable[str], str]]) -> tuple[str, ...]:
    """What these people (roles, jurisdiction) lack to found a desk, or to let anybody in: codes; empty for nothing."""
    listed = [(frozenset(roles), place) for roles, place in people]
    found = {
        "people": len(listed) < FOUNDERS,
        "deciders": sum(not DECIDING.isdisjoint(roles) for roles, _ in listed) < FOUNDERS_DECIDE,
        "guardian": all(GUARDIAN.isdisjoint(roles) for roles, _ in listed),
        "jurisdictions": len({place for _, place in listed}) < PLACES,
    }
    return tuple(code for code, lacking in found.items() if lacking)


def holds(person: Staff, roles: frozenset[str]) -> bool:
    """Whether the person has one of these roles."""
    return not roles.isdisjoint(person.roles)


def names_its_thing(act: str, thing: object | None) -> bool:
    """Whether the thing is named; only a few acts need none."""
    return act in WITHOUT_THING or isinstance(getattr(thing, "realm", None), str)


def in_realm(person: Staff, act: str, thing: object | None) -> bool:
    """A demo person sees and acts in the demo only; a real one sees every realm and acts in all but the demo."""
    realm = getattr(thing, "realm", None)
    if person.realm == "demo":
        return realm == "demo" or (realm is None and act == "console.view")
    return person.realm == "real" and (act in VIEWS or realm != "demo")


def over_another(person: Staff, act: str, thing: object | None) -> bool:
    """Nobody grants roles to themselves or deactivates themselves by mistake; only real people do either."""
    return act not in OVER_PEOPLE or (person.realm == "real" and getattr(thing, "id", None) not in (None, person.id))


def ends_own_or_administers(person: Staff, act: str, thing: object | None) -> bool:
    """One's own sessions or, for an administrator, anyone's."""
    return act != "sessions.end" or getattr(thing, "id", None) == person.id or holds(person, ADMINISTRATOR)


def own_key_only(person: Staff, act: str, thing: object | None) -> bool:
    """Keys are each person's own: an administrator who could add one could sign as that person."""
    return act not in OWN or (getattr(thing, "id", None) == person.id and person.realm == "real")


def in_quorum(person: Staff, act: str, thing: object | None) -> bool:
    """Whether an approver holds a role that the act itself asks for, and isn't excluded by it."""
    if act not in SIGNED:
        return True
    rule = getattr(thing, "rule", None)
    if not isinstance(rule, Quorum):
        return False
    wanted = frozenset(rule.roles) | (GUARDIAN if rule.guardians else frozenset())
    return holds(person, wanted) and str(person.id) not in rule.without


@dataclass(frozen=True)
class Quorum:
    """How many people, in which roles (one is enough for each), from at least how many jurisdictions.

    `people` names who is to sign, whatever their roles (a founding); `without` names who doesn't count; `guardians` is
    a second group, in addition to the first. Raises ValueError for a rule that nobody, or too few people, could meet.
    """

    count: int
    roles: tuple[str, ...]
    jurisdictions: int = 1
    people: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    guardians: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "roles", tuple(sorted(set(self.roles))))
        if not (self._whole(self.count) and self._whole(self.jurisdictions) and self._whole(self.guardians)):
            raise ValueError("quorum: count and jurisdictions are whole numbers")
        if not (self.count >= 1 and self.guardians >= 0 and 1 <= self.jurisdictions <= self.all <= 20):
            raise ValueError("quorum: from 1 to 20 people, from no more jurisdictions than people")
        if not self.roles or not set(self.roles) <= VOUCHED:
            raise ValueError(f"quorum: roles are some of {', '.join(sorted(VOUCHED))}")
        if self.people and len(set(self.people)) != self.count:
            raise ValueError("quorum: as many people as are named")

    @property
    def all(self) -> int:
        """How many people sign."""
        return self.count + self.guardians

    @staticmethod
    def _whole(number: object) -> bool:
        return isinstance(number, int) and not isinstance(number, bool)

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> Quorum:
        """A quorum from a finding's `approvals`. Raises ValueError."""
        try:
            roles = value["roles"]
            if not isinstance(roles, list | tuple) or not all(isinstance(role, str) for role in roles):
                raise ValueError("quorum: roles are a list of names")
            named = {name: tuple(map(str, value[name])) for name in ("people", "without") if value.get(name)}
            guardians = value.get("guardians", 0)
            return cls(value["count"], tuple(roles), value.get("jurisdictions", 1), **named, guardians=guardians)
        except (KeyError, TypeError, AttributeError):
            raise ValueError("quorum: count, roles and jurisdictions are asked for") from None

    def as_json(self) -> dict[str, Any]:
        """The JSON value that `read` takes."""
        named = {"people": list(self.people), "without": list(self.without)}
        told = {"count": self.count, "roles": list(self.roles), "jurisdictions": self.jurisdictions}
        named_ones = {name: people for name, people in named.items() if people}
        return told | named_ones | ({"guardians": self.guardians} if self.guardians else {})


@dataclass(frozen=True)
class Signer:
    """A signer as they were at the instant of signing.

    `one_with`: who brought them in (a person's id), as long as no guardian has confirmed that the two are two people:
    until then both count once.
    """

    person: str
    roles: frozenset[str]
    jurisdiction: str
    one_with: str = ""


def counts(quorum: Quorum, signer: Signer) -> bool:
    """Whether a signer is one of those the quorum asks for."""
    if signer.person in quorum.without:
        return False
    if quorum.people:
        return signer.person in quorum.people
    return not signer.roles.isdisjoint(quorum.roles) or guards(quorum, signer)


def guards(quorum: Quorum, signer: Signer) -> bool:
    """Whether a signer is one of the guardians that the quorum asks for beside those who decide."""
    return bool(quorum.guardians) and not signer.roles.isdisjoint(GUARDIAN)


def _counted(quorum: Quorum, signers: Iterable[Signer]) -> dict[str, Signer]:
    """Those who count, each once; who was brought in by one of them counts with that one, unless all are named."""
    fitting = {signer.person: signer for signer in signers if counts(quorum, signer)}
    return fitting if quorum.people else {id: one for id, one in fitting.items() if one.one_with not in fitting}


def missing(quorum: Quorum, signers: Iterable[Signer]) -> int:
    """How many more signatures are needed at least. One person counts once."""
    counted = list(_counted(quorum, signers).values())
    guarding = sum(guards(quorum, one) for one in counted)
    places = set(filter(None, (one.jurisdiction for one in counted)))  # nobody's jurisdiction is none of them
    people = max(quorum.count - (len(counted) - guarding), 0) + max(quorum.guardians - guarding, 0)
    return max(people, quorum.jurisdictions - len(places), 0)


def met(quorum: Quorum, signers: Iterable[Signer]) -> bool:
    """Whether enough different people in the roles, from enough jurisdictions, have signed."""
    return missing(quorum, signers) == 0


def helps(quorum: Quorum, signers: Iterable[Signer], another: Signer) -> bool:
    """Whether one more signature brings the quorum closer (a third from the same State may not)."""
    before = list(signers)
    return missing(quorum, [*before, another]) < missing(quorum, before)
