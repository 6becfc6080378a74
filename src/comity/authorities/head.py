"""The head of a mail, split once (RFC 5322, 2.1 and 2.2).

What is verified, what is read, what threads and what detects automatic mail all take their fields from here, so that no
two of them can see different bytes. Pure. A line ends at LF, preceded by CR in a correct mail. Anything else that some
program takes for a line end (a CR alone, an LF alone, a NUL) is a flaw: a mail with one may be read, but no signature
over it counts.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

END = re.compile(rb"\n\r?\n|\A\r?\n")
NAME = re.compile(rb"([\x21-\x39\x3b-\x7e]+)([ \t]*):")
# Fields that may occur once (RFC 5322, 3.6; RFC 2045, 3; RFC 2183, 2; RFC 3834, 5): of two, programs pick differently.
SINGLE = frozenset({"from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "in-reply-to"})
SINGLE |= {"references", "mime-version", "content-type", "content-transfer-encoding", "content-disposition"}
SINGLE |= {"auto-submitted"}
CHARSET = r";\s*charset=\"?(?:us-ascii|utf-8|iso-8859-\d{1,2}|windows-125\d)\"?"
PLAIN = re.compile(rf"text/plain(?:{CHARSET})?(?:;\s*format=\"?(?:flowed|fixed)\"?)?(?:{CHARSET})?;?")
MARKUP = re.compile(rf"text/html(?:{CHARSET})?;?")
# Parameters that all programs split alike: plain words, or quoted characters that are no separators.
VALUE = r"(?:[\w.+-]{1,70}|\"[^\"\\;=<>]{0,200}\")"
BOUNDARY = r"(?:\"(?P<quoted>[^\"\\;<>]{1,70})\"|(?P<bare>[\w'+.=/-]{1,70}))"
MORE = rf"(?:\s*;\s*(?:charset|type|start|start-info|protocol|micalg|format|differences)={VALUE})*"
PARTS = re.compile(
    rf"multipart/(?:mixed|alternative|related|signed){MORE}\s*;\s*boundary={BOUNDARY}{MORE}\s*;?\s*",
    re.IGNORECASE | re.ASCII,
)
PREAMBLE = re.compile(rb"\s*(?:This is (?:a|an) [^\r\n]{5,100}\r?\n(?:[^\r\n-][^\r\n]{0,100}\r?\n){0,2}\s*)?")
# Parts or markup: a body that would read differently under another Content-Type.
BUILT = re.compile(
    rb"(?mi)^--[^\r\n]+\r?\n(?:[a-z][a-z-]{0,60}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n){0,20}){0,20}content-"
    rb"|<(?:!--|/?[a-z][a-z0-9]*(?:\s[^<>]{0,2000})?/?>)"
)
DELIMITED = re.compile(rb"(?m)^(--[^\r\n]{1,72}?)[ \t]*\r?$")
MARKED = re.compile(rb"(?m)^[ \t]*>")
ESCAPES = re.compile(rb"(?i)=(?:[0-9a-f]{2}|[ \t]*\r?\n)")
ENCODED = re.compile(rb"(?:[A-Za-z0-9+/]{4,76}\r?\n)*[A-Za-z0-9+/]{2,76}={0,2}\s*")
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")  # the content type of an S/MIME message (RFC 5652, 5.1)
IDENTITY = {"", "7bit", "8bit", "binary"}
MOST_PLAIN = 1 << 20
MOST_HEAD = 2 << 20
MOST_LINES = 50_000


@dataclass(frozen=True)
class Field:
    """One header field: its name in lower case, and its lines as they came, without the last line end."""

    name: str
    raw: bytes

    @property
    def value(self) -> str:
        """What follows the colon, unfolded (RFC 5322, 2.2.3)."""
        return re.sub(r"\r?\n", "", self.raw.partition(b":")[2].decode("utf-8", "replace")).strip()


@dataclass(frozen=True)
class Head:
    """The fields in order, the body, and why programs might split this head in different ways (`flaws`)."""

    fields: tuple[Field, ...]
    body: bytes
    flaws: frozenset[str]

    def all(self, name: str) -> list[Field]:
        """Every field of a name (in lower case)."""
        return [field for field in self.fields if field.name == name]

    def doubled(self) -> list[str]:
        """The names that may occur once and occur more often."""
        counted = Counter(field.name for field in self.fields)
        return sorted(name for name in SINGLE if counted[name] > 1)

    def message(self, fields: Iterable[Field] | None = None) -> bytes:
        """The mail as every parser is to get it: these fields (or all of them), one blank line, the body."""
        chosen = self.fields if fields is None else fields
        return b"".join(field.raw + b"\r\n" for field in chosen) + b"\r\n" + self.body

    def shaped_beside(self, covered: Iterable[str]) -> list[str]:
        """The fields outside `covered` that could change how the body reads, by being there or by being left out.

        A field shapes nothing if the signed body leaves no choice: plain text that reads the same either way, or parts
        that start and end with the very boundary (docs/decisions/what-a-signature-must-cover.md).
        """
        checks: dict[str, Callable[[], bool]] = {
            "content-type": self._typed_by_itself,
            "content-transfer-encoding": self._encoded_by_itself,
            "content-disposition": lambda: self._values("content-disposition") <= {"inline"},
            "subject": lambda: not self.all("subject"),  # its "Fwd:" says whether a mail is forwarded
        }
        return [name for name, forced in checks.items() if name not in set(covered) and not forced()]

    def _values(self, name: str) -> set[str]:
        return {field.value.lower() for field in self.all(name)}

    def _typed_by_itself(self) -> bool:
        """Whether the body fits no Content-Type but the one given."""
        said = next(iter(self.all("content-type")), None)
        value = said.value if said else "text/plain"
        if value.lower().startswith("multipart/"):
            return self._bounded_by(value)
        if len(self.body) > MOST_PLAIN:
            return False
        words = self._decoded()
        if PLAIN.fullmatch(value.lower()):
            return not BUILT.search(words) and not _delimited(words) and SIGNED_DATA not in words[:40]
        if MARKUP.fullmatch(value.lower()):
            return words.lstrip().startswith(b"<") and bool(BUILT.search(words)) and not MARKED.search(words)
        return SIGNED_DATA in words[:40]  # read by its content, whatever the field calls it

    def _bounded_by(self, value: str) -> bool:
        """Whether the body starts and ends with the boundary named, and so has no other reading."""
        named = PARTS.fullmatch(value)
        if named is None:
            return False
        delimiter = b"--" + (named["quoted"] or named["bare"]).rstrip().encode("ascii", "replace")
        start = PREAMBLE.match(self.body)
        begins = re.compile(re.escape(delimiter) + rb"[ \t]*\r?\n").match(self.body, start.end() if start else 0)
        return bool(begins) and self.body.rstrip().endswith(b"\n" + delimiter + b"--")

    def _encoded_by_itself(self) -> bool:
        """Whether the body itself shows the encoding that is given; parts have their own encodings."""
        said = self._values("content-transfer-encoding")
        if any(PARTS.fullmatch(value) for value in self._values("content-type")):
            return True
        if len(self.body) > MOST_PLAIN:
            return False
        if self._looks_encoded():
            return said == {"base64"}
        signs, escaped = self.body.count(b"="), len(ESCAPES.findall(self.body))
        if self.body.isascii() and 0 < signs == escaped:
            return said == {"quoted-printable"}
        return said <= IDENTITY | ({"quoted-printable"} if not signs else set())

    def _looks_encoded(self) -> bool:
        return len(self.body) > 40 and bool(ENCODED.fullmatch(self.body))

    def _decoded(self) -> bytes:
        return base64.b64decode(self.body + b"==") if self._looks_encoded() else self.body


def _delimited(words: bytes) -> bool:
    """Whether lines of a text could divide it into parts: a delimiter, and the one that closes the last part."""
    lines = set(DELIMITED.findall(words))
    return any(line + b"--" in lines for line in lines)


def split(raw: bytes) -> Head:
    """Head and body of a mail. A line that is not a field ends the head: the rest is read as the body.

    A mail whose lines all end with CR alone is normalised and flawed, rather than read as one endless line. A head is
    cut after MOST_HEAD bytes or MOST_LINES lines, with the flaw `endless`.
    """
    flaws: set[str] = set()
    if b"\n" not in raw and b"\r" in raw:
        flaws.add("bare-cr")
        raw = raw.replace(b"\r", b"\r\n")
    end = END.search(raw)
    if end and end[0] not in (b"\n\r\n", b"\r\n"):
        flaws.add("bare-lf")
    head, body = (raw[: end.start() + 1], raw[end.end() :]) if end else (raw, b"")
    fields, rest = _fields(_lines(head, flaws) if end is None or end.start() else [], flaws)
    return Head(tuple(fields), rest + body, frozenset(flaws))


def _lines(head: bytes, flaws: set[str]) -> list[bytes]:
    lines = head[:MOST_HEAD].split(b"\n", MOST_LINES)
    if len(head) > MOST_HEAD or len(lines) > MOST_LINES:
        flaws.add("endless")
        lines.pop()
    elif lines[-1] == b"":
        lines.pop()
    else:
        lines[-1] += b"\r"  # a mail truncated within its head
    return lines


def _fields(lines: list[bytes], flaws: set[str]) -> tuple[list[Field], bytes]:
    """The fields, and whatever in the head isn't one."""
    out: list[tuple[str, list[bytes]]] = []
    rest = b""
    for number, line in enumerate(lines):
        clean = _clean(line, flaws)
        if number == 0 and clean.startswith(b"From "):
            continue  # an mbox separator (RFC 4155): not a field, and no signature covers it
        if clean[:1] in (b" ", b"\t"):
            out[-1][1].append(clean) if out else flaws.add("malformed")
        elif name := NAME.match(clean):
            flaws |= {"malformed"} if name[2] else set()
            out.append((name[1].lower().decode("ascii"), [name[1] + clean[name.end(2) :]]))
        else:
            flaws.add("malformed")
            rest = b"\n".join([*lines[number:], b"\r\n"])
            break
    return [Field(name, b"\r\n".join(folded)) for name, folded in out], rest


def _clean(line: bytes, flaws: set[str]) -> bytes:
    """A line without its end, with a blank for every character at which others would split or cut it."""
    if line.endswith(b"\r"):
        line = line[:-1]
    else:
        flaws.add("bare-lf")
    flaws |= {flaw for mark, flaw in ((b"\r", "bare-cr"), (b"\0", "nul")) if mark in line}
    return line.replace(b"\r", b" ").replace(b"\0", b" ")
