"""Letters of the second generator as whole mails: orders told in prose, letters from the United States, a threat, and
mails that order nothing."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import _read_second_layouts as layouts
import _read_second_letters as letters
from _read_second_layouts import Part
from _read_second_offices import MONTHS, REDRESS
from _read_second_told import (
    LANGUAGES,
    Office,
    Variant,
    hour_of,
    moment,
    office_of,
    reference,
    sent,
    urls,
    utc,
    zone_words,
)
from _read_second_words import TCO


def filled(rng: random.Random, office: Office, at: datetime, found: list[str], ref: str, **more: str) -> dict[str, str]:
    long = {
        "en": "{d} {m} {y}",
        "fr": "{d} {m} {y}",
        "de": "{d}. {m} {y}",
        "es": "{d} de {m} de {y}",
        "it": "{d} {m} {y}",
    }[office.language]
    first = "1er" if office.language == "fr" and at.day == 1 else str(at.day)
    return {
        "office": office.name,
        "street": office.street,
        "ref": ref,
        "day": long.format(d=first, m=MONTHS[office.language][at.month - 1], y=at.year),
        "hour": hour_of(office.language, at),
        "zone": zone_words(rng, office.language, at, office.country),
        "first": found[0],
        "second": found[-1],
        "mail": f"desk@{office.domain}",
        "court": REDRESS[office.country],
        "term": letters.TERMS[office.language],
        "person": office.person,
        "post": office.post,
        "law": letters.DSA_LAW[office.country],
        **more,
    }


def enclosed(rng: random.Random, office: Office, told: list[str]) -> Part:
    way = rng.choice(["text", "html", "pdf", "docx"])
    if way == "text":
        return Part(
            text="\n\n".join(
                "\n".join(layouts.textwrap.wrap(row, 76, break_long_words=False, break_on_hyphens=False))
                if "\n" not in row
                else row
                for row in told
            )
            + "\n"
        )
    if way == "html":
        return Part(
            html=layouts.OUTLOOK
            + "".join(
                "<p class=MsoNormal>" + "<br>".join(map(layouts.html.escape, one.split("\n"))) + "<o:p></o:p></p>"
                for one in told
            )
            + "</div></body></html>"
        )
    if way == "pdf":
        return Part(file=("letter.pdf", layouts.letter_pdf(told, rng, office.name), "application/pdf"))
    return Part(file=("letter.docx", layouts.letter_docx(told, rng, office.name), layouts.DOCX))


def removal_letter(rng: random.Random, number: int) -> Variant:
    language = rng.choice(LANGUAGES)
    office, which = office_of(rng, language), rng.randrange(len(letters.REMOVAL[language]))
    at, found = moment(rng, office), urls(rng, 3)[:2]
    ref, silent = reference(rng, office), rng.random() < 0.5
    words = filled(
        rng,
        office,
        at,
        found,
        ref,
        story=rng.choice(TCO[language]["stories"]),
        silence=letters.SILENCE[language] if silent else "",
    )
    told = [one.format(**words) for one in letters.REMOVAL[language][which] if one.format(**words)]
    form = {
        "reference": ref,
        "issued_at": utc(at),
        "urls": [found[0], found[-1]] if len(found) > 1 else found,
        "issuing_authority": office.name,
        "legal_basis": "Regulation (EU) 2021/784, Article 3",
        "categories": [letters.REMOVAL_CATEGORY[language][which]],
        "feedback_contact": words["mail"],
    }
    facts: dict[str, Any] = {
        "instrument": "eu-tco-removal-order",
        "language": language,
        "authority": {"name": office.name, "country": office.country},
        "form": form,
    }
    unknown = ["due_at"]
    if silent:
        facts["non_disclosure"] = {"requested": True}
    else:
        unknown.append("non_disclosure.until")
    raw = sent(rng, office, at, f"Plateforme SA – {ref}", [enclosed(rng, office, told)], number)
    return Variant(
        f"{number:03}-removal-letter-{language}-{which}", raw, {"facts": facts, "must_be_unknown": unknown, "flags": []}
    )


def act_letter(rng: random.Random, number: int) -> Variant:
    language = rng.choice(LANGUAGES)
    office = office_of(rng, language)
    at, found, ref = moment(rng, office), urls(rng, 3)[:2], reference(rng, office)
    land, states = rng.choice(letters.LANDS[language])
    words = filled(rng, office, at, found, ref, land=land)
    template = rng.choice(letters.ACT[language])
    told = [one.format(**words) for one in template]
    redress = told[5]
    form = {
        "reference": ref,
        "issuing_authority": office.name,
        "issued_at": utc(at),
        "legal_basis": words["law"],
        "urls": [found[0], found[-1]],
        "redress": redress,
        "feedback_contact": words["mail"],
    }
    facts = {
        "instrument": "eu-dsa-order-act",
        "language": language,
        "authority": {"name": office.name, "country": office.country},
        "territory": states,
        "form": form,
    }
    raw = sent(rng, office, at, f"{ref} – Plateforme SA", [enclosed(rng, office, told)], number)
    return Variant(
        f"{number:03}-act-letter-{language}",
        raw,
        {"facts": facts, "must_be_unknown": ["due_at", "non_disclosure.requested"], "flags": []},
    )


def inform_letter(rng: random.Random, number: int) -> Variant:
    language = rng.choice(LANGUAGES)
    office = office_of(rng, language)
    at, ref = moment(rng, office), reference(rng, office)
    account = f"https://plateforme.example/u/{rng.choice(['linde', 'mistral', 'kestrel', 'ginestra'])}.{rng.randrange(10, 99)}"
    words = filled(rng, office, at, [account], ref)
    told = [one.format(**words) for one in letters.INFORM[language]]
    form = {
        "reference": ref,
        "issuing_authority": office.name,
        "issued_at": utc(at),
        "legal_basis": words["law"],
        "redress": told[5],
        "feedback_contact": words["mail"],
    }
    facts = {
        "instrument": "eu-dsa-order-inform",
        "language": language,
        "authority": {"name": office.name, "country": office.country},
        "form": form,
    }
    raw = sent(rng, office, at, f"{ref} – Plateforme SA", [enclosed(rng, office, told)], number)
    return Variant(
        f"{number:03}-inform-letter-{language}",
        raw,
        {"facts": facts, "must_be_unknown": ["due_at", "territory"], "flags": []},
    )


def preservation_letter(rng: random.Random, number: int) -> Variant:
    name, kind, domain, person, post = rng.choice(letters.US_OFFICES)
    office = Office("en", name, kind, "US", "", "+1 555", domain, person, post)
    at = datetime(
        2027, rng.randrange(1, 12), rng.randrange(1, 28), rng.randrange(9, 18), 10, tzinfo=ZoneInfo("America/New_York")
    )
    account, ref = (
        f"{rng.choice(['river', 'ash', 'cobalt'])}_{rng.randrange(100, 999)}",
        f"{rng.choice(['27', '2027'])}-{rng.choice(['CF', 'GJ', 'INV'])}-{rng.randrange(100, 9999):04}",
    )
    email = f"{account.replace('_', '.')}@mailhollow.example"
    words = {
        "office": name,
        "ref": ref,
        "day": f"{MONTHS['en'][at.month - 1]} {at.day}, {at.year}",
        "account": account,
        "email": email,
        "mail": f"records@{domain}",
        "person": person,
        "post": post,
    }
    told = [one.format(**words) for one in rng.choice(letters.PRESERVE)]
    facts = {
        "instrument": "us-preservation",
        "language": "en",
        "authority": {"name": name, "kind": kind, "country": "US"},
        "form": {"reference": ref},
        "targets": [{"kind": "account", "ref": account}, {"kind": "account", "ref": email}],
        "non_disclosure": {"requested": True},
    }
    raw = sent(rng, office, at, f"Preservation request {ref}", [enclosed(rng, office, told)], number)
    return Variant(
        f"{number:03}-preservation-letter",
        raw,
        {
            "facts": facts,
            "must_be_unknown": ["due_at", "form.issued_at", "non_disclosure.until", "territory"],
            "may": {"authority.name": [name.replace("’s Office", "")]},  # compared by the district
            "flags": ["non-disclosure-asked"],
        },
    )


def threat(rng: random.Random, number: int) -> Variant:
    text, claim = rng.choice(letters.THREATS)
    office = Office(
        "en", "Department of State Security", "ministry", "XX", "", "", "statesec-norvia.example", "Col. Ostrander", ""
    )
    at = datetime(2027, rng.randrange(1, 12), rng.randrange(1, 28), 8, 30, tzinfo=UTC)
    account = f"https://plateforme.example/u/voice{rng.randrange(10, 999)}"
    raw = sent(rng, office, at, "Last request", [Part(text=text.format(first=account, person=office.person))], number)
    facts = {"instrument": "own-person-claim", "language": "en", "targets": [{"ref": account}], "person_claim": claim}
    return Variant(
        f"{number:03}-threat",
        raw,
        {
            "facts": facts,
            "must_be_unknown": ["authority.country", "form.legal_basis", "form.reference", "form.issued_at"],
            "flags": ["person-lever"],
        },
    )


def no_order(rng: random.Random, number: int) -> Variant:
    language = rng.choice(LANGUAGES)
    office = office_of(rng, language)
    at = moment(rng, office)
    text = rng.choice(letters.ORDINARY[language]).format(person=office.person, office=office.name)
    raw = sent(rng, office, at, "Plateforme", [Part(text=text)], number)
    return Variant(
        f"{number:03}-no-order-{language}",
        raw,
        {
            "facts": {},
            "must_be_unknown": [
                "instrument",
                "form.urls",
                "form.reference",
                "form.issued_at",
                "non_disclosure",
                "territory",
            ],
            "flags": [],
        },
    )
