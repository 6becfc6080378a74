"""Words of the second generator: certificates of e-evidence (EPOC, EPOC-PR) in five languages, lines and boxes.

Written from the annexes' fields and from how national versions put them, without a look at the reader or at the first
generator. What stands in one column is the same line in another language.
"""

from __future__ import annotations

LANGUAGES = ("en", "fr", "de", "es", "it")

TITLES = {
    "production": {
        "en": "EUROPEAN PRODUCTION ORDER CERTIFICATE (EPOC) FOR THE PRODUCTION OF ELECTRONIC EVIDENCE",
        "fr": "CERTIFICAT D’INJONCTION EUROPÉENNE DE PRODUCTION (EPOC) EN VUE DE LA PRODUCTION DE PREUVES ÉLECTRONIQUES",
        "de": "ZERTIFIKAT ÜBER EINE EUROPÄISCHE HERAUSGABEANORDNUNG (EPOC) ZUR HERAUSGABE ELEKTRONISCHER BEWEISMITTEL",
        "es": "CERTIFICADO DE ORDEN EUROPEA DE PRODUCCIÓN (EPOC) PARA LA ENTREGA DE PRUEBAS ELECTRÓNICAS",
        "it": "CERTIFICATO DI ORDINE EUROPEO DI PRODUZIONE (EPOC) PER LA PRODUZIONE DI PROVE ELETTRONICHE",
    },
    "preservation": {
        "en": "EUROPEAN PRESERVATION ORDER CERTIFICATE (EPOC-PR) FOR THE PRESERVATION OF ELECTRONIC EVIDENCE",
        "fr": "CERTIFICAT D’INJONCTION EUROPÉENNE DE CONSERVATION (EPOC-PR) EN VUE DE LA CONSERVATION DE PREUVES ÉLECTRONIQUES",
        "de": "ZERTIFIKAT ÜBER EINE EUROPÄISCHE SICHERUNGSANORDNUNG (EPOC-PR) ZUR SICHERUNG ELEKTRONISCHER BEWEISMITTEL",
        "es": "CERTIFICADO DE ORDEN EUROPEA DE CONSERVACIÓN (EPOC-PR) PARA LA CONSERVACIÓN DE PRUEBAS ELECTRÓNICAS",
        "it": "CERTIFICATO DI ORDINE EUROPEO DI CONSERVAZIONE (EPOC-PR) PER LA CONSERVAZIONE DI PROVE ELETTRONICHE",
    },
}

PREAMBLE = {
    "en": "Under Regulation (EU) 2023/1543 of the European Parliament and of the Council the addressee of this certificate must execute it and must ensure its confidentiality.",
    "fr": "En vertu du règlement (UE) 2023/1543 du Parlement européen et du Conseil, le destinataire du présent certificat doit l’exécuter et en garantir la confidentialité.",
    "de": "Nach der Verordnung (EU) 2023/1543 des Europäischen Parlaments und des Rates muss der Adressat dieses Zertifikats es ausführen und seine Vertraulichkeit gewährleisten.",
    "es": "En virtud del Reglamento (UE) 2023/1543 del Parlamento Europeo y del Consejo, el destinatario del presente certificado debe ejecutarlo y garantizar su confidencialidad.",
    "it": "A norma del regolamento (UE) 2023/1543 del Parlamento europeo e del Consiglio, il destinatario del presente certificato deve eseguirlo e garantirne la riservatezza.",
}

SECTION = {"en": "SECTION", "fr": "SECTION", "de": "ABSCHNITT", "es": "SECCIÓN", "it": "SEZIONE"}

