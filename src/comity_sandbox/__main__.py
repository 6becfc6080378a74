"""`python -m comity_sandbox --listen HOST:PORT --data DIR --token-file FILE`"""

import argparse
import ctypes
import os
import secrets
import signal
import sys
import threading
from pathlib import Path

from comity_sandbox import pages, world
from comity_sandbox.server import Platform, Server
from comity_sandbox.store import Store

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """On Linux: end at once when the process that started us ends, however it ends.

    Else an orphan would serve on beside its successor. The signal belongs to the parent's *thread* that started us."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


def token(path: Path) -> str:
    """The management token, made at first use (0600). Of two that start at once, both read the same."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = path.with_name(f"{path.name}.{os.getpid()}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(32))
        try:
            os.link(made, path)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    found = path.read_text().strip()
    if len(found) < 16:
        raise SystemExit(f"comity-sandbox: {path}: a token has at least 16 characters; delete the file for a new one")
    return found


def address(value: str) -> tuple[str, int]:
    """HOST:PORT; port 0 takes a free one."""
    host, colon, port = value.rpartition(":")
    if not colon or not host or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{value!r} is not HOST:PORT, for example 127.0.0.1:8091")
    return host.strip("[]"), int(port)


def arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("comity-sandbox", description="A little chat platform to try a gateway on.")
    parser.add_argument("--listen", type=address, default=("127.0.0.1", 0), metavar="HOST:PORT", help="0: a free port")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="where its SQLite file lies")
    parser.add_argument("--token-file", type=Path, metavar="FILE", help="management token; default DIR/token")
    parser.add_argument("--home", default="", metavar="URL", help="where each page's link back leads; none without")
    parser.add_argument("--parent", type=int, default=os.getppid(), metavar="PID", help="process to end with")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    """Run the platform until SIGTERM or SIGINT."""
    asked = arguments(argv)
    pages.FOOT.home = asked.home
    die_with_parent(asked.parent)
    asked.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = Store(asked.data / "sandbox.sqlite3")
    world.seed(store)
    try:
        owner = token(asked.data / "owner")
        place = Platform(store, token(asked.token_file or asked.data / "token"), owner, asked.data)
        server = Server(asked.listen, place)
    except OSError as error:
        raise SystemExit(f"comity-sandbox: cannot listen on {asked.listen[0]}:{asked.listen[1]}: {error}") from None
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"listening on {server.place.base}", flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    store.close()


if __name__ == "__main__":
    main()
