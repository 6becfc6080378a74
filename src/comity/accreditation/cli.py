"""`comity authorities`: the register as a file, and the entries of a file put down to be accepted."""

import argparse
from pathlib import Path
from typing import Any

from comity.serve.gateway import DATABASE
from comity.terminal import Misuse, tell

REALMS = ("real", "demo", "drill")


def add(commands: Any) -> None:
    """Add authorities to the command line."""
    of = commands.add_parser("authorities", help="the register of authorities: take it out as a file, put one in")
    acts = of.add_subparsers(metavar="ACT", required=True)
    out = acts.add_parser("export", help="print the register as [[authority]] tables, as comity.toml has them")
    out.add_argument("--realm", choices=REALMS, default="real", help="whose (%(default)s)")
    out.set_defaults(run=export, gateway=DATABASE)
    into = acts.add_parser("import", help="put the accredited entries of a file down for two people to accept")
    into.add_argument("file", metavar="FILE.toml", type=Path, help="a file with [[authority]] tables")
    into.add_argument("--realm", choices=REALMS, default="real", help="whose (%(default)s)")
    into.set_defaults(run=put_in, gateway=DATABASE)


def export(args: argparse.Namespace) -> int:
    """Print the register."""
    from . import transfer

    text = transfer.exported(args.realm)
    tell(args, {"realm": args.realm, "toml": text}, text)
    return 0


def put_in(args: argparse.Namespace) -> int:
    """Put a file's entries down to be accepted. Raises Misuse."""
    from comity.people.refusals import BadInput

    from . import transfer

    try:
        rows = transfer.imported(transfer.OPERATOR, args.file.read_text("utf-8"), args.realm)
    except (OSError, UnicodeDecodeError, BadInput) as wrong:
        raise Misuse(f"{args.file}: {wrong}") from None
    put = [{"application": row.id, "authority": row.authority, "name": row.name} for row in rows]
    lines = [f"{one['application']}  {one['authority']}  {one['name']}" for one in put]
    tell(
        args,
        {"realm": args.realm, "put": put},
        "\n".join([*lines, "Two people accept each, under /console/register/."]),
    )
    return 0
