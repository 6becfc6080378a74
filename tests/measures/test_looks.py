"""From where viewers look, and what is made of what they saw: every State of a territory, or a sample that says so."""

from datetime import UTC, datetime

import pytest
from road import Road

from comity.cases.models import Case
from comity.ledger.models import Event
from comity.measures import looks, panel, rules
from comity.measures.looks import Look
from comity.measures.models import Effect, Measure
from comity.platforms.territory import EU
from comity.web.parts import Seen

_AT = datetime(2026, 11, 24, 12, 39, tzinfo=UTC)


def test_it_works(road: Road) -> None:
    case = _answered(road)
    seen = looks.of(Measure.objects.get(case=case), target=0)
    assert ({*seen.inside}, {*seen.inside.values()}) == (EU, {"withheld"})
    assert seen.outside == {"CH": "visible"}
    assert (seen.whole, seen.targets, seen.closely) == (True, 1, 1)
    told = Event.objects.get(kind="effect.observed").public
    assert ({*told["seen"]}, "sampled" in told) == (EU | {"CH"}, False)


def test_what_was_looked_at_from_three_places_before_is_told_as_that(road: Road) -> None:
    """As cases of versions that looked from three Member States have it."""
    case = _answered(road)
    Effect.objects.filter(inside=True).exclude(place__in=("FR", "BE", "AT")).delete()
    seen = looks.of_case(case.id)
    assert (sorted(seen.inside), seen.whole) == (["AT", "BE", "FR"], False)


@pytest.mark.parametrize(
    ("territory", "number"), [(["EU"], 27), (["EU", "CH", "NO"], 29), (["FR"], 1), (["FR", "BE"], 2)]
)
def test_each_country_of_a_territory_is_looked_from(territory: list[str], number: int) -> None:
    places = rules.places(territory, "BE", "FR")
    assert (len(places), len({*places})) == (number + 1, number + 1)
    assert places[0] == ("FR", True)
    assert places[-1] == ("GB" if "NO" in territory else "CH", False)


def test_of_the_whole_world_some_places_are_looked_from_and_never_called_all() -> None:
    places = rules.places(["WORLD"], "BE", "TR")
    assert len(places) == rules.SOME_OF
    assert places[:2] == [("TR", True), ("BE", True)]
    assert {"US", "JP", "ZA", "BR"} <= {place for place, _ in places}
    inside = {place: "withheld" for place, _ in places}
    assert not looks.Looks(("WORLD",), inside, {}, 1, 1).whole


def test_of_very_many_targets_each_is_looked_at_from_one_place_in_its_turn() -> None:
    everywhere = rules.places(["EU"], "BE", "FR")
    assert rules.places_of(everywhere, rules.LOOKED_CLOSELY - 1) == everywhere
    some = [rules.places_of(everywhere, n) for n in range(rules.LOOKED_CLOSELY, rules.LOOKED_CLOSELY + 27)]
    assert {(len(one), one[-1]) for one in some} == {(2, ("CH", False))}
    assert {one[0][0] for one in some} == EU


def test_a_viewer_who_still_sees_it_stands_first_on_the_page_whichever_target_it_is() -> None:
    saw = [Look(place, True, "after", "withheld", "withheld", _AT) for place in EU]
    odd = Look("MT", True, "after", "withheld", "visible", _AT)
    rows = panel.effect_rows([*saw, odd, Look("CH", False, "after", "visible", "visible", _AT)])
    assert [(row.country, row.now) for row in rows] == [
        ("MT", Seen("visible", True)),
        ("26 countries", Seen("withheld")),
        ("CH", Seen("visible")),
    ]
    assert panel.effect_rows(saw)[0].country == "EU, all 27"


def _answered(road: Road) -> Case:
    road.receive(road.sample("good-text", road.post()))
    road.drive()
    case = Case.objects.get()
    road.sign(case)
    road.drive()
    case.refresh_from_db()
    assert case.state == "answered", road.refused
    return case
