"""The pages of the desk, below `/console/`."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.show_queue),
    path("cases/", views.show_cases),
    path("cases/<str:id>", views.show_case),
    path("cases/<str:id>/timeline", views.show_timeline),
    path("cases/<str:id>/decide", views.show_decide),
    path("cases/<str:id>/look", views.look),
    path("cases/<str:id>/correct", views.correct),
    path("cases/<str:id>/take", views.take),
    path("cases/<str:id>/propose", views.propose),
    path("cases/<str:id>/sign", views.sign),
    path("cases/<str:id>/review", views.review),
    path("cases/<str:id>/return", views.send_back),
    path("cases/<str:id>/counsel", views.send_back, {"to_counsel": True}),
    path("cases/<str:id>/obstacle", views.obstacle),
    path("cases/<str:id>/clarified", views.clarified),
    path("cases/<str:id>/purpose", views.purpose),
    path("cases/<str:id>/prolong", views.prolong),
    path("cases/<str:id>/close", views.close),
    path("cases/<str:id>/release", views.release),
    path("cases/<str:id>/letters/<str:letter>.pdf", views.letter_pdf),
    path("cases/<str:id>/letters/<str:letter>", views.edit_letter),
    path("cases/<str:id>/complaints/<int:complaint>", views.answer_complaint),
    path("requests/", views.show_requests),
    path("requests/<str:id>", views.show_request),
    path("requests/<str:id>/read", views.read_now),
    path("requests/<str:id>/raw", views.raw),
    path("requests/<str:id>/parts/<int:number>", views.part),
    path("requests/<str:id>/sort", views.sort),
    path("requests/<str:id>/callback", views.callback),
    path("alerts/<int:id>", views.alert),
    path("outbox/<uuid:id>", views.outbox_mail),
    path("outbox/<uuid:id>/files/<int:number>", views.outbox_file),
    path("brake", views.brake),
]
