"""The pages of admissions. Included at the root, before those of people and of the record."""

from django.urls import path

from . import views

urlpatterns = [
    path("people/invite/<str:token>", views.invitation),
    path("people/invite/<str:token>/options", views.invitation_options),
    path("ledger/admissions/<str:hash>", views.public),
    path("console/people/<uuid:person_id>/admission", views.propose),
    path("console/people/admissions/<str:id>", views.one),
    path("console/people/admissions/<str:id>/sign", views.sign),
    path("console/people/admissions/<str:id>/object", views.object_to),
    path("console/people/admissions/<str:id>/confirm", views.confirm),
]
