"""The key that an order's data are sealed to: given, called back, waited for, ended, asked for anew; and what is put to
people for it, which is what stands and no more."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sealing
from django.test import Client
from hostile.scene import mails, words

from comity import clock
from comity.accreditation import commands as register
from comity.cases.pages import Looking
from comity.custody import (
    asking,
    commands,
    pages,
    panel,
    production,
    recipients,
    seals,
)
from comity.custody.models import Item, Opening
from comity.custody.rules import NotNow
from comity.demo.register import JUDGE_ID
from comity.ledger.models import Event
from comity.outbox.models import Mail
from comity.people.refusals import BadInput, NotAllowed
from comity.platforms.models import Shadow

from .scene import Custody, as_it_was, lasting, standing

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # whole stories of the road


@pytest.fixture(scope="module")
def before(scene: None) -> Iterator[Custody]:
    """An order that stands, and waits for its authority's key."""
    with lasting(standing) as made:
        yield made


@pytest.fixture
def made(before: Custody, db: None) -> Iterator[Custody]:
    """The same, for one test."""
    with as_it_was(before) as now:
        yield now


def test_nothing_is_put_before_two_have_rung_in_an_emergency_or_a_day_has_gone(made: Custody) -> None:
    assert Mail.objects.filter(kind="production-key").count() == 1
    handler, decider = made.road.person("handler"), made.road.person("decider", "BE")
    with pytest.raises(NotNow):
        commands.decisions.propose(commands.OPENING, made.opening.id, commands.DISCLOSE, by="gateway")
    row = recipients.log("demo", JUDGE_ID, sealing.RECIPIENT.public)
    made.road.drive()
    assert made.opening.state == "waiting"
    recipients.called_back(handler, row.id, theirs=True)
    with pytest.raises(BadInput, match="you have rung already"):
        recipients.called_back(handler, row.id, theirs=True)
    made.road.drive()
    assert made.opening.state == "waiting", "one call is not two"
    with clock.freeze(clock.now() + timedelta(hours=24, seconds=1)):
        asking.keep_time(clock.now())
        assert made.opening.state == "to-sign"
    with pytest.raises(NotAllowed):
        recipients.called_back(made.road.person("head", "EE"), row.id, theirs=True)
    recipients.called_back(decider, row.id, theirs=True)


def test_a_key_that_is_not_theirs_ends_and_another_begins_anew(made: Custody) -> None:
    thief = recipients.log("demo", JUDGE_ID, sealing.key("thief").public)
    recipients.called_back(made.road.person("handler"), thief.id, theirs=False)
    made.road.drive()
    assert recipients.of("demo", JUDGE_ID) is None
    made.key()
    made.signed()
    assert made.asked.recipient.fingerprint == sealing.RECIPIENT.public.fingerprint


@pytest.mark.parametrize("text", ["", "AAAA", "not base64!", "A" * 1622])
def test_a_public_key_that_is_none_is_refused_with_its_rule(text: str) -> None:
    with pytest.raises(BadInput, match=r"key"):
        recipients.public_of(text)


def test_an_order_broader_than_its_item_opens_what_was_sealed_and_no_more(made: Custody) -> None:
    kept = commands.deciding.finding_of(made.case)
    wide = {**kept["facts"], "data": [{**row, "from": "2020-01-01T00:00:00Z"} for row in kept["facts"]["data"]]}
    sealed = seals.parts_of(made.item)
    wishes = commands.covered(made.case, made.item, {**kept, "facts": wide})
    assert commands.rules.listed(sealed, wishes) == list(range(len(sealed)))
    narrow = {**kept["finding"], "data": [{**kept["finding"]["data"][0]}, *_refused(kept["finding"]["data"][1:])]}
    only = commands.covered(made.case, made.item, {**kept, "finding": narrow})
    assert [sealed[n][0] for n in commands.rules.listed(sealed, only)] == ["subscriber"]


def _refused(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{**row, "outcome": "refuse"} for row in rows]


