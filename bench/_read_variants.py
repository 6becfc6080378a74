"""Variants of the sample orders: their contents, other numbers and days, in other layouts, fonts, languages, labels.

A seed makes each. Written apart from the reader: it imports nothing of it, and knows what is right because it wrote it.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import _read_labels as said
import _read_layouts as layouts
from _read_layouts import Item
from babel import Locale
from babel.dates import format_date

ROOT = Path(__file__).resolve().parent.parent
ORDERS = ROOT / "tests" / "data" / "orders"
FORMS = ROOT / "src" / "comity" / "reading" / "forms"  # the annexes themselves, as published
LANGUAGES = ("en", "fr", "de", "es", "it")
ZONES = {
    "FR": "Europe/Paris",
    "DE": "Europe/Berlin",
    "BE": "Europe/Brussels",
    "IE": "Europe/Dublin",
    "NL": "Europe/Amsterdam",
}
REMOVAL = [("01-tco-fr-acroform", 0), ("02-tco-de-tables", 0), ("03-tco-en-docx-missing", 0),
           ("04-tco-en-forwarded-twice", 0), ("05-tco-fr-html-two-orders", 0), ("05-tco-fr-html-two-orders", 1)]  # fmt: skip
LAYOUTS: dict[str, Callable[[list[Item], random.Random], tuple[str, Any]]] = {
    "PDF ruled table": lambda items, rnd: ("pdf", layouts.pdf(items, rnd, "ruled")),
    "PDF columns, no rules": lambda items, rnd: ("pdf", layouts.pdf(items, rnd, "gutter")),
    "PDF lines under rows": lambda items, rnd: ("pdf", layouts.pdf(items, rnd, "lines")),
    "PDF striped": lambda items, rnd: ("pdf", layouts.pdf(items, rnd, "striped")),
    "PDF label above box": lambda items, rnd: ("pdf", layouts.pdf(items, rnd, "above")),
    "PDF paragraphs": lambda items, rnd: ("pdf", layouts.pdf(items, rnd, "paragraphs")),
    "PDF fields": lambda items, rnd: ("pdf", layouts.fillable(items, rnd)),
    "DOCX table": lambda items, rnd: ("docx", layouts.docx(items, rnd, "table")),
    "DOCX tick column": lambda items, rnd: ("docx", layouts.docx(items, rnd, "x-column")),
    "DOCX controls": lambda items, rnd: ("docx", layouts.docx(items, rnd, "controls")),
    "DOCX tabs": lambda items, rnd: ("docx", layouts.docx(items, rnd, "tabs")),
    "DOCX numbered": lambda items, rnd: ("docx", layouts.docx(items, rnd, "numbered")),
    "HTML table": lambda items, rnd: ("html", layouts.markup(items, rnd, "table")),
    "HTML list": lambda items, rnd: ("html", layouts.markup(items, rnd, "list")),
    "HTML lines": lambda items, rnd: ("html", layouts.markup(items, rnd, "divs")),
    "text": lambda items, rnd: ("text", layouts.text(items, rnd, "plain")),
    "text wrapped": lambda items, rnd: ("text", layouts.text(items, rnd, "wrapped")),
    "text below": lambda items, rnd: ("text", layouts.text(items, rnd, "below")),
    "text piped": lambda items, rnd: ("text", layouts.text(items, rnd, "piped")),
}


@dataclass(frozen=True)
class Variant:
    name: str
    raw: bytes
    expected: dict[str, Any]


def sample(name: str, number: int = 0) -> dict[str, Any]:
    """The facts of one sample order."""
    told = json.loads((ORDERS / f"{name}.expected.json").read_text("utf-8"))
    facts = told["orders"][number] if told.get("orders") else told["facts"]
    return json.loads(json.dumps(facts))


def variants(count: int, seed: int = 0) -> Iterator[Variant]:
    """So many, the same for the same seed: seven of ten removal orders, the rest orders for data and letters."""
    names = list(LAYOUTS)
    for n in range(count):
        rnd = random.Random(f"{seed}/{n}")
        layout = names[n % len(names)]
        if n % 10 < 7:
            yield removal(rnd, layout, rnd.choice(LANGUAGES))
        elif n % 10 < 9:
            yield evidence(rnd, layout)
        else:
            yield letter(rnd)


# -- what stands in it --------------------------------------------------------------------------------------------------


def other(text: str, rnd: random.Random) -> str:
    """The same with other digits."""
    return re.sub(r"\d", lambda m: m[0] if m[0] == "0" else str(rnd.randint(1, 9)), text)


def day(on: date, language: str, rnd: random.Random) -> str:
    long = format_date(on, "long", locale=Locale(language))
    each = [long, on.isoformat(), f"{on:%d.%m.%Y}" if language in {"de", "it", "fr"} else long]
    each += [f"{on:%d/%m/%Y}"] if language in {"fr", "es", "it"} else []
    return rnd.choice(each)


def moment(at: datetime, state: str, language: str, rnd: random.Random) -> str:
    """An instant as the office writes it, with its zone."""
    local = at.astimezone(ZoneInfo(ZONES.get(state, "Europe/Brussels")))
    hours = int(local.utcoffset().total_seconds() // 3600)  # type: ignore[union-attr]
    short = {0: "UTC", 1: "MEZ" if language == "de" else "CET", 2: "MESZ" if language == "de" else "CEST"}[hours]
    if state == "IE":
        short = "GMT" if hours == 0 else "UTC+1"
    zone = rnd.choice([short, f"UTC+{hours}" if hours else "UTC"])
    hour = {"fr": f"{local:%H} h {local:%M}", "de": f"{local:%H:%M} Uhr", "it": f"ore {local:%H:%M}"}.get(
        language, f"{local:%H:%M}"
    )
    return rnd.choice(
        [f"{day(local.date(), language, rnd)}, {hour} ({zone})", f"{day(local.date(), language, rnd)}, {hour} {zone}"]
    )


def country(code: str, language: str, rnd: random.Random) -> str:
    name = str(Locale(language).territories[code])
    return f"the {name}" if (language, code) == ("en", "NL") and rnd.random() < 0.5 else name


def removal(rnd: random.Random, layout: str, language: str) -> Variant:
    facts = sample(*rnd.choice(REMOVAL))
    form = {key: value for key, value in facts["form"].items() if key != "legal_basis"}
    for key in ("reference", "issuing_file_number", "issuer_phone"):
        form[key] = other(form.get(key) or "", rnd)
    form["urls"] = [other(url, rnd) for url in form["urls"]]
    boxes = list(said.OPTIONS["categories"])
    form["categories"] = [one for one in boxes if rnd.random() < 0.4] or [rnd.choice(boxes)]
    form |= {key: rnd.random() < 0.5 for key in ("non_disclosure", "cross_border", "copy_sent")}
    at = datetime(2027, 1, 4, 8, tzinfo=UTC) + timedelta(minutes=rnd.randrange(500_000))
    form["issued_at"] = f"{at:%Y-%m-%dT%H:%M:00Z}"
    state = form["issuing_state"]
    local = at.astimezone(ZoneInfo(ZONES.get(state, "Europe/Brussels")))
    form["signed_on"] = local.date().isoformat()
    written = {key: [value] if isinstance(value, str) else value for key, value in form.items()}
    written["issuing_state"] = [country(state, language, rnd)]
    written["establishment_state"] = [country(form["establishment_state"], language, rnd)]
    written["issued_at"] = [moment(at, state, language, rnd)]
    written["signed_on"] = [day(local.date(), language, rnd)]
    until = None
    if form["non_disclosure"] and rnd.random() < 0.6:
        until = (at + timedelta(days=42)).replace(hour=10, minute=0)
    items = removal_items(rnd, language, written, until, state)
    expected = {
        "facts": {
            "instrument": "eu-tco-removal-order",
            "language": language,
            "authority": {"name": facts["authority"]["name"], "country": state},
            "form": {key: value for key, value in form.items() if value not in ("", None)},
            "non_disclosure": {
                "requested": form["non_disclosure"],
                **({"until": f"{until:%Y-%m-%dT%H:%M:00Z}"} if until else {}),
            },
        },
        "must_be_unknown": [f"form.{key}" for key, value in form.items() if value in ("", None)],
    }
    return Variant(f"removal order, {language}, {layout}", mail(LAYOUTS[layout](items, rnd), rnd, language), expected)


def removal_items(
    rnd: random.Random, language: str, written: dict[str, Any], until: datetime | None, state: str
) -> list[Item]:
    items: list[Item] = [("title", line) for line in said.TITLES[language]]
    section = ""
    for letter_, key, kind in said.ORDER:
        if letter_ != section:
            section = letter_
            head = said.HEADS[section][language]
            items.append(("head", f"{said.SECTION[language]} {section}" + (f": {head}" if head else "")))
        label = rnd.choice(said.LABELS[language][key])
        if kind == "boxes":
            ticked = written[key] if isinstance(written[key], list) else [written[key]]
            items.append(
                ("boxes", label, [(text[language], value in ticked) for value, text in said.OPTIONS[key].items()])
            )
        elif kind == "tick":
            items.append(("tick", label, written[key]))
            if key == "non_disclosure" and until:
                items.append(("line", said.UNTIL[language], [moment(until, state, language, rnd)]))
        else:
            value = written.get(key) or []
            items.append(("line", label, [one for one in value if one]))
    return items


def evidence(rnd: random.Random, layout: str) -> Variant:
    """An EPOC or EPOC-PR in English, every line of the annex printed."""
    name, annex = rnd.choice([("07-epoc-en-pdf-subscriber", "epoc"), ("08-epoc-pr-fr-docx", "epoc-pr")])
    facts, printed = sample(name), json.loads((FORMS / f"{annex}.json").read_text("utf-8"))
    form = dict(facts["form"])
    for key in ("issuing_file_number", "issuer_phone", "issuer_fax"):
        if form.get(key):
            form[key] = other(form[key], rnd)
    form["issuer_file_number"] = form["issuing_file_number"]
    for field in printed["fields"]:
        options = [option["value"] for option in field.get("options", [])]
        if field["type"] == "multi-choice" and field["name"].startswith("data_") and options:
            form[field["name"]] = [one for one in options if rnd.random() < 0.3]
    form["data_subscriber"] = form["data_subscriber"] or ["identity"]
    begin = datetime(2026, rnd.randint(1, 11), 1, tzinfo=ZoneInfo("Europe/Brussels"))
    end = begin + timedelta(days=rnd.randint(20, 60))
    last = datetime(end.year, end.month, end.day, tzinfo=ZoneInfo("Europe/Brussels"))
    form["time_range"] = {"from": zulu(begin), "until": zulu(last + timedelta(days=1))}
    form["signed_on"] = "2027-02-22"
    period = f"from {begin:%-d %B %Y} to {last:%-d %B %Y}"
    items: list[Item] = [("title", printed["title"]), *(("note", note) for note in printed.get("preamble", [])[:1])]
    section = ""
    for field in printed["fields"]:
        if field["number"][0] != section:
            section = field["number"][0]
            items.append(
                ("head", f"SECTION {section}: {next(s['title'] for s in printed['sections'] if s['id'] == section)}")
            )
        items += field_items(field, form, period)
    kept = {key: value for key, value in form.items() if value not in ("", None)}
    expected = {
        "facts": {
            "instrument": facts["instrument"],
            "authority": {"name": facts["authority"]["name"], "country": facts["authority"]["country"]},
            "form": kept,
        },
        "must_be_unknown": ["form.validator_name", "form.validating_file_number"],
    }
    return Variant(f"{annex}, en, {layout}", mail(LAYOUTS[layout](items, rnd), rnd, "en"), expected)


def field_items(field: dict[str, Any], form: dict[str, Any], period: str) -> list[Item]:
    key, label, value = field["name"], field["label"], form.get(field["name"])
    if field["type"] == "notice":
        return [("note", label)]
    if field["type"] == "tick":
        return [("tick", label, value is True)]
    if field.get("options"):
        ticked = value if isinstance(value, list) else [value]
        return [("boxes", label, [(o["label"], o["value"] in ticked) for o in field["options"]])]
    if key == "time_range":
        return [("line", label, [period])]
    if key == "issuer_languages" and value:
        return [("line", label, [", ".join(str(Locale("en").languages[one]) for one in value)])]
    if key == "issuing_state":
        return [("line", label, [country(value, "en", random.Random(0))])]
    if key == "signed_on":
        return [("line", label, ["22 February 2027"])]
    if isinstance(value, list):
        return [("line", label, [str(one) for one in value])]
    return [("line", label, [str(value)] if value else [])]


def zulu(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


# -- letters ------------------------------------------------------------------------------------------------------------


def letter(rnd: random.Random) -> Variant:
    return rnd.choice([preservation, order_to_act])(rnd)


def preservation(rnd: random.Random) -> Variant:
    """A letter under 18 U.S.C. § 2703(f)."""
    number = other("2027-EDJ-0061", rnd)
    district = rnd.choice(["Eastern District of Jefferson", "Northern District of Franklin", "District of Washoe"])
    user, address = rnd.choice(["tallgrass_fox", "river.stone", "k4te"]), f"u{rnd.randrange(99)}@mailhollow.example"
    law = rnd.choice(["Title 18, United States Code, Section 2703(f)", "18 U.S.C. § 2703(f)"])
    body = f"""VIA ELECTRONIC MAIL

