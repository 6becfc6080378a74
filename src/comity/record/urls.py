"""The record's files and pages, below `/ledger/`: the real log, and those of drills and of the demo below it."""

from django.urls import URLPattern, path

from . import views
from .places import REALMS


def of(realm: str) -> list[URLPattern]:
    """One realm's."""
    below, given = ("" if realm == "real" else f"{realm}/"), {"realm": realm}
    return [
        path(f"{below}checkpoint", views.checkpoint, given),
        path(f"{below}tile/<path:rest>", views.tile, given),
        path(f"{below}policy", views.policy, given),
        path(f"{below}vkey", views.vkey, given),
        path(below, views.index, given),
        path(f"{below}entry/<int:number>", views.entry, given),
        path(f"{below}entry/<int:number>.tlog-proof", views.proof, given),
        path(f"{below}people", views.people, given),
        path(f"{below}figures", views.figures, given),
        path(f"{below}verify", views.verify, given),
        *([path("demo/receipt/<str:case>", views.demo_receipt, given)] if realm == "demo" else []),
        *([path("demo/receipt/<str:case>/file", views.demo_receipt_file, given)] if realm == "demo" else []),
        path(f"{below}compromise", views.compromise, given),
        path(f"{below}proves", views.proves, given),
    ]


urlpatterns = [one for realm in REALMS for one in of(realm)]
