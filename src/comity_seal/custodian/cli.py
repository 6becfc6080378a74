"""`comity custodian init|roster|sign|list|open|refuse|watch|page`: a custodian's own program, with no code of the
gateway's, nor Django.

Exit status: 0 done, 1 not given, or a check doesn't hold, 2 misuse.
"""

import argparse
import json
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path
from typing import Any

from ..hybrid import BadKey, NotOpened
from ..keys import Locked
from ..openings import GROUNDS
from ..texts import BadText
from . import page, signing
from .acting import Custodian, NotGiven, Refusing, Unreachable, told
from .keeper import REALMS, BadKeeper, Keeper, Settings, configure, init

GOOD, NO, MISUSE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> None:
    """`comity-custodian`: the same commands, on a machine that has no gateway."""
    parser = argparse.ArgumentParser(prog="comity-custodian", description=__doc__.splitlines()[0])
    _commands(parser.add_subparsers(metavar="COMMAND", required=True))
    args = parser.parse_args(arguments)
    sys.exit(args.run(args))


def add(commands: Any) -> None:
    """Add `custodian` to another command line."""
    one = commands.add_parser(
        "custodian", help="a custodian's own program: see what is asked for, give shares or refuse"
    )
    _commands(one.add_subparsers(metavar="DO", required=True))


def _commands(commands: Any) -> None:
    def command(name: str, run: Callable[[argparse.Namespace], int], says: str, *, numbered: bool = False) -> Any:
        one = commands.add_parser(name, help=says)
        if numbered:
            one.add_argument("opening", metavar="ID", help="the opening's number, O-…")
        one.add_argument("--at", metavar="DIR", type=Path, default=_home(), help="the custodian's directory")
        one.add_argument(
            "--passphrase-file", metavar="FILE", type=Path, help="else it is asked for, where there is one"
        )
        one.add_argument("--json", action="store_true", help="print JSON only")
        one.set_defaults(run=lambda args: _run(run, args))
        return one

    new = command("init", run_init, "make a key and a directory, or change whom it listens to")
    new.add_argument("--name", help="how the roster calls you: a-z, 0-9, . _ -")
    new.add_argument("--jurisdiction", metavar="CC", help="where you are (ISO 3166-1, two letters)")
    new.add_argument("--person", help="your pseudonym in the record, if you have one")
    new.add_argument("--gateway", metavar="URL", help="where requests are fetched and answers are brought")
    new.add_argument("--ledger", metavar="URL", help="the record that you check (an address, or a directory)")
    new.add_argument("--policy", metavar="FILE", type=Path, help="its keys and witnesses, from somebody you trust")
    new.add_argument("--sealer", metavar="HEX", help="the platform's sealing key, from the platform")
    new.add_argument("--realm", choices=REALMS, help="real (the default), drill or demo")
    new.add_argument("--roster", metavar="FILE", type=Path, action="append", default=[], help="the first, or the next")
    command("list", run_list, "fetch what is new, and list what is asked for")
    opened = command(
        "open", run_open, "check a request by yourself, and give your shares if all of it holds", numbered=True
    )
    opened.add_argument("--check", action="store_true", help="only check")
    _files(opened)
    refused = command("refuse", run_refuse, "refuse a request", numbered=True)
    refused.add_argument("--ground", choices=GROUNDS, required=True)
    refused.add_argument("--why", default="", help="in your own words, for the desk alone")
    _files(refused)
    drafted = command("roster", run_roster, "draft a roster from public cards, for each in it to sign")
    drafted.add_argument("cards", metavar="CARD", type=Path, nargs="+", help="card.json of each")
    drafted.add_argument("--k", metavar="N", type=int, required=True, help="how many open together")
    drafted.add_argument("--charter", metavar="HEX", default="", help="of the first: `comity custody show` says it")
    drafted.add_argument("--after", metavar="FILE", type=Path, help="of a next one: the roster in force")
    drafted.add_argument("--out", metavar="FILE", type=Path, required=True)
    signing_ = command("sign", run_sign, "read a roster, and sign it")
    signing_.add_argument("file", metavar="FILE", type=Path, help="your signature is added to it")
    watching = command("watch", run_watch, "ask every minute, and run a command for what is new")
    watching.add_argument("--every", metavar="SECONDS", type=int, default=60)
    watching.add_argument("--run", metavar="COMMAND", default="", help="run for each new request, its number added")
    watching.add_argument("--once", action="store_true", help="ask once and end, as a timer of the system would")
    shown = command("page", run_page, "the same as a page on this machine")
    shown.add_argument("--listen", metavar="HOST:PORT", default="127.0.0.1:0")


