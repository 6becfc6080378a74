"""Sessions in the database under the hash of the browser's cookie: reading the table gives nobody a session."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.contrib.sessions.backends import db

from comity import clock

LENGTH = 40  # hex digits that Django's column holds: 160 bits


def stored_as(session_key: str | None) -> str:
    """The key of the row in which the session of a cookie lies."""
    return sha256(f"comity.session:{session_key}".encode("utf-8", "replace")).hexdigest()[:LENGTH]


class SessionStore(db.SessionStore):
    """Django's session store, except that a row's key isn't the cookie."""

    def load(self) -> dict[str, Any]:
        """The session's data; a key without a session is dropped, so that a new one is made."""
        row = self.model.objects.filter(session_key=stored_as(self.session_key), expire_date__gt=clock.now()).first()
        if row is None:
            self._session_key = None
            return {}
        return dict(self.decode(row.session_data))

    def exists(self, session_key: str) -> bool:
        """Whether there is a session for this cookie."""
        return bool(super().exists(stored_as(session_key)))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row to save."""
        row = super().create_model_instance(data)
        row.session_key = stored_as(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """End the session of this cookie, or this session."""
        held = session_key if session_key is not None else self.session_key
        if held is not None:
            super().delete(stored_as(held))
