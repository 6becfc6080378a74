"""What every mail of the second generator is made of: an office, moments and how it writes them, addresses, numbers."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import _read_second_layouts as layouts
from _read_second_layouts import Part
from _read_second_offices import MONTHS, OFFICES, PEOPLE, ZONES

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
