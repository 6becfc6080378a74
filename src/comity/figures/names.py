"""The closed list of what is counted: each name with what it counts of one case `c`, as SQL, and the words for it.

Each is a number of one case: what it counts of a day is their sum over the cases received on that day. A name is added
here and nowhere else; the days of the last five weeks then have it by the next morning.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HOTLINE = "own-hotline"  # the instrument of an alert about danger to life

# the clocks of the order itself: ours to keep (`cases.rules.DRIVING`); one that the law stopped counts for neither
_CLOCK = "from cases_deadline d where d.case_id = c.id and d.name = any(%(driving)s) and d.stopped_at is null"
_LATE = f"exists (select {_CLOCK} and coalesce(d.met_at, %(now)s) > coalesce(d.due_legal, d.due_target))"
# parts of the SQL above: of a clock, what is over (kept or not), and what was kept
_OVER = "(d.met_at is not null or coalesce(d.due_legal, d.due_target) <= %(now)s)"
_KEPT = "d.met_at <= coalesce(d.due_legal, d.due_target)"
_HOUR = f"{_CLOCK} and coalesce(d.due_legal, d.due_target) <= d.started_at + interval '1 hour'"
_LEGAL = f"{_CLOCK} and d.due_legal is not null"
_ACT = "from measures_measure m where m.case_id = c.id and m.kind <> 'preserve'"
_ACTED = "exists (select from measures_measure m where m.case_id = c.id and m.acted_at is not null)"
_TOLD = "from notifications_notification n where n.case_id = c.id"
_PLAINT = (
    "from notifications_notification n join notifications_complaint o on o.notification_id = n.id"
    " where n.case_id = c.id"
)
_HEARD = "(o.answered_at is not null or o.due <= %(now)s)"
_LOOKED = "from ledger_event e where e.case = c.id and e.kind = 'content.viewed'"


@dataclass(frozen=True)
class Name:
    """What a name is called, and its SQL: a number for one row `c` of cases. `shown`: on a country's page; the others
    are parts of indicators, which say more together."""

    label: str | Promise
    sql: str
    shown: bool = True


NAMES: Mapping[str, Name] = {
    "requests": Name(_("Requests"), "1"),
    "in-time": Name(
        _("Carried out or answered in time"),
        f"(exists (select {_CLOCK} and d.met_at is not null) and not {_LATE})::int",
    ),
    "late": Name(_("Late"), f"{_LATE}::int"),
    "refused": Name(
        _("Refused, with grounds"),
        "(exists (select from people_act a where a.case = c.id and a.kind = 'answer' and a.state = 'approved'))::int",
    ),
    "emergencies": Name(_("Emergencies"), f"(c.instrument = '{HOTLINE}')::int"),
    "measures": Name(
        _("Measures taken"),
        "(select count(*) from measures_measure m where m.case_id = c.id and m.acted_at is not null)",
    ),
    "accounts": Name(
        _("Accounts touched, at most"),
        "(select count(distinct e.target) from measures_measure m join measures_effect e on e.measure_id = m.id"
        " where m.case_id = c.id and m.kind <> 'preserve')",
    ),
    "complaints": Name(
        _("Complaints by the persons affected"),
        "(select count(*) from notifications_notification n"
        " join notifications_complaint o on o.notification_id = n.id where n.case_id = c.id)",
    ),
    "lifted": Name(
        _("Measures lifted"),
        "(select count(*) from measures_measure m where m.case_id = c.id and m.state = 'lifted')",
    ),
    # what the indicators of the balance are made of (`balance/indicators.yaml`): what was good, of how many
    "hour-due": Name("Clocks of an hour that are over", f"(select count(*) {_HOUR} and {_OVER})", shown=False),
    "hour-kept": Name("Clocks of an hour kept", f"(select count(*) {_HOUR} and {_KEPT})", shown=False),
    "legal-due": Name("Legal times that are over", f"(select count(*) {_LEGAL} and {_OVER})", shown=False),
    "legal-kept": Name("Legal times kept", f"(select count(*) {_LEGAL} and {_KEPT})", shown=False),
    "calls": Name(
        "Alerts about danger to life whose time is over",
        f"(case when c.instrument = '{HOTLINE}' then (select count(*) {_CLOCK} and {_OVER}) else 0 end)",
        shown=False,
    ),
    "calls-kept": Name(
        "Alerts about danger to life answered in time",
        f"(case when c.instrument = '{HOTLINE}' then (select count(*) {_CLOCK} and {_KEPT}) else 0 end)",
        shown=False,
    ),
    "acts": Name(
        "Acts on the platform that the person can notice",
        f"(select count(*) {_ACT} and m.acted_at is not null)",
        shown=False,
    ),
    "seen": Name(
        "Acts whose effect was seen",
        f"(select count(*) {_ACT} and m.acted_at is not null and m.seen_at is not null and m.state not in"
        " ('unseen', 'not-effective'))",
        shown=False,
    ),
    "valid": Name("Valid orders", "(c.outcome = 'valid')::int", shown=False),
    "valid-done": Name(
        "Valid orders carried out",
        f"(c.outcome = 'valid' and {_ACTED})::int",
        shown=False,
    ),
    "to-tell": Name("People to be told", f"(select count(*) {_TOLD} and n.state <> 'held')", shown=False),
    "told": Name("People told", f"(select count(*) {_TOLD} and n.state = 'sent')", shown=False),
    "told-day": Name(
        "People told within a day",
        f"(select count(*) {_TOLD} and n.state = 'sent' and n.sent_at <= greatest(n.made_at, coalesce(n.until,"
        " n.made_at)) + interval '1 day')",
        shown=False,
    ),
    "held": Name(
        "Notifications held back, with an end", f"(select count(*) {_TOLD} and n.until is not null)", shown=False
    ),
    "held-beyond": Name(
        "Held back beyond its end",
        f"(select count(*) {_TOLD} and n.until is not null"
        " and coalesce(n.sent_at, case when n.state = 'held' then %(now)s end) > n.until + interval '1 day')",
        shown=False,
    ),
    "grievances": Name("Complaints whose time is over", f"(select count(*) {_PLAINT} and {_HEARD})", shown=False),
    "heard-in-time": Name(
        "Complaints answered in time",
        f"(select count(*) {_PLAINT} and o.answered_at is not null and (o.due is null or o.answered_at <= o.due))",
        shown=False,
    ),
    "reversed": Name(
        "Acts reversed after a complaint",
        f"(select count(*) {_ACT} and m.lifted_at is not null and exists (select {_PLAINT} and o.at <= m.lifted_at))",
        shown=False,
    ),
    "narrow": Name(
        "Acts kept within a territory",
        f"(select count(*) {_ACT} and m.acted_at is not null and not 'WORLD' = any(m.territory))",
        shown=False,
    ),
    "looked": Name(
        "Cases whose content was looked at",
        f"(exists (select {_LOOKED}))::int",
        shown=False,
    ),
    "looked-without": Name(
        "Content looked at, and no act followed",
        f"(not c.open and exists (select {_LOOKED}) and not {_ACTED})::int",
        shown=False,
    ),
}
VALUES = ", ".join(f"('{name}', ({one.sql})::int)" for name, one in NAMES.items())

# what a platform may report of a day, and nothing else
REPORTED: Mapping[str, str] = {
    "users": "Users",
    "active": "Active users",
    "messages": "Messages",
    "reports": "Reports by users",
    "disclosed": "Accounts of which something was disclosed",
    "fields": "Fields disclosed",
}
