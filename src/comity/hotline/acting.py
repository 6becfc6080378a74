"""What a person on call does about a call: kept safe by one hand, called back at the registered number. Restricting is
a decision of its case, and signed there by those whom the regulation asks for; nothing is disclosed from here."""

import re
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from comity import clock
from comity.alerts import rota
from comity.authorities import commands as register
from comity.cases import commands as cases
from comity.cases import deciding, entering
from comity.cases.models import Case, Request
from comity.ledger.commands import record
from comity.measures import copies
from comity.measures.models import Preserved
from comity.outbox import commands as outbox
from comity.outbox import rules as addresses
from comity.people.models import Person
from comity.people.refusals import BadInput, NotAllowed, allow
from comity.people.rules import may
from comity.platforms import for_url
from comity.platforms.port import PlatformDown, PlatformRefused

from . import commands, letters, officers
from .commands import acting_on, end, tell
from .models import Call
from .rules import LIFE, OF_IT, OPEN, Said

ASKS_FIRST = 20  # places of which keeping them asks first, as the rule has it for the rest
MARKED_BACK = timedelta(days=3)  # mails of a service that denied a call are marked from so long before


def case_of(call: Call) -> Case | None:
    """The case of a call; None for one that was not judged yet, and for a mail that names no order."""
    if not call.request:
        return None
    found = Case.objects.select_related("request").filter(joined__request=call.request)
    return found.order_by("id").first()


def whose(call: Call, request: Request | None, case: Case | None) -> str:
    """Which entry of our register is called back about a call: its service; of a mail whoever is proven to have sent
    it, else whom a person said that it is for. Empty: none."""
    if call.service_id or request is None or request.authority:
        return str(call.service_id or (request.authority if request else ""))
    said = deciding.finding_of(case)["facts"].get("authority", {}) if case else {}
    known = [one for one in register.of_realm(call.realm) if one.accredited]
    named = (one.id for one in known if (one.name, one.country) == (said.get("name"), said.get("country")))
    return next(named, "")


LINK = re.compile(r"https?://[^\s<>\"'()\[\]{}|\\^`]{4,1900}")
SUGGESTED = 20


def places_in(text: str, realm: str) -> list[str]:
    """The addresses on a platform of ours that a text holds, each once: what somebody is offered, never what counts."""
    found = (one.rstrip(".,;:!?") for one in LINK.findall(text))
    return [one for one in dict.fromkeys(found) if for_url(one, realm) is not None][:SUGGESTED]


def name_places(person: Person, call_id: str, links: Sequence[str], authority: str = "") -> None:
    """Say which places a mail means, and for which service: it becomes an order under our rule, which is graded and
    judged as any. Only then something can be kept of it, or restricted once its service was called back.

    `authority`: an accredited service on our register; empty: nobody's that we know. Raises NotAllowed, BadInput,
    NotNow.
    """
    said = commands.checked(Said("a mail", links=tuple(links)))
    if not said.links:
        raise BadInput("links", "at least one, each on a line of its own")
    with transaction.atomic():
        call = acting_on(person, call_id, "call.act")
        if call.state not in OPEN:
            raise OF_IT.not_now(call.state, "name places")
        request = cases.locked(call.request)
        if call.door != "email" or request.kind == "order" or request.joined.exists():
            raise BadInput("call", "it has its order already")
        if request.kind in ("unread", "waits"):
            raise BadInput("call", "it is being read; a moment")
        entry = register.entry(authority or request.authority)
        if authority and (entry is None or entry.realm != call.realm or not entry.accredited):
            raise BadInput("authority", "choose one that is accredited on our register")
        one = commands.order(call, said, entry, person.by, "named by a person, from the mail")
        entering.put_order(request, one, person.by)
        tell(call, "call.named", person.by, places=len(said.links))


