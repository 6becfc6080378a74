"""The words of a regulation's page that are in no pack: its headings and fixed sentences, in English and French."""

from __future__ import annotations

from comity.regulations.packs import Text

MARK: Text = {
    "en": "Our paraphrase, not the text of the act",
    "fr": "Notre paraphrase, non le texte de l'acte",
}
LAW: dict[str, Text] = {  # keyed by the start of the act's name
    "Regulation": {
        "en": "What stands here are our words; the law is the text in the Official Journal.",
        "fr": "Ce qui figure ici, ce sont nos mots ; le droit est le texte publié au Journal officiel.",
    },
    "Comity": {
        "en": "These are our own rules, published here. They bind nobody but us.",
        "fr": "Ce sont nos propres règles, publiées ici. Elles ne lient que nous.",
    },
}
OTHER_LAW: Text = {
    "en": "What stands here are our words; the law is the text of the statute.",
    "fr": "Ce qui figure ici, ce sont nos mots ; le droit est le texte de la loi.",
}

REVIEWED: Text = {"en": "Reviewed by counsel: {by}.", "fr": "Relu par un conseil juridique : {by}."}
NOT_REVIEWED: Text = {
    "en": "Not reviewed by counsel yet.",
    "fr": "Pas encore relu par un conseil juridique.",
}
OUR_READING: Text = {
    "en": "What stands here is our reading of the act and may be wrong.",
    "fr": "Ce qui figure ici est notre lecture de l'acte et peut être erroné.",
}

SECTIONS: dict[str, Text] = {
    "who": {"en": "Who may send it", "fr": "Qui peut l'envoyer"},
    "need": {"en": "What we need from you", "fr": "Ce qu'il nous faut de votre part"},
    "look": {"en": "What we look at", "fr": "Ce que nous examinons"},
    "also-need": {"en": "What the order should hold as well", "fr": "Ce que l'injonction devrait aussi contenir"},
    "time": {"en": "How long we take", "fr": "Combien de temps il nous faut"},
    "cannot": {"en": "When we can't", "fr": "Quand nous ne pouvons pas"},
    "forms": {"en": "Which form we answer on", "fr": "Sur quel formulaire nous répondons"},
    "do": {"en": "What we do", "fr": "Ce que nous faisons"},
    "secret": {"en": "When the person is not told", "fr": "Quand la personne n'est pas informée"},
    "decide": {"en": "Who decides", "fr": "Qui décide"},
    "sender": {
        "en": "What we do before we know the sender",
        "fr": "Ce que nous faisons avant de connaître l'expéditeur",
    },
    "kept": {"en": "What we keep, and how long", "fr": "Ce que nous conservons, et combien de temps"},
    "sources": {"en": "Sources", "fr": "Sources"},
}
INTROS: dict[str, Text] = {
    "need": {
        "en": "Without these we cannot carry the order out, or a person has to look first.",
        "fr": "Sans cela nous ne pouvons exécuter l'injonction, ou une personne doit d'abord l'examiner.",
    },
    "also-need": {
        "en": "Where one of these is missing we carry the order out all the same, and say so in the answer.",
        "fr": "Si l'un de ces éléments manque, nous exécutons l'injonction tout de même et le disons dans la réponse.",
    },
    "cannot": {"en": "There are no other grounds.", "fr": "Il n'y a pas d'autres motifs."},
    "forms": {"en": "The wording follows the annex.", "fr": "Le libellé suit l'annexe."},
}

KINDS: dict[str, Text] = {  # of non-disclosure
    "none": {"en": "Never: nothing keeps us from telling.", "fr": "Jamais : rien ne nous empêche d'informer."},
    "dated": {
        "en": "Where the authority decided so, until a date.",
        "fr": "Si l'autorité en a décidé ainsi, jusqu'à une date.",
    },
    "undated": {
        "en": "Where the authority decided so, until it says otherwise.",
        "fr": "Si l'autorité en a décidé ainsi, jusqu'à ce qu'elle en dise autrement.",
    },
    "permanent-by-statute": {"en": "The statute forbids it.", "fr": "La loi l'interdit."},
    "issuing-authority-informs": {
        "en": "It is the issuing authority that tells the person; we do not.",
        "fr": "L'autorité d'émission informe la personne ; nous ne le faisons pas.",
    },
}

