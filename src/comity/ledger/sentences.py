"""What an event adds to its kind's sentence, from what the desk sees of it. Pure; used by `events.py`.

Codes become words here. What only a higher room knows (the name of an instrument, a fact, an outcome) it passes in as
`Words`; without them the code itself is shown.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from comity.web import clocks
from comity.web.files import size
from comity.web.words import GRADES, briefly

Public = Mapping[str, Any]
Words = Mapping[str, Callable[[str], str]]  # by name: instrument, fact, outcome, barred
Told = Callable[[Public, Words], str]

SOURCES: Mapping[str, str] = {"desk": "somebody here", "outside": "somebody outside"}
DECISIONS: Mapping[str, str] = {
    "execute": "carry the order out",
    "annex3": "say what stands in the way",
    "lift": "lift the measure",
    "review": "let it stand, after a review",
    "regulation-adopt": "adopt a version of a regulation",
    "regulation-emergency": "bring a version of a regulation in force as an emergency",
    "regulation-confirm": "confirm an emergency change of a regulation",
    "country-agree": "make an agreement with a State",
    "country-settle": "settle a dispute with a State",
    "plan-leave": "leave a country by a plan",
    "plan-return": "come back to a country by a plan",
    "plan-step": "take a step of leaving a country",
    "call-review": "review a call of the hotline",
    "shadow-leave": "leave shadow",
    "service-reinstate": "reinstate a service on the hotline",
    "plan-resume": "go on with a plan that was paused",
    "plan-reverse": "undo what a plan has done",
    "plan-review": "let stand what was urgent, after a review",
    "bound-set": "set a bound of the balance",
    "bound-answer": "answer a crossing of a bound",
    "proposal-vote": "vote on a proposal",
}
MAILS: Mapping[str, str] = {
    "acknowledgement": "the acknowledgement",
    "answer": "the answer to the authority",
    "notification": "the notification to the author",
    "lifted": "the word to the authority that the measure was lifted",
    "prolonged": "the word to the authority that its order lasts longer",
    "ended": "the word to the authority that the time of its order is over",
    "reply": "a written reply",
    "inquiry": "a question to the authority",
    "scrutiny": "the request for scrutiny",
    "enforcing": "the word to the enforcing authority",
    "claim-papers": "papers to a person’s own counsel",
    "claim-word": "the word to a person of ours",
    "claim-letter": "the letter that turns to the lawful door",
    "hotline-warning": "the warning after a call that was denied",
    "hotline-outcome": "the question what came of a call",
    "hotline-order": "the reminder of the order that follows a call",
    "contact": "the question to a State whether its address is read",
    "statement": "the link by which a State can speak",
    "proposal": "the link by which a State can propose a change",
    "plan": "the word to a State or its authority that its country is left, or come back to",
}
ASKED: Mapping[str, str] = {
    "authority": "its own authority, about the order",
    "scrutiny": "the authority of our establishment, to look at the order",
    "told": "told us unasked",
    "decided": "decided on its own or as the author asked",
    "enforcing": "the enforcing authority, which is told what we see in the order",
}
CAME: Mapping[str, str] = {
    "answered": "it answered",
    "was-told": "it was told",
    "no-answer": "no answer came",
    "not-to-tell": "it answered, and says that the person affected must not be told what",
    "infringes": "the order infringes, and has no effect any more",
    "no-infringement": "no infringement was found",
    "no-decision": "no decision came",
}
QUESTIONS: Mapping[str, str] = {
    "danger": "is somebody's life in danger?",
    "court": "is there process against a person of ours?",
    "pressure": "is harm held out so that we do something?",
    "access": "does it demand access, keys or weaker encryption?",
}
ANSWERS: Mapping[str, str] = {"yes": "Yes", "no": "No", "unsure": "It can’t be told"}
CHANNELS: Mapping[str, str] = {
    "page": "the console’s own page",
    "push": "a push to a browser",
    "mail": "mail",
    "hook": "a pager",
}
RUNG: Mapping[str, str] = {
    "answered": "somebody has acknowledged",
    "over": "what it was about is over",
    "heads": "the heads are rung",
    "nobody": "nobody is reached at all",
}
HOW: Mapping[str, str] = {"mail": "by mail", "post": "by post", "phone": "by telephone", "hand": "in person"}
INSTEAD: Mapping[str, str] = {
    "": "what is ordered after all",
    "redact": "delete it everywhere, for good",
    "suspend": "silence its author",
    "block": "close its chat to writing",
}
WHY: Mapping[str, str] = {
    "danger-to-life": "somebody's life may be in danger",
    "person-lever": "it may be about process or harm against a person of ours",
    "no-order": "nothing was recognised in it",
    "no-pack": "no regulation here knows its kind",
    "no-form": "it names an instrument, and its form could not be read",
    "facts-wrong": "what was read can’t be judged",
    "down": "the platform did not answer",
    "shadow": "it is in shadow; what was approved before waits until it has left",
    "refused": "the platform refused",
    "not-effective": "a viewer still sees what should be gone, or misses what should stay",
    "sender": "its sender’s share of the hour is spent",
    "site": "the share of its sender’s domain is spent",
    "all": "the share of all unproven mail is spent",
    "bounce": "it is a bounce",
    "automatic": "it is an automatic mail",
    "own-mailbox": "it comes from a mailbox of ours",
    "machine": "its address is a machine’s",
    "no-address": "it has no address to answer",
    "acknowledged": "it answers an acknowledgement, and one such was acknowledged",
    "copy": "it is yet another copy of an order that was acknowledged",
    "thread": "the thread of the case had enough of them this hour",
    "too-many": "its sender had enough of them",
    "backscatter": "unproven senders had enough of them this hour",
    "forged": "its order was flagged as forged",
    "not-approved": "its signatures don’t bear out that it was approved",
}
LOOKED_UP: Mapping[str, str] = {
    "designated": "it stands there, for such orders",
    "other": "it stands there, and not for such orders",
    "absent": "it doesn’t stand there",
}
REFUSED: Mapping[str, str] = {
    "void": "the case had changed since",
    "complete": "enough had approved already",
    "realm": "a person of another realm",
    "inactive": "the person no longer works here",
    "role": "another role was asked for",
    "twice": "the same person twice",
    "jurisdiction": "another jurisdiction was asked for",
    "signature": "the passkey’s answer did not fit",
    "older": "the person joined after it was put",
    "one-person": "the rule of a desk of one person doesn’t hold here",
}
LANES: Mapping[str, str] = {
    "support": "to support",
    "press": "to the press office",
    "civil": "told which way is open for a private claim",
    "not-ours": "told that it is not ours",
    "counsel": "to counsel",
    "answered": "answered by counsel",
}


RETURNED: Mapping[str, str] = {
    "to-counsel": ", and counsel asked",
    "opinion": ", back from counsel with an opinion",
    "sent-back": ", sent back to the desk",
    "lift-dropped": ": the lift is dropped",
}
NO_PACK = "own-no-pack"
COUNTS = (("holds", "check holds", "checks hold"), ("fails", "fails", "fail"), ("unknown", "is unknown", "are unknown"))


def nothing(public: Public, words: Words) -> str:
    """The kind's sentence says it all."""
    return ""


