"""The form in which a case is opened by hand: which instrument, then its facts, each with its place in the document."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict

from comity.cases import document, entering
from comity.cases.models import Request
from comity.console import labels
from comity.console.forms import FormPage
from comity.library import in_words
from comity.people.refusals import BadInput
from comity.regulations.facts import schema
from comity.regulations.packs import Pack
from comity.web.parts import Choice, Field, Form, Link

from . import correcting

CATEGORIES: Mapping[str, str] = {
    "subscriber": "Subscriber data",
    "identify": "Data solely to identify the user",
    "traffic": "Traffic data",
    "content": "Content data",
    "basic-subscriber": "Basic subscriber data (United States)",
    "records": "Other records, without content (United States)",
}
WHERE = "Where that stands"
TWO_LETTERS = {"country": "Two letters, such as FR", "language": "Two letters, such as en"}
TERRITORY = "One a line: two letters, EU or WORLD"
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
            _field(path, value),
            Field(f"where:{path}", f"{WHERE}: {labels.label(path)}", typed.get(f"where:{path}", ""), required=False),
        ]
    return tuple(fields)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return value if isinstance(value, str) else ""


def _rule(path: str) -> Mapping[str, Any]:
    at: Mapping[str, Any] = schema()
    for name in path.split("."):
        at = at["properties"][name]
    return at


def _option(code: str) -> str:
    """An option of a form in words: its own code, where nothing else says it."""
    return labels.CATEGORIES.get(code, code.replace("_", " ").capitalize() if code.isupper() else code)


def _kind(path: str) -> str:
    kinds = _rule(path)["type"]
    return next(kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null")


def _field(path: str, value: str) -> Field:
    name = labels.label(path)
    if path == "data":
        options = tuple(Choice(code, text, code in value.split("\n")) for code, text in CATEGORIES.items())
        return Field(path, "Which data it asks for", kind="ticks", choices=options, required=False)
    kind, rule = _kind(path), _rule(path)
    items, inner = rule.get("items") or {}, (rule.get("properties") or {}).get("kind") or {}
    options = rule.get("enum") or items.get("enum") or inner.get("enum") or ()
    if kind == "boolean":
        chosen = tuple(Choice(word, word.capitalize(), word == value) for word in ("yes", "no"))
        return Field(path, name, kind="radio", choices=chosen, required=False)
    if kind == "array" and options:
        ticks = tuple(Choice(one, _option(one), one in value.split("\n")) for one in options)
        return Field(path, name, kind="ticks", choices=ticks, required=False)
    if options:
        choices = (Choice("", "Not said"), *(Choice(one, _option(one), one == value) for one in options if one))
        return Field(path, name, kind="select", choices=choices, required=False)
    if kind == "array":
        hint = TERRITORY if items.get("format") == "territory" else "One a line"
        return Field(path, name, value, kind="long", rows=3, hint=hint, required=False)
    if rule.get("format") == "instant":
        return Field(path, name, value, kind="instant", required=False)
    return Field(path, name, value, hint=TWO_LETTERS.get(rule.get("format", ""), ""), required=False)


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
    if path == "data":
        return [{"category": code, "items": [text]} for code, text in CATEGORIES.items() if code in words]
    kind, rule = _kind(path), _rule(path)
    if kind == "boolean":
        return words[0].lower() == "yes"
    if kind == "array":
        return [line.strip() for one in words for line in one.replace("\r", "").split("\n") if line.strip()]
    if kind in ("integer", "number"):
        return int(words[0]) if words[0].isdecimal() and len(words[0]) < 5 else words[0]
    if kind == "object":
        return {"kind": words[0]}
    if rule.get("format") == "instant":
        return correcting.instant_of(path, words[0], zone)
    return words[0]


def again(given: QueryDict) -> dict[str, str]:
    """What was typed, to be shown again beside what is wrong with it."""
    return {name: "\n".join(given.getlist(name)) for name in given if name != "csrfmiddlewaretoken"}
