"""People, places and cells as every page says them."""

import pytest

from comity.console import lists, words
from comity.web.words import briefly


@pytest.mark.parametrize(
    ("territory", "said"),
    [
        (["EU"], "in the EU"),
        (["WORLD"], "everywhere"),
        (["BE", "FR"], "in BE and FR"),
        (["BE", "EE", "FR"], "in BE, EE and FR"),
        ([], ""),
    ],
)
def test_a_territory_in_words(territory, said):
    assert briefly(territory) == said


def test_people_are_called_by_role_jurisdiction_and_key():
    assert words.person("decider", "BE", "7f·3a") == "decider, BE, key 7f·3a"
    assert words.person("gateway", "BE") == "gateway, BE"


@pytest.mark.parametrize(
    ("cell", "safe"), [("=1+1", "'=1+1"), ("@x", "'@x"), ("-1", "'-1"), ("C-1", "C-1"), (None, "None"), ("", "")]
)
def test_no_cell_of_an_export_is_a_formula(cell, safe):
    assert lists.csv_safe(cell) == safe
