"""The pages of people, as a browser without a screen: who gets in, who doesn't, what a stolen part opens."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import get_resolver
from people.members import ONE, TWO, Member, founders, proposed

from comity import clock
from comity.ledger.models import Event
from comity.people import admissions, approvals, commands, demo_keys, passkeys
from comity.people.models import Invite, Key, Person
from comity.people.software import SoftwareAuthenticator
from comity.people.views import home_of

pytestmark = pytest.mark.django_db
HOST = {"HTTP_HOST": "localhost:8000"}


def visitor(**how: Any) -> Client:
    return Client(**HOST, **how)


def asked(client: Client, url: str, **fields: str) -> bytes:
    """The challenge that the server gives for a page."""
    answer = client.post(url, fields)
    assert answer.status_code == 200, answer.content
    return passkeys.decode(answer.json()["publicKey"]["challenge"])


def signed_in(member: Member) -> Client:
    client = visitor()
    challenge = asked(client, "/people/sign-in/options")
    answer = client.post("/people/sign-in", {"response": json.dumps(member.key.sign(challenge))})
    assert (answer.status_code, answer["Location"]) == (302, home_of(member.person))
    return client


def is_in(client: Client) -> bool:
    return client.get("/people/me").status_code == 200


def as_demo(person: Person) -> Client:
    from django.http import HttpRequest

    client = visitor()
    request = HttpRequest()
    request.session = client.session
    request.META.update(HOST)
    commands.become(request, person)
    request.session.save()
    client.cookies["sessionid"] = request.session.session_key
    return client


# Coming in ------------------------------------------------------------------------------------------------------------


def join_by(client: Client, link: str, key: SoftwareAuthenticator) -> Any:
    path = link.removeprefix("http://localhost:8000")
    challenge = asked(client, f"{path}/options")
    return client.post(path, {"response": json.dumps(key.register(challenge))})


def test_it_works() -> None:
    client, link = visitor(), commands.invite_as_operator(["handler", "auditor"], "BE")
    page = client.get(link.removeprefix("http://localhost:8000"))
    assert b"auditor, handler" in page.content
    answer = join_by(client, link, SoftwareAuthenticator.make())
    assert (answer.status_code, answer["Location"]) == (302, "/people/me")
    assert is_in(client)


def test_looking_at_a_link_spends_nothing_and_opens_nothing() -> None:
    client, link = visitor(), commands.invite_as_operator(["handler"], "BE")
    for _ in range(3):
        assert client.get(link.removeprefix("http://localhost:8000")).status_code == 200
        assert client.head(link.removeprefix("http://localhost:8000")).status_code == 200
    assert not is_in(client)
    assert Invite.objects.get().used_at is None


def test_the_browser_is_asked_for_a_discoverable_key_with_user_verification() -> None:
    link = commands.invite_as_operator(["handler"], "BE").removeprefix("http://localhost:8000")
    asked = visitor().post(f"{link}/options").json()["publicKey"]
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["rp"] == {"id": "localhost", "name": "Comity"}
    assert asked["user"]["name"].startswith("handler-be-")


def test_refused_a_used_link() -> None:
    link = commands.invite_as_operator(["handler"], "BE")
    join_by(visitor(), link, SoftwareAuthenticator.make())
    path = link.removeprefix("http://localhost:8000")
    for answer in (visitor().get(path), visitor().post(path), visitor().post(f"{path}/options")):
        assert answer.status_code == 410
    assert b"It works once" in visitor().get(path).content


def test_refused_a_key_made_for_another_link() -> None:
    client, key = visitor(), SoftwareAuthenticator.make()
    first, second = (commands.invite_as_operator(["handler"], "BE").partition(":8000")[2] for _ in range(2))
    challenge = asked(client, f"{first}/options")
    answer = client.post(second, {"response": json.dumps(key.register(challenge))})
    assert answer.status_code == 400
    assert not Person.objects.exists()


def test_refused_a_key_asked_for_in_another_browser() -> None:
    link, key = commands.invite_as_operator(["handler"], "BE").partition(":8000")[2], SoftwareAuthenticator.make()
    challenge = asked(visitor(), f"{link}/options")
    assert visitor().post(link, {"response": json.dumps(key.register(challenge))}).status_code == 400


# Signing in -----------------------------------------------------------------------------------------------------------


def test_signing_in(alice: Member) -> None:
    client = signed_in(alice)
    page = client.get("/people/me").content.decode()
    assert "decider, BE" in page
    assert Key.objects.get(person=alice.person).short in page
    assert Event.objects.get(kind="person.signed-in").by == alice.person.by


def test_signing_in_leads_to_the_page_asked_for(alice: Member) -> None:
    client = visitor()
    assert client.get("/people/me?x=1")["Location"] == "/people/sign-in?next=%2Fpeople%2Fme%3Fx%3D1"
    challenge = asked(client, "/people/sign-in/options")
    fields = {"response": json.dumps(alice.key.sign(challenge)), "next": "/people/me?x=1"}
    assert client.post("/people/sign-in", fields)["Location"] == "/people/me?x=1"


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "people"]
)
def test_signing_in_leads_nowhere_else(alice: Member, wanted: str) -> None:
    client = visitor()
    challenge = asked(client, "/people/sign-in/options")
    answer = client.post("/people/sign-in", {"response": json.dumps(alice.key.sign(challenge)), "next": wanted})
    assert answer["Location"] == "/console/"


def test_refused_the_same_answer_again(alice: Member) -> None:
    client = visitor()
    response = json.dumps(alice.key.sign(asked(client, "/people/sign-in/options")))
    assert client.post("/people/sign-in", {"response": response}).status_code == 302
    assert client.post("/people/sign-in", {"response": response}).status_code == 400
    other = visitor()
    asked(other, "/people/sign-in/options")
    assert other.post("/people/sign-in", {"response": response}).status_code == 400
    assert not is_in(other)


def test_refused_after_five_minutes(alice: Member) -> None:
    client = visitor()
    challenge = asked(client, "/people/sign-in/options")
    with clock.freeze(clock.now() + timedelta(seconds=301)):
        answer = client.post("/people/sign-in", {"response": json.dumps(alice.key.sign(challenge))})
    assert answer.status_code == 400


def test_refused_an_approval_in_place_of_a_sign_in(alice: Member) -> None:
    client, hash = visitor(), proposed(TWO)
    asked(client, "/people/sign-in/options")
    assert client.post("/people/sign-in", {"response": json.dumps(alice.sign(hash))}).status_code == 400
    assert not is_in(client)


def test_a_signature_from_a_sign_in_approves_nothing(alice: Member) -> None:
    hash = proposed(TWO)
    with pytest.raises(approvals.ApprovalRefused):
        approvals.approve(alice.person, hash, alice.key.sign(asked(visitor(), "/people/sign-in/options")))


@pytest.mark.parametrize(
    "response",
    [
        "",
        "x",
        "[]",
        "null",
        "{}",
        "[" * 15_000,
        '{"id":"\\u0000"}',
        "x" * 20_000,
        '{"id":"AA","rawId":"AA","response":1}',
    ],
)
def test_refused_what_is_no_answer(response: str) -> None:
    client = visitor()
    asked(client, "/people/sign-in/options")
    answer = client.post("/people/sign-in", {"response": response})
    assert answer.status_code == 400
    assert b"Not done." in answer.content


def test_refused_an_answer_longer_than_any_browser_gives() -> None:
    with pytest.raises(passkeys.PasskeyRefused, match="too long"):
        passkeys.parse(json.dumps({"id": "A" * passkeys.LONGEST}))


def test_refused_a_strangers_key_and_a_demo_persons_in_the_same_words() -> None:
    demo = commands.ensure_demo_people()[1]
    said = set()
    for key in (SoftwareAuthenticator.make(), demo_keys.load(demo)):
        client = visitor()
        challenge = asked(client, "/people/sign-in/options")
        answer = client.post("/people/sign-in", {"response": json.dumps(key.sign(challenge))})
        assert answer.status_code == 400
        said.add(re.sub(r"csrfmiddlewaretoken\S+ \S+|nonce=\S+", "", answer.content.decode()))
    assert len({re.search(r"<span>(.*?)</span>", page)[1] for page in said}) == 1  # type: ignore[index]


def test_the_relying_party_is_never_the_host_header(alice: Member) -> None:
    answer = Client(HTTP_HOST="127.0.0.1:8000").post("/people/sign-in/options")
    assert answer.json()["publicKey"]["rpId"] == "localhost"


def test_by_its_number_the_page_is_sent_to_the_name() -> None:
    answer = Client(HTTP_HOST="127.0.0.1:8000").get("/people/sign-in?next=/people/me")
    assert answer["Location"] == "http://localhost:8000/people/sign-in?next=/people/me"


# Sessions -------------------------------------------------------------------------------------------------------------


def test_signing_out_ends_this_session_only(alice: Member) -> None:
    here, there = signed_in(alice), signed_in(alice)
    assert here.get("/people/sign-out").status_code == 200
    assert is_in(here)
    assert b"You are signed out" in here.post("/people/sign-out").content
    assert not is_in(here)
    assert is_in(there)


def test_ending_all_ends_them_everywhere_at_once(alice: Member, bob: Member) -> None:
    one, two, bobs = signed_in(alice), signed_in(alice), signed_in(bob)
    assert one.post("/people/me/sessions/end")["Location"] == "/people/sign-in"
    assert not is_in(one)
    assert not is_in(two)
    assert is_in(bobs)
    assert is_in(signed_in(alice))


def test_ending_all_finds_the_session_of_a_one_time_link() -> None:
    client, link = visitor(), commands.invite_as_operator(["handler"], "BE")
    join_by(client, link, SoftwareAuthenticator.make())
    commands.end_sessions(Person.objects.get(), "operator")
    assert not is_in(client)


def test_ending_all_finds_sessions_that_djangos_own_login_made(alice: Member) -> None:
    client = visitor()
    client.force_login(alice.person)
    assert is_in(client)
    commands.end_sessions(alice.person, "operator")
    assert not is_in(client)


def test_leaving_ends_every_session_at_once(alice: Member) -> None:
    one, two = signed_in(alice), signed_in(alice)
    commands.deactivate(alice.person, "operator")
    assert not is_in(one)
    assert not is_in(two)


def test_ending_a_key_ends_every_session(alice: Member) -> None:
    client = signed_in(alice)
    commands.add_key(alice.person, bytes(32), SoftwareAuthenticator.make().register(bytes(32)))
    assert client.post("/people/me/keys/end", {"key": passkeys.encode(alice.key.id)}).status_code == 302
    assert not is_in(client)


def test_a_session_moved_to_another_person_is_worth_nothing(alice: Member, bob: Member) -> None:
    client = signed_in(alice)
    session = client.session
    session["_auth_user_id"] = str(bob.person.id)
    session.save()
    assert not is_in(client)


def test_what_the_table_of_sessions_holds_opens_nothing(alice: Member) -> None:
    client, thief = signed_in(alice), visitor()
    for row in Session.objects.all():
        assert row.session_key != client.cookies["sessionid"].value
        thief.cookies["sessionid"] = row.session_key
        assert not is_in(thief)
    assert is_in(client)


@pytest.mark.parametrize("cookie", ["", "x", "a" * 32, "\x00" * 32, "é" * 40, "a" * 4000])
def test_refused_a_session_that_is_none(cookie: str) -> None:
    client = visitor()
    client.cookies["sessionid"] = cookie
    assert client.get("/people/sign-in").status_code == 200
    link = commands.invite_as_operator(["handler"], "BE").partition(":8000")[2]
    assert client.post(f"{link}/options").status_code == 200
    assert client.cookies["sessionid"].value not in ("", cookie)


def test_sessions_that_ran_out_are_forgotten(alice: Member) -> None:
    client = signed_in(alice)
    assert commands.forget(clock.now()) == 0
    assert commands.forget(clock.now() + timedelta(hours=13)) == 1
    assert not is_in(client)


def test_signing_in_gives_a_new_session(alice: Member) -> None:
    client = visitor()
    asked(client, f"{commands.invite_as_operator(['handler'], 'BE').partition(':8000')[2]}/options")
    before = client.cookies["sessionid"].value
    challenge = asked(client, "/people/sign-in/options")
    client.post("/people/sign-in", {"response": json.dumps(alice.key.sign(challenge))})
    assert client.cookies["sessionid"].value != before


# A stolen session -----------------------------------------------------------------------------------------------------


def test_a_stolen_session_adds_no_key(alice: Member) -> None:
    thief, own = signed_in(alice), SoftwareAuthenticator.make()
    challenge = asked(thief, "/people/me/keys/confirm")
    answer = thief.post("/people/me/keys/options", {"response": json.dumps(own.sign(challenge))})
    assert answer.status_code == 400
    answer = thief.post("/people/me/keys/add", {"response": json.dumps(own.register(challenge))})
    assert answer.status_code == 400
    assert Key.objects.filter(person=alice.person).count() == 1


def test_a_key_is_added_by_showing_one_that_is_held(alice: Member) -> None:
    client, another = signed_in(alice), SoftwareAuthenticator.make()
    held = alice.key.sign(asked(client, "/people/me/keys/confirm"))
    challenge = asked(client, "/people/me/keys/options", response=json.dumps(held))
    answer = client.post("/people/me/keys/add", {"response": json.dumps(another.register(challenge))})
    assert answer.status_code == 302
    assert Key.objects.filter(person=alice.person, ended_at=None).count() == 2
    again = client.post("/people/me/keys/add", {"response": json.dumps(another.register(challenge))})
    assert again.status_code == 400


def test_a_stolen_session_approves_nothing(alice: Member) -> None:
    hash = proposed(ONE)
    thief = signed_in(alice)
    assert thief.post(f"/people/acts/{hash}/options").status_code == 200
    with pytest.raises(approvals.ApprovalRefused):
        approvals.approve(alice.person, hash, SoftwareAuthenticator.make().sign(bytes.fromhex(hash)))


# Acts and people ------------------------------------------------------------------------------------------------------


def test_the_options_of_an_act_say_why_not(alice: Member, join: Callable[..., Member]) -> None:
    hash = proposed(ONE)
    assert signed_in(alice).post(f"/people/acts/{hash}/options").json()["publicKey"]["rpId"] == "localhost"
    refused = signed_in(join("handler")).post(f"/people/acts/{hash}/options")
    assert (refused.status_code, refused.json()) == (409, {"error": approvals.REASONS["role"]})
    assert signed_in(alice).post("/people/acts/nothing/options").status_code == 404


def signs(client: Client, member: Member, put: Any) -> Any:
    """Sign what was put, on the page that putting it led to."""
    assert put.status_code == 302, put.content
    page = put["Location"]
    challenge = asked(client, f"/people/acts/{page.rpartition('/')[2]}/options")
    return client.post(f"{page}/sign", {"response": json.dumps(member.key.sign(challenge))})


def test_the_administrator_keeps_the_list(alice: Member) -> None:
    administrator, _ = founders()
    client = signed_in(administrator)
    assert alice.person.name in client.get("/console/people").content.decode()
    put = client.post("/console/people/invite", {"role": ["handler", "auditor"], "jurisdiction": "fr"})
    made = signs(client, administrator, put)
    link = re.search(r'id="link">([^<]+)<', made.content.decode())[1]  # type: ignore[index]
    assert join_by(visitor(), link, SoftwareAuthenticator.make()).status_code == 302
    assert client.post("/console/people/invite", {"role": "king", "jurisdiction": "FR"}).status_code == 400
    base = f"/console/people/{alice.person.id}"
    session = signed_in(alice)
    put = client.post(f"{base}/roles", {"role": "auditor", "do": "grant"})
    assert signs(client, administrator, put).status_code == 302
    alice.person.refresh_from_db()
    assert alice.person.roles == ["auditor", "decider"]
    assert client.post(f"{base}/roles", {"role": "head", "do": "revoke"}).status_code == 400
    assert client.post(f"{base}/sessions/end").status_code == 302
    assert not is_in(session)
    assert signs(client, administrator, client.post(f"{base}/deactivate")).status_code == 302
    alice.person.refresh_from_db()
    assert not alice.person.is_active


def everyone() -> Any:
    return Invite.objects.count(), sorted(Person.objects.values_list("name", "roles", "is_active"))


def test_a_stolen_session_of_an_administrator_changes_nobody(alice: Member) -> None:
    """The cookie puts what it likes; each of it waits for the passkey, and what is put next makes it void."""
    administrator, _ = founders()
    thief, own, base = signed_in(administrator), SoftwareAuthenticator.make(), f"/console/people/{alice.person.id}"
    before = everyone()
    for url, fields in (
        ("/console/people/invite", {"role": "decider", "jurisdiction": "EE"}),
        (f"{base}/roles", {"role": "auditor", "do": "grant"}),
        (f"{base}/roles", {"role": "decider", "do": "revoke"}),
        (f"{base}/deactivate", {}),
    ):
        put = thief.post(url, fields)
        hash = put["Location"].rpartition("/")[2]
        for answer in (own.sign(bytes.fromhex(hash)), administrator.key.sign(bytes(32)), {}, own.register(bytes(32))):
            assert thief.post(f"{put['Location']}/sign", {"response": json.dumps(answer)}).status_code in (400, 409)
    assert everyone() == before
    assert not [put for put in admissions.waiting() if put.signed]
    assert len(admissions.waiting()) == 1


def test_the_administrator_grants_themselves_nothing() -> None:
    administrator, _ = founders()
    client = signed_in(administrator)
    base = f"/console/people/{administrator.person.id}"
    assert client.post(f"{base}/roles", {"role": "decider", "do": "grant"}).status_code == 403
    assert client.post(f"{base}/deactivate").status_code == 403


@pytest.mark.slow
def test_others_put_nothing_about_the_list(join: Callable[..., Member], alice: Member) -> None:
    for roles in ("handler", "decider", "counsel", "head", "auditor"):
        client = signed_in(join(roles))
        base = f"/console/people/{alice.person.id}"
        for url in ("/console/people/invite", f"{base}/deactivate", f"{base}/sessions/end", f"{base}/roles"):
            assert client.post(url, {"role": "head", "do": "grant"}).status_code == 403, (roles, url)
    assert client.get("/console/people").status_code == 200
    assert signed_in(alice).get("/console/people").status_code == 200  # who may vouch sees whom for
    assert signed_in(join("handler")).get("/console/people").status_code == 403


def paths() -> list[str]:
    known = {"token": "x" * 43, "hash": "0" * 64, "person_id": "0b0e6c9e-0000-4000-8000-000000000000"}
    found = []
    for pattern in get_resolver("comity.people.urls").url_patterns:
        route = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: known[m[1]], str(pattern.pattern))
        found.append(f"/{route}")
    return found


OPEN = ("/people/sign-in", "/people/sign-out", "/people/invite/", "/people/founding/")


def test_a_stranger_is_sent_to_sign_in_from_every_address() -> None:
    for path in paths():
        for answer in (visitor().get(path), visitor().post(path)):
            if path.startswith(OPEN):
                assert answer.status_code in (200, 302, 400, 405, 410), path
            elif answer.status_code != 405:
                assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/people/sign-in"), path
    assert not Person.objects.exists()


def test_a_demo_person_sees_and_keeps_no_list(alice: Member) -> None:
    for person in commands.ensure_demo_people():
        client = as_demo(person)
        assert is_in(client)
        for path in paths():
            if path.startswith("/console/people"):
                assert client.get(path).status_code in (403, 405), path
                assert client.post(path).status_code in (403, 405), path
        assert client.post("/people/me/keys/confirm").status_code == 403
        assert client.post(f"/people/acts/{proposed(ONE)}/options").status_code == 404


def test_being_a_demo_person_ends_with_the_demo(settings: Any) -> None:
    client = as_demo(commands.ensure_demo_people()[0])
    assert is_in(client)
    settings.COMITY = replace(settings.COMITY, demo=False)
    assert not is_in(client)


def test_nobody_becomes_a_real_person(alice: Member, settings: Any) -> None:
    with pytest.raises(commands.Refused):
        as_demo(alice.person)
    alice.person.realm = "demo"
    with pytest.raises(commands.Refused):
        as_demo(alice.person)
    demo = commands.ensure_demo_people()[0]
    settings.COMITY = replace(settings.COMITY, demo=False)
    with pytest.raises(commands.Refused):
        as_demo(demo)


def test_forms_from_elsewhere_are_refused(alice: Member) -> None:
    for path in paths():
        answer = visitor(enforce_csrf_checks=True).post(path)
        assert answer.status_code in (403, 405), path


def test_pages_carry_the_content_policy_and_no_inline_script(alice: Member) -> None:
    link = commands.invite_as_operator(["handler"], "BE").partition(":8000")[2]
    pages = [(visitor(), "/people/sign-in"), (visitor(), link), (signed_in(alice), "/people/me")]
    for client, path in pages:
        answer = client.get(path)
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "private, no-store"
        page = answer.content.decode()
        assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=|javascript:", page)
