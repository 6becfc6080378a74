"""From the copy to the version in force: by the quorum, from its date, never for what arrived before."""

from datetime import UTC, datetime, timedelta

import pytest
from people.members import Member

from comity import clock
from comity.adoption import commands, rules
from comity.adoption.models import Draft
from comity.ledger.models import Event
from comity.library import in_force
from comity.people.approvals import ApprovalRefused
from comity.people.refusals import BadInput, NotAllowed

from .scene import REASON, SHIPPED, TCO, adopted, begun, blocks, proposed, sign, tried

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_it_works(counsel: Member, decider: Member) -> None:
    with clock.freeze(AT):
        draft = proposed(counsel)
        sign(counsel, draft)
        assert in_force.library("real").in_force(TCO, AT).version == SHIPPED
        clock.advance(60)
        assert sign(decider, draft)
        draft.refresh_from_db()
        assert (draft.state, draft.version, draft.starts_at) == ("in-force", "2021-784.2", AT + timedelta(minutes=1))
        library = in_force.library("real")
        assert blocks(library.in_force(TCO, clock.now()))
        # what arrived before the last signature is judged by the version that was in force then
        assert library.in_force(TCO, AT).version == SHIPPED
        standing = library.standing(TCO, clock.now())
        assert (standing.reason, [(sorted(by.roles), by.jurisdiction) for by in standing.by]) == (
            REASON,
            [(["counsel"], "BE"), (["decider"], "EE")],
        )
        assert library.ended(library.of(TCO)[0]) == draft.starts_at
    told = list(Event.objects.filter(kind__startswith="regulation.").order_by("id").values_list("kind", flat=True))
    assert told == [f"regulation.{kind}" for kind in ("drafted", "edited", "tried", "proposed", "adopted", "in-force")]


def test_it_begins_on_its_day(counsel: Member, decider: Member) -> None:
    with clock.freeze(AT):
        draft = begun(counsel)
        text = rules.set_blocking(draft.text, "redress", "defective").replace(
            "in_force_from: 2026-11-24", "in_force_from: 2026-12-01"
        )
        commands.edit(counsel.person, draft.pk, text, draft.revision)
        commands.try_on_past(counsel.person, draft.pk)
        commands.propose(counsel.person, draft.pk, REASON)
        sign(counsel, draft)
        sign(decider, draft)
        draft.refresh_from_db()
        assert draft.state == "adopted"
        assert in_force.library("real").in_force(TCO, clock.now()).version == SHIPPED
    with clock.freeze(datetime(2026, 12, 1, tzinfo=UTC)):
        # the library knows by the clock alone; the row follows
        assert in_force.library("real").in_force(TCO, clock.now()).version == "2021-784.2"
        commands.keep_time(clock.now())
        commands.keep_time(clock.now())
        draft.refresh_from_db()
        assert draft.state == "in-force"
    assert Event.objects.filter(kind="regulation.in-force").count() == 1


def test_a_later_version_supersedes(counsel: Member, decider: Member) -> None:
    with clock.freeze(AT):
        first = adopted(counsel, decider)
        clock.advance(60)
        second = adopted(counsel, decider, version=first.version, check="signed", outcome="needs-person")
        first.refresh_from_db()
        assert (first.state, second.state, second.version) == ("superseded", "in-force", "2021-784.3")
        library = in_force.library("real")
        assert library.in_force(TCO, AT + timedelta(seconds=30)).version == first.version
        assert library.in_force(TCO, clock.now()).version == second.version


def test_an_edit_makes_the_trial_void(counsel: Member) -> None:
    draft = tried(counsel)
    commands.edit(counsel.person, draft.pk, draft.text + "# a word\n", draft.revision)
    with pytest.raises(rules.NotNow):
        commands.propose(counsel.person, draft.pk, REASON)


def test_what_is_put_to_people_cannot_be_edited(counsel: Member) -> None:
    draft = proposed(counsel)
    with pytest.raises(rules.NotNow):
        commands.edit(counsel.person, draft.pk, draft.text + "# a word\n", draft.revision)


def test_sent_back_voids_the_signatures(counsel: Member, decider: Member) -> None:
    draft = proposed(counsel)
    sign(counsel, draft)
    act = draft.act
    commands.send_back(decider.person, draft.pk, "The sentence still says that we carry it out.")
    with pytest.raises(ApprovalRefused) as refused:
        commands.sign(decider.person, draft.pk, act, decider.sign(act))
    assert refused.value.reason == "void"
    draft.refresh_from_db()
    assert (draft.state, draft.returned) == ("draft", "The sentence still says that we carry it out.")


def test_no_reason_no_proposal(counsel: Member) -> None:
    draft = tried(counsel)
    with pytest.raises(BadInput, match="reason"):
        commands.propose(counsel.person, draft.pk, "  \n ")


def test_a_day_in_the_past_is_refused(counsel: Member) -> None:
    with clock.freeze(AT):
        draft = tried(counsel)
    with clock.freeze(AT + timedelta(days=1)), pytest.raises(BadInput, match="in_force_from"):
        commands.propose(counsel.person, draft.pk, REASON)


def test_a_version_name_that_is_taken_is_refused(counsel: Member) -> None:
    draft = tried(counsel)
    text = draft.text.replace("version: 2021-784.2", f"version: {SHIPPED}")
    commands.edit(counsel.person, draft.pk, text, draft.revision)
    commands.try_on_past(counsel.person, draft.pk)
    with pytest.raises(BadInput, match="another name"):
        commands.propose(counsel.person, draft.pk, REASON)


def test_nothing_changed_is_refused(counsel: Member) -> None:
    draft = commands.try_on_past(counsel.person, begun(counsel).pk)
    with pytest.raises(BadInput, match="nothing differs"):
        commands.propose(counsel.person, draft.pk, REASON)


def test_a_text_that_cannot_come_in_force_is_kept_and_not_tried(counsel: Member) -> None:
    draft = begun(counsel)
    wrong = draft.text.replace("holds_when: authority.accredited", "holds_when: authority.accredted")
    draft = commands.edit(counsel.person, draft.pk, wrong, draft.revision)
    assert draft.text == wrong
    with pytest.raises(BadInput, match=r"line \d+, checks\[2\]\.holds_when"):
        commands.try_on_past(counsel.person, draft.pk)


def test_two_people_do_not_overwrite_each_other(counsel: Member, decider: Member) -> None:
    draft = begun(counsel)
    commands.edit(counsel.person, draft.pk, draft.text + "# one\n", draft.revision)
    with pytest.raises(BadInput, match="somebody else"):
        commands.edit(decider.person, draft.pk, draft.text + "# two\n", draft.revision)
    assert Draft.objects.get(pk=draft.pk).text.endswith("# one\n")


@pytest.mark.parametrize("role", ["handler", "auditor", "administrator"])
def test_who_does_not_decide_does_not_change_rules(role: str, join: object, counsel: Member) -> None:
    stranger = join(role, "EE")  # type: ignore[operator]
    with pytest.raises(NotAllowed):
        begun(stranger)
    draft = proposed(counsel)
    with pytest.raises(NotAllowed):
        sign(stranger, draft)
