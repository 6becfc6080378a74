# ruff: noqa: E501 - each layout stands as its program writes it
"""Layouts of mail programs and offices: an order in the writer's own words stays the writer's, and one in words that are
quoted, forwarded or printed never becomes it."""

import io
import zipfile
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP

import pytest

from comity.reading import whose
from comity.reading.read import read

ORDER = """REMOVAL ORDER
(Article 3 of Regulation (EU) 2021/784)
SECTION A
Member State of the issuing competent authority: France
Addressee and, where relevant, legal representative: Lantern
Contact point: orders@lantern.example
Time and date of issuing of the removal order: 29 November 2026 13:00 CET
Reference number of the removal order: R-1
SECTION B
URL and any additional information enabling the identification and exact location of the terrorist content:
https://lantern.example/c/4f/2
Additional information for considering the material to be terrorist content: REASONS
SECTION E
Name of the issuing competent authority: Office of France
Address: 1 rue X, Paris
Date: 29 November 2026
Signature: stamp
"""
FRENCH = """INJONCTION DE RETRAIT
(article 3 du règlement (UE) 2021/784)
SECTION A
État membre de l’autorité compétente d’émission : France
Destinataire et, le cas échéant, représentant légal : Lantern
Point de contact : orders@lantern.example
Heure et date d’émission de l’injonction de retrait : 29 novembre 2026 13:00 CET
Numéro de référence de l’injonction de retrait : R-1
SECTION B
Adresse URL et toute information complémentaire permettant l’identification et la localisation exacte des contenus à caractère terroriste :
https://lantern.example/c/4f/2
Informations complémentaires justifiant que les contenus soient considérés comme des contenus à caractère terroriste : RAISONS
SECTION E
Nom de l’autorité compétente d’émission : Office de France
"""


def letter(text=None, subject="Removal order", html=None):
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Desk <orders@office.example>", "orders@lantern.example", subject
    if text is not None:
        made.set_content(text)
        if html:
            made.add_alternative(html, subtype="html")
    else:
        made.set_content(html, subtype="html")
    return made


def typed(content_type, text, encoding="8bit"):
    head = "From: Desk <orders@office.example>\nTo: orders@lantern.example\nSubject: Removal order\nMIME-Version: 1.0\n"
    head += f"Content-Type: {content_type}\nContent-Transfer-Encoding: {encoding}\n\n"
    return (head + text).replace("\n", "\r\n").encode()


def parts(*inner, kind="mixed"):
    made = MIMEMultipart(kind)
    made["From"], made["To"], made["Subject"] = "orders@office.example", "orders@lantern.example", "Re: order"
    for one in inner:
        made.attach(one)
    return made


def file(data, name):
    return MIMEApplication(data if isinstance(data, bytes) else data.encode(), "octet-stream", Name=name)


def text(said, kind="plain"):
    return MIMEText(said, kind, "utf-8")


def reading_of(made):
    return read(made if isinstance(made, bytes) else made.as_bytes(policy=SMTP), {"dns": False})


def rows(said):
    return "".join(f"<div>{line or '<br>'}</div>" for line in said.splitlines())


def marked(mark, said=ORDER):
    return "".join(f"{mark}{line}\n" for line in said.splitlines())


OWN = "We did not issue the order below. It is a forgery; please disregard it.\n"
SIGNATURE = "Marie Dupont\nOffice of France\nTel: +33 1 00 00\nFax: +33 1 00 01\nE-mail: orders@office.example\n"


def zipped():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("m.eml", letter(ORDER).as_bytes(policy=SMTP))
        archive.writestr("m.txt", "De : A <a@b.example>\nEnvoyé : x\nÀ : y\nObjet : z\n\n" + ORDER)
    return held.getvalue()


