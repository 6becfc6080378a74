"""The life of a case as one table, and what decides: pure."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from comity.ledger.life import Life
from comity.ledger.life import NotNow as NotNow
from comity.platforms.port import IRREVERSIBLE
from comity.platforms.territory import WORLD

STATES = (
    "verifying",
    "to-decide",
    "second-approval",
    "carrying-out",
    "not-effective",
    "answering",
    "to-produce",
    "answered",
    "waiting",
    "with-counsel",
    "lifted",
    "not-carried-out",
    "ended",
    "withdrawn",
    "in-shadow",
    "by-hand",
)
CLOSED = frozenset({"answered", "lifted", "not-carried-out", "ended", "withdrawn", "by-hand"})

LIFE: Mapping[tuple[str, str], str] = {
    # judged (again): the sender must be known before anyone decides
    ("verifying", "judge-unverified"): "verifying",
    ("verifying", "judge"): "to-decide",
    ("to-decide", "judge"): "to-decide",
    ("to-decide", "judge-unverified"): "verifying",
    ("second-approval", "judge"): "to-decide",
    ("second-approval", "judge-unverified"): "verifying",
    ("with-counsel", "judge"): "with-counsel",
    ("with-counsel", "judge-unverified"): "with-counsel",
    ("waiting", "judge"): "to-decide",
    ("waiting", "judge-unverified"): "verifying",
    # an edit voids a first signature
    ("second-approval", "edit"): "to-decide",
    ("to-decide", "edit"): "to-decide",
    ("verifying", "edit"): "verifying",
    # people decide
    ("to-decide", "sign"): "second-approval",
    ("second-approval", "sign"): "second-approval",
    ("to-decide", "approve"): "carrying-out",
    ("second-approval", "approve"): "carrying-out",
    ("second-approval", "return"): "to-decide",
    ("to-decide", "return"): "to-decide",
    ("to-decide", "ask-counsel"): "with-counsel",
    ("second-approval", "ask-counsel"): "with-counsel",
    ("with-counsel", "return"): "to-decide",
    # carried out, seen, answered
    ("carrying-out", "observe"): "answering",
    ("carrying-out", "fail"): "not-effective",
    ("not-effective", "observe"): "answering",
    ("not-effective", "fail"): "not-effective",
    ("answering", "observe"): "answering",
    ("answering", "answer"): "answered",
    ("answered", "answer"): "answered",
    # judged and kept, its authority told: what it orders sent hasn't left, and its clock runs on
    ("carrying-out", "stand-by"): "to-produce",
    ("answering", "stand-by"): "to-produce",
    ("to-produce", "produce"): "answered",
    ("to-produce", "observe"): "to-produce",
    ("to-produce", "fail"): "to-produce",
    ("to-produce", "lift"): "lifted",
    ("to-produce", "end"): "ended",
    ("answered", "fail"): "not-effective",
    ("answered", "observe"): "answered",
    ("carrying-out", "wait"): "waiting",
    # in shadow: nothing is done here, and people say what they did; once shadow is left it may be put to them for real
    ("carrying-out", "would"): "in-shadow",
    ("in-shadow", "say"): "by-hand",
    ("by-hand", "say"): "by-hand",
    ("in-shadow", "again"): "to-decide",
    ("by-hand", "again"): "to-decide",
    # weighed by people and answered without a measure; or found to be nobody's order
    ("carrying-out", "decline"): "not-carried-out",
    ("verifying", "close"): "not-carried-out",
    ("answered", "lift"): "lifted",
    ("not-effective", "lift"): "lifted",
    ("answering", "lift"): "lifted",
    # lifted, and found wrong on review, or ordered again since: put to the deciders anew
    ("lifted", "again"): "to-decide",
    # its authority took it back, or a court quashed it, before anybody had decided
    ("verifying", "withdraw"): "withdrawn",
    ("to-decide", "withdraw"): "withdrawn",
    ("second-approval", "withdraw"): "withdrawn",
    ("with-counsel", "withdraw"): "withdrawn",
    ("waiting", "withdraw"): "withdrawn",
    # its time was over, by itself
    ("answered", "end"): "ended",
    ("answering", "end"): "ended",
    ("not-effective", "end"): "ended",
    ("ended", "observe"): "ended",
    ("ended", "answer"): "ended",
    ("ended", "fail"): "ended",
    # lifted before the answer left, or before a viewer had looked: what was seen is still answered
    ("lifted", "observe"): "lifted",
    ("lifted", "answer"): "lifted",
    ("lifted", "fail"): "lifted",
}


OF_IT = Life("case", LIFE)
after, acts_in, not_now = OF_IT.after, OF_IT.acts_in, OF_IT.not_now


VERIFIED = frozenset({"domain", "signature", "accredited-channel"})
RANK = {"none": 0, "domain": 1, "signature": 2, "accredited-channel": 2}  # how strongly a sender is verified

EXECUTABLE = frozenset({"valid"})
UNPERFORMABLE = frozenset({"defective", "impossible"})


def plan(finding: Mapping[str, Any]) -> str:
    """What the finding leads to: `execute` the measures, say what stands in the way (`annex3`), `reinstate` what
    another order had withheld, or put it to a `person`. Where some targets or data can be acted on, those are: the rest
    goes into the same answer. What is fine and orders nothing is answered, and so put to a person."""
    if reinstates(finding):
        return "reinstate"
    if finding["outcome"] in EXECUTABLE and not finding.get("measures"):
        return "person"
    parts = {part["outcome"] for name in ("targets", "data") for part in finding.get(name) or ()}
    if finding["outcome"] in EXECUTABLE or (finding["outcome"] in UNPERFORMABLE and parts & EXECUTABLE):
        return "execute"
    return "annex3" if finding["outcome"] in UNPERFORMABLE else "person"


REINSTATE = "reinstate"  # the duty by which an order of another authority has no effect any more


def reinstates(finding: Mapping[str, Any]) -> bool:
    """Whether a finding is that another order has fallen, and what it withheld comes back."""
    duties = {duty["id"] for duty in finding.get("duties") or ()}
    return finding["outcome"] in EXECUTABLE and REINSTATE in duties


LEAVING = "disclose"  # the kind of measure by which data leave us


def leaves(finding: Mapping[str, Any]) -> bool:
    """Whether a finding has data sent to its authority: until they are, its clock runs."""
    return any(measure["kind"] == LEAVING for measure in finding.get("measures") or ())


def actable(finding: Mapping[str, Any]) -> list[str]:
    """The refs of the targets that the finding lets us act on."""
    return [target["ref"] for target in finding.get("targets", []) if target["outcome"] in EXECUTABLE]


CONFIDENTIAL = "confidential"  # the duty by which an order is kept from the person: its authority informs
UNNOTICED = frozenset({"preserve"})  # measures that change nothing for anybody


def told(finding: Mapping[str, Any]) -> bool:
    """Whether we tell the person affected of what is done: never where the finding has it kept confidential, nor where
    nothing changes for them."""
    silent = any(duty["id"] == CONFIDENTIAL for duty in finding.get("duties") or ())
    reaching = {measure["kind"] for measure in finding.get("measures") or ()} - UNNOTICED - {LEAVING}
    return not silent and bool(reaching)


# What words can't decide about a request, and so is put to a person: the questions, by the fact that each fills.
QUESTIONS: Mapping[str, tuple[str, str]] = {
    "danger": ("danger", "real"),
    "court": ("person_claim", "court"),
    "pressure": ("person_claim", "pressure"),
    "access": ("access_demand", "demanded"),
}
OF_A_PERSON = ("court", "pressure")  # what counsel or the head says of a claim on a person
ANSWERS = ("yes", "no", "unsure")
DANGER, ABOUT_A_PERSON = "danger-to-life", "person-lever"  # the flags of what a mail speaks of
TOP = {"danger": 2, "ask": 1}  # what stands above the queue: danger to a life, then what is answered at once
URGENT = ("acknowledge", "act")  # the clocks that end with the danger
OF_A_CALL = ("formal-order", "outcome-first", "outcome-last")  # what is looked at later, kept by the call itself
THEIRS = "theirs"
UNREAD = "as-if-order"  # of what an office sent and was not read: as if it were its order


def asked(flags: Collection[str], facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Which questions a mail puts to a person, by what it speaks of and what it seems to demand."""
    found = ["danger"] if DANGER in flags else []
    found += OF_A_PERSON if ABOUT_A_PERSON in flags else ()
    return (*found, *(["access"] if facts.get("access_demand") else []))


