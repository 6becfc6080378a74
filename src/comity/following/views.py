"""The status page and what goes with it: HTTP to commands and back. Nothing is decided here.

A secret link is the whole access: these pages set no cookie, and so need no token against forgery. A link that isn't
known answers as any page that isn't there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity.cases import filed
from comity.cases.filed import File
from comity.cases.models import Case
from comity.ledger.models import Event
from comity.officers import commands as officers
from comity.officers import sessions
from comity.officers.models import Officer
from comity.people import passkeys
from comity.people.access import at_most, failures_at_most
from comity.people.passkeys import PasskeyRefused
from comity.people.refusals import BadInput
from comity.record import receipts
from comity.vault.commands import Gone
from comity.web import context
from comity.web.files import download, named

from . import commands, read
from .commands import CONFIRM, LETTERS, Over, Revoked
from .models import Link, MailboxLink

MINUTE = 60
GUESSES = 10  # addresses of nothing that one client may try in a minute


def quiet(response: HttpResponseBase) -> HttpResponseBase:
    """Nothing of a secret page stays in a cache, a search engine or another site's log."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _link(token: str) -> Link:
    found = commands.by_token(token)
    if found is None:
        raise Http404
    return found


def _told(request: HttpRequest, title: str, says: str, status: int, back: str = "/authorities/") -> HttpResponseBase:
    return quiet(render(request, "web/error.html", {"title": title, "says": says, "back": back}, status=status))


