"""The staff list, and what is put and signed about it. A session only puts a change; carrying it out takes a
passkey."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from . import access, admissions, commands, founding, staff_pages, staffing
from .access import signed_in
from .approvals import ApprovalRefused
from .commands import Refused
from .models import ROLES, Invite, Person
from .passkeys import PasskeyRefused
from .rules import VOUCHED, may
from .views import answer_of, frame_of


@require_GET
@signed_in
def staff(request: HttpRequest) -> HttpResponse:
    """Everyone on the desk, acts waiting for a signature, and open invitations."""
    return _staff(request)


def _staff(request: HttpRequest, error: str = "", link: str = "") -> HttpResponse:
    viewer = access.demand(request, "people.view")
    people = Person.objects.filter(realm="real").prefetch_related("keys").order_by("-is_active", "name")[:500]
    waiting = [put for put in admissions.waiting() if put.signed or not put.text["put_by"]]
    shown = {
        "frame": frame_of(request),
        "people": staff_pages.rows(people, waiting),
        "waiting": [staff_pages.opened(put, viewer) for put in waiting],
        "invites": Invite.objects.filter(used_at=None).exclude(by=commands.FOUNDERS).order_by("-made_at")[:50],
        "changes": staff_pages.changes(),
        "all_roles": [(role, role in VOUCHED) for role in ROLES],
        "keeps": may(viewer, "people.invite"),
        "alone": founding.alone(),
        "lacking": founding.lacking(),
        "viewer": viewer,
        "link": link,
        "error": error,
    }
    return render(request, "people/staff.html", shown, status=400 if error else 200)


@require_GET
@signed_in
def act(request: HttpRequest, hash: str) -> HttpResponse:
    """One act on staff: what is signed, and the button for whoever may sign."""
    return _act(request, hash)


def _act(request: HttpRequest, hash: str, error: str = "", status: int = 200) -> HttpResponse:
    viewer = access.demand(request, "people.view")
    put = admissions.read(hash)
    if put is None:
        raise Http404
    shown = {"frame": frame_of(request), "act": staff_pages.opened(put, viewer), "state": put.row.state, "error": error}
    return render(request, "people/act.html", shown, status=status)


@require_POST
@signed_in
def sign(request: HttpRequest, hash: str) -> HttpResponse:
    """Sign an act on staff with a passkey. An invitation's link is shown here, once."""
    viewer = access.demand(request, "people.view")
    try:
        done = staffing.sign(viewer, hash, answer_of(request))
    except PasskeyRefused as refusal:
        return _act(request, hash, str(refusal), 400)
    except (Refused, ApprovalRefused) as refusal:
        return _act(request, hash, str(refusal), 409)
    return _staff(request, link=done.link) if done.link else HttpResponseRedirect("/console/people")


@require_POST
@signed_in
def invite(request: HttpRequest) -> HttpResponse:
    """Put an invitation; its link is made when it is signed."""
    viewer = access.demand(request, "people.invite")
    roles, place = request.POST.getlist("role"), request.POST.get("jurisdiction", "")
    return _put(request, lambda: staffing.propose(viewer, "person.invite", roles, place=place))


@require_POST
@signed_in
def deactivate(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Put the deactivation of a person."""
    person = _person(request, person_id)
    viewer = access.demand(request, "people.deactivate", person)
    return _put(request, lambda: staffing.propose(viewer, "person.deactivate", [], person=person))


@require_POST
@signed_in
def roles(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Put the grant or revocation of one role."""
    person, role = _person(request, person_id), request.POST.get("role", "")
    kind = "role.revoke" if request.POST.get("do") == "revoke" else "role.grant"
    viewer = access.demand(request, kind, person)
    return _put(request, lambda: staffing.propose(viewer, kind, [role], person=person))


def _put(request: HttpRequest, propose: staffing.Propose) -> HttpResponse:
    try:
        return HttpResponseRedirect(f"/console/people/acts/{propose()}")
    except Refused as refusal:
        return _staff(request, str(refusal))


@require_POST
@signed_in
def end_sessions(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """End every session of a person."""
    person = _person(request, person_id)
    viewer = access.demand(request, "sessions.end", person)
    commands.end_sessions(person, viewer.by)
    return HttpResponseRedirect("/console/people")


def _person(request: HttpRequest, person_id: uuid.UUID) -> Person:
    """The person an act is on. Someone who may not see the list doesn't learn from the answer who exists."""
    access.demand(request, "people.view")
    return get_object_or_404(Person, pk=person_id)
