"""How officers come in, below `/authorities/`."""

from django.urls import path

from . import views

urlpatterns = [
    path("sign-in", views.sign_in),
    path("sign-in/options", views.sign_in_options),
    path("sign-out", views.sign_out),
    path("demo-officer", views.be_demo),
    path("join/<str:token>", views.join),
    path("join/<str:token>/options", views.join_options),
]
