"""The hotline over HTTP: an officer from the link to the outcome, whoever is on call, and what everyone reads."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from road import Road

from comity import clock
from comity.authorities.models import Authority
from comity.hotline import acting, commands, figures, officers
from comity.hotline.models import Call, Line, Officer
from comity.ledger.models import Event
from comity.officers import commands as enrolled
from comity.people import passkeys
from comity.people.commands import make_person
from comity.people.models import Person
from comity.people.software import SoftwareAuthenticator

from .scene import WHAT, again, on_duty, raised

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BACKEND = "comity.people.sessions.Passkeys"
HERE = "localhost:8000"
SERVICE = "night-line"
JSON = {"Accept": "application/json"}


def desk(person: Person) -> Client:
    client = Client(HTTP_HOST=HERE)
    client.force_login(person, backend=BACKEND)
    return client


def real(role: str) -> Person:
    return make_person(uuid4(), f"{role}-{str(uuid4())[:8]}", "real", [role], "LT")


def a_service(id: str = SERVICE) -> Authority:
    told = {"kind": "service", "country": "LT", "realm": "real", "accredited": True, "phone": "+370 5 000 0000"}
    return Authority.objects.create(id=id, name=f"The {id}", address=f"night@{id}.example", **told)


def challenge(answer: Any) -> bytes:
    return passkeys.decode(json.loads(answer.content)["publicKey"]["challenge"])


def joined(client: Client, key: SoftwareAuthenticator, service: str) -> None:
    """Invited by counsel after a call-back, and let in by the link."""
    given = {"service": service, "confirmed": "yes"}
    page = desk(real("counsel")).post("/console/hotline/services/invite?realm=real", given)
    path = re.search(r"/hotline/join/[\w-]+", text(page))
    assert path, text(page)
    response = {"response": json.dumps(key.register(challenge(client.post(f"{path[0]}/options"))))}
    assert client.post(path[0], response).status_code == 302
    assert client.post(path[0], response).status_code == 410  # it works once


def text(answer: Any) -> str:
    return str(answer.content.decode())


def raise_by(client: Client, key: str = "", **typed: Any) -> Any:
    said = {"what": WHAT, "imminence": "now", "key": key or str(uuid4()), **typed}
    return client.post("/hotline/raise", json.dumps(said), content_type="application/json", headers=JSON)


def test_an_officer_from_the_link_to_a_signed_call_and_out_again(road: Road) -> None:
    a_service()
    client, key = Client(HTTP_HOST=HERE), SoftwareAuthenticator.make()
    joined(client, key, SERVICE)
    assert "Raise the alarm" in text(client.get("/hotline/"))
    client.post("/hotline/sign-out")
    assert "Sign in with your passkey" in text(client.get("/hotline/"))
    asked = client.post("/hotline/sign-in/options")
    response = {"response": json.dumps(key.sign(challenge(asked))), "next": "//elsewhere.example"}
    let_in = client.post("/hotline/sign-in", response)
    assert (let_in.status_code, let_in["Location"]) == (302, "/hotline/")
    assert client.post("/hotline/sign-in", response).status_code == 400  # once

    typed = str(uuid4())
    told = raise_by(client, typed, links=["https://lantern.example/c/harbour/1"])
    assert (told.status_code, raise_by(client, typed).status_code) == (201, 400)  # the same key, other words
    number = told.json()["call"]
    road.drive()
    asked = client.post(f"/hotline/{number}/sign/options")
    assert challenge(asked) == bytes.fromhex(Call.objects.get(id=number).mark)  # it signs the call, and nothing else
    signed = client.post(f"/hotline/{number}/sign", {"response": json.dumps(key.sign(challenge(asked)))})
    assert (signed.status_code, Call.objects.get().signed_at is not None) == (302, True)
    page = text(client.get(f"/hotline/{number}"))
    assert "Confirmed with a passkey" in page
    seen = re.search(r'data-seen="(\w+)"', page)
    assert seen
    assert client.get(f"/hotline/{number}/thread?seen={seen[1]}").status_code == 204
    assert client.get(f"/hotline/{number}/thread?seen=x").status_code == 200

    a_service("other-line")  # another service, and a stranger, see nothing of it
    other = Client(HTTP_HOST=HERE)
    joined(other, SoftwareAuthenticator.make(), "other-line")
    assert other.get(f"/hotline/{number}").status_code == 404
    assert other.post(f"/hotline/{number}/sign/options").status_code == 404
    assert WHAT not in text(Client(HTTP_HOST=HERE).get(f"/hotline/{number}"))
    origin = {"Origin": "https://x.example"}
    assert client.post(f"/hotline/{number}/outcome", {"outcome": "prevented"}, headers=origin).status_code == 403
    assert client.post(f"/hotline/{number}/outcome", {"outcome": "great"}).status_code == 400

    enrolled.end(real("head"), str(Officer.objects.get(authority=SERVICE).id))
    assert raise_by(client).status_code == 401


def test_a_session_that_ends_and_a_service_suspended_in_the_middle_lose_nothing(road: Road) -> None:
    client = Client(HTTP_HOST=HERE)
    client.post("/hotline/demo")
    call = raised(road, road.post())
    line = {"text": "She is in the cellar.", "key": str(uuid4())}
    for _ in range(2):  # sent twice: one line
        assert client.post(f"/hotline/{call.id}/write", line, headers=JSON).status_code == 200
    handler = desk(road.person("handler"))
    assert "She is in the cellar." in text(handler.get(f"/console/hotline/{call.id}"))
    assert Line.objects.get(side="service").seen_at is not None

    officers.suspend(road.person("head", "EE"), str(call.service_id))
    more = {"text": "Hurry", "key": str(uuid4())}
    refused = client.post(f"/hotline/{call.id}/write", more, headers=JSON)
    assert (refused.status_code, "telephone" in refused.json()["error"]) == (403, True)
    assert refused.json().keys() == {"error", "phone"}
    assert client.get(f"/hotline/{call.id}").status_code == 200  # what stands there can still be read
    assert "suspended" in text(client.get("/hotline/"))
    assert raise_by(client).status_code == 403

    Officer.objects.update(session_salt="another")
    gone = client.post(f"/hotline/{call.id}/write", more, headers=JSON)
    assert (gone.status_code, "kept on this device" in gone.json()["error"]) == (401, True)
    assert client.get(f"/hotline/{call.id}/thread").status_code == 401
    assert Line.objects.filter(side="service").count() == 1

    handler.logout()
    assert handler.post(f"/console/hotline/{call.id}/preserve").status_code in (302, 403)
    assert acting.kept(again(call)) == 0


def test_whoever_is_on_call_acts_over_http_and_each_refusal_names_its_reason(road: Road) -> None:
    on_duty(road)
    call = raised(road, road.post())
    handler, decider = desk(road.person("handler")), desk(road.person("decider", "EE"))
    at = f"/console/hotline/{call.id}"
    page = text(decider.get(at))
    assert "Acknowledge: I have it" in page
    assert "within 8 hours" in page  # the lawful ways to data
    assert "2702" in page
    assert "They confirm it" not in page  # neither a handler, nor on duty
    assert decider.post(f"{at}/call-back", {"answer": "confirmed"}).status_code == 403
    assert decider.post(f"{at}/acknowledge").status_code == 302  # not rung, and the first all the same
    assert "They confirm it" in text(decider.get(at))  # who took it may call back
    assert handler.post(f"{at}/acknowledge").status_code == 302
    late = Event.objects.filter(kind="call.acknowledged").order_by("id")
    assert [event.told["late"] for event in late] == [False, True]
    assert again(call).acked_by == road.person("decider", "EE").by

    assert decider.post(f"{at}/call-back", {"answer": "maybe"}).status_code == 400
    assert decider.post(f"{at}/call-back", {"answer": "confirmed"}).status_code == 302
    assert handler.post(f"{at}/danger", {"answer": "yes"}).status_code == 302
    assert handler.post(f"{at}/preserve").status_code == 302
    road.drive()
    assert handler.post(f"{at}/nonsense").status_code == 404
    assert handler.post(f"{at}/write", {"text": "", "key": str(uuid4())}).status_code == 400
    assert handler.post(f"{at}/hand-over", {"note": "Their officer calls back at six."}).status_code == 302
    assert again(call).state == "raised"
    assert handler.post(f"{at}/acknowledge").status_code == 302
    assert handler.post(f"{at}/ordinary", {"note": "It is about a lost password."}).status_code == 302
    assert handler.post(f"{at}/write", {"text": "Hello", "key": str(uuid4())}).status_code == 409
    assert handler.post(f"{at}/preserve").status_code == 409

    client = Client(HTTP_HOST=HERE, headers={"Accept-Language": "fr"})
    client.post("/hotline/demo")
    thread = text(client.get(f"/hotline/{call.id}"))
    assert "Cette ligne est réservée aux dangers pour la vie." in thread
    assert "conservé sous scellés" in thread
    assert "gestionnaire, BE" in thread


def test_figures_are_bands_of_the_real_realm_half_a_year_later(road: Road) -> None:
    service = commands.service_of(a_service().id, "real")

    def call(at: datetime, outcome: str, realm: str = "real", **more: Any) -> None:
        told = {"service": service, "realm": realm, "raised_at": at, "outcome": outcome, "doc": "x", "until": at}
        Call.objects.create(key=str(uuid4()), mark="0" * 64, state="closed", **told, **more)

    first, later = datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    for n in range(12):
        call(first - timedelta(days=n), "prevented")
    call(first, "false")
    call(first, "helped", ordinary=True)
    call(first, "prevented", "demo")  # the demo's count nothing
    call(later, "prevented")
    (half,) = figures.public(datetime(2026, 7, 3, tzinfo=UTC).date())
    counted = (half.calls, half.prevented, half.helped, half.false, half.ordinary)
    assert counted == ("10–99", "10–99", "1–9", "1–9", "1–9")
    assert figures.public(datetime(2026, 6, 30, tzinfo=UTC).date()) == []
    with clock.freeze(datetime(2026, 7, 3, tzinfo=UTC)):
        page = text(Client(HTTP_HOST=HERE).get("/hotline/figures"))
    assert "10–99" in page
    assert "2025, 2/2" in page
    (row,) = figures.by_service("real")
    assert (row.calls, row.prevented, row.false, row.ordinary) == (15, 13, 1, 1)
