"""A regulation and a finding in plain words: for `/regulations/`, the command line and the docs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import facts
from .derivation import length_of
from .packs import AtLatest, Check, Deadline, Longer, Pack, Said, Start, StoppedBy, Text, Wait

MARK = "Our paraphrase, not the text of the act"
OURS = "Comity, "
LAW = {
    "Regulation": "What stands here are our words; the law is the text in the Official Journal.",
    "Comity": "These are our own rules, published here. They bind nobody but us.",
}
OTHER_LAW = "What stands here are our words; the law is the text of the statute."
GRADES = {
    "none": "not authenticated",
    "domain": "known by its domain",
    "signature": "known by its signature",
    "accredited-channel": "known by an accredited channel",
}
PRESERVES = {True: "preserve what the order names", False: "keep a copy of what is public"}  # orders for data; others
DOES = {
    "withhold": "withhold, so that it can be undone",
    "disclose": "disclose",
}


@dataclass(frozen=True)
class Line:
    """One thing said: in our words, with its article; `paraphrase` is what the article says, marked as ours."""

    text: str
    cite: str = ""
    paraphrase: str = ""
    then: str = ""

    @property
    def own(self) -> bool:
        """Whether it is a rule of our own: then its words are the rule, and paraphrase nothing."""
        return self.cite.startswith(OURS)


@dataclass(frozen=True)
class Section:
    """One part of the page, with an id to link to."""

    id: str
    title: str
    intro: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Page:
    """One version of one regulation, as a clerk reads it."""

    id: str
    version: str
    title: str
    act: str
    in_force_from: str
    reviewed: bool
    review: str
    mark: str
    law: str
    summary: str
    sections: tuple[Section, ...]
    sha256: str


def say(words: Text, language: str = "en") -> str:
    """A text in one language; English where it has not been written in that one."""
    return words.get(language) or words["en"]


def page(pack: Pack, language: str = "en") -> Page:
    """The pack for `/regulations/<id>/<version>`."""
    return Page(
        id=pack.id,
        version=pack.version,
        title=say(pack.title, language),
        act=pack.act,
        in_force_from=pack.in_force_from.isoformat(),
        reviewed=pack.review == "counsel-reviewed",
        review=_review(pack),
        mark=MARK if not pack.act.startswith(OURS) else "",
        law=next((says for start, says in LAW.items() if pack.act.startswith(start)), OTHER_LAW),
        summary=say(pack.summary, language),
        sections=tuple(section for section in _sections(pack, language) if section.lines),
        sha256=pack.sha256,
    )


def _review(pack: Pack) -> str:
    if pack.review == "counsel-reviewed":
        return "Reviewed by counsel: " + ", ".join(f"{r['by']}, {r['on']}" for r in pack.data["reviews"]) + "."
    if pack.act.startswith(OURS):
        return "Not reviewed by counsel yet."
    return "Not reviewed by counsel yet. What stands here is our reading of the act and may be wrong."


def _sections(pack: Pack, language: str) -> Iterator[Section]:
    blocking = [c for c in pack.checks if c.blocking and not c.exception]
    others = [c for c in pack.checks if not c.blocking]
    issuer = pack.data["who_may_issue"]
    yield Section("who", "Who may send it", "", (Line(say(issuer["article"], language), issuer["cite"]),))
    own = pack.act.startswith(OURS)
    yield Section(
        "need",
        "What we look at" if own else "What we need from you",
        "" if own else "Without these we cannot carry the order out, or a person has to look first.",
        tuple(_question(check, language) for check in blocking),
    )
    yield Section(
        "also-need",
        "What the order should hold as well",
        "Where one of these is missing we carry the order out all the same, and say so in the answer.",
        tuple(_question(check, language) for check in others),
    )
    yield Section("time", "How long we take", "", tuple(_deadline(d, language) for d in pack.deadlines))
    yield Section(
        "cannot",
        "When we can't",
        "There are no other grounds.",
        tuple(_exception(check, language) for check in pack.checks if check.exception),
    )
    yield from _consequences(pack, language)


def _consequences(pack: Pack, language: str) -> Iterator[Section]:
    data = pack.data
    forms = tuple(
        Line(f"{name}: {say(entry['says'], language)}", entry["cite"]) for name, entry in data["forms"].items()
    )
    yield Section("forms", "Which form we answer on", "The wording follows the annex.", forms)
    yield Section(
        "do",
        "What we do",
        "",
        tuple(Line(say(m["says"], language), m["cite"]) for m in data["measures"])
        + tuple(Line(say(duty.says, language), duty.cite) for duty in _once(pack)),
    )
    secret = data["non_disclosure"]
    yield Section(
        "secret",
        "When the person is not told",
        "",
        (Line(_kind(secret["kind"]), secret["cite"], say(secret["article"], language)),),
    )
    yield Section("decide", "Who decides", "", tuple(_quorum(name, q) for name, q in data["approvals"].items()))
    yield Section("sender", "What we do before we know the sender", "", tuple(_grades(pack)))
    kept = tuple(
        Line(f"{say(r['says'], language)}: {r['length']} {r['unit']} from removal", r["cite"])
        for r in data["retention"]
    )
    yield Section("kept", "What we keep, and how long", "", kept)
    yield Section(
        "sources",
        "Sources",
        "",
        tuple(Line(f"{s['title']} ({s['date']}). {s['note']}", s["url"]) for s in data["sources"]),
    )


def _once(pack: Pack) -> list[Any]:
    return list({(duty.id, duty.cite): duty for duty in pack.duties}.values())


def _question(check: Check, language: str) -> Line:
    return Line(say(check.asks, language), check.cite, say(check.article, language), say(check.fails, language))


def _exception(check: Check, language: str) -> Line:
    return Line(say(check.fails, language), check.cite, say(check.article, language), "")


def _deadline(deadline: Deadline, language: str) -> Line:
    length = length_of(deadline.length, deadline.unit)
    said: list[Start | Wait | Longer | StoppedBy | Said | AtLatest] = [*deadline.starts, *deadline.waits]
    said += [*deadline.extends, *deadline.stops, *deadline.open_when]
    said += [deadline.at_latest] if deadline.at_latest else []
    then = [*dict.fromkeys(say(part.says, language) for part in said), f"Counted by: {deadline.counts_by}."]
    return Line(f"{say(deadline.says, language)}: {length}", deadline.cite, "", " ".join(then))


def _kind(kind: str) -> str:
    return {
        "none": "Never: nothing keeps us from telling.",
        "dated": "Where the authority decided so, until a date.",
        "undated": "Where the authority decided so, until it says otherwise.",
        "permanent-by-statute": "The statute forbids it.",
        "issuing-authority-informs": "The issuing authority tells the person, we do not.",
    }[kind]


def _quorum(name: str, quorum: dict[str, Any]) -> Line:
    what = {"measure": "To carry a measure out", "answer": "To answer without carrying anything out"}.get(name, name)
    count = quorum["count"]
    people = f"{count} {' or '.join(quorum['roles'])}{'s' if count > 1 else ''}"
    spread = f", from {quorum['jurisdictions']} jurisdictions" if quorum["jurisdictions"] > 1 else ""
    return Line(f"{what}: {people}{spread}, each with a passkey")


def _grades(pack: Pack) -> Iterator[Line]:
    about_data = any(check.of == "data" for check in pack.checks)
    for grade, words in GRADES.items():
        acts = [DOES.get(act) or PRESERVES[about_data] for act in pack.data["verification"][grade]]
        yield Line(f"A sender {words}: {'; '.join(acts) if acts else 'nothing is done'}")


def plain(shown: Page) -> str:
    """The page as plain text."""
    head = [
        shown.title,
        f"{shown.act}. {shown.id}, version {shown.version}, in force from {shown.in_force_from}.",
        shown.review,
        shown.law,
        "",
        shown.summary,
    ]
    for section in shown.sections:
        head += ["", section.title.upper(), *([section.intro] if section.intro else [])]
        for line in section.lines:
            head.append(f"- {line.text}" + (f"  [{line.cite}]" if line.cite else ""))
            head += [f"    {line.paraphrase if line.own else f'{MARK}: {line.paraphrase}'}"] if line.paraphrase else []
            head += [f"    {line.then}"] if line.then else []
    return "\n".join(head)


WORDS = {True: "Holds", False: "Fails", None: "Unknown"}


def finding(found: dict[str, Any]) -> str:
    """A finding as plain text; what does not hold comes first."""
    lines = [f"{found['outcome']}  ({found['pack']}, version {found['version']}, review {found['review']})"]
    lines += [f"  {target['outcome']}: {target['ref']}  {target['why']}" for target in found["targets"][:50]]
    for check in sorted(found["checks"], key=lambda c: (c["holds"] is True, c["holds"] is None)):
        word = WORDS[check["holds"]] + (", blocking" if check["holds"] is False and check["blocking"] else "")
        lines.append(f"{word}: {check['says']}  [{check['cite']}]")
    for deadline in found["deadlines"]:
        target, legal = (deadline[due] or "not running" for due in ("due_target", "due_legal"))
        lines.append(f"{deadline['id']}: due {target}, by law {legal}")
        lines += [f"  {n}. {step}" for n, step in enumerate(deadline["steps"], 1)]
    lines += [
        f"{duty['id']}: {duty['says']}{' until ' + duty['until'] if duty['until'] else ''}  [{duty['cite']}]"
        for duty in found["duties"]
    ]
    return "\n".join(lines)


def facts_table() -> str:
    """Every key of the facts schema as a table in Markdown: the generated part of `docs/facts.md`."""
    rows = ["| key | type | meaning |", "|---|---|---|"]
    rows += [f"| `{name}` | {kind} | {meaning} |" for name, kind, meaning in _keys(facts.schema(), "")]
    return "\n".join(rows)


def _keys(rule: dict[str, Any], prefix: str) -> Iterator[tuple[str, str, str]]:
    for name, part in rule.get("properties", {}).items():
        path = f"{prefix}{name}"
        yield path, _type_words(part), _meaning(part)
        if part["type"] == "array" or "array" in part["type"]:
            yield from _keys(part["items"], f"{path}[].")
        else:
            yield from _keys(part, f"{path}.")


def _type_words(part: dict[str, Any]) -> str:
    kinds = [part["type"]] if isinstance(part["type"], str) else [k for k in part["type"] if k != "null"]
    kind = part.get("format") or {"array": "list", "string": "text", "boolean": "true or false"}.get(kinds[0], kinds[0])
    if "enum" in part:
        kind = ", ".join(f"`{value}`" for value in part["enum"] if value)
    if "enum" in part.get("items", {}):
        kind = "list of " + ", ".join(f"`{value}`" for value in part["items"]["enum"])
    return kind + (", or null" if "null" in part["type"] else "")


def _meaning(part: dict[str, Any]) -> str:
    where = f" ({', '.join(part['x-form'])})" if "x-form" in part else ""
    return str(part.get("description", "")).replace("|", "\\|").replace("\n", " ") + where
