"""The demo's pages, below `/demo/`."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.show),
    path("now", views.now),
    path("send", views.send),
    path("be", views.be),
]
