"""The port's gates: a platform shut to a country, level by level, and nowhere else."""

from dataclasses import fields, replace

import pytest

from comity.platforms.port import LEVELS, OPEN, SeenGate, wanted_gate


@pytest.mark.parametrize("level", [OPEN, *LEVELS])
def test_what_is_found_at_a_level_is_that_level_and_no_other(level: str) -> None:
    found = wanted_gate(level, notice=level != OPEN)
    assert found.level == level
    for field in fields(found):
        assert replace(found, **{field.name: None}).level is None


def test_what_is_no_level_is_none() -> None:
    assert SeenGate().level is None
    assert replace(wanted_gate("notice", notice=True), export=False).level is None
    assert replace(wanted_gate("notice", notice=True), notice=False).level is None
    assert replace(wanted_gate("no-signups", notice=True), signups=True).level is None
    assert replace(wanted_gate("read-only", notice=True), signups=True).level is None
