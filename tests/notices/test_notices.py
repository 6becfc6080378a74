"""What platforms tell: taken once, whichever way it comes, and never from who isn't the platform."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from hostile.test_outsiders import client_of, demo_of

from comity import clock
from comity.ledger.models import Event
from comity.notices import catching_up, commands, pages
from comity.notices.models import Heard, Notice, Stand, Tally
from comity.people.refusals import NotAllowed
from comity.platforms import signed, sources
from comity.platforms.sandbox import World
from comity_sandbox.process import SandboxProcess

pytestmark = pytest.mark.django_db
AT = "/platforms/sandbox/events"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    process = SandboxProcess(tmp_path_factory.mktemp("sandbox"))
    yield process
    process.end()


@pytest.fixture
def world(sandbox: SandboxProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "sandbox.key").write_text(sandbox.token)
    monkeypatch.setattr(settings, "COMITY", replace(settings.COMITY, data=tmp_path, sandbox_url=sandbox.base_url))
    return World(sandbox.base_url, sandbox.token)


def told(event: dict[str, Any] | bytes, ident: str = "evt_1", age: timedelta = timedelta(), **changed: str) -> Any:
    """An event as the platform sends it; what of its headers is changed on the way."""
    source, at = sources.named("sandbox"), clock.now() - age
    assert source is not None
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    headers = signed.headers(source.secret, body, at, ident)
    headers |= {name.replace("_", "-"): value for name, value in changed.items()}
    given: Any = {f"HTTP_{name.replace('-', '_').upper()}": value for name, value in headers.items()}
    return Client(HTTP_HOST="localhost:8000").post(AT, body, content_type="application/json", **given)


def report(world: World, path: str = "/c/harbour/1", **more: Any) -> dict[str, Any]:
    data = {"url": world.base_url + path, "reason": "It sells stolen boats."} | more
    return {"type": "report.created", "timestamp": "2026-11-30T08:00:00+01:00", "data": data}


def test_it_works(world: World) -> None:
    first, again = told(report(world)), told(report(world))
    assert (first.status_code, first.json(), again.json()) == (200, {"new": True}, {"new": False})
    (notice,) = Notice.objects.all()
    assert (notice.realm, notice.platform, notice.said_at.isoformat()) == (
        "demo",
        "sandbox",
        "2026-11-30T07:00:00+00:00",
    )
    assert [event.kind for event in Event.objects.filter(case=notice.id)] == ["notice.received"]
    assert told({"type": "content.deleted", "data": {"url": "x"}}, "evt_2").json() == {"new": True}
    assert told({"type": "weather.changed"}, "evt_3").json() == {"new": True}
    counted = {row.kind: row.n for row in Tally.objects.all()}
    assert counted == {"report.created": 1, "content.deleted": 1, "other": 1}
    assert Notice.objects.count() == 1
    (beside,) = pages.beside("demo")
    assert (beside.id, beside.url) == (notice.id, f"/console/notices/{notice.id}")
    assert pages.beside("real") == []


def test_people_look_at_it_and_close_it_with_a_reason(world: World) -> None:
    told(report(world, reason="<script>It sells stolen boats.</script>"))
    (notice,) = Notice.objects.all()
    desk, here = client_of(demo_of("handler")), f"/console/notices/{notice.id}"
    page = desk.get(here).content.decode()
    assert "&lt;script&gt;It sells stolen boats." in page
    assert f"{world.base_url}/c/harbour/1" in page
    index = desk.get("/console/notices/?realm=demo").content.decode()
    assert notice.id in index
    assert "Counted in the last 30 days" in index
    assert notice.id in b"".join(desk.get("/console/notices/?realm=demo&format=csv")).decode()
    assert notice.id in desk.get("/console/").content.decode()
    auditor = client_of(demo_of("auditor"))
    assert "stolen boats" not in auditor.get(here).content.decode()
    assert auditor.post(here, {"reason": "x"}).status_code == 403
    assert desk.post(here, {"reason": "  "}).status_code == 400
    assert desk.post(here, {"reason": "It sells its own boats."}).status_code == 302
    notice.refresh_from_db()
    assert notice.closed_at is not None
    assert "It sells its own boats." in desk.get(here).content.decode()
    assert desk.post(here, {"reason": "Again."}).status_code == 400
    assert pages.beside("demo") == []
    kinds = list(Event.objects.filter(case=notice.id).order_by("id").values_list("kind", flat=True))
    assert kinds == ["notice.received", "notice.viewed", "notice.closed", "notice.viewed"]


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"webhook_signature": "v1," + "A" * 43 + "="}, 401),
        ({"webhook_signature": "nonsense"}, 401),
        ({"webhook_signature": ""}, 401),
        ({"webhook_id": "evt_another"}, 401),
        ({"webhook_timestamp": "1e400"}, 401),
        ({"webhook_timestamp": "yesterday"}, 401),
        ({"age": timedelta(minutes=6)}, 401),
        ({"age": -timedelta(minutes=6)}, 401),
        ({"ident": "x" * 201}, 401),
    ],
)
def test_what_is_not_signed_by_the_platform_now_is_refused(world: World, how: dict[str, Any], status: int) -> None:
    answer = told(report(world), **how)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "says"}
    assert not Heard.objects.exists()
    assert not Notice.objects.exists()


def test_what_makes_no_sense_is_refused_by_its_field_and_may_come_again(world: World) -> None:
    for event, says in (
        (b"", "body"),
        (b"[]", "body"),
        (b"[" * 9_000, "body"),
        ({"data": {}}, "type"),
        ({"type": "x" * 101}, "type"),
        ({"type": "report.created"}, "data"),
        ({"type": "report.created", "data": {"url": 7}}, "data.url"),
        (report(world, url="https://elsewhere.example/1"), "data.url"),
        (report(world, reason="x" * 2_001), "data.reason"),
        (report(world, reason="\0"), "data.reason"),
        (report(world, reason="\ud800"), "data.reason"),
    ):
        answer = told(event)
        assert answer.status_code == 400
        assert answer.json()["says"].startswith(says) or says == "body"
    assert not Heard.objects.exists()
    assert told(report(world)).json() == {"new": True}
    assert told(b" " * 70_000).status_code == 413
    client = Client(HTTP_HOST="localhost:8000")
    assert client.post("/platforms/nobody/events", b"{}", content_type="application/json").status_code == 404
    assert client.get(AT).status_code == 405


def test_what_was_missed_is_asked_for_and_taken_once(world: World, sandbox: SandboxProcess) -> None:
    url = world.post("harbour", "luc", "Boats, cheap.")
    world.edit(url, "Boats, very cheap.")
    world._client.send("POST", "/api/reports", ref=url.removeprefix(world.base_url), reason="Stolen.")
    assert catching_up.catch_up() == 2
    assert catching_up.catch_up() == 0
    stand = Stand.objects.get(platform="sandbox")
    assert (stand.after, stand.failed) == ("2", "")
    assert told(report(world), "lantern_2").json() == {"new": False}  # the same, by the other way
    assert {row.kind: row.n for row in Tally.objects.all()} == {"report.created": 1, "content.edited": 1}
    world.misbehave("down")
    assert catching_up.catch_up() == 0
    stand.refresh_from_db()
    assert stand.after == "2"
    assert "503" in stand.failed
    world.misbehave("normal")
    world.remove(url)
    assert catching_up.catch_up() == 1
    stand.refresh_from_db()
    assert (stand.after, stand.failed) == ("3", "")


def test_an_event_is_remembered_as_long_as_anybody_sends_it_again(world: World) -> None:
    told(report(world))
    commands.forget(clock.now() + timedelta(days=59))
    assert Heard.objects.count() == 1
    commands.forget(clock.now() + timedelta(days=61))
    assert Heard.objects.count() == 0


def test_a_person_of_another_realm_closes_nothing(world: World) -> None:
    told(report(world))
    (notice,) = Notice.objects.all()
    Notice.objects.update(realm="real")
    handler = demo_of("handler")
    with pytest.raises(NotAllowed):
        commands.close(handler, notice.id, "Because.")
    assert client_of(handler).get(f"/console/notices/{notice.id}").status_code == 404
