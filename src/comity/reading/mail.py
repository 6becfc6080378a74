"""A mail taken apart: envelope, text, HTML, attachments, and what is odd about it.

Pure, but only ever run in the limited child. Nothing is trusted: headers are cut before they are parsed,
parts are counted, and a message that breaks the parser still gives its first headers. Dates are as written
in the mail, converted to UTC; who really sent it is not decided here.
"""

from __future__ import annotations

import base64
import email
import email.policy
import email.utils
import html
import html.parser
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as fresh
from datetime import UTC, datetime
from email.header import decode_header
from email.message import Message
from typing import Any

MOST_HEADERS = 500
MOST_HEADER_BYTES = 256 * 1024
MOST_VALUE = 16 * 1024
MOST_ADDRESSES = 200
MOST_PARTS = 300
MOST_TEXT = 1_000_000
MOST_HTML = 2_000_000
BASICS = 64 * 1024
KEPT_HEADERS = (
    b"from to cc reply-to sender subject date message-id in-reply-to references auto-submitted precedence "
    b"return-path mime-version "
    b"content-type content-transfer-encoding content-disposition x-autoreply x-autorespond x-auto-response-suppress "
    b"x-failed-recipients list-id list-unsubscribe importance"
).split()


@dataclass
class Attachment:
    number: int
    type: str
    name: str
    data: bytes


@dataclass
class Mail:
    envelope: dict[str, Any]
    text: str = ""
    html: str | None = None
    html_text: str = ""
    parts: list[dict[str, Any]] = fresh(default_factory=list)
    attachments: list[Attachment] = fresh(default_factory=list)
    flags: set[str] = fresh(default_factory=set)
    text_part: int = 0
    enclosed: bool = False

    @property
    def sent_at(self) -> datetime | None:
        written = self.envelope.get("date")
        return datetime.fromisoformat(written.replace("Z", "+00:00")) if written else None


def parse(raw: bytes) -> Mail:
    """The whole mail, or as much of it as the bounds allow (a flag says which bound)."""
    flags: set[str] = set()
    bounded = bound_headers(raw, flags)
    if line_ends_differ(raw):
        flags.add("bare-line-ends")
    try:
        message = email.message_from_bytes(bounded, policy=email.policy.compat32)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, IndexError, KeyError, AssertionError):
        out = Mail(basics(raw), flags=flags | {"too-deep"})
        out.text = raw[:BASICS].decode("utf-8", "replace")
        return out
    out = Mail(envelope(message), flags=flags)
    take_apart(message, out)
    out.flags |= header_flags(out.envelope, message)
    return out


def bound_headers(raw: bytes, flags: set[str]) -> bytes:
    """Endless headers cut to the first ones, and to those that say who, what and when."""
    end = re.search(rb"\r?\n\r?\n", raw)
    size = end.start() if end else len(raw)
    head = raw[:size]
    if (
        size <= MOST_HEADER_BYTES
        and head.count(b"\n") <= MOST_HEADERS
        and max(map(len, head.split(b"\n")), default=0) < MOST_VALUE
    ):
        return raw
    flags.add("endless-headers")
    kept: list[bytes] = []
    seen: dict[bytes, int] = {}
    for field in re.split(rb"\r?\n(?![ \t])", head[: 8 * MOST_HEADER_BYTES]):
        name = field.split(b":", 1)[0].strip().lower()
        if name in KEPT_HEADERS and seen.get(name, 0) < 5:
            seen[name] = seen.get(name, 0) + 1
            kept.append(field[:MOST_VALUE])
    return b"\r\n".join(kept) + b"\r\n\r\n" + (raw[end.end() :] if end else b"")


def line_ends_differ(raw: bytes) -> bool:
    """Bare LF or CR beside CRLF: bytes that two servers may cut into mails differently."""
    crlf = raw.count(b"\r\n")
    return crlf > 0 and (raw.count(b"\n") != crlf or raw.count(b"\r") != crlf)


