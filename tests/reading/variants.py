"""Orders in layouts that nobody has shown us, made by a seed: contents, language, labels, layout, and what became of
them on their way. Each with what a careful reader reads, and what may not be claimed."""

import html
import random
import textwrap
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

from comity.demo import annex
from comity.reading import form as forms

from . import containers, orders, overlaid, pdfs
from .test_pdf import with_pdf
from .test_urls import WRAPS

FORM = forms.load()
NAMES = {
    "en": {"FR": "France", "NL": "the Netherlands", "DE": "Germany", "BE": "Belgium", "IE": "Ireland"},
    "fr": {"FR": "France", "NL": "Pays-Bas", "DE": "Allemagne", "BE": "Belgique", "IE": "Irlande"},
}
MONTHS = {
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
    ),
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre"),
}
TITLES = {
    "en": ("REMOVAL ORDER", "(Article 3 of Regulation (EU) 2021/784)"),
    "fr": ("INJONCTION DE RETRAIT", "(article 3 du règlement (UE) 2021/784)"),
}
OFFICES = [
    "Office of France",
    "Office central de lutte (OCLCTIC)",
    "Garda National Unit",
    "Bureau 4-B",
    "National Centre",
]
PEOPLE = [
    "A. Duval, commissaire",
    "Seán Ó Briain, Superintendent",
    "M. van Dijk, head of unit",
    "Dr J. Weiß, Referentin",
]
STREETS = ["1 rue du Test, 75000 Paris", "Dam 1, 1012 Amsterdam", "Quay 7, Dublin 2, Ireland", "Platz 4, 10115 Berlin"]
REASONS = [
    "It praises an attack and calls for another.",
    "The message shows how a device is built; it names a target. No journalistic context can be seen.",
    "Deux messages reprennent un communiqué d’une organisation inscrite sur la liste et invitent à la rejoindre.",
]
COURTS = ["Tribunal administratif de Paris", "High Court, Dublin", "Rechtbank Amsterdam", "Verwaltungsgericht Berlin"]
BOXES = ("categories", "non_disclosure", "cross_border", "copy_sent", "issuer_kind")


@dataclass(frozen=True)
class Variant:
    """One mail: what kind of trouble it has, its bytes, and what is right of it (`score.compare`)."""

    kind: str
    raw: bytes
    expected: dict


