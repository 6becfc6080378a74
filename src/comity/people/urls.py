"""The pages of people. Included at the root: `/people/…` for everyone of the desk, `/console/people/…` to keep it."""

from django.urls import path

from . import founding_views, staff_views, views

urlpatterns = [
    path("people/", views.people),
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
    path("people/founding/<str:token>", founding_views.page),
    path("people/founding/<str:token>/options", founding_views.options),
    path("people/founding/<str:token>/join", founding_views.join),
    path("people/founding/<str:token>/leave", founding_views.leave),
    path("people/founding/<str:token>/alone", founding_views.alone),
    path("people/founding/<str:token>/sign/options", founding_views.sign_options),
    path("people/founding/<str:token>/sign", founding_views.sign),
    path("console/people", staff_views.staff),
    path("console/people/invite", staff_views.invite),
    path("console/people/acts/<str:hash>", staff_views.act),
    path("console/people/acts/<str:hash>/sign", staff_views.sign),
    path("console/people/<uuid:person_id>/deactivate", staff_views.deactivate),
    path("console/people/<uuid:person_id>/sessions/end", staff_views.end_sessions),
    path("console/people/<uuid:person_id>/roles", staff_views.roles),
]
