"""Every page of the desk, rendered from its sample: what the markup must keep."""

import re
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from desk.sample_pages import PAGES
from desk.sample_queue import NOW
from django.template.loader import render_to_string
from django.test import RequestFactory

from comity import clock
from comity.web.look import Look

VOID = {"meta", "link", "br", "hr", "img", "input", "path", "circle", "use", "wbr"}


class Page(HTMLParser):
    """A page's elements, in order, with what stands around each."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.stack = [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.stack)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.stack)))

    def handle_endtag(self, tag):
        assert self.stack[-1:] == [tag], f"</{tag}> closes {self.stack[-3:]}"
        self.stack.pop()

    def all(self, *tags):
        return [(tag, attrs) for tag, attrs, _around in self.elements if tag in tags]


def render(name):
    template, frame, page = PAGES[name]
    request = RequestFactory().get("/console/")
    vars(request).update(look=Look(), zone=ZoneInfo("Europe/Brussels"))
    with clock.freeze(NOW):
        return render_to_string(template, {"frame": frame, "page": page}, request)


@pytest.fixture(params=PAGES)
def html(request):
    return render(request.param)


def test_it_works(html):
    page = Page(html)
    assert page.stack == []
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1


def test_nothing_needs_an_inline_style_or_script(html):
    page = Page(html)
    for tag, attrs in page.all(*{tag for tag, *_ in page.elements}):
        assert "style" not in attrs, tag
        assert not [name for name in attrs if name.startswith("on")], tag
        assert not str(attrs.get("href", "")).startswith("javascript:")
    assert all("src" in attrs for _tag, attrs in page.all("script"))
    assert all(attrs.get("nonce") for _tag, attrs in page.all("style"))


def test_every_id_stands_once_and_every_reference_leads_to_one(html):
    page = Page(html)
    ids = [attrs["id"] for _tag, attrs, _around in page.elements if "id" in attrs]
    assert sorted(set(ids)) == sorted(ids)
    for tag, attrs, _around in page.elements:
        named = [
            attrs.get("for"),
            *(attrs.get("aria-labelledby") or "").split(),
            *(attrs.get("aria-describedby") or "").split(),
        ]
        assert {name for name in named if name} <= set(ids), tag
        if tag == "use" or (tag == "a" and str(attrs.get("href", "")).startswith(("#s", "#f"))):
            assert tag == "a" or attrs["href"][1:] in ids, attrs


def test_no_level_of_heading_is_skipped(html):
    levels = [int(tag[1]) for tag, _attrs in Page(html).all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False)), levels


def test_every_table_keeps_its_roles_when_it_restacks(html):
    page = Page(html)
    roles = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}
    for tag, attrs, around in page.elements:
        if "sheet" in str(attrs) or not {"table"} & {*around, tag}:
            continue
        if tag in roles and not _in_mail(html):
            assert attrs.get("role") == roles[tag], (tag, attrs)
        if tag == "th":
            assert attrs.get("role") in ("columnheader", "rowheader")


def _in_mail(html):
    return 'class="sheet mail"' in html


def test_every_glyph_stands_beside_words_and_is_hidden_from_screen_readers(html):
    page = Page(html)
    assert all(attrs.get("aria-hidden") == "true" for _tag, attrs in page.all("svg"))


def test_every_form_that_does_something_carries_a_token(html):
    for form in re.findall(r"<form.*?</form>", html, re.DOTALL):
        assert ('method="post"' in form) == ("csrfmiddlewaretoken" in form)


def test_every_time_is_a_time_element_with_its_instant(html):
    assert all(
        re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", attrs["datetime"]) for _tag, attrs in Page(html).all("time")
    )


def test_the_queue_leads_to_the_most_urgent_by_one_key():
    html = render("queue")
    assert re.search(r'href="/console/cases/C-0LATE000/" data-key="O"', html)
    assert html.count('data-key="O"') == 1


def test_there_is_one_primary_button_to_sign_and_it_comes_after_what_it_signs():
    html = render("case")
    assert html.count('id="approve"') == 1
    assert html.index("Access has been disabled") < html.index('id="approve"')
    html = render("decide")
    assert html.index("Notification to the author") < html.index('id="approve"')


def test_people_of_the_demo_are_told_where_they_are():
    assert "Everything here happens on this machine" in render("queue-empty")
    assert "Everything here happens on this machine" not in render("queue")


def test_what_a_stranger_wrote_stays_text():
    assert "&lt;b&gt;not&lt;/b&gt;" in render("case-late")
    assert "evil.example/login" in render("request")
    assert 'href="https://evil.example' not in render("request")
    assert "tracker.example/pixel" not in render("request")


def test_an_empty_page_says_what_will_be_here_and_how_to_get_it():
    assert "Nothing is due" in render("queue-empty")
    assert "Show all cases" in render("cases-empty")


def test_what_waits_shows_its_finding_and_what_it_may_be_before_the_lanes():
    html = render("request-lever")
    for said in ("For counsel.", 'href="/regulations/own-person-claim/2026.1"', "Beside it: A demand for access"):
        assert said in html
    assert 'href="/regulations/us-preservation/2703f.1"' in html
    assert "2 things are missing or not known" in html
    assert "Nothing that it asks for is missing." in html
    assert html.index('id="finding"') < html.index('id="candidates"') < html.index('data-key="S"')


def test_an_ordinary_mail_is_called_nothing():
    html = render("request-ordinary")
    assert 'href="/regulations/own-no-pack/2026.1"' in html
    assert [said for said in ('id="finding"', 'id="candidates"', "blocking") if said in html] == []


def test_a_case_shows_what_is_found_beside_it():
    html = render("case-beside")
    assert html.index('id="finding"') < html.index('id="also-1"') < html.index('id="candidates"')
    assert "What would make it valid" in html
    assert "Beside it" not in render("case")
