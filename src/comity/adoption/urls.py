"""The pages on which regulations are changed, below `/console/regulations/`."""

from django.urls import path

from . import views

DRAFT = "<str:regulation>/drafts/<int:number>"

urlpatterns = [
    path("", views.index),
    path("<str:regulation>", views.regulation),
    path("<str:regulation>/drafts", views.begin),
    path(DRAFT, views.editor),
    path(f"{DRAFT}/check", views.check),
    path(f"{DRAFT}/block", views.block),
    path(f"{DRAFT}/try", views.try_on_past),
    path(f"{DRAFT}/propose", views.propose),
    path(f"{DRAFT}/urge", views.propose, {"urgent": True}),
    path(f"{DRAFT}/sign", views.sign),
    path(f"{DRAFT}/return", views.send_back),
    path(f"{DRAFT}/end", views.end),
    path(f"{DRAFT}/withdraw", views.withdraw),
]
