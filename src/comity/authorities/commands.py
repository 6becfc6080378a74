"""The register's only writer, and the one question asked of it: who sent this, and how strongly is that known?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from comity.authorities import rules
from comity.authorities.models import Authority

KINDS = (
    "court",
    "judge",
    "prosecutor",
    "police",
    "regulator",
    "ministry",
    "service",
    "ngo",
    "flagger",
    "person",
    "unknown",
)
REALMS = ("real", "drill", "demo")
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
ADDRESS = re.compile(r"[^\s@<>,;\"]{1,64}@(?:[a-z0-9-]+\.)+[a-z0-9-]{2,63}", re.IGNORECASE)
INSTANTS = ("accredited_at", "checked_at", "prior_information_at")
LISTS = ("domains", "competent_for", "languages")
FIELDS = ("name", "kind", "country", "realm", "address", "phone", "accredited", *LISTS, *INSTANTS)


class BadEntry(ValueError):
    """An entry of the register that is not accepted; the text names the entry, the field and the rule."""

    def __init__(self, entry: str, field: str, rule: str) -> None:
        super().__init__(f"authority {entry}: {field}: {rule}")
        self.entry, self.field, self.rule = entry, field, rule


def sync(tables: Iterable[Mapping[str, Any]]) -> list[str]:
    """Make the register what the tables say (comity.toml's `[[authority]]` and the demo's); returns the ids.

    One that is no longer listed stays, so that old cases can name it, but is no longer accredited and its signature
    counts for nothing. Raises BadEntry, and then changes nothing.
    """
    checked = [entry_of(table) for table in tables]
    ids = [entry["id"] for entry in checked]
    twice = next((i for i in ids if ids.count(i) > 1), None)
    if twice:
        raise BadEntry(twice, "id", "each id may stand only once")
    apart(checked)
    with transaction.atomic():
        for entry in checked:
            Authority.objects.update_or_create(id=entry["id"], defaults={k: entry[k] for k in FIELDS})
        Authority.objects.exclude(id__in=ids).update(accredited=False, domains=[])
    return ids


def apart(entries: Sequence[Mapping[str, Any]]) -> None:
    """Check that each domain belongs to one authority: otherwise a signature would not say whose it is. Raises
    BadEntry."""
    held: dict[str, str] = {}
    for entry in entries:
        for domain in entry["domains"]:
            if held.setdefault(domain, entry["id"]) != entry["id"]:
                raise BadEntry(entry["id"], "domains", f"{domain} is already listed for {held[domain]}")


def entry_of(table: Mapping[str, Any]) -> dict[str, Any]:
    """One checked entry with every field filled. Raises BadEntry."""
    name = str(table.get("id", "?"))[:60]
    unknown = sorted(set(table) - {"id", *FIELDS})
    if unknown:
        raise BadEntry(name, unknown[0], f"unknown field; known are id, {', '.join(FIELDS)}")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", name):
        raise BadEntry(name, "id", "small letters, digits and hyphens, at most 60")
    entry: dict[str, Any] = {"id": name, "realm": "real", "address": "", "phone": "", "accredited": False, **table}
    for key in LISTS:
        entry[key] = texts(name, key, table.get(key, []))
    for key in INSTANTS:
        entry[key] = instant(name, key, table.get(key))
    check(entry)
    return entry


def check(entry: dict[str, Any]) -> None:
    """Raises BadEntry naming the field and the rule."""
    name = entry["id"]
    if not isinstance(entry.get("name"), str) or not entry["name"].strip():
        raise BadEntry(name, "name", "is missing")
    if entry.get("kind") not in KINDS:
        raise BadEntry(name, "kind", f"one of {', '.join(KINDS)}")
    if not re.fullmatch(r"[A-Z]{2}", str(entry.get("country", ""))):
        raise BadEntry(name, "country", "two capital letters (ISO 3166-1)")
    if entry["realm"] not in REALMS:
        raise BadEntry(name, "realm", f"one of {', '.join(REALMS)}")
    if not isinstance(entry["accredited"], bool):
        raise BadEntry(name, "accredited", "true or false")
    if entry["address"] and not ADDRESS.fullmatch(str(entry["address"])):
        raise BadEntry(name, "address", "an e-mail address")
    if entry["accredited"] and not (entry["address"] and entry["phone"]):
        raise BadEntry(name, "accredited", "needs the address that answers go to and the number for call-backs")
    entry["domains"] = [domain.lower().rstrip(".") for domain in entry["domains"]]
    for domain in entry["domains"]:
        if not HOST.fullmatch(domain):
            raise BadEntry(name, "domains", f"{domain[:80]} is not a host name (international ones as xn--)")


def texts(entry: str, key: str, value: Any) -> list[str]:
    """A list of strings. Raises BadEntry."""
    if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
        raise BadEntry(entry, key, "a list of texts")
    return list(value)


def instant(entry: str, key: str, value: Any) -> datetime | None:
    """An instant in UTC; None if absent. Raises BadEntry, also for one without a time zone."""
    if value is None or value == "":
        return None
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        raise BadEntry(entry, key, "an instant such as 2026-03-02T22:15:30Z") from None
    if at.tzinfo is None:
        raise BadEntry(entry, key, "needs a time zone, such as Z at its end")
    return at.astimezone(UTC)


def entry(authority: str) -> Authority | None:
    """The register's entry with this id; None if there is none."""
    return Authority.objects.filter(id=authority).first()


def register() -> list[rules.Registered]:
    """Everyone on the register, of every realm, as the rules take them."""
    return [
        rules.Registered(row.id, row.name, row.country, tuple(row.domains), row.accredited, row.realm)
        for row in Authority.objects.all()
    ]


def listed() -> frozenset[str]:
    """The domains that accredited authorities sign for."""
    rows = Authority.objects.filter(accredited=True).values_list("domains", flat=True)
    return frozenset(domain for domains in rows for domain in domains)


def grade(
    reading: Mapping[str, Any], callbacks: Sequence[Mapping[str, Any]], realm: str, *, others: bool = False
) -> rules.Verification:
    """The verification of a reading's sender, among the authorities of the request's own realm.

    `others`: what is asked for is in words that the mail quotes or forwards, so its signature doesn't vouch for it.
    """
    known = register()
    ours, elsewhere = [a for a in known if a.realm == realm], [a for a in known if a.realm != realm]
    calls = [rules.CallBack(str(c["authority"]), c["confirmed"] is True) for c in callbacks]
    return rules.grade(evidence(reading, others=others), ours, calls, elsewhere)


def evidence(reading: Mapping[str, Any], *, others: bool = False) -> rules.Evidence:
    """What a reading shows of its sender."""
    envelope = reading["envelope"]
    sender = envelope.get("from") or {}
    order = (reading.get("orders") or [{}])[0].get("facts", {})
    said = order.get("authority", {})
    return rules.Evidence(
        sender=str(sender.get("address") or ""),
        signatures=tuple(
            rules.Signed(str(s["domain"]), s["valid"] is True, str(s.get("why") or ""), tuple(s.get("covers") or ()))
            for s in reading.get("signatures") or []
        ),
        reply_to=tuple(str(a["address"]) for a in envelope.get("reply_to") or []),
        display_name=str(sender.get("name") or ""),
        several_senders="several-senders" in (reading.get("flags") or []),
        claims=str(said.get("name") or ""),
        state=str(said.get("country") or ""),
        others=others,
    )


def of_realm(realm: str) -> list[Authority]:
    """The register's entries of a realm, for a person to choose from."""
    return list(Authority.objects.filter(realm=realm))
