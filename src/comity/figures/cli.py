"""`comity figures token|put`: a platform's own daily counts, by the operator."""

import argparse
from pathlib import Path
from typing import Any

from comity.serve.gateway import DATABASE
from comity.terminal import Misuse, No, tell

MOST_BYTES = 50_000_000


def add(commands: Any) -> None:
    """Add figures to the command line."""
    figures = commands.add_parser("figures", help="daily counts that platforms report")
    acts = figures.add_subparsers(metavar="ACT", required=True)
    token = acts.add_parser("token", help="the token by which a platform reports; the one before no longer works")
    token.add_argument("platform", metavar="PLATFORM", help="its short name, such as lantern")
    token.set_defaults(run=run_token, gateway=DATABASE)
    put = acts.add_parser("put", help="store daily counts from a file: platform,day,name,n and, if wanted, country")
    put.add_argument("file", metavar="FILE.csv", type=Path, help="the file; all of it is stored, or nothing")
    put.set_defaults(run=run_put, gateway=DATABASE)
    for leaf in (token, put):
        leaf.add_argument("--realm", choices=("real", "demo"), default="real", help="of which realm (%(default)s)")


def run_token(args: argparse.Namespace) -> int:
    """Make a token, and tell it once."""
    from comity.people.refusals import BadInput

    from . import reporting

    try:
        made = reporting.token(args.platform, args.realm)
    except BadInput as wrong:
        raise Misuse(f"figures token: {wrong}") from None
    address = f"PUT /api/v1/figures/{args.platform}/<day>"
    tell(args, {"platform": args.platform, "token": made, "address": address}, f"{made}\nIt is told once. {address}")
    return 0


def run_put(args: argparse.Namespace) -> int:
    """Store a file. Raises No where something in it can't be."""
    from comity import clock
    from comity.people.refusals import BadInput

    from . import reporting

    try:
        if args.file.stat().st_size > MOST_BYTES:
            raise Misuse(f"{args.file}: at most {MOST_BYTES} bytes")
        text = args.file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"{args.file}: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from None
    try:
        told = reporting.report_all(args.realm, reporting.typed(text, clock.now().date()))
    except BadInput as wrong:
        raise No(f"{args.file}: {wrong}; nothing of it is stored") from None
    tell(args, told, f"{told['days']} days: {told['new']} new, {told['changed']} changed, {told['doubted']} in doubt")
    return 0
