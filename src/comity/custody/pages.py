"""What the pages of custody show: custodians, openings, one opening, one production. Reads; writes nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from comity import clock, language
from comity.cases import shadowed
from comity.console import signing
from comity.people.models import Act, Person
from comity.people.rules import Realm, may
from comity.vault import commands as vault
from comity.web.parts import Choice, Clock, Field, Form, Link

from . import letters, recipients, rostered, rules, seals, words
from .models import Called, Opening, Package, Recipient, Roster

LISTED = 100


@dataclass(frozen=True, slots=True)
class Holder:
    """A custodian on the public page. `gave`, `refused`: how often."""

    name: str
    place: str
    country: str
    person: str
    key: str
    gave: int
    refused: int


def custodians(realm: str) -> dict[str, Any]:
    """Who holds shares now, how many open, and how it went."""
    row = rostered.current(realm)
    openings = Opening.objects.filter(realm=realm)
    done = Counter(openings.values_list("state", flat=True))
    return {
        "roster": row,
        "k": rostered.signed(row).roster.k if row else 0,
        "holders": _holders(row) if row else [],
        "before": Roster.objects.filter(realm=realm).order_by("-version")[1:20],
        "asked": sum(done[state] for state in rules.ASKING),
        "opened": sum(done[state] for state in rules.OUT),
        "refused": Called.objects.filter(opening__realm=realm, answer="refusal").count(),
        "grounds": _grounds(realm),
    }


def _holders(row: Roster) -> list[Holder]:
    answers = Called.objects.filter(opening__realm=row.realm).values_list("custodian", "answer")
    counted = Counter(answers)
    return [
        Holder(
            one.name.upper(),
            one.jurisdiction,
            language.country(one.jurisdiction),
            one.person,
            one.key.fingerprint,
            counted[one.name, "shares"],
            counted[one.name, "refusal"],
        )
        for one in rostered.signed(row).roster.custodians
    ]


def _grounds(realm: str) -> list[tuple[str, int]]:
    found = Counter(Called.objects.filter(opening__realm=realm, answer="refusal").values_list("ground", flat=True))
    return [(str(words.GROUNDS.get(ground, ground)), n) for ground, n in found.most_common()]


# -- at the console ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """An opening in the list."""

    id: str
    case: str
    state: str
    tone: str
    glyph: str
    parts: int
    due: datetime | None
    emergency: bool
    at: datetime


def openings(realm: str) -> list[Line]:
    """The openings of a realm, the latest first."""
    rows = Opening.objects.filter(realm=realm).order_by("-opened_at")[:LISTED]
    return [_line(row) for row in rows]


def _line(row: Opening) -> Line:
    tone, glyph = words.TONES[row.state]
    return Line(
        row.id, row.case_id, words.STATES[row.state], tone, glyph, len(row.parts), row.due, row.emergency, row.opened_at
    )


@dataclass(frozen=True, slots=True)
class PartLine:
    """A category of parts that are opened. `said`: in words, in the reader's language."""

    category: str
    said: str
    person: str
    first: str
    last: str
    parts: int


def opening(row: Opening, person: Person) -> dict[str, Any]:
    """One opening as somebody of the desk may see it."""
    act = Act.objects.filter(hash=row.act).first() if row.act else None
    given = signing.given(act) if act else []
    key = row.recipient or recipients.of(row.realm, row.case.authority)
    tone, glyph = words.TONES[row.state]
    return {
        "row": row,
        "state": {"word": words.STATES[row.state], "tone": tone, "glyph": glyph},
        "next": words.NEXT[row.state],
        "clock": Clock(due_target=row.due, due_legal=row.due, started=row.opened_at) if _runs(row) else None,
        "parts": parts(row),
        "of": row.item.parts,
        "slots": signing.slots(act, given, _by, lambda n: "Read it whole before you sign") if act else (),
        "sign": signing.button(act, f"/console/custody/{row.id}/sign", person, "Sign the opening")
        if act and signing.can_sign(act, person, given) and may(person, "opening.sign", row)
        else None,
        "key": key,
        "calls": list(key.calls.order_by("id")) if key else [],
        "ready": recipients.ready(key, emergency=row.emergency) if key else None,
        "call": _call(row, key, person),
        "back": may(person, "opening.return", row) and row.state in ("to-sign", "second-approval"),
        "put": may(person, "opening.put", row) and row.state == "waiting" and key is not None,
        "called": called(row),
        "k": row.item_k,
        "packages": list(row.packages.order_by("number")),
        "shadow": shadowed.says(found) if (found := shadowed.now(row.case)) else "",
        "telling": words.TELLING[row.telling],
        "tell": row.telling == "held" and may(person, "notification.release", row.case),
        "case": Link(f"Case {row.case_id}", f"/console/cases/{row.case_id}"),
    }


def _runs(row: Opening) -> bool:
    return row.due is not None and row.state not in rules.OVER | rules.OUT


def _by(approval: Any) -> str:
    return f"{approval.person.jurisdiction}, key {approval.key.short}"


def parts(row: Opening) -> list[PartLine]:
    """What is opened, by category and person. Empty once that is over."""
    try:
        them = seals.parts_of(row.item)
    except vault.Gone:
        return []
    found: dict[tuple[str, str], list[str]] = {}
    for n in row.parts:
        category, person, day = them[n]
        found.setdefault((category, person), []).append(day)
    said = {code: str(words_) for code, words_ in letters.CATEGORIES.items()}
    return [PartLine(c, said.get(c, c), p, min(days), max(days), len(days)) for (c, p), days in found.items()]


def _call(row: Opening, key: Recipient | None, person: Person) -> Form | None:
    if key is None or key.ended_at is not None or row.state != "waiting" or not may(person, "recipient.call", key):
        return None
    if key.calls.filter(by=person.by).exists():
        return None
    theirs = (Choice("yes", "It is theirs"), Choice("no", "It is not theirs"))
    hint = f"Ring the number on our register; read them the first signs of the key: {key.fingerprint[:16]}"
    field = Field("theirs", "What did they say?", kind="radio", choices=theirs, hint=hint)
    return Form(f"/console/custody/{row.id}/call", "Record the call", (field,))


def called(row: Opening) -> list[dict[str, Any]]:
    """Who was called, and what they answered."""
    places = {one.name: one.jurisdiction for one in rostered.signed(row.item.roster).roster.custodians}
    return [
        {
            "name": one.custodian.upper(),
            "place": places.get(one.custodian, ""),
            "answer": "gave shares that, as the authority says, don’t fit" if one.bad_at else words.ANSWERS[one.answer],
            "ground": str(words.GROUNDS.get(one.ground, "")) if one.ground else "",
            "at": one.answered_at or one.at,
            "good": one.answer == "shares" and one.bad_at is None,
        }
        for one in row.called.order_by("at", "id")
    ]


# -- what an authority sees -------------------------------------------------------------------------------------------


def production(row: Opening, package: Package) -> dict[str, Any]:
    """What is in a production, who opened it, and what proves it."""
    return {
        "row": row,
        "package": package,
        "parts": parts(row),
        "called": [one for one in called(row) if one["good"]],
        "names": [one["name"].lower() for one in called(row)],
        "fingerprint": row.recipient.fingerprint if row.recipient else "",
        "receipt": package.collected_at is not None,
        "supplements": row.supplements_id or "",
        "until": row.item.until,
        "now": clock.now(),
    }


def sees(person: Person, realm: str) -> bool:
    """Whether somebody may look at the openings of a realm."""
    return may(person, "opening.view", Realm(realm))


__all__: Sequence[str] = ("custodians", "opening", "openings", "production", "sees")
