"""Where each realm's log lies, what it is called, and who witnesses it: from the operator's settings."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from comity.serve import ledger
from comity.serve.ledger import below
from comity_verify import notes
from comity_verify.notes import Key, Signer

__all__ = ["REALMS", "Witness", "below", "delay", "directory", "parse", "policy", "signer", "url", "witnesses"]
REALMS = ("real", "drill", "demo")
BATCH = 1.0  # seconds between the demo's batches


@dataclass(frozen=True)
class Witness:
    """A witness that is asked for cosignatures: its key, and its submission prefix."""

    key: Key
    url: str


def directory(realm: str) -> Path:
    """The files of a realm's log."""
    return Path(settings.COMITY.data) / "ledger" / realm


def signer(realm: str) -> Signer:
    """The log's signing key."""
    return ledger.signer(Path(settings.COMITY.data), settings.COMITY.base_url, realm)


def delay(realm: str) -> float:
    """Seconds that entries of cases wait for others, to go out shuffled."""
    return BATCH if realm == "demo" else float(settings.COMITY.ledger_delay)


def witnesses(realm: str) -> list[Witness]:
    """Who witnesses a realm's log."""
    if realm == "demo":
        return _demo_witness()
    return [parse(line) for line in settings.COMITY.witnesses]


def parse(line: str) -> Witness:
    """A witness as `comity.toml` names it: verifier key and address. Raises BadNote."""
    vkey, _, url = line.strip().partition(" ")
    if not url.strip().startswith(("http://", "https://")):
        raise notes.BadNote("ledger.witnesses: a verifier key, a blank and an address are asked for")
    return Witness(notes.parse_key(vkey).cosigning, url.strip().rstrip("/"))


def _demo_witness() -> list[Witness]:
    home = Path(settings.COMITY.data) / ledger.WITNESS
    try:
        key = notes.parse_signer((home / "witness.key").read_text().strip()).key.cosigning
        return [Witness(key, f"http://127.0.0.1:{int((home / ledger.PORT).read_text())}")]
    except (OSError, ValueError):
        return []


def url(realm: str) -> str:
    """The log's prefix, as others read it."""
    return f"{settings.COMITY.base_url}{below(realm)}".rstrip("/")


def policy(realm: str) -> str:
    """The trust policy that the log publishes of itself: more than half of its witnesses."""
    log = f"log {signer(realm).key.vkey} {url(realm)}\n"
    seen = witnesses(realm)
    lines = [f"witness w{n} {one.key.vkey} {one.url}\n" for n, one in enumerate(seen, 1)]
    if not seen:
        return f"{log}quorum none\n"
    names = " ".join(f"w{n}" for n in range(1, len(seen) + 1))
    return "".join([log, *lines, f"group witnesses {len(seen) // 2 + 1} {names}\n", "quorum witnesses\n"])
