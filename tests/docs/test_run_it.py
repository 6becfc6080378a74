"""What docs/run-it.md tells an operator to do, done."""

import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from running import Gateway

from docs.pages import ROOT


@pytest.fixture
def gateway(tmp_path: Path):
    """A gateway on the settings that the page shows."""
    page = (ROOT / "docs/run-it.md").read_text()
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "comity.toml").write_text("\n".join(re.findall(r"^```toml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)))
    gateway = Gateway(data)
    yield gateway.start()
    gateway.stop()


def test_it_works_with_the_settings_of_the_page(gateway: Gateway) -> None:
    assert gateway.says["demo"] is None
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{gateway.url}/demo/")
    with urllib.request.urlopen(f"{gateway.url}/") as front:
        assert "contact@orders.lantern.example" in front.read().decode()
    assert (gateway.data / "keys" / "outbox.dkim.pem").exists()
    invited = gateway.comity("people", "invite", "--role", "decider", "--jurisdiction", "EE")
    assert (invited["roles"], invited["jurisdiction"]) == (["decider"], "EE")
    assert gateway.comity("requests", "list") == {"requests": []}
