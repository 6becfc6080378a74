"""The public pages, and what monitors ask for."""

from django.urls import path

from . import health, metrics, views

urlpatterns = [
    path("", views.home),
    path("representative", views.representative),
    path("regulations/", views.regulations),
    path("regulations/own-one-person", views.one_person_rule),
    path("regulations/own-one-person/<str:version>", views.one_person_rule),
    path("regulations/<str:pack>", views.current),
    path("regulations/<str:pack>/<str:version>", views.regulation),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
]
