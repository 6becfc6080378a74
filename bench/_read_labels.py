"""How offices label the lines of a removal order, by language: for each line, wordings that may stand there.

Written apart from the reader's own tables (`comity/reading/forms`), and never read by it: what the bench measures is
whether labels that the reader's author hasn't put in one by one are read right, or left alone.
"""

HOST = {
    "en": "the Member State where the hosting service provider has its main establishment or where its legal "
    "representative resides or is established",
    "fr": "l’État membre dans lequel le fournisseur de services d’hébergement a son établissement principal ou dans "
    "lequel son représentant légal réside ou est établi",
    "de": "der Mitgliedstaat, in dem der Hostingdiensteanbieter seine Hauptniederlassung hat oder in dem sein "
    "gesetzlicher Vertreter ansässig oder niedergelassen ist",
    "es": "el Estado miembro en el que el prestador de servicios de alojamiento de datos tiene su establecimiento "
    "principal o en el que su representante legal reside o está establecido",
    "it": "lo Stato membro in cui il prestatore di servizi di hosting ha lo stabilimento principale o in cui il suo "
    "rappresentante legale risiede o è stabilito",
}
TITLES = {
    "en": ("REMOVAL ORDER", "(Article 3 of Regulation (EU) 2021/784 of the European Parliament and of the Council)"),
    "fr": ("INJONCTION DE RETRAIT", "(article 3 du règlement (UE) 2021/784 du Parlement européen et du Conseil)"),
    "de": (
        "ENTFERNUNGSANORDNUNG",
        "(Artikel 3 der Verordnung (EU) 2021/784 des Europäischen Parlaments und des Rates)",
    ),
    "es": ("ORDEN DE RETIRADA", "[artículo 3 del Reglamento (UE) 2021/784 del Parlamento Europeo y del Consejo]"),
    "it": ("ORDINE DI RIMOZIONE", "[articolo 3 del regolamento (UE) 2021/784 del Parlamento europeo e del Consiglio]"),
}
SECTION = {"en": "SECTION", "fr": "SECTION", "de": "ABSCHNITT", "es": "SECCIÓN", "it": "SEZIONE"}
HEADS = {
    "A": {
        "en": "", "fr": "", "de": "", "es": "", "it": "",
    },
    "B": {
        "en": "Terrorist content to be removed or access to which is to be disabled in all Member States",
        "fr": "Contenus à caractère terroriste à retirer ou dont l’accès doit être bloqué dans tous les États membres",
        "de": "Terroristischer Inhalt, der in allen Mitgliedstaaten zu entfernen oder zu sperren ist",
        "es": "Contenidos terroristas que deben retirarse o a los que debe bloquearse el acceso en todos los Estados miembros",
        "it": "Contenuti terroristici da rimuovere o il cui accesso deve essere disabilitato in tutti gli Stati membri",
    },
    "C": {
        "en": "Information to the content provider", "fr": "Information du fournisseur de contenus",
        "de": "Unterrichtung des Inhalteanbieters", "es": "Información al proveedor de contenidos",
        "it": "Informazioni al fornitore di contenuti",
    },
    "D": {
        "en": "Information to the competent authority", "fr": "Information de l’autorité compétente",
        "de": "Unterrichtung der zuständigen Behörde", "es": "Información a la autoridad competente",
        "it": "Informazioni all’autorità competente",
    },
    "E": {
        "en": "Details of the issuing competent authority", "fr": "Coordonnées de l’autorité compétente d’émission",
        "de": "Angaben zur anordnenden zuständigen Behörde", "es": "Datos de la autoridad competente emisora",
        "it": "Dati relativi all’autorità competente di emissione",
    },
    "F": {
        "en": "Contact details for follow-up", "fr": "Coordonnées pour le suivi",
        "de": "Kontaktangaben für Folgemaßnahmen", "es": "Datos de contacto para el seguimiento",
        "it": "Recapiti per il seguito",
    },
    "G": {
        "en": "Information about redress possibilities", "fr": "Informations sur les possibilités de recours",
        "de": "Angaben zu Rechtsbehelfen", "es": "Información sobre las vías de recurso",
        "it": "Informazioni sui mezzi di ricorso",
    },
}  # fmt: skip
# in their order on the form: (section, name, kind)
ORDER = [
    ("A", "issuing_state", "line"), ("A", "addressee", "line"), ("A", "contact_point", "line"),
    ("A", "establishment_state", "line"), ("A", "issued_at", "line"), ("A", "reference", "line"),
    ("B", "urls", "list"), ("B", "categories", "boxes"), ("B", "reasons", "text"),
    ("C", "non_disclosure", "tick"), ("D", "cross_border", "tick"), ("D", "copy_sent", "tick"),
    ("E", "issuer_kind", "boxes"), ("E", "issuing_authority", "line"), ("E", "issuer_representative", "line"),
    ("E", "issuing_file_number", "line"), ("E", "issuer_address", "line"), ("E", "issuer_phone", "line"),
    ("E", "issuer_email", "line"), ("E", "signed_on", "line"),
    ("F", "feedback_contact", "line"), ("F", "establishment_authority_contact", "line"),
    ("G", "redress_body", "line"), ("G", "redress_deadline", "line"), ("G", "redress_law_url", "line"),
]  # fmt: skip


