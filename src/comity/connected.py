"""The `[[platform]]` tables of `comity.toml`: which platforms there are, what they are called, which addresses are
theirs, and which of them only watch. Read, checked, frozen; pure but for whether a key's file is there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from comity.addresses import Claim, NoClaim, claim, inside

KINDS = ("sandbox", "http")
SANDBOX, FORUM, GATEWAY = "sandbox", "demo-forum", "gateway"
KEYS = ("name", "kind", "url", "addresses", "read_key", "act_key", "irreversible_key", "events_key", "shadow")
FILES = ("read_key", "act_key", "irreversible_key", "events_key")
NEEDED = ("read_key", "act_key")
OF_SANDBOX = ("name", "kind", "shadow")
MOST = 50  # platforms, and claims of one
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{32,}={0,2}")
NAME = re.compile(r"[a-z][a-z0-9-]{0,29}")


class Wrong(ValueError):
    """A table that can't be used; the text names the field and the rule."""


@dataclass(frozen=True)
class Connected:
    """One platform as its operator connected it.

    `addresses`: what its table claims, and `claims` the same taken apart; none for the sandbox, whose base says so.
    `keys`: its credentials, each in a file: `read_key`, `act_key` (what can be undone), `irreversible_key` (what
    can't), `events_key` (what it tells us). `shadow`: it begins in shadow. `played`: it is for the realms alone in
    which nothing is real, and no table names it.
    """

    name: str
    kind: str
    url: str = ""
    addresses: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    keys: Mapping[str, Path] = field(default_factory=dict)
    shadow: bool = False
    played: bool = False


def read(rows: Any, data: Path, ours: Mapping[str, str]) -> tuple[Connected, ...]:
    """The platforms of the tables; the sandbox where there are none. `ours`: the base addresses of what the gateway
    itself starts, which no table may claim, by name. Raises Wrong, naming table, field and rule."""
    if not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
        raise Wrong("platform must be written as [[platform]] tables")
    if len(rows) > MOST:
        raise Wrong(f"platform: at most {MOST} tables")
    if not rows:
        return (Connected(SANDBOX, SANDBOX),)
    made = tuple(_one(n, row, data) for n, row in enumerate(rows, 1))
    _names(made)
    claims = [(one.name, its) for one in made for its in one.claims]
    _alone(claims + [(name, claim(url)) for name, url in ours.items() if url])
    return made


def _names(made: Sequence[Connected]) -> None:
    for n, one in enumerate(made):
        if one.name in [other.name for other in made[:n]]:
            raise Wrong(f"platform.name: {one.name!r} is the name of two; each has its own")
    if sum(one.kind == SANDBOX for one in made) > 1:
        raise Wrong("platform.kind: there is one sandbox")


def _alone(claims: Sequence[tuple[str, Claim]]) -> None:
    """No address belongs to two platforms. Raises Wrong."""
    for n, (name, its) in enumerate(claims):
        for other, theirs in claims[:n]:
            if other != name and its.meets(theirs):
                raise Wrong(f"platform.addresses: {name!r} claims {its} and {other!r} claims {theirs}; one owns each")


def _one(n: int, row: Mapping[str, Any], data: Path) -> Connected:
    name, kind = row.get("name"), row.get("kind", "http")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise Wrong(f"platform {n}: name must be small letters, digits and hyphens, such as {'forum'!r}, at most 30")
    if kind not in KINDS:
        raise Wrong(f"platform {name}: kind must be one of {', '.join(KINDS)}")
    known = OF_SANDBOX if kind == SANDBOX else KEYS
    for key in set(row) - set(known):
        raise Wrong(f"platform {name}: {str(key)[:40]}: unknown; known of kind {kind} are {', '.join(known)}")
    if name in (FORUM, GATEWAY) or (name == SANDBOX) != (kind == SANDBOX):
        raise Wrong(f"platform {name}: name: {SANDBOX} is the sandbox's, and {FORUM} and {GATEWAY} are nobody's")
    shadow = row.get("shadow", False)
    if not isinstance(shadow, bool):
        raise Wrong(f"platform {name}: shadow must be true or false")
    if kind == SANDBOX:
        return Connected(name, kind, shadow=shadow)
    url, claims = _url(name, row.get("url")), _claims(name, row)
    return Connected(name, kind, url, tuple(row["addresses"]), claims, _keys(name, row, data), shadow)


def _url(name: str, given: Any) -> str:
    """Where the platform's own servers answer us: in the clear on this machine alone."""
    try:
        at = urlsplit(given if isinstance(given, str) else "")
        fits = at.scheme in ("http", "https") and at.hostname and (at.port is None or at.port > 0)
    except ValueError:
        fits = False
    if not fits or at.username or at.password or at.query or at.fragment:
        raise Wrong(f"platform {name}: url must be https://HOST[:PORT][/PATH], without a user name, query or fragment")
    if at.scheme == "http" and not inside(at.hostname or ""):
        raise Wrong(f"platform {name}: url must begin with https, unless it is on this machine or a private network")
    return str(given).rstrip("/")


def _claims(name: str, row: Mapping[str, Any]) -> tuple[Claim, ...]:
    given = row.get("addresses")
    rule = 'must be a list of hosts or beginnings of addresses, such as ["forum.example", "https://x.example/t/"]'
    if not (isinstance(given, list) and 0 < len(given) <= MOST and all(isinstance(one, str) for one in given)):
        raise Wrong(f"platform {name}: addresses {rule}, at most {MOST}")
    made = []
    for one in given:
        try:
            made.append(claim(one))
        except NoClaim as why:
            raise Wrong(f"platform {name}: addresses: {one[:80]!r}: {why}") from None
    return tuple(made)


def _keys(name: str, row: Mapping[str, Any], data: Path) -> dict[str, Path]:
    """Each credential is a file of its own: none stands in comity.toml, and none does for two purposes."""
    found, known = dict[str, Path](), list[str]()
    for key in FILES:
        if key not in row and key not in NEEDED:
            continue
        given = row.get(key)
        if not isinstance(given, str) or not given:
            raise Wrong(f"platform {name}: {key} must be the path of a file, from the data directory or absolute")
        found[key] = data / given
        secret = _secret(name, key, found[key], given)
        if secret in known:
            raise Wrong(f"platform {name}: {key}: it is the same as another; each purpose has a key of its own")
        known.append(secret)
    return found


def _secret(name: str, key: str, path: Path, given: str) -> str:
    try:
        text = path.read_text("ascii").strip()
    except (OSError, ValueError):
        raise Wrong(f"platform {name}: {key}: {given}: no file of text that can be read") from None
    if not SECRET.fullmatch(text):
        raise Wrong(f"platform {name}: {key}: {given}: must hold whsec_ and at least 24 bytes in base64")
    return text


def forum(base: str) -> Connected:
    """The forum that the gateway itself starts for its demo, on this machine. It begins in shadow."""
    return Connected(FORUM, "http", f"{base}/port", (base,), (claim(base),), shadow=True, played=True)


def every(us: Any) -> tuple[Connected, ...]:
    """All platforms of an operator: those of the tables, the sandbox if the demo reaches it, and the demo's forum."""
    named = tuple(us.platforms)
    sandbox = () if any(one.kind == SANDBOX for one in named) else (Connected(SANDBOX, SANDBOX, played=True),)
    return named + sandbox + ((us.forum,) if us.forum else ())
