"""`comity requests list|show|raw` and `comity cases list|show`: the operator looks, and that is an event too."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from comity.serve.gateway import DATABASE
from comity.terminal import No, tell

AT_ONCE = 500


def add(commands: Any) -> None:
    """Add requests and cases to the command line."""
    requests = commands.add_parser("requests", help="what came in, as it came")
    acts = requests.add_subparsers(metavar="ACT", required=True)
    _leaf(acts, "list", "every request of every realm", list_requests)
    _leaf(acts, "show", "one request: what was read of it, and what happened", show_request, "R-XXXXXXXX")
    _leaf(acts, "raw", "the bytes as they came, on stdout", raw_request, "R-XXXXXXXX")
    cases = commands.add_parser("cases", help="the cases and what became of them")
    acts = cases.add_subparsers(metavar="ACT", required=True)
    _leaf(acts, "list", "every case of every realm", list_cases)
    _leaf(acts, "show", "one case: facts, finding, timeline", show_case, "C-XXXXXXXX")


def _leaf(acts: Any, name: str, says: str, run: Any, number: str = "") -> None:
    leaf = acts.add_parser(name, help=says)
    if number:
        leaf.add_argument("id", metavar="ID", help=f"its number, such as {number}")
    leaf.set_defaults(run=run, gateway=DATABASE)


def _number(text: str) -> str:
    """A number as the tables have it; empty for what can't be one."""
    asked = text.strip().upper()
    return asked if asked.isascii() and asked.isprintable() else ""


# -- requests ---------------------------------------------------------------------------------------------------------


def list_requests(args: argparse.Namespace) -> int:
    """Every request of every realm, the oldest first; bounces, automatic replies and duplicates too."""
    from .models import Request

    found = Request.objects.order_by("received_at", "id").prefetch_related("joined").iterator(chunk_size=AT_ONCE)
    rows = [row for some in _batches(found) for row in _request_rows(some)]
    lines = (
        f"{row['id']}  {row['received_at']}  {row['realm']:5}  {row['kind']:6}  {row['case'] or '-':10}  "
        f"{row['message_id'] or ''}"
        for row in rows
    )
    tell(args, {"requests": rows}, "\n".join(lines) or "Nothing came in yet.")
    return 0


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    yield batch


def _request_rows(requests: list[Any]) -> list[dict[str, Any]]:
    """The rows of some requests; a Message-ID is null where there was none, or its time is over."""
    from comity.vault import commands as vault

    opened = vault.get_many([request.peek for request in requests])
    peeks = {request.id: json.loads(opened.get(request.peek, b"{}")) for request in requests}
    return [_request_row(request, peeks[request.id]) for request in requests]


def _request_row(request: Any, peek: dict[str, Any]) -> dict[str, Any]:
    joined = sorted(request.joined.all(), key=lambda row: row.id)
    return {
        "id": request.id,
        "realm": request.realm,
        "message_id": peek.get("message_id") or None,
        "kind": request.kind,
        "door": request.door,
        "received_at": rfc3339(request.received_at),
        "bytes": request.bytes,
        "lane": request.lane or None,
        "flags": list(request.flags),
        "grade": request.grade,
        "authority": request.authority or None,
        "case": joined[0].case_id if joined else None,
        "cases": [row.case_id for row in joined],
        "joined": joined[0].how if joined else None,
    }


