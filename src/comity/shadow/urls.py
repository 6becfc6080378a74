"""The pages of platforms below `/console/platforms/`, and what is said on a case below `/console/cases/`."""

from django.urls import URLPattern, path

from . import views


def platforms() -> list[URLPattern]:
    """Below `/console/platforms/`."""
    return [
        path("", views.index),
        path("<slug:name>", views.one),
        path("<slug:name>/<slug:what>", views.do),
    ]


def of_cases() -> list[URLPattern]:
    """Below `/console/`."""
    return [path("cases/<str:id>/shadow/<slug:what>", views.of_case)]
