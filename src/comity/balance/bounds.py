"""The only writers of bounds and crossings: each act is one transaction with its event.

A bound is set by the council's quorum, and watched over the past year and every night from then on. A crossing stands
until the council has answered it with a reason, and closes by itself once it has been quiet for long enough.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction

from comity import clock
from comity.alerts import commands as alerts
from comity.countries import rules as countries
from comity.decisions import commands as decisions
from comity.decisions.subject import Back, Kind, Said, Subject
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.people.approvals import ApprovedAct
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Quorum, Realm

from . import indicators, measured, rules
from .exact import crossed
from .models import Bound, Crossing

SET, ANSWER = "bound-set", "bound-answer"
GATEWAY = "gateway"
WATCHED = 365  # days
SHOWN = 3  # causes


def locked(id: str) -> Bound:
    """A bound's row, locked until the transaction ends."""
    return Bound.objects.select_for_update().get(id=id)


def _tell(found: Bound, kind: str, by: str, *, public: Mapping[str, Any], **sealed: Any) -> None:
    told = {"indicator": found.indicator, **public}
    record(kind, realm=found.realm, by=by, case=found.id, public=told, sealed=sealed)


def reason_of(text: str, field: str = "reason") -> str:
    """A reason in a few sentences; it is published. Raises BadInput."""
    words = " ".join(str(text).split())
    if not words:
        raise BadInput(field, "say why, in a sentence; it is published")
    if len(words) > rules.REASON_AT_MOST:
        raise BadInput(field, f"at most {rules.REASON_AT_MOST} characters")
    return words


# -- set --------------------------------------------------------------------------------------------------------------


def draft(person: Person, realm: str, indicator: str, country: str, percent: str, reason: str) -> Bound:
    """Put a bound to the council: so many per cent may count against an indicator. Raises NotAllowed, BadInput."""
    allow(person, "bound.propose", Realm(realm))
    known = {one.id for one in indicators.bounded()}
    if indicator not in known:
        raise BadInput("indicator", f"one of {', '.join(sorted(known))}")
    if country and country not in countries.codes(realm):
        raise BadInput("country", "two letters of a country, or empty for all")
    with transaction.atomic():
        made = Bound.objects.create(
            realm=realm,
            indicator=indicator,
            country=country,
            budget=budget_of(percent),
            reason=reason_of(reason),
            by=person.by,
            made_at=clock.now(),
        )
        decisions.propose(BOUND, made.id, SET, by=person)
    made.refresh_from_db()
    return made


def budget_of(percent: str) -> int:
    """Ten-thousandths, from what was typed in per cent. Raises BadInput."""
    text = percent.strip().replace(",", ".")
    whole, _, part = text.partition(".")
    if not (text.isascii() and whole.isdigit() and len(whole) <= 2 and len(part) <= 2 and (part.isdigit() or not part)):
        raise BadInput("budget", "per cent with at most two decimals, such as 2 or 0.5")
    found = int(whole) * 100 + int(part.ljust(2, "0") or 0)
    if not 0 < found < 5_000:
        raise BadInput("budget", "more than 0 and less than 50 per cent")
    return found


def _made(found: Bound, kind: str, said: Said) -> tuple[dict[str, Any], Quorum]:
    act = {
        "kind": kind,
        "what": ["set a bound of the balance"],
        "indicator": found.indicator,
        "country": found.country,
        "budget_of_10000": found.budget,
        "reason": found.reason,
    }
    return act, rules.quorum("bound")


def _proposed(found: Bound, act: Mapping[str, Any], hash: str, by: str) -> None:
    if act["kind"] == SET:
        _tell(found, "bound.proposed", by, public={"country": found.country, "budget": found.budget}, act=hash)


def _set(found: Bound, signed: ApprovedAct, person: Person) -> None:
    older = Bound.objects.select_for_update().filter(
        realm=found.realm, indicator=found.indicator, country=found.country, state="standing"
    )
    for one in older.exclude(id=found.id):
        decisions.void(BOUND, one, "end")
        _close(one, GATEWAY)
        _tell(one, "bound.ended", GATEWAY, public={})
    found.set_at = clock.now()
    found.save()
    _tell(found, "bound.set", person.by, public={"country": found.country, "budget": found.budget}, act=signed.hash)


