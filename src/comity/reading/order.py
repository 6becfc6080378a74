"""Entries of a form to one order: facts, the place of each, flags, and the sheet that a person sees.

Pure. A blank line is "looked, there is none"; a line that cannot be read for certain is left out of the facts
and keeps its place and text, so that a person types it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from comity.reading import urls, values
from comity.reading.form import Field, Form, load
from comity.reading.labelled import CHOICES, Entry, Piece

INSTRUMENT = "eu-tco-removal-order"
LEGAL_BASIS = "Regulation (EU) 2021/784, Article 3"
KINDS = {"law-enforcement": "police"}
OF_OTHERS = (
    ("ministry", r"\bminist"),
    ("prosecutor", r"\bprosecut|\bparquet|\bstaatsanwalt|\bprocureur"),
    ("police", r"\bpolice\b|\bpolizei"),
    ("regulator", r"\bregulat|\boffice\b|\bauthority\b|\bagency\b|\bcommission\b|\bautorit|\bbehörde"),
)
FIRST_ORDER = re.compile(
    r"\b(?:this|it) is (?:the|our|your) first removal order\b|\bno (?:previous|earlier|prior) removal order "
    r"(?:has been|was) "
    r"(?:issued|sent|addressed)|\bfirst (?:one|order|removal order) (?:that )?we (?:send|address|issue|have "
    r"(?:sent|issued))",
    re.IGNORECASE,
)
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


@dataclass
class Order:
    facts: dict[str, Any]
    places: dict[str, dict[str, Any]]
    sheet: dict[str, Any]
    flags: set[str] = field(default_factory=set)
    fields: int = 0


def recognised(form: Form, text: str, group: dict[str, Entry]) -> bool:
    """Whether a document claims to be a removal order: its form's fields, and the regulation or the annex's title."""
    if len(group) < 3 or not {"urls", "reference", "issued_at", "issuing_authority"} & set(group):
        return False
    said = " " + " ".join(values.words(text[:400_000])) + " "
    titled = any(" " + " ".join(title) + " " in said for title in form.titles)
    annex = "terrorist content" in said or "caractere terroriste" in said
    return (names_regulation(form, text) and (titled or len(group) >= 5)) or (titled and annex and len(group) >= 5)


def names_regulation(form: Form, text: str) -> bool:
    plain = re.sub(r"\s+", "", text[:400_000])
    return any(name in plain for name in form.names_instrument)


def build(form: Form, group: dict[str, Entry], document: Document) -> Order:
    """Facts of one removal order, from the entries of one group."""
    order = Order({"instrument": INSTRUMENT, "territory": ["EU"]}, {}, {}, fields=len(group))
    state = country_of(group)
    held: dict[str, Any] = {}
    for name, entry in group.items():
        known = form.fields[name]
        if known.type == "notice":
            continue
        order.places[f"form.{name}"] = place(known, entry, document)
        try:
            found, value = fact(known, entry, state, document, order.flags)
        except values.Impossible:
            order.flags.add("impossible-date")
            continue
        if found:
            held[name] = value
    held["legal_basis"] = LEGAL_BASIS if names_regulation(form, document.text) else ""
    order.facts["form"] = held
    around(form, order, group, document)
    order.sheet = sheet(form, group)
    return order


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
    authority = {"name": held.get("issuing_authority"), "country": held.get("issuing_state"), "kind": kind_of(held)}
    order.facts["authority"] = {key: value for key, value in authority.items() if value}
    if "urls" in held:
        order.facts["targets"] = [{"ref": url} for url in held["urls"]]
    if "non_disclosure" in held:
        order.facts["non_disclosure"] = silence(held, group["non_disclosure"], document)
        if held["non_disclosure"]:
            order.flags.add("non-disclosure")
    if missing(form, held):
        order.flags.add("missing-elements")


def says_first(text: str) -> bool:
    """Whether the office itself says that it never sent us an order before."""
    return bool(FIRST_ORDER.search(re.sub(r"\s+", " ", text[:400_000])))


def missing(form: Form, held: dict[str, Any]) -> bool:
    """Whether an element that the annex makes mandatory is blank or not there (a stamp is judged apart)."""
    for known in form.fields.values():
        wanted = known.required is True or (known.required == "D.1 is ticked" and held.get("cross_border") is True)
        if not wanted or known.name == "signature":
            continue
        if known.type == "tick":
            continue
        if held.get(known.name) in (None, "", []):
            return True
    return False


def kind_of(held: dict[str, Any]) -> str | None:
    said = f"{held.get('issuing_authority') or ''} {held.get('issuer_representative') or ''}".casefold()
    ticked = held.get("issuer_kind")
    if ticked == "judicial":
        if re.search(r"investigating judge|\bjudge\b|\bjuge\b|richter", said):
            return "judge"
        return "court" if re.search(r"\bcourt\b|tribunal|gericht", said) else None
    if ticked == "other":
        return next((kind for kind, pattern in OF_OTHERS if re.search(pattern, said)), None)
    return KINDS.get(ticked) if isinstance(ticked, str) else None


def silence(held: dict[str, Any], entry: Entry, document: Document) -> dict[str, Any]:
    """`non_disclosure` of design facts; its end where the order names one beyond doubt."""
    ticked = bool(held["non_disclosure"])
    out: dict[str, Any] = {"requested": ticked}
    until = re.search(
        r"(?:\buntil|\bup to|\bjusqu|\bbis\b)(.{4,80})",
        f"{entry.label} {entry.text}"[:2_000],
        re.IGNORECASE | re.DOTALL,
    )
    if not ticked or not until:
        return out
    try:
        at = (
            values.instant(until[1], None, document.near)
            or at_home(until[1], held, document)
            or end_of_day(until[1], document)
        )
    except values.Impossible:
        return out
    return {**out, "until": at} if at else out


def at_home(text: str, held: dict[str, Any], document: Document) -> str | None:
    """An hour without a zone, where office and addressee are in one State with one time: nothing else can be meant."""
    state = held.get("issuing_state")
    if state is None or state != held.get("establishment_state"):
        return None
    return values.instant(f"{text} local time", state, document.near)


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


def fact(known: Field, entry: Entry, state: str | None, document: Document, flags: set[str]) -> tuple[bool, Any]:
    """(read for certain, value). Raises values.Impossible for a day that does not exist."""
    text = entry.text
    if not entry.looked:
        return False, None
    if known.type in CHOICES:
        return choice(known, entry)
    if known.type == "tick":
        return "ticked" in entry.options, entry.options.get("ticked")
    if known.type == "signature":
        return True, signature(text)
    if known.type == "url-list":
        found = urls.find(entry.lines)
        flags |= found.flags
        if "too-many-urls" in found.flags:
            return False, None  # some would be left out unseen, so a person parts the order
        return bool(found.urls) or values.is_blank(text), found.urls
    if values.is_blank(text):
        return True, None if known.type in {"country", "datetime", "date"} else ""
    return written(known, entry, state, document, flags)


def written(known: Field, entry: Entry, state: str | None, document: Document, flags: set[str]) -> tuple[bool, Any]:
    value: Any = entry.text
    if known.type == "country":
        value = values.country(value)
    elif known.type == "datetime":
        value = values.instant(value, state, document.near)
    elif known.type == "date":
        value = values.day(value, document.near)
    elif known.type == "url":
        links = urls.find(entry.lines)
        flags |= links.flags
        value = links.urls[0] if len(links.urls) == 1 else None
    elif known.type == "email":
        named = re.findall(r"[^\s<>()\[\],;:]+@[^\s<>()\[\],;:]+", urls.DOT.sub(".", value))
        value = named[0].removeprefix("mailto:").rstrip(".") if len(set(named)) == 1 else value
    return value is not None, value


def signature(text: str) -> dict[str, str] | None:
    if values.is_blank(text):
        return None
    return {"kind": next((kind for kind, said in SIGNATURES if re.search(said, text, re.IGNORECASE)), "simple")}


def choice(known: Field, entry: Entry) -> tuple[bool, Any]:
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
        ticked = named_options(known, entry.text)
        if not ticked:
            return False, None
    if known.type == "multi-choice":
        return True, ticked
    return len(ticked) < 2, ticked[0] if ticked else None


def named_options(known: Field, text: str) -> list[str]:
    said = values.words(text)
    out: list[str] = []
    if {"no", "not", "none", "non"} & set(said):
        return out
    phrases = [p for p in load().phrases if p.field == known.name and p.option and len(p.words) >= 3]
    for value, label in known.options:
        letter = value[0] if re.match(r"[a-e]-", value) else None
        lettered = letter and re.search(rf"(?:^|\(7\)\s*|[\s,;])\(?{letter}\)", text, re.IGNORECASE)
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
        "read": entry is not None,
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
