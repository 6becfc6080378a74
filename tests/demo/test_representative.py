"""One order of each instrument on the real processes: `comity demo representative`."""

import pytest

from comity import instruments


@pytest.mark.soak
def test_it_works(gateway, relay):
    played = gateway.comity("demo", "representative")
    assert {*played["instruments"]} == {*instruments.each()} - {"own-person-claim"}
    assert played["received"] == len(played["instruments"])
    assert played["answered_in_time"] == played["received"] - 2  # data leave by custody alone
    assert played["oldest_open"]["instrument"] in ("eu-dsa-order-inform", "eu-eevidence-production")
    left = {mail.message["Message-ID"] for mail in relay.mails}
    assert {one["answer"]["message_id"] for one in played["instruments"].values()} <= left
    assert all(one["finding"]["pack"] == name for name, one in played["instruments"].items())
