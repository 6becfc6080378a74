"""Where the demo people's private keys are: one file each in the data directory, outside the database."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from .models import Person
from .software import SoftwareAuthenticator


def path(person: Person) -> Path:
    """The file of a demo person's key. Raises ValueError for anyone else: the server keeps no real person's key."""
    if person.realm != "demo":
        raise ValueError("only demo people have keys that the server keeps")
    data: Path = settings.COMITY.data
    return data / "demo" / "authenticators" / f"{person.id}.key"


def load(person: Person) -> SoftwareAuthenticator:
    """A demo person's authenticator. Raises ValueError, FileNotFoundError."""
    return SoftwareAuthenticator.load(path(person))
