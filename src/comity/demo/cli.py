"""`comity send` and `comity demo`: a mail through the front door, and the whole story played through the real doors."""

import argparse
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from comity.demo.samples import SAMPLES
from comity.serve import gateway
from comity.terminal import Misuse, No, tell

ADDRESS_AT_MOST = 320
HEADERS_AT_MOST = 65_536
STORIES = {
    "removal-order": "one removal order, from the mail to the record: judged, approved by two, seen, answered",
    "preserve": "one preservation order (EPOC-PR): judged, approved by two, kept, answered, and nobody told",
    "representative": "one order of each instrument: read or typed, judged, decided, answered; what still waits",
    "hotline": "a service calls for help: rung, taken, kept, called back, restricted by two, and what came of it",
    "connect": "a forum reached over HTTP: tested by the kit, tried in shadow, left by two, and then for real",
    "record": "the record: an order's entry, its receipt verified, a row changed and a second history found",
    "second-person": "an administrator tries to be two people, each way refused; then somebody is really let in",
    "country": "a State, from agreement to the end: a claim rerouted, a dispute settled or (--leave) the country left",
    "growth": "users from 10^6 to 10^9: an alarm first, a verdict, a risk red, people, a drill, and green",
    "disclosure": "an emergency EPOC: sealed at the source, signed by two, opened by three custodians, read by one",
    "raid": "every attack on what is sealed, each tried, and each with the shares of three custodians as its control",
    "balance": "a bound crossed, a what-if, a State’s proposal, a comment answered, three votes, adopted, marked",
}
REMOVAL = "removal-order"
COUNTRY, HOTLINE, REPRESENTATIVE = "country", "hotline", "representative"
CONNECT, RECORD, BALANCE, GROWTH = "connect", "record", "balance", "growth"
SECOND = "second-person"
DISCLOSURE, RAID = "disclosure", "raid"
PLATFORMS = ("sandbox", "matrix", "telegram")


class _Listed(argparse.Action):
    """`--list`: no gateway is needed to say what there is."""

    def __init__(self, option_strings: Any, dest: str, **more: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, default=False, **more)

    def __call__(self, parser: Any, namespace: argparse.Namespace, *_: Any) -> None:
        namespace.list, namespace.gateway = True, None


def add(commands: Any) -> None:
    """Add send and demo to the command line."""
    send = commands.add_parser("send", help="send a mail, or a sample of the demo, through the e-mail door")
    what = send.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a mail as a file (.eml)")
    what.add_argument("--sample", metavar="NAME", help="a sample of the demo, made fresh and signed")
    what.add_argument("--list", action=_Listed, help="the samples there are")
    send.add_argument("--to", metavar="ADDRESS", help="the envelope's recipient (default: our first mailbox)")
    send.set_defaults(run=run_send, gateway=gateway.RUNNING)
    demo = commands.add_parser("demo", help="play a story of the demo through the real doors")
    demo.add_argument("name", nargs="?", metavar="NAME", default="removal-order", help="default %(default)s")
    demo.add_argument("--list", action=_Listed, help="the stories there are")
    demo.add_argument("--platform", choices=PLATFORMS, default=PLATFORMS[0], help="default %(default)s")
    demo.add_argument("--leave", action="store_true", help="of country: leave it, step by step, and don't settle")
    demo.add_argument("--asleep", action="store_true", help="of hotline: the first on duty doesn't answer")
    demo.add_argument("--fake", action="store_true", help="of hotline: a forged mail from a service's true domain")
    demo.add_argument("--secret", metavar="TEXT", default="", help="of disclosure: what is written in private first")
    demo.set_defaults(run=run_demo, gateway=gateway.SERVE)


def run_send(args: argparse.Namespace) -> int:
    """Send one mail by SMTP and say under which Message-ID."""
    if args.list:
        _list(args, "samples", [{"name": sample.name, "says": sample.says} for sample in SAMPLES.values()])
        return 0
    if args.sample and args.sample not in SAMPLES:
        raise Misuse(f"send --sample {args.sample[:40]}: one of {', '.join(SAMPLES)}")
    if args.sample and args.to:
        raise Misuse("send --to: a sample goes to the demo's own recipient; --to is for a file")
    from comity.demo import commands

    try:
        if args.sample:
            sent = commands.send(args.sample, args.running.smtp)
            tell(args, sent, f"sent {args.sample} as {sent['message_id']}")
        else:
            message_id = _send_file(args.file, args.to, args.running.smtp)
            tell(args, {"message_id": message_id}, f"sent {args.file} as {message_id or '(no Message-ID)'}")
    except commands.NotSent as error:
        raise No(str(error)) from None
    return 0


