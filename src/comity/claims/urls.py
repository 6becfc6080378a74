"""The pages of claims, below `/console/claims/`."""

from django.urls import path

from comity.web.middleware import takes_file

from . import views
from .entering import MOST_SCAN

ONE = "<str:id>"

urlpatterns = [
    path("", views.index),
    path("enter", takes_file(views.enter, MOST_SCAN)),
    path("posts", views.held),
    path("open/<str:id>", views.open_by_hand),
    path(ONE, views.claim),
    path(f"{ONE}/sort", views.sort),
    path(f"{ONE}/day", views.day),
    path(f"{ONE}/post", views.post),
    path(f"{ONE}/instruct", views.instruct),
    path(f"{ONE}/tell", views.tell),
    path(f"{ONE}/answer", views.answer),
    path(f"{ONE}/join", views.join),
    path(f"{ONE}/link", views.link),
    path(f"{ONE}/end", views.end),
    path(f"{ONE}/note", views.note),
]
