"""Mails made to hurt, on the whole road: kept as they came, flagged, acknowledged, and they can be looked at."""

import io
import time
import zipfile
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from django.test import Client
from hostile.scene import alerts, order, signed, take
from hostile.test_outsiders import client_of
from road import Road

from comity.outbox.models import Mail
from comity.vault import commands as vault

SECONDS = 40  # of wall time, on a busy machine; each takes a second or two on an idle one


def bomb() -> bytes:
    """Ten megabytes of nothing in each of a hundred files, in a few kilobytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(100):
            archive.writestr(f"word/{number}.xml", b"\0" * (10 << 20))
    return packed.getvalue()


LOOP = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [3 0 R] >> >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 /Parent 2 0 R >>\nendobj\n"
    b"3 0 obj\n<< /T (a) /Kids [3 0 R 3 0 R] /Parent 3 0 R >>\nendobj\n"
    b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Prev 1 /Size 4 >>\nstartxref\n9\n%%EOF\n"
)


def with_attachment(mail: EmailMessage, data: bytes, kind: str, name: str) -> EmailMessage:
    main, sub = kind.split("/")
    mail.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return mail


def ten_thousand_parts(raw: bytes) -> bytes:
    """The order as the first of ten thousand parts."""
    head, _, body = raw.partition(b"\r\n\r\n")
    kept = [
        line for line in head.split(b"\r\n") if line.lower().startswith((b"from", b"to", b"subject", b"message-id"))
    ]
    inner = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + body
    parts = b"".join(b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" for _ in range(10_000))
    kept += [b"MIME-Version: 1.0", b'Content-Type: multipart/mixed; boundary="b"']
    return b"\r\n".join(kept) + b"\r\n\r\n--b\r\n" + inner + b"\r\n" + parts + b"--b--\r\n"


LONG = ("ten thousand parts", "headers without a body", "bare line ends", "only NUL")  # in `make soak` alone


def bombs(road: Road) -> dict[str, tuple[bytes, str]]:
    """Each bomb, with the flag that it must raise."""
    plain = order(road, road.post()).as_bytes(policy=SMTP)
    headers = b"".join(b"X-%d: %s\r\n" % (n, b"y" * 200) for n in range(30_000))
    zipped = with_attachment(order(road, road.post()), bomb(), "application/zip", "order.docx")
    looped = with_attachment(order(road, road.post()), LOOP, "application/pdf", "order.pdf")
    return {
        "zip-bomb": (signed(zipped), "zip-bomb"),
        "looping PDF": (signed(looped), ""),
        "ten thousand parts": (ten_thousand_parts(plain), "too-many-parts"),
        "endless headers": (b"From: clerk@office.example\r\n" + headers + plain, "endless-headers"),
        "headers without a body": (b"From: a@b.example\r\n" + headers, "endless-headers"),
        "bare line ends": (
            plain.replace(b"\r\n\r\n", b"\r\n\r\nx\n.\nMAIL FROM:<a@b.example>\nDATA\n", 1),
            "bare-line-ends",
        ),
        "nothing at all": (b"", ""),
        "only NUL": (b"\0" * 100_000, ""),
        "half a megabyte in one line": (b"From: a@b.example\r\nSubject: " + b"z" * 500_000 + b"\r\n\r\nx\r\n", ""),
    }


@pytest.mark.soak
def test_a_bomb_is_kept_flagged_acknowledged_and_can_be_looked_at(road: Road, soak: bool) -> None:
    desk: Client = client_of(road.person("handler"))
    for what, (raw, flag) in bombs(road).items():
        if what in LONG and not soak:
            continue
        begun, before = time.monotonic(), Mail.objects.count()
        request = take(road, raw)
        assert time.monotonic() - begun < SECONDS, what
        assert vault.get(request.raw) == raw, what
        assert request.kind in ("order", "mail", "failed"), (what, request.kind)
        assert request.joined.exists() or request.lane == "triage", what
        assert not flag or flag in request.flags, (what, request.flags)
        if b"From:" in raw:
            assert Mail.objects.count() == before + 1, (what, request.kind, request.flags)
        page = desk.get(f"/console/requests/{request.id}")
        assert page.status_code == 200, what
        for joined in request.joined.all():
            assert desk.get(f"/console/cases/{joined.case_id}").status_code == 200, what
    assert road.refused == []
    assert set(alerts()) <= {"reading.failed"}
    for path in ("/console/", "/console/requests/", "/console/cases/", "/console/requests/?format=csv"):
        assert desk.get(path).status_code == 200
