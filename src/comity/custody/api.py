"""The door for custodians' programs, below `/custodians/`: who calls is known by their signature over each call (the
contract is `comity_seal`'s README); no cookie, no session. Nothing is decided here."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from comity import clock
from comity.people.access import failures_at_most
from comity.vault import commands as vault
from comity.web.middleware import takes_file
from comity_seal import asking, texts

from . import answering, rostered
from .answering import Refused
from .models import Envelope, Opening, Roster

FAILURES, MINUTE = 20, 60
JSON = "application/json"


def door(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """What every call has: a refusal is JSON, and guesses are few."""

    @csrf_exempt
    @failures_at_most(FAILURES, MINUTE)
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refused as no:
            return JsonResponse({"error": no.code, "says": no.says}, status=no.status)
        except vault.Gone:
            return JsonResponse({"error": "over", "says": "What was kept has reached its end."}, status=410)

    return inner


def caller(request: HttpRequest) -> tuple[str, str]:
    """Which custodian of which realm calls, by the signature over this very call. Raises Refused, also for a key that
    the roster in force doesn't name any more, whatever its name is.

    A repeated call is harmless: reading is, and the same answer again changes nothing.
    """
    header, path = request.headers.get("Authorization", ""), request.get_full_path()
    rows = list(Roster.objects.order_by("realm", "version"))
    found = [(row, rostered.signed(row).roster) for row in rows]
    now = int(clock.now().timestamp())
    try:
        who = asking.verify(header, request.method or "", path, request.body, [one for _, one in found], now)
    except asking.NotAsked as no:
        raise Refused(401, "signature", f"{no}.") from None
    except RawPostDataException:  # a form: its bytes were taken apart before anybody asked for them
        raise Refused(415, "body", "What is sent is JSON, and says so in Content-Type.") from None
    last = {row.realm: one for row, one in found}
    for realm, one in last.items():
        if any((them.name, them.signs) == (who.name, who.signs) for them in one.custodians):
            return realm, who.name
    raise Refused(403, "revoked", "You are no custodian of this gateway any more.")


def _opening(request: HttpRequest, id: str) -> tuple[str, Opening]:
    realm, name = caller(request)
    opening = answering.called(id, name)
    if opening.realm != realm:
        raise Refused(404, "unknown", "There is no such opening, or you were not called for it.")
    return name, opening


@door
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What the caller may answer, and which roster is in force."""
    realm, name = caller(request)
    row = rostered.current(realm)
    them = [{"opening": one.id} for one in answering.waiting(realm, name)]
    return JsonResponse({"v": 1, "roster": row.version if row else 0, "openings": them})


@door
@require_safe
def opening(request: HttpRequest, id: str) -> HttpResponse:
    """The request, as its digest has it."""
    _, found = _opening(request, id)
    return HttpResponse(vault.get(found.request), content_type=JSON)


@door
@require_safe
def card(request: HttpRequest, id: str) -> HttpResponse:
    """What the caller is given of the item: its heads, its platform's signature, and their own envelope."""
    name, found = _opening(request, id)
    envelope = Envelope.objects.filter(item=found.item_id, custodian=name).first()
    if envelope is None:
        raise Refused(404, "unknown", "The item has no envelope for you.")
    said = json.loads(vault.get(found.item.card)) | {"mine": {name: texts.b64(vault.get(envelope.doc))}}
    return HttpResponse(texts.canonical(said), content_type=JSON)


@door
@require_safe
def order(request: HttpRequest, id: str) -> HttpResponse:
    """The order as it came, whose hash the request names: its bytes, however many."""
    _, found = _opening(request, id)
    return HttpResponse(vault.get(found.case.request.raw), content_type="application/octet-stream")


@door
@require_POST
def answer(request: HttpRequest, id: str) -> HttpResponse:
    """Take what a custodian answers."""
    name, found = _opening(request, id)
    answering.take(found.id, name, request.body)
    return JsonResponse({"v": 1, "state": Opening.objects.get(id=found.id).state})


takes_answer = takes_file(answer, answering.LARGEST)


@door
@require_safe
def roster(request: HttpRequest, version: int) -> HttpResponse:
    """A roster of the caller's realm, for whoever follows them."""
    realm, _ = caller(request)
    row = Roster.objects.filter(realm=realm, version=version).first()
    if row is None:
        raise Refused(404, "unknown", "There is no such roster.")
    return HttpResponse(bytes(row.raw), content_type=JSON)
