"""What the console shows of disputes. Reads, writes nothing; shows the settlement lane to those who settle alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Prefetch, Q

from comity import clock
from comity.console import signing, timeline
from comity.console.words import begun
from comity.console.words import person as named
from comity.countries import public
from comity.countries import rules as relations
from comity.countries.words import Standing
from comity.library import in_force
from comity.people.models import Act, Person
from comity.people.rules import may
from comity.vault import commands as vault
from comity.web.parts import Choice, Clock, Field, Form

from . import rules, words
from .commands import PUBLISH, SETTLE
from .models import Dispute, Due, Paper, Service

ROWS, SHOWN = 50, 200
REASON = Field("reason", "Why", kind="long", rows=3, hint="One or two sentences, without personal data: published")
FILE = Field("file", "File", kind="file", required=False, hint="At most 30 MB; a PDF, a picture, text or any other")
FILE_ASKED = Field(
    "file", "File", kind="file", required=False, hint="At most 30 MB; or name a paper that is here, below"
)


@dataclass(frozen=True)
class Row:
    """One dispute of the list."""

    id: str
    title: str
    country: str
    name: str
    state: Standing
    slug: str
    outcome: str
    forum: str
    opened_at: datetime
    due: Due | None

    @property
    def clock(self) -> Clock | None:
        """Its first deadline that is ours."""
        return clock_of(self.due) if self.due else None


def clock_of(due: Due) -> Clock:
    """A deadline as every page shows it."""
    return Clock(
        due_target=due.due_target,
        due_legal=due.due_legal,
        started=due.started_at,
        met_at=due.met_at,
        stopped_since=due.stopped_at,
        unit="days",
        why="it rests, or is over" if due.stopped_at else "",
    )


def listed(realm: str, asked: dict[str, str]) -> tuple[list[Row], str]:
    """A page of the list, filtered and begun as the address asks, latest first; and the address of the next page."""
    found = Dispute.objects.filter(realm=realm).select_related("relation").order_by("-opened_at", "-id")
    if asked["state"] in rules.STATES:
        found = found.filter(state=asked["state"])
    if asked["country"]:
        found = found.filter(relation__country=asked["country"][:2])
    if asked["due"]:
        ours = Due.objects.filter(dispute=OuterRef("pk"), side=rules.US, met_at=None, stopped_at=None)
        found = found.filter(Exists(ours))
    at, _, id = asked["before"][:60].partition(",")
    if (instant := _instant(at)) is not None:
        found = found.filter(Q(opened_at__lt=instant) | Q(opened_at=instant, id__lt=id))
    page = list(found[: ROWS + 1])
    dues = _first_dues(page)
    rows = [_row(one, dues.get(one.pk)) for one in page[:ROWS]]
    if len(page) <= ROWS:
        return rows, ""
    last = {"realm": realm, **asked, "before": f"{rows[-1].opened_at.isoformat()},{rows[-1].id}"}
    return rows, "?" + urlencode({key: value for key, value in last.items() if value})


def every(realm: str, asked: dict[str, str]) -> Iterable[Row]:
    """Every row of the list, read page by page."""
    while True:
        rows, more = listed(realm, asked)
        yield from rows
        if not more:
            return
        asked = {**asked, "before": f"{rows[-1].opened_at.isoformat()},{rows[-1].id}"}


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return at if at and at.tzinfo else None


def _first_dues(page: Sequence[Dispute]) -> dict[str, Due]:
    running = Due.objects.filter(dispute__in=page, side=rules.US, met_at=None, stopped_at=None)
    return {due.dispute_id: due for due in running.order_by("-due_target", "-id")}


def _row(one: Dispute, due: Due | None) -> Row:
    forum = rules.forums().each[one.forum].name["en"]
    name = relations.name(one.country)
    state = words.STATES[one.state]
    return Row(one.pk, one.title, one.country, name, state, one.state, one.outcome, forum, one.opened_at, due)


def draft_form(realm: str, country: str) -> Form:
    """The form by which a dispute is drafted."""
    states = tuple(Choice(code, relations.name(code), code == country) for code in relations.codes(realm))
    forums = tuple(Choice(id, one.name["en"]) for id, one in rules.forums().each.items())
    fields = (
        Field("country", "With which State", country, kind="select", choices=states),
        Field("title", "What it is about", hint="As “Fine of 12 May 2026”, without personal data: published"),
        Field("claimant", "Who claims", kind="select", choices=_sides(rules.PARTIES)),
        Field("forum", "Forum", kind="select", choices=forums),
        Field("file_number", "File number there", required=False),
        Field("claim", "Claim", kind="long", rows=4, hint="What is said to be so"),
        Field("basis", "Legal basis", kind="long", rows=2),
        Field("relief", "Relief", kind="long", rows=3, hint="What the forum is asked for"),
    )
    return Form("/console/disputes/draft", "Draft the dispute", fields, second=True, id="draft")


def _sides(sides: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(Choice(side, begun(str(words.SIDES[side]))) for side in sides)


# -- one dispute ------------------------------------------------------------------------------------------------------


def dispute_page(dispute: Dispute, person: Person) -> dict[str, Any]:
    """Everything that this person sees of one dispute, and can do in it."""
    base, relation = f"/console/disputes/{dispute.pk}", dispute.relation
    reads, moves, settles = (may(person, act, dispute) for act in ("dispute.read", "dispute.move", "dispute.agree"))
    forum, summaries = rules.forums().each[dispute.forum], list(dispute.summaries.order_by("-version")[:SHOWN])
    published = next((one for one in summaries if one.state == "published"), None)
    served = Prefetch("services", Service.objects.order_by("at", "id"))
    submissions = list(dispute.submissions.prefetch_related(served).order_by("n")[:SHOWN])
    return {
        "dispute": dispute,
        "base": base,
        "name": relations.name(dispute.country),
        "country": f"/console/countries/{dispute.country}{'?realm=demo' if dispute.realm == 'demo' else ''}",
        "public": public_path(dispute) if published else "",
        "state": words.STATES[dispute.state],
        "outcome": words.OUTCOMES[dispute.outcome],
        "forum": forum,
        "said": _said(dispute) if reads else None,
        "mediator": _mediator(dispute) if reads else "",
        "reads": reads,
        "dues": [_due(due, moves) for due in dispute.dues.order_by("due_target")[:SHOWN]],
        "moves": [(one, words.STATES[one.before].word, words.STATES[one.after].word) for one in _moves(dispute)],
        "submissions": [_shown(one) for one in submissions],
        "exhibits": [_shown(one) for one in dispute.exhibits.select_related("submission").order_by("n")[:SHOWN]],
        "interims": [(one, words.INTERIMS[one.state], words.SIDES[one.side]) for one in _interims(dispute)],
        "bundles": list(dispute.bundles.order_by("-n")[:20]),
        "summary": published,
        "notes": public.said(relation, SHOWN, dispute.pk),
        "may_move": moves,
        "settles": settles,
        **(_lane(dispute) if settles else {}),
        **_put(dispute, person, base, settles=settles),
        "forms": _forms(dispute, base, submissions, summary=bool(published)) if moves else {},
        "asks": _asks(dispute, base, settles=settles),
        "timeline": timeline.of_thing(dispute.pk),
    }


def public_path(dispute: Dispute) -> str:
    """Where everyone sees it."""
    return f"{'/countries/demo/' if dispute.realm == 'demo' else '/countries/'}{dispute.country}/disputes/{dispute.pk}"


def _said(dispute: Dispute) -> dict[str, str] | None:
    try:
        return dict(vault.get_json(dispute.doc))
    except vault.Gone:
        return None


def _mediator(dispute: Dispute) -> str:
    try:
        return vault.get(dispute.mediator).decode() if dispute.mediator else ""
    except vault.Gone:
        return ""


def _moves(dispute: Dispute) -> list[Any]:
    return list(dispute.moves.order_by("-id")[:SHOWN])


def _interims(dispute: Dispute) -> list[Any]:
    return list(dispute.interims.order_by("-id")[:SHOWN])


def _due(due: Due, moves: bool) -> tuple[Due, str, Clock, bool]:
    runs = due.met_at is None and due.stopped_at is None
    return due, str(words.SIDES[due.side]), clock_of(due), moves and runs


def _shown(paper: Paper) -> tuple[Paper, str, str]:
    """A paper, whose it is, and why it can't be set, if so."""
    return paper, str(words.SIDES[paper.side]), str(words.FAULTS[paper.fault]) if paper.fault else ""


