"""The demo's page: send a sample, be somebody, see how it stands. Where the demo is off there is no such page."""

from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comity.front import health
from comity.people import commands as people
from comity.people.access import View, at_most
from comity.people.models import Person

from . import commands, rules, story
from .samples import SAMPLES

MINUTE = 60
CONSOLE = "/console/"


def _demo(view: View) -> View:
    """Only where the demo is on."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.COMITY.demo:
            raise Http404
        return view(request, *args, **kwargs)

    return inner


@require_http_methods(["GET", "HEAD"])
@_demo
def show(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    return _page(request)


def _page(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    return render(request, "demo/page.html", _now(request) | {"error": error}, status=status)


def _now(request: HttpRequest) -> dict[str, Any]:
    """The next step, what can be done, and how the latest requests stand. `seen` names this state of it all."""
    shown = story.latest()
    step, me = story.next_step(shown), _me(request)
    latest = shown[0].standing if shown else None
    stage, told = rules.stage(latest), rules.story(latest)
    change = story.change()
    changing, at = rules.change_step(change), rules.change_stage(change)
    sent = {row.sample for row in shown}
    return {
        "shown": shown,
        "latest": shown[0] if shown else None,
        "viewed": next((row.target for row in shown if row.target), ""),
        "step": step,
        "who": rules.WHO.get(step.who, ""),
        "also": rules.WHO.get(step.also, ""),
        "all_sent": sent >= set(SAMPLES),
        "story": [(says, number == stage) for number, says in enumerate(told, 1)],
        "change": changing,
        "change_versions": change.version,
        "change_who": rules.WHO.get(changing.who, ""),
        "change_story": [(says, number == at) for number, says in enumerate(rules.CHANGE_STORY, 1)],
        "me": me,
        "seen": sha256(repr((shown, step, me, change)).encode()).hexdigest()[:16],
        "samples": [(sample, sample.name in sent) for sample in commands.samples()],
        "people": [(story.key_of(person), rules.WHO[story.key_of(person)]) for person in people.demo_people()],
        "author": story.author_page(),
        "inside": rules.INSIDE,
        "outside": rules.OUTSIDE,
    }


def _me(request: HttpRequest) -> str:
    person = request.user
    return story.key_of(person) if isinstance(person, Person) and person.realm == "demo" else ""


@require_GET
@_demo
def now(request: HttpRequest) -> HttpResponse:
    """Only what changes by itself, for polling; nothing while the page already shows it."""
    shown = _now(request)
    if request.GET.get("seen") == shown["seen"]:
        return HttpResponse(status=204)
    return render(request, "demo/now.html", shown | {"polled": True})


@require_POST
@_demo
@at_most(60, MINUTE)
def send(request: HttpRequest) -> HttpResponse:
    """Send a sample through the e-mail door, or (`again`: a request's number) one that was sent, byte for byte."""
    again = request.POST.get("again", "")
    try:
        if again:
            commands.send_again(again, health.mail_door())
        else:
            commands.send(request.POST.get("sample", ""), health.mail_door(), again="same" in request.POST)
    except commands.NotSent as error:
        return _page(request, str(error), 503 if request.POST.get("sample") in SAMPLES else 400)
    return HttpResponseRedirect("/demo/#next")


@require_POST
@_demo
@at_most(120, MINUTE)
def be(request: HttpRequest) -> HttpResponse:
    """Be one of the demo's people, and go to the console, or to the page that was meant."""
    wanted = request.POST.get("person", "")
    who = next((person for person in people.demo_people() if story.key_of(person) == wanted), None)
    if who is None:
        return _page(request, "There is nobody of that name in the demo.", 400)
    people.become(request, who)
    return HttpResponseRedirect(_next(request))


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if here and wanted.startswith("/") else CONSOLE
