"""A European Preservation Order Certificate as the demo's prosecutor fills it in: as text, as a PDF with form fields.

Pure. Everyone in it is invented; domains end in `.example`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from comity.demo import annex
from comity.reading import form as forms

FORM = "epoc-pr"


@dataclass(frozen=True)
class Office:
    """Who issues it: a prosecutor's office in another Member State than the addressee's."""

    name: str = "Public Prosecutor's Office of Nordhafen"
    country: str = "Germany"
    zone: str = "Europe/Berlin"
    address: str = "Gerichtsplatz 2, 26122 Nordhafen, Germany"
    email: str = "orders@prosecutor-nordhafen.example"
    phone: str = "+49 441 0000 7400"
    representative: str = "Dr. W. Tornquast"
    post: str = "Senior public prosecutor"


PROSECUTOR = Office()


def filled(
    account: str, reference: str, issued_at: datetime, office: Office = PROSECUTOR, to: str = "orders@lantern.example"
) -> dict[str, Any]:
    """The certificate by the names of its fields. `account`: a user name or the address of an account; `reference`: the
    office's file number; `issued_at`: with a zone; `to`: our address that it is sent to."""
    local = issued_at.astimezone(ZoneInfo(office.zone))
    since = local - timedelta(days=30)
    return {
        "issuing_state": office.country,
        "issuing_authority": office.name,
        "issuing_file_number": reference,
        "addressee": "Lantern Messaging, 1 Example Quay, 1000 Brussels, Belgium",
        "addressee_capacity": ["designated-establishment"],
        "fallback_addressee_emergency": False,
        "addressee_address": "1 Example Quay, 1000 Brussels, Belgium",
        "addressee_contact": to,
        "identifiers_user": account,
        "services": "Lantern (channels and messages)",
        "time_range": f"from {since.day} {since:%B %Y} to {local.day} {local:%B %Y}",
        "data_subscriber": ["identity", "registration"],
        "data_traffic_internet": ["date-time"],
        "data_content": ["messages"],
        "data_notes": "Messages that the user has deleted, too, as far as they are still stored.",
        "concerns": ["proceedings"],
        "offences": "Extortion on the threat of publishing stolen data, section 253 of the Criminal Code",
        "issuer_kind": ["PUBLIC_PROSECUTOR"],
        "emergency_without_validation": False,
        "issuer_name": office.name,
        "issuer_representative": office.representative,
        "issuer_post": office.post,
        "issuer_file_number": reference,
        "issuer_address": office.address,
        "issuer_phone": office.phone,
        "issuer_email": office.email,
        "issuer_languages": "German, English",
        "signed_on": f"{local.day} {local:%B %Y}",
        "signature": f"Electronic stamp of the {office.name}",
    }


def text(content: dict[str, Any]) -> str:
    """The certificate as labelled text, as it may stand in a mail."""
    form = forms.load(FORM)
    closing = ["", "Yours faithfully,", str(content.get("issuer_name") or ""), ""]
    return "\n".join([annex.text(form, content, form.preamble), *closing])


def pdf(content: dict[str, Any]) -> bytes:
    """The certificate as a PDF with form fields."""
    form = forms.load(FORM)
    return annex.draw(form, content, form.preamble)


def cover(content: dict[str, Any]) -> str:
    """The mail that goes with the PDF. It names the instrument, as offices do."""
    return (
        "Dear colleagues,\n\nplease find attached a European Preservation Order Certificate (EPOC-PR), our file number "
        f"{content['issuing_file_number']}.\nPlease confirm that the data are preserved.\n\nYours faithfully,\n"
        f"{content['issuer_name']}\n"
    )


def extension(content: dict[str, Any]) -> str:
    """A later mail in the same thread: the preservation is prolonged."""
    return (
        "Dear colleagues,\n\nwe refer to our European Preservation Order Certificate (EPOC-PR), file number "
        f"{content['issuing_file_number']}.\n\nThe preservation of the data is hereby extended by a further 30 days, "
        "as a request for\nproduction is being prepared.\n\nYours faithfully,\n"
        f"{content['issuer_name']}\n"
    )
