"""Which platform an address belongs to, from the operator's settings."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from comity import platforms


@pytest.fixture
def configured(sandbox: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "sandbox.key").write_text(sandbox.token + "\n")
    monkeypatch.setattr(settings, "COMITY", replace(settings.COMITY, data=tmp_path, sandbox_url=sandbox.base_url))
    return sandbox


def test_it_works(configured: Any) -> None:
    url = platforms.sandbox_world().post("town-square", "luc", "Bonjour.")
    platform = platforms.for_url(url.replace("127.0.0.1", "LOCALHOST") + "/?from=FR", "real")
    assert platform is not None
    assert platform.resolve(url).found is True
    found = platforms.resolve(url, "real")
    assert found is not None
    assert found.facts() == {
        "found": True,
        "kind": "message",
        "audience": "public",
        "author": {"country": "FR", "contactable": True},
    }


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example/c/harbour/1", "", "nonsense", "http://127.0.0.1:1/c/harbour/1"]
)
def test_a_foreign_address_belongs_to_none(configured: Any, url: str) -> None:
    assert platforms.for_url(url, "real") is None
    assert platforms.resolve(url, "real") is None


def test_an_address_that_leads_nowhere_is_found_false(configured: Any) -> None:
    found = platforms.resolve(f"{configured.base_url}/c/harbour/424242", "real")
    assert found is not None
    assert found.found is False


def test_a_platform_that_is_down_could_not_say(configured: Any) -> None:
    platforms.sandbox_world().misbehave("down")
    try:
        found = platforms.resolve(f"{configured.base_url}/c/harbour/1", "real")
    finally:
        platforms.sandbox_world().misbehave("normal")
    assert found is not None
    assert found.found is None
    assert found.facts() == {"found": None}


def test_a_platform_that_does_not_know_us_could_not_say(configured: Any) -> None:
    (settings.COMITY.data / "keys" / "sandbox.key").write_text("another platform's token")
    found = platforms.resolve(f"{configured.base_url}/c/harbour/1", "real")
    assert found is not None
    assert found.found is None


def test_no_sandbox_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "COMITY", replace(settings.COMITY, sandbox_url=""))
    assert platforms.for_url("http://127.0.0.1:8091/c/harbour/1", "real") is None
    with pytest.raises(LookupError, match="COMITY_SANDBOX_URL"):
        platforms.sandbox_world()
