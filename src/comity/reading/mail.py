"""A mail taken apart: envelope, text, HTML, attachments, whose words they are, and what is odd about it.

Pure, but only ever run in the limited child. Nothing is trusted: the head is split by `authorities.head`, as for the
verifier, and cut before anything parses it; parts are counted, and a message that breaks the parser still gives its
first headers. Dates are as written in the mail, converted to UTC; who really sent it is not decided here.
"""

from __future__ import annotations

import base64
import email
import email.policy
import email.utils
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as fresh
from datetime import UTC, datetime
from email.header import decode_header
from email.message import Message
from typing import Any

from comity.authorities import head as heads
from comity.authorities.head import Field, Head
from comity.reading import enclosed, markup, sniff, unpack, whose

MOST_HEADERS = 500
MOST_HEADER_BYTES = 256 * 1024
MOST_VALUE = 16 * 1024
MOST_ADDRESSES = 200
MOST_PARTS = 300
MOST_TEXT = 1_000_000
MOST_HTML = 2_000_000
BASICS = 64 * 1024
KEPT_HEADERS = heads.SINGLE | {"precedence", "return-path", "x-autoreply", "x-autorespond", "x-failed-recipients"}
KEPT_HEADERS |= {"x-auto-response-suppress", "list-id", "list-unsubscribe", "importance"}


@dataclass
class Attachment:
    """A file of a mail. `others`: it came in a mail that this one encloses; `inline`: it is shown within the text."""

    number: int
    type: str
    name: str
    data: bytes
    others: bool = False
    inline: bool = False
    cid: str = ""


@dataclass
class Mail:
    """What a mail holds. `own` and `html_own` say of each line of `text` and `html_text` whether it is the writer's;
    `inside`: what files in its text held, with their part and whose; `shown`: the HTML's pictures."""

    envelope: dict[str, Any]
    results: list[str] = fresh(default_factory=list)
    text: str = ""
    own: list[bool] = fresh(default_factory=list)
    html: str | None = None
    html_text: str = ""
    html_own: list[bool] = fresh(default_factory=list)
    parts: list[dict[str, Any]] = fresh(default_factory=list)
    attachments: list[Attachment] = fresh(default_factory=list)
    flags: set[str] = fresh(default_factory=set)
    text_part: int = 0
    enclosed: bool = False
    report: bool = False
    inside: list[tuple[unpack.Opened, int, bool]] = fresh(default_factory=list)
    shown: frozenset[str] = frozenset()

    @property
    def own_text(self) -> str:
        """The writer's own words."""
        return words_of(self.text, self.own)

    @property
    def forwards(self) -> bool:
        """Whether it passes another's mail on: no order that came with that is the writer's."""
        return whose.forwards(self.text) or whose.passed_on(self.envelope["subject"])

    @property
    def sent_at(self) -> datetime | None:
        written = self.envelope.get("date")
        return datetime.fromisoformat(written.replace("Z", "+00:00")) if written else None


def words_of(text: str, lines: list[bool], *, own: bool = True) -> str:
    """The lines of a text that are its writer's own, or those that are not."""
    return "\n".join(line for line, mine in zip(text.splitlines(), lines, strict=False) if mine is own).strip()


def parse(raw: bytes) -> Mail:
    """The whole mail, or as much of it as the bounds allow (a flag says which bound)."""
    flags: set[str] = set()
    head = heads.split(raw)
    bounded = head.message(bound(head, flags))
    if line_ends_differ(raw) or head.flaws & {"bare-cr", "nul"}:
        flags.add("bare-line-ends")
    if head.doubled():
        flags.add("doubled-header")
    try:
        message = email.message_from_bytes(bounded, policy=email.policy.compat32)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, IndexError, KeyError, AssertionError):
        out = Mail(basics(raw), flags=flags | {"too-deep"})
        out.text = raw[:BASICS].decode("utf-8", "replace")
        out.own = [False] * len(out.text.splitlines())
        return out
    out = Mail(envelope(message), [one[:2_000] for one in values(message, "Authentication-Results")[:10]], flags=flags)
    take_apart(unwrapped(message), out)
    out.flags |= header_flags(out.envelope, message)
    return out


def bound(head: Head, flags: set[str]) -> list[Field]:
    """Endless heads cut to the first of those fields that say who, what and when; any other head whole."""
    sizes = [len(field.raw) + 2 for field in head.fields]
    few = len(sizes) <= MOST_HEADERS and sum(sizes) <= MOST_HEADER_BYTES and max(sizes, default=0) < MOST_VALUE
    if few and "endless" not in head.flaws:
        return list(head.fields)
    flags.add("endless-headers")
    kept: list[Field] = []
    seen: dict[str, int] = {}
    for field in head.fields:
        if field.name in KEPT_HEADERS and seen.get(field.name, 0) < 5:
            seen[field.name] = seen.get(field.name, 0) + 1
            kept.append(Field(field.name, field.raw[:MOST_VALUE].rstrip()))
    return kept


