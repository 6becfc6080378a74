"""What a mail speaks of, with places: its subject, text and what is attached, less our own words in it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from comity.reading import claims, dates, form, speech, whose
from comity.reading.mail import Mail
from comity.reading.said import Said
from comity.reading.values import fold

ABOVE = 2  # lines of the subject above the text
MOST = 10  # places that are shown
SHORT = 20_000  # characters
CLAIM = "person-lever"
RUN = 3  # words in a row by which what a form prints is known
EMPTY_BOX = ("☐", "□", "[ ]", "[]", "( )", "_ ")


class Spoken(NamedTuple):
    """`speaks`, `dates` and `claims` as the Reading has them, the flags, and the claim on a person with what was read
    of it."""

    speaks: list[dict[str, Any]]
    dates: list[dict[str, Any]]
    flags: set[str]
    claim: dict[str, str] | None
    claims: dict[str, Any]


def of(
    taken: Mail,
    texts: list[tuple[int, str]],
    claim: dict[str, str] | None,
    orders: Sequence[tuple[int, int, int]],
    received: datetime | None,
    zone: str,
) -> Spoken:
    """What a mail speaks of. Returned mail is not listened to: it is what somebody wrote before.

    `claim`: what `signs.lever` made of it. `orders`: part, first and last line of each order in it, whose courts and
    penalties are no claim on a person. `received` (UTC) is when it came, and `zone` where its days are counted.
    """
    if taken.envelope["returned"] or taken.report:
        return Spoken([], [], set(), claim, {})
    said = list(_said(taken, texts))
    speaks, flags = list[dict[str, Any]](), set[str]()
    for one in said:
        for hit in speech.hits(one.text):
            line = hit.line if one.where else hit.line - ABOVE
            within = any(part == one.part and first <= line <= last for part, first, last in orders)
            if speech.FLAGS[hit.family] == CLAIM and within:
                continue
            flags.add(speech.FLAGS[hit.family])
            where = {"where": _where(one, hit.line), "part": one.part, "line": hit.line}
            speaks.append({"family": hit.family, "language": hit.language, "text": hit.text} | where)
    quoted = _quoted(said, flags, claim, orders, received, zone)
    if claims.calls(quoted) and not orders:
        flags.add(CLAIM)
    if CLAIM in flags and claim is None:
        told = [str(one["text"]) for one in speaks if speech.FLAGS[str(one["family"])] == CLAIM]
        told = told or [str(one["text"]) for one in quoted.get("features", ()) if one["name"] == "call"]
        claim = {"demand": " ".join(told)[:1_000]}
    named = _dates(said, received, zone) if claim and received else []
    return Spoken(speaks[:MOST], named, flags | ({CLAIM} if claim else set()), claim, quoted)


def _quoted(
    said: list[Said],
    flags: set[str],
    claim: dict[str, str] | None,
    orders: Sequence[object],
    received: datetime | None,
    zone: str,
) -> dict[str, Any]:
    """What is quoted of a claim: of what speaks of one, and of a short mail without an order, of which a person may say
    that it is one; empty where nothing was looked for."""
    if CLAIM in flags or claim or (not orders and sum(len(one.text) for one in said) <= SHORT):
        quoted = claims.of(said, received, zone)
        quoted["features"] = [one | {"where": _where_of(said, one)} for one in quoted["features"]]
        return quoted
    return {}


def _where_of(said: list[Said], quote: dict[str, Any]) -> str:
    return _where(next(one for one in said if one.part == quote["part"]), quote["line"])


def _said(taken: Mail, texts: list[tuple[int, str]]) -> Iterator[Said]:
    """Subject and text as one, for either may say half of it; then each attached text. Our own words, and what a form
    prints, are left blank, so that lines keep their number."""
    yield Said(taken.text_part or 1, "", f"{taken.envelope['subject'][:1_000]}.\n\n{_theirs(taken.text)}")
    for number, text in texts:
        yield Said(number, f"part {number}", _theirs(text))


def _where(one: Said, line: int) -> str:
    if one.where:
        return f"{one.where}, line {line}"
    return "subject" if line <= ABOVE else f"line {line - ABOVE}"


def _theirs(text: str) -> str:
    """A text without the lines of our own letters in it, and without what forms print."""
    lines = text[: speech.MOST_TEXT].splitlines()
    ours = whose.of_ours("\n".join(lines), form.titles())
    return "\n".join("" if mine or _printed(line) else line for line, mine in zip(lines, ours, strict=False))


def _printed(line: str) -> bool:
    """Whether a line is what a form prints: a box that is not ticked, or mostly words of a form in a row."""
    if line.lstrip().startswith(EMPTY_BOX):
        return True
    runs = list(_runs(line[:1_000]))
    return bool(runs) and 2 * sum(run in _prints() for run in runs) > len(runs)


def _runs(words: str) -> Iterator[tuple[str, ...]]:
    said = speech.WORD.findall(fold(words))
    yield from (tuple(said[n : n + RUN]) for n in range(len(said) - RUN + 1))


@cache
def _prints() -> frozenset[tuple[str, ...]]:
    """All that the known forms print, as runs of words."""
    printed: list[str] = []
    for one in form.known():
        printed += [" ".join(phrase.words) for phrase in one.phrases]
        printed += [one.title, one.law, *one.preamble, *(title for _, title in one.sections)]
        for field in one.fields.values():
            printed += [field.label, *(label for _, label in field.options)]
    return frozenset(run for words in printed for run in _runs(words))


def _dates(said: list[Said], received: datetime, zone: str) -> list[dict[str, Any]]:
    """The moments ahead that a mail names, the earliest first."""
    found = [(named, one) for one in said for named in dates.of(one.text, received, zone)]
    out = []
    for named, one in sorted(found, key=lambda pair: pair[0].at)[: dates.MOST]:
        line = one.text.count("\n", 0, named.begin) + 1
        out.append({"at": named.at.isoformat(), "text": named.text, "where": _where(one, line), "part": one.part})
    return out
