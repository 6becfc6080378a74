"""What identifies whose data are meant: addresses, numbers and names, out of one field of a form.

Pure. Each list is read whole or not at all (None): where words stand beside what is known for a number or an address,
a person reads them, for they may say that it is not meant.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources

from comity.reading import urls
from comity.reading.values import fold, words

MOST = 1_000
MOST_LANGUAGES = 30
LONGEST = 1_000
MARKER = re.compile(r"^\s*(?:\(?\d{1,3}[.)]\s+|\(?[a-z][.)]\s+|[-–—*•·▪◦‣]\s+)")
REMARK = re.compile(r"\([^()]*\)")
EMAIL = re.compile(r"[^\s<>()\[\],;:\"'“”„«»|/]+@[^\s<>()\[\],;:\"'“”„«»|/]+\.[^\W\d_]{2,24}")
PHONE = re.compile(r"(?<![\w+])\+?\(?\d[\d ().\u00a0/-]{4,24}\d(?!\w)")
IMEI = re.compile(r"(?<!\w)\d{2}[ -]?\d{6}[ -]?\d{6}[ -/]?\d{1,2}(?!\w)")
MAC = re.compile(
    r"(?<![\w:])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:])|(?<!\w)(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}(?!\w)", re.IGNORECASE
)
IP = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w)|(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE
)
# What may stand between two of them and changes nothing.
BETWEEN = {"and", "or", "et", "ou", "und", "oder", "tel", "no", "nr", "phone", "telephone", "mobile", "mobil", "handy"}
BETWEEN |= {"email", "e", "mail", "imei", "mac", "mailto"}
WHAT = (
    r"(?:(?:user|account|login|screen|channel|profile)\s?(?:names?|ids?)?|usernames?|ids?|handles?|nick(?:name)?"
    r"|nom d['’]utilisateur|identifiant|compte|pseudo(?:nyme)?|profil|nutzername|benutzer(?:name)?|kontoname|kennung"
    r"|konto|usuario|cuenta|utente|conta)"
)
CALLED = re.compile(rf"^{WHAT}\s*(?:[:=]\s*|\s+(?=\S*[@_\d]))", re.IGNORECASE)
# `user: a and user: b`: the second begins where it is called what it is.
SECOND = re.compile(rf"(?:,|\s(?:and|or|et|ou|und|oder|y|e))\s+(?={WHAT}\s*[:=])", re.IGNORECASE)
ACCOUNT = re.compile(rf"^\W*(?:{WHAT}\s*[:=]\s*\S|@[\w.:-]{{2,100}}\W*$)", re.IGNORECASE)
OTHERWISE_CALLED = re.compile(r"^[^\W\d_][\w ’'-]{1,40}\s?[:：=]\s")


# What a text calls an account: `@name`, `account: name`, `account “some name”`, `account Name`.
HANDLE = re.compile(r"(?<![\w.@/])@(?P<name>\w[\w.-]{1,60}\w)")
QUOTED = r"[\"“„«‘]\s?(?P<quoted>[^\"“”„«»‘’\n]{2,60}?)\s?[\"”“»’]"
NAMED = re.compile(
    rf"(?<!\w)(?i:{WHAT})\s*(?:(?:[:=]|\s(?i:named|called|nommé|appelé|namens))\s*|\s+)(?:{QUOTED}|(?P<name>[\w.-]{{2,60}}))"
)
MOST_NAMES = 20


def names(lines: Sequence[str], *, field: bool) -> list[str]:
    """What accounts are called in lines that give no address of them, each once. `field`: the lines are one field of a
    form; else they are running text, where a bare word counts only if it is written like a name."""
    found: dict[str, None] = {}
    for line in lines:
        if "://" in line or len(line) > LONGEST:
            continue
        said = [one["name"] for one in HANDLE.finditer(line)]
        for one in NAMED.finditer(line):
            labelled = not one["quoted"] and re.search(r"[:=]\s*$", line[: one.start("name")])
            name = _rest(line, one.start("name")) if labelled else one["quoted"] or one["name"]
            certain = one["quoted"] or labelled or field
            said += [name] if certain or re.match(r"[A-Z]|.*[_\d]", name) else []
        found |= dict.fromkeys(name.strip(" .-") for name in said)
    return [name for name in found if len(name) > 1][:MOST_NAMES]


def _rest(line: str, start: int) -> str:
    """What a label is followed by: some words up to a mark that ends them, else the first of them."""
    words_ = re.split(r"[,;()]|\s@|\s(?:and|or|et|ou|und|oder|y|e)\s", line[start:])[0].split()
    return " ".join(words_) if len(words_) <= MOST_WORDS else words_[0]


MOST_WORDS = 4


def read(kind: str, lines: Sequence[str], *, apart: bool) -> list[str] | None:
    """The items of one field, in their order and each once; None where they can't be told for certain.

    `kind` is the field's type (`forms/*.json`). `apart`: each line is an item of its own, as in a field of a PDF; else
    lines may be one that a mail program broke.
    """
    found = READERS[kind](lines, apart)
    if found is None or not found or len(found) > MOST or any(len(one) > LONGEST for one in found):
        return None
    return list(dict.fromkeys(found))


def _matching(pattern: re.Pattern[str]) -> Callable[[Sequence[str], bool], list[str] | None]:
    def found(lines: Sequence[str], apart: bool) -> list[str] | None:
        text = REMARK.sub(" ", urls.DOT.sub(".", "\n".join(lines))) if pattern is EMAIL else "\n".join(lines)
        if sum(map(len, lines)) > 100 * LONGEST:
            return None
        left = set(words(REMARK.sub(" ", pattern.sub(" ", text))))
        return None if left - BETWEEN - _counts(left) else [" ".join(one.split()) for one in pattern.findall(text)]

    return found


def _counts(left: set[str]) -> set[str]:
    """The numbers of a list's items."""
    return {one for one in left if one.isdigit() and len(one) <= 2}


