"""Letters of the second generator: orders told in prose, in five languages, without any form.

Holes: {office} {street} {ref} {day} {hour} {place} {first} {second} {law} {mail} {court} {land} {person} {post}. `when` is
the sentence's own way to say day and hour. Written without a look at the reader or at the first generator.
"""

from __future__ import annotations

from typing import Any

# removal orders: paragraphs; {silence} is the paragraph that forbids disclosure, or nothing
REMOVAL: dict[str, list[list[str]]] = {
    "en": [
        [
            "Our ref.: {ref}",
            "Removal order under Article 3 of Regulation (EU) 2021/784",
            "Dear Sir or Madam,",
            "On {day} at {hour} ({zone}) {office} issued the present removal order. You are ordered to remove, or to disable access to, the following content in all Member States as soon as possible and in any event within one hour of receipt:",
            "{first}\n{second}",
            "The material incites others to commit terrorist offences (point (7)(a) of Article 2 of the Regulation). {story}",
            "{silence}",
            "Please report the time of removal to {mail}.",
            "An action against this order may be brought before {court} within {term}.",
            "{person}\n{post}\n{office}",
        ],
        [
            "{office}\n{street}",
            "Removal order no. {ref}, issued on {day}, {hour} {zone}",
            "To the legal representative of Plateforme SA:",
            "Under Article 3(1) of Regulation (EU) 2021/784 the undersigned authority orders the removal of terrorist content, in all Member States and within one hour of receipt of this order. The content stands at {first} and at {second}. It solicits others to participate in the activities of a terrorist group within the meaning of Article 2(7)(c). {story}",
            "{silence}",
            "This order can be challenged before {court}; the time limit is {term}. Feedback is to be sent to {mail}.",
            "{person}, {post}",
        ],
    ],
    "fr": [
        [
            "N/Réf. : {ref}",
            "Objet : injonction de retrait (article 3 du règlement (UE) 2021/784)",
            "Madame, Monsieur,",
            "Par la présente injonction, émise le {day} à {hour} ({zone}), {office} vous enjoint de retirer les contenus suivants, ou d’en bloquer l’accès dans tous les États membres, dès que possible et en tout état de cause dans un délai d’une heure à compter de la réception :",
            "{first}\n{second}",
            "Ces contenus incitent à la commission d’infractions terroristes (article 2, point 7) a), du règlement). {story}",
            "{silence}",
            "Vous voudrez bien indiquer l’heure du retrait à l’adresse {mail}.",
            "La présente injonction peut être contestée devant {court} dans un délai de {term}.",
            "{person}\n{post}\n{office}",
        ],
        [
            "{office}\n{street}",
            "INJONCTION DE RETRAIT n° {ref}",
            "Émise le {day}, {hour} ({zone}), en application de l’article 3 du règlement (UE) 2021/784.",
            "À l’attention du représentant légal de Plateforme SA,",
            "Il vous est ordonné de retirer, dans tous les États membres et dans l’heure suivant la réception, les contenus à caractère terroriste publiés à l’adresse {first} et à l’adresse {second}, qui sollicitent des personnes pour participer aux activités d’un groupe terroriste au sens de l’article 2, point 7) c). {story}",
            "{silence}",
            "Un recours peut être formé devant {court} ; le délai est de {term}. Contact pour le suivi : {mail}.",
            "{person}, {post}",
        ],
    ],
    "de": [
        [
            "Aktenzeichen: {ref}",
            "Entfernungsanordnung nach Artikel 3 der Verordnung (EU) 2021/784",
            "Sehr geehrte Damen und Herren,",
            "mit dieser am {day} um {hour} Uhr ({zone}) erlassenen Anordnung verpflichtet Sie {office}, die folgenden Inhalte in allen Mitgliedstaaten so schnell wie möglich, in jedem Fall aber innerhalb einer Stunde nach Erhalt, zu entfernen oder den Zugang dazu zu sperren:",
            "{first}\n{second}",
            "Das Material stiftet andere zur Begehung terroristischer Straftaten an (Artikel 2 Nummer 7 Buchstabe a der Verordnung). {story}",
            "{silence}",
            "Den Zeitpunkt der Entfernung teilen Sie bitte an {mail} mit.",
            "Gegen diese Anordnung kann binnen {term} Klage bei folgendem Gericht erhoben werden: {court}.",
            "{person}\n{post}\n{office}",
        ],
    ],
    "es": [
        [
            "N/Ref.: {ref}",
            "Asunto: orden de retirada (artículo 3 del Reglamento (UE) 2021/784)",
            "Muy señores míos:",
            "Mediante la presente orden, emitida el {day} a las {hour} ({zone}), {office} les ordena retirar los siguientes contenidos, o bloquear el acceso a ellos en todos los Estados miembros, lo antes posible y en todo caso en el plazo de una hora desde la recepción:",
            "{first}\n{second}",
            "El material incita a otros a cometer delitos de terrorismo [artículo 2, punto 7, letra a), del Reglamento]. {story}",
            "{silence}",
            "La hora de la retirada se comunicará a {mail}.",
            "Contra la presente orden cabe recurso ante {court} en el plazo de {term}.",
            "{person}\n{post}\n{office}",
        ],
    ],
    "it": [
        [
            "Rif.: {ref}",
            "Oggetto: ordine di rimozione (articolo 3 del regolamento (UE) 2021/784)",
            "Spettabile società,",
            "con il presente ordine, emesso il {day} alle ore {hour} ({zone}), {office} vi ordina di rimuovere i contenuti seguenti, o di disabilitarne l’accesso in tutti gli Stati membri, il prima possibile e in ogni caso entro un’ora dal ricevimento:",
            "{first}\n{second}",
            "Il materiale istiga altri a commettere reati di terrorismo [articolo 2, punto 7), lettera a), del regolamento]. {story}",
            "{silence}",
            "L’ora della rimozione va comunicata a {mail}.",
            "Il presente ordine può essere impugnato dinanzi a {court} entro {term}.",
            "{person}\n{post}\n{office}",
        ],
    ],
}
REMOVAL_CATEGORY = {
    "en": ["a-incite", "c-solicit-group"],
    "fr": ["a-incite", "c-solicit-group"],
    "de": ["a-incite"],
    "es": ["a-incite"],
    "it": ["a-incite"],
}
SILENCE = {
    "en": "For reasons of public security you must refrain from informing the content provider of the removal.",
    "fr": "Pour des raisons de sécurité publique, vous devez vous abstenir d’informer le fournisseur de contenus du retrait.",
    "de": "Aus Gründen der öffentlichen Sicherheit dürfen Sie den Inhalteanbieter nicht über die Entfernung unterrichten.",
    "es": "Por motivos de seguridad pública, deben abstenerse de informar al proveedor de contenidos de la retirada.",
    "it": "Per motivi di sicurezza pubblica dovete astenervi dall’informare il fornitore di contenuti della rimozione.",
}
TERMS = {
    "en": "30 days of notification",
    "fr": "deux mois à compter de la notification",
    "de": "eines Monats ab Zustellung",
    "es": "dos meses desde la notificación",
    "it": "sessanta giorni dalla notifica",
}

