"""What the desk sees of the balance. Reads; writes nothing."""

from datetime import timedelta
from typing import Any

from comity import clock
from comity.adoption.models import Draft
from comity.console import timeline
from comity.countries import rules as countries
from comity.people.models import Person
from comity.people.rules import Realm, may
from comity.web.parts import Choice, Field, Form

from . import consulting, council, council_forms, indicators, measured, public, rules, words
from .indicators import FAMILIES
from .models import Bound, Crossing, Proposal

SHOWN = 50
CROSSING = "/console/balance/crossings/"
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
        "chart": council.curve(shown, bounds.get(shown.id), realm, country),
        "shown": shown.id,
        "crossings": [(row, public.crossed(row), where(row)) for row in open_],
        "bounds": [(row, words.titled(all_of[row.indicator]), words.BOUNDS[row.state],
                    public.budget_says(all_of[row.indicator], row.budget))
                   for row in Bound.objects.filter(realm=realm).exclude(state="ended").order_by("-made_at")[:SHOWN]],
        "propose": council_forms.bound(realm, country, "/console/balance/bounds")
        if may(person, "bound.propose", Realm(realm)) else None,
        "country": country,
        "name": countries.name(country) if country else "",
        "public": public.path(realm, country),
        "realm": realm,
        "made": realm == "demo",
    }  # fmt: skip


def _of(value: Any) -> str:
    return f"{value.good} of {value.of}" if value else ""


def where(row: Crossing) -> str:
    """The page of a crossing."""
    return f"{CROSSING}{row.pk}"


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
        "chart": council.curve(one, bound),
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
