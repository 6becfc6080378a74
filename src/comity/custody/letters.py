"""What an authority is told: that we need its key, that its production is ready, and the cover sheet that lies in it.
Pure."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from comity.cases.rules import CONFIDENTIAL
from comity.instruments import eevidence
from comity.instruments.matter import Matter, in_its_language, listed
from comity.instruments.plain import section_a, subject, us
from comity.outbox import letters
from comity.outbox.letters import Letter, blank

CATEGORIES = {
    "subscriber": lazy("subscriber data"),
    "access": lazy("data that identify the user: when and from where they came"),
    "traffic": lazy("traffic data"),
    "content": lazy("content data"),
}


def _letter(matter: Matter, title: str, words: Sequence[str], fields: dict[str, Any] | None = None) -> Letter:
    return letters.make(
        "letter",
        to=matter.to,
        subject=subject(matter, title),
        zone=matter.house.zone,
        fields=section_a(matter) | us(matter) | (fields or {}) | {"signed_at": blank("signed_at", "instant")},
        paragraphs=words,
    )


@in_its_language
def key(matter: Matter, link: str) -> Letter:
    """That data leave sealed to a key that the authority makes, and where it gives it."""
    words = [
        _(
            "Your order stands. Data leave us sealed to a key of yours alone: nobody in between can read them, and "
            "neither can we. Make such a key, keep its secret half, and give us the public half on this page:"
        )
        + f"\n{link}",
        _(
            "We then ring you, at the number on our register, to hear that it is yours. It stands in our public record "
            "for a day before anything is sealed to it; where a life is in danger two of us ring, and it does not wait."
        ),
        eevidence.confidential()
        if any(duty["id"] == CONFIDENTIAL for duty in matter.finding.get("duties") or ())
        else "",
    ]
    return _letter(matter, _("Your order: give us a key to seal the data to"), words)


@in_its_language
def ready(matter: Matter, link: str, wishes: Sequence[str], *, supplement: bool) -> Letter:
    """That the production is ready, what is in it, and where it is collected."""
    title = _("Your production is supplemented") if supplement else _("Your production is ready")
    words = [
        _("What you ordered is ready, sealed to your key:") + "\n" + listed(wishes),
        _("Collect it here; what is opened is opened on your own machine:") + f"\n{link}",
        _(
            "It holds exactly the categories, persons and days that your order names and that stand. A part without "
            "any document says that there are no records of it."
        ),
    ]
    return _letter(matter, title, words)


LIMITS = (
    lazy("For the proceedings named in the order, and for no other purpose."),
    lazy("Days and times are in UTC, unless a document says otherwise."),
    lazy("The originals are as the platform stored them; each has its hash in the manifest."),
    lazy(
        "A part without any document says that there are no records of it. It does not say that there never were any."
    ),
)


@in_its_language
def cover(matter: Matter, number: str, wishes: Sequence[str], custodians: Sequence[str], supplements: str) -> Letter:
    """The sheet on top: which order, what is in it, who opened it, what it may be used for."""
    by = _(
        "It was opened by %(them)s, each with their own key; none of them could alone, and nobody of this gateway can."
    )
    words = [
        _("Production %(number)s. It holds:") % {"number": number} + "\n" + listed(wishes),
        _("It goes on from production %(number)s.") % {"number": supplements} if supplements else "",
        by % {"them": ", ".join(custodians)},
        listed(str(one) for one in LIMITS),
        _("Open it on the page where you collected it, with viewer.html in this file, or with comity-seal open."),
    ]
    return _letter(matter, _("Cover sheet of a production"), words)


def plainly(wishes: Sequence[dict[str, Any]]) -> list[str]:
    """The same in the language of now."""
    return [_line(one) for one in wishes]


@in_its_language
def said(matter: Matter, wishes: Sequence[dict[str, Any]]) -> list[str]:
    """What is asked for, each in a line: category, persons, days; in the order's language."""
    return plainly(wishes)


def _line(wish: dict[str, Any]) -> str:
    what = str(CATEGORIES.get(wish["category"], wish["category"]))
    whose = ", ".join(wish["persons"])
    if not wish["from"]:
        return _("%(what)s of %(whose)s") % {"what": what, "whose": whose}
    days = {"what": what, "whose": whose, "first": wish["from"], "last": wish["to"]}
    return _("%(what)s of %(whose)s, from %(first)s to %(last)s") % days