def basics(raw: bytes) -> dict[str, Any]:
    """Who, to whom, subject and number from the first 64 kB, with no parser that could be led astray."""
    head = re.split(rb"\r?\n\r?\n", raw[:BASICS], maxsplit=1)[0]
    found: dict[str, str] = {}
    for field in re.split(rb"\r?\n(?![ \t])", head)[:2_000]:
        name, _, value = field.partition(b":")
        key = name.strip().lower().decode("ascii", "replace")
        if key.encode() in KEPT_HEADERS and key not in found:
            found[key] = " ".join(value[:2_000].decode("utf-8", "replace").split())
    address = re.search(r"[^\s<>\"(),;:]{1,128}@[^\s<>\"(),;:]{1,255}", found.get("from", ""))
    return {
        "from": {"name": "", "address": address[0].lower() if address else ""},
        "reply_to": [],
        "to": [
            {"name": "", "address": a.lower()}
            for a in re.findall(r"[^\s<>\"(),;:]{1,128}@[^\s<>\"(),;:]{1,255}", found.get("to", ""))[:MOST_ADDRESSES]
        ],
        "subject": found.get("subject", "")[:1_000],
        "message_id": found.get("message-id", "")[:998],
        "in_reply_to": found.get("in-reply-to", "")[:998] or None,
        "references": re.findall(r"<[^<>\s]{1,996}>", found.get("references", ""))[:100],
        "date": None,
        "auto": found.get("auto-submitted", "no").lower() != "no",
        "bounce": found.get("return-path", "x").strip() == "<>",
    }


def values(message: Message, name: str) -> list[str]:
    """All values of one header, cut before anything parses them."""
    wanted = name.lower()
    out = []
    for key, value in message.raw_items() if hasattr(message, "raw_items") else message.items():
        if str(key).lower() == wanted:
            out.append(str(value)[:MOST_VALUE])
            if len(out) >= 5:
                break
    return out


def decoded(value: str) -> str:
    """Encoded words and raw 8-bit bytes as text; what cannot be decoded shows a replacement sign."""
    flat = re.sub(r"\s*[\r\n]+\s*", " ", value[:MOST_VALUE])
    try:
        chunks = decode_header(flat) if "=?" in flat else [(flat, None)]
        text = "".join(
            chunk if isinstance(chunk, str) else as_text(chunk, charset or "utf-8") for chunk, charset in chunks
        )
    except (ValueError, LookupError, TypeError, IndexError, email.errors.MessageError):
        text = flat
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace") if surrogates(text) else text
    return "".join(c for c in text if c.isprintable() or c == "\t").strip()


def surrogates(text: str) -> bool:
    return any("\ud800" <= c <= "\udfff" for c in text)


def as_text(data: bytes, charset: str) -> str:
    for name in (charset, "utf-8", "windows-1252"):
        try:
            return data.decode(name)
        except (LookupError, ValueError):
            continue
    return data.decode("latin-1")


def addresses(message: Message, name: str) -> list[dict[str, str]]:
    """Names and addresses of one header, the first two hundred."""
    out: list[dict[str, str]] = []
    for value in values(message, name):
        flat = re.sub(r"\s*[\r\n]+\s*", " ", value)
        try:
            pairs = email.utils.getaddresses([flat])
        except (RecursionError, ValueError, IndexError, TypeError):
            pairs = [("", found) for found in re.findall(r"[^\s<>\"(),;:]+@[^\s<>\"(),;:]+", flat)]
        for shown, address in pairs[:MOST_ADDRESSES]:
            if "@" in address:
                out.append({"name": decoded(shown)[:300], "address": decoded(address).lower()[:320]})
    return out[:MOST_ADDRESSES]


