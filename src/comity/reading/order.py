"""Entries of a form to one order: facts, the place of each, flags, and the sheet that a person sees.

Pure. A blank line is "looked, there is none"; a line that cannot be read for certain is left out of the facts
and keeps its place and text, so that a person types it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from comity.reading import alike, evidence, identifiers, instants, span, urls, values
from comity.reading.ending import CHOICES, LEADS
from comity.reading.form import Field, Form
from comity.reading.labelled import Entry
from comity.reading.pieces import Piece
from comity.reading.values import fold

OFFICES = (
    (
        "judge",
        r"investigating judge|\bjudge\b|\bjuge\b|richter|\bjuez\b|\bjueza\b|\bjuzgado(?: \w+){0,2} de instrucción"
        r"|\bgiudice\b|\bgip\b",
    ),
    ("ministry", r"\bminist"),
    (
        "prosecutor",
        r"\bprosecut|\bparquet|staatsanwalt|\bprocureur|\bfiscal(?:ía)?\b|\bprocura\b|\bprocuratore\b"
        r"|united states attorney|district attorney|attorney general|\battorney['’]s office",
    ),
    ("court", r"\bcourt\b|tribunal|gericht|\bcour d|\bjuzgado\b|\baudiencia (?:nacional|provincial)|\bcorte d"),
    ("police", r"\bpolice\b|polizei|\bpolicía\b|\bpolizia\b|\bguardia civil\b|\bcarabinieri\b|\bgarda\b|kriminalamt"),
    ("regulator", r"\bregulat|\boffice\b|\bauthority\b|\bagency\b|\bcommission\b|\bautorit|\bbehörde"),
)
DATED = {"datetime", "datetime-range", "date"}
DAY_FIRST = {"fr", "de", "es", "it", "pt", "nl", "pl", "ru"}  # never the month; in English it may be either
MOST_TEXT = 400_000
MOST_TARGETS = 10_000
FEWEST_LINES, HARDLY = 6, 0.2
BLANKS: tuple[Any, ...] = (None, "", [], False)
CONDITION = re.compile(r"(?P<number>[A-Z](?:\.\w+)+) is (?P<what>[\w-]+)")
SIGNATURES = (
    ("qualified", r"qualified|qualifi|\bQES\b"),
    ("advanced", r"advanced electronic|\bAES\b"),
    ("stamp", r"stamp|seal\b|cachet|stempel|siegel"),
    ("handwritten", r"handwrit|manuscrit"),
)


@dataclass
class Document:
    """Where a run of entries comes from, and what helps to read it."""

    part: int
    text: str
    near: datetime | None
    zone: str
    acroform: bool = False
    language: str | None = None


@dataclass
class Order:
    form: Form
    facts: dict[str, Any]
    places: dict[str, dict[str, Any]]
    sheet: dict[str, Any]
    flags: set[str] = field(default_factory=set)
    beside: dict[str, dict[str, Any]] = field(default_factory=dict)
    fields: int = 0
    group: dict[str, Entry] = field(default_factory=dict)
    document: Document | None = None

    @property
    def valued(self) -> int:
        """How many fields of its form hold something."""
        return len([value for value in self.facts["form"].values() if value not in BLANKS])

    def contradicts(self, other: Order) -> set[str]:
        """The fields of which another reading of the same document says something else. That less was found in one
        doesn't contradict it."""
        mine, theirs = self.facts["form"], other.facts["form"]
        return {
            name
            for name, value in mine.items()
            if name in theirs and value not in BLANKS and fold(str(value)) != fold(str(theirs[name]))
        } | {name for name, value in mine.items() if value is False and theirs.get(name) is True}

    def without(self, names: set[str]) -> Order:
        """The same order, some of its fields unread."""
        if not names or self.document is None:
            return self
        group = {name: replace(one, looked=one.looked and name not in names) for name, one in self.group.items()}
        return build(self.form, group, self.document)


def recognised(form: Form, text: str, group: dict[str, Entry]) -> bool:
    """Whether a document claims to be an order in this form: some of its fields, and its act or its title."""
    rules = form.reads["recognised"]
    if len(group) < 3 or not set(rules["fields"]) & set(group):
        return False
    named, titled = names_act(form, text), bears_title(form, text)
    if rules["needs_title"]:
        return titled and (named or len(group) >= 5)
    about = any(said_in(text, values.words(subject)) for subject in rules["subject"])
    return (named and (titled or len(group) >= 5)) or (titled and about and len(group) >= 5)


