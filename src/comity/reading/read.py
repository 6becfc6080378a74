"""One mail to one Reading: envelope, text, parts, signatures, orders with their places, the sheet, and flags.

Pure: bytes and a context in, plain JSON out. Run by the limited child only (`child.read`).
Context keys, all optional: `received_at` (RFC 3339), `zone` (the addressee's, default Europe/Brussels),
`contact_points` (our addresses for orders), `records` ({name: TXT}, the DKIM resolver file), `dns` (ask the network),
`without_attachments` (leave them closed).
"""

from __future__ import annotations

import logging
import re
import resource
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from comity.authorities import dkim, results
from comity.reading import (
    attached,
    demand,
    docx,
    fields,
    labelled,
    later,
    mail,
    markup,
    order,
    paged,
    pdf,
    pieces,
    signed,
    signs,
    sniff,
    spoken,
    whose,
)
from comity.reading.form import known, titles
from comity.reading.values import fold, words

MOST_ORDERS = 50
MOST_OWN = 20_000


@dataclass
class Found:
    """An order as read. `others`: it stands in words that the writer quotes, forwards or answers."""

    order: order.Order
    part: int
    acroform: bool
    others: bool = False


def read(raw: bytes, context: dict[str, Any]) -> dict[str, Any]:
    """The Reading of one mail."""
    # Parsers log what they meet, and what they meet is private.
    logging.disable(logging.CRITICAL)
    taken = mail.parse(raw)
    flags = set(taken.flags)
    signatures = dkim.signatures(raw, lookup(context))
    near = dated(taken, signatures) or received(context)
    zone = str(context.get("zone") or "Europe/Brussels")
    seals = Seals(signed.roots(str(context.get("roots") or "")), near)
    found, texts = documents(taken, near, zone, flags, seals, bool(context.get("without_attachments")))
    seals.mail(raw, flags)
    said, claim = signs.of_text(taken, "\n\n".join([taken.text, *(text for _, text in texts)]))
    flags |= said
    if signs.parts_differ(taken):
        flags.add("parts-differ")
    orders = whose_orders(found, flags)
    silent = opens_nothing(taken, orders)
    orders = [] if silent else orders
    if orders and not orders[0].others and answered_by_itself(taken):
        flags.add("quoted-order")
        orders = [replace(one, others=True) for one in orders]
    automatic(taken, orders, silent, flags)
    told = spoken.of(taken, texts, claim, [lines_of(one) for one in orders], received(context), zone)
    claim = told.claim
    flags |= told.flags
    for one in orders:
        around(one, taken, flags, context, claim, [taken.text, *(text for _, text in texts)])
        flags |= one.order.flags
    if any(one.acroform for one in orders):
        flags.add("acroform")
    return {
        "envelope": taken.envelope,
        "flags": sorted(flags),
        "text": shown(taken.text),
        "own": shown(taken.own_text[:MOST_OWN]),
        "beside": shown(beside(taken, orders)[:MOST_OWN]),
        "html": taken.html,
        "parts": taken.parts,
        "signatures": [s.as_dict() for s in signatures],
        "signed": seals.found,
        "suggestions": seals.suggested,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "found": results.of(taken.results, str(context.get("mail_server") or "")),
        "orders": [as_dict(one) for one in orders[:MOST_ORDERS]],
        "others": bool(orders) and orders[0].others,
        "silent": silent,
        "sheet": orders[0].order.sheet if orders else None,
        "person_claim": claim,
        "speaks": told.speaks,
        "dates": told.dates,
        "claims": told.claims,
        "demand": None if orders or silent else demand.of(taken, texts, claim),
        "later": None if orders or silent or taken.forwards else later.of(taken.own_text, texts, taken.text_part or 1),
    }


def shown(text: str) -> str:
    """A text without the signs by which its tables are told."""
    return text.replace(pieces.CELL, "\t").replace(pieces.ROW, "")