class Maker:
    """Contents at random, and what they must be read as."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.language = self.random.choice(["en", "en", "fr"])
        self.written, self.facts = self.contents()

    def one(self, *of):
        return self.random.choice(of)

    def contents(self):
        at = datetime(2026, 11, 2, tzinfo=UTC) + timedelta(minutes=self.random.randrange(200_000))
        state, home = self.one(*NAMES["en"]), self.one(*NAMES["en"])
        links = [self.link() for _ in range(self.random.randint(1, 4))]
        links = list(dict.fromkeys(links))
        options = [value for value, _ in FORM.fields["categories"].options]
        local, when = self.when(at)
        facts = {
            "issuing_state": state,
            "addressee": "Lantern Messaging",
            "contact_point": "orders@lantern.example",
            "establishment_state": home,
            "issued_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "reference": self.one("R/{}", "TCO-2026-{}", "{}/27", "AZ 12 – {}").format(self.random.randrange(1, 9999)),
            "urls": links,
            "categories": [one for one in options if self.random.random() < 0.4] or [options[0]],
            "reasons": self.one(*REASONS),
            "non_disclosure": self.random.random() < 0.5,
            "cross_border": self.random.random() < 0.5,
            "copy_sent": self.random.random() < 0.5,
            "issuer_kind": self.one("judicial", "law-enforcement", "other"),
            "issuing_authority": self.one(*OFFICES),
            "issuer_representative": self.one(*PEOPLE),
            "issuing_file_number": f"F/{self.random.randrange(1, 999)}",
            "issuer_address": self.one(*STREETS),
            "issuer_phone": f"+33 1 00 00 {self.random.randrange(10, 99)} 00",
            "issuer_email": "desk@office.example",
            "signed_on": local.strftime("%Y-%m-%d"),
            "feedback_contact": "duty@office.example, +33 1 00 00 00 01",
            "redress_body": self.one(*COURTS),
            "redress_deadline": self.one("2 months starting from receipt", "48 heures", "6 weeks"),
            "redress_law_url": "https://office.example/redress",
        }
        written = facts | {
            "issuing_state": NAMES[self.language][state],
            "establishment_state": NAMES[self.language][home],
            "issued_at": when,
            "signed_on": self.day(local),
            "urls": "\n".join(links),
        }
        return written, facts

    def link(self):
        path = self.one("c/4f/{}", "kanal/beitrag-{}", "harbour-talk/{}?a=1&b=2", "p_{}#post-7", "wiki/X_({})")
        return (
            f"https://{self.one('lantern', 'a-b', 'sub.lantern')}.example/{path.format(self.random.randrange(1, 9999))}"
        )

    def day(self, local):
        month = [*MONTHS[self.language], "December" if self.language == "en" else "décembre"][local.month - 1]
        plain = [f"{local.day} {month} {local.year}", f"{local:%d.%m.%Y}", f"{local:%Y-%m-%d}"]
        return self.one(*plain, f"{local:%d/%m/%Y}") if self.language == "fr" or local.day > 12 else self.one(*plain)

    def when(self, at):
        shift = self.random.choice([-3, 0, 1, 2])
        local = at.astimezone(timezone(timedelta(hours=shift)))
        sign = self.one("-", "–", "−", "\u2011", "—") if shift < 0 else "+"
        said = f"UTC{sign}{abs(shift)}" if shift else self.one("UTC", "GMT")
        said = self.one(said, said, f"UTC {'minus' if shift < 0 else 'plus'} {abs(shift)}") if shift else said
        hour = f"{local:%H:%M}"
        return local, self.one(f"{self.day(local)}, {hour} ({said})", f"{self.day(local)} {hour} {said}")

    def expected(self, *unknown, **other):
        form = {key: value for key, value in (self.facts | other).items() if key not in unknown}
        return {
            "facts": {"instrument": "eu-tco-removal-order", "form": form},
            "must_be_unknown": [f"form.{key}" for key in unknown],
        }

    def labels(self, *, other=False):
        """The form with labels of the maker's language, and of those it is known by, any."""
        if self.language == "en" and not other:
            return FORM
        phrases = {}
        for phrase in FORM.phrases:
            if phrase.language == self.language and phrase.option is None and not phrase.only_with_colon:
                phrases.setdefault(phrase.field, []).append(phrase)
        spoken = forms._file("tco-annex-1.labels.json")[self.language]
        fields = {}
        for name, known in FORM.fields.items():
            said = [one for one in spoken["fields"].get(name, []) if len(one.split()) > 1 or self.language == "fr"]
            label = (self.random.choice(said) if other else said[0]) if said else known.label
            if known.type == "tick":
                label = said[0] if said and self.language == "fr" else known.label
            options = tuple(
                (value, (spoken["options"].get(name, {}).get(value) or [text])[0] if self.language == "fr" else text)
                for value, text in known.options
            )
            fields[name] = replace(known, label=label, options=options)
        return replace(FORM, fields=fields)


def as_html(maker, form, tables):
    """The order as HTML: tables, or paragraphs."""
    out = [f"<p>{html.escape(line)}</p>" for line in TITLES[maker.language]]
    for section, _ in form.sections:
        out.append(f"<h3>SECTION {section}</h3>")
        rows = []
        for field in form.fields.values():
            if field.section != section or field.name not in maker.written:
                continue
            label, value = html.escape(field.label), maker.written[field.name]
            if field.type == "tick":
                rows.append((f"{'☒' if value else '☐'} {label}", None))
            elif field.options:
                ticked = value if isinstance(value, list) else [value]
                boxes = [f"{'☒' if one in ticked else '☐'} {html.escape(text)}" for one, text in field.options]
                rows += [(f"{label}:", None), *((box, None) for box in boxes)]
            else:
                rows.append((label, "<br>".join(map(html.escape, value.split("\n")))))
        if tables:
            cells = (
                f"<tr><td>{a}</td><td>{b}</td></tr>" if b is not None else f"<tr><td colspan=2>{a}</td></tr>"
                for a, b in rows
            )
            out.append(f"<table>{''.join(cells)}</table>")
        else:
            out += [f"<p>{a}</p>" if b is None else f"<p>{a}: {b}</p>" for a, b in rows]
    return "".join(out)


