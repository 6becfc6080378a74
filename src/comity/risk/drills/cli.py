"""`comity drill`: a drill from the command line, through the running gateway's own door."""

import argparse
import time
from typing import Any

from comity.serve import gateway
from comity.terminal import Misuse, No, tell

PAUSE = 0.25  # seconds between two looks
WAIT = 60  # seconds beyond a drill's own time


class _Listed(argparse.Action):
    """`--list`: no gateway is needed to say what there is."""

    def __init__(self, option_strings: Any, dest: str, **more: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, default=False, **more)

    def __call__(self, parser: Any, namespace: argparse.Namespace, *_: Any) -> None:
        namespace.list, namespace.gateway = True, None


def add(commands: Any) -> None:
    """Add the drill to the command line."""
    one = commands.add_parser("drill", help="rehearse an emergency through the real door, and score it")
    one.add_argument("name", nargs="?", metavar="NAME", help="which drill (--list)")
    one.add_argument("--list", action=_Listed, help="the drills there are")
    one.add_argument("--seed", type=int, help="of the world that makes the mails (default: any)")
    one.add_argument("--load", type=int, help="times the usual load (default: the drill's own)")
    one.add_argument("--desk", type=int, metavar="N", help="how many people are modelled (default: those on duty)")
    one.add_argument("--people", choices=("modelled", "invited"), default="modelled", help="default %(default)s")
    one.add_argument(
        "--country", default="", metavar="CC", help="of leave-a-country (default: the one with most cases)"
    )
    one.add_argument(
        "--realm", choices=("real", "demo"), help="whose drill it is (default: the real desk, if there is one)"
    )
    one.set_defaults(run=run, gateway=gateway.RUNNING)


def run(args: argparse.Namespace) -> int:
    """Begin a drill, wait for its end and report; 1 unless every objective was met. Raises No, Misuse."""
    from . import drill_file, report

    if args.list:
        rows = [{"name": one.id, "says": one.says["en"]} for one in drill_file.all_of().values()]
        tell(args, {"drills": rows}, "\n".join(f"{row['name']:18} {row['says']}" for row in rows))
        return 0
    if args.name not in drill_file.all_of():
        raise Misuse(f"drill {str(args.name)[:40]}: one of {', '.join(drill_file.all_of())}")
    drill = _waited(_begun(args))
    if drill.state == "broken":
        raise No(f"drill {drill.id}: broken off ({drill.why}); it can be begun anew")
    told = report.told(drill)
    tell(args, told, report.said(told))
    return 0 if drill.met else 1


def _begun(args: argparse.Namespace) -> Any:
    from comity.ledger.life import NotNow
    from comity.people.refusals import BadInput

    from . import commands

    try:
        return commands.begin(
            "operator", args.realm or _whose(), args.name, seed=args.seed, load=args.load, people=args.people,
            desk=args.desk, country=args.country.upper(),
        )  # fmt: skip
    except BadInput as bad:
        raise Misuse(f"drill {args.name}: {bad}") from None
    except NotNow as no:
        raise No(f"drill {args.name}: {no}") from None


def _whose() -> str:
    """The real desk's, where there is one; else the demo's, where that is on."""
    from django.conf import settings

    from comity.people.models import Person

    real = Person.objects.filter(realm="real", is_active=True).exists()
    return "real" if real or not settings.COMITY.demo else "demo"


def _waited(drill: Any) -> Any:
    """Until it is over. Raises No where nobody runs it."""
    from . import drill_file, rules

    end = time.monotonic() + drill_file.all_of()[drill.name].minutes * 60 + WAIT
    while drill.state in rules.LIVE and time.monotonic() < end:
        time.sleep(PAUSE)
        drill.refresh_from_db()
    if drill.state in rules.LIVE:
        raise No(f"drill {drill.id}: not over in its time; is the worker running?")
    return drill
