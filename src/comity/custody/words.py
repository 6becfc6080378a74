"""What the pages of custody call things, in English; what stands on public pages is marked for translation."""

from django.utils.translation import gettext_lazy as lazy

STATES = {
    "waiting": "Waits for the recipient’s key",
    "to-sign": "To be signed",
    "second-approval": "Second signature",
    "signed": "Signed; waits for a witness",
    "asked": "Custodians are asked",
    "short": "Too few custodians are left",
    "complete": "Ready to be collected",
    "collected": "Collected",
    "ended": "Ended",
}
TONES = {
    "waiting": ("still", "paused"),
    "to-sign": ("due", "act"),
    "second-approval": ("due", "act"),
    "signed": ("still", "paused"),
    "asked": ("still", "paused"),
    "short": ("late", "fails"),
    "complete": ("good", "holds"),
    "collected": ("good", "holds"),
    "ended": ("still", "paused"),
}
NEXT = {
    "waiting": "The authority gives its key by the link in its mail; then somebody rings it at its registered number.",
    "to-sign": "Read what is opened, to whom and on which order; then sign.",
    "second-approval": "One more signature, from whom the regulation asks.",
    "signed": "A witness must have seen the act before anybody is asked. That takes seconds.",
    "asked": "Custodians read the order on their own machines, and give their shares or refuse.",
    "short": "Call the custodians: what nobody opens is our impossibility, and the clock runs on.",
    "complete": "The authority was told where it collects it.",
    "collected": "The authority has it, and a receipt.",
    "ended": "Nothing of it is opened any more.",
}
TELLING = {
    "": "Not by us: what the order’s regulation says of it is on the case.",
    "held": "Not yet: a court’s order without an end, or a danger to a life, holds it back. Once that is over, say so.",
    "due": "They are told inside the platform, from",
    "told": "They were told inside the platform,",
}
ANSWERS = {"": "not answered yet", "shares": "gave their shares", "refusal": "refused"}
GROUNDS = {
    "not-witnessed": lazy("the act is not in the record, or no witness has seen it"),
    "not-signed": lazy("its signatures don’t lead to the charter, or don’t make its quorum"),
    "not-covered": lazy("the finding doesn’t cover what is asked for"),
    "not-competent": lazy("who ordered it may not order this"),
    "not-valid": lazy("the order lacks what it needs"),
    "recipient": lazy("the recipient’s key is too young, not called back, or not theirs"),
    "privilege": lazy("immunity or privilege"),
    "rights": lazy("a manifest breach of fundamental rights"),
    "conflict": lazy("the law of a third country forbids it"),
    "impossible": lazy("it can’t be done in fact"),
    "ended": lazy("the order was withdrawn, or what was kept has reached its end"),
}
