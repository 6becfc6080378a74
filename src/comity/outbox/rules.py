"""What may leave and how it is addressed: pure rules about addresses, headers, replies, bounces and the relay."""

import ipaddress
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from comity.language import colon

SUBJECT_LIMIT = 180
NAME_LIMIT = 80
REFERENCES_LIMIT = 20
REPLIES_A_DAY = 30  # to an unproven address
REPLIES_AN_HOUR = 60  # to a proven address
THREAD_REPLIES_AN_HOUR = 6  # in the thread of one case, whoever writes
BACKSCATTER_AN_HOUR = 200  # to all unproven addresses together: their From may be forged
GIVE_UP_AFTER = timedelta(hours=8)
MACHINES = ("mailer-daemon", "postmaster", "noreply", "no-reply", "do-not-reply", "donotreply", "bounce", "bounces")

# state × what the relay said → state; `sent`, `shown` and `bounced` are never sent again
STATES: dict[tuple[str, str], str] = {
    ("queued", "taken"): "sent",
    ("queued", "no-relay"): "shown",
    ("queued", "later"): "queued",
    ("queued", "never"): "failed",
    ("queued", "given-up"): "failed",
    ("sent", "came-back"): "bounced",
}

_UNPRINTABLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
_LOCAL = re.compile(r"[^\s@<>()\[\]:;,\\\"\x00-\x1f\x7f]+")


class BadAddress(ValueError):
    """An address that can't be written to; the text names the rule it breaks."""


@dataclass(frozen=True)
class Address:
    """A mail address in its wire form, `domain` in ASCII (IDNA)."""

    local: str
    domain: str

    @property
    def smtputf8(self) -> bool:
        """Whether the relay must support SMTPUTF8 (RFC 6531)."""
        return not self.local.isascii()

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


def address(text: str) -> Address:
    """The address in its wire form. Raises BadAddress.

    Lengths: RFC 5321 §4.5.3.1. Quoted local parts are refused.
    """
    local, at, domain = text.strip().rpartition("@")
    if not at or not local or not domain:
        raise BadAddress("an address has a local part, @ and a domain")
    if not _LOCAL.fullmatch(local) or any(unicodedata.category(c)[0] in "CZ" for c in local):
        raise BadAddress("the part before @ holds a character that needs quoting or is not printable")
    if len(local.encode("utf-8")) > 64:
        raise BadAddress("the part before @ is longer than 64 bytes")
    return Address(local, _domain(domain))


def _domain(text: str) -> str:
    try:
        ascii_form = text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise BadAddress("the domain is not a name that IDNA can write") from None
    if len(ascii_form) > 253 or not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", ascii_form) or ".." in ascii_form:
        raise BadAddress("the domain is not a host name")
    return ascii_form


def line(text: str, limit: int) -> str:
    """One header line from untrusted text, at most `limit` long: no line end, control or format character."""
    start = text[: 20 * limit]
    printable = "".join(" " if unicodedata.category(c) in _UNPRINTABLE else c for c in start)
    words = " ".join(printable.split())
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def subject(what: str, *, theirs: str = "", ours: str = "") -> str:
    """A subject that keeps their reference and our number `[C-7Q4M2HXK]`, however long the rest is."""
    number = f" [{line(ours, 20)}]" if ours else ""
    reference = colon() + line(theirs, 80) if theirs.strip() else ""
    return line(what, SUBJECT_LIMIT - len(number) - len(reference)) + reference + number


_OUR_SUBJECT = re.compile(r"(?:Received|Accusé de réception)(?: ?:.*)? \[[CR]-[0-9A-Z]{8}\]")


def quotes_our_subject(theirs: str) -> bool:
    """Whether a subject contains that of an acknowledgement of ours, whatever a machine adds around it."""
    return bool(_OUR_SUBJECT.search(" ".join(theirs.split())[: 2 * SUBJECT_LIMIT + 100]))