def may_be(form: Form, text: str) -> bool:
    """Whether a text may hold an order in this form at all: it says its title or names its act."""
    return names_act(form, text) or any(said_in(text, title) for title in form.titles)


def names_act(form: Form, text: str) -> bool:
    plain = unspaced(text)
    return any(name in plain for name in form.names_instrument)


def said_in(text: str, said: Sequence[str]) -> bool:
    return f" {' '.join(said)} " in spoken(text)


# Every form asks it of the same texts, one after the other.
@lru_cache(maxsize=4)
def spoken(text: str) -> str:
    """The words of a text, a space around each."""
    return f" {' '.join(values.words(text[:MOST_TEXT]))} "


@lru_cache(maxsize=4)
def unspaced(text: str) -> str:
    return re.sub(r"\s+", "", text[:MOST_TEXT])


def bears_title(form: Form, text: str) -> bool:
    """Whether the form's title stands there; where others fill in the same labels, before any of theirs."""
    said = spoken(text)
    first, other = first_of(said, form.titles), first_of(said, form.other_titles)
    named = form.reads["recognised"]["other_names"]
    if named and (found := re.search(named, said)):
        other = found.start() if other < 0 else min(other, found.start())
    return first >= 0 and (other < 0 or first < other)


def first_of(said: str, titles: Sequence[Sequence[str]]) -> int:
    return min((at for title in titles if (at := said.find(f" {' '.join(title)} ")) >= 0), default=-1)


def build(form: Form, group: dict[str, Entry], document: Document) -> Order:
    """Facts of one order, from the entries of one group."""
    order = Order(form, {"instrument": form.instrument, **deepcopy(form.reads["says"])}, {}, {}, fields=len(group))
    state = country_of(group)
    document = replace(document, language=language_of(group))
    if hardly_filled(form, group):
        group = {name: replace(one, looked=one.looked and not empty(form, one)) for name, one in group.items()}
        order.flags.add("values-not-found")
    order.group, order.document = group, document
    order.beside["instrument"] = titled(form, document)
    held: dict[str, Any] = {}
    for name, entry in group.items():
        known = form.fields[name]
        if known.type == "notice":
            continue
        order.places[f"form.{name}"] = place(known, entry, document)
        try:
            found, value = fact(form, known, entry, state, document, order.flags)
        except values.Impossible:
            order.flags.add("impossible-date")
            continue
        if found:
            held[name] = value
    if form.reads["legal_basis"]:
        held["legal_basis"] = form.reads["legal_basis"] if names_act(form, document.text) else ""
    order.facts["form"] = held
    around(form, order, group, document)
    order.sheet = sheet(form, group)
    return order


def titled(form: Form, document: Document) -> dict[str, Any]:
    """Where a document says what it is: the line of its title, else the one that names the act."""
    lines = document.text[:MOST_TEXT].splitlines()
    entitled = (n for n, line in enumerate(lines) if any(words_begin(line, title) for title in form.titles))
    n = next(entitled, next((n for n, line in enumerate(lines) if names_act(form, line)), None))
    if n is not None:
        return {"where": f"line {n + 1}", "part": document.part, "line": n + 1, "text": lines[n].strip()[:300]}
    return {"where": "in the text", "part": document.part, "text": form.title}


def words_begin(line: str, title: Sequence[str]) -> bool:
    return tuple(values.words(line[:400])[: len(title)]) == tuple(title)


def empty(form: Form, entry: Entry) -> bool:
    """Whether nothing was found in a field: no words, no box that is ticked."""
    boxed = form.fields[entry.field].type in {*CHOICES, "tick"}
    return not any(entry.options.values()) if boxed else values.is_blank(entry.text)


def hardly_filled(form: Form, group: Mapping[str, Entry]) -> bool:
    """Whether hardly a line of a whole form holds a value. No office sends such a form: what it put in wasn't found,
    in whatever way it stands there, and nothing may be said of what it left blank."""
    apart = {*CHOICES, "tick", "notice", "signature"}
    lines = [one for one in group.values() if form.fields[one.field].type not in apart]
    filled = [one for one in lines if not values.is_blank(one.text)]
    return len(lines) >= FEWEST_LINES and len(filled) <= HARDLY * len(lines)


def country_of(group: dict[str, Entry]) -> str | None:
    return values.country(group["issuing_state"].text) if "issuing_state" in group else None


