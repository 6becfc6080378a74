"""What the desk and the council see of the balance. Reads; writes nothing."""

from datetime import date, timedelta
from typing import Any

from comity import clock
from comity.adoption.models import Draft
from comity.console import signing, timeline
from comity.console.words import begun
from comity.countries import rules as countries
from comity.ledger.sentences import DECISIONS
from comity.people.models import Act, Person
from comity.people.rules import may
from comity.web.parts import Choice, Field, Form

from . import charts, consulting, indicators, measured, public, rules, voting, words
from .indicators import FAMILIES
from .models import Ballot, Bound, Crossing, Proposal

SHOWN = 50
REASON = Field("reason", "Why", kind="long", rows=3, hint="One or two sentences, without personal data: published")
WHY = Field("why", "Why", kind="long", rows=3, hint="One or two sentences, without personal data: published")


def balance(realm: str, country: str, show: str, person: Person) -> dict[str, Any]:
    """Every indicator over its own period, both families apart, and the curve of one."""
    today = clock.now().date()
    now = measured.now(realm, country, today)
    bounds = {one.indicator: one for one in Bound.objects.filter(realm=realm, country=country, state="standing")}
    open_ = list(
        Crossing.objects.filter(bound__realm=realm)
        .exclude(state="closed")
        .select_related("bound")
        .order_by("-found_at")
    )
    mine = [row for row in open_ if row.bound.country == country]
    all_of = indicators.all_of()
    shown = all_of.get(show) or next((all_of[row.bound.indicator] for row in mine), all_of["reversed"])
    return {
        "families": [
            (words.FAMILIES[family], [
                (one, words.titled(one), words.shown(now[one.id], one), _of(now[one.id]), bounds.get(one.id),
                 public.budget_says(one, bounds[one.id].budget) if one.id in bounds else "",
                 words.titled(all_of[one.shown_by]))
                for one in indicators.of_country(country) if one.family == family
            ])
            for family in FAMILIES
        ],
        "chart": curve(shown, realm, country, today, bounds.get(shown.id)),
        "shown": shown.id,
        "crossings": [(row, public.crossed(row), where(row)) for row in open_],
        "bounds": [(row, words.titled(all_of[row.indicator]), words.BOUNDS[row.state],
                    public.budget_says(all_of[row.indicator], row.budget))
                   for row in Bound.objects.filter(realm=realm).exclude(state="ended").order_by("-made_at")[:SHOWN]],
        "propose": bound_form(realm, country) if may(person, "bound.propose", _Of(realm)) else None,
        "country": country,
        "name": countries.name(country) if country else "",
        "public": public.path(realm, country),
        "realm": realm,
        "made": realm == "demo",
    }  # fmt: skip


class _Of:
    """A thing of which only the realm matters."""

    def __init__(self, realm: str) -> None:
        self.realm = realm


def _of(value: Any) -> str:
    return f"{value.good} of {value.of}" if value else ""


def curve(one: Any, realm: str, country: str, today: date, bound: Bound | None) -> Any:
    """The year of one indicator by weeks, with its bound, the versions that came in force and its crossings."""
    weeks = measured.weekly(one, realm, country, today)
    crossings = list(bound.crossings.order_by("since")[:10]) if bound else []
    changes = measured.changes(realm, weeks[0][0], today)
    return charts.weekly(one, weeks, bound.budget if bound else None, changes, crossings)


def where(row: Crossing) -> str:
    """The page of a crossing."""
    return f"/console/balance/crossings/{row.pk}"


def bound_form(realm: str, country: str, action: str = "/console/balance/bounds") -> Form:
    """The form by which a bound is put to the council."""
    choices = tuple(Choice(one.id, words.titled(one)) for one in indicators.bounded())
    hint = "In per cent of what may count against it in a year, such as 2 or 0.5"
    fields = (
        Field("indicator", "Indicator", kind="select", choices=choices),
        Field("country", "Country", country, hint="Two letters, or empty for all", required=False),
        Field("budget", "How many may go wrong", hint=hint),
        REASON,
        Field("realm", "", realm, kind="hidden"),
    )
    return Form(action, "Put it to the council", fields, id="bound")


