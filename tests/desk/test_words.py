"""Findings, territories and the queue's bands in words."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from desk.sample_case import FINDING
from desk.sample_queue import NOW, ROWS, row

from comity.console import labels
from comity.desk import findings, words
from comity.web.parts import Clock, Next

BRUSSELS = ZoneInfo("Europe/Brussels")


def case(clock, **more):
    return row("C-00000000", "x", clock, Next("act", "x"), "x", None, "x", "to-decide", **more)


def test_it_works():
    verdict = words.verdict(FINDING)
    assert (verdict.word, verdict.tone, verdict.glyph) == ("Valid.", "good", "holds")
    assert verdict.sentence == "Carry it out, and say in the answer what does not hold."
    assert verdict.judged == "12 checks hold, 1 fails without blocking, 1 is unknown."


@pytest.mark.parametrize("outcome", words.OUTCOMES)
def test_every_outcome_has_a_word_a_sentence_and_a_shape(outcome):
    verdict = words.verdict({"outcome": outcome, "checks": []})
    assert verdict.word.endswith(".")
    assert verdict.sentence
    assert verdict.glyph


def test_what_does_not_hold_comes_first_and_what_blocks_before_it():
    finding = {
        "checks": [
            {"holds": True, "blocking": True, "says": "a"},
            {"holds": None, "blocking": True, "says": "b"},
            {"holds": False, "blocking": False, "says": "c"},
            {"holds": False, "blocking": True, "says": "d"},
        ]
    }
    assert [check.says for check in words.checks(finding)] == ["d", "c", "b", "a"]


def test_the_last_step_of_a_derivation_carries_the_deadlines_source():
    steps = words.steps(FINDING["deadlines"][0])
    assert [step.cite for step in steps] == ["", "", "Regulation (EEC, Euratom) 1182/71, Art. 3(1)"]
    assert words.steps({"cite": "x"}) == ()


@pytest.mark.parametrize(
    ("clock", "band"),
    [
        (Clock(NOW - timedelta(days=2)), "hour"),
        (Clock(NOW + timedelta(hours=1)), "hour"),
        (Clock(NOW + timedelta(hours=1, seconds=1)), "today"),
        (Clock(NOW.replace(hour=23, minute=0, second=0)), "today"),
        (Clock(NOW.replace(hour=23, minute=0, second=1)), "later"),
        (Clock(NOW, stopped_since=NOW), "waiting"),
        (Clock(NOW, held_until=NOW), "waiting"),
        (Clock(), "waiting"),
        (Clock(None, NOW), "hour"),
    ],
)
def test_a_row_stands_in_the_band_of_its_clock(clock, band):
    assert words.band_of(case(clock), NOW, BRUSSELS) == band


def test_a_row_that_waits_on_someone_else_or_is_not_sorted_has_its_own_band():
    assert words.band_of(case(Clock(NOW), waiting=True), NOW, BRUSSELS) == "waiting"
    assert words.band_of(case(Clock(), unsorted=True), NOW, BRUSSELS) == "sort"


def test_bands_keep_the_order_and_leave_out_the_empty():
    found = words.bands(ROWS, NOW, BRUSSELS)
    assert [band.slug for band in found] == ["hour", "today", "later", "sort", "waiting"]
    assert [band.note for band in found] == ["5 cases", "1 case", "2 cases", "1 request", "2 cases"]
    assert words.bands([], NOW, BRUSSELS) == []


def test_the_smallest_change_says_what_is_wanted_and_what_it_is_now():
    pairs = findings.nearest(
        {
            "nearest": [
                {"fact": "targets[0].found", "value": True, "was": False},
                {"fact": "authority.country", "value": "AT"},
                {"fact": "form.legal_basis", "value": "…", "was": ""},
            ]
        }
    )
    assert [(pair.label, pair.bold, pair.text) for pair in pairs] == [
        ("Leads to content", "yes", "now: no"),
        ("State of the authority", "such as AT", "now: unknown"),
        ("Legal basis", "given", "now: looked, there is none"),
    ]


@pytest.mark.parametrize(
    ("path", "found", "said"),
    [
        ("form.issuing_state", "DE", "Germany (DE)"),
        ("form.issuing_state", "Deutschland", "Deutschland"),
        ("form.signed_on", "2026-11-24", "24 Nov 2026"),
        ("form.signed_on", "2026-02-30", "2026-02-30"),
        ("form.redress_deadline", "One month", "One month"),
        ("form.urls", [], "looked, there is none"),
    ],
)
def test_a_fact_is_shown_as_people_write_it(path, found, said):
    assert labels.shown(path, found) == said