def language_of(group: dict[str, Entry]) -> str | None:
    spoken = [e.language for e in group.values() if e.language]
    return max(sorted(set(spoken)), key=spoken.count) if spoken else None


def around(form: Form, order: Order, group: dict[str, Entry], document: Document) -> None:
    """Facts beside the form: language, authority, targets, non-disclosure, what is missing."""
    held = order.facts["form"]
    if language := language_of(group):
        order.facts["language"] = language
    rules = form.reads["authority"]
    name = next((held[field] for field in rules["name"] if held.get(field)), None)
    authority = {"name": name, "country": held.get("issuing_state"), "kind": kind_of(rules, held)}
    order.facts["authority"] = {key: value for key, value in authority.items() if value}
    if (named := targets(form, held)) is not None:
        order.facts["targets"] = named
    if form.reads["evidence"]:
        order.facts |= evidence.facts(form.reads["evidence"], held, group, kind_of)
    if "non_disclosure" in held:
        order.facts["non_disclosure"] = silence(held, group["non_disclosure"], document)
        if held["non_disclosure"]:
            order.flags.add("non-disclosure")
    if missing(form, held, unread=set(group) - set(held)):
        order.flags.add("missing-elements")


def targets(form: Form, held: dict[str, Any]) -> list[dict[str, Any]] | None:
    """What the order names, one by one; empty where every field that may name it is blank, None where one wasn't read
    and none names it."""
    out: list[dict[str, Any]] = []
    for rule in form.reads["targets"]:
        refs = list(dict.fromkeys(ref for name in rule["fields"] for ref in held.get(name) or ()))
        kind = {"kind": rule["kind"], "specific": True} if rule["kind"] else {}
        out += [{"ref": ref, **kind} for ref in refs]
    asked = [name for rule in form.reads["targets"] for name in rule["fields"]]
    return out[:MOST_TARGETS] if out or all(name in held for name in asked) else None


def says_first(form: Form, text: str) -> str:
    """The words by which the office itself says that it never sent us such an order before; empty for none."""
    plain = re.sub(r"\s+", " ", text[:MOST_TEXT])
    found = (re.search(pattern, plain, re.IGNORECASE) for pattern in form.reads["first_order"])
    return next((one[0] for one in found if one), "")


def missing(form: Form, held: dict[str, Any], unread: set[str]) -> bool:
    """Whether an element that the annex makes mandatory is blank or not there (a stamp is judged apart); one that is
    there and wasn't read may be anything."""
    for known in form.fields.values():
        if known.type in {"tick", "signature"} or known.name in unread or not wanted(form, known, held):
            continue
        if held.get(known.name) in (None, "", []):
            return True
    each = form.reads["at_least_one"]
    return any(not any(held.get(name) or name in unread for name in names) for names in each)


def wanted(form: Form, known: Field, held: dict[str, Any]) -> bool:
    """Whether the form asks for a field: always, or where another is ticked, filled in, or says a certain thing."""
    rule = form.reads["required"].get(known.name, known.required)
    found = CONDITION.fullmatch(rule) if isinstance(rule, str) else None
    other = form.by_number(found["number"]) if found else None
    if found is None or other is None:
        return rule is True
    value = held.get(other.name)
    if found["what"] == "ticked":
        return value is True
    return bool(value) if found["what"] == "filled" else value == found["what"]


def kind_of(rules: Mapping[str, Any], held: Mapping[str, Any]) -> str | None:
    """What an office is: the box that it ticks, and where that leaves several, what its own words say."""
    kinds = rules["kinds"].get(held.get(rules["kind"]), [])
    if len(kinds) == 1:
        return str(kinds[0])
    said = " ".join(str(held.get(name) or "") for name in rules["said_in"]).casefold()
    return next((kind for kind, pattern in OFFICES if kind in kinds and re.search(pattern, said)), None)


def silence(held: dict[str, Any], entry: Entry, document: Document) -> dict[str, Any]:
    """`non_disclosure` of design facts; its end where the order names one beyond doubt."""
    ticked = bool(held["non_disclosure"])
    out: dict[str, Any] = {"requested": ticked}
    until = re.search(
        r"(?:\buntil|\bup to|\bjusqu|\bbis\b|\bhasta\b|\bfino a[dl]?\b)(.{4,80})",
        f"{entry.label} {entry.text}"[:2_000],
        re.IGNORECASE | re.DOTALL,
    )
    if not ticked or not until:
        return out
    said = values.dotted(until[1], document.near) if document.language in DAY_FIRST else until[1]
    try:
        at = (
            instants.instant(said, held.get("issuing_state"), document.near)
            or at_home(said, held, document)
            or end_of_day(said, document)
        )
    except values.Impossible:
        return out
    return {**out, "until": at} if at else out


