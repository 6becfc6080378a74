"""The pages of people. Included at the root: `/people/…` for everyone of the desk, `/console/people/…` to keep it."""

from django.urls import path

from . import views

urlpatterns = [
    path("people/", views.people),
    path("people/invite/<str:token>", views.invitation),
    path("people/invite/<str:token>/options", views.invitation_options),
    path("people/sign-in", views.sign_in),
    path("people/sign-in/options", views.sign_in_options),
    path("people/sign-out", views.sign_out),
    path("people/me", views.me),
    path("people/me/sessions/end", views.end_my_sessions),
    path("people/me/keys/confirm", views.confirm_options),
    path("people/me/keys/options", views.key_options),
    path("people/me/keys/add", views.add_key),
    path("people/me/keys/end", views.end_key),
    path("people/acts/<str:hash>/options", views.act_options),
    path("console/people", views.staff),
    path("console/people/invite", views.invite),
    path("console/people/<uuid:person_id>/deactivate", views.deactivate),
    path("console/people/<uuid:person_id>/sessions/end", views.end_sessions),
    path("console/people/<uuid:person_id>/roles", views.roles),
]
