"""The only writers of votes and freezes: each act is one transaction with its event.

A vote is an act of one, signed by its member's passkey with a reason; the last of each member counts, and only if its
signature verifies again when the vote ends. Nothing closes early.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from comity import clock
from comity.adoption import commands as adoption
from comity.people import approvals
from comity.people.approvals import ApprovalRefused, NotApproved
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Quorum
from comity.vault import commands as vault

from . import bounds, consulting, proposing, rules
from .models import Ballot, Proposal, Threat
from .rules import Vote

VOTE = "proposal-vote"
KEPT_ACTS = timedelta(days=36_500)


def members(realm: str) -> dict[str, str]:
    """The council of a realm as it is now: id → jurisdiction. The demo's council is the demo's alone."""
    of = "demo" if realm == "demo" else "real"
    rows = Person.objects.filter(realm=of, is_active=True, roles=["council"]).order_by("enrolled_at", "id")
    return {str(one.id): one.jurisdiction for one in rows if "council" in approvals.standing(one, clock.now()).roles}


@transaction.atomic
def ballot(person: Person, id: str) -> Proposal:
    """Put an answered proposal to the council's vote. Raises NotAllowed, NotNow, BadInput."""
    found = proposing.locked(id)
    allow(person, "proposal.shape", found)
    rules.OF_PROPOSAL.after(found.state, "ballot")
    if left := consulting.unanswered(found):
        raise BadInput("comments", f"{left} wait for an answer; each, or its group, is answered before the vote")
    places = len(set(members(found.realm).values()))
    if places < rules.data()["council"]["jurisdictions"]:
        raise BadInput("council", f"it has members of {places} jurisdictions, and votes with those of three at least")
    draft = proposing.verify_same(found)
    proposing.verify_base(found, draft)
    proposing.move(found, "ballot")
    found.vote_ends_at = clock.now() + timedelta(days=rules.data()["vote_days"])
    found.save()
    until = f"{found.vote_ends_at:%Y-%m-%dT%H:%M:%SZ}"
    proposing.tell(found, "proposal.balloted", person.by, sha256=found.sha256, until=until)
    return found


@transaction.atomic
def propose(person: Person, id: str, choice: str, reason: str) -> Ballot:
    """Fix a member's vote for them to sign; it may be another than before, until the vote's date.

    Raises NotAllowed, NotNow, BadInput.
    """
    found = _votable(person, id)
    if choice not in rules.CHOICES:
        raise BadInput("choice", f"one of {', '.join(rules.CHOICES)}")
    why = bounds.reason_of(reason)
    act = {
        "kind": VOTE,
        "what": ["vote on a proposal"],
        "proposal": found.id,
        "round": found.round,
        "sha256": found.sha256,
        "ends_on": found.ends_on.isoformat() if found.ends_on else "",
        "choice": choice,
        "reason": why,
        "member": str(person.id),
    }
    quorum = Quorum(1, ("council",), people=(str(person.id),))
    hash = approvals.propose(act, realm=found.realm, case=found.id, version=found.version, quorum=quorum)
    return Ballot.objects.create(
        proposal=found,
        round=found.round,
        member=person.id,
        jurisdiction=person.jurisdiction,
        choice=choice,
        reason=why,
        act=hash,
    )


def _votable(person: Person, id: str) -> Proposal:
    """A proposal that is voted on now, by its very bytes. Raises NotAllowed, NotNow, BadInput."""
    found = proposing.locked(id)
    allow(person, "council.vote", found)
    if found.state != "voting":
        raise rules.OF_PROPOSAL.not_now(found.state, "vote")
    if found.vote_ends_at is None or found.vote_ends_at <= clock.now():
        raise BadInput("vote", "its date is over; a vote after it does not count")
    if str(person.id) not in members(found.realm):
        raise BadInput("member", "who votes is in the council now")
    proposing.verify_same(found)
    return found


def sign(person: Person, id: str, hash: str, response: Mapping[str, Any] | None) -> Ballot:
    """Sign one's own vote. `response` is the passkey's, None for a demo person. Raises ApprovalRefused, NotAllowed,
    NotNow, BadInput."""
    try:
        return _sign(person, id, hash, response)
    except ApprovalRefused as refused:
        approvals.keep_refusal(person, hash, refused)
        raise


@transaction.atomic
def _sign(person: Person, id: str, hash: str, response: Mapping[str, Any] | None) -> Ballot:
    found = _votable(person, id)
    mine = Ballot.objects.select_for_update().filter(
        proposal=found, round=found.round, member=person.id, act=hash, signed_at=None
    )
    vote = mine.first()
    if vote is None:
        raise ApprovalRefused("unknown")
    given = approvals.approve_as_demo(person, hash) if response is None else approvals.approve(person, hash, response)
    approvals.keep(hash, clock.now() + KEPT_ACTS)
    vote.signed_at = given.at
    vote.save(update_fields=["signed_at"])
    told = {"choice": vote.choice, "jurisdiction": vote.jurisdiction, "act": hash}
    proposing.tell(found, "proposal.voted", person.by, **told)
    return vote


