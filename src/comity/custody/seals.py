"""What an order names is kept: sealed by its platform on receipt, destroyed at its end. Nothing of it is read here.

1. The regulation's finding must have it kept, and its sender be known as well as that regulation asks.
2. The platform seals to the roster in force, bound to a commitment to the case; what it gives is checked against what
   was asked, hash by hash, and against the platform's own signature.
3. The envelopes go into the vault, whose keys end each month; the file is written without them.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import IO, Any, BinaryIO

from django.conf import settings
from django.db import transaction

from comity import clock
from comity.cases import deciding, keeping
from comity.cases.models import Case
from comity.ledger.commands import done, record
from comity.ledger.models import Event
from comity.ledger.steps import GATEWAY, Tell, backoff, step
from comity.library import in_force
from comity.measures import copies
from comity.people.models import Act
from comity.platforms import among
from comity.platforms.port import PlatformDown, PlatformRefused, Sealing
from comity.regulations import legal_time
from comity.vault import commands as vault
from comity_seal import items, texts

from . import places, rostered, rules
from .models import Envelope, Item, Opening, Roster

LONGER = timedelta(days=30)
LINES = 3  # head, parts, envelopes


class NotSealed(Exception):
    """Nothing could be sealed, and trying again won't help. `why` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Asked:
    """One call on a platform: whose data of which categories, from which day to which."""

    platform: Sealing
    wishes: tuple[rules.Wish, ...]
    first: str
    last: str

    @property
    def persons(self) -> list[str]:
        """Whose."""
        return sorted({person for wish in self.wishes for person in wish.persons})

    @property
    def categories(self) -> list[str]:
        """Which, in the order in which an item has them."""
        return [wish.category for wish in self.wishes]

    def digest(self, case: str) -> str:
        """By which the same is known again."""
        told = {"case": case, "wishes": [one.told() for one in self.wishes], "from": self.first, "to": self.last}
        return texts.digest(told)

    @property
    def parts(self) -> list[tuple[str, str, str]]:
        """What each part of the item must be: category, person, day."""
        days = legal_days(self.first, self.last)
        return [
            (category, person, day)
            for category in self.categories
            for person in self.persons
            for day in (days if category not in rules.WITHOUT_A_DAY else [""])
        ]


def legal_days(first: str, last: str) -> list[str]:
    """Each day (ISO) from the first to the last."""
    start, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    return [(start + timedelta(days=n)).date().isoformat() for n in range((end - start).days + 1)]


def keep(event: Event) -> timedelta | None:
    """Have what an order names sealed by its platform, and keep it, where its regulation has it kept on receipt."""
    case = Case.objects.get(id=event.case)
    kept = vault.get_json(event.sealed["finding"])
    if done(f"item:{event.id}") or not _kept_by_law(case, kept["finding"]) or copies.capped(case):
        return None
    try:
        for asked in _asked(case, kept["facts"], kept["finding"]):
            _keep(event, case, asked, kept["finding"])
    except PlatformDown:
        return backoff(event)
    except (NotSealed, rules.TooWide, PlatformRefused) as no:
        _unsealed(event, _why(no))
    return None


def _why(no: Exception) -> str:
    return str(getattr(no, "why", "") or getattr(no, "code", "") or "no-days")


def _kept_by_law(case: Case, finding: Mapping[str, Any]) -> bool:
    if not rules.keeps(finding) or not finding.get("data"):
        return False
    pack = in_force.library(case.realm).version(finding["pack"], finding["version"])
    return "preserve" in pack.allows(case.grade)


def _asked(case: Case, facts: Mapping[str, Any], finding: Mapping[str, Any]) -> list[Asked]:
    """The calls to make: for each platform that seals, one for each span of days. Raises PlatformDown, TooWide."""
    place = legal_time.zone(settings.COMITY.provider["zone"])
    urls = [one["ref"] for one in facts.get("targets") or () if one.get("kind") == rules.ACCOUNT]
    found = []
    for platform, at in among(urls, case.realm):
        if (sealing := platform.sealing()) is None:
            continue
        there = {urls[n]: platform.resolve(urls[n]) for n in at}
        refs = {url: one.ref for url, one in there.items() if one.found}
        wishes = rules.asked(facts, finding, refs, rules.KEPT_MEANWHILE, place)
        found += [Asked(sealing, *one) for one in _by_days(wishes)]
    return found