def _lane(dispute: Dispute) -> dict[str, Any]:
    settlements = list(dispute.settlements.order_by("-n")[:20])
    return {
        "offers": [_shown(one) for one in dispute.offers.order_by("n")[:SHOWN]],
        "settlements": [(one, words.SETTLEMENTS[one.state]) for one in settlements],
        "waits": next((one for one in settlements if one.state == "signed"), None),
    }


def _put(dispute: Dispute, person: Person, base: str, *, settles: bool) -> dict[str, Any]:
    """What is put to people, who has signed it, and how to sign or return it."""
    act = Act.objects.filter(hash=dispute.act).first() if dispute.act and settles else None
    if act is None:
        return {"act": None, "sign": None, "back": None}
    given = signing.given(act)
    slots = signing.slots(
        act,
        given,
        by=lambda one: named(", ".join(one.person.roles), one.person.jurisdiction, one.key.short),
        note=lambda n: begun(f"{' or '.join(act.rule.roles)}{', of another jurisdiction' if n else ''}"),
    )
    terms = dispute.settlements.filter(act=act.hash).first()
    return {
        "act": act,
        "terms": terms,
        "text": terms.terms if terms else dispute.summaries.filter(act=act.hash).values_list("text", flat=True).first(),
        "slots": slots,
        "sign": signing.button(act, f"{base}/sign", person) if signing.can_sign(act, person, given) else None,
        "theirs": person.jurisdiction == dispute.country,
        "back": Form(f"{base}/return", "Send it back", (REASON,), second=True, id="back"),
    }