def _returned(found: Bound, hash: str, back: Back, reason: str, person: Person) -> None:
    _tell(found, "bound.returned", person.by, public={}, act=hash)


def sign(person: Person, id: str, hash: str, response: Mapping[str, Any] | None) -> bool:
    """One signature of the council; true with the last, and then the bound is watched at once.

    Raises ApprovalRefused, NotNow, BadInput.
    """
    done = decisions.sign(BOUND, id, person, hash, response)
    if done:
        watch(id, clock.now())
    return done


def send_back(person: Person, id: str, reason: str) -> Bound:
    """Send a bound that was put back; signatures given become void. Raises NotAllowed, NotNow, BadInput."""
    return decisions.send_back(BOUND, id, person, reason_of(reason))


# -- watched ----------------------------------------------------------------------------------------------------------


def keep_time(now: datetime) -> None:
    """Look at each bound once for each day that is over (`now`: UTC)."""
    yesterday = now.astimezone(UTC).date() - timedelta(days=1)
    due = Bound.objects.filter(state="standing").exclude(watched_to=yesterday)  # a later day: the clock stepped back
    for id in list(due.order_by("id").values_list("id", flat=True)):
        watch(id, now)


@transaction.atomic
def watch(id: str, now: datetime) -> Crossing | None:
    """Look whether a bound is crossed; one crossing at a time. Idempotent for the same counts."""
    found, until = locked(id), now.astimezone(UTC).date() - timedelta(days=1)
    if found.state != "standing":
        return None
    found.watched_to = until
    found.save(update_fields=["watched_to"])
    before = found.crossings.order_by("-id").first()
    if before is not None and before.state == "open":
        return before
    one, since = indicators.all_of()[found.indicator], _since(before, until)
    if since > until:
        return before
    days = measured.against(one, found.realm, found.country, since, until)
    passed = crossed(days, found.budget / 10_000)
    if passed is None:
        return _quiet(found, before, now)
    first, last = since + timedelta(days=passed.since), since + timedelta(days=passed.at)
    return _cross(found, before, _given(found, first, last, until, days[passed.since :]), now)


@transaction.atomic
def alert(event: Event) -> None:
    """A crossing is open: on every page of the desk, if it still is. Whoever was quicker than this has settled it."""
    found = locked(str(event.case))
    if found.crossings.filter(state="open").exists():
        alerts.raise_alert(event, thing=found.id, proven=True)


def _since(before: Crossing | None, until: date) -> date:
    """From which day on: what was answered, or closed, is not told twice."""
    year = until - timedelta(days=WATCHED - 1)
    if before is None:
        return year
    over = before.closed_at or before.answered_at or before.found_at
    return max(year, over.astimezone(UTC).date() + timedelta(days=1))


def _given(found: Bound, since: date, at: date, until: date, days: Sequence[tuple[int, int]]) -> dict[str, Any]:
    return {
        "since": since,
        "at": at,
        "bad": sum(bad for bad, _ in days),
        "of": sum(of for _, of in days),
        "causes": causes(found, since, until),
    }


def _cross(found: Bound, before: Crossing | None, given: dict[str, Any], now: datetime) -> Crossing:
    given["found_at"] = now
    if before is not None and before.state == "answered":
        for name, value in given.items():
            setattr(before, name, value)
        before.state = rules.OF_CROSSING.after(before.state, "again")
        before.save()
        crossing = before
    else:
        crossing = Crossing.objects.create(bound=found, **given)
    told = {"country": found.country, "since": given["since"].isoformat()}
    _tell(found, "bound.crossed", GATEWAY, public=told, crossing=crossing.pk)
    return crossing


