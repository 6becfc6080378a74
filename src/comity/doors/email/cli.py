"""`comity mail`: the listener."""

import argparse
import asyncio
from typing import Any

from comity.serve import gateway, ports
from comity.terminal import say


def add(commands: Any) -> None:
    """Add the door's command to the command line."""
    mail = commands.add_parser("mail", help="run the e-mail door alone")
    mail.add_argument("--smtp", metavar="HOST:PORT", default="127.0.0.1:2525", help="where mail comes in")
    mail.set_defaults(run=listen, gateway=gateway.SPLIT)


def listen(args: argparse.Namespace) -> int:
    """Run the listener until it is stopped."""
    from . import server

    at = ports.asked(args.smtp, "--smtp")
    asyncio.run(server.listen(at.host, at.port, lambda port: say(f"mail door on {at.host}:{port}")))
    return 0
