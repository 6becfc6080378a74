"""From which country a viewer comes: their address as the socket or a trusted proxy says it, and what is known of it.

It is approximate: an address says where a network is, not where a person is. Nothing of it is kept or logged.
"""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import maxminddb

CODE = re.compile(r"[A-Z]{2}")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Lookup(Protocol):
    """Which country an address is in; empty: not known."""

    def of(self, address: Address) -> str: ...


class Table:
    """Networks and their countries as a text: `192.0.2.0/24 FR` a line; the narrowest that holds an address counts."""

    def __init__(self, lines: Iterable[str]) -> None:
        rows = [_network(n, line) for n, line in enumerate(lines, 1) if line.partition("#")[0].strip()]
        self._starts: dict[tuple[int, int], dict[int, str]] = {}
        for network, country in rows:
            self._starts.setdefault((network.version, network.prefixlen), {})[int(network.network_address)] = country
        self._lengths = {v: sorted((n for w, n in self._starts if w == v), reverse=True) for v in (4, 6)}

    def of(self, address: Address) -> str:
        """The country of an address."""
        bits, number = address.max_prefixlen, int(address)
        for length in self._lengths[address.version]:
            start = number >> (bits - length) << (bits - length)
            if country := self._starts[address.version, length].get(start):
                return country
        return ""


def _network(n: int, line: str) -> tuple[Network, str]:
    parts = line.partition("#")[0].replace(",", " ").split()
    try:
        network, country = ipaddress.ip_network(parts[0]), parts[1].upper()
    except (ValueError, IndexError):
        raise ValueError(f"country table: line {n}: must be NETWORK COUNTRY, such as 192.0.2.0/24 FR") from None
    if not CODE.fullmatch(country):
        raise ValueError(f"country table: line {n}: {country[:10]!r} is no country code of two letters")
    return network, country


class Mmdb:
    """A MaxMind database file (GeoLite2 Country, DB-IP, IPinfo…)."""

    def __init__(self, path: Path) -> None:
        """Raises OSError, ValueError for a file that is none."""
        try:
            self._reader = maxminddb.open_database(str(path))
        except maxminddb.InvalidDatabaseError:
            raise ValueError(f"{path}: is no MaxMind database file, or only part of one") from None

    def of(self, address: Address) -> str:
        """The country of an address, else that under which it is registered."""
        try:
            said: Any = self._reader.get(address)
        except (ValueError, maxminddb.InvalidDatabaseError):  # it knows no IPv6, or is broken there
            return ""
        if not isinstance(said, dict):
            return ""
        for name in ("country", "registered_country"):
            found = said.get(name)
            code = found.get("iso_code") if isinstance(found, dict) else found
            if isinstance(code, str) and CODE.fullmatch(code):
                return code
        code = said.get("country_code")
        return code if isinstance(code, str) and CODE.fullmatch(code) else ""


class Nothing:
    """No address is known to be anywhere."""

    def of(self, address: Address) -> str:
        """Nowhere."""
        del address
        return ""


class Viewers:
    """Who looks, and from where. `proxies`: the networks whose word on whom they speak for is taken; `header`: in which
    of their headers they say the country, if a CDN does so (`cf-ipcountry`)."""

    def __init__(self, lookup: Lookup, proxies: Sequence[str] = (), header: str = "") -> None:
        self._lookup, self._header = lookup, header.lower()
        self._proxies = tuple(ipaddress.ip_network(one, strict=False) for one in proxies)
        self._country = lru_cache(maxsize=65_536)(self._looked_up)

    def address(self, peer: str, forwarded: Sequence[str]) -> str:
        """The viewer's own address: the socket's, or the last one before our proxies of those that they forward. What
        somebody else writes into X-Forwarded-For counts for nothing."""
        hops = [one.strip() for line in forwarded for one in line.split(",")]
        at = peer
        while hops and self._trusted(at):
            at = _bare(hops.pop())
        return at

    def country(self, address: str, peer: str, said: str) -> str:
        """The country of an address; that of a trusted proxy's header, where one is set. Empty: not known."""
        if self._header and self._trusted(peer):
            return said.upper() if CODE.fullmatch(said.upper()) else ""
        return self._country(address)

    @property
    def header(self) -> str:
        """In which header a trusted proxy says the country; empty: in none."""
        return self._header

    def _looked_up(self, address: str) -> str:
        found = _parsed(address)
        return self._lookup.of(found) if found else ""

    def _trusted(self, address: str) -> bool:
        found = _parsed(address)
        return found is not None and any(
            found in network for network in self._proxies if network.version == found.version
        )


def _bare(hop: str) -> str:
    """A hop without its port: `[2001:db8::1]:80`, `192.0.2.1:80`."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _parsed(address: str) -> Address | None:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return mapped or found
