"""`comity regulations prove [PACK…]`: proves packs, prints what does not hold, and writes certificates and case files.

Without z3 it says so in one line and exits with 2. `--check` needs no solver: it checks the committed certificates
against the packs and judges their witnesses again.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from importlib import util
from pathlib import Path
from typing import Any

from comity.regulations import packs
from comity.regulations.pack_file import PackError

from . import certificate
from .certificate import CertificateWrong

WITNESSES = Path("tests/prove/witnesses")  # in a checkout: each pack has a folder there
MISSING = "z3 is not installed: it comes with the developer's environment (make check makes it), not with a server"


def add(acts: Any) -> None:
    """Add `prove` to the subcommands of `regulations`."""
    parser = acts.add_parser("prove", help="prove regulations free of contradiction, for all facts (needs z3)")
    parser.add_argument("pack", nargs="*", help="ids; every regulation where none is named")
    parser.add_argument("--folder", type=Path, help="a folder of packs; those that ship where none is named")
    parser.add_argument("--write", action="store_true", help="write the certificates beside the packs")
    parser.add_argument(
        "--cases",
        nargs="?",
        const=WITNESSES,
        type=Path,
        metavar="FOLDER",
        help="write the witnesses there as case files (no FOLDER: %(const)s)",
    )
    parser.add_argument("--check", action="store_true", help="only hold the certificates against the packs (no solver)")
    parser.add_argument("--json", action="store_true", help="JSON on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exit status 0: everything asked is proven; 1: something is not; 2: misuse, or no solver."""
    try:
        if args.check:
            return _check(args)
        if util.find_spec("z3") is None:
            raise ModuleNotFoundError(MISSING)
        return _prove(args)
    except (packs.NoPack, PackError, OSError, ModuleNotFoundError) as error:
        print(f"comity regulations prove: {' '.join(str(error).split())}", file=sys.stderr)
        return 2


def _check(args: argparse.Namespace) -> int:
    library = packs.load_from(args.folder) if args.folder else packs.load()
    rows: list[dict[str, Any]] = []
    for pack in (p for p in library.packs if p.id in (args.pack or library.ids())):
        row: dict[str, Any] = {"pack": pack.id, "version": pack.version, "proven": True}
        try:
            certificate.verify(certificate.read(pack, args.folder), pack)
        except CertificateWrong as error:
            row |= {"proven": False, "why": str(error)}
        rows.append(row)
    _tell(args, rows, [f"{r['pack']} {r['version']}: {r.get('why', 'the certificate holds')}" for r in rows])
    return 0 if all(row["proven"] for row in rows) else 1


def _prove(args: argparse.Namespace) -> int:
    from . import case_files, proof

    chosen = proof.sources(args.folder, args.pack)
    if lacking := set(args.pack) - {source.pack.id for source in chosen}:
        raise packs.NoPack(f"no regulation is known for {', '.join(sorted(lacking))}")
    rows = []
    for source in chosen:
        began = time.process_time()
        found = proof.prove(source)
        row = {**certificate.made(found), "seconds": round(time.process_time() - began, 2)}
        rows.append(row)
        _progress(args, _lines(row))
        if args.write:
            place = Path(str(source.folder)) / source.pack.id / f"{source.pack.version}.proof.json"
            place.write_text(certificate.written(certificate.made(found)), "utf-8")
        if args.cases:
            case_files.write(found, args.cases / source.pack.id)
    rows += _together(args, chosen)
    if args.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    return 0 if all(row["proven"] for row in rows) else 1


def _together(args: argparse.Namespace, chosen: Sequence[Any]) -> list[dict[str, Any]]:
    """The statements about pairs of packs, if more than one was asked about."""
    from . import proof
    from .statements import as_data, proven

    if len(chosen) < 2:
        return []
    began = time.process_time()
    found = [statement for _, _, statement in proof.between(chosen)]
    row = {"between": [source.pack.id for source in chosen], "proven": proven(found)}
    row |= {"statements": [as_data(s) for s in found], "seconds": round(time.process_time() - began, 2)}
    _progress(args, _lines({**row, "pack": "between them", "version": "", "witnesses": []}))
    return [row]


def _lines(row: dict[str, Any]) -> list[str]:
    asked = [statement for statement in row["statements"] if not statement.get("told_only")]
    open_ones = [statement for statement in asked if statement["holds"] is not True]
    state = "proven" if row["proven"] else "NOT proven"
    name = f"{row['pack']} {row['version']}".strip()
    lines = [f"{name}: {state}; {len(asked)} statements, {len(row['witnesses'])} witnesses, {row['seconds']} s"]
    return lines + [f"  {statement['id']}: {statement.get('why', '')}" for statement in open_ones]


def _progress(args: argparse.Namespace, lines: list[str]) -> None:
    print("\n".join(lines), file=sys.stderr if args.json else sys.stdout, flush=True)


def _tell(args: argparse.Namespace, rows: list[dict[str, Any]], lines: list[str]) -> None:
    print(json.dumps(rows, ensure_ascii=False, indent=1) if args.json else "\n".join(lines))
