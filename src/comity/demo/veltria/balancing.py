"""What people do in the story of the balance, each by the command of its page, in the demo's own words."""

from django.db import transaction

from comity import clock
from comity.adoption import commands as adoption
from comity.adoption.models import Draft
from comity.balance import bounds, by_link, consulting, dates, making, proposing, voting
from comity.balance.models import Bound, Comment, Crossing, Proposal
from comity.balance.rules import OF_PROPOSAL
from comity.countries import speaking
from comity.countries.models import Relation
from comity.library import in_force
from comity.people.models import Act

from .. import rules
from .relation import COUNTRY, REALM, link_of, person, talking

COUNCIL = ("council-be", "council-ee", "council-jp")
CHECKS = ("redress", "category", "legal-basis", "issued-at")
INDICATOR, BUDGET = "reversed", "1.5"
WHY_BOUND = "Of two hundred acts at most three may turn out wrong once the person affected complains."
TITLE = "Let an order that leaves this out wait until it says it"
WORDS = (
    "Our own courts’ orders have lately come without what your regulation asks and does not insist on. Too many had to "
    "be taken back. Please ask for it before you act: we would rather wait a day than be wrong."
)
COMMENT = "Who is asked to wait is also somebody in danger. How long would an order wait, and who hears of it at once?"
ANSWER = (
    "The office is told within a minute what is missing; danger to a life goes by the hotline, which waits for nobody."
)
VOTES = {
    "council-be": ("for", "It spares people a wrong that was found only when they complained."),
    "council-ee": ("for", "The orders that wait are few, and their office is told at once."),
    "council-jp": ("abstain", "I would like to see a year of it; that it ends by itself is right."),
}
WHY_DRAFT = "defective"
WHY_AGAIN = "The story of the balance begins anew: what it made these questions decide, they decide no longer."


def free() -> list[str]:
    """The story's checks that don't block by the regulation in force."""
    pack = in_force.library(REALM).in_force(rules.TCO, clock.now())
    them = {check.id for check in pack.checks if not check.blocking}
    return [check for check in CHECKS if check in them]


def check_now() -> str:
    """The first of them; the first of all where all block (`free_again`)."""
    return next(iter(free()), CHECKS[0])


def free_again() -> None:
    """Stories played before have made all of the checks block: those who adopt let them be as they were when they came,
    or there would be nothing to change."""
    counsel, now = person("counsel-be"), clock.now()
    made = adoption.draft(counsel, rules.TCO, in_force.library(REALM).in_force(rules.TCO, now).version)
    for check in CHECKS:
        adoption.block(counsel, made.pk, check, "")
    adoption.try_on_past(counsel, made.pk)
    adoption.propose(counsel, made.pk, WHY_AGAIN)
    for key in rules.SIGNERS[:2]:
        sign(made, key)


def measure() -> Bound:
    """A made year is put in place, and the council sets a bound, which that year crosses."""
    if not free():
        free_again()
    check = check_now()
    making.make(making.SEED + CHECKS.index(check), making.USERS, check)
    made = bounds.draft(person("council-be"), REALM, INDICATOR, "", BUDGET, WHY_BOUND)
    for key in COUNCIL:
        bounds.sign(person(key), made.id, made.act, None)
    made.refresh_from_db()
    return made


def crossing(bound: str) -> Crossing | None:
    """The crossing of the story's bound."""
    return Crossing.objects.filter(bound=bound, bound__realm=REALM).order_by("-id").first()


def attempt() -> Draft:
    """Counsel drafts a change of the check that stands out, and tries it on the past."""
    counsel, check = person("counsel-be"), check_now()
    version = in_force.library(REALM).in_force(rules.TCO, clock.now()).version
    made = adoption.draft(counsel, rules.TCO, version)
    adoption.block(counsel, made.pk, check, WHY_DRAFT)
    return adoption.try_on_past(counsel, made.pk)


def propose(bound: str) -> tuple[Proposal, str]:
    """Veltria proposes, by the link sent to its registered address. Gives the secret by which it confirms."""
    relation = talking()
    if not speaking.ask_to_propose(relation.pk):
        _again(relation.pk)
    found = crossing(bound)
    link = link_of(by_link.PURPOSE, relation.number)
    return by_link.propose(link, rules.TCO, TITLE, WORDS, found.pk if found else None)


def _again(relation: int) -> None:
    """One was asked for today already: counsel sends another."""
    with transaction.atomic():
        found = Relation.objects.select_for_update().get(pk=relation)
        speaking.send(found, by_link.PURPOSE, person("counsel-be").by)


def shape(number: str, draft: int, token: str) -> Proposal:
    """Counsel admits it and makes the draft its own; Veltria confirms; it is published."""
    counsel = person("counsel-be")
    proposing.admit(counsel, number)
    proposing.shape(counsel, number, draft)
    proposing.confirm(number, proposing.with_token(number, token))
    return proposing.publish(counsel, number)


def comment(number: str) -> Comment:
    """Somebody comments, twice the same; the desk answers once; the consultation is closed early, in the demo alone."""
    consulting.comment(number, COMMENT)
    made = consulting.comment(number, f"{COMMENT} ")
    consulting.answer(person("counsel-be"), number, [made.pk], ANSWER)
    dates.hasten(number)
    voting.ballot(person("counsel-be"), number)
    return made


def vote(number: str, key: str) -> None:
    """One member votes, with a reason, by their own authenticator."""
    choice, reason = VOTES[key]
    made = voting.propose(person(key), number, choice, reason)
    voting.sign(person(key), number, made.act, None)


def voted(number: str) -> frozenset[str]:
    """Who has voted, as keys of `rules.WHO`."""
    found = proposal(number)
    members = {str(person(key).pk): key for key in COUNCIL}
    return frozenset(members[str(row.member)] for row in voting.last_votes(found) if str(row.member) in members)


def sign(draft: Draft, key: str) -> bool:
    """One of those who adopt signs what was carried."""
    draft.refresh_from_db()
    return adoption.sign(person(key), draft.pk, draft.act, None)


def signed(draft: Draft) -> frozenset[str]:
    """Who has signed what is put to the quorum."""
    act = Act.objects.filter(hash=draft.act).first() if draft.act else None
    keys = {str(person(key).pk): key for key in rules.SIGNERS}
    return (
        frozenset(keys[str(one.person_id)] for one in act.approvals.all() if str(one.person_id) in keys)
        if act
        else frozenset()
    )


def proposal(number: str) -> Proposal:
    """A proposal of the demo. Raises Proposal.DoesNotExist."""
    return Proposal.objects.get(id=number, realm=REALM)


def draft_of(number: str) -> Draft:
    """The draft of a proposal."""
    return proposing.draft_of(proposal(number))


def clear() -> None:
    """Whatever was played before and left half-way: Veltria takes its open proposals back."""
    for one in Proposal.objects.filter(realm=REALM, country=COUNTRY):
        if "withdraw" in OF_PROPOSAL.acts_in(one.state):
            proposing.withdraw(one.id, f"state:{COUNTRY}")


def over(number: str) -> Proposal:
    """The vote's weeks pass at once, in the demo alone."""
    return dates.hasten(number)
