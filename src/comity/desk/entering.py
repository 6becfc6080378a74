"""The form in which a case is opened by hand: which instrument, then its facts, each with its place in the document."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict

from comity.cases import document, entering
from comity.cases import typed as forms
from comity.cases.models import Request
from comity.console import labels
from comity.console.forms import FormPage
from comity.library import in_words
from comity.people.refusals import BadInput
from comity.regulations.packs import Pack
from comity.web.parts import Choice, Field, Form, Link

CATEGORIES: Mapping[str, str] = {
    "subscriber": "Subscriber data",
    "identify": "Data solely to identify the user",
    "traffic": "Traffic data",
    "content": "Content data",
    "basic-subscriber": "Basic subscriber data (United States)",
    "records": "Other records, without content (United States)",
}
WHERE = "Where that stands"
HINTS = {
    "country": "Two letters, such as FR",
    "language": "Two letters, such as en",
    "territory": "One a line: two letters, EU or WORLD",
    "lines": "One a line",
}
CRUMB = Link("Queue", "/console/")


def page(request: Request, instrument: str, action: str, typed: Mapping[str, str] | None = None) -> FormPage:
    """The page: first the instrument, then what its regulation asks for. `typed`: what was typed before."""
    packs = entering.may_be(request)
    pack = next((one for one in packs if one.id == instrument), None)
    crumbs = (CRUMB, Link(f"Request {request.id}", f"/console/requests/{request.id}"))
    if pack is None:
        choices = tuple(Choice(one.id, f"{in_words.say(one.title)} ({one.act})") for one in packs)
        fields = (Field("instrument", "Which instrument it is", kind="select", choices=choices),)
        form = Form(action, "Go on to its facts", fields, method="get")
        return FormPage("Open a case by hand", crumbs, SAYS, form)
    said = document.said(document.of(request)).get("facts", {})
    return FormPage(
        f"Open a case by hand: {in_words.say(pack.title)}",
        (*crumbs, Link("Another instrument", action)),
        TYPED,
        Form(action, "Open the case", _fields(pack, said, typed or {})),
    )


SAYS = (
    "Read the mail and what is attached. If it is an order under one of these, open a case of it; it is judged as any.",
    "That you typed it stands on the case.",
)
TYPED = (
    "Type what the document says, and where: a page, a line, a box. Leave out what it doesn’t say: it stays unknown.",
)


def _fields(pack: Pack, said: Mapping[str, Any], typed: Mapping[str, str]) -> tuple[Field, ...]:
    fields = [Field("instrument", "", pack.id, kind="hidden")]
    for path in entering.paths(pack):
        value = typed.get(path, _text(labels.at(said, path) if said else None))
        fields += [
            forms.field(path, value, WORDS),
            Field(f"where:{path}", f"{WHERE}: {labels.label(path)}", typed.get(f"where:{path}", ""), required=False),
        ]
    return tuple(fields)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return value if isinstance(value, str) else ""


def _option(path: str, code: str) -> str:
    """An option of a form in words: its own code, where nothing else says it."""
    if path == forms.DATA:
        return CATEGORIES[code]
    return labels.CATEGORIES.get(code, code.replace("_", " ").capitalize() if code.isupper() else code)


def _label(path: str) -> str:
    return "Which data it asks for" if path == forms.DATA else labels.label(path)


def _hint(path: str, format: str) -> str:
    return HINTS.get(format, "")


WORDS = forms.Words(_label, _option, _hint, "Yes", "No", "Not said")


def typed(pack_id: str, request: Request, given: QueryDict, zone: ZoneInfo) -> list[dict[str, Any]]:
    """What was typed, as facts with their places; what was left blank is left out. Raises BadInput."""
    pack = next((one for one in entering.may_be(request) if one.id == pack_id), None)
    if pack is None:
        raise BadInput("instrument", "choose one that there is a regulation for")
    made = []
    for path in entering.paths(pack):
        words = [one.strip() for one in given.getlist(path) if one.strip()]
        if words:
            where = given.get(f"where:{path}", "")
            made.append({"path": path, "value": _value(path, words, zone), "where": where})
    if not made:
        raise BadInput("facts", "type what the document says, at least one fact")
    return made


def _value(path: str, words: list[str], zone: ZoneInfo) -> Any:
    if path == forms.DATA:
        return [{"category": code, "items": [text]} for code, text in CATEGORIES.items() if code in words]
    return forms.value(path, words, zone)


def again(given: QueryDict) -> dict[str, str]:
    """What was typed, to be shown again beside what is wrong with it."""
    return {name: "\n".join(given.getlist(name)) for name in given if name != "csrfmiddlewaretoken"}
