"""HTTP to commands and back for whoever files a demand. Nothing is decided here, and nothing is kept between the steps:
what was typed goes along in the form itself."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from comity import clock
from comity.authorities import commands as register
from comity.authorities.models import Authority
from comity.cases.filed import FILES_AT_MOST
from comity.following import commands as following
from comity.following.views import files_of, quiet
from comity.officers import sessions
from comity.officers.models import Officer
from comity.people.access import at_most
from comity.people.refusals import BadInput
from comity.regulations.packs import Pack
from comity.web import context

from . import commands, form, words

MINUTE = 60
AT_MOST = 60  # forms that one client sends in a minute
OWN = ("step", "key", "files", "csrfmiddlewaretoken")  # what a form carries beside what was typed


def _root(realm: str) -> str:
    return "/authorities/demo/" if realm == "demo" else "/authorities/"


def _is_there(realm: str) -> None:
    if realm == "demo" and not settings.COMITY.demo:
        raise Http404


def _who(request: HttpRequest, realm: str) -> tuple[Officer | None, Authority | None]:
    """The officer who is signed in, and their office, where it is of this realm."""
    officer = sessions.officer_of(request)
    office = register.entry(officer.authority) if officer else None
    return (officer, office) if office is not None and office.realm == realm else (None, None)


@require_safe
def index(request: HttpRequest, realm: str = "real") -> HttpResponseBase:
    """What an authority can do here."""
    _is_there(realm)
    _, office = _who(request, realm)
    shown = {"realm": realm, "root": _root(realm), "office": office, "demo_offices": _demo_offices(realm)}
    return render(request, "filing/index.html", shown)


def _demo_offices(realm: str) -> list[Authority]:
    return [one for one in form.offices(realm) if one.kind != "service"] if realm == "demo" else []


@require_safe
def choose(request: HttpRequest, realm: str = "real") -> HttpResponseBase:
    """The instruments for which there is a form."""
    _is_there(realm)
    packs = [(pack.id, form.title(pack), pack.act) for pack in form.instruments(realm, clock.now())]
    return render(request, "filing/choose.html", {"realm": realm, "root": _root(realm), "packs": packs})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@at_most(AT_MOST, MINUTE)
def file(request: HttpRequest, instrument: str, realm: str = "real") -> HttpResponseBase:
    """The form of an instrument, what is missing before it is sent, and the sending."""
    _is_there(realm)
    pack = form.of(realm, instrument)
    if pack is None:
        raise Http404
    if request.method == "POST" and not sessions.ours(request):
        return sessions.elsewhere(request)
    officer, office = _who(request, realm)
    if request.method != "POST" or request.POST.get("step") == "edit":
        return _form(request, pack, realm, office)
    try:
        said = form.read(pack, realm, request.POST, vars(request)["zone"], office)
        if request.POST.get("step") != "send":
            return _check(request, said, realm)
        try:
            link = commands.file(said, files_of(request), request.POST.get("key", ""), realm, officer)
        except BadInput as refused:
            return _check(request, said, realm, refused)
    except BadInput as refused:
        return _form(request, pack, realm, office, refused)
    return quiet(HttpResponseRedirect(f"{following.path_of(link)}{context.kept(request)}"))


def _form(
    request: HttpRequest, pack: Pack, realm: str, office: Authority | None, wrong: BadInput | None = None
) -> HttpResponseBase:
    given = request.POST if request.method == "POST" else None
    who, what = form.fields(pack, realm, given, office, wrong)
    names = {field.name for field in (*who, *what)}
    shown = {"realm": realm, "root": _root(realm), "pack": pack, "title": form.title(pack), "who": who, "what": what}
    shown |= {"office": office, "error": str(wrong) if wrong and wrong.field not in names else ""}
    shown |= {"wrong": wrong is not None}
    return render(request, "filing/form.html", shown, status=400 if wrong else 200)


def _check(request: HttpRequest, said: form.Typed, realm: str, wrong: BadInput | None = None) -> HttpResponseBase:
    look = form.look(said, clock.now(), realm)
    pairs = [(words.label(path), value) for path, value in form.shown(said)]
    shown: dict[str, Any] = {"realm": realm, "root": _root(realm), "pack": said.pack, "title": form.title(said.pack)}
    shown |= {"judged": look, "pairs": pairs, "says": said.says, "hidden": _hidden(request.POST), "office": said.office}
    shown |= {"key": request.POST.get("key") or str(uuid4()), "most": FILES_AT_MOST // 1024 // 1024}
    shown |= {"error": wrong.rule if wrong else "", "to": said.email}
    return render(request, "filing/check.html", shown, status=400 if wrong else 200)


def _hidden(given: QueryDict) -> list[tuple[str, str]]:
    return [(name, value) for name in given if name not in OWN for value in given.getlist(name) if value]
