"""What a `winmail.dat` holds (TNEF): the body that Outlook packed away, files, and whole messages.

Pure, run in the limited child. Own code, because the one Python library for it is from 2021 and under the LGPL. Every
length is checked against the bytes that are there; what is damaged ends the walk and says so, and what was read until
then is kept. Sources: [MS-OXTNEF], [MS-OXPROPS].
"""

from __future__ import annotations

import codecs
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime

SIGNATURE = b"\x78\x9f\x3e\x22"
MOST_ATTRIBUTES = 5_000
MOST_VALUES = 50_000
MOST_FILES = 200
SUBJECT, BODY, TITLE, DATA = 0x8004, 0x800C, 0x8010, 0x800F
RENDERING, MESSAGE_PROPERTIES, ATTACHMENT, CODEPAGE = 0x9002, 0x9003, 0x9005, 0x9007
IMESSAGE = bytes.fromhex("0703020000000000c000000000000046")
FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
TEXT, WIDE, OBJECT, BINARY = 0x1E, 0x1F, 0x0D, 0x102


@dataclass
class File:
    name: str = ""
    data: bytes = b""
    referenced: bool = False
    message: bytes | None = None


@dataclass
class Tnef:
    """Texts are decoded; `rtf` is still packed (see `rtf.unpacked`)."""

    body: str = ""
    html: str = ""
    rtf: bytes = b""
    files: list[File] = field(default_factory=list)
    properties: dict[int, bytes | str] = field(default_factory=dict)
    damaged: bool = False
    codepage: str = "cp1252"
    values: int = 0


def parse(data: bytes) -> Tnef:
    """The parts of one stream. Raises ValueError where it is none at all."""
    if data[:4] != SIGNATURE or len(data) < 6:
        raise ValueError("no TNEF")
    out = Tnef()
    try:
        for name, value in attributes(data):
            attribute(out, name, value)
    except (ValueError, struct.error, IndexError):
        out.damaged = True
    told = out.properties
    out.body = out.body or as_text(told.get(0x1000, ""), out.codepage)
    cpid = told.get(0x3FDE, b"")
    page = page_of(cpid[:4]) if isinstance(cpid, bytes) and len(cpid) >= 4 else out.codepage
    out.html = as_text(told.get(0x1013, ""), page)
    packed = told.get(0x1009, b"")
    out.rtf = packed if isinstance(packed, bytes) else b""
    return out


def attributes(data: bytes) -> list[tuple[int, bytes]]:
    """All attributes in their order; a last one that is cut short is marked by an empty name."""
    found: list[tuple[int, bytes]] = []
    at = 6
    while at + 9 <= len(data) and len(found) < MOST_ATTRIBUTES:
        _, name, _, size = struct.unpack_from("<BHHI", data, at)
        value = data[at + 9 : at + 9 + size]
        if len(value) < size:
            return [*found, (0, b"")]
        found.append((name, value))
        at += 9 + size + 2
    return found if at >= len(data) - 2 else [*found, (0, b"")]


def attribute(out: Tnef, name: int, value: bytes) -> None:
    if name == 0:
        raise ValueError("cut short")
    if name == CODEPAGE and len(value) >= 4:
        out.codepage = page_of(value[:4])
    elif name == RENDERING and len(out.files) < MOST_FILES:
        out.files.append(File())
    elif name == MESSAGE_PROPERTIES:
        out.properties |= properties(value, out)
    elif name == BODY:
        out.body = as_text(value, out.codepage)
    elif name == SUBJECT:
        out.properties.setdefault(0x37, as_text(value, out.codepage))
    elif name in {TITLE, DATA, ATTACHMENT}:
        if not out.files:
            out.files.append(File())
        file_part(out, name, value)


def file_part(out: Tnef, name: int, value: bytes) -> None:
    file, codepage = out.files[-1], out.codepage
    if name == TITLE:
        file.name = file.name or as_text(value, codepage)
    elif name == DATA:
        file.data = value
    else:
        told = properties(value, out)
        file.name = as_text(told.get(0x3707, ""), codepage) or file.name or as_text(told.get(0x3704, ""), codepage)
        file.referenced = bool(told.get(0x3712))
        inside = told.get(0x3701, b"")
        if isinstance(inside, bytes) and inside[:16] == IMESSAGE and inside[16:20] == SIGNATURE:
            file.message = inside[16:]
        elif isinstance(inside, bytes) and inside:
            file.data = inside[16:] if inside[16:20] == b"\xd0\xcf\x11\xe0" else file.data or inside


