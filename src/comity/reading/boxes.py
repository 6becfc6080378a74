"""Boxes that a document draws with symbol fonts, as the boxes that everybody's text has. Pure."""

from __future__ import annotations

import re

TICKED, EMPTY, UNCLEAR = "☒", "☐", "[?]"
WINGDINGS = {"FE": TICKED, "FD": TICKED, "78": TICKED, "FB": TICKED, "FC": "✓", "A8": EMPTY, "6F": EMPTY}
WINGDINGS |= {"71": EMPTY, "72": EMPTY}
WINGDINGS_2 = {"51": TICKED, "52": TICKED, "53": TICKED, "54": TICKED, "4F": TICKED, "50": "✓", "A3": EMPTY}
# Where the font is not named, what stands for one thing in both.
EITHER = WINGDINGS_2 | WINGDINGS
DRAWN = {**{int(f"F0{code}", 16): sign for code, sign in EITHER.items()}, 0xAD: None}
SHOWN = re.compile(r"[☐☑☒✓✔✗✘□■▢◻◼]")


def symbol(font: str, code: str) -> str:
    """The box that one character of a symbol font shows; empty for any other picture."""
    last = code.upper()[-2:]
    return (WINGDINGS_2 if "2" in font else WINGDINGS if "ing" in font.lower() else EITHER).get(last, "")


def drawn(text: str) -> str:
    """Text whose private characters of symbol fonts are boxes; soft hyphens, which only tell where to break, gone."""
    return text.translate(DRAWN)


def box(ticked: bool, shown: str = "") -> str:
    """A box by its stored state; `[?]`, which no reader takes for either, where what is shown says the opposite."""
    seen = SHOWN.search(drawn(shown))
    if seen and (seen[0] not in "☐□▢◻") is not ticked:
        return UNCLEAR + " "
    return (TICKED if ticked else EMPTY) + " "