QUOTED = {
    "horde": letter(f"{OWN}\nQuoting A B <a@b.example>:\n\n{ORDER}"),
    "groupwise": letter(f"{OWN}\n>>> A B 29/11/2026 13:50 >>>\n{ORDER}"),
    "outlook's bar": letter(
        html=f'<p>No.</p><div style="border:none;border-left:solid blue 1.5pt">{rows(ORDER)}</div>'
    ),
    "a head in cells of a table": letter(
        html="<p>No.</p><table><tr><td><p>From:</p></td><td><p>A &lt;a@b.example&gt;</p></td></tr><tr><td><p>Sent:</p>"
        "</td><td><p>x</p></td></tr><tr><td><p>To:</p></td><td><p>x</p></td></tr></table>" + rows(ORDER)
    ),
    "signature block then attribution without marks": letter(
        f"{OWN}\n{SIGNATURE}\nOn Sunday, 29 Nov 2026 at 13:50, A B <a@b.example> wrote:\n\n{ORDER}"
    ),
    "labelled own words then attribution FR": letter(
        f"Bonjour,\nObjet : votre question\nDossier : 12\nRéf : 33/2\nCe n'est pas de nous.\n\nLe dim. 29 nov. 2026 à 13:50, A B <a@b.example> a écrit :\n\n{FRENCH}"
    ),
    "U+2028 in a quoted line": letter(OWN + "\n> Dear office,\u2028" + ORDER.replace("\n", "\u2028") + "\n"),
    "VT in a quoted line": letter(OWN + "\n> Dear office,\x0b" + ORDER.replace("\n", "\x0b") + "\n"),
    "bare CR in a quoted line qp": typed(
        "text/plain; charset=utf-8",
        OWN + "\n> Dear office,=0D" + ORDER.replace("=", "=3D").replace("\n", "=0D") + "\n",
        "quoted-printable",
    ),
    "NEL in quoted line": letter(OWN + "\n> Dear office,\x85" + ORDER.replace("\n", "\x85") + "\n"),
    "U+2028 in blockquote": letter(
        html="<p>It is a forgery.</p><blockquote type=cite>Dear,&#8232;"
        + ORDER.replace("\n", "&#8232;")
        + "</blockquote>"
    ),
    "VT in blockquote": letter(
        html="<p>It is a forgery.</p><blockquote type=cite>Dear,\x0b" + ORDER.replace("\n", "\x0b") + "</blockquote>"
    ),
    "FS in blockquote": letter(
        html="<p>It is a forgery.</p><blockquote type=cite>Dear,\x1c" + ORDER.replace("\n", "\x1c") + "</blockquote>"
    ),
    "rtl mark before >": letter(OWN + "\n" + marked("\u200f> ")),
    "zwsp before >": letter(OWN + "\n" + marked("\u200b> ")),
    "many blanks before >": letter(OWN + "\n" + marked("      > ")),
    "initials": letter(OWN + "\n" + marked("AB> ")),
    "pipe": letter(OWN + "\n" + marked("| ")),
    "fullwidth >": letter(OWN + "\n" + marked("＞ ")),
    "single guillemet": letter(OWN + "\n" + marked("› ")),
    "&gt; in plain": letter(OWN + "\n" + marked("&gt; ")),
    "unknown language forward, subject first, no dashes": letter(
        f"{OWN}\nSubject: x\nDate: Sun, 29 Nov 2026 13:00\nFrom: A B <a@b.example>\nTo: orders@office.example\n\n{ORDER}"
    ),
    "block with values on lines of their own": letter(
        f"{OWN}\nFrom:\nA B <a@b.example>\n\nSent:\nSunday 29 November 2026\n\nTo:\norders@office.example\n\nSubject:\norder\n\n{ORDER}"
    ),
    "turkish attribution": letter(f"{OWN}\n29 Kas 2026 Paz, 13:50 tarihinde A B <a@b.example> şunu yazdı:\n\n{ORDER}"),
    "irish attribution": letter(f"{OWN}\nAr an 29 Samh 2026 ag 13:50, scríobh A B <a@b.example>:\n\n{ORDER}"),
    "maltese attribution": letter(f"{OWN}\nFil-29 ta' Novembru 2026 13:50, A B <a@b.example> kiteb:\n\n{ORDER}"),
    "japanese attribution": letter(f"{OWN}\n2026年11月29日(日) 13:50 A B <a@b.example>:\n\n{ORDER}"),
    "chinese block": letter(
        f"{OWN}\n发件人: A B <a@b.example>\n发送时间: 2026年11月29日 13:50\n收件人: C\n主题: x\n\n{ORDER}"
    ),
    "turkish block": letter(
        f"{OWN}\nKimden: A B <a@b.example>\nGönderildi: 29 Kasım 2026 Pazar 13:50\nKime: C\nKonu: x\n\n{ORDER}"
    ),
    "ukrainian block": letter(
        f"{OWN}\nВід: A B <a@b.example>\nНадіслано: 29 листопада 2026 р. 13:50\nКому: C\nТема: x\n\n{ORDER}"
    ),
    "hebrew block": letter(f"{OWN}\nמאת: A B <a@b.example>\nנשלח: 29 נובמבר 2026 13:50\nאל: C\nנושא: x\n\n{ORDER}"),
    "arabic block": letter(
        f"{OWN}\nمن: A B <a@b.example>\nتاريخ الإرسال: 29 نوفمبر 2026 13:50\nإلى: C\nالموضوع: x\n\n{ORDER}"
    ),
    "irish block": letter(f"{OWN}\nÓ: A B <a@b.example>\nSeolta: 29 Samhain 2026 13:50\nChuig: C\nÁbhar: x\n\n{ORDER}"),
    "croatian dash": letter(f"{OWN}\n-----Izvorna poruka-----\nŠalje: A\nPoslano: x\n\n{ORDER}"),
    "icelandic dash": letter(
        f"{OWN}\n-----Upprunaleg skilaboð-----\nFrá: A B <a@b.example>\nSent: 29. nóv 2026 13:50\nTil: y\nEfni: z\n\n{ORDER}"
    ),
    "notes style": letter(
        f"{OWN}\n\n\nA B <a@b.example>\n29.11.2026 13:50\n\nAn\norders@office.example\nKopie\n\nThema\nx\n\n{ORDER}"
    ),
    "notes wrote on": letter(f"{OWN}\nA B <a@b.example> wrote on 29/11/2026 13:50:11:\n\n{ORDER}"),
    "notes ---- Forwarded by": letter(
        f"{OWN}\n----- Forwarded by C/Office on 29/11/2026 14:00 -----\n\nFrom: A\n\n{ORDER}"
    ),
    "android: sent from block none": letter(f"{OWN}\n-------- Original message --------\nFrom: A\n{ORDER}"),
    "cite border none": letter(
        html=f'<p>It is a forgery.</p><blockquote type="cite" style="border:none">{rows(ORDER)}</blockquote>'
    ),
    "gmail div no blockquote": letter(
        html=f'<p>It is a forgery.</p><div class="gmail_quote"><div class="gmail_attr">در تاریخ</div>{rows(ORDER)}</div>'
    ),
    "OWA divRplyFwdMsg unknown language": letter(
        html=f'<p>It is a forgery.</p><hr><div id="divRplyFwdMsg" dir="ltr"><font><b>Sendandi:</b> A<br><b>Sent:</b></font></div>{rows(ORDER)}'
    ),
    "Outlook border-top unknown language": letter(
        html=f'<p>It is a forgery.</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p><b>Kimden:</b> A</p></div></div>{rows(ORDER)}'
    ),
    "yahoo": letter(
        html=f'<p>It is a forgery.</p><div id="ydp1yahoo_quoted_1" class="ydp1yahoo_quoted"><div>29 Kas</div>{rows(ORDER)}</div>'
    ),
    "proton": letter(html=f'<p>It is a forgery.</p><div class="protonmail_quote">x{rows(ORDER)}</div>'),
    "roundcube reply-intro unknown": letter(
        html=f'<p>It is a forgery.</p><p id="reply-intro">29 Kas 2026 tarihinde</p><blockquote type="cite">{rows(ORDER)}</blockquote>'
    ),
    "thunderbird moz-forward-container": letter(
        html=f'<p>It is a forgery.</p><div class="moz-forward-container"><table class="moz-email-headers-table"><tr><th>Konu:</th><td>x</td></tr></table>{rows(ORDER)}</div>'
    ),
    "plain unmarked, html blockquote": letter(
        f"{OWN}\n\n{ORDER}", html=f"<p>It is a forgery.</p><blockquote type=cite>{rows(ORDER)}</blockquote>"
    ),
    "html with many comments falls back": letter(
        html="<p>It is a forgery.</p>"
        + "<![if !supportLists]>x<![endif]>" * 60
        + f"<blockquote type=cite>{rows(ORDER)}</blockquote>"
    ),
    "html with many <": letter(
        html="<p>It is a forgery.</p><blockquote type=cite>" + "< " * 300 + f"{rows(ORDER)}</blockquote>"
    ),
    "never closed div in pre": letter(html=f"<p>It is a forgery.</p><blockquote><pre>{ORDER}</pre></blockquote>"),
    "second text part after a cut": parts(
        text(f"{OWN}\n-----Original Message-----\nFrom: A\nSent: x\nTo: y\nSubject: z\n"),
        file(b"GIF89a", "a.bin"),
        text(ORDER),
    ),
    "second html part after a cut": parts(
        text(
            "<p>Forgery</p><b>From:</b> A &lt;a@b.example&gt;<br><b>Sent:</b> x<br><b>To:</b> y<br><b>Subject:</b> z",
            "html",
        ),
        file(b"GIF89a", "a.bin"),
        text(rows(ORDER), "html"),
    ),
    "attached txt print of a mail": parts(
        text("Is it ours?"),
        file(
            f"Von: A B <a@b.example>\nGesendet: Sonntag, 29. November 2026\nAn: C\nBetreff: x\n\n{ORDER}".encode(),
            "mail.txt",
        ),
    ),
    "attached html print of a mail": parts(
        text("Is it ours?"),
        file(
            f"<html><body><b>De :</b> A &lt;a@b.example&gt;<br><b>Envoyé :</b> x<br><b>À :</b> y<br><b>Objet :</b> z<br>{rows(FRENCH)}</body></html>".encode(),
            "mail.html",
        ),
    ),
    "zip with eml and print": parts(text("Is it ours?"), file(zipped(), "m.zip")),
    "our letter title wrapped": letter(
        "Thank you.\n\nFEEDBACK FOLLOWING REMOVAL OF OR DISABLING OF ACCESS TO\nTERRORIST CONTENT\n\n" + ORDER
    ),
    "our letter title wrapped in marks-less list": letter(
        "Thank you.\n\nINFORMATION ON THE IMPOSSIBILITY TO EXECUTE THE\nREMOVAL ORDER\n\n" + ORDER
    ),
    "plain: 'Van:' with 'Verzonden'": letter(f"{OWN}\nVan: A\nVerzonden: zondag\nAan: C\nOnderwerp: x\n\n{ORDER}"),
    "markdown bold": letter(
        f"{OWN}\n**From:** A B <a@b.example>\n**Sent:** Sunday\n**To:** C\n**Subject:** x\n\n{ORDER}"
    ),
    "From without @, Date, underscore line 1 blank": letter(
        f"{OWN}\n________________________________\n\nFrom: A B\nDate: Sunday\nTo: C\nSubject: x\n\n{ORDER}"
    ),
    "attribution ends without colon": letter(f"{OWN}\nOn Sun, 29 Nov 2026, 13:50 A B <a@b.example> wrote\n\n{ORDER}"),
    "attribution over four lines": letter(
        f"{OWN}\nOn Sunday, 29 November 2026 at 13:50:11 Central\nEuropean Standard Time, Alexander\nBrandenburger von Something\n<a@b.example> wrote:\n\n{ORDER}"
    ),
    "blank inside attribution": letter(
        f"{OWN}\nOn Sunday, 29 November 2026 at 13:50:11, A B\n\n<a@b.example> wrote:\n\n{ORDER}"
    ),
}

