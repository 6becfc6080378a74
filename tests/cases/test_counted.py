"""What is kept of a finding to be counted: codes, one row for the request and one for each target, and no facts."""

import json
from collections.abc import Iterator

import pytest
from road import Road, open_road

from comity import clock
from comity.cases import counted, document
from comity.cases.models import Case, Finding, Judged
from comity.regulations import matching, packs
from comity.vault import commands as vault

pytestmark = pytest.mark.django_db


@pytest.fixture
def road() -> Iterator[Road]:
    with open_road() as opened:
        yield opened


def rows(case: Case) -> list[Judged]:
    return list(Judged.objects.filter(finding__case=case).order_by("of", "n"))


def test_it_works(road: Road) -> None:
    request = road.receive(road.sample("good-text", road.post()))
    road.drive()
    case = Case.objects.get(request=request)
    whole, target = rows(case)
    assert (whole.of, whole.outcome, whole.country) == ("request", "valid", case.country)
    assert (target.of, target.n, target.name, target.outcome) == ("target", 0, "", "valid")
    shown = vault.get_json(Finding.objects.get(case=case).doc)["finding"]["checks"]
    assert whole.checks == {row["id"]: row["holds"] for row in shown}
    assert target.checks.items() <= whole.checks.items()
    assert target.checks


def test_nothing_of_the_facts_is_in_it(road: Road) -> None:
    """Each word of the facts is looked for: none but codes that the pack itself has may stand in a row."""
    request = road.receive(road.sample("good-text", road.post(), reference="OOS-2026-771144"))
    road.drive()
    kept = list(Judged.objects.values("of", "n", "name", "outcome", "country", "checks"))
    pack = matching.of_record(vault.get_json(Finding.objects.get().doc)["finding"], packs.load())
    for row in kept:
        assert {*row.pop("checks").values()} <= {True, False, None}
    assert {id for row in Judged.objects.all() for id in row.checks} <= {check.id for check in pack.checks}
    kept = json.dumps(kept)
    facts = vault.get_json(Finding.objects.get(case__request=request).doc)["facts"]
    said = [text for text in _texts(facts) if len(text) > 2]
    assert "OOS-2026-771144" in said
    assert [text for text in said if text in kept] == []


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def test_each_finding_of_a_case_has_its_own(road: Road) -> None:
    request = road.receive(road.sample("missing-elements", road.post()))
    road.drive()
    case = Case.objects.get(request=request)
    assert False in rows(case)[0].checks.values()
    assert {row.finding_id for row in rows(case)} == {*Finding.objects.filter(case=case).values_list("id", flat=True)}


def test_what_waits_without_a_case_is_counted_by_its_last_finding(road: Road) -> None:
    request = road.receive(road.sample("threat", ""))
    road.drive()
    found = Judged.objects.get(request=request, finding=None)
    request.refresh_from_db()
    judged = document.judged(document.of(request))
    counted.keep(request, None, judged["facts"], judged["finding"])
    assert Judged.objects.get(request=request).checks == found.checks


def test_findings_of_before_are_filled_in_by_the_clock(road: Road) -> None:
    request = road.receive(road.sample("good-text", road.post()))
    road.drive()
    case = Case.objects.get(request=request)
    before = [(row.of, row.outcome, row.checks) for row in rows(case)]
    Judged.objects.all().delete()
    Finding.objects.update(counted=False)
    assert counted.fill(clock.now()) == 1
    assert [(row.of, row.outcome, row.checks) for row in rows(case)] == before
    assert counted.fill(clock.now()) == 0


def test_what_is_forgotten_is_not_looked_at_again(road: Road) -> None:
    road.receive(road.sample("good-text", road.post()))
    road.drive()
    Judged.objects.all().delete()
    Finding.objects.update(counted=False, doc="0" * 32)
    assert counted.fill(clock.now()) == 1
    assert not Judged.objects.exists()
    assert counted.fill(clock.now()) == 0
