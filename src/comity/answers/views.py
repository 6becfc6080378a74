"""Our own mails as they left: each on a page, and its files to keep."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from comity.cases import commands as cases
from comity.console.frame import frame
from comity.console.views import console
from comity.outbox.models import Mail
from comity.people.access import person_of
from comity.people.refusals import allow
from comity.people.rules import may
from comity.web.files import download

from . import sent


def _mail(request: HttpRequest, id: str) -> Mail:
    mail = get_object_or_404(Mail, id=id)
    if not may(request.user, "outbox.view", mail):
        raise Http404
    return mail


@console("GET")
def sent_mail(request: HttpRequest, id: str) -> HttpResponse:
    """A mail of ours as it was sent."""
    mail, person = _mail(request, id), person_of(request)
    if may(person, sent.shown_to(mail), mail):
        cases.look_at_mail(person, mail, "letter")
        page = sent.page(mail)
    else:
        page = sent.unseen(mail)
    return render(request, "answers/sent.html", {"frame": frame(request, mail.realm, ""), "page": page})


@console("GET")
def sent_file(request: HttpRequest, id: str, number: int) -> HttpResponse:
    """A file that went out with a mail of ours, byte for byte."""
    mail = _mail(request, id)
    allow(person_of(request), sent.shown_to(mail), mail)
    cases.look_at_mail(person_of(request), mail, "file of a letter")
    found = sent.files_of(mail)
    if not 0 < number <= len(found):
        raise Http404
    return download(found[number - 1].data, found[number - 1].name)
