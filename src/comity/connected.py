"""The `[[platform]]` tables of `comity.toml`: which platforms there are, what they are called, which addresses are
theirs, and which of them only watch. Read, checked, frozen; pure but for whether a key's file is there."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from comity.addresses import Claim, NoClaim, claim, inside

KINDS = ("sandbox", "http", "matrix", "telegram")
SANDBOX, FORUM, MATRIX, GATEWAY = "sandbox", "demo-forum", "demo-matrix", "gateway"
# a homeserver: the access tokens of three of its administrators, that of an ordinary account that looks, and the token
# by which its edge reads what is withheld
OF_MATRIX = ("name", "kind", "url", "server_name", "edge", "appeals", "shadow", "drift")
TOKENS = ("read_key", "act_key", "irreversible_key", "viewer_key", "edge_key")
TOKENS_NEEDED = ("read_key", "viewer_key")
DEMO_SERVER = "matrix.lantern.example"  # the name of the homeserver that the demo starts
TELEGRAM = "demo-telegram"
SPELLED = frozenset({"telegram"})  # kinds whose connector knows each spelling of what its table claims
KEYS = ("name", "kind", "url", "addresses", "read_key", "act_key", "irreversible_key", "events_key", "shadow", "drift")
FILES = ("read_key", "act_key", "irreversible_key", "events_key")
NEEDED = ("read_key", "act_key")
OF_SANDBOX = ("name", "kind", "shadow", "drift")
OF_TELEGRAM = ("name", "kind", "addresses", "token", "base_url", "updates", "keep_days", "shadow", "drift")
KNOWN = {"sandbox": OF_SANDBOX, "http": KEYS, "matrix": OF_MATRIX + TOKENS, "telegram": OF_TELEGRAM}
DRIFT = ("tell", "put-back")  # what becomes of a measure that somebody undid by hand
UPDATES = ("webhook", "poll")
BOT_API = "https://api.telegram.org"
BOT_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,100}")
CHAT = re.compile(r"t\.me/(?:[A-Za-z][A-Za-z0-9_]{3,31}|c/[1-9][0-9]{0,14})")
MOST = 50  # platforms, and claims of one
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{32,}={0,2}")
NAME = re.compile(r"[a-z][a-z0-9-]{0,29}")
TOKEN = re.compile(r"[!-~]{16,4000}")
SERVER = re.compile(r"(?:[a-z0-9.-]{1,230}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?")


class Wrong(ValueError):
    """A table that can't be used; the text names the field and the rule."""


@dataclass(frozen=True)
class Connected:
    """One platform as its operator connected it.

    `addresses`: what its table claims, and `claims` the same taken apart; none for the sandbox, whose base says so.
    `keys`: its credentials, each in a file: `read_key`, `act_key` (what can be undone), `irreversible_key` (what
    can't), `events_key` (what it tells us). `shadow`: it begins in shadow. `played`: it is for the realms alone in
    which nothing is real, and no table names it. Of a Matrix homeserver: `server_name` is the name in its ids, `edge`
    the address that viewers reach (empty: nothing stands in front of it, and it withholds in no country), `appeals`
    where people of a country that is left are sent who appeal, and its keys are access tokens
    (docs/connect-matrix.md). `drift`: whether what
    somebody undid by hand is told, or put back and told. Of a bot of Telegram's: how it gets its `updates`, and for how
    many days what is said in its chats is kept.
    """

    name: str
    kind: str
    url: str = ""
    addresses: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    keys: Mapping[str, Path] = field(default_factory=dict)
    shadow: bool = False
    played: bool = False
    server_name: str = ""
    edge: str = ""
    appeals: str = ""
    drift: str = "tell"
    updates: str = "webhook"
    keep_days: int = 30

    def secret(self, key: str) -> str:
        """A credential, from its file; empty where none is named. Raises OSError."""
        return self.keys[key].read_text("ascii").strip() if key in self.keys else ""


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
    _servers(made)
    claims = [(one.name, its) for one in made for its in one.claims]
    _alone(claims + [(name, claim(url)) for name, url in ours.items() if url])
    return made


