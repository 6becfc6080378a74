"""Characters in an address that aren't seen, or look like others.

Pure. Whoever reads the page takes them for what they look like, and a server doesn't: such an address is left to a
person. Letters of any script are fine as long as a word keeps to one, and isn't made only of letters that Latin has
too. Source: UTS 39 (mixed and whole-script confusables), the letters by hand.
"""

from __future__ import annotations

import re
import unicodedata

# Not seen, and no part of an address: zero width, joiners, soft hyphens, marks of direction at its ends.
INVISIBLE = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
INVISIBLE += "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
UNSEEN = re.compile(f"[{INVISIBLE}]")
# What changes the order in which the rest is seen.
TURNS = re.compile("[\u061c\u200f\u202a-\u202e\u2066-\u2069]")
JOINS = re.compile("[\u200c\u200d]")
HYPHENS = str.maketrans({"\u2010": "-", "\u2011": "-"})
LATIN_OF_OTHERS = {
    "CYRILLIC": "аАеЕоОрРсСуУхХіІјЈѕЅһԛԝԁӏӀВЕНКМТЅԌԚԜүҮҺь",
    "GREEK": "αΑΒΕΖΗΙΚΜΝΟΡΤΥΧοουνιρκχγωϲϳΑ",
    "ARMENIAN": "օոսհցզԱՏՕՍՀԼքյ",
    "CHEROKEE": "".join(chr(c) for c in range(0x13A0, 0x13F6)),
    "LISU": "".join(chr(c) for c in range(0xA4D0, 0xA4F8)),
    "COPTIC": "ⲟⲞⲣⲢⲥⲤⲭⲬ",
}
ODD_LATIN = re.compile(
    r"SMALL CAPITAL|DOTLESS|SCRIPT|ALPHA|IOTA|OPEN E|TURNED|LONG S|KRA|INSULAR|CLICK|ESH|EZH|GLOTTAL"
)
WORD = re.compile(r"[^\W\d_]+")
SHOWN_AS_OTHERS = re.compile(r"[^\x00-\x7f\w]")


def bare(text: str) -> str | None:
    """An address without what isn't seen in it; None where that changes what it says or the order in which it is read.

    A joiner between letters of a script that is written joined is a letter's part; a turn within changes what is seen.
    """
    text = re.sub(f"^[{INVISIBLE}]+|[{INVISIBLE}]+$", "", text)
    if TURNS.search(text):
        return None
    for joiner in JOINS.finditer(text):
        if not text[joiner.start() - 1].isascii() or not text[joiner.end() : joiner.end() + 1].isascii():
            return None
    return UNSEEN.sub("", text).translate(HYPHENS)


def alike(text: str) -> bool:
    """Whether an address, its host as it is shown, holds a character that looks like another."""
    if text.isascii():
        return False
    composed = unicodedata.normalize("NFC", text)
    if SHOWN_AS_OTHERS.search(composed) or unicodedata.normalize("NFKC", composed) != composed:
        return True
    if any(c.isdigit() and not c.isascii() for c in composed):
        return True
    return any(_mixed(word) for word in WORD.findall(composed) if not word.isascii())


def mixed(text: str) -> bool:
    """Whether a word of a text is written in letters of several scripts."""
    said = (word for word in WORD.findall(text[:1_000]) if not word.isascii())
    return any(len({_script(c) for c in word} - TOGETHER) > 1 for word in said)


TOGETHER = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "MICRO", "MODIFIER"}


def _mixed(word: str) -> bool:
    """Whether a run of letters is of several scripts, or of one that looks like Latin throughout."""
    scripts = {_script(c) for c in word}
    if len(scripts - {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}) > 1 or "ODD" in scripts:
        return True
    (script, *_) = scripts
    return len(scripts) == 1 and all(c in LATIN_OF_OTHERS.get(script, "") for c in word)


def _script(c: str) -> str:
    name = unicodedata.name(c, "ODD")
    script = name.split()[0]
    return "ODD" if script == "LATIN" and not c.isascii() and ODD_LATIN.search(name) else script


def host(name: str) -> str:
    """A host as a browser shows it: its `xn--` labels in their letters, as far as they have any."""
    return ".".join(_label(label) for label in name.split("."))


def _label(label: str) -> str:
    if not label.lower().startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return "\ufffd"