def at_home(text: str, held: dict[str, Any], document: Document) -> str | None:
    """An hour without a zone, where office and addressee are in one State with one time: nothing else can be meant."""
    state = held.get("issuing_state")
    if state is None or state != held.get("establishment_state"):
        return None
    return instants.instant(f"{text} local time", state, document.near)


def end_of_day(text: str, document: Document) -> str | None:
    """A period that ends with a day ends as the next one begins, in the addressee's zone."""
    on = values.day(text, document.near)
    if on is None or values.TIME.search(text.replace(on, "")):
        return None
    if on == date.max.isoformat():
        return None  # "for ever" is no end
    after = date.fromisoformat(on) + timedelta(days=1)
    begins = datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(document.zone))
    return begins.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def fact(
    form: Form, known: Field, entry: Entry, state: str | None, document: Document, flags: set[str]
) -> tuple[bool, Any]:
    """(read for certain, value). Raises values.Impossible for a day that does not exist."""
    text = entry.text
    if not entry.looked or leads_on(known, text):
        return False, None
    if known.type in CHOICES:
        return choice(form, known, entry)
    if known.type == "tick":
        return "ticked" in entry.options, entry.options.get("ticked")
    if known.type == "signature":
        return True, signature(text)
    if known.type == "url-list":
        found = urls.find(entry.lines)
        flags |= found.flags
        if (
            "too-many-urls" in found.flags
            or found.unread
            or any(
                identifiers.account(line) or ("://" not in line and values.ELSEWHERE.match(line))
                for line in entry.lines
            )
        ):
            return False, None  # some would be left out unseen, so a person reads the field
        return bool(found.urls) or values.is_blank(text), found.urls
    if known.type in identifiers.READERS:
        listed = [] if values.is_blank(text) else identifiers.read(known.type, entry.lines, apart=document.acroform)
        return listed is not None, listed
    if values.is_blank(text):
        return True, None if known.type in {"country", "datetime", "date", "datetime-range"} else ""
    return written(known, entry, state, document, flags)


def leads_on(known: Field, text: str) -> bool:
    """Whether a value holds dots or strokes to write on: some of it is the label of another, or of what was left."""
    held = known.type not in {*CHOICES, "tick", "signature"} and not values.is_blank(text)
    return held and LEADS.search(text) is not None


def written(known: Field, entry: Entry, state: str | None, document: Document, flags: set[str]) -> tuple[bool, Any]:
    value: Any = entry.text if known.type in {"url", "email"} else alike.UNSEEN.sub("", entry.text)
    if values.elsewhere(value) or doubtful(known, entry.text):
        return False, None
    if known.type in DATED and document.language in DAY_FIRST:
        value = values.dotted(value, document.near)
    if known.type == "country":
        value = values.country(value)
    elif known.type == "datetime":
        value = instants.instant(value, state, document.near)
    elif known.type == "datetime-range":
        value = span.read(value, state, document.near, document.zone)
    elif known.type == "date":
        value = values.day(value, document.near)
    elif known.type == "url":
        links = urls.find(entry.lines)
        flags |= links.flags
        value = links.urls[0] if len(links.urls) == 1 and not links.unread else None
    elif known.type == "email":
        value = mail_address(value)
    return value is not None, value


def doubtful(known: Field, text: str) -> bool:
    """Whether a text isn't what is seen of it: signs in it turn it round, or some of it is struck out; or, where each
    letter counts, some look like others, or its end is cut off."""
    if alike.TURNS.search(text.strip(alike.INVISIBLE)) or "~~" in text:
        return True
    by_letters = known.type in {"reference", "email", "phone"}
    return by_letters and (alike.mixed(text) or text.rstrip("\u00ad\u200b ").endswith(("-", "–", "/")))


def mail_address(text: str) -> str | None:
    """The one address in a text, else the text; None where a line's end has cut it: `desk@court-` and its rest."""
    named = re.findall(r"[^\s<>()\[\],;:]+@[^\s<>()\[\],;:]*", urls.DOT.sub(".", text))
    if any(one.endswith(("-", "\u00ad", "@")) for one in named):
        return None
    return named[0].removeprefix("mailto:").rstrip(".") if len(set(named)) == 1 else text


