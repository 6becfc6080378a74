"""A regulation and a finding in plain words: for `/regulations/`, the command line and the docs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from comity.language import ENGLISH, day
from comity.operator import LANGUAGES
from comity.regulations.packs import AtLatest, Check, Deadline, Longer, Pack, Said, Start, StoppedBy, Text, Wait

from . import headings

OURS = "Comity, "
BEGINNING = datetime.fromtimestamp(0, UTC).date()  # a rule in force since then applies to whatever has reached us


@dataclass(frozen=True)
class Line:
    """One statement in our words, with its article; `paraphrase` is what the article says, marked as ours."""

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
    since: str
    own: bool
    reviewed: bool
    review: str
    mark: str
    law: str
    summary: str
    sections: tuple[Section, ...]
    sha256: str
    language: str


def say(words: Text, language: str = "en", **blanks: str) -> str:
    """A text in one language, its blanks (if any) filled in; English if it hasn't been written in that language."""
    said = words.get(language) or words["en"]
    return said.format(**blanks) if blanks else said


def languages(pack: Pack) -> tuple[str, ...]:
    """The languages that a pack is written in, of those in which we have the page's own words."""
    return tuple(code for code in LANGUAGES if code in pack.title)


def page(pack: Pack, language: str = "en") -> Page:
    """The pack for `/regulations/<id>/<version>`; citations and sources stay in English."""
    laws = (words for start, words in headings.LAW.items() if pack.act.startswith(start))
    return Page(
        id=pack.id,
        version=pack.version,
        title=say(pack.title, language),
        act=pack.act,
        in_force_from=pack.in_force_from.isoformat(),
        since=_since(pack, language),
        own=pack.act.startswith(OURS),
        reviewed=pack.review == "counsel-reviewed",
        review=_review(pack, language),
        mark=say(headings.MARK, language) if not pack.act.startswith(OURS) else "",
        law=say(next(laws, headings.OTHER_LAW), language),
        summary=say(pack.summary, language),
        sections=tuple(section for section in _sections(pack, language) if section.lines),
        sha256=pack.sha256,
        language=language,
    )


def _since(pack: Pack, language: str) -> str:
    """Since when it has been in force; for a rule of our own without a first day, when its words were written."""
    if pack.act.startswith(OURS) and pack.in_force_from == BEGINNING:
        written = max(date.fromisoformat(source["date"]) for source in pack.data["sources"])
        return say(headings.ALWAYS, language, day=day(written, language))
    return say(headings.FROM, language, day=day(pack.in_force_from, language))


def _review(pack: Pack, language: str) -> str:
    if pack.review == "counsel-reviewed":
        by = ", ".join(f"{r['by']}, {r['on']}" for r in pack.data["reviews"])
        return say(headings.REVIEWED, language, by=by)
    not_yet = say(headings.NOT_REVIEWED, language)
    return not_yet if pack.act.startswith(OURS) else f"{not_yet} {say(headings.OUR_READING, language)}"


def _section(name: str, lines: Iterable[Line], language: str, words: str = "") -> Section:
    """A section with the heading of its name, or of another (`words`)."""
    words = words or name
    intro = headings.INTROS.get(words)
    title = say(headings.SECTIONS[words], language)
    return Section(name, title, say(intro, language) if intro else "", tuple(lines))


def _sections(pack: Pack, language: str) -> Iterator[Section]:
    blocking = [c for c in pack.checks if c.blocking and not c.exception]
    others = [c for c in pack.checks if not c.blocking]
    exceptions = [c for c in pack.checks if c.exception]
    issuer = pack.data["who_may_issue"]
    need = "look" if pack.act.startswith(OURS) else "need"
    yield _section("who", [Line(say(issuer["article"], language), issuer["cite"])], language)
    yield _section("need", (_question(check, language) for check in blocking), language, need)
    yield _section("also-need", (_question(check, language) for check in others), language)
    yield _section("time", (_deadline(deadline, language) for deadline in pack.deadlines), language)
    yield _section("cannot", (_exception(check, language) for check in exceptions), language)
    yield from _consequences(pack, language)


def _consequences(pack: Pack, language: str) -> Iterator[Section]:
    data, colon = pack.data, say(headings.COLON, language)
    forms = (Line(f"{name}{colon}{say(form['says'], language)}", form["cite"]) for name, form in data["forms"].items())
    yield _section("forms", forms, language)
    measures = [Line(say(measure["says"], language), measure["cite"]) for measure in data["measures"]]
    duties = [Line(say(duty.says, language), duty.cite) for duty in _once(pack)]
    yield _section("do", measures + duties, language)
    secret = data["non_disclosure"]
    kind = say(headings.KINDS[secret["kind"]], language)
    yield _section("secret", [Line(kind, secret["cite"], say(secret["article"], language))], language)
    yield _section("decide", (_quorum(name, q, language) for name, q in data["approvals"].items()), language)
    yield _section("sender", _grades(pack, language), language)
    yield _section("kept", (_kept(row, language) for row in data["retention"]), language)
    yield _section("sources", (_source(source) for source in data["sources"]), language)


