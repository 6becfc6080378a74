"""The demo's entry in the register of authorities: an invented office in a real country, in realm `demo`."""

from __future__ import annotations

from typing import Any

DOMAIN = "online-safety.example"
NAME = "Office for Online Safety"
COUNTRY = "DE"
ZONE = "Europe/Berlin"
ADDRESS = f"orders@{DOMAIN}"
PHONE = "+49 30 0000 1184"

AUTHORITIES: list[dict[str, Any]] = [
    {
        "id": "demo-online-safety",
        "name": NAME,
        "kind": "regulator",
        "country": COUNTRY,
        "realm": "demo",
        "domains": [DOMAIN],
        "address": ADDRESS,
        "phone": PHONE,
        "competent_for": ["eu-tco-removal-order"],
        "languages": ["en", "de"],
        "accredited": True,
        "accredited_at": "2026-01-15T09:00:00Z",
        "checked_at": "2026-01-15T09:00:00Z",
        "prior_information_at": "2026-01-20T09:00:00Z",
    }
]
