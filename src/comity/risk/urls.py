"""The pages of growing risk, below `/console/risk/`."""

from django.urls import URLPattern, path

from . import views


def console() -> list[URLPattern]:
    """All of them."""
    return [
        path("", views.overview),
        path("figures/<slug:name>", views.figure),
        path("alarms/<str:id>", views.alarm),
        path("alarms/<str:id>/judge", views.judge),
        path("growth", views.growth),
        path("desk", views.desk),
    ]
