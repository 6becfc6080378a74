"""Words of the second generator: the boxes of certificates of e-evidence (EPOC, EPOC-PR) in five languages.

Written as `_read_second_epoc`, without a look at the reader or at the first generator. What stands in one column is the
same line in another language.
"""

from __future__ import annotations

# a group of boxes: what stands above them, then (option's value, what stands beside its box)
Boxes = tuple[tuple[str, str, str, str, str], list[tuple[str, tuple[str, str, str, str, str]]]]
OTHER: tuple[str, tuple[str, str, str, str, str]] = ("other", ("other", "autre", "sonstiges", "otros", "altro"))
BOXES: dict[str, Boxes] = {
    "addressee_capacity": (
        (
            "Capacity of the addressee",
            "Qualité du destinataire",
            "Eigenschaft des Adressaten",
            "Condición del destinatario",
            "Qualità del destinatario",
        ),
        [
            (
                "designated-establishment",
                (
                    "Designated establishment",
                    "Établissement désigné",
                    "Benannte Niederlassung",
                    "Establecimiento designado",
                    "Stabilimento designato",
                ),
            ),
            (
                "legal-representative",
                (
                    "Legal representative",
                    "Représentant légal",
                    "Vertreter",
                    "Representante legal",
                    "Rappresentante legale",
                ),
            ),
        ],
    ),
    "deadline": (
        (
            "Upon receipt of the EPOC, the data requested must be produced (tick the appropriate box)",
            "À la réception de l’EPOC, les données demandées doivent être produites (cochez la case appropriée)",
            "Nach Erhalt des EPOC müssen die angeforderten Daten herausgegeben werden (Zutreffendes ankreuzen)",
            "Tras la recepción del EPOC, los datos solicitados deben entregarse (márquese la casilla pertinente)",
            "Al ricevimento dell’EPOC, i dati richiesti devono essere prodotti (barrare la casella pertinente)",
        ),
        [
            (
                "AS_SOON_AS_POSSIBLE",
                (
                    "as soon as possible and at the latest within 10 days (no notification to the enforcing authority)",
                    "dès que possible et au plus tard dans un délai de 10 jours (aucune notification à l’autorité chargée de la mise en œuvre)",
                    "so bald wie möglich und spätestens innerhalb von 10 Tagen (keine Unterrichtung der Vollstreckungsbehörde)",
                    "lo antes posible y a más tardar en un plazo de 10 días (sin notificación a la autoridad de ejecución)",
                    "quanto prima e al più tardi entro 10 giorni (nessuna notifica all’autorità di esecuzione)",
                ),
            ),
            (
                "AT_THE_END_OF_TEN_DAYS",
                (
                    "in the case of a notification to the enforcing authority: at the end of the 10 days, where the enforcing authority has not raised a ground for refusal within that time period",
                    "en cas de notification à l’autorité chargée de la mise en œuvre: au terme des 10 jours, lorsque cette autorité n’a pas invoqué de motif de refus dans ce délai",
                    "bei Unterrichtung der Vollstreckungsbehörde: nach Ablauf der 10 Tage, wenn die Vollstreckungsbehörde innerhalb dieser Frist keinen Ablehnungsgrund geltend gemacht hat",
                    "en caso de notificación a la autoridad de ejecución: al término de los 10 días, si la autoridad de ejecución no ha invocado un motivo de denegación en ese plazo",
                    "in caso di notifica all’autorità di esecuzione: al termine dei 10 giorni, se l’autorità di esecuzione non ha sollevato un motivo di rifiuto entro tale termine",
                ),
            ),
            (
                "EMERGENCY",
                (
                    "without undue delay and at the latest within 8 hours in an emergency case",
                    "sans retard injustifié et au plus tard dans un délai de 8 heures en cas d’urgence",
                    "unverzüglich und spätestens innerhalb von 8 Stunden in einem Notfall",
                    "sin demora indebida y a más tardar en un plazo de 8 horas en un caso urgente",
                    "senza indebito ritardo e al più tardi entro 8 ore in caso di emergenza",
                ),
            ),
        ],
    ),
    "emergency": (
        (
            "The emergency case involves",
            "Le cas d’urgence comporte",
            "Der Notfall betrifft",
            "El caso urgente conlleva",
            "Il caso di emergenza comporta",
        ),
        [
            (
                "IMMINENT_THREAT_TO_LIFE",
                (
                    "an imminent threat to the life, physical integrity or safety of a person",
                    "une menace imminente pour la vie, l’intégrité physique ou la sécurité d’une personne",
                    "eine unmittelbare Gefahr für das Leben, die körperliche Unversehrtheit oder die Sicherheit einer Person",
                    "una amenaza inminente para la vida, la integridad física o la seguridad de una persona",
                    "una minaccia imminente per la vita, l’integrità fisica o la sicurezza di una persona",
                ),
            ),
            (
                "IMMINENT_THREAT_TO_CRITICAL_INFRASTRUCTURE",
                (
                    "an imminent threat to a critical infrastructure, as defined in Article 2, point (a), of Council Directive 2008/114/EC",
                    "une menace imminente pour une infrastructure critique au sens de l’article 2, point a), de la directive 2008/114/CE du Conseil",
                    "eine unmittelbare Gefahr für eine kritische Infrastruktur im Sinne des Artikels 2 Buchstabe a der Richtlinie 2008/114/EG des Rates",
                    "una amenaza inminente para una infraestructura crítica, tal como se define en el artículo 2, letra a), de la Directiva 2008/114/CE del Consejo",
                    "una minaccia imminente per un’infrastruttura critica, quale definita all’articolo 2, lettera a), della direttiva 2008/114/CE del Consiglio",
                ),
            ),
        ],
    ),
    "data_subscriber": (
        (
            "(a) Subscriber data",
            "a) Données relatives aux abonnés",
            "a) Teilnehmerdaten",
            "a) Datos de los abonados",
            "a) Dati relativi agli abbonati",
        ),
        [
            (
                "identity",
                (
                    "name, date of birth, postal or geographic address, contact information (email address, phone number) and other relevant information pertaining to the identity of the user/subscription holder",
                    "nom, date de naissance, adresse postale ou géographique, coordonnées (adresse électronique, numéro de téléphone) et autres informations pertinentes relatives à l’identité de l’utilisateur/du titulaire de l’abonnement",
                    "Name, Geburtsdatum, Post- oder geografische Anschrift, Kontaktangaben (E-Mail-Adresse, Telefonnummer) und andere einschlägige Angaben zur Identität des Nutzers/Abonnementinhabers",
                    "nombre, fecha de nacimiento, dirección postal o geográfica, información de contacto (dirección de correo electrónico, número de teléfono) y otra información pertinente relativa a la identidad del usuario o titular del abono",
                    "nome, data di nascita, indirizzo postale o geografico, dati di contatto (indirizzo di posta elettronica, numero di telefono) e altre informazioni pertinenti sull’identità dell’utente/titolare dell’abbonamento",
                ),
            ),
            (
                "registration",
                (
                    "date and time of initial registration, type of registration, copy of a contract, means of verification of identity at the moment of registration, copies of documents provided by the subscriber",
                    "date et heure de l’enregistrement initial, type d’enregistrement, copie d’un contrat, moyens de vérification de l’identité au moment de l’enregistrement, copies de documents fournis par l’abonné",
                    "Datum und Uhrzeit der Erstregistrierung, Art der Registrierung, Kopie eines Vertrags, Mittel der Identitätsprüfung zum Zeitpunkt der Registrierung, Kopien der vom Teilnehmer vorgelegten Unterlagen",
                    "fecha y hora del registro inicial, tipo de registro, copia del contrato, medios de verificación de la identidad en el momento del registro, copias de los documentos facilitados por el abonado",
                    "data e ora della registrazione iniziale, tipo di registrazione, copia del contratto, mezzi di verifica dell’identità al momento della registrazione, copie dei documenti forniti dall’abbonato",
                ),
            ),
            (
                "service",
                (
                    "type of service and its duration, including identifier(s) used by or provided to the subscriber at the moment of initial registration or activation (e.g. phone number, SIM-card number, MAC address) and associated device(s)",
                    "type de service et sa durée, y compris le ou les identifiants utilisés par l’abonné ou fournis à celui-ci au moment de l’enregistrement initial ou de l’activation et le ou les appareils associés",
                    "Art des Dienstes und seine Dauer, einschließlich der vom Teilnehmer bei der Erstregistrierung oder Aktivierung verwendeten oder ihm bereitgestellten Kennung(en) und zugehörigen Geräte",
                    "tipo de servicio y su duración, incluidos los identificadores utilizados por el abonado o facilitados a este en el momento del registro o la activación iniciales y los dispositivos asociados",
                    "tipo di servizio e sua durata, compresi gli identificatori utilizzati dall’abbonato o forniti al medesimo al momento della registrazione o dell’attivazione iniziale e i dispositivi associati",
                ),
            ),
            (
                "profile",
                (
                    "profile information (e.g. user name, screen name, profile photo)",
                    "informations relatives au profil (par exemple, nom d’utilisateur, pseudonyme, photo de profil)",
                    "Profilangaben (z. B. Nutzername, Anzeigename, Profilbild)",
                    "información del perfil (por ejemplo, nombre de usuario, seudónimo, foto de perfil)",
                    "informazioni sul profilo (ad es. nome utente, nome visualizzato, foto del profilo)",
                ),
            ),
            (
                "payment",
                (
                    "debit or credit card information (provided by the user for billing purposes), including other means of payment",
                    "informations relatives à la carte de débit ou de crédit et autres moyens de paiement",
                    "Debit- oder Kreditkarteninformationen (vom Nutzer zu Abrechnungszwecken angegeben), einschließlich anderer Zahlungsmittel",
                    "información de la tarjeta de débito o de crédito (facilitada por el usuario para la facturación), incluidos otros medios de pago",
                    "informazioni sulla carta di debito o di credito (fornite dall’utente a fini di fatturazione), compresi altri mezzi di pagamento",
                ),
            ),
            OTHER,
        ],
    ),
    "data_identify": (
        (
            "(b) Data requested for the sole purpose of identifying the user as defined in Article 3, point (10), of Regulation (EU) 2023/1543",
            "b) Données demandées à la seule fin d’identifier l’utilisateur au sens de l’article 3, point 10), du règlement (UE) 2023/1543",
            "b) Daten, die ausschließlich zum Zweck der Identifizierung des Nutzers im Sinne des Artikels 3 Nummer 10 der Verordnung (EU) 2023/1543 angefordert werden",
            "b) Datos solicitados con el único fin de identificar al usuario, tal como se definen en el artículo 3, punto 10, del Reglamento (UE) 2023/1543",
            "b) Dati richiesti al solo scopo di identificare l’utente, quali definiti all’articolo 3, punto 10), del regolamento (UE) 2023/1543",
        ),
        [
            (
                "ip-records",
                (
                    "IP connection records such as IP addresses/logs/access numbers together with other technical identifiers, such as source ports and time stamps or equivalent, strictly necessary for identification purposes",
                    "relevés de connexion IP tels que adresses IP/journaux/numéros d’accès, ainsi que d’autres identifiants techniques, tels que les ports sources et les horodatages, strictement nécessaires à des fins d’identification",
                    "IP-Verbindungsdaten wie IP-Adressen/Protokolle/Zugangsnummern zusammen mit anderen technischen Kennungen wie Quellports und Zeitstempeln, soweit für Identifizierungszwecke unbedingt erforderlich",
                    "registros de conexión IP, como direcciones IP, registros o números de acceso, junto con otros identificadores técnicos, como puertos de origen y sellos de tiempo, estrictamente necesarios para la identificación",
                    "registrazioni delle connessioni IP, come indirizzi IP/log/numeri di accesso, unitamente ad altri identificatori tecnici, come porte sorgente e marcature temporali, strettamente necessari a fini di identificazione",
                ),
            ),
            OTHER,
        ],
    ),
    "data_traffic_internet": (
        (
            "(c) Traffic data: (ii) for internet",
            "c) Données relatives au trafic: ii) internet",
            "c) Verkehrsdaten: ii) für das Internet",
            "c) Datos de tráfico: ii) internet",
            "c) Dati sul traffico: ii) per internet",
        ),
        [
            (
                "routing",
                (
                    "routing information (source IP address, destination IP address(es), port number(s), browser, email header information, message-ID)",
                    "informations de routage (adresse IP source, adresse(s) IP de destination, numéro(s) de port, navigateur, informations d’en-tête de courriel, identifiant du message)",
                    "Routing-Informationen (Quell-IP-Adresse, Ziel-IP-Adresse(n), Portnummer(n), Browser, E-Mail-Kopfzeilen, Nachrichten-ID)",
                    "información de enrutamiento (dirección IP de origen, dirección o direcciones IP de destino, números de puerto, navegador, encabezados de correo, identificador del mensaje)",
                    "informazioni di instradamento (indirizzo IP sorgente, indirizzi IP di destinazione, numeri di porta, browser, intestazioni di posta elettronica, identificativo del messaggio)",
                ),
            ),
            ("volume", ("volume of data", "volume de données", "Datenvolumen", "volumen de datos", "volume di dati")),
            (
                "date-time",
                (
                    "date and time of connection(s)",
                    "date et heure de la ou des connexions",
                    "Datum und Uhrzeit der Verbindung(en)",
                    "fecha y hora de la conexión o conexiones",
                    "data e ora della connessione o delle connessioni",
                ),
            ),
            (
                "duration",
                (
                    "duration of connection or access session(s)",
                    "durée de la connexion ou de la ou des sessions d’accès",
                    "Dauer der Verbindung oder Zugangssitzung(en)",
                    "duración de la conexión o de la sesión o sesiones de acceso",
                    "durata della connessione o della o delle sessioni di accesso",
                ),
            ),
            OTHER,
        ],
    ),
    "data_content": (
        (
            "(d) Content data",
            "d) Données relatives au contenu",
            "d) Inhaltsdaten",
            "d) Datos de contenido",
            "d) Dati relativi al contenuto",
        ),
        [
            (
                "mailbox",
                (
                    "(web)mailbox dump",
                    "copie de boîte de messagerie (en ligne)",
                    "Auszug aus dem (Web-)Postfach",
                    "volcado del buzón de correo (web)",
                    "copia della casella di posta elettronica (web)",
                ),
            ),
            (
                "storage",
                (
                    "online storage dump (user-generated data)",
                    "copie de stockage en ligne (données générées par l’utilisateur)",
                    "Auszug aus dem Online-Speicher (nutzergenerierte Daten)",
                    "volcado del almacenamiento en línea (datos generados por el usuario)",
                    "copia dell’archiviazione online (dati generati dall’utente)",
                ),
            ),
            (
                "messages",
                (
                    "message log/backup",
                    "journal/sauvegarde de messages",
                    "Nachrichtenprotokoll/-sicherung",
                    "registro o copia de seguridad de mensajes",
                    "registro/backup dei messaggi",
                ),
            ),
            (
                "contacts",
                ("contact list", "liste de contacts", "Kontaktliste", "lista de contactos", "elenco dei contatti"),
            ),
            OTHER,
        ],
    ),
    "concerns": (
        (
            "(a) This {cert} concerns",
            "a) Le présent {cert} concerne",
            "a) Dieses {cert} betrifft",
            "a) El presente {cert} se refiere a",
            "a) Il presente {cert} riguarda",
        ),
        [
            (
                "proceedings",
                (
                    "criminal proceedings regarding a criminal offence(s)",
                    "une procédure pénale relative à une ou des infractions pénales",
                    "ein Strafverfahren wegen einer oder mehrerer Straftaten",
                    "un proceso penal relativo a uno o varios delitos",
                    "un procedimento penale relativo a uno o più reati",
                ),
            ),
            (
                "sentence",
                (
                    "execution of a custodial sentence or a detention order of at least four months, following criminal proceedings, imposed by a decision that was not rendered in absentia, in cases where the person convicted absconded from justice",
                    "l’exécution d’une peine ou d’une mesure de sûreté privatives de liberté d’au moins quatre mois, à l’issue d’une procédure pénale, prononcée par une décision qui n’a pas été rendue par défaut, lorsque la personne condamnée s’est soustraite à la justice",
                    "die Vollstreckung einer Freiheitsstrafe oder freiheitsentziehenden Maßregel der Sicherung von mindestens vier Monaten im Anschluss an ein Strafverfahren, die nicht in Abwesenheit verhängt wurde, wenn sich die verurteilte Person der Justiz entzogen hat",
                    "la ejecución de una pena o medida de seguridad privativa de libertad de al menos cuatro meses, tras un proceso penal, impuesta mediante resolución no dictada en rebeldía, cuando la persona condenada se haya fugado de la justicia",
                    "l’esecuzione di una pena o di una misura di sicurezza privativa della libertà di almeno quattro mesi, a seguito di un procedimento penale, irrogata con decisione non pronunciata in contumacia, qualora la persona condannata si sia sottratta alla giustizia",
                ),
            ),
        ],
    ),
    "min_penalty_or_listed": (
        (
            "(c) This EPOC is issued for traffic data that are not requested for the sole purpose of identifying the user, or for content data, or for both, and concerns",
            "c) Le présent EPOC est émis pour des données relatives au trafic qui ne sont pas demandées à la seule fin d’identifier l’utilisateur, ou pour des données relatives au contenu, ou pour les deux, et concerne",
            "c) Dieses EPOC wird für Verkehrsdaten ausgestellt, die nicht ausschließlich zum Zweck der Identifizierung des Nutzers angefordert werden, oder für Inhaltsdaten oder für beides, und betrifft",
            "c) El presente EPOC se emite para datos de tráfico no solicitados con el único fin de identificar al usuario, para datos de contenido, o para ambos, y se refiere a",
            "c) Il presente EPOC è emesso per dati sul traffico non richiesti al solo scopo di identificare l’utente, per dati relativi al contenuto, o per entrambi, e riguarda",
        ),
        [
            (
                "three-years",
                (
                    "criminal offence(s) punishable in the issuing State by a custodial sentence of a maximum of at least three years",
                    "une ou des infractions pénales passibles dans l’État d’émission d’une peine privative de liberté d’une durée maximale d’au moins trois ans",
                    "Straftat(en), die im Anordnungsstaat mit einer Freiheitsstrafe im Höchstmaß von mindestens drei Jahren geahndet wird/werden",
                    "delito o delitos castigados en el Estado emisor con una pena privativa de libertad cuya duración máxima sea de al menos tres años",
                    "reato o reati punibili nello Stato di emissione con una pena detentiva della durata massima di almeno tre anni",
                ),
            ),
            (
                "2013-40",
                (
                    "offences as defined in Articles 3 to 8 of Directive 2013/40/EU",
                    "des infractions au sens des articles 3 à 8 de la directive 2013/40/UE",
                    "Straftaten im Sinne der Artikel 3 bis 8 der Richtlinie 2013/40/EU",
                    "delitos definidos en los artículos 3 a 8 de la Directiva 2013/40/UE",
                    "reati quali definiti agli articoli da 3 a 8 della direttiva 2013/40/UE",
                ),
            ),
            (
                "2017-541",
                (
                    "criminal offences as defined in Articles 3 to 12 and 14 of Directive (EU) 2017/541",
                    "des infractions pénales au sens des articles 3 à 12 et 14 de la directive (UE) 2017/541",
                    "Straftaten im Sinne der Artikel 3 bis 12 und 14 der Richtlinie (EU) 2017/541",
                    "delitos definidos en los artículos 3 a 12 y 14 de la Directiva (UE) 2017/541",
                    "reati quali definiti agli articoli da 3 a 12 e 14 della direttiva (UE) 2017/541",
                ),
            ),
        ],
    ),
    "addressed_as": (
        (
            "(d) Controller/processor: this EPOC is addressed to",
            "d) Responsable du traitement/sous-traitant: le présent EPOC est adressé au",
            "d) Verantwortlicher/Auftragsverarbeiter: dieses EPOC richtet sich an",
            "d) Responsable/encargado del tratamiento: el presente EPOC se dirige al",
            "d) Titolare/responsabile del trattamento: il presente EPOC è rivolto al",
        ),
        [
            (
                "controller",
                (
                    "the service provider acting as controller",
                    "fournisseur de services agissant en qualité de responsable du traitement",
                    "den Diensteanbieter, der als Verantwortlicher handelt",
                    "prestador de servicios que actúa como responsable del tratamiento",
                    "prestatore di servizi che agisce in qualità di titolare del trattamento",
                ),
            ),
            (
                "processor",
                (
                    "the service provider that is, or in situations where the controller cannot be identified is possibly, processing the data on behalf of the controller",
                    "fournisseur de services qui traite, ou pourrait traiter lorsque le responsable du traitement ne peut être identifié, les données pour le compte du responsable du traitement",
                    "den Diensteanbieter, der die Daten im Auftrag des Verantwortlichen verarbeitet oder, wenn der Verantwortliche nicht ermittelt werden kann, möglicherweise verarbeitet",
                    "prestador de servicios que trata, o que posiblemente trata cuando no puede identificarse al responsable, los datos por cuenta del responsable del tratamiento",
                    "prestatore di servizi che tratta, o che forse tratta qualora il titolare non possa essere identificato, i dati per conto del titolare del trattamento",
                ),
            ),
        ],
    ),
    "delay_informing_grounds": (
        (
            "The issuing authority will delay informing the person whose data are requested for as long as one or more of the following conditions are met",
            "L’autorité d’émission retardera l’information de la personne dont les données sont demandées aussi longtemps qu’une ou plusieurs des conditions suivantes sont remplies",
            "Die Anordnungsbehörde schiebt die Unterrichtung der Person, deren Daten angefordert werden, so lange auf, wie eine oder mehrere der folgenden Voraussetzungen erfüllt sind",
            "La autoridad emisora retrasará la información a la persona cuyos datos se solicitan mientras se cumpla una o varias de las condiciones siguientes",
            "L’autorità di emissione ritarderà l’informazione della persona i cui dati sono richiesti finché sono soddisfatte una o più delle condizioni seguenti",
        ),
        [
            (
                "inquiries",
                (
                    "it is necessary to avoid obstructing official or legal inquiries, investigations or procedures",
                    "il est nécessaire d’éviter d’entraver des enquêtes, des recherches ou des procédures officielles ou judiciaires",
                    "es ist erforderlich, um zu verhindern, dass behördliche oder gerichtliche Untersuchungen, Ermittlungen oder Verfahren behindert werden",
                    "es necesario para evitar que se obstaculicen indagaciones, investigaciones o procedimientos oficiales o judiciales",
                    "è necessario per non compromettere indagini, inchieste o procedimenti ufficiali o giudiziari",
                ),
            ),
            (
                "public-security",
                (
                    "it is necessary to protect public security",
                    "il est nécessaire de protéger la sécurité publique",
                    "es ist zum Schutz der öffentlichen Sicherheit erforderlich",
                    "es necesario para proteger la seguridad pública",
                    "è necessario per proteggere la sicurezza pubblica",
                ),
            ),
            (
                "national-security",
                (
                    "it is necessary to protect national security",
                    "il est nécessaire de protéger la sécurité nationale",
                    "es ist zum Schutz der nationalen Sicherheit erforderlich",
                    "es necesario para proteger la seguridad nacional",
                    "è necessario per proteggere la sicurezza nazionale",
                ),
            ),
        ],
    ),
    "issuer_kind": (
        (
            "Type of issuing authority (tick the relevant box)",
            "Type d’autorité d’émission (cochez la case appropriée)",
            "Art der Anordnungsbehörde (Zutreffendes ankreuzen)",
            "Tipo de autoridad emisora (márquese la casilla pertinente)",
            "Tipo di autorità di emissione (barrare la casella pertinente)",
        ),
        [
            (
                "JUDGE_COURT_OR_INVESTIGATING_JUDGE",
                (
                    "judge, court, or investigating judge",
                    "juge, juridiction ou juge d’instruction",
                    "Richter, Gericht oder Ermittlungsrichter",
                    "juez, órgano jurisdiccional o juez de instrucción",
                    "giudice, organo giurisdizionale o magistrato inquirente",
                ),
            ),
            ("PUBLIC_PROSECUTOR", ("public prosecutor", "procureur", "Staatsanwalt", "fiscal", "pubblico ministero")),
            (
                "OTHER_COMPETENT_AUTHORITY",
                (
                    "other competent authority as defined by the issuing State (validation necessary: fill in also the validating authority section)",
                    "autre autorité compétente telle qu’elle est définie par l’État d’émission (validation nécessaire)",
                    "andere vom Anordnungsstaat bezeichnete zuständige Behörde (Validierung erforderlich)",
                    "otra autoridad competente según lo definido por el Estado emisor (requiere validación)",
                    "altra autorità competente definita dallo Stato di emissione (necessaria la convalida)",
                ),
            ),
        ],
    ),
    "transfer_to": (
        (
            "(a) Authority to whom the data have to be transferred",
            "a) Autorité à laquelle les données doivent être transférées",
            "a) Behörde, an die die Daten zu übermitteln sind",
            "a) Autoridad a la que deben transferirse los datos",
            "a) Autorità a cui i dati devono essere trasferiti",
        ),
        [
            (
                "ISSUING_AUTHORITY",
                (
                    "issuing authority",
                    "autorité d’émission",
                    "Anordnungsbehörde",
                    "autoridad emisora",
                    "autorità di emissione",
                ),
            ),
            (
                "VALIDATING_AUTHORITY",
                (
                    "validating authority",
                    "autorité de validation",
                    "validierende Behörde",
                    "autoridad validadora",
                    "autorità di convalida",
                ),
            ),
            (
                "OTHER_COMPETENT_AUTHORITY",
                (
                    "other competent authority (e.g. central authority)",
                    "autre autorité compétente (par exemple, autorité centrale)",
                    "andere zuständige Behörde (z. B. zentrale Behörde)",
                    "otra autoridad competente (por ejemplo, autoridad central)",
                    "altra autorità competente (ad es. autorità centrale)",
                ),
            ),
        ],
    ),
}
