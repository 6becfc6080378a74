"""What the statement page says to the person affected: made from facts, finding and what was observed. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from comity.authorities import words as verified
from comity.language import country, day, within
from comity.measures.looks import Looks
from comity.outbox import letters, rules
from comity.platforms.territory import EU
from comity.regulations import legal_time, packs
from comity.regulations.packs import Pack
from comity.web.parts import Clock

from . import seen, terms, times

QUOTE_AT_MOST = 2_000


@dataclass(frozen=True)
class House:
    """The provider and the authority of its State. `zone` is in which its reader is told days and hours, `counted` in
    which they are counted, where that is another; `library` has the regulations by which they are."""

    name: str
    establishment: str
    zone: tzinfo
    representative: str | None = None
    authority: str = ""
    authority_address: str = ""
    counted: tzinfo | None = None
    library: packs.Library = field(default_factory=packs.load)

    @property
    def state(self) -> str:
        """The State whose authority may scrutinise an order: the establishment's if in the Union, else the
        representative's."""
        return self.establishment if self.establishment in EU else self.representative or self.establishment

    @property
    def place(self) -> legal_time.Place:
        """Where days are counted."""
        return legal_time.Place(legal_time.zone(str(self.counted or self.zone)), self.state)


@dataclass(frozen=True)
class Posted:
    """One thing of this person that the order names. Instants are UTC; `since`: when it was first seen withheld."""

    ref: str
    place: str = ""
    posted_at: datetime | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Told:
    """What was done to this person's things, what was seen of it, and when they were told. Instants are UTC.

    `keep_until`: when the record of it expires, which is postponed for as long as the measure is in effect. `grade`:
    how the order's sender was verified. `answered_at`: when the authority got our answer. `sealed_until`: until when a
    copy is kept. `challenge`: the last day to challenge the order, as the authority has told us since, and when it did.
    """

    told_at: datetime
    posted: tuple[Posted, ...]
    territory: tuple[str, ...]
    kinds: tuple[str, ...] = ("withhold",)
    until: datetime | None = None
    lifted_at: datetime | None = None
    keep_until: datetime | None = None
    disclosed: bool = False
    looks: Looks = field(default_factory=Looks)
    grade: str = ""
    answered_at: datetime | None = None
    sealed_until: datetime | None = None
    challenge: tuple[date, datetime] | None = None


@dataclass(frozen=True)
class Way:
    """One way to contest it. `until` None: the source sets no date; `counted` says how the time is counted."""

    id: str
    title: str
    counted: str
    says: str
    cite: str
    until: datetime | None = None
    quote: str = ""
    link: str = ""
    link_text: str = ""

    @property
    def clock(self) -> Clock:
        """Its time as the page's clock shows it."""
        return Clock(due_legal=self.until, due_target=self.until, why=self.counted)


@dataclass(frozen=True)
class Reason:
    """What the authority says, as a quote, with its article."""

    text: str
    cite: str


@dataclass(frozen=True)
class Statement:
    """The page's content, in order. `pairs` are (label, words); `refs` the addresses concerned."""

    title: str
    lead: str
    pairs: tuple[tuple[str, str], ...]
    refs: tuple[str, ...]
    why: str
    reasons: tuple[Reason, ...]
    judgment: str
    judgment_cite: str
    who: str
    copy: str
    copy_cite: str
    ways: tuple[Way, ...]
    not_happened: tuple[str, ...]
    works_until: datetime
    lifted: bool


class Law:
    """What an instrument adds to the page in its own words: reasons, articles and ways. The default fits any order.

    `pack` is the version in force when the order was received; None where there is none.
    """

    court_cite = ""
    complaint_cite = ""
    copy_cite = ""
    judgment_cite = ""

    def reasons(self, facts: Mapping[str, Any]) -> tuple[Reason, ...]:
        """What the authority says of it, in the words of its form."""
        return ()

    def why(self, reasons: Sequence[Reason], many: bool, pack: Pack | None) -> str:
        """Under what law it was ordered."""
        return _("An authority ordered it under a law that it names. The order is described below.")

    def judgment(self, grade: str, pack: Pack | None) -> str:
        """Whose judgment it is, and how we know that it is theirs: by the grade of the order's sender."""
        return " ".join(filter(None, (_("That is its judgment, not ours."), verified.how(grade))))

    def answers(self, pack: Pack | None) -> str:
        """By when a complaint to us is answered."""
        return _("A person reads what you write and answers on this page.")

    def ways(self, facts: Mapping[str, Any], told: Told, house: House, now: datetime, many: bool) -> list[Way]:
        """The ways to contest it that only this law offers; they come before the court and the complaint."""
        return []


