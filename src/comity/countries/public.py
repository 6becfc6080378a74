"""What everyone sees of countries. Reads; writes nothing, and says no figure that `figures` doesn't let it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from comity import instruments
from comity.claims import read as claims
from comity.disputes import read as disputes
from comity.disputes import words as of_disputes
from comity.figures import read
from comity.figures import rules as telling
from comity.figures.names import NAMES
from comity.leaving import read as leaving
from comity.library import standing
from comity.library.in_words import say
from comity.vault import commands as vault
from comity.web.parts import Choice, Field, Form

from . import rules, words, worldmap
from .models import Agreement, Relation, Said

SHOWN = 50


@dataclass(frozen=True)
class Words:
    """What one side said, as it stands on a page. `text` None: nothing can be shown of it. `about`: when the words were
    said that it annotates."""

    id: int
    side: str
    at: datetime
    source: str
    text: str | None
    shown: bool
    kept_back: str
    about: datetime | None


def said(relation: Relation, most: int = SHOWN, thing: str = "") -> tuple[Words, ...]:
    """The latest words of both sides, in their order, in two queries; `thing`: on the summary of that dispute."""
    if not relation.pk:
        return ()
    rows = list(Said.objects.filter(relation=relation, thing=thing).select_related("about").order_by("-id")[:most])[
        ::-1
    ]
    texts = vault.get_many([row.doc for row in rows])
    return tuple(
        Words(
            row.pk,
            row.side,
            row.at,
            row.source,
            texts[row.doc].decode() if row.doc in texts else None,
            row.shown,
            row.kept_back,
            row.about.at if row.about else None,
        )
        for row in rows
    )


def quarter(start: date) -> str:
    """Q4 2026; T4 2026."""
    return _("Q%(number)s %(year)s") % {"number": (start.month + 2) // 3, "year": start.year}


def told(n: int) -> str:
    """A figure as the public is told it."""
    known = telling.in_public(n)
    return str(known) if known is not None else _("under 10")


@dataclass(frozen=True)
class Row:
    """One country of the list."""

    code: str
    name: str
    state: words.Standing
    blocked: bool
    requests: str


def world(realm: str) -> dict[str, Any]:
    """The map, and the countries with something to say of them before all others, in three queries."""
    relations = {one.country: one for one in Relation.objects.filter(realm=realm)}
    fixed = read.fixed(1)
    counts = read.public_requests(realm, fixed[0]) if fixed else {}
    rows = [_row(code, relations.get(code), counts.get(code, 0)) for code in rules.codes(realm)]
    rows.sort(key=lambda row: row.name)
    speaking = {row.code for row in rows if row.state is not words.STATES["none"] or row.blocked}
    speaking |= {code for code, n in counts.items() if telling.in_public(n) is not None}
    return {
        **map_of(relations.values(), realm),
        "rows": [row for row in rows if row.code in speaking],
        "others": [row for row in rows if row.code not in speaking],
        "quarter": quarter(fixed[0]) if fixed else "",
    }


def _row(code: str, found: Relation | None, n: int) -> Row:
    blocked = bool(found and found.reach == "blocked")
    return Row(code, rules.name(code), words.STATES[found.state if found else "none"], blocked, told(n))


def map_of(relations: Any, realm: str) -> dict[str, Any]:
    """The map with its legend: only the states that are on it."""
    stand = {one.country: (one.state, one.reach == "blocked") for one in relations}
    named = {slug: str(one.word) for slug, one in words.STATES.items()}
    drawn = worldmap.drawn(stand, named, str(words.BLOCKED), realm)
    blocked = any(blocks for _, blocks in stand.values())
    return {"world": drawn, "legend": [(slug, named[slug]) for slug in drawn.used], "blocked": blocked}


def country_page(relation: Relation) -> dict[str, Any]:
    """Everything that everyone sees of one country."""
    name = rules.name(relation.country)
    law, own = standing.there(relation.realm, relation.country)
    return {
        "relation": relation,
        "name": name,
        "state": words.STATES[relation.state],
        "says": words.STATES[relation.state].says % {"country": name},
        "reach": words.REACH[relation.reach],
        "moves": _moves(relation),
        "agreements": list(_agreements(relation)),
        "law": [(pack.id, pack.version, say(pack.title, str(get_language()))) for pack in law],
        "own": [(pack.id, pack.version, say(pack.title, str(get_language()))) for pack in own],
        "figures": figures(relation),
        "claims": claims_on_persons(relation),
        "said": said(relation),
        "told": leaving.told(relation),
        "disputes": [(one, of_disputes.STATES[one.state]) for one in disputes.published(relation)],
    }


def claims_on_persons(relation: Relation) -> list[tuple[str, str]]:
    """The register of pressure on our people: each quarter with its band."""
    return [(quarter(start), band) for start, band in claims.bands(relation.realm, relation.country)]


def _moves(relation: Relation) -> list[Any]:
    moves = relation.moves.order_by("-id")[:SHOWN] if relation.pk else ()
    return [(move, words.STATES[move.before].word, words.STATES[move.after].word) for move in moves]


def _agreements(relation: Relation) -> Sequence[Agreement]:
    made = relation.agreements.exclude(state="proposed").order_by("-version") if relation.pk else ()
    return [*made]


def figures(relation: Relation) -> dict[str, Any]:
    """The fixed quarters of a country: each name, and the requests under each instrument that has ten or more."""
    columns = read.public(relation.realm, relation.country)
    rows = [(one.label, [told(column.names[name]) for column in columns]) for name, one in NAMES.items() if one.shown]
    counted = {name for column in columns for name, n in column.instruments.items()}
    many = sorted(name for name in counted if _ever_told(columns, name))
    by = [(titled(name), [told(column.instruments[name]) for column in columns]) for name in many]
    return {"quarters": [quarter(column.start) for column in columns], "rows": rows[1:], "by": by}


def titled(instrument: str) -> str:
    """What an instrument is called, in the active language; its id where no regulation knows it."""
    pack = instruments.of(instrument).pack
    return say(pack.title, str(get_language())) if pack else instrument


def _ever_told(columns: Sequence[read.Column], name: str) -> bool:
    return any(telling.in_public(column.instruments[name]) is not None for column in columns)


def speak_form(words_: str, about: str, relation: Relation, error: str) -> Form:
    """The form by which a State speaks: a statement, or a note on what we said."""
    ours = [one for one in said(relation) if one.side == rules.US]
    choices = (Choice("", _("Nothing: a statement")), *(_choice(one, about) for one in ours))
    hint = _("It is shown as you write it, as your words. Please name no private person.")
    fields = (
        Field("text", _("What you want to say"), words_, kind="long", rows=10, hint=hint, error=error),
        *((Field("about", _("A note on"), about, kind="select", choices=choices),) if ours else ()),
    )
    return Form("#speak", _("Say it"), fields, id="speak")


def _choice(one: Words, about: str) -> Choice:
    day = f"{one.at:%Y-%m-%d %H:%M} UTC"
    return Choice(str(one.id), _("what we said on %(day)s") % {"day": day}, str(one.id) == about)