@dataclass
class Seals:
    """The signatures inside of a mail and its documents, and the text that a scanner put under its pictures."""

    trusted: list[Any]
    at: datetime | None
    found: list[dict[str, Any]] = field(default_factory=list)
    suggested: list[dict[str, Any]] = field(default_factory=list)

    def mail(self, raw: bytes, flags: set[str]) -> None:
        self.found += [{"part": 0, **one} for one in signed.of_mail(raw, self.trusted, self.at, flags)]

    def document(self, thing: attached.Held, orders: list[Found], flags: set[str]) -> None:
        """Verify a PDF's signatures, and say of the orders in it whether theirs holds (`form.signature`)."""
        if thing.kind != sniff.PDF:
            return
        each = signed.of_pdf(thing.data, self.trusted, self.at, flags)
        self.found += [{"part": thing.number, **one} for one in each]
        if each:
            for one in orders:
                one.order.facts["form"]["signature"] = signed.fact(each)
                place = {"where": "signature in the document", "part": thing.number, "text": each[0]["signer"]}
                one.order.places["form.signature"] = place
        for page, text in pdf.hidden(thing.data) if "scanned" in flags else ():
            self.suggested.append({"part": thing.number, "page": page, "text": text})


def lines_of(one: Found) -> tuple[int, int, int]:
    """The part in which an order stands, and the first and last line of it; the whole part where lines aren't told."""
    lines = [place["line"] for place in one.order.places.values() if place["part"] == one.part and "line" in place]
    return (one.part, min(lines), max(lines)) if lines else (one.part, 1, MOST_OWN)


def beside(taken: mail.Mail, orders: list[Found]) -> str:
    """The writer's own words, without the lines of an order that stands among them: that is shown as the order."""
    lines = taken.text.splitlines()
    own = list(taken.own)
    for one in orders:
        here = [p["line"] for p in one.order.places.values() if p["part"] == taken.text_part and "line" in p]
        if here and not one.others:
            first, last = titled(lines, min(here)), max(here)
            while last < len(lines) and lines[last].strip():
                last += 1
            own[first - 1 : last] = [False] * (last - first + 1)
    return mail.words_of(taken.text, own)


TITLE_WITHIN = 60
LONG_TITLE = 3  # words; what begins with so many is one, whatever follows


def titled(lines: list[str], line: int) -> int:
    """The line at which an order's title stands, above the first line that was read of it; else that line itself."""
    above = range(line - 1, max(0, line - TITLE_WITHIN) - 1, -1)
    return next((n + 1 for n in above if n < len(lines) and is_title(lines[n])), line)


def is_title(line: str) -> bool:
    said = tuple(words(line)[:40])
    return any(said == title or (len(title) >= LONG_TITLE and said[: len(title)] == title) for title in titles())


def dated(taken: mail.Mail, signatures: list[dkim.Signature]) -> datetime | None:
    """When the mail says that it was written, unless a signature holds that leaves that open to anyone on the way."""
    holding = [signed for signed in signatures if signed.valid]
    return taken.sent_at if not holding or any("date" in signed.covers for signed in holding) else None


def whose_orders(found: list[Found], flags: set[str]) -> list[Found]:
    """The writer's own orders; only where there are none, those that stand in words of others."""
    own, others = [one for one in found if not one.others], [one for one in found if one.others]
    if others:
        flags.add("quoted-order")
    return distinct(own, flags) or distinct(others, flags)


MACHINES = re.compile(r"mailer-?daemon|postmaster|mail delivery (?:sub)?system|listserv|majordomo", re.IGNORECASE)


def answered_by_itself(taken: mail.Mail) -> bool:
    """Whether a machine sent this because something came to it: what it holds may be that, in anybody's words.

    Who writes to an office's mail server, autoresponder or ticket system in our name has its answer sent to us, under
    the office's signature. What such a system sends of its own accord (`auto-generated`) may be the office's order.
    """
    said, sender = taken.envelope, taken.envelope["from"]
    machine = MACHINES.search(f"{sender['name']} {sender['address'].partition('@')[0]}")
    echo = said["auto"] and whose.echoes(said["subject"], taken.own_text)
    return bool(said["auto_replied"] or said["bounce"] or machine or echo)


