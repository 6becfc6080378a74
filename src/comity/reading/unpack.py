"""What an attachment holds: files, whole mails, texts; or that it stays unread. Chosen by its bytes, not by its name.

Pure, and only ever run in the limited child. Everything is bounded over all depths together: members, bytes unpacked,
nesting. Nothing found is lost in silence: what isn't opened and may hold an order is named in `unread`, with a flag.
Nothing here proves anything: a signature inside (S/MIME, PGP) is not verified, and whoever packed a file isn't known.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from zipfile import ZipFile, ZipInfo

from comity.reading import archive, enclosed, odt, rtf, smime, sniff, tnef
from comity.reading.sniff import kind

MOST_MEMBERS = 50
MOST_UNPACKED = 30_000_000
MOST_DEPTH = 2
MOST_DOCUMENTS = 4
MOST_RATIO = 100
MOST_UNREAD = 50
FREE_RATIO = 1_000_000
FAULTS = (*archive.FAULTS, LookupError, TypeError, AttributeError, AssertionError)
# Types that can't hold an order, wherever they lie.
HARMLESS = re.compile(
    r"(?:audio|video|font)/.*|text/(?:calendar|(?:x-)?vcard|directory|css)|application/(?:x-)?pkcs7-signature"
    r"|application/pgp-(?:signature|keys)|application/applefile|application/ics|application/x-pkcs7-certificates"
    r"|application/(?:x-x509-ca-cert|pkix-cert)|image/x-icon|application/x-font.*"
)
NO_DOCUMENT = re.compile(
    r"(?:^|/)(?:__MACOSX/|\._|\.DS_Store|Thumbs\.db|desktop\.ini)"
    r"|\.(?:p7s|asc|sig|vcf|ics|mp3|m4a|wav|ogg|mp4|mov|avi|mkv|webm|ttf|otf|woff2?|css|crt|cer)$",
    re.IGNORECASE,
)
MACROS = re.compile(r"vbaProject\.bin$|^Basic/.+/.+\.xml$|^Scripts/.+", re.IGNORECASE)
ENCRYPTED_OLE = "EncryptedPackage".encode("utf-16-le")
MACROS_OLE = "_VBA_PROJECT".encode("utf-16-le")
SMALL, PAGE_WIDTH, PAGE_HEIGHT = 150, 500, 700
DECORATION = 20_000


@dataclass(frozen=True)
class Inner:
    """A file found inside; `type` is what its bytes are."""

    name: str
    type: str
    data: bytes


@dataclass(frozen=True)
class Said:
    """A text that the container itself holds; `type` is text/plain or text/html."""

    type: str
    text: str


@dataclass(frozen=True)
class Opened:
    """What an attachment holds.

    `mails` are whole mails, somebody else's words. `entity` is the MIME entity that an opaque S/MIME message carries:
    the mail's own body in another wrapping where the message is the mail's root part, else an enclosed one. `unread`
    names what could not be opened and may hold an order. Flags: encrypted-attachment, unread-attachment, zip-bomb,
    damaged-archive, macros.
    """

    parts: tuple[Inner, ...] = ()
    mails: tuple[bytes, ...] = ()
    entity: bytes | None = None
    texts: tuple[Said, ...] = ()
    flags: frozenset[str] = frozenset()
    unread: tuple[str, ...] = ()


@dataclass
class Bag:
    """What one opening gathers, with what is left of its bounds."""

    parts: list[Inner] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    entity: bytes | None = None
    texts: list[Said] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)
    members: int = 0
    size: int = 0
    documents: int = 0

    def leave(self, name: str, *flags: str) -> None:
        """Not opened, and it may hold an order."""
        self.flags |= {"unread-attachment", *flags}
        if len(self.unread) < MOST_UNREAD:
            self.unread.append(safe(name))

    def take(self, size: int) -> bool:
        """Whether one member more of this size still fits."""
        self.members += 1
        self.size += size
        return self.members <= MOST_MEMBERS and self.size <= MOST_UNPACKED

    def take_document(self) -> bool:
        """Whether one document more may be read here: each may unpack to much."""
        self.documents += 1
        return self.documents <= MOST_DOCUMENTS

    def done(self) -> Opened:
        return Opened(
            tuple(self.parts),
            tuple(self.mails),
            self.entity,
            tuple(self.texts),
            frozenset(self.flags),
            tuple(self.unread),
        )


def open_attachment(type: str, name: str, data: bytes) -> Opened | None:
    """What an attachment holds; None where it is no container.

    PDF, DOCX, text and HTML are read elsewhere, pictures need their place in the mail (`can_hold_an_order`): None.
    Never raises for any bytes; MemoryError excepted, which the child's limits answer.
    """
    found = kind(type, name, data)
    bag = Bag()
    if found == sniff.PLAIN and plain(bag, name, data, 0):
        return bag.done()
    if found in sniff.READ_ELSEWHERE or found == "text/xml" or found.startswith("image/"):
        return None
    if HARMLESS.fullmatch(found) and not data.startswith(b"{\\rt"):
        return None
    inside(bag, found, name, data, 0)
    return bag.done()


def can_hold_an_order(type: str, name: str, data: bytes, inline: bool, referenced: bool) -> bool:
    """Whether a part could be an order. `inline`: by its disposition; `referenced`: the HTML shows it (`cid:`).

    A picture can be a scan: one attached as a file unless it is as small as a logo, one shown in the text only where it
    is as large as a page. TIFF is what fax machines send.
    """
    return holds(kind(type, name, data), name, data, inline or referenced)


def holds(found: str, name: str, data: bytes, shown: bool) -> bool:
    if not data.strip():
        return False
    if HARMLESS.fullmatch(found) or (NO_DOCUMENT.search(name) and found not in sniff.READ_ELSEWHERE):
        return False
    if found == sniff.CMS:
        return not detached(data)
    if not found.startswith("image/"):
        return True
    size = sniff.size_of_picture(data)
    if found == "image/tiff" or size is None:
        return not shown or len(data) > DECORATION
    if shown:
        return min(size) >= PAGE_WIDTH and max(size) >= PAGE_HEIGHT
    return min(size) >= SMALL


def uuencoded(text: str) -> tuple[str, Opened]:
    """A text without the files that it carries in uuencode, and what these hold."""
    rest, files = enclosed.uuencoded(text)
    bag = Bag()
    for name, data in files:
        member(bag, name, data, 1)
    if re.search(r"^=ybegin .{0,80}name=", text, re.MULTILINE):
        bag.leave("yEnc")
    return rest, bag.done()


def safe(name: str) -> str:
    """A file name to show: no path, no control or direction characters, at most 200 characters."""
    base = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    return (
        "".join(c for c in base if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})[:200]
        or "unnamed"
    )


def inside(bag: Bag, found: str, name: str, data: bytes, depth: int) -> None:
    """Open one container into the bag; what breaks on the way is left unread."""
    opener = OPENERS.get(found)
    try:
        if found == sniff.MAIL:
            bag.mails += enclosed.mails(data) or (data,)
        elif depth > MOST_DEPTH or (found in DOCUMENTS and not bag.take_document()):
            bag.leave(name)
        elif opener is not None:
            opener(bag, name, data, depth)
        elif found == "application/pgp-encrypted":
            bag.leave(name, "encrypted-attachment")
        else:
            bag.leave(name, *(["damaged-archive"] if found == sniff.BROKEN_ZIP else []))
    except archive.Encrypted:
        bag.leave(name, "encrypted-attachment")
    except archive.TooLarge:
        bag.leave(name, "zip-bomb")
    except FAULTS:
        bag.leave(name, "damaged-archive")


def member(bag: Bag, name: str, data: bytes | None, depth: int, referenced: bool = False) -> None:
    """One file found inside: passed on where it is read elsewhere, opened where it is a container, else left."""
    if data is None:
        bag.leave(name, "damaged-archive")
        return
    if not bag.take(len(data)):
        bag.leave(name)
        return
    found = kind("", name, data)
    if not holds(found, name, data, referenced):
        return
    if found == sniff.PLAIN and plain(bag, name, data, depth):
        return
    if found in sniff.READ_ELSEWHERE or found == "text/xml":
        bag.parts.append(Inner(safe(name), found, data))
    elif found.startswith("image/"):
        bag.leave(name)
    else:
        inside(bag, found, name, data, depth)


def plain(bag: Bag, name: str, data: bytes, depth: int) -> bool:
    """A text that is something else in disguise: base64 of a file, or uuencoded files with words around them."""
    inner = enclosed.from_base64(data[: MOST_UNPACKED * 2])
    if inner and kind("", "", inner) not in {sniff.PLAIN, sniff.UNKNOWN}:
        member(bag, re.sub(r"\.(?:txt|b64|base64)$", "", name), inner, depth + 1)
        return True
    if b"begin" not in data:
        return False
    rest, files = enclosed.uuencoded(data[:MOST_UNPACKED].decode("utf-8", "replace"))
    for inner_name, inner_data in files:
        member(bag, inner_name, inner_data, depth + 1)
    if files and rest.strip():
        bag.texts.append(Said("text/plain", rest))
    return bool(files)


def zipped(bag: Bag, name: str, data: bytes, depth: int) -> None:
    with archive.directory(data) as opened:
        files = [info for info in opened.infolist() if not info.is_dir()]
        if any(MACROS.search(info.filename) for info in files):
            bag.flags.add("macros")
        # Documents first: a folder of pictures must not use up what may be opened.
        files.sort(key=lambda info: bool(NO_DOCUMENT.search(info.filename)))
        for info in files:
            if NO_DOCUMENT.search(info.filename):
                break
            if bag.members >= MOST_MEMBERS or bag.size > MOST_UNPACKED:
                bag.leave(info.filename)
                continue
            one_member(bag, opened, info, depth)


def one_member(bag: Bag, opened: ZipFile, info: ZipInfo, depth: int) -> None:
    left = MOST_UNPACKED - bag.size
    try:
        data = archive.member(opened, info, left)
    except archive.Encrypted:
        bag.leave(info.filename, "encrypted-attachment")
    except archive.TooLarge:
        bag.size = MOST_UNPACKED + 1
        bomb = left > MOST_RATIO * max(1, info.compress_size)
        bag.leave(info.filename, *(["zip-bomb"] if bomb else []))
    except FAULTS:
        bag.leave(info.filename, "damaged-archive")
    else:
        if len(data) > FREE_RATIO and len(data) > MOST_RATIO * max(1, info.compress_size):
            bag.flags.add("zip-bomb")
        member(bag, info.filename, data, depth + 1)


def gzipped(bag: Bag, name: str, data: bytes, depth: int) -> None:
    unpack = zlib.decompressobj(wbits=31)
    left = MOST_UNPACKED - bag.size
    out = unpack.decompress(data, max(1, left))
    if unpack.unconsumed_tail:
        raise archive.TooLarge("larger inside than it may be")
    if not unpack.eof or unpack.unused_data.strip(b"\x00"):
        raise ValueError("cut short, or more after the end")
    member(bag, re.sub(r"\.t?gz(?:ip)?$", "", name, flags=re.IGNORECASE), out, depth + 1)


def opendocument(bag: Bag, name: str, data: bytes, depth: int) -> None:
    with archive.directory(data) as opened:
        names = [info.filename for info in opened.infolist()]
        manifest = (
            archive.member(opened, "META-INF/manifest.xml", 1_000_000) if "META-INF/manifest.xml" in names else b""
        )
    if any(MACROS.search(one) for one in names):
        bag.flags.add("macros")
    if b"encryption-data" in manifest or "encrypted-package" in names:
        raise archive.Encrypted("a password is needed")
    document(bag, name, odt.text(data))


def document(bag: Bag, name: str, text: str) -> None:
    if text.strip():
        bag.texts.append(Said("text/plain", text))
    else:
        # Nothing but pictures: it may be a scan.
        bag.leave(name)


def cms(bag: Bag, name: str, data: bytes, depth: int) -> None:
    message = smime.message(data)
    if message.encrypted:
        raise archive.Encrypted("a key is needed")
    content = message.content
    if not content:
        return
    if not enclosed.looks_like_entity(content):
        member(bag, re.sub(r"\.p7[mcs]$", "", name, flags=re.IGNORECASE), content, depth + 1)
    elif depth == 0:
        bag.entity = content
    else:
        bag.mails.append(content)


def detached(data: bytes) -> bool:
    """A signature or certificates alone, with no content inside."""
    try:
        message = smime.message(data)
    except FAULTS:
        return False
    return not message.encrypted and not message.content


def winmail(bag: Bag, name: str, data: bytes, depth: int) -> None:
    found = tnef.parse(data)
    body = found.body.strip()
    if body:
        bag.texts.append(Said("text/plain", found.body))
    if found.html.strip():
        bag.texts.append(Said("text/html", found.html))
    if not body and not found.html.strip() and found.rtf:
        rich = rtf.text(rtf.unpacked(found.rtf))
        bag.texts += [Said("text/plain", rich)] if rich else []
    for file in found.files:
        if file.message is not None:
            enclosed_message(bag, file, depth)
        else:
            member(bag, file.name, file.data, depth + 1, file.referenced)
    if found.damaged:
        bag.leave(name, "damaged-archive")


def enclosed_message(bag: Bag, file: tnef.File, depth: int) -> None:
    if depth >= MOST_DEPTH or not bag.take(len(file.message or b"")):
        bag.leave(file.name or "message")
        return
    message = tnef.parse(file.message or b"")
    if not message.body and not message.html and message.rtf:
        message.body = rtf.text(rtf.unpacked(message.rtf))
    bag.mails.append(tnef.as_mail(message))
    if message.damaged:
        bag.leave(file.name or "message", "damaged-archive")


def ole(bag: Bag, name: str, data: bytes, depth: int) -> None:
    """Old Office files and saved Outlook messages: no kept library under a free licence reads them within bounds."""
    if MACROS_OLE in data:
        bag.flags.add("macros")
    bag.leave(name, *(["encrypted-attachment"] if ENCRYPTED_OLE in data else []))


DOCUMENTS = frozenset([sniff.ODF, sniff.FLAT_ODF, sniff.RTF])
OPENERS: dict[str, Callable[[Bag, str, bytes, int], None]] = {
    sniff.ZIP: zipped,
    sniff.GZIP: gzipped,
    sniff.ODF: opendocument,
    sniff.FLAT_ODF: lambda bag, name, data, depth: document(bag, name, odt.flat(data)),
    sniff.RTF: lambda bag, name, data, depth: document(bag, name, rtf.text(data)),
    sniff.CMS: cms,
    sniff.TNEF: winmail,
    sniff.OLE: ole,
}
