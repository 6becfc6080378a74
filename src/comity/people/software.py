"""A software authenticator: what the demo's people sign with, their private keys kept by this server as files (0600).

It proves only that the server signed, so its signatures count in realm `demo` alone.
"""

from __future__ import annotations

import os
import secrets
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256, CoseKey
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from . import passkeys

SEEN_AND_VERIFIED = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV
ID_BYTES = 32


class SoftwareAuthenticator:
    """One key of one person. `private` is its P-256 key, `id` the credential id."""

    def __init__(self, private: ec.EllipticCurvePrivateKey, id: bytes) -> None:
        self.private, self.id = private, id

    @classmethod
    def make(cls) -> SoftwareAuthenticator:
        """A new key, not stored yet."""
        return cls(ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(ID_BYTES))

    @classmethod
    def load(cls, path: Path) -> SoftwareAuthenticator:
        """The key stored in a file. Raises FileNotFoundError, ValueError."""
        raw = path.read_bytes()
        private = serialization.load_der_private_key(raw[ID_BYTES:], None)
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{path.name}: not a P-256 key")
        return cls(private, raw[:ID_BYTES])

    def save(self, path: Path) -> None:
        """Store the key atomically in a file that only this user can read."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        der = self.private.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        part = path.with_suffix(f".{secrets.token_hex(4)}")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(self.id + der)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    @property
    def public(self) -> AttestedCredentialData:
        """The public key as an authenticator attests it."""
        key: CoseKey = ES256.from_cryptography_key(self.private.public_key())  # type: ignore[no-untyped-call]
        return AttestedCredentialData.create(bytes(16), self.id, key)

    def register(self, challenge: bytes, *, origin: str | None = None) -> dict[str, Any]:
        """What a browser would answer to `navigator.credentials.create`."""
        client = CollectedClientData.create("webauthn.create", challenge, origin or passkeys.origin())
        data = self._data(SEEN_AND_VERIFIED | AuthenticatorData.FLAG.AT, self.public)
        attestation = AttestationObject.create("none", data, {})
        answer = {"clientDataJSON": passkeys.encode(client), "attestationObject": passkeys.encode(attestation)}
        return self._response(answer)

    def sign(
        self,
        challenge: bytes,
        *,
        person: bytes = b"",
        origin: str | None = None,
        flags: AuthenticatorData.FLAG = SEEN_AND_VERIFIED,
    ) -> dict[str, Any]:
        """What a browser would answer to `navigator.credentials.get`."""
        client = CollectedClientData.create("webauthn.get", challenge, origin or passkeys.origin())
        data = self._data(flags)
        signature = self.private.sign(data + client.hash, ec.ECDSA(hashes.SHA256()))
        answer = {
            "clientDataJSON": passkeys.encode(client),
            "authenticatorData": passkeys.encode(data),
            "signature": passkeys.encode(signature),
        }
        return self._response(answer | ({"userHandle": passkeys.encode(person)} if person else {}))

    def _data(self, flags: AuthenticatorData.FLAG, attested: bytes = b"") -> AuthenticatorData:
        made: AuthenticatorData = AuthenticatorData.create(
            sha256(passkeys.rp_id().encode()).digest(), flags, 0, attested
        )
        return made

    def _response(self, answer: dict[str, str]) -> dict[str, Any]:
        named = passkeys.encode(self.id)
        return {"id": named, "rawId": named, "type": "public-key", "response": answer, "clientExtensionResults": {}}