# -- what people can do -----------------------------------------------------------------------------------------------


def _forms(dispute: Dispute, base: str, submissions: Sequence[Paper], *, summary: bool) -> dict[str, Form | None]:
    """What counsel and the head can do."""
    acts, relation = set(rules.OF_IT.acts_in(dispute.state)), dispute.relation
    asks = bool(relation.contact) and dispute.state != "drafted"
    return {
        "move": move_form(dispute, base),
        "mediator": Form(
            f"{base}/mediator", "Name the mediator", (Field("mediator", "Who mediates"),), second=True, id="mediator"
        )
        if dispute.state in rules.OPEN
        else None,
        "submit": _submit_form(dispute, base) if "submit" in acts else None,
        "exhibit": _exhibit_form(base, submissions) if "submit" in acts else None,
        "due": _due_form(dispute, base, submissions) if submissions and dispute.state in rules.OPEN else None,
        "interim": _interim_form(base) if "interim" in acts else None,
        "bundle": _bundle_form(base),
        "link": _link(base, purpose="submission") if asks and "submit" in acts else None,
        "note_link": _link(base, purpose="annotation") if asks and summary else None,
        "note": Form(
            f"{base}/note",
            "Publish the note",
            (Field("text", "Our note", kind="long", rows=4, hint="Without personal data: published at once"),),
            second=True,
            id="note",
        )
        if summary
        else None,
    }


def _link(base: str, *, purpose: str) -> Form:
    says = {"submission": "Send the State a link to submit", "annotation": "Send the State a link to annotate"}
    fields = (Field("purpose", "Purpose", purpose, kind="hidden"),)
    return Form(f"{base}/link", says[purpose], fields, second=True, id=f"link-{purpose}")


def move_form(dispute: Dispute, base: str) -> Form | None:
    """The form with every move that one hand can make now; none where there is none."""
    steps = [step for step in rules.OF_IT.acts_in(dispute.state) if step in rules.BY_ONE]
    if dispute.relation.state != "left":
        steps = [step for step in steps if step != "leave"]
    if not steps:
        return None
    choices = tuple(Choice(step, words.STEPS[step], n == 0) for n, step in enumerate(steps))
    library = in_force.library(dispute.realm).ids() if "rule-changed" in steps else ()
    ours = tuple(Choice(id, id) for id in ("", *sorted(library)))
    changed = Field("regulation", "Our regulation that was changed", kind="select", required=False, choices=ours)
    steps_field = Field("step", "What happened", kind="radio", choices=choices)
    fields = (steps_field, changed, REASON) if library else (steps_field, REASON)
    return Form(f"{base}/move", "Move the dispute", fields, second=True, id="move")


def _submit_form(dispute: Dispute, base: str) -> Form:
    how = tuple(Choice(one, str(words.HOW[one])) for one in rules.BY_HAND)
    fields = (
        Field("side", "Whose", kind="select", choices=_sides(rules.SIDES)),
        Field("title", "What it is", hint="As “Statement of claim”, without personal data"),
        Field("text", "What it says", kind="long", rows=6, required=False, hint="Typed, or a file, or both"),
        FILE,
        Field("how", "How it was served", kind="select", choices=how),
        Field("served_at", "When, in UTC", f"{clock.now():%Y-%m-%dT%H:%M}", kind="instant"),
        Field("reference", "By what it is found", required=False, hint="As “JORF 12, p. 3” or a postal number"),
        Field("due_side", "Who must answer", kind="select", choices=(Choice("", "Nobody"), *_sides(rules.PARTIES))),
        *_when(dispute),
    )
    return Form(f"{base}/submit", "Enter the submission", fields, second=True, id="submit")


