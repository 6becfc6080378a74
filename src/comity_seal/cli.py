"""`comity-seal open|seal|keys|inspect`: for the authority that was given a package, and for a platform without code.

Exit status: 0 done, 1 it doesn't open, or isn't what it says, 2 misuse.
"""

import argparse
import hashlib
import json
import re
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from getpass import getpass
from pathlib import Path
from typing import Any

from . import items, keys, openings, packages, rosters, streams, texts
from .documents import Document
from .hybrid import BadKey, NotOpened, Private
from .items import CATEGORIES, Records
from .openings import BadShare
from .texts import BadText

GOOD, NO, MISUSE = 0, 1, 2
STANDING = "standing"
TYPES = {".jsonl": "application/x-ndjson", ".json": "application/json", ".png": "image/png", ".jpg": "image/jpeg"}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its status."""
    args = _parser().parse_args(arguments)
    try:
        sys.exit(args.run(args))
    except (BadText, BadKey, NotOpened, OSError) as error:
        print(f"comity-seal: {error}", file=sys.stderr)
        if args.json:
            bad = list(error.custodians) if isinstance(error, BadShare) else []
            print(json.dumps({"error": str(error), "bad": bad}))
        sys.exit(NO)


def _parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(
        prog="comity-seal", description="Open what was produced, or seal what is asked for."
    )
    commands = whole.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int], says: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=says)
        one.add_argument("--json", action="store_true", help="print JSON only")
        one.set_defaults(run=run)
        return one

    opened = command("open", run_open, "open a package with your key, into a new directory")
    opened.add_argument("package", metavar="PACKAGE", type=Path)
    opened.add_argument("--key", metavar="FILE", type=Path, required=True)
    opened.add_argument("--passphrase-file", metavar="FILE", type=Path)
    opened.add_argument("--out", metavar="DIR", type=Path, help="default: beside the package, by its name")
    opened.add_argument("--sealer", metavar="HEX", help="the platform's sealing key, if you have it from the platform")
    opened.add_argument("--content", metavar="HEX", help="what the record's entry item.sealed says of the item")
    sealed = command("seal", run_seal, "seal a directory CATEGORY/PERSON/DAY/FILE to the custodians of a roster")
    sealed.add_argument("directory", metavar="DIR", type=Path)
    sealed.add_argument("--roster", metavar="FILE", type=Path, required=True, help="the roster that you have pinned")
    sealed.add_argument("--case", metavar="HEX", required=True, help="the commitment that came with the order")
    sealed.add_argument("--key", metavar="FILE", type=Path, required=True, help="your sealing key")
    sealed.add_argument("--passphrase-file", metavar="FILE", type=Path)
    sealed.add_argument("--out", metavar="FILE", type=Path, required=True)
    made = command("keys", run_keys, "make a key: its file is yours, its public half is printed")
    made.add_argument("name", metavar="NAME")
    made.add_argument("--out", metavar="FILE", type=Path, required=True)
    made.add_argument("--passphrase-file", metavar="FILE", type=Path)
    seen = command("inspect", run_inspect, "say what a file is: item, package, roster, request, answer or key")
    seen.add_argument("file", metavar="FILE", type=Path)
    return whole


def _phrase(args: argparse.Namespace) -> Callable[[], str]:
    if args.passphrase_file:
        return lambda: str(args.passphrase_file.read_text().rstrip("\n"))
    return lambda: getpass("Passphrase: ") if sys.stdin.isatty() else ""


def _print(args: argparse.Namespace, said: Any, lines: Sequence[str]) -> int:
    print(json.dumps(said, ensure_ascii=False) if args.json else "\n".join(lines))
    return GOOD


# The authority --------------------------------------------------------------------------------------------------------


def run_open(args: argparse.Namespace) -> int:
    """Open a package: all of it, or nothing is left behind."""
    out = args.out or args.package.with_suffix("")
    if out.exists():
        raise BadText(f"{out}: is there already; give another --out")
    key = keys.read(args.key, _phrase(args))
    with args.package.open("rb") as file:
        package = packages.read(file, args.sealer, args.content)
        bad = openings.bad_shares(package.opening, package.parts, package.given, key, package.roster)
        made = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
        try:
            parts = [_opened(made, *one) for one in packages.unseal(file, package, key)]
            said = _said(package, parts, bad)
            (made / "opened.json").write_bytes(json.dumps(said, ensure_ascii=False, indent=1).encode())
            made.rename(out)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
    lines = [f"{one['category']:<11}{one['person']} {one['day'] or STANDING}: {_count(one)}" for one in parts]
    left = [f"shares that did not fit, and were left out: {', '.join(bad)}"] if bad else []
    return _print(args, said, [*lines, *left, f"opened into {out}"])


def _opened(into: Path, part: items.Part, reader: Any) -> dict[str, Any]:
    person = str(reader.about.get("person", ""))
    place = into / part.category / _directory(person) / (part.day or STANDING)
    place.mkdir(parents=True, exist_ok=True)
    files = [_saved(_free(place, one.name), one) for one in reader.documents()]
    about = {"part": part.number, "category": part.category, "person": person, "day": part.day}
    return {**about, "files": [{**one, "file": str(place.relative_to(into) / one["file"])} for one in files]}


def _directory(person: str) -> str:
    """A person's directory: their name where it is one of files, and with a mark of its own where two might be one."""
    plain = re.sub("[^a-z0-9]+", "-", person.lower()).strip("-")[:80] or "person"
    same = "/" + plain.replace("-", "/", 1) == person
    return plain if same else f"{plain}.{hashlib.sha256(person.encode()).hexdigest()[:8]}"