# by key of ours: the section's heading
SECTIONS: dict[str, tuple[str, str, str, str, str]] = {
    "authority": (
        "Issuing/validating authority",
        "Autorité d’émission/de validation",
        "Anordnungsbehörde/validierende Behörde",
        "Autoridad emisora/validadora",
        "Autorità di emissione/di convalida",
    ),
    "addressee": ("Addressee", "Destinataire", "Adressat", "Destinatario", "Destinatario"),
    "deadlines": ("Deadlines", "Délais", "Fristen", "Plazos", "Termini"),
    "earlier": (
        "Relation to a previous production/preservation request",
        "Lien avec une demande antérieure de production/conservation",
        "Bezug zu einem früheren Herausgabe-/Sicherungsersuchen",
        "Relación con una solicitud anterior de entrega/conservación",
        "Relazione con una precedente richiesta di produzione/conservazione",
    ),
    "identify": (
        "Information to support identification of the requested data",
        "Informations permettant l’identification des données demandées",
        "Angaben zur Identifizierung der angeforderten Daten",
        "Información que facilite la identificación de los datos solicitados",
        "Informazioni a sostegno dell’identificazione dei dati richiesti",
    ),
    "evidence": (
        "Electronic evidence to be produced",
        "Preuves électroniques à produire",
        "Herauszugebende elektronische Beweismittel",
        "Pruebas electrónicas que deben entregarse",
        "Prove elettroniche da produrre",
    ),
    "conditions": (
        "Information on the underlying conditions",
        "Informations sur les conditions sous-jacentes",
        "Angaben zu den zugrunde liegenden Bedingungen",
        "Información sobre las condiciones subyacentes",
        "Informazioni sulle condizioni sottostanti",
    ),
    "user": (
        "Information to the user",
        "Information de l’utilisateur",
        "Unterrichtung des Nutzers",
        "Información al usuario",
        "Informazioni all’utente",
    ),
    "issuer": (
        "Details of the issuing authority",
        "Coordonnées de l’autorité d’émission",
        "Angaben zur Anordnungsbehörde",
        "Datos de la autoridad emisora",
        "Dati dell’autorità di emissione",
    ),
    "validator": (
        "Details of the validating authority",
        "Coordonnées de l’autorité de validation",
        "Angaben zur validierenden Behörde",
        "Datos de la autoridad validadora",
        "Dati dell’autorità di convalida",
    ),
    "enforcing": (
        "Notification and details of the enforcing authority notified",
        "Notification et coordonnées de l’autorité chargée de la mise en œuvre notifiée",
        "Unterrichtung und Angaben zur unterrichteten Vollstreckungsbehörde",
        "Notificación y datos de la autoridad de ejecución notificada",
        "Notifica e dati dell’autorità di esecuzione destinataria della notifica",
    ),
    "transfer": (
        "Transfer of data",
        "Transfert des données",
        "Übermittlung der Daten",
        "Transferencia de los datos",
        "Trasferimento dei dati",
    ),
}

