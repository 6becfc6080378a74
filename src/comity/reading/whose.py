"""Whose words a text holds: its writer's own, or somebody else's that it quotes, forwards or answers.

Pure. An order is its signer's only in the signer's own words: an office that denies a forgery quotes it. Lines are told
apart by what mail programs put before other people's words, in the languages of `forms/mail.words.json`: `>`, "On …
wrote:", "Original Message", a block of From, Sent, To and Subject, and by the titles of our own letters. Where it can't
be told which follows, the words are taken for somebody else's: that costs a call, the other mistake an act.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from importlib import resources
from itertools import takewhile, zip_longest

from comity.reading import form as forms
from comity.reading.form import Form, load
from comity.reading.values import words

# Marks of direction and the like have no width: they may stand before any sign.
UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
# `>` and its like, after a writer's initials too; a bar, but not the cells of a table
MARK = rf"[\s{UNSEEN}]*(?:[A-Za-z]{{0,3}}[>›＞]|»|&gt;|[|¦](?=[^|¦\n]*$))"
QUOTED = re.compile(rf"^{MARK}")
MARKS = re.compile(rf"^(?:{MARK})+\s?")
BREAKS = re.compile("\r|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")  # where `str.splitlines` ends a line, beside \n
BLOCK_WITHIN = 12  # lines in which a block of header lines names its fields
ATTRIBUTION_LINES, ATTRIBUTION_LENGTH = 5, 400
BEGUN = 3  # fields of an order read above: then "… wrote:" may stand within its reasons
LABEL = re.compile(rf"^[\W{UNSEEN}]{{0,4}}[^\W\d_][^:：\n]{{0,30}}[:：](?:[\s*]|$)")
DATED = re.compile(r"\d{1,2}\D|@")
ADDRESS = re.compile(r"[^\s<>\"(),;:\[\]@]{1,64}@[^\s<>\"(),;:\[\]@]+")
NAMED = re.compile(r"[<\[(](?:mailto:)?[^\s<>\"(),;:\[\]]+@[^\s<>\"(),;:\[\]]+[>\])]")
YEAR, TIME = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)"), re.compile(r"(?<!\d)\d{1,2}\s?[:.hH]\s?\d{2}(?!\d)")
SENDER = re.compile(r"^[^:：\n]{0,100}<[^<>\s]+@[^<>\s]+>(?P<rest>.{0,80})$")
GROUPWISE = re.compile(r"^\s*>{2,3}\s?[^>\s]")  # `>>> somebody 29.11.2026 13:50 >>>`, and no mark below
BLANK_BELOW = 50
SEPARATOR = re.compile(r"^\W*[-_=*]{5,}\W*$")
MOST_LINES = 20_000
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
            rf"(?:^|[\s>,])(?:{_any('wrote')})\b.{{0,120}}[:：]\s*$|\b(?:{_any('wrote')})\s*[:：]?\s*$", ci
        ),
        "header": re.compile(
            rf"^\W{{0,3}}(?:(?P<from>{_any('from')})|(?P<sent>{_any('sent')})|(?P<to>{_any('to')})"
            rf"|(?P<subject>{_any('subject')}))\*{{0,2}}\s{{0,10}}[:：]\*{{0,2}}\s*(?P<value>.*)$",
            ci,
        ),
        "automatic": re.compile(_any("automatic"), ci),
        "registered": re.compile(_any("registered"), ci),
        "passed_on": re.compile(
            rf"^\s*(?:[\[(][^\[\]()]{{0,60}}[\])]\s*)*(?:{_any('passed_on')})\s*[:：]|\(fwd\)\s*$", ci
        ),
        "echoes": re.compile(_any("echoes"), ci),
    }


def apart(text: str) -> str:
    """A text whose lines end at \n only. What other signs divide within a quoted line is quoted too."""
    if not BREAKS.search(text):
        return text
    out = []
    for line in text.replace("\r\n", "\n").split("\n"):
        marks = MARKS.match(line)
        out.append(BREAKS.sub("\n" + marks[0] if marks else "\n", line))
    return "\n".join(out)


def own(text: str) -> list[bool]:
    """For each line of a text (as `str.splitlines` has them) whether it is its writer's own."""
    return told(text)[0]


def told(text: str) -> tuple[list[bool], bool]:
    """For each line of a text whether it is its writer's own, and whether what may follow the text no longer is."""
    text = text.replace("\x1f", "")  # by which `pieces` tells the rows and cells of tables: they are no words
    said = _Lines([line[:20_000] for line in text.splitlines()])
    out: list[bool] = []
    while (i := len(out)) < len(said.lines):
        size = attribution(said.lines, i) if i < MOST_LINES else 0
        bare = said.bare_below(i, size)
        if i >= MOST_LINES or said.ends_at(i, attributed=bare):
            return out + [False] * (len(said.lines) - i), True
        # an attribution that ends nothing, and has no marks below, stands in an order's reasons
        out += [False] * (0 if bare else size) or [not QUOTED.match(said.lines[i])]
    return out, False


