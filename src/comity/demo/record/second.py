"""`comity demo second-person`: an administrator, who has the server too, tries to become two people; then somebody is
really let in.

Every step is done by the commands of a real desk, with keys made for it, on a desk of its own: tables that shadow the
real ones for one transaction, which is taken back. No desk that is here is read or touched. Only the day for which an
admission must stand in the record is not waited for: the clock is told that it has passed, and so is whoever watches.
"""

import secrets
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from comity import clock
from comity.admissions import commands as admissions
from comity.admissions import rules
from comity.admissions.models import Admission
from comity.people import approvals, chain, founding, staffing, tags
from comity.people import commands as people
from comity.people.models import Grant, Person
from comity.people.rules import Quorum
from comity.people.software import SoftwareAuthenticator

from ..client import NotPlayed

ROOMS = ("people", "admissions", "ledger", "vault")  # whose tables are shadowed
DESK = (("administrator decider", "BE"), ("decider", "EE"), ("guardian", "CH"))
WANTED = ["decider"]
REFUSED = (approvals.ApprovalRefused, people.Refused)


@dataclass(frozen=True)
class Attempt:
    """One way to a second signature: what was done, and in which words it was refused."""

    id: str
    did: str
    said: str


@dataclass(frozen=True)
class Admitted:
    """How somebody was let in. `signed`: how many signatures it took; `before`, `after`: their roles before and after
    the day in the record; `once`: in which words the two who came together were counted once; `counts`: whether they
    count as two once a guardian has said that they are."""

    signed: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    once: str
    counts: bool


@dataclass(frozen=True)
class Rehearsal:
    """What came of all of it."""

    attempts: tuple[Attempt, ...]
    admitted: Admitted

    @property
    def said(self) -> str:
        """The same for people."""
        lines = [f"  {one.did}\n    refused: {one.said}" for one in self.attempts]
        held = self.admitted
        return "\n".join(
            [
                "An administrator who has the server, too, tries to be two people:",
                *lines,
                f"Then another decider and a guardian sign, from other countries: {held.signed} signatures.",
                f"  before a day in the record: {' '.join(held.before) or 'no role'}; after it, which the clock is "
                f"told has passed: {' '.join(held.after)}",
                f"  both sign one act: {held.once}",
                f"  a guardian says that they are two: {'they count as two' if held.counts else 'they do not count'}",
            ]
        )


@dataclass(frozen=True)
class Hand:
    """Somebody, and the key in their hand."""

    person: Person
    key: SoftwareAuthenticator

    def sign(self, hash: str) -> dict[str, Any]:
        """A signature over an act, as their browser gives it."""
        return self.key.sign(bytes.fromhex(hash))

    def approve(self, hash: str) -> bool:
        """Sign an act; whether it is complete by that."""
        return approvals.approve(self.person, hash, self.sign(hash)).complete

    def admit(self, row: Admission) -> bool:
        """Sign an admission; whether its quorum is met by that."""
        row.refresh_from_db()
        return admissions.sign(self.person, str(row.id), row.act, self.sign(row.act))


def rehearse() -> Rehearsal:
    """Do all of it. Raises NotPlayed if something that must be refused is not, or somebody is not let in."""
    with _desk_of_its_own():
        owner, other, guardian = _founded()
        second, row = _named_again(owner)
        attempts = tuple(_attempts(owner, second, row))
        return Rehearsal(attempts, _let_in(row, owner, second, other, guardian))


def attempt(id: str) -> Attempt:
    """Do it as far as one attempt. Raises NotPlayed, KeyError."""
    if id not in DID:
        raise KeyError(id)
    with _desk_of_its_own():
        owner, *_ = _founded()
        made = {one.id: one for one in _attempts(owner, *_named_again(owner), until=id)}
        return made[id]


def _named_again(owner: Hand) -> tuple[Hand, Admission]:
    """The administrator under another name, invited by themselves, with the admission of that name."""
    second = _enrolled(_invited(owner))
    return second, Admission.objects.get(person=second.person)


