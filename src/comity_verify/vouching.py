"""Who outside knows a key: organisations publish the fingerprints of their people's keys at their own domains.

`https://DOMAIN/.well-known/comity-keys` is a text: on each line the SHA-256 of a key in 64 hexadecimal digits, and then
whatever else; lines that begin otherwise are skipped. The record names the domain of whoever has one, signed with their
coming; whether that domain knows the key is asked there, by whoever verifies, and by nobody else.
"""

import http.client
import re
import ssl
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address

PATH = "/.well-known/comity-keys"
LARGEST = 100_000
TIMEOUT = 5.0
MOST = 50  # domains that are asked
_MARK = re.compile(rb"^([0-9a-f]{64})\b", re.M)
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+", re.A)

Fetch = Callable[[str], bytes]


def fetch(domain: str) -> bytes:
    """What a domain publishes, over TLS and without following it anywhere else. Raises OSError."""
    connection = http.client.HTTPSConnection(domain, 443, timeout=TIMEOUT, context=ssl.create_default_context())
    try:
        connection.request("GET", PATH, headers={"User-Agent": "comity-verify"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise OSError(f"HTTP {answer.status}")
        return answer.read(LARGEST)
    except http.client.HTTPException as error:
        raise OSError(type(error).__name__) from None
    finally:
        connection.close()


def known(domain: str, get: Fetch = fetch) -> set[str]:
    """The fingerprints that a domain publishes; none where it doesn't answer, or is no name of a domain."""
    if not (len(domain) <= 100 and _DOMAIN.fullmatch(domain)) or _is_address(domain):
        return set()
    try:
        return {mark.decode() for mark in _MARK.findall(get(domain)[:LARGEST])}
    except OSError:
        return set()


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def vouched(people: Mapping[str, tuple[str, Sequence[str]]], get: Fetch = fetch) -> list[str]:
    """Those of these people (id → domain, fingerprints of their keys) all of whose keys their domain knows."""
    domains = sorted({domain for domain, _ in people.values() if domain})[:MOST]
    found = {domain: known(domain, get) for domain in domains}
    return sorted(id for id, (domain, keys) in people.items() if keys and set(keys) <= found.get(domain, set()))
