"""The paper door's page, below `/console/paper/`."""

from django.urls import path

from comity.cases.filed import FILES_AT_MOST
from comity.web.middleware import takes_file

from . import views

urlpatterns = [path("", takes_file(views.take, FILES_AT_MOST))]
