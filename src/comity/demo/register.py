"""The demo's entries in the register of authorities: invented offices in a real country, in realm `demo`."""

from __future__ import annotations

from typing import Any

DOMAIN = "online-safety.example"
NAME = "Office for Online Safety"
COUNTRY = "DE"
ZONE = "Europe/Berlin"
ADDRESS = f"orders@{DOMAIN}"
PHONE = "+49 30 0000 1184"

PROSECUTOR_ID = "demo-prosecutor"
PROSECUTOR_DOMAIN = "prosecutor-nordhafen.example"
PROSECUTOR_NAME = "Public Prosecutor's Office of Nordhafen"
PROSECUTOR_ADDRESS = f"orders@{PROSECUTOR_DOMAIN}"
SERVICE_ID = "demo-hotline"
SERVICE_NAME = "Child Protection Line of Nordhafen"
SERVICE_DOMAIN = "child-line.example"
SERVICE_ADDRESS = f"night@{SERVICE_DOMAIN}"

DOMAINS = (DOMAIN, PROSECUTOR_DOMAIN, SERVICE_DOMAIN)

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
    },
    {
        "id": PROSECUTOR_ID,
        "name": PROSECUTOR_NAME,
        "kind": "prosecutor",
        "country": COUNTRY,
        "realm": "demo",
        "domains": [PROSECUTOR_DOMAIN],
        "address": PROSECUTOR_ADDRESS,
        "phone": "+49 441 0000 7400",
        "competent_for": ["eu-eevidence-preservation"],
        "languages": ["en", "de"],
        "accredited": True,
        "accredited_at": "2026-08-18T09:00:00Z",
        "checked_at": "2026-08-18T09:00:00Z",
    },
    {
        "id": SERVICE_ID,
        "name": SERVICE_NAME,
        "kind": "service",
        "country": COUNTRY,
        "realm": "demo",
        "domains": [SERVICE_DOMAIN],
        "address": SERVICE_ADDRESS,
        "phone": "+49 441 0000 1120",
        "competent_for": ["own-hotline"],
        "languages": ["en", "de"],
        "accredited": True,
        "accredited_at": "2026-11-30T00:00:00Z",
        "checked_at": "2026-11-30T00:00:00Z",
    },
]
