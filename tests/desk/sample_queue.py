"""Rows and pages of the queue, made up, for the looks and the tests of the pages."""

from datetime import UTC, datetime, timedelta

from comity.console import frame, lists
from comity.desk import pages
from comity.web.parts import (
    Choice,
    Clock,
    Empty,
    Field,
    Form,
    Grade,
    Link,
    Next,
    State,
)

NOW = datetime(2026, 11, 24, 12, 29, 20, tzinfo=UTC)
RECEIVED = datetime(2026, 11, 24, 12, 7, 32, tzinfo=UTC)
DUE = RECEIVED + timedelta(hours=1)
LEGAL = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
ACT = "9c1e77b04d52e8a30f6b1d2c5a7e9b3344cc1290aa55ee77bb66dd8899001122"
URL = "https://lantern.example/c/harbour-talk/48812"
ART3 = "Regulation (EU) 2021/784, Art. 3"

ME = frame.Me("decider", "BE", "7f·3a", sign_out="/people/sign-out")
FRAME = frame.Frame(ME, realm="real", current="queue")
DEMO = frame.Frame(
    frame.Me("second decider", "EE", switch=Link("Be someone else", "/demo/"), sign_out="/people/sign-out"),
    realm="demo",
    current="cases",
)


def minutes(n, **more):
    """A clock of an hour with n minutes left."""
    due = NOW + timedelta(minutes=n)
    return Clock(due_target=due, due_legal=due + timedelta(minutes=40), started=due - timedelta(hours=1), **more)


def row(number, title, clock, step, who, grade, instrument, state, **more):
    return pages.QueueRow(
        id=number,
        url=f"/console/cases/{number}/",
        title=title,
        clock=clock,
        next=step,
        who=who,
        grade=Grade(grade) if grade else None,
        instrument=instrument,
        state=state if isinstance(state, State) else State(state),
        **more,
    )


ORDER = "EU removal order"
ROWS = (
    row(
        "C-0LATE000",
        "Withhold one message in the EU",
        minutes(-12),
        Next("act", "Decide now; the answer says why it is late."),
        "Office for Online Safety, FR",
        "domain",
        ORDER,
        "to-decide",
    ),
    row(
        "C-5RW8PDXA",
        "Withhold two messages in the EU",
        minutes(8),
        Next("act", "Two deciders can sign now; nothing is missing."),
        "Night Office, BE",
        "accredited-channel",
        ORDER,
        "to-decide",
    ),
    row(
        "C-2HK6VNQ0",
        "Withhold one image in the EU: still seen from EE",
        minutes(21),
        Next("act", "The platform said yes, the probe says no. Third retry at 13:31."),
        "Public Prosecutor, Digital Crime, FR",
        "signature",
        ORDER,
        "not-effective",
    ),
    row(
        "C-7Q4M2HXK",
        "Withhold one message in the EU",
        Clock(DUE, LEGAL, RECEIVED),
        Next("act", "Give the second approval. It is yours to sign."),
        "Office for Online Safety, FR",
        "signature",
        ORDER,
        "second-approval",
    ),
    row(
        "C-9XK3TDB1",
        "Two messages, sender not yet verified",
        minutes(52),
        Next("ask", "Call the registered number, not the one in the mail."),
        "“Cyber Unit North”, DE",
        "none",
        ORDER,
        "verifying",
    ),
    row(
        "C-4TZ9BMC2",
        "Answer a complaint about one message",
        Clock(NOW + timedelta(hours=4, minutes=12), None, NOW - timedelta(hours=4)),
        Next("act", "Answer it. What the person wrote is on the case."),
        "The person affected",
        None,
        "Complaint, Art. 10",
        State("to-decide", "To answer"),
    ),
    row(
        "C-3NB7QXD3",
        "Ask for scrutiny of an order carried out today?",
        Clock(NOW + timedelta(hours=43), None, NOW - timedelta(hours=5)),
        Next("ask", "Counsel: the message may be journalism."),
        "Office for Online Safety, FR",
        "signature",
        ORDER,
        "with-counsel",
    ),
    row(
        "C-6GC4YWE4",
        "Say what stands in the way of an order",
        Clock(datetime(2026, 11, 27, 23, 0, tzinfo=UTC), None, NOW - timedelta(days=3), unit="days"),
        Next("act", "One decider signs the answer on Annex III."),
        "Police Directorate, EE",
        "domain",
        ORDER,
        "to-decide",
    ),
    row(
        "C-0PS8HGF5",
        "The address in the order leads nowhere",
        Clock(DUE, LEGAL, RECEIVED, stopped_since=NOW - timedelta(hours=3), why="Art. 3(8)"),
        Next("wait", "Annex III sent; the hour starts when the exact place arrives.", cite="Art. 3(8)"),
        "Police Directorate, EE",
        "signature",
        ORDER,
        State("waiting", "Waiting on authority"),
    ),
    row(
        "C-8YF1ZAG6",
        "Notification held back by non-disclosure",
        Clock(DUE, held_until=datetime(2027, 1, 4, 23, 0, tzinfo=UTC)),
        Next("wait", "Goes out by itself at that time.", cite="Art. 11(3)"),
        "Public Prosecutor, Digital Crime, FR",
        "signature",
        ORDER,
        "answered",
    ),
    row(
        "R-4D1XQ7AA",
        "Opening hours of the contact point?",
        Clock(),
        Next("act", "Not an order, as far as we can read. {key} sends it to support.", key="S"),
        "info@consumer-office.example",
        None,
        "No instrument",
        "to-sort",
        unsorted=True,
    ),
)
REALMS = (
    lists.RealmCount("real", 1001, "/console/?realm=real"),
    lists.RealmCount("drill", 0, "/console/?realm=drill"),
    lists.RealmCount("demo", 1, "/console/?realm=demo"),
)
FILTERS = Form(
    action="/console/",
    button="Show",
    method="get",
    fields=(
        Field(
            "whose",
            "Whose",
            kind="select",
            choices=(Choice("", "Everyone’s"), Choice("mine", "Mine to act on", chosen=True)),
        ),
        Field("q", "Find", kind="search", hint="File number, case, address or name, whole", required=False),
    ),
)
QUEUE = pages.QueuePage(
    rows=ROWS,
    realms=REALMS,
    filters=FILTERS,
    export_url="/console/?format=csv",
    more_url="/console/?after=C-8YF1ZAG6",
    duty="On duty: 2 deciders, 1 counsel.",
)
EMPTY_QUEUE = pages.QueuePage(
    rows=(),
    realms=REALMS,
    filters=FILTERS,
    export_url="/console/?format=csv",
    empty=Empty(
        "Nothing is due",
        (
            "New cases appear here by themselves, the most urgent first, each with its clock and its next step.",
            "The door is open: mail was last heard from 12 s ago.",
            "To see one, send a mail to orders@lantern.example, or play a sample order.",
        ),
        Link("Play a sample order", "/demo/"),
    ),
)
