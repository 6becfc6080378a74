"""`comity custody show|adopt`: the rosters of a realm, and the next one that its custodians have signed."""

import argparse
from pathlib import Path
from typing import Any

from comity.serve.gateway import DATABASE
from comity.terminal import Misuse, No, tell


def add(commands: Any) -> None:
    """Add custody to the command line."""
    acts = commands.add_parser("custody", help="who opens what is sealed: rosters").add_subparsers(
        metavar="ACT", required=True
    )
    show = acts.add_parser("show", help="the roster in force, and the charter that a first one names")
    show.set_defaults(run=run_show, gateway=DATABASE)
    adopt = acts.add_parser("adopt", help="adopt the first roster, or the next, as its custodians signed it")
    adopt.add_argument("file", metavar="FILE", type=Path, help="what `comity custodian sign` has made of it")
    adopt.set_defaults(run=run_adopt, gateway=DATABASE)
    for leaf in (show, adopt):
        leaf.add_argument("--realm", choices=("real", "demo"), default="real", help="of which realm (%(default)s)")


def run_show(args: argparse.Namespace) -> int:
    """Say who is in force."""
    from . import rostered

    row = rostered.current(args.realm)
    told: dict[str, Any] = {"realm": args.realm, "charter": rostered.charter(args.realm), "roster": None}
    if row is None:
        tell(
            args,
            told,
            f"no roster; the first one names the charter {told['charter'] or '(none: found the desk first)'}",
        )
        return 0
    roster = rostered.signed(row).roster
    them = [{"name": one.name, "jurisdiction": one.jurisdiction} for one in roster.custodians]
    told["roster"] = {"version": row.version, "hash": row.hash, "k": roster.k, "custodians": them}
    who = ", ".join(f"{one['name']} ({one['jurisdiction']})" for one in them)
    tell(args, told, f"roster {row.version}, {roster.k} of {roster.n}: {who}\n{row.hash}")
    return 0


def run_adopt(args: argparse.Namespace) -> int:
    """Adopt a roster. Raises No where it doesn't follow from the one in force."""
    from . import rostered

    try:
        row = rostered.adopt(args.realm, args.file.read_bytes())
    except OSError as error:
        raise Misuse(f"{args.file}: {error.strerror}") from None
    except rostered.NotAdopted as no:
        raise No(f"{args.file}: {no}; the roster in force stays") from None
    told = {"realm": args.realm, "version": row.version, "hash": row.hash}
    tell(args, told, f"roster {row.version} is in force: {row.hash}\nCompare this with what the platform has pinned.")
    return 0
