"""`python -m comity_telegram --listen HOST:PORT --data DIR --token-file FILE`"""

import argparse
import ctypes
import os
import secrets
import signal
import sys
import threading
from pathlib import Path

from . import hooks, people
from .server import Peer, Server
from .store import Store

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """On Linux: end at once when the process that started us ends, however it ends."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


def kept(path: Path, made: str) -> str:
    """What a file holds; a new one is made with it (0600)."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(made)
    return path.read_text().strip()


def token() -> str:
    """A token as bots have them: a number, a colon, 35 characters."""
    return f"{people.BOT['id']}:{secrets.token_urlsafe(27)[:35]}"


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser("comity-telegram", description="A local peer of Telegram's Bot API.")
    parser.add_argument("--listen", default="127.0.0.1:0", metavar="HOST:PORT", help="0: a free port")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="where its file lies")
    parser.add_argument("--token-file", type=Path, metavar="FILE", help="the bot's token; default DIR/token")
    parser.add_argument("--parent", type=int, default=os.getppid(), metavar="PID", help="process to end with")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    """Run the peer until SIGTERM or SIGINT."""
    asked = arguments(argv)
    die_with_parent(asked.parent)
    host, _, port = asked.listen.rpartition(":")
    asked.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = Store(asked.data / "telegram.json", people.BOT)
    people.seed(store)
    peer = Peer(
        store,
        kept(asked.token_file or asked.data / "token", token()),
        kept(asked.data / "people.key", secrets.token_urlsafe(24)),
    )
    try:
        server = Server((host, int(port)), peer)
    except OSError as error:
        raise SystemExit(f"comity-telegram: cannot listen on {asked.listen}: {error}") from None
    threading.Thread(target=hooks.deliver, args=(store,), daemon=True).start()
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"listening on {peer.base}", flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()


if __name__ == "__main__":
    main()
