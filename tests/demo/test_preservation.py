"""The quiet story on the real processes: `comity demo preserve`."""

import pytest


@pytest.mark.slow
def test_it_works(gateway, relay):
    played = gateway.comity("demo", "preserve")
    assert played["target"].startswith(f"{gateway.sandbox}/u/")
    assert (played["finding"]["pack"], played["finding"]["outcome"]) == ("eu-eevidence-preservation", "valid")
    assert len(set(played["decided_by"])) == 2
    assert played["kept"]["copies"] >= 1
    assert played["told"] == []
    taken = [mail for mail in relay.mails if mail.message["Message-ID"] == played["answer"]["message_id"]]
    assert [mail.recipients for mail in taken] == [[played["answer"]["to"]]]