REASONS = {ORDER: "REASONS", FRENCH: "RAISONS"}
GENUINE = {
    "above thread marks": lambda order: letter(
        order
        + "\n\nOn Mon, 3 Nov 2026 at 13:50, Lantern <orders@lantern.example> wrote:\n> This reply is procedural. It says nothing of any account or content.\n> Thanks\n",
        "Re: R-1",
    ),
    "above thread outlook": lambda order: letter(
        order
        + "\n\nFrom: Lantern <orders@lantern.example>\nSent: Monday\nTo: x\nSubject: Your order\n\nThank you for your mail.\n",
        "Re: R-1",
    ),
    "above original": lambda order: letter(
        order + "\n\n-----Original Message-----\nFrom: L\n\nThank you.\n", "RE: R-1"
    ),
    "letterhead": lambda order: letter(
        "From: Office of France\nTo: Lantern Messaging\nDate: 29 November 2026\nSubject: Removal order R-1\n\n" + order
    ),
    "disclaimer": lambda order: letter(
        order
        + "\n\n"
        + "_" * 40
        + "\nThis message and any attachments are confidential. If forwarded, from: to: do not.\n"
    ),
    "disclaimer above": lambda order: letter("CAUTION: external\n" + "-" * 40 + "\n" + order),
    "forwarded greeting": lambda order: letter(
        "Dear all,\n\nthis order is forwarded to you by the competent authority:\n\n" + order
    ),
    "forwarded by post": lambda order: letter(
        "This order was originally sent by post and is forwarded by e-mail. Original message follows by courier.\n\n"
        + order
    ),
    "chat log": lambda order: letter(
        order.replace(
            REASONS[order],
            "the account posted:\n[03/11/2026 13:50] user1: kill them\n[03/11/2026 13:51] @user2 wrote on 3 Nov 2026:\nkill them all\n<user3> yes",
        )
    ),
    "wrote in reasons": lambda order: letter(
        order.replace(REASONS[order], "On 3 November 2026 the account @x wrote:\nkill them all")
    ),
    "quoted in reasons": lambda order: letter(
        order.replace(REASONS[order], "The post says:\n> kill them all\n> now\nwhich incites.")
    ),
    "ecrit in reasons": lambda order: letter(
        order.replace(REASONS[order], "le 3 novembre 2026, @x a écrit :\ntuez-les")
    ),
    "html divs": lambda order: letter(html=rows(order)),
    "html table": lambda order: letter(
        html="<table>"
        + "".join("<tr><td>" + line.replace(": ", "</td><td>", 1) + "</td></tr>" for line in order.splitlines())
        + "</table>"
    ),
    "html newsletter": lambda order: letter(
        html='<table width=600 class="container"><tr><td style="border-top:solid 1px #ccc"><img src=x><h1>Office</h1></td></tr><tr><td>'
        + rows(order)
        + "</td></tr></table><p>Unsubscribe</p>"
    ),
    "html gmail compose": lambda order: letter(
        order, html=f'<div dir="ltr">{rows(order)}</div><div class="gmail_signature">Office</div>'
    ),
    "html above gmail_quote": lambda order: letter(
        html=f'<div dir="ltr">{rows(order)}</div><br><div class="gmail_quote"><div class="gmail_attr">On Mon, Lantern wrote:</div><blockquote class="gmail_quote">Thanks.</blockquote></div>'
    ),
    "html indent blockquote": lambda order: letter(
        html=f'<blockquote style="margin: 0 0 0 40px; border: none; padding: 0px">{rows(order)}</blockquote>'
    ),
    "html pre": lambda order: letter(html=f"<html><body><pre>{order}</pre></body></html>"),
    "html pre-wrap": lambda order: letter(
        html=f'<html><body><div style="white-space:pre-wrap">{order}</div></body></html>'
    ),
    "word html": lambda order: letter(
        html='<html xmlns:o="x"><body><div class=WordSection1>'
        + "".join(f"<p class=MsoNormal><span lang=EN-GB>{line}<o:p></o:p></span></p>" for line in order.splitlines())
        + "</div></body></html>"
    ),
    "rtl marks": lambda order: letter("".join("\u200e" + line + "\n" for line in order.splitlines())),
    "flowed": lambda order: typed(
        "text/plain; charset=utf-8; format=flowed",
        order.replace("terrorist content:", "terrorist \ncontent:").replace(
            "à caractère terroriste :", "à caractère \nterroriste :"
        ),
    ),
    "clear-signed pgp": lambda order: letter(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n"
        + order
        + "\n-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n"
    ),
    "related": lambda order: parts(text(rows(order), "html"), kind="related"),
    "signed smime": lambda order: parts(text(order), file(b"\x30\x03", "smime.p7s"), kind="signed"),
    "attached txt": lambda order: parts(text("See attached."), file(order, "order.txt")),
    "list footer": lambda order: parts(text(order), text("_______________\nlist mailing list\n")),
    "our title cited in sentence": lambda order: letter(
        (
            "Please find our order below.\n\n"
            + "Feedback following removal of or disabling of access to terrorist content is to be sent to the address in Section F.\n\n"
        )
        + order
    ),
    "our title cited in order": lambda order: letter(
        order + "\nInformation on the impossibility to execute the removal order is to be given with Annex III.\n"
    ),
    "classification header": lambda order: letter(
        "*** OFFICIAL - SENSITIVE ***\n\n=====================\nFROM THE OFFICE\n=====================\n\n" + order
    ),
    "memo heads": lambda order: letter(
        "Expéditeur : Office de France\nDe : Bureau 3\nA : Lantern\nObjet : injonction\nRéf : 12\n\n" + order
    ),
    "subject tr": lambda order: letter(order, "Translation: removal order"),
    "uppercase": lambda order: letter("OFFICE OF FRANCE\nTEL: 1\n\n" + order),
    "bullets": lambda order: letter(
        "".join("- " + line + "\n" if ":" in line else line + "\n" for line in order.splitlines())
    ),
    "zimbra footer": lambda order: letter(
        order
        + '\n\n----- Mail original -----\nDe: "L" <orders@lantern.example>\nÀ: "O" <orders@office.example>\nEnvoyé: Lundi 3 Novembre 2026\nObjet: x\n\nMerci\n'
    ),
    "bottom posted": lambda order: letter(
        "On Mon, 3 Nov 2026 at 13:50, Lantern <orders@lantern.example> wrote:\n> Thanks\n\n" + order, "Re: R-1"
    ),
}


