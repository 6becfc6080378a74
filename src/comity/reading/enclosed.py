"""Whole mails inside of something: `message/rfc822` in any encoding, `.eml` as a plain file, mailboxes; and uuencode.

Pure, run in the limited child. What such a mail says is somebody else's words, so a file that begins as a mail is one,
whatever its type and name claim.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re

MOST_MAILS = 20
MOST_HEAD = 64 * 1024
MOST_FILES = 20
FIELD = re.compile(rb"([A-Za-z][A-Za-z0-9-]{1,60})[ \t]{0,20}:")
SENDERS = frozenset([b"from", b"sender", b"return-path", b"resent-from"])
OTHERS = frozenset(
    [
        b"to",
        b"cc",
        b"date",
        b"sent",
        b"subject",
        b"message-id",
        b"received",
        b"mime-version",
        b"reply-to",
        b"delivered-to",
    ]
)
MBOX = re.compile(rb"^From \S{1,320} .{0,40}\d{4}[^\r\n]{0,40}\r?\n(?=[A-Za-z][A-Za-z0-9-]{1,60}:)", re.MULTILINE)
END = re.compile(r"^(?:end|====)[ \t]{0,9}\r?$", re.MULTILINE)
UUENCODED = re.compile(r"^begin(-base64)? [0-7]{3,4} ([^\r\n]{1,200})\r?$", re.MULTILINE)


def looks_like_mail(data: bytes) -> bool:
    """Whether these bytes begin with the head of a mail: a sender and two more of the fields that mails have."""
    names: set[bytes] = set()
    head = data[:MOST_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    for number, line in enumerate(head.splitlines()[:200]):
        if number == 0 and line.startswith((b"From ", b">From ")):
            continue
        if line[:1] in {b" ", b"\t"} and number:
            continue
        field = FIELD.match(line)
        if field is None:
            break
        names.add(field[1].lower())
    return bool(names & SENDERS) and len(names & OTHERS) >= 2


def begins_with_a_field(data: bytes) -> bool:
    return FIELD.match(data.lstrip(b"\xef\xbb\xbf \t\r\n")[:100]) is not None


def looks_like_entity(data: bytes) -> bool:
    """Whether these bytes begin as a MIME entity does, as the content of an S/MIME message must."""
    first = data[:2_000].lstrip(b"\r\n").split(b"\n", 1)[0]
    return bool(re.match(rb"(?i)(?:content-[a-z-]{1,40}|mime-version)[ \t]*:", first)) or looks_like_mail(data)


def mails(data: bytes, encoding: str = "") -> tuple[bytes, ...]:
    """The whole mails in these bytes, at most twenty; empty where there is none.

    `encoding` is the Content-Transfer-Encoding of the part, where the reader of the mail left it undone: RFC 2046
    forbids it for `message/rfc822`, and it's met all the same.
    """
    plain = decoded(data, encoding)
    if not looks_like_mail(plain):
        plain = decoded(data, "base64")
    if not looks_like_mail(plain):
        return ()
    plain = plain.lstrip(b"\xef\xbb\xbf \t\r\n")
    starts = [m.start() for m in MBOX.finditer(plain)]
    if len(starts) < 2 or starts[0]:
        return (re.sub(rb"\A>?From [^\r\n]{0,500}\r?\n", b"", plain),)
    ends = [*starts[1:], len(plain)]
    found = (plain[start:end] for start, end in zip(starts[:MOST_MAILS], ends, strict=False))
    return tuple(one.split(b"\n", 1)[1] for one in found)


def decoded(data: bytes, encoding: str) -> bytes:
    """Bytes with a transfer encoding undone; as they are where it doesn't fit."""
    name = encoding.strip().lower()
    if name == "quoted-printable":
        return quopri.decodestring(data)
    if name == "base64":
        return from_base64(data) or data
    return data


def from_base64(data: bytes) -> bytes:
    """What these bytes encode where all of them are base64; else nothing."""
    packed = b"".join(data.split())
    if len(packed) < 64 or not re.fullmatch(rb"[A-Za-z0-9+/]+={0,2}", packed):
        return b""
    try:
        return base64.b64decode(packed, validate=True)
    except binascii.Error:
        return b""


def uuencoded(text: str) -> tuple[str, list[tuple[str, bytes | None]]]:
    """(the text without them, files that it carries by `begin 644 name` … `end`); None for one that is damaged."""
    rest: list[str] = []
    files: list[tuple[str, bytes | None]] = []
    at = seen = 0
    for m in UUENCODED.finditer(text):
        if m.start() < seen:
            continue
        stop = END.search(text, m.end())
        if stop is None or len(files) >= MOST_FILES:
            break
        seen = stop.end()
        lines = text[m.end() : stop.start()].split("\n")
        if all(len(line) < 100 for line in lines):
            files.append((m[2].strip(), from_lines(lines, bool(m[1]))))
            rest.append(text[at : m.start()])
            at = seen
    return "".join([*rest, text[at:]]), files


def from_lines(lines: list[str], base64_: bool) -> bytes | None:
    if base64_:
        return from_base64("".join(lines).encode("ascii", "replace")) or None
    return unpacked(lines)


def unpacked(lines: list[str]) -> bytes | None:
    out: list[bytes] = []
    for line in lines:
        packed = line.rstrip("\r").encode("ascii", "replace")
        if not packed.strip() or packed[:1] in {b"`", b" "}:
            continue
        try:
            out.append(binascii.a2b_uu(packed))
        except binascii.Error:
            # Some writers pad the last line wrongly: the first octets that it counts are right.
            size = ((packed[0] - 32) & 63) * 4 // 3 + 2
            try:
                out.append(binascii.a2b_uu(packed[:size]))
            except binascii.Error:
                return None
    return b"".join(out)
