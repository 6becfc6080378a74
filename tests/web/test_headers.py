"""The content policy and its kin; the viewer's zone."""

from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

from comity.web.look import Look
from comity.web.middleware import Headers, Zone, viewer_zone


def asked(jurisdiction="", **cookies):
    request = RequestFactory().get("/console/")
    request.user = SimpleNamespace(jurisdiction=jurisdiction)
    request.COOKIES.update(cookies)
    return request


def test_it_works():
    seen = {}

    def page(request):
        seen["nonce"] = request.look.nonce
        return HttpResponse("x")

    response = Headers(page)(asked())
    policy = response["Content-Security-Policy"]
    assert f"'nonce-{seen['nonce']}'" in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cache-Control"] == "private, no-store"


def test_a_nonce_is_used_once():
    nonces = set()
    headers = Headers(lambda request: nonces.add(request.look.nonce) or HttpResponse())
    for _ in range(20):
        headers(asked())
    assert len(nonces) == 20


def test_a_views_own_policy_stays():
    def page(_request):
        return HttpResponse(headers={"Content-Security-Policy": "sandbox", "Content-Type": "message/rfc822"})

    response = Headers(page)(asked())
    assert response["Content-Security-Policy"] == "sandbox"
    assert response["Cache-Control"] == "private, no-store"  # a mail, a letter, a list: whatever isn't a file of ours


@pytest.mark.parametrize(
    ("cookie", "jurisdiction", "zone"),
    [
        ("Europe/Paris", "EE", "Europe/Paris"),
        ("", "EE", "Europe/Tallinn"),
        ("../../etc/passwd", "EE", "Europe/Tallinn"),
        ("", "", "Europe/Brussels"),
        ("", None, "Europe/Brussels"),
    ],
)
def test_the_viewers_zone_is_their_machines_else_their_jurisdictions_else_ours(cookie, jurisdiction, zone):
    assert viewer_zone(asked(jurisdiction, tz=cookie)) == ZoneInfo(zone)


def test_the_zone_holds_for_one_request_only():
    before = timezone.get_current_timezone()
    request = asked(tz="Asia/Tokyo")
    Zone(lambda request: HttpResponse(str(timezone.get_current_timezone())))(request)
    assert request.zone == ZoneInfo("Asia/Tokyo")
    assert timezone.get_current_timezone() == before


@pytest.mark.parametrize("template", ["400.html", "403.html", "404.html", "413.html", "500.html", "csrf.html"])
def test_an_error_page_says_what_to_do_next(template):
    page = render_to_string(template, {"status": 400}, RequestFactory().get("/"))
    assert page.count("<h1>") == 1
    assert "What you can do" in page
    assert "<script" not in page
    assert page.count("<li>") >= 3


def test_widths_become_rules_of_the_one_style_block():
    look = Look()
    assert [look.width("used", value) for value in (38.7, 38.7, 200, -5)] == [
        "used-38-7",
        "used-38-7",
        "used-100",
        "used-0",
    ]
    assert look.css == ".used-38-7{--used:38.7%}.used-100{--used:100%}.used-0{--used:0%}"


@pytest.mark.parametrize("name", ["", "a}b", "used;", "--x", "Used"])
def test_a_width_of_a_strange_name_is_refused(name):
    with pytest.raises(ValueError, match="no custom property"):
        Look().width(name, 1)
