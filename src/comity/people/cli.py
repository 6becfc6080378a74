"""`comity people invite`: a one-time link, made on the server by its operator. There is no approve here."""

import argparse
from typing import Any

from comity.terminal import Misuse, tell


def add(commands: Any) -> None:
    """Add `people` to the command line."""
    people = commands.add_parser("people", help="the desk's people")
    acts = people.add_subparsers(metavar="ACT", required=True)
    leaf = acts.add_parser("invite", help="make a one-time link for a new member of the desk")
    leaf.add_argument("--role", action="append", required=True, metavar="ROLE", help="once for each role")
    leaf.add_argument("--jurisdiction", required=True, metavar="BE", help="two letters of a country")
    leaf.set_defaults(run=_invite, gateway="database")


def _invite(args: argparse.Namespace) -> None:
    from . import commands

    wanted = [role for roles in args.role for role in roles.split(",")]
    try:
        link = commands.invite(wanted, args.jurisdiction, "operator")
    except commands.Refused as refusal:
        raise Misuse(f"people invite: {refusal}") from None
    made = commands.open_invite(link.rsplit("/", 1)[1])
    until = f"{made.expires_at:%Y-%m-%dT%H:%M:%SZ}"
    shown = {"link": link, "roles": made.roles, "jurisdiction": made.jurisdiction, "until": until}
    tell(args, shown, f"{link}\nIt works once, until {made.expires_at:%Y-%m-%d %H:%M} UTC.")
