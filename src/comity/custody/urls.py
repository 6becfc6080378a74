"""Custody's pages: for everyone below `/custodians/`, for authorities below `/production/`, and the desk's."""

from django.urls import URLPattern, path

from . import api, public_views, views


def everyone() -> list[URLPattern]:
    """Below `/custodians/`."""
    return [
        path("", public_views.custodians, {"realm": "real"}),
        path("demo/", public_views.custodians, {"realm": "demo"}),
        path("inbox", api.inbox),
        path("inbox/<str:id>/opening", api.opening),
        path("inbox/<str:id>/card", api.card),
        path("inbox/<str:id>/order", api.order),
        path("inbox/<str:id>/answer", api.takes_answer),
        path("rosters/<int:version>", api.roster),
    ]


def authorities() -> list[URLPattern]:
    """Below `/production/`."""
    return [
        path("key/<str:token>", public_views.gives_key),
        path("scripts/<str:name>", public_views.script),
        path("<str:token>", public_views.collecting),
        path("<str:token>/package", public_views.package),
        path("<str:token>/open", public_views.opened),
        path("<str:token>/receipt", public_views.receipt),
        path("<str:token>/bad", public_views.bad),
    ]


def console() -> list[URLPattern]:
    """Below `/console/custody/`."""
    return [
        path("", views.index),
        path("<str:id>", views.opening),
        path("<str:id>/sign", views.sign),
        path("<str:id>/return", views.send_back),
        path("<str:id>/put", views.put),
        path("<str:id>/call", views.call),
        path("<str:id>/tell", views.tell),
    ]
