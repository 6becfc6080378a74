"""`comity-verify`: a log, a receipt, a file of vectors, or a witness, from the command line.

Exit status: 0 verified, 2 misuse, 3 incomplete, 4 tampered with, 5 unreachable.
"""

import argparse
import json
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from . import audit, merkle, notes, policies, receipts, tiles, vectors, vouching, witness
from .entries import BadEntry
from .notes import BadNote
from .source import Missing, Source, Unreachable

GOOD, MISUSE, INCOMPLETE, TAMPERED, UNREACHABLE = 0, 2, 3, 4, 5
COMMANDS = ("log", "receipt", "vectors", "watch", "witness")
STATUS = {audit.VERIFIED: GOOD, audit.INCOMPLETE: INCOMPLETE, audit.TAMPERED: TAMPERED}


class Misuse(Exception):
    """What was asked for can't be done so; the text says why."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Misuse(message)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its status."""
    argv = list(sys.argv[1:] if arguments is None else arguments)
    if argv and argv[0] not in COMMANDS and not argv[0].startswith("-"):
        argv.insert(0, "log")
    try:
        args = _parser().parse_args(argv)
        sys.exit(args.run(args))
    except Misuse as error:
        print(f"comity-verify: {error}", file=sys.stderr)
        sys.exit(MISUSE)
    except Unreachable as error:
        print(f"comity-verify: unreachable: {error}", file=sys.stderr)
        sys.exit(UNREACHABLE)
    except KeyboardInterrupt:
        sys.exit(INCOMPLETE)


def _parser() -> argparse.ArgumentParser:
    whole = _Parser(prog="comity-verify", description="Check a transparency log, rather than trust it.")
    commands = whole.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    for name, run, says in (
        ("log", run_log, "verify a whole log by its address, or directory (also: comity-verify URL)"),
        ("watch", run_watch, "verify a log again and again, and end when something is wrong"),
    ):
        one = commands.add_parser(name, help=says)
        one.add_argument("url", metavar="URL")
        _trust(one)
        one.add_argument("--state", metavar="DIR", type=Path, default=_state(), help="what was seen of logs before")
        one.add_argument("--fresh", action="store_true", help="keep and use no state")
        one.add_argument("--offline", action="store_true", help="don't ask organisations whose keys they know")
        one.set_defaults(run=run)
        if name == "watch":
            one.add_argument("--every", metavar="SECONDS", type=float, default=60.0)
    receipt = commands.add_parser("receipt", help="verify a receipt, offline")
    receipt.add_argument("file", metavar="FILE", type=Path)
    _trust(receipt)
    receipt.set_defaults(run=run_receipt)
    vector = commands.add_parser("vectors", help="run a file of test vectors")
    vector.add_argument("file", metavar="FILE", type=Path)
    vector.add_argument("--json", action="store_true")
    vector.set_defaults(run=run_vectors)
    seen = commands.add_parser("witness", help="be a witness of one or more logs")
    seen.add_argument("--state", metavar="DIR", type=Path, required=True)
    seen.add_argument("--log", metavar="VKEY", action="append", required=True, help="a log's verifier key")
    seen.add_argument("--listen", metavar="HOST:PORT", default="127.0.0.1:8008")
    seen.add_argument("--name", metavar="NAME", help="the witness's name (default: from the address, kept)")
    seen.set_defaults(run=run_witness)
    return whole


