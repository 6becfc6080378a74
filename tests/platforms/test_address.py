"""Addresses: many spellings, one thing; and nothing that only looks like ours."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.platforms.sandbox import address

BASE = "http://127.0.0.1:8091"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8091/c/harbour/2",
        "http://localhost:8091/c/harbour/2",
        "HTTP://LocalHost:8091/c/harbour/2",
        "http://localhost.:8091/c/harbour/2",
        "http://[::1]:8091/c/harbour/2",
        "https://localhost:8091/c/harbour/2",
        "localhost:8091/c/harbour/2",
        "  http://localhost:8091/c/harbour/2\n",
        "http://localhost:8091/c/harbour/2/",
        "http://localhost:8091/c/harbour/2?from=FR",
        "http://localhost:8091/c/harbour/2?from=FR&utm_source=x#top",
        "http://localhost:8091/c/h%61rbour/%32",
        "http://localhost:8091/c/./kitchen/../harbour/2",
        "http://localhost:8091/../c/harbour/2",
        "http://someone@localhost:8091/c/harbour/2",
    ],
)
def test_it_works(url: str) -> None:
    assert address.owns(BASE, url)
    assert address.ref(BASE, url) == "/c/harbour/2"


@pytest.mark.parametrize(
    "base", ["http://lantern.example", "http://lantern.example:80", "https://lantern.example:443/"]
)
def test_a_default_port_is_the_same_as_none(base: str) -> None:
    for url in (
        "http://lantern.example/u/anna",
        "https://LANTERN.example:443/u/anna",
        "http://lantern.example:80/u/anna",
    ):
        assert address.ref(base, url) == "/u/anna"


def test_a_host_in_unicode_is_its_idna_form() -> None:
    assert address.ref("http://xn--lanterne-i1a.example", "http://LANTERNE-é.example/u/anna") is None
    assert address.owns("http://xn--bcher-kva.example", "http://BÜCHER.example/u/anna")


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8092/c/harbour/2",
        "http://localhost/c/harbour/2",
        "http://localhost:8091@evil.example/c/harbour/2",
        "http://evil.example/?http://localhost:8091/c/harbour/2",
        "http://localhost.evil.example:8091/c/harbour/2",
        "http://localhost:8091\\@evil.example/c/harbour/2",
        "http://localhost:8091.evil.example/c/harbour/2",
        "http://loc alhost:8091/c/harbour/2",
        "http://localhost:99999/c/harbour/2",
        "http://localhost:http/c/harbour/2",
        "http://[localhost]:8091/",
        "ftp://localhost:8091/c/harbour/2",
        "file:///c/harbour/2",
        "javascript:alert(1)",
        "//localhost:8091/c/harbour/2",
        "/c/harbour/2",
        "",
        "http://",
        "http://localhost:0/c/harbour/2",
        "http://169.254.169.254/c/harbour/2",
        "http://localhost:8091/c/harbour/2" + "?" * 5000,
    ],
)
def test_what_only_looks_like_ours_is_not(url: str) -> None:
    assert not address.owns(BASE, url)
    assert address.ref(BASE, url) is None


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/c/",
        "/c/harbour/0",
        "/c/harbour/02",
        "/c/harbour/-1",
        "/c/harbour/2/3",
        "/C/harbour/2",
        "/c/harbour%2F2",
    ]
    + ["/c/harbour/٢", "/api/snapshot", "/c//harbour/2", "/c/harbour/2%00", "/c/harbour/9999999999", "/c/HARBOUR/2"]
    + ["/u/anna/inbox", "/c/harbour/2%3Ffrom=FR", "/c/%ff/2"],
)
def test_ours_but_the_address_of_nothing(path: str) -> None:
    assert address.owns(BASE, BASE + path)
    assert address.ref(BASE, BASE + path) is None


@given(st.text(alphabet=string.printable + "é٢%/\\@:#?[]", max_size=80))
def test_any_text_has_an_answer_and_a_ref_is_always_a_plain_path(text: str) -> None:
    for url in (text, BASE + text, f"{BASE}/c/harbour/2{text}"):
        ref = address.ref(BASE, url)
        assert ref is None or address.THING.fullmatch(ref)
        assert ref is None or address.ref(BASE, BASE + ref) == ref
