"""Sessions: started in one place, ended everywhere at once.

Each session holds a keyed hash over the person's `session_salt` (Django's session hash). A new salt invalidates every
older session at its next request, however it was started: nothing has to be found or listed.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from . import tags
from .models import Key, Person

BACKEND = "comity.people.sessions.Passkeys"


class Passkeys(BaseBackend):
    """Finds the person of a session. It authenticates nobody: that takes a passkey, in `commands.py`."""

    def get_user(self, user_id: Any) -> Person | None:
        """The person, unless they have left, belong to a demo that is off, or were not written by this gateway."""
        person = Person.objects.filter(pk=user_id, is_active=True).first()
        if person is None or not tags.fits(person) or (person.realm == "demo" and not settings.COMITY.demo):
            return None
        return person


def begin(request: HttpRequest, key: Key) -> None:
    """Give this visitor a new session as the key's person; the browser's previous session is discarded."""
    request.session.flush()
    login(request, key.person, backend=BACKEND)
    request.session["key"] = key.short


def end(request: HttpRequest) -> None:
    """End this one session."""
    logout(request)
