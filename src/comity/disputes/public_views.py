"""Everyone's page of a dispute, and those that a State opens by its secret links. No session, no cookie, no script: so
there is no token against forgery either, and a form does nothing that its link doesn't allow."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from comity import clock
from comity.countries import public as countries
from comity.countries import public_views as shared
from comity.countries import rules as relations
from comity.countries import speaking
from comity.countries.models import Link
from comity.ledger.life import NotNow
from comity.people.access import at_most
from comity.people.refusals import BadInput
from comity.web import context

from . import by_link, papers, public
from .models import Dispute

MINUTE = 60


@require_safe
def dispute(request: HttpRequest, country: str, id: str, realm: str = "real") -> HttpResponse:
    """How a dispute stands, summed up so that both sides could sign it, with the note of each."""
    if realm == "demo" and not settings.COMITY.demo:
        raise Http404
    found = public.seen(id, country, realm)
    if found is None:
        raise Http404
    shown = {"realm": realm, "here": shared.page_of(found.relation), "page": public.page(found)}
    return render(request, "disputes/public.html", shown)


# -- by a secret link -------------------------------------------------------------------------------------------------


def _opened(token: str, purpose: str) -> tuple[Link, Dispute]:
    link = speaking.by_token(token, purpose)
    found = Dispute.objects.select_related("relation").filter(pk=link.thing).first() if link else None
    if link is None or found is None:
        raise Http404
    return link, found


def _shown(link: Link, dispute: Dispute, **more: Any) -> dict[str, Any]:
    name = relations.name(dispute.country)
    of_it = {"link": link, "dispute": dispute, "name": name, "realm": dispute.realm}
    return of_it | {"here": shared.page_of(dispute.relation), **more}


def _is_over(request: HttpRequest, link: Link) -> bool:
    """Whether a link does nothing any more: before anything that comes with it is opened. One that was used shows what
    was done with it."""
    return link.expires_at <= clock.now() if link.used_at is None else request.method == "POST"


def _not_now(request: HttpRequest, dispute: Dispute) -> HttpResponse:
    says = _("The dispute has moved on, and this can’t be done any more. Nothing was changed.")
    shown = {"title": _("Not possible any more"), "says": says, "back": shared.page_of(dispute.relation)}
    return shared.quiet(render(request, "web/error.html", shown | {"realm": dispute.realm}, status=409))


def _again(request: HttpRequest) -> HttpResponse:
    return shared.quiet(HttpResponseRedirect(f"{request.path}{context.kept(request)}"))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@at_most(20, MINUTE)
def submit(request: HttpRequest, token: str) -> HttpResponse:
    """A State hands in a submission, once: it is stored before the page says so."""
    link, found = _opened(token, relations.SUBMISSION)
    if _is_over(request, link):
        return shared.over(request, link)
    said, error = {name: request.POST.get(name, "") for name in ("title", "text")}, ("", "")
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            handed = papers.File(file.read(), file.name or "", file.content_type or "") if file and file.size else None
            by_link.submit(link, said["title"], said["text"], handed)
            return _again(request)
        except BadInput as refused:
            error = (refused.field, refused.rule)
        except NotNow:
            return _not_now(request, found)
        except speaking.Used:
            return shared.over(request, link)
    form = None if link.used_at else public.submit_form(said, error)
    shown = _shown(link, found, form=form, paper=_handed(link, found))
    return shared.quiet(render(request, "disputes/submit.html", shown, status=400 if error[1] else 200))


def _handed(link: Link, dispute: Dispute) -> Any:
    """What was handed in by a link that was used."""
    return dispute.submissions.filter(services__reference=by_link.reference(link)).first()


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@at_most(20, MINUTE)
def annotate(request: HttpRequest, token: str) -> HttpResponse:
    """A State adds its own note to a summary, once."""
    link, found = _opened(token, relations.ANNOTATION)
    if _is_over(request, link):
        return shared.over(request, link)
    text, error = request.POST.get("text", ""), ""
    if request.method == "POST":
        try:
            speaking.speak(link, text, _("by the link sent to its registered address"))
            return _again(request)
        except BadInput as refused:
            error = refused.rule
        except speaking.Used:
            return shared.over(request, link)
    notes = countries.said(found.relation, thing=found.pk)
    shown = _shown(
        link,
        found,
        form=None if link.used_at else public.note_form(text, error),
        words=next((one for one in notes if one.id == link.said_id), None),
        summary=found.summaries.filter(state="published").first(),
    )
    return shared.quiet(render(request, "disputes/annotate.html", shown, status=400 if error else 200))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@at_most(20, MINUTE)
def settle(request: HttpRequest, token: str) -> HttpResponse:
    """A State confirms signed terms, or doesn't: to open the page is neither, as machines open links too."""
    link, found = _opened(token, relations.SETTLEMENT)
    if _is_over(request, link):
        return shared.over(request, link)
    text, error = request.POST.get("text", ""), ""
    if request.method == "POST":
        try:
            if request.POST.get("answer") == "yes":
                by_link.confirm(link)
            else:
                by_link.decline(link, text)
            return _again(request)
        except BadInput as refused:
            error = refused.rule
        except NotNow:
            return _not_now(request, found)
        except speaking.Used:
            return shared.over(request, link)
    terms = by_link.answered_by(link) if link.used_at else by_link.waiting(link)
    shown = _shown(link, found, terms=terms, form=public.decline_form(text, error))
    shown["answered"] = public.answered(terms) if link.used_at else ""
    return shared.quiet(render(request, "disputes/settle.html", shown, status=400 if error else 200))
