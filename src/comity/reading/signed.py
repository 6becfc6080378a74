"""Signatures inside: of a PDF (PAdES, ETSI EN 319 142) and of a mail (S/MIME, RFC 8551), verified.

Run in the limited child, and never on the network: a chain is built from the certificates that came along to the roots
that an operator trusts, and revocation is judged by what was given with the signature. What it says: whether the bytes
are those that were signed, whether the chain holds, whether the certificate was revoked, and what was changed in a
document after it was signed. It says nothing of whose domain a mail came from, and raises no grade by itself.
"""

from __future__ import annotations

import asyncio
import base64
import io
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

MOST_SIGNATURES = 10
MOST_SIGNED = 30_000_000
BYTES = re.compile(rb"/ByteRange\s*\[|/Type\s*/Sig\b")
PEM = re.compile(r"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----")
BROKEN, CHANGED = "signature-broken", "changed-after-signing"


def roots(pem: str) -> list[Any]:
    """The certificates of a PEM text. Raises ValueError where one is damaged."""
    found = PEM.findall(pem)
    if not found:
        return []
    from asn1crypto import x509

    return [x509.Certificate.load(base64.b64decode(one)) for one in found]


def context(
    trusted: Sequence[Any], at: datetime | None, others: Iterable[Any] = (), given: Mapping[str, Any] | None = None
) -> Any:
    """How chains are judged: to these roots, at a moment, by revocation data that came along, without a network."""
    from pyhanko_certvalidator import ValidationContext

    return ValidationContext(
        trust_roots=list(trusted),
        other_certs=list(others),
        moment=at,
        allow_fetching=False,
        revocation_mode="soft-fail",
        retroactive_revinfo=True,
        **(given or {}),
    )


def kept_with(reader: Any) -> dict[str, Any]:
    """The certificates and revocation data that a PDF keeps for those who verify it (its document security store)."""
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    store = DocumentSecurityStore.read_dss(reader)
    if store is None:
        return {}
    from asn1crypto import crl

    return {"crls": [crl.CertificateList.load(one.get_object().data) for one in store.crls[:MOST_SIGNATURES]]}


def of_pdf(data: bytes, trusted: Sequence[Any], at: datetime | None, flags: set[str]) -> list[dict[str, Any]]:
    """Each signature of a PDF; empty where it has none. What can't be verified is told as such, with the reason."""
    if not BYTES.search(data):
        return []
    logging.disable(logging.CRITICAL)
    try:
        from pyhanko.pdf_utils.reader import PdfFileReader

        found = PdfFileReader(io.BytesIO(data), strict=False).embedded_regular_signatures
    except Exception as error:  # parsers of hostile input raise many kinds
        flags.add(BROKEN)
        return [unverified("pades", f"the signatures cannot be read ({type(error).__name__})")]
    out = [one_of_pdf(one, trusted, at) for one in found[:MOST_SIGNATURES]]
    flags |= {BROKEN} if any(one["intact"] is False for one in out) else set()
    flags |= {CHANGED} if any(one["changed"] for one in out) else set()
    return out


def one_of_pdf(one: Any, trusted: Sequence[Any], at: datetime | None) -> dict[str, Any]:
    from pyhanko.sign.validation import async_validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    try:
        try:
            given = kept_with(one.reader)
        except Exception:  # it has none, or none that can be read
            given = {}
        status = asyncio.run(async_validate_pdf_signature(one, context(trusted, at, given=given)))
    except Exception as error:
        return unverified("pades", f"it cannot be verified ({type(error).__name__})")
    whole = status.coverage in {SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION}
    later = status.coverage != SignatureCoverageLevel.ENTIRE_FILE
    told = judged("pades", status, trusted)
    told["covers"] = "file" if not later else "revision" if whole else "part"
    told["changed"] = later and (
        not whole or not status.modification_level or status.modification_level.name != "LTA_UPDATES"
    )
    told["change"] = status.modification_level.name.lower() if later and status.modification_level else None
    return told


def judged(kind: str, status: Any, trusted: Sequence[Any]) -> dict[str, Any]:
    """What was found of one signature. `trusted` is None where no roots are given: nothing was judged."""
    certificate = status.signing_cert
    return {
        "kind": kind,
        "signer": certificate.subject.human_friendly,
        "issuer": certificate.issuer.human_friendly,
        "intact": bool(status.intact and status.valid),
        "trusted": bool(status.trusted) if trusted else None,
        "revoked": bool(status.revoked),
        "qualified": qualified(certificate),
        "at": status.signer_reported_dt.isoformat() if status.signer_reported_dt else None,
        "covers": "file",
        "changed": False,
        "change": None,
        "why": why(status, trusted),
    }


