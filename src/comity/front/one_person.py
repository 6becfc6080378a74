"""The rule of a desk of one person as a page among the regulations: the same look, from its own file."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from comity.language import day
from comity.library import headings, in_words
from comity.library.in_words import Line, Page, Section
from comity.people import one_person
from comity.people.one_person import Rule
from comity.regulations.packs import Text

SECTIONS = {
    "where": _("Where it holds"),
    "what": _("What one signature is enough for"),
    "review": _("How soon it is reviewed"),
    "not": _("What still takes two people"),
}


def page(rule: Rule, language: str) -> Page:
    """One version for public reading; English where it isn't written in the language."""
    written = day(rule.written, language)
    not_yet = in_words.say(headings.NOT_REVIEWED, language)
    return Page(
        id=one_person.ID,
        version=rule.version,
        title=in_words.say(rule.title, language),
        act=rule.act,
        in_force_from=rule.in_force_from.isoformat(),
        since=in_words.say(headings.ALWAYS, language, day=written),
        own=True,
        reviewed=rule.reviewed,
        review="" if rule.reviewed else not_yet,
        mark="",
        law=in_words.say(headings.LAW["Comity"], language),
        summary=in_words.say(rule.summary, language),
        sections=tuple(_section(name, lines, language) for name, lines in rule.says.items()),
        sha256=rule.sha256,
        language=language,
    )


def _section(name: str, lines: tuple[Text, ...], language: str) -> Section:
    with override(language):
        title = str(SECTIONS[name])
    return Section(name, title, "", tuple(Line(in_words.say(one, language)) for one in lines))


def version(rule: Rule, language: str) -> dict[str, Any]:
    """One version and when it applied, as the list of regulations shows it."""
    newest = one_person.versions()[-1] is rule
    flags = {"over": not newest, "current": newest, "to_come": False, "emergency": False, "by": "", "reason": ""}
    return {"page": page(rule, language), "since": None, "until": None} | flags


def shown(rule: Rule, language: str) -> dict[str, Any]:
    """The context of one version's page."""
    versions = [one.version for one in one_person.versions()]
    return {
        "page": page(rule, language),
        "version": version(rule, language),
        "newest": versions[-1],
        "versions": versions,
        "changes": (),
    }