@contextmanager
def _desk_of_its_own() -> Iterator[None]:
    """Empty tables that hide the real ones from this connection until the end, when all is taken back."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for table in _tables():
                cursor.execute(f"create temp table {table} (like {table} including all) on commit drop")
        try:
            yield
        finally:
            transaction.set_rollback(True)


def _tables() -> list[str]:
    models = [model for room in ROOMS for model in apps.get_app_config(room).get_models(include_auto_created=True)]
    return [connection.ops.quote_name(model._meta.db_table) for model in models if model._meta.managed]


# Who ------------------------------------------------------------------------------------------------------------------


def _founded() -> list[Hand]:
    token = _token(founding.open_again())
    hands = [_founder(token, roles.split(), place) for roles, place in DESK]
    charter = founding.charter()
    if charter is None:
        raise NotPlayed("the desk of the rehearsal could not be founded")
    for one in hands:
        founding.sign(token, charter.hash, one.sign(charter.hash))
    return [_again(one) for one in hands]


def _again(one: Hand) -> Hand:
    return Hand(Person.objects.get(pk=one.person.pk), one.key)


def _founder(token: str, roles: list[str], place: str) -> Hand:
    key, challenge = SoftwareAuthenticator.make(), secrets.token_bytes(32)
    return Hand(founding.join(token, roles, place, uuid.uuid4(), challenge, key.register(challenge)).person, key)


def _token(link: str) -> str:
    return link.rsplit("/", 1)[1]


def _invited(by: Hand) -> str:
    hash = staffing.propose(by.person, "person.invite", WANTED, place="EE")
    return staffing.sign(by.person, hash, by.sign(hash)).link


def _enrolled(link: str) -> Hand:
    key, challenge = SoftwareAuthenticator.make(), secrets.token_bytes(32)
    return Hand(admissions.enrol(_token(link), uuid.uuid4(), challenge, key.register(challenge)).person, key)


# The attempts ---------------------------------------------------------------------------------------------------------


def _attempts(owner: Hand, second: Hand, row: Admission, until: str = "") -> Iterator[Attempt]:
    """Each way to a second signature of one who has the desk's first, its server and its database; `until`: the last
    that is tried."""
    decision = _decision(owner, 1)
    owner.admit(row)
    ways: dict[str, Callable[[], object]] = {
        "invite": lambda: second.approve(decision),
        "twice": lambda: owner.admit(row),
        "self": lambda: second.admit(row),
        "guardian": lambda: _enrolled(people.invite_as_operator(["guardian"], "FR")).admit(row),
        "grant": lambda: _give(owner, _helper(owner)),
        "row": lambda: _with_a_row(second, row).approve(decision),
        "anew": founding.open_again,
    }
    for id, act in ways.items():
        yield Attempt(id, DID[id], _refusal(id, act))
        if id == until:
            return


def _give(owner: Hand, helper: Hand) -> None:
    staffing.propose(owner.person, "role.grant", WANTED, person=helper.person)


DID = {
    "invite": "The administrator invites themselves under another name, and that name signs a decision beside them.",
    "twice": "They sign that this name be let in, and then sign once more.",
    "self": "The name they invented signs for itself.",
    "guardian": "From the shell they invent a guardian as well, who signs.",
    "grant": "They make the name a helper, which they may, and give the helper the role of a decider.",
    "row": "As root, with the key that seals the tables’ rows, they write that the name decides.",
    "anew": "From the shell they found the desk anew, with names of their own.",
}


def _decision(by: Hand, version: int) -> str:
    """An act that takes two who decide, signed by the first."""
    text = {"kind": "withhold", "what": "one message", "targets": [], "territory": ["EU"], "until": None}
    act = text | {"letters": {"answer": "We have withheld it."}}
    hash = approvals.propose(act, realm="real", case="C-00000000", version=version, quorum=Quorum(2, tuple(WANTED)))
    by.approve(hash)
    return hash


def _helper(owner: Hand) -> Hand:
    helper = _enrolled(people.invite_as_operator(["handler"], "BE"))
    owner.admit(Admission.objects.get(person=helper.person))
    return _again(helper)


def _with_a_row(second: Hand, row: Admission) -> Hand:
    """Somebody of whom the tables say that they decide, by the act of an admission that nobody else signed."""
    tags.make(Grant, person=second.person, role=WANTED[0], since=clock.now(), act=row.act)
    tags.change(Person.objects.get(pk=second.person.pk), roles=WANTED)
    if chain.standing(second.person, clock.now()).roles:
        raise NotPlayed("row: a row alone gave a role")
    return second


def _refusal(attempt: str, act: Callable[[], object]) -> str:
    """The words in which something is refused; it is taken back. Raises NotPlayed if it is not."""
    try:
        with transaction.atomic():
            act()
            transaction.set_rollback(True)
    except REFUSED as refusal:
        return str(refusal)
    raise NotPlayed(f"{attempt}: this was not refused")


# Let in ---------------------------------------------------------------------------------------------------------------


def _let_in(row: Admission, owner: Hand, second: Hand, other: Hand, guardian: Hand) -> Admitted:
    """Two who decide and a guardian sign; the day passes; and two who came together count once until they are two."""
    other.admit(row)
    if not guardian.admit(row):
        raise NotPlayed("two who decide and a guardian were not enough")
    before = _roles(second)
    admissions.keep_time(clock.now() - rules.QUIET, lambda one: True)  # as the record shows it, a day ago
    admissions.keep_time(clock.now(), lambda one: False)
    decision = _decision(owner, 2)
    once = _refusal("pair", lambda: second.approve(decision))
    confirmation = admissions.put_confirmation(other.person, str(row.id))
    admissions.sign(guardian.person, str(row.id), confirmation, guardian.sign(confirmation))
    signed = len(approvals.approved(row.act).approvals)
    return Admitted(signed, before, _roles(second), once, second.approve(decision))


def _roles(one: Hand) -> tuple[str, ...]:
    return tuple(sorted(chain.standing(_again(one).person, clock.now()).roles))


def play(running: object) -> tuple[dict[str, Any], str]:
    """Play it; what came of it, and the same for people. Raises NotPlayed."""
    done = rehearse()
    return {**asdict(done), "day": "told to have passed"}, done.said
