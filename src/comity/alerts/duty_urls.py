"""The pages of duty, below `/console/duty/`."""

from django.urls import path

from comity.web.middleware import takes_file

from . import duty_views as views
from .calendars import LARGEST

urlpatterns = [
    path("", views.duty),
    path("poll", views.poll),
    path("answer", views.answer),
    path("rings/<str:subject>", views.rings),
    path("devices", views.add_device),
    path("devices/<int:id>/end", views.end_device),
    path("profile", views.profile),
    path("rota", views.rota_page),
    path("rota/shifts", views.set_shift),
    path("rota/shifts/<int:id>/end", views.end_shift),
    path("rota/shifts/<int:id>/hand-over", views.hand_over),
    path("rota/calendar", takes_file(views.take_in, LARGEST)),
    path("rota/absences", views.set_absence),
    path("rota/absences/<int:id>/end", views.end_absence),
    path("rota/test", views.test),
    path("<uuid:person>/<str:token>.ics", views.calendar),
    path("sw.js", views.worker),
    path("duty.webmanifest", views.manifest),
]