def _trust(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--policy", metavar="FILE", type=Path, help="a trust policy (C2SP tlog-policy)")
    parser.add_argument("--vkey", metavar="VKEY", help="the log's verifier key; no witness is asked for")
    parser.add_argument("--json", action="store_true", help="print JSON only")


def _state() -> Path:
    return Path.home() / ".cache" / "comity-verify"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Misuse(f"{path}: {error.strerror}") from None


def _policy(args: argparse.Namespace) -> policies.Policy | None:
    """The policy that was given on the command line, if any."""
    try:
        if args.policy:
            return policies.parse(_read(args.policy))
        if args.vkey:
            return policies.parse(f"log {args.vkey}\nquorum none\n".encode())
    except BadNote as error:
        raise Misuse(str(error)) from None
    return None


def _print(args: argparse.Namespace, told: dict[str, Any], lines: Sequence[str]) -> None:
    print(json.dumps(told, ensure_ascii=False) if args.json else "\n".join(lines))


# A whole log ----------------------------------------------------------------------------------------------------------


def run_log(args: argparse.Namespace) -> int:
    """Verify a whole log once."""
    report = _audit(args)
    vouched = [] if args.offline else vouching.vouched(report.to_vouch)
    told = {name: value for name, value in vars(report).items() if name not in ("entries", "to_vouch")}
    told["charter"] = {**report.charter, "vouched": len(vouched), "to_vouch": len(report.to_vouch)}
    _print(args, told, _words(report, len(vouched)))
    return STATUS[report.verdict]


def _audit(args: argparse.Namespace) -> audit.Report:
    source = Source(args.url)
    policy = _policy(args)
    if policy is None:
        try:
            policy = policies.parse(source.get("policy"))
        except (Missing, BadNote) as error:
            raise Misuse(f"{args.url} gives no policy ({error}): give --policy or --vkey") from None
    state = None if args.fresh else args.state
    try:
        return audit.Audit(source, policy, state, _bar(args)).run()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Misuse(f"--state {state}: {error}") from None


def _bar(args: argparse.Namespace) -> Any:
    if args.json or not sys.stderr.isatty():
        return lambda done, size: None

    def show(done: int, size: int) -> None:
        filled = done * 40 // max(size, 1)
        end = "\n" if done == size else ""
        print(f"\r[{'█' * filled}{' ' * (40 - filled)}] {done:,} of {size:,}", end=end, file=sys.stderr, flush=True)

    return show


def _words(report: audit.Report, vouched: int) -> list[str]:
    people = report.charter.get("people", 0)
    founded = (
        "founded by one person, who says so"
        if report.charter.get("alone")
        else "founded by three or more, with a guardian"
        if report.charter.get("whole")
        else "no guardian: nobody outside the desk signed who is let in"
    )
    return [
        f"{report.verdict}: {report.origin}, {report.size} entries",
        f"root {report.root}",
        f"witnesses: {', '.join(report.cosignatures) or 'none'}{'' if report.quorum else ' (too few)'}",
        f"people: {people} who decide, {report.charter.get('signatures', 0)} signatures, back to the charter",
        f"desk: {founded}",
        f"vouched from outside: {vouched} of {len(report.to_vouch)}; that keys are different people this does not show",
        f"figures: {report.figures.get('days', 0)} days recounted",
        *(f"- {problem}" for problem in report.problems),
    ]


def run_watch(args: argparse.Namespace) -> int:
    """Verify a log again and again. Its own silence is no proof: an unreachable log is told and tried again."""
    while True:
        try:
            report = _audit(args)
        except Unreachable as error:
            print(f"unreachable: {error}", file=sys.stderr, flush=True)
        else:
            _print(
                args,
                {name: getattr(report, name) for name in ("origin", "size", "root", "verdict", "problems")},
                [f"{report.verdict}: {report.origin}, {report.size} entries", *report.problems],
            )
            sys.stdout.flush()
            if report.verdict == audit.TAMPERED:
                return TAMPERED
        time.sleep(max(1.0, args.every))


# A receipt ------------------------------------------------------------------------------------------------------------


def run_receipt(args: argparse.Namespace) -> int:
    """Verify a receipt offline."""
    raw = _read(args.file)
    try:
        found = receipts.read(raw, _policy(args))
    except (BadNote, BadEntry, merkle.Unproven, tiles.Malformed) as error:
        nothing: dict[str, Any] = {"index": None, "size": None, "witnessed_by": [], "revealed": {}}
        told = {**nothing, "verdict": audit.TAMPERED, "problems": [str(error)]}
        _print(args, told, [f"does not verify: {error}"])
        return TAMPERED
    verdict = audit.VERIFIED if found.quorum else audit.INCOMPLETE
    problems = [] if found.quorum else [receipts.UNWITNESSED]
    told = {
        "index": found.index,
        "size": found.size,
        "origin": found.origin,
        "witnessed_by": found.witnesses,
        "revealed": dict(found.revealed),
        "kind": found.entry.kind,
        "day": found.entry.day,
        "vouched": 0,
        "of": found.people,
        "policy": "enclosed" if found.enclosed else "given",
        "verdict": verdict,
        "problems": problems,
    }
    by = "by the policy that it encloses: compare its keys" if found.enclosed else "by the policy given"
    lines = [
        f"{verdict}: entry {found.index} of {found.size} in {found.origin} ({by})",
        f"{found.entry.kind or 'sealed as a whole'} {found.entry.day}",
        f"witnessed by {', '.join(found.witnesses) or 'nobody yet'}",
        f"vouched from outside: 0 of {found.people} who decide or guard there, by this receipt's own word: "
        "comity-verify URL asks their organisations",
        *(f"revealed {name}: {json.dumps(value, ensure_ascii=False)}" for name, value in found.revealed.items()),
        *problems,
    ]
    _print(args, told, lines)
    return STATUS[verdict]


# Vectors, and the witness ---------------------------------------------------------------------------------------------


def run_vectors(args: argparse.Namespace) -> int:
    """Run a file of vectors."""
    try:
        found = json.loads(_read(args.file))
        listed = found["vectors"] if isinstance(found, dict) else found
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raise ValueError("a list of vectors is asked for")
    except (ValueError, KeyError, RecursionError) as error:
        raise Misuse(f"{args.file}: not a file of vectors: {error}") from None
    told = vectors.run(listed)
    _print(
        args, told, [f"passed {told['passed']}, skipped {told['skipped']}, failed {told['failed']}", *told["failing"]]
    )
    return TAMPERED if told["failed"] else GOOD


def run_witness(args: argparse.Namespace) -> int:
    """Be a witness until told to stop."""
    at = urlsplit(f"//{args.listen}")
    try:
        host, port = at.hostname or "", int(at.port if at.port is not None else -1)
        keys = [notes.parse_key(vkey) for vkey in args.log]
        signer = _signer(args, host, port)
    except (ValueError, OSError) as error:
        raise Misuse(f"witness: {error}") from None
    known = witness.Witness(args.state, signer, [(key.name, key) for key in keys])
    try:
        server = witness.Server((host, port), known)
    except OSError as error:
        raise Misuse(f"--listen {args.listen}: {error.strerror}") from None
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(json.dumps({"vkey": signer.key.cosigning.vkey, "listen": args.listen}), flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return GOOD


def _signer(args: argparse.Namespace, host: str, port: int) -> notes.Signer:
    path = args.state / "witness.key"
    if path.exists():
        signer = notes.parse_signer(path.read_text().strip())
        if args.name and args.name != signer.name:
            raise BadNote(f"--name: this state's witness is called {signer.name}")
        return signer
    name = args.name or f"{host}:{port}/witness"
    if not notes.good_name(name):
        raise BadNote("--name: no space and no plus sign is allowed")
    return witness.signer_at(args.state, name)
