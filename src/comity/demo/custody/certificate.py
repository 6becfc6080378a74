"""A European Production Order Certificate as the demo's investigating judge fills it in. Pure. Everyone in it is
invented; domains end in `.example`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from comity.demo import annex
from comity.reading import form as forms

FORM, ZONE = "epoc", "Europe/Berlin"
NAME = "Investigating Judge of Nordhafen"


def filled(account: str, reference: str, issued_at: datetime, to: str = "orders@lantern.example") -> dict[str, Any]:
    """The certificate by the names of its fields. `account`: the address of an account; `issued_at`: with a zone."""
    local = issued_at.astimezone(ZoneInfo(ZONE))
    since = local - timedelta(days=6)
    return {
        "issuing_state": "Germany",
        "issuing_authority": NAME,
        "issuing_file_number": reference,
        "addressee": "Lantern Messaging, 1 Example Quay, 1000 Brussels, Belgium",
        "addressee_capacity": ["designated-establishment"],
        "fallback_addressee_emergency": False,
        "addressee_address": "1 Example Quay, 1000 Brussels, Belgium",
        "addressee_contact": to,
        "deadline": ["EMERGENCY"],
        "emergency": ["IMMINENT_THREAT_TO_LIFE"],
        "earlier_preservation": False,
        "earlier_production": False,
        "identifiers_user": account,
        "services": "Lantern (channels and messages)",
        "time_range": f"from {since.day} {since:%B %Y} to {local.day} {local:%B %Y}",
        "data_subscriber": ["identity", "registration"],
        "data_identify": ["ip-records"],
        "data_traffic_internet": ["date-time"],
        "data_content": ["messages"],
        "concerns": ["proceedings"],
        "offences": "Abduction of a minor, section 239b of the Criminal Code; maximum penalty fifteen years of "
        "imprisonment.",
        "min_penalty_or_listed": ["three-years"],
        "addressed_as": ["controller"],
        "issuer_kind": ["JUDGE_COURT_OR_INVESTIGATING_JUDGE"],
        "emergency_without_validation": False,
        "issuer_name": NAME,
        "issuer_representative": "Dr. H. Brandis",
        "issuer_post": "Investigating judge",
        "issuer_file_number": reference,
        "issuer_address": "Gerichtsplatz 1, 26122 Nordhafen, Germany",
        "issuer_phone": "+49 441 0000 7300",
        "issuer_email": "orders@judge-nordhafen.example",
        "issuer_languages": "German, English",
        "signed_on": f"{local.day} {local:%B %Y}",
        "signature": f"Electronic stamp of the {NAME}",
        "notified": False,
        "transfer_to": ["ISSUING_AUTHORITY"],
        "transfer_contact": f"{NAME}, orders@judge-nordhafen.example",
    }


def pdf(content: dict[str, Any]) -> bytes:
    """The certificate as a PDF with form fields."""
    form = forms.load(FORM)
    return annex.draw(form, content, form.preamble)


def cover(content: dict[str, Any]) -> str:
    """The mail that goes with the PDF. It names the instrument, as courts do."""
    return (
        "Dear colleagues,\n\nplease find attached a European Production Order Certificate (EPOC), "
        f"our file number {content['issuing_file_number']}.\nIt is issued in an emergency: a child was "
        f"taken. Please produce the data within eight hours.\n\nYours faithfully,\n{content['issuer_name']}\n"
    )
