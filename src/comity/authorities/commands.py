"""The register's only writer, and the one question asked of it: who sent this, and how strongly is that known?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction

from comity import clock
from comity.authorities import evidence, rules
from comity.authorities.models import Authority, Check

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
    counts for nothing, nor what was found of it elsewhere. What people accepted on the register's pages stays as they
    left it, whatever a file says of it, and one that they suspended stays suspended. Raises BadEntry, and then changes
    nothing.
    """
    checked = [entry_of(table) for table in tables]
    ids = [entry["id"] for entry in checked]
    twice = next((i for i in ids if ids.count(i) > 1), None)
    if twice:
        raise BadEntry(twice, "id", "each id may stand only once")
    on_pages = {row.id: row for row in Authority.objects.filter(source=PAGE)}
    listed = [entry for entry in checked if entry["id"] not in on_pages]
    apart([*map(as_entry, on_pages.values()), *listed])
    with transaction.atomic():
        suspended = set(Authority.objects.exclude(suspended_at=None).values_list("id", flat=True))
        for entry in listed:
            of_it = {k: entry[k] for k in FIELDS} | ({"accredited": False} if entry["id"] in suspended else {})
            Authority.objects.update_or_create(id=entry["id"], defaults=of_it)
        Authority.objects.exclude(id__in=ids).exclude(source=PAGE).update(accredited=False, domains=[])
        left = Check.objects.filter(ended_at=None).exclude(authority__in=ids).exclude(authority__source=PAGE)
        left.update(ended_at=clock.now())
    return ids


FILE, PAGE = "file", "page"


def as_entry(row: Authority) -> dict[str, Any]:
    """A row as comity.toml would list it: what `entry_of` takes."""
    found = {"id": row.id, **{key: getattr(row, key) for key in FIELDS}}
    found["accredited"] = row.accredited or row.suspended_at is not None
    return {key: value for key, value in found.items() if value not in ("", None, [])} | {"domains": list(row.domains)}


def admit(table: Mapping[str, Any], until: datetime | None) -> Authority:
    """Accredit an authority as people accepted it, or change one as they accepted that: from now on the pages keep it,
    and no file. Raises BadEntry, also for a domain of another."""
    entry = entry_of({**table, "accredited": True})
    before = Authority.objects.select_for_update().filter(id=entry["id"]).first()
    others = Authority.objects.exclude(id=entry["id"]).filter(domains__overlap=entry["domains"])
    apart([*map(as_entry, others), entry])
    now = clock.now()
    of_it = {key: entry[key] for key in FIELDS} | {"source": PAGE, "until": until, "checked_at": now}
    of_it["accredited_at"] = entry["accredited_at"] or now
    if before is not None and before.suspended_at is not None:
        of_it["accredited"] = False
    row, _ = Authority.objects.update_or_create(id=entry["id"], defaults=of_it)
    return row


def suspend(id: str) -> Authority:
    """From now on an authority counts for nothing, wherever it is asked after: neither its domain nor its officers."""
    row = Authority.objects.select_for_update().get(id=id)
    row.accredited, row.suspended_at = False, clock.now()
    row.save(update_fields=["accredited", "suspended_at"])
    return row


def reinstate(id: str) -> Authority:
    """A suspended authority counts again."""
    row = Authority.objects.select_for_update().get(id=id)
    row.accredited, row.suspended_at = True, None
    row.save(update_fields=["accredited", "suspended_at"])
    return row


def lapse(id: str) -> Authority:
    """An authority's term is over: it stays, so that cases can name it, and is no longer accredited."""
    row = Authority.objects.select_for_update().get(id=id)
    row.accredited = False
    row.save(update_fields=["accredited"])
    return row


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


def register(instrument: str = "") -> list[rules.Registered]:
    """Everyone on the register, of every realm, as the rules take them, with what was found of them elsewhere for an
    instrument (the id of its pack)."""
    found = {row.authority_id: row for row in Check.objects.filter(instrument=instrument, ended_at=None).order_by("id")}
    return [_registered(row, found.get(row.id)) for row in Authority.objects.all()]