class _Lines:
    """The lines of one text, and which field of an order each of them begins (looked up where it is asked for)."""

    def __init__(self, lines: list[str]) -> None:
        self.lines, self.asked = lines, 0

    @cached_property
    def fields(self) -> dict[str, list[str]]:
        """For each form that is read, the field of it that each line begins."""
        said = [_said(f"{line[:SHORT]} {more[:SHORT]}") for line, more in _with_next(self.lines)]
        return {form.id: [_begun(form.id, one) for one in said] for form in forms.known()}

    def ends_at(self, i: int, *, attributed: bool) -> bool:
        """Whether all from a line on is another's: a mail of its own begins there, or one of our letters."""
        if QUOTED.match(self.lines[i]):
            line = self.lines[i].strip()[:SHORT]
            return bool(GROUPWISE.match(line)) and line.endswith(">>") and _at(line)
        if ours(self.lines[i], self.lines[i + 1] if i + 1 < len(self.lines) else ""):
            return True
        begins = _cuts(self.lines, i) or _headed(self.lines, i) or attributed
        return begins and not self.goes_on(i)

    def bare_below(self, i: int, size: int) -> bool:
        """Whether the words below an attribution of so many lines stand there without marks."""
        after = range(i + size, min(len(self.lines), i + size + BLANK_BELOW)) if size else ()
        below = next((self.lines[n] for n in after if self.lines[n].strip()), "")
        return bool(below) and not QUOTED.match(below)

    def goes_on(self, i: int) -> bool:
        """Whether a line stands within an order: fields of it were filled above, and others of it follow, none twice.

        So an order's own reasons may quote a post, a chat or a mail.
        """
        return any(self._goes_on(form, self.fields[form.id], i) for form in forms.known())

    def _goes_on(self, form: Form, fields: list[str], i: int) -> bool:
        above = {name for name, line in zip(fields[:i], self.lines, strict=False) if name and not QUOTED.match(line)}
        below = set(fields[i:]) - {""}
        begun = len([name for name in above if _of_the_first(form, name)]) >= BEGUN
        return begun and bool(below - above) and len(below & above) < 2 and TITLE not in below


