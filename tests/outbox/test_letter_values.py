import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.outbox import letters


def letter(**more):
    fields = {"measure_at": letters.blank("measure_at", "instant"), "provider": "Lantern"}
    given = {"to": "a@x.example", "subject": "Answer", "zone": "Europe/Brussels", "fields": fields}
    return letters.make("tco-annex-2", **(given | more))


AT = "2026-11-24T12:39:02Z"


def test_it_works():
    made = letter(paragraphs=["One.", " "])
    sent = letters.fill(made, {"measure_at": AT})
    assert sent["fields"] == {"measure_at": AT, "provider": "Lantern"}
    assert sent["blanks"] == []
    assert made["blanks"] == ["measure_at"]
    letters.verify_filled(made, sent)
    assert json.loads(letters.canonical(made)) == made


def test_the_blanks_of_a_letter_that_goes_along_are_filled_too():
    made = letter(also=[letter(fields={"signed_at": letters.blank("signed_at", "instant")})])
    assert made["blanks"] == ["measure_at", "signed_at"]
    sent = letters.fill(made, {"measure_at": AT, "signed_at": AT})
    assert sent["also"][0]["fields"] == {"signed_at": AT}
    letters.verify_filled(made, sent)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({}, "measure_at: nothing"),
        ({"measure_at": AT, "provider": "Other"}, "provider: no such blank"),
        ({"measure_at": "yesterday"}, "not a value of the kind instant"),
        ({"measure_at": "2026-11-24T12:39:02"}, "not a value of the kind instant"),
        ({"measure_at": ""}, "printable"),
        ({"measure_at": AT + "\nBcc: x"}, "printable"),
        ({"measure_at": None}, "printable"),
        ({"measure_at": {"blank": "measure_at"}}, "printable"),
    ],
)
def test_filling_is_refused(values, why):
    with pytest.raises(letters.CannotFill, match=why):
        letters.fill(letter(), values)


def test_a_link_must_be_a_web_address():
    made = letter(fields={"link": letters.blank("link", "link")})
    with pytest.raises(letters.CannotFill, match="link"):
        letters.fill(made, {"link": "javascript:alert(1)"})


@pytest.mark.parametrize(
    "change",
    [
        {"to": "evil@x.example"},
        {"subject": "Other"},
        {"paragraphs": ["Other."]},
        {"fields": {"measure_at": AT, "provider": "Other"}},
        {"fields": {"measure_at": letters.blank("measure_at"), "provider": "Lantern"}},
        {"fields": {"provider": "Lantern"}},
        {"extra": 1},
        {"targets": [{"ref": "https://x.example"}]},
    ],
)
def test_a_letter_that_differs_from_the_signed_one_is_refused(change):
    sent = letters.fill(letter(), {"measure_at": AT}) | change
    with pytest.raises(letters.NotTheSame):
        letters.verify_filled(letter(), sent)


def test_editing_changes_paragraphs_only():
    edited = letters.edit(letter(paragraphs=["One."]), ["Two.", ""])
    assert edited == letter(paragraphs=["Two."])


@pytest.mark.parametrize("paragraphs", [["x" * (letters.PARAGRAPHS_AT_MOST + 1)], ["x" * 150_000, "x" * 150_000]])
def test_words_without_end_are_refused(paragraphs):
    with pytest.raises(letters.NotALetter, match="paragraphs"):
        letters.edit(letter(), paragraphs)


@pytest.mark.parametrize("broken", [{"to": 1}, {"fields": []}, {"blanks": []}, {"paragraphs": [1]}, {"also": None}])
def test_what_is_no_letter_is_refused(broken):
    with pytest.raises(letters.NotALetter):
        letters.check(letter() | broken)


@given(st.text(), st.lists(st.text()))
def test_any_words_survive_signing_and_filling(name, paragraphs):
    made = letter(fields={"provider": name, "at": letters.blank("at", "instant")}, paragraphs=paragraphs)
    again = json.loads(letters.canonical(made))
    letters.verify_filled(again, letters.fill(made, {"at": AT}))


def test_times_name_their_zone():
    at = letters.parse(AT)
    assert letters.said(at, letters.zone_of("Europe/Brussels")) == "24 November 2026, 13:39:02 CET"
    assert letters.said(at, letters.zone_of("Asia/Kathmandu")) == "24 November 2026, 18:24:02 UTC+05:45"
    assert letters.said(at, letters.zone_of("No/Where")) == "24 November 2026, 12:39:02 UTC"
