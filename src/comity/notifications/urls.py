from django.urls import path

from . import views

urlpatterns = [
    path("statement/<str:token>", views.statement, name="statement"),
    path("statement/<str:token>/order", views.order, name="statement-order"),
]
