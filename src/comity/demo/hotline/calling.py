"""Each step of the hotline's story, by the command of its page, in words of the demo's own."""

import secrets
from datetime import timedelta
from uuid import uuid4

from comity import clock
from comity.alerts import devices, rota
from comity.cases import asking, deciding
from comity.cases.models import Case, Request
from comity.demo.register import SERVICE_ID
from comity.hotline import acting, after, commands, officers, pages
from comity.hotline.models import Call
from comity.hotline.rules import OPEN, Said
from comity.ledger.life import NotNow
from comity.officers.models import Officer
from comity.people.approvals import ApprovalRefused
from comity.platforms import sandbox_world
from comity.vault import commands as vault

from .. import rules
from ..commands import AUTHOR, CHANNEL
from ..veltria.relation import person

ON_CALL, SECOND = "handler-be", "decider-be"
WHAT = "A girl of nine was taken at noon. Whoever holds her posts from this channel, and names an hour."
DID = "The post is kept and restricted. A car is on its way to the address that your colleagues have."
ANSWER = "She is found, and well. Thank you."
DONE = "She is found. The service sends the formal order in the morning."
LEFT = "Its story was left half-way; another one begins."
REALM = "demo"


def ready(*, second: bool = False) -> None:
    """Somebody is on duty in the demo, on the console's own page; no real device is ever rung here. `second`: so is
    somebody else, for when the first doesn't answer."""
    for key, post in ((ON_CALL, "first"), *([(SECOND, "second")] if second else [])):
        who, now = person(key), clock.now()
        duty = rota.on_duty(REALM, now)
        if who not in (duty.first if post == "first" else duty.second):
            rota.set_shift(person("head-ee"), REALM, who, post, now, now + timedelta(hours=8))
        devices.heard(who)


def officer() -> Officer:
    """Who calls for the demo's service."""
    return officers.demo_officer(SERVICE_ID)


def _leave() -> None:
    """What an earlier playing left open is closed: a new call of the same officer would be one with it."""
    left = Call.objects.filter(realm=REALM, officer=officer(), joined_to=None, state__in=OPEN)
    for number in left.values_list("id", flat=True):
        commands.close(person(ON_CALL), number, LEFT)


def press(*, asleep: bool = False) -> tuple[Call, str]:
    """A fresh post on the sandbox, and the call about it; gives the call and the post's address. `asleep`: the first
    won't answer, and the ladder is climbed in seconds."""
    _leave()
    ready(second=asleep)
    said = f"Demo message {secrets.token_hex(3)}. Pretend that somebody who holds a child writes it."
    target = sandbox_world().post(CHANNEL, AUTHOR, said)
    words = Said(WHAT, "Nordhafen", "now", (target,), "the officer on watch")
    return commands.raise_call(officer(), words, str(uuid4()), "demo" if asleep else commands.LIFE), target


def seen_mail(message_id: str) -> Call | None:
    """The call that a mail is; it is known by its Message-ID once it is read."""
    mark = vault.keyed_hash(message_id)
    request = Request.objects.filter(realm=REALM, message_hash=mark).order_by("-received_at").first()
    return Call.objects.select_related("joined_to").filter(request=request.id).first() if request else None


def of_mail(message_id: str) -> Call | None:
    """The same, as one of its own, whatever came from its sender before."""
    found = seen_mail(message_id)
    if found is not None and found.joined_to_id:
        return commands.apart(person(ON_CALL), found.id)
    return found


def call(number: str) -> Call:
    """A call as it stands. Raises Call.DoesNotExist."""
    return Call.objects.get(id=number, realm=REALM)


def case(number: str) -> Case | None:
    """Its case, once it was judged."""
    return acting.case_of(call(number))


def kept(number: str) -> int:
    """How much of it is kept."""
    return acting.kept(call(number))


def acknowledge(number: str, who: str = ON_CALL) -> None:
    """Whoever is on call takes it."""
    commands.acknowledge(person(who), number)


def name_places(number: str, target: str) -> None:
    """Whoever is on call says which place a mail means."""
    acting.name_places(person(ON_CALL), number, [target])


def preserve(number: str, who: str = ON_CALL) -> None:
    """What is public is kept."""
    acting.preserve(person(who), number)


def call_back(number: str, who: str = ON_CALL) -> None:
    """The registered number confirms it, and a person says that a life is in danger."""
    handler = person(who)
    acting.call_back(handler, number, confirmed=True)
    asking.answer(handler, call(number).request, "danger", "yes")


def deny(number: str) -> None:
    """The registered number knows nothing of it."""
    acting.call_back(person(ON_CALL), number, confirmed=False)


def refused(number: str) -> str:
    """Why those who decide can't restrict it: a decider's try, and what the call's page says. Empty where they can."""
    decider, found = person(rules.DECIDERS[0]), case(number)
    if found is None or found.act:
        return ""
    try:
        deciding.sign(decider, found.id, "", None)
    except (NotNow, ApprovalRefused):
        return str(pages.page(call(number), decider)["restrict"]["says"])
    return ""


def sign(number: str, key: str) -> None:
    """One of those who decide signs what is put to them. Raises LookupError where nothing is."""
    found = case(number)
    if found is None or not found.act:
        raise LookupError("Nothing is put to those who decide yet.")
    deciding.sign(person(key), found.id, found.act, None)


def write(number: str, who: str = ON_CALL) -> None:
    """The desk writes to the service, and the service answers."""
    commands.write(person(who), number, DID, f"demo-{number}-desk")
    commands.write_as_officer(officer(), number, ANSWER, f"demo-{number}-service")


def tell(number: str, who: str = ON_CALL) -> None:
    """The service says what came of it; the call is closed, and waits for its review."""
    after.outcome(officer(), number, "prevented")
    commands.close(person(who), number, DONE)
