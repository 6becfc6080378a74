"""Hybrid public-key sealing: HPKE (RFC 9180) with ML-KEM-768 + X25519 (X-Wing), HKDF-SHA-256 and AES-256-GCM.

`cryptography` does the work. What is sealed is one message of base mode, `enc(1120) ‖ ciphertext`; everything that must
fit is bound into `info`, because its public interface has no AAD. Whoever steals what is sealed today opens it neither
with a quantum computer alone nor with a broken ML-KEM alone.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ed25519, mlkem, x25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SEED, PUBLIC, ENC, TAG = 32, 1184 + 32, 1088 + 32, 16
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_SIGNING = b"comity/seal/signing/v1"


class BadKey(ValueError):
    """A key that is not one; the text says what is asked for."""


class NotOpened(ValueError):
    """What is sealed doesn't open: for another key, bound to something else, or altered."""


@dataclass(frozen=True)
class Public:
    """To whom something is sealed: ML-KEM-768's 1,184 bytes and X25519's 32. Raises BadKey."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != PUBLIC:
            raise BadKey(f"a public key has {PUBLIC} bytes, and these are {len(self.raw)}")
        try:
            _ = self._key
        except ValueError as error:
            raise BadKey(f"not a public key of ML-KEM-768 and X25519: {error}") from None

    @cached_property
    def _key(self) -> MLKEM768X25519PublicKey:
        return MLKEM768X25519PublicKey(
            mlkem.MLKEM768PublicKey.from_public_bytes(self.raw[:1184]),
            x25519.X25519PublicKey.from_public_bytes(self.raw[1184:]),
        )

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key, in hexadecimal: how acts and records call it."""
        return hashlib.sha256(self.raw).hexdigest()

    def seal(self, text: bytes, info: bytes) -> bytes:
        """Seal bytes to this key, bound to `info`."""
        return _SUITE.encrypt(text, self._key, info=info)


@dataclass(frozen=True)
class Private:
    """A key of one's own: X-Wing's seed of 32 bytes, of which everything else is made. `repr` shows nothing of it."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.seed) != SEED:
            raise BadKey(f"a seed has {SEED} bytes")

    @cached_property
    def _parts(self) -> tuple[mlkem.MLKEM768PrivateKey, x25519.X25519PrivateKey]:
        long = hashlib.shake_256(self.seed).digest(96)
        return (
            mlkem.MLKEM768PrivateKey.from_seed_bytes(long[:64]),
            x25519.X25519PrivateKey.from_private_bytes(long[64:]),
        )

    @cached_property
    def public(self) -> Public:
        """Its public key."""
        kem, dh = self._parts
        return Public(kem.public_key().public_bytes_raw() + dh.public_key().public_bytes_raw())

    @cached_property
    def signing(self) -> ed25519.Ed25519PrivateKey:
        """The Ed25519 key that signs for the same holder, derived by HKDF, so that one seed is all that is kept."""
        seed = HKDF(SHA256(), 32, None, _SIGNING).derive(self.seed)
        return ed25519.Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def signs(self) -> str:
        """The public half of `signing`, in hexadecimal."""
        return self.signing.public_key().public_bytes_raw().hex()

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """Open what was sealed to this key with this `info`. Raises NotOpened."""
        if len(sealed) < ENC + TAG:
            raise NotOpened("what is sealed is too short")
        try:
            return _SUITE.decrypt(sealed, MLKEM768X25519PrivateKey(*self._parts), info=info)
        except (InvalidTag, ValueError):
            raise NotOpened("it is sealed to another key, bound to something else, or altered") from None