# one line of the form: in English, French, German, Spanish, Italian
LINES: dict[str, tuple[str, str, str, str, str]] = {
    "issuing_state": ("Issuing State", "État d’émission", "Anordnungsstaat", "Estado emisor", "Stato di emissione"),
    "issuing_authority": (
        "Issuing authority",
        "Autorité d’émission",
        "Anordnungsbehörde",
        "Autoridad emisora",
        "Autorità di emissione",
    ),
    "validating_authority": (
        "Validating authority (where applicable)",
        "Autorité de validation (le cas échéant)",
        "Validierende Behörde (falls zutreffend)",
        "Autoridad validadora (en su caso)",
        "Autorità di convalida (se del caso)",
    ),
    "issuing_file_number": (
        "File number of the issuing authority",
        "Numéro de dossier de l’autorité d’émission",
        "Aktenzeichen der Anordnungsbehörde",
        "Número de expediente de la autoridad emisora",
        "Numero di fascicolo dell’autorità di emissione",
    ),
    "validating_file_number": (
        "File number of the validating authority",
        "Numéro de dossier de l’autorité de validation",
        "Aktenzeichen der validierenden Behörde",
        "Número de expediente de la autoridad validadora",
        "Numero di fascicolo dell’autorità di convalida",
    ),
    "addressee": ("Addressee", "Destinataire", "Adressat", "Destinatario", "Destinatario"),
    "addressee_address": ("Address", "Adresse", "Anschrift", "Dirección", "Indirizzo"),
    "addressee_contact": (
        "Tel. No/Fax No/email (if known)",
        "N° de téléphone/n° de télécopie/adresse électronique (si connus)",
        "Telefon/Fax/E-Mail (falls bekannt)",
        "Teléfono/fax/correo electrónico (si se conocen)",
        "Telefono/fax/posta elettronica (se noti)",
    ),
    "addressee_contact_person": (
        "Contact person (if known)",
        "Personne de contact (si elle est connue)",
        "Ansprechpartner (falls bekannt)",
        "Persona de contacto (si se conoce)",
        "Persona di contatto (se nota)",
    ),
    "addressee_file_number": (
        "File number of the addressee (if known)",
        "Numéro de dossier du destinataire (s’il est connu)",
        "Aktenzeichen des Adressaten (falls bekannt)",
        "Número de expediente del destinatario (si se conoce)",
        "Numero di fascicolo del destinatario (se noto)",
    ),
    "provider": (
        "Service provider concerned (if different from addressee)",
        "Fournisseur de services concerné (s’il est différent du destinataire)",
        "Betroffener Diensteanbieter (falls nicht mit dem Adressaten identisch)",
        "Prestador de servicios afectado (si es distinto del destinatario)",
        "Prestatore di servizi interessato (se diverso dal destinatario)",
    ),
    "identifiers_ip": (
        "IP address(es) and timestamps (incl. date and time zone)",
        "Adresse(s) IP et horodatages (y compris la date et le fuseau horaire)",
        "IP-Adresse(n) und Zeitstempel (einschließlich Datum und Zeitzone)",
        "Dirección o direcciones IP y sellos de tiempo (incluidas la fecha y la zona horaria)",
        "Indirizzo o indirizzi IP e marcature temporali (compresi la data e il fuso orario)",
    ),
    "identifiers_phone": (
        "Telephone number(s)",
        "Numéro(s) de téléphone",
        "Telefonnummer(n)",
        "Número(s) de teléfono",
        "Numero o numeri di telefono",
    ),
    "identifiers_email": (
        "Email address(es)",
        "Adresse(s) électronique(s)",
        "E-Mail-Adresse(n)",
        "Dirección o direcciones de correo electrónico",
        "Indirizzo o indirizzi di posta elettronica",
    ),
    "identifiers_imei": (
        "IMEI number(s)",
        "Numéro(s) IMEI",
        "IMEI-Nummer(n)",
        "Número(s) IMEI",
        "Numero o numeri IMEI",
    ),
    "identifiers_mac": (
        "MAC address(es)",
        "Adresse(s) MAC",
        "MAC-Adresse(n)",
        "Dirección o direcciones MAC",
        "Indirizzo o indirizzi MAC",
    ),
    "identifiers_user": (
        "The user(s) or other unique identifier(s), such as user name(s), login ID(s) or account name(s)",
        "L’utilisateur ou les utilisateurs ou autre(s) identifiant(s) unique(s), tels que nom(s) d’utilisateur, identifiant(s) de connexion ou nom(s) de compte",
        "Der oder die Nutzer oder andere eindeutige Kennungen wie Nutzername(n), Login-Kennung(en) oder Kontoname(n)",
        "El usuario o usuarios u otro(s) identificador(es) único(s), como nombre(s) de usuario, identificador(es) de acceso o nombre(s) de cuenta",
        "L’utente o gli utenti o altro/i identificatore/i unico/i, come nome/i utente, ID di accesso o nome/i dell’account",
    ),
    "services": (
        "Name(s) of the relevant service(s)",
        "Nom du ou des services concernés",
        "Bezeichnung des oder der betreffenden Dienste",
        "Nombre del servicio o servicios pertinentes",
        "Nome del servizio o dei servizi pertinenti",
    ),
    "identifiers_other": ("Other", "Autre", "Sonstiges", "Otros", "Altro"),
    "time_range": (
        "If applicable, the time range requested for production",
        "Le cas échéant, la période concernée par la demande",
        "Gegebenenfalls der angeforderte Zeitraum",
        "Si procede, el intervalo de tiempo solicitado",
        "Se del caso, l’intervallo di tempo richiesto",
    ),
    "data_notes": (
        "Additional information in case necessary to (further) specify or limit the range of the requested data",
        "Informations complémentaires si nécessaire pour préciser ou limiter l’étendue des données demandées",
        "Zusätzliche Angaben, falls erforderlich, um den Umfang der angeforderten Daten (weiter) zu präzisieren oder einzuschränken",
        "Información adicional, si fuera necesaria, para precisar (más) o limitar el alcance de los datos solicitados",
        "Informazioni supplementari, se necessario, per precisare (ulteriormente) o limitare la portata dei dati richiesti",
    ),
    "offences": (
        "(b) Nature and legal classification of the offence(s) for which the {cert} is issued and the applicable statutory provision",
        "b) Nature et qualification juridique de la ou des infractions pour lesquelles l’{cert} est émis et disposition légale applicable",
        "b) Art und rechtliche Würdigung der Straftat(en), derentwegen das {cert} ausgestellt wird, und anwendbare gesetzliche Bestimmung",
        "b) Naturaleza y tipificación jurídica del delito o delitos por los que se emite el {cert} y disposición legal aplicable",
        "b) Natura e qualificazione giuridica del reato o dei reati per i quali è emesso l’{cert} e disposizione di legge applicabile",
    ),
    "issuer_name": (
        "Name of authority",
        "Nom de l’autorité",
        "Name der Behörde",
        "Nombre de la autoridad",
        "Nome dell’autorità",
    ),
    "issuer_representative": (
        "Name of its representative",
        "Nom de son représentant",
        "Name ihres Vertreters",
        "Nombre de su representante",
        "Nome del suo rappresentante",
    ),
    "issuer_post": (
        "Post held (title/grade)",
        "Fonction (titre/grade)",
        "Funktion (Titel/Amtsbezeichnung)",
        "Cargo (título/grado)",
        "Funzione (titolo/grado)",
    ),
    "issuer_file_number": (
        "File number",
        "Numéro de dossier",
        "Aktenzeichen",
        "Número de expediente",
        "Numero di fascicolo",
    ),
    "issuer_address": ("Address", "Adresse", "Anschrift", "Dirección", "Indirizzo"),
    "issuer_phone": (
        "Tel. No (country code) (area/city code)",
        "N° de téléphone (indicatif du pays) (indicatif de zone/urbain)",
        "Telefon (Ländervorwahl) (Ortsvorwahl)",
        "N.º de teléfono (prefijo de país) (prefijo local)",
        "Numero di telefono (prefisso internazionale) (prefisso locale)",
    ),
    "issuer_fax": (
        "Fax No (country code) (area/city code)",
        "N° de télécopie (indicatif du pays) (indicatif de zone/urbain)",
        "Fax (Ländervorwahl) (Ortsvorwahl)",
        "N.º de fax (prefijo de país) (prefijo local)",
        "Numero di fax (prefisso internazionale) (prefisso locale)",
    ),
    "issuer_email": ("Email", "Adresse électronique", "E-Mail", "Correo electrónico", "Posta elettronica"),
    "issuer_languages": (
        "Language(s) spoken",
        "Langue(s) parlée(s)",
        "Sprache(n)",
        "Lengua(s) hablada(s)",
        "Lingua/e parlata/e",
    ),
    "signed_on": (
        "Date (certifying the content of the {cert} as accurate and correct)",
        "Date (certifiant l’exactitude du contenu de l’{cert})",
        "Datum (zur Bestätigung der Richtigkeit des Inhalts des {cert})",
        "Fecha (por la que se certifica que el contenido del {cert} es exacto y correcto)",
        "Data (attestante l’esattezza e la correttezza del contenuto dell’{cert})",
    ),
    "validator_name": (
        "Name of authority",
        "Nom de l’autorité",
        "Name der Behörde",
        "Nombre de la autoridad",
        "Nome dell’autorità",
    ),
    "validator_representative": (
        "Name of its representative",
        "Nom de son représentant",
        "Name ihres Vertreters",
        "Nombre de su representante",
        "Nome del suo rappresentante",
    ),
    "validator_post": (
        "Post held (title/grade)",
        "Fonction (titre/grade)",
        "Funktion (Titel/Amtsbezeichnung)",
        "Cargo (título/grado)",
        "Funzione (titolo/grado)",
    ),
    "validator_file_number": (
        "File number",
        "Numéro de dossier",
        "Aktenzeichen",
        "Número de expediente",
        "Numero di fascicolo",
    ),
    "enforcing_authority": (
        "Name of the enforcing authority",
        "Nom de l’autorité chargée de la mise en œuvre",
        "Name der Vollstreckungsbehörde",
        "Nombre de la autoridad de ejecución",
        "Nome dell’autorità di esecuzione",
    ),
    "transfer_contact": (
        "Name and contact details",
        "Nom et coordonnées",
        "Name und Kontaktdaten",
        "Nombre y datos de contacto",
        "Nome e recapiti",
    ),
    "transfer_format": (
        "(b) Preferred format in which or by which means the data have to be transferred (if applicable)",
        "b) Format ou moyen privilégié pour le transfert des données (le cas échéant)",
        "b) Bevorzugtes Format oder bevorzugter Weg der Datenübermittlung (falls zutreffend)",
        "b) Formato o medio preferido para la transferencia de los datos (en su caso)",
        "b) Formato o mezzo preferito per il trasferimento dei dati (se del caso)",
    ),
}

