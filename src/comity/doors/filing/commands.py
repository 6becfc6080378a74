"""What is filed on our page becomes a request, with its number and its status page, in one transaction."""

import json
from collections.abc import Sequence
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from comity import clock, lane
from comity.cases import filed, turns
from comity.cases.filed import File
from comity.following import commands as following
from comity.following.models import Link
from comity.language import colon
from comity.officers import commands as officers
from comity.officers.models import Officer
from comity.people.refusals import BadInput

from . import form
from .form import Typed

DOOR = "web"
WHERE = "typed on our page for authorities"


def file(said: Typed, files: Sequence[File], key: str, realm: str, officer: Officer | None = None) -> Link:
    """Keep what was typed, with its files, and let its road begin; gives the link to its status page. The same key
    again is the same filing. Raises BadInput."""
    if not following.KEY.fullmatch(key):
        raise BadInput("key", _("load the page again: it was typed on one that is too old"))
    filed.verify_files(files)
    try:
        with transaction.atomic():
            return _filed(said, files, key, realm, officer)
    except IntegrityError:  # the same, sent twice at once: the other one was first
        with transaction.atomic():
            return _filed(said, files, key, realm, officer)


def _filed(said: Typed, files: Sequence[File], key: str, realm: str, officer: Officer | None) -> Link:
    text, now = form.text(said), clock.now()
    held = officers.active(officer.id) if officer else None
    authority = said.office.id if said.office else ""
    mark = mark_of(key, authority, text, files)
    if (before := following.filing(key)) is not None:
        if before.mark != mark:
            raise BadInput("key", _("it was used for something else; load the page again"))
        return following.link_of(before.request)
    by = held.by if held else "web"
    reference = str(said.facts["form"].get("reference") or "")
    subject = f"{form.title(said.pack)}{colon()}{reference}" if reference else form.title(said.pack)
    to = said.office.address if said.office else said.email
    typed = filed.Typed(DOOR, realm, now, by, said.name, to, subject, text, files, f"<{key}@filing.invalid>")
    request = filed.keep(typed, filed.order_of(said.pack, said.facts, WHERE, by, now))
    link = following.filed_as(request, key, authority, held, mark)
    turns.typed(request, authority or said.email or said.name)
    with lane.inside(lane.PROVEN if held else lane.UNPROVEN):
        filed.begin(request, said.pack.id, by)
    return link


def mark_of(key: str, authority: str, text: str, files: Sequence[File]) -> str:
    """The hash of exactly what is filed, in hex: what an officer's passkey signs."""
    whole = {"key": key, "authority": authority, "text": text, "files": [one.sha256 for one in files]}
    return sha256(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
