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
from importlib import resources
from typing import Any

from comity.reading import claims, form, instants, order, urls, values
from comity.reading.said import Said

MOST_LINES = 400
HEAD, FOOT = 14, 8  # lines of a letter in which its office stands
LONGEST_NAME, LONGEST_HEAD = 120, 50
LONGEST_SENTENCE = 1_200
REMOVAL = "eu-tco-removal-order"
ACTS = {"eu-dsa-order-act", "eu-dsa-order-inform", REMOVAL}
CITE = (
    r"(?:(?:art(?:icle|ikel|ículo|icolo|\.)?s?|§{1,2}|title|section|sec\.|loi|law|act|ley|legge"
    r"|\d+ U\.\s?S\.\s?C\.)\s?)"
)
WORDED = re.compile(r"[^\W\d_]{2}")
SALUTES = re.compile(
    r"^(?:dear|madame|monsieur|mesdames|sehr geehrte|estimad|muy se|gentil|egregi|spett"
    r"|to the (?:management|custodian))",
    re.I,
)
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


@cache
def languages() -> tuple[Mapping[str, Any], ...]:
    """The patterns of every language."""
    folder = resources.files("comity.reading").joinpath("forms", "letters")
    return tuple(form.data(f"letters/{one.name[:-5]}") for one in sorted(folder.iterdir(), key=lambda f: f.name))


@cache
def patterns(name: str) -> re.Pattern[str]:
    """All patterns of a list, in every language; `{cite}` a citation, `{states}` a State's name."""
    names = "|".join(
        sorted((re.escape(n) for all_ in values.tables()["names"].values() for n in all_), key=len, reverse=True)
    )
    told = "|".join(
        adjective for one in languages() for some in one.get("adjectives", {}).values() for adjective in some
    )
    out, taken = [], 0
    for language in languages():
        for pattern in language[name]:
            for group in ("law", "state", "office", "of"):
                if f"(?P<{group}>" in pattern:
                    pattern, taken = pattern.replace(f"(?P<{group}>", f"(?P<{group}{taken}>"), taken + 1
            out.append(
                f"(?:{pattern.replace('{cite}', CITE).replace('{states}', names).replace('{adjectives}', told)})"
            )
    return re.compile("|".join(out), re.IGNORECASE)


def group(found: re.Match[str], name: str) -> tuple[str, int]:
    """(what one of the numbered groups of a name caught, where)."""
    key = next(
        key for key, value in found.groupdict().items() if value is not None and re.fullmatch(rf"{name}\d+", key)
    )
    return found[key], found.start(key)


@cache
def states() -> Mapping[str, re.Pattern[str]]:
    """By which words a letter shows whose law and office it is."""
    told: dict[str, list[str]] = {}
    for language in languages():
        for state, some in language["states"].items():
            told.setdefault(state, []).extend(some)
    return {state: re.compile("|".join(some), re.IGNORECASE) for state, some in told.items()}


def read(said: list[Said], instrument: str) -> Letter:
    """What the texts of a mail say (`Said`; the first is its subject)."""
    out = Letter()
    texts = said[1:]
    main = max(texts, key=lambda one: len(one.text), default=None)
    if main is None:
        return out
    if language := claims.language_of(main.text):
        out.facts["language"], out.places["language"] = language, main.place(first_letter(main.text), main.text[:80])
    out.put("authority.country", countries(texts))
    state = out.facts.get("authority.country")
    out.put("authority.name", offices(texts))
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
    if found := list(silences(texts)):
        out.facts["non_disclosure.requested"], out.places["non_disclosure.requested"] = True, found[0][1]
        out.flags.add("non-disclosure-asked")
    targets(out, texts)
    return out


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


def hits(texts: list[Said], pattern: re.Pattern[str]) -> Iterator[tuple[re.Match[str], Said]]:
    for one in texts:
        for found in pattern.finditer(flat(one.text)):
            yield found, one


def flat(text: str) -> str:
    """Text whose line ends are blanks, so that a sentence is one run; as long as it was, so that places hold."""
    return text.replace("\r", " ").replace("\n", " ")


def countries(texts: list[Said]) -> Iterator[tuple[str, dict[str, Any]]]:
    where = {id(one): [found.span() for found, _ in hits([one], patterns("territory"))] for one in texts}
    for state, pattern in states().items():
        for found, one in hits(texts, pattern):
            if any(begin <= found.start() < end for begin, end in where[id(one)]):
                continue  # where the order holds, which needn't be at home
            yield state, one.place(found.start(), found[0])
            break


