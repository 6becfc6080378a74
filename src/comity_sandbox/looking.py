"""What an ordinary viewer finds, for whoever asks by the port: the pages as they are answered to anyone, no token."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from comity_sandbox import api, things
from comity_sandbox.acts import Refused
from comity_sandbox.store import Store

Page = Callable[[str, str, bytes | None], tuple[int, bytes]]  # path, country, a form that is sent: status and body
CHANNEL = re.compile(rb'href="(/c/[a-z0-9-]{1,60})')
COUNTRY = re.compile(r"[A-Z]{2}")
LACKS = (400, 401)


def seen(store: Store, page: Page, ref: str, country: str) -> dict[str, Any]:
    """State and digest of a thing as it is shown in a country."""
    if not COUNTRY.fullmatch(country):
        return {"state": "unknown", "digest": ""}
    of_picture, path = ref.endswith("/picture"), ref.removesuffix("/picture")
    status, body = page(path, country, None)
    drawn = page(f"{path}/picture", country, None)[0] == 200 if path.count("/") == 3 else False
    if drawn or (not of_picture and f'data-shown="{path}"'.encode() in body):
        return {"state": "visible", "digest": _digest(store, ref)}
    if b'data-gate="notice"' in body:
        return {"state": "gated", "digest": ""}
    return {"state": "gone" if status == 404 else "withheld" if status == 200 else "unknown", "digest": ""}


def _digest(store: Store, ref: str) -> str:
    try:
        kept = api.snapshot(store, ref) | {"withheld": None}
    except Refused:
        kept = {"ref": ref}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def stranger(page: Page, country: str) -> dict[str, Any]:
    """What a stranger in a country can do, tried with empty forms."""
    if not COUNTRY.fullmatch(country):
        return {}
    front = page("/", country, None)[1]
    found = CHANNEL.search(front)
    channel = found[1].decode() if found else ""
    read = page(channel, country, None)[1] if channel else b""
    return {
        "signups": page("/join", country, b"name=")[0] in LACKS,
        "writing": page(channel or "/c/town-square", country, b"text=")[0] in LACKS,
        "reading": bool(channel) and b'data-gate="notice"' not in front + read,
        "notice": b"data-notice" in front,
        "export": b'data-door="export"' in page("/u/nobody/export", country, None)[1],
        "appeals": b'data-door="appeals"' in page("/appeals", country, None)[1],
    }


def look(store: Store, page: Page, ref: str, country: str) -> dict[str, Any]:
    """What is found at a ref, or of the whole platform where there is none."""
    if not ref:
        return stranger(page, country)
    return seen(store, page, ref, country) if things.ADDRESS.fullmatch(ref) else {"state": "gone", "digest": ""}
