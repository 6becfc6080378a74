"""The page of an alert, below `/console/alerts/`."""

from django.urls import path

from . import views

urlpatterns = [path("<int:id>", views.alert)]
