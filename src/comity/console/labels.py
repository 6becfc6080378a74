"""Facts in the desk's words: short labels, and values as people read them. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from comity.language import country
from comity.web import when

LABELS: Mapping[str, str] = {
    "form.issuing_state": "Issuing State",
    "form.addressee": "Addressee",
    "form.contact_point": "Contact point",
    "form.establishment_state": "State of establishment",
    "form.issued_at": "Issued at",
    "form.reference": "Reference",
    "form.urls": "Target",
    "form.categories": "Category",
    "form.reasons": "Reasons",
    "form.non_disclosure": "Non-disclosure",
    "form.cross_border": "Cross-border",
    "form.copy_sent": "Copy sent to the State of establishment",
    "form.issuer_kind": "Kind of authority",
    "form.issuing_authority": "Authority",
    "form.issuer_representative": "Its representative",
    "form.issuing_file_number": "File number",
    "form.issuer_address": "Address",
    "form.issuer_phone": "Telephone",
    "form.issuer_email": "E-mail",
    "form.signed_on": "Dated",
    "form.signature": "Signature",
    "form.feedback_contact": "Feedback to",
    "form.establishment_authority_contact": "Authority of the State of establishment",
    "form.redress_body": "Redress, court",
    "form.redress_deadline": "Redress, until",
    "form.redress_law_url": "Redress, law",
    "form.legal_basis": "Legal basis",
    "form.deadline": "Until when it is to be produced",
    "form.emergency": "Why it is an emergency",
    "form.emergency_without_validation": "Emergency, before validation",
    "form.identifiers_user": "User names",
    "form.identifiers_email": "E-mail addresses of the person",
    "form.identifiers_phone": "Telephone numbers of the person",
    "form.identifiers_ip": "IP addresses",
    "form.identifiers_imei": "IMEI numbers",
    "form.identifiers_mac": "MAC addresses",
    "form.identifiers_other": "What else identifies them",
    "form.locator": "How it is found otherwise",
    "form.min_penalty_or_listed": "Least penalty, or listed offence",
    "form.offences": "Offences, as the form has them",
    "form.processor_grounds": "Why it is addressed to the processor",
    "form.redress": "Redress",
    "form.time_range.from": "Data from",
    "form.time_range.until": "Data until (not included)",
    "emergency": "It says that it is an emergency",
    "language": "Language of the order",
    "translation": "Language of its translation",
    "territory": "Where it is to take effect",
    "territory_justified": "Where its grounds justify that",
    "non_disclosure.requested": "Non-disclosure decided",
    "non_disclosure.decided_at": "Non-disclosure decided at",
    "non_disclosure.until": "Non-disclosure until",
    "non_disclosure.renewals": "Non-disclosure, how often renewed",
    "offence.name": "The offence, by its name",
    "targets.found": "Leads to content",
    "targets.audience": "Open to",
    "targets.specific": "Particular content",
    "authority.kind": "Kind of sender",
    "authority.accredited": "Authority accredited",
    "authority.country": "State of the authority",
    "authority.competent_for": "Authority competent for",
    "clarification.received_at": "Clarification received",
    "impossibility.ceased_at": "What stood in the way ceased",
}
ITEM = re.compile(r"\[\d+\]")
CATEGORIES: Mapping[str, str] = {
    "a-incite": "(a) incites others to commit terrorist offences",
    "b-solicit-offence": "(b) solicits others to commit them or to contribute",
    "c-solicit-group": "(c) solicits others to take part in a terrorist group",
    "d-instruct": "(d) instructs on weapons, substances or methods",
    "e-threat": "(e) threatens to commit one of these offences",
}
SIGNED: Mapping[Any, str] = {True: "valid", False: "not valid", ...: "not checked"}
STATES = frozenset({"form.issuing_state", "form.establishment_state"})
DAY = re.compile(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]")
NONE = "looked, there is none"
GIVEN = "given"
LONG = 160


def label(path: str) -> str:
    """The short label of a fact; of an item of a list, without its number."""
    path = ITEM.sub("", path)
    return LABELS.get(path) or path.rpartition(".")[2].replace("_", " ").capitalize()


def value(found: Any) -> str | None:
    """A fact's value for people; None if unknown. What was looked for and isn't there says so."""
    if found is ...:
        return None
    if found in (None, "", []) and found is not False:
        return NONE
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, Mapping):
        said = ", ".join(f"{key}: {value(inner)}" for key, inner in found.items() if inner is not ...)
        return said or GIVEN  # it is there, and nothing of it is told
    if isinstance(found, Sequence) and not isinstance(found, str):
        return "\n".join(value(item) or GIVEN for item in found)
    return str(found)


def shown(path: str, found: Any) -> str | None:
    """Like `value`, with States and days in words; long texts become their length, since the sheet beside shows them
    whole."""
    if path in STATES and isinstance(found, str) and len(found) == 2:
        return f"{country(found)} ({found})"
    if isinstance(found, str) and DAY.fullmatch(found):
        return _day(found)
    if path == "form.categories" and isinstance(found, list) and found:
        return "\n".join(CATEGORIES.get(str(code), str(code)) for code in found)
    if path == "form.signature" and isinstance(found, Mapping):
        return f"{found.get('kind', 'of unknown kind')}, {SIGNED.get(found.get('valid', ...), 'not checked')}"
    text = value(found)
    if text is not None and path == "form.reasons" and len(text) > LONG:
        return f"given, {len(text.split())} words"
    return text


def _day(text: str) -> str:
    try:
        return when.said(datetime.fromisoformat(text).replace(tzinfo=UTC), UTC, "date")
    except ValueError:  # 30 February: shown as it was read
        return text


def at(facts: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path; Ellipsis if unknown."""
    found: Any = facts
    for key in path.split("."):
        if not isinstance(found, Mapping) or key not in found:
            return ...
        found = found[key]
    return found