def following(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """What every page behind a secret link has: guesses are few, and what no longer opens says so."""

    @csrf_exempt
    @failures_at_most(GUESSES, MINUTE)
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return quiet(view(request, *args, **kwargs))
        except Http404:  # as any address of nothing, and counted: a guess
            return quiet(render(request, "404.html", status=404))
        except Revoked:
            says = _("We have ended this link. If it was yours, a newer one was sent to your registered address.")
            return _told(request, _("This link no longer works"), says, 410)
        except Over:
            says = _("It was used, or its time is over. Ask for another on the page of your demand.")
            return _told(request, _("This link no longer works"), says, 410)
        except Gone:
            says = _("What this page would show was deleted at its end date.")
            return _told(request, _("Its time is over"), says, 410)

    return inner


@following
@require_safe
def status(request: HttpRequest, token: str) -> HttpResponseBase:
    """How a demand stands."""
    link = _link(token)
    commands.seen(link)
    return _page(request, link, token)


def _page(request: HttpRequest, link: Link, token: str, error: str = "", text: str = "") -> HttpResponseBase:
    made = read.status(link)
    officer = sessions.officer_of(request)
    theirs = officer is not None and officer.authority == link.request.authority
    shown = {"page": made, "realm": made.realm, "here": f"/authorities/follow/{token}", "key": str(uuid4())}
    shown |= {"error": error, "text": text, "most": filed.FILES_AT_MOST // 1024 // 1024, "theirs": theirs}
    shown |= {"receipts": _receipts(link, f"/authorities/follow/{token}")}
    shown |= {"did": request.GET.get("did", ""), "sign": _to_sign(officer, link.request_id)}
    return render(request, "following/status.html", shown, status=400 if error else 200)


@dataclass(frozen=True)
class Receipt:
    """A receipt of the record that the holder of a link may take away; `url`: empty as long as no witness saw it."""

    number: str
    answer: bool
    url: str


def _receipts(link: Link, here: str) -> list[Receipt]:
    """Of the demand, and of the answer to each of its cases that has one."""
    answered = Event.objects.filter(kind=receipts.ANSWERED, case__in=_cases(link)).order_by("id")
    cases = [str(case) for case in dict.fromkeys(answered.values_list("case", flat=True))]
    listed = [(link.request_id, False, receipts.of_thing(link.request_id))]
    listed += [(case, True, receipts.of_answer(case)) for case in cases]
    return [Receipt(number, answer, f"{here}/receipt/{number}" if raw else "") for number, answer, raw in listed]


def _cases(link: Link) -> list[str]:
    """The cases that a demand opened; of one that it joined, another's demand was answered."""
    return list(Case.objects.filter(request=link.request_id).values_list("id", flat=True))


@following
@require_safe
def receipt(request: HttpRequest, token: str, number: str) -> HttpResponseBase:
    """The receipt of the demand, or of the answer to one of its cases."""
    link = _link(token)
    if number == link.request_id:
        found = receipts.of_thing(number)
    else:
        found = receipts.of_answer(number) if number in _cases(link) else None
    if found is None:
        raise Http404
    return download(found, f"{number}.tlog-proof")


def _to_sign(officer: Officer | None, number: str) -> dict[str, Any] | None:
    """Where an officer signs what they filed; None where nothing is to be signed by them."""
    if officer is None or not commands.mark_of(officer, number):
        return None
    return {"action": f"/authorities/sign/{number}", "demo": officer.realm == "demo"}


@following
@require_POST
@at_most(60, MINUTE)
def sign(request: HttpRequest, number: str) -> HttpResponseBase:
    """An officer confirms what they filed with their passkey; the demo's signs with the key that the server keeps."""
    officer = sessions.officer_of(request) if sessions.ours(request) else None
    mark = commands.mark_of(officer, number) if officer else ""
    if officer is None or not mark:
        raise Http404
    try:
        given = request.POST.get("response", "")
        answer = officers.signed_as_demo(officer, mark) if officer.realm == "demo" else passkeys.parse(given)
        signed = commands.sign(officer, number, answer)
    except (BadInput, PasskeyRefused) as refused:
        return _told(request, _("Not done"), str(refused), 400)
    url = commands.url_of(signed)
    return HttpResponseRedirect(f"{urlsplit(url).path}?did=signed#did" if url else "/authorities/")


@following
@require_POST
@at_most(120, MINUTE)
def sign_options(request: HttpRequest, number: str) -> HttpResponseBase:
    """The options with which an officer signs what they filed."""
    officer = sessions.officer_of(request)
    mark = commands.mark_of(officer, number) if officer else ""
    if officer is None or not mark or officer.public is None:
        return JsonResponse({"error": _("Only who filed it signs it.")}, status=403)
    return JsonResponse(passkeys.request_options(bytes.fromhex(mark), [bytes(officer.public)]))


def _back(request: HttpRequest, token: str, did: str) -> HttpResponseBase:
    kept = context.kept(request)
    return HttpResponseRedirect(f"/authorities/follow/{token}{kept}{'&' if kept else '?'}did={did}#did")


@following
@require_POST
@at_most(20, MINUTE)
def write(request: HttpRequest, token: str) -> HttpResponseBase:
    """What somebody writes about a demand, with files."""
    link, text = _link(token), request.POST.get("text", "")
    officer = sessions.officer_of(request) if sessions.ours(request) else None
    try:
        by, authority = (officer.by, officer.authority) if officer else (commands.LINK, "")
        commands.write(link, text, files_of(request), request.POST.get("key", ""), by=by, authority=authority)
    except BadInput as refused:
        return _page(request, link, token, refused.rule, text)
    return _back(request, token, "written")


def files_of(request: HttpRequest) -> list[File]:
    """The files that came with a form; a field left blank is none."""
    given = request.FILES.getlist("files")
    return [File(one.read(), one.name or "", one.content_type or "") for one in given if one.name]


@following
@require_POST
@at_most(20, MINUTE)
def ask(request: HttpRequest, token: str) -> HttpResponseBase:
    """Ask that the link to our letters, or the one that confirms the filing, be sent to the registered address."""
    link = _link(token)
    sent = commands.ask_again(link) if request.POST.get("what") == CONFIRM else commands.ask_letters(link)
    return _back(request, token, "sent" if sent else "not-sent")


def _mailbox(token: str, purpose: str) -> MailboxLink:
    found = commands.by_mailbox(token, purpose)
    if found is None:
        raise Http404
    return found


@following
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponseBase:
    """Whoever reads the registered mailbox says whether a filing is theirs: to open the page is neither, as machines
    open links too."""
    link = _mailbox(token, CONFIRM)
    if request.method == "POST":
        commands.confirm(link, theirs=request.POST.get("answer") == "yes")
        return HttpResponseRedirect(f"{request.path}{context.kept(request)}")
    follow = commands.url_of(link.request) if link.said == "confirmed" else ""
    shown = {"link": link, "said": link.said, "realm": link.request.realm, "follow": follow}
    shown |= {"subject": read.subject(link.request), "title": read.named(link.request)}
    return render(request, "following/confirm.html", shown)


@following
@require_safe
def letters(request: HttpRequest, token: str) -> HttpResponseBase:
    """Our letters about a demand, for who reads the registered mailbox."""
    link = _mailbox(token, LETTERS)
    shown = {"letters": read.opened(link), "number": link.request_id, "until": link.expires_at}
    shown |= {"realm": link.request.realm, "here": f"/authorities/letters/{token}"}
    return render(request, "following/letters.html", shown)


@following
@require_safe
def letter(request: HttpRequest, token: str, mail: UUID) -> HttpResponseBase:
    """One letter as the file that went with it."""
    try:
        name, data = read.attached(_mailbox(token, LETTERS), mail)
    except BadInput:
        raise Http404 from None
    return download(data, named(name, 1))
