"""What everyone sees of the balance and of proposals. Reads; writes nothing, and tells no figure that betrays few."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import unified_diff
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from comity import clock
from comity.adoption.commands import versions_of
from comity.countries import rules as countries
from comity.countries.public import quarter
from comity.library import diff, in_force
from comity.library.in_words import say
from comity.people.refusals import BadInput
from comity.regulations.packs import NoPack, Pack
from comity.vault import commands as vault
from comity.web.parts import Choice, Field, Form

from . import charts, indicators, measured, near, rules, voting, words
from .bounds import standing
from .indicators import FAMILIES, Indicator
from .models import Comment, Crossing, Proposal
from .proposing import draft_of, open_of, words_of

SHOWN = 50  # comments, or proposals, on one page
ALIKE = 3  # of what is nearly the same as a comment, beside it
CSV = ("indicator", "family", "element", "country", "quarter", "told", "share", "low", "high", "of")


@dataclass(frozen=True)
class Row:
    """An indicator in the table of its family."""

    id: str
    says: str
    cells: tuple[str, ...]
    bound: str
    blind_to: str
    gamed_by: str
    shown_by: str
    cite: str


def path(realm: str, country: str = "") -> str:
    """Where everyone sees the balance."""
    return f"/balance/{'demo/' if realm == 'demo' else ''}{country}"


def proposals_path(realm: str) -> str:
    """Where everyone sees proposals."""
    return "/proposals/demo/" if realm == "demo" else "/proposals/"


def balance(realm: str, country: str, show: str) -> dict[str, Any]:
    """Both families side by side, by quarters, and the curve of one indicator."""
    today = clock.now().date()
    found = measured.quarters(realm, country, today)
    bounds = {one.indicator: one for one in standing(realm, country)}
    all_of = indicators.all_of()
    open_ = _open(realm, country)
    shown = all_of.get(show) or next((all_of[row.bound.indicator] for row in open_), all_of["reversed"])
    budget = bounds[shown.id].budget if shown.id in bounds else None
    changes, curve = _changes(realm, found, today), told(shown, found)
    return {
        "families": [
            (words.FAMILIES[family], _rows(family, found, bounds, country))
            for family in FAMILIES
        ],
        "quarters": [quarter(start) for start, _counts in found],
        "chart": charts.quarterly(shown, curve, budget, changes, crossings(bounds, shown)) if found else None,
        "shown": shown.id,
        "crossings": [crossed(row) for row in open_],
        "country": country,
        "name": countries.name(country) if country else "",
    }  # fmt: skip


def _open(realm: str, country: str) -> list[Crossing]:
    rows = Crossing.objects.filter(bound__realm=realm, bound__country=country).exclude(state="closed")
    return list(rows.select_related("bound").order_by("-found_at"))


def crossings(bounds: Mapping[str, Any], shown: Indicator) -> list[Crossing]:
    """The crossings of the bound of an indicator, for its curve."""
    if shown.id not in bounds:
        return []
    return list(bounds[shown.id].crossings.order_by("since")[:10])


@dataclass(frozen=True)
class CrossedRow:
    """A crossing as everyone sees it."""

    crossing: Crossing
    says: str
    mark: words.Mark
    budget: str


def crossed(row: Crossing) -> CrossedRow:
    """A crossing in words, without its causes: they are the desk's and the council's until their quarter is fixed."""
    one = indicators.all_of()[row.bound.indicator]
    return CrossedRow(row, words.titled(one), words.CROSSINGS[row.state], budget_says(one, row.bound.budget))


def budget_says(one: Indicator, budget: int) -> str:
    """A bound in words."""
    line = charts.bound_line(one, budget) or 0.0
    text = _("at least %(share)s") if one.better == "high" else _("at most %(share)s")
    return text % {"share": words.number(line, one)}


def _rows(family: str, found: Sequence[tuple[date, Any]], bounds: Mapping[str, Any], country: str) -> list[Row]:
    language = str(get_language())
    all_of = indicators.all_of()
    return [
        Row(
            one.id,
            words.titled(one),
            tuple(words.told(measured.told(one, counts), one) for _start, counts in found),
            budget_says(one, bounds[one.id].budget) if one.id in bounds else "",
            say(one.blind_to, language),
            say(one.gamed_by, language),
            words.titled(all_of[one.shown_by]),
            one.cite,
        )
        for one in indicators.of_country(country)
        if one.family == family
    ]


def told(one: Indicator, found: Sequence[tuple[date, Any]]) -> list[tuple[date, str, measured.Told]]:
    """An indicator quarter by quarter, as everyone is told it."""
    return [(start, quarter(start), measured.told(one, counts)) for start, counts in found]


def _changes(realm: str, found: Sequence[tuple[date, Any]], today: date) -> list[measured.Change]:
    return measured.changes(realm, found[0][0], today) if found else []


def csv_rows(realm: str, country: str) -> list[tuple[str, ...]]:
    """The same as a table for machines, with the elements of Ranking Digital Rights that an indicator answers."""
    rows: list[tuple[str, ...]] = []
    found = measured.quarters(realm, country, clock.now().date())
    for one in indicators.of_country(country):
        for start, name, one_told in told(one, found):
            value = one_told.value
            exact = (f"{value.share:.6f}", f"{value.low:.6f}", f"{value.high:.6f}") if value else ("", "", "")
            of = "" if one_told.of is None else str(one_told.of)
            rows.append(
                (
                    *(one.id, one.family, one.cite, country, start.isoformat()),
                    *(f"{name}: {words.told(one_told, one)}", *exact, of),
                )
            )
    return rows


# -- proposals --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """A proposal in the list."""

    proposal: Proposal
    mark: words.Mark
    lane: str
    title: str


def listed(realm: str, state: str, country: str = "") -> list[Listed]:
    """The latest proposals of a realm; `state`: of one state; `country`: of the States' own, that State's."""
    rows = Proposal.objects.filter(realm=realm)
    rows = rows.filter(state=state) if state in rules.PROPOSAL_STATES else rows
    rows = rows.filter(country=country) if country else rows
    return [of_list(row) for row in rows.order_by("-received_at")[:SHOWN]]


def of_state(realm: str, country: str) -> list[Listed]:
    """What a State itself proposed, for its own page; but for what was refused at the door or not yet admitted."""
    rows = Proposal.objects.filter(realm=realm, country=country).exclude(state__in=("received", "refused"))
    return [of_list(row) for row in rows.order_by("-received_at")[:SHOWN]]


def of_list(row: Proposal) -> Listed:
    """One proposal for a list."""
    return Listed(row, words.STATES[row.state], lane(row), titled(row.realm, row.regulation))


def lane(row: Proposal) -> str:
    """Who made it, in words."""
    said = str(words.LANES[row.lane])
    return f"{countries.name(row.country)}: {said}" if row.country else said


def titled(realm: str, regulation: str) -> str:
    """What a regulation is called."""
    try:
        pack = in_force.library(realm).in_force(regulation, clock.now())
    except NoPack:
        return regulation
    return say(pack.title, str(get_language()))


def refused(realm: str) -> int:
    """How many proposals were refused at the door: counted, as every refusal is."""
    return Proposal.objects.filter(realm=realm, state="refused").count()


def proposal(found: Proposal, after: int = 0, alike: int = 0) -> dict[str, Any]:
    """Everything that everyone sees of one proposal. `after`: comments with a greater number; `alike`: those that are
    nearly the same as this one."""
    language = str(get_language())
    published = found.round > 0
    grounds = rules.data()["refuse"]
    return {
        "proposal": found,
        "mark": words.STATES[found.state],
        "lane": lane(found),
        "regulation": titled(found.realm, found.regulation),
        "words": words_of(found) if found.state != "refused" or found.ground != "names-person" else None,
        "ground": say(grounds[found.ground], language) if found.ground else "",
        "why": str(words.WHY.get(found.why, found.why)),
        "published": published,
        "differs": differs(found) if published and found.draft else None,
        "what_if": what_if(found) if published else None,
        "comments": comments(found, after, alike=alike),
        "open": found.state == "consulting" and bool(found.closes_at and found.closes_at > clock.now()),
        "votes": votes(found),
        "members": len(voting.members(found.realm)) if found.state == "voting" else None,
        "beside": [of_list(one) for one in open_of(found.realm, found.regulation, found.id)],
        "counter_to": found.counter_to,
        "counters": [of_list(one) for one in found.counters.order_by("received_at")[:SHOWN]],
        "here": f"/proposals/{found.id}",
        "demo": found.realm == "demo",
    }


@dataclass(frozen=True)
class Differs:
    """What differs from the version that it changes."""

    sentences: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]
    tried: Mapping[str, Any]
    draft: int
    version: str


def differs(found: Proposal) -> Differs | None:
    """The draft beside its base: sentences (in English), the changed lines of the file, and the trial."""
    try:
        draft = draft_of(found)
        old, new = versions_of(draft)
    except (BadInput, NoPack):
        return None
    questions = diff.asks(old, new)
    changed = [one for one in diff.changes(old, new) if one.field not in ("version", "in force from")]
    text = _lines(found.realm, old, draft.text)
    return Differs(
        tuple(diff.sentence(one, questions) for one in changed), tuple(text), draft.tried, draft.pk, draft.version
    )


def _lines(realm: str, old: Pack, text: str) -> list[tuple[str, str]]:
    made = unified_diff(in_force.source(realm, old).splitlines(), text.splitlines(), n=2, lineterm="")
    kinds = {"+": "added", "-": "removed"}
    return [(kinds.get(line[:1], ""), line[:300]) for line in list(made)[2:400]]


@dataclass(frozen=True)
class Side:
    """One indicator of a what-if: before, after, and between which it lies."""

    says: str
    before: str
    after: str
    low: str
    high: str


def what_if(found: Proposal) -> dict[str, Any] | None:
    """The stored what-if in words: both families, and what can't be known."""
    return what_if_said(found.what_if) if found.what_if else None


