"""The life of an order after it came: clarified, amended, narrowed, withdrawn, quashed or superseded.

A later request says so, which is proven as well as the order itself. Before it is decided the order is judged anew,
with what the request says laid over it, or is over. Once it stands only what is dropped from it is lifted, by people
(`answers.changing`); what it names is never made more by this: that is an order of its own. Nor does it ever change to
whom anything goes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from comity import clock
from comity.authorities import commands as register
from comity.decisions import commands as decisions
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.ledger.steps import Tell, step
from comity.library import in_force
from comity.people.models import Person
from comity.people.refusals import BadInput
from comity.platforms.territory import WORLD, UnknownTerritory, expand
from comity.regulations import matching
from comity.regulations.facts import check
from comity.vault import commands as vault

from . import clocks, correcting, counted, deciding, document, gather, rules
from .commands import locked
from .models import Case, Finding, Request
from .obstacles import now_of

SAYS = ("clarified", "amended")  # what it says is put right; the same is ordered
DROPS = ("narrowed",)
ENDS = ("withdrawn", "quashed", "superseded")
HOW = (*SAYS, *DROPS, *ENDS)
STANDING = frozenset({"not-effective", "answering", "answered", "to-produce"})
COURTS = frozenset({"court", "judge"})
# to whom something goes: a later request changes none of these
RECIPIENTS = frozenset(
    f"form.{name}"
    for name in (
        *("transfer_to", "transfer_contact", "transfer_format", "feedback_contact", "execution_contact"),
        *("issuer_email", "issuer_address", "issuer_phone", "issuer_fax", "issuing_authority", "issuing_state"),
        *("enforcing_authority", "enforcing_authority_email", "contact"),
    )
)
NAMES = ("form.urls", *(f"form.{rules.NAMED_BY}{one}" for one in ("user", "email", "phone", "ip", "imei", "mac")))


@dataclass(frozen=True)
class Change:
    """What a later request says of an order. `dropped`: addresses and categories of data that it no longer names;
    `path` and `value`: the one fact that it puts right."""

    how: str
    request: str
    dropped: tuple[str, ...] = ()
    path: str = ""
    value: Any = None


def source(case: Case, number: str, how: str) -> Request:
    """The later request, found by its number. Raises BadInput where it can't change this order."""
    found = Request.objects.filter(id=number.strip().upper(), realm=case.realm).exclude(id=case.request_id).first()
    if found is None or found.received_at < case.received_at:
        raise BadInput("request", "give the number of a later request here: R- and eight letters or digits")
    if rules.RANK[found.grade] < max(rules.RANK[case.grade], 1):
        raise BadInput("request", "it is less well verified than the order itself: call its authority back first")
    if not _may(case, found, how):
        raise BadInput("request", "it comes from another office than the order; only a court of its State may quash it")
    return found


def _may(case: Case, found: Request, how: str) -> bool:
    """Whether it comes from who may say so: the order's own authority, or a court of its State that quashes it."""
    if found.authority and found.authority == case.authority:
        return True
    entry = register.entry(found.authority) if found.authority else None
    return bool(
        how == "quashed" and entry and entry.accredited and entry.kind in COURTS and entry.country == case.country
    )


def named(facts: Mapping[str, Any]) -> list[str]:
    """What an order names, each by itself: its addresses, then its categories of data."""
    refs = [str(target["ref"]) for target in facts.get("targets") or ()]
    return list(dict.fromkeys([*refs, *(str(row.get("category")) for row in facts.get("data") or ())]))


def takes(case: Case) -> bool:
    """Whether an order's state takes a change."""
    return case.state in STANDING or (case.state, "withdraw") in rules.LIFE


def verify(case: Case, change: Change) -> None:
    """Raises BadInput for what no later request can say of an order, rules.NotNow where its state takes none."""
    if change.how not in HOW:
        raise BadInput("how", f"one of {', '.join(HOW)}")
    if not takes(case):
        raise rules.not_now(case.state, change.how)
    facts = deciding.finding_of(case)["facts"]
    if not {*change.dropped} <= {*named(facts)}:
        raise BadInput("dropped", "only what the order names can be dropped; more is an order of its own")
    if change.how in DROPS and not 0 < len({*change.dropped} & {*named(facts)}) < len(named(facts)):
        raise BadInput("dropped", "choose what it drops: some of what the order names, and not all of it")
    if change.how in SAYS:
        _verify_said(case, change, facts)


def _verify_said(case: Case, change: Change, facts: Mapping[str, Any]) -> None:
    if change.path in RECIPIENTS:
        raise BadInput("path", "to whom anything goes is not changed by this: the register says that")
    if change.path not in correcting.paths():
        raise BadInput("path", "choose what of the order it puts right")
    if change.path in NAMES:
        before = {*map(str, (facts.get("form") or {}).get(change.path.removeprefix("form.")) or ())}
        if not {*map(str, change.value or ())} <= before:
            raise BadInput("value", "it names more than the order did: that is an order of its own")
        if case.state in STANDING:
            raise BadInput("how", "what it drops is lifted: say that it is narrowed")
    if change.path == "territory":
        if not _within(change.value, facts.get("territory") or deciding.act_of(case, "execute")["territory"]):
            raise BadInput("value", "it reaches further than the order did: that is an order of its own")
        if case.state in STANDING:
            raise BadInput("how", "where it stands is as it was signed: lift it, and decide the narrower one again")


def _within(value: Any, before: Sequence[str]) -> bool:
    """Whether a territory is part of another. Raises BadInput for what is none."""
    try:
        now, then = expand(value or ()), expand(before or ())
    except UnknownTerritory as wrong:
        raise BadInput("value", str(wrong)) from None
    return WORLD in then or now <= then


