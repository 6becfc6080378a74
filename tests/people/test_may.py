"""`may`: each condition has a person whom it alone stops."""

import itertools
import uuid
from dataclasses import dataclass, field

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import given
from hypothesis import strategies as st

from comity.people.rules import ACTS, COUNCIL, DESK, SIGNED, VIEWS, WITHOUT_THING, Quorum, Realm, may


@dataclass
class Someone:
    roles: list[str]
    realm: str = "real"
    jurisdiction: str = "BE"
    is_active: bool = True
    id: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass
class Put:
    """An act put to people."""

    realm: str
    rule: Quorum


REAL, DEMO, DRILL = Realm("real"), Realm("demo"), Realm("drill")
DECIDERS = Put("real", Quorum(2, ("decider",)))
ON_PEOPLE = {"people.deactivate", "role.grant", "role.revoke", "sessions.end"}


def thing_for(act: str, person: Someone) -> object:
    """Something on which the act is open to a person of the right role."""
    if act in ON_PEOPLE:
        return Someone(["handler"])
    if act.startswith("key."):
        return person
    return Put("real", Quorum(1, tuple(ACTS[act]))) if act in SIGNED else REAL


def test_it_works() -> None:
    assert may(Someone(["handler"]), "case.take", REAL)
    assert may(Someone(["decider"]), "approve", DECIDERS)
    assert may(Someone(["administrator"]), "people.invite")
    assert may(Someone(["auditor"]), "events.view", REAL)


@pytest.mark.parametrize(("act", "role"), list(itertools.product(sorted(ACTS), sorted(DESK))))
def test_only_the_listed_roles_may(act: str, role: str) -> None:
    person = Someone([role])
    others = act == "sessions.end" and role != "administrator"
    assert may(person, act, thing_for(act, person)) == (role in ACTS[act] and not others)


@pytest.mark.parametrize("act", sorted(ACTS))
def test_refused_to_strangers_and_the_roleless(act: str) -> None:
    for stranger in (None, AnonymousUser(), object(), "administrator", Someone([])):
        assert not may(stranger, act, REAL)


@pytest.mark.parametrize("act", sorted(ACTS))
def test_refused_to_who_has_left(act: str) -> None:
    person = Someone(sorted(DESK), is_active=False)
    assert not may(person, act, thing_for(act, person))


def test_refused_what_is_not_listed() -> None:
    assert not may(Someone(sorted(DESK)), "case.delete", REAL)


@pytest.mark.parametrize("act", sorted(set(ACTS) - WITHOUT_THING))
def test_refused_without_a_thing(act: str) -> None:
    assert not may(Someone(sorted(DESK)), act)
    assert not may(Someone(sorted(DESK)), act, object())


@pytest.mark.parametrize("act", sorted(ACTS))
def test_refused_to_demo_people_outside_the_demo(act: str) -> None:
    person = Someone(sorted(DESK), realm="demo")
    for realm in ("real", "drill", "other"):
        assert not may(person, act, Realm(realm))
        assert not may(person, act, Put(realm, Quorum(1, ("decider",))))
    assert may(person, act) == (act == "console.view")


def test_demo_people_act_in_the_demo() -> None:
    assert may(Someone(["handler"], realm="demo"), "case.take", DEMO)
    assert may(Someone(["decider"], realm="demo"), "approve", Put("demo", Quorum(2, ("decider",))))


@pytest.mark.parametrize("act", sorted(set(ACTS) - VIEWS))
def test_refused_to_real_people_in_the_demo(act: str) -> None:
    assert not may(Someone(sorted(DESK)), act, Put("demo", Quorum(1, ("decider",))))


@pytest.mark.parametrize("act", sorted(VIEWS))
def test_real_people_look_at_every_realm(act: str) -> None:
    roles = sorted(DESK | COUNCIL) if act == "council.view" else sorted(DESK)
    assert all(may(Someone(roles), act, realm) for realm in (REAL, DRILL, DEMO))


def test_refused_to_a_person_of_no_known_realm() -> None:
    assert not may(Someone(["handler"], realm="drill"), "case.take", DRILL)


@pytest.mark.parametrize("act", ["people.deactivate", "role.grant", "role.revoke"])
def test_refused_on_oneself(act: str) -> None:
    administrator = Someone(["administrator"])
    assert may(administrator, act, Someone(["handler"]))
    assert not may(administrator, act, administrator)
    assert not may(administrator, act, REAL)


def test_sessions_are_ones_own_or_the_administrators() -> None:
    handler, other = Someone(["handler"]), Someone(["handler"])
    assert may(handler, "sessions.end", handler)
    assert not may(handler, "sessions.end", other)
    assert may(Someone(["administrator"]), "sessions.end", other)


@pytest.mark.parametrize("act", ["key.add", "key.end"])
def test_keys_are_ones_own_even_to_administrators(act: str) -> None:
    administrator = Someone(["administrator"])
    assert may(administrator, act, administrator)
    assert not may(administrator, act, Someone(["handler"]))


@pytest.mark.parametrize("act", ["key.add", "key.end"])
def test_demo_people_have_no_keys_of_their_own(act: str) -> None:
    person = Someone(["handler"], realm="demo")
    assert not may(person, act, person)


def test_refused_to_approve_in_a_role_the_act_does_not_ask_for() -> None:
    assert not may(Someone(["head"]), "approve", DECIDERS)
    assert may(Someone(["head", "decider"]), "approve", DECIDERS)


def test_refused_to_approve_what_names_no_quorum() -> None:
    assert not may(Someone(["decider"]), "approve", REAL)


@given(st.text(), st.lists(st.text()), st.text(), st.text())
def test_nothing_unheard_of_opens(act: str, roles: list[str], realm: str, thing: str) -> None:
    allowed = may(Someone(roles, realm=realm), act, Realm(thing))
    assert not allowed or (act in ACTS and set(roles) & ACTS[act] and realm in ("real", "demo"))
