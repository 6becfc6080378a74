"""The pages behind secret links, below `/authorities/`; and what the desk does with a link, below `/console/`."""

from django.urls import URLPattern, path

from comity.cases.filed import FILES_AT_MOST
from comity.web.middleware import takes_file

from . import console_views, views


def everyone() -> list[URLPattern]:
    """Below `/authorities/`."""
    return [
        path("follow/<str:token>", views.status),
        path("follow/<str:token>/write", takes_file(views.write, FILES_AT_MOST)),
        path("follow/<str:token>/ask", views.ask),
        path("follow/<str:token>/receipt/<str:number>", views.receipt),
        path("sign/<str:number>", views.sign),
        path("sign/<str:number>/options", views.sign_options),
        path("confirm/<str:token>", views.confirm),
        path("letters/<str:token>", views.letters),
        path("letters/<str:token>/<uuid:mail>", views.letter),
    ]


def console() -> list[URLPattern]:
    """Below `/console/`."""
    return [path("requests/<str:id>/link", console_views.link)]
