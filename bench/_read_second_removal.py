"""Removal orders on their form, of the second generator: the annex with an office's words in it, and its facts."""

from __future__ import annotations

import random
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


def removal(rng: random.Random, office: Office, at: datetime) -> tuple[Form, dict[str, Any]]:
    """The annex with an office's words in it, and its facts."""
    language = office.language
    words = TCO[language]
    own = rng.random() < 0.5
    names = COUNTRIES[language]

    def label(key: str) -> str:
        each = words[key]
        return each[0] if not own else rng.choice(each)

    found = urls(rng, rng.choice([1, 1, 2, 3, 5]))
    foreign = office.country != "BE"
    ticked = sorted(rng.sample(range(5), rng.choice([1, 1, 2]))) if rng.random() < 0.95 else []
    silent = rng.random() < 0.4
    until = at + timedelta(days=rng.choice([14, 28, 42])) if silent and rng.random() < 0.6 else None
    story = rng.choice(words["stories"])
    kind = {"judge": "judicial", "police": "law-enforcement"}.get(office.kind, "other")
    mail = f"desk@{office.domain}"
    form = {
        "issuing_state": office.country,
        "addressee": rng.choice(["Plateforme SA", "Plateforme SA, quai des Moulins 12, 1000 Bruxelles"]),
        "contact_point": SELF,
        "establishment_state": "BE",
        "issued_at": utc(at),
        "reference": reference(rng, office),
        "urls": found,
        "categories": [CATEGORIES[n] for n in ticked],
        "reasons": story,
        "non_disclosure": silent,
        "cross_border": foreign,
        "copy_sent": foreign,
        "issuer_kind": kind,
        "issuing_authority": office.name,
        "issuer_representative": f"{office.person}, {office.post}",
        "issuing_file_number": rng.choice([f"{rng.randrange(100, 999)}/27", f"{rng.randrange(1000, 9999)} Js 27", ""]),
        "issuer_address": office.street,
        "issuer_phone": phone(rng, office),
        "issuer_email": mail,
        "signed_on": f"{at:%Y-%m-%d}",
        "feedback_contact": f"{mail}, {phone(rng, office)}",
        "establishment_authority_contact": "Office central belge pour les contenus en ligne, tco@ocol.belgium.example"
        if foreign
        else "",
        "redress_body": REDRESS[office.country],
        "redress_deadline": rng.choice(words["redress_deadlines"]),
        "redress_law_url": rng.choice(["", f"https://lex.example/{office.country.lower()}/{rng.randrange(10, 99)}"]),
        "legal_basis": "Regulation (EU) 2021/784, Article 3",
    }
    shown = [defanged(one) for one in found] if rng.random() < 0.2 else found
    if len(shown) > 1 and rng.random() < 0.4:
        shown = [f"{n}. {one}" for n, one in enumerate(shown, start=1)]
    annexed = len(found) > 2 and rng.random() < 0.5

    def line(key: str, shown: list[str] | None = None) -> Line:
        value = str(form[key])
        return Line(label(key), shown if shown is not None else ([value] if value else []))

    def head(letter: str) -> Head:
        return Head(f"{words['section']} {letter}{rng.choice([':', ' –', '.'])} {words['sections'][letter]}")

    blocks: list[Block] = [
        Say(words["preamble"]),
        head("A"),
        line("issuing_state", [names[office.country]]),
        line("addressee"),
        line("contact_point"),
        line("establishment_state", [names["BE"]]),
        line("issued_at", [instant_in(rng, office, at)]),
        line("reference"),
        head("B"),
        line("urls", [words["annexed"]] if annexed else shown),
        Group(label("categories"), [(n in ticked, option) for n, option in enumerate(words["options"])]),
        line("reasons"),
        head("C"),
        Box(silent, words["non_disclosure"]),
    ]
    if until:
        blocks.append(Line(UNTIL[language], [instant_in(rng, office, until)]))
    blocks += [
        head("D"),
        Box(foreign, words["cross_border"]),
        Box(foreign, words["copy_sent"]),
        head("E"),
        Group(
            label("issuer_kind"), [(one == kind, told) for one, told in zip(KINDS, words["issuer_kinds"], strict=True)]
        ),
        *map(
            line,
            [
                "issuing_authority",
                "issuer_representative",
                "issuing_file_number",
                "issuer_address",
                "issuer_phone",
                "issuer_email",
            ],
        ),
        line("signed_on", [day_in(rng, language, at.date())]),
        head("F"),
        line("feedback_contact"),
        line("establishment_authority_contact"),
        head("G"),
        *map(line, ["redress_body", "redress_deadline", "redress_law_url"]),
    ]
    annex: list[Block] = (
        [
            Head(words["annex"]),
            *(Say(one if one[0].isdigit() else f"{n}) {one}") for n, one in enumerate(shown, start=1)),
        ]
        if annexed
        else []
    )
    facts: dict[str, Any] = {
        "instrument": "eu-tco-removal-order",
        "language": language,
        "territory": ["EU"],
        "authority": {
            "name": office.name,
            "country": office.country,
            **({"kind": office.kind} if office.kind in ("police", "judge") else {}),
        },
        "form": form,
        "non_disclosure": {"requested": silent, **({"until": utc(until)} if until else {})},
    }
    return Form(rng.choice(words["title"]), words["law"], blocks, annex), facts


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