def line_ends_differ(raw: bytes) -> bool:
    """Bare LF or CR beside CRLF: bytes that two servers may cut into mails differently."""
    crlf = raw.count(b"\r\n")
    return crlf > 0 and (raw.count(b"\n") != crlf or raw.count(b"\r") != crlf)


def basics(raw: bytes) -> dict[str, Any]:
    """Who, to whom, subject and number from the first 64 kB, with no parser that could be led astray."""
    found: dict[str, str] = {}
    for field in heads.split(raw[:BASICS]).fields[:2_000]:
        if field.name in KEPT_HEADERS and field.name not in found:
            found[field.name] = " ".join(field.value[:2_000].split())
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
        "auto_replied": found.get("auto-submitted", "").lower().startswith("auto-replied"),
        "bounce": found.get("return-path", "x").strip() == "<>",
        "returned": False,
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
    # a signature holds whatever runs of blanks a header has (RFC 6376, 3.4.2), so none of them says anything
    return re.sub(r"[ \t]+", " ", "".join(c for c in text if c.isprintable() or c == "\t")).strip()


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


ASIDE = re.compile(r'"(?:[^"\\]|\\.)*"|\((?:[^()\\]|\\.)*\)')
ANGLE = re.compile(r"<\s*([^<>\s]+@[^<>\s]+)\s*>")
BARE = re.compile(r"[^\s<>\"(),;:\[\]]+@[^\s<>\"(),;:\[\]]+")


def senders(message: Message) -> list[dict[str, str]]:
    """Who the From lines name. What stands in <> is the address (RFC 5322, 3.4), also where the name holds another."""
    out: dict[str, dict[str, str]] = {}
    for value in values(message, "From"):
        flat = re.sub(r"\s*[\r\n]+\s*", " ", value)
        # a name in quotes or a remark may hold commas and addresses: blanks of the same length stand for it
        bare = ASIDE.sub(lambda quoted: " " * len(quoted[0]), flat)
        start = 0
        for comma in [m.start() for m in re.finditer("[,;]", bare)] + [len(bare)]:
            piece, told = bare[start:comma], flat[start:comma]
            found = ANGLE.search(piece)
            address = found[1] if found else (m[0] if (m := BARE.search(piece)) else "")
            if not address:
                continue
            name = told[: found.start()] if found else ""
            start = comma + 1
            key = decoded(address).lower()[:320]
            out.setdefault(key, {"name": decoded(name.strip().strip('"'))[:300], "address": key})
    return list(out.values())[:MOST_ADDRESSES]


def envelope(message: Message) -> dict[str, Any]:
    named = senders(message)
    first = values(message, "Subject")
    return {
        "from": named[0] if named else {"name": decoded((values(message, "From") or [""])[0])[:300], "address": ""},
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
        "returned": returned(message),
    }


def returned(message: Message) -> bool:
    """Whether it is a mail server's return of another mail: a delivery report, or sent by nobody (RFC 5321, 4.5.5)."""
    empty = any(value.strip() == "<>" for value in values(message, "Return-Path"))
    return report_type(message) == "delivery-status" or (empty and "mailer-daemon" in sender_line(message))


def sender_line(message: Message) -> str:
    return " ".join(values(message, "From")).lower()


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
    sender = sender_line(message)
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


def walk(message: Message) -> Iterator[tuple[Message, int, bool]]:
    """Every part with its depth, and whether it stands in an enclosed mail; without recursion."""
    stack: list[tuple[Message, int, bool]] = [(message, 0, False)]
    while stack:
        part, depth, others = stack.pop()
        yield part, depth, others
        inner = enclosed_in(part) if part.is_multipart() else None
        if isinstance(inner, list):
            below = others or part.get_content_maintype() == "message"
            stack += [(p, depth + 1, below) for p in reversed(inner[: MOST_PARTS + 1]) if isinstance(p, Message)]


def enclosed_in(part: Message) -> Any:
    """What a part holds; an enclosed mail also where it is encoded, which RFC 2046 (5.2.1) forbids, and some do."""
    inner = part.get_payload()
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if part.get_content_type() != "message/rfc822" or encoding not in {"base64", "quoted-printable"}:
        return inner
    text = "".join(str(one.get_payload()) for one in inner if isinstance(one, Message) and not one.is_multipart())
    found = enclosed.mails(text.encode("utf-8", "surrogateescape"), encoding)
    return [email.message_from_bytes(one, policy=email.policy.compat32) for one in found] or inner


MOST_WRAPPINGS = 4


def unwrapped(message: Message) -> Message:
    """The mail's own body, out of the S/MIME message that carries it (RFC 8551, 3.5). Its signature is not verified."""
    for _ in range(MOST_WRAPPINGS):
        if message.is_multipart():
            break
        data = payload(message)
        if sniff.kind(message.get_content_type(), "", data) != sniff.CMS:
            break
        opened = unpack.open_attachment(message.get_content_type(), "", data)
        if opened is None or opened.entity is None:
            break
        message = email.message_from_bytes(opened.entity, policy=email.policy.compat32)
    return message


