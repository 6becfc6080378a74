"""One filled value for every page of the desk, at one instant: what tests render, and what is held beside the look."""

from dataclasses import replace
from datetime import timedelta

from desk.sample_case import ANSWER, CASE, DECIDE, LATE_CASE, SIGN, TIMELINE, VEIL, measures
from desk.sample_queue import DEMO, EMPTY_QUEUE, FILTERS, FRAME, ME, NOW, QUEUE, REALMS, RECEIVED, minutes

from comity.answers import sent
from comity.console import forms, frame, lists
from comity.desk import pages, words
from comity.measures import pages as brake
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
    Link,
    Measure,
    Next,
    Pair,
    Seen,
    State,
    Step,
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
        Link("A threat or pressure against a person, version 2026.1", "/regulations/own-person-claim/2026.1"),
    ),
    title="A threat or pressure against a person",
    checks=words.checks(
        {
            "checks": [
                {
                    "holds": True,
                    "blocking": True,
                    "says": "There is no threat outside judicial process.",
                    "cite": "Comity, threats rule",
                },
                {
                    "holds": False,
                    "blocking": True,
                    "says": "An arrest is aimed at a person.",
                    "cite": "Comity, demands",
                },
            ]
        }
    ),
    duties=(Step("Tell that person's own lawyer, and our counsel, at once", "Comity, person claim"),),
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
    REQUEST,
    rule=Link("A demand for which there is no regulation here, version 2026.1", "/regulations/own-no-pack/2026.1"),
)


def list_row(n, title, who, state, **more):
    return lists.ListRow(
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


REQUESTS = lists.ListPage(
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
NO_CASES = lists.ListPage(
    title="Cases",
    says="Every demand that became a case. Newest first.",
    columns=("Clock", "Case", "Who asks", "Instrument and state"),
    rows=(),
    realms=REALMS,
    filters=FILTERS,
    export_url="?format=csv",
    empty=Empty("No case matches", ("Nothing in this realm fits the filter.",), Link("Show all cases", "?")),
)
BRAKE = brake.BrakePage(
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
CALLBACK = forms.FormPage(
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
SENT = sent.SentPage(
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
    "case": ("desk/case.html", frame.Frame(ME, current="cases"), CASE),
    "case-late": (
        "desk/case.html",
        frame.Frame(ME, "demo", "cases", BANNER, "Set 13:25:20 CET by the head of the desk."),
        LATE_CASE,
    ),
    "decide": ("desk/decide.html", frame.Frame(ME, current="cases"), DECIDE),
    "decide-lift": ("desk/decide.html", frame.Frame(ME, current="cases"), LIFT),
    "case-lifted": ("desk/case.html", frame.Frame(ME, current="cases"), replace(CASE, panels=(measures((LIFTED,)),))),
    "sent": ("answers/sent.html", frame.Frame(ME), SENT),
    "request": ("desk/request.html", frame.Frame(ME, current="requests"), REQUEST),
    "request-lever": ("desk/request.html", frame.Frame(ME, current="requests"), LEVER_REQUEST),
    "request-ordinary": ("desk/request.html", frame.Frame(ME, current="requests"), ORDINARY_REQUEST),
    "case-beside": (
        "desk/case.html",
        frame.Frame(ME, current="cases"),
        replace(CASE, also=(LEVER,), candidates=CANDIDATES, nearest=NEAREST),
    ),
    "requests": ("console/list.html", frame.Frame(ME, current="requests"), REQUESTS),
    "cases-empty": ("console/list.html", frame.Frame(ME, current="cases"), NO_CASES),
    "brake": ("measures/brake.html", frame.Frame(ME), BRAKE),
    "callback": ("console/form.html", frame.Frame(ME), CALLBACK),
}
