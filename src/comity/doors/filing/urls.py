"""The pages on which a demand is filed, below `/authorities/` and, where the demo is on, `/authorities/demo/`."""

from django.urls import URLPattern, path

from comity.cases.filed import FILES_AT_MOST
from comity.web.middleware import takes_file

from . import views


def everyone(realm: str = "real") -> list[URLPattern]:
    """For a realm."""
    of = {"realm": realm}
    return [
        path("", views.index, of),
        path("file", views.choose, of),
        path("file/<str:instrument>", takes_file(views.file, FILES_AT_MOST), of),
    ]
