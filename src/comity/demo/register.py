"""The demo's entries in the register of authorities: invented offices in a real country, in realm `demo`."""

from __future__ import annotations

from typing import Any

DOMAIN = "online-safety.example"
NAME = "Office for Online Safety"
COUNTRY = "DE"
ZONE = "Europe/Berlin"
ADDRESS = f"orders@{DOMAIN}"
PHONE = "+49 30 0000 1184"

OFFICE_ID = "demo-online-safety"
PROSECUTOR_ID = "demo-prosecutor"
PROSECUTOR_DOMAIN = "prosecutor-nordhafen.example"
PROSECUTOR_NAME = "Public Prosecutor's Office of Nordhafen"
PROSECUTOR_ADDRESS = f"orders@{PROSECUTOR_DOMAIN}"
SERVICE_ID = "demo-hotline"
SERVICE_NAME = "Child Protection Line of Nordhafen"
SERVICE_DOMAIN = "child-line.example"
SERVICE_ADDRESS = f"night@{SERVICE_DOMAIN}"

COURT_ID, COURT_DOMAIN = "demo-court", "tribunal-port-clair.example"
COURT_NAME, COURT_ADDRESS = "Tribunal de Port-Clair", f"greffe@{COURT_DOMAIN}"
MEDIA_ID, MEDIA_DOMAIN = "demo-media-authority", "media-authority.example"
MEDIA_NAME, MEDIA_ADDRESS = "Media Authority", f"tco@{MEDIA_DOMAIN}"
SHERIFF_ID, SHERIFF_DOMAIN = "demo-sheriff", "maple-county-sheriff.example"
SHERIFF_NAME, SHERIFF_ADDRESS = "Maple County Sheriff's Office", f"records@{SHERIFF_DOMAIN}"
US_COURT_ID, US_COURT_DOMAIN = "demo-us-court", "usdc-jefferson.example"
US_COURT_NAME, US_COURT_ADDRESS = "United States District Court, District of Jefferson", f"clerk@{US_COURT_DOMAIN}"
CANTON_ID, CANTON_DOMAIN = "demo-canton", "kanton-silberau.example"
CANTON_NAME, CANTON_ADDRESS = "Kantonspolizei Silberau", f"fedpol@{CANTON_DOMAIN}"

JUDGE_ID, JUDGE_DOMAIN = "demo-judge", "judge-nordhafen.example"
JUDGE_NAME, JUDGE_ADDRESS = "Investigating Judge of Nordhafen", f"orders@{JUDGE_DOMAIN}"

DOMAINS = (
    DOMAIN,
    PROSECUTOR_DOMAIN,
    SERVICE_DOMAIN,
    COURT_DOMAIN,
    MEDIA_DOMAIN,
    SHERIFF_DOMAIN,
    US_COURT_DOMAIN,
    CANTON_DOMAIN,
    JUDGE_DOMAIN,
)


def _office(
    id: str, name: str, kind: str, country: str, domain: str, address: str, phone: str, *competent: str
) -> dict[str, Any]:
    """One more invented office, checked by the desk."""
    checked = {"accredited": True, "accredited_at": "2026-11-30T00:00:00Z", "checked_at": "2026-11-30T00:00:00Z"}
    known = {"id": id, "name": name, "kind": kind, "country": country, "realm": "demo", "domains": [domain]}
    return known | {"address": address, "phone": phone, "competent_for": [*competent], "languages": ["en"]} | checked


AUTHORITIES: list[dict[str, Any]] = [
    {
        "id": OFFICE_ID,
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
        "competent_for": ["eu-eevidence-preservation", "eu-eevidence-production"],
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
    _office(
        COURT_ID,
        COURT_NAME,
        "court",
        "FR",
        COURT_DOMAIN,
        COURT_ADDRESS,
        "+33 4 00 00 22 10",
        "eu-dsa-order-act",
        "eu-dsa-order-inform",
    ),
    _office(MEDIA_ID, MEDIA_NAME, "regulator", "BE", MEDIA_DOMAIN, MEDIA_ADDRESS, "+32 2 000 31 40", "eu-tco-scrutiny"),
    _office(
        SHERIFF_ID,
        SHERIFF_NAME,
        "police",
        "US",
        SHERIFF_DOMAIN,
        SHERIFF_ADDRESS,
        "+1 555 010 4471",
        "us-preservation",
        "us-emergency",
    ),
    _office(
        US_COURT_ID, US_COURT_NAME, "court", "US", US_COURT_DOMAIN, US_COURT_ADDRESS, "+1 555 010 8820", "us-warrant"
    ),
    _office(
        JUDGE_ID,
        JUDGE_NAME,
        "judge",
        COUNTRY,
        JUDGE_DOMAIN,
        JUDGE_ADDRESS,
        "+49 441 0000 7300",
        "eu-eevidence-production",
        "eu-eevidence-preservation",
    ),
    _office(CANTON_ID, CANTON_NAME, "police", "CH", CANTON_DOMAIN, CANTON_ADDRESS, "+41 31 000 55 02"),
]
