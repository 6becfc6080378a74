"""What is attached to something typed is read as a mail's attachment is: in the child, with its limits, once.

What was typed stands. The file fills what was left out, each fact with its place in it; where it says otherwise than
what was typed, that is flagged and shown beside. What it speaks of, and what is odd about it, is told as of any mail.
"""

from collections.abc import Mapping, Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from comity import lane
from comity.ledger.models import Event
from comity.ledger.steps import Tell, step
from comity.reading import child
from comity.regulations.facts import check
from comity.vault import commands as vault

from . import document
from .commands import locked, reading_context
from .facts import BLANK, changed, put
from .models import Request

READ = "read-files"
UNREAD = "unread-attachment"
DIFFERS = "parts-differ"
OTHERWISE = "otherwise"
SPOKEN = ("signed", "suggestions", "speaks", "dates", "claims", "person_claim")
# what is said of a mail's head and text, which are our own here
OF_THE_MAIL = frozenset({"no-legal-basis", "display-name-differs", "several-orders", "missing-elements", "automatic"})


def read_files(event: Event) -> None:
    """Read the files that came with what was typed on our page. What can't be read stays, and is flagged."""
    request = Request.objects.get(id=_about(event))
    if not _waits(request):
        return
    try:
        told = {"dns": False, "unproven": lane.current() == lane.UNPROVEN}
        found = child.read(alone(vault.get(request.raw)), reading_context(request) | told)
    except child.ReadingFailed:
        found = {"flags": [UNREAD], "orders": []}
    _read(event, found)


def _about(event: Event) -> str:
    """The request that was typed: what was written on the page of another is named inside."""
    return str(event.sealed.get("request") or event.request)


def _of(event: Event) -> Request:
    return locked(_about(event))


def _waits(request: Request) -> bool:
    """Whether files came with it that nobody read; a mail was read with its own."""
    reading = document.of(request)["reading"] or {}
    return bool(reading.get("door")) and len(reading.get("parts") or ()) > 1 and OTHERWISE not in reading


def alone(raw: bytes) -> bytes:
    """A mail that we made of what was typed, without the words: its files under the same numbers."""
    kept, made = message_from_bytes(raw, policy=SMTP), EmailMessage(policy=SMTP)
    for name in ("From", "To", "Date"):
        made[name] = kept[name]
    made.set_content("\n")
    for part in kept.iter_attachments():
        data, kind = part.get_payload(decode=True), part.get_content_subtype()
        made.add_attachment(data, maintype="application", subtype=kind, filename=part.get_filename())
    return made.as_bytes()


@step(READ, _of)
def _read(event: Event, request: Request, tell: Tell, found: Mapping[str, Any]) -> None:
    if not _waits(request):
        return
    kept = document.of(request)
    typed = document.order(kept)
    filled, otherwise = compared(typed, found["orders"])
    flags = {*found["flags"]} - OF_THE_MAIL | ({DIFFERS} if otherwise else set())
    order = with_filled(typed, filled)
    reading = kept["reading"] | {key: found[key] for key in SPOKEN if found.get(key)}
    reading |= {"orders": [order, *kept["reading"]["orders"][1:]]} if order else {}
    reading |= {"flags": sorted({*reading["flags"], *flags}), OTHERWISE: otherwise}
    request.flags = sorted({*request.flags, *flags})
    request.save(update_fields=["flags"])
    ref = document.keep(request, kept | {"reading": reading})
    public = {"flags": sorted(flags), "read": len(filled), "differ": len(otherwise)}
    tell("files.read", request=request.id, public=public, sealed={"facts": ref})


def compared(
    typed: Mapping[str, Any], orders: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, tuple[Any, Any]], list[dict[str, Any]]]:
    """(what the one order in the files says that was not typed, as path to value and place; what it says otherwise).
    Of several orders, or one of another instrument, nothing is taken: that they are there is what differs."""
    own = [one for one in orders if not one["others"]]
    if not typed or not own:
        return {}, []
    if len(own) > 1 or own[0]["instrument"] != typed["instrument"]:
        return {}, [_place("instrument", typed["instrument"], one["instrument"], one) for one in own]
    filled: dict[str, tuple[Any, Any]] = {}
    otherwise: list[dict[str, Any]] = []
    for path, value in changed(typed["facts"], own[0]["facts"]).items():
        was = _at(typed["facts"], path)
        if was in BLANK and path not in typed["places"]:
            filled[path] = (value, own[0]["places"].get(path) or {"where": "its file", "part": own[0]["part"]})
        else:
            otherwise.append(_place(path, was, value, own[0]))
    return filled, otherwise


def _place(path: str, typed: Any, says: Any, order: Mapping[str, Any]) -> dict[str, Any]:
    where = order["places"].get(path, {}).get("where", "")
    return {"path": path, "typed": typed, "says": says, "where": where, "part": order["part"]}


def _at(facts: Mapping[str, Any], path: str) -> Any:
    held: Any = facts
    for key in path.split("."):
        held = held.get(key) if isinstance(held, Mapping) else None
    return held


def with_filled(typed: Mapping[str, Any], filled: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """The order as typed, with what its file says beside; without a value that no fact may be."""
    if not typed:
        return {}
    facts = typed["facts"] | {home: dict(typed["facts"].get(home) or {}) for home in ("form", "non_disclosure")}
    places = dict(typed["places"])
    for path, (value, place) in filled.items():
        put(facts, path, value)
        if check(facts):
            put(facts, path, ...)
        else:
            places[path] = place
    return {**typed, "facts": {key: value for key, value in facts.items() if value != {}}, "places": places}