def build(
    law: Law, facts: Mapping[str, Any], finding: Mapping[str, Any], told: Told, house: House, now: datetime
) -> Statement:
    """The statement for one person at `now` (UTC): what, why, who, how long, how to contest it and by when."""
    many = len(told.posted) > 1
    reasons = law.reasons(facts)
    pack = version_of(facts, house)
    ways = [
        *law.ways(facts, told, house, now, many),
        _court(law, facts, told, house, now),
        _complaint(law, pack, told, house, now, many),
    ]
    return Statement(
        title=_title(told, many),
        lead=_lead(told),
        pairs=tuple(_pairs(told, house, many)),
        refs=tuple(one.ref for one in told.posted),
        why=law.why(reasons, many, pack),
        reasons=reasons,
        judgment=law.judgment(told.grade, pack),
        judgment_cite=law.judgment_cite,
        who=_who(facts, house),
        copy=_("You have a right to the reasons and to a copy of the order. Ask for it in the box below."),
        copy_cite=law.copy_cite,
        ways=tuple(sorted(ways, key=lambda way: _soonest(way, told, now))),
        not_happened=tuple(_not_happened(told, house, many)),
        works_until=_complaint_end(told, house),
        lifted=told.lifted_at is not None,
    )


def version_of(facts: Mapping[str, Any], house: House) -> Pack | None:
    """The version of its regulation that was in force when an order was received."""
    return times.pack(house.library, str(facts.get("instrument") or ""), _instant(facts.get("received_at")))


UNKNOWN_MAY_BE = timedelta(days=7)  # a time that isn't known may be short: it stands among the first


def _soonest(way: Way, told: Told, now: datetime) -> tuple[bool, datetime]:
    """The way whose time ends first stands first, and what is over last."""
    until = way.until or told.told_at + UNKNOWN_MAY_BE
    return way.until is not None and now >= way.until, until


def said(at: datetime, zone: tzinfo) -> str:
    """24 November 2026, 13:39 CET."""
    local = at.astimezone(zone)
    words = _("%(day)s, %(time)s")
    return words % {"day": day(local.date()), "time": f"{local:%H:%M} {letters.abbreviation(local)}"}


def _title(told: Told, many: bool) -> str:
    """What can be seen, where viewers looked from all of the territory; else what was done."""
    number = len(told.posted)
    if words := _done_elsewise(told):
        return words
    if told.lifted_at and told.looks.blind:
        words = ngettext(
            "One of your messages is no longer hidden %(where)s",
            "%(number)s of your messages are no longer hidden %(where)s",
            number if many else 1,
        )
        place = within(told.territory) or pgettext("no longer hidden", "anywhere")
    elif told.lifted_at:
        words = ngettext(
            "One of your messages can be seen again %(where)s",
            "%(number)s of your messages can be seen again %(where)s",
            number if many else 1,
        )
        place = within(told.territory) or pgettext("seen again", "anywhere")
    elif told.looks.whole:
        words = ngettext(
            "One of your messages can no longer be seen %(where)s",
            "%(number)s of your messages can no longer be seen %(where)s",
            number if many else 1,
        )
        place = within(told.territory)
    else:
        words = ngettext(
            "One of your messages is hidden %(where)s",
            "%(number)s of your messages are hidden %(where)s",
            number if many else 1,
        )
        place = within(told.territory) or _("everywhere")
    return words % {"number": number, "where": place}


def _done_elsewise(told: Told) -> str:
    """What was done where it wasn't to hide a thing; empty where it was."""
    number = len(told.posted)
    if "redact" in told.kinds:
        words = ngettext(
            "One of your messages was deleted", "%(number)s of your messages were deleted", number if number > 1 else 1
        )
        return words % {"number": number}
    if "suspend" in told.kinds:
        return _("You could not write in a chat for a while") if told.lifted_at else _("You can’t write in a chat now")
    if "block" in told.kinds:
        return _("A chat was closed for a while") if told.lifted_at else _("A chat you wrote in is closed")
    return ""


def _lead(told: Told) -> str:
    if told.lifted_at:
        return _(
            "An authority had ordered it to be hidden. That is over. This page keeps what happened and how you can act."
        )
    return _("An authority ordered it. You can fight the order, and this page tells you how and by when.")


