"""HTTP to commands and back: who may, what was typed, which page. Nothing is decided here."""

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import wraps
from itertools import chain
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comity import instruments
from comity.alerts import commands as alerts
from comity.alerts.models import Alert
from comity.answers import lifting, pdf
from comity.cases import commands as cases
from comity.cases import deciding, obstacles, reviews, rules
from comity.cases import prolonging as lasting
from comity.cases.models import Case, Request
from comity.instruments import Instrument
from comity.measures import commands as measures
from comity.measures.models import Brake
from comity.notifications import commands as notifications
from comity.outbox import letters
from comity.outbox.models import Mail
from comity.people import passkeys
from comity.people.access import demand, signed_in
from comity.people.approvals import ApprovalRefused
from comity.people.models import Person
from comity.people.passkeys import PasskeyRefused
from comity.people.refusals import BadInput, NotAllowed, allow
from comity.people.rules import Realm, may
from comity.vault import commands as vault
from comity.web.files import download
from comity.web.middleware import viewer_zone
from comity.web.parts import Choice, Field, Form, Line, Link, Pair

from . import alone, correcting, files, lists, prolonging, queue, requests, sent, timeline, unseen, words, wrote
from .case import View
from .frame import REALMS, frame, realm_of
from .pages import BrakePage, FormPage, ListRow, QueueRow

Viewer = Callable[..., HttpResponseBase]


def _desk(view: Viewer) -> Viewer:
    """Strangers go to sign-in; what a person may not do, or what is not possible now, is told on a page of its own."""

    @signed_in
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        demand(request, "console.view")
        try:
            return view(request, *args, **kwargs)
        except NotAllowed as refused:
            raise PermissionDenied(str(refused)) from None
        except (rules.NotNow, ApprovalRefused) as refused:
            return _told(request, "This can’t be done now", str(refused), 409)
        except (BadInput, PasskeyRefused) as bad:
            return _told(request, "This can’t be taken", str(bad), 400)
        except vault.Gone:
            return _told(request, "Its time is over", "What this page would show was deleted at its end date.", 410)

    return inner


def _told(request: HttpRequest, title: str, says: str, status: int) -> HttpResponse:
    return render(request, "web/error.html", {"title": title, "says": says, "back": request.path}, status=status)


def _person(request: HttpRequest) -> Person:
    return demand(request, "console.view")


def _realms(person: Person) -> Sequence[str]:
    return ("demo",) if person.realm == "demo" else REALMS


def _case(request: HttpRequest, id: str) -> Case:
    """A case that the viewer may see; of any other, as of one that doesn't exist, nothing is said."""
    case = Case.objects.filter(id=id).select_related("request").first()
    if case is None or not may(request.user, "case.view", case):
        raise Http404
    return case


def _request(request: HttpRequest, id: str) -> Request:
    found = Request.objects.filter(id=id).first()
    if found is None or not may(request.user, "request.view", found):
        raise Http404
    return found


# -- lists ------------------------------------------------------------------------------------------------------------


@require_GET
@_desk
def show_queue(request: HttpRequest) -> HttpResponseBase:
    """What is due first."""
    person = _person(request)
    realm = realm_of(request, person)
    demand(request, "events.view", Realm(realm))
    sees = may(person, "content.view", Realm(realm))
    asked = {name: request.GET.get(name, "") for name in ("q", "show", "after")} | ({} if sees else {"q": ""})
    if request.GET.get("format") == "csv":
        _taken_away(person, realm, "queue")
        found = queue.every(realm, asked) if sees else map(unseen.queue_row, queue.every(realm, asked))
        return _csv("queue.csv", ("id", "title", "due", "state", "next", "who"), map(_queue_row, found))
    page = queue.page(realm, asked, _realms(person))
    page = page if sees else unseen.queued(page)
    template = "desk/queue_board.html" if request.headers.get("HX-Request") else "desk/queue.html"
    return render(request, template, {"frame": frame(request, realm, "queue"), "page": page})


def _taken_away(person: Person, realm: str, what: str) -> None:
    """Record that a list is taken away as a file by who sees what stands in it."""
    if may(person, "content.view", Realm(realm)):
        cases.look_at_list(person, realm, f"{what} as a file")


def _queue_row(row: QueueRow) -> tuple[str, ...]:
    return row.id, row.title, _utc(row.clock.due_target), row.state.slug, row.next.text, row.who


def _utc(at: datetime | None) -> str:
    return letters.rfc3339(at) if at else ""