def top(answers: Mapping[str, str], met: Collection[str], *, unread: bool = False) -> int:
    """Where a request stands above the queue: danger until a person has said that there is none, or has acted; then its
    review, of that there is none, too; what was not read of an office's mail, and what nobody has answered yet about a
    person."""
    danger = "danger" in answers
    if danger and answers["danger"] != "no" and "act" not in met:
        return TOP["danger"]
    open_ = "" in (answers.get("court", "no"), answers.get("pressure", "no"))
    return TOP["ask"] if unread or open_ or (danger and "review" not in met) else 0


def said(answers: Mapping[str, str]) -> dict[str, dict[str, bool]]:
    """The facts that people have said with their answers. Nobody could tell: no fact. Danger that is none calls for no
    rule of ours; danger that nobody has denied does."""
    facts: dict[str, dict[str, bool]] = {}
    for name, answer in answers.items():
        fact, key = QUESTIONS[name]
        facts.setdefault(fact, {})
        if answer in ("yes", "no"):
            facts[fact][key] = answer == "yes"
    return facts if answers.get("danger") != "no" else {fact: told for fact, told in facts.items() if fact != "danger"}


TITLE_LENGTH = 120  # of the column


def measures(finding: Mapping[str, Any], acts: Collection[str]) -> tuple[list[str], list[str]]:
    """The kinds of measure among `acts` that a finding orders, each once, and where. What only keeps changes nothing
    anywhere, so it widens no territory of what is withheld."""
    ordered = [m for m in finding["measures"] if m["kind"] in acts]
    reaching = [m for m in ordered if m["kind"] != "preserve"] or ordered
    return list(dict.fromkeys(m["kind"] for m in ordered)), sorted({t for m in reaching for t in m["territory"]})


