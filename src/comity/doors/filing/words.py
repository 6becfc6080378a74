"""The form's words, in the reader's language: what each fact is called, and each option of it. Pure."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from comity.cases import typed

LABELS: Mapping[str, Promise] = {
    "access_demand.asks": lazy("What access it asks for"),
    "due_at": lazy("By when it asks to be carried out"),
    "form.issuing_file_number": lazy("Your file number"),
    "form.summary": lazy("What it asks, in a sentence"),
    "imminent_threat": lazy("Who or what is in imminent danger"),
    "offence.concerns": lazy("What it is for"),
    "offence.max_penalty_years": lazy("Longest custodial sentence for it, in years"),
    "offence.sentence_months": lazy("Sentence that was passed, in months"),
    "scrutiny.asked_at": lazy("When scrutiny was asked for"),
    "scrutiny.asked_by": lazy("Who asked for scrutiny"),
    "scrutiny.decided_at": lazy("When it was decided"),
    "scrutiny.infringes": lazy("A serious or manifest infringement was found"),
    "validated_by.country": lazy("State of who validated it"),
    "validated_by.kind": lazy("Who validated it"),
    "validated_by.name": lazy("Name of who validated it"),
    "data": lazy("Which data it asks for"),
    "emergency": lazy("It is an emergency"),
    "emergency_grounds": lazy("Why it is an emergency"),
    "form.addressed_as": lazy("It is addressed to us as"),
    "form.addressee": lazy("Addressee"),
    "form.categories": lazy("Category of the content"),
    "form.deadline": lazy("Until when the data must be produced"),
    "form.emergency": lazy("What the emergency involves"),
    "form.emergency_without_validation": lazy("Issued in an emergency, before it is validated"),
    "form.feedback_contact": lazy("Whom we tell what was done"),
    "form.identifiers_email": lazy("E-mail addresses of the person"),
    "form.identifiers_imei": lazy("IMEI numbers"),
    "form.identifiers_ip": lazy("IP addresses, with port and time"),
    "form.identifiers_mac": lazy("MAC addresses"),
    "form.identifiers_other": lazy("What else identifies them"),
    "form.identifiers_phone": lazy("Telephone numbers of the person"),
    "form.identifiers_user": lazy("User names"),
    "form.issued_at": lazy("Date and time of issue"),
    "form.issuing_authority": lazy("Name of the authority"),
    "form.issuing_state": lazy("State of the authority"),
    "form.legal_basis": lazy("Legal basis"),
    "form.locator": lazy("How it is found, where there is no address"),
    "form.min_penalty_or_listed": lazy("Least maximum penalty, or listed offence"),
    "form.non_disclosure": lazy("The author is not to be told"),
    "form.offences": lazy("Offences, and the provisions"),
    "form.processor_grounds": lazy("Why it is addressed to the processor"),
    "form.reasons": lazy("Reasons"),
    "form.reasons_withheld": lazy("The reasons are withheld from the recipient"),
    "form.redress": lazy("How it can be challenged"),
    "form.redress_body": lazy("Before which court it can be challenged"),
    "form.redress_deadline": lazy("Until when it can be challenged"),
    "form.reference": lazy("Your reference"),
    "form.signature": lazy("How the document is signed"),
    "form.time_range.from": lazy("From when the data are asked for"),
    "form.time_range.until": lazy("Until when (not included)"),
    "form.urls": lazy("Exact addresses of what is meant"),
    "language": lazy("Language of the order"),
    "non_disclosure.decided_at": lazy("Non-disclosure decided on"),
    "non_disclosure.renewals": lazy("How often non-disclosure was renewed"),
    "non_disclosure.requested": lazy("Non-disclosure was decided"),
    "non_disclosure.until": lazy("Non-disclosure until"),
    "offence.name": lazy("The offence, by its name"),
    "territory": lazy("Where it is to take effect"),
    "territory_justified": lazy("Where its grounds justify that"),
    "translation": lazy("Language of the translation that comes with it"),
}
OPTIONS: Mapping[str, Promise] = {
    "basic-subscriber": lazy("Basic subscriber data (United States)"),
    "records": lazy("Other records, without content (United States)"),
    "court": lazy("Court"),
    "judge": lazy("Judge"),
    "prosecutor": lazy("Public prosecutor"),
    "proceedings": lazy("Criminal proceedings"),
    "sentence": lazy("A sentence that was passed"),
    "provider": lazy("The provider"),
    "content-provider": lazy("The author of the content"),
    "life": lazy("A life"),
    "injury": lazy("Somebody’s physical integrity"),
    "safety": lazy("Somebody’s safety"),
    "critical-infrastructure": lazy("A critical infrastructure"),
    "standing-access": lazy("Standing access"),
    "general-access": lazy("General access"),
    "keys": lazy("Keys"),
    "weaken-encryption": lazy("Weaker encryption"),
    "interface": lazy("An interface of its own"),
    "subscriber": lazy("Subscriber data"),
    "identify": lazy("Data solely to identify the user"),
    "traffic": lazy("Traffic data"),
    "content": lazy("Content data"),
    "a-incite": lazy("(a) incites others to commit terrorist offences"),
    "b-solicit-offence": lazy("(b) solicits others to commit them or to contribute"),
    "c-solicit-group": lazy("(c) solicits others to take part in a terrorist group"),
    "d-instruct": lazy("(d) instructs on weapons, substances or methods"),
    "e-threat": lazy("(e) threatens to commit one of these offences"),
    "controller": lazy("Controller"),
    "processor": lazy("Processor"),
    "AS_SOON_AS_POSSIBLE": lazy("As soon as possible, at the latest within ten days"),
    "AT_THE_END_OF_TEN_DAYS": lazy("At the end of the ten days"),
    "EMERGENCY": lazy("Within eight hours: an emergency"),
    "IMMINENT_THREAT_TO_LIFE": lazy("An imminent threat to a life, or to somebody’s physical integrity or safety"),
    "IMMINENT_THREAT_TO_CRITICAL_INFRASTRUCTURE": lazy("An imminent threat to a critical infrastructure"),
    "three-years": lazy("A maximum of at least three years"),
    "2019-713": lazy("Fraud with means of payment other than cash"),
    "2011-93": lazy("Sexual abuse of children"),
    "2013-40": lazy("Attacks on information systems"),
    "2017-541": lazy("Terrorism"),
    "not-identified": lazy("The controller can’t be identified despite reasonable efforts"),
    "detrimental": lazy("To address the controller might harm the investigation"),
    "crime": lazy("To prevent, investigate, detect or prosecute crime"),
    "qualified": lazy("Qualified electronic signature"),
    "advanced": lazy("Advanced electronic signature"),
    "simple": lazy("Simple electronic signature"),
    "stamp": lazy("Stamp"),
    "handwritten": lazy("Signed by hand"),
}
HINTS: Mapping[str, Promise] = {
    "country": lazy("Two letters, such as FR"),
    "language": lazy("Two letters, such as en"),
    "territory": lazy("One a line: two letters, EU or WORLD"),
    "lines": lazy("One a line"),
    "instant": lazy("In your own time"),
}
LONG = frozenset({"form.reasons", "form.offences", "form.redress", "form.processor_grounds", "emergency_grounds"})


def label(path: str) -> str:
    """What a fact is called; of one that has no words yet, its own name."""
    return str(LABELS.get(path) or path.rpartition(".")[2].replace("_", " ").capitalize())


def option(path: str, code: str) -> str:
    """An option in words."""
    return str(OPTIONS.get(code) or code.replace("-", " ").replace("_", " "))


def hint(path: str, format: str) -> str:
    """How it is written."""
    if path == "form.urls":
        return _("One a line, each whole; as many as there are")
    return str(HINTS.get(format, ""))


def words() -> typed.Words:
    """How the form speaks."""
    return typed.Words(label, option, hint, _("Yes"), _("No"), _("Not said"))