def _names(made: Sequence[Connected]) -> None:
    for n, one in enumerate(made):
        if one.name in [other.name for other in made[:n]]:
            raise Wrong(f"platform.name: {one.name!r} is the name of two; each has its own")
    if sum(one.kind == SANDBOX for one in made) > 1:
        raise Wrong("platform.kind: there is one sandbox")


def _servers(made: Sequence[Connected]) -> None:
    named = [one.server_name for one in made if one.server_name]
    if twice := next((one for one in named if named.count(one) > 1), ""):
        raise Wrong(f"platform.server_name: {twice!r} is the name of two homeservers")


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
    known = KNOWN[kind]
    for key in set(row) - set(known):
        raise Wrong(f"platform {name}: {str(key)[:40]}: unknown; known of kind {kind} are {', '.join(known)}")
    if name in (FORUM, MATRIX, TELEGRAM, GATEWAY) or (name == SANDBOX) != (kind == SANDBOX):
        nobodys = f"{FORUM}, {MATRIX}, {TELEGRAM} and {GATEWAY} are nobody's"
        raise Wrong(f"platform {name}: name: {SANDBOX} is the sandbox's, and {nobodys}")
    shadow = row.get("shadow", False)
    if not isinstance(shadow, bool):
        raise Wrong(f"platform {name}: shadow must be true or false")
    drift = _one_of(name, row, "drift", DRIFT)
    if kind == SANDBOX:
        return Connected(name, kind, shadow=shadow, drift=drift)
    if kind == "matrix":
        return replace(_homeserver(name, row, data, shadow=shadow), drift=drift)
    if kind == "telegram":
        return _bot(name, row, data, shadow=shadow, drift=drift)
    url, claims = _url(name, row.get("url")), _claims(name, row)
    return Connected(name, kind, url, tuple(row["addresses"]), claims, _keys(name, row, data), shadow, drift=drift)


def _homeserver(name: str, row: Mapping[str, Any], data: Path, *, shadow: bool) -> Connected:
    """A Matrix homeserver, with the edge in front of it if there is one."""
    server = row.get("server_name")
    if not isinstance(server, str) or not SERVER.fullmatch(server):
        raise Wrong(f"platform {name}: server_name must be the homeserver's name as in @anna:NAME, in small letters")
    url, edge = _url(name, row.get("url")), _url(name, row["edge"], "edge") if "edge" in row else ""
    for key in ("edge_key", "appeals"):
        if key in row and not edge:
            raise Wrong(f"platform {name}: {key}: without an edge (edge = ...) nothing reads it")
    keys = _keys(name, row, data, TOKENS, (*TOKENS_NEEDED, "edge_key") if edge else TOKENS_NEEDED, _token)
    appeals = _url(name, row["appeals"], "appeals") if "appeals" in row else ""
    return Connected(name, "matrix", url, keys=keys, shadow=shadow, server_name=server, edge=edge, appeals=appeals)


def _one_of(name: str, row: Mapping[str, Any], key: str, those: Sequence[str]) -> str:
    given = row.get(key, those[0])
    if given not in those:
        raise Wrong(f"platform {name}: {key} must be one of {', '.join(those)}")
    return str(given)


def _bot(name: str, row: Mapping[str, Any], data: Path, *, shadow: bool, drift: str) -> Connected:
    """A bot of Telegram's: its chats are named one by one, for anybody may add a bot to theirs."""
    claims, days = _claims(name, row), row.get("keep_days", 30)
    if wrong := [one for one in row["addresses"] if not CHAT.fullmatch(one.removeprefix("https://").rstrip("/"))]:
        raise Wrong(f"platform {name}: addresses: {wrong[0][:80]!r}: must be t.me/NAME, or t.me/c/NUMBER")
    if type(days) is not int or not 2 <= days <= 3653:
        raise Wrong(f"platform {name}: keep_days must be a whole number of days, from 2")
    url, updates = _url(name, row.get("base_url", BOT_API), "base_url"), _one_of(name, row, "updates", UPDATES)
    keys = {"token": _bot_token(name, row, data)}
    made = Connected(name, "telegram", url, tuple(row["addresses"]), claims, keys, shadow)
    return replace(made, drift=drift, updates=updates, keep_days=days)


