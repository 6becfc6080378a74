"""Signatures in documents and mails, by a small public-key infrastructure made here: each holds, or says why not."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from pypdf import PdfWriter

from comity.reading import signed

NOW = datetime(2027, 3, 1, tzinfo=UTC)


class Authority:
    """A root, and the people it certifies."""

    def __init__(self, name="Test Root"):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self.certify(self.name, self.key, root=True)

    def certify(self, subject, key, root=False):
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=90))
            .not_valid_after(NOW + timedelta(days=900))
            .add_extension(x509.BasicConstraints(ca=root, path_length=None), critical=True)
            .add_extension(usage(root), critical=True)
        )
        if not root:  # where its revocation is published: never fetched, but then it counts what came along
            point = x509.DistributionPoint(
                [x509.UniformResourceIdentifier("http://root.example/crl")], None, None, None
            )
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def person(self, name):
        key = ec.generate_private_key(ec.SECP256R1())
        return key, self.certify(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key)

    def revoke(self, certificate):
        gone = (
            x509.RevokedCertificateBuilder()
            .serial_number(certificate.serial_number)
            .revocation_date(NOW - timedelta(days=1))
            .build()
        )
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.name)
            .last_update(NOW - timedelta(days=1))
            .next_update(NOW + timedelta(days=30))
            .add_revoked_certificate(gone)
            .add_extension(x509.CRLNumber(1), critical=False)
        )
        return made.sign(self.key, hashes.SHA256())

    @property
    def trusted(self):
        return signed.roots(self.certificate.public_bytes(serialization.Encoding.PEM).decode())


def usage(root):
    names = ["key_cert_sign", "crl_sign"] if root else ["digital_signature", "content_commitment"]
    each = ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"]
    each += ["key_cert_sign", "crl_sign", "encipher_only", "decipher_only"]
    return x509.KeyUsage(**{one: one in names for one in each})


@pytest.fixture(scope="module")
def root():
    return Authority()


@pytest.fixture(scope="module")
def clerk(root):
    return root.person("Court of Test")


def blank():
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(300, 300)
    writer.write(out)
    return out.getvalue()


def sign_pdf(root, clerk, crls=()):
    """A PDF signed as PAdES, its revocation data inside where some are given."""
    from asn1crypto import crl, keys
    from asn1crypto import x509 as asn1
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    def der(one):
        return asn1.Certificate.load(one.public_bytes(serialization.Encoding.DER))

    store = SimpleCertificateStore()
    store.register(der(root.certificate))
    key = clerk[0].private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = signers.SimpleSigner(der(clerk[1]), keys.PrivateKeyInfo.load(key), store)
    meta = signers.PdfSignatureMetadata(field_name="Seal", subfilter=fields.SigSeedSubFilter.PADES)
    writer = IncrementalPdfFileWriter(io.BytesIO(blank()))
    made = signers.sign_pdf(writer, meta, signer).getvalue()
    if not crls:
        return made
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    loaded = [crl.CertificateList.load(one.public_bytes(serialization.Encoding.DER)) for one in crls]
    out = io.BytesIO(made)
    DocumentSecurityStore.add_dss(out, None, certs=[der(root.certificate)], crls=loaded)
    return out.getvalue()


def pdf(data, trusted):
    flags = set()
    found = signed.of_pdf(data, trusted, NOW, flags)
    return found, flags


@pytest.mark.slow
def test_it_works(root, clerk):
    [one], flags = pdf(sign_pdf(root, clerk), root.trusted)
    assert (one["intact"], one["trusted"], one["revoked"], one["covers"], one["changed"]) == (
        True,
        True,
        False,
        "file",
        False,
    )
    assert "Court of Test" in one["signer"]
    assert flags == set()
    [unknown], _ = pdf(sign_pdf(root, clerk), [])
    assert unknown["trusted"] is None  # nobody was asked
    [foreign], _ = pdf(sign_pdf(root, clerk), Authority("Another").trusted)
    assert (foreign["intact"], foreign["trusted"]) == (True, False)
    assert "no root that we trust" in foreign["why"]


@pytest.mark.slow
def test_a_certificate_that_was_revoked_is_told_by_what_came_along(root, clerk):
    [one], _ = pdf(sign_pdf(root, clerk, crls=[root.revoke(clerk[1])]), root.trusted)
    assert one["intact"] is True
    assert (one["revoked"], one["trusted"]) == (True, False)
    assert signed.fact([one]) == {"kind": "advanced", "valid": False}


@pytest.mark.slow
def test_what_was_changed_after_signing_is_told(root, clerk):
    data = sign_pdf(root, clerk)
    twin = bytearray(data)
    at = data.index(b"/MediaBox")
    twin[data.index(b"300", at) + 2] = ord("9")  # another byte within what was signed
    [broken], flags = pdf(bytes(twin), root.trusted)
    assert (broken["intact"], flags) == (False, {"signature-broken"})
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = __import__("pyhanko.pdf_utils.generic", fromlist=["generic"]).NumberObject(90)
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    [later], flags = pdf(out.getvalue(), root.trusted)
    assert (later["intact"], later["changed"], flags) == (True, True, {"changed-after-signing"})


def smime(root, clerk, body, detached=True):
    options = [pkcs7.PKCS7Options.DetachedSignature] if detached else []
    return (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(body)
        .add_signer(clerk[1], clerk[0], hashes.SHA256())
        .add_certificate(root.certificate)
        .sign(serialization.Encoding.SMIME if detached else serialization.Encoding.DER, options)
    )


@pytest.mark.slow
def test_a_signed_mail_and_its_altered_twin(root, clerk):
    head = b"From: clerk@office.example\r\nSubject: Order\r\n"
    raw = head + smime(root, clerk, b"Content-Type: text/plain\r\n\r\nTake it down.\r\n")
    flags = set()
    [one] = signed.of_mail(raw, root.trusted, NOW, flags)
    assert (one["kind"], one["intact"], one["trusted"], flags) == ("smime", True, True, set())
    [twin] = signed.of_mail(raw.replace(b"Take it down", b"Take all down"), root.trusted, NOW, flags)
    assert (twin["intact"], flags) == (False, {"signature-broken"})
    assert signed.of_mail(head + b"\r\nTake it down.\r\n", root.trusted, NOW, set()) == []
