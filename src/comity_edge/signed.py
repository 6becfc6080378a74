"""The list as its gateway sends it: signed, from a number to a number. Nothing counts before its signature does."""

import base64
import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .measures import NoMeasure, Row, row

SIGNATURE = "comity-signature"
MOST_ROWS = 20_000  # in one page


class Refused(Exception):
    """A page that doesn't count. `why`: "forged", "older", "malformed"."""

    def __init__(self, why: str, says: str) -> None:
        super().__init__(says)
        self.why = why


@dataclass(frozen=True)
class Page:
    """The changes between two numbers of the list. `at`: when the gateway said so (seconds since 1970, UTC); `more`:
    further ones are there already."""

    since: int
    to: int
    at: float
    more: bool
    rows: tuple[Row, ...]


def public_key(text: str) -> Ed25519PublicKey:
    """A public key as `comity platform edge` prints it: 32 bytes in base64. Raises ValueError."""
    raw = base64.b64decode(text, validate=True)
    if len(raw) != 32:
        raise ValueError("must be 32 bytes in base64")
    return Ed25519PublicKey.from_public_bytes(raw)


def verified(raw: bytes, signature: str, key: Ed25519PublicKey, platform: str) -> Page:
    """A page, its signature verified. Raises Refused."""
    try:
        key.verify(base64.b64decode(signature, validate=True), raw)
    except (InvalidSignature, ValueError):
        raise Refused("forged", "the list is not signed by our gateway") from None
    try:
        said: Any = json.loads(raw)
        page = Page(
            _number(said["from"]), _number(said["to"]), float(said["at"]), said["more"] is True, _rows(said["rows"])
        )
    except (ValueError, KeyError, TypeError, RecursionError) as wrong:
        raise Refused("malformed", f"the list makes no sense: {wrong}") from None
    if said.get("platform") != platform:
        raise Refused("forged", "the list is another platform's")
    return page


def verify_next(page: Page, serial: int, at: float) -> None:
    """That a page follows what is held: it begins there, ends no earlier, and was not said before. Raises Refused."""
    if page.to < serial or page.since > serial:
        raise Refused("older", f"the list ends at {page.to}, and we hold {serial} already")
    if page.since != serial:
        raise Refused("older", f"the page begins at {page.since}, and we hold {serial}")
    if page.at < at:
        raise Refused("older", "the list was said before what we hold")


def _number(said: object) -> int:
    if type(said) is not int or said < 0:
        raise NoMeasure("from, to: must be whole numbers")
    return said


def _rows(said: object) -> tuple[Row, ...]:
    if not isinstance(said, list) or len(said) > MOST_ROWS or not all(isinstance(one, dict) for one in said):
        raise NoMeasure(f"rows: must be at most {MOST_ROWS} objects")
    return tuple(row(one) for one in said)
