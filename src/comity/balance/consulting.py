"""The only writers of comments and their answers: each act is one transaction with its event.

The same text again is counted, not repeated; one that is nearly the same stands with the first of its kind, whole, and
what differs is told. Nothing is counted for or against. A comment is hidden on a listed ground alone, which stands in
its place.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from comity import clock
from comity.ledger.commands import record
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.vault import commands as vault

from . import bounds, near, proposing, rules
from .models import Answer, Comment, Proposal

TICKED_AT_MOST = 1_000
FOUND, COMPARED = 200, 8  # comments that share a band, and of them those that are read


@transaction.atomic
def comment(id: str, text: str, lane: str = "person", by: str = proposing.OUTSIDE) -> Comment:
    """Take a comment on a published proposal: stored first, told after. Raises NotNow, BadInput, DoesNotExist."""
    found = Proposal.objects.get(id=id)  # not locked: a flood of comments takes no turns
    if found.state != "consulting" or found.closes_at is None or found.closes_at <= clock.now():
        raise BadInput("text", _("the consultation is not open; its dates stand on the page"))
    if lane not in rules.LANES:
        raise BadInput("lane", f"one of {', '.join(rules.LANES)}")
    words = proposing.written(text, "text", rules.WORDS_AT_MOST)
    digest = vault.keyed_hash(f"comment:{rules.digest_text(words) or words}")
    before = Comment.objects.filter(proposal=found, digest=digest).first()
    made = before or _kept(found, words, digest, lane)
    if before is not None or made is None:
        Comment.objects.filter(proposal=found, digest=digest).update(times=F("times") + 1)
        same = Comment.objects.get(proposal=found, digest=digest)
        record("comment.repeated", realm=found.realm, by=by, case=found.id, sealed={"comment": str(same.pk)})
        return same
    _stand_together(made, words)
    record(
        "comment.received", realm=found.realm, by=by, case=found.id, public={"lane": lane},
        sealed={"comment": str(made.pk)},
    )  # fmt: skip
    return made


def _kept(found: Proposal, words: str, digest: bytes, lane: str) -> Comment | None:
    """The row of a new text; None where another request wrote the same one meanwhile."""
    row = Comment(
        proposal=found,
        lane=lane,
        doc=vault.put(words.encode(), clock.now() + proposing.KEPT),
        digest=digest,
        at=clock.now(),
    )
    (made,) = Comment.objects.bulk_create([row], ignore_conflicts=True)
    kept = Comment.objects.filter(proposal=found, digest=digest).first()
    return kept if kept is not None and kept.doc == made.doc else None


def _stand_together(made: Comment, words: str) -> None:
    """Put a new comment with the first that it is nearly the same as, if there is one."""
    key = vault.keyed_hash(f"near:{made.proposal_id}")
    made.bands = near.bands(words, key)
    first = _first_alike(made, words) if made.bands else None
    if first is not None:
        Comment.objects.filter(pk=first).update(nearly=F("nearly") + 1)  # locks it: each has a place of its own
        made.place = Comment.objects.values_list("nearly", flat=True).get(pk=first)
        made.near_id, made.bands = first, None  # the first alone is looked for
    made.save(update_fields=["bands", "near", "place"])


def _first_alike(made: Comment, words: str) -> int | None:
    others = Comment.objects.filter(proposal=made.proposal_id, near=None, bands__overlap=made.bands)
    rows = list(others.exclude(pk=made.pk).values_list("pk", "bands", "doc")[:FOUND])
    docs = {pk: doc for pk, _, doc in rows}
    close = near.closest(made.bands or (), [(pk, bands or ()) for pk, bands, _ in rows], COMPARED)
    texts = vault.get_many([docs[pk] for pk in close])
    return next((pk for pk in close if docs[pk] in texts and near.nearly(words, texts[docs[pk]].decode())), None)


@transaction.atomic
def answer(person: Person, id: str, comments: Iterable[int], text: str, alike: bool = False) -> Answer:
    """Answer one comment, or a group of them at once; `alike`: with what is nearly the same as one of them, and stands
    with it. Raises NotAllowed, NotNow, BadInput."""
    found = proposing.locked(id)
    allow(person, "comment.answer", found)
    if found.state not in ("consulting", "answering"):
        raise rules.OF_PROPOSAL.not_now(found.state, "answer")
    wanted = sorted(set(comments))
    if not 0 < len(wanted) <= TICKED_AT_MOST:
        raise BadInput("comments", f"choose from 1 to {TICKED_AT_MOST} comments that this answers")
    rows = Comment.objects.filter(proposal=found, pk__in=wanted, hidden="")
    if rows.count() != len(wanted):
        raise BadInput("comments", "one of them is not a comment on this proposal, or is hidden")
    made = Answer.objects.create(proposal=found, text=bounds.reason_of(text, "text"), by=_who(person), at=clock.now())
    answered = rows.update(answer=made)
    if alike:
        answered += Comment.objects.filter(proposal=found, near__in=wanted, answer=None, hidden="").update(answer=made)
    record(
        "comment.answered", realm=found.realm, by=person.by, case=found.id, public={"comments": answered},
        sealed={"answer": str(made.pk)},
    )  # fmt: skip
    return made


def _who(person: Person) -> str:
    return f"{', '.join(sorted(person.roles))}, {person.jurisdiction}"


@transaction.atomic
def hide(person: Person, id: str, comment: int, ground: str) -> Comment:
    """Hide a comment on a listed ground, which everyone sees in its place. Raises NotAllowed, BadInput."""
    found = Comment.objects.select_for_update(of=("self",)).select_related("proposal").get(pk=comment, proposal=id)
    allow(person, "comment.hide", found.proposal)
    if ground not in rules.data()["hide"]:
        raise BadInput("ground", f"one of {', '.join(rules.data()['hide'])}")
    found.hidden = ground
    found.save(update_fields=["hidden"])
    record(
        "comment.hidden", realm=found.proposal.realm, by=person.by, case=id, public={"ground": ground},
        sealed={"comment": str(found.pk)},
    )  # fmt: skip
    return found


def unanswered(found: Proposal) -> int:
    """How many comments that everyone sees have no answer yet."""
    return Comment.objects.filter(proposal=found, answer=None, hidden="").count()
