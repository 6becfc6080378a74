"""The only writers of the record's tables: numbers, bodies, heads; and what makes a sealed field unreadable.

Numbers have no gaps and follow what committed, not what was begun: events commit out of the order of their ids, so a
queue that the event's own transaction fills is emptied, and whatever is emptied is numbered, in one transaction. Two
that number at once take turns by the lock.
"""

import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Min

from comity import clock
from comity.ledger.models import Event
from comity.vault import commands as vault

from . import entries, signed
from .models import Head, Leaf, Scope, Waiting
from .secrecy import Held, over

AT_ONCE = 4096
OPENS = ("gateway.founded", "demo.founded", "people.authenticated")
LOCK = 0x7265_636F  # "reco", beside each realm's own number
KEY = 32
NONCE = 12

NUMBER = """
with ready as (
  select event, turn, at from record_waiting
  where realm = %(realm)s and (turn < 2 or %(batch)s)
  order by turn, event limit %(most)s),
gone as (delete from record_waiting w using ready r where w.event = r.event returning w.event, w.turn)
insert into record_leaf (realm, num, event, scope, whole)
select %(realm)s,
       (select coalesce(max(num), -1) from record_leaf where realm = %(realm)s)
         + row_number() over (order by turn, case turn when 2 then random() else 0 end, event),
       event, '', false
from gone
"""


# Where something waits that takes from people, or founds a desk anew (turn 3): what was before it comes before it in
# the record, and what came after waits with it. So a signature stands before its signer's end, and after their coming.
NUMBER_AROUND = """
with parts as (
  select event, turn, count(*) filter (where turn = 3) over (
           order by event rows between unbounded preceding and 1 preceding) as part
  from record_waiting where realm = %(realm)s),
ready as (
  select event, turn, part from parts
  where %(batch)s or (turn < 2 and part = 0)
  order by part, turn, event limit %(most)s),
gone as (delete from record_waiting w using ready r where w.event = r.event returning w.event, w.turn, r.part)
insert into record_leaf (realm, num, event, scope, whole)
select %(realm)s,
       (select coalesce(max(num), -1) from record_leaf where realm = %(realm)s)
         + row_number() over (order by part, turn, case turn when 2 then random() else 0 end, event),
       event, '', false
from gone
"""


def number(realm: str, *, batch: bool, most: int = AT_ONCE) -> int:
    """Number what waits in a realm; returns how many. `batch`: those of cases too, in a random order."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s, %s)", [LOCK, len(realm) * 256 + ord(realm[1])])
        if not cursor.fetchone()[0]:
            return 0
        around = Waiting.objects.filter(realm=realm, turn=3).exists()
        cursor.execute(NUMBER_AROUND if around else NUMBER, {"realm": realm, "batch": batch, "most": most})
        return int(cursor.rowcount)


def bodies(realm: str, most: int = AT_ONCE) -> int:
    """Write the entries of numbered events that have none yet; returns how many. Raises signed.Lost."""
    with transaction.atomic():
        bare = list(Leaf.objects.select_for_update().filter(realm=realm, body=None).order_by("num")[:most])
        events = Event.objects.in_bulk([leaf.event for leaf in bare])
        held, keys = Held(events.values()), _Keys()
        for leaf in bare:
            _write(leaf, events[leaf.event], held, keys)
        Leaf.objects.bulk_update(bare, ["body", "salts", "scope", "whole", "until"], batch_size=500)
    return len(bare)


def _write(leaf: Leaf, event: Event, held: Held, keys: "_Keys") -> None:
    whole, leaf.until = held.whole(event)
    leaf.whole = whole or not entries.published(event.kind)
    made = entries.make(event, signed.of(event), whole=leaf.whole)
    leaf.body, leaf.scope = made.body, event.case or f"{event.realm}-{event.at:%Y-%m-%d}"
    leaf.salts = keys.seal(leaf.scope, event.at, leaf.num, entries.dump(made.opening))


class _Keys:
    """The scopes' keys, as far as one batch needs them."""

    def __init__(self) -> None:
        self._found: dict[str, AESGCM | None] = {}

    def seal(self, scope: str, at: datetime, num: int, opening: bytes) -> bytes | None:
        """Encrypt an opening under its scope's key; None if that key is gone: then nobody opens it, from the first."""
        if scope not in self._found:
            self._found[scope] = _scope_key(scope, at)
        key = self._found[scope]
        nonce = os.urandom(NONCE)
        return nonce + key.encrypt(nonce, opening, f"{scope}:{num}".encode()) if key else None


def _scope_key(name: str, at: datetime) -> AESGCM | None:
    until = at + timedelta(days=settings.COMITY.keep_days)
    scope = Scope.objects.select_for_update().filter(name=name).first()
    if scope is None:
        if until <= clock.now():
            return None
        raw = os.urandom(KEY)
        Scope.objects.create(name=name, ref=vault.put(raw, until), until=until)
        return AESGCM(raw)
    try:
        if until > scope.until + timedelta(days=1):
            vault.extend(scope.ref, until)
            scope.until = until
            scope.save(update_fields=["until"])
        return AESGCM(vault.get(scope.ref))
    except vault.Gone:
        return None


class Erased(Exception):
    """What an entry seals can't be opened any more: its salts are destroyed. The entry still verifies."""