def _with_next(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    return zip_longest(lines, lines[1:], fillvalue="")


TITLE = "title"


def _of_the_first(form: Form, name: str) -> bool:
    """Whether a field is of the first two sections, which stand before the reasons."""
    return name != TITLE and form.fields[name].section in "AB"


@cache
def _labels(form_id: str) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    form, out = load(form_id), dict[str, list[tuple[tuple[str, ...], str]]]()
    labels = [
        (p.words, p.field) for p in form.phrases if p.option is None and not p.only_with_colon and len(p.words) > 1
    ]
    for said, name in [*labels, *((title, TITLE) for title in form.titles)]:
        out.setdefault(said[0], []).append((said, name))
    return out


def field_of(line: str) -> str:
    """The field of an order whose label a line begins with, or TITLE; empty: none. Numbers before it don't count."""
    said = _said(line)
    return next((name for form in forms.known() if (name := _begun(form.id, said))), "")


def _said(line: str) -> tuple[str, ...]:
    return tuple(words(line)[:40])


def _begun(form_id: str, said: tuple[str, ...]) -> str:
    labels = _labels(form_id)
    while said and len(said) > 1 and len(said[0]) <= 2 and said[0] not in labels:
        said = said[1:]
    return next((name for label, name in labels.get(said[0], ()) if said[: len(label)] == label), "") if said else ""


def _cuts(lines: Sequence[str], i: int) -> bool:
    """Whether another mail begins here: a line that says so, or the block of its header lines."""
    return bool(_patterns()["cut"].match(lines[i]) or _patterns()["begins"].match(lines[i])) or _block(lines, i)


def _block(lines: Sequence[str], i: int) -> bool:
    """From, Sent, To and Subject in a run of lines, as mail programs write them over a mail that they quote.

    A letter may begin with such lines too: it is taken for one where its From names no address, no "Sent" stands there,
    and no rule is drawn above.
    """
    if not _header(lines[i]):
        return False
    found = dict[str, str]()
    for line, value in _with_values(lines[i : i + BLOCK_WITHIN]):
        for name in ("from", "sent", "to", "subject"):
            if line[name]:
                found.setdefault(name, f"{line['sent'] or ''}\n{value}")
    above = any(SEPARATOR.match(line) for line in lines[max(0, i - 2) : i])
    word = found.get("sent", "").partition("\n")[0].lower()
    sent = bool(word) and not word.startswith(("dat", "fecha"))
    return (
        len(found) >= 3
        and "from" in found
        and {"sent", "subject"} & set(found) != set()
        and (ADDRESS.search(found["from"]) is not None or sent or above)
    )


def _with_values(lines: Sequence[str]) -> Iterator[tuple[re.Match[str], str]]:
    """The header lines of a run, each with its value, which may stand on the next line."""
    said = [line for line in lines if line.strip()]
    for n, line in enumerate(said):
        if head := _header(line):
            yield head, head["value"] or (said[n + 1] if n + 1 < len(said) else "")


def _header(line: str) -> re.Match[str] | None:
    return _patterns()["header"].match(line[:SHORT])


def _headed(lines: Sequence[str], i: int) -> bool:
    """Whether a mail's head stands here in words of any language: a sender in <>, a date and a time, labelled so."""
    line = lines[i][:SHORT]
    if sender := SENDER.match(line):
        rest = (
            sender["rest"] if sender["rest"].strip() else next((one for one in lines[i + 1 : i + 3] if one.strip()), "")
        )
        return len(rest) < 80 and _at(rest)
    run = [one[:SHORT] for one in lines[i : i + BLOCK_WITHIN // 2] if one.strip()]
    if not LABEL.match(line) or not any(map(NAMED.search, run)) or field_of(line):
        return False
    run = list(takewhile(lambda one: not field_of(one), run))
    said = " ".join(run)
    return len([one for one in run if LABEL.match(one)]) >= 3 and NAMED.search(said) is not None and _at(said)


def _at(said: str) -> bool:
    return bool(YEAR.search(said) and TIME.search(said))


def attribution(lines: Sequence[str], i: int) -> int:
    """How many lines from here say "On … somebody wrote:" over another's words; 0: none do."""
    said = ""
    for size, line in enumerate(lines[i : i + ATTRIBUTION_LINES], start=1):
        over = not line.strip() and (size == 1 or not "".join(lines[i + size : i + size + 1]).lstrip().startswith("<"))
        said = f"{said} {line.strip()}".strip()
        if over or QUOTED.match(line) or len(said) > ATTRIBUTION_LENGTH:
            return 0
        if line.strip() and _says_who(said):
            return 0 if any(field_of(one) for one in lines[i : i + size]) else size
        if line.rstrip().endswith((":", "：", ".", "!", "?")):
            return 0  # a sentence of its own
    return 0


def _says_who(said: str) -> bool:
    """Whether a line says who wrote what follows: in a language that we know, or by an address, a year and a time."""
    ends = said.endswith((":", "："))
    if DATED.search(said) and _patterns()["wrote"].search(said):
        return ends or (ADDRESS.search(said) is not None and DATED.search(ADDRESS.sub("", said)) is not None)
    return ends and YEAR.search(said) is not None and bool(NAMED.search(said) or (ADDRESS.search(said) and _at(said)))


def ours(line: str, below: str = "") -> bool:
    """Whether a line, or one that is wrapped into the next, is the title of one of our letters or their last sentence:
    what stands from there on is never an order. A sentence that begins with these words is no title."""
    first, more = _plain(line), _plain(below)
    for said in known("ours"):
        whole = f"{first} {more}" if len(first) > WRAPPED and said.startswith(first + " ") else first
        if whole.startswith(said) and ("." in said or not _goes_on(whole[len(said) :])):
            return True
    return False


def _goes_on(rest: str) -> bool:
    """Whether what follows a title's words holds more of them, but for what stands in brackets."""
    return re.search(r"[^\W\d_]", re.sub(r"\([^()]*\)", "", rest)) is not None


WRAPPED = 15  # letters of a title that stand on its first line


def _plain(line: str) -> str:
    return " ".join(MARKS.sub("", line[:SHORT]).strip(" *_#\t").casefold().split())


def of_ours(text: str, titles: Sequence[Sequence[str]]) -> list[bool]:
    """For each line of a text whether it is of a letter of ours that is quoted.

    That goes from its title to where another mail begins, or an order (`titles`, as words).
    """
    lines = [MARKS.sub("", line[:20_000].replace("\x1f", "")) for line in text.splitlines()]
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
    for line, below in _with_next(text[:400_000].splitlines()):
        if ours(line, below):
            return True
        if _titled(line, titles):
            return False
    return False


def forwards(text: str) -> bool:
    """Whether a line says that another mail is forwarded from here on."""
    pattern = _patterns()["forward"]
    lines = text[:200_000].replace("\x1f", "").splitlines()
    return any(pattern.match(MARKS.sub("", line[:SHORT])) for line in lines)


def passed_on(subject: str) -> bool:
    """Whether a subject says that another's mail is passed on."""
    return bool(_patterns()["passed_on"].search(subject[:SHORT]))


def looks_automatic(subject: str, said: str) -> bool:
    """Whether a mail without marks looks like a machine's: by its subject, or by how its few own words begin."""
    patterns = _patterns()
    return bool(
        patterns["automatic"].search(subject[:SHORT])
        or patterns["registered"].search(subject[:SHORT])
        or patterns["registered"].search(said[:SHORT])
        or patterns["automatic"].search(said[:300])
    )


def echoes(subject: str, said: str) -> bool:
    """Whether a machine's mail says that it answers something: then it may hold what it answers, without any mark."""
    pattern = _patterns()["echoes"]
    return bool(pattern.search(subject[:SHORT]) or pattern.search(said[:SHORT]))
