"""The pages of the register, of levels and of drills, below `/console/risk/`, and the home of the head."""

from django.urls import URLPattern, path

from . import home, register_views
from .drills import views as drills


def console() -> list[URLPattern]:
    """Register, levels and drills."""
    return [
        path("register/", register_views.register),
        path("register/<str:number>", register_views.one),
        path("level", register_views.level),
        path("level/<str:what>", register_views.change),
        path("drills/", drills.index),
        path("drills/begin", drills.begin),
        path("drills/<str:id>", drills.one),
        path("drills/<str:id>/progress", drills.progress),
        path("drills/<str:id>/stop", drills.stop),
    ]


def at_home() -> list[URLPattern]:
    """`/console/` itself, and the queue by a name of its own."""
    return [path("", home.show), path("queue/", home.queue)]
