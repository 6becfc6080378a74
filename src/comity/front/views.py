"""The front page and the regulations as readable text. No session, no cookie, no script."""

from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from comity import clock, instruments
from comity.instruments.port import Instrument
from comity.language import ENGLISH, country, listed, name_of
from comity.library import diff, headings, in_force, in_words
from comity.library.in_force import Living, Standing
from comity.people import founding, one_person
from comity.platforms.territory import covers
from comity.regulations import packs
from comity.regulations.packs import Pack
from comity.web import context

from . import one_person as one_person_page
from . import record
from . import representative as answering

REMOVAL = instruments.of("eu-tco-removal-order")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who we are, how to reach us, and how to send an order so that it is handled fast."""
    us = settings.COMITY
    ours = [name_of(code) for code in us.provider["languages"]]
    established = str(us.provider["establishment"] or "")
    shown = {
        "ours": ours,
        "either": listed(ours, either=True),
        "established": country(established) if established else _("a State outside the European Union"),
        "represented": country(str(us.provider["representative"] or "")),
        "member": covers(["EU"], established),
        "supervisor": us.establishment_authority.get("name", ""),
        "removal": REMOVAL,
        "other": Instrument(""),
        "rules": f"/regulations/{REMOVAL.id}" if REMOVAL.pack else "/regulations/",
        "record": record.latest(),
        "alone": founding.alone(),
        "founded_alone": founding.founded_alone() is not None,
        "one_person": f"/regulations/{one_person.ID}",
        "orders": us.mailboxes[0],
        "others": us.mailboxes[1:],
        "notices": [one for path in settings.FRONT_NOTICES for one in import_string(path)()],
    }
    return render(request, "front/home.html", shown)


@require_safe
def representative(request: HttpRequest) -> HttpResponse:
    """Who answers an order here, what we need for it, and how it went, by instrument."""
    us = settings.COMITY
    ours = [name_of(code) for code in us.provider["languages"]]
    established = str(us.provider["establishment"] or "")
    shown = {
        "ours": ours,
        "either": listed(ours, either=True),
        "established": country(established) if established else _("a State outside the European Union"),
        "represented": country(str(us.provider["representative"])) if us.provider["representative"] else "",
        "orders": us.mailboxes[0],
        "rows": answering.rows("real"),
        "oldest": answering.oldest("real", clock.now()),
    }
    return render(request, "front/representative.html", shown)


@require_safe
def regulations(request: HttpRequest) -> HttpResponse:
    """Every regulation we apply, those of law before our own, each with all its versions, newest first."""
    library = in_force.library("real")
    spoken = str(get_language())
    shown = [[_version(library, one, spoken) for one in reversed(library.of(name))] for name in library.ids()]
    shown.append([one_person_page.version(rule, spoken) for rule in reversed(one_person.versions())])
    shown.sort(key=lambda versions: versions[0]["page"].own)
    reviewed = any(one["page"].reviewed for versions in shown for one in versions)
    return render(request, "front/regulations.html", {"regulations": shown, "reviewed": reviewed})


def _version(library: Living, one: Standing, language: str) -> dict[str, Any]:
    """One version and when it applies: in force, future or past; who adopted it, and why."""
    now, ended = clock.now(), library.ended(one)
    over = ended is not None and ended <= now
    return {
        "page": in_words.page(one.pack, language),
        "since": one.start if one.acts else None,
        "until": ended,
        "over": over,
        "to_come": one.start > now,
        "current": not over and one.start <= now and library.standing(one.pack.id, now).pack is one.pack,
        "emergency": one.emergency,
        "reason": one.reason,
        "by": listed([f"{', '.join(_roles(by.roles, language))} ({by.jurisdiction})" for by in one.by], language),
    }


def _roles(roles: Iterable[str], language: str) -> list[str]:
    return [in_words.say(headings.ROLES.get(role, {"en": role}), language) for role in sorted(roles)]


@require_safe
def current(request: HttpRequest, pack: str) -> HttpResponse:
    """Redirect to the version of a regulation that is in force."""
    library = in_force.library("real")
    try:
        now = library.in_force(pack, clock.now())
    except packs.NoPack:
        now = None
    if now is None and pack not in library.ids():
        raise Http404
    found = now or library.in_force(pack, None)
    return HttpResponseRedirect(f"/regulations/{found.id}/{found.version}{context.kept(request)}")


def _language(written: Collection[str]) -> str:
    """The page's language if the regulation is written in it; else English."""
    spoken = get_language()
    return spoken if spoken in written else ENGLISH


@require_safe
def regulation(request: HttpRequest, pack: str, version: str) -> HttpResponse:
    """One version of one regulation, as a clerk reads it."""
    library = in_force.library("real")
    try:
        standings = library.of(pack)
        found = library.version(pack, version)
    except packs.NoPack:
        raise Http404 from None
    language = _language(in_words.languages(found))
    at = next(n for n, one in enumerate(standings) if one.pack is found)
    versions = [_version(library, one, language) for one in standings]
    shown = {
        "page": versions[at]["page"],
        "version": versions[at],
        "newest": next((one["page"].version for one in versions if one["current"]), versions[-1]["page"].version),
        "versions": [one["page"].version for one in versions],
        "changes": _changes(standings[at - 1].pack, found) if at else (),
        "before": standings[at - 1].pack.version if at else "",
    }
    return render(request, "front/regulation.html", shown)


@require_safe
def one_person_rule(request: HttpRequest, version: str = "") -> HttpResponse:
    """The rule of a desk of one person, in one version; by default the newest."""
    found = next((rule for rule in reversed(one_person.versions()) if version in ("", rule.version)), None)
    if found is None:
        raise Http404
    if not version:
        return HttpResponseRedirect(found.url + context.kept(request))
    return render(request, "front/regulation.html", one_person_page.shown(found, _language(found.title)))


def _changes(old: Pack, new: Pack) -> list[str]:
    """What a version changed, in sentences; its own name and date are already above them."""
    own = ("version", "in force from")
    questions = diff.asks(old, new)
    return [diff.sentence(change, questions) for change in diff.changes(old, new) if change.field not in own]