# orders to act against illegal content: the territory's words, and which States they are
LANDS: dict[str, list[tuple[str, list[str]]]] = {
    "en": [
        ("in Ireland", ["IE"]),
        ("in Ireland and in Malta", ["IE", "MT"]),
        ("in all Member States of the Union", ["EU"]),
        ("worldwide", ["WORLD"]),
    ],
    "fr": [
        ("sur le territoire français", ["FR"]),
        ("en France et en Belgique", ["FR", "BE"]),
        ("dans l’ensemble de l’Union européenne", ["EU"]),
        ("dans le monde entier", ["WORLD"]),
        ("au Luxembourg", ["LU"]),
    ],
    "de": [
        ("in Deutschland", ["DE"]),
        ("im Gebiet der Bundesrepublik Deutschland", ["DE"]),
        ("in Deutschland und Österreich", ["DE", "AT"]),
        ("in der gesamten Europäischen Union", ["EU"]),
        ("weltweit", ["WORLD"]),
    ],
    "es": [
        ("en España", ["ES"]),
        ("en el territorio español", ["ES"]),
        ("en toda la Unión Europea", ["EU"]),
        ("en todo el mundo", ["WORLD"]),
    ],
    "it": [
        ("in Italia", ["IT"]),
        ("sul territorio italiano", ["IT"]),
        ("nell’intera Unione europea", ["EU"]),
        ("in tutto il mondo", ["WORLD"]),
    ],
}
DSA_LAW = {
    "IE": "section 139ZS of the Broadcasting Act 2009",
    "MT": "article 82A of the Criminal Code",
    "FR": "article 6-1 de la loi n° 2004-575 du 21 juin 2004",
    "BE": "article 39bis du code d’instruction criminelle",
    "LU": "article 457-1 du code pénal",
    "DE": "§ 130 Absatz 1 des Strafgesetzbuchs",
    "AT": "§ 283 des Strafgesetzbuchs",
    "ES": "artículo 8 de la Ley 34/2002",
    "IT": "articolo 14 del decreto legislativo 9 aprile 2003, n. 70",
}
ACT: dict[str, list[list[str]]] = {
    "en": [
        [
            "Reference: {ref}",
            "Order to act against illegal content (Article 9 of Regulation (EU) 2022/2065)",
            "Dear Sir or Madam,",
            "By decision of {day}, {hour} ({zone}), {office} found that the posts at {first} and {second} are illegal. The order is based on {law}.",
            "You are ordered to make them inaccessible to users {land} within 24 hours of receipt.",
            "You and the recipient of the service may appeal against this decision before {court} within {term}.",
            "Please inform {mail} of the effect given to this order.",
            "{person}\n{post}",
        ],
    ],
    "fr": [
        [
            "Référence : {ref}",
            "Objet : injonction d’agir contre un contenu illicite (article 9 du règlement (UE) 2022/2065)",
            "Madame, Monsieur,",
            "Par décision du {day}, {hour} ({zone}), {office} a constaté le caractère illicite des publications {first} et {second}. L’injonction est fondée sur l’{law}.",
            "Il vous est enjoint de les rendre inaccessibles aux utilisateurs situés {land} dans un délai de vingt-quatre heures.",
            "Un recours contre cette décision est ouvert au fournisseur et au destinataire du service devant {court} dans un délai de {term}.",
            "Vous informerez {mail} de la suite donnée.",
            "{person}\n{post}",
        ],
    ],
    "de": [
        [
            "Geschäftszeichen: {ref}",
            "Anordnung zum Vorgehen gegen rechtswidrige Inhalte (Artikel 9 der Verordnung (EU) 2022/2065)",
            "Sehr geehrte Damen und Herren,",
            "mit Entscheidung vom {day}, {hour} Uhr ({zone}), hat {office} festgestellt, dass die Beiträge {first} und {second} rechtswidrig sind. Die Anordnung stützt sich auf {law}.",
            "Sie werden angewiesen, sie binnen 24 Stunden nach Erhalt für Nutzer {land} unzugänglich zu machen.",
            "Gegen diese Entscheidung können der Anbieter und der betroffene Nutzer binnen {term} Rechtsmittel einlegen bei: {court}.",
            "Über die Ausführung unterrichten Sie bitte {mail}.",
            "{person}\n{post}",
        ],
    ],
    "es": [
        [
            "Referencia: {ref}",
            "Asunto: orden de actuación contra contenidos ilícitos (artículo 9 del Reglamento (UE) 2022/2065)",
            "Muy señores míos:",
            "Por resolución de {day}, a las {hour} ({zone}), {office} ha declarado ilícitas las publicaciones {first} y {second}. La orden se basa en el {law}.",
            "Se les ordena hacerlas inaccesibles a los usuarios {land} en el plazo de veinticuatro horas.",
            "Contra esta resolución el prestador y el destinatario del servicio pueden interponer recurso ante {court} en el plazo de {term}.",
            "Informarán a {mail} del curso dado a la orden.",
            "{person}\n{post}",
        ],
    ],
    "it": [
        [
            "Riferimento: {ref}",
            "Oggetto: ordine di contrastare contenuti illegali (articolo 9 del regolamento (UE) 2022/2065)",
            "Spettabile società,",
            "con decisione del {day}, ore {hour} ({zone}), {office} ha accertato l’illegalità delle pubblicazioni {first} e {second}. L’ordine si fonda sull’{law}.",
            "Vi si ordina di renderle inaccessibili agli utenti {land} entro ventiquattro ore.",
            "Avverso questa decisione il prestatore e il destinatario del servizio possono proporre ricorso dinanzi a {court} entro {term}.",
            "Del seguito dato all’ordine informerete {mail}.",
            "{person}\n{post}",
        ],
    ],
}
INFORM: dict[str, list[str]] = {
    "en": [
        "Reference: {ref}",
        "Order to provide information (Article 10 of Regulation (EU) 2022/2065)",
        "Dear Sir or Madam,",
        "By decision of {day}, {hour} ({zone}), {office} orders you, on the basis of {law}, to provide the name, the email address and the postal address of the recipient of the service who holds the account {first}.",
        "The information is necessary to determine whether the recipient complies with the law.",
        "You and the recipient may appeal against this decision before {court} within {term}.",
        "Please send the answer to {mail}.",
        "{person}\n{post}",
    ],
    "fr": [
        "Référence : {ref}",
        "Objet : injonction de fournir des informations (article 10 du règlement (UE) 2022/2065)",
        "Madame, Monsieur,",
        "Par décision du {day}, {hour} ({zone}), {office} vous enjoint, sur le fondement de l’{law}, de fournir le nom, l’adresse électronique et l’adresse postale du destinataire du service titulaire du compte {first}.",
        "Ces informations sont nécessaires pour établir si ce destinataire respecte la loi.",
        "Un recours contre cette décision est ouvert au fournisseur et au destinataire du service devant {court} dans un délai de {term}.",
        "La réponse est à adresser à {mail}.",
        "{person}\n{post}",
    ],
    "de": [
        "Geschäftszeichen: {ref}",
        "Auskunftsanordnung (Artikel 10 der Verordnung (EU) 2022/2065)",
        "Sehr geehrte Damen und Herren,",
        "mit Entscheidung vom {day}, {hour} Uhr ({zone}), ordnet {office} auf der Grundlage von {law} an, dass Sie Name, E-Mail-Adresse und Anschrift des Nutzers mitteilen, der das Konto {first} innehat.",
        "Die Auskunft ist erforderlich, um festzustellen, ob der Nutzer die Vorschriften einhält.",
        "Gegen diese Entscheidung können der Anbieter und der betroffene Nutzer binnen {term} Rechtsmittel einlegen bei: {court}.",
        "Die Antwort richten Sie bitte an {mail}.",
        "{person}\n{post}",
    ],
    "es": [
        "Referencia: {ref}",
        "Asunto: orden de entrega de información (artículo 10 del Reglamento (UE) 2022/2065)",
        "Muy señores míos:",
        "Por resolución de {day}, a las {hour} ({zone}), {office} les ordena, sobre la base del {law}, facilitar el nombre, la dirección de correo electrónico y la dirección postal del destinatario del servicio titular de la cuenta {first}.",
        "La información es necesaria para determinar si el destinatario cumple la ley.",
        "Contra esta resolución el prestador y el destinatario del servicio pueden interponer recurso ante {court} en el plazo de {term}.",
        "La respuesta se remitirá a {mail}.",
        "{person}\n{post}",
    ],
    "it": [
        "Riferimento: {ref}",
        "Oggetto: ordine di fornire informazioni (articolo 10 del regolamento (UE) 2022/2065)",
        "Spettabile società,",
        "con decisione del {day}, ore {hour} ({zone}), {office} vi ordina, sulla base dell’{law}, di fornire il nome, l’indirizzo di posta elettronica e l’indirizzo postale del destinatario del servizio titolare dell’account {first}.",
        "Le informazioni sono necessarie per stabilire se il destinatario rispetta la legge.",
        "Avverso questa decisione il prestatore e il destinatario del servizio possono proporre ricorso dinanzi a {court} entro {term}.",
        "La risposta va inviata a {mail}.",
        "{person}\n{post}",
    ],
}
# US letters that ask to preserve; truth: account and mail are the targets
PRESERVE: list[list[str]] = [
    [
        "{day}",
        "Custodian of Records\nPlateforme SA",
        "Re: Preservation request, file number {ref}",
        "Dear Custodian,",
        "The {office} requests, pursuant to 18 U.S.C. § 2703(f), that you preserve for 90 days all records and other evidence relating to the following accounts:",
        "    Account name: {account}\n    Email: {email}",
        "Please do not disclose this request to the account holder.",
        "Questions may be addressed to {mail}.",
        "Sincerely,\n{person}\n{post}\n{office}",
    ],
    [
        "{office}\nCase No. {ref}",
        "{day}",
        "PRESERVATION LETTER UNDER TITLE 18, UNITED STATES CODE, SECTION 2703(f)",
        "To whom it may concern:",
        "This letter is a formal request that you preserve, pending the issuance of legal process, all stored communications and records for the account identified as {account} and for the e-mail address {email}, for a period of 90 days.",
        "You are asked not to notify the subscriber of the existence of this letter.",
        "{person}\n{post}",
    ],
]
US_OFFICES: list[tuple[str, str, str, str, str]] = [
    (
        "Calloway County District Attorney’s Office",
        "prosecutor",
        "da-calloway.example",
        "Rosalind Achterberg",
        "Deputy District Attorney",
    ),
    ("Pinerock Police Department", "police", "pinerockpd.example", "Sgt. T. Okonjo", "Digital Investigations Unit"),
    (
        "United States Attorney’s Office, Northern District of Franklin",
        "prosecutor",
        "usao-ndf.example",
        "Hollis Brandvold",
        "Assistant United States Attorney",
    ),
]
THREATS: list[tuple[str, dict[str, Any]]] = [
    (
        "To whom it concerns,\n\nYour engineer in our city was told this morning that he will be arrested on Thursday unless the subscriber data of the account {first} are sent to this address. We do not intend to ask again.\n\n{person}\nDepartment of State Security\n",
        {"lever": "arrest", "against": "employee"},
    ),
]
# mails of offices that are no orders: a question, a thank-you, a newsletter
ORDINARY: dict[str, list[str]] = {
    "en": [
        "Dear colleagues,\n\nthank you for your answer of last week. Could you tell us which languages your contact point accepts, and whether removal orders should be sent as PDF or as text?\n\nKind regards\n{person}\n{office}\n"
    ],
    "fr": [
        "Bonjour,\n\nNous organisons le 12 mai une journée d’étude sur le règlement (UE) 2021/784. Nous serions heureux d’y accueillir un représentant de votre plateforme.\n\nBien cordialement,\n{person}\n{office}\n"
    ],
    "de": [
        "Sehr geehrte Damen und Herren,\n\nvielen Dank für Ihre Rückmeldung zu unserer Anfrage. Bitte teilen Sie uns mit, ob Ihre Kontaktstelle auch an Feiertagen besetzt ist.\n\nMit freundlichen Grüßen\n{person}\n{office}\n"
    ],
    "es": [
        "Buenos días:\n\n¿Podrían indicarnos en qué idiomas acepta órdenes su punto de contacto? Gracias por su respuesta de la semana pasada.\n\nUn saludo,\n{person}\n{office}\n"
    ],
    "it": [
        "Buongiorno,\n\nvi ringraziamo per il riscontro. Potreste indicarci in quali lingue il vostro punto di contatto accetta gli ordini?\n\nCordiali saluti\n{person}\n{office}\n"
    ],
}
