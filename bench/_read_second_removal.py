"""Removal orders on their form, of the second generator: the annex with an office's words in it, and its facts."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import _read_second_layouts as layouts
from _read_second_layouts import Block, Box, Form, Group, Head, Line, Say
from _read_second_offices import COUNTRIES, REDRESS
from _read_second_told import (
    LANGUAGES,
    SELF,
    Office,
    Variant,
    day_in,
    defanged,
    instant_in,
    moment,
    office_of,
    phone,
    reference,
    sent,
    urls,
    utc,
)
from _read_second_words import CATEGORIES, KINDS, TCO


@dataclass
class Filled:
    """What an office puts into the annex, and how it prints it: in official lines, or in some of its `own`."""

    rng: random.Random
    office: Office
    at: datetime
    own: bool
    found: list[str]
    ticked: list[int]
    silent: bool
    until: datetime | None
    form: dict[str, Any]

    @property
    def words(self) -> dict[str, Any]:
        return TCO[self.office.language]

    @property
    def foreign(self) -> bool:
        return self.office.country != "BE"

    def label(self, key: str) -> str:
        each: list[str] = self.words[key]
        return self.rng.choice(each) if self.own else each[0]

    def line(self, key: str, shown: list[str] | None = None) -> Line:
        value = str(self.form[key])
        return Line(self.label(key), shown if shown is not None else ([value] if value else []))

    def head(self, letter: str) -> Head:
        mark = self.rng.choice([":", " –", "."])
        return Head(f"{self.words['section']} {letter}{mark} {self.words['sections'][letter]}")


def removal(rng: random.Random, office: Office, at: datetime) -> tuple[Form, dict[str, Any]]:
    """The annex with an office's words in it, and its facts."""
    filled = fill(rng, office, at)
    shown, annexed = listed(rng, filled.found)
    blocks = [
        Say(filled.words["preamble"]),
        *general(filled),
        *content(filled, [filled.words["annexed"]] if annexed else shown),
        *to_the_provider(filled),
        *issuer(filled),
        *redress(filled),
    ]
    annex = annex_of(filled, shown) if annexed else []
    return Form(rng.choice(filled.words["title"]), filled.words["law"], blocks, annex), facts_of(filled)


def fill(rng: random.Random, office: Office, at: datetime) -> Filled:
    """What is asked for, of whom, and whether in silence."""
    words, own = TCO[office.language], rng.random() < 0.5
    found = urls(rng, rng.choice([1, 1, 2, 3, 5]))
    ticked = sorted(rng.sample(range(5), rng.choice([1, 1, 2]))) if rng.random() < 0.95 else []
    silent = rng.random() < 0.4
    until = at + timedelta(days=rng.choice([14, 28, 42])) if silent and rng.random() < 0.6 else None
    filled = Filled(rng, office, at, own, found, ticked, silent, until, {})
    filled.form = asked(filled, rng.choice(words["stories"])) | by_whom(filled)
    return filled


def asked(filled: Filled, story: str) -> dict[str, Any]:
    """Sections A to D, as they are read."""
    rng, office = filled.rng, filled.office
    return {
        "issuing_state": office.country,
        "addressee": rng.choice(["Plateforme SA", "Plateforme SA, quai des Moulins 12, 1000 Bruxelles"]),
        "contact_point": SELF,
        "establishment_state": "BE",
        "issued_at": utc(filled.at),
        "reference": reference(rng, office),
        "urls": filled.found,
        "categories": [CATEGORIES[n] for n in filled.ticked],
        "reasons": story,
        "non_disclosure": filled.silent,
        "cross_border": filled.foreign,
        "copy_sent": filled.foreign,
    }


def by_whom(filled: Filled) -> dict[str, Any]:
    """Sections E to G, as they are read."""
    rng, office, words = filled.rng, filled.office, filled.words
    mail = f"desk@{office.domain}"
    return {
        "issuer_kind": {"judge": "judicial", "police": "law-enforcement"}.get(office.kind, "other"),
        "issuing_authority": office.name,
        "issuer_representative": f"{office.person}, {office.post}",
        "issuing_file_number": rng.choice([f"{rng.randrange(100, 999)}/27", f"{rng.randrange(1000, 9999)} Js 27", ""]),
        "issuer_address": office.street,
        "issuer_phone": phone(rng, office),
        "issuer_email": mail,
        "signed_on": f"{filled.at:%Y-%m-%d}",
        "feedback_contact": f"{mail}, {phone(rng, office)}",
        "establishment_authority_contact": OF_THE_ADDRESSEE if filled.foreign else "",
        "redress_body": REDRESS[office.country],
        "redress_deadline": rng.choice(words["redress_deadlines"]),
        "redress_law_url": rng.choice(["", f"https://lex.example/{office.country.lower()}/{rng.randrange(10, 99)}"]),
        "legal_basis": "Regulation (EU) 2021/784, Article 3",
    }


OF_THE_ADDRESSEE = "Office central belge pour les contenus en ligne, tco@ocol.belgium.example"