def _files(parser: Any) -> None:
    parser.add_argument("--request", metavar="FILE", type=Path, help="a request that came as a file, with --card")
    parser.add_argument("--card", metavar="FILE", type=Path)
    parser.add_argument("--order", metavar="FILE", type=Path, help="the order, where it is too large for the request")
    parser.add_argument("--out", metavar="FILE", type=Path, help="write the answer there too")


def _home() -> Path:
    return Path.home() / ".comity-custodian"


def _run(run: Callable[[argparse.Namespace], int], args: argparse.Namespace) -> int:
    try:
        return run(args)
    except NotGiven as error:
        return _say(args, error, NO)
    except (BadText, BadKey, NotOpened) as error:
        return _say(args, error, MISUSE if isinstance(error, BadKeeper | Locked) else NO)
    except OSError as error:
        return _say(args, error, NO)


def _say(args: argparse.Namespace, error: Exception, status: int) -> int:
    print(f"comity custodian: {error}", file=sys.stderr)
    if args.json:
        print(json.dumps({"error": str(error), "given": False}))
    return status


def _print(args: argparse.Namespace, said: Any, lines: Sequence[str]) -> None:
    print(json.dumps(said, ensure_ascii=False) if args.json else "\n".join(lines))


def _passphrase(args: argparse.Namespace) -> Callable[[], str]:
    if args.passphrase_file:
        return lambda: str(args.passphrase_file.read_text().rstrip("\n"))
    return lambda: getpass("Passphrase: ") if sys.stdin.isatty() else ""


def _custodian(args: argparse.Namespace) -> Custodian:
    return Custodian(Keeper(args.at), _passphrase(args))


def run_init(args: argparse.Namespace) -> int:
    """Make a directory, or change its settings; a key that is there stays."""
    about = {name: getattr(args, name) for name in ("person", "gateway", "ledger", "sealer", "realm")}
    said: dict[str, str] = {name: value for name, value in about.items() if value is not None}
    if args.policy:
        said["policy"] = args.policy.read_text()
    if (args.at / "custodian.json").exists():
        if args.name or args.jurisdiction:
            raise BadKeeper("name, jurisdiction: they stay as they are; a new custodian has a new directory")
        configure(args.at, **said)
        card = json.loads((args.at / "card.json").read_bytes())
    else:
        if not args.name or not args.jurisdiction:
            raise BadKeeper("--name and --jurisdiction are asked for")
        phrase = args.passphrase_file.read_text().rstrip("\n") if args.passphrase_file else ""
        card = init(args.at, Settings(args.name, args.jurisdiction, **said), phrase)
    for path in args.roster:
        Keeper(args.at).follow(path.read_bytes())
    _print(args, card, [f"{card['name']} ({card['jurisdiction']}): your public card is {args.at / 'card.json'}"])
    return GOOD


def run_list(args: argparse.Namespace) -> int:
    """What is asked for."""
    custodian = _custodian(args)
    new, rows = custodian.fetch(), []
    for number in custodian.keeper.numbers():
        opening = custodian.keeper.request(number).opening
        answer = custodian.keeper.answered(opening)
        kind = {"shares": "gave", "refusal": "refused"}[json.loads(answer)["kind"]] if answer else ""
        due = opening.said.get("clock", {}).get("due", "")
        rows.append({"opening": number, "due": due, "parts": len(opening.parts), "answer": kind, "new": number in new})
    lines = [f"{one['opening']}  due {one['due']}  {one['parts']} parts  {one['answer'] or 'waiting'}" for one in rows]
    _print(args, rows, lines or ["nothing is asked for"])
    return GOOD


