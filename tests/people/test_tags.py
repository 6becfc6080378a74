"""The database alone carries nothing out: whoever writes tables, and only tables, decides nothing.

The attacker here reads and writes every table, events included, and knows all of this code. What they don't have is
the directory of keys: neither the tags' nor the vault's.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from people.members import ONE, TWO, Member, founders, proposed, token_of

from comity import clock
from comity.ledger.models import Event
from comity.people import chain, commands, founding, passkeys, tags
from comity.people.approvals import ApprovalRefused, NotApproved, approve, approved
from comity.people.commands import Refused
from comity.people.models import Act, Approval, Grant, Invite, Key, Person
from comity.people.passkeys import PasskeyRefused
from comity.people.software import SoftwareAuthenticator

from .test_pages import is_in, signed_in

pytestmark = pytest.mark.django_db


def forged(realm: str, place: str, like: Person | None = None) -> Member:
    """A decider written into the tables: person, key, grant and the events that tell of them, tags copied."""
    key, now, id = SoftwareAuthenticator.make(), clock.now() - timedelta(days=1), uuid.uuid4()
    copied = like.tag if like else "1" + "0" * 63
    fields = {"id": id, "name": f"decider-{id.hex[:6]}", "realm": realm, "jurisdiction": place, "roles": ["decider"]}
    person = Person.objects.create(**fields, enrolled_at=now, tag=copied)
    public = bytes(key.public)
    Key.objects.create(id=passkeys.key_id(public), person=person, public=public, enrolled_at=now, tag=copied)
    Grant.objects.create(person=person, role="decider", since=now, tag=copied)
    for kind, once in (("person.enrolled", None), ("key.added", f"key:{passkeys.fingerprint(public)}")):
        Event.objects.create(kind=kind, at=now, realm=realm, by=person.by, once=once)
    return Member(person, key)


def written(hash: str, one: Member) -> None:
    """A signature put into the table past every command."""
    key = Key.objects.filter(person=one.person).order_by("enrolled_at").last()
    assert key
    response = passkeys.kept(one.sign(hash, person=one.person.id.bytes))
    Approval.objects.create(act_id=hash, person=one.person, key=key, at=clock.now(), response=response, tag=key.tag)


def attacked(hash: str, realm: str, like: Person | None = None) -> None:
    """Two invented deciders of two jurisdictions sign a pending act, and its row says that it is approved."""
    for place in ("EE", "FR"):
        written(hash, forged(realm, place, like))
    Act.objects.filter(hash=hash).update(state="approved", approved_at=clock.now())


@contextmanager
def unguarded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The control: nothing looks at tags, nor follows a role to the charter."""
    with monkeypatch.context() as patch:
        patch.setattr(tags, "fits", lambda row: True)
        patch.setattr(chain, "_leads", lambda person, grant: True)
        yield


