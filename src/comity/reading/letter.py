"""What a letter says without a form: who writes, by which law, under which number, of whom, where, by when.

Pure. `forms/letters/<language>.json` holds the patterns, one file a language. A fact is read only where a pattern says
what it is and one value alone stands there: of two that differ, neither. Each comes with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as fresh
from functools import cache
from typing import Any

from comity.reading import claims, form, instants, order, running, urls, values
from comity.reading.letterhead import countries, offices, references, seats
from comity.reading.said import Said
from comity.reading.worded import flat, group, hits, languages, patterns, sentences

LONGEST_SENTENCE = 1_200
RUNNING = 6  # words of a line
REMOVAL = "eu-tco-removal-order"
EMERGENCIES = {"us-emergency"}
ACTS = {"eu-dsa-order-act", "eu-dsa-order-inform", REMOVAL}
WORDED = re.compile(r"[^\W\d_]{2}")
ADDRESS = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[\w-]{2,24}")
ITEM = re.compile(r"^\s*(?:[-–•*·]\s+|\(?\d{1,2}[.)]\s+)?(?P<label>[^:：\n]{2,40})[:：]\s{0,20}(?P<value>\S.{0,200})$")


@dataclass
class Letter:
    """What was read, each with its place; `doubtful` are facts of which two values stand there."""

    facts: dict[str, Any] = fresh(default_factory=dict)
    places: dict[str, dict[str, Any]] = fresh(default_factory=dict)
    doubtful: set[str] = fresh(default_factory=set)
    flags: set[str] = fresh(default_factory=set)

    def put(self, path: str, found: Iterable[tuple[Any, dict[str, Any]]]) -> None:
        """One value, if no other stands there."""
        each = list(found)
        if len({values.fold(str(value)) for value, _ in each}) == 1:
            self.facts[path], self.places[path] = each[0]
        elif each:
            self.doubtful.add(path)


def read(said: list[Said], instrument: str) -> Letter:
    """What the texts of a mail say (`Said`; the first is its subject)."""
    out = Letter()
    texts = said[1:]
    main = max(texts, key=lambda one: len(one.text), default=None)
    if main is None:
        return out
    if language := claims.language_of(main.text) or claims.language_of(sentences_of(main.text)):
        out.facts["language"], out.places["language"] = language, main.place(first_letter(main.text), main.text[:80])
    out.put("authority.name", offices(texts))
    named = (out.facts["authority.name"], out.places["authority.name"]) if "authority.name" in out.facts else None
    told = seats(texts, named) if instrument in ACTS else ()
    out.put("authority.country", [*countries(texts), *told])
    state = out.facts.get("authority.country")
    if name := out.facts.get("authority.name"):
        kind = next((kind for kind, pattern in order.OFFICES if re.search(pattern, name.casefold())), None)
        out.put("authority.kind", [(kind, out.places["authority.name"])] if kind else [])
        if instrument in ACTS:
            out.put("form.issuing_authority", [(name, out.places["authority.name"])])
    out.put("form.reference", references(texts))
    out.put("form.legal_basis", laws(texts))
    out.put("form.issued_at", moments(texts, "made", state))
    out.put("due_at", moments(texts, "due", state))
    if instrument == REMOVAL:
        removed(out, texts)
    elif instrument in ACTS:
        acted(out, texts)
    if found := list(silences(texts, instrument)):
        out.facts["non_disclosure.requested"], out.places["non_disclosure.requested"] = True, found[0][1]
        out.flags.add("non-disclosure-asked")
    targets(out, texts)
    return out


def sentences_of(text: str) -> str:
    """The running lines of a letter: names, addresses and numbers are of no language."""
    return "\n".join(line for line in text.splitlines() if len(line.split()) >= RUNNING)


def first_letter(text: str) -> int:
    return len(text) - len(text.lstrip())


def acted(out: Letter, texts: list[Said]) -> None:
    """What an order to act, or to inform, says of remedies, of whom to tell, and of where it holds."""
    out.put("form.redress", runs_of(texts, patterns("redress")))
    out.put("form.feedback_contact", contacts(texts))
    out.put("territory", territories(texts))


@cache
def cited(name: str) -> re.Pattern[str]:
    """How a removal order in prose cites its act, and the points of it (`forms/instruments.json`)."""
    return re.compile(str(form.instruments()["removal"][name]), re.IGNORECASE)


def removed(out: Letter, texts: list[Said]) -> None:
    """What a removal order told in prose says: its act, the points of it that are cited, whom to tell, and silence."""
    out.put(
        "form.legal_basis", ((found[0], one.place(found.start(), found[0])) for found, one in hits(texts, cited("act")))
    )
    out.put("form.feedback_contact", contacts(texts))
    points = {found[1].lower(): one.place(found.start(), found[0]) for found, one in hits(texts, cited("point"))}
    if points:
        named = form.instruments()["removal"]["points"]
        out.facts["form.categories"] = [named[letter] for letter in sorted(points)]
        out.places["form.categories"] = points[min(points)]
    if found := list(hits(texts, patterns("silence_ordered"))):
        at = found[0][1].place(found[0][0].start(), found[0][0][0])
        out.facts["non_disclosure.requested"] = out.facts["form.non_disclosure"] = True
        out.places["non_disclosure.requested"] = out.places["form.non_disclosure"] = at
        out.flags.add("non-disclosure")


def laws(texts: list[Said]) -> Iterator[tuple[str, dict[str, Any]]]:
    for found, one in hits(texts, patterns("basis")):
        law, at = group(found, "law")
        yield " ".join(law.split()).rstrip(" ,."), one.place(at, law)


def moments(texts: list[Said], name: str, state: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Instants after words that say what they are; an hour without a zone is the office's own where its State has one
    time, and the order is made there."""
    if name == "made":
        yield from dated_lines(texts, state)
        yield from dated_sentences(texts, state)
    for found, one in hits(texts, re.compile(rf"\b(?:{patterns(name).pattern})(?!\w)", re.IGNORECASE)):
        after = re.split(r"(?<=[^\W\d_]{2}[.;])\s", flat(one.text)[found.end() : found.end() + 90])[0]
        try:
            at = at_hour(after, state, local=name == "made")
        except values.Impossible:
            continue
        if at:
            yield at, one.place(found.start(), found[0] + after)


