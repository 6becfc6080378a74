"""All of tests/data/found by the SMTP door, one after the other, and what came of each as one table, row by row."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from doors.test_email import Door, send
from road import Road, open_road

from comity import prepare
from comity.cases import document
from comity.cases.models import Case, Request
from comity.outbox.models import Mail

from .test_found import FOUND, raw_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.soak]

TABLE = FOUND / "INDEX.md"
HEAD = ("file", "kind", "sender", "flags", "stands", "read", "answered")


@pytest.fixture
def office(tmp_path: Path, settings: Any) -> Iterator[Road]:
    """A road with a data directory of its own, the office's keys for the name server's answers, and its entry."""
    settings.COMITY = replace(settings.COMITY, data=tmp_path / "data")
    settings.COMITY.data.mkdir()
    (settings.COMITY.data / "resolver.json").write_text((FOUND / "resolver.json").read_text())
    with open_road() as opened:
        (entry,) = tomllib.loads((FOUND / "comity.toml").read_text())["authority"]
        django_settings.COMITY = replace(django_settings.COMITY, authorities=(entry,))
        prepare.sync()
        yield opened


@pytest.fixture
def door(office: Road) -> Iterator[Door]:
    opened = Door()
    yield opened
    opened.stop()


def row_of(name: str, request: Request) -> tuple[str, ...]:
    """What came of one mail, in the columns of the table."""
    kept = document.of(request)
    reading = kept["reading"] or {}
    cases = list(Case.objects.filter(joined__request=request).order_by("id"))
    how = "" if not cases else f" ({request.joined.get().how})"
    stands = ", ".join(f"case: {case.state}{how}" for case in cases) or (
        f"lane: {request.lane}" if request.lane else ""
    )
    orders = reading.get("orders") or []
    read = "; ".join(_read(order["facts"]) for order in orders) or "no order"
    sent = sorted(set(Mail.objects.filter(request=request.id).values_list("kind", flat=True)))
    flags = ", ".join(request.flags)
    return (name, request.kind, request.grade, flags, stands or "nothing open", read, ", ".join(sent))


def _read(facts: Any) -> str:
    form = facts.get("form") or {}
    urls = form.get("urls")
    named = "addresses unread" if urls is None else f"{len(urls)} address{'' if len(urls) == 1 else 'es'}"
    return ", ".join(filter(None, (form.get("reference"), named)))


def written() -> list[tuple[str, ...]]:
    """The table of the index, without what is right of each."""
    lines = [line for line in TABLE.read_text().splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in line[1:].split("|")[: len(HEAD)]) for line in lines[2:]]


def lined(rows: list[tuple[str, ...]]) -> list[str]:
    """The table as Markdown."""
    head = [f"| {' | '.join(HEAD)} |", f"|{'---|' * len(HEAD)}"]
    return [*head, *(f"| {' | '.join(row)} |" for row in rows)]


def test_what_came_of_each(office: Road, door: Door) -> None:
    rows, seen = [], set[str]()
    for path in sorted(FOUND.glob("*.eml")):
        send(door, raw_of(path.stem))
        office.drive()
        (request,) = Request.objects.exclude(id__in=seen)
        seen.add(request.id)
        rows.append(row_of(path.stem, request))
    print("\n".join(["", *lined(rows)]))
    assert written() == rows