class _Line:
    """Where a csv.writer writes: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def _csv(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> StreamingHttpResponse:
    """Everything, line by line as it is read: the longest list takes no more memory than a short one."""
    writer = csv.writer(_Line())
    lines = (writer.writerow([words.csv_safe(cell) for cell in row]) for row in chain([head], rows))
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=disposition)


@require_GET
@_desk
def show_cases(request: HttpRequest) -> HttpResponseBase:
    """Every case of a realm, the latest first."""
    return _list(request, "cases", lists.cases)


@require_GET
@_desk
def show_requests(request: HttpRequest) -> HttpResponseBase:
    """Everything that came in, the latest first."""
    return _list(request, "requests", lists.requests)


def _list(request: HttpRequest, current: str, make: Callable[..., Any]) -> HttpResponseBase:
    person = _person(request)
    realm = realm_of(request, person)
    demand(request, "events.view", Realm(realm))
    asked = {name: request.GET.get(name, "") for name in ("q", "state", "authority", "before")}
    sees = may(person, "content.view", Realm(realm))
    asked |= {} if sees else {"q": ""}
    if request.GET.get("format") == "csv":
        _taken_away(person, realm, current)
        found = lists.every(make, realm, asked) if sees else map(unseen.row, lists.every(make, realm, asked))
        last = "instrument" if current == "cases" else "door"
        head = ("id", "title", "received", "who", "verification", "state", last)
        return _csv(f"{current}.csv", head, map(_list_row, found))
    page = make(realm, asked, _realms(person))
    page = page if sees else unseen.listed(page)
    return render(request, "desk/list.html", {"frame": frame(request, realm, current), "page": page})


def _list_row(row: ListRow) -> tuple[str, ...]:
    grade = row.grade.slug if row.grade else "none"
    return row.id, row.title, _utc(row.at), row.who, grade, row.state.slug, row.instrument


# -- a case -----------------------------------------------------------------------------------------------------------


@require_GET
@_desk
def show_case(request: HttpRequest, id: str) -> HttpResponse:
    """One case: what came and what we make of it, side by side."""
    return _show(request, _case(request, id), corrects=request.GET.get("correct"))


def _show(request: HttpRequest, case: Case, *, opened: str = "", corrects: str | None = None) -> HttpResponse:
    person = _person(request)
    view = View(case, person, viewer_zone(request), opened=opened, corrects=corrects)
    if may(person, "content.view", case):
        cases.look_at_case(person, case)
        page = view.page()
    else:
        page = unseen.case(view)
    return render(request, "desk/case.html", {"frame": frame(request, case.realm, "cases"), "page": page})


def _content(request: HttpRequest, case: Case) -> Person:
    """Who looks at the content of a case; that they do is recorded. Raises NotAllowed."""
    person = _person(request)
    cases.look_at_case(person, case)
    return person


@require_GET
@_desk
def show_timeline(request: HttpRequest, id: str) -> HttpResponse:
    """Only the timeline, for polling."""
    case = _case(request, id)
    sees = may(request.user, "content.view", case)
    page = {"timeline": timeline.of_case(case.id, reasons=sees), "timeline_url": request.path}
    return render(request, "desk/case_timeline.html", {"page": page})


@require_GET
@_desk
def show_decide(request: HttpRequest, id: str) -> HttpResponse:
    """One screen to decide, for a phone."""
    case = _case(request, id)
    view = View(case, _content(request, case), viewer_zone(request))
    if view.act is None:
        return HttpResponseRedirect(f"/console/cases/{case.id}")  # nothing is put to the deciders
    page = view.decide()
    return render(request, "desk/decide.html", {"frame": frame(request, case.realm, "cases"), "page": page})


@require_http_methods(["GET", "POST"])
@_desk
def look(request: HttpRequest, id: str) -> HttpResponse:
    """Show content that was asked for; that it was looked at is recorded first."""
    case = _case(request, id)
    what = "picture" if request.GET.get("what") == "picture" else "text"
    if request.method == "GET":
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    cases.look(_person(request), case.request, what)
    return _show(request, case, opened=what)


@require_POST
@_desk
def correct(request: HttpRequest, id: str) -> HttpResponse:
    """Correct one fact in place."""
    case = _case(request, id)
    path = request.POST.get("path", "")
    unknown = bool(request.POST.get("unknown"))
    value = None if unknown else correcting.typed(path, request.POST.getlist("value"), viewer_zone(request))
    cases.correct(_person(request), case.request_id, path, value, unknown=unknown, order=case.order)
    return HttpResponseRedirect(f"/console/cases/{case.id}#facts")


@require_POST
@_desk
def take(request: HttpRequest, id: str) -> HttpResponse:
    """Take a case, or put it back."""
    cases.take(_person(request), _case(request, id).id)
    return HttpResponseRedirect(f"/console/cases/{id}")


@require_POST
@_desk
def propose(request: HttpRequest, id: str) -> HttpResponse:
    """Put a decision to the deciders."""
    case, person = _case(request, id), _person(request)
    kind = request.POST.get("kind", "")
    if kind == "lift":
        lifting.propose(person, case.id, request.POST.get("reason", ""))
        return HttpResponseRedirect(f"/console/cases/{case.id}/decide")
    allow(person, "decision.propose", case)
    deciding.propose(case.id, kind, by=person.by)
    return HttpResponseRedirect(f"/console/cases/{case.id}#decision")


@require_POST
@_desk
def sign(request: HttpRequest, id: str) -> HttpResponse:
    """Give one approval."""
    case, person = _case(request, id), _person(request)
    answer = None if person.realm == "demo" else passkeys.parse(request.POST.get("response", ""))
    deciding.sign(person, case.id, request.POST.get("act", ""), answer)
    return HttpResponseRedirect(f"/console/cases/{case.id}#measures")


@require_http_methods(["GET", "POST"])
@_desk
def review(request: HttpRequest, id: str) -> HttpResponse:
    """Review what one person decided: read it again, say why it stands, and sign that."""
    case = _case(request, id)
    person = _content(request, case)
    if request.method == "POST":
        reviews.propose(person, case.id, request.POST.get("reason", ""))
        return HttpResponseRedirect(request.path)
    allow(person, "decision.review", case)
    if not reviews.reviewable(case):
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    view, put = View(case, person, viewer_zone(request)), reviews.put(case)
    around = {"frame": frame(request, case.realm, "cases")}
    if put and not request.GET.get("again"):
        return render(request, "desk/decide.html", around | {"page": view.review(put)})
    pairs = (*view.deeds(), *alone.rule(case, view.decided))
    form = alone.form(request.path, view.base)
    return _form(request, case, "Review what was done", alone.SAYS, form, pairs=pairs)


@require_http_methods(["GET", "POST"])
@_desk
def send_back(request: HttpRequest, id: str, to_counsel: bool = False) -> HttpResponse:
    """Send a decision back with a reason, or ask counsel."""
    case = _case(request, id)
    if request.method == "POST":
        deciding.send_back(_person(request), case.id, request.POST.get("reason", ""), to_counsel=to_counsel)
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    allow(_person(request), "decision.return", case)
    if not to_counsel and deciding.lifting(case):
        drop = Form(request.path, "Drop it", (REASON,))
        return _form(request, case, "Drop the lift", DROP_SAYS, drop, timed=False)
    rules.after(case.state, "ask-counsel" if to_counsel else "return")
    title = "Ask counsel" if to_counsel else "Send it back with a reason"
    if case.state == "with-counsel":
        says = ("It goes back to the desk with your opinion, and is decided there.",)
        return _form(request, case, "Give your opinion", says, Form(request.path, "Give it", (OPINION,)))
    says = ("Signatures given are void after this. The clock runs on.",)
    return _form(request, case, title, says, Form(request.path, title, (REASON,)))


DROP_SAYS = ("The lift is not signed, and nothing is undone: what is withheld stays withheld.",)
OPINION = Field(
    "reason", "Your opinion", kind="long", hint="What may be done, what not, and why; it stays on the record"
)
REASON = Field("reason", "Reason", kind="long", hint="One or two sentences; it stays on the record")


def _form(
    request: HttpRequest,
    case: Case,
    title: str,
    says: tuple[str, ...],
    form: Form,
    *,
    timed: bool = True,
    quote: str = "",
    pairs: tuple[Pair, ...] = (),
) -> HttpResponse:
    crumbs = (Link("Queue", "/console/"), Link(f"Case {case.id}", f"/console/cases/{case.id}"))
    clock = queue.clock_of(case.deadlines.all()) if timed else None
    page = FormPage(title, crumbs, says, form, clock=clock, quote=quote, pairs=pairs)
    return render(request, "desk/form.html", {"frame": frame(request, case.realm, "cases"), "page": page})


@require_http_methods(["GET", "POST"])
@_desk
def edit_letter(request: HttpRequest, id: str, letter: str) -> HttpResponse:
    """Edit the free words of a letter."""
    case = _case(request, id)
    _content(request, case)
    doc = deciding.letters_of(case).get(letter)
    if doc is None:
        raise Http404
    if request.method == "POST":
        text = request.POST.get("text", "").replace("\r\n", "\n")
        deciding.edit_draft(_person(request), case.id, letter, [p for p in text.split("\n\n") if p.strip()])
        return HttpResponseRedirect(f"/console/cases/{case.id}#decision")
    words_now = "\n\n".join(doc["paragraphs"])
    field = Field("text", "Words", words_now, kind="long", rows=14, hint="Blank lines part paragraphs")
    says = ("The form’s own fields stay as the finding made them. A signature given is void after an edit.",)
    return _form(request, case, f"Edit the {letter}", says, Form(request.path, "Keep these words", (field,)))


@require_GET
@_desk
def letter_pdf(request: HttpRequest, id: str, letter: str) -> HttpResponse:
    """The PDF of a letter: the very one that went out, or as it is drafted, its blanks still open."""
    case = _case(request, id)
    mail = View(case, _content(request, case), viewer_zone(request)).answered() if letter == "answer" else None
    data = sent.answer_pdf(mail) if mail else None
    doc = deciding.letters_of(case).get(letter)
    if data is None and doc is None:
        raise Http404
    return HttpResponse(data or pdf.render(doc or {}, realm=case.realm), content_type="application/pdf")


@require_http_methods(["GET", "POST"])
@_desk
def obstacle(request: HttpRequest, id: str) -> HttpResponse:
    """Say what stands in the way of an order, on one of the act's grounds; or that it has ceased."""
    case, person = _case(request, id), _person(request)
    stands = (deciding.finding_of(case)["facts"].get("impossibility") or {}).get("ceased_at", ...) is None
    if request.method == "POST":
        if stands:
            obstacles.ceased(person, case.id)
        else:
            obstacles.obstruct(person, case.id, request.POST.get("ground", ""), request.POST.get("explained", ""))
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    if stands:
        says = ("What stood in the way has ceased: the hour runs from now.",)
        return _form(request, case, "It can be done now", says, Form(request.path, "It has ceased"))
    own = instruments.of(case.instrument)
    says = (
        own.grounds_say,
        f"{own.obstacle_form} is drafted from your words; a decider signs it, and it goes out at once.",
    )
    form = Form(request.path, f"Draft {_midway(own.obstacle_form)}", _obstacle_fields(own))
    return _form(request, case, "Can’t be done", says, form)


