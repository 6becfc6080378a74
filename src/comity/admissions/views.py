"""Pages of admissions: entering by a one-time link, one admission for who signs, and what anybody may say to it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comity.people import access, challenges, passkeys
from comity.people import admissions as texts
from comity.people import commands as people
from comity.people.access import at_most, failures_at_most, signed_in, where_passkeys_work
from comity.people.approvals import ApprovalRefused
from comity.people.commands import Refused
from comity.people.models import Invite, Person
from comity.people.passkeys import PasskeyRefused
from comity.people.refusals import BadInput, NotAllowed
from comity.people.staff_pages import figures
from comity.people.views import FAILURES, MINUTE, answer_of, frame_of, home_of

from . import commands, pages, rules
from .models import Admission

HOUR = 3600

# Coming in ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@failures_at_most(FAILURES, MINUTE)
@where_passkeys_work
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link: what it is for, and the button that makes the passkey; then a session as the candidate."""
    try:
        found = people.open_invite(token)
        if found.by == people.FOUNDERS:
            return HttpResponseRedirect(f"/people/founding/{token}")
        if request.method != "POST":
            return _invitation(request, found, token)
        challenge, about = challenges.spend(request, f"invite:{token}")
        key = commands.enrol(token, uuid.UUID(about["person"]), challenge, answer_of(request))
    except Refused as refusal:
        return render(request, "people/closed.html", {"why": str(refusal)}, status=410)
    except PasskeyRefused as refusal:
        return _invitation(request, found, token, str(refusal))
    people.sign_in(request, key)
    return HttpResponseRedirect("/people/me")


def _invitation(request: HttpRequest, found: Invite, token: str, error: str = "") -> HttpResponse:
    shown = {"invite": found, "roles": ", ".join(found.roles), "deciding": rules.decides(found.roles)}
    told = {**shown, "token": token, "error": error}
    return render(request, "people/invitation.html", told, status=400 if error else 200)


@require_POST
@at_most(120, MINUTE)
def invitation_options(request: HttpRequest, token: str) -> HttpResponse:
    """The `navigator.credentials.create` options for the first passkey."""
    try:
        found = people.open_invite(token)
    except Refused as refusal:
        return JsonResponse({"error": str(refusal)}, status=410)
    person = uuid.uuid4()
    challenge = challenges.issue(request, f"invite:{token}", person=str(person))
    name = people.name_for(person, found.roles, found.jurisdiction)
    return JsonResponse(passkeys.registration_options(person.bytes, name, [], challenge))


# One admission --------------------------------------------------------------------------------------------------------


def _for_signers(view: Callable[[HttpRequest, Admission, Person], HttpResponse]) -> Callable[..., HttpResponse]:
    """Open a view to whoever may see the people here; what is refused is said on the admission's own page."""

    @wraps(view)
    def inner(request: HttpRequest, id: str) -> HttpResponse:
        viewer = access.demand(request, "people.view")
        row = get_object_or_404(Admission.objects.select_related("person"), id=id)
        try:
            return view(request, row, viewer)
        except NotAllowed:
            return _one(request, row, viewer, "You may not do this.", 403)
        except (BadInput, PasskeyRefused) as refusal:
            return _one(request, row, viewer, str(refusal), 400)
        except (Refused, ApprovalRefused, rules.NotNow) as refusal:
            return _one(request, row, viewer, str(refusal), 409)

    return signed_in(inner)  # type: ignore[return-value]


def _one(request: HttpRequest, row: Admission, viewer: Person, error: str = "", status: int = 200) -> HttpResponse:
    row.refresh_from_db()
    shown = {"frame": frame_of(request), "one": pages.one(row, viewer), "error": error}
    return render(request, "admissions/one.html", shown, status=status)


@require_GET
@_for_signers
def one(request: HttpRequest, row: Admission, viewer: Person) -> HttpResponse:
    """One admission: who comes, what it takes, what was said, and what the viewer may do."""
    return _one(request, row, viewer)


def _back(row: Admission) -> HttpResponse:
    return HttpResponseRedirect(f"/console/people/admissions/{row.id}")


@require_POST
@_for_signers
def sign(request: HttpRequest, row: Admission, viewer: Person) -> HttpResponse:
    """Sign an admission, or a confirmation, with a passkey."""
    commands.sign(viewer, row.id, request.POST.get("act", ""), answer_of(request))
    return _back(row)


@require_POST
@at_most(20, HOUR)
@_for_signers
def object_to(request: HttpRequest, row: Admission, viewer: Person) -> HttpResponse:
    """Object: what was signed is void, and it is put anew with the reason."""
    commands.object_to(viewer, row.id, request.POST.get("reason", ""))
    return _back(row)


@require_POST
@_for_signers
def confirm(request: HttpRequest, row: Admission, viewer: Person) -> HttpResponse:
    """Put to the guardians that who came and who brought them are two people."""
    commands.put_confirmation(viewer, row.id)
    return _back(row)


@require_POST
@signed_in
def propose(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Propose somebody who is here for a role that decides."""
    viewer = access.demand(request, "person.propose")
    person = get_object_or_404(Person, pk=person_id)
    try:
        row = commands.propose(viewer, person, [request.POST.get("role", "")])
    except (Refused, NotAllowed) as refusal:
        return render(request, "people/closed.html", {"why": str(refusal), "staff": True}, status=400)
    return _back(row)


# For everyone ---------------------------------------------------------------------------------------------------------


@csrf_exempt  # it sets no cookie, and so needs no token against forgery
@require_http_methods(["GET", "HEAD", "POST"])
@at_most(60, MINUTE)
def public(request: HttpRequest, hash: str) -> HttpResponseBase:
    """An admission as everyone may see it, and say something against it before it is done."""
    row = Admission.objects.select_related("person").filter(act=hash, state__in=rules.OPEN).first()
    if row is None or not rules.decides(row.roles):
        raise Http404
    return _objected(request, row) if request.method == "POST" else _public(request, row)


@at_most(5, HOUR)
def _objected(request: HttpRequest, row: Admission) -> HttpResponse:
    try:
        commands.object_from_outside(row.act, request.POST.get("reason", ""))
    except BadInput as bad:
        return _public(request, row, error=str(bad), status=400)
    return _public(request, row, done=True)


def _public(
    request: HttpRequest, row: Admission, error: str = "", status: int = 200, *, done: bool = False
) -> HttpResponse:
    keys = [figures(key) for key in texts.keys_of(row.person)]
    due = rules.due(row.logged_at)
    shown = {"row": row, "keys": keys, "domain": pages.domain_of(row), "due": due, "done": done, "error": error}
    return render(request, "admissions/public.html", shown, status=status)


__all__ = ["confirm", "home_of", "invitation", "object_to", "one", "propose", "public", "sign"]
