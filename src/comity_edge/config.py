"""An edge's settings: one TOML file, read once, checked."""

import ipaddress
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .country import Lookup, Mmdb, Nothing, Table
from .signed import public_key

KEYS = ("platform", "listen", "upstream", "list", "public_key", "token_file", "state", "country", "proxies", "appeals")
COUNTRY = ("table", "mmdb", "header")


class Misconfigured(ValueError):
    """A setting that can't be used; the text names it and the rule."""


@dataclass(frozen=True)
class Config:
    """What one edge needs. `upstream`: the homeserver itself; `list_url`: where its gateway serves the list; `token`:
    by which the gateway knows the edge; `header`: in which a trusted proxy says the country; `appeals`: where people in
    a country that is left find the way to an appeal."""

    platform: str
    listen: tuple[str, int]
    upstream: str
    list_url: str
    key: Ed25519PublicKey
    token: str
    state: Path
    lookup: Lookup
    header: str = ""
    proxies: tuple[str, ...] = ()
    appeals: str = ""


def read(path: Path) -> Config:
    """The settings of a file; paths in it are from its own directory. Raises Misconfigured."""
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{path}: {error}") from None
    for key in set(said) - set(KEYS):
        raise Misconfigured(f"{key}: unknown; known are {', '.join(KEYS)}")
    country = said.get("country", {})
    if not isinstance(country, dict) or len(country) > 1 or set(country) - set(COUNTRY):
        raise Misconfigured(f"country: must be one of {', '.join(COUNTRY)} with its file or header")
    home = path.parent
    proxies = _proxies(said.get("proxies", []))
    if "header" in country and not proxies:
        raise Misconfigured("country.header: name the proxies whose header it is, or anybody writes it")
    return Config(
        _text(said, "platform"),
        _listen(_text(said, "listen", "127.0.0.1:8448")),
        _url(said, "upstream").rstrip("/"),
        _url(said, "list"),
        _key(_text(said, "public_key")),
        _token(home / _text(said, "token_file")),
        home / _text(said, "state", "edge-state"),
        _lookup(country, home),
        str(country.get("header", "")),
        proxies,
        _url(said, "appeals") if "appeals" in said else "",
    )


def _text(said: Mapping[str, Any], key: str, default: str = "") -> str:
    value = said.get(key, default)
    if not isinstance(value, str) or not value:
        raise Misconfigured(f"{key}: must be a text")
    return value


def _url(said: Mapping[str, Any], key: str) -> str:
    url = _text(said, key)
    at = urlsplit(url)
    if at.scheme not in ("http", "https") or not at.hostname or at.query or at.fragment:
        raise Misconfigured(f"{key}: must be http://HOST:PORT or https://HOST, without a query or fragment")
    return url


def _listen(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65_536:
        raise Misconfigured("listen: must be HOST:PORT")
    return host.strip("[]"), int(port)


def _key(text: str) -> Ed25519PublicKey:
    try:
        return public_key(text)
    except ValueError as why:
        raise Misconfigured(f"public_key: {why}") from None


def _token(path: Path) -> str:
    try:
        found = path.read_text("ascii").strip()
    except (OSError, ValueError):
        found = ""
    if len(found) < 24:
        raise Misconfigured(f"token_file: {path}: must hold a token of at least 24 characters")
    return found


def _proxies(given: Any) -> tuple[str, ...]:
    try:
        if not isinstance(given, list):
            raise ValueError
        return tuple(str(ipaddress.ip_network(str(one), strict=False)) for one in given)
    except ValueError:
        raise Misconfigured('proxies: must be a list of addresses or networks, such as ["127.0.0.1"]') from None


def _lookup(country: Mapping[str, Any], home: Path) -> Lookup:
    try:
        if "table" in country:
            return Table((home / str(country["table"])).read_text("ascii").splitlines())
        if "mmdb" in country:
            return Mmdb(home / str(country["mmdb"]))
    except (OSError, ValueError, ImportError) as error:
        raise Misconfigured(f"country: {error}") from None
    return Nothing()
