"""Where platforms report, below `/api/v1/figures/`."""

from django.urls import path

from . import views

urlpatterns = [path("<str:platform>/<str:day>", views.put)]
