from datetime import UTC, datetime

from comity.instruments import emergencies
from comity.regulations import packs

AT = datetime(2026, 11, 30, tzinfo=UTC)


def test_it_works() -> None:
    production, voluntary = emergencies.ways(packs.load(), AT)
    assert (production.pack, production.length, production.unit) == ("eu-eevidence-production", 8, "hours")
    assert production.cite.startswith("Regulation (EU) 2023/1543")
    assert (voluntary.length, voluntary.pack) == (0, "")
    assert all(one.by["fr"] and one.says["fr"] for one in (production, voluntary))


def test_a_rule_that_was_not_in_force_yet_is_no_way() -> None:
    (one,) = emergencies.ways(packs.load(), datetime(2026, 1, 1, tzinfo=UTC))
    assert one.pack == ""