def _midway(name: str) -> str:
    return name if name.startswith("Annex") else name[0].lower() + name[1:]


def _obstacle_fields(own: Instrument) -> tuple[Field, ...]:
    grounds = tuple(Choice(ground.code, ground.says) for ground in own.grounds)
    hint = "Which error, what is missing, what happened"
    return (
        Field("ground", "What stands in the way", kind="radio", choices=grounds),
        Field("explained", "In words, for the authority", kind="long", hint=hint),
    )


@require_http_methods(["GET", "POST"])
@_desk
def clarified(request: HttpRequest, id: str) -> HttpResponse:
    """Say that a reply which a machine may have sent does clarify what the case waits for."""
    case, person = _case(request, id), _person(request)
    allow(person, "fact.correct", case)
    reply = wrote.doubtful(case)
    if reply is None:
        raise Http404
    if request.method == "POST":
        obstacles.clarify(person, case.id, request.POST.get("reply", ""))
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    shown = wrote.of_reply(reply)
    form = Form(request.path, "It clarifies: let the hour run", (Field("reply", "", reply.id, kind="hidden"),))
    says = (CLARIFIED_SAYS, instruments.of(case.instrument).clarified)
    return _form(request, case, "Does this reply clarify it?", says, form, quote=shown.text if shown else "")


