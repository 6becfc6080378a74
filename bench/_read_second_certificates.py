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
    office = issuing(rng)
    at, producing = moment(rng, office), rng.random() < 0.5
    cert = "EPOC" if producing else "EPOC-PR"
    ticked, facts = ticks_of(rng, producing, office)
    values, read = values_of(rng, office, at)
    facts["form"] |= kept(values, producing) | read
    unknown = ["form.validator_name", "protected"]
    if producing:
        unknown += notified(facts["form"], values)
    which = "production" if producing else "preservation"
    blocks = laid(LANGUAGES.index(office.language), producing, cert, values, ticked)
    built = Form(evidence.TITLES[which][office.language], evidence.PREAMBLE[office.language], blocks)
    layout = rng.choice(layouts.LAYOUTS)
    facts |= {"instrument": f"eu-eevidence-{which}", "language": office.language, "authority": authority(office)}
    subject = f"{cert} {facts['form']['issuing_file_number']}"
    raw = sent(rng, office, at, subject, [layout(built, rng)], number)
    name = f"{number:03}-{cert}-{office.language}-{layout.__name__}"
    return Variant(name, raw, {"facts": facts, "must_be_unknown": unknown, "flags": []})


def issuing(rng: random.Random) -> Office:
    """A judge or a prosecutor."""
    language = rng.choice(LANGUAGES)
    offices = [one for one in OFFICES[language] if one[1] in ("judge", "prosecutor")] or OFFICES[language]
    name, kind, country, street, dial, domain = rng.choice(offices)
    return Office(language, name, kind, country, street, dial, domain, *rng.choice(PEOPLE[language]))


def authority(office: Office) -> dict[str, str]:
    kind = {"kind": office.kind} if office.kind in ("prosecutor", "judge") else {}
    return {"name": office.name, "country": office.country, **kind}


READ_OTHERWISE = {
    "time_range",
    "issuer_languages",
    "signed_on",
    "issuing_state",
    "identifiers_email",
    "identifiers_user",
    "services",
}


def kept(values: dict[str, list[str]], producing: bool) -> dict[str, str]:
    """The values that are read as they are printed."""
    each = {key: value[0] for key, value in values.items() if value and key not in READ_OTHERWISE}
    return {key: value for key, value in each.items() if producing or not key.startswith("transfer")}


def notified(form: dict[str, Any], values: dict[str, list[str]]) -> list[str]:
    """Whether the enforcing authority is told; what is unknown of it."""
    form["notified"] = form["deadline"] == "AT_THE_END_OF_TEN_DAYS"
    if not form["notified"]:
        return ["form.enforcing_authority"]
    form["enforcing_authority"] = "Office central belge pour la preuve électronique"
    values["enforcing_authority"] = [form["enforcing_authority"]]
    return []


def values_of(rng: random.Random, office: Office, at: datetime) -> tuple[dict[str, list[str]], dict[str, Any]]:
    """(what is printed on each line, what is read otherwise than it is printed)."""
    language = office.language
    filenumber = f"{rng.randrange(10, 999)} {rng.choice(['Js', 'JI', 'RGNR', 'DP'])} {rng.randrange(100, 9999)}/27"
    users = [f"{rng.choice(['nebel', 'brume', 'niebla', 'fog'])}_{rng.randrange(10, 99)}"]
    mails = [f"{users[0]}@postfach.example"] if rng.random() < 0.6 else []
    start, until = period(office, at)
    spoken = sorted(rng.sample(sorted(evidence.SPOKEN[language]), 2))
    read = {
        "issuing_state": office.country,
        "identifiers_user": users,
        "services": ["Plateforme"],
        "time_range": {"from": utc(start), "until": utc(until)},
        "issuer_languages": spoken,
        "signed_on": f"{at:%Y-%m-%d}",
        **({"identifiers_email": mails} if mails else {}),
    }
    asked = of_whom(office, filenumber) | {
        "identifiers_email": mails,
        "identifiers_user": users,
        "services": ["Plateforme"],
        "time_range": [span_in(language, start, until, "UTC")],
        "data_notes": [evidence.NOTES[language]] if rng.random() < 0.5 else [],
        "offences": [evidence.OFFENCES[language]],
    }
    return asked | by_whom(rng, office, at, filenumber, spoken), read


def period(office: Office, at: datetime) -> tuple[datetime, datetime]:
    start = datetime(at.year, at.month, 1, tzinfo=office.zone) - timedelta(days=31)
    start = datetime(start.year, start.month, start.day, 8, 0, tzinfo=office.zone)
    return start, start + timedelta(days=20)


def of_whom(office: Office, filenumber: str) -> dict[str, list[str]]:
    return {
        "issuing_state": [COUNTRIES[office.language][office.country]],
        "issuing_authority": [office.name],
        "issuing_file_number": [filenumber],
        "addressee": ["Plateforme SA"],
        "addressee_address": ["quai des Moulins 12, 1000 Bruxelles"],
        "addressee_contact": [SELF],
    }


def by_whom(
    rng: random.Random, office: Office, at: datetime, filenumber: str, spoken: list[str]
) -> dict[str, list[str]]:
    language = office.language
    return {
        "issuer_name": [office.name],
        "issuer_representative": [office.person],
        "issuer_post": [office.post],
        "issuer_file_number": [filenumber],
        "issuer_address": [office.street],
        "issuer_phone": [phone(rng, office)],
        "issuer_fax": [],
        "issuer_email": [f"desk@{office.domain}"],
        "issuer_languages": [", ".join(evidence.SPOKEN[language][one] for one in spoken)],
        "signed_on": [day_in(rng, language, at.date())],
        "transfer_contact": [f"{office.name}, desk@{office.domain}"],
        "transfer_format": ["CSV, PGP"],
    }


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

    out: list[Block] = []
    letters = iter("ABCDEFGHIJKL")
    for section, keys in PLAN:
        if not producing and section in OF_PRODUCTION:
            continue
        sign = PRINTED[section] if producing else next(letters)
        out.append(Head(f"{evidence.SECTION[language]} {sign}: {evidence.SECTIONS[section][col]}"))
        for key in (one for one in keys if producing or one not in OF_PRODUCTION):
            if key == "notified":
                out.append(Box(bool(values.get("enforcing_authority")), evidence.NOTIFIED[col]))
            else:
                out.append(group(key[1:]) if key.startswith("+") else line(key))
    return out


# Sections and lines that an EPOC-PR has not, and the letters under which an EPOC has its own.
OF_PRODUCTION = {"deadlines", "user", "enforcing", "transfer", "+min_penalty_or_listed", "+addressed_as"}
PRINTED = dict(
    zip(
        ["authority", "addressee", "deadlines", "identify", "evidence", "conditions", "user", "issuer", "validator"],
        "ABCEFGHIJ",
        strict=True,
    )
) | {"enforcing": "K", "transfer": "L"}
PLAN: list[tuple[str, list[str]]] = [
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
    ("conditions", ["+concerns", "offences", "+min_penalty_or_listed", "+addressed_as"]),
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
