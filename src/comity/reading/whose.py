"""Whose words a text holds: its writer's own, or somebody else's that it quotes, forwards or answers.

Pure. An order is its signer's only in the signer's own words: an office that denies a forgery quotes it. Lines are told
apart by what mail programs put before other people's words, in the languages of `forms/mail.words.json`: `>`, "On …
wrote:", "Original Message", a block of From, Sent, To and Subject, and by the titles of our own letters. Where it can't
be told which follows, the words are taken for somebody else's: that costs a call, the other mistake an act.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources

QUOTED = re.compile(r"^\s{0,3}[>»]")
MARKS = re.compile(r"^(?:\s{0,3}[>»])+\s?")
BLOCK_WITHIN = 8  # lines in which a block of header lines names its fields
ATTRIBUTION_LINES, ATTRIBUTION_LENGTH = 3, 400
FORM_LINES = 3  # labelled lines of one's own above: then "… wrote:" stands within an order's own reasons
LABELLED = re.compile(r"^[^\n:：]{3,160}[:：]\s*\S")
DATED = re.compile(r"\d{1,2}\D|@")
SEPARATOR = re.compile(r"^\W*[-_=*]{5,}\W*$")
MOST_LINES = 50_000
SHORT = 2_000


@cache
def known(kind: str) -> tuple[str, ...]:
    """The words of one kind, in every language, in small letters."""
    text = resources.files("comity.reading").joinpath("forms", "mail.words.json").read_text("utf-8")
    return tuple(json.loads(text)[kind])


@cache
def _any(kind: str) -> str:
    return "|".join(sorted(map(re.escape, known(kind)), key=len, reverse=True))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    ci = re.IGNORECASE
    return {
        "cut": re.compile(rf"^\W{{0,20}}(?:[-–—_=*]{{2,}}\s*)(?:{_any('forwarded')}|{_any('original')})\b", ci),
        "forward": re.compile(
            rf"^\W{{0,20}}(?:[-–—_=*]{{2,}}\s*)(?:{_any('forwarded')})\b|^\W{{0,20}}(?:{_any('begins')})\s?:", ci
        ),
        "begins": re.compile(rf"^\W{{0,20}}(?:{_any('begins')})\s?:", ci),
        "wrote": re.compile(
            rf"(?:^|[\s>,])(?:{_any('wrote')})\b.{{0,120}}[:：]\s*$|\b(?:{_any('wrote')})\s*[:：]\s*$", ci
        ),
        "header": re.compile(
            rf"^\W{{0,3}}(?:(?P<from>{_any('from')})|(?P<sent>{_any('sent')})|(?P<to>{_any('to')})"
            rf"|(?P<subject>{_any('subject')}))\*?\s?[:：]\*?\s*(?P<value>.*)$",
            ci,
        ),
        "automatic": re.compile(_any("automatic"), ci),
        "registered": re.compile(_any("registered"), ci),
    }


def own(text: str) -> list[bool]:
    """For each line of a text (as `str.splitlines` has them) whether it is its writer's own."""
    lines = [line[:20_000] for line in text.splitlines()]
    out: list[bool] = []
    i, labelled = 0, 0
    while i < len(lines):
        if i >= MOST_LINES or _cuts(lines, i) or ours(lines[i]) or _cuts_off(lines, i, labelled):
            break
        size = attribution(lines, i)
        mine = not QUOTED.match(lines[i]) and not size
        out += [mine] * max(size, 1)
        labelled += mine and bool(LABELLED.match(lines[i]))
        i += max(size, 1)
    return out + [False] * (len(lines) - len(out))


def _cuts(lines: Sequence[str], i: int) -> bool:
    """Whether all from here on is another mail: a line that says so, or the block of its header lines."""
    line = lines[i]
    if QUOTED.match(line):
        return False
    return bool(_patterns()["cut"].match(line) or _patterns()["begins"].match(line)) or _block(lines, i)


