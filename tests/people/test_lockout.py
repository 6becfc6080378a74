"""Failures are counted, each client's own, and nobody is locked out by another's."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from people.members import Member

from comity.people import access
from comity.people.views import FAILURES

from .test_pages import HOST, asked, visitor

pytestmark = pytest.mark.django_db
SIGN_IN = "/people/sign-in"


def fail(client: Client, times: int, **how: Any) -> list[int]:
    return [client.post(SIGN_IN, {"response": "{}"}, **how).status_code for _ in range(times)]


def test_it_works_failures_are_told_to_wait() -> None:
    answers = fail(visitor(), FAILURES + 3)
    assert answers == [400] * FAILURES + [429] * 3
    last = visitor().post(SIGN_IN, {"response": "{}"})
    assert (last.status_code, last["Retry-After"]) == (429, "60")


@pytest.mark.slow
def test_asking_and_looking_are_no_failures() -> None:
    client = visitor()
    assert {client.post(f"{SIGN_IN}/options").status_code for _ in range(150)} == {200}
    assert {client.get(SIGN_IN).status_code for _ in range(150)} == {200}


def test_who_has_the_passkey_comes_in_through_any_flood_from_the_same_address(alice: Member) -> None:
    """Behind a proxy that nobody named everyone is one address."""
    fail(visitor(), FAILURES * 5)
    client = visitor()
    answer = client.post(SIGN_IN, {"response": json.dumps(alice.key.sign(asked(client, f"{SIGN_IN}/options")))})
    assert (answer.status_code, answer["Location"]) == (302, "/console/")


@pytest.mark.slow
def test_a_flood_keeps_no_session_and_no_more_than_a_few_counts() -> None:
    client = visitor()
    for n in range(400):
        client.post(f"{SIGN_IN}/options", REMOTE_ADDR=f"192.0.2.{n % 256}")
    fail(client, 5)
    assert not Session.objects.exists()


def test_one_clients_flood_is_not_anothers_behind_a_named_proxy(settings: Any) -> None:
    settings.COMITY = replace(settings.COMITY, proxies=("10.0.0.0/24",))
    flood = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.9"}
    assert fail(visitor(), FAILURES + 1, **flood)[-1] == 429
    assert fail(visitor(), 1, **flood | {"HTTP_X_FORWARDED_FOR": "198.51.100.10"}) == [400]


def test_an_address_made_up_behind_a_named_proxy_is_no_way_out(settings: Any) -> None:
    settings.COMITY = replace(settings.COMITY, proxies=("10.0.0.1",))
    answers = [
        fail(visitor(), 1, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}, 198.51.100.9")[0]
        for n in range(FAILURES + 1)
    ]
    assert answers[-1] == 429


@pytest.mark.parametrize(
    ("near", "told", "client"),
    [
        ("10.0.0.1", "198.51.100.9", "198.51.100.9"),
        ("10.0.0.1", "203.0.113.1, 198.51.100.9", "198.51.100.9"),
        ("10.0.0.1", "198.51.100.9, 10.0.0.2", "198.51.100.9"),  # two proxies of ours, one behind the other
        ("::ffff:10.0.0.1", "198.51.100.9", "198.51.100.9"),
        ("10.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.9, junk", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.2"),
        ("192.0.2.1", "198.51.100.9", "192.0.2.1"),  # nobody named it: anybody can write that header
        ("", "198.51.100.9", ""),
        ("junk", "198.51.100.9", "junk"),
    ],
)
def test_whose_address_counts(settings: Any, near: str, told: str, client: str) -> None:
    settings.COMITY = replace(settings.COMITY, proxies=("10.0.0.1", "10.0.0.2"))
    request = RequestFactory(**HOST).get("/", REMOTE_ADDR=near, HTTP_X_FORWARDED_FOR=told)
    assert access.client(request) == client


def test_a_challenge_is_good_once_and_for_who_was_handed_it(alice: Member) -> None:
    client = visitor()
    response = json.dumps(alice.key.sign(asked(client, f"{SIGN_IN}/options")))
    kept = client.cookies["comity_challenge"].value
    assert client.post(SIGN_IN, {"response": response}).status_code == 302
    thief = visitor()
    thief.cookies["comity_challenge"] = kept
    assert thief.post(SIGN_IN, {"response": response}).status_code == 400
    for cookie in ("", "x", kept[:-1], "x" * 4000, kept.replace(":", "::", 1)):
        other = visitor()
        other.cookies["comity_challenge"] = cookie
        fresh = alice.key.sign(bytes(32))
        assert other.post(SIGN_IN, {"response": json.dumps(fresh)}).status_code == 400
