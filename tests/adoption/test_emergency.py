"""In force at once by one signature; without the quorum in 72 hours, or after 90 days, it has ended by itself."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from people.members import Member

from comity import clock
from comity.adoption import commands, pages, rules
from comity.adoption.models import Draft
from comity.alerts.models import Alert
from comity.cases.commands import alert
from comity.ledger.models import Event
from comity.library import in_force
from comity.people.approvals import ApprovalRefused
from comity.people.refusals import BadInput, NotAllowed

from .scene import REASON, SHIPPED, TCO, adopted, proposed, sign, tried

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOURS, DAYS = timedelta(hours=72), timedelta(days=90)
SECOND = timedelta(seconds=1)


def version(at: datetime | None = None) -> str:
    return in_force.library("real").in_force(TCO, at or clock.now()).version


def decreed(counsel: Member) -> Draft:
    draft = proposed(counsel, urgent=True)
    assert sign(counsel, draft)
    return Draft.objects.get(pk=draft.pk)


def test_it_works(counsel: Member, decider: Member) -> None:
    with clock.freeze(AT):
        draft = decreed(counsel)
        assert (draft.state, draft.starts_at, draft.ends_at) == ("emergency", AT, AT + HOURS)
        assert version() == "2021-784.2"
        clock.advance(3600)
        sign(counsel, draft)
        assert sign(decider, draft)
        draft.refresh_from_db()
        assert (draft.state, draft.ends_at) == ("confirmed", AT + DAYS)
        library = in_force.library("real")
        told = pages.version(library, library.of(TCO)[-1], clock.now())
        assert (told.by, told.mark.word) == ("counsel, BE; decider, EE", "In force as an emergency, confirmed")
    with clock.freeze(AT + DAYS - SECOND):
        commands.keep_time(clock.now())
        assert version() == "2021-784.2"
    with clock.freeze(AT + DAYS):
        assert version() == SHIPPED  # by the clock alone, even where no worker runs
        commands.keep_time(clock.now())
        commands.keep_time(clock.now())
        draft.refresh_from_db()
        assert draft.state == "ended"
        assert version(AT + SECOND) == "2021-784.2"
    assert Event.objects.filter(kind="regulation.ended").count() == 1


def test_without_the_quorum_it_ends(counsel: Member, decider: Member) -> None:
    with clock.freeze(AT):
        draft = decreed(counsel)
        sign(counsel, draft)
        act = Draft.objects.get(pk=draft.pk).act
    with clock.freeze(AT + HOURS - SECOND):
        assert version() == "2021-784.2"
    with clock.freeze(AT + HOURS):
        assert version() == SHIPPED
        # too late, even before the worker has noticed
        with pytest.raises(rules.NotNow):
            commands.sign(decider.person, draft.pk, act, decider.sign(act))
        assert version() == SHIPPED
        commands.keep_time(clock.now())
        with pytest.raises(ApprovalRefused) as refused:
            commands.sign(decider.person, draft.pk, act, decider.sign(act))
        assert refused.value.reason == "void"
        assert Draft.objects.get(pk=draft.pk).state == "ended"


@pytest.mark.parametrize("how", ["confirmed", "ended", "lapsed", "superseded"])
def test_the_alert_is_over_once_the_quorum_has_signed_or_it_has_ended(
    how: str, counsel: Member, decider: Member
) -> None:
    with clock.freeze(AT):
        draft = decreed(counsel)
        alert(Event.objects.get(kind="regulation.emergency"))
        assert Alert.objects.filter(seen_at=None).count() == 1
        clock.advance(60)
        if how == "confirmed":
            sign(counsel, draft)
            sign(decider, draft)
        elif how == "ended":
            commands.end(counsel.person, draft.pk, "The wave is over.")
        elif how == "superseded":
            adopted(counsel, decider, check="signed", outcome="needs-person")
    with clock.freeze(AT + HOURS):
        commands.keep_time(clock.now())
        assert Alert.objects.filter(seen_at=None).count() == 0


def test_a_person_ends_it_while_it_waits_for_the_quorum(counsel: Member, decider: Member) -> None:
    with clock.freeze(AT):
        draft = decreed(counsel)
        clock.advance(3600)
        act = Draft.objects.get(pk=draft.pk).act
        commands.end(counsel.person, draft.pk, "The wave of forged orders is over.")
        assert version() == SHIPPED
        assert version(AT + SECOND) == "2021-784.2"
        draft.refresh_from_db()
        assert (draft.state, draft.ends_at, draft.act) == ("ended", clock.now(), "")
        event = Event.objects.get(kind="regulation.ended")
        assert (event.by, event.public["as"]) == (counsel.person.by, "by-hand")
        with pytest.raises(ApprovalRefused):
            commands.sign(decider.person, draft.pk, act, decider.sign(act))
        with pytest.raises(rules.NotNow):
            commands.end(counsel.person, draft.pk, "Once more.")
    with clock.freeze(AT + HOURS):
        commands.keep_time(clock.now())
    assert Event.objects.filter(kind="regulation.ended").count() == 1


def test_who_cannot_begin_one_alone_cannot_end_it_and_nobody_without_a_reason(counsel: Member, decider: Member) -> None:
    with clock.freeze(AT):
        draft = decreed(counsel)
        with pytest.raises(NotAllowed):
            commands.end(decider.person, draft.pk, "Enough.")
        with pytest.raises(BadInput):
            commands.end(counsel.person, draft.pk, " ")
        assert version() == "2021-784.2"


@pytest.mark.parametrize("ended", ["", "never", 7, "2026-11-24T09:00:00", "9999-12-31T23:59:59-23:00", None])
def test_a_word_that_is_no_instant_ends_nothing(ended: object, counsel: Member) -> None:
    with clock.freeze(AT):
        decreed(counsel)
        path = in_force.folder("real") / TCO / "2021-784.2.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"ended": ended}))
        assert version() == "2021-784.2"


def test_what_the_quorum_confirmed_no_single_person_ends(counsel: Member, decider: Member) -> None:
    with clock.freeze(AT):
        draft = decreed(counsel)
        for member in (counsel, decider):
            sign(member, draft)
        with pytest.raises(rules.NotNow):
            commands.end(counsel.person, draft.pk, "I see it otherwise.")
        path = in_force.folder("real") / TCO / "2021-784.2.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"ended": AT.isoformat()}))
        assert version(AT + HOURS) == "2021-784.2"


def test_an_adopted_version_is_not_ended(counsel: Member, decider: Member) -> None:
    with clock.freeze(AT):
        draft = adopted(counsel, decider)
        with pytest.raises(rules.NotNow):
            commands.end(counsel.person, draft.pk, "Enough.")
        path = in_force.folder("real") / TCO / "2021-784.2.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"ended": AT.isoformat()}))
        assert version() == "2021-784.2"


def test_an_ordinary_version_takes_its_place(counsel: Member, decider: Member) -> None:
    with clock.freeze(AT):
        urgent = decreed(counsel)
        clock.advance(60)
        draft = adopted(counsel, decider, check="signed", outcome="needs-person")
        urgent.refresh_from_db()
        assert urgent.state == "superseded"
        assert version() == draft.version
    with clock.freeze(AT + HOURS * 2):
        assert version() == draft.version


def test_a_second_one_takes_the_place_of_the_first(counsel: Member) -> None:
    with clock.freeze(AT):
        decreed(counsel)
        clock.advance(60)
        second = proposed(counsel, urgent=True, check="signed", outcome="needs-person")
        sign(counsel, second)
        assert version() == second.version
    with clock.freeze(AT + HOURS + timedelta(seconds=61)):
        assert version() == SHIPPED


def test_a_decider_alone_cannot(decider: Member) -> None:
    draft = tried(decider)
    with pytest.raises(NotAllowed):
        commands.propose(decider.person, draft.pk, REASON, urgent=True)


def test_a_decider_does_not_sign_what_is_put_to_counsel(counsel: Member, decider: Member) -> None:
    draft = proposed(counsel, urgent=True)
    with pytest.raises(ApprovalRefused) as refused:
        sign(decider, draft)
    assert refused.value.reason == "role"
