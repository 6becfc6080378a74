"""The pages of plans, below `/console/countries/`, and a plan by its number alone."""

from django.urls import URLPattern, path

from . import views

ONE = "<str:country>/plans/<str:number>"


def console() -> list[URLPattern]:
    """Below `/console/countries/`."""
    return [
        path("<str:country>/plans/", views.draft),
        path(ONE, views.plan),
        path(f"{ONE}/sign", views.sign),
        path(f"{ONE}/attest/<str:step>", views.attest),
        path(f"{ONE}/rows/<str:name>", views.rows),
        path(f"{ONE}/<str:what>", views.do),
    ]


def by_number() -> list[URLPattern]:
    """Below `/console/plans/`."""
    return [path("<str:number>", views.by_number)]
