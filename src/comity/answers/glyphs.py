"""Which characters our fonts can set, and text made so that it can always be set. Pure but for reading the font files.

PDF/A and PDF/UA refuse a character without a glyph, and an answer must never fail for a name: such a character becomes
a visible box, and the exact text goes along in the attachment.
"""

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

BOX = "\u25af"
JOINERS = "\u200c\u200d"  # Persian and Indic spelling needs them; every other invisible character is shown as a box
ZERO_WIDTH_SPACE = "\u200b"
RUN_AT_MOST = 24
SHOWN_AT_MOST = 6_000
BREAK_AFTER = "/?&=-_.,;:@#"


@cache
def covered() -> frozenset[int]:
    """The code points that the shipped fonts have glyphs for."""
    fonts = files("comity.answers").joinpath("fonts")
    ours = [font.read_bytes() for font in fonts.iterdir() if font.name.endswith(".ttf")]
    return frozenset(code for data in ours for code in _code_points(data))


def _code_points(data: bytes) -> Iterator[int]:
    """Code points of a font's character map (OpenType `cmap`, formats 4 and 12)."""
    count = struct.unpack(">H", data[4:6])[0]
    records = (struct.unpack(">4s4xLL", data[12 + 16 * n : 28 + 16 * n]) for n in range(count))
    start = next(offset for tag, offset, _ in records if tag == b"cmap")
    tables = struct.unpack(">H", data[start + 2 : start + 4])[0]
    for n in range(tables):
        at = start + struct.unpack(">L", data[start + 8 + 8 * n : start + 12 + 8 * n])[0]
        form = struct.unpack(">H", data[at : at + 2])[0]
        if form == 4:
            yield from _format_4(data, at)
        elif form == 12:
            yield from _format_12(data, at)


def _format_4(data: bytes, at: int) -> Iterator[int]:
    twice = struct.unpack(">H", data[at + 6 : at + 8])[0]
    ends = struct.unpack(f">{twice // 2}H", data[at + 14 : at + 14 + twice])
    starts = struct.unpack(f">{twice // 2}H", data[at + 16 + twice : at + 16 + 2 * twice])
    for start, end in zip(starts, ends, strict=True):
        yield from range(start, min(end, 0xFFFE) + 1)


def _format_12(data: bytes, at: int) -> Iterator[int]:
    groups = struct.unpack(">L", data[at + 12 : at + 16])[0]
    for n in range(groups):
        start, end = struct.unpack(">LL", data[at + 16 + 12 * n : at + 24 + 12 * n])
        yield from range(start, end + 1)


def settable(text: str, *, ascii_only: bool = False) -> str:
    """The text as it is set: boxes for what has no glyph or can't be seen, places to break long runs, bounded length.

    `ascii_only` boxes everything but ASCII: the last resort, when the typesetter refuses a combination of characters.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    cut = f"… (cut: {len(lines)} characters, all in the attachment)" if len(lines) > SHOWN_AT_MOST else ""
    shown = "".join(_shown(c, ascii_only=ascii_only) for c in lines[:SHOWN_AT_MOST])
    return _breakable(shown) + (cut.replace("…", "...") if ascii_only else cut)


def _shown(character: str, *, ascii_only: bool) -> str:
    if character == "\n" or " " <= character <= "~":
        return character
    if ascii_only or ord(character) not in covered():
        return BOX
    invisible = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    return BOX if invisible and character not in JOINERS else character


def _breakable(text: str) -> str:
    """A zero-width space within each long run without blanks, at its punctuation where it has some."""
    made, run = [], 0
    for character in text:
        made.append(character)
        run = 0 if character in " \n" else run + 1
        if run >= RUN_AT_MOST and (character in BREAK_AFTER or run >= 2 * RUN_AT_MOST or character == BOX):
            made.append(ZERO_WIDTH_SPACE)
            run = 0
    return "".join(made)
