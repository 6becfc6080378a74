"""How a custodian's program and a gateway know each other: each call is signed with the key that the roster names.

`Authorization: Comity-Custodian NAME TIME NONCE SIGNATURE`, the signature over method, path, time, a random nonce and
the body's SHA-256.
"""

import secrets
from collections.abc import Collection

from . import openings, texts
from .hybrid import Private
from .rosters import Custodian, Roster
from .texts import BadText

SCHEME, TOLERANCE = "Comity-Custodian", 300  # seconds


class NotAsked(BadText):
    """A call that isn't signed by a custodian of the roster, or not now; the text says how."""


def _said(name: str, method: str, path: str, body: bytes, time: int, nonce: str) -> bytes:
    about = {"name": name, "method": method, "path": path, "time": time, "nonce": nonce}
    return texts.tagged("ask", {**about, "body": openings.hash_of(body)})


def sign(name: str, key: Private, method: str, path: str, body: bytes, now: int) -> str:
    """The Authorization header of a call; `now` in POSIX seconds."""
    nonce = secrets.token_hex(16)
    return f"{SCHEME} {name} {now} {nonce} {texts.b64(key.signing.sign(_said(name, method, path, body, now, nonce)))}"


def verify(
    header: str,
    method: str,
    path: str,
    body: bytes,
    rosters: Collection[Roster],
    now: int,
    heard: set[str] | None = None,
) -> Custodian:
    """Who calls: a custodian of one of these rosters, within five minutes of `now`.

    With `heard`, a signature is taken once; its owner forgets what is older. Raises NotAsked.
    """
    words = header.split(" ")
    if len(words) != 5 or words[0] != SCHEME or not words[2].isascii() or not words[2].isdigit() or len(words[2]) > 15:
        raise NotAsked("Authorization: a custodian's signature is asked for")
    if abs(now - int(words[2])) > TOLERANCE:
        raise NotAsked("Authorization: the time is more than five minutes off")
    for custodian in (one for roster in rosters for one in roster.custodians if one.name == words[1]):
        try:
            signature = texts.binary({"signature": words[4]}, "signature", 64)
            texts.verify(
                custodian.signs, signature, _said(words[1], method, path, body, int(words[2]), words[3]), words[1]
            )
        except BadText:
            continue
        if heard is not None and words[4] in heard:
            raise NotAsked("Authorization: this was heard before")
        if heard is not None:
            heard.add(words[4])
        return custodian
    raise NotAsked("Authorization: no custodian of the roster has signed this")
