"""The letters of the demo's offices, one for each instrument that comes as a letter, and what the desk types of them.

Pure. Everyone in them is invented; domains end in `.example`. A letter that the reading knows needs no typing: what is
typed stands in for it where it doesn't.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from comity.cases.facts import instant
from comity.demo import register

ACT_ON, INFORM, PRODUCE = "eu-dsa-order-act", "eu-dsa-order-inform", "eu-eevidence-production"
US, SCRUTINY, ACCESS, NO_PACK = "us-preservation", "eu-tco-scrutiny", "own-access-demand", "own-no-pack"
MINISTRY_NAME, MINISTRY_ADDRESS = "Ministry of the Interior, Registry", "registry@interior-silvania.example"
Typed = tuple[tuple[str, Any, str], ...]  # path, value, where it stands


@dataclass(frozen=True)
class Order:
    """One letter. `what`: of which kind of thing it speaks (`message` or `account`); `known`: whether its sender is on
    the register; `call`: whether it needs a call-back before it counts."""

    name: str
    instrument: str
    says: str
    sender: str
    address: str
    what: str
    subject: Callable[[str], str]
    text: Callable[[str, str, datetime], str]
    typed: Callable[[str, str, datetime], Typed]
    known: bool = True
    call: bool = False

    def facts(self, target: str, reference: str, at: datetime) -> list[dict[str, Any]]:
        """What the desk types of it, each fact with its place."""
        return [
            {"path": path, "value": value, "where": where} for path, value, where in self.typed(target, reference, at)
        ]


def _day(at: datetime, zone: str = "Europe/Brussels") -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%B %Y}"


MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def _jour(at: datetime) -> str:
    local = at.astimezone(ZoneInfo("Europe/Paris"))
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


# -- an order to act, of a court, in French ---------------------------------------------------------------------------


def _act(target: str, reference: str, at: datetime) -> str:
    return f"""Madame, Monsieur,

Par ordonnance du {_jour(at)}, n° {reference}, le tribunal a jugé que le message publié à l'adresse suivante
constitue une injure publique envers un particulier (loi du 29 juillet 1881, article 33) :

{target}

Il vous est enjoint de rendre ce message inaccessible en France, en application de l'article 9 du règlement (UE)
2022/2065 et de l'article 6-3 de la loi n° 2004-575.

La présente ordonnance peut être contestée devant la cour d'appel de Port-Clair dans un délai de quinze jours.
Merci d'indiquer au greffe ({register.COURT_ADDRESS}) la suite donnée et sa date.

Le greffier, signature électronique
{register.COURT_NAME}
"""


def _act_typed(target: str, reference: str, at: datetime) -> Typed:
    return (
        ("form.reference", reference, "line 3"),
        ("form.issuing_authority", register.COURT_NAME, "at its end"),
        ("form.issuing_state", "FR", "at its end"),
        ("form.urls", [target], "line 6"),
        ("form.issued_at", instant(at), "line 3"),
        ("form.legal_basis", "loi n° 2004-575, article 6-3", "line 9"),
        ("form.reasons", "Injure publique envers un particulier, loi du 29 juillet 1881, article 33", "line 4"),
        ("form.redress", "Cour d'appel de Port-Clair, quinze jours", "line 11"),
        ("form.feedback_contact", register.COURT_ADDRESS, "line 12"),
        ("form.signature", {"kind": "simple"}, "at its end"),
        ("territory", ["FR"], "line 8"),
        ("territory_justified", ["FR"], "line 9"),
        ("language", "fr", "the whole letter"),
    )


# -- an order to inform, of the same court ----------------------------------------------------------------------------


def _inform(target: str, reference: str, at: datetime) -> str:
    return f"""Dear Sir or Madam,

by order no. {reference} of {_day(at)} the court orders you to provide the information that you hold on the user of this
account, under Article 10 of Regulation (EU) 2022/2065 and Article 145 of the Code of Civil Procedure:

{target}

Asked for are the name and the e-mail address given at registration. Reasons: they are necessary, and proportionate, to
identify the other party to proceedings for defamation. Redress: appeal to the court of Port-Clair within fifteen days.
Feedback to {register.COURT_ADDRESS}.