@pytest.mark.parametrize("way", QUOTED)
def test_words_of_others_are_never_the_signers_order(way):
    reading = reading_of(QUOTED[way])
    assert reading["others"] or not reading["orders"]
    assert "quoted-order" in reading["flags"] or not reading["orders"]


@pytest.mark.parametrize("order", [ORDER, FRENCH], ids=["en", "fr"])
@pytest.mark.parametrize("way", GENUINE)
def test_an_offices_own_order_is_its_own_and_whole(way, order):
    reading = reading_of(GENUINE[way](order))
    assert len(reading["orders"]) == 1
    assert not reading["others"]
    form = reading["orders"][0]["facts"]["form"]
    assert (form["reference"], form["urls"]) == ("R-1", ["https://lantern.example/c/4f/2"])
    assert form["issuing_authority"].startswith("Office ")


def test_an_order_below_ones_own_is_another_though_no_mark_stands_before_it():
    said = "On Sunday, 29 Nov 2026 at 13:50, A B <a@b.example> wrote:"
    reading = reading_of(letter(f"{ORDER.replace('R-1', 'R-0')}\n\n{said}\n\n{ORDER}"))
    assert [one["facts"]["form"]["reference"] for one in reading["orders"]] == ["R-0"]
    assert "quoted-order" in reading["flags"]