def what_if_said(told: Mapping[str, Any]) -> dict[str, Any]:
    """A what-if in words."""
    return {
        "families": [(words.FAMILIES[family], _sides(told.get(family) or {})) for family in FAMILIES],
        "cases": told["cases"],
        "anew": told["anew"],
        "rest": told["cases"] - told["anew"],
        "moved": told["moved"],
        "by": told["by"],
    }


def _sides(told: Mapping[str, Sequence[float | None]]) -> list[Side]:
    all_of, made = indicators.all_of(), []
    for id, (before, after, low, high) in told.items():
        one = all_of[id]
        say_ = words.saying(one)
        made.append(Side(words.titled(one), say_(before), say_(after), say_(low), say_(high)))
    return made


@dataclass(frozen=True)
class CommentRow:
    """A comment as everyone sees it. `text` None: its time is over. `hidden`: on which ground it is, in words.
    `nearly`: how many say nearly the same, of whom `alike` are the first; `differs`: in what one of those does."""

    id: int
    at: Any
    times: int
    text: str | None
    hidden: str
    answer: Any
    nearly: int = 0
    alike: tuple[near.Differs, ...] = ()
    first: int | None = None
    differs: near.Differs | None = None


def comments(found: Proposal, after: int = 0, only_unanswered: bool = False, alike: int = 0) -> dict[str, Any]:
    """A page of comments in the order in which they came, by their numbers: as quick for the last as for the first.

    What is nearly the same stands with the first of it; `alike`: those of one, each whole, by their places in it.
    """
    rows = Comment.objects.filter(proposal=found)
    if alike:
        rows = rows.filter(near=alike, place__gt=after).order_by("place")
    elif only_unanswered:
        rows = rows.filter(answer=None, hidden="", pk__gt=after).order_by("id")
    else:
        rows = rows.filter(near=None, pk__gt=after).order_by("id")
    got = list(rows.select_related("answer", "near")[: SHOWN + 1])
    more = (got[SHOWN - 1].place if alike else got[SHOWN - 1].pk) if len(got) > SHOWN else None
    return {"rows": _comment_rows(got[:SHOWN]), "more": more, "after": after, "alike": alike}