def _pairs(told: Told, house: House, many: bool) -> list[tuple[str, str]]:
    pairs = [(_("Which message"), _which(one, house)) for one in told.posted[:1]] if not many else []
    if many:
        words = _("%(number)s that you posted. Their addresses are listed below.") % {"number": len(told.posted)}
        pairs = [(_("Which messages"), words)]
    since = min((one.since for one in told.posted if one.since), default=None)
    pairs.append((_("Since when"), said(since, house.zone) if since else _("Not known yet. It will stand here.")))
    pairs.append((_("Where"), _where(told, house)))
    return [*pairs, _how_long(told, house)]


def _how_long(told: Told, house: House) -> tuple[str, str]:
    if told.lifted_at:
        words = (
            _("%(at)s: it was lifted.") if told.looks.blind else _("%(at)s: it was lifted, and can be seen as before.")
        )
        return _("Until when"), words % {"at": said(told.lifted_at, house.zone)}
    if "redact" in told.kinds:
        return _("How long"), _("For good: what was deleted there can’t be put back.")
    if told.until:
        words = _("Until %(until)s, as the order says, or until it falls before. A person then puts it back.")
        return _("How long"), words % {"until": said(told.until, house.zone)}
    return _("How long"), _("Until the order falls or is withdrawn. It names no end.")


def _which(one: Posted, house: House) -> str:
    named = {"channel": rules.line(one.place, 120), "at": said(one.posted_at, house.zone) if one.posted_at else ""}
    if one.posted_at and one.place:
        return _("The one you posted on %(at)s in the channel %(channel)s.") % named
    if one.posted_at:
        return _("The one you posted on %(at)s.") % named
    return (
        _("The one you posted in the channel %(channel)s.") % named if one.place else _("The one at the address below.")
    )


def _where(told: Told, house: House) -> str:
    """Where it was hidden, and what viewers saw from where."""
    place, at = within(told.territory), told.looks.at
    if {*told.kinds} & ELSEWISE:
        return _("Everywhere: the platform it stands on can’t do it in some countries only.")
    if told.lifted_at:
        done = _("It was hidden %(where)s.") % {"where": place or _("everywhere")}
    elif place:
        done = _("Hidden %(where)s, and nowhere else.") % {"where": place}
    else:
        done = _("Everywhere.")
    return f"{done} {seen.to_person(told.looks, said(at, house.zone) if at else '')}"


