"""The representative's page: which orders are answered here, when one is refused, and figures that tell of nobody."""

from datetime import date, timedelta

import pytest
from django.test import Client
from regulations.cases_of_packs import CASES, judged, pack_of

from comity import clock, instruments
from comity.figures.models import Counted, Quarter
from comity.front import representative
from comity.library import in_force

BEFORE = ("counsel", "reroute", "not-competent", "refuse")  # what of a finding comes before the rest


def page(language: str = "en") -> str:
    answer = Client().get("/representative", {"language": language})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.django_db
def test_it_works() -> None:
    shown = page()
    rows = representative.rows("real")
    assert {row.id for row in rows} == {*in_force.library("real").ids()} - {*representative.LEFT_OUT}
    assert all(row.title in shown.replace("&#x27;", "'") for row in rows)
    assert "1 hour" in shown
    assert "8 hours or 10 days" in shown
    assert "No order has waited for its answer for longer than a day." in shown
    assert "Qui répond à votre injonction" in page("fr")


def test_what_the_page_says_is_refused_is_refused_and_the_other_way_round() -> None:
    """Each case of each pack: a refusal is one that the page tells of, in the words of the finding."""
    told = 0
    for path in CASES:
        pack, finding = pack_of(path.parent.name), judged(path)
        said = {words for words, _ in representative.refused(pack, "en")}
        fails = {check["says"] for check in finding["checks"] if check["holds"] is False}
        told += bool(said & fails)
        if finding["outcome"] == "refuse":
            assert said & fails, path
        if said & fails:
            parts = {row["outcome"] for row in (*finding["targets"], *finding["data"])}
            assert finding["outcome"] in BEFORE or "refuse" in parts, path
    assert told > 5


def test_what_orders_data_sent_says_that_none_are_and_nothing_else_does() -> None:
    library = in_force.library("real")
    packs = {name: library.versions(name)[-1] for name in library.ids()}
    sends = {name for name, pack in packs.items() if any(measure.kind == "disclose" for measure in pack.measures)}
    assert sends == {name for name in packs if instruments.of(name).production}


def test_the_oldest_is_told_in_bands_that_tell_of_no_order_of_today() -> None:
    day = timedelta(days=1)
    said = [representative.waited(time) for time in (timedelta(), day, 2 * day, 8 * day, 31 * day)]
    assert said[0] == said[1]
    assert len(set(said)) == 4


@pytest.mark.django_db
def test_a_figure_under_ten_is_under_10_and_what_a_country_leaves_out_is_in_no_sum() -> None:
    first = date(2026, 7, 1)
    Counted.objects.create(day=first, at=clock.now(), published_at=clock.now())
    for country, number in (("FR", 12), ("DE", 9)):
        Quarter.objects.create(
            realm="real", quarter=first, name="requests", country=country, instrument="us-preservation", public=number
        )
    row = next(one for one in representative.rows("real") if one.id == "us-preservation")
    assert (row.received, row.in_time) == (12, None)
