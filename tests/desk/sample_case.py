"""One case as its pages show it, made up: facts, finding, letters, measures, timeline."""

from datetime import timedelta

from desk.sample_queue import ACT, ART3, DUE, LEGAL, NOW, RECEIVED, URL

from comity.console import signing
from comity.console.panels import Panel
from comity.console.words import person
from comity.desk import pages, sheet, words
from comity.notifications import panel as complaints
from comity.web.parts import (
    Clock,
    Effect,
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
    Slot("First, given", True, person("Decider", "BE", "3f·a9"), NOW - timedelta(minutes=3)),
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
SIGN = signing.Sign(ACT, "/people/approve/" + ACT, "/people/approve/" + ACT + "/options")


def measures(rows: tuple[Measure, ...]) -> Panel:
    """The panel of the measures."""
    return Panel("measures", "Measures and what was observed", "Measures", "measures/panel.html", rows)


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
    panels=(measures(MEASURES),),
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
    panels=(
        measures(FAILED_MEASURES),
        Panel(
            "complaints",
            "What the person affected writes",
            "Complaint",
            "notifications/panel.html",
            (
                complaints.Complaint(
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
