from datetime import timedelta

import pytest
from road import open_road

from comity import clock
from comity.cases import find
from comity.cases.models import Case, Term
from comity.ledger.models import Event
from comity.measures import targets
from comity.measures.models import Measure
from comity.notifications import commands, rules
from comity.notifications.models import Notification
from comity.people.refusals import NotAllowed
from comity.vault.commands import keyed_hash

pytestmark = pytest.mark.django_db


@pytest.fixture
def road():
    with open_road() as opened:
        yield opened


@pytest.fixture
def held(road, monkeypatch):
    """A notification that a non-disclosure of six weeks holds back."""
    until = clock.now() + timedelta(weeks=6)
    monkeypatch.setattr(rules, "held", lambda finding: (True, until))
    road.receive(road.sample("good-text", road.post()))
    road.drive()
    road.sign(Case.objects.get())
    road.drive()
    monkeypatch.undo()
    return Notification.objects.get()


def state(notification):
    notification.refresh_from_db()
    return notification.state


def kinds():
    return [k for k in Event.objects.order_by("id").values_list("kind", flat=True) if k.startswith("notification")]


def test_it_works(held):
    assert (held.state, kinds()) == ("held", ["notification.held"])
    end = held.until
    commands.release_due(end - timedelta(seconds=1))
    assert state(held) == "held"
    commands.release_due(end)
    assert state(held) == "sent"
    commands.release_due(end)
    assert kinds() == ["notification.held", "notification.released", "notification.sent"]


@pytest.mark.soak
def test_another_order_on_the_same_message_leaves_it_to_a_person(held, road, monkeypatch):
    url, _ = targets.targets_of(Measure.objects.get())[0]
    other = Case.objects.get()
    request, before = other.request, other.id
    request.pk = "R-00000001"
    request.save(force_insert=True)
    other.pk, other.request, other.join_key = "C-00000001", request, b"another order..."
    other.save(force_insert=True)
    Term.objects.create(case=other, request=request, term=keyed_hash(find.plain(url)), until=request.until)
    finding = {"finding": {"duties": [{"id": "non-disclosure", "until": None}]}, "facts": {}}
    monkeypatch.setattr(commands.deciding, "finding_of", lambda case: finding)
    commands.release_due(held.until)
    assert state(held) == "held"
    assert held.until is None
    commands.release(road.person("decider"), before)
    assert state(held) == "sent"


def test_a_handler_may_not_release_it(held, road):
    with pytest.raises(NotAllowed):
        commands.release(road.person("handler"), held.case_id)
    assert state(held) == "held"


def test_a_platform_that_is_down_is_told_at_the_next_tick(held, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(targets, "platform_of", lambda *_: exec("raise commands.PlatformDown('down')", globals()))
        commands.release_due(held.until)
    assert state(held) == "held"
    commands.release_due(held.until)
    assert state(held) == "sent"
    assert kinds().count("notification.released") == 1
