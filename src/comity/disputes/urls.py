"""The pages of disputes: the console's, everyone's, and those that a State opens by its links."""

from django.urls import URLPattern, path

from comity.web.middleware import takes_file

from . import public_views, views
from .papers import FILE_AT_MOST

ONE = "<str:id>"


def console() -> list[URLPattern]:
    """Below `/console/disputes/`."""
    return [
        path("", views.index),
        path("draft", views.draft),
        path(ONE, views.dispute),
        path(f"{ONE}/move", views.move),
        path(f"{ONE}/mediator", views.mediator),
        path(f"{ONE}/submit", takes_file(views.submit, FILE_AT_MOST)),
        path(f"{ONE}/exhibit", takes_file(views.exhibit, FILE_AT_MOST)),
        path(f"{ONE}/settling", takes_file(views.settling, FILE_AT_MOST)),
        path(f"{ONE}/interim", views.interim),
        path(f"{ONE}/interim/<int:n>/lift", views.lift),
        path(f"{ONE}/due", views.call_for),
        path(f"{ONE}/due/<int:n>/met", views.meet),
        path(f"{ONE}/propose", views.propose),
        path(f"{ONE}/sign", views.sign),
        path(f"{ONE}/return", views.send_back),
        path(f"{ONE}/withdraw", views.withdraw),
        path(f"{ONE}/again", views.again),
        path(f"{ONE}/link", views.link),
        path(f"{ONE}/note", views.note),
        path(f"{ONE}/said/<int:said>", views.show),
        path(f"{ONE}/bundle", views.bundle),
        path(f"{ONE}/bundle.pdf", views.bundle_pdf),
        path(f"{ONE}/<str:table>/<int:n>", views.paper),
    ]


def everyone() -> list[URLPattern]:
    """Below `/countries/`."""
    return [
        path("submit/<str:token>", takes_file(public_views.submit, FILE_AT_MOST)),
        path("annotate/<str:token>", public_views.annotate),
        path("settle/<str:token>", public_views.settle),
        path("demo/<str:country>/disputes/<str:id>", public_views.dispute, {"realm": "demo"}),
        path("<str:country>/disputes/<str:id>", public_views.dispute),
    ]
