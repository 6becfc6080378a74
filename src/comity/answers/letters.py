"""The letters to an authority about its order: the answer in its instrument's form, and the word of a lift. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from comity import instruments
from comity.instruments import plain, seen
from comity.instruments.matter import Matter, in_its_language, listed
from comity.measures.looks import UNSEEN, Looks
from comity.outbox import letters
from comity.outbox.letters import Letter, blank

PERSONS = frozenset({"needs-person", "counsel"})


@in_its_language
def weighed(matter: Matter) -> Letter:
    """The answer that people complete, where they weigh the order first."""
    return instruments.of(matter.instrument).weighed(matter)


def drafted(matter: Matter) -> Letter:
    """The answer to a finding; where people weigh it first, one for them to complete."""
    try:
        return answer(matter)
    except Undraftable:
        return weighed(matter)


def labelled(letter: Letter, spoken: str) -> Letter:
    """A letter on forms, marked so that their labels stand in another language too, where its form is known in that."""
    form = instruments.form(letter["form"])
    own = {"labels": spoken} if form and spoken in form.beside else {}
    return {**letter, **own, "also": [labelled(one, spoken) for one in letter["also"]]}


class Undraftable(ValueError):
    """A finding for which no answer can be drafted without a person; the text names the outcome."""


@in_its_language
def answer(matter: Matter) -> Letter:
    """The answer that a finding calls for, as its instrument gives it: on its forms, or as a plain letter.

    Raises Undraftable where a person must weigh the order first.
    """
    outcome = matter.finding.get("outcome")
    if outcome in PERSONS:
        raise Undraftable(f"a person decides first: {outcome}")
    return instruments.of(matter.instrument).answer(matter)


@in_its_language
def lifted(matter: Matter) -> Letter:
    """The word to the authority that the measure on its order was lifted; who decided it and why is the desk's."""
    fields = {"measure_at": blank("measure_at", "instant")} | plain.seen(matter)
    return _for_its_file(matter, _("Measure lifted"), instruments.of(matter.instrument).lifted(matter), fields)


@in_its_language
def withdrawn(matter: Matter) -> Letter:
    """The word to the authority that its order is over, before anything was done on it."""
    says = _(
        "Your order is over: it was taken back before it was decided. Nothing was done on it, and what was kept for it "
        "meanwhile is kept no longer."
    )
    return _for_its_file(matter, _("Your order is over"), says, {})


@in_its_language
def narrowed(matter: Matter, refs: Sequence[str]) -> Letter:
    """The word to the authority that what its order dropped was lifted, and nothing else of it."""
    says = _(
        "You narrowed your order. What it no longer names is as it was before; what it still names stays as it is."
    )
    fields = {"measure_at": blank("measure_at", "instant")} | plain.seen(matter)
    return _for_its_file(matter, _("Your order was narrowed"), f"{says}\n{listed(refs)}", fields)


@in_its_language
def prolonged(matter: Matter, until: datetime | None) -> Letter:
    """The word to the authority that its order was prolonged, and until when it lasts (UTC); None: it has no end."""
    said = matter.house.said(until) if until else ""
    return _for_its_file(matter, _("Your order is prolonged"), instruments.of(matter.instrument).prolonged(said), {})


@in_its_language
def ended(matter: Matter) -> Letter:
    """The word to the authority that the time of its order is over."""
    fields = {"measure_at": blank("measure_at", "instant")}
    return _for_its_file(matter, _("The time of your order is over"), instruments.of(matter.instrument).ended(), fields)


def _for_its_file(matter: Matter, title: str, says: str, fields: Mapping[str, Any]) -> Letter:
    words = [
        says,
        _("This is for your file.")
        + " "
        + _("If you see it otherwise, write to this address with our number. A person reads it."),
    ]
    known = plain.section_a(matter) | plain.us(matter) | dict(fields) | {"signed_at": blank("signed_at", "instant")}
    return letters.make(
        "letter",
        to=matter.to,
        subject=plain.subject(matter, title),
        zone=matter.house.zone,
        fields=known,
        paragraphs=words,
    )


def values(at: datetime, measured: datetime | None, letter: Mapping[str, Any], looks: Looks = UNSEEN) -> dict[str, str]:
    """What fills a letter's blanks when it is sent `at` (UTC), the effect having been seen at `measured` (UTC) from
    where the `looks` say."""
    known = {"signed_at": letters.rfc3339(at)}
    for name in letter["blanks"]:
        if name.partition(".")[0] == letters.SAID:
            with override(name.partition(".")[2] or letter["language"]):
                known[name] = seen.to_authority(looks)
    known["signed_on"] = at.astimezone(letters.zone_of(letter["zone"])).date().isoformat()
    if measured is not None:
        known["measure_at"] = letters.rfc3339(measured)
    return {name: known[name] for name in letter["blanks"] if name in known}