def _free(place: Path, name: str) -> Path:
    """A path that no earlier document of the part has: a platform may have named two alike."""
    number = next(n for n in range(1, 10**6) if not (place / (name if n == 1 else f"{n}-{name}")).exists())
    return place / (name if number == 1 else f"{number}-{name}")


def _saved(path: Path, one: Document) -> dict[str, Any]:
    hashed = hashlib.sha256()
    with path.open("xb") as file:
        for piece in one.data:
            hashed.update(piece)
            file.write(piece)
    return {"file": path.name, "type": one.type, "bytes": one.length, "sha256": hashed.hexdigest()}


def _said(package: packages.Package, parts: list[dict[str, Any]], bad: Sequence[str]) -> dict[str, Any]:
    manifest = package.manifest
    about = {name: manifest.get(name) for name in ("production", "made", "zone", "limits", "supplements")}
    return {
        "opening": package.opening.number,
        **about,
        "manifest": texts.digest(manifest),
        "sealer": package.head.sealer,
        "content": package.content,
        "sealed": package.head.sealed,
        "custodians": sorted(one.custodian for one in package.given),
        "bad": list(bad),
        "described": package.head.described,
        "parts": parts,
    }


def _count(part: dict[str, Any]) -> str:
    return f"{len(part['files'])} files" if part["files"] else "no records"


def run_keys(args: argparse.Namespace) -> int:
    """Make a key."""
    key = Private(secrets.token_bytes(32))
    phrase = args.passphrase_file.read_text().rstrip("\n") if args.passphrase_file else ""
    keys.write(args.out, key, args.name, phrase)
    mark = key.public.fingerprint
    said = {"name": args.name, "key": texts.b64(key.public.raw), "fingerprint": mark, "signs": key.signs}
    return _print(args, said, [f"fingerprint {mark}", f"public key {said['key']}", f"signs with {key.signs}"])


# The platform ---------------------------------------------------------------------------------------------------------


def run_seal(args: argparse.Namespace) -> int:
    """Seal a directory."""
    roster = rosters.parse(args.roster.read_bytes()).roster
    rosters.verify_rules(roster)
    key = keys.read(args.key, _phrase(args))
    records = list(_records(args.directory))
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    made = args.out.with_name(f".{args.out.name}.{secrets.token_hex(4)}")
    try:
        with made.open("xb") as file:
            for piece in items.seal(records, roster, case=args.case, sealer=key.signing, sealed=now):
                file.write(piece)
        made.rename(args.out)
    finally:
        made.unlink(missing_ok=True)
    said = {"parts": len(records), "roster": roster.hash, "sealer": key.signs, "bytes": args.out.stat().st_size}
    return _print(args, said, [f"{len(records)} parts sealed to roster {roster.version}: {args.out}"])


