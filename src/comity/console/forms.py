"""One act on a page of its own: what it does, and the form that does it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from comity.web.parts import Clock, Field, Form, Letter, Link, Pair

from .frame import frame

REASON = Field("reason", "Reason", kind="long", hint="One or two sentences; it stays on the record")


@dataclass(frozen=True, slots=True)
class FormPage:
    """One act on its own page: correct, call back, send back, edit a letter, lift, answer a complaint, ask counsel."""

    title: str
    crumbs: tuple[Link, ...]
    says: tuple[str, ...]
    form: Form
    pairs: tuple[Pair, ...] = ()
    quote: str = ""
    preview: Letter | None = None
    clock: Clock | None = None
    primary: Link | None = None


def form_page(request: HttpRequest, realm: str, current: str, page: FormPage) -> HttpResponse:
    """The page of one act."""
    return render(request, "console/form.html", {"frame": frame(request, realm, current), "page": page})
