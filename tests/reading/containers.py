"""Containers made for tests: ZIP, DOCX, ODT, CMS, TNEF and their hostile kin."""

import io
import struct
import zipfile
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n" + b"% " * 40
MAIL = (
    b"From: Stranger <s@elsewhere.example>\r\nTo: x@y.example\r\nSubject: Removal order\r\nDate: Mon, 23 Nov 2026\r\n"
)
MAIL += b"Message-ID: <1@elsewhere.example>\r\n\r\nREMOVAL ORDER\r\n"
ENTITY = b"Content-Type: text/plain; charset=utf-8\r\n\r\nREMOVAL ORDER\r\nReference number: R-1\r\n"
PKCS7 = bytes.fromhex("2a864886f70d0107")
ODT_TYPE = b"application/vnd.oasis.opendocument.text"


def zipped(files, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def docx(body, **others):
    """A DOCX with this body; `others` are further members of word/, `header1=` for header1.xml."""
    parts = {f"word/{name}.xml": f"<w:hdr>{inside}</w:hdr>" for name, inside in others.items()}
    return zipped(
        {"[Content_Types].xml": "", "word/document.xml": f"<w:document><w:body>{body}</w:body></w:document>"} | parts
    )


def odt(body, **members):
    content = f"<office:document-content><office:text>{body}</office:text></office:document-content>"
    return zipped(
        {"mimetype": ODT_TYPE, "content.xml": content, "META-INF/manifest.xml": "<manifest:manifest/>"} | members
    )


def signed(entity=ENTITY, detached=False):
    """Opaque signed-data in DER, signed by a key made for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Office")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    )
    certificate = builder.not_valid_before(now).not_valid_after(now + timedelta(days=900)).sign(key, hashes.SHA256())
    options = [pkcs7.PKCS7Options.Binary] + ([pkcs7.PKCS7Options.DetachedSignature] if detached else [])
    made = pkcs7.PKCS7SignatureBuilder().set_data(entity).add_signer(certificate, key, hashes.SHA256())
    return made.sign(serialization.Encoding.DER, options)


def tlv(tag, *inside):
    body = b"".join(inside)
    size = len(body)
    length = bytes([size]) if size < 128 else b"\x84" + struct.pack(">I", size)
    return bytes([tag]) + length + body


def endless(tag, *inside):
    return bytes([tag, 0x80]) + b"".join(inside) + b"\0\0"


def oid(last, middle=PKCS7):
    return tlv(0x06, middle + bytes([last]))


def ber_signed(entity=ENTITY, piece=7):
    """Signed-data as mail programs stream it: indefinite lengths, content in pieces."""
    pieces = [tlv(0x04, entity[at : at + piece]) for at in range(0, len(entity), piece)]
    content = endless(0x30, oid(1), endless(0xA0, endless(0x24, *pieces)))
    data = endless(0x30, tlv(0x02, b"\1"), tlv(0x31), content, tlv(0x31))
    return endless(0x30, oid(2), endless(0xA0, data))


def enveloped():
    return tlv(0x30, oid(3), tlv(0xA0, tlv(0x30, tlv(0x02, b"\0"))))


def attribute(name, value, level=2):
    return struct.pack("<BII", level, name, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def prop(kind, number, value):
    pad = b"\0" * (-len(value) % 4)
    return struct.pack("<HHII", kind, number, 1, len(value)) + value + pad


def tnef(*attributes):
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(attributes)


def tnef_properties(*props):
    return struct.pack("<I", len(props)) + b"".join(props)


def tnef_file(name, data):
    properties = tnef_properties(prop(0x1F, 0x3707, (name + "\0").encode("utf-16-le")))
    return attribute(0x00069002, b"\0" * 14) + attribute(0x0006800F, data) + attribute(0x00069005, properties)


def tnef_message(subject, sender, body):
    told = tnef_properties(
        prop(0x1E, 0x37, subject + b"\0"), prop(0x1E, 0x0C1F, sender + b"\0"), prop(0x1E, 0x1000, body)
    )
    inner = tnef(attribute(0x00069003, told, 1))
    guid = bytes.fromhex("0703020000000000c000000000000046")
    return attribute(0x00069002, b"\0" * 14) + attribute(0x00069005, tnef_properties(prop(0x0D, 0x3701, guid + inner)))


def png(width, height):
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + b"\x08\x02\0\0\0" + b"\0" * 40
