"""Each step of the hotline's story, by the command of its page, in words of the demo's own."""

import secrets
from datetime import timedelta
from uuid import uuid4

from comity import clock
from comity.alerts import devices, rota
from comity.cases import asking, deciding
from comity.cases.models import Case
from comity.demo.register import SERVICE_ID
from comity.hotline import acting, after, commands, officers
from comity.hotline.models import Call, Officer
from comity.hotline.rules import Said
from comity.platforms import sandbox_world

from ..commands import AUTHOR, CHANNEL
from ..veltria.relation import person

ON_CALL = "handler-be"
WHAT = "A girl of nine was taken at noon. Whoever holds her posts from this channel, and names an hour."
DID = "The post is kept and restricted. A car is on its way to the address that your colleagues have."
ANSWER = "She is found, and well. Thank you."
DONE = "She is found. The service sends the formal order in the morning."
REALM = "demo"


def ready() -> None:
    """Somebody is on duty in the demo, on the console's own page; no real device is ever rung here."""
    handler, now = person(ON_CALL), clock.now()
    if handler not in rota.on_duty(REALM, now).first:
        rota.set_shift(person("head-ee"), REALM, handler, "first", now, now + timedelta(hours=8))
    devices.heard(handler)


def officer() -> Officer:
    """Who calls for the demo's service."""
    return officers.demo_officer(SERVICE_ID)


def press() -> tuple[Call, str]:
    """A fresh post on the sandbox, and the call about it; gives the call and the post's address."""
    ready()
    said = f"Demo message {secrets.token_hex(3)}. Pretend that somebody who holds a child writes it."
    target = sandbox_world().post(CHANNEL, AUTHOR, said)
    return commands.raise_call(
        officer(), Said(WHAT, "Nordhafen", "now", (target,), "the officer on watch"), str(uuid4())
    ), target


def call(number: str) -> Call:
    """A call as it stands. Raises Call.DoesNotExist."""
    return Call.objects.get(id=number, realm=REALM)


def case(number: str) -> Case | None:
    """Its case, once it was judged."""
    return acting.case_of(call(number))


def acknowledge(number: str) -> None:
    """Whoever is on call takes it."""
    commands.acknowledge(person(ON_CALL), number)


def preserve(number: str) -> None:
    """What is public is kept."""
    acting.preserve(person(ON_CALL), number)


def call_back(number: str) -> None:
    """The registered number confirms it, and a person says that a life is in danger."""
    handler = person(ON_CALL)
    acting.call_back(handler, number, confirmed=True)
    asking.answer(handler, call(number).request, "danger", "yes")


def sign(number: str, key: str) -> None:
    """One of those who decide signs what is put to them. Raises LookupError where nothing is."""
    found = case(number)
    if found is None or not found.act:
        raise LookupError("Nothing is put to those who decide yet.")
    deciding.sign(person(key), found.id, found.act, None)


def write(number: str) -> None:
    """The desk writes to the service, and the service answers."""
    commands.write(person(ON_CALL), number, DID, f"demo-{number}-desk")
    commands.write_as_officer(officer(), number, ANSWER, f"demo-{number}-service")


def tell(number: str) -> None:
    """The service says what came of it; the call is closed, and waits for its review."""
    after.outcome(officer(), number, "prevented")
    commands.close(person(ON_CALL), number, DONE)
