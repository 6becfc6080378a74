"""Addresses in running text: which are whole, which go on in the next line, and of which nobody can tell.

Pure. A page or a mail program breaks a line where it is full, in an address too, but only after or before a sign of it,
unless it breaks anywhere. So an address at a line's end is whole where the line had room for more, or where an ordinary
word comes next and no line of the text was cut at a fixed width. Where one isn't certain none is read: which they are
would be a guess.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from comity.reading import urls

ROOMY = 0.85  # of the longest line: letters are no measure of a proportional font's lines
FEWEST, LONG = 3, 0.93  # lines of one length, of those nearly so long, that show a fixed width
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


def joined(lines: Sequence[str]) -> list[str] | None:
    """The lines, those put together between which an address was broken; None where one may have been."""
    width, fixed = widest(lines), fixed_width(lines)
    out: list[str] = []
    goes_on: bool | None = False
    for n, line in enumerate(lines):
        if goes_on:
            out[-1] = out[-1].rstrip() + line.strip()
        else:
            out.append(line)
        after = lines[n + 1] if n + 1 < len(lines) else ""
        goes_on = carried(out[-1], line, after, width, fixed=fixed) if after.strip() else False
        if goes_on is None:
            return None
    return out


def carried(whole: str, line: str, after: str, width: int, *, fixed: bool) -> bool | None:
    """Whether an address that ends a line goes on in the next; None where it may."""
    tail = (whole.split() or [""])[-1]
    if tail.endswith("://"):
        return True
    found = urls.find([whole]).urls
    stop = tail.endswith(".")
    if not found or not (tail.rstrip(".") if stop else tail).endswith(found[-1][-8:]):
        return None if "://" in tail and not found else False
    if begins_another(after):
        return False
    first = after.split()[0]
    if stop:
        return False if first[0].isupper() else None
    return judged(tail, line, after, width, fixed=fixed)


def judged(tail: str, line: str, after: str, width: int, *, fixed: bool) -> bool | None:
    """`carried`, of an address without a stop behind it and a line that begins none."""
    first = after.split()[0]
    room = len(line.rstrip()) + 1 + len(first) <= ROOMY * width
    more = urls.goes_on(tail if len(tail) > len(line) else line, after, width)
    if more and not room:
        inside = not re.search(r"[/?#]", tail.partition("://")[2])
        return True if inside or (tail.endswith(urls.ENDS_OPEN) and STRONG.search(first)) else None
    if more is not False or not WORD.fullmatch(first):
        return None
    short = len(line.rstrip()) <= LONG * width  # what breaks anywhere fills its lines
    ends = tail[-1].isalnum() and not fixed and (short or not line.strip().startswith(tail))
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


def fixed_width(lines: Sequence[str]) -> bool:
    """Whether lines were cut at one width, in the midst of words too: then the long ones are all equally long."""
    long = [len(line.rstrip()) for line in lines if len(line.rstrip()) >= LONG * widest(lines)]
    return sum(size == max(long) for size in long) >= max(FEWEST, 0.6 * len(long)) if long else False
