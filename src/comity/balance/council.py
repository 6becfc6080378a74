"""What the council sees of bounds and proposals; the desk sees bounds by the same rows. Reads; writes nothing."""

from datetime import timedelta
from typing import Any

from comity import clock
from comity.console import signing, timeline
from comity.countries import rules as countries
from comity.people.models import Act, Person
from comity.people.rules import may
from comity.vault import commands as vault

from . import bounds, charts, council_forms, indicators, measured, public, rules, voting, words
from .models import Ballot, Bound, Crossing, Proposal

SHOWN = 50
OPEN = ("consulting", "answering", "voting", "frozen")


def index(realm: str, person: Person) -> dict[str, Any]:
    """What waits for the council, and what it may look at."""
    proposals = Proposal.objects.filter(realm=realm, state__in=OPEN).order_by("vote_ends_at", "received_at")
    standing = Bound.objects.filter(realm=realm, state__in=("proposed", "standing")).order_by("-made_at")
    crossed = Crossing.objects.filter(bound__realm=realm, state="open").select_related("bound").order_by("-found_at")
    return {
        "proposals": [public.of_list(row) for row in proposals[:SHOWN]],
        "bounds": [
            (row, words.titled(indicators.all_of()[row.indicator]), words.BOUNDS[row.state]) for row in standing[:SHOWN]
        ],
        "crossings": [public.crossed(row) for row in crossed],
        "members": sorted(voting.members(realm).values()),
        "propose": council_forms.bound(realm, "", "/council/bounds"),
        "me": person.jurisdiction,
        "public": public.path(realm),
    }


def vote(found: Proposal, person: Person, after: int = 0, alike: int = 0) -> dict[str, Any]:
    """A proposal as a member of the council sees it: everything that everyone sees, and one's own vote."""
    ballots = Ballot.objects.filter(proposal=found, round=found.round, member=person.id, signed_at=None)
    open_ = ballots.order_by("-id").first()
    act = Act.objects.filter(hash=open_.act, state="open").first() if open_ else None
    acts = rules.OF_PROPOSAL.acts_in(found.state)
    mine = next((row for row in voting.last_votes(found) if row.member == person.id), None)
    return {
        **public.proposal(found, after, alike),
        "ballot": open_ if act else None,
        "choice": words.CHOICES[open_.choice] if open_ else "",
        "sign": signing.button(act, f"/council/{found.id}/sign", person, str(council_forms.SIGN_VOTE)) if act else None,
        "mine": (words.CHOICES[mine.choice], mine.reason) if mine else None,
        "form": council_forms.vote(found) if found.state == "voting" else None,
        "threat": council_forms.threat(found) if "freeze" in acts else None,
        "passkey": person.realm != "demo",
    }


def bound(found: Bound, person: Person, where: str = "") -> dict[str, Any]:
    """One bound: its curve, what is put to the council, and its crossings. `where`: the address of a crossing's page
    before its number; the council has none."""
    one = indicators.all_of()[found.indicator]
    return {
        "bound": found,
        "says": words.titled(one),
        "budget": public.budget_says(one, found.budget),
        "mark": words.BOUNDS[found.state],
        "now": how_it_stands(found),
        "chart": curve(one, found),
        "crossings": [
            (row, words.CROSSINGS[row.state], f"{where}{row.pk}") for row in found.crossings.order_by("-id")[:SHOWN]
        ],
        "country": countries.name(found.country) if found.country else council_forms.ALL,
        "timeline": timeline.of_thing(found.id),
        "quorum": rules.quorum("bound"),
        **acts_of(found, person),
    }


def how_it_stands(found: Bound) -> words.Mark | None:
    """Whether a bound that stands is crossed, or kept; where nothing was counted in its indicator's period it is not
    known, and never good. None: it doesn't stand."""
    if found.state != "standing":
        return None
    last = found.crossings.order_by("-id").first()
    if last is not None and last.state != "closed":
        return words.CROSSINGS[last.state]
    yesterday = clock.now().date() - timedelta(days=1)
    one = indicators.all_of()[found.indicator]
    since = yesterday - timedelta(days=one.period - 1)
    days = measured.against(one, found.realm, found.country, since, yesterday)
    return words.KEPT if any(of for _, of in days) else words.NO_DATA


def curve(one: indicators.Indicator, found: Bound | None, realm: str = "", country: str = "") -> Any:
    """The year of one indicator by weeks, with its bound, the versions that came in force and its crossings."""
    realm, country = (found.realm, found.country) if found else (realm, country)
    today = clock.now().date()
    weeks = measured.weekly(one, realm, country, today)
    crossings = list(found.crossings.order_by("since")[:10]) if found else []
    changes = measured.changes(realm, weeks[0][0], today)
    return charts.weekly(one, weeks, found.budget if found else None, changes, crossings)


def acts_of(found: Bound, person: Person) -> dict[str, Any]:
    """What is open for signing about a bound: its setting, or an answer."""
    acts = Act.objects.filter(case=found.id, state="open").order_by("-proposed_at")
    shown = [_act(act, found, person) for act in acts]
    crossed, answers = found.crossings.filter(state="open").exists(), may(person, "bound.answer", found)
    return {
        "acts": shown,
        "answer": council_forms.answer(found.id) if crossed and answers else None,
        "back": council_forms.back(found.id) if found.state == "proposed" and answers else None,
        "sign": next((one["sign"] for one in shown if one["sign"]), None),
    }


def _act(act: Act, found: Bound, person: Person) -> dict[str, Any]:
    given = signing.given(act)
    signs = signing.can_sign(act, person, given)
    return {
        "act": act,
        "kind": council_forms.KINDS.get(act.kind, act.kind),
        "reason": _reason(act) if act.kind == bounds.ANSWER else "",
        "slots": council_forms.slots(act, given),
        "sign": signing.button(act, f"/council/{found.id}/sign", person, str(council_forms.SIGN)) if signs else None,
    }


def _reason(act: Act) -> str:
    """The words that an act answers with; empty once they are deleted."""
    try:
        return str(vault.get_json(act.doc).get("reason", ""))
    except vault.Gone:
        return ""