def _comment_rows(got: Sequence[Comment]) -> list[CommentRow]:
    firsts = [row.pk for row in got if row.nearly and not row.hidden]
    beside: dict[int, list[Comment]] = {}
    for one in Comment.objects.filter(near__in=firsts, place__lte=ALIKE, hidden="").order_by("place"):
        beside.setdefault(one.near_id or 0, []).append(one)
    every = [*got, *(one.near for one in got if one.near), *(one for some in beside.values() for one in some)]
    docs = vault.get_many([one.doc for one in every if not one.hidden])
    texts = {doc: text.decode() for doc, text in docs.items()}
    grounds, language = rules.data()["hide"], str(get_language())
    return [
        CommentRow(
            row.pk,
            row.at,
            row.times,
            texts.get(row.doc) if not row.hidden else None,
            say(grounds[row.hidden], language) if row.hidden else "",
            row.answer,
            row.nearly,
            tuple(made for one in beside.get(row.pk, ()) if (made := _differs(one, row, texts))),
            row.near_id,
            _differs(row, row.near, texts) if row.near else None,
        )
        for row in got
    ]


def _differs(one: Comment, first: Comment, texts: Mapping[str, str]) -> near.Differs | None:
    """In what one differs from the first; nothing of one that is hidden, which the other would tell."""
    known = not one.hidden and not first.hidden and one.doc in texts and first.doc in texts
    return near.differs(texts[one.doc], texts[first.doc]) if known else None


