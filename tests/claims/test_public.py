"""The public register: bands by country and quarter, and nothing by which one claim could be told."""

from datetime import date

import pytest
from road import Road

from comity import clock
from comity.claims import commands, read
from comity.claims.models import Claim

from .scene import THREAT, again, at, came, is_sorted, sent_in

pytestmark = pytest.mark.django_db
NOON = at("2026-11-30T12:00:00+00:00")


def bands(realm: str = "demo", country: str = "FR") -> dict[date, str]:
    with clock.freeze(NOON):
        return dict(read.bands(realm, country))


def test_it_works(road: Road) -> None:
    with clock.freeze(NOON):
        claim = came(road, THREAT)
    now = date(2026, 10, 1)
    assert set(bands().values()) == {"0"}
    Claim.objects.filter(id=claim.id).update(country="FR")
    assert bands()[now] == "1–4", "what nobody has sorted is counted as pressure"
    is_sorted(road, claim, "yes", "no")
    assert bands()[now] == "0", "process is not counted"
    is_sorted(road, again(claim), "yes", "yes")
    assert bands()[now] == "1–4"
    assert bands(country="BE")[now] == "0"


def test_a_quarter_stands_once_it_is_over_and_corrected(road: Road) -> None:
    with clock.freeze(NOON):
        came(road, THREAT)
    Claim.objects.update(realm="real", country="FR")
    assert list(bands("real")) == [date(2026, 7, 1), date(2026, 4, 1), date(2026, 1, 1), date(2025, 10, 1)]
    assert set(bands("real").values()) == {"0"}
    Claim.objects.update(received_at=at("2026-09-30T23:59:59+00:00"))
    assert bands("real")[date(2026, 7, 1)] == "1–4"


@pytest.mark.soak
def test_what_came_by_two_ways_counts_once(road: Road) -> None:
    with clock.freeze(NOON):
        made = [came(road, THREAT, f"Number {n}") for n in range(5)]
    Claim.objects.update(country="FR")
    assert bands()[date(2026, 10, 1)] == "5–9"
    commands.join(road.person("counsel"), made[0].id, made[1].id)
    assert bands()[date(2026, 10, 1)] == "1–4"


def test_the_page_of_a_country_says_it_in_both_languages_and_names_nobody(road: Road) -> None:
    claim = came(road, THREAT)
    is_sorted(road, claim, "no", "yes", country="FR")
    for query, said in (("", "Pressure on our people"), ("?language=fr", "Pressions sur les nôtres")):
        page = sent_in().get(f"/countries/demo/FR{query}").content.decode()
        assert said in page
        assert "1–4" in page
        assert claim.id not in page
    desk = sent_in(road.person("counsel")).get("/console/countries/FR").content.decode()
    assert "/console/claims/?realm=demo&amp;country=FR" in desk
