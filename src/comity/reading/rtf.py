"""The text of a Rich Text file: rows as lines, cells apart by tabs, drawn boxes as boxes; and LZFu, its packed form.

Pure, run in the limited child. One pass over at most `MOST_RTF` characters, no recursion. Own code, since the readers
to be had lose ticked boxes and headers, put cells together, and take polynomial time. Sources: Rich Text Format 1.9.1;
[MS-OXRTFCP] for LZFu.
"""

from __future__ import annotations

import codecs
import re
import struct

from comity.reading import urls
from comity.reading.archive import bounded, tidy
from comity.reading.boxes import box, drawn, symbol

MOST_RTF = 5_000_000
MOST_GROUPS = 2_000
HYPERLINK = re.compile(r"\s*HYPERLINK\s+\"?(https?://[^\"\s]+)", re.IGNORECASE)
TOKEN = re.compile(r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)")
SIGNS = {"par": "\n", "sect": "\n\n", "page": "\n\n", "line": "\n", "tab": "\t", "row": "\n", "cell": "\t"}
SIGNS |= {"nestcell": "\t", "nestrow": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "bullet": "•"}
SIGNS |= {"ldblquote": "“", "rdblquote": "”", "emspace": " ", "enspace": " ", "~": "\xa0", "_": "-", "-": ""}
SIGNS |= {"{": "{", "}": "}", "\\": "\\", "\n": "\n", "\r": "\n"}
UNSEEN = frozenset(
    re.findall(
        r"\w+",
        """
        fonttbl colortbl stylesheet info pict object objdata themedata colorschememapping datastore latentstyles
        listtable listoverridetable revtbl rsidtbl generator fldinst bkmkstart bkmkend annotation atnauthor atnid
        atndate xe tc pntext pntxta pntxtb nonshppict sp htmltag mhtmltag filetbl ffname ffdeftext ffformat ffhelptext
        ffstattext xmlnstbl userprops operator author title subject creatim revtim printim buptim company
        """,
    )
)
CHARSETS = {0: "cp1252", 128: "cp932", 129: "cp949", 134: "cp936", 136: "cp950", 161: "cp1253", 162: "cp1254"}
CHARSETS |= {163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250"}
DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain"
    b"\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


def text(data: bytes) -> str:
    """Readable text. Raises ValueError for what is no RTF or is larger than it may be."""
    if not data.lstrip()[:4] == b"{\\rt" or len(data) > MOST_RTF:
        raise ValueError("no RTF of a size that can be read")
    return Reader().read(without_binary(data).decode("latin-1"))


def without_binary(data: bytes) -> bytes:
    """Bytes of pictures may look like anything: they are counted out, not read."""
    out, at = [], 0
    for m in re.finditer(rb"\\bin(\d{1,9}) ?", data):
        if m.start() >= at:
            out.append(data[at : m.start()])
            at = m.end() + int(m[1])
    return b"".join([*out, data[at:]])


class Reader:
    """`state` is what a group inherits and its end restores."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.stack: list[tuple[bool, bool, bool, int, int]] = []
        self.unseen = self.hidden = self.struck = self.star = False
        self.font = self.skips = self.left = 0
        self.fresh = 1
        self.codepage = "cp1252"
        self.fonts: dict[int, tuple[str, str]] = {}
        self.bytes = bytearray()
        self.in_fonts = 0
        self.form: dict[str, int] = {}
        self.told, self.instruction = 0, ""
        self.results: list[tuple[int, int, str]] = []

    def read(self, source: str) -> str:
        self.skips = 1
        for m in bounded(TOKEN.finditer(source)):
            word, number, octet, sign, brace, plain = m.groups()
            if octet is None:
                self.flush()
            if brace:
                self.brace(brace)
            elif word:
                self.word(word, int(number) if number else None)
            elif octet is not None:
                self.octet(int(octet, 16))
            elif sign == "*":
                self.star = True
            else:
                self.plain(plain if plain is not None else SIGNS.get(sign, ""))
        self.flush()
        return tidy("".join(self.out))

    def say(self, words: str) -> None:
        if not self.unseen and not self.hidden:
            self.out.append(f"~~{drawn(words).strip()}~~" if self.struck and words.strip() else drawn(words))

    def flush(self) -> None:
        if self.bytes:
            encoding = self.fonts.get(self.font, ("", self.codepage))[1] or self.codepage
            self.say(self.bytes.decode(encoding, "replace"))
            self.bytes.clear()

    def brace(self, brace: str) -> None:
        self.star, self.left = False, 0
        if brace == "{":
            if len(self.stack) > MOST_GROUPS:
                raise ValueError("groups nested too deeply")
            self.stack.append((self.unseen, self.hidden, self.struck, self.font, self.skips))
        elif self.stack:
            if len(self.stack) == self.in_fonts:
                self.in_fonts = 0
            self.flush()
            while self.results and self.results[-1][0] >= len(self.stack):
                self.link()
            self.told = self.told if len(self.stack) > self.told else 0
            self.unseen, self.hidden, self.struck, self.font, self.skips = self.stack.pop()

    def plain(self, words: str) -> None:
        if self.in_fonts and self.font in self.fonts:
            name, encoding = self.fonts[self.font]
            self.fonts[self.font] = ((name + words)[:60], encoding)
        cut, self.left = self.left, max(0, self.left - len(words))
        if self.told and len(self.instruction) < urls.LONGEST:
            self.instruction += words[cut:]
        self.say(words[cut:])

    def octet(self, value: int) -> None:
        if self.left:
            self.left -= 1
            return
        name = self.fonts.get(self.font, ("", ""))[0].lower()
        if "wingdings" in name or "webdings" in name:
            self.say(symbol(name, f"{value:02X}"))
        else:
            self.bytes.append(value)

    def word(self, word: str, number: int | None) -> None:
        starred, self.star, self.left = self.star, False, 0
        if word in UNSEEN or (starred and word not in {"ud", "shpinst", "shptxt", "formfield", "nesttableprops"}):
            self.unseen = True
            if word == "fonttbl":
                self.in_fonts = len(self.stack)
            elif word == "fldinst":
                self.told, self.instruction = len(self.stack), ""
        elif word == "fldrslt":
            self.results.append((len(self.stack), len(self.out), self.instruction))
            self.instruction = ""
        elif word == "u" and number is not None:
            self.left = self.skips
            self.say(chr(number % 0x10000) if not 0xD800 <= number % 0x10000 < 0xE000 else "�")
        elif word in {"uc", "f", "v", "deleted", "strike", "striked", "plain", "htmlrtf", "ansicpg", "fcharset"}:
            self.property(word, 1 if number is None else number)
        elif word in {"fftype", "ffdefres", "ffres"}:
            self.form_field(word, number or 0)
        elif word in SIGNS:
            self.say(SIGNS[word])

    def link(self) -> None:
        """The words of a field that ends here, with where it leads beside them if it is a link."""
        _, start, told = self.results.pop()
        found = HYPERLINK.match(told)
        if found:
            self.out[start:] = [urls.linked("".join(self.out[start:]), found[1])]

    def property(self, word: str, number: int) -> None:
        if word == "uc":
            self.skips = max(0, min(number, 10))
        elif word == "f":
            self.font = number
            if self.in_fonts and len(self.fonts) < 1_000:
                self.fonts[number] = ("", "")
        elif word == "fcharset" and self.font in self.fonts:
            self.fonts[self.font] = (self.fonts[self.font][0], CHARSETS.get(number, ""))
        elif word == "ansicpg":
            self.codepage = known(f"cp{number}")
        elif word.startswith("strike"):
            self.struck = number != 0
        elif word != "fcharset":
            self.struck = self.struck and word != "plain"
            self.hidden = word != "plain" and number != 0

    def form_field(self, word: str, number: int) -> None:
        """A box of a form: its type, its default, and last its state (25: as the default)."""
        if word == "fftype":
            self.form = {"fftype": number}
        self.form[word] = number
        if word == "ffdefres" and self.form.get("fftype") == 1:
            state = self.form.get("ffres", 25)
            self.say(box(bool(number if state == 25 else state)))


def known(encoding: str) -> str:
    try:
        return codecs.lookup("utf-8" if encoding == "cp65001" else encoding).name
    except LookupError:
        return "cp1252"


def unpacked(data: bytes) -> bytes:
    """Compressed RTF as it was. Raises ValueError for what is none, is cut short, or grows over `MOST_RTF`."""
    if len(data) < 16:
        raise ValueError("no compressed RTF")
    _, size, kind, _ = struct.unpack("<II4sI", data[:16])
    if kind == b"MELA":
        return data[16 : 16 + min(size, MOST_RTF)]
    if kind != b"LZFu":
        raise ValueError("no compressed RTF")
    ring = bytearray(DICTIONARY.ljust(4096, b" "))
    out, write, at = bytearray(), len(DICTIONARY), 16
    while at < len(data) and len(out) <= MOST_RTF:
        control, at = data[at], at + 1
        for bit in range(8):
            pair = data[at : at + 2] if control >> bit & 1 else data[at : at + 1]
            at += len(pair)
            if len(pair) == 2:
                start, count = pair[0] << 4 | pair[1] >> 4, (pair[1] & 15) + 2
                if start == write:
                    return bytes(out[:size])
            else:
                start, count = -1, len(pair)
            for step in range(count):
                byte = pair[0] if start < 0 else ring[(start + step) % 4096]
                out.append(byte)
                ring[write] = byte
                write = (write + 1) % 4096
    if len(out) > MOST_RTF or len(out) < size:
        raise ValueError("compressed RTF that is cut short or too large")
    return bytes(out[:size])
