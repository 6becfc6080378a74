"""What a platform can do, how it is, and what was compared, in words."""

from collections.abc import Mapping

from comity.connected import FORUM, GATEWAY, MATRIX, SANDBOX, TELEGRAM, Connected
from comity.platforms.limits import SAYS
from comity.platforms.port import IRREVERSIBLE, Capabilities
from comity.web.words import Mark


def _within(able: Capabilities, measure: str) -> str:
    """For how long it can, and whether it can take it back."""
    within = able.within.get(measure)
    soon = f", for {int(within.total_seconds() // 3600)} hours after it was posted" if within else ""
    return soon + (", for good" if measure in IRREVERSIBLE else "")


# how the filters in front of a homeserver are, all of them together: the worst that is true of any
FRESH, BEHIND = Mark("c4", "its filter holds all", "good"), Mark("alarm", "its filter is behind", "late")
OTHERWISE, LOST = Mark("alarm", "its filter withholds otherwise", "late"), Mark("alarm", "its filter is lost", "late")
LEVELS: Mapping[str, str] = {
    "no-signups": "nobody new joins",
    "read-only": "nobody writes",
    "notice": "nobody reads, and a notice says why",
}
SAID: Mapping[str, str] = {
    "same": "The same was done",
    "other": "Something else was done",
    "nothing": "Nothing was done",
}
SEEN: Mapping[str, str] = {
    "same": "hidden there, and shown elsewhere, as it would have been",
    "more": "gone elsewhere too, where it would have stayed",
    "less": "hidden from a part of where it would have been",
    "nothing": "shown there as before",
    "unknown": "no look told anything",
}
WOULD: Mapping[str, str] = {
    "execute": "carried out, answered, and told to the person",
    "annex3": "answered with what stands in the way",
    "answer": "answered without a measure",
}
LIVE, SHADOW = Mark("c4", "It acts", "good"), Mark("paused", "In shadow: it acts on nothing", "still")


OURS: Mapping[str, str] = {
    SANDBOX: "The sandbox",
    FORUM: "The demo’s forum",
    MATRIX: "The demo’s homeserver",
    TELEGRAM: "The demo’s Telegram",
}


def title(table: Connected) -> str:
    """What a platform is called on the desk."""
    return OURS.get(table.name, table.name)


def of(name: str) -> str:
    """What is in shadow, or could be."""
    return "The whole gateway" if name == GATEWAY else name


DRIFT: Mapping[str, str] = {
    "tell": "What somebody undoes there by hand is looked for each day, and told to the desk.",
    "put-back": "What somebody undoes there by hand is looked for each day, put back as it was signed, and told.",
}


def limits(able: Capabilities) -> tuple[str, ...]:
    """What people must know of a platform before they decide, each in a sentence."""
    return tuple(SAYS[code] for code in able.limits)


VERBS: Mapping[str, str] = {"redact": "delete", "suspend": "silence the author", "block": "close to writing"}


EVERYWHERE = "What it does everywhere at once it cannot do in some countries only."


def can(able: Capabilities) -> tuple[str, ...]:
    """What a platform can do, each in a sentence; what it cannot, too."""
    if not able.measures and not able.gates:
        return ("It has not said yet what it can do. Nothing is put to people about it before it has.",)
    said = []
    for measure, kinds in sorted(able.measures.items(), reverse=True):
        named = f"{', '.join(sorted(kinds))}"
        where = "country by country" if able.goes_by_country(measure) else "everywhere at once"
        where_ = "in one chat, for everybody in it" if "accounts" in able.limits else where
        verb = VERBS.get(measure, measure) if "accounts" in able.limits else measure
        does = "preserve" if measure == "preserve" else f"{verb} {where_}{_within(able, measure)}"
        said.append(f"It can {does}: {named}.")
    if "accounts" not in able.limits and not all(map(able.goes_by_country, able.measures.keys() - {"preserve"})):
        said.append(EVERYWHERE)
    said.append(
        "It tells people what is done to what they wrote." if able.notifies else "It cannot tell people anything."
    )
    if able.gates:
        said.append(f"It can shut itself to a country, step by step: {'; '.join(LEVELS[one] for one in able.gates)}.")
    else:
        said.append("It cannot shut itself to a country.")
    return tuple(said)