CLARIFIED_SAYS = "It looks as if a machine had sent it, so the case still waits. Read it below, or the whole mail."


@require_http_methods(["GET", "POST"])
@_desk
def prolong(request: HttpRequest, id: str) -> HttpResponse:
    """Say that a later mail of the authority prolongs what stands under its order."""
    case, person = _case(request, id), _person(request)
    if not prolonging.open_to(person, case):
        raise Http404
    if request.method == "POST":
        lasting.prolong(person, case.id, request.POST.get("how", ""), request.POST.get("mail", ""))
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    return _form(request, case, "They prolonged it", *prolonging.shown(request.path, case))


@require_http_methods(["GET", "POST"])
@_desk
def purpose(request: HttpRequest, id: str) -> HttpResponse:
    """Weigh the purpose of what an order names: education, journalism, art or research may protect it."""
    case = _case(request, id)
    if request.method == "POST":
        within = {"yes": True, "no": False}.get(request.POST.get("within", ""))
        obstacles.weigh(_person(request), case.id, request.POST.get("purpose", ""), within)
        return HttpResponseRedirect(f"/console/cases/{case.id}#finding")
    says = f"{instruments.of(case.instrument).weighs} {PURPOSE_SAYS}".strip()
    return _form(request, case, "Weigh its purpose", (says,), Form(request.path, "Record it", PURPOSE))


