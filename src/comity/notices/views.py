"""HTTP to commands and back: a platform's messages, the list of notices, and the page of one."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from comity.console import lists as files
from comity.console.forms import form_page
from comity.console.frame import frame, realm_of, realms
from comity.console.views import console
from comity.people.access import demand, person_of
from comity.people.rules import Realm, may
from comity.platforms import signed, sources

from . import commands, pages, rules
from .models import Notice


def _no(status: int, code: str, says: str) -> JsonResponse:
    return JsonResponse({"error": code, "says": says}, status=status)


@csrf_exempt  # it is signed, and has no session
@require_POST
def heard(request: HttpRequest, name: str) -> JsonResponse:
    """An event that a platform tells of. What is signed and was taken is answered by 200, and not sent again."""
    source = sources.named(name)
    if source is None:
        return _no(404, "unknown", "No platform of this name is connected.")
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if not declared.isdigit() or int(declared[:12]) > rules.LARGEST:
        return _no(413, "too-large", f"A message has a Content-Length of at most {rules.LARGEST} bytes.")
    given = {header: request.headers.get(header, "") for header in signed.HEADERS}
    try:
        ident, event = signed.opened(source.secret, request.body, given)
        new = commands.take(source, ident, event)
    except signed.NotSigned as no:
        return _no(401, "bad-signature", str(no))
    except ValueError as unfit:
        return _no(400, "bad-event", str(unfit))
    return JsonResponse({"new": new})


@console("GET", most=60)
def index(request: HttpRequest) -> HttpResponseBase:
    """The notices of a realm, and what was counted; the same as CSV."""
    person = person_of(request)
    realm = realm_of(request, person)
    demand(request, "notice.view", Realm(realm))
    wanted = files.asked(request, "q", "state", "before")
    if request.GET.get("format") == "csv":
        return files.as_csv("notices.csv", pages.COLUMNS, map(pages.line, pages.found(realm, wanted).iterator()))
    page = pages.page(realm, wanted, realms(person), sees=may(person, "content.view", Realm(realm)))
    shown = {"frame": frame(request, realm, "requests"), "page": page, "counts": pages.counts(realm)}
    return render(request, "notices/index.html", shown)


@console("GET", "POST", most=60, missing=(Notice.DoesNotExist,))
def notice(request: HttpRequest, id: str) -> HttpResponse:
    """One notice, and the form that closes it."""
    person, found = person_of(request), Notice.objects.get(id=id)
    if not may(person, "notice.view", found):
        raise Notice.DoesNotExist
    if request.method == "POST":
        commands.close(person, found.id, request.POST.get("reason", ""))
        return HttpResponseRedirect(f"/console/notices/{found.id}")
    sees = may(person, "content.view", found)
    if sees:
        commands.look(person, found)
    page = pages.one(found, sees=sees, acts=may(person, "notice.close", found))
    return form_page(request, found.realm, "requests", page)
