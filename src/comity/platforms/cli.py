"""`comity platform test URL|NAME`: an adapter against the contract, or a platform as it is connected; `keys`: the
secrets to sign with; `connect`: tell Telegram where updates go. `comity bot`: ask for what bots are told."""

import argparse
import base64
import os
import secrets as random
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import django

from comity import operator
from comity.connected import NAME, Connected
from comity.platforms import signed
from comity.platforms.asking import Limits, Secrets
from comity.platforms.http import HttpPlatform
from comity.platforms.kit import Report, Trial, run
from comity.platforms.port import PlatformError
from comity.serve import gateway, state
from comity.terminal import Misuse, No, say, tell

REMEMBERED = frozenset({"matrix", "telegram"})
FILES = ("read", "act", "irreversible", "events")


def add(commands: Any) -> None:
    """Add `platform test` and `platform keys` to the command line."""
    platform = commands.add_parser("platform", help="connect a platform: its secrets, and a test of its adapter")
    below = platform.add_subparsers(metavar="WHAT", required=True)
    test = below.add_parser("test", help="try an adapter that runs, or a platform as it is connected")
    test.add_argument("url", metavar="URL|NAME", help="where it answers, or its name in comity.toml")
    test.add_argument("--keys", metavar="DIR", type=Path, default=Path("comity-keys"), help="its secrets (comity-keys)")
    test.add_argument("--target", metavar="URL", action="append", default=[], help="an address to try things on; two")
    test.add_argument("--addresses", metavar="URL", action="append", default=[], help="where its pages are")
    test.add_argument("--timeout", metavar="SECONDS", type=float, default=10.0, help="for each call (10)")
    test.add_argument("--ca", metavar="FILE", type=Path, help="the certificates to trust, and no others (PEM)")
    test.set_defaults(run=_test)
    keys = below.add_parser("keys", help="make the secrets that calls and events are signed with")
    keys.add_argument("dir", metavar="DIR", type=Path, nargs="?", default=Path("comity-keys"), help="(comity-keys)")
    keys.set_defaults(run=_keys)
    edge = below.add_parser("edge", help="print the settings of the edge in front of a Matrix homeserver")
    edge.add_argument("name", metavar="NAME", help="the platform's name in comity.toml")
    edge.set_defaults(run=_edge)
    connect = below.add_parser("connect", help="tell Telegram where a bot's updates go, and look at its chats")
    connect.add_argument("name", metavar="NAME", help="its name in comity.toml")
    connect.set_defaults(run=_connect)
    bot = commands.add_parser("bot", help="ask for the updates of bots that poll, until it is ended (serve runs it)")
    bot.set_defaults(run=_bot, gateway=gateway.DATABASE)


def _keys(args: argparse.Namespace) -> int:
    """Make what is missing; what is there stays."""
    args.dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = [name for name in FILES if _made(args.dir / f"{name}.key")]
    paths = {name: str(args.dir / f"{name}.key") for name in FILES}
    tell(args, {"keys": paths, "made": made}, "\n".join(f"{name:13} {path}" for name, path in paths.items()))
    return 0


def _edge(args: argparse.Namespace) -> int:
    """The settings of a platform's edge, for its operator to put beside it."""
    from comity import operator
    from comity.platforms.matrix import signing

    us = operator.read(args.data)
    table = next((one for one in us.platforms if one.name == args.name and one.kind == "matrix"), None)
    if table is None:
        raise Misuse(f"platform edge {args.name[:30]}: comity.toml has no [[platform]] of kind matrix of that name")
    if not table.edge:
        raise Misuse(f"platform edge {table.name}: comity.toml names no edge for it: edge = what your users reach")
    made = {
        "platform": table.name,
        "listen": "127.0.0.1:8448",
        "upstream": table.url,
        "list": f"{_base(us)}/platforms/{table.name}/withheld",
        "public_key": signing.public_key(us.data),
        "token_file": "edge.token",
        "state": "edge-state",
        **({"appeals": table.appeals} if table.appeals else {}),
    }
    tell(args, made, "\n".join(f'{key} = "{value}"' for key, value in made.items()) + "\n" + EDGE_REST)
    return 0


def _base(us: operator.Operator) -> str:
    """Where the gateway's pages are: as this command is told, else as the `serve` of these data was."""
    served = state.last(us.data)
    return us.base_url if "COMITY_BASE_URL" in os.environ or not served else served.web or us.base_url


