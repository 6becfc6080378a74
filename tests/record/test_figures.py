"""Days that must add up: what the tables say of a day is in the record, and an act left out makes it fail."""

from datetime import UTC

import pytest
from django.db import connection, transaction
from recorded import Played, whole

from comity import clock
from comity.ledger.models import Event
from comity.people import commands as people
from comity.record import commands, figures
from comity.record.models import Leaf, Waiting
from comity_verify.audit import Audit
from comity_verify.entries import parse as entry
from comity_verify.figures import Figures
from comity_verify.policies import parse
from comity_verify.source import Source

PEOPLE = people.DEMO_EVERYONE
pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def test_a_day_is_stated_once_and_recounts(played: Played) -> None:
    today = clock.now().astimezone(UTC).date()
    assert figures.counts("demo", today) == {
        "request.received": 1,
        "approval.given": len(PEOPLE) + 2,  # on the charter, and on the order
        "measure.acted": 1,
        "key.added": len(PEOPLE),
    }
    assert figures.state("demo", today)
    while played.log.turn():
        pass
    report = Audit(Source(str(played.files)), parse(played.policy.encode())).run()
    assert report.problems == [], whole(report.problems)
    assert (report.verdict, report.figures) == ("verified", {"days": 1, "wrong": []})


def test_an_act_left_out_of_the_record_makes_it_fail(played: Played) -> None:
    """As by root, who makes an approval count and writes no event of it: the day's figures don't add up."""
    today = clock.now().astimezone(UTC).date()
    left_out = Event.objects.filter(realm="demo", kind="approval.given").order_by("id").last()
    assert left_out is not None
    with transaction.atomic():
        kept = list(Leaf.objects.filter(realm="demo").exclude(event=left_out.id).order_by("num"))
        recount = Figures()
        for leaf in kept:
            recount.read(entry(bytes(leaf.body or b"")))
        stated = {"date": today.isoformat(), "counts": figures.counts("demo", today)}
        recount.compare(stated)
        assert recount.told()["wrong"] == [
            f"{today}: {len(PEOPLE) + 2} of approval.given were stated, and the record holds {len(PEOPLE) + 1}",
        ]
        transaction.set_rollback(True)


def test_nothing_is_stated_while_something_of_the_day_waits(played: Played) -> None:
    today = clock.now().astimezone(UTC).date()
    Event.objects.filter(kind=figures.KIND).exists()
    Waiting.objects.create(event=10**15, realm="demo", turn=1, at=clock.now())
    assert not figures.state("demo", today)
    Waiting.objects.all().delete()


def test_numbers_follow_what_committed_and_have_no_gap(played: Played) -> None:
    """Ids commit out of order; a number is given to what is there, and never twice."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*), count(distinct num), max(num) + 1 from record_leaf where realm = 'demo'")
        count, distinct, last = cursor.fetchone()
    assert count == distinct == last == commands.size("demo")
