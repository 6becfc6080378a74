"""NUL in an address or a form: no text has it, no table can hold it; a clear 400, never our fault."""

from dataclasses import replace

import pytest
from django.test import Client


@pytest.fixture
def client(settings, db):
    settings.COMITY = replace(settings.COMITY, base_url="http://localhost:8000", demo=True)
    return Client(HTTP_HOST="localhost:8000")


@pytest.mark.parametrize(
    "path", ["/console/cases/%00", "/console/?q=a%00b", "/people/acts/%00/options", "/statement/%00/", "/%00"]
)
def test_refused_in_an_address(client, path):
    assert client.get(path).status_code == 400


def test_refused_in_a_form(client):
    assert client.post("/demo/send", {"again": "R-\x00"}).status_code == 400


def test_anything_else_goes_through(client):
    assert client.get("/?q=%01%7F%C3%A9").status_code == 200