def _source(source: dict[str, Any]) -> Line:
    """A source with the URL of its text; for a rule of our own, this very page."""
    words = f"{source['title']} ({day(date.fromisoformat(source['date']), ENGLISH)}). {source['note']}"
    return Line(words, "" if source["url"].startswith("/regulations/") else source["url"])


def _kept(row: dict[str, Any], language: str) -> Line:
    length = _length(row["length"], row["unit"], language)
    until = say(headings.FROM_REMOVAL, language, length=length)
    return Line(f"{say(row['says'], language)}{say(headings.COLON, language)}{until}", row["cite"])


def _length(length: int, unit: str, language: str) -> str:
    one, several = headings.UNITS.get(language, headings.UNITS["en"])[unit]
    return f"{length} {one if length == 1 else several}"


def _once(pack: Pack) -> list[Any]:
    return list({(duty.id, duty.cite): duty for duty in pack.duties}.values())


def _question(check: Check, language: str) -> Line:
    return Line(say(check.asks, language), check.cite, say(check.article, language), say(check.fails, language))


def _exception(check: Check, language: str) -> Line:
    return Line(say(check.fails, language), check.cite, say(check.article, language), "")


def _deadline(deadline: Deadline, language: str) -> Line:
    said: list[Start | Wait | Longer | StoppedBy | Said | AtLatest] = [*deadline.starts, *deadline.waits]
    said += [*deadline.extends, *deadline.stops, *deadline.open_when]
    said += [deadline.at_latest] if deadline.at_latest else []
    counted = say(headings.COUNTED_BY, language, law=deadline.counts_by)
    then = [*dict.fromkeys(say(part.says, language) for part in said), counted]
    length = _length(deadline.length, deadline.unit, language)
    what = f"{say(deadline.says, language)}{say(headings.COLON, language)}{length}"
    return Line(what, deadline.cite, "", " ".join(then))


def _quorum(name: str, quorum: dict[str, Any], language: str) -> Line:
    what = say(headings.DECISIONS.get(name, {"en": name}), language)
    count, several = quorum["count"], "s" if quorum["count"] > 1 else ""
    either = f" {say(headings.OR, language)} "
    roles = either.join(say(headings.ROLES.get(role, {"en": role}), language) + several for role in quorum["roles"])
    spread = say(headings.SPREAD, language, n=str(quorum["jurisdictions"])) if quorum["jurisdictions"] > 1 else ""
    passkey = say(headings.PASSKEYS[count > 1], language)
    return Line(f"{what}{say(headings.COLON, language)}{count} {roles}{spread}{passkey}")


def _grades(pack: Pack, language: str) -> Iterator[Line]:
    preserves = headings.PRESERVES[any(check.of == "data" for check in pack.checks)]
    rows = {say(words, language): pack.data["verification"][grade] for grade, words in headings.GRADES.items()}
    if not any(rows.values()):
        rows = {say(headings.ANYBODY, language): []}
    for sender, allowed in rows.items():
        acts = [say(headings.DOES.get(act, preserves), language) for act in allowed]
        does = say(headings.SEMICOLON, language).join(acts) or say(headings.NOTHING, language)
        yield Line(f"{sender}{say(headings.COLON, language)}{does}")


def plain(shown: Page) -> str:
    """The page as plain text."""
    named = {"act": shown.act, "id": shown.id, "version": shown.version, "since": shown.since}
    mark = f"{say(headings.MARK, shown.language)}{say(headings.COLON, shown.language)}"
    head = [
        shown.title,
        say(headings.IN_FORCE, shown.language, **named),
        shown.review,
        shown.law,
        "",
        shown.summary,
    ]
    for section in shown.sections:
        head += ["", section.title.upper(), *([section.intro] if section.intro else [])]
        for line in section.lines:
            head.append(f"- {line.text}" + (f"  [{line.cite}]" if line.cite else ""))
            head += [f"    {'' if line.own else mark}{line.paraphrase}"] if line.paraphrase else []
            head += [f"    {line.then}"] if line.then else []
    return "\n".join(head)


_ENGLISH = r"We carry (?:it|the order) out all the same"
_FRENCH = r"Nous (?:l'exécutons|exécutons(?: l'injonction)?) tout de même"
_BEFORE = re.compile(rf"(?:{_ENGLISH}; |{_FRENCH} ; )(\w)")
_ALONE = re.compile(
    rf" ?(?:{_ENGLISH}|{_FRENCH})\.|; we handle this one all the same| ; nous traitons celui-ci tout de même"
)


def unpromised(words: str) -> str:
    """What a check says, in English or French, if the order is not carried out: without the promise that it is."""
    return _ALONE.sub("", _BEFORE.sub(lambda found: found[1].upper(), words))


WORDS = {True: "Holds", False: "Fails", None: "Unknown"}


def finding(found: dict[str, Any]) -> str:
    """A finding as plain text; what doesn't hold comes first."""
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
