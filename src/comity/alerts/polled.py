"""A poll for which nothing has changed, answered by one query: before a session is opened, or a person looked up.

The tag of an answer (`ETag`) is a keyed hash, which only the gateway can make, over all that the answer rested on: the
session, its person's whole row, and what rings for them. One query says how all of it stands now. Where the tag fits,
the poll is one whose every check has passed before, and passes still; where anything differs (a session has ended, a
role is gone, something rings) the page is asked as if no tag had come. Nothing is remembered between two polls.
"""

import hmac
import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from comity import clock
from comity.people import access, session_store
from comity.people.models import Person

from . import devices

PATH = "/console/duty/poll"
POLLS = 600  # a minute of one person: a few tabs, each twice a second
TAKEN = timedelta(minutes=5)  # for so long a page says who has taken what rang on it
HEX = 32  # hexadecimal digits of a person's id, and as many of the hash

_OF_PERSON = ", ".join(f"p.{name}::text" for name in (*Person.TAGGED, "session_salt", "tag"))
_NOW = f"""
select s.session_data, {_OF_PERSON},
  (select array_agg(r.id || r.subject || (r.state = 'waiting')::text order by r.id) from alerts_ring r
    where r.person_id = p.id and r.state in ('waiting', 'sent', 'seen')),
  (select array_agg(r.id || o.subject || o.answered_by_id order by r.id, o.id) from alerts_ring r
    join alerts_round o on o.subject = r.subject
    where r.person_id = p.id and r.state = 'stopped' and r.made_at > %(since)s
      and o.answered_at > %(since)s and o.answered_by_id <> p.id),
  exists (select 1 from alerts_device d where d.person_id = p.id and d.kind = 'page' and d.ended_at is null
    and d.heard_at > %(noted)s)
from django_session s, people_person p
where s.session_key = %(session)s and s.expire_date > %(now)s and p.id = %(person)s
"""  # noqa: S608  (the names of our own columns)

Answer = Callable[[HttpRequest], HttpResponse]


def tag(cookie: str, person: uuid.UUID) -> str:
    """The tag of what a poll with this cookie is told now, if it is this person's. To be made before the answer is:
    what happens in between is then told by the next poll, not by none."""
    stands = _stands(cookie, person)
    return _tag(person, stands[:-1]) if stands else ""


def _stands(cookie: str, person: uuid.UUID) -> tuple[object, ...] | None:
    now = clock.now()
    asked: dict[str, str | uuid.UUID | datetime] = {
        "session": session_store.stored_as(cookie),
        "person": person,
        "now": now,
        "since": now - TAKEN,
        "noted": now - devices.NOTED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOW, asked)
        found = cursor.fetchone()
    return tuple(found) if found else None


def _tag(person: uuid.UUID, stands: tuple[object, ...]) -> str:
    over = json.dumps([settings.COMITY.demo, *stands]).encode()
    key = f"comity.alerts.polled:{settings.SECRET_KEY}".encode()
    return f'"{person.hex}{hmac.new(key, over, sha256).hexdigest()[:HEX]}"'


def unchanged(request: HttpRequest) -> bool:
    """Whether a poll comes with the tag of what stands now. Its page is noted as open, as by any poll."""
    told = request.headers.get("If-None-Match", "")
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    try:
        person = uuid.UUID(hex=told[1 : HEX + 1])
    except ValueError:
        return False
    stands = _stands(cookie, person) if cookie and len(told) == 2 * HEX + 2 else None
    if stands is None or not hmac.compare_digest(_tag(person, stands[:-1]).encode(), told.encode()):
        return False
    if access.counted(str(person), "poll", 60) > POLLS:
        return False  # the page says so
    return bool(stands[-1]) or devices.heard_again(person)


class Quiet:
    """Answers a poll for which nothing has changed with 304, before anything else is done for it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        plain = request.method == "GET" and not request.META.get("QUERY_STRING")
        if plain and request.path_info == PATH and unchanged(request):
            return HttpResponse(status=304, headers={"ETag": request.headers["If-None-Match"]})
        return self.get_response(request)
