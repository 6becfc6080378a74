"""Counsel's lane: notes for counsel alone, their log for the head and the auditor, and nobody else's anywhere."""

import re
from collections.abc import Iterator

import amount
import pytest
from django.apps import apps
from django.db import connection
from road import Road, open_road

from comity.claims import passing, privilege
from comity.claims.models import Claim, Note
from comity.cli import parser
from comity.ledger.models import Event
from comity.outbox.models import Mail
from comity.people.models import Person
from comity.people.refusals import BadInput, NotAllowed

from .scene import SUMMONS, THREAT, came, is_sorted, made, post, sent_in, staff

pytestmark = pytest.mark.django_db
CANARY, SOUGHT = "kanarienvogel-4711", "zitronengelb-0815"  # what must be nowhere; what is searched for
EVERYBODY = ("handler", "decider", "head", "auditor", "administrator")


@pytest.fixture(scope="module")
def road(scene: None) -> Iterator[Road]:
    with open_road() as opened:
        yield opened


@pytest.fixture(scope="module")
def claim(road: Road) -> Claim:
    """A claim on which everything was done, with a note."""
    counsel = road.person("counsel")
    claim = came(road, SUMMONS + THREAT, "Summons to Ms Okafor")
    privilege.note(
        counsel, claim.id, f"We think {CANARY} of it, {SOUGHT}.", to="head", kind="advice", basis="legal-advice"
    )
    is_sorted(road, claim, "yes", "yes", country="FR")
    passing.instruct(counsel, claim.id, post(road).pk)
    passing.answer(counsel, claim.id, passing.draft(Claim.objects.get(id=claim.id))[1])
    passing.tell_person(counsel, claim.id, "mail")
    road.drive()
    return Claim.objects.get(id=claim.id)


def test_it_works(road: Road, claim: Claim) -> None:
    page = sent_in(road.person("counsel")).get(f"/console/claims/{claim.id}").content.decode()
    assert CANARY in page
    [(note, text)] = privilege.read(road.person("counsel"), claim)
    assert text == f"We think {CANARY} of it, {SOUGHT}."
    for role in ("head", "auditor"):
        [logged] = privilege.log(staff(role), claim)
        assert (logged.to, logged.kind, logged.basis, logged.id) == ("head", "advice", "legal-advice", note.pk)
        page = sent_in(staff(role)).get(f"/console/claims/{claim.id}").content.decode()
        assert "Legal advice" in page
        assert CANARY not in page


def test_a_note_is_counsels_to_take_and_to_read(road: Road, claim: Claim) -> None:
    for role in EVERYBODY:
        with pytest.raises(NotAllowed):
            privilege.note(staff(role), claim.id, "x", basis="legal-advice")
        with pytest.raises(NotAllowed):
            privilege.read(staff(role), claim)
    for role in ("handler", "decider", "administrator"):
        with pytest.raises(NotAllowed):
            privilege.log(staff(role), claim)
    counsel = road.person("counsel")
    for wrong in ({"to": "everybody"}, {"kind": "poem"}, {"basis": ""}):
        with pytest.raises(BadInput):
            privilege.note(counsel, claim.id, "x", **({"basis": "legal-advice"} | wrong))
    with pytest.raises(BadInput, match="the note"):
        privilege.note(counsel, claim.id, " \n", basis="legal-advice")
    assert Note.objects.count() == 1


def pages(claim: Claim) -> Iterator[str]:
    """Every page of the console that can be walked to from here, its lists as files, and what a search finds."""
    lists = ("", "cases/", "requests/", "claims/", "countries/", "regulations/", "claims/posts", "claims/enter")
    for one in lists:
        yield f"/console/{one}?realm=demo"
        yield f"/console/{one}?realm=demo&format=csv"
        yield f"/console/{one}?realm=demo&q={SOUGHT}"
    yield from (f"/console/claims/{claim.id}", f"/console/requests/{claim.request_id}")
    yield "/console/countries/FR?realm=demo"
    yield f"/console/requests/{claim.request_id}/raw"
    yield from (f"/console/outbox/{mail.id}" for mail in Mail.objects.all())
    yield from (f"/console/outbox/{mail.id}/files/1" for mail in Mail.objects.all())
    yield from ("/people/", "/record/", "/", "/countries/demo/FR", "/countries/FR", "/regulations/", "/metrics")


def walked(person: Person, claim: Claim) -> Iterator[tuple[str, bytes]]:
    """Each of these, and whatever page of ours they lead to, one step further."""
    client, seen = sent_in(person), set[str]()
    waiting = list(pages(claim))
    for depth in (0, 1) if "handler" in person.roles or amount.SOAK else (0,):
        found: list[str] = []
        for path in waiting:
            if path in seen:
                continue
            seen.add(path)
            answer = client.get(path)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            yield path, body
            if depth == 0 and b"<html" in body[:500]:
                found += re.findall(r'href="(/(?:console|people|record|countries)[^"#]*)"', body.decode())
        waiting = list(dict.fromkeys(found))[:150]


@pytest.mark.slow
@pytest.mark.parametrize("role", EVERYBODY)
def test_a_canary_in_a_note_is_in_no_other_roles_response(claim: Claim, role: str) -> None:
    count = 0
    for path, body in walked(staff(role), claim):
        count += 1
        assert CANARY.encode() not in body, path
    assert count > 30


def test_it_is_in_no_table_event_mail_search_or_command(claim: Claim, capsys: pytest.CaptureFixture[str]) -> None:
    ref = Note.objects.get().doc
    for model in apps.get_models():
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"select count(*) from {table} t where t::text like %s", [f"%{CANARY}%"])
            assert cursor.fetchone()[0] == 0, table
            cursor.execute(f"select count(*) from {table} t where t::text like %s", [f"%{ref}%"])
            holds = cursor.fetchone()[0]
        assert holds == (1 if model._meta.db_table in ("claims_note", "vault_blob") else 0), table
    [event] = Event.objects.filter(kind="privilege.noted")
    assert (event.public, event.sealed, event.request) == ({}, {}, None)
    for mail in Mail.objects.all():
        assert CANARY not in made(mail).as_string()
    for command in ("requests list", f"requests show {claim.request_id}", f"requests raw {claim.request_id}"):
        run(f"{command} --json")
    run("cases list --json")
    said = capsys.readouterr()
    assert claim.request_id in said.out
    assert CANARY not in said.out + said.err


def run(command: str) -> None:
    args = parser().parse_args(command.split())
    assert args.run(args) == 0


def test_it_is_in_no_timeline(road: Road, claim: Claim) -> None:
    for path in (f"/console/claims/{claim.id}", f"/console/requests/{claim.request_id}"):
        page = sent_in(road.person("handler")).get(path).content.decode()
        assert "Privileged note" not in page
