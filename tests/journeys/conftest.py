"""One gateway for all journeys, with a real authority on its register."""

import base64
import json
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from running import Gateway, Relay, gateway_at

from .office import ADDRESS, DOMAIN, PHONE, Office

TOML = f"""
[[authority]]
id = "ie-office"
name = "Office for Content"
kind = "regulator"
country = "IE"
domains = ["{DOMAIN}"]
address = "{ADDRESS}"
phone = "{PHONE}"
accredited = true
accredited_at = "2026-01-15T09:00:00Z"
checked_at = "2026-09-01T09:00:00Z"
prior_information_at = "2026-02-01T09:00:00Z"
competent_for = ["eu-tco-removal-order"]
languages = ["en"]
"""


@pytest.fixture(scope="session")
def key() -> bytes:
    """The real authority's DKIM key (PEM)."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return made.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory, relay: Relay, key: bytes) -> Iterator[Gateway]:
    """A gateway whose register holds a real authority, its DKIM record in the resolver file."""
    data = tmp_path_factory.mktemp("journeys") / "data"
    data.mkdir(mode=0o700)
    (data / "comity.toml").write_text(TOML)
    private = serialization.load_pem_private_key(key, password=None)
    info = serialization.PublicFormat.SubjectPublicKeyInfo
    public = base64.b64encode(private.public_key().public_bytes(serialization.Encoding.DER, info)).decode()
    (data / "resolver.json").write_text(json.dumps({f"s1._domainkey.{DOMAIN}": f"v=DKIM1; k=rsa; p={public}"}))
    with gateway_at(data, relay) as running:
        yield running


@pytest.fixture
def office(gateway: Gateway, relay: Relay, key: bytes) -> Office:
    """The real authority's desk: writes orders by mail and reads what comes back."""
    return Office(gateway, relay, key)
