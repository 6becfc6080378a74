"""Acts on staff, each put, signed with passkeys and carried out: invite, give or take a role, deactivate.

A session alone does none of them: `propose` fixes what is asked for, `sign` takes a passkey's signature over it, and
the signature that completes the quorum carries it out in the same transaction, from the signed text alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from . import admissions, approvals, commands
from .admissions import Put
from .approvals import ApprovalRefused, ApprovedAct
from .commands import Refused
from .models import Person
from .rules import ADMINISTRATOR, GUARDIAN, STAFF_ACTS, VOUCHED, may

OPEN_AT_MOST = 50
Propose = Callable[[], str]


@dataclass(frozen=True)
class Signed:
    """The result of a signature: whether the act was carried out, and an invitation's link."""

    kind: str
    complete: bool
    link: str = ""


@transaction.atomic
def propose(by: Person, kind: str, roles: Iterable[str], *, person: Person | None = None, place: str = "") -> str:
    """Fix an act on staff for its proposer to sign; what they put earlier and did not sign becomes void. Raises
    Refused."""
    if not may(by, STAFF_ACTS.get(kind, ""), person):
        raise Refused("You may not put this.")
    wanted = [] if kind == "person.deactivate" else commands.wanted_roles(roles)
    if person is None:
        about = {"jurisdiction": commands.place_of(place)}
    else:
        _refuse_idle(kind, person, wanted)
        about = {"person": str(person.id), "called": person.name, "jurisdiction": person.jurisdiction}
    admissions.drop(str(by.id), unsigned=True)
    if len(admissions.waiting()) >= OPEN_AT_MOST:
        raise Refused(f"{OPEN_AT_MOST} acts on staff wait for signatures already. Sign or end some of them first.")
    guards = person is not None and not GUARDIAN.isdisjoint(person.roles)
    return admissions.put(kind, str(by.id), about, wanted, guards=guards)


def _refuse_idle(kind: str, person: Person, roles: list[str]) -> None:
    """Refuse what would change nothing, or could never be carried out."""
    if not commands.is_here(person):
        raise Refused("Only people who work here are given roles, or lose them.")
    if kind != "person.deactivate" and len(roles) != 1:
        raise Refused("role: one at a time")
    if kind == "role.grant" and roles[0] in person.roles:
        raise Refused(f"This person is {roles[0]} already.")
    if kind == "role.revoke" and roles[0] not in person.roles:
        raise Refused(f"This person doesn't have the role {roles[0]}.")
    if kind == "role.grant":
        commands.verify_alone({*person.roles, *roles})
        if not VOUCHED.isdisjoint(roles):
            raise Refused(f"{roles[0]} is given by an admission: two who decide and a guardian sign it.")


def sign(person: Person, hash: str, response: Mapping[str, Any]) -> Signed:
    """Sign an act on staff once; the last signature carries it out. Raises Refused, ApprovalRefused."""
    try:
        return _sign(person, hash, response)
    except ApprovalRefused as refusal:
        approvals.keep_refusal(person, hash, refusal)  # the event that `approve` recorded was rolled back
        raise


@transaction.atomic
def _sign(person: Person, hash: str, response: Mapping[str, Any]) -> Signed:
    put = admissions.read(hash)
    if put is None or put.kind not in _CARRY_OUT:
        raise ApprovalRefused("unknown")
    if out_of_turn(person, put):
        raise Refused("The first signature is that of the person who put this.")
    if not approvals.approve(person, hash, response).complete:
        return Signed(put.kind, False)
    signed = approvals.approved(hash, kind=put.kind)
    _refuse_wrong_hands(signed)
    done = _CARRY_OUT[put.kind](signed)
    return Signed(put.kind, True, done or "")


def out_of_turn(person: Person, put: Put) -> bool:
    """Whether somebody would sign before the person who put it has."""
    by = put.text["put_by"]
    return bool(by and not put.signed and by != str(person.id))


def _refuse_wrong_hands(signed: ApprovedAct) -> None:
    """The first signer must be the administrator who put it, with the roles they had then; nobody puts an admission."""
    by, first = signed.act["put_by"], signed.approvals[0]
    if by and (first.person != by or ADMINISTRATOR.isdisjoint(first.roles)):
        raise Refused("The person who put this wasn't an administrator when they signed it.")


_CARRY_OUT: Mapping[str, Any] = {
    "person.invite": commands.invite,
    "role.grant": commands.grant,
    "role.revoke": commands.revoke,
    "person.deactivate": commands.dismiss,
}