NAMED_BY = "identifiers_"


def to_keep(
    finding: Mapping[str, Any], facts: Mapping[str, Any], outcomes: Collection[str] = EXECUTABLE
) -> dict[str, Any]:
    """What a preservation keeps beside what has an address: the categories of data that may be kept, with their times,
    whom the order names by what (`user`, `email`, …), and until when (UTC), where its regulation says so."""
    fine = {row["category"] for row in finding.get("data", []) if row["outcome"] in outcomes}
    form = facts.get("form") or {}
    named = {key.removeprefix(NAMED_BY): form[key] for key in sorted(form) if key.startswith(NAMED_BY) and form[key]}
    until = next((duty.get("until") for duty in finding.get("duties", []) if duty["id"] == "preserve"), None)
    data = [{key: value for key, value in row.items() if key != "held"} for row in facts.get("data") or []]
    return {"data": [row for row in data if row.get("category") in fine], "named": named, "until": until}


WAITING = frozenset({"valid", "defective"})  # what can be kept, or could be once its authority has said what is missing


def to_keep_meanwhile(finding: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """What a preservation names that can't be carried out as it stands, where its regulation has it kept all the same
    while its authority says what is missing; empty where it doesn't, where anything of it can be carried out, or where
    neither data nor a thing on the platform can be told from it."""
    ordered = any(measure["kind"] == "preserve" for measure in finding.get("measures") or ())
    if not ordered or plan(finding) != "annex3":
        return {}
    keep = to_keep(finding, facts, WAITING)
    return keep if keep["data"] or in_public(facts) else {}


PUBLIC = frozenset({"public", "open-group"})


def in_public(facts: Mapping[str, Any]) -> list[str]:
    """The addresses of an order that lead to what anybody can see: what is kept safe before anybody decides."""
    return [one["ref"] for one in facts.get("targets") or [] if one.get("found") and one.get("audience") in PUBLIC]


# The deadlines that are ours to keep, and so drive the queue, by the ids that all packs share (docs/packs.md): those we
# may only use (scrutiny), or that end what we keep (preserve-until), do not.
DRIVING = frozenset({"remove", "answer", "produce", "decide"})  # of the order itself
UNTIL_SENT = frozenset({"produce", "answer"})  # of an order by which data leave: they run until these have
# what runs beside the order, or once it is carried out: until then a case is open
LATER = frozenset({"complaint", "review", "lift-review", "follow-up", "scrutiny-decision", "reinstate"})
OURS = DRIVING | LATER
# for good, by a person: nothing was met, and nothing missed
STOPPED = {"forged": "forged", "closed": "nobody’s order", "ended": "withdrawn", "undone": "nothing was done"}
ENDS = frozenset({"preserve-until"})  # with which what we keep ends by itself


def things(facts: Mapping[str, Any], refs: Sequence[str]) -> str:
    """What an order is about, counted and named: "one message", "3 posts", "2 targets" of several kinds."""
    kinds = {str(t.get("kind") or "target") for t in facts.get("targets", []) if t.get("ref") in refs}
    noun = kinds.pop() if len(kinds) == 1 else "target"
    return f"one {noun}" if len(refs) == 1 else f"{len(refs)} {noun}s"


NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def kept(finding: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """What a preservation keeps, counted: "three data categories", or things where no data are named."""
    count = sum(row["outcome"] in EXECUTABLE for row in finding.get("data") or ())
    if not count:
        return things(facts, actable(finding))
    number = NUMBERS[count] if count < len(NUMBERS) else str(count)
    return f"{number} data {'category' if count == 1 else 'categories'}"


# what is done in a case's title, where it isn't done by country
ELSEWISE = {
    "redact": "delete {} everywhere, for good",
    "suspend": "silence the author of {}",
    "block": "close {} to writing",
}


def _deed(kind: str, finding: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    if kind == "preserve":
        return f"preserve {kept(finding, facts)}"
    if kind in ELSEWISE:
        return ELSEWISE[kind].format(things(facts, actable(finding)))
    where = ", ".join(sorted({t for m in finding["measures"] if m["kind"] == kind for t in m.get("territory", [])}))
    return f"{kind} {things(facts, actable(finding))} in {'the EU' if where == 'EU' else where}"


# a case's title, where all that is done is to answer
ANSWERED_AS = {
    "reroute": "Answer with the ways that are open",
    "refuse": "Refuse it, with its grounds",
    "valid": "Answer: nothing is to be done",
}


def title(finding: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """What will be done, to what, where: a case's title. No number and no sender in it."""
    if plan(finding) == "execute":
        kinds = dict.fromkeys(m["kind"] for m in finding.get("measures") or ())
        if LEAVING in kinds:
            return f"{'Preserve' if 'preserve' in kinds else 'Hold'} {kept(finding, facts)} for production"[
                :TITLE_LENGTH
            ]
        deeds = " and ".join(_deed(kind, finding, facts) for kind in kinds) or "carry out the order"
        return (deeds[0].upper() + deeds[1:])[:TITLE_LENGTH]
    if plan(finding) == "annex3":
        return "Say what stands in the way of the order"
    if plan(finding) == "reinstate":
        return "Put back what another order had withheld"
    if finding["outcome"] in ANSWERED_AS:
        return ANSWERED_AS[finding["outcome"]]
    return "A person must weigh this order"


# what is done instead of what a platform can't do
OF = "withhold"
MORE = ("counsel", "head")  # who may give the one approval more, beside the regulation's own


def applied(finding: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """A finding as it is carried out once a way was chosen: the measure another, everywhere, and what was ordered still
    said. What can't be undone takes one approval more. Pure."""
    ordered = [m for m in finding.get("measures") or [] if m.get("kind") == OF]
    where = sorted({place for m in ordered for place in m.get("territory") or []})
    measures = [
        {**m, "kind": kind, "territory": [WORLD]} if m.get("kind") == OF else m for m in finding.get("measures") or []
    ]
    made = dict(finding) | {"measures": measures, "instead": {"kind": kind, "of": OF, "territory": where}}
    return made | ({"approvals": one_more(finding["approvals"])} if kind in IRREVERSIBLE else {})


def one_more(approvals: Mapping[str, Any]) -> dict[str, Any]:
    """The same quorum with one person more."""
    return dict(approvals) | {"count": int(approvals["count"]) + 1, "roles": sorted({*approvals["roles"], *MORE})}