def dated_sentences(texts: list[Said], state: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """`On 3 May 2027 at 10:00 (CEST) the Office issued this order`: a sentence that begins with its moment, and says
    after it that the order was made."""
    for found, one in hits(texts, patterns("made_before")):
        begin = sentence_begins(one.text, found.start())
        before = flat(one.text)[begin : found.start()]
        if not dated().match(before):
            continue
        try:
            at = at_hour(before, state, local=True)
        except values.Impossible:
            continue
        if at:
            yield at, one.place(begin, before)


@cache
def dated() -> re.Pattern[str]:
    """How a sentence begins with a moment: `On Monday, 3 May`."""
    return re.compile(rf"\s*(?:{patterns('dated').pattern})\s+(?:[^\W\d_]{{4,12}},?\s+)?\d", re.IGNORECASE)


MOST_BEFORE = 300


def sentence_begins(text: str, at: int) -> int:
    """Where the sentence begins in which something stands."""
    first = max(0, at - MOST_BEFORE)
    ends = [found.end() for found in SENTENCE_END.finditer(text, first, at)]
    return ends[-1] if ends else first


SENTENCE_END = re.compile(r"[^\W\d_]{2}[.;!?][\s]+|\n[ \t]*\n|[:,][ \t]*\n")


def dated_lines(texts: list[Said], state: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """`Date: March 19, 2027   Time: 11:52 PM EDT`"""
    for one in texts:
        for found in re.finditer(
            r"^[ \t]*(?:date|datum|fecha|data)[ \t]?:[^\n]{6,80}$", one.text, re.IGNORECASE | re.MULTILINE
        ):
            try:
                at = at_hour(
                    re.sub(r"\btime:|\bheure\s?:|\buhrzeit:", " ", found[0], flags=re.IGNORECASE), state, local=False
                )
            except values.Impossible:
                continue
            if at:
                yield at, one.place(found.start(), found[0])


def at_hour(text: str, state: str | None, *, local: bool) -> str | None:
    plain = instants.american(text) if state == "US" else text
    upto = first_moment(plain)
    return instants.instant(upto, None) or (instants.instant(f"{upto} local time", state) if local and state else None)


def first_moment(text: str) -> str:
    """A text up to the end of its first hour and what stands in brackets or as a zone behind."""
    found = values.TIME.search(text, values.days(text)[0][1][1]) if values.days(text) else None
    if found is None:
        return text
    zone = re.match(
        r"\s*(?:Uhr|Hrs?|h)?\s*(?:\([^()]{2,40}\)|\(?\s*"
        r"(?:[A-Z]{2,5}(?:\s?[+-]\s?\d{1,2}(?::\d\d)?)?|heure locale|local time|Ortszeit)?\s*\)?)",
        text[found.end() :],
    )
    return text[: found.end() + (zone.end() if zone else 0)]


def runs_of(texts: list[Said], pattern: re.Pattern[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The sentence that speaks of something, or several in a row."""
    for one in texts:
        found = [(n, words, at) for n, (words, at) in enumerate(sentences(one.text)) if pattern.search(flat(words))]
        if found and [n for n, _, _ in found] == list(range(found[0][0], found[0][0] + len(found))):
            whole = " ".join(" ".join(words.split()) for _, words, _ in found)
            if len(whole) <= LONGEST_SENTENCE:
                yield whole, one.place(found[0][2], whole)
        elif found:
            yield from ((words, one.place(at, words)) for _, words, at in found)


def contacts(texts: list[Said]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The address to which a sentence asks to be told."""
    for one in texts:
        for words, at in sentences(one.text):
            if patterns("inform").search(flat(words)):
                for found in ADDRESS.finditer(words):
                    yield found[0].rstrip("."), one.place(at + found.start(), found[0])


def territories(texts: list[Said]) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """Where an order holds: the States named, all Member States, or the world; where one is left out, none is read."""
    for codes, name in ((["EU"], "everywhere"), (["WORLD"], "worldwide")):
        for found, one in hits(texts, patterns(name)):
            yield codes, one.place(found.start(), found[0])
    for found, one in hits(texts, patterns("territory")):
        said, at = group(found, "state")
        code = values.country(said) or by_adjective(said)
        if code:
            after = next(sentences(one.text[found.start() : found.start() + CLAUSE]))[0]
            joined = JOINED.match(flat(one.text)[at + len(said) :])
            second = (values.country(joined[1]) or by_adjective(joined[1])) if joined else None
            yield [code, second] if second else [code], one.place(at, found[0])
            if states_in(after) - {code, second} or EXCEPT.search(found[0]):
                yield [], one.place(at, found[0])  # several are named, or one that is not meant: neither is read


CLAUSE = 400
JOINED = re.compile(
    r"\s(?:and|et|und|y|e)\s(?:in |en |au |aux |im |nel |nella )?(?:the |la |le |l['’]|der )?([^\W\d_]{4,20})(?!\w)",
    re.IGNORECASE,
)
LONGEST_STATE, SHORTEST_STATE = 4, 3  # words; letters
EXCEPT = re.compile(
    r"\b(?:not|except|other than|outside|pas|sauf|hors|excepté|nicht|außer\w*|ausgenommen|kein\w*|no|salvo|excepto"
    r"|fuera|non|tranne|eccetto|fuori)\b",
    re.IGNORECASE,
)


def states_in(text: str) -> set[str]:
    """The States that a text names, by their names or as what is theirs."""
    said = re.findall(r"[^\W\d_][\w’'-]*", text)
    runs = (" ".join(said[n : n + size]) for n in range(len(said)) for size in range(1, LONGEST_STATE + 1))
    named = (values.country(run) if run[0].isupper() and len(run) > SHORTEST_STATE else None for run in runs)
    return {code for code in (*named, *map(by_adjective, said)) if code}


def by_adjective(said: str) -> str | None:
    plain = values.fold(said)
    each = ((state, a) for one in languages() for state, some in one.get("adjectives", {}).items() for a in some)
    return next((state for state, adjective in each if values.fold(adjective) == plain), None)


def silences(texts: list[Said], instrument: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Words that ask for silence; of what only asks for help (18 U.S.C. § 2702), no wish is an order."""
    holder = hits(texts, patterns("silence_to_holder")) if instrument not in EMERGENCIES else ()
    for found, one in (*hits(texts, patterns("silence")), *holder):
        yield found[0], one.place(found.start(), found[0])


def targets(out: Letter, texts: list[Said]) -> None:
    """Accounts that a list names, and addresses before which it stands what they are."""
    each = [*listed(texts), *identified(texts), *called(texts)]
    kept: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    for target, place in each:
        kept.setdefault(target["ref"], (target, place))
    if kept:
        out.facts["targets"] = [target for target, _ in kept.values()]
        out.places["targets"] = next(iter(kept.values()))[1] | {"text": "\n".join(kept)[:4_000]}


def listed(texts: list[Said]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """`the following accounts …: username: fox` – labelled lines under a sentence that speaks of accounts."""
    spoken = re.compile(rf"\b(?:{patterns('accounts').pattern})\b", re.IGNORECASE)
    labels = patterns("identifiers")
    for one in texts:
        lines = one.text.splitlines(keepends=True)
        at, listing = 0, False
        for k, line in enumerate(lines):
            item = ITEM.match(line.rstrip())
            if (item and listing and labels.fullmatch(item["label"].strip().rstrip("s"))) or (
                item and listing and labels.fullmatch(item["label"].strip())
            ):
                ref = urls.DOT.sub(".", item["value"]).strip(" .,;")
                if " " not in ref:
                    yield {"kind": "account", "ref": ref}, one.place(at, line)
            elif line.strip():
                paragraph = flat("".join(lines[max(0, k - 3) : k + 1])).rstrip()
                listing = paragraph.endswith((":", "：")) and spoken.search(paragraph[-300:]) is not None
            at += len(line)


@cache
def by_name() -> re.Pattern[str]:
    """`the account identified as fox_12`, `the e-mail address fox@hollow.example`."""
    accounts, how = patterns("accounts").pattern, patterns("identified").pattern
    mails = patterns("mailboxes").pattern
    return re.compile(
        rf"\b(?:{accounts}) (?:{how}) [\"“«‘']?(?P<name>(?!(?:the|le|la|das|el|il)\b)[^\s,;:\"”»’]{{2,80}})"
        rf"|\b(?:{mails})\s?:? [\"“«‘<]?(?P<mail>{ADDRESS.pattern})",
        re.IGNORECASE,
    )


def identified(texts: list[Said]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Accounts that a sentence names by what they are called, where it is one that asks for something of them."""
    for one in texts:
        for words, at in sentences(one.text):
            plain = flat(words)
            if not patterns("asked").search(plain):
                continue
            for found in by_name().finditer(plain):
                ref = urls.DOT.sub(".", found["name"] or found["mail"]).rstrip(".")
                if "://" not in ref and (found["mail"] or re.search(r"[\d_.@-]", ref)):
                    yield {"kind": "account", "ref": ref}, one.place(at + found.start(), found[0])


def called(texts: list[Said]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """`the account https://…` – an address right after the word for what it is."""
    whole = {id(one): running.addresses(one.text.splitlines()) for one in texts}
    for kind, pattern in kinds().items():
        for found, one in hits(texts, pattern):
            first = urls.find([one.text[found.start("link") :].split("\n", 1)[0]]).urls[:1]
            each = {url for url in whole.get(id(one)) or () if first and url.startswith(first[0])}
            if len(each) == 1:
                yield {"kind": kind, "ref": each.pop()}, one.place(found.start(), found[0])


@cache
def kinds() -> Mapping[str, re.Pattern[str]]:
    told: dict[str, list[str]] = {}
    for language in languages():
        for kind, some in language["kinds"].items():
            told.setdefault(kind, []).extend(some)
    return {
        kind: re.compile(rf"\b(?:{'|'.join(some)})\s*[:：]?\s+(?P<link>h(?:tt|xx)ps?\S+)", re.IGNORECASE)
        for kind, some in told.items()
    }


def danger(texts: list[Said]) -> tuple[list[str], dict[str, Any] | None]:
    """(`imminent_threat`: who or what is said to be in danger, where)."""
    found = [(name, hit) for name in ("life", "injury") if (hit := next(hits(texts, patterns(name)), None))]
    place = found[0][1][1].place(found[0][1][0].start(), found[0][1][0][0]) if found else None
    return [name for name, _ in found], place