DECISIONS: dict[str, Text] = {
    "measure": {"en": "To carry a measure out", "fr": "Pour exécuter une mesure"},
    "answer": {"en": "To answer without carrying anything out", "fr": "Pour répondre sans rien exécuter"},
}
ROLES: dict[str, Text] = {
    "handler": {"en": "handler", "fr": "gestionnaire"},
    "decider": {"en": "decider", "fr": "décideur"},
    "counsel": {"en": "counsel", "fr": "juriste"},
    "head": {"en": "head", "fr": "responsable"},
    "auditor": {"en": "auditor", "fr": "auditeur"},
    "administrator": {"en": "administrator", "fr": "administrateur"},
    "council": {"en": "council member", "fr": "membre du conseil"},
    "guardian": {"en": "guardian", "fr": "gardien"},
}
OR: Text = {"en": "or", "fr": "ou"}
SPREAD: Text = {"en": ", from {n} jurisdictions", "fr": ", de {n} ressorts"}
PASSKEYS: dict[bool, Text] = {  # whether several people approve
    True: {"en": ", each with a passkey", "fr": ", chacun avec une clé d'accès"},
    False: {"en": ", with a passkey", "fr": ", avec une clé d'accès"},
}

GRADES: dict[str, Text] = {
    "none": {"en": "A sender not authenticated", "fr": "Un expéditeur non authentifié"},
    "domain": {"en": "A sender known by its domain", "fr": "Un expéditeur connu par son domaine"},
    "signature": {"en": "A sender known by its signature", "fr": "Un expéditeur connu par sa signature"},
    "accredited-channel": {
        "en": "A sender known by an accredited channel",
        "fr": "Un expéditeur connu par un canal accrédité",
    },
}
DOES: dict[str, Text] = {
    "withhold": {"en": "withhold, so that it can be undone", "fr": "bloquer l'accès, de façon à pouvoir le rétablir"},
    "disclose": {"en": "disclose", "fr": "communiquer"},
}
PRESERVES: dict[bool, Text] = {  # whether it is an order for data
    True: {"en": "preserve what the order names", "fr": "conserver ce que l'injonction désigne"},
    False: {"en": "keep a copy of what is public", "fr": "garder une copie de ce qui est public"},
}
ANYBODY: Text = {"en": "Whoever sends it", "fr": "Quel que soit l'expéditeur"}
NOTHING: Text = {"en": "nothing is done", "fr": "rien n'est fait"}

COUNTED_BY: Text = {"en": "Counted by: {law}.", "fr": "Compté selon : {law}."}
FROM_REMOVAL: Text = {"en": "{length} from removal", "fr": "{length} à compter du retrait"}
IN_FORCE: Text = {
    "en": "{act}. {id}, version {version}, in force {since}.",
    "fr": "{act}. {id}, version {version}, en vigueur {since}.",
}
FROM: Text = {"en": "from {day}", "fr": "à partir du {day}"}
ALWAYS: Text = {  # a rule of our own for whatever has reached us
    "en": "since the beginning, in the words of {day}",
    "fr": "depuis le début, dans sa rédaction du {day}",
}
COLON: Text = {"en": ": ", "fr": " : "}
SEMICOLON: Text = {"en": "; ", "fr": " ; "}

UNITS: dict[str, dict[str, tuple[str, str]]] = {  # one, several
    "en": {
        "minutes": ("minute", "minutes"),
        "hours": ("hour", "hours"),
        "days": ("day", "days"),
        "working-days": ("working day", "working days"),
        "weeks": ("week", "weeks"),
        "months": ("month", "months"),
        "years": ("year", "years"),
    },
    "fr": {
        "minutes": ("minute", "minutes"),
        "hours": ("heure", "heures"),
        "days": ("jour", "jours"),
        "working-days": ("jour ouvrable", "jours ouvrables"),
        "weeks": ("semaine", "semaines"),
        "months": ("mois", "mois"),
        "years": ("an", "ans"),
    },
}
