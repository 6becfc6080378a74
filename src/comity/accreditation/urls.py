"""The pages of the register: the desk's, and those by which an authority applies."""

from django.urls import URLPattern, path

from comity.web.middleware import takes_file

from . import public_views, views
from .transfer import FILE_AT_MOST


def console() -> list[URLPattern]:
    """Below `/console/register/`."""
    return [
        path("", views.index),
        path("export", views.export),
        path("import", takes_file(views.put_in, FILE_AT_MOST)),
        path("of/<str:id>", views.authority),
        path("of/<str:id>/change", views.change),
        path("of/<str:id>/<slug:what>", views.act_on),
        path("<str:id>", views.application),
        path("<str:id>/<slug:what>", views.act),
    ]


def everyone(realm: str = "real") -> list[URLPattern]:
    """Below `/authorities/` and `/authorities/demo/`."""
    return [path("apply", public_views.apply, {"realm": realm})]


def by_link() -> list[URLPattern]:
    """Below `/authorities/`."""
    return [
        path("applied/<str:token>", public_views.applied),
        path("applied/<str:token>/look", public_views.look),
        path("prove/<str:token>", public_views.prove),
    ]