def test_an_order_that_grew_after_it_was_put_is_not_opened_as_it_was(made: Custody) -> None:
    made.key()
    Opening.objects.filter(id=made.opening.id).update(parts=made.opening.parts[:-1])
    Item.objects.filter(id=made.item.id).update(head="f" * 64)
    hash = made.opening.act
    for place in ("BE", "EE"):
        commands.sign(made.road.person("decider", place), made.opening.id, hash, None)
    made.road.drive()
    act = commands.decisions.approved(made.opening.id, commands.DISCLOSE).act
    assert (act["parts"], act["head"]) != (made.opening.parts, made.item.head), "what is signed is what stood there"


def test_a_clock_that_goes_back_opens_nothing_sooner(made: Custody) -> None:
    row = recipients.log("demo", JUDGE_ID, sealing.RECIPIENT.public)
    recipients.called_back(made.road.person("handler"), row.id, theirs=True)
    with clock.freeze(clock.now() - timedelta(days=3)):
        asking.keep_time(clock.now())
        assert made.opening.state == "waiting"


def test_once_in_shadow_nothing_is_put_to_people_or_produced_before_it_is_left(made: Custody) -> None:
    Shadow.objects.create(platform="sandbox", realm="demo", since=clock.now())
    made.key()
    assert made.opening.state == "waiting"
    assert pages.opening(made.opening, made.road.person("decider"))["shadow"] == "sandbox"
    Shadow.objects.update(state="left")
    asking.keep_time(clock.now())
    made.signed()
    Shadow.objects.update(state="shadow")
    made.give(*sorted(made.called()))
    assert made.opening.state == "asked", "what custodians gave is kept, and no production made"
    Shadow.objects.update(state="left")
    for event in Event.objects.filter(kind="share.given", case=made.opening.id):
        production.make(event)
    assert made.opening.state == "complete"


def test_a_case_s_page_leads_to_its_openings_and_they_back(made: Custody) -> None:
    person = made.road.person("decider")
    found = panel.panel(Looking(made.case, person, True, "", None))
    assert [(one.label, one.link and one.link.url) for one in found.rows] == [
        ("Sealed until", None),
        ("Opening", f"/console/custody/{made.opening.id}"),
    ]
    assert pages.opening(made.opening, person)["case"].url == f"/console/cases/{made.case.id}"


# -- accredited again -------------------------------------------------------------------------------------------------


def asked_for_keys() -> int:
    return Mail.objects.filter(kind="production-key").count()


@pytest.mark.parametrize("gave", [True, False])
def test_an_authority_that_counts_again_is_asked_anew_for_its_key(made: Custody, gave: bool) -> None:
    """`gave`: whether it had given one before it was suspended."""
    handler, decider, other = (made.road.person(*who) for who in (("handler",), ("decider",), ("decider", "EE")))
    if gave:
        made.key()
    register.suspend(handler, JUDGE_ID, "Its mailbox was taken over.")
    made.road.drive()
    assert (recipients.of("demo", JUDGE_ID), asked_for_keys()) == (None, 1)
    link = f"/production/key/{recipients.token_of('demo', JUDGE_ID)}"
    assert Client().get(link).status_code == 404, "what it was sent leads nowhere while it is suspended"
    hash = register.propose_reinstatement(handler, JUDGE_ID, "Its head was seen, and the mailbox is its own again.")
    assert not register.sign_reinstatement(decider, JUDGE_ID, hash, None)
    made.road.drive()
    assert asked_for_keys() == 1, "one signature reinstates nobody"
    assert register.sign_reinstatement(other, JUDGE_ID, hash, None)
    made.road.drive()
    assert asked_for_keys() == 2
    assert link in words(mails("production-key")[-1])
    assert Client().get(link).status_code == 200
    made.case.refresh_from_db()
    assert (made.case.state, made.opening.state) == ("to-produce", "waiting")
    another = sealing.key("another")
    made.key(another)
    made.signed()
    made.give(*sorted(made.called()))
    assert any(made.secret in text for text in made.texts(made.file(), another).values())
    assert made.road.refused == []