NOTIFIED = (
    "This EPOC is notified to the following enforcing authority",
    "Le présent EPOC est notifié à l’autorité chargée de la mise en œuvre suivante",
    "Dieses EPOC wird der folgenden Vollstreckungsbehörde übermittelt",
    "El presente EPOC se notifica a la siguiente autoridad de ejecución",
    "Il presente EPOC è notificato all’autorità di esecuzione seguente",
)

SPOKEN = {
    "en": {"en": "English", "fr": "French", "ga": "Irish"},
    "fr": {"fr": "français", "en": "anglais", "nl": "néerlandais"},
    "de": {"de": "Deutsch", "en": "Englisch"},
    "es": {"es": "español", "en": "inglés", "fr": "francés"},
    "it": {"it": "italiano", "fr": "francese", "en": "inglese"},
}

OFFENCES = {
    "en": "Extortion by means of an information system, section 17 of the Criminal Justice (Public Order) Act; the victim paid twice.",
    "fr": "Escroquerie en bande organisée, articles 313-1 et 313-2 du code pénal, au préjudice de douze personnes.",
    "de": "Gewerbsmäßiger Betrug in zwölf Fällen, § 263 Absatz 1 und 3 des Strafgesetzbuchs.",
    "es": "Estafa informática agravada, artículos 248 y 250 del Código Penal, en perjuicio de doce personas.",
    "it": "Truffa aggravata, articolo 640 del codice penale, in danno di dodici persone.",
}
NOTES = {
    "en": "Only connections from outside the Union are needed.",
    "fr": "Seules les connexions depuis l’extérieur de l’Union sont nécessaires.",
    "de": "Benötigt werden nur Verbindungen von außerhalb der Union.",
    "es": "Solo se necesitan las conexiones desde fuera de la Unión.",
    "it": "Servono soltanto le connessioni dall’esterno dell’Unione.",
}
