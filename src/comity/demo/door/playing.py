"""Each step of the web door's story, by the command of its page, in words of the demo's own."""

import secrets
from urllib.parse import urlsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import QueryDict

from comity.accreditation import commands as accreditation
from comity.accreditation import rules as register
from comity.accreditation.commands import Asked
from comity.accreditation.models import Application
from comity.authorities import commands as authorities
from comity.cases import deciding
from comity.cases.filed import File
from comity.cases.models import Case, Request
from comity.doors.filing import commands as filing
from comity.doors.filing import form
from comity.following import commands as following
from comity.officers import commands as officers
from comity.officers.models import Officer
from comity.people.models import Act
from comity.platforms import sandbox_world

from .. import keys
from ..commands import AUTHOR, CHANNEL
from ..veltria.relation import person

REALM, TCO = "demo", "eu-tco-removal-order"
HANDLER, COUNSEL = "handler-be", "counsel-be"
ZONE = "Europe/Berlin"


def apply() -> str:
    """A court that nobody here knows applies; gives the number of its application."""
    mark = secrets.token_hex(4)
    domain = f"court-{mark}.example"
    asked = Asked(
        name=f"District Court {mark[:4].upper()}",
        kind="court",
        country="DE",
        domains=(domain,),
        address=f"orders@{domain}",
        phone="+49 441 0000 5500",
        competent_for=(TCO,),
        languages=("en", "de"),
        who="The registry, room 12. Please ask for the duty clerk.",
    )
    row, _token = accreditation.apply(asked, REALM)
    return row.id


def application(number: str) -> Application | None:
    """An application of the demo as it stands."""
    return Application.objects.filter(id=number, realm=REALM).first()


def publish(number: str) -> None:
    """The court publishes its record, and it is looked up."""
    row = Application.objects.get(id=number, realm=REALM)
    for one in row.domains:
        keys.publish(settings.COMITY.data, register.record_name(one), register.record_text(row.challenge))
    accreditation.look(number)


def call_back(number: str) -> None:
    """The handler calls a number that they found themselves; it confirms it."""
    handler, row = person(HANDLER), Application.objects.get(id=number, realm=REALM)
    if row.resembles and not row.weighed:
        accreditation.weigh(handler, number, "Both stand in the list of courts.")
    source = "the list of courts of its ministry"
    accreditation.call_back(handler, number, confirmed=True, number=row.phone, source=source)
    accreditation.propose(handler, number)


def sign(number: str, key: str) -> None:
    """One of those who accept signs."""
    row = Application.objects.get(id=number, realm=REALM)
    accreditation.sign(person(key), number, row.act, None)


def officer(authority: str) -> Officer | None:
    """Its officer, once enrolled."""
    found = Officer.objects.filter(authority=authority, realm=REALM, ended_at=None, enrolled_at__isnull=False)
    return found.order_by("enrolled_at").first()


def invite(number: str) -> None:
    """Counsel invites its officer after a call; the officer opens the link, and the server keeps the passkey."""
    row = Application.objects.get(id=number, realm=REALM)
    made = officers.invite_by_mail(person(COUNSEL), row.authority, f"clerk@{row.domains[0]}", confirmed=True)
    officers.enrol_as_demo(made)


def file(number: str) -> tuple[str, str]:
    """The officer files an order on the form, and signs it; gives the number of the request, and what it is about."""
    row = Application.objects.get(id=number, realm=REALM)
    said = f"Demo message {secrets.token_hex(3)}. Pretend that it praises an attack and calls for another."
    target = sandbox_world().post(CHANNEL, AUTHOR, said)
    acting, office, pack = officer(row.authority), authorities.entry(row.authority), form.of(REALM, TCO)
    assert acting is not None
    assert pack is not None
    typed = form.read(pack, REALM, _typed(target, pack.act), ZoneInfo(ZONE), office)
    link = filing.file(typed, [File(b"%PDF-1.4\n% the demo's order\n", "order.pdf")], str(uuid4()), REALM, acting)
    mark = following.mark_of(acting, link.request_id)
    following.sign(acting, link.request_id, officers.signed_as_demo(acting, mark))
    return link.request_id, target


def _typed(target: str, act: str) -> QueryDict:
    given = QueryDict(mutable=True)
    for path, words in ORDER.items():
        given[path] = words
    given["form.urls"], given["form.legal_basis"] = target, act
    given["form.reference"] = f"AG-{secrets.token_hex(2).upper()}/26"
    return given


ORDER = {
    "form.categories": "a-incite",
    "form.reasons": "It praises an attack and calls for another.",
    "form.issued_at": "2026-11-30T08:00:00",
    "form.signature": "qualified",
    "form.redress_body": "Administrative Court of Nordhafen",
    "form.redress_deadline": "one month after the notification",
    "territory": "EU",
    "language": "en",
}


def case(request: str) -> Case | None:
    """The case of what was filed, once it was judged."""
    return Case.objects.filter(request=request, realm=REALM).first() if request else None


def act_of(case: Case) -> Act | None:
    """What is put to those who decide about it."""
    return Act.objects.filter(hash=case.act, state="open").first() if case.act else None


def decide(request: str, key: str) -> None:
    """One of those who decide signs what is put to them. Raises LookupError where nothing is."""
    found = case(request)
    if found is None or not found.act:
        raise LookupError("Nothing is put to those who decide yet.")
    deciding.sign(person(key), found.id, found.act, None)


def page_of(request: str) -> str:
    """Where what was filed is followed."""
    found = Request.objects.filter(id=request, realm=REALM).first()
    return urlsplit(following.url_of(found)).path if found else ""
