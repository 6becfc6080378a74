"""Territories: what they mean in countries, and from where to look."""

import pytest

from comity.platforms import territory
from comity.platforms.territory import UnknownTerritory


def test_it_works() -> None:
    assert len(territory.expand(["EU"])) == 27
    assert territory.expand(["EU", "CH"]) == territory.EU | {"CH"}
    assert territory.expand(["FR", "WORLD"]) == {"WORLD"}
    assert territory.outside(["EU"]) == "CH"


def test_codes_of_union_texts_and_lower_case_are_understood() -> None:
    assert territory.expand(["EL", "uk", " fr "]) == {"GR", "GB", "FR"}


def test_the_world_has_no_outside() -> None:
    assert territory.outside(["WORLD"]) is None


def test_outside_is_never_a_part_of_a_country_inside() -> None:
    everywhere_else = territory.COUNTRIES - {"FR", "RE", "GP", "GF", "MQ", "YT", "MF", "NC"}
    assert territory.outside(sorted(everywhere_else | {"FR"})) == "NC"


def test_each_country_has_an_outside() -> None:
    for country in territory.COUNTRIES:
        outside = territory.outside([country])
        assert outside is not None
        assert not territory.covers([country], outside)


def test_covers_the_outermost_regions() -> None:
    assert territory.covers(["EU"], "RE")
    assert territory.covers(["WORLD"], "NC")
    assert not territory.covers(["EU"], "GB")


def test_the_data_is_consistent() -> None:
    assert territory.EU <= territory.COUNTRIES
    assert set(territory.PARTS) <= territory.EU
    assert len(territory.COUNTRIES) == 250
    assert set(territory.OUTSIDE) <= territory.COUNTRIES


def test_the_shortest_way_of_writing_it() -> None:
    assert territory.narrowest([*territory.EU, "CH"]) == ("EU", "CH")
    assert territory.narrowest(["FR", "BE"]) == ("BE", "FR")


@pytest.mark.parametrize("code", ["", "Europe", "XX", None, 7, ["FR"], "F", "FRA", "*"])
def test_a_code_nobody_knows_is_refused_by_name(code: object) -> None:
    with pytest.raises(UnknownTerritory, match="territory"):
        territory.expand(["FR", code])


def test_an_empty_territory_is_refused() -> None:
    with pytest.raises(UnknownTerritory, match="empty"):
        territory.expand([])


def test_one_country_and_its_parts() -> None:
    assert territory.of_one("CH") == {"CH"}
    assert territory.of_one("FI") == {"FI", "AX"}
    assert territory.of_one("XV", also=("XV",)) == {"XV"}


@pytest.mark.parametrize("code", ["EU", "WORLD", "UK", "XV", "fr", "", None, 7, ["FR"], "FR "])
def test_what_is_no_single_country_is_refused_by_name(code: object) -> None:
    with pytest.raises(UnknownTerritory, match="country"):
        territory.of_one(code)