def preserve(person: Person, call_id: str, *, sure: bool = False) -> int:
    """Keep what is public of what a call names, now, by one hand; how many copies are new. Private content never.

    `sure`: it is many places, and somebody has said that they are meant. Raises NotAllowed, BadInput, NotNow.
    """
    call = Call.objects.get(id=call_id)
    allow(person, "call.preserve", call)
    case = case_of(call)
    if case is None:
        raise BadInput("call", "it isn't judged yet, or names no order: nothing can be kept of it")
    facts = deciding.finding_of(case)["facts"]
    if len(facts.get("targets") or []) > ASKS_FIRST and not sure:
        raise BadInput("sure", f"it names more than {ASKS_FIRST} places: look at them, and say that they are meant")
    try:
        made = copies.fresh(case, facts)
    except (PlatformDown, PlatformRefused):
        raise BadInput(
            "platform", "it doesn't answer; nothing is kept yet. Try again, or write to the service"
        ) from None
    with transaction.atomic():
        call = acting_on(person, call_id, "call.preserve")
        if call.state not in OPEN:
            raise OF_IT.not_now(call.state, "preserve")
        copies.keep(case, made, copies.kept_until(case, clock.now()))
        if made:
            record("preserved", realm=case.realm, by=person.by, case=case.id, public={"targets": len(made)})
    return len(made)


def let_go(person: Person, call_id: str) -> None:
    """Let go what was kept for a call, where nothing else rests on it. Raises NotAllowed, BadInput."""
    with transaction.atomic():
        call = acting_on(person, call_id, "call.preserve")
        case = case_of(call)
        if case is None or not kept(call):
            raise BadInput("call", "nothing is kept for it")
        if case.state not in ("verifying", "to-decide", "second-approval"):
            raise BadInput("call", "what was decided of its case rests on it")
        copies.let_go(case)
        tell(call, "call.released", person.by)


def kept(call: Call) -> int:
    """How many copies are kept for a call now."""
    case = case_of(call)
    return Preserved.objects.filter(case=case, until__gt=clock.now()).count() if case else 0


def may_call_back(person: Person, call: Call) -> bool:
    """Whether somebody may say what came of calling the service: a handler, and whoever took the call or is on duty,
    since at night nobody else may be there."""
    if may(person, "callback.record", call):
        return True
    on_call = call.acked_by == person.by or person in rota.on_duty(call.realm, clock.now()).everyone
    return on_call and may(person, "call.act", call)


def call_back(person: Person, call_id: str, *, confirmed: bool, authority: str = "") -> None:
    """Say what came of calling the service at its number on our register, never at one that the call gives.

    Denied: the call is closed as false, the service warned at its registered address, and its mails marked. A mail in
    its name counts as false for no service: who forges two would suspend it. Raises NotAllowed, BadInput, NotNow.
    """
    with transaction.atomic():
        call = acting_on(person, call_id, "call.act")
        request = Request.objects.filter(id=call.request).first()
        entry = register.entry(call.service_id or authority or whose(call, request, case_of(call)))
        if entry is None or entry.realm != call.realm or not entry.phone:
            raise BadInput("authority", "choose one whose number is on our register")
        if (call.state, "close") not in LIFE or request is None:
            raise OF_IT.not_now(call.state, "record a call-back")
        if not may_call_back(person, call):
            raise NotAllowed("a handler records it, or whoever took the call or is on duty")
        cases.called_back(cases.locked(request.id), entry.id, person.by, confirmed=confirmed)
        call.callback = "confirmed" if confirmed else "denied"
        theirs = request.authority == entry.id and entry.kind == "service" and entry.accredited
        if confirmed and call.service is None and theirs:
            # their own mail: their officers see it now, and say what came of it; a stranger's they don't
            call.service = commands.service_of(entry.id, entry.realm)
        call.save(update_fields=["callback", "service"])
        tell(call, "call.called-back", person.by, confirmed=confirmed)
        if not confirmed:
            _denied(call, entry.id, entry.address, person.by)


def _denied(call: Call, authority: str, address: str, by: str) -> None:
    end(call, letters.DENIED, by, "false")
    officers.count_false(call)
    for request in (
        Request.objects.select_for_update()
        .filter(realm=call.realm, authority=authority, received_at__gt=clock.now() - MARKED_BACK)
        .order_by("id")
    ):
        request.flags = sorted({*request.flags, "caller-denied"})
        request.save(update_fields=["flags"])
    try:
        addresses.address(address)
    except addresses.BadAddress:
        return
    outbox.queue(
        key=f"hotline:denied:{call.id}",
        realm=call.realm,
        kind="hotline-warning",
        to=address,
        subject=letters.warning_subject(call.id),
        text=letters.warning(call.id, call.raised_at),
        case=call.id,
        by=by,
    )
