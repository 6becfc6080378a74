"""Addresses in running text: which are whole, which go on in the next line, and of which nobody can tell.

Pure. A page or a mail program breaks a line where it is full, in an address too, but only after or before a sign of it,
unless it breaks anywhere. So an address at a line's end is whole where the line had room for more, or where an ordinary
word comes next and no line of the text was cut at a fixed width. Where one isn't certain none is read: which they are
would be a guess.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from comity.reading import urls

ROOMY = 0.85  # of the longest line: letters are no measure of a proportional font's lines
FULL, NEVER = 0.85, 100_000  # of the longest line, from which on one may be full; characters
FEWEST, LONG = 3, 0.93  # lines of one length, of those nearly so long, that show a fixed width
CLOSED = re.compile(r"[)\]}>»”\"’'][.,;:]*")
WORD = re.compile(r"[^\W\d_]+[,;.]?")
STRONG = re.compile(r"[?=&#%~]|\d/|/\d")  # what no ordinary word holds


def addresses(lines: Sequence[str]) -> list[str] | None:
    """All addresses of a text, in their order; None where one isn't read for certain."""
    whole = joined(lines)
    if whole is None:
        return None
    out: list[str] = []
    for line in whole:
        found = urls.find([line])
        if found.unread and "://" in line:
            return None
        out += found.urls
    return out


@dataclass(frozen=True)
class Width:
    """How long the lines of a text get: `widest` one, whether they were cut at one width in the midst of words too
    (`fixed`), and from which length on a line is longer than what broke the text would have left it (`over`)."""

    widest: int
    fixed: bool
    over: int


def joined(lines: Sequence[str]) -> list[str] | None:
    """The lines, those put together between which an address was broken; None where one may have been."""
    width = Width(widest(lines), fixed_width(lines), over(lines))
    out: list[str] = []
    goes_on: bool | None = False
    for n, line in enumerate(lines):
        if goes_on:
            out[-1] = out[-1].rstrip() + line.strip()
        else:
            out.append(line)
        after = lines[n + 1] if n + 1 < len(lines) else ""
        goes_on = carried(out[-1], line, after, width) if after.strip() else False
        if goes_on is None:
            return None
    return out


def carried(whole: str, line: str, after: str, width: Width) -> bool | None:
    """Whether an address that ends a line goes on in the next; None where it may."""
    tail = (whole.split() or [""])[-1]
    found = urls.find([tail]).urls[-1:]
    first = after.split()[0]
    if "://" in tail and not found:
        return True if tail.endswith("://") or urls.goes_on(tail, after, width.widest) else None
    rest = tail.rpartition(found[0][-8:])[2] if found and found[0][-8:] in tail else None
    if rest is None or CLOSED.fullmatch(rest) or begins_another(after):
        return False
    if rest == ".":
        return False if first[0].isupper() else None
    if rest in {",", ";"}:
        return False if WORD.fullmatch(first) else None
    return judged(tail, line, after, width)


def judged(tail: str, line: str, after: str, width: Width) -> bool | None:
    """`carried`, of an address that nothing closes and a line that begins none."""
    first, size = after.split()[0], len(line.rstrip())
    room = size + 1 + len(first) <= ROOMY * width.widest
    if not tail[-1].isalnum() and not room:
        asks = tail.endswith("%") or (tail[-1] in "=&#" and bool(urls.URL_SIGNS.search(first)))
        return True if asks or (tail[-1] in "/?-_:" and STRONG.search(first)) else None
    if urls.goes_on(tail if len(tail) > len(line) else line, after, width.widest) is not False:
        return None
    if not WORD.fullmatch(first) or not tail[-1].isalnum():
        return None
    short = size <= LONG * width.widest  # what breaks anywhere fills its lines
    ends = not width.fixed and (short or size >= width.over or not line.strip().startswith(tail))
    return False if room or ends else None


def begins_another(line: str) -> bool:
    """Whether a line begins with an address of its own, counted or not."""
    item = urls.NEXT_ITEM.match(line)
    return urls.SCHEME.match(line[item.end() if item else 0 :].lstrip(" <(\"'“«")) is not None


def ends(text: str, begin: int, end: int) -> bool:
    """Whether a line ends for good between two places of a text: what comes next had room in it, or is apart."""
    width = widest(text.splitlines())
    for found in re.finditer(r"\n", text[begin:end]):
        at = begin + found.start()
        line, after = text[text.rfind("\n", 0, at) + 1 : at].rstrip(), text[at + 1 :].split(None, 1)[:1]
        if text[at + 1 : at + 2] in {"", "\n"} or len(line) + 1 + len(after[0]) <= ROOMY * width:
            return True
    return False


def widest(lines: Sequence[str]) -> int:
    """How long the lines of a text get, of those that hold no address: one may go over its edge."""
    return max((len(line.rstrip()) for line in lines if "://" not in line), default=0)


def over(lines: Sequence[str]) -> int:
    """A length that no line has where the text was broken: with its next word, a full line is longer than allowed."""
    full = ((a.rstrip(), b.split()[0]) for a, b in itertools.pairwise(lines) if a.strip() and b.strip())
    sizes = [
        len(line) + 1 + len(word)
        for line, word in full
        if len(line) >= FULL * widest(lines) and "://" not in line + word and not line.endswith((".", ":", ";", ","))
    ]
    return min(sizes, default=NEVER)


def fixed_width(lines: Sequence[str]) -> bool:
    """Whether lines were cut at one width, in the midst of words too: then the long ones are all equally long."""
    long = [len(line.rstrip()) for line in lines if len(line.rstrip()) >= LONG * widest(lines)]
    return sum(size == max(long) for size in long) >= max(FEWEST, 0.6 * len(long)) if long else False