def _taken(args: argparse.Namespace) -> Custodian:
    custodian = _custodian(args)
    if args.request:
        if not args.card:
            raise BadKeeper("--card is asked for with --request")
        order = args.order.read_bytes() if args.order else b""
        custodian.keeper.put(args.opening, args.request.read_bytes(), args.card.read_bytes(), order)
    elif args.opening not in custodian.keeper.numbers():
        custodian.fetch()
    return custodian


def run_open(args: argparse.Namespace) -> int:
    """Check, and give."""
    custodian = _taken(args)
    looked = custodian.look(args.opening)
    said, status = told(looked), GOOD
    if args.check:
        status = GOOD if looked.checked.holds else NO
    elif looked.checked.holds or looked.answer:
        answer = custodian.give(args.opening)
        said |= {"given": json.loads(answer)["kind"] == "shares"}
        _out(args, answer)
    status = status if args.check else GOOD if said["given"] else NO
    lines = [f"{'✓' if one.holds else '✗'} {one.id}: {one.says}" for one in looked.checked.checks]
    _print(args, said, [*lines, "given" if said["given"] else "nothing is given"])
    return status


def run_refuse(args: argparse.Namespace) -> int:
    """Refuse."""
    answer = _taken(args).refuse(args.opening, args.ground, args.why)
    _out(args, answer)
    kind = json.loads(answer)["kind"]
    _print(args, {"opening": args.opening, "given": kind == "shares", "ground": args.ground}, [f"answered: {kind}"])
    return GOOD if kind == "refusal" else NO


def _out(args: argparse.Namespace, answer: bytes) -> None:
    if args.out:
        args.out.write_bytes(answer)


def run_roster(args: argparse.Namespace) -> int:
    """Draft a roster."""
    cards = [path.read_bytes() for path in args.cards]
    before = args.after.read_bytes() if args.after else b""
    made = signing.draft(cards, args.k, f"{datetime.now(UTC):%Y-%m-%d}", args.charter, before)
    args.out.write_bytes(made.raw)
    lines = [f"roster {made.roster.version}, {made.roster.k} of {made.roster.n}: {made.roster.hash}"]
    _print(args, signing.told(made), [*lines, f"{args.out}: each in it signs, and {made.roster.k} of the one before"])
    return GOOD


def run_sign(args: argparse.Namespace) -> int:
    """Sign a roster, once its rules hold."""
    custodian = _custodian(args)
    made = signing.sign(args.file.read_bytes(), custodian.keeper, custodian.key)
    args.file.write_bytes(made.raw)
    said = signing.told(made)
    them = [f"{one['name']} ({one['jurisdiction']}) signs with {one['signs']}" for one in said["custodians"]]
    _print(args, said, [*them, f"{said['hash']}, signed by {', '.join(said['signed'])}"])
    return GOOD


def run_watch(args: argparse.Namespace) -> int:
    """Ask until told to stop; a gateway that doesn't answer is asked again. The command gets a number, and no more."""
    custodian, words = _custodian(args), shlex.split(args.run)
    if args.every < 10:
        raise BadKeeper("--every: 10 seconds at least")
    while True:
        try:
            for number in custodian.fetch():
                due = custodian.keeper.request(number).opening.said.get("clock", {}).get("due", "")
                _print(args, {"opening": number, "due": due}, [f"{number} is asked for, due {due}"])
                sys.stdout.flush()
                if words:
                    subprocess.run([*words, number], check=False)
        except (Unreachable, Refusing) as error:
            print(f"comity custodian: {error}", file=sys.stderr, flush=True)
            if args.once:
                return NO
        if args.once:
            return GOOD
        time.sleep(args.every)


def run_page(args: argparse.Namespace) -> int:
    """Serve the page until told to stop."""
    return page.serve(_custodian(args), args.listen, lambda url: _print(args, {"url": url}, [f"open {url}"]))