def by_machine(said, subject, sender="Desk <orders@office.example>", **fields):
    made = letter(said, subject)
    made.replace_header("From", sender)
    for name, value in fields.items():
        made[name.replace("_", "-")] = value
    return made


DAEMON = "Mail Delivery System <MAILER-DAEMON@office.example>"
ANSWERED = {
    "an autoresponder": by_machine(f"I am away.\n\n{ORDER}", "Re: order", Auto_Submitted="auto-replied"),
    "a ticket system": by_machine(
        f"Your request has been registered.\n\n{ORDER}", "[47] order", Auto_Submitted="auto-generated"
    ),
    "a list's owner": by_machine(f"Nous avons bien reçu votre message.\n\n{FRENCH}", "[47]", Precedence="bulk"),
    "a mail server": by_machine(f"It could not be sent.\n\n{ORDER}", "Rücksendung", DAEMON),
    "its keeper": by_machine(f"It could not be sent.\n\n{ORDER}", "Rücksendung", "postmaster@office.example"),
}


@pytest.mark.parametrize("way", ANSWERED)
def test_an_order_in_a_machines_answer_may_be_what_somebody_wrote_to_it(way):
    reading = reading_of(ANSWERED[way])
    assert reading["others"]
    assert not reading["silent"]
    assert "quoted-order" in reading["flags"]


