"""The pages of alerts, below `/console/alerts/`."""

from django.urls import path

from . import views

urlpatterns = [path("", views.index), path("<int:id>", views.alert)]