def causes(found: Bound, since: date, until: date) -> list[dict[str, Any]]:
    """The largest excesses over the budget, by version, country and instrument: likely causes, and no more."""
    one = indicators.all_of()[found.indicator]
    bad: Counter[tuple[str, str, str]] = Counter()
    of: Counter[tuple[str, str, str]] = Counter()
    for cell in measured.cells(one, found.realm, found.country, since, until):
        key = (cell.version, cell.country, cell.instrument)
        bad[key] += cell.bad
        of[key] += cell.of
    excess = {key: bad[key] - of[key] * found.budget / 10_000 for key in of}
    largest = sorted((key for key in excess if excess[key] > 0), key=lambda key: (-excess[key], key))
    return [
        {
            "version": key[0],
            "country": key[1],
            "instrument": key[2],
            "bad": bad[key],
            "of": of[key],
            "excess": round(excess[key], 1),
        }
        for key in largest[:SHOWN]
    ]


def _quiet(found: Bound, before: Crossing | None, now: datetime) -> Crossing | None:
    long = timedelta(days=rules.data()["quiet_days"])
    if before is not None and before.state == "answered" and before.answered_at and before.answered_at + long <= now:
        _shut(found, before, GATEWAY)
    return before


def _close(found: Bound, by: str) -> None:
    for crossing in found.crossings.exclude(state="closed"):
        if crossing.state == "open":
            crossing.state, crossing.answered_at = rules.OF_CROSSING.after("open", "answer"), clock.now()
            crossing.answer = "The council has set another bound in the place of this one."
        _shut(found, crossing, by)


def _shut(found: Bound, crossing: Crossing, by: str) -> None:
    crossing.state = rules.OF_CROSSING.after(crossing.state, "close")
    crossing.closed_at = clock.now()
    crossing.save()
    alerts.settle(found.realm, "bound.crossed", found.id)
    _tell(found, "bound.closed", by, public={}, crossing=crossing.pk)


# -- answered ---------------------------------------------------------------------------------------------------------


def propose_answer(person: Person, id: str, reason: str) -> str:
    """Put the council's answer to an open crossing to its members; returns the act's hash.

    Raises NotAllowed, NotNow, BadInput.
    """
    return decisions.propose(BOUND, id, ANSWER, {"reason": reason}, by=person)


def _answer_made(found: Bound, kind: str, said: Said) -> tuple[dict[str, Any], Quorum]:
    crossing = found.crossings.filter(state="open").first()
    if crossing is None:
        raise BadInput("crossing", "nothing is open that an answer could be given to")
    act = {
        "kind": kind,
        "what": ["answer a crossing of a bound"],
        "crossing": crossing.pk,
        "since": crossing.since.isoformat(),
        "reason": reason_of(said.get("reason", "")),
    }
    return act, rules.quorum("answer")


def _answered(found: Bound, signed: ApprovedAct, person: Person) -> None:
    crossing = Crossing.objects.select_for_update().get(pk=signed.act["crossing"], bound=found)
    crossing.act = signed.hash
    give_answer(crossing, signed.act["reason"], person.by)


def give_answer(crossing: Crossing, reason: str, by: str, proposal: str = "") -> None:
    """What the council has signed, or carried, answers an open crossing; the caller holds its transaction."""
    if crossing.state != "open":
        return
    crossing.state = rules.OF_CROSSING.after(crossing.state, "answer")
    crossing.answer, crossing.answered_at, crossing.proposal = reason, clock.now(), proposal
    crossing.save()
    alerts.settle(crossing.bound.realm, "bound.crossed", crossing.bound_id)
    _tell(crossing.bound, "bound.answered", by, public={}, crossing=crossing.pk, act=crossing.act)


def standing(realm: str, country: str | None = None) -> Iterable[Bound]:
    """The bounds that stand in a realm; `country`: of that alone."""
    found = Bound.objects.filter(realm=realm, state="standing").order_by("indicator", "country")
    return found if country is None else found.filter(country=country)


BOUND: Subject[Bound] = Subject(
    life=rules.OF_BOUND,
    lock=locked,
    number=lambda found: found.id,
    kinds={
        SET: Kind(_made, put="propose", sign="sign", met="set", may_put="bound.propose", follows=_set),
        ANSWER: Kind(_answer_made, beside=True, may_put="bound.answer", may_sign="bound.answer", follows=_answered),
    },
    proposed=_proposed,
    back=lambda found, how: Back("bound.answer", "return"),
    returned=_returned,
)
