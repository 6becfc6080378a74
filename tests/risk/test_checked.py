"""Last month's model of the desk beside what happened; and the models by the command line."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from figures import scene

from comity import clock
from comity.cli import parser
from comity.ledger.commands import record
from comity.people.models import Person
from comity.risk import checking, commands, measured, staffing
from comity.risk.checking import Happened
from comity.terminal import Misuse, No

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
UNTIL = date(2026, 11, 29)
HOUR = staffing.Kind("hour", 60, 1.0, 11 / 60, 0.5)
DAY = staffing.Kind("day", 60, 24.0, 20 / 60, 0.5)
KINDS = {"hour": HOUR, "day": DAY}


def came(people: int, seed: int, slower: float = 1.0) -> list[Happened]:
    """A month as this very desk would have had it, decided so many times more slowly than the model knows."""
    orders = staffing.arriving(staffing.Load((HOUR, DAY)), 28, seed)
    orders = orders._replace(takes=orders.takes * slower)
    done = staffing.run(orders, staffing.rota(people))

    def at(hours: float) -> datetime:
        return MONDAY + timedelta(hours=float(hours))

    return [
        Happened(("hour", "day")[orders.kind[n]], at(orders.at[n]), at(orders.due[n]),
                 at(done[n]) if np.isfinite(done[n]) else None, float(orders.takes[n]))
        for n in range(len(orders.at))
    ]  # fmt: skip


def told(people: int, happened: list[Happened]) -> dict[str, Any]:
    rows = checking.compared(happened, KINDS, staffing.rota(people), None)
    return {row["what"]: row for row in rows}


def test_it_works_a_model_that_is_right_agrees_with_what_happened() -> None:
    found = told(4, came(4, 71))
    assert (found["urgent"]["agrees"], found["others"]["agrees"]) == (True, True)
    for name in ("p50", "p90", "worked"):
        assert found[name]["model"] == pytest.approx(found[name]["happened"], rel=0.15), name
    assert found["urgent"]["of"] + found["others"]["of"] == len(came(4, 71))


@pytest.mark.parametrize(("people", "slower"), [(4, 2.0), (9, 3.0)])
def test_a_model_that_is_wrong_is_seen_to_be(people: int, slower: float) -> None:
    found = told(people, came(people, 72, slower))
    assert found["urgent"]["agrees"] is False
    assert found["worked"]["happened"] > 1.5 * found["worked"]["model"]


def test_nobody_there_and_nothing_decided_have_no_hours() -> None:
    found = told(0, [one._replace(decided=None) for one in came(4, 73)[:30]])
    assert (found["urgent"]["model"], found["urgent"]["happened"]) == (0.0, 0.0)
    assert (found["p90"]["model"], found["p90"]["happened"]) == (None, None)
    only = [one for one in came(4, 73) if not one.urgent][:30]
    assert told(4, only)["urgent"] == {"what": "urgent", "model": None, "happened": None, "of": 0, "agrees": None}


# -- from the rows ----------------------------------------------------------------------------------------------------


def worked(day: date, minutes: float | None, *, realm: str = "demo") -> None:
    """A one-hour order of 09:00, taken at once and decided after so many minutes; None: never."""
    case = scene.case(day, realm=realm)
    scene.answered(case)
    if minutes is not None:
        for kind, after in (("case.taken", 1.0), ("decision.approved", minutes)):
            with clock.freeze(case.received_at + timedelta(minutes=after)):
                public = {} if kind == "case.taken" else {"act": "measure"}
                record(kind, realm=realm, by="handler, BE", case=case.id, public=public)


@pytest.mark.django_db
def test_what_happened_is_read_from_cases_clocks_and_events(demo: dict[str, Person]) -> None:
    for n in range(checking.LEAST - 1):
        worked(UNTIL - timedelta(days=n), 11.0 if n else 61.0)
    assert checking.month("demo", UNTIL) == {"why": "few", "n": checking.LEAST - 1}
    worked(UNTIL - timedelta(days=3), None)
    worked(UNTIL - timedelta(days=28), 5.0)  # before the month
    worked(UNTIL, 5.0, realm="drill")
    assert not measured.decided("real", UNTIL - timedelta(days=27), UNTIL, 10)
    found = checking.month("demo", UNTIL)
    assert found["n"] == checking.LEAST
    rows = {row["what"]: row for row in found["rows"]}
    assert rows["urgent"]["happened"] == pytest.approx(18 / 20), "one was late, and one nobody decided"
    assert rows["p50"]["happened"] == pytest.approx(11 / 60)
    assert rows["worked"]["happened"] == pytest.approx((18 * 10 + 30) / 60, rel=0.2), "a pause counts as one alone"


# -- by the command line ----------------------------------------------------------------------------------------------

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def ran(*words: str) -> tuple[int, dict[str, Any]]:
        args = parser().parse_args(["risk", *words, "--realm", "demo", "--json"])
        status = args.run(args)
        return status, json.loads(capsys.readouterr().out)

    return ran


@pytest.mark.django_db
@pytest.mark.slow
def test_the_command_line_says_what_the_pages_say(demo: dict[str, Person], run: Run, tmp_path: Path) -> None:
    for words in (("forecast", "--users", "2000000000"), ("staff",)):
        with pytest.raises(No):
            run(*words)  # nothing was counted: nothing is known
    commands.make(7, 3 * 10**8, 9 * 10**8, 280, UNTIL)
    status, found = run("forecast", "--users", "950 000 000")
    assert (status, found["rows"][0]["known"]) == (0, True)
    assert found["rows"][0]["low"] < found["rows"][0]["middle"] < found["rows"][0]["high"]
    status, found = run("forecast", "--users", "90000000000")
    assert (status, found["rows"][0]["middle"] > 0, found["rows"][0]["known"]) == (1, True, False), "too far: not known"
    rota = tmp_path / "rota.yaml"
    rota.write_text("people: 9\n")
    status, found = run("staff", "--load", "2", "--rota", str(rota))
    assert found["people"] == [9, 9]
    assert found["then"]["there"] > found["now"]["there"]
    assert status == (0 if found["then"]["by_people"] else 1)
    assert found["checked"]["why"] == "few"
    for text in ("people: nobody\n", "people: -1\n", "people: [\n", "", "x: " + "9" * 200_000):
        rota.write_text(text)
        with pytest.raises(Misuse):
            run("staff", "--rota", str(rota))
    for words in (("forecast", "--users", "0"), ("staff", "--load", "-1"), ("staff", "--rota", str(tmp_path / "no"))):
        with pytest.raises(Misuse):
            run(*words)
