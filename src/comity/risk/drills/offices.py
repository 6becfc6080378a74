"""The offices that drills are played with: invented, in real countries, in realm drill; nothing they sign counts in
another. Their domains end in `.example`, and their key is this gateway's own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comity.authorities import played

SELECTOR = "drill"
SINCE = "2026-11-30T00:00:00Z"


@dataclass(frozen=True)
class Office:
    """One of them. `resembles`: a domain that only looks like its own."""

    id: str
    name: str
    country: str
    domain: str
    resembles: str
    kind: str = "regulator"
    competent_for: str = "eu-tco-removal-order"

    @property
    def address(self) -> str:
        """Where it writes from."""
        return f"orders@{self.domain}"


OFFICES: tuple[Office, ...] = (
    Office("drill-de", "Drill Office North", "DE", "drill-north.example", "dril1-north.example"),
    Office("drill-fr", "Drill Office South", "FR", "drill-south.example", "drill-sooth.example"),
    Office("drill-es", "Drill Office West", "ES", "drill-west.example", "drill-vvest.example"),
    Office("drill-ee", "Drill Office East", "EE", "drill-east.example", "drill-eest.example"),
)
SERVICE = Office(
    "drill-line",
    "Drill Child Protection Line",
    "DE",
    "drill-child-line.example",
    "drill-chi1d-line.example",
    "service",
    "own-hotline",
)
DOMAINS = tuple(one.domain for one in (*OFFICES, SERVICE))


def _entry(one: Office, n: int) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "country": one.country,
        "realm": "drill",
        "domains": [one.domain],
        "address": one.address,
        "phone": f"+32 2 000 90 {n:02}",
        "competent_for": [one.competent_for],
        "languages": ["en"],
        "accredited": True,
        "accredited_at": SINCE,
        "checked_at": SINCE,
        "prior_information_at": SINCE,
    }


AUTHORITIES: list[dict[str, Any]] = [_entry(one, n) for n, one in enumerate((*OFFICES, SERVICE), start=1)]


def key(data: Path) -> bytes:
    """The key that all of them sign with (PEM), made where it is missing, with its records."""
    return played.ensure(data / "drill", SELECTOR, DOMAINS)
