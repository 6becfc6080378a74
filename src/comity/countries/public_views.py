"""Everyone's pages of countries, and the two that a State opens by its secret link. No session, no cookie, no script:
so there is no token against forgery either, and a form does nothing that its link doesn't allow."""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity import clock
from comity.people.access import at_most
from comity.people.refusals import BadInput
from comity.web import context

from . import commands, public, rules, speaking
from .models import Link, Relation
from .speaking import Used

MINUTE = 60
# (realm, country) → what that State proposed to change, for its page
Proposed = Callable[[str, str], Sequence[Any]]


def _realm(realm: str) -> str:
    """The realm of a page; the demo's only where there is a demo."""
    if realm == "demo" and not settings.COMITY.demo:
        raise Http404
    return realm


@require_safe
def index(request: HttpRequest, realm: str = "real") -> HttpResponse:
    """How we stand with each country: a map, and the table that says the same."""
    shown = {"realm": _realm(realm), "here": _here(realm), **public.world(realm)}
    return render(request, "countries/world.html", shown)


def _here(realm: str) -> str:
    return "/countries/demo/" if realm == "demo" else "/countries/"


@require_safe
def country(request: HttpRequest, country: str, proposed: Proposed, realm: str = "real") -> HttpResponse:
    """How we stand with one country, what both sides say, and the figures that betray no order."""
    try:
        relation = commands.of(_realm(realm), country)
    except rules.UnknownCountry as unknown:
        return _unknown(request, unknown, realm)
    shown = {"realm": realm, "here": _here(realm), "page": public.country_page(relation), "sent": "sent" in request.GET}
    shown |= {"proposed": proposed(realm, relation.country), "demo_part": "demo/" if realm == "demo" else ""}
    return render(request, "countries/public.html", shown)


def _unknown(request: HttpRequest, unknown: rules.UnknownCountry, realm: str) -> HttpResponse:
    shown = {"title": _("No such country"), "says": str(unknown), "back": _here(realm), "realm": realm}
    return render(request, "web/error.html", shown, status=404)


@csrf_exempt
@require_POST
@at_most(5, MINUTE)
def ask_for_link(request: HttpRequest, country: str, realm: str = "real") -> HttpResponse:
    """Send the link to the registered address, whoever asks; the page says the same whether one was sent or not."""
    try:
        relation = commands.of(_realm(realm), country)
    except rules.UnknownCountry as unknown:
        return _unknown(request, unknown, realm)
    if relation.pk is not None:
        speaking.ask_for_link(relation.pk)
    kept = context.kept(request)
    return HttpResponseRedirect(f"{_here(realm)}{country}{kept}{'&' if kept else '?'}sent#speak")


# -- by a secret link -------------------------------------------------------------------------------------------------


def _link(token: str, purpose: str) -> Link:
    found = speaking.by_token(token, purpose)
    if found is None:
        raise Http404
    return found


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@at_most(20, MINUTE)
def speak(request: HttpRequest, token: str) -> HttpResponse:
    """A State says something, once: its words are stored before the page says so."""
    link = _link(token, rules.STATEMENT)
    text, about, error = request.POST.get("text", ""), request.POST.get("about", ""), ""
    if request.method == "POST":
        try:
            speaking.speak(link, text, _("by the link sent to its registered address"), about)
            return quiet(HttpResponseRedirect(f"{request.path}{context.kept(request)}"))
        except BadInput as refused:
            error = refused.rule
        except Used:
            return over(request, link)
    if link.used_at is None and link.expires_at <= clock.now():
        return over(request, link)
    shown = _of_link(link)
    shown["words"] = next((one for one in public.said(link.relation) if one.id == link.said_id), None)
    shown["form"] = None if link.used_at else public.speak_form(text, about, link.relation, error)
    return quiet(render(request, "countries/speak.html", shown, status=400 if error else 200))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@at_most(20, MINUTE)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A registered address is read: to open the page is not enough, as machines open links too."""
    link = _link(token, rules.CONTACT)
    if request.method == "POST":
        try:
            speaking.confirm(link)
            return quiet(HttpResponseRedirect(f"{request.path}{context.kept(request)}"))
        except Used:
            return over(request, link)
    if link.used_at is None and link.expires_at <= clock.now():
        return over(request, link)
    return quiet(render(request, "countries/confirm.html", _of_link(link)))


def _of_link(link: Link) -> dict[str, Any]:
    relation: Relation = link.relation
    return {"link": link, "name": rules.name(relation.country), "realm": relation.realm, "here": page_of(relation)}


def page_of(relation: Relation) -> str:
    """Where everyone sees how we stand with a country."""
    return f"{_here(relation.realm)}{relation.country}"


def over(request: HttpRequest, link: Link) -> HttpResponse:
    """The answer to a link that no longer works."""
    used = link.used_at is not None or speaking.was_used(link)
    says = (
        _("This link was used already; each works once. What was written with it is kept.")
        if used
        else _("The time of this link is over, or a newer one was sent to the registered address.")
    )
    shown = {"title": _("This link no longer works"), "says": says, "back": page_of(link.relation)}
    return quiet(render(request, "web/error.html", shown | {"realm": link.relation.realm}, status=410))


def quiet(response: HttpResponse) -> HttpResponse:
    """Nothing of a secret page stays in a cache, a search engine or another site's log."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
