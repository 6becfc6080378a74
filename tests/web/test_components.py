"""Each component of the look, rendered from its value."""

import json
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import translation

from comity.web import words
from comity.web.look import Look
from comity.web.parts import (
    Check,
    Choice,
    Clock,
    Fact,
    Field,
    Form,
    Grade,
    Next,
    Option,
    Run,
    Seen,
    Sheet,
    SheetLine,
    SheetSection,
    State,
    Veil,
)
from comity.web.parts import Look as Piece
from comity.web.templatetags.look import paragraphs, short_hash

NOW = datetime(2026, 11, 24, 12, 29, 20, tzinfo=UTC)
DUE = datetime(2026, 11, 24, 13, 7, 32, tzinfo=UTC)


def render(source, **values):
    page = Context({"now": NOW, "zone": ZoneInfo("Europe/Brussels"), "look": Look(), "csrf_token": "token"} | values)
    return Template("{% load look %}" + source).render(page)


def clock(value, size=""):
    return render("{% clock value size %}", value=value, size=size)


def text(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_it_works():
    html = clock(Clock(DUE, None, DUE - timedelta(hours=1)))
    assert text(html) == "38 min due 14:07:32 CET"
    assert 'datetime="2026-11-24T13:07:32Z"' in html
    assert "style=" not in html


@pytest.mark.parametrize(
    ("value", "css", "said"),
    [
        (Clock(DUE, None, NOW - timedelta(hours=1)), "is-soon", "38 min due 14:07:32 CET"),
        (Clock(NOW + timedelta(minutes=8)), "is-last", "8 min due 13:37:20 CET"),
        (Clock(NOW - timedelta(minutes=12)), "is-over", "12 min late was due 13:17:20 CET"),
        (
            Clock(NOW - timedelta(minutes=12), NOW + timedelta(minutes=3)),
            "is-over",
            "12 min late was due 13:17:20 CET ; by law 13:32:20 CET",
        ),
        (Clock(DUE, stopped_since=NOW, why="Art. 3(8)"), "is-stopped", "Stopped since 13:29:20 CET Art. 3(8)"),
        (Clock(stopped_since=NOW), "is-stopped", "Stopped since 13:29:20 CET"),
        (Clock(DUE, held_until=DUE), "is-stopped", "Held until 14:07:32 CET"),
        (Clock(DUE, met_at=DUE - timedelta(minutes=26)), "is-met", "Met 26 min to spare"),
        (Clock(DUE, met_at=DUE + timedelta(minutes=4)), "is-missed", "Missed done 4 min late"),
        (
            Clock(DUE, DUE + timedelta(hours=1), met_at=DUE + timedelta(minutes=4)),
            "is-missed",
            "Missed done 4 min late, within the end by law",
        ),
        (Clock(), "is-unknown", "Not known Until when is not known yet"),
        (Clock(why="No deadline in the order."), "is-unknown", "Not known No deadline in the order."),
    ],
)
def test_every_state_of_a_clock_is_a_word_and_a_class(value, css, said):
    html = clock(value)
    assert css in html
    assert text(html) == said


def test_a_clock_outside_leads_with_the_date_and_does_not_tick():
    html = clock(Clock(DUE, why="48 hours"), "out")
    assert text(html) == "Until Tuesday 24 November 2026, 14:07 CET 48 hours"
    assert "track" not in html


def test_a_big_clock_shows_seconds_and_says_them_to_screen_readers():
    html = clock(Clock(DUE), "big")
    assert 'role="timer" aria-label="38 minutes 12 seconds left"' in html


def test_the_script_gets_the_instants_at_which_the_clock_changes():
    html = clock(Clock(DUE, None, DUE - timedelta(hours=1)))
    data = json.loads(re.search(r'data-clock="([^"]+)"', html)[1].replace("&quot;", '"'))
    assert data == {
        "due": "2026-11-24T13:07:32Z",
        "last": "2026-11-24T12:57:32Z",
        "start": "2026-11-24T12:07:32Z",
        "soon": "2026-11-24T12:37:32Z",
    }
    assert "data-clock" not in clock(Clock(DUE, met_at=NOW))


@pytest.mark.parametrize("slug", words.STATES)
def test_a_state_is_a_word_beside_a_hidden_glyph(slug):
    html = render("{% state value %}", value=State(slug))
    assert text(html) == str(words.STATES[slug].word)
    assert 'aria-hidden="true"' in html


def test_a_states_own_words_replace_the_usual():
    assert text(render("{% state value %}", value=State("waiting", "Waiting on authority"))) == "Waiting on authority"


@pytest.mark.parametrize("slug", words.GRADES)
def test_a_grade_is_a_word(slug):
    assert text(render("{% grade value %}", value=Grade(slug))) == str(words.GRADES[slug].word)
    assert render("{% grade value %}", value=None) == ""


def test_seen_as_not_wanted_is_late_with_an_alarm():
    html = render("{% seen value %}", value=Seen("visible", wrong=True))
    assert text(html) == "Visible"
    assert 'class="seen late"' in html
    assert "#alarm" in html


@pytest.mark.parametrize(
    ("check", "said", "glyph"),
    [
        (Check("holds", "x"), "Holds", "holds"),
        (Check("fails", "x", blocking=True), "Fails blocking", "fails"),
        (Check("fails", "x"), "Fails not blocking", "flaw"),
        (Check("unknown", "x"), "Unknown not blocking", "unknown"),
    ],
)
def test_a_check_says_its_result(check, said, glyph):
    html = render("{% check_word value %}", value=check)
    assert text(html) == said
    assert f"#{glyph}" in html


def test_the_next_step_shows_its_key_where_it_is_named():
    html = render("{% next_step value %}", value=Next("act", "{key} sends it on.", key="N"))
    assert text(html) == "Act N sends it on."
    assert "<kbd>N</kbd>" in html


def test_what_does_not_hold_comes_first_and_the_rest_is_folded():
    checks = [Check("holds", f"good {n}") for n in range(12)] + [Check("fails", "bad")]
    html = render("{% checks value %}", value=checks)
    assert html.index("bad") < html.index("good 0")
    assert "5 more checks hold" in html
    assert html.count("good") == 12


def test_a_single_check_is_not_folded_alone():
    assert "more check" not in render("{% checks value %}", value=[Check("holds", str(n)) for n in range(8)])


def test_a_fact_and_its_place_point_at_each_other():
    page = render(
        "{% facts facts %}{% sheet sheet %}",
        facts=[Fact("Reference", "R1", "form field A.6", 3)],
        sheet=Sheet("Annex I", sections=(SheetSection("A", (SheetLine("Reference", "R1", 3),)),)),
    )
    assert '<tr role="row" id="f3">' in page
    assert 'href="#s3"' in page
    assert '<mark id="s3">' in page
    assert 'href="#f3"' in page


def test_unknown_and_none_are_told_apart_and_a_corrected_value_keeps_the_first():
    page = text(
        render("{% facts value %}", value=[Fact("A", None), Fact("B", ""), Fact("C", "12:58 CET", was="12:58 UTC")])
    )
    assert "A unknown" in page
    assert "B looked, there is none" in page
    assert "12:58 CET 12:58 UTC as first read" in page


def test_boxes_are_told_to_screen_readers_and_blanks_are_marked():
    lines = (
        SheetLine("The material", options=(Option("incites", True, 1), Option("solicits", False))),
        SheetLine("Deadline", "", 2, blank=True),
    )
    page = render("{% sheet value %}", value=Sheet("x", sections=(SheetSection("B", lines),)))
    assert "ticked:" in page
    assert "not ticked:" in page
    assert '<mark id="s2" class="blank">left blank' in page


def test_running_text_keeps_its_lines_and_its_marks():
    page = render("{% sheet value %}", value=Sheet("x", runs=(Run("Line one\nRef: "), Run("R1", 1), Run("\n<b>end"))))
    assert 'Ref: <mark id="s1">R1<a class="tag"' in page
    assert "&lt;b&gt;end" in page


def test_content_is_not_in_the_page_before_it_is_asked_for():
    closed = render("{% veil value %}", value=Veil("1 message", (Piece("Show the text", "/look"),)))
    assert "blockquote" not in closed
    assert 'action="/look"' in closed
    opened = render(
        "{% veil value %}", value=Veil("1 message", (Piece("Show the text", "/look", text="<i>words</i>"),))
    )
    assert "&lt;i&gt;words" in opened
    assert 'action="/look"' not in opened


def test_a_letter_shows_paragraphs_lines_and_named_blanks():
    html = paragraphs("Ours C-7Q4M2HXK.\nSecond line\n\nAt {time observed}. {<script>} <b>")
    assert html.count("<p>") == 2
    assert '<span class="nowrap">C-7Q4M2HXK</span>' in html
    assert "<br>Second line" in html
    assert '<span class="fill">time observed</span>' in html
    assert "&lt;script&gt;" in html


def test_a_form_carries_its_token_and_ties_hint_and_error_to_the_field():
    field = Field("form.issued_at", "When", "2026", "instant", hint="CET", error="Say when.")
    html = render("{% form value %}", value=Form("/x", "Do it", (field,), id="c"))
    assert 'value="token"' in html
    assert 'for="c-form-issued_at"' in html
    assert 'aria-describedby="c-form-issued_at-hint c-form-issued_at-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'type="datetime-local"' in html


def test_a_form_that_only_asks_has_no_token():
    assert "csrf" not in render("{% form value %}", value=Form("/x", "Show", method="get"))


def test_a_chosen_option_stays_chosen():
    field = Field("a", "A", kind="select", choices=(Choice("1", "One"), Choice("2", "Two", chosen=True)))
    assert '<option value="2" selected>' in render("{% form value %}", value=Form("/x", "Do it", (field,)))


def test_only_used_glyphs_are_sent_and_widths_carry_the_nonce():
    html = render("{% glyph 'eye' %}<i class='{% width 'used' 12.5 %}'></i>{% sprite %}")
    assert 'symbol id="eye"' in html
    assert 'symbol id="lift"' not in html
    assert re.search(r'<style nonce="[\w-]+">\.used-12-5\{--used:12\.5%\}</style>', html)


def test_every_glyph_is_in_the_sprite():
    html = render("{% sprite True %}")
    marks = [mark for table in (words.STATES, words.GRADES, words.SEEN, words.NEXT) for mark in table.values()]
    for name in {mark.glyph for mark in marks} | {"holds", "fails", "flaw", "alarm", "key"}:
        assert f'id="{name}"' in html


def test_a_hash_is_read_in_fours():
    assert short_hash("9c1e77b04d52e8a30f6b") == "9c1e 77b0 4d52 e8a3"


def test_an_instant_among_a_facts_words_is_told_in_the_viewers_zone():
    html = render("{% told value %}", value="issued 2026-11-24T12:58:00Z\n<b>2026-99-99T00:00:00Z")
    assert text(html) == "issued 24 Nov 2026, 13:58:00 CET &lt;b&gt;2026-99-99T00:00:00Z"


def test_who_signed_is_said_in_the_language_of_the_page():
    shown = Template("{% load look %}{{ by|signers }}")
    by = "decider, BE; counsel, head, EE"
    assert shown.render(Context({"by": by})) == "decider, BE · counsel, head, EE"
    with translation.override("fr"):
        assert shown.render(Context({"by": by})) == "décisionnaire, BE · juriste, direction, EE"
    assert shown.render(Context({"by": ""})) == ""
