"""Pages of people: signing in, one's own keys. They decide nothing.

The staff list is in `staff_views.py`, the founding in `founding_views.py`; one-time links are opened in `admissions`.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import access, admissions, approvals, challenges, commands, passkeys, staff_pages
from .access import at_most, failures_at_most, signed_in, where_passkeys_work
from .commands import Refused
from .models import Key, Person
from .passkeys import PasskeyRefused
from .rules import may

MINUTE = 60
FAILURES = 20


def answer_of(request: HttpRequest) -> dict[str, Any]:
    """What the browser's passkey answered. Raises PasskeyRefused."""
    return passkeys.parse(request.POST.get("response", ""))


def _refused(error: Exception, status: int = 400) -> JsonResponse:
    return JsonResponse({"error": str(error)}, status=status)


def frame_of(request: HttpRequest) -> dict[str, Any]:
    """The frame around a page of people."""
    me, realm = access.me(request), access.person_of(request).realm
    switch = {"url": "/demo/", "text": _("Be someone else")} if realm == "demo" else None
    return {"me": {**me, "switch": switch}, "realm": realm, "current": "people"}


def home_of(person: Person) -> str:
    """Where somebody goes who has signed in and asked for no page: to what is theirs to do."""
    if may(person, "console.view"):
        return str(settings.LOGIN_REDIRECT_URL)
    if may(person, "council.view", person):
        return "/council/"
    return "/console/people" if may(person, "people.view") else "/people/me"


# In and out -----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@failures_at_most(FAILURES, MINUTE)
@where_passkeys_work
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey; then on to the page that was asked for, or the queue; a candidate gets their own page."""
    wanted = _next(request)
    if request.method != "POST":
        return render(request, "people/sign_in.html", {"next": wanted, "error": ""})
    try:
        challenge = challenges.lent(request)
        key = commands.identify(challenge, answer_of(request))
        commands.sign_in(request, key, challenge)
    except PasskeyRefused as refusal:
        return render(request, "people/sign_in.html", {"next": wanted, "error": str(refusal)}, status=400)
    default = wanted == settings.LOGIN_REDIRECT_URL
    return HttpResponseRedirect(home_of(key.person) if default or not key.person.roles else wanted)


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    here = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if here and wanted.startswith("/") else settings.LOGIN_REDIRECT_URL


@require_POST
def sign_in_options(request: HttpRequest) -> HttpResponse:
    """The options to sign in with any passkey of this site. Stores nothing here."""
    challenge = secrets.token_bytes(32)
    return challenges.lend(JsonResponse(passkeys.request_options(challenge, None)), challenge)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session. Following a link ends nothing: it shows the button."""
    if request.method == "POST":
        commands.sign_out(request)
    return render(request, "people/sign_out.html", {"out": not request.user.is_authenticated})


# Oneself --------------------------------------------------------------------------------------------------------------


@require_GET
@signed_in
def people(request: HttpRequest) -> HttpResponse:
    """To the list for those who may see it, otherwise to one's own page."""
    return HttpResponseRedirect("/console/people" if may(request.user, "people.view") else "/people/me")


@require_GET
@signed_in
@where_passkeys_work
def me(request: HttpRequest) -> HttpResponse:
    """Who I am here, my keys, and ending all my sessions."""
    return _me(request)


def _me(request: HttpRequest, error: str = "") -> HttpResponse:
    person = access.person_of(request)
    shown = {
        "frame": frame_of(request),
        "person": person,
        "roles": ", ".join(person.roles),
        "keys": Key.objects.filter(person=person).order_by("-enrolled_at"),
        "may_add": may(person, "key.add", person),
        "wait": [one for one in admissions.waiting() if one.text.get("person") == str(person.id)],
        "changes": staff_pages.changes() if may(person, "people.view") else (),
        "error": error,
    }
    return render(request, "people/me.html", shown, status=400 if error else 200)


@require_POST
@signed_in
def end_my_sessions(request: HttpRequest) -> HttpResponse:
    """End every session of mine, including this one."""
    person = access.person_of(request)
    access.demand(request, "sessions.end", person)
    commands.end_sessions(person, person.by)
    return HttpResponseRedirect(settings.LOGIN_URL)


@require_POST
@signed_in
@at_most(120, MINUTE)
def confirm_options(request: HttpRequest) -> HttpResponse:
    """Before a key is added, one of those held must be used: a stolen session cannot add its own."""
    person = access.person_of(request)
    access.demand(request, "key.add", person)
    held = Key.objects.filter(person=person, ended_at=None)
    challenge = challenges.issue(request, "confirm")
    return JsonResponse(passkeys.request_options(challenge, [bytes(key.public) for key in held]))


@require_POST
@signed_in
@at_most(120, MINUTE)
def key_options(request: HttpRequest) -> HttpResponse:
    """The options to make one more passkey, after a held one has been used."""
    person = access.person_of(request)
    access.demand(request, "key.add", person)
    held = [bytes(key.public) for key in Key.objects.filter(person=person, ended_at=None)]
    try:
        challenge, _about = challenges.spend(request, "confirm")
        passkeys.verify_assertion(challenge, held, answer_of(request))
    except PasskeyRefused as refusal:
        return _refused(refusal)
    challenge = challenges.issue(request, "add-key")
    return JsonResponse(passkeys.registration_options(person.id.bytes, person.name, held, challenge))


@require_POST
@signed_in
def add_key(request: HttpRequest) -> HttpResponse:
    """Store the passkey that was just made."""
    person = access.person_of(request)
    access.demand(request, "key.add", person)
    try:
        challenge, _about = challenges.spend(request, "add-key")
        commands.add_key(person, challenge, answer_of(request))
    except (PasskeyRefused, Refused) as refusal:
        return _me(request, str(refusal))
    return HttpResponseRedirect("/people/me")


@require_POST
@signed_in
def end_key(request: HttpRequest) -> HttpResponse:
    """End one of my passkeys, and with it all my sessions."""
    person = access.person_of(request)
    access.demand(request, "key.end", person)
    try:
        commands.end_key(person, request.POST.get("key", ""), person.by)
    except Refused as refusal:
        return _me(request, str(refusal))
    return HttpResponseRedirect("/people/me")


@require_POST
@signed_in
def act_options(request: HttpRequest, hash: str) -> HttpResponse:
    """The options with which this person may sign an act."""
    try:
        return JsonResponse(approvals.options(access.person_of(request), hash))
    except approvals.ApprovalRefused as refusal:
        if refusal.reason == "realm":  # another realm's act looks like one that doesn't exist
            refusal = approvals.ApprovalRefused("unknown")
        return _refused(refusal, 404 if refusal.reason == "unknown" else 409)