EDGE_REST = """
proxies = ["127.0.0.1"]          # your reverse proxy: its word on who comes is taken, and nobody else's

# From which country a viewer comes: one of these three.
[country]
mmdb = "country.mmdb"          # a MaxMind database file, such as GeoLite2 Country or DB-IP
# table = "countries.txt"      # lines such as: 192.0.2.0/24 FR
# header = "cf-ipcountry"      # what your CDN says; name its addresses under proxies, too"""


def _made(path: Path) -> bool:
    try:
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(signed.PREFIX + base64.b64encode(random.token_bytes(32)).decode() + "\n")
    except FileExistsError:
        return False
    return True


def _test(args: argparse.Namespace) -> int:
    """Try the adapter, or a platform that is connected; 1 if a guarantee doesn't hold."""
    if NAME.fullmatch(args.url):
        return _named(args)
    if not 0.05 <= args.timeout <= 120:
        raise Misuse("--timeout: must be 0.05 to 120 seconds")
    platform, secrets = connected(args)
    return _came_of(args, run(Trial(platform, secrets, args.timeout, args.target), tell=say))


def _came_of(args: argparse.Namespace, report: Report) -> int:
    failing = "\n".join(f"FAILED {ident}: {text}" for ident, text in report.failing.items())
    left = f", {len(report.left_out)} left out ({', '.join(report.left_out)})" if report.left_out else ""
    counted = f"{len(report.passed)} passed, {len(report.failing)} failed{left}"
    tell(args, report.as_json(), f"{failing}\n{counted}" if failing else counted)
    return 1 if report.failing else 0


def _named(args: argparse.Namespace) -> int:
    """A platform as its table connects it. What we remember of some of them stands in the gateway's database."""
    table = _table(args.data, args.url)
    with gateway.reached(gateway.SPLIT, args.data) if table.kind in REMEMBERED else nullcontext():
        _django()
        from comity.platforms import checking

        return _came_of(args, checking.of(table, args.target, tell=say))


def _table(data: Path, name: str) -> Connected:
    """The table of a name. Raises Misuse."""
    us = operator.read(data)
    them = {one.name: one for one in us.platforms}
    if name not in them:
        named = f"no platform of comity.toml, which has {', '.join(them)}"
        raise Misuse(f"platform {name}: {named}; and no URL, which must be https://HOST[:PORT][/PATH]")
    return them[name]


def _django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.settings")
    django.setup()


def _connect(args: argparse.Namespace) -> int:
    """Tell Telegram of us; 1 where the bot lacks a right."""
    table = _table(args.data, args.name)
    if table.kind != "telegram":
        raise Misuse(f"platform connect {args.name}: only a bot is told of us; `platform test {args.name}` tries it")
    with gateway.reached(gateway.SPLIT, args.data):
        from comity.platforms.telegram import bots

        try:
            told = bots.connect(table)
        except PlatformError as no:
            raise No(f"platform connect {args.name}: {no}") from None
    lacks = [f"{one['chat']}: {one.get('says') or ', '.join(one['lacks'])}" for one in told["chats"] if _lacks(one)]
    tell(args, told, "\n".join([f"@{told['bot']}, updates by {told['updates']}", *(f"  lacks {one}" for one in lacks)]))
    return 1 if lacks else 0


def _lacks(chat: Mapping[str, Any]) -> bool:
    return bool(chat.get("no") or chat.get("lacks"))


def _bot(args: argparse.Namespace) -> int:
    """Ask for updates for as long as it runs."""
    from comity.platforms.telegram import polling

    polling.run([one for one in operator.read(args.data).platforms if one.kind == "telegram" and one.updates == "poll"])
    return 0


def connected(args: argparse.Namespace) -> tuple[HttpPlatform, Secrets]:
    """The adapter that the arguments name, and the secrets for it. Raises Misuse."""
    given = {name: _secret(args.keys / f"{name}.key", needed=name != "irreversible") for name in FILES[:3]}
    try:
        secrets = Secrets(given["read"], given["act"], given["irreversible"])
        limits = Limits(timeout=args.timeout, repeats=0)
        return HttpPlatform(args.url, secrets, addresses=args.addresses, limits=limits, ca=args.ca), secrets
    except ValueError as wrong:
        raise Misuse(str(wrong)) from None
    except OSError as error:
        raise Misuse(f"--ca: {error}") from None


def _secret(path: Path, *, needed: bool) -> str:
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        if not needed:
            return ""
        raise Misuse(f"--keys: there is no {path}; `comity platform keys {path.parent}` makes it") from None
    except ValueError:
        raise Misuse(f"--keys: {path} is not text") from None
