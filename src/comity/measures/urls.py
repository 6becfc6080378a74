"""The page of the brake, below `/console/`."""

from django.urls import path

from . import views

urlpatterns = [path("brake", views.brake)]
