"""`comity regulations list|show|check|evaluate|diff`: needs no gateway and no database.

Exit status: 0 good; 1 the answer is no (an outcome other than valid, a faulty pack); 2 misuse, in one clear line.
`evaluate` also takes many facts, one JSON object per line; then each line gets its finding or its error, in order.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module, util
from pathlib import Path
from typing import Any, TextIO

from comity.operator import LANGUAGES
from comity.regulations import facts, packs
from comity.regulations.judge import Finding
from comity.regulations.matching import judge_request
from comity.regulations.pack_file import PackError

from . import diff, draft_file, in_words

MAX_BYTES = 20_000_000


class Misuse(ValueError):
    """What the caller must change, in one line."""


def list_packs() -> list[dict[str, Any]]:
    """Every version of every pack, oldest first."""
    found = sorted(packs.load().packs, key=lambda p: (p.id, p.in_force_from, p.version))
    return [
        {
            "id": pack.id,
            "version": pack.version,
            "title": pack.title["en"],
            "act": pack.act,
            "in_force_from": pack.in_force_from.isoformat(),
            "review": pack.review,
            "sha256": pack.sha256,
        }
        for pack in found
    ]


def show(pack_id: str, version: str | None = None, language: str = "en") -> dict[str, Any]:
    """One version of a pack (None: the newest): the file's data, its hash, and the text a clerk reads.

    Raises `packs.NoPack`.
    """
    library = packs.load()
    pack = library.version(pack_id, version) if version else library.in_force(pack_id, None)
    page = in_words.page(pack, language)
    return {
        "id": pack.id,
        "version": pack.version,
        "sha256": pack.sha256,
        "pack": pack.data,
        "text": in_words.plain(page),
    }


def evaluate(given: Mapping[str, Any]) -> Finding:
    """The finding on a request by the pack that was in force at receipt.

    Raises `facts.FactsWrong` (a fact breaks the schema) or `packs.NoPack` (no regulation known for the instrument).
    """
    return judge_request(given)


def check(place: Path | None = None) -> list[dict[str, Any]]:
    """The faults of one pack's file, or of the packs in a folder (None: those that ship): file, line, field, rule."""
    return [{"file": e.file, "line": e.line, "field": e.field, "rule": e.rule} for e in _errors(place)]


def _errors(place: Path | None) -> tuple[PackError, ...]:
    if place is None or place.is_dir():
        return (packs.load_from(place) if place else packs.load()).errors
    try:
        draft_file.read(place)
    except PackError as error:
        return (error,)
    return ()


def compare(old: str, new: str) -> dict[str, Any]:
    """What differs between two versions, each given as a pack's file, `ID/VERSION`, or `ID` for the newest.

    Raises OSError, `PackError`, `packs.NoPack`.
    """
    library = packs.load()
    return diff.compare(draft_file.version(library, old), draft_file.version(library, new))


def lines_of_facts(source: TextIO) -> tuple[bool, Iterator[str]]:
    """Whether a text holds one facts object per line, and its parts: each line, or the whole.

    It does if the first line that isn't blank is an object by itself and isn't the last.
    """
    first = source.readline(MAX_BYTES + 1)
    while first.isspace():
        first = source.readline(MAX_BYTES + 1)
    try:
        read_facts(first)
    except Misuse:
        return False, iter([first + source.read(MAX_BYTES + 1)])
    rest = (line for line in iter(lambda: source.readline(MAX_BYTES + 1), "") if not line.isspace())
    second = next(rest, None)
    return (False, iter([first])) if second is None else (True, itertools.chain([first, second], rest))


def read_facts(content: str) -> dict[str, Any]:
    """One facts object from JSON text. Raises Misuse saying what is wrong with it."""
    if len(content) > MAX_BYTES:
        raise Misuse(f"at most {MAX_BYTES} characters of facts")
    try:
        given = json.loads(content, object_pairs_hook=_each_key_once, parse_constant=_no_constant)
    except Misuse:
        raise
    except json.JSONDecodeError as error:
        raise Misuse(f"not JSON: {error.msg} in line {error.lineno}, column {error.colno}") from None
    except ValueError:
        raise Misuse("not JSON that can be read: a number has too many digits") from None
    except RecursionError:
        raise Misuse("not JSON that can be read: nested too deep") from None
    if not isinstance(given, dict):
        raise Misuse("facts are one JSON object")
    return given


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise Misuse(f"the key {next(n for n in names if names.count(n) > 1)!r} is there twice")
    return found


def _no_constant(name: str) -> float:
    raise Misuse(f"{name} is not a JSON number")


def add(subparsers: Any) -> Any:
    """Add `regulations` to a parser's commands; each subcommand sets `run`, from the arguments to the exit status.

    Returns the subparsers, so that other rooms can add to them.
    """
    parser = subparsers.add_parser("regulations", help="the regulations: list, show, check, evaluate, diff, backtest")
    acts = parser.add_subparsers(dest="act", required=True)
    _add(acts, "list", "every regulation and its versions", _run_list)
    shown = _add(acts, "show", "one regulation as text", _run_show)
    shown.add_argument("id", help="for example eu-tco-removal-order")
    shown.add_argument("version", nargs="?", help="the newest where none is named")
    languages = tuple(LANGUAGES)
    shown.add_argument("--language", choices=languages, default="en", help="the language of the text")
    checked = _add(acts, "check", "whether the packs can come in force", _run_check)
    checked.add_argument("place", nargs="?", type=Path, help="a pack's file, or a folder of them; else those that ship")
    judged = _add(acts, "evaluate", "judge a facts object", _run_evaluate)
    judged.add_argument("facts", help="a file with a JSON object (docs/facts.md), or one a line; - for standard input")
    compared = _add(acts, "diff", "what differs between two versions, and when the outcome does", _run_diff)
    compared.add_argument("old", metavar="A", help="a pack's file, ID/VERSION, or ID for the newest")
    compared.add_argument("new", metavar="B", help="the same")
    _add_prove(acts)
    return acts