def envelope(message: Message) -> dict[str, Any]:
    senders = addresses(message, "From")
    first = values(message, "Subject")
    return {
        "from": senders[0] if senders else {"name": decoded((values(message, "From") or [""])[0])[:300], "address": ""},
        "reply_to": addresses(message, "Reply-To"),
        "to": (addresses(message, "To") + addresses(message, "Cc"))[:MOST_ADDRESSES],
        "subject": decoded(first[0])[:1_000] if first else "",
        "message_id": id_of(message, "Message-ID"),
        "in_reply_to": id_of(message, "In-Reply-To") or None,
        "references": [i for v in values(message, "References") for i in re.findall(r"<[^<>\s]{1,996}>", v)][:100],
        "date": sent_at(message),
        "auto": automatic(message),
        "auto_replied": " ".join(values(message, "Auto-Submitted")).strip().lower().startswith("auto-replied"),
        "bounce": bounced(message),
    }


def id_of(message: Message, name: str) -> str:
    value = " ".join((values(message, name) or [""])[0].split())
    found = re.search(r"<[^<>\s]{1,996}>", value)
    return found[0] if found else decoded(value)[:998]


def sent_at(message: Message) -> str | None:
    try:
        parsed = email.utils.parsedate_to_datetime((values(message, "Date") or [""])[0][:200])
        return parsed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if parsed.tzinfo else None
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def report_type(message: Message) -> str:
    if message.get_content_type() != "multipart/report":
        return ""
    return str(message.get_param("report-type") or "").lower()


def automatic(message: Message) -> bool:
    """RFC 3834 and its forerunners: no person waits for an answer to this."""
    said = " ".join(values(message, "Auto-Submitted")).strip().lower()
    if said and not said.startswith("no"):
        return True
    present = {str(name).lower() for name in message.keys()}  # noqa: SIM118 - a Message has no plain iteration
    if {"x-autoreply", "x-autorespond", "x-failed-recipients"} & present or report_type(message):
        return True
    if (" ".join(values(message, "Precedence")).strip().lower()) in {"auto_reply", "bulk", "junk", "list"}:
        return True
    return bounced(message)


def bounced(message: Message) -> bool:
    """A delivery report: by its type, its null return path, or its sender."""
    if report_type(message) == "delivery-status":
        return True
    sender = " ".join(values(message, "From")).lower()
    if re.search(r"mailer-daemon|\bpostmaster@", sender) and re.search(
        r"undeliver|delivery|returned|failure|unzustell|non remis", " ".join(values(message, "Subject")).lower()
    ):
        return True
    empty = any(value.strip() == "<>" for value in values(message, "Return-Path"))
    return (
        empty
        and report_type(message) not in {"disposition-notification", "feedback-report"}
        and "mailer-daemon" in sender
    )


def walk(message: Message) -> Iterator[tuple[Message, int]]:
    """Every part with its depth, without recursion."""
    stack: list[tuple[Message, int]] = [(message, 0)]
    while stack:
        part, depth = stack.pop()
        yield part, depth
        inner = part.get_payload() if part.is_multipart() else None
        if isinstance(inner, list):
            stack += [(p, depth + 1) for p in reversed(inner[: MOST_PARTS + 1]) if isinstance(p, Message)]


def part(raw: bytes, number: int) -> dict[str, str] | None:
    """The bytes of one part, in base64, by its number in the Reading; None where there is none of that number."""
    message = email.message_from_bytes(bound_headers(raw, set()), policy=email.policy.compat32)
    single = (one for one, _ in walk(message) if not one.is_multipart())
    found = next(itertools.islice(single, number - 1, number), None) if 0 < number <= MOST_PARTS else None
    return None if found is None else {"data": base64.b64encode(payload(found)).decode("ascii")}


def take_apart(message: Message, out: Mail) -> None:
    number = 0
    plain: list[str] = []
    rich: list[str] = []
    for part, depth in walk(message):
        kind = part.get_content_type()
        if kind in {"message/feedback-report", "message/disposition-notification"}:
            out.envelope["auto"] = True
        if kind == "message/rfc822":
            out.enclosed = True
        if part.is_multipart():
            continue
        number += 1
        if number > MOST_PARTS:
            out.flags.add("too-many-parts")
            break
        if depth > 100:
            out.flags.add("too-deep")
        one_part(part, kind, number, out, plain, rich)
    out.text = "\n\n".join(plain)[:MOST_TEXT]
    out.html = "\n".join(rich)[:MOST_HTML] if rich else None
    out.html_text = text_of_html(out.html) if out.html else ""
    if not out.text.strip():
        out.text = out.html_text