def opening(leaf: Leaf) -> Mapping[str, Any]:
    """The salts of an entry. Raises Erased."""
    scope = Scope.objects.filter(name=leaf.scope).first()
    if leaf.salts is None or scope is None:
        raise Erased(f"entry {leaf.num}")
    raw = bytes(leaf.salts)
    try:
        key = AESGCM(vault.get(scope.ref))
        found = json.loads(key.decrypt(raw[:NONCE], raw[NONCE:], f"{leaf.scope}:{leaf.num}".encode()))
    except (vault.Gone, InvalidTag):
        raise Erased(f"entry {leaf.num}") from None
    return dict(found)


@transaction.atomic
def erase(realm: str, num: int, names: Iterable[str]) -> None:
    """Destroy the salts of single fields of one entry; its other fields can still be opened. Raises Erased."""
    leaf = Leaf.objects.select_for_update().get(realm=realm, num=num)
    left = {**opening(leaf)}
    gone = set(names)
    left["salts"] = {name: salt for name, salt in left["salts"].items() if name not in gone}
    if leaf.whole:
        left.pop("entry", None)  # the whole would say again what one field was
    scope = Scope.objects.get(name=leaf.scope)
    nonce = os.urandom(NONCE)
    key = AESGCM(vault.get(scope.ref))
    leaf.salts = nonce + key.encrypt(nonce, entries.dump(left), f"{leaf.scope}:{leaf.num}".encode())
    leaf.save(update_fields=["salts"])


@transaction.atomic
def erase_scope(name: str) -> None:
    """Destroy all salts of a case or a day: what its entries seal can be opened by nobody, in no backup either once its
    month's key is gone."""
    scope = Scope.objects.filter(name=name).first()
    if scope is not None:
        vault.end(scope.ref, clock.now())
    Leaf.objects.filter(scope=name).update(salts=None)


def revealed(leaf: Leaf, names: Iterable[str]) -> dict[str, tuple[bytes, Any]]:
    """Salts and values of some sealed fields, for who may know them; those that are erased are left out. Of an entry
    that is sealed as a whole, that whole as well, which seals them in turn."""
    try:
        found = opening(leaf)
    except Erased:
        return {}
    values = entries.sealed_values(Event.objects.get(id=leaf.event))
    wanted = set(names) & values.keys()
    shown = {name: (salt, values[name]) for name, salt in entries.inner_fields(found) if name in wanted}
    if not leaf.whole:
        return shown
    return {"entry": (bytes.fromhex(found["entry"]), found["inner"]), **shown} if "entry" in found else {}


def disclosed(leaf: Leaf) -> dict[str, tuple[bytes, Any]]:
    """What everyone may read of an entry that was sealed as a whole, once its non-disclosure has ended by its date; of
    one whose kind is never published, nothing."""
    event = Event.objects.get(id=leaf.event)
    if not (leaf.whole and over(leaf.until) and entries.published(event.kind)):
        return {}
    return revealed(leaf, [])


def size(realm: str) -> int:
    """How many numbers a realm has given."""
    last = Leaf.objects.filter(realm=realm).aggregate(last=Max("num"))["last"]
    return 0 if last is None else int(last) + 1


def written(realm: str, start: int, most: int = AT_ONCE) -> list[bytes]:
    """The bodies from a number on, as far as they follow one another without a gap."""
    found: list[bytes] = []
    for num, body in Leaf.objects.filter(realm=realm, num__gte=start).order_by("num").values_list("num", "body")[:most]:
        if body is None or num != start + len(found):
            break
        found.append(bytes(body))
    return found


def head(realm: str) -> Head | None:
    """The last head that the database saw signed."""
    return Head.objects.filter(realm=realm).first()


def note_head(realm: str, size: int, root: str) -> None:
    """Keep a signed head; never one that is smaller than what is kept."""
    with transaction.atomic():
        made, new = Head.objects.select_for_update().get_or_create(
            realm=realm, defaults={"size": size, "root": root, "at": clock.now()}
        )
        if not new and size >= made.size:
            made.size, made.root, made.at = size, root, clock.now()
            made.save()


def waits(realm: str, delay: float) -> tuple[int, bool]:
    """How many events of a realm wait, and whether those of cases are to go out now: the first has waited `delay`
    seconds."""
    found = Waiting.objects.filter(realm=realm)
    first = found.filter(turn__gte=2).order_by("at").values_list("at", flat=True).first()
    due = first is not None and first <= clock.now() - timedelta(seconds=delay)
    return found.count() if due else found.filter(turn__lt=2).count(), due


def rest(delays: Mapping[str, float], most: float) -> float:
    """Seconds until the next batch of cases is due, `most` at the most. `delays`: of each realm, in seconds. What is
    due and still waits is of a log that isn't open, or stopped: there is nothing to hurry for."""
    first = Waiting.objects.filter(turn__gte=2).values_list("realm").annotate(Min("at"))
    now = clock.now()
    left = [(at - now).total_seconds() + delays[realm] for realm, at in first if realm in delays]
    return float(min([most, *(seconds for seconds in left if seconds > 0)]))


def opened(realm: str) -> bool:
    """Whether a realm's log is open: entry 0 is the charter. A drill has none, nor has a desk of before charters."""
    if realm == "drill" or Leaf.objects.filter(realm=realm).exists():
        return True
    return Event.objects.filter(kind__in=OPENS, realm=realm).exists()