def form_of(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The order's own fields."""
    form = facts.get("form")
    return form if isinstance(form, Mapping) else {}


def text_of(facts: Mapping[str, Any], name: str) -> str:
    """A text field of the order on one line; empty if it has none."""
    value = form_of(facts).get(name)
    return rules.line(value, QUOTE_AT_MOST) if isinstance(value, str) else ""


def issuing_state(facts: Mapping[str, Any]) -> str:
    """The country of the authority (ISO 3166-1 alpha-2); empty if unknown."""
    known = facts.get("authority")
    found = known.get("country") if isinstance(known, Mapping) else None
    return str(found or form_of(facts).get("issuing_state") or "")


def _who(facts: Mapping[str, Any], house: House) -> str:
    known = facts.get("authority")
    registered = known.get("name") if isinstance(known, Mapping) else None
    name = text_of(facts, "issuing_authority") or rules.line(str(registered or ""), 300) or _("An authority")
    state = issuing_state(facts)
    number = text_of(facts, "reference") or text_of(facts, "issuing_file_number")
    try:
        issued = letters.parse(str(form_of(facts).get("issued_at"))).astimezone(house.zone).date()
        date = day(issued)
    except ValueError:
        date = ""
    return f"{name}{f' ({country(state)})' if state else ''}{_order(number, date)}."


def _order(number: str, date: str) -> str:
    named = {"number": number, "date": date}
    if number and date:
        return _(", order %(number)s of %(date)s") % named
    if number:
        return _(", order %(number)s") % named
    return _(", order of %(date)s") % named if date else ""


def counted_to(until: datetime, now: datetime, words: str) -> str:
    """How a time is counted, and that it has expired, if it has."""
    return f"{words} {_('This time is over.')}" if now >= until else words


def _court(law: Law, facts: Mapping[str, Any], told: Told, house: House, now: datetime) -> Way:
    body, deadline, link = (text_of(facts, f"redress_{name}") for name in ("body", "deadline", "law_url"))
    whole = text_of(facts, "redress")  # an order on no form says both in one
    body, deadline = body or whole, deadline or whole
    state = issuing_state(facts)
    names = (
        _("The order names: %(body)s.") % {"body": body} if body else _("The order does not name the court or body.")
    )
    until, counted = _challenged(facts, deadline, told, house)
    return Way(
        id="court",
        title=_("Go to court in %(country)s") % {"country": country(state)} if state else _("Go to court"),
        until=until,
        counted=counted_to(until, now, counted) if until else counted,
        quote=deadline,
        says=f"{names} {_('Courts have strict time limits, so ask for advice soon.')}",
        cite=law.court_cite,
        link=link if link.startswith(("https://", "http://")) else "",
        link_text=_("The law on this, as the order gives it") if link else "",
    )


def _challenged(facts: Mapping[str, Any], deadline: str, told: Told, house: House) -> tuple[datetime | None, str]:
    """Until when the order can be challenged (UTC), and how that is counted: as the authority told us, as the order's
    own words allow, or not known."""
    if told.challenge:
        last, at = told.challenge
        return house.place.end_of(last), _("So the authority told us; we wrote it down on %(at)s.") % {
            "at": said(at, house.zone)
        }
    received, issued = (_day_of(facts.get("received_at"), house), _day_of(form_of(facts).get("issued_at"), house))
    last_day = terms.last_day(deadline, received, issued) if deadline and received else None
    if last_day and received:
        words = _(
            "We counted it from the order’s own words, which stand below, from the earliest day that they can mean. A "
            "court may count otherwise: ask for advice."
        )
        return house.place.end_of(last_day), words
    if deadline:
        return None, _("The order counts it in its own words, which stand below. Ask for advice on how they are meant.")
    if not {"redress_deadline", "redress"} & {*form_of(facts)}:
        return None, _("We could not read it in the order. A copy shows what it says.")
    if told.answered_at:
        words = _(
            "The order does not say. In our answer of %(at)s we asked the authority; what it says will stand here."
        )
        return None, words % {"at": said(told.answered_at, house.zone)}
    return None, _("The order does not say. We ask the authority in our answer; what it says will stand here.")


def _day_of(instant: object, house: House) -> date | None:
    at = _instant(instant)
    return house.place.day_of(at) if at else None


def _instant(text: object) -> datetime | None:
    try:
        return letters.parse(str(text))
    except ValueError:
        return None


def _complaint_end(told: Told, house: House) -> datetime:
    since = min((one.since for one in told.posted if one.since), default=told.told_at)
    place = house.place
    end = times.complaints().end(since, place).due_legal
    return max(end, told.keep_until) if told.keep_until else end


def _complaint(law: Law, pack: Pack | None, told: Told, house: House, now: datetime, many: bool) -> Way:
    until = _complaint_end(told, house)
    wrong = (
        _("Wrong messages, not yours, or journalism, art, teaching or research?")
        if many
        else _("Wrong message, not yours, or journalism, art, teaching or research?")
    )
    kept = _("At least %(time)s, and as long as we keep the record of it.")
    says = _(
        "We can’t set the order aside, but we can ask the authorities about it. Writing to us doesn’t stop the other "
        "clocks."
    )
    return Way(
        id="complaint",
        title=_("Tell us what we got wrong"),
        until=until,
        counted=counted_to(until, now, kept % {"time": times.complaints()}),
        says=f"{wrong} {law.answers(pack)} {says}",
        cite=law.complaint_cite,
        link="#complain",
        link_text=_("Make a complaint to us"),
    )


def _not_deleted(told: Told) -> list[str]:
    """What did not happen, of what was done elsewise."""
    if "redact" not in told.kinds:
        return [_("What you wrote is not deleted.")] if {*told.kinds} & ELSEWISE else []
    if not told.sealed_until:
        return [_("Your account works as before.")]
    copy = _("A copy is kept sealed until then: %(until)s.") % {"until": f"{told.sealed_until:%Y-%m-%d}"}
    return [_("Your account works as before."), copy]


ELSEWISE = frozenset({"redact", "suspend", "block"})


def _not_happened(told: Told, house: House, many: bool) -> list[str]:
    reversible = set(told.kinds) <= {"withhold", "unlist", "block", "quarantine", "preserve", "notify"}
    kept = _("The messages are not deleted.") if many else _("The message is not deleted.")
    if told.sealed_until:
        until = {"until": said(told.sealed_until, house.zone)}
        kept += " " + _("A copy is kept sealed until %(until)s, so that it can be put back exactly.") % until
    lines = [_("Your account works as before."), kept] if reversible else _not_deleted(told)
    if not told.disclosed:
        lines.append(_("We gave nobody your name, address or other data because of this order."))
    return lines