def crossing(found: Crossing, person: Person) -> dict[str, Any]:
    """One crossing: its curve, its likely causes, what was answered, and what can be done."""
    bound = found.bound
    one = indicators.all_of()[bound.indicator]
    return {
        "crossing": found,
        "bound": bound,
        "says": words.titled(one),
        "budget": public.budget_says(one, bound.budget),
        "mark": words.CROSSINGS[found.state],
        "chart": curve(one, bound.realm, bound.country, clock.now().date(), bound),
        "causes": [_cause(row, bound.realm) for row in found.causes],
        "expected": round(found.of * bound.budget / 10_000, 1),
        "one": one,
        "proposals": [public.of_list(row) for row in found.proposals.order_by("received_at")],
        "country": countries.name(bound.country) if bound.country else "all countries",
        "timeline": timeline.of_thing(bound.id),
        "drafts": list(Draft.objects.filter(realm=bound.realm, state="tried").order_by("-id")[:10]),
    }


def _cause(row: dict[str, Any], realm: str) -> dict[str, Any]:
    return row | {
        "name": countries.name(row["country"]) if row["country"] else "no country known",
        "title": public.titled(realm, row["instrument"]),
    }


def bound(found: Bound, person: Person) -> dict[str, Any]:
    """One bound: what is put to the council, and its crossings."""
    one = indicators.all_of()[found.indicator]
    return {
        "bound": found,
        "says": words.titled(one),
        "budget": public.budget_says(one, found.budget),
        "mark": words.BOUNDS[found.state],
        "crossings": [(row, words.CROSSINGS[row.state], where(row)) for row in found.crossings.order_by("-id")],
        "country": countries.name(found.country) if found.country else "all countries",
        "timeline": timeline.of_thing(found.id),
        "quorum": rules.quorum("bound"),
        **acts_of(found, person),
    }


def acts_of(found: Bound, person: Person) -> dict[str, Any]:
    """What is open for signing about a bound: its setting, or an answer."""
    acts = list(Act.objects.filter(case=found.id, state="open").order_by("-proposed_at"))
    shown = []
    for act in acts:
        given = signing.given(act)
        sign = (
            signing.button(act, f"/council/{found.id}/sign", person) if signing.can_sign(act, person, given) else None
        )
        slots = signing.slots(
            act, given, lambda one: f"council, {one.person.jurisdiction}", lambda n: "a member of the council"
        )
        shown.append({"act": act, "kind": begun(DECISIONS.get(act.kind, act.kind)), "slots": slots, "sign": sign})
    crossed = found.crossings.filter(state="open").first()
    answer = (
        Form(f"/council/{found.id}/answer", "Put this answer to the council", (REASON,), id="answer")
        if crossed is not None and may(person, "bound.answer", found)
        else None
    )
    back = (
        Form(f"/council/{found.id}/return", "Send it back", (REASON,), second=True, id="back")
        if found.state == "proposed" and may(person, "bound.answer", found)
        else None
    )
    return {
        "acts": shown,
        "answer": answer,
        "back": back,
        "sign": next((one["sign"] for one in shown if one["sign"]), None),
    }


# -- proposals --------------------------------------------------------------------------------------------------------


def proposal(found: Proposal, person: Person, after: int = 0, alike: int = 0) -> dict[str, Any]:
    """A proposal as the desk works on it."""
    base = f"/console/proposals/{found.id}"
    return {
        **public.proposal(found, after, alike),
        "base": base,
        "unanswered": consulting.unanswered(found),
        "to_answer": public.comments(found, 0 if alike else after, only_unanswered=True)
        if found.state in ("consulting", "answering")
        else None,
        "alike_wait": found.comments.filter(near__isnull=False, answer=None, hidden="").exists(),
        "forms": forms(found, person, base),
        "may_hide": may(person, "comment.hide", found),
        "may_answer": may(person, "comment.answer", found) and found.state in ("consulting", "answering"),
        "grounds": [(id, rules.data()["hide"][id]["en"]) for id in rules.data()["hide"]],
        "draft": Draft.objects.filter(pk=found.draft).first() if found.draft else None,
        "timeline": timeline.of_thing(found.id),
    }