def everything(public: Public, words: Words) -> str:
    """The whole public part, in a few words."""
    told = {key.replace("_", " "): value for key, value in public.items() if value not in (None, "", [], {})}
    said = [f"{key} {_plain(value)}" for key, value in told.items()]
    return f": {', '.join(said)}" if said else ""


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{key} {inner}" for key, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def blanks(template: str, **tables: Mapping[str, str] | str) -> Told:
    """A sentence with blanks (`": {kind}"`), each filled with its public key.

    A blank with a table, or with the name of words from above, is filled with what that says of the code.
    """

    def told(public: Public, words: Words) -> str:
        return template.format_map({key: _said(value, tables.get(key, {}), words) for key, value in public.items()})

    def safe(public: Public, words: Words) -> str:
        try:
            return told(public, words)
        except KeyError:  # an event of an earlier version, without this key
            return everything(public, words)

    return safe


def _said(value: Any, table: Mapping[str, str] | str, words: Words) -> str:
    if isinstance(table, str):
        return _known(table, value, words)
    return table.get(str(value), str(value))


def _known(name: str, code: Any, words: Words) -> str:
    """A code in the words of a higher room, or as it is."""
    return words.get(name, str)(str(code))


def either(key: str, yes: str, no: str) -> Told:
    """One of two endings, by whether a public key is true."""
    return lambda public, words: yes if public.get(key) else no


def lettered(public: Public, words: Words) -> str:
    """Which letter it is."""
    kind = str(public.get("kind") or public.get("letter") or "")
    return f": {MAILS.get(kind, kind)}"


# -- what comes in ----------------------------------------------------------------------------------------------------


def received(public: Public, words: Words) -> str:
    """By which door, and how large."""
    return f", by {public.get('door')}, {size(int(public.get('bytes', 0)))}"


def read(public: Public, words: Words) -> str:
    """How many facts were read, and of which instrument."""
    count = int(public.get("read") or public.get("facts") or 0)  # 0.2 called it `facts`
    instrument = public.get("instrument")
    if not count:
        return ": no form was recognised"
    facts = "1 fact" if count == 1 else f"{count} facts"
    return f": {facts} of {_known('instrument', instrument, words)}" if instrument else f": {facts}"


def files(public: Public, words: Words) -> str:
    """How many facts the files add to what was typed, and how many they say otherwise."""
    added, differ = int(public.get("read") or 0), int(public.get("differ") or 0)
    said = [f"{added} added" if added else "", f"{differ} said otherwise than typed" if differ else ""]
    return f": {', '.join(one for one in said if one)}" if added or differ else ""


def refused(public: Public, words: Words) -> str:
    """Why an approval was refused."""
    why = str(public.get("why") or public.get("reason"))  # 0.2 called it `reason`
    return f": {REFUSED.get(why, why)}"


