"""WebAuthn in one place: what browsers are offered, and what they return, verified (W3C Web Authentication, level 3).

The relying party is the host of COMITY_BASE_URL, never the request's Host header. User verification is required
everywhere: a key that was only touched signs nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

ALGORITHMS = (-7, -8, -257)  # ES256, EdDSA, RS256 (COSE): fido2 would take RS1, which is SHA-1
LONGEST = 16_000
_ID = re.compile("[A-Za-z0-9_-]{1,1400}")
REQUIRED = UserVerificationRequirement.REQUIRED


class PasskeyRefused(Exception):
    """A browser's answer that proves nothing; the text says why."""


def origin() -> str:
    """The one origin whose pages may ask for our passkeys."""
    url: str = settings.COMITY.base_url
    return url.rstrip("/")


def rp_id() -> str:
    """The relying party's id: a host name."""
    host: str = settings.COMITY.host
    return host


def server(origins: Sequence[str] | None = None) -> Fido2Server:
    """The verifier. With `origins`, exactly these; without, any page of the relying party.

    The looser form is for verifying old signatures again: a local gateway's port may have changed since.
    """
    return _server(rp_id(), None if origins is None else tuple(origins))


@lru_cache(maxsize=8)  # one costs as much to make as to verify with
def _server(party: str, origins: tuple[str, ...] | None) -> Fido2Server:
    verify = None if origins is None else lambda given: given in origins
    return Fido2Server(PublicKeyCredentialRpEntity(id=party, name="Comity"), verify_origin=verify)


def encode(data: bytes) -> str:
    """Base64url without padding, as in WebAuthn's JSON."""
    return websafe_encode(data)


def decode(text: str) -> bytes:
    """The bytes of base64url text. Raises ValueError."""
    return websafe_decode(text)


def key_id(public: bytes) -> str:
    """A key's credential id, base64url."""
    return encode(AttestedCredentialData(public).credential_id)


def fingerprint(public: bytes) -> str:
    """SHA-256 of a public key, in hex: the key's name in events."""
    return hashlib.sha256(public).hexdigest()


def parse(text: str) -> dict[str, Any]:
    """A browser's answer as JSON. Raises PasskeyRefused if it is too long or not an object."""
    if len(text) > LONGEST:
        raise PasskeyRefused(_("the browser's answer is too long"))
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise PasskeyRefused(_("the browser's answer is not JSON")) from None
    if not isinstance(value, dict):
        raise PasskeyRefused(_("the browser's answer is not an object"))
    return value


def registration_options(person: bytes, name: str, held: Iterable[bytes], challenge: bytes) -> dict[str, Any]:
    """The options for `navigator.credentials.create`: a discoverable key with user verification."""
    options, _state = server().register_begin(
        PublicKeyCredentialUserEntity(id=person, name=name, display_name=name),
        [AttestedCredentialData(public) for public in held],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=REQUIRED,
        challenge=challenge,
    )
    return dict(options)


def request_options(challenge: bytes, held: Iterable[bytes] | None) -> dict[str, Any]:
    """The options for `navigator.credentials.get`; without `held`, any of the visitor's passkeys will do."""
    keys = None if held is None else [AttestedCredentialData(public) for public in held]
    options, _state = server().authenticate_begin(keys, user_verification=REQUIRED, challenge=challenge)
    return dict(options)


def verify_registration(challenge: bytes, response: Mapping[str, Any]) -> AttestedCredentialData:
    """The key that a browser made for this challenge. Raises PasskeyRefused."""
    state = {"challenge": encode(challenge), "user_verification": REQUIRED}
    try:
        made = RegistrationResponse.from_dict(response)
        _refuse_foreign_frame(made.response.client_data.cross_origin)
        data = server([origin()]).register_complete(state, made).credential_data
        if data is None or data.credential_id != made.raw_id or data.public_key.ALGORITHM not in ALGORITHMS:
            raise PasskeyRefused(_("the key is of a kind that can't be used here"))
    except PasskeyRefused:
        raise
    except Exception as error:  # the parser gets whatever a stranger sends, and raises whatever it likes
        raise PasskeyRefused(_why(error)) from None
    return data


def credential_id(response: Mapping[str, Any]) -> str:
    """Which key a browser's answer names. Raises PasskeyRefused."""
    named = response.get("id")
    if not isinstance(named, str) or not _ID.fullmatch(named):
        raise PasskeyRefused(_("the answer names no key"))
    return named


def verify_assertion(
    challenge: bytes, held: Iterable[bytes], response: Mapping[str, Any], *, again: bool = False
) -> bytes:
    """The public key, among those held, that signed this challenge. Raises PasskeyRefused.

    `again`: the signature was accepted before and may have been made at another port of the same host.
    """
    state = {"challenge": encode(challenge), "user_verification": REQUIRED}
    keys = [AttestedCredentialData(public) for public in held]
    try:
        given = AuthenticationResponse.from_dict(response)
        _refuse_foreign_frame(given.response.client_data.cross_origin)
        return bytes(server(None if again else [origin()]).authenticate_complete(state, keys, given))
    except PasskeyRefused:
        raise
    except Exception as error:  # as above
        raise PasskeyRefused(_why(error)) from None


def kept(response: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a verified answer needed to verify it again; whatever else a browser added is dropped."""
    parts = ("clientDataJSON", "authenticatorData", "signature")
    inner = {name: response["response"][name] for name in parts}
    return {"id": response["rawId"], "rawId": response["rawId"], "type": "public-key", "response": inner}


def _refuse_foreign_frame(cross_origin: bool) -> None:
    if cross_origin:
        raise PasskeyRefused(_("the key was asked for from inside another site"))


def _why(error: Exception) -> str:
    known = str(error) if type(error) is ValueError and len(str(error)) < 80 else ""
    return known or _("the browser's answer can't be read")
