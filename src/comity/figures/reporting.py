"""The only writers of what platforms report, and of made counts. Each is one transaction, with its event where somebody
outside caused it."""

import secrets
from base64 import b32encode
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db import transaction

from comity import clock
from comity.ledger.commands import record
from comity.people.refusals import BadInput
from comity.vault import commands as vault

from . import reports
from .models import Made, Reported, Source
from .reports import Counts

OPERATOR = "operator"


@transaction.atomic
def token(platform: str, realm: str = "real") -> str:
    """Make the token by which a platform reports; the one before no longer works. It is told once. Raises BadInput."""
    name, made = reports.platform_of(platform), b32encode(secrets.token_bytes(20)).decode().lower()
    Source.objects.filter(platform=name, realm=realm, ended_at=None).update(ended_at=clock.now())
    Source.objects.create(platform=name, realm=realm, token_hash=_hash(made), made_at=clock.now())
    record("figures.source", realm=realm, by=OPERATOR, public={"platform": name})
    return made


def _hash(made: str) -> bytes:
    return vault.keyed_hash(f"figures:{made}")


def source(platform: str, made: str) -> Source | None:
    """Whose token this is, if it still works and is that platform's."""
    known = 20 <= len(made) <= 64 and made.isascii()
    found = Source.objects.filter(token_hash=_hash(made), ended_at=None).first() if known else None
    return found if found is not None and found.platform == platform else None


@transaction.atomic
def report(realm: str, platform: str, day: date, counts: Counts, by: str) -> dict[str, int]:
    """Store what a platform says of a day; what it said before of the same names is replaced. The same again changes
    nothing. Tells how many were new, changed and in doubt. Raises BadInput where the day as a whole can't be true."""
    before = {
        (one.name, one.country): one.n for one in Reported.objects.filter(realm=realm, platform=platform, day=day)
    }
    reports.verified(before | counts)
    fresh = {key: n for key, n in counts.items() if before.get(key) != n}
    active = _active_before(realm, platform, day)
    rows = [
        Reported(
            realm=realm, platform=platform, day=day, name=name, country=country, n=n, at=clock.now(),
            doubt=reports.doubt(name, n, active.get(country)),
        )
        for (name, country), n in fresh.items()
    ]  # fmt: skip
    Reported.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["realm", "day", "platform", "name", "country"],
        update_fields=["n", "doubt", "at"],
    )
    told = {
        "new": len(fresh.keys() - before.keys()),
        "changed": len(fresh.keys() & before.keys()),
        "doubted": sum(1 for row in rows if row.doubt),
    }
    told["doubted"] += _doubted_after(realm, platform, day)
    if fresh:
        record("figures.reported", realm=realm, by=by, public={"platform": platform, "day": day.isoformat(), **told})
    return told


def _doubted_after(realm: str, platform: str, day: date) -> int:
    """Judge the users of the day after anew: the active ones of a day may be told, or corrected, later. How many are
    in doubt that weren't."""
    active = _active_before(realm, platform, day + timedelta(days=1))
    after = Reported.objects.filter(realm=realm, platform=platform, day=day + timedelta(days=1), name="users")
    rows = [row for row in after if row.doubt != reports.doubt("users", row.n, active.get(row.country))]
    for row in rows:
        row.doubt = reports.doubt("users", row.n, active.get(row.country))
    Reported.objects.bulk_update(rows, ["doubt"])
    return sum(1 for row in rows if row.doubt)


def _active_before(realm: str, platform: str, day: date) -> Mapping[str, int]:
    rows = Reported.objects.filter(realm=realm, platform=platform, day=day - timedelta(days=1), name="active")
    return dict(rows.values_list("country", "n"))


@transaction.atomic
def report_all(realm: str, found: Mapping[tuple[str, date], Counts]) -> dict[str, int]:
    """Store a whole file, in the order of its days, or nothing of it."""
    told = {"days": 0, "new": 0, "changed": 0, "doubted": 0}
    for platform, day in sorted(found, key=lambda one: (one[1], one[0])):
        made = report(realm, platform, day, found[platform, day], OPERATOR)
        told = {"days": told["days"] + 1, **{key: told[key] + made[key] for key in made}}
    return told


def typed(text: str, today: date) -> dict[tuple[str, date], Counts]:
    """What a CSV file says (`platform,day,name,n[,country]`), each line judged. Raises BadInput naming the line."""
    import csv

    lines = csv.DictReader(text.splitlines())
    wanted = {"platform", "day", "name", "n"}
    names = lines.fieldnames or ()
    if not wanted <= set(names) <= wanted | {"country"} or len(names) != len(set(names)):
        raise BadInput("line 1", "the columns are platform,day,name,n and, if wanted, country, each once")
    found: dict[tuple[str, date], Counts] = {}
    try:
        for row in lines:
            _add(found, row, today)
    except BadInput as wrong:
        raise BadInput(f"line {lines.line_num}, {wrong.field}", wrong.rule) from None
    except csv.Error as wrong:
        raise BadInput(f"line {lines.line_num}", f"it is no CSV: {wrong}") from None
    for (platform, day), counts in found.items():
        try:
            reports.verified(counts)
        except BadInput as wrong:
            raise BadInput(f"{platform} {day}, {wrong.field}", wrong.rule) from None
    if not found:
        raise BadInput("line 2", "no count is in the file")
    return found


def _add(found: dict[tuple[str, date], Counts], row: Mapping[str, str | None], today: date) -> None:
    if None in row or None in row.values():
        raise BadInput("columns", "as many values as columns are asked for")
    said = {key: (value or "").strip() for key, value in row.items()}
    key = reports.platform_of(said["platform"]), reports.day_of(said["day"], today)
    name, country = reports.name_of(said["name"]), reports.country_of(said.get("country", ""))
    digits = said["n"].removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
        raise BadInput("n", f"a whole number is asked for, not {said['n'][:20]!r}")
    counts = found.setdefault(key, {})
    if (name, country) in counts:
        raise BadInput("name", f"{name} stands in the file twice for this platform and day")
    counts[name, country] = reports.number_of(int(said["n"]), name)


# -- made -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def keep_made(seed: int, rows: Iterable[tuple[date, str, str, str, int]], world: str = "year") -> int:
    """Put a made world in the place of the one before: (day, name, country, instrument, n). Of realm demo alone."""
    Made.objects.filter(world=world).delete()
    made = [
        Made(world=world, seed=seed, day=day, name=name, country=country, instrument=instrument, n=n)
        for day, name, country, instrument, n in rows
    ]
    return len(Made.objects.bulk_create(made, batch_size=5000))
