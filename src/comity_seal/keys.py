"""A key of one's own in a file: the seed of 32 bytes, in clear (0600) or under a passphrase (scrypt, AES-256-GCM).

    {"v":1,"kind":"comity-key","name":"be","fingerprint":…,"seed":base64}
    {"v":1,"kind":"comity-key","name":"be","fingerprint":…,"scrypt":{"n":131072,"r":8,"p":1,"salt":base64},"sealed":base64}

Whoever loses it can open nothing any more, and nobody can give it back: keep a second copy on paper or another disk.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from . import texts
from .hybrid import SEED, BadKey, Private
from .texts import BadText

COST = {"n": 2**17, "r": 8, "p": 1}
LARGEST = 10_000


class Locked(BadKey):
    """The key is under a passphrase, and none, or a wrong one, was given."""


def write(path: Path, key: Private, name: str, passphrase: str = "") -> None:
    """Keep a key in a new file; one that is there is never replaced. Raises FileExistsError."""
    said: dict[str, Any] = {"v": 1, "kind": "comity-key", "name": name, "fingerprint": key.public.fingerprint}
    said |= _sealed(key.seed, passphrase) if passphrase else {"seed": texts.b64(key.seed)}
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(texts.canonical(said) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _sealed(seed: bytes, passphrase: str) -> dict[str, Any]:
    salt, nonce = secrets.token_bytes(32), secrets.token_bytes(12)
    sealed = nonce + AESGCM(_stretched(passphrase, salt, COST)).encrypt(nonce, seed, None)
    return {"scrypt": {**COST, "salt": texts.b64(salt)}, "sealed": texts.b64(sealed)}


def _stretched(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    return Scrypt(salt=salt, length=32, **cost).derive(passphrase.encode())


def read(path: Path, passphrase: Callable[[], str] = lambda: "") -> Private:
    """The key in a file; `passphrase` is asked only where there is one. Raises BadKey, Locked, OSError."""
    try:
        said = texts.parse(path.read_bytes(), "key", LARGEST)
        if said.get("kind") != "comity-key":
            raise BadText("kind: a file of a key is asked for")
        seed = _unsealed(said, passphrase) if "scrypt" in said else texts.binary(said, "seed", SEED)
        key = Private(seed)
    except BadText as error:
        raise BadKey(f"{path.name}: {error}") from None
    if key.public.fingerprint != said.get("fingerprint"):
        raise BadKey(f"{path.name}: the fingerprint is not that of the key")
    return key


def _unsealed(said: dict[str, Any], passphrase: Callable[[], str]) -> bytes:
    about = said["scrypt"]
    if not isinstance(about, dict):
        raise BadText("scrypt: an object is asked for")
    cost = {"n": texts.number(about, "n", 2**14, 2**20), "r": texts.number(about, "r", 1, 16)}
    cost |= {"p": texts.number(about, "p", 1, 4)}
    sealed, given = texts.binary(said, "sealed", 12 + SEED + 16), passphrase()
    if not given:
        raise Locked("the key is under a passphrase: none was given")
    try:
        box = AESGCM(_stretched(given, texts.binary(about, "salt", 32), cost))
        return box.decrypt(sealed[:12], sealed[12:], None)
    except (InvalidTag, ValueError):
        raise Locked("the passphrase is not the one that the key is under") from None


def public(path: Path) -> str:
    """The fingerprint of the key in a file, without opening it. Raises BadKey, OSError."""
    try:
        return texts.text(texts.parse(path.read_bytes(), "key", LARGEST), "fingerprint", texts.HEX)
    except BadText as error:
        raise BadKey(f"{path.name}: {error}") from None
