"""A dispute with Veltria, argued and settled: what each side says, in words of the demo's own."""

from comity import clock
from comity.countries import rules as relations
from comity.disputes import bundles, by_link, commands, papers
from comity.disputes.models import Bundle, Dispute

from . import relation
from .relation import COUNTRY, REALM, person

FORUM = "arbitration-uncitral"
OPENED = {
    "title": "Whether Veltria may require the home addresses of staff",
    "claimant": "us",
    "forum": FORUM,
    "claim": "Decree 12 wants the home addresses of everyone who works for the platform. It isn’t to be applied to us.",
    "basis": "The agreement of both sides to arbitrate; the right to be left in peace at home, which Veltria accepts.",
    "relief": "A finding that the decree doesn’t bind the platform, and that orders go to its contact address.",
}
NOTICE = (
    "Notice of arbitration\n\n1. Veltria’s Decree 12 requires the home addresses of our staff.\n"
    "2. No order of its courts was left unanswered: each stands in our record, with what was done and seen.\n"
    "3. A list of homes serves no order. Orders reach us at our contact address, and are answered there."
)
EXHIBIT = "Orders of Veltria’s courts in the last year, and our answers\n\n14 orders received, 14 answered, none late."
REPLY = (
    "Response to the notice\n\n1. The decree is to make sure that somebody answers.\n"
    "2. We do not dispute that our courts’ orders were answered.\n"
    "3. We are ready to accept an address of the platform’s choice in place of the list, if it is confirmed each month."
)
OFFER = "Without prejudice: we confirm our contact address each month, if the decree isn’t applied to us."
FILE = "The talks have led nowhere; an arbitrator is asked."
SERVE = "The notice was served on the ministry by mail."


def argue() -> str:
    """Counsel drafts the dispute, with our notice and an exhibit, files it, and has it served; gives its number."""
    relation.talking()
    counsel = person("counsel-be")
    dispute = commands.open_(counsel, REALM, COUNTRY, OPENED)
    papers.submit(counsel, dispute.number, _submission("us", "Notice of arbitration", NOTICE, due="state"))
    papers.exhibit(counsel, dispute.number, "Orders and answers of the last year", "us", papers.File(EXHIBIT.encode()))
    commands.move(counsel, dispute.number, "file", FILE)
    commands.move(counsel, dispute.number, "serve", SERVE)
    return str(dispute.number)


def _submission(side: str, title: str, text: str, *, due: str = "") -> dict[str, str]:
    calls_for = {"due_side": due, "period": "response"} if due else {}
    at = clock.now().isoformat()
    return {"side": side, "title": title, "text": text, "how": "mail", "served_at": at, **calls_for}


def reply(number: str) -> None:
    """Veltria is sent its link, and hands in its response by it."""
    by_link.invite(person("counsel-be"), number, relations.SUBMISSION)
    by_link.submit(relation.link_of(relations.SUBMISSION, number), "Response to the notice", REPLY, None)


def bundle(number: str) -> Bundle:
    """Counsel marks the response as met, and has the bundle made."""
    counsel = person("counsel-be")
    for due in dispute(number).dues.filter(side="state", met_at=None):
        papers.meet(counsel, number, due.pk)
    return bundles.make(counsel, number)


def offer(number: str) -> None:
    """Counsel lays our offer in the settlement lane, and puts terms to the quorum."""
    counsel = person("counsel-be")
    papers.offer(counsel, number, "Our offer", "us", text=OFFER)
    terms = {**relation.TERMS, "terms": relation.TERMS["text"], "starts": f"{clock.now():%Y-%m-%d}"}
    commands.propose(counsel, number, commands.SETTLE, terms)


def sign(number: str, key: str) -> None:
    """One decider signs what is put."""
    commands.sign(person(key), number, dispute(number).act, None)


def confirm(number: str) -> None:
    """Veltria confirms the signed terms by its link."""
    by_link.confirm(relation.link_of(relations.SETTLEMENT, number))


def dispute(number: str) -> Dispute:
    """The dispute as it stands. Raises Dispute.DoesNotExist."""
    return Dispute.objects.get(id=number)
