"""What must hold before a custodian's program gives anything. It asks nobody: each check reads what lies here.

1. sealed     the item is the one asked about, sealed by the platform to a roster that is known here and names me
2. order      the order is the one that the act names
3. record     the record verifies, from the charter that the roster names to today's witnessed head
4. act        the act names this item, these parts, this recipient's key and this order, and nothing else
5. signed     its signatures are by people of the record, as many and from as many jurisdictions as it takes; not mine
6. witnessed  the act stands in the record, seen by witnesses
7. covered    the finding that the act names covers each part's category, person and day
8. recipient  the recipient's key stands in the record as this authority's, long enough, and somebody called back
9. clock      the time is neither before the request nor long after; this machine's clock didn't go back
10. once      nothing was given for this act to anybody else
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from comity_verify.notes import BadNote, unbase64
from comity_verify.passkeys import BadSignature
from comity_verify.passkeys import verify as verify_passkey
from comity_verify.people import DECIDING

from .. import items, openings, texts
from ..hybrid import NotOpened, Private
from ..openings import BadOpening, Opening, Unsealed
from ..texts import BadText
from . import record
from .keeper import Keeper, Request
from .record import BadRecord, Seen

LEAST_PEOPLE = 2
ACT = "data.disclose"
EARLY, LATE = 600, 90 * 24 * 3600  # seconds before the request and after its end within which an answer is given


@dataclass(frozen=True)
class Check:
    """One check: whether it holds, and in words what was found."""

    id: str
    holds: bool
    says: str


@dataclass(frozen=True)
class Checked:
    """All of them. `persons`: whose records the listed parts hold, by part."""

    checks: tuple[Check, ...]
    persons: Mapping[int, str]

    @property
    def holds(self) -> bool:
        """Whether every one holds: else nothing is given."""
        return all(check.holds for check in self.checks)


def run(keeper: Keeper, request: Request, key: Private) -> Checked:
    """Check a request; whatever goes wrong is a check that doesn't hold."""
    of = _Checking(keeper, request, key)
    return Checked(tuple(of.all()), of.persons)


