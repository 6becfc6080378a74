"""A second generator of orders as they really come, written apart from the reader and from the first generator.

Whoever wrote it had before them only the sample orders, the forms and the packs. Each variant is a whole mail with what
a careful reader reads in it. Kinds: removal orders on their form in fifteen layouts and five languages, with official
lines or an office's own; removal orders, orders to act and orders to inform told in letters; certificates of e-evidence;
two orders in one mail; letters from the United States; a threat; mails that order nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import _read_second_epoc as evidence
import _read_second_layouts as layouts
import _read_second_letters as letters
from _read_second_layouts import Block, Box, Form, Group, Head, Line, Part, Say
from _read_second_words import CATEGORIES, COUNTRIES, KINDS, MONTHS, OFFICES, PEOPLE, REDRESS, TCO, ZONES

LANGUAGES = ("en", "fr", "de", "es", "it")
SELF = "authorities@plateforme.example"


@dataclass
class Variant:
    """One mail and what is right of it."""

    name: str
    raw: bytes
    expected: dict[str, Any]


@dataclass
class Office:
    language: str
    name: str
    kind: str
    country: str
    street: str
    dial: str
    domain: str
    person: str
    post: str

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(ZONES[self.country])


def office_of(rng: random.Random, language: str) -> Office:
    name, kind, country, street, dial, domain = rng.choice(OFFICES[language])
    return Office(language, name, kind, country, street, dial, domain, *rng.choice(PEOPLE[language]))


def variants(count: int, seed: int) -> Iterator[Variant]:
    """So many mails, the kinds in turn; the same seed makes the same mails."""
    rng = random.Random(f"second {seed}")
    kinds = [
        on_form,
        on_form,
        certificate,
        removal_letter,
        on_form,
        act_letter,
        certificate,
        two_orders,
        on_form,
        inform_letter,
        certificate,
        preservation_letter,
        on_form,
        removal_letter,
        no_order,
        threat,
    ]
    for number in range(count):
        yield kinds[number % len(kinds)](random.Random(rng.random()), number)


# ----------------------------------------------------------------------------------------------- small things
def moment(rng: random.Random, office: Office) -> datetime:
    day = date(2027, 1, 4) + timedelta(days=rng.randrange(0, 300))
    return datetime(
        day.year, day.month, day.day, rng.randrange(7, 23), rng.choice([0, 5, 12, 30, 47]), tzinfo=office.zone
    )


def utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_in(rng: random.Random, language: str, day: date) -> str:
    month = MONTHS[language][day.month - 1]
    first = "1er" if language == "fr" and day.day == 1 else str(day.day)
    long = {
        "en": f"{day.day} {month} {day.year}",
        "fr": f"{first} {month} {day.year}",
        "de": f"{day.day}. {month} {day.year}",
        "es": f"{day.day} de {month} de {day.year}",
        "it": f"{day.day} {month} {day.year}",
    }[language]
    short = {
        "en": f"{day:%d/%m/%Y}",
        "fr": f"{day:%d/%m/%Y}",
        "de": f"{day:%d.%m.%Y}",
        "es": f"{day:%d/%m/%Y}",
        "it": f"{day:%d/%m/%Y}",
    }[language]
    if language == "en" and day.day <= 12:  # could be read either way
        short = f"{day:%Y-%m-%d}"
    return rng.choice([long, long, short, f"{day:%Y-%m-%d}"])


def zone_words(rng: random.Random, language: str, at: datetime, country: str) -> str:
    offset = at.utcoffset() or timedelta()
    hours = int(offset.total_seconds() // 3600)
    utc_plus = f"UTC+{hours}" if hours else "UTC"
    summer = bool(at.dst())
    continental = hours == (2 if summer else 1)
    told = [utc_plus]
    if continental and country not in ("IE",):
        told.append({"de": "MESZ" if summer else "MEZ"}.get(language, "CEST" if summer else "CET"))
    local = {
        "IE": "Irish time",
        "FR": "heure de Paris",
        "BE": "heure de Bruxelles",
        "LU": "heure de Luxembourg",
        "DE": "Berliner Zeit",
        "AT": "Wiener Zeit",
        "ES": "hora de Madrid",
        "IT": "ora italiana",
        "MT": "Malta time",
    }
    told.append(local[country])
    return rng.choice(told)


def instant_in(rng: random.Random, office: Office, at: datetime) -> str:
    language = office.language
    zone = zone_words(rng, language, at, office.country)
    day = day_in(rng, language, at.date())
    hour = rng.choice(
        {
            "fr": [f"{at.hour} h {at:%M}", f"{at.hour}h{at:%M}", f"{at:%H:%M}"],
            "de": [f"{at:%H:%M} Uhr", f"{at:%H.%M} Uhr"],
            "es": [f"{at:%H:%M} h", f"{at:%H:%M}"],
            "it": [f"ore {at:%H:%M}", f"ore {at:%H.%M}"],
            "en": [f"{at:%H:%M}", f"{at:%I:%M %p}".lstrip("0")],
        }[language]
    )
    return rng.choice(
        [
            f"{day}, {hour} ({zone})",
            f"{day} – {hour} ({zone})",
            f"{hour}, {day} ({zone})",
            f"{day} {hour} ({zone})",
            at.strftime("%Y-%m-%dT%H:%M:00") + at.strftime("%z")[:3] + ":" + at.strftime("%z")[3:],
        ]
    )


def hour_of(language: str, at: datetime) -> str:
    return {"fr": f"{at.hour} h {at:%M}"}.get(language, f"{at:%H:%M}")


def urls(rng: random.Random, count: int) -> list[str]:
    made = []
    for _ in range(count):
        n = rng.randrange(100, 99999)
        made.append(
            rng.choice(
                [
                    f"https://plateforme.example/c/{n}/post/{n + 7}",
                    f"https://plateforme.example/g/{n}?lang=fr&v={n % 97}#m{n % 31}",
                    f"https://t.me/freies_wort_{n}/{n % 900 + 1}",
                    f"https://plateforme.example/v/{n}_a-b.c~d",
                    f"https://matrix.to/#/!ab{n}:plateforme.example/$ev{n}?via=plateforme.example",
                    f"https://video.plateforme.example:8443/w/{n}%20x",
                ]
            )
        )
    return list(dict.fromkeys(made))


def defanged(url: str) -> str:
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.replace('tt', 'xx')}://{host.replace('.', '[.]')}{slash}{path}"


def reference(rng: random.Random, office: Office) -> str:
    n, y = rng.randrange(10, 9999), rng.choice(["27", "2027"])
    return rng.choice(
        [
            f"TCO-{n:04}/{y}",
            f"{y}/RO/{n}",
            f"{office.domain.split('.')[0].upper()[:6]}-{y}-{n}",
            f"{n}.{y}-K",
            f"K 7 – {n}/{y}",
        ]
    )


def phone(rng: random.Random, office: Office) -> str:
    return f"{office.dial} {rng.randrange(1000, 9999)}"


def sent(
    rng: random.Random, office: Office, at: datetime, subject: str, parts: list[Part], number: int, address: str = ""
) -> bytes:
    note = {
        "en": "Please find the document attached.",
        "fr": "Veuillez trouver le document ci-joint.",
        "de": "Anbei das Schriftstück.",
        "es": "Se adjunta el documento.",
        "it": "Si allega il documento.",
    }[office.language]
    return layouts.mail(
        (office.name, address or f"desk@{office.domain}"), subject, at + timedelta(minutes=9), parts, note, number
    )


# ----------------------------------------------------------------------------------------- removal orders on the form
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


# ------------------------------------------------------------------------------------------------------------- letters
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


# -------------------------------------------------------------------------------------------- certificates of evidence
def certificate(rng: random.Random, number: int) -> Variant:
    language = rng.choice(LANGUAGES)
    col = LANGUAGES.index(language)
    offices = [one for one in OFFICES[language] if one[1] in ("judge", "prosecutor")] or OFFICES[language]
    name, kind, country, street, dial, domain = rng.choice(offices)
    office = Office(language, name, kind, country, street, dial, domain, *rng.choice(PEOPLE[language]))
    at = moment(rng, office)
    producing = rng.random() < 0.5
    cert = "EPOC" if producing else "EPOC-PR"
    ticked, facts = ticks_of(rng, producing, office)
    form = facts["form"]
    filenumber = f"{rng.randrange(10, 999)} {rng.choice(['Js', 'JI', 'RGNR', 'DP'])} {rng.randrange(100, 9999)}/27"
    users = [f"{rng.choice(['nebel', 'brume', 'niebla', 'fog'])}_{rng.randrange(10, 99)}"]
    mails = [f"{users[0]}@postfach.example"] if rng.random() < 0.6 else []
    start = datetime(at.year, at.month, 1, tzinfo=office.zone) - timedelta(days=31)
    start = datetime(start.year, start.month, start.day, 8, 0, tzinfo=office.zone)
    until = start + timedelta(days=20)
    zone = "UTC"
    spoken = sorted(rng.sample(sorted(evidence.SPOKEN[language]), 2))
    values: dict[str, list[str]] = {
        "issuing_state": [COUNTRIES[language][country]],
        "issuing_authority": [name],
        "issuing_file_number": [filenumber],
        "addressee": ["Plateforme SA"],
        "addressee_address": ["quai des Moulins 12, 1000 Bruxelles"],
        "addressee_contact": [SELF],
        "identifiers_email": mails,
        "identifiers_user": users,
        "services": ["Plateforme"],
        "time_range": [span_in(language, start, until, zone)],
        "data_notes": [evidence.NOTES[language]] if rng.random() < 0.5 else [],
        "offences": [evidence.OFFENCES[language]],
        "issuer_name": [name],
        "issuer_representative": [office.person],
        "issuer_post": [office.post],
        "issuer_file_number": [filenumber],
        "issuer_address": [street],
        "issuer_phone": [phone(rng, office)],
        "issuer_fax": [],
        "issuer_email": [f"desk@{domain}"],
        "issuer_languages": [", ".join(evidence.SPOKEN[language][one] for one in spoken)],
        "signed_on": [day_in(rng, language, at.date())],
        "transfer_contact": [f"{name}, desk@{domain}"],
        "transfer_format": ["CSV, PGP"],
    }
    for key, value in values.items():
        if key in (
            "time_range",
            "issuer_languages",
            "signed_on",
            "issuing_state",
            "identifiers_email",
            "identifiers_user",
            "services",
        ):
            continue
        if key.startswith("transfer") and not producing:
            continue
        if value:
            form[key] = value[0]
    form |= {
        "issuing_state": country,
        "identifiers_user": users,
        "services": ["Plateforme"],
        "time_range": {"from": utc(start), "until": utc(until)},
        "issuer_languages": spoken,
        "signed_on": f"{at:%Y-%m-%d}",
    }
    if mails:
        form["identifiers_email"] = mails
    unknown = ["form.validator_name", "protected"]
    if producing:
        form["notified"] = form["deadline"] == "AT_THE_END_OF_TEN_DAYS"
        if form["notified"]:
            values["enforcing_authority"] = [
                form.setdefault("enforcing_authority", "Office central belge pour la preuve électronique")
            ]
        else:
            unknown.append("form.enforcing_authority")
    blocks = laid(col, producing, cert, values, ticked)
    built = Form(
        evidence.TITLES["production" if producing else "preservation"][language], evidence.PREAMBLE[language], blocks
    )
    layout = rng.choice(layouts.LAYOUTS)
    facts |= {
        "instrument": "eu-eevidence-production" if producing else "eu-eevidence-preservation",
        "language": language,
    }
    facts["authority"] = {
        "name": name,
        "country": country,
        **({"kind": kind} if kind in ("prosecutor", "judge") else {}),
    }
    raw = sent(rng, office, at, f"{cert} {filenumber}", [layout(built, rng)], number)
    return Variant(
        f"{number:03}-{cert}-{language}-{layout.__name__}",
        raw,
        {"facts": facts, "must_be_unknown": unknown, "flags": []},
    )


def span_in(language: str, start: datetime, until: datetime, zone: str) -> str:
    a, b = start.astimezone(UTC), until.astimezone(UTC)
    return {
        "en": f"from {a:%d.%m.%Y} {a:%H:%M} {zone} to {b:%d.%m.%Y} {b:%H:%M} {zone}",
        "fr": f"du {a:%d/%m/%Y} à {a:%H:%M} {zone} au {b:%d/%m/%Y} à {b:%H:%M} {zone}",
        "de": f"vom {a:%d.%m.%Y} {a:%H:%M} Uhr {zone} bis {b:%d.%m.%Y} {b:%H:%M} Uhr {zone}",
        "es": f"del {a:%d/%m/%Y} a las {a:%H:%M} {zone} al {b:%d/%m/%Y} a las {b:%H:%M} {zone}",
        "it": f"dal {a:%d/%m/%Y} alle {a:%H:%M} {zone} al {b:%d/%m/%Y} alle {b:%H:%M} {zone}",
    }[language]


def ticks_of(rng: random.Random, producing: bool, office: Office) -> tuple[dict[str, list[str]], dict[str, Any]]:
    """Which boxes are ticked, and the facts that follow."""

    def some(key: str, least: int, most: int) -> list[str]:
        each = [value for value, _ in evidence.BOXES[key][1] if value != "other"]
        return [one for one in each if one in rng.sample(each, rng.randint(least, min(most, len(each))))]

    content = some("data_content", 0, 2)
    traffic = some("data_traffic_internet", 0, 2)
    ticked = {
        "addressee_capacity": ["designated-establishment"],
        "data_subscriber": some("data_subscriber", 1, 3),
        "data_identify": rng.choice([["ip-records"], []]),
        "data_traffic_internet": traffic,
        "data_content": content,
        "concerns": ["proceedings"],
        "issuer_kind": [
            {"judge": "JUDGE_COURT_OR_INVESTIGATING_JUDGE", "prosecutor": "PUBLIC_PROSECUTOR"}[office.kind]
        ],
    }
    form: dict[str, Any] = dict(ticked)
    facts: dict[str, Any] = {"form": form}
    if producing:
        emergency = rng.random() < 0.3
        notified = bool(content or traffic) and not emergency
        ticked |= {
            "deadline": ["EMERGENCY" if emergency else "AT_THE_END_OF_TEN_DAYS" if notified else "AS_SOON_AS_POSSIBLE"],
            "emergency": ["IMMINENT_THREAT_TO_LIFE"] if emergency else [],
            "min_penalty_or_listed": ["three-years"] if content or traffic else [],
            "addressed_as": ["controller"],
            "delay_informing_grounds": some("delay_informing_grounds", 1, 2),
            "transfer_to": ["ISSUING_AUTHORITY"],
        }
        form |= ticked
        facts["emergency"] = emergency
    for key in ("addressee_capacity", "issuer_kind", "deadline", "addressed_as", "transfer_to"):
        if key in form:
            form[key] = form[key][0]
    return ticked, facts


def laid(
    col: int, producing: bool, cert: str, values: dict[str, list[str]], ticked: dict[str, list[str]]
) -> list[Block]:
    language = LANGUAGES[col]

    def line(key: str) -> Line:
        return Line(evidence.LINES[key][col].format(cert=cert), values.get(key, []))

    def group(key: str) -> Group:
        label, options = evidence.BOXES[key]
        return Group(
            label[col].format(cert=cert), [(value in ticked.get(key, []), told[col]) for value, told in options]
        )

    plan: list[tuple[str, list[str]]] = [
        (
            "authority",
            [
                "issuing_state",
                "issuing_authority",
                "validating_authority",
                "issuing_file_number",
                "validating_file_number",
            ],
        ),
        (
            "addressee",
            [
                "addressee",
                "+addressee_capacity",
                "addressee_address",
                "addressee_contact",
                "addressee_contact_person",
                "addressee_file_number",
                "provider",
            ],
        ),
        ("deadlines", ["+deadline", "+emergency"]),
        (
            "identify",
            [
                "identifiers_ip",
                "identifiers_phone",
                "identifiers_email",
                "identifiers_imei",
                "identifiers_mac",
                "identifiers_user",
                "services",
                "identifiers_other",
                "time_range",
            ],
        ),
        ("evidence", ["+data_subscriber", "+data_identify", "+data_traffic_internet", "+data_content", "data_notes"]),
        ("conditions", ["+concerns", "offences", *(["+min_penalty_or_listed", "+addressed_as"] if producing else [])]),
        ("user", ["+delay_informing_grounds"]),
        (
            "issuer",
            [
                "+issuer_kind",
                "issuer_name",
                "issuer_representative",
                "issuer_post",
                "issuer_file_number",
                "issuer_address",
                "issuer_phone",
                "issuer_fax",
                "issuer_email",
                "issuer_languages",
                "signed_on",
            ],
        ),
        ("validator", ["validator_name", "validator_representative", "validator_post", "validator_file_number"]),
        ("enforcing", ["notified", "enforcing_authority"]),
        ("transfer", ["+transfer_to", "transfer_contact", "transfer_format"]),
    ]
    out: list[Block] = []
    letter = iter("ABCDEFGHIJKL") if not producing else None
    fixed = {
        "authority": "A",
        "addressee": "B",
        "deadlines": "C",
        "identify": "E",
        "evidence": "F",
        "conditions": "G",
        "user": "H",
        "issuer": "I",
        "validator": "J",
        "enforcing": "K",
        "transfer": "L",
    }
    for section, keys in plan:
        if not producing and section in ("deadlines", "user", "enforcing", "transfer"):
            continue
        sign = next(letter) if letter else fixed[section]
        out.append(Head(f"{evidence.SECTION[language]} {sign}: {evidence.SECTIONS[section][col]}"))
        for key in keys:
            if key == "notified":
                out.append(Box(bool(values.get("enforcing_authority")), evidence.NOTIFIED[col]))
            else:
                out.append(group(key[1:]) if key.startswith("+") else line(key))
    return out
