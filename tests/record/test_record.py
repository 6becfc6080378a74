"""The whole way: what was done is in the log, and a stranger finds it so."""

import json

import pytest
from recorded import Played

from comity.ledger.models import Event
from comity.record.models import Leaf, Waiting
from comity_verify import entries, tiles
from comity_verify.tiles import Tile

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def bodies(played: Played) -> list[bytes]:
    """All entries of a small log."""
    size = played.log.writer.head.size
    return tiles.parse_bundle(played.log.writer.read(Tile(None, 0, size)), size)


def test_it_works(played: Played) -> None:
    report = played.audit()
    assert (report.verdict, report.problems) == ("verified", [])
    assert report.quorum
    assert len(report.cosignatures) == 2
    assert report.size == Event.objects.filter(realm="demo").count() == Leaf.objects.filter(realm="demo").count()
    assert not Waiting.objects.filter(realm="demo").exists()
    assert report.charter["people"] == 5
    assert report.charter["signatures"] == 7  # five on the charter, two on the order


def test_nothing_of_a_person_a_case_or_a_time_is_published(played: Played) -> None:
    whole = b"".join(bodies(played)).decode()
    for secret in (played.case.id, played.request.id, "online-safety", "example.com", "harbour"):
        assert secret not in whole
    first = entries.parse(bodies(played)[0])
    assert first.kind == "demo.founded"
    for body in bodies(played):
        said = json.loads(body)
        assert "at" not in said
        assert "kind" not in said or {"at", "by", "case", "request"} <= said["sealed"].keys()
