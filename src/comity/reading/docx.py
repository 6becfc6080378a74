"""The text of a DOCX, rows as lines and cells apart, drawn boxes as boxes. Bounded: one member, unpacked to a limit.

Pure, run in the limited child. No XML parser runs (so no entities, no network): the markup is read as tokens.
"""

from __future__ import annotations

import html
import io
import re
import zipfile

MOST_XML = 20_000_000
TOKEN = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>|<(/?w:(?:p|tc|tr|br|tab)|w:sym|w14:checked)\b([^>]*)>")
SYMBOLS = {"F0FE": "☒", "F0FD": "☒", "F052": "☒", "F0A8": "☐", "F06F": "☐", "F0A3": "☐"}


def text(data: bytes) -> str:
    """Readable text; empty for a zip that is no DOCX or is larger inside than it may be."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("word/document.xml") as member:
            source = member.read(MOST_XML + 1)
    except (KeyError, zipfile.BadZipFile, RuntimeError, OSError, ValueError, NotImplementedError, EOFError):
        return ""
    if len(source) > MOST_XML or b"<!DOCTYPE" in source[:2_000]:
        return ""
    out: list[str] = []
    for m in TOKEN.finditer(source.decode("utf-8", "replace")):
        out.append(html.unescape(m[1]) if m[2] is None else drawn(m[2], m[3]))
    return re.sub(r"\n{3,}", "\n\n", "".join(out)).strip()


def drawn(tag: str, attributes: str) -> str:
    if tag == "w:sym":
        code = re.search(r'w:char="([0-9A-Fa-f]{4})"', attributes)
        return SYMBOLS.get(code[1].upper(), "") if code else ""
    return {"/w:p": "\n", "/w:tc": "\t", "/w:tr": "\n", "w:br": "\n", "w:tab": "\t"}.get(tag, "")
