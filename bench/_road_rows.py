"""Fills one database with N open cases, set-based, and prints the cookie of a signed-in handler.

python bench/_road_rows.py N        (DATABASE_URL and COMITY_DATA say where)
"""

import json
import os
import sys
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.settings")

PEEKS = 50_000  # sealed at once

REQUESTS = """
insert into cases_request (id, realm, door, received_at, bytes, until, raw, peek, kind, lane, flags, facts, grade,
                           behind, authority)
select 'R-' || lpad(upper(to_hex(i)), 8, '0'), 'real', 'email', now() - i %% 5000 * interval '1 minute', 4000,
       now() + interval '400 days', md5('raw' || i), md5('peek' || i),
       case when i > %(cases)s then 'mail' else 'order' end, case when i > %(cases)s then 'triage' else '' end,
       '{}', '',
       case when i %% 4 = 0 then 'none' else 'signature' end, case when i %% 4 = 0 then 1 + i / 40 %% 20 else 0 end,
       case when i %% 4 = 0 or i > %(cases)s then '' else 'bench-office-' || i %% 50 end
from generate_series(1, %(cases)s + %(triage)s) i
"""
CASES = """
insert into cases_case (id, realm, request_id, instrument, authority, country, state, open, outcome, plan, grade,
                        behind, version, received_at, due, half, taken_by, join_key, act, title)
select 'C-' || substr(r.id, 3), 'real', r.id, 'eu-tco-removal-order', r.authority, 'EE',
       (array['to-decide', 'second-approval', 'carrying-out', 'verifying'])[1 + i %% 4], true, 'valid', 'execute',
       r.grade, r.behind, 3, r.received_at,
       now() + (i::bigint * 7919 %% 1000003 - 30) * interval '1 minute', null, null,
       decode(md5('join' || i), 'hex'), '', 'Withhold one message in the EU'
from generate_series(1, %(cases)s) i
join cases_request r on r.id = 'R-' || lpad(upper(to_hex(i)), 8, '0')
"""
DEADLINES = """
insert into cases_deadline (case_id, name, started_at, due_target, due_legal, cite, stopped_at, met_at)
select c.id, d.name, c.received_at, c.due + d.later, c.due + d.later, 'Regulation (EU) 2021/784, Art. 3(3)', null, null
from cases_case c
cross join (values ('remove', interval '0'), ('scrutiny', interval '71 hours')) d (name, later)
"""
ALERTS = """
insert into cases_alert (case_id, thing, realm, kind, event, at, seen_at)
select id, id, 'real', 'clock.half', i, now() - i * interval '1 second', null
from generate_series(1, %(cases)s / 100) i, lateral (select 'C-' || lpad(upper(to_hex(i * 100)), 8, '0') as id) of
"""
OFFICES = """
insert into authorities_authority (id, name, kind, country, realm, domains, address, phone, competent_for, languages,
                                   accredited, accredited_at, checked_at)
select 'bench-office-' || i, 'Office ' || i || ' for Online Safety', 'competent', 'EE', 'real',
       array['office' || i || '.example'], 'orders@office' || i || '.example', '+372 000 0000',
       array['eu-tco-removal-order'], array['en'], true, now(), now()
from generate_series(0, 49) i
"""
TABLES = ("vault_blob", "cases_request", "cases_case", "cases_deadline", "cases_alert", "authorities_authority")


def fill(cases: int) -> None:
    """Cases, their requests, clocks and sealed glances; alerts; and some more that wait to be sorted."""
    from django.db import connection

    numbers = {"cases": cases, "triage": max(100, cases // 100)}
    with connection.cursor() as cursor:
        cursor.execute("set synchronous_commit = off")
        cursor.execute("set session_replication_role = replica")  # no foreign key is checked row by row
        peeks(cursor, numbers["cases"] + numbers["triage"])
        for statement in (OFFICES, REQUESTS, CASES, DEADLINES, ALERTS):
            cursor.execute(statement, numbers)
        for table in TABLES:
            cursor.execute(f"vacuum analyze {table}")


def peeks(cursor: object, count: int) -> None:
    """One sealed glance for each request, under the reference that its row names."""
    from hashlib import md5

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from comity import clock
    from comity.vault import commands as vault

    until = clock.now() + timedelta(days=400)
    month = f"{until:%Y-%m}"
    cipher = AESGCM(vault.keys().make(month))
    glance = json.dumps({"subject": "Removal order OOS-2026-0001", "from": "orders@office.example", "message_id": ""})
    with cursor.copy("copy vault_blob (ref, month, until, version, sealed) from stdin") as copy:  # type: ignore[attr-defined]
        for number in range(1, count + 1):
            ref, nonce = md5(f"peek{number}".encode()).hexdigest(), number.to_bytes(12, "big")
            sealed = vault.VERSION + nonce + cipher.encrypt(nonce, glance.encode(), ref.encode())
            copy.write_row((ref, month, until, 1, sealed))


def cookie() -> str:
    """A session of a handler of realm real, as signing in makes it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from comity import clock
    from comity.people import tags
    from comity.people.models import Person
    from comity.people.session_store import SessionStore
    from comity.people.sessions import BACKEND

    person = tags.make(
        Person, name="bench-handler", realm="real", jurisdiction="BE", roles=["handler"], enrolled_at=clock.now()
    )
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), BACKEND
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"sessionid={session.session_key}"


def main() -> None:
    """Migrate, fill, sign in."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    fill(int(sys.argv[1]))
    print(cookie())


if __name__ == "__main__":
    main()
