"""What is read of a mail that holds no known form: only what is said for certain, and of an ordinary mail nothing."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from comity.reading.read import read

from . import orders

MAILS = Path(__file__).parent.parent / "data" / "mail"
ORDERS = Path(__file__).parent.parent / "data" / "orders"


def demand(text, subject="A letter"):
    return read(orders.mail(text).replace(b"Subject: ", b"Subject: " + subject.encode() + b" ", 1), {})["demand"]


def test_it_works():
    found = demand(
        "Under Article 9 of Regulation (EU) 2022/2065 we ask you to act against\n"
        "https://lantern.example/c/1 at once.\n\n"
        "Our file no.: RG 27/00412\nLegal basis: Section 4 of the\n  Media Act\n"
    )
    assert found["facts"] == {
        "instrument": "eu-dsa-order-act",
        "language": "en",
        "form": {
            "reference": "RG 27/00412",
            "legal_basis": "Section 4 of the Media Act",
            "urls": ["https://lantern.example/c/1"],
        },
    }
    assert found["places"]["instrument"] == {
        "where": "line 1",
        "part": 1,
        "line": 1,
        "text": "Article 9 of Regulation (EU) 2022/2065",
    }
    assert found["places"]["form.reference"]["where"] == "line 4"


@pytest.mark.parametrize(
    ("said", "pack"),
    [
        ("Regulation (EU) 2022/2065, Art. 9(1)", "eu-dsa-order-act"),
        ("article 10 du règlement sur les services numériques", "eu-dsa-order-inform"),
        ("Artikel 9 Absatz 1 der Verordnung (EU) 2022/2065", "eu-dsa-order-act"),
        ("an EPOC under Regulation (EU) 2023/1543", "eu-eevidence-production"),
        ("un EPOC-PR au titre du règlement (UE) 2023/1543", "eu-eevidence-preservation"),
        ("Europäische Herausgabeanordnung", "eu-eevidence-production"),
        ("Title 18, United States Code, Section 2703(f)", "us-preservation"),
        ("18 USC 2703 (f)", "us-preservation"),
        ("a search warrant under 18 U.S.C. §§ 2703(a), 2703(b)(1)(A) and 2703(c)(1)(A)", "us-warrant"),
        ("18 USC 2703(c)(1)(A)", "us-warrant"),
        ("removal order under Article 3 of Regulation (EU) 2021/784", "eu-tco-removal-order"),
    ],
)
def test_an_instrument_by_its_number_or_name(said, pack):
    assert demand(f"We send you this: {said}.\n")["facts"]["instrument"] == pack


@pytest.mark.parametrize(
    "said",
    [
        "Article 9 of Regulation (EU) 2016/679 and the Digital Services Act",
        "Article 19 of Regulation (EU) 2022/2065",
        "the Digital Services Act as a whole",
        "the EPOC headset",
        "Regulation (EU) 2021/784 as such",
        "18 U.S.C. § 2703(d)",
        "18 U.S.C. § 2703(c)(2)",  # a subpoena's: no warrant
        "18 U.S.C. § 2703(b)(1)(B)",
        "a search warrant that we may ask a court for",
        "section 9 of the DSA agreement",
    ],
)
def test_what_only_looks_like_one_is_none(said):
    assert demand(f"We write to you about {said}.\n") is None


def test_of_several_the_first_stands_and_all_are_told():
    found = demand("It replaces our request under 18 U.S.C. § 2703(f).\n", "European Production Order")
    assert found["facts"]["instrument"] == "eu-eevidence-production"
    assert [one["instrument"] for one in found["named"]] == ["eu-eevidence-production", "us-preservation"]


def test_a_word_of_their_own_in_a_labelled_line_is_kept():
    found = demand("Instrument: ch-verfuegung\n\nPlease act.\n")
    assert (found["facts"]["instrument"], found["named"]) == ("ch-verfuegung", [])


def test_two_values_for_one_label_are_left_to_a_person():
    found = demand("18 U.S.C. § 2703(f)\n\nReference: 1\n\nReference: 2\n")
    assert "reference" not in found["facts"]["form"]


def test_an_address_that_may_go_on_in_the_next_line_is_left_to_a_person():
    found = demand(
        "18 U.S.C. § 2703(f): https://lantern.example/kanal/nordlicht-\nwinter and https://lantern.example/2\n"
    )
    assert "urls" not in found["facts"]["form"]  # some of them would be a wrong list


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("The Ministry demands: you must hand over the decryption keys.", ["keys"]),
        ("By decree, the platform shall disable its end-to-end encryption.", ["weaken-encryption"]),
        ("The security service: you are to grant us standing access to user data.", ["standing-access"]),
        ("The government orders that providers must give access to all messages.", ["general-access"]),
        ("We hereby require, as police, that you build an interception interface.", ["interface"]),
    ],
)
def test_a_demand_for_access(said, asks):
    assert demand(f"{said}\n")["facts"]["access_demand"] == {"asks": asks}


@pytest.mark.parametrize(
    "said",
    [
        "I lost my decryption keys. You must give me access to all messages of my account.",
        "Order now: unlimited access to all data of our agency!",
        "The police told me that you must never remove the encryption. Thank you for that.",
        "The court asked how long-term access to data works in general.",
    ],
)
def test_who_has_no_power_or_demands_nothing_of_the_kind(said):
    assert demand(f"{said}\n") is None or "remove" in said


def test_nothing_is_read_of_ordinary_mail():
    assert [path.name for path in sorted(MAILS.glob("*.eml")) if read(path.read_bytes(), {})["demand"]] == []


def test_nothing_is_read_beside_an_order_or_in_an_automatic_reply():
    order = read((ORDERS / "04-tco-en-forwarded-twice.eml").read_bytes(), {})
    assert (len(order["orders"]), order["demand"]) == (1, None)
    reply = orders.mail("Under Article 9 of Regulation (EU) 2022/2065 we ask you to act.\n")
    automatic = b"Auto-Submitted: auto-replied\r\nIn-Reply-To: <1@lantern.example>\r\n" + reply
    assert read(automatic, {})["demand"] is None


@pytest.mark.soak
def test_a_hostile_text_is_read_in_bounded_time():
    for text in ("Article 9 " * 20_000, "a" * 200_000, "Reference: x\n" * 12_000, "EPOC " * 40_000):
        demand(text + "\n")


ACTS = {
    "en": "Re: order to act against illegal content (Article 9 of Regulation (EU) 2022/2065)",
    "fr": "Objet : injonction d’agir contre un contenu illicite (article 9 du règlement (UE) 2022/2065)",
    "de": "Betreff: Anordnung gegen rechtswidrige Inhalte (Artikel 9 der Verordnung (EU) 2022/2065)",
    "es": "Asunto: orden de actuación (artículo 9 del Reglamento (UE) 2022/2065)",
    "it": "Oggetto: ordine (articolo 9 del regolamento (UE) 2022/2065)",
}


@pytest.mark.parametrize(
    ("language", "said", "territory"),
    [
        ("en", "Disable access for users in Ireland.", ["IE"]),
        ("fr", "Rendez-les inaccessibles aux utilisateurs situés sur le territoire français.", ["FR"]),
        ("de", "Der Inhalt ist für Nutzer in Deutschland zu sperren.", ["DE"]),
        ("es", "Retírelo para los usuarios en el territorio español.", ["ES"]),
        ("it", "Si ordina di rimuoverlo per gli utenti in Italia.", ["IT"]),
        ("it", "Si ordina di rimuoverlo per gli utenti in Italia e a San Marino, non in Svizzera.", None),
        ("fr", "Aux utilisateurs situés sur le territoire français, mais pas en Belgique.", None),
        ("fr", "Aux utilisateurs situés hors de France.", None),
        ("en", "Disable access for users in France and Belgium.", ["FR", "BE"]),
        ("en", "Disable access for users not in Ireland.", None),
        ("de", "Zu sperren für Nutzer in Deutschland und Österreich.", ["DE", "AT"]),
    ],
)
def test_a_territory_is_read_where_one_is_named_and_none_is_excepted(
    language: str, said: str, territory: list[str] | None
) -> None:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@b.example", "orders@lantern.example", "Order"
    made.set_content(f"{ACTS[language]}\n\n{said}\n")
    assert (read(made.as_bytes(), {"dns": False})["demand"] or {})["facts"].get("territory") == territory
