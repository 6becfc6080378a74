"""French is complete for whoever is not of the desk: each message that they can be told, and none that nothing says."""

import re
from datetime import date

import pytest
from babel.messages.pofile import read_po
from django.utils.translation import ngettext, override, pgettext
from language.messages import used

from comity import language

CATALOGUE = language.CATALOGUES / "fr" / "LC_MESSAGES" / "django.po"
BLANK = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


@pytest.fixture(scope="module")
def french():
    with CATALOGUE.open("rb") as source:
        return list(read_po(source, "fr"))


def key(message):
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def forms(message):
    return (message.string,) if isinstance(message.string, str) else message.string


def test_it_works():
    with override("fr"):
        assert pgettext("a version was adopted", "Why") == "Pourquoi"
        assert [ngettext("day", "days", n) for n in (0, 1, 2)] == ["jour", "jour", "jours"]


def test_no_message_is_without_french(french):
    written = {key(one) for one in french if one.id and all(forms(one)) and not one.fuzzy}
    assert not [f"{where}: {said}" for where, context, said in used() if (context, said) not in written]


def test_nothing_is_translated_that_nothing_says(french):
    said = {(context, message) for _, context, message in used()}
    assert not [one.id for one in french if one.id and key(one) not in said]


def test_each_blank_of_a_message_is_in_its_french(french):
    for one in french:
        ids = (one.id,) if isinstance(one.id, str) else one.id
        for english, form in zip(ids, forms(one), strict=True):
            assert set(BLANK.findall(form)) == set(BLANK.findall(english)), one.id


def test_french_punctuation_stands_off_by_a_space_that_does_not_break(french):
    """`mot :` with U+00A0, never with a plain blank; quotes are « so »; the apostrophe is ’."""
    wrong = re.compile(r" [:;?!»]|« |'|\w[;?!]")
    assert not [one.string for one in french if one.id and any(wrong.search(form) for form in forms(one))]


def test_a_day_a_country_and_a_list_are_written_in_the_active_language():
    on, names = date(2026, 2, 1), ["a", "b", "c"]
    assert (language.day(on), language.country("NL"), language.listed(names)) == (
        "1 February 2026",
        "Netherlands",
        "a, b and c",
    )
    with override("fr"):
        assert (language.day(on), language.country("NL"), language.listed(names, either=True)) == (
            "1er février 2026",
            "Pays-Bas",
            "a, b ou c",
        )
        assert language.cited("Regulation (EU) 2021/784, Art. 9 to 11") == "règlement (UE) 2021/784, art. 9 à 11"
    assert language.known("fr") == "fr"
    assert [language.known(other) for other in ("de", "", None, "../fr")] == ["en"] * 4