def _up(text: str) -> str:
    return text[:1].upper() + text[1:]


LABELS = {
    "en": {
        "issuing_state": ["Member State of the issuing competent authority", "Issuing Member State"],
        "addressee": [
            "Addressee and, where relevant, legal representative",
            "Addressee (and legal representative)",
            "Addressee",
        ],
        "contact_point": ["Contact point"],
        "establishment_state": [
            _up(HOST["en"][4:]),
            "Member State of main establishment or of the legal representative",
        ],
        "issued_at": [
            "Time and date of issuing the removal order",
            "Date and time of issue",
            "Date and time of issuing of the removal order",
        ],
        "reference": ["Reference number of the removal order", "Removal order reference number"],
        "urls": [
            "URL and any additional information enabling the identification and exact location of the terrorist content",
            "URL(s) of the terrorist content",
        ],
        "categories": [
            "Reasons for considering the material to be terrorist content pursuant to Article 2, point (7), of the Regulation. The material (please tick the appropriate box(es))",
            "The material (please tick the appropriate box(es))",
        ],
        "reasons": [
            "Additional information on the reasons for considering the material to be terrorist content",
            "Further information on the reasons for considering the material to be terrorist content",
        ],
        "non_disclosure": [
            "For reasons of public security, the addressee must refrain from informing the content provider of the removal of or disabling of access to the terrorist content"
        ],
        "cross_border": [_up(HOST["en"]) + " is other than the Member State of the issuing competent authority"],
        "copy_sent": ["A copy of the removal order is sent to the competent authority of " + HOST["en"]],
        "issuer_kind": [
            "Type of issuing competent authority (please tick the appropriate box)",
            "Type of issuing competent authority",
        ],
        "issuing_authority": ["Name of the issuing competent authority", "Issuing competent authority"],
        "issuer_representative": [
            "Name of its representative and function (title and grade)",
            "Name and function of the representative",
        ],
        "issuing_file_number": ["File No", "File number"],
        "issuer_address": ["Address", "Postal address"],
        "issuer_phone": ["Tel. No (country code) (area/city code)", "Telephone", "Telephone number"],
        "issuer_email": ["Email address", "E-mail"],
        "signed_on": ["Date"],
        "feedback_contact": [
            "Contact details of the issuing competent authority for feedback on the time of removal or the disabling of access, or to provide further clarification"
        ],
        "establishment_authority_contact": ["Contact details of the competent authority of " + HOST["en"]],
        "redress_body": ["Competent body or court before which to challenge the removal order"],
        "redress_deadline": [
            "Deadline for challenging the removal order (days/months starting from)",
            "Deadline for challenging the removal order",
        ],
        "redress_law_url": ["Link to provisions in national legislation", "Link to provisions of national law"],
    },
    "fr": {
        "issuing_state": ["État membre de l’autorité compétente d’émission", "État membre d’émission"],
        "addressee": ["Destinataire et, le cas échéant, représentant légal", "Destinataire"],
        "contact_point": ["Point de contact"],
        "establishment_state": [_up(HOST["fr"][2:])],
        "issued_at": [
            "Heure et date d’émission de l’injonction de retrait",
            "Date et heure d’émission",
            "Date et heure d’émission de l’injonction de retrait",
        ],
        "reference": ["Numéro de référence de l’injonction de retrait"],
        "urls": [
            "URL et toute information supplémentaire permettant l’identification et la localisation exacte du contenu à caractère terroriste",
            "Adresse(s) URL",
        ],
        "categories": [
            "Motifs pour lesquels le matériel est considéré comme étant un contenu à caractère terroriste conformément à l’article 2, point 7), du règlement. Le matériel (veuillez cocher la ou les cases appropriées)"
        ],
        "reasons": [
            "Informations supplémentaires sur les motifs pour lesquels le matériel est considéré comme étant un contenu à caractère terroriste"
        ],
        "non_disclosure": [
            "Pour des raisons de sécurité publique, le destinataire doit s’abstenir d’informer le fournisseur de contenus du retrait du contenu à caractère terroriste ou du blocage de l’accès à ce contenu"
        ],
        "cross_border": [_up(HOST["fr"]) + " est différent de l’État membre de l’autorité compétente d’émission"],
        "copy_sent": ["Une copie de l’injonction de retrait est envoyée à l’autorité compétente de " + HOST["fr"]],
        "issuer_kind": [
            "Type d’autorité compétente d’émission (veuillez cocher la case appropriée)",
            "Type d’autorité compétente d’émission",
        ],
        "issuing_authority": ["Nom de l’autorité compétente d’émission"],
        "issuer_representative": [
            "Nom de son représentant et fonction (titre et grade)",
            "Nom du représentant et fonction",
        ],
        "issuing_file_number": ["N° de dossier", "Numéro de dossier"],
        "issuer_address": ["Adresse"],
        "issuer_phone": [
            "N° de téléphone (indicatif du pays) (indicatif de zone/urbain)",
            "Téléphone",
            "N° de téléphone",
        ],
        "issuer_email": ["Adresse électronique", "Courriel", "Adresse e-mail"],
        "signed_on": ["Date"],
        "feedback_contact": [
            "Coordonnées de l’autorité compétente d’émission pour l’informer du moment du retrait ou du blocage de l’accès, ou pour obtenir des précisions supplémentaires"
        ],
        "establishment_authority_contact": ["Coordonnées de l’autorité compétente de " + HOST["fr"]],
        "redress_body": ["Organisme ou juridiction compétent devant lequel contester l’injonction de retrait"],
        "redress_deadline": [
            "Délai pour contester l’injonction de retrait (jours/mois à compter de)",
            "Délai pour contester l’injonction de retrait",
        ],
        "redress_law_url": ["Lien vers les dispositions de la législation nationale"],
    },
    "de": {
        "issuing_state": ["Mitgliedstaat der anordnenden zuständigen Behörde", "Anordnender Mitgliedstaat"],
        "addressee": ["Adressat und gegebenenfalls gesetzlicher Vertreter", "Adressat"],
        "contact_point": ["Kontaktstelle"],
        "establishment_state": [_up(HOST["de"][4:])],
        "issued_at": [
            "Uhrzeit und Datum der Ausstellung der Entfernungsanordnung",
            "Datum und Uhrzeit der Ausstellung",
        ],
        "reference": ["Aktenzeichen der Entfernungsanordnung", "Referenznummer der Entfernungsanordnung"],
        "urls": [
            "URL-Adresse und weitere Angaben, die die Identifizierung und exakte Lokalisierung des terroristischen Inhalts ermöglichen",
            "URL-Adresse(n)",
        ],
        "categories": [
            "Gründe, aus denen das Material als terroristischer Inhalt im Sinne des Artikels 2 Nummer 7 der Verordnung angesehen wird. Das Material (Zutreffendes bitte ankreuzen)"
        ],
        "reasons": [
            "Weitere Angaben zu den Gründen, aus denen das Material als terroristischer Inhalt angesehen wird",
            "Zusätzliche Angaben zu den Gründen, aus denen das Material als terroristischer Inhalt angesehen wird",
        ],
        "non_disclosure": [
            "Aus Gründen der öffentlichen Sicherheit darf der Adressat den Inhalteanbieter nicht über die Entfernung des terroristischen Inhalts oder die Sperrung des Zugangs dazu unterrichten"
        ],
        "cross_border": [
            _up(HOST["de"]) + ", ist ein anderer als der Mitgliedstaat der anordnenden zuständigen Behörde"
        ],
        "copy_sent": [
            "Eine Kopie der Entfernungsanordnung wird der zuständigen Behörde des Mitgliedstaats übermittelt, in dem der Hostingdiensteanbieter seine Hauptniederlassung hat oder in dem sein gesetzlicher Vertreter ansässig oder niedergelassen ist"
        ],
        "issuer_kind": [
            "Art der anordnenden zuständigen Behörde (Zutreffendes bitte ankreuzen)",
            "Art der anordnenden zuständigen Behörde",
        ],
        "issuing_authority": [
            "Name der anordnenden zuständigen Behörde",
            "Bezeichnung der anordnenden zuständigen Behörde",
        ],
        "issuer_representative": [
            "Name des Vertreters und Funktion (Titel und Dienstgrad)",
            "Name und Funktion des Vertreters",
        ],
        "issuing_file_number": ["Geschäftszeichen", "Aktenzeichen"],
        "issuer_address": ["Anschrift"],
        "issuer_phone": ["Telefonnummer (Ländervorwahl) (Ortsvorwahl)", "Telefon"],
        "issuer_email": ["E-Mail-Adresse", "E-Mail"],
        "signed_on": ["Datum"],
        "feedback_contact": [
            "Kontaktangaben der anordnenden zuständigen Behörde für Rückmeldungen zum Zeitpunkt der Entfernung oder Sperrung oder für weitere Klarstellungen"
        ],
        "establishment_authority_contact": [
            "Kontaktangaben der zuständigen Behörde des Mitgliedstaats, in dem der Hostingdiensteanbieter seine Hauptniederlassung hat oder in dem sein gesetzlicher Vertreter ansässig oder niedergelassen ist"
        ],
        "redress_body": [
            "Zuständige Stelle oder zuständiges Gericht, bei der/dem die Entfernungsanordnung angefochten werden kann"
        ],
        "redress_deadline": [
            "Frist für die Anfechtung der Entfernungsanordnung (Tage/Monate ab)",
            "Frist für die Anfechtung der Entfernungsanordnung",
        ],
        "redress_law_url": [
            "Link zu den nationalen Rechtsvorschriften",
            "Link zu den Bestimmungen des nationalen Rechts",
        ],
    },
    "es": {
        "issuing_state": ["Estado miembro de la autoridad competente emisora"],
        "addressee": ["Destinatario y, en su caso, su representante legal", "Destinatario"],
        "contact_point": ["Punto de contacto"],
        "establishment_state": [_up(HOST["es"][3:])],
        "issued_at": ["Hora y fecha de emisión de la orden de retirada", "Fecha y hora de emisión"],
        "reference": ["Número de referencia de la orden de retirada"],
        "urls": [
            "URL e información adicional que permita la identificación y la localización exacta del contenido terrorista",
            "Dirección o direcciones URL",
        ],
        "categories": [
            "Motivos por los que se considera que el material es contenido terrorista conforme al artículo 2, punto 7, del Reglamento. El material (márquese la casilla o casillas correspondientes)"
        ],
        "reasons": [
            "Información adicional sobre los motivos por los que se considera que el material es contenido terrorista"
        ],
        "non_disclosure": [
            "Por motivos de seguridad pública, el destinatario debe abstenerse de informar al proveedor de contenidos de la retirada del contenido terrorista o del bloqueo del acceso a este"
        ],
        "cross_border": [_up(HOST["es"]) + " es distinto del Estado miembro de la autoridad competente emisora"],
        "copy_sent": ["Se ha enviado una copia de la orden de retirada a la autoridad competente d" + HOST["es"]],
        "issuer_kind": ["Tipo de autoridad competente emisora (márquese la casilla correspondiente)"],
        "issuing_authority": ["Nombre de la autoridad competente emisora"],
        "issuer_representative": ["Nombre de su representante y función (título y grado)"],
        "issuing_file_number": ["Número de expediente", "N.º de expediente"],
        "issuer_address": ["Dirección"],
        "issuer_phone": ["Número de teléfono (prefijo del país) (prefijo de la zona/ciudad)", "Teléfono"],
        "issuer_email": ["Dirección de correo electrónico", "Correo electrónico"],
        "signed_on": ["Fecha"],
        "feedback_contact": [
            "Datos de contacto de la autoridad competente emisora para informarla del momento de la retirada o del bloqueo del acceso, o para aportar aclaraciones adicionales"
        ],
        "establishment_authority_contact": ["Datos de contacto de la autoridad competente d" + HOST["es"]],
        "redress_body": ["Organismo u órgano jurisdiccional competente ante el que impugnar la orden de retirada"],
        "redress_deadline": ["Plazo para impugnar la orden de retirada (días/meses a partir de)"],
        "redress_law_url": ["Enlace a las disposiciones de la legislación nacional"],
    },
    "it": {
        "issuing_state": ["Stato membro dell’autorità competente di emissione"],
        "addressee": ["Destinatario e, se del caso, suo rappresentante legale", "Destinatario"],
        "contact_point": ["Punto di contatto"],
        "establishment_state": [_up(HOST["it"][3:])],
        "issued_at": ["Ora e data di emissione dell’ordine di rimozione", "Data e ora di emissione"],
        "reference": ["Numero di riferimento dell’ordine di rimozione"],
        "urls": [
            "URL e qualsiasi ulteriore informazione che consenta l’identificazione e l’esatta localizzazione del contenuto terroristico",
            "Indirizzo o indirizzi URL",
        ],
        "categories": [
            "Motivi per cui si ritiene che il materiale costituisca contenuto terroristico ai sensi dell’articolo 2, punto 7), del regolamento. Il materiale (barrare la casella o le caselle pertinenti)"
        ],
        "reasons": [
            "Informazioni aggiuntive sui motivi per cui si ritiene che il materiale costituisca contenuto terroristico"
        ],
        "non_disclosure": [
            "Per motivi di sicurezza pubblica, il destinatario deve astenersi dall’informare il fornitore di contenuti della rimozione del contenuto terroristico o della disabilitazione dell’accesso allo stesso"
        ],
        "cross_border": [_up(HOST["it"]) + " è diverso dallo Stato membro dell’autorità competente di emissione"],
        "copy_sent": ["Una copia dell’ordine di rimozione è inviata all’autorità competente del" + HOST["it"]],
        "issuer_kind": ["Tipo di autorità competente di emissione (barrare la casella pertinente)"],
        "issuing_authority": ["Nome dell’autorità competente di emissione"],
        "issuer_representative": ["Nome del suo rappresentante e funzione (titolo e grado)"],
        "issuing_file_number": ["Numero del fascicolo", "N. fascicolo"],
        "issuer_address": ["Indirizzo"],
        "issuer_phone": ["Numero di telefono (prefisso internazionale) (prefisso locale)", "Telefono"],
        "issuer_email": ["Indirizzo di posta elettronica", "E-mail"],
        "signed_on": ["Data"],
        "feedback_contact": [
            "Recapiti dell’autorità competente di emissione per comunicare il momento della rimozione o della disabilitazione dell’accesso, o per fornire ulteriori chiarimenti"
        ],
        "establishment_authority_contact": ["Recapiti dell’autorità competente del" + HOST["it"]],
        "redress_body": [
            "Organo o autorità giurisdizionale competente dinanzi al quale contestare l’ordine di rimozione"
        ],
        "redress_deadline": ["Termine per contestare l’ordine di rimozione (giorni/mesi a decorrere da)"],
        "redress_law_url": ["Link alle disposizioni della legislazione nazionale"],
    },
}
OPTIONS = {
    "categories": {
        "a-incite": {
            "en": "incites others to commit terrorist offences, such as by glorifying terrorist acts, by advocating the commission of such offences (Article 2, point (7)(a), of the Regulation)",
            "fr": "incite d’autres personnes à commettre des infractions terroristes, par exemple en glorifiant des actes terroristes, en préconisant la commission de telles infractions (article 2, point 7) a), du règlement)",
            "de": "stiftet andere zur Begehung terroristischer Straftaten an, etwa durch Verherrlichung terroristischer Handlungen, indem die Begehung solcher Straftaten befürwortet wird (Artikel 2 Nummer 7 Buchstabe a der Verordnung)",
            "es": "incita a otros a cometer delitos de terrorismo, por ejemplo mediante la glorificación de actos terroristas, al preconizar la comisión de dichos delitos [artículo 2, punto 7, letra a), del Reglamento]",
            "it": "incita altri a commettere reati di terrorismo, ad esempio mediante la glorificazione di atti terroristici, sostenendo la commissione di tali reati [articolo 2, punto 7), lettera a), del regolamento]",
        },
        "b-solicit-offence": {
            "en": "solicits others to commit or contribute to the commission of terrorist offences (Article 2, point (7)(b), of the Regulation)",
            "fr": "sollicite d’autres personnes en vue de commettre des infractions terroristes ou de contribuer à la commission de telles infractions (article 2, point 7) b), du règlement)",
            "de": "bestimmt andere, terroristische Straftaten zu begehen oder zu deren Begehung beizutragen (Artikel 2 Nummer 7 Buchstabe b der Verordnung)",
            "es": "induce a otros a cometer o a contribuir a la comisión de delitos de terrorismo [artículo 2, punto 7, letra b), del Reglamento]",
            "it": "sollecita altri a commettere o a contribuire alla commissione di reati di terrorismo [articolo 2, punto 7), lettera b), del regolamento]",
        },
        "c-solicit-group": {
            "en": "solicits others to participate in the activities of a terrorist group (Article 2, point (7)(c), of the Regulation)",
            "fr": "sollicite d’autres personnes en vue de participer aux activités d’un groupe terroriste (article 2, point 7) c), du règlement)",
            "de": "bestimmt andere, sich an den Handlungen einer terroristischen Vereinigung zu beteiligen (Artikel 2 Nummer 7 Buchstabe c der Verordnung)",
            "es": "induce a otros a participar en las actividades de un grupo terrorista [artículo 2, punto 7, letra c), del Reglamento]",
            "it": "sollecita altri a partecipare alle attività di un gruppo terroristico [articolo 2, punto 7), lettera c), del regolamento]",
        },
        "d-instruct": {
            "en": "provides instruction on the making or use of explosives, firearms or other weapons or noxious or hazardous substances, or on other specific methods or techniques for the purpose of committing or contributing to the commission of terrorist offences (Article 2, point (7)(d), of the Regulation)",
            "fr": "fournit des instructions concernant la fabrication ou l’utilisation d’explosifs, d’armes à feu ou d’autres armes ou de substances nocives ou dangereuses, ou concernant d’autres méthodes ou techniques spécifiques (article 2, point 7) d), du règlement)",
            "de": "unterweist in der Herstellung oder Verwendung von Sprengstoffen, Schuss- oder sonstigen Waffen oder schädlichen oder gefährlichen Stoffen oder in anderen spezifischen Methoden oder Techniken (Artikel 2 Nummer 7 Buchstabe d der Verordnung)",
            "es": "proporciona instrucción sobre la fabricación o el uso de explosivos, armas de fuego u otras armas o sustancias nocivas o peligrosas, o sobre otros métodos o técnicas específicos [artículo 2, punto 7, letra d), del Reglamento]",
            "it": "fornisce istruzioni sulla fabbricazione o l’uso di esplosivi, armi da fuoco o altre armi o sostanze nocive o pericolose, o altri metodi o tecniche specifici [articolo 2, punto 7), lettera d), del regolamento]",
        },
        "e-threat": {
            "en": "constitutes a threat to commit one of the terrorist offences (Article 2, point (7)(e), of the Regulation)",
            "fr": "constitue une menace de commettre une infraction terroriste (article 2, point 7) e), du règlement)",
            "de": "stellt eine Drohung dar, eine terroristische Straftat zu begehen (Artikel 2 Nummer 7 Buchstabe e der Verordnung)",
            "es": "constituye una amenaza de comisión de alguno de los delitos de terrorismo [artículo 2, punto 7, letra e), del Reglamento]",
            "it": "costituisce una minaccia di commettere uno dei reati di terrorismo [articolo 2, punto 7), lettera e), del regolamento]",
        },
    },
    "issuer_kind": {
        "judicial": {"en": "judge, court, or investigating judge", "fr": "juge, juridiction ou juge d’instruction", "de": "Richter, Gericht oder Ermittlungsrichter", "es": "juez, órgano jurisdiccional o juez de instrucción", "it": "giudice, organo giurisdizionale o giudice istruttore"},
        "law-enforcement": {"en": "law enforcement authority", "fr": "autorité répressive", "de": "Strafverfolgungsbehörde", "es": "autoridad con funciones coercitivas", "it": "autorità di contrasto"},
        "other": {"en": "other competent authority (please complete also Section F)", "fr": "autre autorité compétente (veuillez également remplir la section F)", "de": "sonstige zuständige Behörde (bitte auch Abschnitt F ausfüllen)", "es": "otra autoridad competente (rellénese también la sección F)", "it": "altra autorità competente (compilare anche la sezione F)"},
    },
}  # fmt: skip
# the end of a non-disclosure, as it is written beside its box
UNTIL = {
    "en": "Non-disclosure applies until", "fr": "La non-divulgation s’applique jusqu’au", "de": "Die Nichtoffenlegung gilt bis",
    "es": "La no divulgación se aplica hasta el", "it": "La non divulgazione si applica fino al",
}  # fmt: skip
