"""Everyone's pages of the balance and of proposals. No session, no cookie, no script: so there is no token against
forgery either, and a form does nothing that anybody may not do."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity import clock
from comity.console import lists
from comity.countries import commands as relations
from comity.countries import public_views as of_states
from comity.countries import rules as countries
from comity.countries import speaking
from comity.ledger.life import NotNow
from comity.people.access import at_most
from comity.people.refusals import BadInput
from comity.web import context

from . import by_link, consulting, proposing, public, rules
from .models import Proposal
from .views import country_of
from .views import number as number_of

MINUTE = 60


def _realm(realm: str) -> str:
    """The realm of a page; the demo's only where there is a demo."""
    if realm == "demo" and not settings.COMITY.demo:
        raise Http404
    return realm


@require_safe
def balance(request: HttpRequest, country: str = "", realm: str = "real") -> HttpResponse:
    """Both families by quarters, for everyone."""
    page = public.balance(_realm(realm), country_of(realm, country), request.GET.get("show", ""))
    shown = {"realm": realm, "page": page, "here": public.path(realm, country), "whole": public.path(realm)}
    return render(request, "balance/public.html", shown)


@require_safe
def table(request: HttpRequest, country: str = "", realm: str = "real") -> HttpResponse:
    """The same for machines: some dozens of lines, whole."""
    country = country_of(_realm(realm), country)
    name = f"balance{'-' if country else ''}{country}.csv"
    made = lists.as_csv(name, public.CSV, public.csv_rows(realm, country))
    return HttpResponse(b"".join(made), headers=dict(made.items()))


@require_safe
def index(request: HttpRequest, realm: str = "real") -> HttpResponse:
    """Every proposal, the latest first."""
    country = request.GET.get("country", "")
    shown = {
        "realm": _realm(realm),
        "rows": public.listed(realm, request.GET.get("state", ""), country),
        "refused": public.refused(realm),
        "here": public.proposals_path(realm),
        "country": countries.name(country) if country in countries.codes(realm) else "",
    }
    return render(request, "balance/public_proposals.html", shown)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@at_most(30, MINUTE)
def new(request: HttpRequest, realm: str = "real") -> HttpResponse:
    """Anyone proposes a change, in plain words; a State by the link that this page sends to its registered address."""
    error: tuple[str, str] = ("", "")
    if request.method == "POST":
        typed = request.POST.get
        try:
            _made, token = proposing.receive(
                _realm(realm), "person", typed("regulation", ""), typed("title", ""), typed("words", ""),
                counter_to=typed("counter_to", "").strip().upper(),
            )  # fmt: skip
            return of_states.quiet(HttpResponseRedirect(f"/proposals/mine/{token}{context.kept(request)}"))
        except BadInput as refused:
            error = (refused.field, refused.rule)
    shown = {
        "realm": _realm(realm),
        "here": public.proposals_path(realm),
        "form": public.new_form(realm, request.POST.dict(), error),
        "states": [(code, countries.name(code)) for code in countries.codes(realm)],
        "sent": "sent" in request.GET,
    }
    return render(request, "balance/new.html", shown, status=400 if error[0] else 200)


@csrf_exempt
@require_POST
@at_most(5, MINUTE)
def ask_for_link(request: HttpRequest, realm: str = "real") -> HttpResponse:
    """Send a State the link by which it proposes, whoever asks; the page says the same whether one was sent or not."""
    try:
        relation = relations.of(_realm(realm), request.POST.get("country", ""))
        if relation.pk is not None:
            speaking.ask_to_propose(relation.pk)
    except countries.UnknownCountry:
        pass
    kept = context.kept(request)
    return HttpResponseRedirect(f"{public.proposals_path(realm)}new{kept}{'&' if kept else '?'}sent#state")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@at_most(20, MINUTE)
def by_state(request: HttpRequest, token: str) -> HttpResponse:
    """A State proposes by its secret link, once."""
    link = speaking.by_token(token, by_link.PURPOSE)
    if link is None:
        raise Http404
    if link.used_at is not None or link.expires_at <= clock.now():
        return of_states.over(request, link)
    error: tuple[str, str] = ("", "")
    if request.method == "POST":
        typed = request.POST.get
        try:
            _made, mine = by_link.propose(link, typed("regulation", ""), typed("title", ""), typed("words", ""))
            return of_states.quiet(HttpResponseRedirect(f"/proposals/mine/{mine}{context.kept(request)}"))
        except BadInput as refused:
            error = (refused.field, refused.rule)
        except speaking.Used:
            return of_states.over(request, link)
    relation = link.relation
    shown = {
        "realm": relation.realm,
        "here": public.proposals_path(relation.realm),
        "form": public.new_form(relation.realm, request.POST.dict(), error),
        "state": countries.name(relation.country),
        "link": link,
    }
    return of_states.quiet(render(request, "balance/new.html", shown, status=400 if error[0] else 200))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@at_most(30, MINUTE)
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """Who proposed follows it by a secret: confirms the draft, or withdraws."""
    found = proposing.by_token(token)
    if found is None:
        raise Http404
    _realm(found.realm)
    error = ""
    if request.method == "POST":
        try:
            by = proposing.with_token(found.id, token)
            if request.POST.get("act") == "confirm":
                proposing.confirm(found.id, by)
            elif request.POST.get("act") == "withdraw":
                proposing.withdraw(found.id, by)
            return of_states.quiet(HttpResponseRedirect(f"{request.path}{context.kept(request)}"))
        except (BadInput, NotNow) as refused:
            error = str(refused)
    shown = {
        "realm": found.realm,
        "page": public.proposal(found),
        "draft": public.differs(found) if found.draft else None,
        "confirms": found.state == "shaped" and found.confirmed_at is None,
        "withdraws": (found.state, "withdraw") in rules.PROPOSAL_LIFE,
        "error": error,
    }
    return of_states.quiet(render(request, "balance/mine.html", shown, status=400 if error else 200))


def _found(id: str) -> Proposal:
    found = Proposal.objects.filter(id=id).select_related("counter_to").first()
    if found is None:
        raise Http404
    _realm(found.realm)
    return found


@require_safe
def proposal(request: HttpRequest, id: str) -> HttpResponse:
    """One proposal, for everyone: its words, what differs, what it would have done, comments, answers and votes."""
    found = _found(id)
    return _shown(request, found)


def _shown(request: HttpRequest, found: Proposal, text: str = "", error: str = "", status: int = 200) -> HttpResponse:
    page = public.proposal(found, number_of(request, "after"), number_of(request, "alike"))
    shown: dict[str, Any] = {
        "realm": found.realm,
        "page": page,
        "here": public.proposals_path(found.realm),
        "form": public.comment_form(found, text, error) if page["open"] else None,
        "sent": "sent" in request.GET,
        "too_late": {"says": error, "text": text} if error and not page["open"] else None,
    }
    return render(request, "balance/public_proposal.html", shown, status=status)


@csrf_exempt
@require_POST
@at_most(10, MINUTE)
def comment(request: HttpRequest, id: str) -> HttpResponse:
    """Anyone comments on a published proposal, while its consultation is open."""
    found, text = _found(id), request.POST.get("text", "")
    try:
        consulting.comment(found.id, text)
    except BadInput as refused:
        return _shown(request, found, text[:50_000], refused.rule, 400)
    kept = context.kept(request)
    return HttpResponseRedirect(f"/proposals/{found.id}{kept}{'&' if kept else '?'}sent#comments")
