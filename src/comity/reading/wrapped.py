"""Addresses that a mail filter or a platform wraps into one of its own, and what each stands for.

Pure. Who wraps, and how, is a table (`forms/wrappers.json`): `host` (it and all below it; `google` stands for its every
country, `*` for any host), `path` (how its path begins), `how` (below), `param` (what holds the inner address), `own`
(the wrapper's other parameters). What isn't undone for certain is None.
Formats: Proofpoint's published decoder for URL Defense 1 to 3; the others as their links are seen in mails.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import SplitResult, unquote_to_bytes, urlsplit

MOST = 5  # wrappings in one another that are undone
LONGEST = 8_000
WEB = re.compile(r"https?://", re.IGNORECASE)
# An address within another, whether or not it is encoded: `https%3A%2F%2F`, `https%253A…`, `https://`, `https:/`.
INNER = re.compile(r"https?(?::|%(?:25)*3a)(?:/|%(?:25)*2f)", re.IGNORECASE)
GOOGLE = re.compile(r"(?:www\.)?google\.(?:[a-z]{2,3}|com?\.[a-z]{2})")
ESCAPES = re.compile(r"%(?![0-9a-f]{2})", re.IGNORECASE)


@cache
def table() -> tuple[Mapping[str, Any], ...]:
    """Every wrapper that is known, in the order in which they are asked."""
    text = resources.files("comity.reading").joinpath("forms", "wrappers.json").read_text("utf-8")
    return tuple(json.loads(text)["wrappers"])


def undone(url: str) -> tuple[str | None, bool]:
    """(what an address stands for, whether anybody had wrapped it); None where that can't be told for certain.

    Raises ValueError for what is no address at all.
    """
    wrapped = False
    for _ in range(MOST + 1):
        parts = urlsplit(url)
        rule = _wrapper(parts)
        if rule is None:
            # nobody that we know, and yet an address within another: either may be meant
            return (None, True) if INNER.search(url[len(parts.scheme) + 3 :]) else (url, wrapped)
        wrapped = True
        inner = HOW[rule.get("how", "param")](url, rule)
        if inner is None or not WEB.match(inner) or len(inner) > LONGEST or re.search(r"[\s\x00-\x1f\x7f<>\"]", inner):
            return None, True
        url = inner
    return None, True


def meant(url: str) -> str:
    """What an address stands for, as far as that can be told; else the address itself."""
    try:
        return undone(url)[0] or url
    except ValueError:
        return url


@cache
def _by_host() -> dict[str, list[tuple[int, Mapping[str, Any]]]]:
    """The wrappers by host, each with its place in the table."""
    out: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    for number, one in enumerate(table()):
        for host in one["host"].split("|"):
            out.setdefault(host, []).append((number, one))
    return out


def _wrapper(parts: SplitResult) -> Mapping[str, Any] | None:
    """Who wrapped an address: the first row of the table for its host, or one above it, and its path."""
    host, known = (parts.hostname or "").rstrip("."), _by_host()
    found, name = list(known["*"]), host
    while name:
        found += known.get(name, ())
        name = name.partition(".")[2]
    if "google." in host and GOOGLE.fullmatch(host):
        found += known["google"]
    for _, rule in sorted(found, key=_place):
        if parts.path.startswith(tuple(rule.get("path", "").split("|"))):
            return rule
    return None


def _place(row: tuple[int, Mapping[str, Any]]) -> int:
    return row[0]


def _param(url: str, rule: Mapping[str, Any]) -> str | None:
    """The value of the one parameter that holds the inner address.

    One that isn't encoded ends where the wrapper's own parameters begin, if nothing else follows it.
    """
    query, _, fragment = url.partition("?")[2].partition("#")
    pairs = [pair.partition("=") for pair in re.split(r"&amp;|&", query)]
    held = [(n, value) for n, (name, _, value) in enumerate(pairs) if name in rule["param"].split() and value]
    if len(held) != 1:
        return None
    number, value = held[0]
    if WEB.match(value):
        own = {*rule.get("own", "").split(), ""}
        later = {name for name, _, _ in pairs[number + 1 :]}
        if later - own or fragment:
            return None
    return decoded(value)


def decoded(value: str) -> str | None:
    """A value without its percent signs, undone once; None where a sign is none, or a plus may be a blank."""
    if ESCAPES.search(value) or "+" in value:
        return None
    try:
        return unquote_to_bytes(value).decode("utf-8")
    except UnicodeDecodeError:
        return None


def _dashes(url: str, rule: Mapping[str, Any]) -> str | None:
    """URL Defense 2: `-` stands for a percent sign, `_` for a slash."""
    found = re.search(r"[?&;]u=([^&#]*)", url)
    return decoded(found[1].replace("-", "%").replace("_", "/")) if found and "%" not in found[1] else None


RUNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _stars(url: str, rule: Mapping[str, Any]) -> str | None:
    """URL Defense 3: `*` stands for one character that follows in base64, `**A` for two of them, `**B` for three."""
    found = re.search(r"/v3/__(?P<url>.+?)__;(?P<held>[\w=-]*)!", url)
    if found is None or "%" in found["url"]:
        return None  # a percent sign of the address is among the characters that follow; another is a later hand's
    held = from_base64(found["held"])
    if held is None:
        return None
    left, short = list(held), []

    def put(star: re.Match[str]) -> str:
        size = RUNS.index(star[1]) + 2 if star[1] else 1
        taken = [left.pop(0) for _ in range(min(size, len(left)))]
        short.extend([star[0]] if len(taken) < size else [])
        return "".join(taken)

    inner = re.sub(r"\*(?:\*([A-Za-z0-9_-]))?", put, found["url"])
    inner = re.sub(r"^(https?:/)(?=[^/])", r"\1/", inner, flags=re.IGNORECASE)
    return None if left or short else inner


def from_base64(value: str) -> str | None:
    plain = value.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None


def _base64(url: str, rule: Mapping[str, Any]) -> str | None:
    found = re.search(r"[?&;]u=([^&#]+)", url)
    value = decoded(found[1].replace("+", "%2B")) if found else None
    return from_base64(value) if value else None


def _path(url: str, rule: Mapping[str, Any]) -> str | None:
    """Cisco: the last part of the path is the address, encoded."""
    last = urlsplit(url).path.rpartition("/")[2]
    return decoded(last) if re.match(r"https?%3a", last, re.IGNORECASE) and "?" not in url and "#" not in url else None


def _underscores(url: str, rule: Mapping[str, Any]) -> str | None:
    """Check Point 2: the address between `___`, as it was."""
    found = re.search(r"/v2/___(https?://.+?)___\.[\w+/=:-]+$", url)
    return found[1] if found and "___" not in found[1] else None


def _opaque(url: str, rule: Mapping[str, Any]) -> None:
    """Only the wrapper's own server knows what it stands for."""


HOW: Mapping[str, Callable[[str, Mapping[str, Any]], str | None]] = {
    "param": _param,
    "dashes": _dashes,
    "stars": _stars,
    "base64": _base64,
    "path": _path,
    "underscores": _underscores,
    "opaque": _opaque,
}