def _by_days(wishes: Sequence[rules.Wish]) -> list[tuple[tuple[rules.Wish, ...], str, str]]:
    """Wishes of the same days go into one item; those without go with the first, and alone count as of today."""
    spans = list(dict.fromkeys((one.first, one.last) for one in wishes if one.first))
    today = rules.day_of(clock.now())
    dayless = [one for one in wishes if not one.first]
    if not spans:
        return [(tuple(dayless), today, today)] if dayless else []
    made = []
    for n, (first, last) in enumerate(spans):
        these = [one for one in wishes if (one.first, one.last) == (first, last) or (n == 0 and not one.first)]
        made.append((tuple(these), first, last))
    return made


def salt_of(case: str, digest: str) -> bytes:
    """The salt by which an item is bound to its case: the same each time it is asked for."""
    return sha256(vault.keyed_hash(f"item:1:{case}:{digest}") + vault.keyed_hash(f"item:2:{case}:{digest}")).digest()


def _keep(event: Event, case: Case, asked: Asked, finding: Mapping[str, Any]) -> None:
    digest = asked.digest(case.id)
    if Item.objects.filter(case=case, asked=digest, ended_at=None).exists():
        return
    roster = rostered.current(case.realm)
    if roster is None:
        raise NotSealed("no-roster")
    pinned = rostered.pinned(asked.platform, case.realm)
    if pinned.roster != roster.hash:
        raise NotSealed("roster")
    key, salt = f"item:{case.id}:{digest[:32]}", salt_of(case.id, digest)
    said = {
        "case": texts.commit(salt, "case", case.id),
        "persons": asked.persons,
        "categories": asked.categories,
        "from": asked.first,
        "to": asked.last,
        "roster": roster.hash,
    }
    place = places.items() / f"{digest}-{secrets.token_hex(8)}.item"
    with places.written(place) as file:
        into = WithoutEnvelopes(file)
        asked.platform.seal(key, said, into)  # type: ignore[arg-type]  # all that is asked of it is to be written to
        file.flush()
        item = _checked(places.whole(file, into.envelopes), asked, said, pinned.sealer)
    place.replace(places.item(item.head.item))
    _kept(event, asked, item, into.envelopes, digest, roster, salt, _until(case, finding))
    with suppress(PlatformDown, PlatformRefused):  # it forgets the file by itself, too
        asked.platform.collected(key)


def _until(case: Case, finding: Mapping[str, Any]) -> datetime:
    until = next((duty.get("until") for duty in finding["duties"] if duty["id"] == "preserve"), None)
    return datetime.fromisoformat(until.replace("Z", "+00:00")) if until else case.request.until


@dataclass
class WithoutEnvelopes:
    """A file into which an item is written as it comes, its third line left out: that one is kept apart."""

    file: BinaryIO
    _line: int = 0
    _held: bytearray = field(default_factory=bytearray)

    def write(self, piece: bytes) -> int:
        """Write what came."""
        length = len(piece)
        while self._line < LINES and (cut := piece.find(b"\n")) >= 0:
            self._take(piece[: cut + 1])
            self._line += 1
            piece = piece[cut + 1 :]
            if self._line == LINES:
                self.file.write(b"{}\n")
        self._take(piece)
        return length

    def _take(self, piece: bytes) -> None:
        if self._line != LINES - 1:
            self.file.write(piece)
            return
        self._held += piece
        if len(self._held) > items.LONGEST_LINE:
            raise NotSealed("not-as-asked")

    @property
    def envelopes(self) -> dict[str, bytes]:
        """What each custodian is to get. Raises NotSealed."""
        try:
            said = json.loads(bytes(self._held))
            return {name: texts.binary(said, name) for name in said}
        except (ValueError, TypeError, RecursionError):
            raise NotSealed("not-as-asked") from None


def _checked(file: IO[bytes], asked: Asked, said: Mapping[str, Any], sealer: str) -> items.Item:
    """The item, once everything in it is what was asked for. Raises NotSealed."""
    try:
        item = items.read(file, sealer=sealer)
    except items.BadItem:
        raise NotSealed("not-as-asked") from None
    parts = [(part.category, part.day) for part in item.parts]
    persons = {part.person for part in item.parts}
    bound = (item.head.case, item.head.roster) == (said["case"], said["roster"])
    if (
        not bound
        or parts != [(category, day) for category, _, day in asked.parts]
        or len(persons) != len(said["persons"])
    ):
        raise NotSealed("not-as-asked")
    return item


def _name(asked: Asked, *_: object) -> str:
    return f"{asked.first}:{asked.last}"


