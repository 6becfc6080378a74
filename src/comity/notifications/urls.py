"""The page of the person affected, for everyone who has its link; and what the desk does for them, at `/console/`."""

from django.urls import path

from . import console_views, views

urlpatterns = [
    path("statement/<str:token>", views.statement, name="statement"),
    path("statement/<str:token>/order", views.order, name="statement-order"),
    path("statement/<str:token>/receipt", views.receipt, name="statement-receipt"),
    path("console/cases/<str:id>/release", console_views.release),
    path("console/cases/<str:id>/complaints/<int:complaint>", console_views.answer_complaint),
]