@pytest.mark.parametrize("realm", ["real", "drill", "demo"])
def test_two_invented_deciders_carry_nothing_out(realm: str, alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    person = commands.ensure_demo_people()[1] if realm == "demo" else alice.person
    hash = proposed(TWO, realm=realm)
    attacked(hash, "demo" if realm == "demo" else "real", person)
    with pytest.raises(NotApproved):
        approved(hash)
    with monkeypatch.context() as patch:
        patch.setattr(tags, "fits", lambda row: True)
        if realm != "demo":  # even whoever holds the tags' key: their roles lead to no charter
            with pytest.raises(NotApproved):
                approved(hash)
    with unguarded(monkeypatch):
        assert approved(hash)


def test_nor_one_invented_beside_one_who_is_real(alice: Member) -> None:
    hash = proposed(TWO)
    alice.approve(hash)
    written(hash, forged("real", "EE", alice.person))
    Act.objects.filter(hash=hash).update(state="approved", approved_at=clock.now())
    with pytest.raises(NotApproved):
        approved(hash)


def test_a_written_signature_does_not_complete_a_real_one(alice: Member) -> None:
    hash = proposed(TWO)
    written(hash, forged("real", "EE", alice.person))
    assert not alice.approve(hash).complete
    assert Act.objects.get(hash=hash).state == "open"


def test_an_invented_person_signs_nothing_and_does_not_come_in(
    alice: Member, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash, one = proposed(ONE), forged("real", "EE", alice.person)
    with pytest.raises(ApprovalRefused):
        one.approve(hash)
    with pytest.raises(PasskeyRefused):
        commands.identify(bytes(32), one.key.sign(bytes(32)))
    with unguarded(monkeypatch):
        assert commands.identify(bytes(32), one.key.sign(bytes(32))).person == one.person


def test_a_key_written_for_a_real_person_opens_and_signs_nothing(alice: Member) -> None:
    own, now, hash = SoftwareAuthenticator.make(), clock.now(), proposed(ONE)
    public = bytes(own.public)
    held = Key.objects.get(person=alice.person)
    fields = {"id": passkeys.key_id(public), "person": alice.person, "public": public, "tag": held.tag}
    Key.objects.create(**fields, enrolled_at=now)
    once = f"key:{passkeys.fingerprint(public)}"
    Event.objects.create(kind="key.added", at=now, realm="real", by=alice.person.by, once=once)
    with pytest.raises(PasskeyRefused):
        commands.identify(bytes(32), own.sign(bytes(32)))
    with pytest.raises(ApprovalRefused):
        approve(alice.person, hash, own.sign(bytes.fromhex(hash)))
    alice.approve(hash)
    Approval.objects.filter(act=hash).update(key=fields["id"], response=passkeys.kept(own.sign(bytes.fromhex(hash))))
    with pytest.raises(NotApproved):
        approved(hash)


@pytest.mark.parametrize(
    "change",
    [
        {"roles": ["administrator", "decider"]},
        {"jurisdiction": "EE"},
        {"is_active": True, "ended_at": None},
        {"enrolled_at": clock.now() - timedelta(days=900)},
    ],
)
def test_a_person_changed_in_the_table_is_in_no_more(join: Callable[..., Member], change: dict[str, Any]) -> None:
    member = join("handler")
    client = signed_in(member)
    if "is_active" in change:
        commands.deactivate(member.person, "operator")
    assert is_in(client) != ("is_active" in change)
    Person.objects.filter(pk=member.person.pk).update(**change)
    assert not is_in(client)


def test_a_role_written_into_the_table_counts_for_nothing(join: Callable[..., Member]) -> None:
    handler, hash = join("handler"), proposed(ONE)
    held = Grant.objects.get(person=handler.person)
    Grant.objects.create(person=handler.person, role="decider", since=held.since, tag=held.tag)
    Person.objects.filter(pk=handler.person.pk).update(roles=["decider", "handler"])
    handler.person.refresh_from_db()
    with pytest.raises(ApprovalRefused):
        handler.approve(hash)
    assert [person.id for person in founding.holders() if person.id == handler.person.id] == []


def test_who_has_left_does_not_sign_at_a_time_written_for_them(alice: Member, bob: Member) -> None:
    hash = proposed(ONE)
    commands.deactivate(bob.person, "operator")
    key = Key.objects.get(person=bob.person)
    at = Act.objects.get(hash=hash).proposed_at
    response = passkeys.kept(bob.sign(hash))
    Approval.objects.create(act_id=hash, person=bob.person, key=key, at=at, response=response, tag=key.tag)
    Act.objects.filter(hash=hash).update(state="approved", approved_at=at)
    with pytest.raises(NotApproved, match="past this gateway"):
        approved(hash)


def test_an_invitation_written_into_the_table_opens_nothing() -> None:
    first, _ = founders()
    now, token = clock.now(), "x" * 43
    known = {"roles": ["decider"], "jurisdiction": "EE", "by": first.person.by, "made_at": now}
    hash, expires = sha256(token.encode()).digest(), now + timedelta(days=1)
    for by in (first.person.by, "operator", commands.FOUNDERS):
        Invite.objects.update_or_create(
            token_hash=hash, defaults={**known, "by": by, "expires_at": expires, "tag": first.person.tag}
        )
        with pytest.raises(Refused, match="not known"):
            commands.open_invite(token)


def test_an_invitation_widened_in_the_table_opens_nothing() -> None:
    token = token_of(commands.invite_as_operator(["handler"], "BE"))
    for change in ({"roles": ["decider"]}, {"by": commands.FOUNDERS}, {"expires_at": clock.now() + timedelta(days=99)}):
        before = Invite.objects.values(*change).get()
        Invite.objects.update(**change)
        with pytest.raises(Refused, match="not known"):
            commands.open_invite(token)
        Invite.objects.update(**before)
    assert commands.open_invite(token)


def test_an_act_younger_in_the_table_than_it_is_counts_for_nothing(alice: Member) -> None:
    hash = proposed(ONE)
    alice.approve(hash)
    Act.objects.filter(hash=hash).update(proposed_at=clock.now() + timedelta(hours=1))
    with pytest.raises(NotApproved, match="isn't one that this gateway wrote"):
        approved(hash)


@pytest.mark.parametrize("model", [Person, Key, Grant, Invite, Act, Approval])
def test_every_row_that_a_command_writes_fits_and_each_field_counts(model: Any, alice: Member, bob: Member) -> None:
    alice.approve(proposed(ONE))
    row = model.objects.order_by("pk").first()
    assert all(tags.fits(one) for one in model.objects.all())
    for name in model.TAGGED:
        was = getattr(row, name)
        setattr(row, name, "other")
        assert not tags.fits(row), name
        setattr(row, name, was)
    assert tags.fits(row)
    for tag in ("", "1", "2" + row.tag[1:], "0" + row.tag[1:], row.tag[:-1]):
        assert not tags.fits(model(**{f.attname: getattr(row, f.attname) for f in model._meta.fields} | {"tag": tag}))


def test_what_was_slipped_in_is_not_made_ours_by_a_change(alice: Member) -> None:
    one = forged("real", "EE", alice.person)
    tags.change(Person.objects.get(pk=one.person.pk), roles=["handler"])
    commands.deactivate(one.person, "operator")
    assert not tags.fits(Person.objects.get(pk=one.person.pk))
    assert not tags.fits(Key.objects.get(person=one.person))


# From the version before ----------------------------------------------------------------------------------------------


def before_tags() -> None:
    """The tables as the version before left them."""
    for model in (Person, Key, Grant, Act, Approval):
        model.objects.update(tag="")
    Grant.objects.update(act="")


def migrate() -> None:
    import_module("comity.people.migrations.0002_tags").tag_what_stands(apps, None)


def test_people_of_the_version_before_work_on(alice: Member, bob: Member) -> None:
    done, open_ = proposed(TWO), proposed(TWO, case="C-OTHER000")
    alice.approve(done)
    bob.approve(done)
    alice.approve(open_)
    # signed before the rule was: an act that is older than its signer
    Person.objects.filter(pk=bob.person.pk).update(enrolled_at=clock.now())
    Key.objects.filter(person=bob.person).update(enrolled_at=Act.objects.get(hash=done).proposed_at)
    before_tags()
    with pytest.raises(NotApproved):
        approved(done)
    migrate()
    assert approved(done)
    assert is_in(signed_in(alice))
    with pytest.raises(ApprovalRefused) as caught:
        bob.approve(open_)
    assert caught.value.reason == "older"
    told = Event.objects.get(kind="people.authenticated")
    assert told.public["person"] == Person.objects.count()
    assert all(map(tags.fits, [*Person.objects.all(), *Key.objects.all(), *Grant.objects.all(), *Act.objects.all()]))


def test_what_stands_is_tagged_once_whatever_the_database_says(alice: Member) -> None:
    before_tags()
    migrate()
    tags.close()
    one = forged("real", "EE")
    Person.objects.filter(pk=one.person.pk).update(tag="")
    migrate()
    assert not tags.fits(Person.objects.get(pk=one.person.pk))
    assert Event.objects.filter(kind="people.authenticated").count() == 1


def test_an_upgrade_that_was_cut_off_is_taken_up_again(alice: Member) -> None:
    """The key is a file and stays when the transaction doesn't."""
    before_tags()
    migrate()
    before_tags()
    migrate()
    assert is_in(signed_in(alice))


def test_an_open_link_of_the_version_before_is_made_anew(alice: Member) -> None:
    token = token_of(commands.invite_as_operator(["handler"], "BE"))
    Invite.objects.update(tag="")
    before_tags()
    migrate()
    with pytest.raises(Refused, match="not known"):
        commands.open_invite(token)


def test_a_gateway_without_anybody_gets_no_key_by_the_migration(db: None) -> None:
    migrate()
    assert not Event.objects.exists()