class _Checking:
    """One request being checked; what an earlier check found is there for a later one."""

    def __init__(self, keeper: Keeper, request: Request, key: Private) -> None:
        self.keeper, self.key, self.opening, self.item = keeper, key, request.opening, request.item
        self.persons: dict[int, str] = {}
        self.seen: Seen | None = None
        self.act: dict[str, Any] = {}

    def all(self) -> Iterator[Check]:
        """Each check in order."""
        steps: tuple[Callable[[], str], ...] = (
            self.sealed,
            self.order,
            self.record,
            self.names,
            self.signed,
            self.witnessed,
            self.covered,
            self.recipient,
            self.clock,
            self.once,
        )
        for step in steps:
            name = "act" if step == self.names else step.__name__
            try:
                yield Check(name, True, step())
            except (BadText, NotOpened, BadSignature, BadNote) as error:
                yield Check(name, False, str(error))
            except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:  # of another form than any
                yield Check(name, False, f"the request can't be read: {type(error).__name__}")

    def sealed(self) -> str:
        """The item, its sealer, its roster and my own envelope."""
        openings.verify_of(self.opening, self.item.head)
        head, settings = self.item.head, self.keeper.settings
        if settings.sealer and head.sealer != settings.sealer:
            raise BadOpening("the item was sealed by another platform than mine")
        known = self.keeper.rosters()
        mine = next((one for one in known if one.hash == head.roster), None)
        if mine is None or mine.called(self.keeper.name).signs != self.key.signs:
            raise BadOpening("the item was sealed to a roster that is not known here, or doesn't name my key")
        if all(one.signs != self.key.signs for one in known[-1].custodians):
            raise BadOpening(f"roster {known[-1].version} doesn't name me any more")
        envelope = self.item.envelopes.get(self.keeper.name, b"")
        self._read(openings.unseal(head, envelope, self.keeper.name, self.key))
        return f"sealed on {head.sealed[:10]} to roster {head.version}, {head.k} of {head.n}"

    def _read(self, mine: Unsealed) -> None:
        for number in self.opening.parts:
            self.persons[number] = mine.person(self.item.parts[number])
        case = openings.of(self.opening, "case")
        try:
            salt = bytes.fromhex(texts.text(case, "salt", texts.HEX))
        except ValueError:
            raise BadOpening("case.salt: hexadecimal is asked for") from None
        if texts.commit(salt, "case", texts.text(case, "number")) != self.item.head.case:
            raise BadOpening("case: the item was sealed for another case")

    def order(self) -> str:
        """The order's own bytes, in the request or beside it."""
        order = openings.of(self.opening, "order")
        openings.order_of(self.opening, self.keeper.order(self.opening.number))
        return f"{texts.text(order, 'name')}, {texts.text(order, 'country')}"

    def record(self) -> str:
        """The record, verified here."""
        self.seen = record.walk(self.keeper)
        charters = {one.charter for one in self.keeper.rosters()} - {""}  # the first roster names one
        if charters - {self.seen.people.charter}:
            raise BadRecord("the record was founded by another charter than the one that the roster names")
        return f"{self.seen.size} entries, {len(self.seen.people.persons)} people, back to the charter"

    def names(self) -> str:
        """What the act names."""
        text = texts.text(openings.of(self.opening, "act"), "text")
        self.act = act = texts.value(text.encode(), "act")
        if not isinstance(act, dict) or texts.canonical(act) != text.encode():
            raise BadOpening("act: it is not canonical")
        said = self.opening.said
        expected = {
            "kind": ACT,
            "opening": self.opening.number,
            "realm": self.keeper.settings.realm,
            "item": self.opening.item,
            "head": self.opening.head,
            "parts": list(self.opening.parts),
            "recipient": self.opening.recipient.fingerprint,
            "order": openings.of(self.opening, "order").get("sha256"),
            "finding": texts.digest(said.get("finding")),
            "asked": texts.digest(said.get("asked")),
            "due": openings.of(self.opening, "clock").get("due"),
            "emergency": openings.of(self.opening, "clock").get("emergency"),
        }
        wrong = [name for name, value in expected.items() if act.get(name) != value]
        wrong += ["realm"] if said.get("realm") != act.get("realm") else []
        if wrong:
            raise BadOpening(f"act: it was signed for other than what is asked here: {', '.join(wrong)}")
        return f"{len(self.opening.parts)} parts of {len(self.item.parts)}, for one key"

    def signed(self) -> str:
        """Who signed the act, by the record alone."""
        people = self._seen().people
        said = openings.of(self.opening, "act")
        text = texts.text(said, "text").encode()
        signers = set()
        for one in texts.objects(said, "signatures"):
            mark = str(one.get("key"))
            if mark not in people.public or mark not in people.keys:
                raise BadOpening("act: a signature by a key that nobody let in")
            response = one.get("response")
            verify_passkey(
                _hash(text), unbase64(people.public[mark], "a key"), response if isinstance(response, dict) else {}
            )
            signers.add(people.keys[mark])
        return self._quorum(signers)

    def _quorum(self, signers: set[str]) -> str:
        quorum, people = self.act.get("quorum"), self._seen().people.persons
        if not isinstance(quorum, dict):
            raise BadOpening("act: it names no quorum")
        roles = {*quorum.get("roles", ())} & DECIDING
        counted = {one for one in signers - {*quorum.get("without", ())} if one in people and people[one].roles & roles}
        if quorum.get("people"):
            counted &= {*quorum["people"]}
        places = {people[one].jurisdiction for one in counted}
        least = max(LEAST_PEOPLE, texts.number(quorum, "count", 1, 20))
        wide = texts.number({"jurisdictions": 1, **quorum}, "jurisdictions", 1, 20)
        if self.keeper.settings.person in counted:
            raise BadOpening("act: I have signed it myself, and whoever decides gives no shares")
        if len(counted) < least or len(places) < wide:
            raise BadOpening(f"act: {least} people from {wide} jurisdictions are asked for, and {len(counted)} signed")
        return f"{len(counted)} people from {', '.join(sorted(places))}"

    def _seen(self) -> Seen:
        if self.seen is None:
            raise BadRecord("the record was not verified")
        return self.seen

    def witnessed(self) -> str:
        """The act in the record."""
        text = texts.text(openings.of(self.opening, "act"), "text").encode()
        found = record.proven(
            self._seen(), openings.of(self.opening, "record").get("asked"), "opening.asked", "the act"
        )
        expected = {
            "opening": self.opening.number,
            "act": openings.hash_of(text),
            "item": self.opening.item,
            "recipient": self.opening.recipient.fingerprint,
        }
        wrong = [name for name, value in expected.items() if found.said.get(name) != value]
        if wrong:
            raise BadRecord(f"the act: the record says other than what is asked here: {', '.join(wrong)}")
        return f"entry {found.read.index}, seen by {', '.join(found.read.witnesses)}"

    def covered(self) -> str:
        """Each part within what was asked, and what was asked within what the finding covers."""
        finding = openings.of(self.opening, "finding")
        asked, covers = texts.objects(self.opening.said, "asked"), texts.objects(finding, "covers")
        for number in self.opening.parts:
            part, person = self.item.parts[number], self.persons.get(number, "")
            for rows, what in ((asked, "order"), (covers, "finding")):
                if not any(_covers(row, part.category, person, part.day) for row in rows):
                    raise BadOpening(f"part {number}: {part.category} of {part.day or 'no day'} is not in the {what}")
        return f"{finding.get('pack', finding.get('regulation', ''))}: every part of it"

    def recipient(self) -> str:
        """The recipient's key: whose, since when, and who called back."""
        seen, about = self._seen(), openings.of(self.opening, "record")
        mark, emergency = self.opening.recipient.fingerprint, openings.of(self.opening, "clock").get("emergency")
        logged = record.proven(seen, about.get("recipient"), "recipient.logged", "the recipient's key")
        order, to = openings.of(self.opening, "order"), openings.of(self.opening, "recipient")
        whose = {"recipient": mark, "authority": order.get("authority"), "country": order.get("country")}
        if any(logged.said.get(name) != value for name, value in whose.items()) or to.get("authority") != order.get(
            "authority"
        ):
            raise BadRecord("the recipient's key: the record has it as another's")
        calls = about.get("called_back")
        proofs = [record.proven(seen, one, "recipient.called-back", "the call-back") for one in calls or ()]
        callers = {one.by for one in proofs if one.said.get("recipient") == mark}
        least = 2 if emergency else 1
        if len(callers) < least:
            raise BadRecord(f"the recipient's key: {least} call-backs by as many people, and {len(callers)} are here")
        now = self.keeper.now()
        stood = max(seen.stood(logged.read.index, now), now - logged.cosigned)
        if not emergency and stood < self.keeper.settings.wait:
            raise BadRecord(f"the recipient's key: it has stood for {stood // 3600} hours, and 24 are asked for")
        return f"logged {max(0, stood) // 3600} hours ago, called back by {len(callers)}"

    def clock(self) -> str:
        """The time."""
        said, now = openings.of(self.opening, "clock"), self.keeper.now()
        asked, due = instant(said.get("asked")), instant(said.get("due"))
        if now < asked - EARLY:
            raise BadOpening("clock: it was asked in the future")
        if now > due + LATE:
            raise BadOpening("clock: its time is long over: ask again")
        left = due - now
        return f"{left // 3600} hours left" if left >= 0 else f"{-left // 3600} hours over"

    def once(self) -> str:
        """Nothing given for this act in another way, nor these parts' act reused."""
        act = openings.hash_of(texts.text(openings.of(self.opening, "act"), "text").encode())
        for line in self.keeper.log():
            same = line.get("act") == act or line.get("opening") == self.opening.number
            if same and line.get("request") != self.opening.digest:
                raise BadOpening("this act, or this number, was answered before, in another request")
        return "not answered before"


def _covers(row: Mapping[str, Any], category: str, person: str, day: str) -> bool:
    persons = row.get("persons")
    if row.get("category") != category or not isinstance(persons, list) or person not in persons:
        return False
    if not day:  # of no day: were it more than a name and address, it would be of all days
        return category in items.DAYLESS
    return str(row.get("from", "")) <= day <= str(row.get("to", ""))


def _hash(text: bytes) -> bytes:
    return bytes.fromhex(openings.hash_of(text))


def instant(value: Any) -> int:
    """A time as a request writes it, `2026-11-30T12:00:00Z`, in POSIX seconds. Raises BadOpening."""
    try:
        return int(datetime.strptime(str(value), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp())
    except ValueError:
        raise BadOpening("clock: a time like 2026-11-30T12:00:00Z is asked for") from None


__all__ = ["Check", "Checked", "Opening", "instant", "run"]