def last_votes(found: Proposal) -> list[Ballot]:
    """The last signed vote of each member in this round, in the order in which they were first given."""
    rows = Ballot.objects.filter(proposal=found, round=found.round, signed_at__isnull=False)
    last = {row.member: row for row in rows.order_by("signed_at", "id")}
    return list(last.values())


def verified(found: Proposal) -> list[Vote]:
    """The votes that count: each signature verified again, over the hash that was published, by a member of the
    council, before the vote's date."""
    votes = []
    for row in last_votes(found):
        try:
            act = approvals.approved(row.act, case=found.id, kind=VOTE)
        except NotApproved:
            continue
        text, by = act.act, act.approvals[0]
        same = (text["sha256"], text["round"], text["member"]) == (found.sha256, found.round, by.person)
        in_time = found.vote_ends_at is not None and by.at <= found.vote_ends_at
        if same and in_time and "council" in by.roles:
            votes.append(Vote(by.person, by.jurisdiction, text["choice"]))
    return votes


def count(found: Proposal, now: datetime) -> None:
    """Count the votes of a locked proposal once its vote's date has come; what is carried answers the crossing that it
    was made for."""
    if found.state != "voting" or not (found.vote_ends_at and found.vote_ends_at <= now):
        return
    tally = rules.tally(verified(found), members(found.realm))
    told: dict[str, Any] = {**tally.votes, "jurisdictions": tally.jurisdictions}
    found.tally = {**told, "members": tally.members, "why": tally.why}
    stale = _stale(found)
    if tally.carried and stale:
        proposing.move(found, "stale")
        proposing.go_back(found, f"It was carried, and is shaped anew: {stale}.")
        found.save()
        proposing.tell(found, "proposal.edited", proposing.GATEWAY)
    elif tally.carried:
        _carry(found, told)
    else:
        proposing.move(found, "fail")
        found.why = tally.why
        proposing.end(found)
        found.save()
        proposing.tell(found, "proposal.failed", proposing.GATEWAY, why=tally.why, **told)


def _stale(found: Proposal) -> str:
    """Why what was voted on can't be adopted as it stands; empty where it can."""
    try:
        proposing.verify_base(found, proposing.verify_same(found))
    except BadInput as refused:
        return refused.rule
    return ""


def _carry(found: Proposal, told: Mapping[str, Any]) -> None:
    proposing.move(found, "carry")
    found.carried_at = clock.now()
    found.sign_by = found.carried_at + timedelta(days=rules.data()["sign_days"])
    found.save()
    proposing.tell(found, "proposal.carried", proposing.GATEWAY, sha256=found.sha256, **told)
    if found.crossing is not None:
        reason = f"The council carried {found.id}: {found.title}"
        bounds.give_answer(found.crossing, reason, proposing.GATEWAY, found.id)


# -- under threat -----------------------------------------------------------------------------------------------------


@transaction.atomic
def mark(person: Person, id: str, reason: str) -> Proposal:
    """A member says a proposal is under threat: it freezes, once on one member's word, again on two of two
    jurisdictions, so that no freeze becomes a veto. Raises NotAllowed, NotNow, BadInput."""
    found = proposing.locked(id)
    allow(person, "council.vote", found)
    rules.OF_PROPOSAL.after(found.state, "freeze")
    why, now = bounds.reason_of(reason), clock.now()
    again = found.threats.filter(used=True).exists()
    if found.threats.filter(member=person.id, used=False).exists():
        raise BadInput("reason", "you have said so already; another member's mark is asked for")
    Threat.objects.create(
        proposal=found,
        member=person.id,
        jurisdiction=person.jurisdiction,
        doc=vault.put(why.encode(), now + proposing.KEPT),
        at=now,
    )
    proposing.tell(found, "proposal.marked", proposing.GATEWAY)  # who marked is sealed
    fresh = found.threats.filter(used=False)
    places = set(fresh.values_list("jurisdiction", flat=True))
    if not again or len(places) > 1:
        _freeze(found, now, len(places))
        fresh.update(used=True)
    return found


def _freeze(found: Proposal, now: datetime, places: int) -> None:
    found.before = found.state
    proposing.move(found, "freeze")
    found.frozen_at, found.frozen_until = now, now + timedelta(days=rules.data()["freeze_days"])
    found.save()
    if found.draft:
        adoption.freeze(found.draft, found.id, found.frozen_until)
    until = f"{found.frozen_until:%Y-%m-%dT%H:%M:%SZ}"
    proposing.tell(found, "proposal.frozen", proposing.GATEWAY, until=until, jurisdictions=places)
