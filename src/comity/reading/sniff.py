"""What bytes are, by themselves: a declared type or a name counts only where the bytes don't tell. Pure."""

from __future__ import annotations

import re
import struct

from comity.reading import enclosed, smime
from comity.reading.archive import FAULTS, TooLarge, directory

PDF, HTML, PLAIN, RTF = "application/pdf", "text/html", "text/plain", "application/rtf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODF, FLAT_ODF = "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text-flat-xml"
ZIP, GZIP, TNEF, CMS, OLE = (
    "application/zip",
    "application/gzip",
    "application/ms-tnef",
    "application/pkcs7-mime",
    "application/x-ole-storage",
)
MAIL, UNKNOWN, BROKEN_ZIP = "message/rfc822", "application/octet-stream", "application/x-damaged-zip"
READ_ELSEWHERE = frozenset([PDF, DOCX, HTML, PLAIN])
# Signs at the start, longest first where one begins another.
MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"\x78\x9f\x3e\x22", TNEF),
    (b"{\\rt", RTF),
    (b"\x1f\x8b\x08", GZIP),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"MSCF", "application/vnd.ms-cab-compressed"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"\xd7\xcd\xc6\x9a", "image/wmf"),
    (b"\x00\x00\x00\x0cjP  ", "image/jp2"),
    (b"\x00\x05\x16\x07", "application/applefile"),
    (b"%FDF-", "application/vnd.fdf"),
    (b"%!PS", "application/postscript"),
    (b"=ybegin ", "application/x-yenc"),
    (b"(This file must be converted with BinHex", "application/mac-binhex40"),
    (b"-----BEGIN PGP MESSAGE", "application/pgp-encrypted"),
    (b"-----BEGIN PGP SIGNATURE", "application/pgp-signature"),
    (b"-----BEGIN PGP PUBLIC KEY", "application/pgp-keys"),
    (b"BEGIN:VCARD", "text/vcard"),
    (b"BEGIN:VCALENDAR", "text/calendar"),
)
ARCHIVES = frozenset(
    [
        "application/x-7z-compressed",
        "application/vnd.rar",
        "application/x-bzip2",
        "application/x-xz",
        "application/zstd",
        "application/vnd.ms-cab-compressed",
    ]
)
CONTAINERS = ARCHIVES | {OLE, TNEF, RTF, GZIP}
ENDINGS = {"pdf": PDF, "docx": DOCX, "html": HTML, "htm": HTML, "txt": PLAIN, "zip": ZIP, "odt": ODF, "eml": MAIL}
MOST_NAMES = 5_000


def kind(declared: str, name: str, data: bytes) -> str:
    """The media type of what these bytes are."""
    declared = declared.strip().lower()
    if data[:4] in {b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"}:
        return zipped(data)
    head = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    found = next((k for sign, k in MAGIC if data.startswith(sign) or (len(sign) > 3 and head.startswith(sign))), "")
    # Containers before PDF: one that isn't packed shows the first bytes of the PDF that it holds.
    if found in CONTAINERS:
        return found
    if smime.looks_like(data):
        return CMS
    if b"%PDF-" in data[:1024]:
        return PDF
    if found or (found := by_place(data)):
        return found
    if enclosed.looks_like_mail(data) or (said_to_be_mail(declared, name) and mail_after_all(data)):
        return MAIL
    return as_words(declared, data) or fallback(declared, name, data)


def said_to_be_mail(declared: str, name: str) -> bool:
    return declared in {MAIL, "message/global"} or name.lower().endswith(".eml")


def mail_after_all(data: bytes) -> bool:
    """Where it is said to be a mail, a head of any fields will do, or one in base64."""
    return enclosed.begins_with_a_field(data) or bool(enclosed.mails(data))


def by_place(data: bytes) -> str:
    """Kinds whose sign stands further in."""
    if data[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/avi"}.get(data[8:12], UNKNOWN)
    if data[4:8] == b"ftyp":
        return "image/heic" if data[8:12] in {b"heic", b"heix", b"mif1", b"avif"} else "video/mp4"
    if data[:4] == b"\x01\x00\x00\x00" and data[40:44] == b" EMF":
        return "image/emf"
    return "application/x-tar" if data[257:262] == b"ustar" else ""


def as_words(declared: str, data: bytes) -> str:
    """The kind of readable text; empty where it is none."""
    head = data[:4_096]
    wide = head[:2] in {b"\xff\xfe", b"\xfe\xff"}
    if not head.strip() or (b"\x00" in data[:100_000] and not wide) or controls(head) * 20 > len(head):
        return "" if head.strip() else PLAIN
    low = (head.decode("utf-16", "replace").encode("utf-8", "replace") if wide else head).lower()
    if b"<office:document" in low:
        return FLAT_ODF
    if b"<svg" in low and b"<html" not in low:
        return "image/svg+xml"
    if declared == HTML or re.search(rb"<(?:!doctype\s+html|html|body|table)\b", low):
        return HTML
    if declared in {"text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/css"}:
        return declared
    return "text/xml" if low.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml") else PLAIN


def controls(head: bytes) -> int:
    return len(re.findall(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head)) if head[:2] not in {b"\xff\xfe", b"\xfe\xff"} else 0


def fallback(declared: str, name: str, data: bytes) -> str:
    by_name = ENDINGS.get(name.rpartition(".")[2].lower(), "")
    if data and (declared in READ_ELSEWHERE | {ODF, ZIP, MAIL} or by_name):
        # It says that it is something that we read, and isn't.
        return UNKNOWN
    return declared if re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,80}", declared) else UNKNOWN


def zipped(data: bytes) -> str:
    """Which of the kinds that are ZIP files inside."""
    try:
        with directory(data) as archive:
            names = {info.filename for info in archive.infolist()[:MOST_NAMES]}
    except TooLarge:
        return ZIP
    except FAULTS:
        return BROKEN_ZIP
    if "word/document.xml" in names or ("[Content_Types].xml" in names and any(n.startswith("word/") for n in names)):
        return DOCX
    if "content.xml" in names and ("mimetype" in names or "META-INF/manifest.xml" in names):
        return ODF
    if "encrypted-package" in names and "mimetype" in names:
        return ODF
    office = {"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    office |= {"ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation"}
    office |= {"Index/": "application/vnd.apple.pages"}
    for folder, found in office.items():
        if any(n.startswith(folder) for n in names) and ("[Content_Types].xml" in names or folder == "Index/"):
            return found
    return ZIP


def size_of_picture(data: bytes) -> tuple[int, int] | None:
    """(width, height) in pixels as the head of a PNG, GIF, BMP or JPEG declares them; None where it doesn't tell."""
    try:
        if data[:4] == b"\x89PNG":
            return struct.unpack(">II", data[16:24])
        if data[:4] == b"GIF8":
            return struct.unpack("<HH", data[6:10])
        if data[:2] == b"BM":
            width, height = struct.unpack("<ii", data[18:26])
            return abs(width), abs(height)
    except struct.error:
        return None
    return size_of_jpeg(data) if data[:2] == b"\xff\xd8" else None


def size_of_jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    for _ in range(1_000):
        if at + 9 > len(data) or data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
    return None