Custodian of Records
Plateforme SA

Re:  Request for Preservation of Records
     {rnd.choice(["Our file no.", "File No.", "Our ref.:"])} {number}

Dear Custodian of Records:

Pursuant to {law}, this letter is a formal request for the
preservation of all stored communications, records, and other evidence in
your possession regarding the following accounts pending further legal
process:

    username: {user}
    e-mail: {address}

I request that you preserve this information for a period of 90 days, and
that you not disclose the existence of this request to the subscriber or any
other person.

                    Sincerely,

                    Delia Marchbanks
                    Assistant United States Attorney
                    {district}
"""
    expected = {
        "facts": {
            "instrument": "us-preservation",
            "language": "en",
            "authority": {"name": f"United States Attorney, {district}", "kind": "prosecutor", "country": "US"},
            "form": {"reference": number, "legal_basis": law},
            "targets": [{"kind": "account", "ref": user}, {"kind": "account", "ref": address}],
            "non_disclosure": {"requested": True},
        },
        "must_be_unknown": ["due_at", "form.issued_at", "non_disclosure.until", "territory"],
    }
    return Variant("letter, us-preservation", mail(("text", body), rnd, "en"), expected)


def order_to_act(rnd: random.Random) -> Variant:
    """A French court's letter under the DSA, as a PDF or in the mail."""
    number = other("27/00412", rnd)
    town = rnd.choice(["Valmont", "Sainte-Ombre", "Roquebrune"])
    links = [
        f"https://plateforme.example/c/{rnd.randrange(100, 999)}/post/{rnd.randrange(1000, 9999)}" for _ in range(2)
    ]
    on = date(2027, rnd.randint(1, 10), rnd.randint(1, 28))
    hour = rnd.randint(9, 17)
    at = datetime(on.year, on.month, on.day, hour, 12, tzinfo=ZoneInfo("Europe/Paris"))
    contact = f"greffe.{rnd.randrange(9)}@tj.justice.example"
    redress = (
        "Vous pouvez, de même que le destinataire du service, former un recours contre cette ordonnance devant la cour "
        "d’appel dans un délai de quinze jours à compter de sa notification."
    )
    law = "article 6-3 de la loi n° 2004-575 du 21 juin 2004 pour la confiance dans l’économie numérique"
    paragraphs = [
        f"TRIBUNAL JUDICIAIRE DE {town.upper()}",
        "Plateforme SA",
        f"N° RG {number}",
        "Objet : injonction d’agir contre un contenu illicite (article 9 du règlement (UE) 2022/2065)",
        "Madame, Monsieur,",
        f"Par ordonnance de référé rendue ce jour, {format_date(on, 'long', locale='fr')}, à {hour} h 12, le tribunal a "
        f"constaté que la publication accessible à l’adresse {links[0]}, ainsi que sa reprise à l’adresse {links[1]}, "
        "contiennent des injures publiques.",
        f"L’injonction est fondée sur l’{law}.",
        "En conséquence, il vous est enjoint de rendre ces deux publications inaccessibles aux utilisateurs situés sur "
        f"le territoire français, et d’informer le greffe de la suite donnée, à l’adresse {contact}.",
        redress,
        "Veuillez agréer, Madame, Monsieur, l’expression de notre considération distinguée.",
    ]
    if rnd.random() < 0.5:
        part = ("text", "\n\n".join(paragraphs))
    else:
        part = ("pdf", layouts.pdf([("note", one) for one in paragraphs], rnd, "paragraphs"))
    expected = {
        "facts": {
            "instrument": "eu-dsa-order-act",
            "language": "fr",
            "authority": {"name": f"Tribunal judiciaire de {town}", "kind": "court", "country": "FR"},
            "territory": ["FR"],
            "form": {
                "reference": f"RG {number}",
                "issued_at": zulu(at),
                "legal_basis": law,
                "urls": links,
                "redress": redress,
                "feedback_contact": contact,
            },
        },
        "must_be_unknown": ["due_at", "form.locator", "non_disclosure"],
    }
    return Variant(f"letter, eu-dsa-order-act, {part[0]}", mail(part, rnd, "fr"), expected)


