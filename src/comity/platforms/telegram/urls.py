"""Below `/platforms/`."""

from django.urls import path

from . import views

urlpatterns = [path("<slug:name>/telegram", views.hear)]
