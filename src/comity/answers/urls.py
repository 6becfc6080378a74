"""The pages of what we sent, below `/console/outbox/`."""

from django.urls import path

from . import views

urlpatterns = [
    path("<uuid:id>", views.sent_mail),
    path("<uuid:id>/files/<int:number>", views.sent_file),
]
