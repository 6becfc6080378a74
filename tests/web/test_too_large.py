"""Forms larger than any of ours, and files, which no page takes: a clear 413 before anyone reads them, nothing kept."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client

PATHS = ("/statement/abcdefghijklmnopqrstuvwxyz", "/people/sign-in", "/demo/send", "/console/brake", "/nowhere", "/")
TOO_MUCH = b"text=" + b"a" * (6 << 20)


@pytest.fixture
def client(settings: Any, db: None) -> Client:
    settings.COMITY = replace(settings.COMITY, base_url="http://localhost:8000", demo=True)
    return Client(HTTP_HOST="localhost:8000")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/plain"])
def test_refused_in_words_that_say_what_to_do(client: Client, path: str, kind: str) -> None:
    answer = client.post(path, TOO_MUCH, content_type=kind)
    assert answer.status_code == 413
    assert "send a shorter text" in answer.content.decode()
    assert "Content-Security-Policy" in answer.headers


def test_refused_by_what_is_announced_without_a_byte_read(client: Client) -> None:
    assert client.generic("POST", "/demo/send", b"", CONTENT_LENGTH="9" * 400).status_code == 413
    assert client.generic("POST", "/demo/send", b"", CONTENT_LENGTH="0" * 30 + "9" * 9).status_code == 413
    assert client.generic("POST", "/demo/send", b"", CONTENT_LENGTH="much").status_code in (302, 400)


def test_a_file_is_never_written(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(TemporaryFileUploadHandler, "new_file", lambda *given, **named: written.append("a file"))
    body = (
        b'--b\r\nContent-Disposition: form-data; name="text"; filename="x"\r\n\r\n'
        + b"a" * (3 << 20)
        + b"\r\n--b--\r\n"
    )
    answer = client.post("/demo/send", body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 400
    assert written == []


def test_the_longest_text_of_ours_goes_through(client: Client) -> None:
    assert client.post("/demo/send", {"sample": "x" * 100_000}).status_code == 400
