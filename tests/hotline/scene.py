"""Calls in a few words: an officer, what they type, who is on duty."""

from datetime import timedelta
from uuid import uuid4

from road import Road

from comity import clock
from comity.alerts import devices, rota
from comity.demo import register
from comity.hotline import commands, officers
from comity.hotline.models import Call, Officer
from comity.hotline.rules import Said

WHAT = "A child of nine was taken in Nordhafen at noon; her captor posts from here."


def officer() -> Officer:
    return officers.demo_officer(register.SERVICE_ID)


def on_duty(road: Road, role: str = "handler") -> None:
    person, now = road.person(role), clock.now()
    rota.set_shift(
        road.person("head", "EE"), "demo", person, "first", now - timedelta(hours=1), now + timedelta(hours=9)
    )
    devices.heard(person)


def raised(road: Road, *links: str, key: str = "", what: str = WHAT) -> Call:
    """A call, after all that follows from it by itself."""
    said = Said(what, "Nordhafen", "now", tuple(links), "the officer on watch")
    call = commands.raise_call(officer(), said, key or str(uuid4()))
    road.drive()
    return again(call)


def again(call: Call) -> Call:
    return Call.objects.get(id=call.id)
