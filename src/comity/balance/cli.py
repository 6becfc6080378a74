"""`comity balance show|what-if` and `comity proposals list|show`: what everyone at the desk sees, as text or JSON."""

import argparse
from typing import Any

from comity.serve.gateway import DATABASE
from comity.terminal import Misuse, No, tell


def add(commands: Any) -> None:
    """Add balance and proposals to the command line."""
    balance = commands.add_parser("balance", help="the indicators of privacy and security, and a draft's what-if")
    acts = balance.add_subparsers(metavar="ACT", required=True)
    show = acts.add_parser("show", help="every indicator over its own period, with its exact interval and its bound")
    show.add_argument("--country", metavar="CC", default="", help="of one country, else of all")
    show.set_defaults(run=run_show, gateway=DATABASE)
    what_if = acts.add_parser("what-if", help="what the past year would have been under a draft")
    what_if.add_argument("draft", metavar="D-NUMBER", help="the draft's number, as its page names it")
    what_if.set_defaults(run=run_what_if, gateway=DATABASE)
    proposals = commands.add_parser("proposals", help="proposals to change a regulation")
    more = proposals.add_subparsers(metavar="ACT", required=True)
    listed = more.add_parser("list", help="every proposal, the latest first")
    listed.set_defaults(run=run_list, gateway=DATABASE)
    one = more.add_parser("show", help="one proposal: its dates, its hash, comments and votes")
    one.add_argument("number", metavar="V-XXXXXXXX", help="its number")
    one.set_defaults(run=run_proposal, gateway=DATABASE)
    for leaf in (show, listed):
        leaf.add_argument("--realm", choices=("real", "demo"), default="real", help="of which realm (%(default)s)")


def run_show(args: argparse.Namespace) -> int:
    """Every indicator; exit status 1 while a bound is crossed and not answered."""
    from comity import clock
    from comity.countries import rules as countries

    from . import indicators, measured, words
    from .models import Bound, Crossing

    if args.country and args.country not in countries.codes(args.realm):
        raise Misuse(f"balance show --country {args.country[:20]}: two letters of a country")
    now = measured.now(args.realm, args.country, clock.now().date())
    bounds = Bound.objects.filter(realm=args.realm, country=args.country, state="standing")
    budgets = dict(bounds.values_list("indicator", "budget"))
    open_ = Crossing.objects.filter(bound__realm=args.realm, state="open").select_related("bound")
    rows = [_row(one, now[one.id], budgets.get(one.id)) for one in indicators.of_country(args.country)]
    crossings = [{"bound": row.bound_id, "indicator": row.bound.indicator, "country": row.bound.country,
                  "since": row.since.isoformat(), "causes": row.causes} for row in open_]  # fmt: skip
    lines = [
        f"{row['family']:9} {row['id']:20} {words.shown(now[row['id']], indicators.all_of()[row['id']])}"
        for row in rows
    ]
    tell(args, {"indicators": rows, "crossings": crossings}, "\n".join([*lines, *(f"crossed: {c}" for c in crossings)]))
    return 1 if crossings else 0


def _row(one: Any, value: Any, budget: int | None) -> dict[str, Any]:
    known = {name: getattr(value, name) if value else None for name in ("good", "of", "share", "low", "high")}
    return {"id": one.id, "family": one.family, **known, "budget_of_10000": budget}


def run_what_if(args: argparse.Namespace) -> int:
    """The past year under a draft. Raises No where it can't be read."""
    from comity.adoption.models import Draft
    from comity.people.refusals import BadInput
    from comity.regulations.packs import NoPack

    from . import proposing

    digits = args.draft.upper().removeprefix("D-")
    found = Draft.objects.filter(pk=int(digits)).first() if digits.isascii() and digits.isdigit() else None
    if found is None:
        raise No(f"no draft is called {args.draft[:20]}")
    try:
        told = proposing.what_if(found.realm, found).as_json()
    except (BadInput, NoPack) as wrong:
        raise No(f"{found.number}: {wrong}") from None
    lines = [f"{told['anew']} of {told['cases']} judged anew, {told['moved']} otherwise"]
    for family in ("security", "freedom"):
        lines += [f"{family:9} {id:14} {four}" for id, four in told[family].items()]
    tell(args, {"draft": found.number, **told}, "\n".join(lines))
    return 0


def run_list(args: argparse.Namespace) -> int:
    """Every proposal of a realm."""
    from .models import Proposal

    rows = [_proposal(one) for one in Proposal.objects.filter(realm=args.realm).order_by("-received_at")[:1000]]
    lines = [f"{row['number']}  {row['state']:11} {row['regulation']:26} {row['title']}" for row in rows]
    tell(args, {"proposals": rows}, "\n".join(lines) or "None yet.")
    return 0


def _proposal(one: Any) -> dict[str, Any]:
    names = ("received_at", "published_at", "closes_at", "vote_ends_at", "carried_at", "ends_on")
    return {
        "number": one.id,
        "realm": one.realm,
        "lane": one.lane,
        "country": one.country,
        "regulation": one.regulation,
        "title": one.title,
        "state": one.state,
        "sha256": one.sha256,
        **{name: at.isoformat() if (at := getattr(one, name)) else None for name in names},
    }


def run_proposal(args: argparse.Namespace) -> int:
    """One proposal. Raises No where there is none."""
    from . import consulting, voting
    from .models import Proposal

    found = Proposal.objects.filter(id=args.number.upper()[:12]).first() if args.number.isascii() else None
    if found is None:
        raise No(f"no proposal is called {args.number[:20]}")
    votes = [{"jurisdiction": v.jurisdiction, "choice": v.choice, "reason": v.reason} for v in voting.last_votes(found)]
    told = {
        **_proposal(found),
        "what_if": found.what_if,
        "comments": found.comments.count(),
        "unanswered": consulting.unanswered(found),
        "votes": votes,
        "tally": found.tally,
        "why": found.why,
    }
    tell(args, told, "\n".join(f"{name:13} {value}" for name, value in told.items()))
    return 0
