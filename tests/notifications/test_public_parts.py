"""What may be published of a case under a non-disclosure is what may be published of the same case without one."""

from collections.abc import Iterator
from typing import Any

import pytest
from road import Road, open_road

from comity.cases.models import Case
from comity.demo import samples
from comity.ledger.events import KINDS
from comity.ledger.models import Event
from comity.notifications.models import Notification

pytestmark = pytest.mark.django_db
TICKED = (b"[ ] For reasons of public security", b"[x] For reasons of public security")


@pytest.fixture
def road() -> Iterator[Road]:
    with open_road() as opened:
        yield opened


def carried_out(road: Road) -> Case:
    request = road.receive(road.sample("good-text", road.post()))
    road.drive()
    case = Case.objects.get(request=request)
    road.sign(case)
    road.drive()
    return case


def published(case: Case) -> list[tuple[str, dict[str, Any]]]:
    events = Event.objects.filter(request=case.request_id) | Event.objects.filter(case=case.id)
    return [(event.kind, event.public) for event in events.order_by("id") if KINDS[event.kind].published]


@pytest.mark.slow
def test_it_works(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    carried_out(road)  # the first order of an authority: what counts it as the first is no sign of anything
    told, sign = carried_out(road), samples.sign
    monkeypatch.setattr(samples, "sign", lambda raw, *by: sign(raw.replace(*TICKED), *by))
    held = carried_out(road)
    assert [Notification.objects.get(case=case).state for case in (told, held)] == ["sent", "held"]
    assert published(told) == published(held)
    assert road.refused == []


def test_the_end_of_a_non_disclosure_is_kept_inside(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    sign = samples.sign
    monkeypatch.setattr(samples, "sign", lambda raw, *by: sign(raw.replace(*TICKED), *by))
    carried_out(road)
    event = Event.objects.get(kind="notification.held")
    assert event.public == {}
    assert event.told["until"] == event.sealed["until"] is not None
    assert not KINDS[event.kind].published


def test_a_row_of_before_still_shows_the_desk_what_it_said() -> None:
    event = Event.objects.create(
        kind="notification.held", at="2026-11-29T12:00:00Z", realm="demo", by="gateway", public={"until": "2027-01-05"}
    )
    assert event.told == {"until": "2027-01-05"}


def test_no_public_key_leads_to_a_person_or_counts_exactly() -> None:
    """Keys that did, and were moved inside: none comes back by another kind."""
    betray = {"until", "country", "bytes", "channel", "jurisdiction", "jurisdictions", "flags", "facts", "field"}
    betray |= {"holds", "fails", "unknown", "targets", "roles", "role", "vouched", "authority", "letter", "what"}
    of_people = [kind for name, kind in KINDS.items() if not name.startswith("regulation.")]
    # what a State and we have is of that State
    of_states = ("relation.", "agreement.", "contact.", "statement.", "plan.", "step.", "gate.", "dispute.", "bundle.")
    of_states += ("submission.", "exhibit.", "interim.", "settlement.", "summary.", "annotation.")
    # what a council votes on, by whom, from where and until when, is public; so is how long a level of management lasts
    in_the_open = ("bound.", "proposal.", "level.")
    # whose a key is: the office itself and each custodian look it up, so that nobody puts another in its place
    in_the_open += ("recipient.",)
    found = [(kind.name, key) for kind in of_people for key in kind.public if key in betray]
    found = [(name, key) for name, key in found if not name.startswith(in_the_open)]
    assert [(name, key) for name, key in found if key != "country" or not name.startswith(of_states)] == []
    assert [name for name, kind in KINDS.items() if not kind.published and kind.public] == []
