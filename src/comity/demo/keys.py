"""The DKIM key of the demo's offices, made at the first start, and its public record in a resolver file."""

from pathlib import Path

from comity.authorities import played
from comity.authorities.played import record
from comity.demo.register import DOMAINS

__all__ = ["RECORDS", "SELECTOR", "ensure", "publish", "record"]

SELECTOR = "demo"
RECORDS = tuple(f"{SELECTOR}._domainkey.{domain}" for domain in DOMAINS)


def ensure(data: Path) -> bytes:
    """The key as PEM, from DATA/demo/dkim.key, made where it is missing, as are its TXT records in resolver.json."""
    return played.ensure(data / "demo", SELECTOR, DOMAINS)


def publish(data: Path, name: str, text: str) -> None:
    """Publish a TXT record in the demo's own DNS: the resolver file."""
    played.publish(data / "demo", {name: text})
