"""The one exception to one act, one transaction: a batch of mails becomes blobs, requests, events and jobs in one
statement, so that the door can say 250 for all of them after one commit."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from comity.authorities import glance
from comity.lane import CLAIMS, PROVEN, UNPROVEN
from comity.ledger.commands import FOLLOW, LOOK, check
from comity.ledger.events import parts
from comity.vault.commands import Sealed, seal

from .models import request_number


@dataclass(frozen=True)
class Incoming:
    """One thing that came in by a door: bytes as sent, the realm that its envelope says, the receipt (UTC), and what
    the door saw of the sender (`peek`: JSON, kept sealed)."""

    raw: bytes
    door: str
    realm: str
    received_at: datetime
    peek: Mapping[str, Any]


@dataclass(frozen=True)
class Prepared:
    """An incoming thing sealed under its number, so that writing it twice writes it once."""

    id: str
    incoming: Incoming
    raw: Sealed
    peek: Sealed

    @property
    def signers(self) -> str:
        """The domains that signatures of it name, unchecked: none of an office leads to the lane of the unproven."""
        return " ".join(glance.signers(self.incoming.raw))


STATEMENT = """
with blobs as (
  insert into vault_blob (ref, month, until, version, sealed)
  select * from unnest(%(refs)s::text[], %(months)s::text[], %(untils)s::timestamptz[], %(versions)s::int[],
                       %(sealed)s::bytea[])
  on conflict (ref) do nothing),
requests as (
  insert into cases_request (id, realm, door, received_at, bytes, until, raw, peek, kind, lane, flags, facts, grade,
                             authority)
  select *, 'unread', '', '{}', '', 'none', ''
  from unnest(%(ids)s::text[], %(realms)s::text[], %(doors)s::text[], %(ats)s::timestamptz[], %(sizes)s::bigint[],
              %(ends)s::timestamptz[], %(raws)s::text[], %(peeks)s::text[])
  on conflict (id) do nothing
  returning id, realm, received_at),
claims as (
  select c.id, exists (select from authorities_authority a
                       where a.accredited and a.domains && string_to_array(c.signers, ' ')::varchar[]) as office
  from unnest(%(ids)s::text[], %(signers)s::text[]) as c (id, signers)),
looks as (
  insert into procrastinate_jobs (queue_name, task_name, priority, queueing_lock, args)
  select %(proven)s, %(look)s, %(sooner)s + 1, %(look)s, '{}' from claims where office limit 1
  on conflict (queueing_lock) where status = 'todo' do nothing),
events as (
  insert into ledger_event (kind, at, realm, request, by, once, public, sealed)
  select 'request.received', r.received_at, r.realm, r.id, 'gateway', 'receive:' || r.id,
         (%(publics)s::jsonb -> r.id), (%(insides)s::jsonb -> r.id)
  from requests r
  on conflict (once) do nothing
  returning id, request)
select procrastinate_defer_jobs_v1(array_agg(
  row(case when c.office then %(claims)s else %(unproven)s end, %(task)s,
      case when c.office then %(sooner)s else %(later)s end,
      null, null, jsonb_build_object('event', e.id), null)::procrastinate_job_to_defer_v1))
from events e join claims c on c.id = e.request having count(*) > 0
"""


def prepare(incoming: Incoming) -> Prepared:
    """Seal an incoming thing under a fresh number. Touches no table."""
    until = incoming.received_at + timedelta(days=settings.COMITY.keep_days)
    peek = json.dumps(dict(incoming.peek), ensure_ascii=False).encode("utf-8", "surrogatepass")
    return Prepared(request_number(), incoming, seal(incoming.raw, until), seal(peek, until))


def _parts(incoming: Incoming) -> tuple[dict[str, Any], dict[str, Any]]:
    told = {"door": incoming.door, "bytes": len(incoming.raw)}
    check("request.received", told)
    return parts("request.received", told)


def receive(batch: Sequence[Prepared]) -> None:
    """Make a batch durable: when this returns, every one of it is stored, and its road has begun.

    The same batch again (after a lost connection, say) adds nothing. Raises django.db.Error.
    """
    blobs = [blob for item in batch for blob in (item.raw, item.peek)]
    told = {item.id: _parts(item.incoming) for item in batch}
    with connection.cursor() as cursor:
        cursor.execute(
            STATEMENT,
            {
                "refs": [blob.ref for blob in blobs],
                "months": [blob.month for blob in blobs],
                "untils": [blob.until for blob in blobs],
                "versions": [1] * len(blobs),
                "sealed": [blob.sealed for blob in blobs],
                "ids": [item.id for item in batch],
                "realms": [item.incoming.realm for item in batch],
                "doors": [item.incoming.door for item in batch],
                "ats": [item.incoming.received_at for item in batch],
                "sizes": [len(item.incoming.raw) for item in batch],
                "ends": [item.raw.until for item in batch],
                "raws": [item.raw.ref for item in batch],
                "peeks": [item.peek.ref for item in batch],
                "publics": json.dumps({id: public for id, (public, _) in told.items()}),
                "insides": json.dumps({id: inside for id, (_, inside) in told.items()}),
                "signers": [item.signers for item in batch],
                "task": FOLLOW,
                "look": LOOK,
                "claims": CLAIMS,
                "proven": PROVEN.queue,
                "sooner": PROVEN.priority,
                "unproven": UNPROVEN.queue,
                "later": UNPROVEN.priority,
            },
        )
