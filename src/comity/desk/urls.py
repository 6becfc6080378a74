"""The pages of the desk, below `/console/`."""

from django.urls import path

from comity.cases.lifts import BYTES_AT_MOST
from comity.web.middleware import takes_file

from . import case_views, decide_views, lift_views, request_views, views

CASE, REQUEST = "cases/<str:id>", "requests/<str:id>"

urlpatterns = [
    path("", views.show_queue),
    path("cases/", views.show_cases),
    path(CASE, case_views.show_case),
    path(f"{CASE}/timeline", case_views.show_timeline),
    path(f"{CASE}/look", case_views.look),
    path(f"{CASE}/correct", case_views.correct),
    path(f"{CASE}/take", case_views.take),
    path(f"{CASE}/obstacle", case_views.obstacle),
    path(f"{CASE}/account", case_views.account),
    path(f"{CASE}/clarified", case_views.clarified),
    path(f"{CASE}/purpose", case_views.purpose),
    path(f"{CASE}/prolong", case_views.prolong),
    path(f"{CASE}/change", case_views.change),
    path(f"{CASE}/close", case_views.close),
    path(f"{CASE}/forged", case_views.close, {"forged": True}),
    path(f"{CASE}/decide", decide_views.show_decide),
    path(f"{CASE}/instead", decide_views.choose),
    path(f"{CASE}/propose", takes_file(decide_views.propose, BYTES_AT_MOST)),
    path(f"{CASE}/sign", decide_views.sign),
    path(f"{CASE}/review", decide_views.review),
    path(f"{CASE}/again", lift_views.again),
    path(f"{CASE}/lift/review", lift_views.review),
    path(f"{CASE}/lift/document", lift_views.document),
    path(f"{CASE}/return", decide_views.send_back),
    path(f"{CASE}/counsel", decide_views.send_back, {"to_counsel": True}),
    path(f"{CASE}/letters/<str:letter>.pdf", decide_views.letter_pdf),
    path(f"{CASE}/letters/<str:letter>", decide_views.edit_letter),
    path("requests/", views.show_requests),
    path(REQUEST, request_views.show_request),
    path(f"{REQUEST}/read", request_views.read_now),
    path(f"{REQUEST}/raw", request_views.raw),
    path(f"{REQUEST}/parts/<int:number>", request_views.part),
    path(f"{REQUEST}/parts/<int:number>/pages/<int:page>", request_views.page_of_part),
    path(f"{REQUEST}/sort", request_views.sort),
    path(f"{REQUEST}/answer", request_views.answer),
    path(f"{REQUEST}/done", request_views.done),
    path(f"{REQUEST}/enter", request_views.enter),
    path(f"{REQUEST}/callback", request_views.callback),
    path(f"{REQUEST}/check", request_views.check),
]