# -- before it is decided ---------------------------------------------------------------------------------------------


def judge_anew(person: Person, case: Case, change: Change) -> None:
    """Lay what it says over a locked, undecided case's order; it is judged again by that, and signatures are void."""
    request = locked(case.request_id)
    ref, field = _laid_over(case, request, change)
    tell = partial(record, realm=case.realm, by=person.by, case=case.id, request=request.id)
    tell("order.altered", public=inside_of(change), sealed={"request": change.request})
    tell("facts.corrected", public={"field": field}, sealed={"facts": ref})


def inside_of(change: Change) -> dict[str, str]:
    """What may be told of a change in the open: how."""
    return {"how": change.how}


def _laid_over(case: Case, request: Request, change: Change) -> tuple[str, str]:
    kept = document.of(request)
    said = {change.path: change.value} if change.how in SAYS else _narrower(case, kept, change.dropped)
    at = {"at": clock.now().isoformat(), "from": change.request} | ({"order": case.order} if case.order else {})
    laid = [{"path": path, "value": value, "by": "authority"} | at for path, value in said.items()]
    return document.keep(request, kept | {"corrections": [*kept["corrections"], *laid]}), ", ".join(sorted(said))[:200]


def _narrower(case: Case, kept: Mapping[str, Any], dropped: Sequence[str]) -> dict[str, Any]:
    """What of an order's own fields is left once some of what it names is dropped: dotted path to value."""
    facts, said = now_of(case, kept), dict[str, Any]()
    form = facts.get("form") or {}
    for path in NAMES:
        before = form.get(path.removeprefix("form."))
        if isinstance(before, list) and {*map(str, before)} & {*dropped}:
            said[path] = [one for one in before if str(one) not in dropped]
    data = facts.get("data")
    if isinstance(data, list) and any(row.get("category") in dropped for row in data):
        said["data"] = [row for row in data if row.get("category") not in dropped]
    if isinstance(facts.get("targets"), list):
        said["targets"] = [one for one in facts["targets"] if one.get("ref") not in dropped]
    return said


def end(person: Person, case: Case, change: Change) -> None:
    """An order that nobody has decided is over: a locked case ends, its clocks stop, and what was signed is void."""
    decisions.void(deciding.CASE, case, "withdraw")
    clocks.stop(case, clock.now(), "ended")
    case.refresh_from_db()
    case.open = clocks.is_open(case)
    case.save(update_fields=["open"])
    tell = partial(record, realm=case.realm, by=person.by, case=case.id, request=case.request_id)
    tell("order.altered", public=inside_of(change), sealed={"request": change.request})
    tell("order.withdrawn", public=inside_of(change), sealed={"request": change.request})


# -- once it stands ---------------------------------------------------------------------------------------------------


def put(person: Person, case: Case, change: Change) -> None:
    """Keep on record that a standing order was changed; what follows is put to people."""
    tell = partial(record, realm=case.realm, by=person.by, case=case.id, request=case.request_id)
    tell("order.altered", public=inside_of(change), sealed={"request": change.request})


def say(person: Person, case: Case, change: Change) -> bool:
    """Lay what it says over a locked, standing case's order, and judge that anew: what was done stays done. Whether
    the order still stands by it."""
    _laid_over(case, locked(case.request_id), change)
    put(person, case, change)
    return _find(case)["outcome"] in rules.EXECUTABLE


@step("judged-anew", deciding.of)
def settle(event: Event, case: Case, tell: Tell) -> None:
    """The lift of what a narrower order drops was approved: from now on the order is what is left of it."""
    lift = deciding.lift_of(case.id).act if event.public["kind"] == "lift" else {}
    said = lift.get("change") or {}
    if not said or said["how"] not in DROPS:
        return
    change = Change(said["how"], said["request"], tuple(said["dropped"]))
    _laid_over(case, locked(case.request_id), change)
    finding = _find(case)
    case.open = clocks.is_open(case)
    case.save(update_fields=["open"])
    public = {"pack": finding["pack"], "version": finding["version"], "outcome": finding["outcome"]}
    tell("order.judged-anew", public=public)


def _find(case: Case) -> Mapping[str, Any]:
    """Judge a standing case's order anew, and keep that beside the finding that was decided on; its state stays."""
    request, before = locked(case.request_id), deciding.letters_of(case)
    about = document.about(document.of(request), case.order)
    facts = gather.facts_of(request, about)
    if wrong := check(facts):
        raise BadInput(wrong[0].path or "facts", wrong[0].rule)
    finding = matching.judge_request(facts, in_force.library(case.realm))
    act = "" if deciding.lifting(case) else case.act  # a lift that is put rests on the order as it was
    decisions.void(deciding.CASE, case)
    made = finding["made_with"]
    row = Finding.objects.create(
        case=case,
        version=case.version,
        outcome=finding["outcome"],
        pack=finding["pack"],
        pack_version=finding["version"],
        pack_sha256=made["pack_sha256"],
        calendar=made["calendar"],
        tzdata=made["tzdata"],
        at=clock.now(),
        doc=vault.put_json({"facts": facts, "finding": finding}, request.until),
    )
    counted.keep(request, row, facts, finding)
    for name, letter in before.items():
        deciding.put_draft(case, name, letter)
    case.act = act  # what was decided stays what this case shows
    case.outcome, case.title = finding["outcome"], rules.title(finding, facts)
    case.save(update_fields=["act", "outcome", "title"])
    return finding


def begin(case_id: str) -> Case:
    """A case's row, locked until the transaction ends."""
    return Case.objects.select_for_update().get(id=case_id)
