"""Where edges read the list."""

from django.urls import path

from . import views

urlpatterns = [path("<str:name>/withheld", views.withheld)]
