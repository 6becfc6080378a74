"""What must not be told: a held notification betrays nothing, and nobody's words lie outside the vault."""

import io
import json
import logging
from datetime import timedelta
from typing import Any

import pytest
import structlog
from django.db import connection
from django.test import Client
from hostile.scene import case_of, decide, kinds, mails, order, page, signed, take, words
from hostile.test_outsiders import HOST, client_of, masked
from road import Road

from comity import clock
from comity.cases import commands as cases
from comity.cases.models import Case
from comity.notifications import commands as notifications
from comity.notifications.models import Notification
from comity.platforms import sandbox_world
from comity.platforms.sandbox import Sandbox


def silenced(road: Road, url: str) -> Case:
    """An order that forbids telling the person, carried out."""
    case = case_of(take(road, signed(order(road, url, non_disclosure=True))))
    return decide(road, case)


@pytest.mark.slow
def test_a_held_notification_is_betrayed_by_nothing_and_released_at_its_end(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    genuine = Sandbox.notify

    def notify(self: Any, key: str, ref: str, text: str) -> Any:
        told.append(text)
        return genuine(self, key, ref, text)

    monkeypatch.setattr(Sandbox, "notify", notify)
    url, deleted = road.post(), road.post()
    sandbox_world().remove(deleted)
    case = silenced(road, url)
    assert case.state == "answered", road.refused
    held = Notification.objects.get(case=case)
    assert (held.state, told) == ("held", [])
    assert held.until is not None
    token = notifications.token_of(held.event, held.target)
    client = Client(**HOST)
    assert notifications.by_token(token) is None
    with_token, unknown = client.get(f"/statement/{token}"), client.get("/statement/abcdefghijklmnopqrstuvwxyz")
    assert with_token.status_code == unknown.status_code == 404
    assert masked(with_token.content).replace(token, "") == masked(unknown.content).replace(
        "abcdefghijklmnopqrstuvwxyz", ""
    )
    complaint = client.post(f"/statement/{token}", {"text": "why?"})
    assert complaint.status_code == 404
    shown, gone = page(url, "DE"), page(deleted, "DE")
    assert shown.replace(url.removeprefix(road.sandbox.base_url), "") == gone.replace(
        deleted.removeprefix(road.sandbox.base_url), ""
    )
    (acknowledged,) = mails("acknowledgement")
    assert "disclos" not in words(acknowledged).lower()
    notifications.release_due(clock.now())
    assert told == []
    with clock.freeze(held.until + timedelta(seconds=1)):
        notifications.release_due(clock.now())
        notifications.release_due(clock.now())
    held.refresh_from_db()
    assert (held.state, len(told)) == ("sent", 1)
    assert client.get(f"/statement/{token}").status_code == 200
    assert kinds(case).count("notification.released") == 1


PLANTED = ("Xylophonia", "quokkaberg", "zanzibarbecue", "wombatstrasse", "narwhalgate")


@pytest.mark.slow
def test_nobodys_words_lie_in_a_table_a_job_or_a_log(road: Road) -> None:
    logs = io.StringIO()
    watching = logging.StreamHandler(logs)
    logging.getLogger().addHandler(watching)
    name, subject, body, place, said = PLANTED
    try:
        with structlog.testing.capture_logs() as told:
            case = _whole_road(road, name, subject, body, place, said)
    finally:
        logging.getLogger().removeHandler(watching)
    assert case.state == "lifted", road.refused
    tables = _dump()
    assert case.id in tables
    for word in PLANTED:
        for where in (tables, logs.getvalue(), json.dumps(told, default=str)):
            at = where.lower().find(word.lower())
            assert at < 0, where[max(0, at - 200) : at + 200]


def _whole_road(road: Road, name: str, subject: str, body: str, place: str, said: str) -> Case:
    url = road.post(f"{body} on the platform") + f"?{place}=1"
    mail = order(road, url, f"REF-{subject}", reasons=f"It says {body}.", issuer_representative=f"Dr {name} Vogel")
    mail.replace_header("From", f'"{name} Vogel" <orders@online-safety.example>')
    case = case_of(take(road, signed(mail)))
    handler = road.person("handler")
    cases.correct(handler, case.request_id, "form.issuing_file_number", f"file {said}")
    road.drive()
    client = client_of(handler)
    for path in (f"/console/cases/{case.id}", f"/console/requests/{case.request_id}", f"/console/?q={subject}"):
        client.get(path)
    decide(road, case)
    found = Notification.objects.get(case=case)
    token = notifications.token_of(found.event, found.target)
    Client(**HOST).post(f"/statement/{token}", {"text": f"I am {name} of {place}: {said}"})
    road.drive()
    take(road, f"From: {name} <{said}@{place}.example>\r\nSubject: {subject}\r\n\r\n{body}\r\n".encode())
    take(road, f"From: {name}\r\nSubject: {subject}\r\nIn-Reply-To: <{said}>\r\n\r\n{body}\r\n".encode())
    from hostile.scene import lift

    return lift(road, case)


def _dump() -> str:
    """Every row of every table, as text."""
    rows: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"select row_to_json(t)::text from {connection.ops.quote_name(table)} t")
            rows += [f"{table}: {row[0]}" for row in cursor.fetchall()]
    return "\n".join(rows)