def offices(texts: list[Said]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The office that writes: at the head of a letter, or under its signature; the longest of those that agree."""
    found = [*districts(texts), *heads(texts), *acting(texts)]
    names = sorted(found, key=lambda one: -len(one[0]))
    if names and all(values.fold(one[0]) in values.fold(names[0][0]) for one in names):
        return iter(names[:1])
    return iter(names)


def districts(texts: list[Said]) -> Iterator[tuple[str, dict[str, Any]]]:
    for found, one in hits(texts, patterns("districts")):
        office, at = group(found, "office")
        said, begin = group(found, "of")
        said = one.text[begin : begin + len(said)].split("\n\n")[0].splitlines()[0]
        yield " ".join(f"{office}, {said}".split()), one.place(at, found[0])


@cache
def acts() -> re.Pattern[str]:
    names = patterns("offices").pattern.replace(".*", r"[^;:.\n]{0,80}?")
    return re.compile(rf"(?<=[\s,(])(?P<name>{names}),? (?:{patterns('acts').pattern})(?!\w)", re.IGNORECASE)


def acting(texts: list[Said]) -> Iterator[tuple[str, dict[str, Any]]]:
    """An office of which a sentence says that it orders, or has found."""
    for found, one in hits(texts, acts()):
        name = " ".join(found["name"].split())
        if name[0].isupper() and 5 < len(name) <= LONGEST_NAME:
            yield name, one.place(found.start("name"), name)


def heads(texts: list[Said]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Whole lines at the head or the foot of a text that name an office."""
    for one in texts:
        lines, at = one.text.splitlines(keepends=True)[:MOST_LINES], 0
        kept = [k for k, line in enumerate(lines) if line.strip()]
        salute = next((k for k in kept if SALUTES.match(lines[k].strip())), HEAD)
        ends = {*[k for k in kept if k < salute][:HEAD], *kept[-FOOT:]}
        for k, line in enumerate(lines):
            plain = line.strip().strip("-–—*_")
            if (
                k in ends
                and not in_sentence(lines, k)
                and 5 < len(plain) <= LONGEST_NAME
                and patterns("offices").fullmatch(plain)
            ):
                yield plain, one.place(at + line.index(plain), plain)
            at += len(line)


def in_sentence(lines: list[str], k: int) -> bool:
    """Whether a line is the rest of a sentence above it, such as the court before which an order can be challenged."""
    above = lines[k - 1].strip() if k else ""
    return lines[k].strip().endswith(".") or above.endswith((":", ",")) or len(above) > LONGEST_HEAD


def references(texts: list[Said]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A number after a word that announces one, at the beginning of a line: `Our file no. 2027-EDJ-0061`."""
    words = patterns("references").pattern
    announced = re.compile(
        rf"^[ \t]*(?:(?P<before>{words})[ \t]*[:.]?[ \t]+|(?P<with>N° RG)[ \t]+)"
        r"(?P<number>(?=\S{0,30}\d)[\w./–-]+(?:[ ][\w./–-]*\d[\w./–-]*){0,3})[ \t]*$",
        re.IGNORECASE | re.MULTILINE,
    )
    for one in texts:
        for found in announced.finditer(one.text):
            word = found["before"] or ""
            whole = f"{word[3:]} {found['number']}" if word.casefold() == "n° rg" else found["number"]
            yield whole.strip(" ."), one.place(found.start(), found[0])


def laws(texts: list[Said]) -> Iterator[tuple[str, dict[str, Any]]]:
    for found, one in hits(texts, patterns("basis")):
        law, at = group(found, "law")
        yield " ".join(law.split()).rstrip(" ,."), one.place(at, law)


def moments(texts: list[Said], name: str, state: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Instants after words that say what they are; an hour without a zone is the office's own where its State has one
    time, and the order is made there."""
    if name == "made":
        yield from dated_lines(texts, state)
    for found, one in hits(texts, re.compile(rf"\b(?:{patterns(name).pattern})(?!\w)", re.IGNORECASE)):
        after = re.split(r"(?<=\w\w[.;])\s", flat(one.text)[found.end() : found.end() + 90])[0]
        try:
            at = at_hour(after, state, local=name == "made")
        except values.Impossible:
            continue
        if at:
            yield at, one.place(found.start(), found[0] + after)


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


def sentences(text: str) -> Iterator[tuple[str, int]]:
    """(sentence, where it begins). A blank line ends one too."""
    at = 0
    for found in re.finditer(r"(?<=\w\w[.!?])\s+(?=[^\Wa-z])|(?<=[)”\"][.!?])\s+|\n[ \t]*\n", text):
        yield text[at : found.start()], at
        at = found.end()
    yield text[at:], at


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


def silences(texts: list[Said]) -> Iterator[tuple[str, dict[str, Any]]]:
    for found, one in hits(texts, patterns("silence")):
        yield found[0], one.place(found.start(), found[0])


def targets(out: Letter, texts: list[Said]) -> None:
    """Accounts that a list names, and addresses before which it stands what they are."""
    each = [*listed(texts), *called(texts)]
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


def called(texts: list[Said]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """`the account https://…` – an address right after the word for what it is."""
    for kind, pattern in kinds().items():
        for found, one in hits(texts, pattern):
            # one at the end of a line may go on in the next
            line = one.text[found.start("link") :].split("\n", 1)
            read_ = urls.find(["".join(line[:1])]).urls
            if read_ and not (
                len(line) > 1 and line[1].strip() and goes_on(line[1]) and line[0].rstrip().endswith(read_[0][-8:])
            ):
                yield {"kind": kind, "ref": read_[0]}, one.place(found.start(), found[0])


def goes_on(rest: str) -> bool:
    """Whether the next line may be the rest of an address: it holds one word, or one with signs of an address."""
    first = rest.split("\n", 1)[0].split()
    return bool(first) and (len(first) == 1 or bool(urls.URL_SIGNS.search(first[0])))


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