def one_part(part: Message, kind: str, number: int, out: Mail, plain: list[str], rich: list[str]) -> None:
    name = file_name(part)
    data = payload(part)
    out.parts.append({"n": number, "type": kind, "name": name, "size": len(data)})
    attached = str(part.get("Content-Disposition", ""))[:200].strip().lower().startswith("attachment")
    if kind == "text/plain" and not attached and sum(map(len, plain)) < MOST_TEXT:
        out.text_part = out.text_part or number
        plain.append(as_text(data[:MOST_TEXT], charset_of(part)).replace("\r\n", "\n").replace("\r", "\n"))
    elif kind == "text/html" and not attached:
        rich.append(as_text(data[:MOST_HTML], charset_of(part)))
    elif kind != "message/external-body":
        out.attachments.append(Attachment(number, kind, name, data))


def charset_of(part: Message) -> str:
    try:
        return str(part.get_content_charset() or "utf-8")
    except (TypeError, ValueError, LookupError, IndexError):
        return "utf-8"


def file_name(part: Message) -> str:
    try:
        return decoded(str(part.get_filename() or ""))[:200].replace("/", "_").replace("\\", "_")
    except (TypeError, ValueError, LookupError, IndexError):
        return ""


def payload(part: Message) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except (ValueError, TypeError, LookupError, IndexError, AssertionError):
        data = None
    if isinstance(data, bytes):
        return data
    return str(part.get_payload() or "").encode("utf-8", "surrogateescape")


def header_flags(envelope: dict[str, Any], message: Message) -> set[str]:
    """What the header lines give away: another address for answers, another address in the name."""
    flags: set[str] = set()
    sender = envelope["from"]["address"]
    domain = sender.rpartition("@")[2]
    if any(a["address"].rpartition("@")[2] != domain for a in envelope["reply_to"]):
        flags.add("reply-to-differs")
    shown = re.search(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", envelope["from"]["name"])
    if shown and shown[1].lower() != domain:
        flags.add("display-name-differs")
    if len(values(message, "From")) > 1 or len(addresses(message, "From")) > 1:
        flags.add("several-senders")
    return flags


class Text(html.parser.HTMLParser):
    """HTML as lines: cells apart by tabs, rows and blocks by line ends; boxes drawn as boxes. Nothing is loaded."""

    BLOCKS = frozenset(
        [
            "p",
            "div",
            "br",
            "tr",
            "li",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "table",
            "ul",
            "ol",
            "section",
            "article",
            "header",
            "footer",
            "dt",
            "dd",
            "pre",
            "hr",
        ]
    )
    SILENT = frozenset(["script", "style", "head", "title", "template"])

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in self.SILENT:
            self.silent += 1
        elif tag in self.BLOCKS:
            self.out.append("\n\n" if tag == "p" else "\n")
        elif tag in {"td", "th"}:
            self.out.append("\t")
        elif tag == "input" and (given.get("type") or "").lower() in {"checkbox", "radio"}:
            self.out.append("☒ " if "checked" in given else "☐ ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in self.BLOCKS and tag not in {"br", "hr"}:
            self.out.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.out.append(re.sub(r"[ \t\r\n\f]+", " ", data))


def text_of_html(source: str) -> str:
    opened, closed = source.count("<"), source.count(">")
    if opened > 60_000 or opened > 2 * closed + 200 or source.count("<!") > source.count("-->") + 50:
        # The parser takes quadratic time on what never closes.
        return html.unescape(re.sub(r"<[^<>]{0,500}>", "\n", source))[:MOST_TEXT]
    parser = Text()
    try:
        parser.feed(source)
        parser.close()
    except (AssertionError, ValueError, RecursionError):
        return ""
    text = re.sub(r"[ ]*\n[ \t]*(?:\n[ \t]*)+", "\n\n", "".join(parser.out))
    return re.sub(r"[ ]+\n", "\n", text).strip()[:MOST_TEXT]
