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


@dataclass(frozen=True)
class Name:
    """What a name is called, and its SQL: a number for one row `c` of cases."""

    label: str | Promise
    sql: str


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
}
VALUES = ", ".join(f"('{name}', ({one.sql})::int)" for name, one in NAMES.items())
