"""The person's page. Its secret link is the whole access: it sets no cookie, and so needs no token against forgery."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from comity import clock
from comity.people.refusals import BadInput
from comity.record import receipts
from comity.vault import commands as vault
from comity.vault.commands import Gone
from comity.web import context
from comity.web.files import download
from comity.web.parts import Field, Form

from . import commands, copies, page
from .models import Notification


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: HttpRequest, token: str) -> HttpResponse:
    """What happened, why, and a complaint. Unknown, held back and over look the same: not found."""
    notification = commands.by_token(token)
    if notification is None:
        raise Http404
    try:
        made = page.page_of(notification)
        complaints = commands.complaints_on(notification)
        copy = commands.copy_of(notification)
    except Gone:
        raise Http404 from None
    if clock.now() >= made.statement.works_until:
        raise Http404
    words, error = str(request.POST.get("text", "")), ""
    if request.method == "POST":
        try:
            commands.complain(notification, words)
            return _quiet(HttpResponseRedirect(f"{request.path}{context.kept(request)}#complaints"))
        except BadInput as refused:
            error = refused.rule
    content = {"statement": made.statement, "asked": made.asked, "complaints": complaints, "form": _form(words, error)}
    content["copy_url"] = f"{request.path}/order" if copy else ""
    content["receipt_url"] = f"{request.path}/receipt" if _receipt(notification) else ""
    content["realm"] = notification.case.realm
    status = 400 if error else 200
    vars(request)["zone"] = made.zone  # its sentences carry dates in the same: one page, one zone
    with timezone.override(made.zone):
        return _quiet(render(request, "notifications/statement.html", content, status=status))


@require_safe
def order(request: HttpRequest, token: str) -> HttpResponse:
    """The copy of the order, for the person it was given to; else as if there were nothing."""
    notification = commands.by_token(token)
    if notification is None:
        raise Http404
    try:
        complaint = commands.copy_of(notification)
        if complaint is None or clock.now() >= page.statement_of(notification).works_until:
            raise Http404
        copy = vault.get(complaint.copy)
    except Gone:
        raise Http404 from None
    return _quiet(download(copy, copies.name_of(notification.case, copy)))


@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt of what the person was told; else as if there were nothing."""
    notification = commands.by_token(token)
    try:
        over = notification is None or clock.now() >= page.statement_of(notification).works_until
    except Gone:
        raise Http404 from None
    found = None if notification is None or over else _receipt(notification)
    if found is None:
        raise Http404
    return _quiet(download(found, receipts.NAME))


def _receipt(notification: Notification) -> bytes | None:
    """What proves that the person was told, and opens to them when; None where no witness has seen it yet."""
    return receipts.of_last(notification.case_id, ["notification.sent"], ["at"])


def _form(words: str, error: str) -> Form:
    hint = _("A person reads it and answers on this page. If you ask for a copy or for reasons, say so.")
    field = Field("text", _("What is wrong, or what you ask for"), value=words, kind="long", hint=hint, error=error)
    return Form(action="#complain", button=_("Send it to us"), fields=(field,), id="complaint")


def _quiet(response: HttpResponse) -> HttpResponse:
    """Nothing of the page stays in a cache, a search engine or another site's log."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
