"""What must be known of the record's logs before Django is set up: their keys, and the demo's own witness."""

from pathlib import Path
from urllib.parse import urlsplit

from comity.serve import ports
from comity_verify.notes import Signer
from comity_verify.witness import kept_signer, signer_at

DEMO = "demo"
WITNESS, PORT = "witness", "port"  # the directory of the witness that the demo runs, and the file with its port
WITNESS_NAME = "witness.localhost/demo"


def below(realm: str) -> str:
    """The path of a realm's pages and files, with both slashes."""
    return "/ledger/" if realm == "real" else f"/ledger/{realm}/"


def signer(data: Path, base_url: str, realm: str) -> Signer:
    """The log's signing key, made once; its name, the log's origin, is that of the address it was made at."""
    at = urlsplit(base_url)
    path = data / "keys" / f"ledger-{realm}.key"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return kept_signer(path, f"{at.netloc}{at.path}{below(realm)}".rstrip("/"))


def witness(data: Path, base_url: str) -> list[str]:
    """The command of the demo's witness, a module with its arguments. Its port is chosen once and kept."""
    home = data / WITNESS
    signer_at(home, WITNESS_NAME)
    kept = home / PORT
    if not kept.exists():
        kept.write_text(f"{ports.any_free('127.0.0.1').port}\n")
    log = signer(data, base_url, DEMO).key.vkey
    return ["comity_verify", "witness", "--state", str(home), "--log", log, "--listen", f"127.0.0.1:{_port(kept)}"]


def _port(kept: Path) -> int:
    return int(kept.read_text())
