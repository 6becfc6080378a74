"""The pages of the balance: the console's, the council's, and everyone's."""

from django.urls import URLPattern, path

from . import council_views, public_views, views

ONE = "<str:id>"
DEMO = {"realm": "demo"}


def console() -> list[URLPattern]:
    """Below `/console/balance/`."""
    return [
        path("", views.balance),
        path("bounds", views.propose_bound),
        path("bounds/<str:number>", views.bound),
        path("crossings/<int:pk>", views.crossing),
        path("what-if/<int:draft>", views.what_if),
        path("<str:country>", views.balance),
    ]


def proposals() -> list[URLPattern]:
    """Below `/console/proposals/`."""
    return [
        path("", views.proposals),
        path("new", views.make),
        path(ONE, views.proposal),
        path(f"{ONE}/<slug:what>", views.act),
    ]


def council() -> list[URLPattern]:
    """Below `/council/`."""
    return [
        path("", council_views.index),
        path("bounds", council_views.propose_bound),
        path(ONE, council_views.one),
        path(f"{ONE}/<slug:what>", council_views.act),
    ]


def everyone() -> list[URLPattern]:
    """`/balance/`, and the same as CSV beside it."""
    return [
        path("balance.csv", public_views.table),
        path("balance/", public_views.balance),
        path("balance/demo.csv", public_views.table, DEMO),
        path("balance/demo/", public_views.balance, DEMO),
        path("balance/demo/<str:country>.csv", public_views.table, DEMO),
        path("balance/demo/<str:country>", public_views.balance, DEMO),
        path("balance/<str:country>.csv", public_views.table),
        path("balance/<str:country>", public_views.balance),
    ]


def proposing() -> list[URLPattern]:
    """Below `/proposals/`."""
    return [
        path("", public_views.index),
        path("new", public_views.new),
        path("link", public_views.ask_for_link),
        path("demo/", public_views.index, DEMO),
        path("demo/new", public_views.new, DEMO),
        path("demo/link", public_views.ask_for_link, DEMO),
        path("mine/<str:token>", public_views.mine),
        path(ONE, public_views.proposal),
        path(f"{ONE}/comment", public_views.comment),
    ]


def of_states() -> list[URLPattern]:
    """Below `/countries/`: what a State opens by its secret link."""
    return [path("propose/<str:token>", public_views.by_state)]