def automatic(taken: mail.Mail, orders: list[Found], silent: bool, flags: set[str]) -> None:
    """Flag what a machine may have sent, and let an order be answered whoever pressed the key."""
    marked = taken.envelope["auto"]
    if orders and not orders[0].others and marked and not taken.envelope["auto_replied"]:
        # An office's own system may send its orders: an order is a demand, whoever pressed the key.
        taken.envelope["auto"] = False
        flags.add("automatic")
    elif not silent and (marked or (not orders and _says_nothing(taken))):
        flags.add("maybe-automatic")


def _says_nothing(taken: mail.Mail) -> bool:
    """Whether a mail looks like a machine's, or its writer says nothing: neither makes anything clear by itself."""
    return not taken.own_text or whose.looks_automatic(taken.envelope["subject"], taken.own_text)


def received(context: dict[str, Any]) -> datetime | None:
    at = context.get("received_at")
    return datetime.fromisoformat(str(at).replace("Z", "+00:00")) if at else None


def lookup(context: dict[str, Any]) -> dkim.Lookup:
    sources = [dkim.from_records(dict(context.get("records") or {}))]
    if context.get("dns"):
        sources.append(dkim.by_dns)
    return dkim.chained(*sources)


def opens_nothing(taken: mail.Mail, orders: list[Found]) -> bool:
    """Automatic replies, returned mails and reports of receipt or of spam, unless the writer's own words are an order.

    What merely says that a machine sent it (RFC 3834, `auto-generated`; Precedence) may be any office's ticket system.
    """
    if orders and not orders[0].others and not taken.envelope["returned"]:
        return False
    told = taken.envelope["auto_replied"] or taken.report
    return bool(told or (taken.envelope["bounce"] and (taken.envelope["returned"] or not orders)))


def documents(
    taken: mail.Mail, near: datetime | None, zone: str, flags: set[str], seals: Seals, skip: bool
) -> tuple[list[Found], list[tuple[int, str]]]:
    """The orders of the body and of what is attached, and the texts of that, each with the number of its part."""
    found: list[Found] = []
    texts: list[tuple[int, str]] = []
    number = taken.text_part or 1
    body = from_body(order.Document(number, taken.text, near, zone), taken.own, taken.forwards)
    if taken.html_text and taken.html_text != taken.text:
        document = order.Document(number, taken.html_text, near, zone)
        rich = from_body(document, taken.html_own, taken.forwards)
        if body and rich and facts_differ(body, rich):
            flags.add("parts-differ")
        quoted_in_markup(body, rich)
        body = body or rich
    found += body
    if skip and taken.attachments:
        flags |= {"unreadable-attachment", "unread-attachment"}
    for thing in [] if skip else attached.held(taken, flags):
        more, text = from_attachment(thing, near, zone, flags)
        seals.document(thing, more, flags)
        for one in more:
            one.others = one.others or thing.others or taken.forwards
        found += more
        texts.append((thing.number, text))
    return found, texts


def quoted_in_markup(plain: list[Found], rich: list[Found]) -> None:
    """An order that stands in a quotation of the HTML is quoted, though the plain text beside it has no marks."""
    own = {reference_of(one) for one in rich if not one.others}
    quoted = {reference_of(one) for one in rich if one.others}
    for one in plain:
        one.others = one.others or reference_of(one) in quoted - own


def reference_of(one: Found) -> str:
    """By what an order is told from others in its mail: its form, and what the form says names it; empty: nothing."""
    form, held = one.order.form, one.order.facts["form"]
    named = [re.sub(r"\W", "", fold(str(held.get(name) or ""))) for name in form.reads["known_by"]]
    return f"{form.id}:{':'.join(named)}" if any(named) else ""


def from_body(document: order.Document, own: list[bool], forwards: bool) -> list[Found]:
    """The orders in the writer's own words, then those in the words of others."""
    ours = whose.of_ours(document.text, titles())
    lines = [p for p in pieces.pieces(document.text) if p.line > len(ours) or not ours[p.line - 1]]
    found = from_lines(document, lines, {None: own})
    for one in found:
        one.others = one.others or forwards
    return found


