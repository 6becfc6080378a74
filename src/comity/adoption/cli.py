"""`comity regulations backtest`, besides the subcommands of `library/cli.py`, which need no gateway."""

import argparse
from pathlib import Path
from typing import Any

from comity.library import cli as regulations
from comity.serve.gateway import DATABASE
from comity.terminal import Misuse, tell


def add(commands: Any) -> None:
    """Add regulations to the command line."""
    acts = regulations.add(commands)
    leaf = acts.add_parser(
        "backtest", help="judge this gateway's own past cases by a draft; nothing else is done to them"
    )
    leaf.add_argument("draft", metavar="DRAFT.yaml", type=Path, help="the draft's file")
    leaf.add_argument("--realm", choices=("real", "demo", "drill"), default="real", help="whose cases (%(default)s)")
    leaf.add_argument("--against", metavar="VERSION", help="the version to compare with; else the one in force now")
    leaf.set_defaults(run=backtest, gateway=DATABASE)


def backtest(args: argparse.Namespace) -> int:
    """Judge every past case by the draft and by the version in force, and count the differences. Raises Misuse."""
    from comity import clock
    from comity.library import in_force
    from comity.library.draft_file import read
    from comity.regulations.pack_file import PackError
    from comity.regulations.packs import NoPack

    from . import rules, trial

    try:
        new = read(args.draft)
        library = in_force.library(args.realm)
        old = library.version(new.id, args.against) if args.against else library.in_force(new.id, clock.now())
    except (PackError, NoPack) as wrong:
        raise Misuse(str(wrong)) from None
    rows = trial.told(old, new, trial.every(args.realm, new.id))
    found = {
        "pack": new.id,
        "version": new.version,
        "sha256": new.sha256,
        "against": old.version,
        "realm": args.realm,
        **rules.tally([row.as_row() for row in rows]),
        "changed": [row.as_row() for row in trial.changed(rows)],
    }
    tell(args, found, plain(found))
    return 0


def plain(found: dict[str, Any]) -> str:
    """The figures and the cases that change, as text."""
    lines = [f"{found['pack']} {found['version']} against {found['against']}, realm {found['realm']}"]
    lines.append(f"{found['orders']} past cases: {found['same']} the same, {found['other']} otherwise")
    for way, said in (("more", "more would be done"), ("less", "less would be done")):
        touched = f"{found['targets'][way]} targets, {found['accounts'][way]} accounts at most"
        lines.append(f"{said} in {found[way]}: {touched}")
    lines += [
        f"  {r['way']}: {r['case']}  {r['before']} → {r['after']}  {', '.join(r['why'])}" for r in found["changed"]
    ]
    return "\n".join(lines)
