"""Orders told in letters: who orders, when, of which addresses, and what may be meant otherwise stays unread."""

import pytest

from comity.reading import running
from comity.reading.read import read

from . import orders

ONE, OTHER = "https://lantern.example/kanal/7/beitrag/41", "https://lantern.example/kanal/7/beitrag/42"


def of(text):
    """The facts of a letter in a mail, with those of its form and office by their short names."""
    facts = (read(orders.mail(text), {"dns": False})["demand"] or {}).get("facts", {})
    form = {name: one for name, one in facts.get("form", {}).items() if name != "non_disclosure"}
    return {**facts, **{f"authority.{key}": one for key, one in facts.get("authority", {}).items()}, **form}


DUTCH = f"""Landelijke Eenheid
Politie

Our ref. LE 27-88/3

REMOVAL ORDER

Dear Sirs,

At 09:40 (UTC+2) on 14 May 2027 the Public Prosecutor's Office, Rotterdam
adopted this removal order pursuant to Article 3 of Regulation (EU)
2021/784. You are ordered to take down, within the hour, the messages at
{ONE} and
{OTHER}
because they threaten an attack (Article 2, point (7)(e)).

You may not tell the author of the content about this order.

An appeal against it lies to the District Court of Rotterdam.
"""

IRISH = f"""Garda Anti-Extremism Bureau
14 Harcourt Terrace, Dublin 2

Removal order number 27/AE/112, issued on 3 June 2027, 4:15 pm (Irish time)

Acting under Article 3 of Regulation (EU) 2021/784 the Bureau orders you to remove what is published at {ONE}. It shows
how to build a device (Article 2, point (7)(d)).

You are prohibited from informing the uploader.
"""

FRENCH = f"""Parquet de Bobigny
1 place du Palais, 93000 Bobigny

INJONCTION DE RETRAIT n° P 27/0193

Madame, Monsieur,

Le 2 mars 2027 à 9 h 05 (UTC+1), le procureur de Bobigny a émis la présente injonction, sur le fondement de
l’article 3 du règlement (UE) 2021/784.

Il vous est enjoint de supprimer les messages suivants :
{ONE}
{OTHER}

Il vous est interdit d’avertir l’auteur du contenu.
"""

GERMAN = f"""Staatsanwaltschaft Leipzig
Straße des 17. Juni 2, 04107 Leipzig

Betreff: Entfernungsanordnung, Az. 4 Js 99/27

Sehr geehrte Damen und Herren,

aufgrund von Artikel 3 der Verordnung (EU) 2021/784 verpflichtet Sie Staatsanwaltschaft Leipzig, den unter {ONE}
abrufbaren Beitrag zu löschen. Diese Entfernungsanordnung wurde am 23. Juli 2027, 17:20 Uhr (MESZ) erlassen.

Es ist Ihnen untersagt, den Verfasser zu unterrichten.
"""

ITALIAN = f"""Procura presso il Tribunale di Bari
Via Re David 100, 70125 Bari

Oggetto: ordine di rimozione, rif. 27/RG/5

Spettabile società,

ai sensi dell’articolo 3 del regolamento (UE) 2021/784 si ordina di cancellare il messaggio {ONE}
entro un’ora. Il presente ordine è stato emesso il 9 febbraio 2027, ore 08:30 (CET).
"""

SPANISH = f"""Fiscalía Provincial de Sevilla
Calle Menéndez Pelayo 2, 41004 Sevilla

ORDEN DE RETIRADA n.º FP/27/18

El día 11 de marzo de 2027, a las 10:15 (CET), la Fiscalía dictó la presente orden con arreglo al artículo 3 del
Reglamento (UE) 2021/784. Deberán suprimir el mensaje {ONE}.

Queda prohibido informar al autor del contenido.
"""


@pytest.mark.parametrize(
    ("text", "at", "state", "reference", "links", "silent"),
    [
        (IRISH, "2027-06-03T15:15:00Z", "IE", "27/AE/112", [ONE], True),
        (FRENCH, "2027-03-02T08:05:00Z", "FR", "P 27/0193", [ONE, OTHER], True),
        (GERMAN, "2027-07-23T15:20:00Z", "DE", "4 Js 99/27", [ONE], True),
        (ITALIAN, "2027-02-09T07:30:00Z", "IT", "27/RG/5", [ONE], False),
        (SPANISH, "2027-03-11T09:15:00Z", "ES", "FP/27/18", [ONE], True),
        (DUTCH, "2027-05-14T07:40:00Z", "NL", "LE 27-88/3", [ONE, OTHER], True),
    ],
    ids=["en", "fr", "de", "it", "es", "en by others"],
)
def test_a_removal_order_in_prose(text, at, state, reference, links, silent):
    found = of(text)
    assert found["instrument"] == "eu-tco-removal-order"
    assert (found["issued_at"], found["authority.country"]) == (at, state)
    assert (found["reference"], found["urls"]) == (reference, links)
    assert found.get("non_disclosure", {}).get("requested", False) is silent


US = """Office of the Sheriff, Records Unit

Re: Preservation request, case no. 2027-CR-0815

To the Custodian of Records:

Pursuant to 18 U.S.C. § 2703(f) you are asked to retain all records of the account known as heron_77 and of the
e-mail address heron.77@hollow.example for ninety days. {silence}
"""