def graded(public: Public, words: Words) -> str:
    """How strongly the sender was authenticated."""
    return f": {GRADES[public['grade']].word}" if public.get("grade") in GRADES else ""


def judged(public: Public, words: Words) -> str:
    """The outcome, its checks counted, and under which version."""
    counts = [(public.get(key, 0), one, many) for key, one, many in COUNTS]
    said = [f"{count} {one if count == 1 else many}" for count, one, many in counts if count]
    outcome = _known("outcome", public.get("outcome"), words)
    return f": {outcome}; {', '.join(said)}. Under {public.get('pack')}, version {public.get('version')}"


def judged_alone(public: Public, words: Words) -> str:
    """The same of a request without a case; under our own rule only that it is ours."""
    if public.get("pack") != NO_PACK:
        return judged(public, words)
    return f": under {NO_PACK}, version {public.get('version')}, our rule for what has no regulation"


# -- a case -----------------------------------------------------------------------------------------------------------


def opened(public: Public, words: Words) -> str:
    """Of which instrument, and from where."""
    origin = f", from {public['country']}" if public.get("country") else ""
    return f": {_known('instrument', public.get('instrument'), words)}{origin}"


def returned(public: Public, words: Words) -> str:
    """To whom it goes now."""
    return RETURNED.get(str(public.get("as")), "")


def gone(public: Public, words: Words) -> str:
    """How much of the time for a review is gone."""
    return ": all of it is gone" if public.get("gone") == "all" else ": half of it is gone"


def measured(public: Public, words: Words) -> str:
    """Which measure, where, on how many targets."""
    where = briefly([str(code) for code in public.get("territory") or ()])
    count = public.get("targets")
    targets = f", {count} {'target' if count == 1 else 'targets'}" if count else ""
    return f": {public.get('kind')}{' ' + where if where else ''}{targets}"


def preserved(public: Public, words: Words) -> str:
    """How many targets."""
    return f": {public.get('targets')} {'target' if public.get('targets') == 1 else 'targets'}"


def observed(public: Public, words: Words) -> str:
    """What was seen from where."""
    seen: Mapping[str, str] = public.get("seen") or {}
    places = {state: [place for place, one in seen.items() if one == state] for state in sorted(set(seen.values()))}
    said = "; ".join(f"{state} from {_counted(found)}" for state, found in places.items())
    some = f"; {public['sampled']} of its targets from one place inside each" if public.get("sampled") else ""
    blind = "" if public.get("effective", True) else "; from inside nobody can see it"
    return f": {said}{some}{blind}" if said else ""


def _counted(places: Sequence[str]) -> str:
    few = len(places) <= FEW
    return ", ".join(places) if few else f"{len(places)} countries ({', '.join(sorted(places))})"


FEW = 4


def notified(public: Public, words: Words) -> str:
    """Nothing where the platform told them; else that there was nobody to tell."""
    return "" if public.get("channel") == "platform" else ": nobody to tell there"


def held(public: Public, words: Words) -> str:
    """Until when, as far as that is known."""
    return f" until {str(public['until'])[:10]}" if public.get("until") else " for as long as it stands"


# -- a regulation -----------------------------------------------------------------------------------------------------


def versioned(public: Public, words: Words) -> str:
    """Which version."""
    return f": version {public.get('version')}"


def tried(public: Public, words: Words) -> str:
    """What a change would have done, in a sentence."""
    ways = (("less", "less would have been done"), ("more", "more"), ("other", "something else would have followed"))
    said = [f"in {public[way]} {done}" for way, done in ways if public.get(way)]
    cases = public.get("cases", 0)
    counted = f"{cases} {'case' if cases == 1 else 'cases'}"
    return f": {counted}; {', '.join(said) if said else 'each comes out the same'}"


def put(public: Public, words: Words) -> str:
    """Which version, and from when it would be in force."""
    since = ", in force at once by one signature" if public.get("urgent") else f", in force from {_day(public)}"
    return f"{versioned(public, words)}{since}"


def urgent(public: Public, words: Words) -> str:
    """Which version, and until when without the quorum."""
    return f"{versioned(public, words)}, until {_until(public)} unless the quorum signs before"


def confirmed(public: Public, words: Words) -> str:
    """Which version, and until when."""
    return f"{versioned(public, words)}, until {_until(public)}"


def ended(public: Public, words: Words) -> str:
    """Which version, and by whom."""
    return f"{versioned(public, words)}, {'by a person' if public.get('as') == 'by-hand' else 'by itself'}"


def _day(public: Public) -> str:
    try:
        day = date.fromisoformat(str(public.get("from")))
    except ValueError:
        return str(public.get("from"))
    return f"{day.day} {day:%B %Y}"


def _until(public: Public) -> str:
    try:
        return clocks.utc(datetime.fromisoformat(str(public.get("until"))))
    except ValueError:
        return str(public.get("until"))


# -- people -----------------------------------------------------------------------------------------------------------


def roles(public: Public, words: Words) -> str:
    """Which roles, or which one."""
    found = public.get("roles") or public.get("role") or ""
    return f": {', '.join(found) if isinstance(found, list) else found}" if found else ""
