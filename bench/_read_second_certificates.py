"""Certificates of e-evidence, of the second generator: an EPOC or an EPOC-PR with its values, ticks and facts."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import _read_second_boxes as boxes
import _read_second_epoc as evidence
import _read_second_layouts as layouts
from _read_second_layouts import Block, Box, Form, Group, Head, Line
from _read_second_offices import COUNTRIES, OFFICES, PEOPLE
from _read_second_told import LANGUAGES, SELF, Office, Variant, day_in, moment, phone, sent, utc


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
        each = [value for value, _ in boxes.BOXES[key][1] if value != "other"]
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
        label, options = boxes.BOXES[key]
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