def signature(text: str) -> dict[str, str] | None:
    if values.is_blank(text):
        return None
    return {"kind": next((kind for kind, said in SIGNATURES if re.search(said, text, re.IGNORECASE)), "simple")}


def choice(form: Form, known: Field, entry: Entry) -> tuple[bool, Any]:
    """Boxes where there are boxes, else the options that the text names."""
    if entry.options:
        ticked = [value for value, _ in known.options if entry.options.get(value)]
        # Where empty boxes are drawn, an option without a box that we know is not read, rather than not ticked.
        if set(entry.option_places) - set(entry.options) and False in entry.options.values():
            return False, None
    elif values.is_blank(entry.text):
        if entry.option_places:
            return False, None
        ticked = []
    else:
        ticked = named_options(form, known, entry.text)
        named = sum(len(values.words(label)) for value, label in known.options if value in ticked)
        if not ticked or len(values.words(entry.text)) > 2 * named + 6:
            return False, None  # the list as it is printed, rather than an answer
    if known.type == "multi-choice":
        return True, ticked
    return len(ticked) < 2, ticked[0] if ticked else None


def named_options(form: Form, known: Field, text: str) -> list[str]:
    said = values.words(text)
    out: list[str] = []
    if {"no", "not", "none", "non"} & set(said):
        return out
    phrases = [p for p in form.phrases if p.field == known.name and p.option and len(p.words) >= 3]
    point = form.reads["stands_for"].get(known.name, "^")
    for value, label in known.options:
        letter = value[0] if re.match(r"[a-e]-", value) else None
        lettered = letter and re.search(rf"(?:^|{point}|[\s,;])\(?{letter}\)", text, re.IGNORECASE)
        whole = values.words(re.sub(r"\(.*", "", label))
        worded = runs(said, whole) or any(p.option == value and runs(said, list(p.words)) for p in phrases)
        if lettered or worded or value in text.split() or said == values.words(value):
            out.append(value)
    return out


def runs(said: list[str], wanted: list[str]) -> bool:
    size = len(wanted)
    return size > 0 and any(said[i : i + size] == wanted for i in range(len(said) - size + 1))


def place(known: Field, entry: Entry, document: Document) -> dict[str, Any]:
    """Where a fact was read: part, page, line, and the text as it stands there."""
    where = entry.where or where_in_text(entry.place)
    text = entry.text if not entry.options else ticked_text(known, entry)
    out: dict[str, Any] = {"where": where, "part": document.part, "text": text[:4_000]}
    if entry.place.page is not None:
        out["page"] = entry.place.page
    if entry.where is None:
        out["line"] = entry.place.line
    return out


def where_in_text(piece: Piece) -> str:
    return f"line {piece.line}" if piece.page is None else f"page {piece.page}, line {piece.line}"


def ticked_text(known: Field, entry: Entry) -> str:
    if known.type == "tick":
        return ("☒ " if entry.options.get("ticked") else "☐ ") + known.label
    return "\n".join(
        ("☒ " if entry.options[value] else "☐ ") + label for value, label in known.options if value in entry.options
    )


def sheet(form: Form, group: dict[str, Entry]) -> dict[str, Any]:
    """The form as it was filled in: sections of lines, each with the name of its fact."""
    return {
        "title": form.title,
        "form": form.id,
        "language": language_of(group) or "en",
        "sections": [
            {
                "id": key,
                "title": title,
                "lines": [
                    line(f, group.get(f.name)) for f in form.fields.values() if f.section == key and f.type != "notice"
                ],
            }
            for key, title in form.sections
        ],
    }


def line(known: Field, entry: Entry | None) -> dict[str, Any]:
    out: dict[str, Any] = {
        "number": known.number,
        "label": known.label,
        "field": f"form.{known.name}",
        "read": entry is not None and entry.looked,
    }
    text = entry.text if entry else ""
    if known.type == "tick":
        return {
            **out,
            "kind": "tick",
            "value": text,
            "ticked": entry.options.get("ticked") if entry else None,
            "options": [],
        }
    if known.type in CHOICES:
        marks = entry.options if entry else {}
        options = [{"value": v, "label": label, "ticked": marks.get(v)} for v, label in known.options]
        return {**out, "kind": "tick", "value": text, "ticked": None, "options": options}
    blank = values.is_blank(text)
    return {**out, "kind": "blank" if blank else "text", "value": "" if blank else text, "ticked": None, "options": []}