def from_lines(
    document: order.Document, lines: list[pieces.Piece], own: Mapping[int | None, list[bool]]
) -> list[Found]:
    """The orders in the lines of a text that are its writer's own, then those in the others; `own` of each page."""
    told = [line for page in own.values() for line in page]
    out: list[Found] = []
    for others in (False, True):
        mine = [p for p in lines if (p.line > len(own[p.page]) or own[p.page][p.line - 1]) is not others]
        said = replace(document, text=mail.words_of(document.text, told, own=not others))
        found = from_text(said, mine)
        for one in found:
            one.others = others
        out += found
    return out


def facts_differ(plain: list[Found], rich: list[Found]) -> bool:
    """Only what both say is compared: one view may show less."""
    for one, other in zip(plain, rich, strict=False):
        a, b = one.order.facts["form"], other.order.facts["form"]
        keys = one.order.form.reads["compared"] if one.order.form is other.order.form else ()
        if any(a[key] and b.get(key) and fold(str(a[key])) != fold(str(b[key])) for key in keys if key in a):
            return True
    return False


def from_text(document: order.Document, lines: list[pieces.Piece]) -> list[Found]:
    """The orders in a run of lines, in any form that is known."""
    return [
        Found(order.build(form, group, document), document.part, False)
        for form in known()
        if order.may_be(form, document.text)
        for group in labelled.read(form, labelled.under_title(form, lines))[:MOST_ORDERS]
        if order.recognised(form, document.text, group)
    ]


def from_attachment(thing: attached.Held, near: datetime | None, zone: str, flags: set[str]) -> tuple[list[Found], str]:
    """The orders of one attached document, and its text."""
    if thing.kind == sniff.PDF:
        return from_pdf(thing, near, zone, flags)
    text = text_of(thing)
    if not text.strip() and thing.data.strip():
        flags.add("unread-attachment")
    if whose.our_letter(text, titles()):
        return [], text
    document = order.Document(thing.number, text, near, zone)
    # a mail that was saved or printed as a file quotes as a mail does
    return from_lines(document, pieces.pieces(text), {None: whose.own(text)}), text


def text_of(thing: attached.Held) -> str:
    """The words of a document that is no PDF."""
    if thing.text:
        return whose.apart(thing.text[: mail.MOST_TEXT])
    if thing.kind == sniff.DOCX:
        return docx.text(thing.data)
    words = mail.as_text(thing.data[: mail.MOST_TEXT], "utf-8")
    return markup.text_of_html(words) if thing.kind == sniff.HTML else whose.apart(words)


def from_pdf(thing: attached.Held, near: datetime | None, zone: str, flags: set[str]) -> tuple[list[Found], str]:
    try:
        parsed = pdf.parse(thing.data)
    except ValueError:
        flags |= {"damaged-pdf", "unread-attachment"}
        return [], ""
    flags |= parsed.flags
    if parsed.flags & {"encrypted-attachment", "unreadable-attachment"}:
        flags.add("unread-attachment")
    if whose.our_letter(parsed.text, titles()):
        return [], parsed.text
    document = order.Document(thing.number, parsed.text, near, zone, bool(parsed.widgets))
    if parsed.widgets:
        document.text = "\n".join([parsed.text, *(w.text for w in parsed.widgets)])
        if found := from_fields(parsed, document):
            return [found], document.text
    if parsed.dynamic:
        flags.add("unread-attachment")
    found_in_text = from_lines(document, paged.as_pieces(parsed), own_by_page(parsed))
    if parsed.widgets or not (laid := pdf.overlaid_form(parsed)):
        return found_in_text, document.text
    flags |= parsed.flags
    form = from_fields(replace(parsed, widgets=laid), replace(document, acroform=True))
    return fuller(form, found_in_text), document.text


def fuller(form: Found | None, lines: list[Found]) -> list[Found]:
    """Of a form read by its places and the same read by its lines, the one that holds more; where they differ, neither.

    No order of lines surely puts a value that was typed over a page under its label, and no measure beside it.
    """
    if form is None or len(lines) > 1:
        return lines
    if not lines or lines[0].order.form is not form.order.form:
        return [form]
    more, less = sorted([form, lines[0]], key=lambda one: one.order.valued, reverse=True)
    told = more.order.without(less.order.contradicts(more.order))
    return [Found(told, more.part, False, lines[0].others)]