def _bot_token(name: str, row: Mapping[str, Any], data: Path) -> Path:
    given = row.get("token")
    if not isinstance(given, str) or not given:
        raise Wrong(f"platform {name}: token must be the path of a file, from the data directory or absolute")
    try:
        text = (data / given).read_text("ascii").strip()
    except (OSError, ValueError):
        raise Wrong(f"platform {name}: token: {given}: no file of text that can be read") from None
    if not BOT_TOKEN.fullmatch(text):
        raise Wrong(f"platform {name}: token: {given}: must hold a bot's token, a number, a colon and its secret")
    return data / given


def _url(name: str, given: Any, field: str = "url") -> str:
    """Where the platform's own servers answer us: in the clear on this machine alone."""
    try:
        at = urlsplit(given if isinstance(given, str) else "")
        fits = at.scheme in ("http", "https") and at.hostname and (at.port is None or at.port > 0)
    except ValueError:
        fits = False
    if not fits or at.username or at.password or at.query or at.fragment:
        rule = "must be https://HOST[:PORT][/PATH], without a user name, query or fragment"
        raise Wrong(f"platform {name}: {field} {rule}")
    if at.scheme == "http" and not inside(at.hostname or ""):
        raise Wrong(
            f"platform {name}: {field} must begin with https, unless it is on this machine or a private network"
        )
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


def _keys(
    name: str,
    row: Mapping[str, Any],
    data: Path,
    files: Sequence[str] = FILES,
    needed: Sequence[str] = NEEDED,
    secret: Callable[[str, str, Path, str], str] | None = None,
) -> dict[str, Path]:
    """Each credential is a file of its own: none stands in comity.toml, and none does for two purposes."""
    found, known = dict[str, Path](), list[str]()
    for key in files:
        if key not in row and key not in needed:
            continue
        given = row.get(key)
        if not isinstance(given, str) or not given:
            raise Wrong(f"platform {name}: {key} must be the path of a file, from the data directory or absolute")
        found[key] = data / given
        held = (secret or _secret)(name, key, found[key], given)
        if held in known:
            raise Wrong(f"platform {name}: {key}: it is the same as another; each purpose has a key of its own")
        known.append(held)
    return found


def _text(name: str, key: str, path: Path, given: str) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, ValueError):
        raise Wrong(f"platform {name}: {key}: {given}: no file of text that can be read") from None


def _token(name: str, key: str, path: Path, given: str) -> str:
    text = _text(name, key, path, given)
    if not TOKEN.fullmatch(text):
        raise Wrong(f"platform {name}: {key}: {given}: must hold a token of at least 16 characters, in one line")
    return text


def _secret(name: str, key: str, path: Path, given: str) -> str:
    text = _text(name, key, path, given)
    if not SECRET.fullmatch(text):
        raise Wrong(f"platform {name}: {key}: {given}: must hold whsec_ and at least 24 bytes in base64")
    return text


def forum(base: str) -> Connected:
    """The forum that the gateway itself starts for its demo, on this machine. It begins in shadow."""
    return Connected(FORUM, "http", f"{base}/port", (base,), (claim(base),), shadow=True, played=True)


def homeserver(url: str, edge: str, server: str, data: Path) -> Connected:
    """The homeserver that the demo starts on this machine, its edge in front: it is the demo's alone."""
    keys = {key: data / "keys" / f"matrix-{key.removesuffix('_key')}.key" for key in TOKENS}
    return Connected(MATRIX, "matrix", url, keys=keys, played=True, server_name=server, edge=edge)


def telegram(base: str, token: Path) -> Connected:
    """The peer of Telegram's Bot API that the gateway itself starts for its demo, on this machine."""
    chats = ("t.me/townsq", "t.me/townnews")
    return Connected(TELEGRAM, "telegram", base, chats, tuple(map(claim, chats)), {"token": token}, played=True)


def every(us: Any) -> tuple[Connected, ...]:
    """All platforms of an operator: those of the tables, the sandbox if the demo reaches it, and the demo's forum."""
    named = tuple(us.platforms)
    sandbox = () if any(one.kind == SANDBOX for one in named) else (Connected(SANDBOX, SANDBOX, played=True),)
    return named + sandbox + tuple(one for one in (us.forum, us.matrix, us.telegram) if one)