def _records(directory: Path) -> Iterator[Records]:
    """What lies in CATEGORY/PERSON/DAY; an empty directory: nothing was found. The person `u-ada` is `/u/ada`."""
    for place in sorted(directory.glob("*/*/*")):
        category, person, day = place.relative_to(directory).parts
        if category not in CATEGORIES or not place.is_dir():
            raise BadText(f"{place}: CATEGORY/PERSON/DAY is asked for, the category one of {', '.join(CATEGORIES)}")
        who = "/" + person.replace("-", "/", 1)
        yield Records(category, who, "" if day == STANDING else day, partial(_documents, place))


def _files(place: Path) -> list[Path]:
    return sorted(path for path in place.iterdir() if path.is_file() and not path.is_symlink())


def _documents(place: Path) -> list[Document]:
    return [_document(path) for path in _files(place)]


def _document(path: Path) -> Document:
    kind = TYPES.get(path.suffix, "application/octet-stream")
    return Document(path.name, kind, path.stat().st_size, _pieces(path))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(streams.CHUNK):
            yield piece


# Anybody --------------------------------------------------------------------------------------------------------------


def run_inspect(args: argparse.Namespace) -> int:
    """Say what a file is, as far as it can be read without a key."""
    with args.file.open("rb") as file:
        said = _what(args.file, file.read(64))
    return _print(args, said, [f"{name}: {value}" for name, value in said.items()])


def _what(path: Path, first: bytes) -> dict[str, Any]:
    if first.startswith(b"PK"):
        with path.open("rb") as file:
            package = packages.read(file)
        about = {"opening": package.opening.number, "recipient": package.opening.recipient.fingerprint}
        who = sorted(one.custodian for one in package.given)
        return {
            "kind": "package",
            **about,
            "parts": len(package.parts),
            "custodians": who,
            "sealer": package.head.sealer,
        }
    if path.stat().st_size > 2**20 or b'"described"' in first[:64] or first.startswith(b'{"case"'):
        with path.open("rb") as file:
            return _item(items.read(file))
    said = texts.value(path.read_bytes(), path.name)
    if not isinstance(said, dict):
        raise BadText(f"{path.name}: an object is asked for")
    if "roster" in said and "signatures" in said:
        roster = rosters.parse(path.read_bytes()).roster
        them = [f"{one.name} ({one.jurisdiction})" for one in roster.custodians]
        return {"kind": "roster", "version": roster.version, "hash": roster.hash, "k": roster.k, "custodians": them}
    if "fingerprint" in said:
        return {"kind": "key", "name": said.get("name"), "fingerprint": said["fingerprint"], "locked": "scrypt" in said}
    if "recipient" in said:
        opening = openings.parse(path.read_bytes())
        parts = {"opening": opening.number, "item": opening.item, "parts": list(opening.parts)}
        return {"kind": "request", **parts, "recipient": opening.recipient.fingerprint, "digest": opening.digest}
    if said.get("kind") in ("shares", "refusal"):
        named = {name: said[name] for name in ("custodian", "opening", "parts", "ground") if name in said}
        return {"kind": f"answer: {said['kind']}", **named}
    raise BadText(f"{path.name}: none of what this program knows")


def _item(item: items.Item) -> dict[str, Any]:
    head = item.head
    return {
        "kind": "item",
        "item": head.item,
        "head": head.digest,
        "roster": head.roster,
        "quorum": f"{head.k} of {head.n}",
        "sealer": head.sealer,
        "sealed": head.sealed,
        "parts": [f"{one.category} {one.day or STANDING}" for one in item.parts],
        "bytes": sum(one.length for one in item.bodies),
    }
