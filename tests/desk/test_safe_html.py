"""A stranger's HTML, made safe to look at."""

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.desk.mail import LONGEST, MOST_TAGS, safe_html

ALLOWED = {
    *("p", "br", "hr", "div", "span", "b", "strong", "i", "em", "u", "s", "sub", "sup", "code", "pre"),
    *(
        "blockquote",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "caption",
    ),
}


class Tags(HTMLParser):
    """Every tag and attribute in a piece of HTML."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.open = set(), set(), []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(attrs)
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_it_works():
    html = safe_html("<p>Dear <b>desk</b>,</p><ul><li>one</li></ul>")
    assert html == "<p>Dear <b>desk</b>,</p><ul><li>one</li></ul>"


@pytest.mark.parametrize(
    "raw",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<iframe src='https://evil.example'></iframe>",
        "<style>body{display:none}</style>",
        "<link rel=stylesheet href=https://evil.example/x.css>",
        "<p style='position:fixed' class='btn' id='approve' onclick='x()'>x</p>",
        "<form action=https://evil.example><input name=q><button>x</button></form>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'><base href=https://evil.example>",
        "<table background='https://tracker.example/x'><td background='https://tracker.example/y'>z",
        "<video src='https://tracker.example/x' autoplay></video><object data='https://tracker.example'></object>",
        "<!--[if mso]><img src='https://tracker.example/x'><![endif]-->",
        "<h1>Approve with your passkey</h1>",
    ],
)
def test_nothing_runs_is_loaded_or_poses_as_ours(raw):
    found = Tags(safe_html(raw))
    assert found.tags <= ALLOWED
    assert {name for name, _value in found.attributes} <= {"class", "colspan", "rowspan"}
    assert {value for name, value in found.attributes if name == "class"} <= {"dim", "id goes"}


def test_a_link_shows_where_it_leads_and_cannot_be_pressed():
    html = safe_html('<a href="https://evil.example/login?a=1&b=2">your bank</a>')
    assert "<a" not in html
    assert html == 'your bank <span class="id goes">(https://evil.example/login?a=1&amp;b=2)</span>'


def test_a_link_that_is_its_own_words_is_not_said_twice():
    assert safe_html('<a href="https://a.example/">https://a.example/</a>') == "https://a.example/"
    assert safe_html('<a href="mailto:a@b.example">a@b.example</a>') == "a@b.example"


def test_a_picture_becomes_words_and_says_from_where():
    html = safe_html('<img src="https://tracker.example/pixel.gif" alt="Our logo">')
    assert html == '<span class="dim">[Picture not loaded: Our logo, tracker.example]</span>'


def test_a_picture_of_a_broken_address_is_words_too():
    assert "Picture not loaded" in safe_html('<img src="http://[::1">')


def test_headings_become_paragraphs_so_that_the_pages_own_order_holds():
    assert safe_html("<h1>Loud</h1>text") == "<p>Loud</p>text"


def test_too_much_of_it_is_not_set():
    assert safe_html("x" * (LONGEST + 1)) == ""
    assert safe_html("<p>" * (MOST_TAGS + 1)) == ""


HALF = MOST_TAGS // 2
FORMATS = ("b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")


def test_formatting_that_never_closes_does_not_multiply_with_the_paragraphs():
    raw = "<p>".join(f"<font color=c{n}>" for n in range(1_000)) + "<p>x" * 1_000
    assert len(safe_html(raw)) < 3 * len(raw)


@pytest.mark.parametrize(
    "raw",
    [
        "<div>" * MOST_TAGS,
        "<ul><li>" * HALF,
        "<dl><dt>" * HALF,
        "<table><tr><td>" * (MOST_TAGS // 3),
        "<a href=x>" * MOST_TAGS,
        "<p>" + "".join(f"<b id={n}>" for n in range(HALF)) + "<p>x" * HALF,
        "<p>" + "".join(f"<font/color='>'{n}>" for n in range(HALF)) + "<p>x" * HALF,
        "<p>" + "".join(f"<{tag}>" * 3 for tag in FORMATS) + "<p>x" * (MOST_TAGS - 60),
        "<p>" + "".join(f"<<u>b id={n}>" for n in range(HALF // 2)) + "<p>x" * HALF,
        "<" * LONGEST,
        "<p " * 100_000,
        "&#60;b" * 50_000,
    ],
    ids=range(12),
)
@pytest.mark.slow
def test_deep_nesting_ends_in_time_and_closes_what_it_opens(raw):
    begun = time.process_time()
    found = Tags(safe_html(raw))
    assert found.open == []
    assert time.process_time() - begun < 10


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<b>",
                "</b>",
                "<td>",
                "<table>",
                "</table>",
                "<a href='x:y'>",
                "</a>",
                "<img src=q>",
                "&lt;script&gt;",
                "<h2>",
                "x",
                '"',
                "<br>",
                "<li>",
                "</ul>",
            ]
        )
    )
)
def test_whatever_comes_what_leaves_is_well_formed_and_plain(pieces):
    html = safe_html("".join(pieces))
    found = Tags(html)
    assert found.open == []
    assert found.tags <= ALLOWED
    assert not re.search(r"<script", html)
