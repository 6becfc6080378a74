"""Whatever a browser sends in place of a passkey's answer is a page with a reason, at every address that takes one."""

import json
from typing import Any

import pytest
from django.test import Client
from people.members import Member, founders, token_of

from comity.people import commands, founding, passkeys, staffing
from comity.people.sessions import BACKEND

pytestmark = pytest.mark.django_db
HOST = {"HTTP_HOST": "localhost:8000"}
DEEP = "[" * 7000 + "]" * 7000
SHAPES: dict[str, Any] = {
    "nothing": "",
    "no JSON": "junk",
    "half": '{"id": "a',
    "a list": "[]",
    "a number": "1" * 9000,
    "null": "null",
    "a text": '"x"',
    "too long": json.dumps({"id": "a" * 40_000}),
    "deep": '{"id":' + DEEP + "}",
    "deep within": json.dumps({"id": "AA", "rawId": "AA", "response": 0}).replace("0", DEEP),
    "not UTF-8": b"\xff\xfe{",
    "half a character": '{"id": "\\ud800", "rawId": "\\ud800", "response": {}}',
    "no keys": "{}",
    "other types": json.dumps({"id": {"a": 1}, "rawId": [1], "response": "x", "type": 7}),
    "inner types": json.dumps(
        {"id": "AA", "rawId": "AA", "response": {"clientDataJSON": 1, "authenticatorData": None, "signature": []}}
    ),
    "no base64": json.dumps(
        {"id": "AA", "rawId": "AA", "response": {"clientDataJSON": "!", "authenticatorData": "é", "signature": "="}}
    ),
    "not a number": '{"id": NaN, "rawId": Infinity, "response": -Infinity}',
    "empty parts": json.dumps(
        {"id": "AA", "rawId": "AA", "response": {"clientDataJSON": "", "authenticatorData": "", "signature": ""}}
    ),
    "a key id of no end": json.dumps({"id": "A" * 1400, "rawId": "A" * 1400, "response": {}}),
}


def inside(member: Member) -> Client:
    client = Client(**HOST)
    client.force_login(member.person, backend=BACKEND)
    return client


@pytest.fixture(autouse=True)
def _here(settings: Any, tmp_path: Any) -> None:
    from dataclasses import replace

    settings.COMITY = replace(settings.COMITY, data=tmp_path, base_url="http://localhost:8000", demo=True)


def sent(client: Client, path: str, response: Any, **fields: str) -> int:
    body = {"response": response.decode("latin-1") if isinstance(response, bytes) else response, **fields}
    answer = client.post(path, body)
    assert b"Traceback" not in answer.content
    return answer.status_code


@pytest.mark.parametrize("shape", SHAPES)
def test_at_the_doors(shape: str) -> None:
    token = token_of(founding.first_link() or "")
    invited = token_of(commands.invite_as_operator(["handler"], "BE"))
    client = Client(**HOST)
    for options, path, fields in (
        ("/people/sign-in/options", "/people/sign-in", {}),
        (f"/people/invite/{invited}/options", f"/people/invite/{invited}", {}),
        (f"/people/founding/{token}/options", f"/people/founding/{token}/join", {"role": "head", "jurisdiction": "BE"}),
        (f"/people/founding/{token}/options", f"/people/founding/{token}/sign", {"charter": "0" * 64}),
    ):
        assert client.post(options).status_code == 200
        assert sent(client, path, SHAPES[shape], **fields) == 400, path


@pytest.mark.parametrize("shape", SHAPES)
def test_within(shape: str) -> None:
    administrator, _ = founders()
    hash = staffing.propose(administrator.person, "person.invite", ["handler"], place="BE")
    client = inside(administrator)
    assert sent(client, f"/console/people/acts/{hash}/sign", SHAPES[shape]) in (400, 409)
    assert client.post("/people/me/keys/confirm").status_code == 200
    assert sent(client, "/people/me/keys/options", SHAPES[shape]) == 400
    assert sent(client, "/people/me/keys/add", SHAPES[shape]) == 400


@pytest.mark.parametrize("shape", SHAPES)
def test_the_parser_gives_an_object_or_a_refusal(shape: str) -> None:
    text = SHAPES[shape].decode("latin-1") if isinstance(SHAPES[shape], bytes) else SHAPES[shape]
    try:
        parsed = passkeys.parse(text)
    except passkeys.PasskeyRefused:
        return
    for verify in (passkeys.verify_registration, lambda c, r: passkeys.verify_assertion(c, [], r)):
        with pytest.raises(passkeys.PasskeyRefused):
            verify(bytes(32), parsed)
