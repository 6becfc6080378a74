"""`comity demo country` on the real processes: settled, and then left."""

import urllib.request

import pytest

KEYS = ["agreement", "orders", "proposal", "backtest", "rerouted", "dispute", "dry_run", "ending", "ledger", "links"]


@pytest.mark.slow
def test_it_works(gateway):
    settled = gateway.comity("demo", "country")
    assert list(settled) == KEYS
    assert (settled["ending"], settled["dispute"]["outcome"], settled["proposal"]["state"]) == (
        "settled",
        "settled",
        "in-force",
    )
    assert len(set(settled["orders"])) == 3
    assert settled["rerouted"]["pressure"] == "answered"
    assert settled["backtest"]["orders"] >= 3
    assert settled["dry_run"]["disputes"] == 1
    assert settled["dispute"]["bundle"]["pages"] > 3


@pytest.mark.soak
def test_left(gateway):
    settled = gateway.comity("demo", "country")
    left = gateway.comity("demo", "country", "--leave")
    assert list(left) == KEYS
    assert (left["ending"], left["dispute"]["outcome"], left["proposal"]["state"]) == ("left", "left", "withdrawn")
    assert not set(left["ledger"]) & set(settled["ledger"])
    assert left["ledger"] == sorted(left["ledger"])
    with urllib.request.urlopen(left["links"]["public"]) as answer:
        assert "We have left" in answer.read().decode()
