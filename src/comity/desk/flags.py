"""What reading and grading noticed, in words: short on a list, as a sentence on a page. Pure.

What is noticed and needs nobody's eye (that a form has fields, that a mail is automatic) has no words here.
"""

from collections.abc import Iterable, Mapping

FLAGS: Mapping[str, tuple[str, str]] = {
    "danger-to-life": (
        "danger to a life, perhaps",
        "It may speak of danger to somebody’s life. A person says what it is; until then its clocks run.",
    ),
    "person-lever": (
        "process or harm against a person, perhaps",
        "It may speak of process against one of our people, or hold out harm to one. A person says which; counsel was "
        "alerted.",
    ),
    "no-legal-basis": ("names no law", "It demands something and names no law that it rests on."),
    "lookalike-domain": (
        "look-alike domain",
        "The sender’s domain looks like that of an authority on our register, and isn’t it.",
    ),
    "caller-denied": (
        "service denied a call",
        "Its service, called back, denied a call made in its name: one of its mailboxes may be taken over.",
    ),
    "spoofed": (
        "sender not borne out",
        "It names an authority on our register as its sender, and no valid signature of that authority bears it out.",
    ),
    "unauthenticated": ("sender not proven", "Nothing shows that it comes from the address in From."),
    "state-differs": ("another State", "The State that the order names is not the one of the authority’s domain."),
    "reply-to-differs": (
        "other reply address",
        "Answers would go to another address than the sender’s. We never use Reply-To.",
    ),
    "display-name-differs": ("another name shown", "The name shown for the sender contains another address."),
    "several-senders": ("several senders", "It names several senders. We take the first for the one who wrote it."),
    "quoted-order": (
        "order in others’ words",
        "It quotes, forwards or encloses an order. That is not in its sender’s own words: call the authority it names.",
    ),
    "doubled-header": (
        "header line twice",
        "A line of its head that may stand once stands twice, so that programs read it in different ways. "
        "No signature counts.",
    ),
    "unread-attachment": (
        "attachment not read",
        "It holds something that was not read, or not to its end, and that may be an order: read it yourself.",
    ),
    "maybe-automatic": (
        "a machine’s, perhaps",
        "It looks like a machine’s, or has no words of its own. It clarifies nothing until a person says so.",
    ),
    "parts-differ": (
        "two versions",
        "It says different things in different parts: compare text and attachment.",
    ),
    "signature-broken": (
        "broken signature",
        "A signature in it does not hold: what was signed is not what came.",
    ),
    "changed-after-signing": (
        "changed after signing",
        "Its document was changed after it was signed. Compare both versions before you rely on it.",
    ),
    "text-differs": (
        "two versions",
        "What its attachment stores is not what is seen on the page. It was left unread: look.",
    ),
    "values-not-found": (
        "form not read",
        "It holds a form of which hardly a line was found to be filled in. What was put in stands there in a way that "
        "the machine doesn’t see: read it yourself. Nothing was taken for left blank.",
    ),
    "unclear-boxes": (
        "unclear boxes",
        "Boxes on its form can be read as ticked and as empty: what is stored and what is shown differ, or a pen "
        "crossed them. None of these was read: look at the form.",
    ),
    "scanned": ("scan", "Its attachment is a picture of a document: read it yourself."),
    "encrypted-attachment": ("encrypted attachment", "An attachment is encrypted: ask for one that can be read."),
    "unreadable-attachment": ("unreadable attachment", "An attachment could not be read. It is kept as it came."),
    "damaged-pdf": ("damaged PDF", "An attached PDF is damaged; what could be read of it was read."),
    "damaged-archive": ("damaged file", "An attached file is damaged; what could be read of it was read."),
    "macros": ("macros", "An attachment carries macros. Do not open it outside a safe place."),
    "zip-bomb": ("harmful file", "An attachment would unpack to a size that is meant to do harm. It was left closed."),
    "too-many-parts": ("very many parts", "It has more parts than are read. The whole of it is kept."),
    "too-deep": ("nested very deep", "Its parts lie in one another deeper than is read. The whole of it is kept."),
    "endless-headers": ("very long head", "Its head is longer than is read. The whole of it is kept."),
    "bare-line-ends": (
        "odd line ends",
        "It has bare line ends, which some use to smuggle a second mail. It was stored as one.",
    ),
    "several-orders": (
        "several orders",
        "Its mail holds several orders. Each that can be judged has its own case.",
    ),
    "orders-unopened": (
        "further orders",
        "It holds further orders. An unproven mail opens one case only: they open theirs once its sender is proven.",
    ),
    "forwarded": ("forwarded", "It was forwarded: the sender is not the one who wrote the order."),
    "foreign-reference": (
        "names another’s case",
        "It names a case that is not its sender’s. It was not joined to it.",
    ),
    "same-order": (
        "same order elsewhere",
        "The same order has a case of its own already. Decide one of the two only.",
    ),
    "missing-elements": ("elements missing", "Elements that the form asks for are missing. The finding says which."),
    "impossible-date": ("impossible date", "It bears a date that cannot be."),
    "too-many-urls": ("very many addresses", "It names more addresses than one order is read with: none was taken."),
    "broken-urls": (
        "broken address",
        "An address in it was broken over lines, cut short or run into others: check it.",
    ),
    "defanged-urls": ("address made harmless", "An address was written so that it can’t be clicked. It was put right."),
    "rewritten-links": (
        "rewritten address",
        "An address in it isn’t written as it leads: a filter rewrote it, its link leads elsewhere than its words, "
        "or a letter looks like another. It was read only where it is certain what it stands for: compare.",
    ),
    "non-disclosure": ("non-disclosure", "It orders that the author is not told."),
    "non-disclosure-asked": (
        "asks for silence",
        "It asks that the author is not told, without ordering it as the act demands.",
    ),
    "emergency": ("emergency", "It says that it is an emergency."),
    "unreadable": ("could not be read", "The machine could not read it. It is kept as it came."),
}
QUIET = frozenset({"acroform", "drawn-ticks", "automatic"})


def said(flags: Iterable[str]) -> tuple[str, ...]:
    """What to look out for, as sentences; the order of the list above."""
    return tuple(_words(flag)[1] for flag in _sorted(flags))


def short(flags: Iterable[str]) -> str:
    """The same in a line of a list."""
    words = ", ".join(dict.fromkeys(_words(flag)[0] for flag in _sorted(flags)))
    return words[:1].upper() + words[1:]


def _sorted(flags: Iterable[str]) -> list[str]:
    rank = list(FLAGS)
    return sorted(set(flags) - QUIET, key=lambda flag: (rank.index(flag) if flag in FLAGS else len(rank), flag))


def _words(flag: str) -> tuple[str, str]:
    plain = flag.replace("-", " ")
    return FLAGS.get(flag, (plain, f"{plain.capitalize()}."))
