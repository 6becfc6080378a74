"""The document's places tied to the facts."""

from hypothesis import given
from hypothesis import strategies as st

from comity.desk import sheet

FORM = {
    "title": "Removal order",
    "sections": [
        {
            "id": "A",
            "title": "Section A",
            "lines": [
                {"label": "State", "field": "form.issuing_state", "kind": "text", "value": "FR"},
                {"label": "Printed note", "field": None, "kind": "text", "value": "please read"},
            ],
        },
        {
            "id": "B",
            "lines": [
                {
                    "label": "Material",
                    "field": "form.categories",
                    "kind": "tick",
                    "options": [
                        {"label": "one", "ticked": False},
                        {"label": "two", "ticked": True},
                        {"label": "three", "ticked": True},
                    ],
                },
                {"label": "Do not tell", "field": "form.non_disclosure", "kind": "tick", "ticked": True},
                {"label": "Until", "field": "form.redress_deadline", "kind": "blank", "value": "  "},
            ],
        },
    ],
}
PLACES = {
    "form.redress_deadline": {"where": "G.2"},
    "form.categories": {"where": "B.2"},
    "form.issuing_state": {"where": "A.1"},
}
TEXT = "Removal order\nReference: 77/2026\nReference: again 77/2026\nURL: https://lantern.example/c/1\n"


def test_it_works():
    marked = sheet.marks(sheet.order(FORM, PLACES))
    assert marked == {"form.issuing_state": 1, "form.categories": 2, "form.redress_deadline": 3}
    made = sheet.of_form(FORM, marked, "Annex I, as signed")
    assert [section.title for section in made.sections] == ["Section A", "B"]
    state, note = made.sections[0].lines
    assert (state.value, state.mark, note.mark) == ("FR", 1, None)


def test_a_mark_stands_once_at_the_first_ticked_box():
    options = sheet.of_form(FORM, {"form.categories": 2}, "x").sections[1].lines[0].options
    assert [option.mark for option in options] == [None, 2, None]


def test_a_lone_box_is_a_box():
    line = sheet.of_form(FORM, {"form.non_disclosure": 4}, "x").sections[1].lines[1]
    assert [(option.ticked, option.mark) for option in line.options] == [(True, 4)]


def test_a_field_left_empty_is_blank():
    assert sheet.of_form(FORM, {}, "x").sections[1].lines[2].blank


def test_a_text_is_marked_from_its_line_on():
    places = {
        "form.reference": {"where": "line 3", "text": "77/2026"},
        "form.urls": {"where": "line 4", "text": "https://lantern.example/c/1"},
    }
    runs = sheet.of_text(TEXT, places, {"form.reference": 1, "form.urls": 2}, "x").runs
    assert "".join(run.text for run in runs) == TEXT
    assert [(run.text, run.mark) for run in runs if run.mark] == [("77/2026", 1), ("https://lantern.example/c/1", 2)]
    assert runs[0].text.endswith("again ")


def test_words_that_are_not_found_mark_their_line_and_a_place_outside_is_left_out():
    places = {"a": {"where": "line 2", "text": "not there"}, "b": {"where": "line 99", "text": "not there"}, "c": {}}
    runs = sheet.of_text(TEXT, places, {"a": 1, "b": 2, "c": 3}, "x").runs
    assert [(run.text, run.mark) for run in runs if run.mark] == [("Reference: 77/2026", 1)]


def test_two_facts_in_the_same_words_share_no_id():
    places = {"a": {"where": "line 2", "text": "77/2026"}, "b": {"where": "line 2", "text": "77/2026"}}
    runs = sheet.of_text(TEXT, places, {"a": 1, "b": 2}, "x").runs
    assert [run.mark for run in runs if run.mark] == [1]


place = st.fixed_dictionaries(
    {"where": st.integers(-3, 9).map(lambda n: f"line {n}"), "text": st.text("ab \n", max_size=4)}
)


@given(st.text("ab \n", max_size=60), st.dictionaries(st.sampled_from("vwxyz"), place))
def test_the_text_shown_is_the_text_that_came(text, places):
    runs = sheet.of_text(text, places, sheet.marks(places), "x").runs
    assert "".join(run.text for run in runs) == text
    marks = [run.mark for run in runs if run.mark]
    assert len(marks) == len(set(marks))