def as_docx(maker, form):
    """The order as a table of a word processor: label and value in two cells, or in one under the other."""

    def cell(*lines):
        runs = "".join(f"<w:p><w:r><w:t>{html.escape(line)}</w:t></w:r></w:p>" for line in lines)
        return f"<w:tc>{runs}</w:tc>"

    under, rows = maker.random.random() < 0.5, []
    for section, _ in form.sections:
        rows.append(cell(f"SECTION {section}"))
        for field in form.fields.values():
            if field.section != section or field.name not in maker.written:
                continue
            value = maker.written[field.name]
            if field.type == "tick":
                rows.append(cell(f"{'☒' if value else '☐'} {field.label}"))
            elif field.options:
                ticked = value if isinstance(value, list) else [value]
                boxes = [f"{'☒' if one in ticked else '☐'} {text}" for one, text in field.options]
                rows.append(cell(f"{field.label}:", *boxes))
            elif under:
                rows.append(cell(f"{field.label}:", *value.split("\n")))
            else:
                rows.append(cell(f"{field.label}:") + cell(*value.split("\n")))
    head = "".join(f"<w:p><w:r><w:t>{html.escape(line)}</w:t></w:r></w:p>" for line in TITLES[maker.language])
    table = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
    return containers.docx(f"{head}<w:tbl>{table}</w:tbl>")


def attached(data, name):
    return with_pdf(data, name).replace(b"application/pdf", b"application/octet-stream")


def drawn(maker):
    filled = maker.written | {"issuer_kind": [maker.facts["issuer_kind"]]}
    return annex.draw(FORM, filled, FORM.preamble)


def text_layout(maker):
    return orders.text(
        maker.written,
        numbered=maker.random.random() < 0.3,
        upper=maker.random.random() < 0.2,
        below=maker.random.random() < 0.3,
        colon=maker.random.random() < 0.8,
        wrap=maker.one(0, 0, 66, 72, 78),
        order=maker.one("ABCDEFG", "EFGABCD", "BACDEGF"),
        marks=maker.one("[ ] [x]", "☐ ☒", "( ) (x)"),
        form=maker.labels(other=maker.random.random() < 0.5),
        title=TITLES[maker.language],
    )


def text(maker):
    return orders.mail(text_layout(maker)), maker.expected()


def flowed(maker):
    """Every long line broken in the middle of a word, as DelSp=yes allows."""
    body = "\n".join(
        "\n".join([*(part + " " for part in parts[:-1]), parts[-1]])
        for line in text_layout(maker).split("\n")
        if (parts := [line[k : k + 66] for k in range(0, len(line), 66)] or [""])
    )
    raw = orders.mail(body.replace("\n ", "\n  "))
    return raw.replace(b"charset=utf-8", b"charset=utf-8; format=flowed; delsp=yes", 1), maker.expected()


def markup(maker):
    raw = orders.mail(as_html(maker, maker.labels(), maker.random.random() < 0.5))
    return raw.replace(b"text/plain", b"text/html", 1), maker.expected()


def anchors(maker):
    """Addresses behind words."""
    body = as_html(maker, maker.labels(), maker.random.random() < 0.5)
    for n, link in enumerate(maker.facts["urls"]):
        body = body.replace(html.escape(link), f'<a href="{html.escape(link)}">Message no {n + 1}, 28 November</a>', 1)
    return orders.mail(body).replace(b"text/plain", b"text/html", 1), maker.expected()


def document(maker):
    return attached(as_docx(maker, maker.labels()), "order.docx"), maker.expected()


def fields(maker):
    data = pdfs.make(
        maker.written, names=maker.one("ours", "numbers", "tips", "nothing"), label=maker.one("above", "left")
    )
    return with_pdf(data), maker.expected()


def put_in(way):
    def made(maker):
        return with_pdf(way(drawn(maker))), maker.expected()

    return made


def in_columns(maker):
    """Labels left, values right, drawn into the page: lines of both columns stand on one height."""
    data = pdfs.make(maker.written, names="ours", label="left")
    return with_pdf(maker.one(overlaid.drawn_in, overlaid.typed_over)(data)), maker.expected()


def two_ways(maker):
    """Boxes that are stored as one thing and shown as another."""

    def change(widget):
        shown = maker.one("/Off", "/Ja") if widget["/AS"] != "/Off" else "/Yes"
        widget[overlaid.name("AS")] = overlaid.NameObject(shown)

    return with_pdf(overlaid.on_buttons(drawn(maker), change)), maker.expected(*BOXES)


def nothing_found(maker):
    return with_pdf(overlaid.blank(drawn(maker))), {
        "facts": {"instrument": "eu-tco-removal-order"},
        "must_be_unknown": [f"form.{name}" for name in maker.facts],
        "flags": ["scanned"],
    }