def _list(args: argparse.Namespace, name: str, rows: list[dict[str, str]]) -> None:
    tell(args, {name: rows}, "\n".join(f"{row['name']:20} {row['says']}" for row in rows))


def _send_file(path: Path, to: str | None, door: str) -> str:
    from django.conf import settings

    from comity.demo import commands

    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Misuse(f"{path}: {error.strerror}") from None
    if to is not None and (not to.isascii() or any(c <= " " or c in "<>" for c in to) or "@" not in to):
        raise Misuse("send --to: an e-mail address such as orders@localhost")
    headers = BytesHeaderParser().parsebytes(raw[:HEADERS_AT_MOST])
    if b"\r\n" not in raw:  # a file of this machine; SMTP's lines end with CRLF (RFC 5321, 2.3.8)
        raw = raw.replace(b"\n", b"\r\n")
    commands.deliver(door, _sender(str(headers.get("From", ""))), to or settings.COMITY.address, raw)
    return str(headers.get("Message-ID", "")).strip()


def _sender(said: str) -> str:
    """The envelope's sender from the mail's From; the null sender where there is none that SMTP can carry."""
    address = said.rpartition("<")[2].rstrip("> ")
    carried = "@" in address and address.isascii() and not any(c <= " " or c in "<>\x7f" for c in address)
    return address if carried and len(address) <= ADDRESS_AT_MOST else ""


def run_demo(args: argparse.Namespace) -> int:
    """Play a story and tell what came of it."""
    if args.list:
        _list(args, "demos", [{"name": name, "says": says} for name, says in STORIES.items()])
        return 0
    if args.name not in STORIES:
        raise Misuse(f"demo {args.name[:40]}: one of {', '.join(STORIES)}")
    if args.leave and args.name != COUNTRY:
        raise Misuse(f"demo --leave: goes with {COUNTRY} alone")
    if args.platform != PLATFORMS[0] and args.name != REMOVAL:
        raise Misuse(f"demo --platform {args.platform}: goes with {REMOVAL} alone")
    if (args.asleep or args.fake) and (args.name != HOTLINE or args.asleep == args.fake):
        raise Misuse(f"demo --asleep, --fake: go with {HOTLINE} alone, one at a time")
    if args.secret and args.name != DISCLOSURE:
        raise Misuse(f"demo --secret: goes with {DISCLOSURE} alone")
    from comity.demo import client
    from comity.demo.custody import played as disclosure
    from comity.demo.custody import raid
    from comity.demo.forum import played as forum
    from comity.demo.growth import played as growth
    from comity.demo.hotline import played as hotline
    from comity.demo.matrix import played as matrix
    from comity.demo.record import played as record
    from comity.demo.record import second
    from comity.demo.representative import played as representative
    from comity.demo.telegram import played as telegram
    from comity.demo.veltria import balanced
    from comity.demo.veltria import played as veltria

    try:
        if args.platform == "telegram":
            played, told = telegram.play(args.running)
        elif args.name == COUNTRY:
            played, told = veltria.play(args.running, leave=args.leave)
        elif args.name == RECORD:
            played, told = record.play(args.running)
        elif args.name == SECOND:
            played, told = second.play(args.running)
        elif args.name == DISCLOSURE:
            played, told = disclosure.play(args.running, args.secret)
        elif args.name == RAID:
            played, told, held = raid.play(args.running)
            tell(args, played, told)
            return 0 if held else 1
        elif args.name == BALANCE:
            played, told = balanced.play(args.running)
        elif args.name == GROWTH:
            played, told = growth.play(args.running)
        elif args.name == HOTLINE:
            how = hotline.ASLEEP if args.asleep else hotline.FAKE if args.fake else ""
            played, told = hotline.play(args.running, how)
        elif args.name == REPRESENTATIVE:
            played, told = representative.play(args.running)
        elif args.platform == "matrix":
            played, told = matrix.play(args.running)
        elif args.name == CONNECT:
            played, told = forum.play(args.running)
        else:
            played, told = client.PLAYS[args.name](args.running)
    except client.NotPlayed as error:
        raise No(f"demo {args.name}: {error}") from None
    tell(args, played, told)
    return 0
