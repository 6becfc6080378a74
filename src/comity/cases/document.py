"""The one sealed document of a request: what was read, corrected, resolved and recorded of it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from comity.vault import commands as vault

from .models import Case, Request

EMPTY: Mapping[str, Any] = {
    "reading": None,
    "corrections": [],
    "resolved": {},
    "callbacks": [],
    "verification": None,
    "judged": "",
}


def of(request: Request) -> dict[str, Any]:
    """Everything known of a request. Raises vault.Gone when its time is over."""
    return dict(EMPTY) | (vault.get_json(request.facts) if request.facts else {})


def of_many(requests: Iterable[Request]) -> dict[str, dict[str, Any]]:
    """Everything known of many requests, by their ids, in one query; what is over its time is left out."""
    known = {request.id: request.facts for request in requests}
    opened = vault.get_many([ref for ref in known.values() if ref])
    return {
        id: dict(EMPTY) | (json.loads(opened[ref]) if ref else {})
        for id, ref in known.items()
        if not ref or ref in opened
    }


@dataclass(frozen=True)
class Opened:
    """A document as a step opened it, with its place: looked at before the row is locked, and handed on."""

    ref: str
    kept: dict[str, Any]


def opened(request: Request) -> Opened:
    """The document of a request, to be handed on to what locks it. Raises vault.Gone when its time is over."""
    return Opened(request.facts, of(request))


def current(request: Request, before: Opened) -> dict[str, Any]:
    """The document of a locked request: opened again only where it was sealed anew since it was opened before."""
    return dict(before.kept) if request.facts == before.ref else of(request)


def orders(document: Mapping[str, Any]) -> int:
    """How many orders its mail holds; 1 also where there is none: what waits is one thing too."""
    return max(len((document["reading"] or {}).get("orders") or ()), 1)


def about(document: Mapping[str, Any], n: int) -> dict[str, Any]:
    """The document as it is about the n-th order of its mail (from 0) alone: to be read, never to be kept."""
    if orders(document) == 1:
        return dict(document) | {"order": 0, "of_others": ()}
    reading = document["reading"]
    one = reading["orders"][n]
    others = {flag for other in reading["orders"] for flag in other["flags"]} - {*one["flags"]}
    return dict(document) | {
        "order": n,
        "of_others": tuple(sorted(others)),  # flags of its request that are about the other orders only
        "reading": reading | {"orders": [one], "sheet": one["sheet"]},
        "corrections": [correction for correction in document["corrections"] if correction.get("order", 0) == n],
    }


def shares_its_part(document: Mapping[str, Any], n: int) -> bool:
    """Whether another order stands in the same text or attachment as the n-th, whether or not it has a case."""
    parts = [one["part"] for one in (document["reading"] or {}).get("orders") or ()]
    return len(parts) > 1 and parts.count(parts[n]) > 1


def of_case(case: Case) -> dict[str, Any]:
    """Everything known of the one order that a case is about. Raises vault.Gone when its time is over."""
    return about(of(case.request), case.order)


def keep(request: Request, document: Mapping[str, Any], *also: str) -> str:
    """Seal the document anew and point the request to it, with `also` changed fields of its row; gives the reference.
    The older one stays until its end."""
    request.facts = vault.put_json(document, request.until)
    request.save(update_fields=["facts", *also])
    return request.facts


def envelope(document: Mapping[str, Any]) -> dict[str, Any]:
    """Who wrote, to whom, in which thread: as read, or what was seen of it where the reading failed; else empty."""
    return dict((document["reading"] or document).get("envelope") or {})


def order(document: Mapping[str, Any]) -> dict[str, Any]:
    """The order read from the request, the first where it holds several; empty where there is none."""
    orders = (document["reading"] or {}).get("orders") or [{}]
    return dict(orders[0])


def order_part(document: Mapping[str, Any]) -> int | None:
    """The number of the attached PDF that the order was read from; None where it stood in the mail itself."""
    number, parts = order(document).get("part"), (document["reading"] or {}).get("parts", [])
    return next((int(part["n"]) for part in parts if part.get("n") == number and _is_pdf(part)), None)


def _is_pdf(part: Mapping[str, Any]) -> bool:
    return part.get("type") == "application/pdf" or str(part.get("name") or "").lower().endswith(".pdf")


def said(document: Mapping[str, Any]) -> dict[str, Any]:
    """`{"facts", "places"}` of the first order; where there is none, of what the mail says of a demand; else empty."""
    return order(document) or dict((document["reading"] or {}).get("demand") or {})


def judged(document: Mapping[str, Any]) -> dict[str, Any]:
    """`{"facts", "finding"}` of a request that waits without a case; empty where it was not judged."""
    return dict(vault.get_json(document["judged"])) if document["judged"] else {}


def peek(request: Request) -> dict[str, Any]:
    """Subject, sender and Message-ID as the door saw them."""
    return dict(vault.get_json(request.peek))