def rfc3339(at: datetime | None) -> str | None:
    """An instant in UTC to the millisecond; null for none."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None


def show_request(args: argparse.Namespace) -> int:
    """One request: its row, what was read, corrected and verified, the finding where it has no case, and its events."""
    from comity.vault import commands as vault

    from . import commands, document

    request = _request(args.id)
    commands.look_as_operator(request, "reading")
    try:
        known = document.of(request)
        judged = document.judged(known)
    except vault.Gone:
        known, judged = {}, {}
    shown = _request_rows([request])[0] | {
        "reading": known.get("reading"),
        "corrections": known.get("corrections", []),
        "verification": known.get("verification"),
        "facts": judged.get("facts"),
        "finding": judged.get("finding"),
        "timeline": _timeline(request=request.id),
    }
    tell(args, shown, _plain(shown))
    return 0


def raw_request(args: argparse.Namespace) -> int:
    """The exact bytes as they came, on stdout and nothing else."""
    from comity.vault import commands as vault

    from . import commands

    request = _request(args.id)
    commands.look_as_operator(request, "raw bytes")
    try:
        raw = vault.get(request.raw)
    except vault.Gone:
        raise No(f"request {request.id}: its time is over, the bytes are deleted") from None
    sys.stdout.buffer.write(raw)
    sys.stdout.buffer.flush()
    return 0


def _request(number: str) -> Any:
    from .models import Request

    found = Request.objects.filter(id=_number(number)).first()
    if found is None:
        raise No(f"no request {number[:20]!r}: `comity requests list` shows their numbers")
    return found


# -- cases ------------------------------------------------------------------------------------------------------------


def list_cases(args: argparse.Namespace) -> int:
    """Every case of every realm, the oldest first, each with the effects of its measures."""
    from .models import Case

    found = Case.objects.order_by("received_at", "id").prefetch_related("measures__effects")
    rows = [_case_row(case) for case in found.iterator(chunk_size=AT_ONCE)]
    lines = (
        f"{row['id']}  {row['received_at']}  {row['realm']:5}  {row['state']:15}  {row['outcome']:12}  {row['title']}"
        for row in rows
    )
    tell(args, {"cases": rows}, "\n".join(lines) or "No case yet.")
    return 0


def _case_row(case: Any) -> dict[str, Any]:
    return {
        "id": case.id,
        "request": case.request_id,
        "realm": case.realm,
        "instrument": case.instrument,
        "outcome": case.outcome,
        "state": case.state,
        "open": case.open,
        "title": case.title,
        "authority": case.authority or None,
        "country": case.country or None,
        "grade": case.grade,
        "version": case.version,
        "received_at": rfc3339(case.received_at),
        "due": rfc3339(case.due),
        "measures": [_measure(measure) for measure in sorted(case.measures.all(), key=lambda row: row.begun_at)],
    }


def _measure(measure: Any) -> dict[str, Any]:
    """A measure and what was seen of it: from where, inside the territory or not, when, wanted and seen."""
    effects = sorted(measure.effects.all(), key=lambda row: (row.at, row.id))
    return {
        "id": str(measure.id),
        "kind": measure.kind,
        "state": measure.state,
        "territory": list(measure.territory),
        "begun_at": rfc3339(measure.begun_at),
        "acted_at": rfc3339(measure.acted_at),
        "lifted_at": rfc3339(measure.lifted_at),
        "effects": [
            {
                "target": effect.target,
                "country": effect.place,
                "inside": effect.inside,
                "when": effect.when,
                "wanted": effect.wanted,
                "seen": effect.seen,
                "at": rfc3339(effect.at),
            }
            for effect in effects
        ],
    }


def show_case(args: argparse.Namespace) -> int:
    """One case: its row, the facts and the finding as they stand, its deadlines, its requests, and its timeline."""
    from comity.vault import commands as vault

    from . import commands, deciding
    from .models import Case, Finding

    case = Case.objects.filter(id=_number(args.id)).select_related("request").first()
    if case is None:
        raise No(f"no case {args.id[:20]!r}: `comity cases list` shows their numbers")
    commands.look_as_operator(case.request, "facts and finding")
    try:
        kept = deciding.finding_of(case)
    except (vault.Gone, Finding.DoesNotExist):
        kept = {}
    shown = _case_row(case) | {
        "facts": kept.get("facts"),
        "finding": kept.get("finding"),
        "deadlines": [_deadline(row) for row in case.deadlines.order_by("id")],
        "requests": [{"id": row.request_id, "how": row.how} for row in case.joined.order_by("id")],
        "timeline": _timeline(case=case.id, request=case.request_id),
    }
    tell(args, shown, _plain(shown))
    return 0


def _deadline(row: Any) -> dict[str, Any]:
    instants = ("started_at", "due_target", "due_legal", "stopped_at", "met_at")
    return {"id": row.name, "cite": row.cite} | {name: rfc3339(getattr(row, name)) for name in instants}


def _timeline(**of: str) -> list[dict[str, Any]]:
    """Every event of a case, or of its request, in order."""
    from django.db.models import Q

    from comity.ledger.events import KINDS
    from comity.ledger.models import Event

    asked = Q()
    for field, number in of.items():
        asked |= Q(**{field: number})
    return [
        {
            "id": event.id,
            "at": rfc3339(event.at),
            "kind": event.kind,
            "says": KINDS[event.kind].sentence,
            "by": event.by,
            "public": event.public,
            "told": event.told,
        }
        for event in Event.objects.filter(asked).order_by("id")
    ]


# -- text for people --------------------------------------------------------------------------------------------------


def _plain(shown: dict[str, Any]) -> str:
    lines = [f"{key:14} {_word(value)}" for key, value in shown.items() if key not in LONG]
    for key in LONG:
        if shown.get(key):
            lines += ["", key, *_part(key, shown[key])]
    return "\n".join(lines)


LONG = ("reading", "corrections", "verification", "facts", "finding", "deadlines", "requests", "measures", "timeline")


def _part(key: str, part: Any) -> list[str]:
    if key == "timeline":
        return [f"  {line['at']}  {line['says']} ({line['by']}) {_word(line['public'])}".rstrip() for line in part]
    return ["  " + line for line in json.dumps(part, ensure_ascii=False, indent=2, default=str).splitlines()]


def _word(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_word(inner)}" for key, inner in value.items() if inner not in (None, "", [], {}))
    if isinstance(value, list):
        return ", ".join(map(_word, value)) or "none"
    return "-" if value is None else str(value)
