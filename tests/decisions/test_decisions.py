"""One machine for whatever people decide about, tried with a subject that no room has: a garden gate."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from comity import clock
from comity.decisions import commands as decisions
from comity.decisions.subject import Back, Kind, Said, Subject
from comity.ledger.life import Life, NotNow
from comity.ledger.models import Event
from comity.people.approvals import ApprovalRefused, ApprovedAct, NotApproved, approved
from comity.people.commands import ensure_demo_people
from comity.people.models import Act, Approval, Person
from comity.people.refusals import BadInput, NotAllowed
from comity.people.rules import Quorum

pytestmark = pytest.mark.django_db
HOURS = timedelta(hours=72)
LIFE = Life(
    "gate",
    {
        ("shut", "ask"): "asked",
        ("asked", "sign"): "half",
        ("half", "sign"): "half",
        ("half", "open"): "open",
        ("asked", "return"): "shut",
        ("half", "return"): "shut",
        ("asked", "paint"): "asked",
        ("half", "paint"): "asked",
        ("open", "lapse"): "shut",
    },
)


@dataclass
class Gate:
    """The row: kept in memory, with what was told of it."""

    number: str = "G-1"
    realm: str = "demo"
    state: str = "shut"
    act: str = ""
    edition: int = 1
    until: datetime | None = None
    told: list[tuple[str, str]] = field(default_factory=list)
    saved: int = 0

    def save(self, *, update_fields: Iterable[str] | None = None) -> None:
        self.saved += 1


GATES: dict[str, Gate] = {}
TWO, ONE = Quorum(2, ("decider",), 2), Quorum(1, ("decider",))


def made(gate: Gate, kind: str, said: Said) -> tuple[Mapping[str, Any], Quorum]:
    if not said.get("why"):
        raise BadInput("why", "say why")
    return {"kind": kind, "what": ["open"], "why": said["why"]}, said.get("quorum", TWO)


def opened(gate: Gate, signed: ApprovedAct, person: Person) -> None:
    if signed.act["why"] == "fire":
        raise BadInput("why", "the gate is hot")
    gate.until = clock.now() + HOURS
    gate.told.append(("opened", signed.hash))


GATE: Subject[Gate] = Subject(
    life=LIFE,
    lock=lambda number: GATES[number],
    number=lambda gate: gate.number,
    version="edition",
    kinds={
        "open": Kind(made, put="ask", sign="sign", met="open", may_put="regulation.draft", follows=opened),
        "look": Kind(made, may_sign="regulation.draft", beside=True),
    },
    proposed=lambda gate, act, hash, by: gate.told.append((f"proposed by {by}", hash)),
    back=lambda gate, how: Back("decision.return", "" if how == "later" else "return", how),
    returned=lambda gate, hash, back, reason, person: gate.told.append((f"returned: {reason}", hash)),
    ends=lambda gate: gate.until,
    lapse="lapse",
    expired=lambda gate, hash: gate.told.append(("expired", hash)),
)


@pytest.fixture(autouse=True)
def _house(settings: Any, tmp_path: Path) -> None:
    settings.COMITY = replace(settings.COMITY, data=tmp_path, demo=True)
    cache.clear()
    GATES["G-1"] = Gate()


@pytest.fixture
def people(db: None) -> dict[str, Person]:
    return {person.name.removeprefix("demo-"): person for person in ensure_demo_people()}


def gate() -> Gate:
    return GATES["G-1"]


def asked(why: str = "tea", by: Person | str = "gateway", **more: Any) -> str:
    return decisions.propose(GATE, "G-1", "open", {"why": why, **more}, by=by)


def sign(person: Person, hash: str) -> bool:
    return decisions.sign(GATE, "G-1", person, hash, None)


def test_it_works(people: dict[str, Person]) -> None:
    hash = asked(by=people["counsel-be"])
    assert (gate().state, gate().act) == ("asked", hash)
    assert not sign(people["decider-be"], hash)
    assert gate().state == "half"
    assert sign(people["decider-ee"], hash)
    assert gate().state == "open"
    assert gate().told == [(f"proposed by {people['counsel-be'].by}", hash), ("opened", hash)]
    assert decisions.approved("G-1", "open").act["why"] == "tea"
    assert Event.objects.filter(kind="approval.given", case="G-1").count() == 2


def test_the_same_is_put_once_until_who_signs_changes(people: dict[str, Person]) -> None:
    hash = asked()
    gate().state = "shut"  # a life in which putting changes nothing
    assert asked() == hash
    gate().state = "shut"
    other = asked(quorum=ONE)
    assert other != hash
    assert (Act.objects.get(hash=hash).state, gate().act) == ("void", other)


def test_a_kind_that_the_subject_does_not_have() -> None:
    with pytest.raises(NotNow, match="gate is shut: blow up"):
        decisions.propose(GATE, "G-1", "blow-up", {"why": "fun"}, by="gateway")


def test_a_step_that_its_life_does_not_have() -> None:
    gate().state = "open"
    with pytest.raises(NotNow, match="gate is open: ask"):
        asked()
    assert not Act.objects.exists()


def test_what_can_not_be_made_is_not_put() -> None:
    with pytest.raises(BadInput, match="say why"):
        asked("")
    assert (gate().state, gate().act, gate().saved) == ("shut", "", 0)


def test_a_person_whose_it_is_not_to_put(people: dict[str, Person]) -> None:
    with pytest.raises(NotAllowed, match=r"regulation\.draft"):
        asked(by=people["handler-be"])


def test_a_person_whose_it_is_not_to_sign(people: dict[str, Person]) -> None:
    hash = decisions.propose(GATE, "G-1", "look", {"why": "mice", "quorum": ONE}, by="gateway")
    with pytest.raises(NotAllowed, match=r"regulation\.draft"):
        sign(people["handler-be"], hash)
    assert not Approval.objects.exists()


def test_who_is_not_in_the_quorum_is_refused_and_that_is_kept(people: dict[str, Person]) -> None:
    hash = asked()
    with pytest.raises(ApprovalRefused, match="another role"):
        sign(people["handler-be"], hash)
    assert Event.objects.get(kind="approval.refused", case="G-1").told == {"why": "role"}
    assert gate().state == "asked"


def test_the_same_person_twice(people: dict[str, Person]) -> None:
    hash = asked()
    sign(people["decider-be"], hash)
    with pytest.raises(ApprovalRefused, match="approved this already"):
        sign(people["decider-be"], hash)


def test_an_act_of_another_subject(people: dict[str, Person]) -> None:
    GATES["G-2"] = Gate("G-2")
    other = decisions.propose(GATE, "G-2", "open", {"why": "tea"}, by="gateway")
    with pytest.raises(ApprovalRefused, match="no such act"):
        sign(people["decider-be"], other)


def test_an_act_that_is_not_what_is_put_now(people: dict[str, Person]) -> None:
    hash = asked()
    gate().act = "0" * 64
    with pytest.raises(ApprovalRefused, match="changed since"):
        sign(people["decider-be"], hash)
    assert not Approval.objects.exists()


def test_what_was_put_on_an_older_edition_is_void(people: dict[str, Person]) -> None:
    hash = asked()
    sign(people["decider-be"], hash)
    with transaction.atomic():
        decisions.void(GATE, gate(), "paint")
    assert (gate().state, gate().act, gate().edition) == ("asked", "", 2)
    assert Event.objects.filter(kind="approval.voided", case="G-1").count() == 1
    with pytest.raises(ApprovalRefused, match="changed since"):
        sign(people["decider-ee"], hash)


def test_what_stands_beside_takes_no_place_and_only_that_of_its_like(people: dict[str, Person]) -> None:
    hash = asked()
    first = decisions.propose(GATE, "G-1", "look", {"why": "mice", "quorum": ONE}, by="gateway")
    second = decisions.propose(GATE, "G-1", "look", {"why": "rats", "quorum": ONE}, by="gateway")
    assert gate().act == hash
    assert [Act.objects.get(hash=one).state for one in (hash, first, second)] == ["open", "void", "open"]
    assert sign(people["decider-be"], second)
    assert gate().state == "asked"


def test_nothing_has_happened_where_what_follows_is_refused(people: dict[str, Person]) -> None:
    hash = asked("fire")
    sign(people["decider-be"], hash)
    with pytest.raises(BadInput, match="the gate is hot"):
        sign(people["decider-ee"], hash)
    assert Act.objects.get(hash=hash).state == "open"
    assert Approval.objects.count() == 1


def test_nothing_follows_from_a_row_that_was_rewritten(people: dict[str, Person]) -> None:
    hash = asked()
    sign(people["decider-be"], hash)
    Act.objects.filter(hash=hash).update(version=7)
    with pytest.raises(ApprovalRefused, match="no longer verifies"):
        sign(people["decider-ee"], hash)
    assert ("opened", hash) not in gate().told
    assert Event.objects.get(kind="approval.refused").told == {"why": "altered"}
    with pytest.raises(NotApproved):
        approved(hash)


def test_sent_back_with_a_reason(people: dict[str, Person]) -> None:
    hash = asked()
    sign(people["decider-be"], hash)
    decisions.send_back(GATE, "G-1", people["decider-be"], "It rains")
    assert (gate().state, gate().act, gate().edition) == ("shut", "", 2)
    assert gate().told[-1] == ("returned: It rains", hash)
    assert Act.objects.get(hash=hash).state == "void"


def test_sent_back_in_another_way_its_state_stays(people: dict[str, Person]) -> None:
    asked()
    decisions.send_back(GATE, "G-1", people["decider-be"], "It rains", "later")
    assert (gate().state, gate().act) == ("asked", "")


def test_who_may_not_send_it_back(people: dict[str, Person]) -> None:
    hash = asked()
    with pytest.raises(NotAllowed, match=r"decision\.return"):
        decisions.send_back(GATE, "G-1", people["handler-be"], "It rains")
    assert Act.objects.get(hash=hash).state == "open"


def test_nothing_to_send_back(people: dict[str, Person]) -> None:
    with pytest.raises(NotNow, match="gate is shut: return"):
        decisions.send_back(GATE, "G-1", people["decider-be"], "It rains")


def test_its_time_is_over_once(people: dict[str, Person]) -> None:
    hash = asked()
    sign(people["decider-be"], hash)
    sign(people["decider-ee"], hash)
    end = gate().until
    assert end is not None
    decisions.expire_each(GATE, ["G-1"], end - timedelta(seconds=1))
    assert gate().state == "open"
    assert decisions.expire(GATE, "G-1", end)
    assert (gate().state, gate().act, gate().told[-1]) == ("shut", "", ("expired", hash))
    assert not decisions.expire(GATE, "G-1", end + HOURS)
    assert [told for told, _ in gate().told].count("expired") == 1


def test_what_has_no_end_does_not_expire(people: dict[str, Person]) -> None:
    gate().state = "open"
    assert not decisions.expire(GATE, "G-1", clock.now() + 1000 * HOURS)


def test_the_edition_rises_with_what_is_put_where_the_subject_says_so() -> None:
    rising = replace(GATE, rises=True)
    hash = decisions.propose(rising, "G-1", "open", {"why": "tea"}, by="gateway")
    assert (gate().edition, Act.objects.get(hash=hash).version) == (2, 2)
