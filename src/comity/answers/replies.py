"""Replies: procedural words to whoever wrote, which say nothing of any account or content. Pure."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from comity import instruments
from comity.cases.rules import DRIVING, VERIFIED
from comity.instruments.matter import House, Matter, in_its_language, listed
from comity.language import cited
from comity.outbox import letters, rules
from comity.outbox.letters import Letter

LANES = ("support", "press", "civil", "not-ours", "counsel", "answered")


class NoSuchLane(ValueError):
    """A triage lane without a written reply."""


def _reply(house: House, to: str, subject: str, *paragraphs: str) -> Letter:
    sign = "\n".join(line for line in (house.name, house.email, house.phone) if line)
    procedural = _("This reply is procedural. It says nothing of any account or content.")
    words = [*paragraphs, procedural, sign]
    return letters.make("reply", to=to, subject=subject, zone=house.zone, paragraphs=words)


@in_its_language
def acknowledgement(
    matter: Matter,
    *,
    joined: bool = False,
    reply: bool = False,
    came: datetime | None = None,
    answered: datetime | None = None,
    urgent: bool = False,
) -> Letter:
    """That an order came, our number, until when it is handled, and what its form leaves blank. `to` is From's address.

    `joined`: it is a copy of one that we have; `reply`: it is another mail in the thread of one; `came`: when this
    message did (UTC), where it isn't the order's own receipt; `answered`: when we answered the order (UTC), if we have;
    `urgent`: it speaks of danger to a life.
    What is missing is read off the order's own form only, never off what the platform said of an address. Whoever isn't
    proven is told neither until when nor what is missing: that would help who forges one.
    """
    house = matter.house
    subject = rules.subject(_("Received"), theirs=matter.short_reference, ours=matter.number)
    goes_on, proven = not (reply or answered), _proven(matter)
    return _reply(
        house,
        matter.to,
        subject,
        _came(matter, came),
        _at_once(house) if urgent else "",
        _("It goes with what we have under that number, and a person reads it.") if reply else "",
        _same(matter, answered) if joined else "",
        _due(matter) if goes_on and proven else "",
        _missing(matter) if goes_on and proven else "",
        "" if proven else _verifying(),
        _("The answer goes to the authority's registered address and to no other.") if goes_on else "",
    )


def _same(matter: Matter, answered: datetime | None) -> str:
    if matter.received_at:
        first = matter.house.said(letters.parse(matter.received_at))
        known = _("It is the same as one that we have already, received on %(first)s.") % {"first": first}
    else:
        known = _("It is the same as one that we have already.")
    if answered is None:
        return known + " " + _("It goes with that one. There will be one answer.")
    told = _(
        "We answered it on %(at)s, to the authority's registered address. If you ask for something that this answer "
        "doesn't give, write to us with our number; a person reads it."
    )
    return known + " " + told % {"at": matter.house.said(answered)}


def _came(matter: Matter, came: datetime | None) -> str:
    at = came or (letters.parse(matter.received_at) if matter.received_at else None)
    words, theirs = _numbered(matter.house, matter.number, at), rules.line(matter.reference, 200)
    return words + " " + _("Your reference: %(theirs)s.") % {"theirs": theirs} if theirs else words


def _numbered(house: House, number: str, at: datetime | None) -> str:
    if at is None:
        return _("We received your message. Our number is %(number)s; please keep it in the subject.") % {
            "number": number
        }
    words = _("We received your message on %(at)s. Our number is %(number)s; please keep it in the subject.")
    return words % {"at": house.said(at), "number": number}


def _due(matter: Matter) -> str:
    """Until when it is handled: in the instrument's own words, else as the finding has it."""
    if own := instruments.of(matter.instrument).due(matter):
        return own
    ours = [d for d in matter.finding.get("deadlines") or [] if d.get("id") in DRIVING and d.get("due_target")]
    if not ours:
        return _("A person looks at it.")
    first = min(ours, key=lambda deadline: str(deadline["due_target"]))
    due = matter.house.said(letters.parse(first["due_target"]))
    if first.get("cite"):
        due = f"{due} ({cited(str(first['cite']))})"
    return _("We work to have handled it by %(due)s.") % {"due": due}


def _missing(matter: Matter) -> str:
    lines = instruments.of(matter.instrument).missing(matter)
    words = _("These lines of the order are blank. Please send what belongs there, with our number:")
    return f"{words}\n{listed(lines)}" if lines else ""