def votes(found: Proposal) -> list[tuple[str, str, str]]:
    """The votes of this round: jurisdiction, choice, reason; by office, never by name."""
    return [(row.jurisdiction, str(words.CHOICES[row.choice]), row.reason) for row in voting.last_votes(found)]


def comment_form(found: Proposal, text: str = "", error: str = "") -> Form:
    """The form by which anyone comments."""
    hint = _("Anyone may comment. Please name no private person. The same text again is counted, and shown once.")
    return Form(
        f"/proposals/{found.id}/comment",
        _("Send the comment"),
        (Field("text", _("Your comment"), text, kind="long", rows=6, hint=hint, error=error),),
        id="comment",
    )


def new_form(realm: str, typed: Mapping[str, str], error: tuple[str, str] = ("", ""), action: str = "#new") -> Form:
    """The form by which a change is proposed, in plain words."""
    errors = dict([error]) if error[0] else {}
    known = sorted({pack.id for pack in in_force.library(realm).packs if not pack.id.startswith("_")})
    choices = tuple(Choice(id, titled(realm, id), typed.get("regulation") == id) for id in known)
    hint = _(
        "What should be otherwise, and why. No form, no article needed: we make a draft of it, and you confirm it."
    )
    fields = (
        Field("regulation", _("Which regulation"), kind="select", choices=choices, error=errors.get("regulation", "")),
        Field("title", _("In one line"), typed.get("title", ""), error=errors.get("title", "")),
        Field("words", _("In your words"), typed.get("words", ""), kind="long", rows=8, hint=hint,
              error=errors.get("words", "")),
        Field("counter_to", _("Against which proposal, if it is a counter-proposal"), typed.get("counter_to", ""),
              required=False, error=errors.get("counter_to", "")),
    )  # fmt: skip
    return Form(action, _("Propose it"), fields, id="new")
