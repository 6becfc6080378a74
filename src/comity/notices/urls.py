"""Where platforms tell, and where people read it."""

from django.urls import path

from . import views

console = [path("", views.index), path("<str:id>", views.notice)]
platforms = [path("<str:name>/events", views.heard)]
