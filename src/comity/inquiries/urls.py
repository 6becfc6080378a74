"""What the desk asks of an authority on a case, below `/console/`."""

from django.urls import path

from . import views

urlpatterns = [
    path("cases/<str:id>/ask", views.ask),
    path("cases/<str:id>/scrutiny", views.scrutiny),
    path("cases/<str:id>/told", views.told),
    path("cases/<str:id>/enforcing", views.tell_enforcing),
    path("cases/<str:id>/decided", views.decided),
    path("cases/<str:id>/inquiries/<int:inquiry>", views.close),
]