def _named(lines: Sequence[str], apart: bool) -> list[str] | None:
    """Names and words of the sender's own, each once; None where one is called something that nobody here knows."""
    each = [part for one in _pieces(lines, apart) for piece in SECOND.split(one) for part in _at_commas(piece)]
    found = [bare for part in each if (bare := _bare(part))]
    return None if any(OTHERWISE_CALLED.match(one) for one in found) else found


def account(line: str) -> bool:
    """Whether a line names an account rather than an address: `@name`, `account: name`."""
    return "://" not in line and ACCOUNT.match(line) is not None


def _with_times(lines: Sequence[str], apart: bool) -> list[str] | None:
    """IP addresses, each with the moments and ports said beside it, in the sender's own words."""
    del apart
    begins = [i for i, line in enumerate(lines) if IP.search(line) and IP.match(MARKER.sub("", line).lstrip("[ "))]
    edges = [0, *[i for i in begins if i], len(lines)]
    told = [" ".join(lines[a:b]) for a, b in itertools.pairwise(edges)]
    pieces = [part for one in told for part in one.split(";")]
    found = [" ".join(MARKER.sub("", one).split()).strip(" ,") for one in pieces if one.strip()]
    return found if all(IP.search(one) for one in found) else None


def _pieces(lines: Sequence[str], apart: bool) -> list[str]:
    """The lines of a list, put together where a mail program broke them, parted at semicolons."""
    told = [line.strip() for line in lines if line.strip()]
    if any(MARKER.match(line) for line in told):
        begins = [i for i, line in enumerate(told) if MARKER.match(line)]
        edges = [*([0] if begins[0] else []), *begins, len(told)]
        told = [" ".join(told[a:b]) for a, b in itertools.pairwise(edges)]
        told = [MARKER.sub("", one) for one in told]
    elif not apart and any(" " in line.rstrip(",;") for line in told):
        told = [" ".join(told)]
    return [part.strip(" ,") for one in told for part in one.split(";") if part.strip(" ,")]


def _at_commas(one: str) -> list[str]:
    """`a, b` is two names only where each is one word: a comma may stand in a name."""
    parts = [part for part in re.split(r",\s+", one) if part]
    return parts if all(" " not in _bare(part) for part in parts) else [one]


def _bare(part: str) -> str:
    """A name without what it is called and the quote marks around it, and without a remark behind what is no word."""
    plain = " ".join(CALLED.sub("", part.strip()).split()).strip(" \"'“”„«»,")
    first = REMARK.sub("", plain).strip()
    return first if plain.endswith(")") and " " not in first and re.search(r"[@_\d]", first) else plain


def _languages(lines: Sequence[str], apart: bool) -> list[str] | None:
    del apart
    said = [word for word in words(" ".join(lines)[:LONGEST]) if word not in BETWEEN]
    spoken = [_language_names().get(word) for word in said]
    return None if None in spoken or len(spoken) > MOST_LANGUAGES else [one for one in spoken if one]


@cache
def _language_names() -> dict[str, str]:
    text = resources.files("comity.reading").joinpath("forms", "languages.json").read_text("utf-8")
    table = json.loads(text)
    return {fold(name): code for code, names in table.items() for name in [code, *names]}


READERS: dict[str, Callable[[Sequence[str], bool], list[str] | None]] = {
    "email-list": _matching(EMAIL),
    "phone-list": _matching(PHONE),
    "imei-list": _matching(IMEI),
    "mac-list": _matching(MAC),
    "ip-time-list": _with_times,
    "text-list": _named,
    "language-list": _languages,
}