def _block(lines: Sequence[str], i: int) -> bool:
    """From, Sent, To and Subject in a run of lines, as mail programs write them over a mail that they quote.

    A letter may begin with such lines too: it is taken for one where its From names no address, no "Sent" stands there,
    and no rule is drawn above.
    """
    first = _header(lines[i])
    if not first or not first["from"]:
        return False
    found = [h for line in lines[i : i + BLOCK_WITHIN] if (h := _header(line))]
    kinds = {name for h in found for name in ("from", "sent", "to", "subject") if h[name]}
    above = any(SEPARATOR.match(line) for line in lines[max(0, i - 2) : i])
    sent = any(h["sent"] and not h["sent"].lower().startswith(("dat", "fecha")) for h in found)
    return len(kinds) >= 3 and {"sent", "subject"} & kinds != set() and ("@" in first["value"] or sent or above)


def _header(line: str) -> re.Match[str] | None:
    return _patterns()["header"].match(line[:SHORT])


def attribution(lines: Sequence[str], i: int) -> int:
    """How many lines from here say "On … somebody wrote:" over another's words; 0: none do."""
    if not lines[i].strip() or QUOTED.match(lines[i]):
        return 0
    said = ""
    for size, line in enumerate(lines[i : i + ATTRIBUTION_LINES], start=1):
        if not line.strip() or QUOTED.match(line):
            return 0
        said = f"{said} {line.strip()}".strip()
        if len(said) > ATTRIBUTION_LENGTH:
            return 0
        if said.endswith((":", "：")):
            return size if _patterns()["wrote"].search(said) and DATED.search(said) else 0
    return 0


def _cuts_off(lines: Sequence[str], i: int, labelled: int) -> bool:
    """Whether all from an attribution on is another's, since no `>` stands before the lines below it."""
    size = attribution(lines, i)
    if not size or labelled >= FORM_LINES:
        return False
    below = next((line for line in lines[i + size :] if line.strip()), "")
    return bool(below) and not QUOTED.match(below)


def ours(line: str) -> bool:
    """Whether a line begins one of our own letters: what stands there is never an order."""
    plain = " ".join(MARKS.sub("", line[:SHORT]).strip(" *_#\t").casefold().split())
    return plain.startswith(known("ours"))


def of_ours(text: str, titles: Sequence[Sequence[str]]) -> list[bool]:
    """For each line of a text whether it is of a letter of ours that is quoted.

    That goes from its title to where another mail begins, or an order (`titles`, as words).
    """
    lines = [MARKS.sub("", line[:20_000]) for line in text.splitlines()]
    out: list[bool] = []
    within = False
    for i, line in enumerate(lines):
        if i >= MOST_LINES:
            break
        if ours(line):
            within = True
        elif within:
            within = not (_cuts(lines, i) or attribution(lines, i) or _titled(line, titles))
        out.append(within)
    return out + [False] * (len(lines) - len(out))


def _titled(line: str, titles: Sequence[Sequence[str]]) -> bool:
    plain = re.findall(r"[^\W_]+", line.casefold())
    return any(plain[: len(title)] == list(title) for title in titles)


def our_letter(text: str, titles: Sequence[Sequence[str]]) -> bool:
    """Whether a document is one of our letters: it bears such a title, and none of an order's `titles` before it."""
    for line in text[:400_000].splitlines():
        if ours(line):
            return True
        if _titled(line, titles):
            return False
    return False


def forwards(text: str) -> bool:
    """Whether a line says that another mail is forwarded from here on."""
    pattern = _patterns()["forward"]
    return any(pattern.match(MARKS.sub("", line[:SHORT])) for line in text[:200_000].splitlines())


def looks_automatic(subject: str, words: str) -> bool:
    """Whether a mail without marks looks like a machine's: by its subject, or by how its few own words begin."""
    patterns = _patterns()
    return bool(
        patterns["automatic"].search(subject[:SHORT])
        or patterns["registered"].search(subject[:SHORT])
        or patterns["registered"].search(words[:SHORT])
        or patterns["automatic"].search(words[:300])
    )