def references(in_reply_to: str | None, earlier: Sequence[str]) -> list[str]:
    """The References header (RFC 5322 §3.6.4): well-formed ids only, the first of the thread and the latest."""
    ids: list[str] = []
    for text in [*earlier[: 50 * REFERENCES_LIMIT], in_reply_to or ""]:
        found = message_id(text)
        if found and found not in ids:
            ids.append(found)
    return ids if len(ids) <= REFERENCES_LIMIT else [ids[0], *ids[1 - REFERENCES_LIMIT :]]


def message_id(text: str | None) -> str | None:
    """The first well-formed ASCII Message-ID in a header's text, or None."""
    found = _MESSAGE_ID.search((text or "")[:2000])
    return found.group() if found and found.group().isascii() and found.group().isprintable() else None


def not_repliable(envelope: Mapping[str, Any], own: Sequence[str]) -> str | None:
    """Why no reply may go to this mail, or None. `envelope` is the Reading's; `own` our mailboxes (RFC 3834 §2)."""
    if envelope.get("bounce"):
        return "bounce"
    if envelope.get("auto"):
        return "automatic"
    sender = str((envelope.get("from") or {}).get("address") or "").strip().lower()
    try:
        local = address(sender).local
    except BadAddress:
        return "no-address"
    if sender in {mailbox.lower() for mailbox in own}:
        return "own-mailbox"
    return "machine" if local in MACHINES or local.startswith(("mailer-daemon", "bounce+", "bounces+")) else None


def loopback(relay: str) -> bool:
    """Whether a relay HOST:PORT is this machine, judging by its name or number alone; nothing is resolved."""
    host = split(relay)[0].lower()
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def split(relay: str) -> tuple[str, int]:
    """Host and port (default 25) of HOST, HOST:PORT or [IPV6]:PORT. Raises ValueError for a port that isn't a
    number."""
    found = re.fullmatch(r"\[([^\]]+)\](?::(\d+))?|([^:]+)(?::(\d+))?", relay.strip())
    if not found:
        raise ValueError(f"COMITY_SMTP_RELAY: {relay!r} is not HOST:PORT")
    host, port = found.group(1) or found.group(3), found.group(2) or found.group(4)
    return host, int(port or 25)


def goes_to(relay: str, realm: str) -> str:
    """`relay`, or `outbox` (stored and shown) if no relay is set, the mail is of a drill, or it is of the demo and the
    relay isn't this machine: a relay on this machine may well hand on what it is given."""
    if not relay or realm == "drill":
        return "outbox"
    return "relay" if realm == "real" or loopback(relay) else "outbox"


def or_given_up(how: str, waited: timedelta) -> str:
    """`given-up` instead of `later` once a mail has waited for GIVE_UP_AFTER, so that a person hears of it."""
    return "given-up" if how == "later" and waited > GIVE_UP_AFTER else how


def bounced(reading: Mapping[str, Any], raw: bytes, domain: str) -> list[str]:
    """Message-IDs of ours that a bounce quotes, most telling first; empty if the mail isn't one.

    They are looked for where reports carry them (RFC 3464, RFC 5322 §3.6.4): the enclosed original's headers in the raw
    bytes (first 2 MB), In-Reply-To, References. The caller looks each one up; only one that exists is ours.
    """
    envelope = reading.get("envelope") or {}
    if not envelope.get("bounce"):
        return []
    ours = re.compile(rb"<comity\.[a-z2-7]{26}@" + re.escape(domain.encode("ascii")) + rb">")
    enclosed = re.findall(rb"(?im)^[> \t]*message-id:[ \t\r\n]*(<[^<>\s]{3,250}>)", raw[: 2 * 1024 * 1024])
    thread = [*(envelope.get("references") or [])[-REFERENCES_LIMIT:], envelope.get("in_reply_to") or ""]
    quoted = [*enclosed, *(str(text).encode("utf-8", "replace") for text in thread)]
    found = [match.group().decode() for text in quoted if (match := ours.search(text))]
    return list(dict.fromkeys(found))
