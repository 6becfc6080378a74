"""Cases as they stand in the tables, without the road that made them: one received on a day, with what came of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from comity.cases.models import Case, Deadline, Finding, Request
from comity.measures.models import Effect, Measure
from comity.notifications.models import Complaint, Notification
from comity.vault import commands as vault

TCO, EPOC_PR = "eu-tco-removal-order", "eu-eevidence-preservation"
FAR = datetime(2040, 1, 1, tzinfo=UTC)


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def case(
    day: date, country: str = "FR", instrument: str = TCO, *, realm: str = "real", duties: Any = (), **more: Any
) -> Case:
    """A judged case; `duties` are those of its finding."""
    ref = vault.put_json({"facts": {}, "finding": {"duties": list(duties)}}, FAR)
    request = Request.objects.create(
        realm=realm, door="email", received_at=at(day), bytes=1, until=FAR, raw=ref, peek=ref
    )
    made = Case.objects.create(
        realm=realm, request=request, instrument=instrument, country=country, received_at=at(day),
        join_key=request.id.encode(), **more,
    )  # fmt: skip
    found(made, ref)
    return made


def found(of: Case, ref: str = "", *, duties: Any = ()) -> Finding:
    """One more finding on a case."""
    ref = ref or vault.put_json({"facts": {}, "finding": {"duties": list(duties)}}, FAR)
    return Finding.objects.create(
        case=of, version=of.findings.count() + 1, outcome="valid", pack=of.instrument, pack_version="1", pack_sha256="",
        calendar="", tzdata="", at=of.received_at, doc=ref,
    )  # fmt: skip


def silent(until: datetime | None) -> list[dict[str, Any]]:
    """The duty of a non-disclosure, with or without an end that is known."""
    return [{"id": "non-disclosure", "until": until.isoformat() if until else None}]


def answered(of: Case, *, late: bool = False) -> None:
    due = of.received_at + timedelta(hours=1)
    met = due + timedelta(minutes=5 if late else -5)
    Deadline.objects.create(
        case=of, name="remove", started_at=of.received_at, due_target=due, due_legal=due, cite="", met_at=met
    )


def acted(of: Case, *, lifted: bool = False) -> Measure:
    made = Measure.objects.create(
        case=of, kind="withhold", act=of.id, state="lifted" if lifted else "seen", targets="", until=FAR,
        begun_at=of.received_at, acted_at=of.received_at, lifted_at=of.received_at if lifted else None,
    )  # fmt: skip
    for place in ("FR", "CH"):
        Effect.objects.create(
            measure=made,
            target=0,
            place=place,
            inside=place == "FR",
            when="acted",
            wanted="",
            seen="",
            at=of.received_at,
        )
    return made


def notified(of: Case, state: str = "sent", on: datetime | None = None) -> Notification:
    return Notification.objects.create(
        case=of, target=0, token_hash=of.id.encode(), state=state, doc="", event=1, made_at=of.received_at,
        sent_at=on or (of.received_at if state == "sent" else None),
    )  # fmt: skip


def complained(of: Case) -> Complaint:
    return Complaint.objects.create(notification=notified(of), doc="", at=of.received_at)
