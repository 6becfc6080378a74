"""One case as a page: what came, what we make of it, what to decide, what was done and seen."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max

from comity import instruments
from comity.answers import text as plain
from comity.authorities import commands as register
from comity.cases import deciding, document, obstacles, rules
from comity.cases.facts import corrected
from comity.cases.models import Case
from comity.instruments import Instrument
from comity.ledger.models import Event
from comity.library import in_force
from comity.measures.models import Measure as MeasureRow
from comity.measures.models import Preserved
from comity.notifications import commands as notifications
from comity.outbox.models import Mail
from comity.people.models import Act, Person
from comity.people.rules import may
from comity.vault import commands as vault
from comity.web.parts import (
    Clock,
    Fact,
    Field,
    Form,
    Letter,
    Link,
    Look,
    Measure,
    Next,
    Pair,
    Sheet,
    Slot,
    Step,
    Veil,
)

from . import (
    alone,
    came,
    correcting,
    deeds,
    findings,
    flags,
    labels,
    lifting,
    moves,
    prolonging,
    queue,
    sent,
    sheet,
    timeline,
    words,
    wrote,
)
from .pages import Came, CasePage, Complaint, DecidePage, Decision, Sign, Verdict, Wrote


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

    def _decided(self) -> Act | None:
        """The act that the decision block tells of: what is put to the deciders, but for a lift what it would undo."""
        lifted = self.act is not None and self.act.kind == "lift"
        if self.act is not None and not lifted:
            return self.act
        if not lifted and (self.case.state, "lift") not in rules.LIFE and self.case.state != "lifted":
            return None
        approved = Act.objects.filter(case=self.case.id, state="approved").exclude(kind__in=("lift", "review"))
        return approved.order_by("-approved_at").first()

    @property
    def lift(self) -> Act | None:
        """The lift that waits for a decider."""
        waits = self.act is not None and self.act.kind == "lift" and self.act.state == "open"
        return self.act if waits else None

    @property
    def instrument(self) -> Instrument:
        """What it says of itself."""
        return instruments.of(self.case.instrument)

    # -- the head ---------------------------------------------------------------------------------------------------

    def clock(self) -> Clock:
        """The clock that drives the case."""
        return queue.clock_of(self.deadlines)

    def by_line(self) -> tuple[str, str]:
        """Which instrument, of whom; and its article."""
        what, cite = self.instrument.title, self.instrument.cite
        reference = labels.value(labels.at(self.facts, "form.reference")) or "without a reference"
        who = self.facts.get("authority", {}).get("name") or labels.value(
            labels.at(self.facts, "form.issuing_authority")
        )
        state = self.case.country or "State unknown"
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
        return Verdict(made.word, made.sentence, made.tone, made.glyph, made.judged, link)

    def steps(self) -> tuple[Step, ...]:
        """How the driving clock is counted."""
        found = {d["id"]: d for d in self.finding["deadlines"]}
        row = queue.driving(self.deadlines)
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
        own = [one for one in self.case.request.flags if one not in self.document["of_others"]]
        return flags.said(own)

    def wrote(self) -> Wrote | None:
        """What the sender wrote in their own words."""
        return wrote.first(self.case) if may(self.person, "content.view", self.case) else None

    def later(self) -> tuple[Wrote, ...]:
        """What came in the thread since."""
        return wrote.later(self.case) if may(self.person, "content.view", self.case) else ()

    def _links(self) -> tuple[Link, ...]:
        mail = f"/console/requests/{self.case.request_id}"
        number = document.order_part(self.document) if may(self.person, "content.view", self.case) else None
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
        shown = [came.copy_shown(vault.get(copy.doc)) for copy in copies] if self.opened else []
        looks = [Look("Show the text", f"{self.base}/look?what=text")]
        if self.opened == "text":
            looks[0] = Look("Show the text", f"{self.base}/look?what=text", text="\n\n".join(s["text"] for s in shown))
        pictures = self._pictures(shown)
        return Veil(
            says=self._says(),
            at=copies[0].at,
            looks=(*looks, *pictures),
            pictures=len(pictures),
        )

    def _pictures(self, shown: list[dict[str, str]]) -> tuple[Look, ...]:
        if "image" not in self._says():
            return ()
        action = f"{self.base}/look?what=picture"
        found = next((copy["picture"] for copy in shown if copy["picture"]), "")
        if self.opened != "picture" or not found:
            return (Look("Show the image", action),)
        return (Look("Show the image", action, picture=found, alt="The image that the order names"),)

    def _says(self) -> str:
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
        for url, found in list(self.document["resolved"].items())[:20]:
            state = found["facts"].get("found")
            said = found.get("shown", {}).get("says") or ("leads nowhere" if state is False else None)
            rows.append(Fact("On the platform", said, url, code=False))
        return tuple(rows)

    # -- the decision -----------------------------------------------------------------------------------------------

    def decision(self) -> Decision | None:
        """What is put to the deciders, or why nothing is yet."""
        ended = self.case.state == "not-carried-out" and not self.case.act
        if self.case.state == "verifying" or ended or not (self.letters or self.case.plan == "execute"):
            return None
        slots, needed = self.slots()
        return Decision(
            deeds=self.deeds(),
            letters=self.letter_parts(),
            slots=slots,
            needed=needed,
            sign=None if self.lift else self.sign(),
            decide_url=f"{self.base}/decide" if self.lift or self.sign() else "",
            detours=self.detours(),
            note=self.note(),
            act=self.decided.hash if self.decided else "",
            propose=self.propose(),
            rule=alone.rule(self.case, self.decided, self.barred),
        )

    def answered(self) -> Mail | None:
        """The answer that went out on what was decided; None while it has not."""
        return sent.answer_of(self.case, self.decided)

    def deeds(self) -> tuple[Pair, ...]:
        """Exactly what will be done."""
        if self.case.plan == "annex3":
            return (
                Pair("Do", "Nothing on the platform.", bold="Say what stands in the way"),
                Pair("Clock", "It stops until they send what is missing.", cite=self.instrument.stops),
            )
        if self.case.plan == "person":
            return ANSWER_DEEDS
        lifted = self._undone()
        pairs = deeds.of(self.finding, self.facts, self._says())
        undo = () if lifted or self.case.state == "ended" else (Pair("To undo", UNDO, bold="Lift"),)
        return (*lifted, *pairs, *undo, *self._kept())

    def _kept(self) -> tuple[Pair, ...]:
        says, cite = self.instrument.kept
        return (Pair("Also", says, cite=cite),) if says else ()

    def _undone(self) -> tuple[Pair, ...]:
        """That it was lifted, when and why; nothing while it stands."""
        if self.case.state != "lifted":
            return ()
        at = MeasureRow.objects.filter(case=self.case).aggregate(last=Max("lifted_at"))["last"]
        act = self.act if self.act and self.act.kind == "lift" else None
        return lifting.undone(at, lifting.of(act).get("reason", "") if act else "")

    def letter_parts(self) -> tuple[Letter, ...]:
        """The letters, exactly as they will be sent."""
        return tuple(self._letter(name, doc) for name, doc in sorted(self.letters.items()))

    def _letter(self, name: str, doc: Mapping[str, Any]) -> Letter:
        mail = self.answered() if name == "answer" else None
        if mail is not None:
            return sent.letter(mail, f"{self.base}/letters/{name}.pdf")
        editable = (self.case.state, "edit") in rules.LIFE and may(self.person, "draft.edit", self.case)
        links = [Link("Edit", f"{self.base}/letters/{name}")] if editable else []
        if name == "answer":
            title, says = "Answer to the authority", f"To its registered address {doc.get('to') or '(none yet)'}"
            links.append(Link("See the PDF", f"{self.base}/letters/{name}.pdf"))
        else:
            title, says = "Notification to the author", notifications.says(self.finding)
        return Letter(title, says, plain.twin(doc), links=tuple(links), language=str(doc.get("language", "en")))

    def slots(self) -> tuple[tuple[Slot, ...], int]:
        """The approvals given and open."""
        if self.decided is None:
            return (), 0
        given = list(self.decided.approvals.select_related("person", "key").order_by("id"))
        names = ("First", "Second", "Third", "Fourth")
        made = [
            Slot(f"{names[min(n, 3)]}, given", True, words.person("Decider", a.person.jurisdiction, a.key.short), a.at)
            for n, a in enumerate(given)
        ]
        for n in range(len(given), self.decided.rule.count):
            made.append(Slot(f"{names[min(n, 3)]}, open", False, note="A decider other than the first." if n else ""))
        return tuple(made), self.decided.rule.count

    def sign(self) -> Sign | None:
        """The one button, for who can still sign this act."""
        act = self.act
        if act is None or act.state != "open" or not may(self.person, "approve", act):
            return None
        if act.approvals.filter(person=self.person).exists():
            return None
        if act.kind == "lift" and self.case.state not in ("answered", "not-effective", "answering"):
            return None
        return self.button(act)

    def button(self, act: Act) -> Sign:
        """The button that signs an act."""
        return Sign(
            act=act.hash,
            action=f"{self.base}/sign",
            options=f"/people/acts/{act.hash}/options",
            passkey=self.person.realm != "demo",
        )

    def note(self) -> str:
        """Why the viewer can't sign, where that isn't plain."""
        if self.lift:
            return f"A lift is put to the deciders, and waits for {lifting.who(self.lift.rule)}."
        if self.act is None or self.act.state != "open" or self.sign():
            return ""
        if self._signed():
            return "Your approval is on the record. Another decider signs next."
        return "Deciders sign. You prepare, and see here how it stands."

    def detours(self) -> tuple[Link, ...]:
        """The ways beside approving; for counsel, back to the desk with an opinion."""
        if not may(self.person, "decision.return", self.case):
            return ()
        if self.case.state == "with-counsel":
            return (Link("Give your opinion", f"{self.base}/return"),) if counsels(self.person) else ()
        if self.case.state not in ("to-decide", "second-approval"):
            return ()
        asked = (Link("Ask counsel", f"{self.base}/counsel"),)
        return (Link("Send back with a reason", f"{self.base}/return"), *asked) if self.act else asked

    def returned(self) -> tuple[str, str]:
        """Why it was sent back or closed, what counsel is asked or said: a heading and the words; else nothing."""
        kind = {"to-decide": RETURNED, "with-counsel": RETURNED, "not-carried-out": CLOSED}.get(self.case.state)
        if self.act is not None or kind is None:
            return "", ""
        event = Event.objects.filter(case=self.case.id, kind=kind).order_by("-id").first()
        try:
            words_ = str(vault.get_json(event.sealed["reason"])["text"]) if event else ""
        except vault.Gone:
            return "", ""
        return (RETURNED_AS[event.public["as"]] if event and kind == RETURNED else "It was closed:"), words_

    def propose(self) -> Form | None:
        """The form that puts a decision to the deciders where none is put."""
        if self.act is not None or self.barred or not may(self.person, "decision.propose", self.case):
            return None
        kind = deciding.kind_for(self.case)
        if kind is None or kind == "lift" or not self.letters.keys() >= deciding.NEEDED[kind]:
            return None
        button = "Put this answer to the deciders" if kind == "answer" else "Put it to the deciders"
        return Form(f"{self.base}/propose", button, (Field("kind", "", kind, kind="hidden"),))

    # -- measures ---------------------------------------------------------------------------------------------------

    def measures(self) -> tuple[Measure, ...]:
        """What was kept and done, and what an ordinary viewer saw."""
        kept = Preserved.objects.filter(case=self.case).order_by("id")
        made = []
        if kept:
            made.append(Measure("Preserve", self._says(), "Kept under seal until", "good", "c4", at=kept[0].until))
        for row in MeasureRow.objects.filter(case=self.case).order_by("begun_at"):
            made.append(self._measure(row))
        return tuple(made)

    def _measure(self, row: MeasureRow) -> Measure:
        status, tone, glyph = MEASURE[row.state]
        effects = list(row.effects.filter(target=0).order_by("-inside", "place", "id"))
        held_at, lifted_at = lifting.looked(effects, "after"), lifting.looked(effects, "lifted")
        return Measure(
            verb=row.kind.capitalize(),
            text=words.place(row.territory),
            status=status,
            tone=tone,
            glyph=glyph,
            effects=lifting.effect_rows(effects),
            before_at=lifting.looked(effects, "before"),
            held_at=held_at if lifted_at else None,
            now_at=lifted_at or held_at,
            lift=self._lift(row),
        )

    def _lift(self, row: MeasureRow) -> Form | None:
        liftable = row.lifted_at is None and (self.case.state, "lift") in rules.LIFE
        if not liftable or not may(self.person, "measure.lift", self.case) or (self.act and self.act.kind == "lift"):
            return None
        return lifting.form(self.base)

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
            decision=self.decision(),
            measures=self.measures(),
            complaints=self.complaints(),
            timeline=timeline.of_case(case.id),
            timeline_url=f"{self.base}/timeline",
            take=self.take(),
            taken=queue.taken_by([case]).get(case.id, ""),
            acts=self.acts(),
            returned=self.returned(),
            also=findings.also(self.finding, in_force.library(case.realm)),
            candidates=findings.candidates(self.finding, in_force.library(case.realm)),
            nearest=findings.nearest(self.finding),
        )

    def next(self) -> Next:
        """Whose move it is, for this viewer."""
        if self.lift:
            waits = f"A lift waits for the approval of {lifting.who(self.lift.rule)}."
            return Next("act" if self.sign() else "wait", waits)
        return moves.for_viewer(self.case, self.person, self.act, signed=self._signed())

    def _signed(self) -> bool:
        return self.act is not None and self.act.approvals.filter(person=self.person).exists()

    def _correctable(self) -> bool:
        return (self.case.state, "judge") in rules.LIFE

    def primary(self) -> Link | None:
        """Where the one thing to do is."""
        if self.sign() and self.lift:
            return Link("Decide the lift", f"{self.base}/decide")
        if self.sign():
            return Link("Go to the decision", "#decision")
        if self.barred:
            return Link("See why", "#decision")
        if alone.may_review(self.case, self.person):
            return Link("Review it", f"{self.base}/review")
        if any(complaint.form for complaint in self.complaints()):
            return Link("Go to the complaint", "#complaints")
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
        made = [] if self.decision() else list(self.detours())
        if may(self.person, "callback.record", self.case) and self._correctable():
            made.append(Link("Record a call-back", f"/console/requests/{self.case.request_id}/callback"))
        if may(self.person, "fact.correct", self.case) and obstacles.awaits(self.case) and self._doubtful():
            made.append(Link("Their reply clarifies it", f"{self.base}/clarified"))
        if prolonging.open_to(self.person, self.case):
            made.append(Link("They prolonged it", f"{self.base}/prolong"))
        if may(self.person, "fact.correct", self.case) and self._correctable():
            stands = (self.facts.get("impossibility") or {}).get("ceased_at", ...) is None
            words_ = "It can be done now" if stands else f"Can’t be done ({self.instrument.obstacle_form})"
            made.append(Link(words_, f"{self.base}/obstacle"))
        if may(self.person, "fact.correct", self.case) and self._correctable() and self.instrument.weighs:
            made.append(Link("Weigh its purpose", f"{self.base}/purpose"))
        if (self.case.state, "close") in rules.LIFE and may(self.person, "case.close", self.case):
            made.append(Link("Close it: nobody’s order", f"{self.base}/close"))
        if may(self.person, "brake", self.case):
            made.append(Link("Stop all acts (the brake)", f"/console/brake?realm={self.case.realm}"))
        if may(self.person, "notification.release", self.case) and notifications.is_held(self.case):
            made.append(Link("Release the held notification", f"{self.base}/release"))
        return tuple(made)

    def _doubtful(self) -> bool:
        """Whether a reply came that a machine may have sent."""
        return wrote.doubtful(self.case) is not None

    def complaints(self) -> tuple[Complaint, ...]:
        """What the person affected wrote, with our answer or the form for it."""
        return tuple(
            Complaint(
                at=found.at,
                text=found.text,
                clock=Clock(due_target=found.due, started=found.at, met_at=found.answered_at, unit="days"),
                answer=found.answer,
                answered_at=found.answered_at,
                copy=found.copy,
                form=self._answer_form(found.id) if not found.answered_at else None,
            )
            for found in notifications.complaints_of(self.case)
        )

    def _copy_hint(self) -> str:
        cite = self.instrument.copy_cite
        return f"{COPY_HINT} ({cite})." if cite else f"{COPY_HINT}."

    def _answer_form(self, complaint: int) -> Form | None:
        if not may(self.person, "complaint.answer", self.case):
            return None
        fields: tuple[Field, ...] = (Field("text", "Your answer, shown on their page", kind="long"),)
        barred = notifications.copy_forbidden(self.case, complaint)
        if not barred and may(self.person, "copy.give", self.case):
            fields += (Field("copy", "Give a copy of the order", kind="tick", required=False, hint=self._copy_hint()),)
        return Form(
            f"{self.base}/complaints/{complaint}",
            "Answer",
            fields,
            warn="A non-disclosure stands: no copy of the order can be given." if barred else "",
            id=f"complaint-{complaint}-form",
        )

    def decide(self) -> DecidePage:
        """One screen to decide, the button last."""
        case = self.case
        if self.act is not None and self.act.kind == "lift":
            return self._decide_lift(self.act)
        returnable = bool(self.detours())
        return DecidePage(
            id=case.id,
            case_url=self.base,
            title=case.title,
            clock=self.clock(),
            verdict=self.verdict(),
            deeds=self.deeds(),
            outgoing=self.outgoing(),
            letters=self.letter_parts(),
            veil=self.veil(),
            sign=self.sign(),
            note=self.note(),
            back=Link("Send it back with a reason", f"{self.base}/return") if returnable else None,
            counsel=Link("ask counsel", f"{self.base}/counsel") if returnable else None,
            flags=self.flags(),
            wrote=self.wrote(),
            later=self.later(),
            rule=alone.rule(self.case, self.decided),
        )

    def review(self, put: Act) -> DecidePage:
        """One screen to sign that what one person decided stands: what was done and why, once more."""
        return DecidePage(
            id=self.case.id,
            case_url=self.base,
            title="Review what was done",
            clock=self.clock(),
            verdict=self.verdict(),
            reason=alone.reason_of(put),
            deeds=self.deeds(),
            outgoing=self.outgoing(),
            letters=self.letter_parts(),
            veil=self.veil(),
            sign=replace(self.button(put), says="Sign that it stands"),
            back=Link("Write another reason, or lift it", f"{self.base}/review?again=1"),
            flags=self.flags(),
            wrote=self.wrote(),
            rule=alone.rule(self.case, self.decided),
            done=True,
        )

    def _decide_lift(self, act: Act) -> DecidePage:
        """One screen to lift: why, what is undone, who is told what. No time runs on it."""
        signed = lifting.of(act)
        open_ = act.state == "open" and may(self.person, "decision.return", self.case)
        return DecidePage(
            id=self.case.id,
            case_url=self.base,
            title="Lift the measure",
            clock=None,
            verdict=None,
            reason=str(signed.get("reason", "")),
            deeds=lifting.deeds(signed["targets"], MeasureRow.objects.filter(case=self.case), self._says()),
            outgoing=lifting.outgoing(signed["letters"]),
            letters=lifting.letters(signed["letters"]),
            veil=self.veil(),
            sign=self.sign(),
            note="" if self.sign() else self.note(),
            back=Link("Drop the lift, with a reason", f"{self.base}/return") if open_ else None,
        )

    def outgoing(self) -> tuple[Pair, ...]:
        """What goes out with it."""
        made = []
        if "answer" in self.letters:
            when = ", once the effect is observed" if self.case.plan == "execute" else ", at once"
            made.append(Pair("Authority", f"To its registered address{when}.", bold="The answer"))
        if "notification" in self.letters and self.case.plan == "execute":
            made.append(Pair("Author", notifications.says(self.finding), bold="The notification"))
        elif not rules.told(self.finding):
            says, cite = self.instrument.untold
            made.append(Pair("Person", says, cite=cite, bold="Nobody is told"))
        return tuple(made)


def counsels(person: Person) -> bool:
    """Whether a person speaks as counsel."""
    return bool({"counsel", "head"} & set(person.roles))


RETURNED, CLOSED = "decision.returned", "case.closed"
RETURNED_AS = {
    "to-counsel": "Counsel is asked:",
    "opinion": "Counsel’s opinion:",
    "sent-back": "It was sent back:",
    "lift-dropped": "The lift was dropped:",
}
COPY_HINT = "They can then download it from their page: the whole document as it came. Look at what else it names first"
UNDO = "Puts it back exactly as it stood before. One decider decides it, with a reason."
ANSWER_DEEDS = (
    Pair("Do", "Nothing on the platform. The answer below says why, in your words.", bold="Answer without a measure"),
    Pair("Or", "Correct or weigh a fact above: if the finding becomes valid, the measure is drafted instead."),
)

MEASURE: Mapping[str, tuple[str, str, str]] = {
    "begun": ("Begun; the platform has not answered yet", "still", "c0"),
    "acted": ("The platform took it; looked at next", "still", "c3"),
    "effective": ("Seen to work", "good", "c4"),
    "not-effective": ("Not effective", "late", "alarm"),
    "lifting": ("Lifted; looked at next", "still", "lift"),
    "lifted": ("Lifted, and seen to be undone", "good", "lift"),
    "ended": ("Ended by itself: its time is over", "still", "c4"),
}