def forms(found: Proposal, person: Person, base: str) -> list[Form]:
    """What can be done with a proposal now, by this person."""
    acts, made = rules.OF_PROPOSAL.acts_in(found.state), []
    admits, shapes = may(person, "proposal.admit", found), may(person, "proposal.shape", found)
    if "admit" in acts and admits:
        made.append(Form(f"{base}/admit", "Admit it", id="admit"))
        grounds = tuple(Choice(id, row["en"]) for id, row in rules.data()["refuse"].items())
        fields = (Field("ground", "Ground", kind="select", choices=grounds), WHY)
        made.append(Form(f"{base}/refuse", "Refuse it on this ground", fields, second=True, id="refuse"))
    if "shape" in acts and shapes:
        made.append(_shape_form(found, base))
    if "publish" in acts and shapes:
        made.append(Form(f"{base}/publish", "Publish it, and open the consultation", id="publish"))
    if "ballot" in acts and shapes:
        made.append(Form(f"{base}/ballot", "Put it to the council’s vote", id="ballot"))
    if "edit" in acts and shapes:
        made.append(Form(f"{base}/edit", "Send it back to be shaped anew", (WHY,), second=True, id="edit"))
    if "withdraw" in acts and found.lane == "desk" and may(person, "proposal.make", found):
        made.append(Form(f"{base}/withdraw", "Withdraw it", second=True, id="withdraw"))
    return made


def _shape_form(found: Proposal, base: str) -> Form:
    drafts = Draft.objects.filter(
        realm=found.realm, regulation=found.regulation, state="tried", proposal__in=("", found.id)
    )
    choices = tuple(
        Choice(str(one.pk), f"{one.number}, from {one.base_version}") for one in drafts.order_by("-id")[:20]
    )
    ends = clock.now().date() + timedelta(days=rules.data()["sunset_days"])
    fields = (
        Field("draft", "The draft that its words ask for", kind="select", choices=choices,
              hint="One that was tried on the past. Begin it under Regulations, change it, and try it."),
        Field("ends_on", "It ends by itself on", ends.isoformat(), kind="date", hint="Part of what is signed (UTC)"),
    )  # fmt: skip
    return Form(f"{base}/shape", "Make this its draft", fields, second=found.state == "shaped", id="shape")


# -- the council ------------------------------------------------------------------------------------------------------


def council(realm: str, person: Person) -> dict[str, Any]:
    """What waits for the council, and what it may look at."""
    voting_now = Proposal.objects.filter(realm=realm, state__in=("consulting", "answering", "voting")).order_by(
        "vote_ends_at"
    )
    members = voting.members(realm)
    bounds = Bound.objects.filter(realm=realm, state__in=("proposed", "standing")).order_by("-made_at")
    return {
        "proposals": [public.of_list(row) for row in voting_now[:SHOWN]],
        "bounds": [(row, words.titled(indicators.all_of()[row.indicator]), words.BOUNDS[row.state])
                   for row in bounds[:SHOWN]],
        "crossings": [public.crossed(row) for row in Crossing.objects.filter(bound__realm=realm, state="open")
                      .select_related("bound").order_by("-found_at")],
        "members": sorted(members.values()),
        "propose": bound_form(realm, "", "/council/bounds"),
        "me": person.jurisdiction,
        "public": public.path(realm),
    }  # fmt: skip


def vote(found: Proposal, person: Person, after: int = 0, alike: int = 0) -> dict[str, Any]:
    """A proposal as a member of the council sees it: everything that everyone sees, and one's own vote."""
    open_ = (
        Ballot.objects.filter(proposal=found, round=found.round, member=person.id, signed_at=None)
        .order_by("-id")
        .first()
    )
    act = Act.objects.filter(hash=open_.act, state="open").first() if open_ else None
    acts = rules.OF_PROPOSAL.acts_in(found.state)
    mine = next((row for row in voting.last_votes(found) if row.member == person.id), None)
    return {
        **public.proposal(found, after, alike),
        "ballot": open_ if act else None,
        "sign": signing.button(act, f"/council/{found.id}/sign", person, "Sign this vote") if act else None,
        "mine": (words.CHOICES[mine.choice], mine.reason) if mine else None,
        "form": _vote_form(found) if found.state == "voting" else None,
        "threat": Form(
            f"/council/{found.id}/threat", "It is under threat: freeze it", (_threat(),), second=True, id="threat"
        )
        if "freeze" in acts
        else None,
        "passkey": person.realm != "demo",
    }


def _vote_form(found: Proposal) -> Form:
    choices = tuple(Choice(name, str(says)) for name, says in words.CHOICES.items())
    fields = (Field("choice", "Your vote", kind="radio", choices=choices), REASON)
    return Form(f"/council/{found.id}/vote", "Put it to be signed", fields, id="vote")


def _threat() -> Field:
    hint = "Who writes this, and the words, are sealed. Everyone sees that it is frozen."
    return Field("reason", "What is happening", kind="long", rows=3, hint=hint)
