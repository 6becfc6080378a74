"""What a CMS message (RFC 5652) holds: the signed entity of S/MIME, or the signed file of a `.p7m`.

Pure, run in the limited child. It only takes out: who signed, and whether the signature holds, is not looked at here
and no certificate is trusted; the DKIM signature of the mail around it decides. Own code, because `cryptography` reads
DER only and doesn't give the content, while mail programs write BER with indefinite lengths: this reads both, follows
the one path to the content and skips everything else in a bounded number of steps.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from dataclasses import dataclass

MOST_STEPS = 300_000
MOST_CONTENT = 30_000_000
PKCS7 = bytes.fromhex("2a864886f70d0107")
SMIME_TYPES = bytes.fromhex("2a864886f70d01091001")
DATA, SIGNED = PKCS7 + b"\x01", PKCS7 + b"\x02"
COMPRESSED = SMIME_TYPES + b"\x09"
ENCRYPTED = frozenset([PKCS7 + b"\x03", PKCS7 + b"\x04", PKCS7 + b"\x06", SMIME_TYPES + b"\x17"])
SEQUENCE, SET, OID, OCTETS, CHUNKED, FIRST = 0x30, 0x31, 0x06, 0x04, 0x24, 0xA0
PEM = re.compile(rb"-----BEGIN (?:PKCS ?#?7[A-Z0-9 ]*|CMS)-----\s+([A-Za-z0-9+/=\s]+?)-----END")


@dataclass(frozen=True)
class Message:
    """`content` is None where there is none inside: a detached signature, or certificates alone."""

    encrypted: bool
    content: bytes | None


def message(data: bytes) -> Message:
    """A CMS message in DER, BER, PEM or base64. Raises ValueError for what is none, is damaged, or is cut short."""
    reader = Ber(der(data))
    reader.enter(SEQUENCE)
    kind = reader.value(OID)
    if kind in ENCRYPTED:
        return Message(True, None)
    if kind == DATA:
        return Message(False, reader.content())
    if kind not in {SIGNED, COMPRESSED}:
        raise ValueError("a kind of CMS message that is not read")
    reader.enter(FIRST)
    reader.enter(SEQUENCE)
    reader.skip()  # version
    reader.skip()  # digest or compression algorithms
    size = reader.enter(SEQUENCE)
    end = None if size is None else reader.at + size
    reader.value(OID)
    # Past the end of this element the certificates begin, and they wear the same tag as the content.
    content = reader.content() if end is None or reader.at < end else None
    return Message(False, inflated(content) if kind == COMPRESSED and content else content)


def looks_like(data: bytes) -> bool:
    """Whether these bytes begin as a CMS message does, in any of its clothes."""
    head = der(data[:400], partly=True)
    return head[:1] == b"\x30" and any(oid in head[2:24] for oid in (b"\x06\x09" + PKCS7, b"\x06\x0b" + SMIME_TYPES))


def der(data: bytes, partly: bool = False) -> bytes:
    """The binary form. `partly`: of a beginning only, never raising."""
    if data[:1] == b"\x30":  # in base64 it would be an M
        return data
    armoured = PEM.search(data + b"-----END" if partly else data)
    packed = b"".join((armoured[1] if armoured else data).split())
    if partly:
        packed = re.split(rb"[^A-Za-z0-9+/]", packed)[0]
        packed = packed[: len(packed) // 4 * 4]
    try:
        return base64.b64decode(packed, validate=True)
    except binascii.Error:
        return data


def inflated(data: bytes) -> bytes:
    unpack = zlib.decompressobj()
    try:
        out = unpack.decompress(data, MOST_CONTENT)
    except zlib.error as error:
        raise ValueError("damaged compressed content") from error
    if unpack.unconsumed_tail or not unpack.eof:
        raise ValueError("compressed content that is cut short or too large")
    return out


class Ber:
    """Elements of BER one after another, without recursion (X.690, clause 8.1)."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.steps = 0

    def head(self) -> tuple[int, int | None]:
        """(tag, length) of the next element, length None where indefinite; `at` then stands at its contents."""
        self.steps += 1
        if self.steps > MOST_STEPS or self.at + 2 > len(self.data):
            raise ValueError("cut short, or more elements than are followed")
        tag, self.at = self.data[self.at], self.at + 1
        while tag & 0x1F == 0x1F and self.data[self.at] & 0x80 and self.at + 2 < len(self.data):
            self.at += 1
        self.at += tag & 0x1F == 0x1F
        first, self.at = self.data[self.at : self.at + 1], self.at + 1
        if not first:
            raise ValueError("cut short")
        if first[0] <= 0x80:
            return tag, None if first[0] == 0x80 else first[0]
        size = first[0] & 0x7F
        if size > 8:
            raise ValueError("a length of more than eight bytes")
        length = int.from_bytes(self.data[self.at : self.at + size], "big")
        self.at += size
        if self.at + length > len(self.data):
            raise ValueError("cut short")
        return tag, length

    def enter(self, wanted: int) -> int | None:
        tag, length = self.head()
        if tag != wanted:
            raise ValueError(f"element {tag:#x} where {wanted:#x} belongs")
        return length

    def value(self, wanted: int) -> bytes:
        length = self.enter(wanted)
        if length is None:
            raise ValueError("a plain value without a length")
        start, self.at = self.at, self.at + length
        return self.data[start : self.at]

    def skip(self) -> None:
        """Past one whole element: those without a length are followed to their end."""
        open_ones = 0
        while True:
            tag, length = self.head()
            if tag == 0 and length == 0:
                open_ones -= 1
            elif length is None:
                open_ones += 1
            else:
                self.at += length
            if open_ones <= 0:
                return

    def content(self) -> bytes | None:
        """The octets of `[0] EXPLICIT OCTET STRING OPTIONAL`, put together where they come in pieces."""
        if self.data[self.at : self.at + 1] != bytes([FIRST]):
            return None
        self.enter(FIRST)
        tag, length = self.head()
        if tag == OCTETS and length is not None:
            return self.data[self.at : self.at + length]
        if tag != CHUNKED:
            raise ValueError("content that is no string of octets")
        return self.pieces(len(self.data) if length is None else self.at + length, length is None)

    def pieces(self, end: int, endless: bool) -> bytes:
        out: list[bytes] = []
        open_ones = int(endless)
        while self.at < end:
            tag, length = self.head()
            if tag == 0 and length == 0:
                open_ones -= 1
                if open_ones == 0:
                    return b"".join(out)
            elif tag == CHUNKED:
                open_ones += length is None
            elif tag == OCTETS and length is not None:
                out.append(self.data[self.at : self.at + length])
                self.at += length
            else:
                raise ValueError("content that is no string of octets")
        if open_ones:
            raise ValueError("cut short")
        return b"".join(out)