def properties(data: bytes, out: Tnef) -> dict[int, bytes | str]:
    """MAPI properties by their number, the first value of each. Raises ValueError where a length lies."""
    (count,) = struct.unpack_from("<I", data)
    found: dict[int, bytes | str] = {}
    at = 4
    for _ in range(count):
        kind, number = struct.unpack_from("<HH", data, at)
        at = past_name(data, at + 4) if number >= 0x8000 else at + 4
        many, kind = kind & 0x1000, kind & ~0x1000
        values = 1
        if many or kind not in FIXED:
            (values,) = struct.unpack_from("<I", data, at)
            at += 4
        for _ in range(values):
            out.values += 1
            if out.values > MOST_VALUES:
                raise ValueError("more values than are followed")
            value, at = one_value(data, at, kind)
            found.setdefault(number, decoded(value, kind, out.codepage))
    return found


def decoded(value: bytes, kind: int, codepage: str) -> bytes | str:
    return as_text(value, codepage if kind == TEXT else "utf-16-le") if kind in {TEXT, WIDE} else value


def past_name(data: bytes, at: int) -> int:
    (by_name,) = struct.unpack_from("<I", data, at + 16)
    (size,) = struct.unpack_from("<I", data, at + 20)
    return at + 24 + (padded(size) if by_name else 0)


def one_value(data: bytes, at: int, kind: int) -> tuple[bytes, int]:
    if kind in FIXED:
        size, start = FIXED[kind], at
    elif kind in {TEXT, WIDE, OBJECT, BINARY}:
        (size,) = struct.unpack_from("<I", data, at)
        start = at + 4
    else:
        raise ValueError("a type of property that does not exist")
    if start + size > len(data):
        raise ValueError("a length that lies")
    return data[start : start + size], start + padded(size)


def padded(size: int) -> int:
    return (size + 3) // 4 * 4


def page_of(number: bytes) -> str:
    """The name of a Windows code page; Windows-1252 where it is unknown."""
    (page,) = struct.unpack("<I", number)
    name = {65001: "utf-8", 20127: "ascii", 28591: "latin-1", 20866: "koi8-r", 21866: "koi8-u"}.get(page, f"cp{page}")
    name = f"iso8859-{page - 28590}" if 28592 <= page <= 28606 else name
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def as_text(value: bytes | str, codepage: str) -> str:
    return (value.decode(codepage, "replace") if isinstance(value, bytes) else value).rstrip("\x00")


def as_mail(inner: Tnef) -> bytes:
    """A message that Outlook packed into another, as an internet mail: its sender is claimed, never proven."""
    mail = MIMEMultipart()
    told = {number: line(value) for number, value in inner.properties.items() if isinstance(value, str)}
    address = next((told[n] for n in (0x5D01, 0x5D02, 0x39FE, 0x0065, 0x0C1F) if "@" in told.get(n, "")), "")
    mail["From"] = f"{encoded(told.get(0x0042) or told.get(0x0C1A, ''))} <{address.strip('<>')}>"
    mail["To"] = encoded(told.get(0x0E04, ""))
    mail["Subject"] = encoded(told.get(0x0037, ""))
    if sent := sent_at(inner.properties.get(0x0039, b"")):
        mail["Date"] = sent
    if "@" in told.get(0x1035, ""):
        mail["Message-ID"] = told[0x1035]
    if inner.body or not inner.html:
        mail.attach(MIMEText(inner.body.replace("\r\n", "\n"), "plain", "utf-8"))
    else:
        mail.attach(MIMEText(inner.html, "html", "utf-8"))
    for file in inner.files:
        part = MIMEApplication(file.message or file.data, "ms-tnef" if file.message else "octet-stream")
        part.add_header(
            "Content-Disposition", "attachment", filename=line(file.name).encode("ascii", "replace").decode()
        )
        mail.attach(part)
    return mail.as_bytes()


def line(value: str) -> str:
    """A header's value: one line, no controls, at most five hundred characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())[:500]


def encoded(value: str) -> str:
    plain = value.isascii() and not set(value) & set('<>"(),;:@[]\\')
    return (
        value if plain else Header(value.encode("utf-8", "replace").decode(), "utf-8", 10_000).encode(maxlinelen=10_000)
    )


def sent_at(value: bytes | str) -> str:
    """A FILETIME (UTC) as a mail's Date; empty where there is none."""
    if not isinstance(value, bytes) or len(value) < 8:
        return ""
    (ticks,) = struct.unpack("<Q", value[:8])
    try:
        at = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return ""
    return format_datetime(at)