@step("item", deciding.of, part=_name)
def _kept(
    event: Event,
    case: Case,
    tell: Tell,
    asked: Asked,
    item: items.Item,
    envelopes: Mapping[str, bytes],
    digest: str,
    roster: Roster,
    salt: bytes,
    until: datetime,
) -> None:
    said = {"salt": salt.hex(), "parts": asked.parts, "wishes": [one.told() for one in asked.wishes]}
    row, new = Item.objects.get_or_create(
        case=case,
        asked=digest,
        ended_at=None,
        defaults={
            "id": item.head.item,
            "realm": case.realm,
            "roster": roster,
            "head": item.head.digest,
            "content": item.content,
            "doc": vault.put_json(said, until),
            "card": vault.put(_card(item), until),
            "parts": len(item.parts),
            "bytes": sum(body.length for body in item.bodies),
            "sealed_at": clock.now(),
            "until": until,
        },
    )
    if new:
        made = [Envelope(item=row, custodian=name, doc=vault.put(raw, until)) for name, raw in envelopes.items()]
        Envelope.objects.bulk_create(made)
        told = {"item": row.id, "head": row.head, "content": row.content, "parts": row.parts, "roster": roster.hash}
        tell("item.sealed", request=case.request_id, public=told)
    elif row.id != item.head.item:  # another judging of the case was quicker
        places.item(item.head.item).unlink(missing_ok=True)


def _card(item: items.Item) -> bytes:
    """What any custodian is given of an item; their own envelope is put in when they ask."""
    bare = replace(item, envelopes={"": b""})
    return texts.canonical(json.loads(items.card(bare, "")) | {"mine": {}})


@step("unsealed", deciding.of)
def _unsealed(event: Event, case: Case, tell: Tell, why: str) -> None:
    tell("item.unsealed", request=case.request_id, sealed={"why": why})


# -- its end ----------------------------------------------------------------------------------------------------------


def end_due(now: datetime) -> None:
    """Destroy what has reached its end; what an open case still needs is kept on."""
    soon = Item.objects.filter(ended_at=None, until__lte=now + timedelta(days=7))
    for item in soon.select_related("case__request"):
        if item.case.open and (live(item) is not None or not item.openings.exists()):
            _keep_on(item, now + LONGER)
        elif item.until <= now:
            end(item.id, "over")


def _keep_on(item: Item, until: datetime) -> None:
    with transaction.atomic():
        keeping.put_off(item.case, max(until, item.case.request.until))
        for doc in keeping.references(item.case):  # what says who asked for it, and what was found of that
            with suppress(vault.Gone):
                vault.extend(doc, until)
        for doc in _docs(item):
            vault.extend(doc, until)
        Item.objects.filter(id=item.id).update(until=until)


def _docs(item: Item) -> list[str]:
    """All that is needed to open it: its own, and what was asked and answered where somebody was asked."""
    found = [item.doc, item.card, *item.envelopes.values_list("doc", flat=True)]
    for one in item.openings.exclude(state__in=rules.OVER):
        found += [one.doc, one.request, *one.called.values_list("doc", flat=True)]
        found += Act.objects.filter(hash=one.act).values_list("doc", flat=True)
    return [doc for doc in found if doc]


@transaction.atomic
def end(id: str, why: str) -> None:
    """Destroy what can open an item: nobody opens it from now on, however many custodians would."""
    item = Item.objects.select_for_update().get(id=id)
    if item.ended_at is not None:
        return
    now = clock.now()
    for envelope in item.envelopes.all():
        vault.end(envelope.doc, now)
    item.ended_at = now
    item.save(update_fields=["ended_at"])
    public = {"item": item.id}
    record("item.ended", realm=item.realm, by=GATEWAY, case=item.case_id, once=f"item.ended:{item.id}", public=public)
    places.item(item.id).unlink(missing_ok=True)


def parts_of(item: Item) -> list[tuple[str, str, str]]:
    """What each part of an item is: category, person, day. Raises vault.Gone."""
    return [(str(category), str(person), str(day)) for category, person, day in vault.get_json(item.doc)["parts"]]


def envelopes_of(item: Item) -> dict[str, bytes]:
    """Each custodian's envelope of an item. Raises vault.Gone."""
    return {one.custodian: vault.get(one.doc) for one in item.envelopes.all()}


def live(item: Item) -> Opening | None:
    """The opening of an item that is not over; None: there is none."""
    return Opening.objects.filter(item=item).exclude(state__in=rules.OVER).first()
