"""The page on which a desk is founded: who is on the list, what they sign, one button for each thing to do."""

from __future__ import annotations

import uuid
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from . import approvals, challenges, commands, founding, passkeys, staff_pages
from .access import View, at_most, failures_at_most, where_passkeys_work
from .approvals import ApprovalRefused
from .commands import Refused
from .models import ROLES
from .passkeys import PasskeyRefused
from .rules import COUNCIL, DECIDING, GUARDIAN
from .views import FAILURES, MINUTE, answer_of, home_of


def _at_founding(view: View) -> View:
    """Show on the page why a link no longer founds anything, and what was refused."""

    @failures_at_most(FAILURES, MINUTE)
    @wraps(view)
    def inner(request: HttpRequest, token: str) -> HttpResponseBase:
        try:
            founding.open_founding(token)
        except Refused as refusal:
            return render(request, "people/closed.html", {"why": str(refusal), "founding": True}, status=410)
        try:
            return view(request, token)
        except (Refused, PasskeyRefused) as refusal:
            return _page(request, token, str(refusal), 400)
        except ApprovalRefused as refusal:
            return _page(request, token, str(refusal), 409)

    return inner


@require_http_methods(["GET", "HEAD"])
@where_passkeys_work
@_at_founding
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Who founds this desk, what is signed, and who has signed so far."""
    return _page(request, token)


def _page(request: HttpRequest, token: str, error: str = "", status: int = 200) -> HttpResponse:
    people, act = founding.founders(), founding.charter()
    signed = founding.signed_by(act) if act else set()
    shown = {
        "token": token,
        "people": [(one, _figures(one), one.person.id in signed) for one in people],
        "charter": act,
        "alone": bool(act and founding.text_of(act)["alone"]),
        "signed": len(signed),
        "lacks": founding.missing(people),
        "error": error,
    }
    return render(request, "people/founding.html", shown | _typed(request), status=status)


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What the form to enrol holds: what was typed, where it was refused, and else what most desks need."""
    given = request.POST if "jurisdiction" in request.POST else QueryDict(mutable=True)
    ticked = given.getlist("role") if given else commands.FIRST_ROLES
    place = given.get("jurisdiction", settings.COMITY.provider["establishment"] or "")
    roles = [(role, role in DECIDING | GUARDIAN, role in ticked) for role in ROLES if role not in COUNCIL]
    return {"all_roles": roles, "place": place[:2], "domain": given.get("domain", "")[:100]}


def _figures(one: founding.Founder) -> str:
    return ", ".join(staff_pages.figures(passkeys.fingerprint(bytes(key.public))) for key in one.keys)


@require_POST
@at_most(120, MINUTE)
@_at_founding
def options(request: HttpRequest, token: str) -> HttpResponse:
    """The `navigator.credentials.create` options for a founder's passkey."""
    person = uuid.uuid4()
    challenge = challenges.issue(request, f"founding:{token}", person=str(person))
    return JsonResponse(passkeys.registration_options(person.bytes, f"founder-{person.hex[:6]}", [], challenge))


@require_POST
@_at_founding
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Enrol as a founder."""
    challenge, about = challenges.spend(request, f"founding:{token}")
    roles, place = request.POST.getlist("role"), request.POST.get("jurisdiction", "")
    domain = request.POST.get("domain", "")
    founding.join(token, roles, place, uuid.UUID(about["person"]), challenge, answer_of(request), domain)
    return HttpResponseRedirect(f"/people/founding/{token}")


@require_POST
@_at_founding
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Take a founder off the list."""
    try:
        who = uuid.UUID(request.POST.get("person", ""))
    except ValueError:
        raise Refused("person: nobody was named") from None
    founding.leave(token, who)
    return HttpResponseRedirect(f"/people/founding/{token}")


@require_POST
@_at_founding
def alone(request: HttpRequest, token: str) -> HttpResponse:
    """Say that this desk is one person."""
    if request.POST.get("alone") != "yes":
        raise Refused("Tick that you are alone, if you are.")
    founding.choose_alone(token)
    return HttpResponseRedirect(f"/people/founding/{token}")


@require_POST
@_at_founding
def sign_options(request: HttpRequest, token: str) -> HttpResponse:
    """The `navigator.credentials.get` options with which any founder who hasn't signed may sign the charter."""
    act = founding.charter()
    held = approvals.held_by(founding.unsigned(act)) if act else []
    if act is None or not held:
        return JsonResponse({"error": "There is nothing to sign. Load the page again."}, status=409)
    return JsonResponse(passkeys.request_options(bytes.fromhex(act.hash), held))


@require_POST
@_at_founding
def sign(request: HttpRequest, token: str) -> HttpResponse:
    """Sign the charter; the last signer founds the desk and is signed in."""
    key, founded = founding.sign(token, request.POST.get("charter", ""), answer_of(request))
    if not founded:
        return HttpResponseRedirect(f"/people/founding/{token}")
    key.person.refresh_from_db()
    commands.sign_in(request, key)
    return HttpResponseRedirect(home_of(key.person))
