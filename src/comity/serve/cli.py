"""`comity serve`, and its processes one by one: `web`, `worker`, `pager` (`mail` belongs to the e-mail door)."""

import argparse
import asyncio
import os
from functools import partial
from pathlib import Path
from typing import Any, cast

from comity import operator
from comity.serve import backup, ports, start, state
from comity.serve.gateway import DATABASE, PARENT, SPLIT
from comity.serve.state import Running
from comity.terminal import tell


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add serve, web, worker and pager to the command line."""
    serve = commands.add_parser("serve", help="run everything: database, web, worker, pager, mail, sandbox")
    serve.add_argument("--listen", metavar="HOST:PORT", help=f"the pages' address (default {start.WEB})")
    serve.add_argument("--smtp", metavar="HOST:PORT", help=f"where mail comes in (default {start.SMTP})")
    serve.add_argument("--sandbox", metavar="HOST:PORT", help="the sandbox platform's (default: a free port, kept)")
    serve.set_defaults(run=run_serve)
    web = commands.add_parser("web", help="run the pages alone")
    web.add_argument("--listen", metavar="HOST:PORT", default=str(start.WEB), help="default %(default)s")
    web.set_defaults(run=run_web, gateway=PARENT)
    worker = commands.add_parser("worker", help="run the jobs alone")
    worker.set_defaults(run=run_worker, gateway=SPLIT)
    pager = commands.add_parser("pager", help="ring people alone, beside the worker")
    pager.set_defaults(run=run_pager, gateway=SPLIT)
    backed = commands.add_parser("backup", help="write database and files into DIR, keys into DIR2, while it runs")
    restored = commands.add_parser("restore", help="put a backup into a new data directory (--data)")
    for one, run in ((backed, run_backup), (restored, run_restore)):
        one.add_argument("directory", metavar="DIR", type=Path)
        one.add_argument("--keys", metavar="DIR2", type=Path, required=True, help="where the keys are, kept apart")
        one.set_defaults(run=run)
    backed.set_defaults(gateway=DATABASE)


def run_serve(args: argparse.Namespace) -> int:
    """Run the whole gateway until told to stop."""
    asked = start.Asked(Path(args.data), args.listen, args.smtp, args.sandbox)
    start.serve(asked, partial(_announce, args))
    return 0


def _announce(args: argparse.Namespace, running: Running, invite: str | None) -> None:
    os.environ["COMITY_LISTEN"] = running.listen
    pages = {
        "demo": f"{running.web}/demo/" if operator.read(Path(args.data)).demo else None,
        "front": f"{running.web}/",
        "console": f"{running.web}/console/",
        "smtp": running.smtp,
        "sandbox": running.sandbox,
        "invite": invite,
    }
    demo = f"  {pages['demo']}   try it: stories of a few minutes, each from a demand to the record"
    lines = [
        "",
        *([demo] if pages["demo"] else []),
        f"  {pages['front']}   the front page",
        f"  {pages['console']}   the desk",
        f"  smtp://{pages['smtp']}   orders come in here",
    ]
    if invite:
        lines += ["", f"  the people of the desk found it here, together: {invite}"]
    tell(args, pages, "\n".join([*lines, "", "  Ctrl-C stops everything.", ""]))


def run_web(args: argparse.Namespace) -> int:
    """Serve the pages: Django in threads, behind an event loop that receives the bodies."""
    from comity.serve import web

    web.serve("comity.wsgi:pages", ports.parse(args.listen, "--listen"))
    return 0


def run_backup(args: argparse.Namespace) -> int:
    """Write a backup."""
    url = os.environ["DATABASE_URL"]
    told = backup.backup(args.data, url, args.directory.absolute(), args.keys.absolute())
    demo = cast(list[str], told["beside_the_keys"])
    beside = f", with the demo's {', '.join(demo)}" if demo else ""
    sealed = f"{told['files']} files in {args.directory}, {told['sealed']} of them sealed by platforms"
    tell(args, told, f"{sealed}; keys in {args.keys}{beside}: keep the two apart")
    return 0


def run_restore(args: argparse.Namespace) -> int:
    """Put a backup into a new data directory."""
    of, keys = args.directory.absolute(), args.keys.absolute()
    backup.fresh(args.data)
    backup.check(of, keys)
    with state.held(args.data, "restore"):
        backup.restore_keys(args.data, keys)
        with start.database(args.data) as (url, _):
            told = backup.restore(args.data, url, of, keys)
    tell(args, told, f"restored as of {told['at']}; start it with `comity serve --data {args.data}`")
    return 0


def run_worker(args: argparse.Namespace) -> int:
    """Run jobs until told to stop."""
    from comity.serve import worker

    asyncio.run(worker.run(worker.WORKER))
    return 0


def run_pager(args: argparse.Namespace) -> int:
    """Ring people until told to stop: its own queues, and the ladder's clock."""
    from comity.serve import worker

    asyncio.run(worker.run(worker.PAGER))
    return 0
