"""What a State does by a link sent to its registered address: hand in a submission, confirm or decline a settlement.

A note on the summary is words like any other of a State's (`countries.speaking.speak`). What was handed in is stored
before the page says so.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from comity import clock
from comity.countries import commands as countries
from comity.countries import rules as relations
from comity.countries import speaking
from comity.countries.models import Link
from comity.people.models import Person
from comity.people.refusals import BadInput, allow

from . import commands, papers, rules
from .commands import locked, tell
from .models import Dispute, Settlement, Submission

STATE = "state"
BY_LINK = "by the link sent to its registered address"


@transaction.atomic
def invite(person: Person, id: str, purpose: str) -> Link:
    """Send the State the link by which it hands in a submission, or annotates the summary. Raises NotAllowed, NotNow,
    BadInput, Dispute.DoesNotExist."""
    dispute = locked(id)
    allow(person, "dispute.move", dispute)
    if purpose not in (relations.SUBMISSION, relations.ANNOTATION):
        raise BadInput("purpose", f"{relations.SUBMISSION} or {relations.ANNOTATION}")
    if dispute.state == "drafted":
        raise rules.OF_IT.not_now(dispute.state, "send the State a link")
    if purpose == relations.SUBMISSION:
        rules.OF_IT.after(dispute.state, "submit")
    elif not dispute.summaries.filter(state="published").exists():
        raise rules.OF_IT.not_now(f"{dispute.state}, without a summary that is published", "have it annotated")
    relation = countries.locked(dispute.relation_id)
    if not relation.contact:
        raise BadInput("contact", "no address is registered for this country; register one first")
    return speaking.send(relation, purpose, person.by, dispute.number)


def submit(link: Link, title: str, text: str, file: papers.File | None) -> Submission:
    """Take a State's own submission: served at this instant. Raises speaking.Used, NotNow, BadInput."""
    said = " ".join(title.split())
    if not said or len(said) > papers.TITLE:
        raise BadInput("title", _("say what it is, in at most %(most)s characters") % {"most": papers.TITLE})
    if file is None and not text.strip():
        raise BadInput("text", _("type what it says, or choose a file"))
    held, beside = papers.body(text, file)
    with transaction.atomic():
        dispute = locked(link.thing)
        taken = speaking.take(link)
        service = papers.Served("link", clock.now(), reference(taken))
        made = papers.entered(dispute, rules.STATE, said, held, beside, service, BY_LINK, STATE)
        taken.save(update_fields=["used_at"])
        tell(dispute, "submission.received", STATE, {"submission": made.pk, "link": taken.pk})
        return made


def reference(link: Link) -> str:
    """By what the service of a submission by a link can be found."""
    return f"link {link.pk}"


def waiting(link: Link) -> Settlement | None:
    """The terms that a link asks to confirm; None once they no longer wait."""
    return Settlement.objects.filter(dispute=link.thing, state="signed").select_related("dispute").first()


def answered_by(link: Link) -> Settlement | None:
    """The terms that were answered by a link when it was used."""
    settlements = Settlement.objects.filter(dispute=link.thing, signed_at__lte=link.used_at)
    return settlements.order_by("-signed_at").first()


@transaction.atomic
def confirm(link: Link) -> Dispute:
    """The State confirms signed terms: the dispute is settled by them. Raises speaking.Used, NotNow."""
    dispute, settlement = _answered(link)
    tell(dispute, "settlement.confirmed", STATE, {"act": settlement.act})
    commands.stand(dispute, settlement, STATE, BY_LINK)
    return dispute


@transaction.atomic
def decline(link: Link, text: str) -> Dispute:
    """The State doesn't confirm; its words, if any, lie in the settlement lane. Raises speaking.Used, NotNow,
    BadInput."""
    words = speaking.written(text) if text.strip() else ""
    dispute, settlement = _answered(link)
    settlement.state = "declined"
    settlement.save(update_fields=["state"])
    if words:
        title = f"Why it does not confirm the terms of {settlement.at:%d %b %Y}"
        papers.laid(dispute, rules.STATE, title, papers.typed(words), BY_LINK, STATE)
    tell(dispute, "settlement.declined", STATE, {"act": settlement.act})
    return dispute


def _answered(link: Link) -> tuple[Dispute, Settlement]:
    """The dispute and its terms, both locked, and the link used. Raises speaking.Used, NotNow."""
    dispute = locked(link.thing)
    taken = speaking.take(link)
    taken.save(update_fields=["used_at"])
    found = dispute.settlements.select_for_update().filter(state="signed").first()
    if found is None:
        raise rules.OF_IT.not_now(f"{dispute.state}, without terms that wait", "confirm")
    return dispute, found
