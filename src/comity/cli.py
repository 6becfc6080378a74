"""`comity`: the whole command line. Each room adds its own commands (`add` in its `cli.py`); this module lists them.

Every command takes `--data DIR` and `--json` (then stdout is JSON only, and logs go to stderr) and exits with 0 (good),
1 (the answer is no) or 2 (misuse), the latter two with one clear line.
"""

import argparse
import importlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from comity import operator
from comity.serve import gateway, lifeline
from comity.serve.binaries import NoDatabase
from comity.terminal import Misuse, No, Parser

COMMANDS = {
    "serve": "serve",
    "web": "serve",
    "worker": "serve",
    "pager": "serve",
    "backup": "serve",
    "restore": "serve",
    "mail": "doors.email",
    "send": "demo",
    "demo": "demo",
    "requests": "cases",
    "cases": "cases",
    "people": "people",
    "duty": "alerts",
    "read": "reading",
    "regulations": "adoption",
    "platform": "platforms",
    "bot": "platforms",
    "ledger": "record",
    "sequencer": "record",
    "authorities": "accreditation",
    "figures": "figures",
    "balance": "balance",
    "drill": "risk.drills",
    "proposals": "balance",
    "risk": "risk",
    "custody": "custody",
    "custodian": "comity_seal.custodian",  # a program of its own, which knows nothing of ours
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its status. `arguments` None: the process's own."""
    lifeline.collect_rarely()
    argv = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(run(parser(argv[:1]).parse_args(argv)))


def parser(named: Sequence[str] = ()) -> Parser:
    """The command line; only the room of a named command is imported, so that each starts fast."""
    whole = Parser(prog="comity", description="The gateway between states and a messaging platform.")
    commands = whole.add_subparsers(metavar="COMMAND", required=True)
    folders = {COMMANDS[name] for name in named if name in COMMANDS} or dict.fromkeys(COMMANDS.values())
    for folder in folders:
        importlib.import_module(f"{folder if folder.startswith('comity_') else 'comity.' + folder}.cli").add(commands)
    for leaf in _leaves(whole):
        leaf.add_argument("--data", metavar="DIR", type=Path, help="the data directory (COMITY_DATA, ./comity-data)")
        if "--json" not in leaf._option_string_actions:
            leaf.add_argument("--json", action="store_true", help="print JSON only")
    return whole


def _leaves(node: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    below = [a for a in node._actions if isinstance(a, argparse._SubParsersAction)]
    if not below:
        yield node
    for action in below:
        for child in dict.fromkeys(action.choices.values()):
            yield from _leaves(child)


def run(args: argparse.Namespace) -> int:
    """Run a parsed command with the gateway it needs; returns its exit status, its errors printed as one line."""
    args.data = args.data.absolute() if args.data else operator.data_directory()
    os.environ["COMITY_DATA"] = str(args.data)
    try:
        with _gateway(args) as running:
            args.running = running
            return int(args.run(args) or 0)
    except (Misuse, operator.Misconfigured) as error:
        return _failed(args, error, 2)
    except (No, NoDatabase) as error:
        return _failed(args, error, 1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:  # no such file, no permission, no space, connection refused
        return _failed(args, error, 1)
    except KeyboardInterrupt:
        return 130


def _gateway(args: argparse.Namespace) -> AbstractContextManager[object]:
    need = getattr(args, "gateway", None)
    return gateway.reached(need, args.data, getattr(args, "listen", None)) if need else nullcontext()


def _failed(args: argparse.Namespace, error: Exception, status: int) -> int:
    print(f"comity: {error}", file=sys.stderr)
    if args.json:
        print(json.dumps({"error": str(error)}))
    return status


if __name__ == "__main__":
    main()
