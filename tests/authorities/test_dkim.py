"""DKIM, checked offline: which signatures count and which do not."""

from datetime import UTC, datetime
from pathlib import Path

import dkim as dkimpy
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.authorities import dkim
from comity.demo import keys

MAILS = Path(__file__).parent.parent / "data" / "mail"
HEAD = b"From: Desk <desk@office.example>\r\nTo: a@b.example\r\nSubject: hello\r\n"
HEAD += b"Date: Tue, 24 Nov 2026 08:00:00 +0000\r\n"
MAIL = HEAD + b"\r\nThe body.\r\n"
COVERED = [b"from", b"to", b"subject", b"date"]


def pair(bits=2048):
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    return pem, keys.record(pem)


PEM, RECORD = pair()
LOOKUP = dkim.from_records({"s1._domainkey.office.example": RECORD})


def signed(mail=MAIL, pem=PEM, domain=b"office.example", **more):
    return dkimpy.sign(mail, b"s1", domain, pem, include_headers=more.pop("covered", COVERED), **more) + mail


def only(raw, lookup=LOOKUP, now=None):
    found = dkim.signatures(raw, lookup, now)
    assert len(found) == 1
    return found[0]


def test_it_works():
    found = only(signed())
    assert (found.domain, found.selector, found.valid) == ("office.example", "s1", True)


def test_a_mail_without_signature_has_none():
    assert dkim.signatures(MAIL, LOOKUP) == []


def test_a_changed_body_does_not_hold():
    assert not only(signed().replace(b"The body", b"The b0dy")).valid


def test_a_changed_subject_does_not_hold():
    assert not only(signed().replace(b"hello", b"hallo")).valid


def test_a_key_that_is_not_published_does_not_hold():
    found = only(signed(), dkim.from_records({}))
    assert not found.valid
    assert "publishes no such key" in found.why


def test_a_revoked_key_does_not_hold():
    assert not only(signed(), dkim.from_records({"s1._domainkey.office.example": "v=DKIM1; p="})).valid


def test_a_key_in_test_mode_does_not_count():
    found = only(signed(), dkim.from_records({"s1._domainkey.office.example": RECORD.replace("k=rsa", "k=rsa; t=y")}))
    assert "only tests" in found.why


def test_a_name_server_that_does_not_answer_is_said():
    def silent(name):
        raise dkim.Unreachable("Timeout")

    found = only(signed(), silent)
    assert not found.valid
    assert "did not answer" in found.why


def test_a_signature_over_part_of_the_body_does_not_count():
    found = only(signed(length=True) + b"and more")
    assert not found.valid
    assert "l=" in found.why


def test_a_signature_that_does_not_cover_from_does_not_count():
    raw = signed().replace(b"from : to", b"to").replace(b"h=from", b"h=x-from")
    assert "does not cover From" in only(raw).why


def test_an_expired_signature_does_not_count():
    raw = signed().replace(b"s=s1;", b"s=s1; x=1700000000;")
    assert "expired" in only(raw, now=datetime(2026, 11, 24, tzinfo=UTC).timestamp()).why


def test_a_key_below_the_smallest_size_does_not_count(monkeypatch):
    monkeypatch.setattr(dkim, "WEAKEST_RSA", 3072)
    found = only(signed())
    assert not found.valid
    assert "cannot be used" in found.why


def test_rsa_with_sha1_does_not_count():
    raw = signed(signature_algorithm=b"rsa-sha1")
    assert "algorithm" in only(raw).why


def test_a_second_from_does_not_count():
    assert "more than one From" in only(b"From: evil@x.example\r\n" + signed()).why


def test_a_mail_without_from_does_not_count():
    assert not only(signed().replace(b"\r\nFrom:", b"\r\nX-From:")).valid


def test_an_identity_outside_the_domain_does_not_count():
    assert not only(signed().replace(b"s=s1;", b"s=s1; i=a@evil.example;")).valid


def test_the_rfc_8463_example_is_read_with_both_algorithms():
    records = {
        "brisbane._domainkey.football.example.com": "v=DKIM1; k=ed25519; "
        "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        "test._domainkey.football.example.com": "v=DKIM1; k=rsa; p="
        + "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR"
        "iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5Q"
        "jvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB",
    }
    raw = (MAILS / "mimekit--rfc8463-example.eml").read_bytes().replace(b"\n", b"\r\n")
    found = dkim.signatures(raw, dkim.from_records(records))
    assert [s.valid for s in found] == [True, True], found


def test_a_resolver_file_that_is_no_table_is_refused_by_name(tmp_path):
    path = tmp_path / "resolver.json"
    path.write_text('["x"]')
    with pytest.raises(ValueError, match=r"resolver\.json"):
        dkim.load_records(path)


def test_the_first_source_that_knows_a_name_answers():
    look = dkim.chained(
        dkim.from_records({"a.example": "one"}), dkim.from_records({"a.example": "two", "b.example": "three"})
    )
    assert (look("a.example"), look("B.example."), look("c.example")) == ("one", "three", None)


def test_reserved_names_are_never_asked_for(monkeypatch):
    monkeypatch.setattr(dkim.dns.resolver, "Resolver", lambda: pytest.fail("a name server was asked"))
    assert dkim.by_dns("s1._domainkey.office.example") is None


@settings(deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from([b"", b"v=1; a=rsa-sha256; d=office.example; s=s1; h=from; bh=x; b=x; "])
)
def test_any_signature_line_is_judged_without_a_crash(line, head):
    raw = b"DKIM-Signature: " + head + line.replace(b"\n", b" ").replace(b"\r", b" ") + b"\r\n" + MAIL
    assert not any(found.valid for found in dkim.signatures(raw, LOOKUP))
