"""`comity people invite`: a one-time link, made on the server by its operator. There is no approve here."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any


def add(subparsers: Any) -> None:
    """Add `people` to the command line."""
    people = subparsers.add_parser("people", help="the desk's people")
    acts = people.add_subparsers(dest="act", required=True)
    inviting = acts.add_parser("invite", help="make a one-time link for a new member of the desk")
    inviting.add_argument("--role", action="append", required=True, metavar="ROLE", help="once for each role")
    inviting.add_argument("--jurisdiction", required=True, metavar="BE", help="two letters of a country")
    inviting.add_argument("--json", action="store_true", help="JSON only on stdout")
    inviting.set_defaults(run=invite)


def invite(args: argparse.Namespace) -> int:
    """Print a one-time link. Exit 2 for a role or jurisdiction that isn't one."""
    from . import commands

    wanted = [role for roles in args.role for role in roles.split(",")]
    try:
        link = commands.invite(wanted, args.jurisdiction, "operator")
    except commands.Refused as refusal:
        print(f"comity people invite: {refusal}", file=sys.stderr)
        return 2
    found = commands.open_invite(link.rsplit("/", 1)[1])
    if args.json:
        shown = {"link": link, "roles": found.roles, "jurisdiction": found.jurisdiction}
        print(json.dumps(shown | {"expires_at": f"{found.expires_at:%Y-%m-%dT%H:%M:%SZ}"}))
    else:
        print(link)
        print(f"It works once, until {found.expires_at:%Y-%m-%d %H:%M} UTC.", file=sys.stderr)
    return 0
