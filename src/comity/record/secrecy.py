"""Which entries are sealed as a whole: those of a kind that betrays by being there, and those of a case whose person
may not be told."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from comity import clock
from comity.cases.models import Case, Finding, Request
from comity.ledger.models import Event
from comity.vault import commands as vault

FLAG, DUTY = "non-disclosure", "non-disclosure"


class Held:
    """What is held back by a non-disclosure, of the cases and requests of one batch."""

    def __init__(self, events: Iterable[Event]) -> None:
        listed = list(events)
        requests = {event.request for event in listed if event.request}
        cases = {event.case for event in listed if event.case}
        found = Case.objects.filter(request__in=requests) | Case.objects.filter(id__in=cases)
        of = list(found.distinct().values_list("id", "request_id"))
        flagged = Request.objects.filter(id__in={*requests, *(request for _, request in of)}, flags__contains=[FLAG])
        self._requests: dict[str, datetime | None] = dict.fromkeys(flagged.values_list("id", flat=True))
        duties = _duties([case for case, _ in of])
        self._cases = {case: duties.get(case) for case, request in of if request in self._requests or case in duties}
        for case, request in of:
            if case in self._cases:
                self._requests[request] = self._cases[case]

    def whole(self, event: Event) -> tuple[bool, datetime | None]:
        """Whether an event is held back, and until when (UTC); None: the end is not known."""
        if event.case in self._cases:
            return True, self._cases[event.case]
        if event.request in self._requests:
            return True, self._requests[event.request]
        return False, None


def _duties(cases: list[str]) -> dict[str, datetime | None]:
    """The end of each case's non-disclosure, by its latest finding that can be read."""
    latest = Finding.objects.filter(case__in=cases).order_by("case", "-version").distinct("case")
    refs = {found.doc: found.case_id for found in latest}
    ends: dict[str, datetime | None] = {}
    for ref, case in refs.items():
        try:
            duties = (vault.get_json(ref).get("finding") or {}).get("duties") or []
        except (vault.Gone, AttributeError):
            continue
        duty: Any = next((one for one in duties if one.get("id") == DUTY), None)
        if duty is not None:
            ends[case] = _instant(duty.get("until"))
    return ends


def _instant(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


def over(until: datetime | None) -> bool:
    """Whether a non-disclosure has ended by its own date."""
    return until is not None and until <= clock.now()
