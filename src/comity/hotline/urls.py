"""The pages of the hotline: the desk's, and those of services with what everyone reads."""

from django.urls import URLPattern, path

from . import console_views as desk
from . import officer_views as views

ONE = "<str:id>"


def console() -> list[URLPattern]:
    """Below `/console/hotline/`."""
    return [
        path("", desk.index),
        path("services", desk.services),
        path("services/invite", desk.invite),
        path("services/end", desk.end),
        path("services/suspend", desk.suspend),
        path("services/review", desk.put_review),
        path("services/sign", desk.sign_review),
        path(ONE, desk.call),
        path(f"{ONE}/thread", desk.thread),
        path(f"{ONE}/<slug:what>", desk.act),
    ]


def officers() -> list[URLPattern]:
    """Below `/hotline/`."""
    return [
        path("", views.alarm),
        path("raise", views.raise_call),
        path("figures", views.figures),
        path("worker.js", views.worker),
        path("app.webmanifest", views.manifest),
        path("sign-in", views.sign_in),
        path("sign-in/options", views.sign_in_options),
        path("sign-out", views.sign_out),
        path("demo", views.be_demo),
        path("join/<str:token>", views.join),
        path("join/<str:token>/options", views.join_options),
        path(ONE, views.call),
        path(f"{ONE}/thread", views.thread),
        path(f"{ONE}/write", views.write),
        path(f"{ONE}/outcome", views.outcome),
        path(f"{ONE}/sign", views.sign),
        path(f"{ONE}/sign/options", views.sign_options),
    ]
