"""What is put to the deciders: one screen to decide, its letters, the signature, the review; or back it goes."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from comity.answers import pdf, sent
from comity.cases import deciding, instead, reviews, rules
from comity.cases.pages import case_form, case_seen, looked_into
from comity.console import signing
from comity.console.forms import REASON
from comity.console.frame import frame
from comity.console.views import console
from comity.people.access import person_of
from comity.people.refusals import allow
from comity.web.middleware import viewer_zone
from comity.web.parts import Field, Form

from . import alone, decide, decision, elsewise, lift_views
from .case import View


@console("GET")
def show_decide(request: HttpRequest, id: str) -> HttpResponse:
    """One screen to decide, for a phone."""
    case = case_seen(request, id)
    view = View(case, looked_into(request, case), viewer_zone(request))
    if view.act is None:
        return HttpResponseRedirect(f"/console/cases/{case.id}")  # nothing is put to the deciders
    page = decide.decide(view)
    return render(request, "desk/decide.html", {"frame": frame(request, case.realm, "cases"), "page": page})


@console("POST")
def propose(request: HttpRequest, id: str) -> HttpResponse:
    """Put a decision to the deciders."""
    case, person = case_seen(request, id), person_of(request)
    kind = request.POST.get("kind", "")
    if kind == "lift":
        lift_views.propose(request, person, case)
        return HttpResponseRedirect(f"/console/cases/{case.id}/decide")
    allow(person, "decision.propose", case)
    deciding.propose(case.id, kind, by=person.by)
    return HttpResponseRedirect(f"/console/cases/{case.id}#decision")


@console("GET", "POST")
def choose(request: HttpRequest, id: str) -> HttpResponse:
    """Choose what is done instead of what a platform can't do."""
    case, person = case_seen(request, id), person_of(request)
    if request.method == "POST":
        instead.choose(person, case.id, request.POST.get("kind", ""), request.POST.get("reason", ""))
        return HttpResponseRedirect(f"/console/cases/{case.id}#decision")
    allow(person, "decision.propose", case)
    refusal = elsewise.refusal(case)
    if refusal is None:
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    form = elsewise.form(request.path, f"/console/cases/{case.id}", refusal, deciding.latest(case).instead)
    return case_form(request, case, "What is done instead", elsewise.INTRO, form)


@console("POST")
def sign(request: HttpRequest, id: str) -> HttpResponse:
    """Give one approval."""
    case, person = case_seen(request, id), person_of(request)
    deciding.sign(person, case.id, request.POST.get("act", ""), signing.answer_of(request, person))
    return HttpResponseRedirect(f"/console/cases/{case.id}#measures")


@console("GET", "POST")
def review(request: HttpRequest, id: str) -> HttpResponse:
    """Review what one person decided: read it again, say why it stands, and sign that."""
    case = case_seen(request, id)
    person = looked_into(request, case)
    if request.method == "POST":
        deciding.review(person, case.id, request.POST.get("reason", ""))
        return HttpResponseRedirect(request.path)
    allow(person, "decision.review", case)
    if not reviews.reviewable(case):
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    view, put = View(case, person, viewer_zone(request)), reviews.put(case)
    around = {"frame": frame(request, case.realm, "cases")}
    if put and not request.GET.get("again"):
        return render(request, "desk/decide.html", around | {"page": decide.review(view, put)})
    pairs = (*decision.deeds(view), *alone.rule(case, view.decided))
    form = alone.form(request.path, view.base)
    return case_form(request, case, "Review what was done", alone.SAYS, form, pairs=pairs)


@console("GET", "POST")
def send_back(request: HttpRequest, id: str, to_counsel: bool = False) -> HttpResponse:
    """Send a decision back with a reason, or ask counsel."""
    case = case_seen(request, id)
    if request.method == "POST":
        deciding.send_back(person_of(request), case.id, request.POST.get("reason", ""), to_counsel=to_counsel)
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    allow(person_of(request), "decision.return", case)
    if not to_counsel and deciding.lifting(case):
        drop = Form(request.path, "Drop it", (REASON,))
        return case_form(request, case, "Drop the lift", DROP_SAYS, drop, timed=False)
    rules.after(case.state, "ask-counsel" if to_counsel else "return")
    title = "Ask counsel" if to_counsel else "Send it back with a reason"
    if case.state == "with-counsel":
        says = ("It goes back to the desk with your opinion, and is decided there.",)
        return case_form(request, case, "Give your opinion", says, Form(request.path, "Give it", (OPINION,)))
    says = ("Signatures given are void after this. The clock runs on.",)
    return case_form(request, case, title, says, Form(request.path, title, (REASON,)))


DROP_SAYS = ("The lift is not signed, and nothing is undone: what is withheld stays withheld.",)


OPINION = Field(
    "reason", "Your opinion", kind="long", hint="What may be done, what not, and why; it stays on the record"
)


@console("GET", "POST")
def edit_letter(request: HttpRequest, id: str, letter: str) -> HttpResponse:
    """Edit the free words of a letter."""
    case = case_seen(request, id)
    looked_into(request, case)
    doc = deciding.letters_of(case).get(letter)
    if doc is None:
        raise Http404
    if request.method == "POST":
        text = request.POST.get("text", "").replace("\r\n", "\n")
        deciding.edit_draft(person_of(request), case.id, letter, [p for p in text.split("\n\n") if p.strip()])
        return HttpResponseRedirect(f"/console/cases/{case.id}#decision")
    words_now = "\n\n".join(doc["paragraphs"])
    field = Field("text", "Words", words_now, kind="long", rows=14, hint="Blank lines part paragraphs")
    says = ("The form’s own fields stay as the finding made them. A signature given is void after an edit.",)
    return case_form(request, case, f"Edit the {letter}", says, Form(request.path, "Keep these words", (field,)))


@console("GET")
def letter_pdf(request: HttpRequest, id: str, letter: str) -> HttpResponse:
    """The PDF of a letter: the very one that went out, or as it is drafted, its blanks still open."""
    case = case_seen(request, id)
    view = View(case, looked_into(request, case), viewer_zone(request))
    mail = decision.answered(view) if letter == "answer" else None
    data = sent.answer_pdf(mail) if mail else None
    doc = view.letters.get(letter)
    if data is None and doc is None:
        raise Http404
    return HttpResponse(data or pdf.render(doc or {}, realm=case.realm), content_type="application/pdf")
