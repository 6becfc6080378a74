"""The contract as a file says what is really sent and answered: every exchange of a whole trial is held against it."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from platforms.conftest import over_http

import comity.platforms
from comity.platforms import signed
from comity.platforms.asking import Adapter, Secrets
from comity.platforms.kit import Trial, run

FILE = Path(comity.platforms.__file__).parent / "openapi.yaml"


@pytest.fixture(scope="module")
def contract() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text()))


def fits(contract: dict[str, Any], schema: dict[str, Any], value: object) -> str:
    """What is wrong with a value; empty if nothing is."""
    whole = {"$ref": schema["$ref"]} if "$ref" in schema else schema
    checker = jsonschema.Draft202012Validator({**whole, "components": contract["components"]})
    return "; ".join(error.message[:200] for error in checker.iter_errors(value))


def of(contract: dict[str, Any], place: dict[str, Any]) -> dict[str, Any]:
    """The schema of the JSON in a body."""
    if "$ref" in place:
        _, _, kind, name = place["$ref"].split("/")
        place = contract["components"][kind][name]
    return dict(place["content"]["application/json"]["schema"])


def test_every_exchange_is_as_the_file_says(
    sandbox: Any, contract: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, bytes, int, bytes]] = []
    genuine = Adapter.send

    def heard(self: Any, call: str, body: bytes, *rest: Any) -> Any:
        answer = genuine(self, call, body, *rest)
        said.append((call, body, answer[0], answer[1]))
        return answer

    monkeypatch.setattr(Adapter, "send", heard)
    secrets = Secrets(*(signed.derived(sandbox.token, level) for level in ("read", "reversible")))
    assert run(Trial(over_http(sandbox), secrets, 5.0)).failing == {}
    assert {call for call, _, status, _ in said if status == 200} == {path[1:] for path in contract["paths"]}
    for call, body, status, answer in said:
        if f"/{call}" not in contract["paths"]:
            continue
        told = contract["paths"][f"/{call}"]["post"]
        wanted = told["responses"]["200" if status == 200 else "4XX"]
        assert fits(contract, of(contract, wanted), json.loads(answer)) == "", (call, answer)
        if status == 200 and json.loads(body)["data"].get("countries") not in ([], ["ATLANTIS"], [7]):
            assert fits(contract, of(contract, told["requestBody"]), json.loads(body)) == "", (call, body)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Refusal", {"error": "unknown"}),
        ("Resolved", {"found": True, "ref": "x"}),
        ("Receipt", {"key": "k", "state": "done", "new": True}),
        ("Capabilities", {"name": "x", "measures": [], "by_country": True, "notifies": True}),
        ("Event", {"type": "report.created"}),
    ],
)
def test_the_file_refuses_what_is_wrong(contract: dict[str, Any], name: str, value: object) -> None:
    assert fits(contract, {"$ref": f"#/components/schemas/{name}"}, value)
