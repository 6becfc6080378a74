"""What the console shows of countries: from the rows, the figures and the packs. Reads; writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from comity import clock
from comity.console import signing, timeline
from comity.console.words import begun
from comity.console.words import person as named
from comity.disputes import read as disputes
from comity.disputes import words as of_disputes
from comity.figures import read
from comity.figures.names import NAMES
from comity.leaving import read as leaving
from comity.library import standing
from comity.library.in_words import say
from comity.people.models import Act, Person
from comity.people.rules import may
from comity.web.parts import Choice, Field, Form

from . import public, rules, words
from .models import Agreement, Relation

NO_CONTACT = "none registered"
SHOWN = 50  # moves and words on one page
REASON = Field("reason", "Why", kind="long", rows=3, hint="One or two sentences, without personal data: published")


@dataclass(frozen=True)
class Row:
    """One country of the list."""

    code: str
    name: str
    state: words.Standing
    slug: str
    blocked: bool
    contact: str
    requests: int

    @property
    def silent(self) -> bool:
        """Whether there is nothing to say of it."""
        return self.slug == "none" and not self.blocked and not self.requests and self.contact == NO_CONTACT


def listed(realm: str, state: str = "") -> list[Row]:
    """Every country with how we stand, those with something to say first, in three queries; `state`: of one state."""
    relations = {one.country: one for one in Relation.objects.filter(realm=realm)}
    requests = read.requests(realm, clock.now().date())
    rows = [_row(code, relations.get(code), requests.get(code, 0)) for code in rules.codes(realm)]
    rows.sort(key=lambda row: (row.slug == "none" and not row.blocked, -row.requests, row.name))
    return [row for row in rows if state in ("", row.slug)]


def _row(code: str, found: Relation | None, requests: int) -> Row:
    slug = found.state if found else "none"
    blocked = bool(found and found.reach == "blocked")
    return Row(code, rules.name(code), words.STATES[slug], slug, blocked, _contact(found), requests)


def _contact(found: Relation | None) -> str:
    if found is None or not found.contact:
        return NO_CONTACT
    return f"confirmed {found.contact_checked_at:%d %b %Y}" if found.contact_checked_at else "not confirmed"


def country_page(relation: Relation, person: Person) -> dict[str, Any]:
    """Everything about how we stand with one country."""
    today, base = clock.now().date(), f"/console/countries/{relation.country}"
    law, own = standing.there(relation.realm, relation.country)
    agreements = list(relation.agreements.order_by("-id")[:SHOWN]) if relation.pk else []
    moves = list(relation.moves.order_by("-id")[:SHOWN]) if relation.pk else []
    said = public.said(relation, SHOWN)
    may_move = may(person, "country.move", relation)
    plans = leaving.of_country(relation)
    return {
        "relation": relation,
        "base": base,
        "public": public_path(relation.realm, relation.country),
        "name": rules.name(relation.country),
        "state": words.STATES[relation.state],
        "reach": words.REACH[relation.reach],
        "says": words.STATES[relation.state].says % {"country": rules.name(relation.country)},
        "moves": [(move, words.STATES[move.before].word, words.STATES[move.after].word) for move in moves],
        "law": [(pack.id, pack.version, say(pack.title)) for pack in law],
        "own": [(pack.id, pack.version, say(pack.title)) for pack in own],
        "figures": _figures(relation, today),
        "agreements": _agreements(relation, agreements),
        **_acts(relation, person, agreements, base),
        "plans": plans,
        "draft_plan": leaving.draft_form(relation, person, plans),
        "said": said,
        "disputes": [(one, of_disputes.STATES[one.state]) for one in disputes.of(relation)],
        "may_move": may_move,
        "forms": _forms(relation, base, said, _stands(agreements)) if may_move else {},
        "observe": _observe(relation, base) if may(person, "country.observe", relation) else None,
        "timeline": timeline.of_thing(relation.number) if relation.pk else (),
    }


def public_path(realm: str, country: str = "") -> str:
    """Where everyone sees the same."""
    return f"/countries/{'demo/' if realm == 'demo' else ''}{country}"


def _figures(relation: Relation, today: date) -> dict[str, Any]:
    columns = read.desk(relation.realm, relation.country, today)
    rows = [(one.label, [column.names[name] for column in columns]) for name, one in NAMES.items() if one.shown]
    instruments = sorted({name for column in columns for name in column.instruments})
    by = [(public.titled(name), [column.instruments[name] for column in columns]) for name in instruments]
    return {"quarters": [public.quarter(column.start) for column in columns], "rows": rows, "by": by}


def _agreements(relation: Relation, found: Sequence[Agreement]) -> list[tuple[Agreement, Any]]:
    return [(one, words.AGREEMENTS[one.state] if _counts(relation, one) else "Not made") for one in found]


def _stands(found: Sequence[Agreement]) -> bool:
    return any(one.state == "standing" for one in found)


def _counts(relation: Relation, one: Agreement) -> bool:
    return one.state != "proposed" or one.act == relation.act


# -- what people can do -----------------------------------------------------------------------------------------------


def _acts(relation: Relation, person: Person, found: Sequence[Agreement], base: str) -> dict[str, Any]:
    """What is put to people, who has signed it, and the forms to put, sign or return one."""
    mine = may(person, "country.agree", relation)
    open_to_it = {"agree", "settle"} & {*rules.OF_IT.acts_in(relation.state)}
    made = {
        "put": None,
        "propose": _propose(relation, base) if mine and open_to_it and not relation.act else None,
        "back": None,
        "slots": (),
        "sign": None,
    }
    act = Act.objects.filter(hash=relation.act).first() if relation.act else None
    if act is None:
        return made
    given = signing.given(act)
    slots = signing.slots(
        act,
        given,
        by=lambda one: named(", ".join(one.person.roles), one.person.jurisdiction, one.key.short),
        note=lambda n: begun(f"{' or '.join(act.rule.roles)}{', of another jurisdiction' if n else ''}"),
    )
    return made | {
        "put": next((one for one in found if one.act == act.hash), None),
        "act": act,
        "slots": slots,
        "sign": signing.button(act, f"{base}/sign", person) if signing.can_sign(act, person, given) else None,
        "back": Form(f"{base}/return", "Send it back", (REASON,), second=True, id="back") if mine else None,
    }


def _propose(relation: Relation, base: str) -> Form:
    settles = relation.state == "disputed"
    fields = (
        Field("title", "Title", hint="As “Agreement on removal orders and contact points”"),
        Field("text", "What is agreed", kind="long", rows=10, hint="The whole text. It is published, for ever"),
        Field("starts", "From", clock.now().date().isoformat(), kind="date"),
        Field("until", "Until", kind="date", required=False, hint="The first day on which it no longer stands"),
        REASON,
    )
    says = "Put this settlement to the quorum" if settles else "Put it to the quorum"
    return Form(f"{base}/agree", says, fields, second=True, id="agree")


def _forms(relation: Relation, base: str, said: Sequence[public.Words], agreed: bool) -> dict[str, Form | None]:
    """What counsel and the head can do: move, register an address, speak, let the State speak."""
    return {
        "move": move_form(relation, base, agreed=agreed),
        "contact": Form(
            f"{base}/contact",
            "Register this address",
            (Field("contact", "Registered address", relation.contact, kind="email", hint="It alone can speak for it"),),
            second=True,
            id="contact",
        ),
        "ask": Form(f"{base}/ask", "Ask it now whether it is read", second=True, id="ask")
        if relation.contact
        else None,
        "link": Form(f"{base}/link", "Send it a link to speak", second=True, id="link") if relation.contact else None,
        "say": Form(
            f"{base}/say",
            "Publish it",
            (
                Field("text", "What we say", kind="long", rows=5, hint="Without personal data: published at once"),
                *_about(said),
            ),
            second=True,
            id="say",
        ),
    }


def _about(said: Sequence[public.Words]) -> tuple[Field, ...]:
    theirs = [one for one in said if one.side == rules.STATE]
    choices = tuple(Choice(str(one.id), f"Their words of {one.at:%d %b %Y, %H:%M}") for one in theirs)
    return (
        (Field("about", "A note on", kind="select", choices=(Choice("", "Nothing; a statement"), *choices)),)
        if choices
        else ()
    )


def move_form(relation: Relation, base: str, *, agreed: bool) -> Form | None:
    """The form with every move that one hand can make now; none where there is none."""
    can = [step for step in rules.OF_IT.acts_in(relation.state) if step in rules.BY_ONE]
    if "calm" in can and not agreed:
        can.remove("calm")
    if not can:
        return None
    choices = tuple(Choice(step, words.STEPS[step]) for step in can)
    fields = (Field("step", "Move", kind="select", choices=choices), REASON)
    return Form(f"{base}/move", "Move the relation", fields, id="move")


def _observe(relation: Relation, base: str) -> Form:
    choices = tuple(Choice(slug, str(words.REACH[slug]), slug == relation.reach) for slug in rules.REACHES[1:])
    hint = "From where, how and how often you looked; published"
    fields = (
        Field("reach", "What was seen", kind="select", choices=choices),
        Field("note", "From where it was looked", hint=hint),
    )
    return Form(f"{base}/reach", "Record what was seen", fields, second=True, id="reach")