PURPOSE_SAYS = "Look at the content before you weigh it. The case is judged again."
PURPOSE = (
    Field(
        "purpose",
        "What it is for",
        kind="radio",
        choices=(
            Choice(obstacles.NO_PURPOSE, "None of these is apparent"),
            *(Choice(p, p.capitalize()) for p in obstacles.PURPOSES),
        ),
    ),
    Field(
        "within",
        "If it is for one of these",
        kind="radio",
        required=False,
        choices=(
            Choice("no", "That is its true purpose: it is outside the Regulation"),
            Choice("yes", "That is only a pretext: it is within the Regulation"),
        ),
    ),
)


@require_http_methods(["GET", "POST"])
@_desk
def close(request: HttpRequest, id: str) -> HttpResponse:
    """Close a case whose sender could not be verified: nothing is done."""
    case = _case(request, id)
    if request.method == "POST":
        deciding.close(_person(request), case.id, request.POST.get("reason", ""))
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    says = ("Nothing is done, nobody is told. If the true authority sends the order, that opens a case of its own.",)
    return _form(request, case, "Close it: nobody’s order", says, Form(request.path, "Close it", (REASON,)))


@require_http_methods(["GET", "POST"])
@_desk
def release(request: HttpRequest, id: str) -> HttpResponse:
    """Release a notification that a non-disclosure of unknown end holds back."""
    case = _case(request, id)
    if request.method == "POST":
        notifications.release(_person(request), case.id)
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    says = ("The author is told at once, and can't be untold. Make sure that no non-disclosure stands any more.",)
    return _form(request, case, "Release the held notification", says, Form(request.path, "Tell the author now"))


@require_POST
@_desk
def answer_complaint(request: HttpRequest, id: str, complaint: int) -> HttpResponse:
    """Answer a complaint, on the person's statement page."""
    case = _case(request, id)
    text, copy = request.POST.get("text", ""), request.POST.get("copy") == "true"
    notifications.answer_complaint(_person(request), case.id, complaint, text, copy=copy)
    return HttpResponseRedirect(f"/console/cases/{case.id}#complaints")


# -- a request --------------------------------------------------------------------------------------------------------


@require_GET
@_desk
def show_request(request: HttpRequest, id: str) -> HttpResponse:
    """The whole mail, sanitised; where it is no order, the lanes it can be sent to. Looking at it is recorded."""
    found, person = _request(request, id), _person(request)
    if may(person, "content.view", found):
        cases.look(person, found, "mail")
        page = requests.page(found, person)
    else:
        page = unseen.request(found)
    return render(request, "desk/request.html", {"frame": frame(request, found.realm, "requests"), "page": page})


@require_POST
@_desk
def read_now(request: HttpRequest, id: str) -> HttpResponse:
    """Let a mail be read that waits behind many."""
    cases.read_now(_person(request), _request(request, id).id)
    return HttpResponseRedirect(f"/console/requests/{id}")


@require_GET
@_desk
def raw(request: HttpRequest, id: str) -> HttpResponse:
    """The bytes as they came."""
    found = _request(request, id)
    cases.look(_person(request), found, "raw bytes")
    name = {"Content-Disposition": f'attachment; filename="{found.id}.eml"'}
    return HttpResponse(vault.get(found.raw), content_type="application/octet-stream", headers=name)


@require_GET
@_desk
def part(request: HttpRequest, id: str, number: int) -> HttpResponse:
    """One attachment, to keep; that it was taken is recorded first."""
    found = _request(request, id)
    name = files.part_named(found, number)
    if name is None:
        raise Http404
    cases.look(_person(request), found, "attachment")
    data = files.part_of(found, number)
    if data is None:
        raise Http404
    return download(data, name)


