"""A judge's order on the road, its custodians and its authority: with the same keys each time, since the sandbox of a
test process has pinned their roster. Witnesses are other tests' matter: here a proof is a text."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import pytest
import sealing
from django.conf import settings
from instruments.test_preserve import mail
from road import Road, open_road

from comity.cases import commands as cases
from comity.cases.models import Case
from comity.custody import answering, asking, commands, places, production, recipients, rostered, seals
from comity.custody.models import Called, Item, Opening, Package, Roster
from comity.demo import keys, samples
from comity.demo.register import JUDGE_DOMAIN, JUDGE_ID
from comity.demo.samples import DISCLOSE
from comity.platforms import sandbox_world
from comity.vault import commands as vault
from comity_seal import items, openings, packages, rosters
from comity_seal.hybrid import Private
from comity_seal.openings import Given

SECRET = "the boat lies at the third pier"
CHARTER = "c" * 64


def rostered_by(names: dict[str, str] = sealing.PLACES, **about: Any) -> rosters.Signed:
    """A roster that names the charter of these tests."""
    return sealing.signed(sealing.roster(names, charter=CHARTER, **about), tuple(sealing.PLACES))


@dataclass
class Custody:
    """One order, from its mail to what its authority reads."""

    road: Road
    case: Case
    secret: str = SECRET

    @property
    def item(self) -> Item:
        """What was sealed for it."""
        return Item.objects.get(case=self.case, ended_at=None)

    @property
    def opening(self) -> Opening:
        """Its opening, as it stands."""
        rows = Opening.objects.select_related("item__roster", "recipient", "case__request")
        return rows.filter(case=self.case).latest("opened_at")

    def key(self, key: Private = sealing.RECIPIENT) -> None:
        """The authority gives its key, and two people ring it."""
        recipients.log("demo", self.case.authority, key.public)
        row = recipients.of("demo", self.case.authority)
        assert row is not None
        for role, place in (("handler", "BE"), ("decider", "BE")):
            recipients.called_back(self.road.person(role, place), row.id, theirs=True)
        self.road.drive()

    def signed(self) -> None:
        """Two deciders sign; custodians are asked."""
        for place in ("BE", "EE"):
            commands.sign(self.road.person("decider", place), self.opening.id, self.opening.act, None)
        self.road.drive()

    @property
    def asked(self) -> openings.Opening:
        """The request, as custodians have it."""
        return openings.parse(vault.get(self.opening.request))

    def read(self) -> items.Item:
        """The item with its envelopes, as all custodians together have it."""
        with places.item(self.item.id).open("rb") as file:
            return items.read(places.whole(file, seals.envelopes_of(self.item)))

    def share(self, name: str, asked: openings.Opening | None = None) -> Given:
        """What a custodian gives."""
        return openings.give(asked or self.asked, self.read(), name, sealing.key(name))

    def give(self, *names: str) -> None:
        """These custodians give, and what follows."""
        for name in names:
            answering.take(self.opening.id, name, self.share(name).raw)
        self.road.drive()

    def called(self, **only: Any) -> set[str]:
        """Who was called."""
        return set(Called.objects.filter(opening=self.opening, **only).values_list("custodian", flat=True))

    def file(self) -> bytes:
        """The production, as its authority collects it."""
        package: Package = production.collect(self.opening.id)
        return places.production(self.opening.id, package.number).read_bytes()

    def texts(self, file: bytes, key: Private = sealing.RECIPIENT) -> dict[tuple[str, str], str]:
        """What its authority reads, by category and day."""
        found = packages.read(io.BytesIO(file))
        return {
            (part.category, part.day): "".join(b"".join(one.data).decode() for one in reader.documents())
            for part, reader in packages.unseal(io.BytesIO(file), found, key)
        }


def proven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every entry has a proof, and the charter is the one that the roster names."""
    monkeypatch.setattr(asking.receipts, "of_event", lambda event, names=(): f"proof of {event.kind}".encode())
    monkeypatch.setattr(rostered, "charter", lambda realm: CHARTER)


def ordered(road: Road, text: str = SECRET, number: str = "740 Js 2/26", beside: bytes = b"") -> Custody:
    """A private message, and an order for its author's data: sealed, and put to the deciders. `beside`: a file that is
    attached besides."""
    Roster.objects.all().delete()  # the demo's own, whose keys are others each time
    rostered.adopt("demo", rostered_by().raw)
    sandbox_world().post("/p/holiday", "luc", text)
    account = f"{sandbox_world().base_url}/u/luc"
    raw = mail(road, DISCLOSE, account, number)
    request = road.receive(larger(raw, beside) if beside else raw)
    road.drive()
    return Custody(road, Case.objects.get(request=request), text)


def larger(raw: bytes, beside: bytes) -> bytes:
    """The same mail with one more file, signed anew."""
    whole = message_from_bytes(raw, policy=SMTP)
    del whole["DKIM-Signature"]
    whole.add_attachment(beside, maintype="application", subtype="pdf", filename="file.pdf")  # type: ignore[attr-defined]
    return samples.sign(whole.as_bytes(), keys.ensure(settings.COMITY.data), JUDGE_DOMAIN)


def standing(road: Road, **about: Any) -> Custody:
    """The same, called back and approved: it stands, and its opening waits for the judge's key."""
    made = ordered(road, **about)
    cases.record_callback(road.person("handler"), made.case.request_id, JUDGE_ID, True)
    road.drive()
    made.case.refresh_from_db()
    road.sign(made.case)
    road.drive()
    made.case.refresh_from_db()
    assert made.case.state == "to-produce", (made.case.state, road.refused)
    return made


def asked(road: Road, **about: Any) -> Custody:
    """The same, signed by two: custodians are asked."""
    made = standing(road, **about)
    made.key()
    made.signed()
    assert made.opening.state == "asked", (made.opening.state, road.refused)
    return made


@contextmanager
def lasting(step: Callable[[Road], Custody]) -> Iterator[Custody]:
    """One order that went so far once, for all tests of a module (fixture `scene`)."""
    with pytest.MonkeyPatch.context() as patch:
        proven(patch)
        with open_road() as road:
            yield step(road)


@contextmanager
def as_it_was(before: Custody) -> Iterator[Custody]:
    """The same for one test, as it stood: what no transaction takes back is put back."""
    path = places.item(before.item.id)
    kept = path.read_bytes()
    before.road.refused.clear()
    try:
        yield replace(before, case=Case.objects.get(id=before.case.id))
    finally:
        path.write_bytes(kept)
        for made in places.productions().iterdir():
            made.unlink()