def _when(dispute: Dispute) -> tuple[Field, ...]:
    """By when something is due: within a period of the forum, or until a day that was set."""
    periods = rules.forums().each[dispute.forum].periods
    listed = tuple(Choice(one.id, f"{one.says['en']}: {one.length} {one.unit} ({one.cite})") for one in periods)
    within = Field("period", "Within", kind="select", choices=(Choice("", "As set below"), *listed))
    hint = "As the forum has set it; it comes before the period"
    return (
        *((within,) if listed else ()),
        Field("due_on", "Or until the end of this day", kind="date", required=False, hint=hint),
        Field("due_text", "What is due then", required=False),
    )


def _due_form(dispute: Dispute, base: str, submissions: Sequence[Paper]) -> Form:
    of = tuple(Choice(str(one.n), f"Submission {one.n}: {one.title}") for one in reversed(submissions))
    fields = (
        Field("submission", "Of which submission", kind="select", choices=of),
        Field("due_side", "Who must answer", kind="select", choices=_sides(rules.PARTIES)),
        *_when(dispute),
    )
    return Form(f"{base}/due", "Start the deadline", fields, second=True, id="start-due")


def _exhibit_form(base: str, submissions: Sequence[Paper]) -> Form:
    withs = tuple(Choice(str(one.n), f"Submission {one.n}: {one.title}") for one in submissions)
    fields = (
        Field("title", "What it shows", hint="Without personal data"),
        Field("side", "Whose", kind="select", choices=_sides(rules.PARTIES)),
        FILE_ASKED,
        Field("of", "Or a paper that is here", required=False, hint="As “submission 2”"),
        Field("submission", "With", kind="select", choices=(Choice("", "No submission"), *withs)),
    )
    return Form(f"{base}/exhibit", "Put it in", fields, second=True, id="exhibit")


def _interim_form(base: str) -> Form:
    most = rules.forums().interim_days
    fields = (
        Field("side", "On whose word", kind="select", choices=_sides(rules.SIDES)),
        Field("text", "What is done, or left undone", kind="long", rows=3, hint="Published"),
        Field("scope", "What exactly it touches, and where", hint="As narrow as it can be. Published"),
        Field("until", "Until the end of", kind="date", hint=f"At most {most} days off; it ends by itself"),
    )
    return Form(f"{base}/interim", "Record it", fields, second=True, id="interim")


def _bundle_form(base: str) -> Form:
    spoken = (Choice("en", "English"), Choice("fr", "French"))
    return Form(
        f"{base}/bundle", "Make the bundle", (Field("language", "In", kind="select", choices=spoken),), id="bundle"
    )


def _asks(dispute: Dispute, base: str, *, settles: bool) -> dict[str, Form | None]:
    """What those who settle can do."""
    if not settles:
        return {}
    acts, waits = rules.OF_IT.acts_in(dispute.state), dispute.settlements.filter(state="signed").exists()
    return {
        "offer": _offer_form(base) if dispute.state not in rules.ENDED else None,
        "settle": _settle_form(base) if "settle" in acts and not dispute.act and not waits else None,
        "publish": _publish_form(base) if dispute.state != "drafted" and not dispute.act else None,
        "withdraw": Form(f"{base}/withdraw", "Take the terms back", (REASON,), second=True, id="withdraw"),
        "again": Form(f"{base}/again", "Ask the State once more", second=True, id="again"),
    }


def _offer_form(base: str) -> Form:
    fields = (
        Field("title", "What it is"),
        Field("side", "Whose", kind="select", choices=_sides(rules.PARTIES)),
        Field("text", "What it says", kind="long", rows=4, required=False, hint="Typed, or a file"),
        FILE,
    )
    return Form(f"{base}/settling", "Keep it without prejudice", fields, second=True, id="settling")


def _settle_form(base: str) -> Form:
    fields = (
        Field("kind", "Kind", SETTLE, kind="hidden"),
        Field("title", "Title"),
        Field("terms", "Terms", kind="long", rows=8, hint="Whole: they take the place of the agreement. Published"),
        Field("starts", "From", clock.now().date().isoformat(), kind="date"),
        Field("until", "Until", kind="date", required=False, hint="The first day on which it no longer stands"),
        REASON,
    )
    return Form(f"{base}/propose", "Put these terms to the quorum", fields, second=True, id="settle")


def _publish_form(base: str) -> Form:
    hint = "What both sides could sign as true; no argument, no private person. Published"
    fields = (
        Field("kind", "Kind", PUBLISH, kind="hidden"),
        Field("text", "Neutral summary", kind="long", rows=6, hint=hint),
    )
    return Form(f"{base}/propose", "Put it to the quorum", fields, second=True, id="publish")
