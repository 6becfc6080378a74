"""The demo's page and the bar: play a story, send a mail, be somebody. Where the demo is off there is no such page."""

from collections.abc import Callable
from dataclasses import dataclass, replace
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
from comity.ledger.life import NotNow
from comity.people import commands as people
from comity.people.access import View, at_most
from comity.people.approvals import ApprovalRefused
from comity.people.models import Person
from comity.people.refusals import BadInput, NotAllowed
from comity.people.views import home_of

from . import commands, guide, panes, playing, rules, standing
from .custody import running as raids
from .rules import HOME
from .samples import SAMPLES
from .stories import GROUPS, MAIL, STORIES, Playing, Scene, Story

MINUTE = 60
LONGEST = 200
NOT_DONE = (NotNow, NotAllowed, BadInput, ApprovalRefused, LookupError, commands.NotSent)


def _demo(view: View) -> View:
    """Only where the demo is on."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.COMITY.demo:
            raise Http404
        return view(request, *args, **kwargs)

    return inner


@dataclass(frozen=True)
class Card:
    """A story on the demo's page. `begun`: this visitor has begun it; `runs`: it is the one that stands above."""

    story: Story
    scene: Scene
    begun: bool
    runs: bool

    @property
    def over(self) -> bool:
        """Whether it was played to its end."""
        return self.begun and self.scene.step.act == "done"

    @property
    def start(self) -> str:
        """The id of the button that begins it."""
        return f"start-{self.story.id}"

    @property
    def first(self) -> Scene:
        """How it stands before it begins."""
        return self.story.scene(None)

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Each step with how it stands: done, now or empty."""
        marks = [
            "done" if n < self.scene.done else "now" if self.begun and n == self.scene.done else ""
            for n in range(len(self.story.steps))
        ]
        return list(zip(self.story.steps, marks, strict=True))


@require_http_methods(["GET", "HEAD"])
@_demo
def show(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    return _page(request)


def _page(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    return render(request, "demo/page.html", _now(request) | {"error": error}, status=status)


def _now(request: HttpRequest) -> dict[str, Any]:
    """The story that runs, the cards, and how the latest requests stand. `seen` names this state of it all."""
    running, shown, played = guide.of(request, HOME), standing.latest(), playing.of(request)
    groups = [(title, [_card(story, played, running) for story in stories]) for title, stories in GROUPS]
    cards = [card for _, some in groups for card in some]
    me, sent = guide.me(request), {row.sample for row in shown}
    return {
        "bar": running,
        "panes": running.panes if running else panes.of(""),
        "cards": cards,
        "groups": groups,
        "after": next((card for card in cards if not card.begun), None),
        "shown": shown,
        "viewed": next((row.target for row in shown if row.target), ""),
        "me": me,
        "seen": sha256(repr((shown, cards, me, running and running.seen)).encode()).hexdigest()[:16],
        "samples": [(sample, sample.name in sent) for sample in commands.samples()],
        "people": [(key, rules.WHO[key], rules.DOES[key]) for key in map(standing.key_of, people.demo_people())],
        "author": standing.author_page(),
        "inside": rules.INSIDE,
        "outside": rules.OUTSIDE,
    }


def _card(story: Story, played: playing.Played, running: guide.Guide | None) -> Card:
    runs = running is not None and running.story.id == story.id
    so_far = played.stories.get(story.id)
    return Card(story, running.scene if running and runs else story.scene(so_far), so_far is not None, runs)


@require_GET
@_demo
def now(request: HttpRequest) -> HttpResponse:
    """Only what changes by itself, for polling; nothing while the page already shows it."""
    shown = _now(request)
    if request.GET.get("seen") == shown["seen"]:
        return HttpResponse(status=204)
    return render(request, "demo/now.html", shown | {"polled": True})


@require_GET
@_demo
def bar(request: HttpRequest) -> HttpResponse:
    """The bar of a page, for polling; nothing while it already shows how things stand, or no story runs. A page on
    which one waited (`waits`) is loaded anew: what it shows above the bar has changed too."""
    shown = guide.of(request, request.GET.get("at", "")[:LONGEST])
    if shown is None or request.GET.get("seen") == shown.seen:
        return HttpResponse(status=204)
    answer = render(request, "demo/guide_now.html", {"bar": shown, "polled": True})
    if "waits" in request.GET:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@_demo
@at_most(60, MINUTE)
def send(request: HttpRequest) -> HttpResponse:
    """Send a sample through the e-mail door, and play its story; or (`again`: a request's number) one that was sent,
    byte for byte."""
    again, sample = request.POST.get("again", ""), request.POST.get("sample", "")
    try:
        if again:
            mail = commands.send_again(again, health.mail_door())
        else:
            mail = commands.send(sample, health.mail_door(), again="same" in request.POST)
    except commands.NotSent as error:
        return _page(request, str(error), 503 if sample in SAMPLES else 400)
    _play(request, lambda story, so_far: story.sent(so_far, mail))
    return HttpResponseRedirect("/demo/#now")


def _play(request: HttpRequest, change: Callable[[Story, Playing], Playing]) -> None:
    """Go on with the story that the form names, or begin it; any mail where it names none."""
    story = STORIES.get(request.POST.get("story", ""), MAIL)
    played = playing.of(request)
    so_far = None if request.POST.get("fresh") else played.stories.get(story.id)
    playing.keep(request, played.go_on(story, change(story, so_far or story.fresh())))


@require_POST
@_demo
def follow(request: HttpRequest) -> HttpResponse:
    """Follow a mail that came, whoever sent it, or (`story`) go on with a story that was begun."""
    if request.POST.get("story") in STORIES:
        _play(request, lambda story, so_far: so_far)
        return HttpResponseRedirect("/demo/#now")
    found = standing.of_number(request.POST.get("request", ""))
    if found is None:
        return _page(request, "There is no such mail in the demo.", 400)
    _play(request, lambda story, so_far: Playing(request=found.standing.request))
    return HttpResponseRedirect("/demo/#now")


@require_POST
@_demo
def leave(request: HttpRequest) -> HttpResponse:
    """No story runs any more; what was played is kept."""
    playing.keep(request, replace(playing.of(request), now=""))
    return HttpResponseRedirect(HOME)


@require_POST
@_demo
def look(request: HttpRequest) -> HttpResponse:
    """Remember that something was looked at, and go there."""
    played, mark = playing.of(request), request.POST.get("mark", "")
    so_far = played.stories.get(played.now)
    if played.story and so_far and mark in rules.MARKS and mark not in so_far.looked:
        playing.keep(request, played.go_on(played.story, replace(so_far, looked=(*so_far.looked, mark))))
    return HttpResponseRedirect(_next(request))


@require_POST
@_demo
@at_most(60, MINUTE)
def play(request: HttpRequest) -> HttpResponse:
    """Do what is next in a story with words of the demo's own, as the person whose step it is; nothing where it is no
    longer next."""
    story = STORIES.get(request.POST.get("story", ""))
    so_far = playing.of(request).stories.get(story.id) if story else None
    if story is None or so_far is None:
        return _page(request, "There is no such story that runs.", 400)
    step = story.scene(so_far).step
    if not step.play or step.play != request.POST.get("play"):
        return HttpResponseRedirect(_next(request))
    try:
        after = story.play(step.play, so_far)
    except NOT_DONE as error:
        return _page(request, str(error), 409)
    if (who := _person(step.who)) and who != request.user:  # a new session would race what the page polls
        playing.become(request, who)
    _play(request, lambda _, __: after)
    then = story.scene(after).step
    stays = then.act == "play" or (then.act == "be" and then.who == step.who)
    return HttpResponseRedirect(then.where if stays and then.where else _next(request, f"{HOME}#now"))


def _person(key: str) -> Person | None:
    return next((person for person in people.demo_people() if standing.key_of(person) == key), None)


@require_POST
@_demo
@at_most(120, MINUTE)
def be(request: HttpRequest) -> HttpResponse:
    """Be one of the demo's people, and go to what is theirs, or to the page that was meant."""
    wanted = request.POST.get("person", "")
    who = _person(wanted)
    if who is None:
        return _page(request, "There is nobody of that name in the demo.", 400)
    playing.become(request, who)
    if request.POST.get("story") in STORIES:
        _play(request, lambda story, so_far: so_far)
    return HttpResponseRedirect(_next(request, home_of(who)))


def _next(request: HttpRequest, otherwise: str = HOME) -> str:
    wanted = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if here and wanted.startswith("/") else otherwise


@_demo
@require_http_methods(["GET", "HEAD", "POST"])
@at_most(60, MINUTE)
def raid(request: HttpRequest) -> HttpResponseBase:
    """The raid: begun by anybody here, and told attack by attack."""
    if request.method == "POST":
        raids.begin()
        return HttpResponseRedirect("/demo/raid")
    told = raids.last()
    shown = {"realm": "demo", "page": {**told, "runs": raids.runs(told)}}
    return render(request, "demo/raid.html", shown)