@require_POST
@_desk
def sort(request: HttpRequest, id: str) -> HttpResponse:
    """Send what is no order where it belongs, with a written reply."""
    found = _request(request, id)
    cases.sort(_person(request), found.id, request.POST.get("lane", ""), request.POST.get("reply", ""))
    return HttpResponseRedirect("/console/")


@require_http_methods(["GET", "POST"])
@_desk
def callback(request: HttpRequest, id: str) -> HttpResponse:
    """Record a call to the authority's registered number."""
    found, person = _request(request, id), _person(request)
    allow(person, "callback.record", found)
    if request.method == "POST":
        said = request.POST.get("confirmed") == "yes"
        cases.record_callback(person, found.id, request.POST.get("authority", ""), said)
        case = found.joined.values_list("case_id", flat=True).first()
        return HttpResponseRedirect(f"/console/cases/{case}" if case else f"/console/requests/{found.id}")
    return render(
        request,
        "desk/form.html",
        {"frame": frame(request, found.realm, "requests"), "page": requests.callback_page(found, request.path)},
    )


# -- alerts, outbox, brake --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@_desk
def alert(request: HttpRequest, id: int) -> HttpResponse:
    """What an alert says and where it leads; that it was dealt with takes it off the pages."""
    found = get_object_or_404(Alert, id=id)
    if not may(request.user, "events.view", found):
        raise Http404
    where = lists.where(found)
    if request.method == "POST":
        alerts.dismiss(_person(request), found.id)
        return HttpResponseRedirect(where)
    page = lists.alert_page(found, request.path, where)
    return render(request, "desk/form.html", {"frame": frame(request, found.realm, ""), "page": page})


def _mail(request: HttpRequest, id: str) -> Mail:
    mail = get_object_or_404(Mail, id=id)
    if not may(request.user, "outbox.view", mail):
        raise Http404
    return mail


@require_GET
@_desk
def outbox_mail(request: HttpRequest, id: str) -> HttpResponse:
    """A mail of ours as it was sent."""
    mail, person = _mail(request, id), _person(request)
    if may(person, "content.view", mail):
        cases.look_at_mail(person, mail, "letter")
        page = sent.page(mail)
    else:
        page = unseen.mail(mail)
    return render(request, "desk/sent.html", {"frame": frame(request, mail.realm, ""), "page": page})


@require_GET
@_desk
def outbox_file(request: HttpRequest, id: str, number: int) -> HttpResponse:
    """A file that went out with a mail of ours, byte for byte."""
    mail = _mail(request, id)
    cases.look_at_mail(_person(request), mail, "file of a letter")
    found = sent.files_of(mail)
    if not 0 < number <= len(found):
        raise Http404
    return download(found[number - 1].data, found[number - 1].name)


@require_http_methods(["GET", "POST"])
@_desk
def brake(request: HttpRequest) -> HttpResponse:
    """The brake of a realm: set it, or release it."""
    person = _person(request)
    realm = realm_of(request, person)
    demand(request, "events.view", Realm(realm))
    on = Brake.objects.filter(realm=realm, released_at=None).first()
    if request.method == "POST":
        act = measures.release_brake if on else measures.set_brake
        act(person, realm, request.POST.get("reason", ""))
        return HttpResponseRedirect(request.get_full_path())
    waiting = Case.objects.filter(realm=realm, state="carrying-out").order_by("due")[:50]
    allowed = may(person, "brake.release" if on else "brake", Realm(realm))
    button = "Release the brake" if on else "Set the brake"
    history = _brakes(realm)
    set_by = next((line for line in history if on and line.at >= on.set_at), None)
    page = BrakePage(
        on=on is not None,
        since=on.set_at if on else None,
        by=set_by.who if set_by else "",
        reason=set_by.more.removeprefix(": ").strip("“”") if set_by else "",
        waiting=tuple(Link(f"{case.id} {case.title}", f"/console/cases/{case.id}") for case in waiting),
        form=Form(request.get_full_path(), button, (REASON,)) if allowed else None,
        history=history,
    )
    return render(request, "desk/brake.html", {"frame": frame(request, realm, ""), "page": page})


def _brakes(realm: str) -> tuple[Line, ...]:
    return timeline.of_kinds(("brake.set", "brake.released"), realm)