NO_PROVER = "the prover is not installed: it comes with the developer's environment (make check makes it)"


def _add_prove(acts: Any) -> None:
    """`prove` is a package of its own, for developers and CI; a server without it says so."""
    if util.find_spec("comity_prove") is not None:
        import_module("comity_prove.command").add(acts)
        return
    _add(acts, "prove", "prove regulations free of contradiction, for all facts", _no_prover).add_argument(
        "pack", nargs="*"
    )


def _no_prover(args: argparse.Namespace) -> int:
    print(f"comity regulations prove: {NO_PROVER}", file=sys.stderr)
    return 2


def _add(acts: Any, name: str, says: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=says)
    parser.add_argument("--json", action="store_true", help="JSON on standard output")
    parser.set_defaults(run=_told(run))
    return parser


def _told(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Misuse becomes one line on standard error and exit status 2."""

    def told(args: argparse.Namespace) -> int:
        try:
            return run(args)
        except (Misuse, facts.FactsWrong, packs.NoPack, PackError, OSError, UnicodeDecodeError) as error:
            print(f"comity regulations {args.act}: {_line(error)}", file=sys.stderr)
            return 2

    return told


def _line(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).split())


def _out(args: argparse.Namespace, found: object, plain: str) -> None:
    print(json.dumps(found, ensure_ascii=False, indent=1) if args.json else plain)


def _run_list(args: argparse.Namespace) -> int:
    rows = list_packs()
    _out(args, rows, "\n".join(f"{r['id']}  {r['version']}  since {r['in_force_from']}  {r['title']}" for r in rows))
    return 0


def _run_show(args: argparse.Namespace) -> int:
    found = show(args.id, args.version, args.language)
    _out(args, found, found["text"])
    return 0


def _run_check(args: argparse.Namespace) -> int:
    if args.place is not None and not args.place.exists():
        raise Misuse(f"{args.place}: no such file or folder")
    errors = check(args.place)
    lines = [f"{e['file']}:{e['line']}: {e['field']}: {e['rule']}" for e in errors]
    _out(args, {"errors": errors}, "\n".join(lines) or "All packs can come in force.")
    return 1 if errors else 0


def _run_diff(args: argparse.Namespace) -> int:
    found = compare(args.old, args.new)
    _out(args, found, _compared(found))
    return 0


def _compared(found: Mapping[str, Any]) -> str:
    ends = [f"{found[end]['pack']} {found[end]['version']}" for end in ("from", "to")]
    lines = [f"{ends[0]} → {ends[1]}"]
    lines += [f"  {change['says']}{' (words only)' if change['text'] else ''}" for change in found["changes"]]
    told = found["outcomes"]
    lines.append(f"When the outcome differs, of {told['tried']} orders tried (a search, no proof):")
    lines += [
        f"  {row['way']}: {row['before']} → {row['after']} when {diff.when(row)}"
        + "".join(f"\n    {why['check']}: {why['asks']}" for why in row["why"])
        for row in told["differs"]
    ]
    return "\n".join(lines if told["differs"] else [*lines, "  never"])


def _run_evaluate(args: argparse.Namespace) -> int:
    if args.facts == "-":
        return _evaluated(args, sys.stdin)
    with Path(args.facts).open(encoding="utf-8-sig") as file:
        return _evaluated(args, file)


def _evaluated(args: argparse.Namespace, source: TextIO) -> int:
    many, parts = lines_of_facts(source)
    if many:
        return max(_evaluate_line(args, n, line) for n, line in enumerate(parts, 1))
    finding = evaluate(read_facts(next(parts)))
    _out(args, finding, _plain(finding))
    return 0 if finding["outcome"] == "valid" else 1


def _evaluate_line(args: argparse.Namespace, n: int, line: str) -> int:
    """One finding per line; a faulty line says so in its place and stops no other."""
    try:
        finding = evaluate(read_facts(line))
    except (Misuse, facts.FactsWrong, packs.NoPack) as error:
        print(
            json.dumps({"object": n, "error": _line(error)}, ensure_ascii=False)
            if args.json
            else f"{n}  {_line(error)}"
        )
        return 2
    short = f"{n}  {finding['outcome']}  {finding['pack']} {finding['version']}"
    print(json.dumps(finding, ensure_ascii=False, separators=(",", ":")) if args.json else short)
    return 0 if finding["outcome"] == "valid" else 1


def _plain(finding: Finding) -> str:
    """A finding as text, with what would make it valid and which other regulations the request fits."""
    lines = [in_words.finding(finding)]
    if finding.get("nearest"):
        changes = (f"  {c['fact']} = {json.dumps(c['value'], ensure_ascii=False)}" for c in finding["nearest"])
        lines += ["Valid if", *changes, ""]
    if finding.get("candidates"):
        fits = (f"  {c['pack']}  lacks {', '.join(c['lacks']) or 'nothing'}" for c in finding["candidates"])
        lines += ["It might be", *fits, ""]
    return "\n".join(lines)
