"""Entries of the register as a file, and back: what stood in comity.toml, in the same words."""

import json
import tomllib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from comity.authorities import commands as register
from comity.authorities.models import Authority
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Realm

from . import commands, rules
from .commands import Asked
from .models import Application

FILE_AT_MOST = 2 * 1024 * 1024
ENTRIES = 5_000
OPERATOR = "operator"


def exported(realm: str) -> str:
    """The register of a realm as `[[authority]]` tables, which comity.toml and `imported` take."""
    rows = Authority.objects.filter(realm=realm).order_by("id")
    tables = [register.as_entry(row) for row in rows if row.accredited or row.suspended_at]
    return "\n".join("\n".join(["[[authority]]", *map(_line, one.items()), ""]) for one in tables)


def _line(item: tuple[str, Any]) -> str:
    key, value = item
    if isinstance(value, datetime):
        return f'{key} = "{value.isoformat().replace("+00:00", "Z")}"'
    if isinstance(value, bool):
        return f"{key} = {str(value).lower()}"
    return f"{key} = {json.dumps(value, ensure_ascii=True)}"  # a basic string of TOML is one of JSON


def read(text: str) -> list[dict[str, Any]]:
    """The entries of a file, each checked. Raises BadInput naming entry, field and rule."""
    if len(text.encode()) > FILE_AT_MOST:
        raise BadInput("file", f"at most {FILE_AT_MOST // 1024 // 1024} MB")
    try:
        found = tomllib.loads(text).get("authority")
    except (tomllib.TOMLDecodeError, RecursionError) as wrong:
        raise BadInput("file", f"no TOML that can be read: {str(wrong)[:200]}") from None
    if not isinstance(found, list) or not found or len(found) > ENTRIES:
        raise BadInput("file", f"from one to {ENTRIES:,} tables [[authority]], as comity.toml has them")
    if not all(isinstance(one, Mapping) for one in found):
        raise BadInput("file", "each [[authority]] is a table")
    try:
        entries = [register.entry_of(dict(one)) for one in found]
        register.apart(entries)
    except register.BadEntry as wrong:
        raise BadInput("file", str(wrong)) from None
    return entries


def imported(by: Person | str, text: str, realm: str) -> list[Application]:
    """Put each accredited entry of a file down to be accepted: two people sign each, and until they do nothing has
    changed. `by`: a person, or the operator on the server. Raises NotAllowed, BadInput; then nothing is kept."""
    if isinstance(by, Person):
        allow(by, "register.apply", Realm(realm))
    entries = [one for one in read(text) if one["realm"] == realm and one["accredited"]]
    if not entries:
        raise BadInput("file", f"no entry of realm {realm} in it is accredited")
    with transaction.atomic():
        return [_one(entry, realm, by if isinstance(by, str) else by.by) for entry in entries]


def _one(entry: Mapping[str, Any], realm: str, by: str) -> Application:
    asked = Asked(
        name=entry["name"],
        kind=entry["kind"],
        country=entry["country"],
        domains=tuple(entry["domains"]),
        address=entry["address"],
        phone=entry["phone"],
        competent_for=tuple(entry["competent_for"]),
        languages=tuple(entry["languages"]),
    )
    others = Authority.objects.exclude(id=entry["id"]).filter(domains__overlap=list(asked.domains))
    if others.exists():
        raise BadInput("domains", f"{entry['id']}: {others[0].id} has one of them on our register")
    row, _token = commands.keep(asked, realm, rules.IMPORT, entry["id"], by)
    return row
