"""The demo's pages, below `/demo/`."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.show),
    path("now", views.now),
    path("bar", views.bar),
    path("send", views.send),
    path("be", views.be),
    path("look", views.look),
    path("play", views.play),
    path("raid", views.raid),
    path("follow", views.follow),
    path("leave", views.leave),
]
