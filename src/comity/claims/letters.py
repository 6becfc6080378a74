"""What we write about a claim: to that person's own counsel, to the person, and to who wrote. Pure: words of values."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from comity.instruments.matter import House, listed
from comity.instruments.own_person_claim import Door
from comity.outbox import rules as outbox


def _sign(house: House) -> str:
    return "\n".join(line for line in (house.name, house.email, house.phone) if line)


def to_counsel(
    number: str,
    post: str,
    known: Mapping[str, Any],
    came: Sequence[datetime],
    day: datetime | None,
    now: datetime,
    house: House,
) -> tuple[str, str]:
    """Subject and words of the mail with which papers go to somebody's own lawyer. `known`: who holds the post; `came`:
    when each of the papers reached us; `day` is the one that they name (all UTC)."""
    with override(str(known["language"])):
        at = "; ".join(house.said(one) for one in came)
        told = {"who": known["who"], "post": post, "at": at}
        paragraphs = [
            _("To %(counsel)s,") % {"counsel": known["counsel"]},
            _(
                "papers that may concern your client %(who)s (%(post)s) reached us on %(at)s. They are attached as "
                "they came."
            )
            % told,
            _("They name this day: %(day)s.") % {"day": house.said(day)} if day else "",
            _("That day is past.") if day and day <= now else "",
            _(
                "We have answered nothing but that they came, and refuse nothing in your client’s name. Please confirm "
                "by reply that you have them. What comes later is passed on to you too."
            ),
            _sign(house),
        ]
        subject = outbox.subject(_("Papers that concern your client"), ours=number)
        return subject, "\n\n".join(filter(None, paragraphs)) + "\n"


def to_person(number: str, known: Mapping[str, Any], house: House) -> tuple[str, str]:
    """Subject and words to the person. Nothing in them says what came: others may read that mailbox."""
    with override(str(known["language"])):
        paragraphs = [
            _(
                "Something that may concern you has reached us. Please call %(counsel)s, your own lawyer, before you "
                "do anything else, and answer nobody who writes or comes to you about our company."
            )
            % {"counsel": known["counsel"]},
            _("We say no more by this way. Our counsel can be asked at any time."),
            _sign(house),
        ]
        return outbox.subject(_("Please call your lawyer"), ours=number), "\n\n".join(paragraphs) + "\n"


def turned(number: str, came: datetime, doors: Sequence[Door], house: House) -> tuple[str, str]:
    """Subject and words, in the active language, by which pressure is acknowledged and turned to the lawful door: a
    draft, which a person reads, changes if they like, and sends."""
    received = _("We received your message on %(at)s. Our number is %(number)s; please keep it in the subject.")
    paragraphs = [
        received % {"at": house.said(came), "number": number},
        _(
            "We thank you for writing to us. Whatever you ask of the company is examined on its merits, and neither "
            "better nor worse for what was said of a person. No single person here can give it or do it: please turn "
            "to the company by one of these ways, and to none of our people."
        ),
        *(_door(door) for door in doors),
        _("This reply is procedural. It says nothing of any account or content."),
        _sign(house),
    ]
    return outbox.subject(_("Your message: the ways that are open"), ours=number), "\n\n".join(paragraphs)


def _door(door: Door) -> str:
    return f"{door.says}\n{listed(door.acts)}" if door.acts else door.says