def part(raw: bytes, number: int) -> dict[str, str] | None:
    """The bytes of one part, in base64, by its number in the Reading; None where there is none of that number."""
    head = heads.split(raw)
    message = email.message_from_bytes(head.message(bound(head, set())), policy=email.policy.compat32)
    single = (one for one, _, _ in walk(unwrapped(message)) if not one.is_multipart())
    found = next(itertools.islice(single, number - 1, number), None) if 0 < number <= MOST_PARTS else None
    return None if found is None else {"data": base64.b64encode(payload(found)).decode("ascii")}


# returned mail, receipts, complaints of providers (RFC 3464, 8098, 5965)
REPORTS = {"message/delivery-status", "message/disposition-notification", "message/feedback-report"}


class Texts:
    """The texts of a mail put together, with whose words each line is. A mail that is quoted in one of them without
    marks goes on in the next: programs divide a text where a picture or a file stands in it."""

    def __init__(self) -> None:
        self.text, self.own, self.empty, self.cut = "", list[bool](), True, False

    def add(self, text: str, *, others: bool) -> None:
        before = "" if self.empty else self.text + "\n\n"
        self.own += [True] * (len((before + "x").splitlines()) - 1 - len(self.own))
        own, cut = whose.told(text)
        self.own += [False] * len(own) if others or self.cut else own
        self.cut = self.cut or (cut and not others)
        self.text, self.empty = before + text, False


def take_apart(message: Message, out: Mail) -> None:
    number = 0
    plain, rich, sources = Texts(), Texts(), list[str]()
    for part, depth, others in walk(message):
        kind = part.get_content_type()
        out.report = out.report or (kind in REPORTS and not others)
        if out.report and kind in REPORTS - {"message/delivery-status"}:
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
        one_part(part, kind, number, out, plain, sources, others, rich)
    out.text, out.own = plain.text[:MOST_TEXT], plain.own
    out.html = "\n".join(sources)[:MOST_HTML] if sources else None
    out.html_text, out.html_own = rich.text[:MOST_TEXT], rich.own
    out.shown = frozenset(re.findall(r"cid:([^\"'\s>)]{1,200})", out.html or "")[:MOST_PARTS])
    if not out.text.strip():
        out.text, out.own = out.html_text, out.html_own


def one_part(
    part: Message,
    kind: str,
    number: int,
    out: Mail,
    plain: Texts,
    sources: list[str],
    others: bool,
    rich: Texts,
) -> None:
    name = file_name(part)
    data = payload(part)
    out.parts.append({"n": number, "type": kind, "name": name, "size": len(data)})
    disposition = str(part.get("Content-Disposition", ""))[:200].strip().lower()
    attached = disposition.startswith("attachment")
    if kind == "text/plain" and not attached and len(plain.text) < MOST_TEXT:
        out.text_part = out.text_part or number
        text = whose.apart(unflowed(as_text(data[:MOST_TEXT], charset_of(part)), part))
        if "begin" in text or "=ybegin" in text:
            text, opened = unpack.uuencoded(text)
            out.inside += [(opened, number, others)]
        plain.add(text, others=others)
    elif kind == "text/html" and not attached and len(rich.text) < MOST_TEXT:
        source = as_text(data[:MOST_HTML], charset_of(part))
        sources.append(source)
        rich.add(markup.text_of_html(source), others=others)
    elif kind == "message/external-body":
        out.flags.add("unread-attachment")
    else:
        cid = str(part.get("Content-ID", ""))[:200].strip(" <>")
        out.attachments.append(Attachment(number, kind, name, data, others, disposition.startswith("inline"), cid))


def unflowed(text: str, part: Message) -> str:
    """The text of a part whose lines were broken in its words too, each put together again (RFC 3676, DelSp=yes).

    Where lines are broken at blanks only, they stay as they stand: no address is broken there.
    """
    if parameter(part, "format") != "flowed" or parameter(part, "delsp") != "yes":
        return text
    out: list[str] = []
    depth, soft = 0, False
    for line in text.replace("\r\n", "\n").split("\n"):
        marks = len(line) - len(line.lstrip(">"))
        said = line[marks:].removeprefix(" ")
        if soft and marks == depth and said != "-- ":
            out[-1] += said
        else:
            out.append(f"{'>' * marks} {said}" if marks else said)
        depth, soft = marks, said.endswith(" ") and said != "-- "
        out[-1] = out[-1][:-1] if soft else out[-1]
    return "\n".join(out)


def parameter(part: Message, name: str) -> str:
    """A parameter of a part's type, in small letters; empty where there is none."""
    try:
        return str(part.get_param(name) or "").strip().lower()
    except (TypeError, ValueError, LookupError, IndexError):
        return ""


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
    if len(values(message, "From")) > 1 or len(senders(message)) > 1:
        flags.add("several-senders")
    return flags
