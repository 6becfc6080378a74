"""`comity ledger init|show|prove|receipt`, and `comity sequencer`, the process that writes the record."""

import argparse
import signal
from pathlib import Path
from typing import Any

from comity.serve.gateway import DATABASE, SPLIT
from comity.terminal import Misuse, No, tell

REALMS = ("real", "drill", "demo")


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add ledger and sequencer to the command line."""
    one = commands.add_parser("sequencer", help="write the record alone: number, sign, have cosigned, publish")
    one.set_defaults(run=run_sequencer, gateway=SPLIT)
    ledger = commands.add_parser("ledger", help="the record: its heads, its entries, its receipts")
    acts = ledger.add_subparsers(metavar="ACT", required=True)
    init = acts.add_parser("init", help="make the log's key, and print its verifier key and policy")
    init.set_defaults(run=run_init, gateway=DATABASE)
    show = acts.add_parser("show", help="how the log stands; exit status 1 if it has stopped")
    show.set_defaults(run=run_show, gateway=DATABASE)
    prove = acts.add_parser("prove", help="the proof of an entry, as a tlog-proof")
    prove.add_argument("number", metavar="N", type=int)
    prove.set_defaults(run=run_prove, gateway=DATABASE)
    receipt = acts.add_parser("receipt", help="the receipt of what came in for a case or a request")
    receipt.add_argument("case", metavar="CASE")
    receipt.set_defaults(run=run_receipt, gateway=DATABASE)
    for act in (init, show, prove, receipt):
        act.add_argument("--realm", choices=REALMS, default="real", help="whose log (default %(default)s)")
    for act in (prove, receipt):
        act.add_argument("--output", metavar="FILE", type=Path, help="write it there (default: print it)")


def run_sequencer(args: argparse.Namespace) -> int:
    """Write the record until told to stop."""
    from comity.record.bell import Bell
    from comity.record.sequencer import Sequencer

    stopped, bell = list[int](), Bell()

    def stop(number: int, frame: object) -> None:
        stopped.append(number)
        bell.ring()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    Sequencer().run(lambda: bool(stopped), bell)
    return 0


def run_init(args: argparse.Namespace) -> int:
    """Make the key if there is none."""
    from comity.record import places

    key = places.signer(args.realm).key
    policy = places.policy(args.realm)
    tell(args, {"origin": key.name, "vkey": key.vkey, "policy": policy, "url": places.url(args.realm)}, policy.rstrip())
    return 0


def run_show(args: argparse.Namespace) -> int:
    """The last head, who cosigned it, what waits."""
    from comity.record import read, sequencer
    from comity.record.models import Waiting

    head = read.head(args.realm)
    goes, stopped = sequencer.status()
    why = stopped.get(args.realm, "")
    told = {
        "realm": args.realm,
        "origin": head.origin,
        "size": head.size,
        "root": head.root,
        "witnessed_by": list(head.witnesses),
        "waiting": Waiting.objects.filter(realm=args.realm).count(),
        "stopped": why,
    }
    seen = f"cosigned by {', '.join(head.witnesses)}" if head.witnesses else "not witnessed yet"
    lines = [f"{head.origin}: {head.size} entries, {seen}; {told['waiting']} wait", *([why] if why else [])]
    tell(args, told, "\n".join(lines))
    return 1 if why or not goes else 0


def run_prove(args: argparse.Namespace) -> int:
    """The proof of one entry."""
    from comity.record import receipts

    if args.number < 0:
        raise Misuse("ledger prove: a number from 0 on is asked for")
    found = receipts.prove(args.realm, args.number)
    if found is None:
        raise No(f"ledger prove: there is no entry {args.number} in the log of realm {args.realm} yet")
    return _give(args, found.text)


def run_receipt(args: argparse.Namespace) -> int:
    """The receipt of what came in."""
    from comity.record import receipts

    found = receipts.of_thing(args.case)
    if found is None:
        raise No(f"ledger receipt: nothing of {args.case[:20]} is in the log: {receipts.UNWITNESSED}")
    return _give(args, found)


def _give(args: argparse.Namespace, raw: bytes) -> int:
    if args.output:
        args.output.write_bytes(raw)
    tell(args, {"file": str(args.output or ""), "text": raw.decode()}, str(args.output or raw.decode().rstrip()))
    return 0