def wrapped(maker):
    """Addresses that a mail filter wrapped."""
    links = maker.facts["urls"]
    known = sorted(set(WRAPS) - {"Barracuda"})
    said = [WRAPS[maker.one(*known)](one) for one in links]
    said = [WRAPS["Safe Links"](one) if maker.random.random() < 0.3 else one for one in said]
    maker.written["urls"] = "\n".join(said)
    return text(maker)


def joined(maker):
    maker.written["urls"] = maker.one(";", ",", "|").join(maker.facts["urls"])
    return text(maker)


def spoilt(maker):
    """One address of the field can't be read for certain, so that none of the field is."""
    links = list(maker.facts["urls"])
    bad = maker.one(
        "https://t.co/a1b2",
        "https://protect-eu.mimecast.com/s/abc?domain=lantern.example",
        links[0].replace("a", "а", 1),
        links[0] + "…",
        links[0] + links[-1],
        links[0][:20] + "\u202e" + links[0][20:],
        links[0].replace("/", "⁄", 3),
        f"{links[0]} <https://elsewhere.example/1>",
    )
    links[0] = bad
    maker.written["urls"] = "\n".join(links)
    return orders.mail(text_layout(maker)), maker.expected("urls")


def hidden(maker):
    """What isn't seen stands in the addresses."""
    said = []
    for link in maker.facts["urls"]:
        at = maker.random.randrange(10, len(link))
        said.append(link[:at] + maker.one("\u200b", "\u00ad", "\u2060", "\ufeff") + link[at:])
    maker.written["urls"] = "\n".join(said)
    return text(maker)


def odd_zone(maker):
    """An hour whose zone can be read two ways."""
    plain = f"{maker.facts['issued_at'][:10]} 12:58"
    maker.written["issued_at"] = plain + maker.one(
        "",
        " IST",
        " BST",
        " CST",
        " UTC (BST)",
        " UTC plus one hour",
        " UTC+1/+2",
        " UTC±1",
        " Etc/GMT+2",
        " GMT 1",
        "–15:00",
    )
    return orders.mail(text_layout(maker)), maker.expected("issued_at")


def sentences_beside(maker):
    """Sentences of the letter under the short values, and labels that the form doesn't know."""
    lines = []
    for line in text_layout_plain(maker).split("\n"):
        lines.append(line)
        if line.startswith(("Reference number", "File No", "Date:", "Email address", "Numéro de référence")):
            lines.append(
                maker.one("Please quote it in your answer.", "Internal code: 99", "We thank you.", "CONFIDENTIAL")
            )
    return orders.mail("\n".join(lines)), maker.expected()


def text_layout_plain(maker):
    return orders.text(maker.written, form=maker.labels(), title=TITLES[maker.language])


def narrow(maker):
    """A column so narrow that addresses are broken in it: whole, or unread."""
    width = maker.random.randint(24, 40)
    maker.written["urls"] = "\n".join(
        part for link in maker.facts["urls"] for part in textwrap.wrap(link, width, break_on_hyphens=False)
    )
    return orders.mail(text_layout_plain(maker)), maker.expected()


KINDS = {
    "text": text,
    "text, flowed with DelSp": flowed,
    "text, sentences beside values": sentences_beside,
    "HTML": markup,
    "HTML, addresses behind words": anchors,
    "DOCX tables": document,
    "PDF fields": fields,
    "PDF typed over": put_in(overlaid.typed_over),
    "PDF flattened": put_in(overlaid.flattened),
    "PDF flattened, own matrix": put_in(lambda data: overlaid.flattened(data, matrix=True)),
    "PDF drawn in": put_in(overlaid.drawn_in),
    "PDF in two columns": in_columns,
    "PDF values in looks only": put_in(overlaid.looks_only),
    "PDF values stored only": put_in(overlaid.stored_only),
    "PDF values in XFA": put_in(overlaid.in_datasets),
    "PDF names say nothing": put_in(overlaid.renamed),
    "PDF boxes two ways": two_ways,
    "PDF values not found": nothing_found,
    "addresses wrapped": wrapped,
    "addresses joined": joined,
    "addresses with what isn't seen": hidden,
    "addresses spoilt": spoilt,
    "addresses broken in a column": narrow,
    "zones two ways": odd_zone,
}


def make(kind, seed):
    """One variant of a kind; the same for the same seed."""
    raw, expected = KINDS[kind](Maker(f"{kind} {seed}"))
    return Variant(kind, raw, expected)
