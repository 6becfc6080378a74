"""Coming in: by a one-time link, with a passkey."""

import os
import secrets
import stat
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from people.members import Member, founders, given

from comity import clock
from comity.ledger.models import Event
from comity.people import commands, demo_keys, passkeys, tags
from comity.people.commands import Refused
from comity.people.models import Grant, Invite, Key, Person
from comity.people.passkeys import PasskeyRefused
from comity.people.software import SoftwareAuthenticator

pytestmark = pytest.mark.django_db


def token_of(link: str) -> str:
    return link.rsplit("/", 1)[1]


def enrol(link: str, key: SoftwareAuthenticator | None = None, **how: Any) -> Key:
    challenge = secrets.token_bytes(32)
    made = (key or SoftwareAuthenticator.make()).register(challenge, **how)
    return commands.enrol(token_of(link), uuid.uuid4(), challenge, made)


def test_it_works() -> None:
    link = commands.invite_as_operator(["handler"], "ee")
    assert link.startswith("http://localhost:8000/people/invite/")
    person = enrol(link).person
    assert (person.realm, person.jurisdiction, person.roles) == ("real", "EE", [])
    assert person.name.startswith("handler-ee-")
    told = list(Event.objects.order_by("id").values_list("kind", "by", "realm"))
    assert told == [
        ("person.invited", "operator", "real"),
        ("person.enrolled", person.by, "real"),
        ("key.added", person.by, "real"),
    ]


def test_the_table_holds_no_token() -> None:
    token = token_of(commands.invite_as_operator(["decider"], "EE"))
    assert bytes(Invite.objects.get().token_hash) == sha256(token.encode()).digest()
    assert len(token) >= 43


def test_refused_a_second_time() -> None:
    link = commands.invite_as_operator(["decider"], "EE")
    enrol(link)
    with pytest.raises(Refused, match="has been used"):
        enrol(link)
    assert Person.objects.count() == 1


def test_refused_after_seven_days() -> None:
    link = commands.invite_as_operator(["decider"], "EE")
    with clock.freeze(clock.now() + timedelta(days=7, seconds=1)), pytest.raises(Refused, match="expired"):
        enrol(link)
    assert not Person.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "\x00", "\ud800", "a" * 100_000])
def test_refused_an_unknown_link(token: str) -> None:
    with pytest.raises(Refused, match="not known"):
        commands.open_invite(token)


def test_a_failed_attempt_does_not_spend_the_link() -> None:
    link = commands.invite_as_operator(["decider"], "EE")
    with pytest.raises(PasskeyRefused):
        enrol(link, origin="https://evil.example")
    with pytest.raises(PasskeyRefused):
        commands.enrol(token_of(link), uuid.uuid4(), bytes(32), SoftwareAuthenticator.make().register(bytes(31)))
    assert enrol(link).person.is_active


def test_refused_a_key_that_is_enrolled_already(alice: Member) -> None:
    before = Person.objects.count()
    with pytest.raises(Refused, match="enrolled already"):
        enrol(commands.invite_as_operator(["decider"], "EE"), alice.key)
    assert Person.objects.count() == before


@pytest.mark.parametrize("roles", [[], ["boss"], ["decider", "custodian"], [""]])
def test_refused_a_role_that_is_none(roles: list[str]) -> None:
    with pytest.raises(Refused, match="role"):
        commands.invite_as_operator(roles, "EE")


@pytest.mark.parametrize("place", ["", "E", "EST", "1E", "Éé", "\x00\x00"])
def test_refused_a_jurisdiction_that_is_none(place: str) -> None:
    with pytest.raises(Refused, match="jurisdiction"):
        commands.invite_as_operator(["decider"], place)


@pytest.mark.django_db(transaction=True)
def test_of_two_using_one_link_at_once_one_joins() -> None:
    link = commands.invite_as_operator(["decider"], "EE")

    def one(_: int) -> str:
        try:
            return str(enrol(link).person.is_active)
        except Refused:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == ["True", "refused", "refused", "refused"]
    assert Person.objects.count() == 1


# Keys and roles -------------------------------------------------------------------------------------------------------


def test_another_key_of_ones_own(alice: Member) -> None:
    another = SoftwareAuthenticator.make()
    commands.add_key(alice.person, bytes(32), another.register(bytes(32)))
    assert Key.objects.filter(person=alice.person, ended_at=None).count() == 2
    signed = another.sign(bytes(32))
    assert commands.identify(bytes(32), signed).person == alice.person


def test_the_last_key_stays(alice: Member) -> None:
    key = Key.objects.get(person=alice.person)
    with pytest.raises(Refused, match="only passkey"):
        commands.end_key(alice.person, key.id, alice.person.by)


def test_refused_to_end_anothers_key(alice: Member, bob: Member) -> None:
    with pytest.raises(Refused, match="no such"):
        commands.end_key(alice.person, Key.objects.get(person=bob.person).id, alice.person.by)


def test_no_more_keys_than_ten(alice: Member) -> None:
    for _ in range(commands.KEYS_AT_MOST - 1):
        commands.add_key(alice.person, bytes(32), SoftwareAuthenticator.make().register(bytes(32)))
    with pytest.raises(Refused, match="at most"):
        commands.add_key(alice.person, bytes(32), SoftwareAuthenticator.make().register(bytes(32)))