The clerk, electronic signature
{register.COURT_NAME}
"""


def _inform_typed(target: str, reference: str, at: datetime) -> Typed:
    return (
        ("form.reference", reference, "line 3"),
        ("form.issuing_authority", register.COURT_NAME, "at its end"),
        ("form.issuing_state", "FR", "at its end"),
        ("form.urls", [target], "line 6"),
        ("form.issued_at", instant(at), "line 3"),
        ("form.legal_basis", "Code of Civil Procedure, Article 145", "line 4"),
        ("form.reasons", "Necessary to identify the other party to proceedings for defamation", "line 8"),
        ("form.redress", "Appeal to the court of Port-Clair within fifteen days", "line 9"),
        ("form.feedback_contact", register.COURT_ADDRESS, "line 10"),
        ("form.signature", {"kind": "simple"}, "at its end"),
        ("data", [{"category": "subscriber", "items": ["name", "e-mail address"]}], "line 8"),
        ("language", "en", "the whole letter"),
    )


# -- a production order, of the prosecutor ----------------------------------------------------------------------------


def _produce(target: str, reference: str, at: datetime) -> str:
    return f"""Dear colleagues,

this is a European Production Order (EPOC) under Regulation (EU) 2023/1543, our file number {reference}.

Addressee: Lantern Messaging, Brussels. User: {target}
Data: subscriber data (identity, registration data). Time range: since registration.
Proceedings for extortion, section 253 of the Criminal Code, up to five years of imprisonment.
To be transmitted within ten days to {register.PROSECUTOR_ADDRESS}.

{_day(at, "Europe/Berlin")}, electronic stamp
{register.PROSECUTOR_NAME}
"""


def _produce_typed(target: str, reference: str, at: datetime) -> Typed:
    return (
        ("form.reference", reference, "line 3"),
        ("form.issuing_file_number", reference, "line 3"),
        ("form.issuing_authority", register.PROSECUTOR_NAME, "at its end"),
        ("form.issuing_state", "DE", "at its end"),
        ("form.addressee", "Lantern Messaging, Brussels", "line 5"),
        ("form.urls", [target], "line 5"),
        ("form.identifiers_user", [target], "line 5"),
        ("form.deadline", "AT_THE_END_OF_TEN_DAYS", "line 8"),
        ("form.offences", "Extortion, section 253 of the Criminal Code", "line 7"),
        ("form.signature", {"kind": "stamp"}, "at its end"),
        ("data", [{"category": "subscriber", "items": ["identity", "registration"]}], "line 6"),
        ("offence.name", "Extortion, section 253 of the Criminal Code", "line 7"),
        ("offence.max_penalty_years", 5, "line 7"),
        ("offence.concerns", "proceedings", "line 7"),
        ("emergency", False, "none is named"),
        ("language", "en", "the whole letter"),
    )


# -- a request to preserve, of a sheriff's office in the United States ------------------------------------------------


def _us(target: str, reference: str, at: datetime) -> str:
    return f"""To the custodian of records,

pursuant to 18 U.S.C. 2703(f) you are requested to preserve all records and other evidence in your possession
pertaining to this account, pending the issuance of legal process:

{target}

Basic subscriber records and connection logs. Our reference: {reference}. Please do not disclose this request.

{at:%B} {at.day}, {at.year}
Det. R. Halloran, {register.SHERIFF_NAME}
"""


def _us_typed(target: str, reference: str, at: datetime) -> Typed:
    return (
        ("form.reference", reference, "line 8"),
        ("form.issuing_authority", register.SHERIFF_NAME, "at its end"),
        ("form.issuing_state", "US", "at its end"),
        ("form.urls", [target], "line 6"),
        ("form.signature", {"kind": "simple"}, "at its end"),
        ("data", [{"category": name, "items": ["all"]} for name in ("basic-subscriber", "records")], "line 8"),
        ("language", "en", "the whole letter"),
    )


# -- a decision of scrutiny, of the authority of our own State --------------------------------------------------------


def _scrutiny(target: str, reference: str, at: datetime) -> str:
    return f"""Dear Sir or Madam,

under Article 4 of Regulation (EU) 2021/784 we have scrutinised the removal order {reference} of the {register.NAME}
(Germany), which concerns

{target}

We find that it manifestly infringes the freedom of expression and information: the message is a news report.
The removal order has ceased to have legal effect. You are to reinstate the content immediately.

