"""The page's words, in English and French; which one is chosen by what the browser asks for."""

from collections.abc import Mapping

from ..openings import GROUNDS

LANGUAGES = ("en", "fr")
GROUND_WORDS: Mapping[str, tuple[str, str]] = {
    "not-witnessed": (
        "The act is not in the record, or no witness has seen it",
        "L’acte n’est pas au registre, ou aucun témoin ne l’a vu",
    ),
    "not-signed": ("Its signatures don’t lead to the charter", "Ses signatures ne remontent pas à la charte"),
    "not-covered": ("The finding doesn’t cover what is asked for", "La décision ne couvre pas ce qui est demandé"),
    "not-competent": ("Who ordered it may not order this", "Qui l’ordonne ne peut pas l’ordonner"),
    "not-valid": (
        "The order lacks what it needs: a validation, a signature, a date, reasons",
        "Il manque à l’ordre ce qu’il lui faut\u00a0: validation, signature, date, motifs",
    ),
    "recipient": (
        "The recipient’s key is too young, not called back, or not theirs",
        "La clé du destinataire est trop récente, non vérifiée par rappel, ou n’est pas la sienne",
    ),
    "privilege": (
        "Immunity or privilege: a lawyer, a journalist, a physician, a parliament",
        "Immunité ou privilège\u00a0: avocat, journaliste, médecin, parlement",
    ),
    "rights": ("A manifest breach of fundamental rights", "Une violation manifeste de droits fondamentaux"),
    "conflict": ("The law of a third country forbids it", "Le droit d’un pays tiers l’interdit"),
    "impossible": ("It can’t be done in fact", "C’est impossible en fait"),
    "ended": (
        "The order was withdrawn, or what was kept has reached its end",
        "L’ordre a été retiré, ou ce qui était conservé est arrivé à son terme",
    ),
}
CHECK_WORDS: Mapping[str, tuple[str, str]] = {
    "sealed": (
        "What was sealed is what is asked for, and names you",
        "Ce qui a été scellé est ce qui est demandé, et vous nomme",
    ),
    "order": ("The order shown is the one that was filed", "L’ordre montré est celui qui a été déposé"),
    "record": ("The record verifies, back to its charter", "Le registre se vérifie jusqu’à sa charte"),
    "act": ("What people signed is exactly this", "Ce qui a été signé est exactement cela"),
    "signed": (
        "Enough people signed it, and none of them is you",
        "Assez de personnes l’ont signé, et vous n’en êtes pas",
    ),
    "witnessed": (
        "The act stands in the record, and witnesses saw it",
        "L’acte est au registre, et des témoins l’ont vu",
    ),
    "covered": ("The finding covers each part", "La décision couvre chaque partie"),
    "recipient": (
        "The recipient’s key has stood long enough, and somebody called back",
        "La clé du destinataire est connue depuis assez longtemps, et quelqu’un a rappelé",
    ),
    "clock": ("The time fits", "Le temps concorde"),
    "once": (
        "Nothing was given for this before, to anybody else",
        "Rien n’a été donné pour cela auparavant à qui que ce soit d’autre",
    ),
}
CATEGORY_WORDS: Mapping[str, tuple[str, str]] = {
    "subscriber": ("who they are", "qui c’est"),
    "access": ("when and from where they came", "quand et d’où la personne est venue"),
    "traffic": ("with whom they wrote, and when", "avec qui elle a échangé, et quand"),
    "content": ("what they wrote and got", "ce qu’elle a écrit et reçu"),
}
WORDS: Mapping[str, tuple[str, str]] = {
    "each": ("Each part by itself", "Chaque partie séparément"),
    "title": ("What you are asked to open", "Ce qu’on vous demande d’ouvrir"),
    "you": ("Custodian {name}, {place}", "Dépositaire {name}, {place}"),
    "alone": (
        "This page comes from your own machine. What it says of a request, it checked by itself.",
        "Cette page vient de votre propre machine. Ce qu’elle dit d’une demande, elle l’a vérifié elle-même.",
    ),
    "nothing": (
        "Nothing is asked for. When something is, it will be listed here.",
        "Rien n’est demandé. Ce qui le sera figurera ici.",
    ),
    "unreached": ("The gateway could not be asked: {why}", "La passerelle n’a pas pu être interrogée\u00a0: {why}"),
    "opening": ("Opening", "Ouverture"),
    "from": ("From", "De la part de"),
    "due": ("Due (UTC)", "Échéance (UTC)"),
    "parts": ("Parts", "Parties"),
    "answer": ("Answer", "Réponse"),
    "waiting": ("waiting for you", "vous attend"),
    "gave": ("given", "donné"),
    "refused": ("refused", "refusé"),
    "back": ("All requests", "Toutes les demandes"),
    "order": ("The order", "L’ordre"),
    "read": ("Read it as it was filed", "Le lire tel que déposé"),
    "finding": ("The finding", "La décision"),
    "asked": ("Asked for", "Demandé"),
    "category": ("Category", "Catégorie"),
    "person": ("Person", "Personne"),
    "day": ("Day (UTC)", "Jour (UTC)"),
    "size": ("Sealed size", "Taille scellée"),
    "bytes": ("{n} bytes", "{n} octets"),
    "anyday": ("as it stood when sealed", "dans l’état au scellement"),
    "to": ("Would be sealed to the key", "Serait scellé pour la clé"),
    "checks": ("What was checked here", "Ce qui a été vérifié ici"),
    "holds": ("holds", "tient"),
    "fails": ("does not hold", "ne tient pas"),
    "before": ("What else this authority got", "Ce que cette autorité a déjà obtenu"),
    "byyou": ("From you", "De vous"),
    "said": ("From all custodians, as the gateway says", "De tous les dépositaires, selon la passerelle"),
    "never": ("Nothing before.", "Rien auparavant."),
    "give": ("Give my shares", "Donner mes parts"),
    "giving": (
        "Your shares of these {n} parts, and of no other, sealed to this one key. It can’t be taken back.",
        "Vos parts de ces {n} parties, et d’aucune autre, scellées pour cette seule clé. C’est irrévocable.",
    ),
    "cannot": (
        "Nothing can be given, because not everything holds. You can refuse, or wait and look again.",
        "Rien ne peut être donné, car tout ne tient pas. Vous pouvez refuser, ou attendre et regarder de nouveau.",
    ),
    "refuse": ("Refuse", "Refuser"),
    "ground": ("Ground", "Motif"),
    "why": (
        "In your own words, for the desk alone (optional)",
        "Dans vos propres mots, pour le bureau seul (facultatif)",
    ),
    "kept": (
        "Your answer is kept: {what}. It is the only one you give to this request.",
        "Votre réponse est conservée\u00a0: {what}. C’est la seule à cette demande.",
    ),
    "again": ("Bring it again", "L’apporter à nouveau"),
    "emergency": ("Emergency", "Urgence"),
    "left": ("{time} left", "encore {time}"),
    "over": ("{time} over", "dépassée de {time}"),
    "hours": ("{h} h {m} min", "{h} h {m} min"),
    "days": ("{d} d {h} h", "{d} j {h} h"),
    "phrase": ("Passphrase of your key", "Phrase secrète de votre clé"),
    "unlock": ("Open my key", "Ouvrir ma clé"),
    "wrong": ("That didn’t go through: {why}", "Cela n’a pas abouti\u00a0: {why}"),
    "nopage": ("There is no such page here.", "Il n’y a pas de telle page ici."),
    "colon": (":", "\u00a0:"),
    "all": ("Everything was checked here, and all of it holds.", "Tout a été vérifié ici, et tout tient."),
    "wrongs": (
        "{n} of {of} checks do not hold: nothing can be given.",
        "{n} vérifications sur {of} ne tiennent pas\u00a0: rien ne peut être donné.",
    ),
    "skip": ("Skip to the content", "Aller au contenu"),
}


def say(language: str, key: str, **about: object) -> str:
    """A sentence in a language."""
    return _in(WORDS, language, key).format(**about)


def check(language: str, key: str) -> str:
    """What a check asks."""
    return _in(CHECK_WORDS, language, key)


def ground(language: str, key: str) -> str:
    """A ground in words."""
    return _in(GROUND_WORDS, language, key)


def category(language: str, key: str) -> str:
    """A category in words; its code where it has none."""
    return _in(CATEGORY_WORDS, language, key) if key in CATEGORY_WORDS else key


def _in(table: Mapping[str, tuple[str, str]], language: str, key: str) -> str:
    return table[key][LANGUAGES.index(language)]


def chosen(header: str) -> str:
    """The language for an Accept-Language header."""
    for one in header.split(","):
        if (code := one.split(";")[0].strip().lower()[:2]) in LANGUAGES:
            return code
    return LANGUAGES[0]


assert {*GROUND_WORDS} == {*GROUNDS}
