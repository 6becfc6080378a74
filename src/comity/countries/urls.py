"""The pages on which we stand with each State: the console's, and everyone's."""

from typing import Any

from django.urls import URLPattern, path

from . import public_views, views

ONE = "<str:country>"


def console() -> list[URLPattern]:
    """Below `/console/countries/`."""
    return [
        path("", views.index),
        path(ONE, views.country),
        path(f"{ONE}/move", views.move),
        path(f"{ONE}/reach", views.reach),
        path(f"{ONE}/contact", views.contact),
        path(f"{ONE}/ask", views.ask),
        path(f"{ONE}/agree", views.agree),
        path(f"{ONE}/sign", views.sign),
        path(f"{ONE}/return", views.send_back),
        path(f"{ONE}/link", views.link),
        path(f"{ONE}/say", views.say),
        path(f"{ONE}/said/<int:said>", views.show),
    ]


def everyone(proposed: public_views.Proposed) -> list[URLPattern]:
    """Below `/countries/`. `proposed`: what a State proposed to change, from the room above that knows of it."""
    of_one: dict[str, Any] = {"proposed": proposed}
    demo = {"realm": "demo"}
    return [
        path("", public_views.index),
        path("speak/<str:token>", public_views.speak),
        path("confirm/<str:token>", public_views.confirm),
        path("demo/", public_views.index, demo),
        path(f"demo/{ONE}", public_views.country, demo | of_one),
        path(f"demo/{ONE}/link", public_views.ask_for_link, demo),
        path(ONE, public_views.country, of_one),
        path(f"{ONE}/link", public_views.ask_for_link),
    ]