def test_roles_are_granted_and_taken_each_an_event(alice: Member) -> None:
    administrator, _ = founders()
    given("role.grant", administrator, alice.person, "auditor")
    assert alice.person.roles == ["auditor", "decider"]
    given("role.revoke", administrator, alice.person, "auditor")
    assert alice.person.roles == ["decider"]
    kinds = Event.objects.filter(kind__startswith="role.").order_by("id").values_list("kind", "by")
    assert list(kinds) == [("role.granted", administrator.person.by), ("role.revoked", administrator.person.by)]
    assert Grant.objects.filter(person=alice.person, until=None).count() == 1


def test_refused_to_give_what_is_held_or_take_what_is_not(alice: Member) -> None:
    for kind, role, says in (("role.grant", "decider", "already"), ("role.revoke", "counsel", "doesn't have")):
        with pytest.raises(Refused, match=says):
            given(kind, founders()[0], alice.person, role)


def test_leaving_ends_keys_roles_and_access_and_twice_is_once(alice: Member) -> None:
    commands.deactivate(alice.person, "operator")
    commands.deactivate(alice.person, "operator")
    assert not Key.objects.filter(person=alice.person, ended_at=None).exists()
    assert not Grant.objects.filter(person=alice.person, until=None).exists()
    assert all(map(tags.fits, [*Key.objects.all(), *Grant.objects.all(), *Person.objects.all()]))
    assert Event.objects.filter(kind="person.deactivated").count() == 1
    with pytest.raises(PasskeyRefused):
        commands.identify(bytes(32), alice.key.sign(bytes(32)))
    alice.person.refresh_from_db()
    with pytest.raises(Refused):
        given("role.grant", founders()[0], alice.person, "head")
    with pytest.raises(Refused):
        commands.add_key(alice.person, bytes(32), SoftwareAuthenticator.make().register(bytes(32)))


# The demo -------------------------------------------------------------------------------------------------------------


def test_the_demos_people() -> None:
    people = commands.ensure_demo_people()
    assert [(p.roles, p.jurisdiction, p.realm) for p in people] == [
        (["handler"], "BE", "demo"),
        (["decider"], "BE", "demo"),
        (["decider"], "EE", "demo"),
        (["counsel"], "BE", "demo"),
        (["head"], "EE", "demo"),
        (["council"], "BE", "demo"),
        (["council"], "EE", "demo"),
        (["council"], "JP", "demo"),
        (["guardian"], "CH", "demo"),
    ]
    assert commands.demo_people() == people
    for person in people:
        assert stat.S_IMODE(os.stat(demo_keys.path(person)).st_mode) == 0o600
        assert stat.S_IMODE(os.stat(demo_keys.path(person).parent).st_mode) == 0o700


def test_they_are_made_once() -> None:
    first = commands.ensure_demo_people()
    events = Event.objects.count()
    assert commands.ensure_demo_people() == first
    assert (Person.objects.count(), Key.objects.count(), Event.objects.count()) == (9, 9, events)


@pytest.mark.parametrize("harm", ["lost", "cut", "exchanged"])
def test_a_lost_key_is_ended_and_replaced(harm: str) -> None:
    person = commands.ensure_demo_people()[1]
    path = demo_keys.path(person)
    if harm == "lost":
        path.unlink()
    elif harm == "cut":
        path.write_bytes(path.read_bytes()[:40])
    else:
        SoftwareAuthenticator.make().save(path)
    commands.ensure_demo_people()
    kept = passkeys.encode(demo_keys.load(person).id)
    assert [key.id for key in Key.objects.filter(person=person, ended_at=None)] == [kept]
    assert Key.objects.filter(person=person).count() == 2


def test_there_are_none_where_the_demo_is_off(settings: Any) -> None:
    commands.ensure_demo_people()
    settings.COMITY = replace(settings.COMITY, demo=False)
    assert commands.demo_people() == []
    with pytest.raises(Refused, match="off"):
        commands.ensure_demo_people()


def test_the_server_keeps_no_key_of_a_real_person(alice: Member) -> None:
    with pytest.raises(ValueError, match="only demo people"):
        demo_keys.path(alice.person)


def test_a_demo_person_gets_no_role_and_no_key_of_their_own() -> None:
    person = commands.ensure_demo_people()[0]
    for kind, role in (("role.grant", "decider"), ("role.revoke", "handler"), ("person.deactivate", "")):
        with pytest.raises(Refused):
            given(kind, founders()[0], person, role)
    with pytest.raises(Refused):
        commands.add_key(person, bytes(32), SoftwareAuthenticator.make().register(bytes(32)))


def test_a_stolen_demo_key_does_not_sign_in() -> None:
    person = commands.ensure_demo_people()[1]
    with pytest.raises(PasskeyRefused):
        commands.identify(bytes(32), demo_keys.load(person).sign(bytes(32), person=person.id.bytes))


@pytest.mark.slow
def test_no_two_people_share_a_name(join: Callable[..., Member]) -> None:
    assert len({join("handler").person.name for _ in range(20)}) == 20  # nobody need vouch for one
