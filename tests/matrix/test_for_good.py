"""A homeserver with nothing in front: an order of some countries is refused as it is, before anybody decides. What
is done instead has no way back, so one person more signs, and a copy is kept first. From the mail to what is seen."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from demo.conftest import door  # noqa: F401
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from road import Road, open_road

from comity.answers import text as plain
from comity.cases import deciding, instead
from comity.cases.models import Case
from comity.connected import MATRIX
from comity.demo import commands
from comity.demo.telegram import played
from comity.ledger.models import Event
from comity.measures import copies
from comity.measures.models import Measure, Preserved
from comity.people import approvals
from comity.people.models import Act
from comity.people.refusals import BadInput
from comity.vault import commands as vault

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("door")]


@pytest.fixture
def road(stand: Any, settings: Any) -> Iterator[Road]:
    """A road in a transaction that is rolled back, on the stand's homeserver without its edge: nothing here is read by
    another process."""
    keys = {name: path for name, path in stand.table.keys.items() if name != "edge_key"}
    alone = replace(stand.table, name=MATRIX, keys=keys, edge="", appeals="", played=True)
    with transaction.atomic(), open_road() as opened:
        cache.clear()
        settings.COMITY = replace(settings.COMITY, matrix=alone)
        yield opened
        transaction.set_rollback(True)


class Ordered:
    """An order about a message of Alice's, and how it is read by Bob, who comes from anywhere."""

    def __init__(self, road: Road, stand: Any) -> None:
        self._stand, said = stand, list[str]()

        def post(text: str) -> str:
            said.append(stand.alice.say(stand.square, text))
            return str(stand.url(said[0]))

        self.sent = commands.send_fresh("good-pdf", "127.0.0.1:1", posted=post)
        road.drive()
        found = played._of(self.sent)
        assert found is not None
        self.id, self.event = found.id, said[0]

    @property
    def case(self) -> Case:
        return Case.objects.get(id=self.id)

    def seen(self) -> Any:
        path = f"/v3/rooms/{quote(self._stand.square)}/event/{quote(self.event)}"
        return self._stand.bob.call("GET", path)


def test_it_works(road: Road, stand: Any) -> None:
    ordered = Ordered(road, stand)
    assert (ordered.case.state, ordered.case.act) == ("to-decide", "")
    assert Event.objects.get(kind="decision.unable", case=ordered.id)
    desk, base = Client(HTTP_HOST="localhost:8000"), f"/console/cases/{ordered.id}"
    desk.force_login(road.person("handler"))
    shown = desk.get(base).content.decode()
    for words in ("in every country", "Know first", "for good, one person more signs", "keep it"):
        assert words in shown, words
    assert desk.post(f"{base}/instead", {"kind": "withhold", "reason": "x"}).status_code == 400
    assert desk.post(f"{base}/instead", {"kind": "purge", "reason": "x"}).status_code == 400
    assert desk.post(f"{base}/instead", {"kind": "redact", "reason": "It incites."}).status_code == 302
    road.drive()
    shown = desk.get(base).content.decode()
    for words in ("Gone for everybody, in every country", "0 of 3", "For good", "a copy is kept under seal before"):
        assert words in shown, words
    road.sign(ordered.case)  # the two who are enough to withhold
    road.drive()
    assert (ordered.case.state, Measure.objects.count()) == ("second-approval", 0)
    with pytest.raises(approvals.ApprovalRefused):  # nobody signs twice
        road.sign(ordered.case, "BE")
    assert ordered.sent.text in ordered.seen()["content"]["body"]
    deciding.sign(road.person("counsel"), ordered.id, ordered.case.act, None)
    road.drive()
    assert (ordered.case.state, Act.objects.get(hash=ordered.case.act).approvals.count()) == ("answered", 3)
    measure = Measure.objects.get(case=ordered.case)
    assert (measure.kind, measure.territory, measure.state) == ("redact", ["WORLD"], "effective")
    gone = ordered.seen()
    assert gone["content"] == {}
    assert gone["unsigned"]["redacted_because"]["sender"] == "@end:chat.test"
    kept = Preserved.objects.get(case=ordered.case)
    assert ordered.sent.text.encode() in vault.get(kept.doc)
    letter = deciding.letters_of(ordered.case)["answer"]
    assert letter["fields"]["measure"] == "removed"
    assert "cannot be undone" in " ".join(str(plain.twin(letter)).split())
    assert road.refused == []
    with pytest.raises(BadInput, match="taken back"):
        deciding.propose(ordered.id, "lift", road.person("decider").by, reason="x", ground="mistake")


@pytest.mark.soak
def test_no_copy_no_deletion(road: Road, stand: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the copy can't be kept, nothing is deleted, however many have signed."""
    ordered = Ordered(road, stand)
    instead.choose(road.person("handler"), ordered.id, "redact", "It incites.")
    road.drive()
    road.sign(ordered.case)

    def full(*_: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(copies, "keep_first", full)
    deciding.sign(road.person("counsel"), ordered.id, ordered.case.act, None)
    road.drive()
    assert ordered.sent.text in ordered.seen()["content"]["body"]
    assert road.refused