def listed(rng: random.Random, found: list[str]) -> tuple[list[str], bool]:
    """(addresses as they are printed, whether they stand in an annex of their own)."""
    shown = [defanged(one) for one in found] if rng.random() < 0.2 else found
    if len(shown) > 1 and rng.random() < 0.4:
        shown = [f"{n}. {one}" for n, one in enumerate(shown, start=1)]
    return shown, len(found) > 2 and rng.random() < 0.5


def general(filled: Filled) -> list[Block]:
    names = COUNTRIES[filled.office.language]
    return [
        filled.head("A"),
        filled.line("issuing_state", [names[filled.office.country]]),
        filled.line("addressee"),
        filled.line("contact_point"),
        filled.line("establishment_state", [names["BE"]]),
        filled.line("issued_at", [instant_in(filled.rng, filled.office, filled.at)]),
        filled.line("reference"),
    ]


def content(filled: Filled, shown: list[str]) -> list[Block]:
    options = [(n in filled.ticked, option) for n, option in enumerate(filled.words["options"])]
    return [
        filled.head("B"),
        filled.line("urls", shown),
        Group(filled.label("categories"), options),
        filled.line("reasons"),
    ]


def to_the_provider(filled: Filled) -> list[Block]:
    """Sections C and D: silence, and the copy to the addressee's authority."""
    out: list[Block] = [filled.head("C"), Box(filled.silent, filled.words["non_disclosure"])]
    if filled.until:
        out.append(Line(UNTIL[filled.office.language], [instant_in(filled.rng, filled.office, filled.until)]))
    copies = [Box(filled.foreign, filled.words[key]) for key in ("cross_border", "copy_sent")]
    return [*out, filled.head("D"), *copies]


def issuer(filled: Filled) -> list[Block]:
    head, label = filled.head("E"), filled.label("issuer_kind")
    kinds = zip(KINDS, filled.words["issuer_kinds"], strict=True)
    told = ["issuing_authority", "issuer_representative", "issuing_file_number"]
    reached = ["issuer_address", "issuer_phone", "issuer_email"]
    return [
        head,
        Group(label, [(one == filled.form["issuer_kind"], said) for one, said in kinds]),
        *map(filled.line, [*told, *reached]),
        filled.line("signed_on", [day_in(filled.rng, filled.office.language, filled.at.date())]),
    ]


def redress(filled: Filled) -> list[Block]:
    """Sections F and G."""
    return [
        filled.head("F"),
        *map(filled.line, ["feedback_contact", "establishment_authority_contact"]),
        filled.head("G"),
        *map(filled.line, ["redress_body", "redress_deadline", "redress_law_url"]),
    ]


def annex_of(filled: Filled, shown: list[str]) -> list[Block]:
    each = (one if one[0].isdigit() else f"{n}) {one}" for n, one in enumerate(shown, start=1))
    return [Head(filled.words["annex"]), *map(Say, each)]


def facts_of(filled: Filled) -> dict[str, Any]:
    office, until = filled.office, filled.until
    kind = {"kind": office.kind} if office.kind in ("police", "judge") else {}
    return {
        "instrument": "eu-tco-removal-order",
        "language": office.language,
        "territory": ["EU"],
        "authority": {"name": office.name, "country": office.country, **kind},
        "form": filled.form,
        "non_disclosure": {"requested": filled.silent, **({"until": utc(until)} if until else {})},
    }


UNTIL = {
    "en": "Non-disclosure applies until",
    "fr": "La non-divulgation s’applique jusqu’au",
    "de": "Die Nichtoffenlegung gilt bis",
    "es": "La no divulgación se aplica hasta el",
    "it": "La non divulgazione si applica fino al",
}


def on_form(rng: random.Random, number: int) -> Variant:
    office = office_of(rng, rng.choice(LANGUAGES))
    at = moment(rng, office)
    layout = rng.choice(layouts.LAYOUTS)
    form, facts = removal(rng, office, at)
    raw = sent(rng, office, at, f"{form.title} {facts['form']['reference']}", [layout(form, rng)], number)
    return Variant(
        f"{number:03}-form-{office.language}-{layout.__name__}",
        raw,
        {"facts": facts, "must_be_unknown": ["prior_information_at"], "flags": []},
    )


def two_orders(rng: random.Random, number: int) -> Variant:
    """Two forms in one mail, each a file of its own."""
    office = office_of(rng, rng.choice(LANGUAGES))
    at = moment(rng, office)
    layout = rng.choice([layouts.word_table, layouts.pdf_table, layouts.word_tabs, layouts.pdf_stacked])
    parts, each = [], []
    for turn in range(2):
        form, facts = removal(rng, office, at + timedelta(minutes=15 * turn))
        part = layout(form, rng)
        assert part.file is not None
        name, raw, kind = part.file
        part.file = (f"{turn + 1}-{name}", raw, kind)
        parts.append(part)
        each.append(facts)
    raw = sent(rng, office, at, "2 x " + TCO[office.language]["title"][0], parts, number)
    return Variant(
        f"{number:03}-two-{office.language}-{layout.__name__}",
        raw,
        {"facts": {}, "orders": each, "must_be_unknown": [], "flags": ["several-orders"]},
    )