def _proven(matter: Matter) -> bool:
    known = matter.facts.get("authority")
    return isinstance(known, Mapping) and known.get("verification") in VERIFIED


def _verifying() -> str:
    return _(
        "We first make sure that the message comes from the authority it names. For that we call the number that we "
        "have on record, not one in the message."
    )


def _at_once(house: House) -> str:
    """To whom to turn where a life is in danger: a mail may be read too late."""
    first = _(
        "If somebody’s life is in danger now, call the emergency services first: 112 in the European Union, and in "
        "many other countries."
    )
    page = _("Accredited services reach whoever is on duty here at once: %(page)s") % {
        "page": f"{house.base_url}/hotline/"
    }
    phone = _("By telephone: %(phone)s") % {"phone": house.phone} if house.phone else ""
    return "\n".join(line for line in (first, page if house.base_url else "", phone) if line)


def received(
    number: str, to: str, house: House, received_at: datetime, *, neutral: bool = False, urgent: bool = False
) -> Letter:
    """That a message came which no published regulation of ours recognises; a person reads it.

    `neutral`: a receipt that says nothing of what it may be, for a person says that first; `urgent`: it speaks of
    danger to a life, and is told whom to call.
    """
    if neutral:
        reads = _("A person reads it, and says what happens next.")
        subject = rules.subject(_("Received"), ours=number)
        called = _at_once(house) if urgent else ""
        return _reply(house, to, subject, called, _numbered(house, number, received_at), reads)
    return _reply(
        house,
        to,
        rules.subject(_("Received"), ours=number),
        _numbered(house, number, received_at),
        _(
            "This address takes orders and requests of authorities. We did not recognise your message as one of those "
            "that we handle by a published regulation, so a person reads it and says what happens next."
        ),
        _("How to send an order, and whom else to ask: %(page)s") % {"page": f"{house.base_url}/"}
        if house.base_url
        else "",
    )


def follow(url: str) -> str:
    """Where a demand can be followed."""
    words = _("How it stands, until when, and a place to write to us (whoever has the link sees it):")
    return f"{words}\n{url}"


def triage(lane: str, number: str, to: str, house: House, *, doors: Mapping[str, str] | None = None) -> Letter:
    """The written reply of a triage lane, for a person to edit: where the message went, or which door is the right one.

    `doors` maps support, press, civil and not-ours to the address the operator gives for them. Raises NoSuchLane.
    """
    if lane not in _WORDS:
        raise NoSuchLane(f"lane: {lane!r} is none of {', '.join(LANES)}")
    subject, words = _WORDS[lane]
    door = (doors or {}).get(lane, "")
    where = _("The right address is %(door)s.") % {"door": door} if door else ""
    ours = _("Our number: %(number)s.") % {"number": number}
    return _reply(house, to, rules.subject(str(subject), ours=number), ours, str(words), where)


_WORDS: Mapping[str, tuple[Promise, Promise]] = {
    "support": (
        lazy("Your message: please write to our support"),
        lazy(
            "This address is for orders of authorities. Your message is about using the service, and our support "
            "answers that. Nothing was done on it here; it stays on record under the number above."
        ),
    ),
    "press": (
        lazy("Your message: please write to our press office"),
        lazy(
            "This address is for orders of authorities. Your message is a question of the press, and our press "
            "office answers that. Nothing was done on it here; it stays on record under the number above."
        ),
    ),
    "civil": (
        lazy("Your message: which way is open"),
        lazy(
            "Your message concerns a claim between private parties. We can't act on such a claim as on an order of "
            "an authority. A court's decision that is addressed to us, or a notice of illegal content with its "
            "exact address and your reasons, can be examined. Your message stays on record under the number above."
        ),
    ),
    "not-ours": (
        lazy("Your message: please write to another door"),
        lazy(
            "What you ask for is not in our hands: it concerns a service that we do not run. Please write to the "
            "one who runs it. Nothing was done on your message here; it stays on record under the number above."
        ),
    ),
    "answered": (
        lazy("Your message: the answer of our counsel"),
        lazy(
            "An order of an authority is examined, and carried out where it is valid, when it comes by its lawful "
            "way: to this address, under the act that it names, from the authority that the act empowers. Nothing "
            "is done on a demand that comes with a threat to a person. What concerns one of our people goes to that "
            "person’s own lawyer."
        ),
    ),
    "counsel": (
        lazy("Your message is with our counsel"),
        lazy(
            "Your message is with our counsel. An order of an authority is examined when it comes by its lawful "
            "way: to this address, under the act that it names."
        ),
    ),
}
