"""How an authority applies: the form, and its own page by secret link. No session, no cookie."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from comity import clock
from comity.authorities.dkim import Unreachable
from comity.following.views import quiet
from comity.officers import sessions
from comity.people.access import at_most, failures_at_most
from comity.people.refusals import BadInput
from comity.web import context
from comity.web.parts import Choice, Field

from . import commands, pages, rules, views, words
from .models import Application

MINUTE = 60


def _is_there(realm: str) -> str:
    if realm == "demo" and not settings.COMITY.demo:
        raise Http404
    return "/authorities/demo/" if realm == "demo" else "/authorities/"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@at_most(20, MINUTE)
def apply(request: HttpRequest, realm: str = "real") -> HttpResponseBase:
    """Apply to be on the register."""
    root, wrong = _is_there(realm), None
    if request.method == "POST" and not sessions.ours(request):
        return sessions.elsewhere(request)
    if request.method == "POST":
        try:
            _row, token = commands.apply(views.asked(request.POST), realm)
            return quiet(HttpResponseRedirect(f"/authorities/applied/{token}{context.kept(request)}"))
        except BadInput as refused:
            wrong = refused
    shown: dict[str, Any] = {"realm": realm, "root": root, "fields": _fields(request, realm, wrong)}
    names = {field.name for field in shown["fields"]}
    shown["error"] = str(wrong) if wrong and wrong.field not in names else ""
    return render(request, "accreditation/apply.html", shown, status=400 if wrong else 200)


def _fields(request: HttpRequest, realm: str, wrong: BadInput | None) -> list[Field]:
    given = request.POST
    error = {wrong.field: wrong.rule} if wrong else {}

    def field(name: str, label: str, **more: Any) -> Field:
        return Field(name, label, given.get(name, ""), error=error.get(name, ""), **more)

    kinds = tuple(Choice(code, str(said), given.get("kind") == code) for code, said in words.KINDS.items())
    ticked = given.getlist("competent_for")
    named = pages.instruments(realm, clock.now(), str(get_language() or "en"))
    packs = tuple(Choice(id, title, id in ticked) for id, title in named)
    return [
        field("name", _("Name of the authority")),
        Field("kind", _("What it is"), kind="select", choices=kinds, error=error.get("kind", "")),
        field("country", _("Its State"), hint=_("Two letters, such as FR")),
        field("domains", _("Its mail domain"), hint=_("What stands after @ in its mail; one a line")),
        field(
            "address", _("The address that our answers go to"), kind="email", hint=_("Of that domain, read every day")
        ),
        field("phone", _("Its switchboard"), kind="tel", hint=_("We call a number that we find ourselves")),
        Field("competent_for", _("What it issues"), kind="ticks", choices=packs, error=error.get("competent_for", "")),
        field("who", _("Who you are, and whom we ask for"), kind="long", rows=3, required=False),
    ]


def _found(token: str) -> Application:
    row = commands.by_token(token)
    if row is None:
        raise Http404
    return row


@csrf_exempt
@failures_at_most(10, MINUTE)
@require_http_methods(["GET", "HEAD"])
def applied(request: HttpRequest, token: str) -> HttpResponseBase:
    """How an application stands, and the record that proves its domain."""
    row = _found(token)
    records = [(rules.record_name(one), rules.record_text(row.challenge)) for one in row.domains]
    items = [(words.ITEMS[one.name], one.done) for one in commands.items(row)]
    shown = {"row": row, "realm": row.realm, "records": records, "items": items, "says": words.STATES[row.state]}
    shown |= {"looked": request.GET.get("looked", ""), "open": row.state in rules.OPEN, "here": request.path}
    return quiet(render(request, "accreditation/applied.html", shown))


@csrf_exempt
@require_POST
@at_most(10, MINUTE)
def look(request: HttpRequest, token: str) -> HttpResponseBase:
    """Look now whether the record is published."""
    row = _found(token)
    try:
        said = "yes" if commands.look(row.id) else "no"
    except Unreachable:
        said = "silent"
    kept = context.kept(request)
    return quiet(HttpResponseRedirect(f"/authorities/applied/{token}{kept}{'&' if kept else '?'}looked={said}#looked"))


@csrf_exempt
@failures_at_most(10, MINUTE)
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest, token: str) -> HttpResponseBase:
    """Whoever reads the published address says that the office applies; to open the page is not enough."""
    row = commands.by_mail(token)
    if row is None:
        raise Http404
    if request.method == "POST":
        commands.prove(row)
        return quiet(HttpResponseRedirect(f"{request.path}{context.kept(request)}"))
    return quiet(render(request, "accreditation/prove.html", {"row": row, "realm": row.realm}))