@pytest.mark.parametrize("words", ["", "This is an automated message, please do not reply.\n\n"])
def test_an_order_that_an_offices_own_system_sends_is_the_offices(words):
    assert not reading_of(by_machine(words + ORDER, "Order", Auto_Submitted="auto-generated"))["others"]


def test_an_order_without_a_reference_is_dropped_only_where_another_names_its_places():
    other = ORDER.replace("order: R-1", "order:")
    two = reading_of(letter(f"{ORDER}\n\n{other.replace('4f/2', '4f/3')}"))
    assert [one["facts"]["form"]["urls"][0][-1] for one in two["orders"]] == ["2", "3"]
    assert len(reading_of(parts(text(ORDER), file(other, "order.txt")))["orders"]) == 1


@pytest.mark.parametrize(
    "said", ["Tr\u00a0: x", "[EXTERNAL] Fwd: x", "WG: x", "转发: x", "ΠΡΘ: x", "order (fwd)", "VB: x"]
)
def test_a_subject_says_in_any_language_that_a_mail_is_passed_on(said):
    assert reading_of(letter(f"Is it ours?\n\n{ORDER}", said))["others"]


@pytest.mark.parametrize("said", ["Re: Fwd: x", "AW: x", "Transfer: order", "[Ref 12] order", "Trouble: order"])
def test_a_subject_that_answers_or_merely_begins_so_passes_nothing_on(said):
    assert not reading_of(letter(ORDER, said))["others"]


def test_a_reply_without_a_word_of_its_own_makes_nothing_clear():
    said = "On 29 November 2026, Lantern <orders@lantern.example> wrote:\n> Which address?\n"
    assert "maybe-automatic" in reading_of(letter(said))["flags"]
    assert "maybe-automatic" not in reading_of(letter(f"The second.\n\n{said}"))["flags"]


@pytest.mark.parametrize(
    "line", ["x", "Abc: x", "> ", "> a\u2028b", "-----Original Message-----", "On 1 a@b.example wrote:"]
)
def test_whose_each_line_is_takes_no_longer_for_the_more_lines(line, monkeypatch):
    looked = []
    genuine = whose.attribution
    monkeypatch.setattr(whose, "attribution", lambda lines, i: looked.append(i) or genuine(lines, i))
    whose.own(f"{line}\n" * 2_000)
    assert len(looked) <= 4_000
