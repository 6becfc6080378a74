"""Data of an earlier version starts under this one: a stored copy of 0.2.0, with its cases, drafts and signatures."""

import gzip
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from psycopg import sql
from road import Road
from running import eventually

from comity import clock, prepare
from comity.adoption.models import Draft as Change
from comity.alerts.models import Alert
from comity.answers import lifting
from comity.cases import counted, deciding, document, judging
from comity.cases.models import Case, Finding, Judged, Request
from comity.library import in_force
from comity.measures.models import Measure
from comity.notifications.models import Complaint
from comity.outbox.models import Mail
from comity.people import approvals, tags
from comity.people.models import Act
from comity.people.sessions import BACKEND
from comity.platforms import for_url
from comity.regulations import judge, matching
from comity.vault import commands as vault
from comity_sandbox.process import SandboxProcess

COPY = Path(__file__).parents[1] / "data" / "of-0.2.0"
MADE: dict[str, str] = json.loads((COPY / "made.json").read_text())
ENDED = datetime.fromisoformat(MADE["ended"])


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Iterator[Road]:
    """The stored copy, brought to this version, two minutes after it was left."""
    data = tmp_path_factory.mktemp("old")
    with tarfile.open(COPY / "files.tar.gz") as packed:
        packed.extractall(data, filter="data")
    port = (data / "sandbox" / "port").read_text().strip()
    sandbox = eventually(lambda: _sandbox(data, port))
    before = settings.COMITY
    settings.COMITY = replace(before, data=data, sandbox_url=sandbox.base_url, demo=True)
    try:
        with django_db_blocker.unblock(), _database(), clock.freeze(ENDED + timedelta(minutes=2)):
            call_command("migrate", verbosity=0, interactive=False)
            tags.close()
            prepare.sync()
            yield Road(sandbox)
    finally:
        settings.COMITY = before
        sandbox.end()


def _sandbox(data: Path, port: str) -> SandboxProcess | None:
    """The sandbox on the port that is in the orders' addresses; None while another run of this test has it."""
    try:
        return SandboxProcess(data / "sandbox", f"127.0.0.1:{port}", data / "keys" / "sandbox.key")
    except RuntimeError:
        return None


@pytest.fixture(autouse=True)
def _at_the_desk(road: Road, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


@contextmanager
def _database() -> Iterator[None]:
    """Django's connection on a database of its own, filled from the copy."""
    name = f"old_data_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        with psycopg.connect(os.environ["DATABASE_URL"], dbname=name) as filled:
            filled.execute(gzip.decompress((COPY / "database.sql.gz").read_bytes()))
        try:
            with _connected_to(name):
                yield
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    before = connection.settings_dict["NAME"]
    _turn_to(name)
    try:
        yield
    finally:
        _turn_to(before)


def _turn_to(name: str) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = name


def case(name: str) -> Case:
    return Case.objects.get(id=MADE[name])


def test_cases_and_what_waits_stand_where_they_stood() -> None:
    states = {name: case(name).state for name in MADE if MADE[name].startswith("C-")}
    assert states == {
        "standing": "answered",
        "complained": "answered",
        "lifted": "lifted",
        "cannot": "to-decide",
        "forged": "verifying",
        "edited": "to-decide",
        "half-signed": "second-approval",
    }
    waiting = Request.objects.filter(id__in=[MADE["threat"], MADE["triage"]])
    assert [request.lane for request in waiting] == ["triage", "triage"]
    assert Complaint.objects.get(notification__case=case("complained")).answered_at is None
    assert Alert.objects.filter(case=MADE["complained"], kind="complaint.received", seen_at=None).exists()


def test_drafts_keep_the_words_that_a_person_gave_them() -> None:
    for name in ("edited", "half-signed"):
        assert "The desk of Lantern." in deciding.letters_of(case(name))["answer"]["paragraphs"]


def test_signatures_verify_again() -> None:
    signed = Act.objects.filter(state="approved")
    assert signed.count() >= 5
    for act in signed:
        assert approvals.approved(act.hash)
    assert Act.objects.get(hash=case("half-signed").act).approvals.count() == 1


def test_the_adopted_version_is_in_force_and_the_draft_is_a_draft() -> None:
    assert "2021-784.2" in [pack.version for pack in in_force.library("demo").versions("eu-tco-removal-order")]
    assert list(Change.objects.order_by("id").values_list("state", flat=True)) == ["in-force", "tried"]


def test_findings_are_made_again_to_the_byte() -> None:
    rows = Finding.objects.all()
    assert rows.count() >= 7
    for row in rows:
        assert judge.canonical(judging.again(row)) == judge.canonical(vault.get_json(row.doc)["finding"])
    for name in ("threat", "triage"):
        request = Request.objects.get(id=MADE[name])
        kept = document.judged(document.of(request))
        matching.regenerate(kept["finding"], kept["facts"], in_force.library(request.realm))


def test_findings_of_before_are_counted_by_the_clock() -> None:
    assert counted.fill(clock.now()) == Finding.objects.count()
    assert Judged.objects.filter(of="request").count() == Finding.objects.count()
    assert Judged.objects.filter(finding__case=case("standing"), of="target").get().outcome == "valid"


@pytest.mark.parametrize("who", ["handler-be", "decider-ee"])
def test_every_case_can_be_read(road: Road, who: str) -> None:
    client = Client(HTTP_HOST="localhost:8000")
    client.force_login(road.person(*who.split("-")), backend=BACKEND)
    for path in ("", *(f"cases/{MADE[name]}" for name in MADE if MADE[name].startswith("C-"))):
        assert client.get(f"/console/{path}").status_code == 200


def test_what_one_decider_had_signed_the_second_signs_and_it_is_carried_out_and_answered(road: Road) -> None:
    found = case("half-signed")
    road.sign(found, "EE")
    road.drive()
    found.refresh_from_db()
    assert (found.state, road.refused) == ("answered", [])
    assert Measure.objects.get(case=found).state == "effective"
    assert Mail.objects.filter(case=found.id, kind="answer").count() == 1


def test_what_stands_can_be_lifted(road: Road) -> None:
    found = case("standing")
    url = _url(found)
    assert _seen(url) == "withheld"
    lifting.propose(road.person("decider", "EE"), found.id, "It was a quotation from a newspaper.", "mistake")
    road.sign(found, "EE")
    road.drive()
    found.refresh_from_db()
    assert (found.state, road.refused) == ("lifted", [])
    assert _seen(url) == "visible"


def _url(found: Case) -> str:
    return str(deciding.finding_of(found)["facts"]["form"]["urls"][0])


def _seen(url: str) -> str:
    platform = for_url(url, "demo")
    assert platform
    return platform.observe(url, "FR").state