def from_fields(parsed: pdf.Pdf, document: order.Document) -> Found | None:
    """The order that the form fields of a PDF hold, in the first form that it is one of."""
    for form in known():
        if order.may_be(form, document.text):
            group = fields.Matcher(form, parsed).entries()
            if order.recognised(form, document.text, group):
                return Found(order.build(form, group, document), document.part, True)
    return None


def own_by_page(parsed: pdf.Pdf) -> dict[int | None, list[bool]]:
    """Whose words the lines of each page are, as of one text: a printed mail goes on over its pages."""
    pages = {n: "\n".join(one.text for one in parsed.lines if one.page == n) for n in range(1, parsed.pages + 1)}
    lines = {n: text.splitlines() or [""] for n, text in pages.items()}
    own, out = whose.own("\n".join(line for page in lines.values() for line in page)), dict[int | None, list[bool]]()
    for n, page in lines.items():
        out[n], own = own[: len(page)], own[len(page) :]
    return out


def distinct(found: list[Found], flags: set[str]) -> list[Found]:
    """One order for each reference: the fullest reading of it; an unnamed one joins where there is one other."""
    kept: dict[str, Found] = {}
    for one in found:
        key = reference_of(one)
        if key == "" and any(another(one, held) for name, held in kept.items() if not name.strip("?")):
            key = "?" * len(kept)  # two orders of which no reference was read, and not one twice
        held = kept.get(key)
        if held is None:
            kept[key] = one
            continue
        if facts_differ([held], [one]):
            flags.add("parts-differ")
        if (one.order.fields, one.acroform) > (held.order.fields, held.acroform):
            kept[key] = one
    for name in [name for name in kept if not name.strip("?")]:
        others = [kept[k] for k in kept if k != name]
        said_elsewhere = places_of(kept[name]) <= set().union(*map(places_of, others)) if others else False
        if said_elsewhere and not all(another(kept[name], other) for other in others):
            del kept[name]
    if len(kept) > 1:
        flags.add("several-orders")
    return list(kept.values())


DIFFERENT = 2  # fields in which two readings of one order hardly differ


def another(one: Found, other: Found) -> bool:
    """Whether what two readings say can't be of one order."""
    return one.order.form is other.order.form and len(one.order.contradicts(other.order)) >= DIFFERENT


def places_of(one: Found) -> set[str]:
    held = one.order.facts["form"]
    return {str(place) for name in one.order.form.reads["places"] for place in held.get(name) or ()}


def around(
    one: Found,
    taken: mail.Mail,
    flags: set[str],
    context: dict[str, Any],
    claim: dict[str, str] | None,
    texts: list[str],
) -> None:
    """Facts that the mail, not the form, says: the channel, and a lever on a person."""
    ours = {str(address).lower() for address in context.get("contact_points") or []}
    channel = {"kind": "email"}
    if "forwarded" in flags:
        channel["to"] = "other"
    elif ours:
        channel["to"] = "contact-point" if ours & {a["address"] for a in taken.envelope["to"]} else "other"
    one.order.facts["channel"] = channel
    if claim:
        one.order.facts["person_claim"] = claim
        one.order.beside["person_claim"] = {"where": "in the text", "part": one.part, "text": claim["demand"]}
    if said := order.says_first(one.order.form, "\n".join(texts)):
        one.order.facts["first_order"] = True
        one.order.beside["first_order"] = {"where": "in the text", "part": one.part, "text": said}


def as_dict(one: Found) -> dict[str, Any]:
    facts = one.order.facts
    return {
        "instrument": facts["instrument"],
        "language": facts.get("language"),
        "facts": facts,
        "places": one.order.places,
        "provenance": one.order.places | one.order.beside,
        "flags": sorted(one.order.flags),
        "sheet": one.order.sheet,
        "part": one.part,
        "others": one.others,
    }