def _registered(row: Authority, check: Check | None) -> rules.Registered:
    """Who was found there is known, whatever it may issue; who was not is not, whatever our register says."""
    known = check.found != rules.ABSENT if check else row.accredited
    says = checked(row, check) if check else ""
    return rules.Registered(row.id, row.name, row.country, tuple(row.domains), known, row.realm, says)


def checked(row: Authority, check: Check) -> str:
    """What was found of an authority in the register that its law names, in a sentence."""
    return f"{row.name} was looked up in {check.register} on {check.looked_on:%d %b %Y}: {SAYS[check.found]}."


SAYS = {
    rules.DESIGNATED: "it stands there, for such orders",
    rules.OTHER: "it stands there, and not for such orders",
    rules.ABSENT: "it doesn’t stand there",
}


def last_check(authority: str, instrument: str) -> Check | None:
    """What was found of an authority last, for an instrument; None where nobody has looked it up."""
    return Check.objects.filter(authority=authority, instrument=instrument, ended_at=None).order_by("-id").first()


def standing(row: Authority, instrument: str) -> tuple[bool, tuple[str, ...]]:
    """Whether an authority is accredited for an instrument, and for which it is competent: as our register says, or as
    a person found it since."""
    check, competent = last_check(row.id, instrument), set(row.competent_for)
    if check is None:
        return row.accredited, tuple(row.competent_for)
    designated, of_it = check.found == rules.DESIGNATED, {instrument} - {""}
    return designated, tuple(sorted(competent | of_it if designated else competent - of_it))


class BadCheck(ValueError):
    """A check that is not accepted; `field` and `rule` say why."""

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(f"{field}: {rule}")
        self.field, self.rule = field, rule


LOOKED_AGO = timedelta(days=366)  # what was found longer ago is looked up again


def record_check(authority: str, instrument: str, register: str, looked_on: date, found: str, by: str) -> Check:
    """Record what a person found of an authority in the register that its law names. Raises BadCheck."""
    row, today = entry(authority), clock.now().date()
    if row is None or not (row.address and row.phone):
        rule = "choose one that is on our register, with the address and the number that it has there"
        raise BadCheck("authority", rule)
    if not register.strip() or len(register) > CHECK_AT_MOST:
        raise BadCheck("register", f"name the register, and where in it: at most {CHECK_AT_MOST} characters")
    if not today - LOOKED_AGO < looked_on <= today:
        raise BadCheck("looked_on", "a day within the last year, and not after today")
    if found not in rules.FOUND:
        raise BadCheck("found", f"one of {', '.join(rules.FOUND)}")
    told = {"register": " ".join(register.split()), "looked_on": looked_on, "found": found}
    return Check.objects.create(authority=row, instrument=instrument, by=by, at=clock.now(), **told)


CHECK_AT_MOST = 200


def listed() -> frozenset[str]:
    """The domains that accredited authorities sign for."""
    rows = Authority.objects.filter(accredited=True).values_list("domains", flat=True)
    return frozenset(domain for domains in rows for domain in domains)


def grade(
    reading: Mapping[str, Any], callbacks: Sequence[Mapping[str, Any]], realm: str, *, others: bool = False
) -> rules.Verification:
    """The verification of a reading's sender, among the authorities of the request's own realm, for the instrument
    that it names first.

    `others`: what is asked for is in words that the mail quotes or forwards, so its signature doesn't vouch for it.
    """
    known = register(instrument_of(reading))
    ours, elsewhere = [a for a in known if a.realm == realm], [a for a in known if a.realm != realm]
    calls = [
        rules.CallBack(str(c["authority"]), c["confirmed"] is True, str(c.get("how") or "phone")) for c in callbacks
    ]
    return rules.grade(evidence.of(reading, others=others), ours, calls, elsewhere)


def instrument_of(reading: Mapping[str, Any]) -> str:
    """The instrument that a reading names first, the id of its pack: of an order, else of a demand; empty for none."""
    said = (reading.get("orders") or [reading.get("demand") or {}])[0]
    return str(said.get("instrument") or said.get("facts", {}).get("instrument") or "")


def of_realm(realm: str) -> list[Authority]:
    """The register's entries of a realm, for a person to choose from."""
    return list(Authority.objects.filter(realm=realm))
