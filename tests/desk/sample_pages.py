"""One filled value for every page of the desk, at one instant: what tests render, and what is held beside the look."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from comity.desk import pages, sheet, words
from comity.web.parts import (
    Banner,
    Choice,
    Clock,
    Effect,
    Empty,
    Fact,
    Field,
    Form,
    Grade,
    Letter,
    Line,
    Link,
    Look,
    Measure,
    Next,
    Pair,
    Seen,
    Slot,
    State,
    Step,
    Veil,
)

NOW = datetime(2026, 11, 24, 12, 29, 20, tzinfo=UTC)
RECEIVED = datetime(2026, 11, 24, 12, 7, 32, tzinfo=UTC)
DUE = RECEIVED + timedelta(hours=1)
LEGAL = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
ACT = "9c1e77b04d52e8a30f6b1d2c5a7e9b3344cc1290aa55ee77bb66dd8899001122"
URL = "https://lantern.example/c/harbour-talk/48812"
ART3 = "Regulation (EU) 2021/784, Art. 3"

ME = pages.Me("decider", "BE", "7f·3a", sign_out="/people/sign-out")
FRAME = pages.Frame(ME, realm="real", current="queue")
DEMO = pages.Frame(
    pages.Me("second decider", "EE", switch=Link("Be someone else", "/demo/"), sign_out="/people/sign-out"),
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
    pages.RealmCount("real", 1001, "/console/?realm=real"),
    pages.RealmCount("drill", 0, "/console/?realm=drill"),
    pages.RealmCount("demo", 1, "/console/?realm=demo"),
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

FINDING = {
    "pack": "eu-tco-removal-order",
    "version": "2021-784.1",
    "outcome": "valid",
    "checks": [
        {"holds": True, "blocking": True, "cite": "Art. 12(4)", "says": "The Office is on the register for FR."},
        {"holds": True, "blocking": True, "cite": "Art. 3(4)(a), 3(4)(e)", "says": "The sender is authenticated."},
        {"holds": True, "blocking": False, "cite": "Art. 3(5)", "says": "It came to our contact point."},
        {"holds": True, "blocking": True, "cite": "Art. 15(2)", "says": "It is written in English."},
        {
            "holds": None,
            "blocking": False,
            "cite": "Art. 11(1)",
            "says": "Whether the author can be told is not known.",
        },
        {
            "holds": True,
            "blocking": True,
            "cite": "Art. 1(2), recital 14",
            "says": "The message was open to the public.",
        },
        {"holds": True, "blocking": True, "cite": "Art. 3(4)(c)", "says": "The exact address leads to one message."},
        {
            "holds": True,
            "blocking": False,
            "cite": "Art. 3(4)(b)",
            "says": "A category is ticked and reasons are given.",
        },
        {"holds": False, "blocking": False, "cite": "Art. 3(4)(f)", "says": "Section G gives no deadline for redress."},
        *({"holds": True, "blocking": False, "cite": "Art. 3(2)", "says": f"More of the same, {n}."} for n in range(5)),
    ],
    "deadlines": [
        {
            "id": "remove",
            "cite": "Regulation (EEC, Euratom) 1182/71, Art. 3(1)",
            "steps": [
                "Received on Tuesday 24 November 2026 at 13:07:32 CET.",
                "Our target is receipt plus 60 minutes exactly: 14:07:32 CET.",
                "By law the hour of the event does not count: 15:00:00 CET.",
            ],
        }
    ],
}
READING_SHEET = {
    "title": "Removal order",
    "sections": [
        {
            "id": "A",
            "title": "Section A",
            "lines": [
                {
                    "label": "Member State of the issuing authority",
                    "field": "form.issuing_state",
                    "kind": "text",
                    "value": "FR",
                },
                {"label": "Reference number", "field": "form.reference", "kind": "text", "value": "OOS-2026-1184"},
            ],
        },
        {
            "id": "B",
            "title": "Section B: content",
            "lines": [
                {"label": "URL and exact location", "field": "form.urls", "kind": "text", "value": URL},
                {
                    "label": "The material",
                    "field": "form.categories",
                    "kind": "tick",
                    "options": [
                        {"label": "incites others to commit terrorist offences", "ticked": True},
                        {"label": "solicits to commit or contribute", "ticked": False},
                    ],
                },
                {
                    "label": "Additional information",
                    "field": "form.reasons",
                    "kind": "text",
                    "value": "“Calls on readers to repeat it.”",
                },
            ],
        },
        {
            "id": "G",
            "title": "Section G: redress",
            "lines": [{"label": "Deadline", "field": "form.redress_deadline", "kind": "blank", "value": ""}],
        },
    ],
}
PLACES = {
    f"form.{name}": {"where": where}
    for name, where in {
        "issuing_state": "form field A.1",
        "reference": "form field A.6",
        "urls": "form field B.1",
        "categories": "form field B.2",
        "reasons": "form field B.3",
        "redress_deadline": "form field G.2",
    }.items()
}
MARKS = sheet.marks(sheet.order(READING_SHEET, PLACES))
ANSWER = (
    "Your reference OOS-2026-1184, ours C-7Q4M2HXK. Received 24 Nov 2026, 13:07:32 CET.\n\n"
    "Access has been disabled in all Member States at {time observed}.\n\n"
    "Section G gives no deadline for challenging the order (Art. 3(4)(f)). We carried it out all the same."
)
TELLING = (
    "One of your messages in Harbour talk can no longer be seen in the European Union.\n\n"
    "An authority ordered this. Nothing else about your account has changed: {private link}"
)
LETTERS = (
    Letter(
        "Answer to the Office",
        "Annex II, to its registered address, once the effect is observed",
        ANSWER,
        (Link("Edit", "#e1"), Link("See the PDF", "#p1")),
    ),
    Letter("Notification to the author", "Through Lantern, in discreet words", TELLING, (Link("Edit", "#e2"),)),
)
VEIL = Veil(
    "1 message with 2 edits and 1 image",
    (Look("Show the text", "/console/cases/C-7Q4M2HXK/look"), Look("Show the image", "/console/cases/C-7Q4M2HXK/look")),
    pictures=1,
    at=RECEIVED + timedelta(seconds=26),
)
DEEDS = (
    Pair("Do", "1 message with its 2 edits and 1 image", bold="Withhold"),
    Pair("Where", "all 27 Member States. It stays visible elsewhere.", bold="In the EU,"),
    Pair("How long", "Until lifted. The order names no end."),
    Pair("Undo", "Lift puts message, edits and image back as they stood at 13:07:58 CET."),
    Pair("Also", "Keep a sealed copy until 24 May 2027.", cite="Art. 6"),
)
SLOTS = (
    Slot("First, given", True, words.person("Decider", "BE", "3f·a9"), NOW - timedelta(minutes=3)),
    Slot("Second, open", False, note="A decider other than the first.\nYou can sign."),
)
FACTS = (
    Fact("Issuing State", "FR", "form field A.1", MARKS["form.issuing_state"]),
    Fact("Issued at", "24 Nov 2026, 12:58 CET", "form field A.5; corrected by a handler, 13:19", was="12:58 UTC"),
    Fact("Reference", "OOS-2026-1184", "form field A.6", MARKS["form.reference"]),
    Fact(
        "Target",
        URL,
        "form field B.1; resolved on the platform",
        MARKS["form.urls"],
        code=True,
        more="1 public message, 2 edits, 1 image",
    ),
    Fact("Category", "(a) incites others to commit terrorist offences", "form field B.2", MARKS["form.categories"]),
    Fact("Reasons", "given, 17 words", "form field B.3", MARKS["form.reasons"]),
    Fact("Redress, until", "", "form field G.2, blank", MARKS["form.redress_deadline"]),
    Fact("Author reachable", None, "platform: last seen 9 Nov"),
)
MEASURES = (
    Measure("Preserve", "1 message, 2 edits, 1 image", "Observed", "good", "c4", at=RECEIVED + timedelta(seconds=26)),
    Measure(
        "Withhold",
        "in the EU",
        "Not begun, needs the second approval",
        effects=(
            Effect("FR", "Withheld", Seen("visible"), Seen("visible"), "EU"),
            Effect("BE", "Withheld", Seen("visible"), Seen("visible"), "EU"),
            Effect("CH", "Visible", Seen("visible"), Seen("visible")),
        ),
        before_at=RECEIVED,
        now_at=NOW,
    ),
)
FAILED_MEASURES = (
    Measure(
        "Withhold",
        "in the EU, decided 13:31:02 CET",
        "Not effective in EE. Next retry at 13:41",
        "late",
        "alarm",
        effects=(
            Effect("FR", "Withheld", Seen("visible"), Seen("withheld"), "EU"),
            Effect("EE", "Withheld", Seen("visible"), Seen("visible", wrong=True), "EU"),
            Effect("CH", "Visible", Seen("visible"), Seen("unknown")),
        ),
        lift=Form(
            "/console/cases/C-2HK6VNQ0/lift",
            "Lift it",
            (Field("reason", "Why", kind="long", rows=3),),
            second=True,
            id="lift",
        ),
    ),
)
TIMELINE = (
    Line(RECEIVED, "Request received", "by e-mail, 412 kB, stored before we said yes", "gateway", "event 201"),
    Line(RECEIVED + timedelta(seconds=2), "Sender graded", ": signature", "gateway", "event 202"),
    Line(NOW - timedelta(minutes=17), "Content looked at", ": the text", "handler, BE, key b2·41", "event 208"),
    Line(NOW - timedelta(minutes=3), "First approval", "of act 9c1e 77b0", "decider, BE, key 3f·a9", "event 210"),
    Line(NOW, "Now", ": waiting for the second approval", "you, or one other decider", now=True),
)
VERDICT = words.verdict(FINDING, "Carry it out, and say in the answer that Section G gives no deadline.")
SIGN = pages.Sign(ACT, "/people/approve/" + ACT, "/people/approve/" + ACT + "/options")
CASE = pages.CasePage(
    id="C-7Q4M2HXK",
    title="Withhold one message in the EU",
    by_line="Removal order OOS-2026-1184 of the Office for Online Safety, FR",
    cite=ART3,
    clock=Clock(DUE, LEGAL, RECEIVED),
    next=Next("act", "Give the second approval. It is yours to sign."),
    state=State("second-approval"),
    came=pages.Came(
        "Mail with one attachment",
        (
            Pair("From", "orders@online-safety.example"),
            Pair("To", "orders@lantern.example, our contact point"),
            Pair("Subject", "Removal order OOS-2026-1184"),
            Pair("Received", at=RECEIVED),
            Pair("Sender", grade=Grade("signature")),
            Pair("Why", "DKIM, aligned, valid for online-safety.example, an accredited authority’s domain."),
        ),
        (Link("Read the mail", "#m"), Link("Download the PDF", "#p"), Link("Raw bytes", "#r")),
        sheet=sheet.of_form(READING_SHEET, MARKS, "Annex I, as signed", "Labels shortened."),
        thread=(Pair("13:07:36", "We replied: received, being handled, due 14:07:32 CET."),),
        before=(
            Pair("This message", "No earlier demand."),
            Pair("This office", "14 orders in 12 months.", link=Link("See them", "#o")),
        ),
        veil=VEIL,
    ),
    verdict=VERDICT,
    facts=FACTS,
    checks=words.checks(FINDING),
    checks_source="Sources are in Regulation (EU) 2021/784 unless they say otherwise.",
    primary=Link("Go to the decision", "#decision"),
    steps=words.steps(FINDING["deadlines"][0]),
    other_clocks=(Step("Scrutiny may be asked for until", "Art. 4(4), 48 h", at=RECEIVED + timedelta(days=2)),),
    correct_url="?correct=#facts",
    decision=pages.Decision(
        deeds=DEEDS,
        letters=LETTERS,
        slots=SLOTS,
        needed=2,
        sign=SIGN,
        decide_url="/console/cases/C-7Q4M2HXK/decide",
        detours=(
            Link("Send back with a reason", "#s"),
            Link("Ask counsel", "#c"),
            Link("Can’t be done (Annex III)", "#a"),
        ),
        act=ACT,
    ),
    measures=MEASURES,
    timeline=TIMELINE,
    timeline_url="",
)
LATE_CASE = pages.CasePage(
    id="C-2HK6VNQ0",
    title="Withhold one image in the EU",
    by_line="Removal order 77/2026 of the Public Prosecutor, Digital Crime, FR",
    cite=ART3,
    clock=Clock(NOW - timedelta(minutes=12), NOW + timedelta(minutes=3), NOW - timedelta(minutes=72)),
    next=Next("act", "The platform said yes, the probe says no."),
    state=State("not-effective"),
    came=pages.Came(
        "Mail",
        (Pair("From", "orders@prosecutor.example"),),
        sheet=sheet.of_text(
            "Removal order\nReference: 77/2026\nURL: https://lantern.example/c/quay/7\n\nRegards\n",
            {
                "form.reference": {"where": "line 2", "text": "77/2026"},
                "form.urls": {"where": "line 3", "text": "https://lantern.example/c/quay/7"},
            },
            {"form.reference": 1, "form.urls": 2},
            "The mail’s text",
        ),
        veil=Veil(
            "1 image",
            (Look("The text", "/look", text="A line somebody wrote.\nAnd one more."), Look("Show the image", "/look")),
            pictures=1,
        ),
    ),
    verdict=words.verdict({"outcome": "needs-person", "checks": FINDING["checks"]}),
    facts=(
        Fact("Reference", "77/2026", "line 2", 1, correct_url="?correct=form.reference#f1"),
        Fact(
            "Target",
            "https://lantern.example/c/quay/7",
            "line 3",
            2,
            code=True,
            form=Form(
                "/console/cases/C-2HK6VNQ0/correct",
                "Correct it",
                (
                    Field(
                        "value",
                        "Target, one address a line",
                        "https://lantern.example/c/quay/7",
                        "long",
                        rows=3,
                        error="Line 1: not an address on a platform that we act on.",
                    ),
                    Field("why", "How do you know?", hint="It stays on the record beside the value as first read."),
                ),
                back=Link("Leave it as it is", "?"),
                id="correct",
            ),
        ),
    ),
    checks=words.checks(
        {
            "checks": [
                {"holds": False, "blocking": True, "says": "The address leads to one message.", "cite": "Art. 3(4)(c)"}
            ]
        }
    ),
    measures=FAILED_MEASURES,
    complaints=(
        pages.Complaint(
            at=NOW - timedelta(hours=2),
            text="This was a report about the harbour, <b>not</b> a call to anything.",
            clock=Clock(NOW + timedelta(days=13), None, NOW - timedelta(hours=2), unit="days"),
            form=Form(
                "/console/cases/C-2HK6VNQ0/complaint",
                "Send this answer",
                (Field("answer", "Answer", kind="long", hint="The person reads it on their page."),),
                id="complaint",
            ),
        ),
    ),
    timeline=TIMELINE,
    acts=(Link("Record a call-back", "#cb"),),
    take=Form("/console/cases/C-2HK6VNQ0/take", "Take it", second=True),
)
DECIDE = pages.DecidePage(
    id="C-7Q4M2HXK",
    case_url="/console/cases/C-7Q4M2HXK/",
    title=CASE.title,
    clock=CASE.clock,
    verdict=words.Verdict(
        "The finding is valid.",
        "One check fails without blocking. You are the second of two deciders; the first signed at 13:26:41 CET.",
        "good",
        "holds",
    ),
    deeds=(
        Pair("Do", "Nobody in the territory can see it. Nothing is deleted.", bold="Withhold"),
        Pair("To what", bold="1 message, with 2 edits and 1 image", code="lantern.example/c/harbour-talk/48812"),
        Pair("Where", "It stays visible everywhere else.", bold="The European Union, 27 Member States"),
        Pair("How long", "The order names no end.", bold="Until lifted"),
        Pair("Not touched", "The author’s account, other messages, any data about the author."),
        Pair(
            "To undo",
            "Puts message, edits and image back as they stood at 13:07:58 CET. One decider can start it.",
            bold="Lift",
        ),
    ),
    outgoing=(
        Pair(
            "Authority",
            "To its registered address, once the effect is observed.",
            bold="Annex II to the Office for Online Safety, FR",
        ),
        Pair("Author", "Through Lantern. Nothing holds it back.", bold="Notification with a private link"),
        Pair("Record", "Sealed: what, whose, exact time.", bold="Events without names"),
    ),
    letters=LETTERS,
    veil=VEIL,
    sign=SIGN,
    back=Link("Send it back with a reason", "#back"),
    counsel=Link("ask counsel", "#counsel"),
)
HTML = """<html><head><style>h1{position:fixed;inset:0}</style><script>alert(1)</script></head><body>
<h1>Opening hours</h1><p onclick="x()">Dear all, <a href="https://evil.example/login">your desk</a>, when do you open?
<img src="https://tracker.example/pixel.gif" alt="logo"> <img src="cid:abc"></p>
<table><tr><td colspan="2">Monday<td>9 to 5</table><form action="https://evil.example"><input name=q></form>"""
LANE_FIELDS = (Field("note", "Note for them", kind="long", rows=2, required=False),)


def lane(slug, key, title, reply):
    letter = Letter("Reply to the sender", "To the address in From, at once", reply) if reply else None
    return pages.Lane(
        slug,
        key,
        title,
        Form(f"/console/requests/R-4D1XQ7AA/{slug}", "Send it on", LANE_FIELDS, second=True, id=slug),
        letter,
    )


REQUEST = pages.RequestPage(
    id="R-4D1XQ7AA",
    title="Opening hours of the contact point?",
    by_line="From info@consumer-office.example, received 24 Nov 2026, 13:07:32 CET",
    clock=Clock(),
    next=Next("act", "Not an order, as far as we can read. Say where it belongs."),
    state=State("to-sort"),
    mail=pages.Mail(
        (
            Pair("From", "info@consumer-office.example"),
            Pair("Subject", "Opening hours?"),
            Pair("Received", at=RECEIVED),
            Pair("Sender", grade=Grade("none")),
        ),
        text="Dear all, when do you open?",
        html=HTML,
        parts=(Pair("plan.pdf", "application/pdf, 12 kB", link=Link("Download", "#d")),),
        links=(Link("Raw bytes", "#raw"),),
    ),
    flags=("Replies would go to another address: reply@elsewhere.example. We answer the address in From.",),
    lanes=(
        lane("support", "S", "Send to support", "We passed your mail to support. They answer within 2 working days."),
        lane("press", "P", "Send to press", "We passed your mail to our press office."),
        lane("civil", "C", "Send to civil claims", "We passed your mail to those who handle civil claims."),
        lane("not-ours", "N", "Not ours", "We are not the right place for this. Write to {the right place}."),
    ),
    timeline=TIMELINE[:1],
)


LEVER = pages.Judged(
    verdict=pages.Verdict(
        "For counsel.",
        "Nothing is done before counsel has looked.",
        "soon",
        "flaw",
        "1 check holds, 1 fails and blocks.",
        Link("A lever on a person, version 2026.1", "/regulations/own-person-claim/2026.1"),
    ),
    title="A lever on a person",
    checks=words.checks(
        {
            "checks": [
                {"holds": True, "blocking": True, "says": "Nobody is threatened.", "cite": "Comity, person claim"},
                {
                    "holds": False,
                    "blocking": True,
                    "says": "An arrest is aimed at a person.",
                    "cite": "Comity, demands",
                },
            ]
        }
    ),
    duties=(Step("Tell that person's own counsel, and ours, at once", "Comity, person claim"),),
    clocks=(Step("Answer: until", "Comity, demands rule", NOW + timedelta(days=7)),),
)
CANDIDATES = (
    pages.Candidate(
        Link("Order to act against illegal content, version 2022-2065.1", "/regulations/eu-dsa-order-act/2022-2065.1"),
        "Regulation (EU) 2022/2065",
        (Step("It is not known from which State it comes.", "Regulation (EU) 2022/2065, Art. 9(1)"),) * 2,
    ),
    pages.Candidate(
        Link("Preservation request of a US entity, version 2703f.1", "/regulations/us-preservation/2703f.1"),
        "18 U.S.C. § 2703(f)",
        (),
    ),
)
NEAREST = (Pair("Leads to content", "now: no", bold="yes"), Pair("Legal basis", "now: unknown", bold="given"))
LEVER_REQUEST = replace(
    REQUEST,
    id="R-8K3ZZ0TV",
    title="Your office manager",
    next=Next("ask", "Counsel must see this. Do not answer it on its terms."),
    mail=pages.Mail((Pair("Sender", grade=Grade("none")),), text="Your employee will be detained by Friday."),
    facts=(
        Fact("Instrument named", "Article 9 of Regulation (EU) 2022/2065", "line 3"),
        Fact(
            "Target",
            "https://lantern.example/" + "a-long-address-without-any-blank-" * 5,
            "in the text",
            code=True,
        ),
    ),
    finding=LEVER,
    also=(replace(LEVER, title="A demand for access"),),
    candidates=CANDIDATES,
    nearest=NEAREST,
    acts=(Link("Record a call-back", "#cb"),),
)
ORDINARY_REQUEST = replace(
    REQUEST, rule=Link("A demand without a regulation of ours, version 2026.1", "/regulations/own-no-pack/2026.1")
)


def list_row(n, title, who, state, **more):
    return pages.ListRow(
        f"R-0000000{n}",
        f"/console/requests/R-0000000{n}/",
        title,
        RECEIVED - timedelta(hours=n),
        who,
        Grade("domain"),
        "E-mail, 12 kB",
        State(state),
        **more,
    )


REQUESTS = pages.ListPage(
    title="Requests",
    says="Everything that came in by a door, kept as it came. Newest first.",
    columns=("Received", "Subject", "From", "Door and what became of it"),
    rows=(
        list_row(1, "Removal order OOS-2026-1184", "orders@online-safety.example", "answered", note="Case C-7Q4M2HXK"),
        list_row(2, "Undelivered mail returned to sender", "MAILER-DAEMON@mx.example", "bounce"),
        list_row(3, "a very-long-subject-without-any-blank-" * 6, "x@" + "long." * 20 + "example", "joined"),
        list_row(4, "رسالة من مكتب حماية المستهلك", "info@consumer-office.example", "sent-on"),
    ),
    realms=REALMS,
    filters=FILTERS,
    export_url="?format=csv",
    empty=Empty("No requests yet", ("What comes in by a door is listed here.",)),
    more_url="?before=R-00000004",
)
NO_CASES = pages.ListPage(
    title="Cases",
    says="Every demand that became a case. Newest first.",
    columns=("Clock", "Case", "Who asks", "Instrument and state"),
    rows=(),
    realms=REALMS,
    filters=FILTERS,
    export_url="?format=csv",
    empty=Empty("No case matches", ("Nothing in this realm fits the filter.",), Link("Show all cases", "?")),
)
BRAKE = pages.BrakePage(
    on=True,
    since=NOW - timedelta(minutes=4),
    by="head, BE, key 7f·3a",
    reason="The connector withholds more than it is told.",
    waiting=(Link("C-7Q4M2HXK: Withhold one message in the EU", "#c"),),
    form=Form(
        "/console/brake/release", "Release the brake", (Field("reason", "Why", kind="long", rows=3),), id="brake"
    ),
    history=TIMELINE[:2],
)
CALLBACK = pages.FormPage(
    title="Record a call-back",
    crumbs=(Link("Queue", "/console/"), Link("Case C-9XK3TDB1", "/console/cases/C-9XK3TDB1/")),
    says=("Call the number below. It is from the register, not from the mail. Ask whether they sent this order.",),
    pairs=(
        Pair("Call", bold="+33 1 00 00 00 00", text="Office for Online Safety, FR"),
        Pair("Reference", "OOS-2026-1184"),
    ),
    form=Form(
        "/console/cases/C-9XK3TDB1/callback",
        "Record it",
        (
            Field(
                "confirmed",
                "What did they say?",
                kind="radio",
                choices=(
                    Choice("yes", "Yes, they sent it"),
                    Choice("no", "No, they did not send it"),
                    Choice("unreached", "Nobody answered"),
                ),
            ),
            Field(
                "spoke_with",
                "Function of the person you spoke with",
                hint="Their function, not their name.",
                error="Say a function.",
            ),
            Field("at", "When", "2026-11-24T13:20:00", "instant", hint="CET"),
            Field("sure", "I dialled the registered number", kind="tick"),
            Field("note", "Note", kind="long", required=False),
        ),
        error="One field needs another look.",
        back=Link("Back to the case", "#case"),
        id="callback",
        warn="A call-back that confirms makes this sender an accredited channel for this request.",
    ),
    clock=minutes(52),
)

BANNER = Banner(
    "C-2HK6VNQ0: withheld, but still seen from EE.",
    "21 min left,",
    Link("Open it", "#b"),
    at=NOW + timedelta(minutes=21),
)
LIFT = pages.DecidePage(
    id="C-7Q4M2HXK",
    case_url="/console/cases/C-7Q4M2HXK",
    title="Lift the measure",
    clock=None,
    verdict=None,
    reason="The Office withdrew its order by telephone, and a letter follows.",
    deeds=(Pair("Do", "What was withheld is put back exactly as it stood before. Nothing else changes.", bold="Lift"),),
    outgoing=(Pair("Author", "If told of the measure, once the lift is observed.", bold="That it can be seen again"),),
    letters=(Letter("Notice to the author", "On the platform", "It is seen again.\n\nWhat happened: {private link}"),),
    veil=VEIL,
    sign=SIGN,
    back=Link("Drop the lift, with a reason", "/console/cases/C-7Q4M2HXK/return"),
)
LIFTED = Measure(
    "Withhold",
    "in the EU",
    "Lifted, and seen to be undone",
    "good",
    "lift",
    effects=(
        Effect("FR", "Visible", Seen("visible"), Seen("visible"), "EU", Seen("withheld")),
        Effect("CH", "Visible", Seen("visible"), Seen("visible"), "", Seen("visible")),
    ),
    before_at=RECEIVED,
    held_at=NOW - timedelta(minutes=2),
    now_at=NOW,
)
SENT = pages.SentPage(
    title="Answer to your removal order: OOS-2026-1184 [C-7Q4M2HXK]",
    by_line="The answer to the authority, taken by the relay",
    pairs=(Pair("To", "orders@online-safety.example"), Pair("Made", at=NOW)),
    text=ANSWER,
    files=(Pair("C-7Q4M2HXK.pdf", "59 kB", link=Link("Download", "/console/outbox/1/files/1")),),
    about=Link("Case C-7Q4M2HXK", "/console/cases/C-7Q4M2HXK"),
)
PAGES = {
    "queue": ("desk/queue.html", FRAME, QUEUE),
    "queue-empty": ("desk/queue.html", DEMO, EMPTY_QUEUE),
    "case": ("desk/case.html", pages.Frame(ME, current="cases"), CASE),
    "case-late": (
        "desk/case.html",
        pages.Frame(ME, "demo", "cases", BANNER, "Set 13:25:20 CET by the head of the desk."),
        LATE_CASE,
    ),
    "decide": ("desk/decide.html", pages.Frame(ME, current="cases"), DECIDE),
    "decide-lift": ("desk/decide.html", pages.Frame(ME, current="cases"), LIFT),
    "case-lifted": ("desk/case.html", pages.Frame(ME, current="cases"), replace(CASE, measures=(LIFTED,))),
    "sent": ("desk/sent.html", pages.Frame(ME), SENT),
    "request": ("desk/request.html", pages.Frame(ME, current="requests"), REQUEST),
    "request-lever": ("desk/request.html", pages.Frame(ME, current="requests"), LEVER_REQUEST),
    "request-ordinary": ("desk/request.html", pages.Frame(ME, current="requests"), ORDINARY_REQUEST),
    "case-beside": (
        "desk/case.html",
        pages.Frame(ME, current="cases"),
        replace(CASE, also=(LEVER,), candidates=CANDIDATES, nearest=NEAREST),
    ),
    "requests": ("desk/list.html", pages.Frame(ME, current="requests"), REQUESTS),
    "cases-empty": ("desk/list.html", pages.Frame(ME, current="cases"), NO_CASES),
    "brake": ("desk/brake.html", pages.Frame(ME), BRAKE),
    "callback": ("desk/form.html", pages.Frame(ME), CALLBACK),
}