def test_accounts_that_a_sentence_names():
    found = of(US.format(silence="Do not alert the account holder."))
    assert [one["ref"] for one in found["targets"]] == ["heron_77", "heron.77@hollow.example"]
    assert (found["reference"], found["language"]) == ("2027-CR-0815", "en")
    assert found["non_disclosure"]["requested"] is True


@pytest.mark.parametrize(
    "said",
    [
        "We did not notify the subscriber.",
        "You are not required to tell the account holder anything.",
        "As a rule we do not inform users of such letters.",
    ],
)
def test_who_only_speaks_of_silence_does_not_order_it(said):
    assert "non_disclosure" not in of(US.format(silence=said))
    assert "non_disclosure" not in of(IRISH.replace("You are prohibited from informing the uploader.", said))


@pytest.mark.parametrize(
    "said",
    [
        "The author of the content was not informed.",
        "You are not obliged to inform the content provider.",
        "The content provider did not answer.",
    ],
)
def test_a_removal_order_that_forbids_no_telling(said):
    assert "non_disclosure" not in of(IRISH.replace("You are prohibited from informing the uploader.", said))


HEAD = "Garda Anti-Extremism Bureau\n14 Harcourt Terrace, Dublin 2\n"


@pytest.mark.parametrize(
    "head",
    [
        "National Police, Cyber Unit\n\nLantern SA\nquai des Moulins 12, 1000 Bruxelles\n",  # the addressee's
        "Unit at Lake Garda\n",
        "National Police, Cyber Unit\n\nWe wrote to the Gardaí about Paris and Berlin.\n",
    ],
)
def test_an_address_of_another_tells_no_state(head):
    assert "authority.country" not in of(IRISH.replace(HEAD, head).replace(" (Irish time)", " UTC"))


def test_of_two_states_neither_is_read():
    told = IRISH + "\nAn appeal lies to the Tribunal administratif de Lyon.\n"
    assert "authority.country" not in of(told)


def test_a_town_in_america_is_none_of_the_union():
    found = of(US.format(silence="").replace("Office of the Sheriff, Records Unit", "Dublin Police Department"))
    assert (found["authority.name"], found["authority.country"]) == ("Dublin Police Department", "US")


@pytest.mark.parametrize(
    "said",
    [
        "On 3 June 2027 at 10:00 UTC a user posted this. We issued this removal order.",
        "The post of 3 June 2027, 10:00 UTC, made us issue a warning, not this order.",
    ],
)
def test_the_moment_of_something_else_is_not_that_of_the_order(said):
    told = IRISH.replace(", issued on 3 June 2027, 4:15 pm (Irish time)", "")
    assert "issued_at" not in of(told.replace("You are prohibited", f"{said}\n\nYou are prohibited"))


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("Our reference: see the annex", None),
        ("Removal order no. 12 of 27 such", None),
        ("Our reference: K 7 – 12/27", "K 7 – 12/27"),
        ("Removal order no. 9 UJs 12.27, issued today", "9 UJs 12.27"),
        ("Subject: your request, file no. 27/9", "27/9"),
        ("We wrote to you about it under file no. 27/9", None),
    ],
)
def test_a_file_number_is_announced_and_is_one(said, number):
    told = f"{said}\n\nUnder Article 3 of Regulation (EU) 2021/784 you are ordered to remove {ONE} now.\n"
    assert of(told).get("reference") == number


FULL = "The content that this order is about, and which is to be removed at once,"


@pytest.mark.parametrize(
    ("lines", "read_"),
    [
        ([FULL, f"stands at {ONE} and at", f"{OTHER}.", "It is terrorist content."], [ONE, OTHER]),
        ([FULL, f"stands at {ONE}", "Kind regards"], [ONE]),
        ([FULL, "stands here, as we saw it ourselves: https://lantern.", "example/a/1 and nowhere else."],
         ["https://lantern.example/a/1"]),
        ([FULL, "stands here, as we saw it ourselves: https://lantern.example/a?",
          "id=4&x=1 and nowhere else."], ["https://lantern.example/a?id=4&x=1"]),
        ([FULL, "stands here, as we saw it ourselves: https://lantern.example/a%", "20b and nowhere else."],
         ["https://lantern.example/a%20b"]),
        # what may be one half of it
        ([FULL, "stands here, as we saw it ourselves: https://lantern.example/a/nord-", "licht and so on."], None),
        ([FULL, "stands here, as we saw it ourselves: https://lantern.example/a/", "winter and so on."], None),
        ([FULL, "stands here, as we saw it ourselves: https://lantern.example/a/7", "41 and so on."], None),
        ([FULL, "stands here, as we saw it ourselves: https://lantern.example/a/b.", "html and so on."], None),
        # every line is cut at one width, wherever that is
        (["The content that this order is abo", "ut, and which is to be removed wit",
          "hout delay, is https://a.example/w", "inter and nothing besides, as we s", "aid."], None),
    ],
)  # fmt: skip
def test_an_address_at_a_lines_end(lines, read_):
    assert running.addresses(lines) == read_