# -- the mail around it -------------------------------------------------------------------------------------------------

BODIES = {
    "en": "Dear Sir or Madam,\n\nplease find an order attached.\n\nYours faithfully\nThe duty officer\n",
    "fr": "Madame, Monsieur,\n\nVeuillez trouver une injonction en pièce jointe.\n\nCordialement\nL’officier de permanence\n",
    "de": "Sehr geehrte Damen und Herren,\n\nanbei eine Anordnung.\n\nMit freundlichen Grüßen\nDer Dauerdienst\n",
    "es": "Estimados señores:\n\nSe adjunta una orden.\n\nAtentamente\nEl servicio de guardia\n",
    "it": "Spett.le società,\n\nin allegato un ordine.\n\nDistinti saluti\nIl servizio di turno\n",
}


def mail(part: tuple[str, Any], rnd: random.Random, language: str) -> bytes:
    """A document in a mail as an office sends it."""
    made = EmailMessage()
    made["From"] = "Duty desk <desk@office.example>"
    made["To"] = "authorities@plateforme.example"
    made["Subject"] = {"en": "Order", "fr": "Injonction", "de": "Anordnung", "es": "Orden", "it": "Ordine"}[language]
    made["Date"] = "Mon, 01 Mar 2027 10:00:00 +0100"
    made["Message-ID"] = f"<{rnd.randrange(10**9)}@office.example>"
    kind, data = part
    if kind == "text":
        made.set_content(data)
    elif kind == "html":
        made.set_content(data, subtype="html")
    else:
        made.set_content(BODIES[language])
        main, sub = ("application", "pdf") if kind == "pdf" else (
            "application", "vnd.openxmlformats-officedocument.wordprocessingml.document"
        )  # fmt: skip
        made.add_attachment(data, maintype=main, subtype=sub, filename=f"order.{kind}")
    return made.as_bytes()