def why(status: Any, trusted: Sequence[Any]) -> str:
    if not status.intact:
        return "the bytes are not those that were signed"
    if not status.valid:
        return "the signature does not hold"
    if status.revoked:
        return "the certificate was revoked"
    return "" if status.trusted or not trusted else "its chain leads to no root that we trust"


def qualified(certificate: Any) -> bool:
    """Whether a certificate says that it is qualified (QcCompliance, ETSI EN 319 412-5)."""
    value = next(
        (e for e in certificate["tbs_certificate"]["extensions"] if e["extn_id"].native == "qc_statements"), None
    )
    return value is not None and bytes.fromhex("060604008e460101") in value["extn_value"].contents


def unverified(kind: str, reason: str) -> dict[str, Any]:
    nothing = {"signer": "", "issuer": "", "trusted": None, "revoked": False, "qualified": False, "at": None}
    return {"kind": kind, "intact": False, "covers": "part", "changed": False, "change": None, "why": reason} | nothing


def fact(each: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`form.signature` of a document by its signatures: what kind, and whether it holds; that isn't said where nobody
    said whom to trust."""
    kind = "qualified" if any(one["qualified"] for one in each) else "advanced"
    if any(one["intact"] is False or one["revoked"] or one["changed"] for one in each):
        return {"kind": kind, "valid": False}
    return {"kind": kind} | ({"valid": all(one["trusted"] for one in each)} if each[0]["trusted"] is not None else {})


# -- S/MIME

MULTIPART = re.compile(rb"^content-type:\s*multipart/signed\b(?P<rest>[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.I | re.M)
BOUNDARY = re.compile(rb"boundary\s*=\s*(?:\"([^\"\r\n]{1,70})\"|([^\s;\"]{1,70}))", re.I)
OPAQUE = re.compile(rb"^content-type:\s*application/(?:x-)?pkcs7-mime\b", re.I | re.M)


def of_mail(raw: bytes, trusted: Sequence[Any], at: datetime | None, flags: set[str]) -> list[dict[str, Any]]:
    """The S/MIME signature over a whole mail's body; empty where there is none."""
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    if len(raw) > MOST_SIGNED:
        return []
    if found := MULTIPART.search(head + b"\n"):
        boundary = BOUNDARY.search(found["rest"])
        parts = body.split(b"--" + (boundary[1] or boundary[2])) if boundary else []
        if len(parts) < 4:
            return []
        content = parts[1].removeprefix(b"\n").removesuffix(b"\n").replace(b"\n", b"\r\n")
        message = parts[2].partition(b"\n\n")[2]
    elif OPAQUE.search(head + b"\n"):
        content, message = None, body
    else:
        return []
    told = of_cms(message, content, trusted, at)
    flags |= {BROKEN} if told and told["intact"] is False else set()
    return [told] if told else []


def of_cms(message: bytes, content: bytes | None, trusted: Sequence[Any], at: datetime | None) -> dict[str, Any] | None:
    """One CMS signature over a content, or over what it holds; None for what is no signed message."""
    try:
        from asn1crypto import cms
        from pyhanko.sign.validation import generic_cms
        from pyhanko.sign.validation.status import SignatureStatus

        info = cms.ContentInfo.load(base64.b64decode(re.sub(rb"\s+", b"", message)))
        if info["content_type"].native != "signed_data":
            return None
        signed = info["content"]
        others = [one.chosen for one in signed["certificates"]] if signed["certificates"] else []
        judge = context(trusted, at, others)
        if content is None:
            status = asyncio.run(
                generic_cms.async_validate_cms_signature(signed, status_cls=SignatureStatus, validation_context=judge)
            )
            return judged("smime", _Dated(status), trusted)
        return judged("smime", asyncio.run(generic_cms.async_validate_detached_cms(content, signed, judge)), trusted)
    except Exception as error:
        return unverified("smime", f"it cannot be verified ({type(error).__name__})")


class _Dated:
    """A status without the time that its signer reports."""

    signer_reported_dt = None

    def __init__(self, status: Any) -> None:
        self._status = status

    def __getattr__(self, name: str) -> Any:
        return getattr(self._status, name)