Brussels, {_day(at)}
{register.MEDIA_NAME}
"""


def _scrutiny_typed(target: str, reference: str, at: datetime) -> Typed:
    return (
        ("form.reference", reference, "line 3"),
        ("form.issuing_authority", register.MEDIA_NAME, "at its end"),
        ("form.issuing_state", "DE", "line 4"),
        ("form.urls", [target], "line 6"),
        ("scrutiny.asked_by", "content-provider", "told by the authority"),
        ("scrutiny.asked_at", instant(at - timedelta(hours=2)), "told by the authority"),
        ("scrutiny.decided_at", instant(at), "at its end"),
        ("scrutiny.infringes", True, "line 8"),
        ("language", "en", "the whole letter"),
    )


# -- what no act of ours carries --------------------------------------------------------------------------------------


def _access(target: str, reference: str, at: datetime) -> str:
    del target
    return f"""To the management of Lantern,

by circular {reference} of {_day(at)} every messaging service is to set up, within thirty days, a permanent interface by
which the registry reads the messages of all users, and to hand over the keys that this needs.

{MINISTRY_NAME}
"""


def _access_typed(target: str, reference: str, at: datetime) -> Typed:
    del target, at
    return (
        ("form.reference", reference, "line 3"),
        ("form.issuing_authority", MINISTRY_NAME, "at its end"),
        ("form.legal_basis", "", "none is named"),
        ("access_demand.asks", ["standing-access", "general-access", "keys"], "lines 3 and 4"),
        ("access_demand.demanded", True, "the whole letter"),
        ("language", "en", "the whole letter"),
    )


def _no_pack(target: str, reference: str, at: datetime) -> str:
    return f"""Sehr geehrte Damen und Herren,

gestützt auf Art. 12 des kantonalen Polizeigesetzes verfügen wir die Sperrung des folgenden Beitrags:

{target}

Verfügung {reference} vom {at.day}.{at.month}.{at.year}

{register.CANTON_NAME}
"""


def _no_pack_typed(target: str, reference: str, at: datetime) -> Typed:
    return (
        ("form.reference", reference, "line 7"),
        ("form.issuing_authority", register.CANTON_NAME, "at its end"),
        ("form.issuing_state", "CH", "at its end"),
        ("form.urls", [target], "line 5"),
        ("form.summary", "Sperrung eines Beitrags nach kantonalem Polizeigesetz", "line 3"),
        ("imminent_threat", [], "nobody is said to be in danger"),
        ("language", "de", "the whole letter"),
    )


ORDERS: Mapping[str, Order] = {
    order.name: order
    for order in (
        Order(
            "dsa-act",
            ACT_ON,
            "A French court’s order to act against one message, in France alone (DSA, Art. 9)",
            register.COURT_NAME,
            register.COURT_ADDRESS,
            "message",
            lambda number: f"Ordonnance {number}",
            _act,
            _act_typed,
        ),
        Order(
            "dsa-inform",
            INFORM,
            "The same court’s order for what is known of a user (DSA, Art. 10)",
            register.COURT_NAME,
            register.COURT_ADDRESS,
            "account",
            lambda number: f"Order {number}",
            _inform,
            _inform_typed,
            call=True,
        ),
        Order(
            "produce",
            PRODUCE,
            "A European Production Order (EPOC) for subscriber data",
            register.PROSECUTOR_NAME,
            register.PROSECUTOR_ADDRESS,
            "account",
            lambda number: f"EPOC {number}",
            _produce,
            _produce_typed,
        ),
        Order(
            "us-preserve",
            US,
            "A sheriff’s request to preserve, from the United States (18 U.S.C. § 2703(f))",
            register.SHERIFF_NAME,
            register.SHERIFF_ADDRESS,
            "account",
            lambda number: f"Preservation request {number}",
            _us,
            _us_typed,
        ),
        Order(
            "scrutiny",
            SCRUTINY,
            "The decision of our own State’s authority that a removal order falls",
            register.MEDIA_NAME,
            register.MEDIA_ADDRESS,
            "order",
            lambda number: f"Scrutiny of removal order {number}",
            _scrutiny,
            _scrutiny_typed,
            call=True,
        ),
        Order(
            "access",
            ACCESS,
            "A ministry’s demand for standing access and for keys",
            MINISTRY_NAME,
            MINISTRY_ADDRESS,
            "",
            lambda number: f"Circular {number}",
            _access,
            _access_typed,
            known=False,
        ),
        Order(
            "no-pack",
            NO_PACK,
            "An order under a law for which there is no regulation here (Switzerland)",
            register.CANTON_NAME,
            register.CANTON_ADDRESS,
            "message",
            lambda number: f"Verfügung {number}",
            _no_pack,
            _no_pack_typed,
        ),
    )
}
