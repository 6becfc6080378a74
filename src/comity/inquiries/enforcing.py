"""Telling the enforcing authority what we see in an order for data: its act has us tell both, and they decide.

Which authority that is doesn't come from the order: it is that of the State in which we are established, at the address
that the operator set. What it makes of it the issuing authority says, in the order's own thread.
"""

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from comity import clock, instruments, language
from comity.answers import commands as answers
from comity.answers import sent
from comity.cases import deciding
from comity.cases import rules as life
from comity.cases.models import Case
from comity.outbox.commands import Attachment
from comity.outbox.letters import Letter
from comity.outbox.models import Mail
from comity.people.models import Person
from comity.people.refusals import BadInput, allow

from . import commands, letters, rules
from .models import Inquiry

PDF = "application/pdf"


def address(realm: str) -> str:
    """The address of the enforcing authority; empty where the operator gives none, or an invented one in earnest."""
    return commands.known_address(settings.COMITY.enforcing_authority, realm)


def may_tell(case: Case) -> bool:
    """Whether there is somebody to tell of a case's order, and its sender is known."""
    known = case.state != "verifying" and case.grade in life.VERIFIED and case.request.until > clock.now()
    return known and bool(instruments.of(case.instrument).enforcing_cite and address(case.realm))


def due(case: Case) -> bool:
    """Whether the finding has a ground that stands in the order's way, and nobody told it yet."""
    if not may_tell(case) or Inquiry.objects.filter(case=case, kind=rules.ENFORCING).exists():
        return False
    return bool(deciding.finding_of(case)["finding"].get("grounds"))


def tell(person: Person, case_id: str, text: str) -> Inquiry:
    """Tell it, with what went to the issuing authority. Raises BadInput, NotAllowed."""
    words = commands.words_of(text, "say what you see in the order; it goes out as it stands")
    with transaction.atomic():
        case = commands.locked(case_id)
        allow(person, "authority.ask", case)
        if not may_tell(case):
            raise BadInput("text", "no enforcing authority is set, its act knows none, or the sender isn't known")
        if any(one.kind == rules.ENFORCING and one.text == words for one in commands.of_case(case)):
            raise BadInput("text", "it was told just that already")
        told = commands.send(person, case, rules.ENFORCING, words, letter(case, words), None, _answer(case))
        told.outcome, told.closed_at = rules.WAS_TOLD, told.at
        told.save(update_fields=["outcome", "closed_at"])
        return told


def letter(case: Case, text: str) -> Letter:
    """What goes to it, in the language in which we speak."""
    matter, own = answers.matter_of(case, address(case.realm)), instruments.of(case.instrument)
    with override(language.known(settings.COMITY.language)):
        return letters.to_enforcing(matter, own.phrase, own.enforcing_cite, text, clock.now())


def _answer(case: Case) -> list[Attachment]:
    """What the issuing authority got last, on its form."""
    mail = Mail.objects.filter(case=case.id, kind="answer").order_by("-queued_at").first()
    files = sent.files_of(mail) if mail else []
    return [Attachment(one.name, PDF, one.data) for one in files if one.data.startswith(b"%PDF-")]
