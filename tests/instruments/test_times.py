"""What an act gives is its pack's: counted and said as the version that judged has it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from comity import instruments, language
from comity.instruments import times
from comity.instruments.statement import House, Posted, Told
from comity.regulations import packs
from comity.regulations.legal_time import Place

ORDER = "eu-tco-removal-order"
AT = datetime(2026, 11, 24, 12, 44, tzinfo=UTC)
BRUSSELS = Place(ZoneInfo("Europe/Brussels"), "BE")


def changed(**lengths):
    """The library with other lengths of some deadlines of removal orders, as an adopted version may have them."""
    shipped = packs.load()
    pack = times.pack(shipped, ORDER)
    rows = tuple(replace(row, length=lengths.get(row.id.replace("-", "_"), row.length)) for row in pack.deadlines)
    other = replace(pack, version="own.1", deadlines=rows)
    return replace(shipped, packs=tuple(one for one in shipped.packs if one.id != ORDER) + (other,))


def test_it_works():
    pack = times.pack(packs.load(), ORDER)
    asked = times.deadline(pack, ORDER, "scrutiny-request")
    assert (str(asked), str(times.duty(pack, ORDER, "preserve"))) == ("48 hours", "6 months")
    assert str(times.duty(pack, ORDER, "non-disclosure")) == "6 weeks"
    assert asked.end(AT, BRUSSELS).due_target == AT + timedelta(hours=48)
    assert str(times.complaints()) == "6 months"


def test_an_adopted_version_is_counted_and_said_on_the_statement_page():
    library = changed(scrutiny_request=24, complaint=3, remove=2)
    house = House("Lantern", "BE", BRUSSELS.zone, library=library)
    facts = {"instrument": ORDER, "received_at": "2026-11-24T11:00:00Z", "authority": {"country": "FR"}}
    told = Told(told_at=AT, posted=(Posted("https://lantern.example/c/1"),), territory=("EU",))
    page = instruments.of(ORDER).statement(facts, {}, told, house, AT)
    scrutiny, complaint = (next(way for way in page.ways if way.id == id) for id in ("scrutiny", "complaint"))
    assert scrutiny.until == datetime(2026, 11, 25, 13, tzinfo=UTC)
    assert "the 24 hours begin" in scrutiny.counted
    assert "within 3 weeks" in complaint.says
    assert "within 2 hours" in page.why
    assert "leaves us 2 hours" in page.judgment


def test_a_row_that_a_version_leaves_out_is_that_of_the_newest_we_ship():
    pack = replace(times.pack(packs.load(), ORDER), deadlines=())
    assert times.deadline(pack, ORDER, "remove").length == 1


def test_a_row_that_no_version_has_is_an_error():
    with pytest.raises(LookupError, match="no deadline nothing"):
        times.deadline(None, ORDER, "nothing")
    with pytest.raises(LookupError, match="can be prolonged"):
        times.longer(None, ORDER, "remove")


@pytest.mark.parametrize(
    ("length", "unit", "english", "french"),
    [
        (1, "hours", "1 hour", "1 heure"),
        (48, "hours", "48 hours", "48 heures"),
        (2, "weeks", "2 weeks", "2 semaines"),
        (5, "working-days", "5 working days", "5 jours ouvrables"),
        (30, "minutes", "30 minutes", "30 minutes"),
    ],
)
def test_a_length_is_said_in_the_active_language(length, unit, english, french):
    assert language.period(length, unit) == english
    with override("fr"):
        assert language.period(length, unit).replace("\u00a0", " ") == french
