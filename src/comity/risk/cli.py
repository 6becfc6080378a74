"""`comity risk forecast|staff`: what more users bring, and how many people a load takes, as text or JSON."""

import argparse
from pathlib import Path
from typing import Any

from comity.serve.gateway import DATABASE
from comity.terminal import Misuse, No, tell

MOST_BYTES = 100_000


def add(commands: Any) -> None:
    """Add risk to the command line."""
    risk = commands.add_parser("risk", help="what growth brings, and how many people it takes")
    acts = risk.add_subparsers(metavar="ACT", required=True)
    forecast = acts.add_parser("forecast", help="each workload once there are so many users")
    forecast.add_argument("--users", metavar="N", required=True, help="how many users")
    forecast.set_defaults(run=run_forecast, gateway=DATABASE)
    staff = acts.add_parser("staff", help="how many people keep every time, and what breaks first")
    staff.add_argument("--load", metavar="TIMES", default="1", help="so many times what comes now (%(default)s)")
    staff.add_argument("--rota", metavar="FILE", type=Path, help="a rota: people: N, or weekday: and weekend: of 24")
    staff.set_defaults(run=run_staff, gateway=DATABASE)
    for leaf in (forecast, staff):
        leaf.add_argument("--realm", choices=("real", "demo"), default="real", help="of which realm (%(default)s)")


def run_forecast(args: argparse.Namespace) -> int:
    """Tell the outlook; exit status 1 where nothing is known of so many users."""
    from comity.people.refusals import BadInput

    from . import reckoning, rules, words

    try:
        users = rules.users_of(args.users)
    except BadInput as wrong:
        raise Misuse(f"risk forecast: {wrong}") from None
    told = reckoning.growth(args.realm, _yesterday(), (users,))
    if "why" in told:
        raise No(words.missing(told["why"]))
    target = told["targets"][0]
    tell(args, {**told, "targets": None, **target}, words.outlook_text(told, target))
    return 0 if all(row["known"] for row in target["rows"]) else 1


def run_staff(args: argparse.Namespace) -> int:
    """Tell how many people it takes; exit status 1 where people are no answer."""
    from dataclasses import replace

    from comity.people.refusals import BadInput

    from . import checking, measured, reckoning, rules, words

    try:
        times = rules.factor_of(args.load)
        rota = rules.rota_of(_file(args.rota)) if args.rota else None
    except BadInput as wrong:
        raise Misuse(f"risk staff: {wrong}") from None
    desk = measured.desk(args.realm, _yesterday())
    desk = replace(desk, people=rota) if rota else desk
    told = checking.with_it(reckoning.staff(desk, times), args.realm, _yesterday())
    if "why" in told:
        raise No(words.missing(told["why"]))
    tell(args, told, words.staff_text(told))
    return 0 if told["then"]["by_people"] else 1


def _yesterday() -> Any:
    from datetime import timedelta

    from comity import clock

    return clock.now().date() - timedelta(days=1)


def _file(path: Path) -> Any:
    import yaml

    try:
        if path.stat().st_size > MOST_BYTES:
            raise Misuse(f"{path}: at most {MOST_BYTES} bytes")
        return yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Misuse(f"{path}: {getattr(error, 'strerror', None) or 'it is not YAML'}") from None
