"""`comity people …`, run on the server by its operator: invite a candidate, open a founding. It cannot approve."""

import argparse
from typing import Any

from comity.terminal import Misuse, tell


def add(commands: Any) -> None:
    """Add `people` to the command line."""
    people = commands.add_parser("people", help="the desk's people")
    acts = people.add_subparsers(metavar="ACT", required=True)
    leaf = acts.add_parser(
        "invite", help="make a one-time link for a candidate, who has no role until others have signed"
    )
    leaf.add_argument("--role", action="append", required=True, metavar="ROLE", help="once for each role")
    leaf.add_argument("--jurisdiction", required=True, metavar="BE", help="two letters of a country")
    leaf.set_defaults(run=_invite, gateway="database")
    leaf = acts.add_parser("found", help="open the founding of the desk, where its people could let nobody in")
    leaf.set_defaults(run=_found, gateway="database")


def _invite(args: argparse.Namespace) -> None:
    from . import commands
    from .rules import VOUCHED

    wanted = [role for roles in args.role for role in roles.split(",")]
    try:
        link = commands.invite_as_operator(wanted, args.jurisdiction)
    except commands.Refused as refusal:
        raise Misuse(f"people invite: {refusal}") from None
    made = commands.open_invite(link.rsplit("/", 1)[1])
    until = f"{made.expires_at:%Y-%m-%dT%H:%M:%SZ}"
    vouched = sorted(VOUCHED.intersection(made.roles))
    shown = {"link": link, "roles": made.roles, "jurisdiction": made.jurisdiction, "until": until, "vouched": vouched}
    lines = [link, f"It works once, until {made.expires_at:%Y-%m-%d %H:%M} UTC."]
    if vouched:
        lines.append(
            f"Who comes by it is a candidate: no {' or '.join(vouched)} until two who decide and a guardian have "
            "signed, and the record has shown it for a day."
        )
    tell(args, shown, "\n".join(lines))


def _found(args: argparse.Namespace) -> None:
    from . import commands, founding

    try:
        link = founding.open_again()
    except commands.Refused as refusal:
        raise Misuse(f"people found: {refusal}") from None
    says = (
        "Those who decide and guard here enrol at it, each with a passkey of their own, and sign one charter together."
    )
    tell(args, {"link": link}, f"{link}\n{says}")
