"""What events add to their sentences: codes in words, and the code itself where nobody knows it."""

import pytest

from comity.ledger.events import KINDS

FACT = {"fact": lambda code: code.upper()}


@pytest.mark.parametrize(
    ("kind", "public", "said"),
    [
        ("request.received", {"door": "email", "bytes": 2_000_000}, ", by email, 2 MB"),
        ("request.waiting", {"why": "no-order"}, ": nothing was recognised in it"),
        ("facts.corrected", {"field": "form.urls"}, ": FORM.URLS"),
        ("case.opened", {"instrument": "x", "country": "BE"}, ": x, from BE"),
        ("measure.begun", {"kind": "withhold", "territory": ["EU"], "targets": 1}, ": withhold in the EU, 1 target"),
        ("case.answered", {"met": True}, ", in time"),
        ("approval.given", {"number": 1, "of": 2, "jurisdiction": "BE"}, ": number 1 of 2, from BE"),
        ("regulation.adopted", {"version": "2", "from": "2026-11-24"}, ": version 2, in force from 24 November 2026"),
        ("reading.failed", {"reason": "too-large"}, ": reason too-large"),
        ("person.admitted", {"roles": ["decider"], "jurisdiction": "BE"}, ": decider"),
        ("clock.half", {"deadline": "remove"}, ""),
    ],
)
def test_it_works(kind: str, public: dict[str, object], said: str) -> None:
    assert KINDS[kind].say(public, FACT) == said


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_of_an_older_version_that_lacks_a_key_is_said_all_the_same(kind: str) -> None:
    assert isinstance(KINDS[kind].say({}, {}), str)
