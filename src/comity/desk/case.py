"""One case as a page: what came, what we make of it, what to decide, what was done and seen."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from comity import instruments
from comity.authorities import commands as register
from comity.cases import accounts, deciding, document, lifts, obstacles, rules, shadowed
from comity.cases.facts import corrected
from comity.cases.instead import Refusal
from comity.cases.models import Case
from comity.cases.pages import Looking, clock_of, driving
from comity.console import labels, signing
from comity.console.panels import Panel
from comity.console.signing import Sign
from comity.custody import panel as custody
from comity.following import panel as following
from comity.inquiries import panel as inquiries
from comity.instruments.port import Instrument
from comity.library import in_force
from comity.measures import panel as measures
from comity.measures.models import Preserved
from comity.notifications import panel as complaints
from comity.people.models import Act, Approval, Person
from comity.people.rules import may
from comity.platforms import shadow as shadow_state
from comity.shadow import panel as would
from comity.vault import commands as vault
from comity.web.parts import Clock, Fact, Form, Link, Look, Next, Pair, Sheet, Step, Veil

from . import (
    alone,
    asking,
    came,
    changing,
    checking,
    correcting,
    decision,
    elsewise,
    findings,
    flags,
    lifting,
    moves,
    naming,
    prolonging,
    queue,
    sheet,
    timeline,
    words,
    wrote,
)
from .pages import Came, CasePage, Decision, Verdict, Wrote

PANELS: tuple[Callable[[Looking], Panel], ...] = (
    would.panel,
    measures.panel,
    custody.panel,
    complaints.panel,
    inquiries.panel,
    following.panel,
)


class View:
    """A case opened for one viewer, at one time: what its page and its decide page are both made from."""

    def __init__(
        self, case: Case, person: Person, zone: ZoneInfo, *, opened: str = "", corrects: str | None = None
    ) -> None:
        self.case, self.person, self.zone, self.opened, self.corrects = case, person, zone, opened, corrects
        self.document = document.of_case(case)
        kept = deciding.finding_of(case)
        self.facts: dict[str, Any] = kept["facts"]
        self.finding: dict[str, Any] = kept["finding"]
        self.letters = deciding.letters_of(case)
        self.deadlines = list(case.deadlines.all())
        self.act = Act.objects.filter(hash=case.act).first() if case.act else None
        self.decided = self._decided()
        self.base = f"/console/cases/{case.id}"
        self.barred = "" if self.act else deciding.barred(case)

    @cached_property
    def refusal(self) -> Refusal | None:
        """What its platform can't do of what is ordered, as long as people can still choose something else."""
        asked = self.barred or self.finding.get("instead")
        return elsewise.refusal(self.case) if asked else None

    def _decided(self) -> Act | None:
        """The act that the decision block tells of: what is put to the deciders, but for a lift what it would undo."""
        lifted = self.act is not None and self.act.kind == "lift"
        if self.act is not None and not lifted:
            return self.act
        if not lifted and (self.case.state, "lift") not in rules.LIFE and self.case.state != "lifted":
            return None
        approved = Act.objects.filter(case=self.case.id, state="approved").exclude(kind__in=("lift", "review"))
        return approved.order_by("-approved_at").first()

    @cached_property
    def given(self) -> list[Approval]:
        """The approvals of what the decision block tells of."""
        return signing.given(self.decided) if self.decided else []

    @cached_property
    def approvals(self) -> list[Approval]:
        """The approvals of what is put to the deciders now."""
        if self.act is None:
            return []
        return self.given if self.act == self.decided else signing.given(self.act)

    @cached_property
    def sign(self) -> Sign | None:
        """The one button, for who can still sign."""
        return decision.sign(self)

    @cached_property
    def decision(self) -> Decision | None:
        """The decision block."""
        return decision.block(self)

    @cached_property
    def sees(self) -> bool:
        """Whether the viewer may see content."""
        return may(self.person, "content.view", self.case)

    @cached_property
    def panels(self) -> tuple[Panel, ...]:
        """What other rooms contribute."""
        looking = Looking(self.case, self.person, self.sees, self.says() if self.sees else "", self.act)
        return tuple(panel(looking) for panel in PANELS)

    @property
    def lift(self) -> Act | None:
        """The lift that waits for a decider."""
        waits = self.act is not None and self.act.kind == "lift" and self.act.state == "open"
        return self.act if waits else None

    @cached_property
    def shadow(self) -> list[str]:
        """What was in shadow when what is decided on was put to people, or is now while nothing is put."""
        if self.decided is None:
            open_ = self.case.state not in rules.CLOSED
            return shadowed.names(self.facts, self.case.realm) if open_ and shadow_state.anything() else []
        try:
            return shadowed.of_act(vault.get_json(self.decided.doc))
        except vault.Gone:
            return []

    @property
    def instrument(self) -> Instrument:
        """What it says of itself."""
        return instruments.of(self.case.instrument)

    # -- the head ---------------------------------------------------------------------------------------------------

    def clock(self) -> Clock:
        """The clock that drives the case."""
        return clock_of(self.deadlines)

    def by_line(self) -> tuple[str, str]:
        """Which instrument, of whom; and its article."""
        what, cite = self.instrument.title, self.instrument.cite
        known = (labels.at(self.facts, f"form.{name}") for name in ("reference", "issuing_file_number"))
        reference = next((str(one) for one in known if one not in (..., None, "")), "without a reference")
        who = self.facts.get("authority", {}).get("name") or labels.value(
            labels.at(self.facts, "form.issuing_authority")
        )
        state = self.case.country or "State unknown"
        if self.order().get("source") == "person":
            reference = f"{reference}, {_typed(str(self.order()['by']))}"
        if self.case.grade == "none":
            return (
                f"{what} {reference}; it names {who or 'no authority'}, {state}, and nothing bears that out yet",
                cite,
            )
        return f"{what} {reference} of {who or 'an unknown sender'}, {state}", cite

    def verdict(self) -> Verdict:
        """The outcome as a sentence, and under what it was judged."""
        made = words.verdict(self.finding)
        name = f"{self.finding['pack']}, version {self.finding['version']}"
        link = Link(name, f"/regulations/{self.finding['pack']}/{self.finding['version']}")
        return replace(made, pack=link)

    def steps(self) -> tuple[Step, ...]:
        """How the driving clock is counted."""
        found = {d["id"]: d for d in self.finding["deadlines"]}
        row = driving(self.deadlines)
        return words.steps(found[row.name]) if row and row.name in found else ()

    def other_clocks(self) -> tuple[Step, ...]:
        """The clocks that don't drive the queue, and what is kept until when."""
        made = [
            Step(f"{row.name.replace('-', ' ').capitalize()}: until", row.cite, row.due_target)
            for row in self.deadlines
            if row.name not in rules.DRIVING and row.due_target
        ]
        return tuple(made)

    # -- what came --------------------------------------------------------------------------------------------------

    def came(self) -> Came:
        """The left side."""
        return Came(
            heading="Mail",
            pairs=came.mail_pairs(self.case.request, self.document),
            links=self._links(),
            wrote=self.wrote(),
            later=self.later(),
            flags=self.flags(),
            sheet=self.sheet(),
            thread=came.thread(self.case),
            before=self.before(),
            veil=self.veil(),
        )

    def flags(self) -> tuple[str, ...]:
        """What to look out for in this order, and in what came in its thread since."""
        request = self.case.request
        unsaid = {*self.document["of_others"]} | (
            {"unauthenticated"} if request.door == "web" else set()
        )  # has no From
        own = [one for one in request.flags if one not in unsaid]
        return flags.said(own)

    def wrote(self) -> Wrote | None:
        """What the sender wrote in their own words."""
        return wrote.first(self.case, self.document) if self.sees else None

    def later(self) -> tuple[Wrote, ...]:
        """What came in the thread since."""
        return wrote.later(self.case) if self.sees else ()

    def _links(self) -> tuple[Link, ...]:
        mail = f"/console/requests/{self.case.request_id}"
        number = document.order_part(self.document) if self.sees else None
        pdf = (Link("Download the PDF", f"{mail}/parts/{number}"),) if number else ()
        return (Link("Read the mail", mail), *pdf, Link("Raw bytes", f"{mail}/raw"))

    def order(self) -> dict[str, Any]:
        """The order as read."""
        return document.order(self.document)

    def marks(self) -> dict[str, int]:
        """The number of each fact on the sheet, in the document's order."""
        reading, places = self.document["reading"], self.order().get("places", {})
        return sheet.marks(sheet.order(reading.get("sheet"), places))

    def sheet(self) -> Sheet | None:
        """The order as it came, its places tied to the facts."""
        return came.sheet_of(self.document, self.marks())

    def before(self) -> tuple[Pair, ...]:
        """What is known from before of this office."""
        if not self.case.authority:
            return ()
        earlier = Case.objects.filter(authority=self.case.authority, realm=self.case.realm).exclude(id=self.case.id)
        count = earlier.order_by("-received_at")[:100].count()
        says = "no earlier order" if not count else f"{count if count < 100 else '100+'} earlier"
        link = Link("See them", f"/console/cases/?realm={self.case.realm}&authority={self.case.authority}")
        return (Pair("This office", says, link=link if count else None),)

    def veil(self) -> Veil | None:
        """The content, until it is asked for."""
        copies = list(Preserved.objects.filter(case=self.case).order_by("id")[:20])
        if not copies:
            return None
        shown = [came.copy_shown(vault.get(copy.doc), self.case.realm) for copy in copies] if self.opened else []
        looks = [Look("Show the text", f"{self.base}/look?what=text")]
        if self.opened == "text":
            looks[0] = Look("Show the text", f"{self.base}/look?what=text", text="\n\n".join(s["text"] for s in shown))
        pictures = self._pictures(shown)
        return Veil(
            says=self.says(),
            at=copies[0].at,
            looks=(*looks, *pictures),
            pictures=len(pictures),
        )

    def _pictures(self, shown: list[dict[str, str]]) -> tuple[Look, ...]:
        if "image" not in self.says():
            return ()
        action = f"{self.base}/look?what=picture"
        found = next((copy["picture"] for copy in shown if copy["picture"]), "")
        if self.opened != "picture" or not found:
            return (Look("Show the image", action),)
        return (Look("Show the image", action, picture=found, alt="The image that the order names"),)

    def says(self) -> str:
        """What the case is about, in a few words."""
        resolved = self.document["resolved"]
        said = [found["shown"]["says"] for found in resolved.values() if found.get("shown", {}).get("says")]
        return said[0] if len(said) == 1 else f"{len(said)} targets"

    # -- what we make of it -----------------------------------------------------------------------------------------

    def fact_rows(self) -> tuple[Fact, ...]:
        """Each fact with its place; what a person corrected keeps both values."""
        order, marked = self.order(), self.marks()
        now = corrected(order.get("facts", {}), self.document["corrections"])
        places = order.get("places", {})
        paths = sorted({*places, *(c["path"] for c in self.document["corrections"])}, key=lambda p: marked.get(p, 999))
        rows = [self._fact(path, now, order.get("facts", {}), places.get(path, {}), marked.get(path)) for path in paths]
        return (*rows, *self._known())

    def _fact(
        self, path: str, now: Mapping[str, Any], read: Mapping[str, Any], place: Mapping[str, Any], mark: int | None
    ) -> Fact:
        was, is_now = labels.at(read, path), labels.at(now, path)
        may_correct = self.corrects is not None and may(self.person, "fact.correct", self.case)
        here = may_correct and self.corrects == path
        return Fact(
            label=labels.label(path),
            value=labels.shown(path, is_now),
            where=str(place.get("where", "")) or "added by a person",
            mark=mark,
            code=path == "form.urls",
            was=(labels.shown(path, was) or "unknown") if was != is_now else "",
            correct_url=f"?correct={path}#f{mark or ''}" if may_correct and not here else "",
            form=correcting.form(self.base, path, is_now, self.zone) if may_correct and self.corrects == path else None,
        )

    def _known(self) -> tuple[Fact, ...]:
        entry = register.entry(self.case.authority) if self.case.authority else None
        checked = f"register, checked {entry.checked_at:%d %b %Y}" if entry and entry.checked_at else "register"
        rows = []
        if entry:
            said = f"{entry.name}: accredited" if entry.accredited else entry.name
            rows.append(Fact("On our register", said, checked))
            if last := register.last_check(entry.id, self.case.instrument):
                rows.append(Fact("In its law’s register", register.SAYS[last.found], register.checked(entry, last)))
        for url, found in list(self.document["resolved"].items())[:20]:
            state = found["facts"].get("found")
            shown = found.get("shown", {}).get("says") or ("leads nowhere" if state is False else None)
            rows.append(Fact("On the platform", shown, url, code=False))
        return tuple(rows)

    # -- the pages --------------------------------------------------------------------------------------------------

    def page(self) -> CasePage:
        """The case page."""
        by_line, cite = self.by_line()
        case = self.case
        return CasePage(
            id=case.id,
            title=case.title,
            by_line=by_line,
            cite=cite,
            clock=self.clock(),
            next=self.next(),
            state=queue.state_of(case),
            came=self.came(),
            verdict=self.verdict(),
            facts=self.fact_rows(),
            checks=words.checks(self.finding),
            checks_source="Each check names its source.",
            primary=self.primary(),
            steps=self.steps(),
            other_clocks=self.other_clocks(),
            correct_url="?correct=#facts" if may(self.person, "fact.correct", case) and self._correctable() else "",
            decision=self.decision,
            panels=self.panels,
            timeline=timeline.of_case(case.id),
            timeline_url=f"{self.base}/timeline",
            take=self.take(),
            taken=queue.taken_by([case]).get(case.id, ""),
            acts=self.acts(),
            returned=decision.returned(self),
            also=findings.also(self.finding, in_force.library(case.realm)),
            candidates=findings.candidates(self.finding, in_force.library(case.realm)),
            nearest=findings.nearest(self.finding),
        )

    def next(self) -> Next:
        """Whose move it is, for this viewer."""
        if self.lift:
            waits = f"A lift waits for the approval of {lifting.who(self.lift.rule)}."
            return Next("act" if self.sign else "wait", waits)
        return moves.for_viewer(self.case, self.person, self.act, signed=self.signed)

    @cached_property
    def signed(self) -> bool:
        """Whether the viewer has signed what is put to the deciders."""
        return any(one.person_id == self.person.pk for one in self.approvals)

    def _correctable(self) -> bool:
        return (self.case.state, "judge") in rules.LIFE

    def primary(self) -> Link | None:
        """Where the one thing to do is."""
        if self.sign and self.lift:
            return Link("Decide the lift", f"{self.base}/decide#approve")
        if self.sign:
            return Link("Go to the decision", f"{self.base}/decide#approve")
        if self.barred:
            return Link("See why", "#decision")
        if alone.may_review(self.case, self.person):
            return Link("Review it", f"{self.base}/review")
        reviewed = any(row.name == lifts.NAME and row.met_at is None for row in self.deadlines)
        if reviewed and lifts.may_review(self.case, self.person):
            return Link("Review the lift", f"{self.base}/lift/review")
        if may(self.person, "measure.again", self.case) and lifts.may_again(self.case):
            return Link(lifting.AGAIN, f"{self.base}/again")
        asked = next((panel.primary for panel in self.panels if panel.primary), None)
        if asked:
            return asked
        if self.case.state == "verifying" and checking.needed(self.case.request):
            return checking.link(self.case.request, self.person)
        if self.case.state == "verifying" and may(self.person, "callback.record", self.case):
            return Link("Record a call-back", f"/console/requests/{self.case.request_id}/callback")
        return None

    def take(self) -> Form | None:
        """Take the case, or put it back."""
        if not self.case.open or not may(self.person, "case.take", self.case):
            return None
        mine = self.case.taken_by == self.person.id
        return Form(f"{self.base}/take", "Put the case back" if mine else "Take the case", second=True)

    def acts(self) -> tuple[Link, ...]:
        """What the viewer may do besides deciding."""
        made = [] if self.decision else list(decision.detours(self))
        if may(self.person, "callback.record", self.case) and self._correctable():
            made.append(Link("Record a call-back", f"/console/requests/{self.case.request_id}/callback"))
        named = accounts.unresolved(self.case, self.document) if self._correctable() else []
        if account := naming.link(self.case, self.person, named):
            made.append(account)
        if self._correctable() and (check := checking.link(self.case.request, self.person)):
            made.append(check)
        if may(self.person, "fact.correct", self.case) and obstacles.awaits(self.case) and self._doubtful():
            made.append(Link("Their reply clarifies it", f"{self.base}/clarified"))
        if prolonging.open_to(self.person, self.case):
            made.append(Link("They prolonged it", f"{self.base}/prolong"))
        if changing.open_to(self.person, self.case):
            made.append(Link("A later request changes it", f"{self.base}/change"))
        if may(self.person, "fact.correct", self.case) and self._correctable():
            stands = obstacles.standing(self.facts)
            words_ = "It can be done now" if stands else f"Can’t be done ({self.instrument.obstacle_form})"
            made.append(Link(words_, f"{self.base}/obstacle"))
        if may(self.person, "fact.correct", self.case) and self._correctable() and self.instrument.weighs:
            made.append(Link("Weigh its purpose", f"{self.base}/purpose"))
        if (self.case.state, "close") in rules.LIFE and may(self.person, "case.close", self.case):
            made.append(Link("It is forged", f"{self.base}/forged"))
            made.append(Link("Close it: nobody’s order", f"{self.base}/close"))
        if may(self.person, "measure.again", self.case) and lifts.may_again(self.case):
            made.append(Link(lifting.AGAIN, f"{self.base}/again"))
        if may(self.person, "brake", self.case):
            made.append(Link("Stop all acts (the brake)", f"/console/brake?realm={self.case.realm}"))
        return (*made, *(act for panel in self.panels for act in panel.acts))

    def _doubtful(self) -> bool:
        """Whether a reply came that a machine may have sent."""
        return wrote.doubtful(self.case) is not None


def _typed(by: str) -> str:
    """How an order that no machine read came in: typed by one of the desk, or filed by whoever sent it."""
    return f"typed by {asking.said_by(by)}" if by.startswith("person:") else "filed on our page"
