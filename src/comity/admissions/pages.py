"""What the pages of an admission show: whom it is about, what it takes, who signed, what was said. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from comity import clock
from comity.people import admissions as texts
from comity.people import approvals, chain, staff_pages
from comity.people.models import Act, Approval, Domain, Person
from comity.people.rules import CONFIRM, Quorum, counts, guards, may, may_sign, missing
from comity.people.tags import fits

from . import commands, rules
from .models import Admission, Objection


@dataclass(frozen=True)
class Signature:
    """One signature as it stands on the page."""

    who: str
    group: str
    at: datetime


@dataclass(frozen=True)
class Shown:
    """One admission, for one viewer. `lacks`: what the quorum still asks for, in words."""

    row: Admission
    person: Person
    keys: Sequence[str]
    domain: str
    sponsor: str
    signatures: Sequence[Signature]
    lacks: str
    due: datetime | None
    objections: Sequence[tuple[Objection, str, str]]
    may_sign: bool
    may_object: bool
    confirm: str  # the hash of an open confirmation that the viewer may sign
    may_confirm: bool
    decides: bool


def one(row: Admission, viewer: Person) -> Shown:
    """One admission, as this viewer sees it."""
    act = Act.objects.filter(hash=row.act).first()
    given = [one for one in _given(row.act) if fits(one)]
    mine = any(one.person_id == viewer.pk for one in given)
    here = row.state in rules.OPEN and row.person_id != viewer.pk
    signer = chain.standing(viewer, clock.now())
    open_act = act is not None and act.state == "open" and not mine
    confirm = row.act if act is not None and act.kind == CONFIRM and act.state == "open" else ""
    objected = row.objections.filter(by=str(viewer.pk)).exists()
    return Shown(
        row,
        row.person,
        [staff_pages.figures(key) for key in texts.keys_of(row.person)],
        domain_of(row),
        _named(row.sponsor),
        [Signature(one.person.name, _group(act, one), one.at) for one in given] if act else [],
        _lacks(act, given) if act is not None and act.state == "open" else "",
        rules.due(row.logged_at),
        [(one, words, _named(one.by) if one.by else "") for one, words in commands.said_against(row)],
        bool(here and open_act and act and may_sign(viewer, act.kind, act) and counts(act.rule, signer)),
        bool(here and not objected and may(viewer, "person.object", row)),
        confirm if act is not None and may_sign(viewer, act.kind, act) and counts(act.rule, signer) else "",
        row.state == "admitted" and bool(row.sponsor) and not confirm and may(viewer, "person.propose"),
        rules.decides(row.roles),
    )


def domain_of(row: Admission) -> str:
    """Where an organisation publishes the candidate's keys; empty for nowhere."""
    return Domain.objects.filter(person=row.person_id).values_list("name", flat=True).first() or ""


def _given(hash: str) -> Iterable[Approval]:
    return Approval.objects.filter(act=hash).select_related("person").order_by("id")


def _group(act: Act, given: Approval) -> str:
    guarding = guards(act.rule, chain.standing(given.person, given.at))
    return _("guards") if guarding or act.kind == CONFIRM else _("decides")


def _named(id: str) -> str:
    return Person.objects.filter(id=id).values_list("name", flat=True).first() or "" if id else ""


def _lacks(act: Act, given: Sequence[Approval]) -> str:
    """What is still asked for, in words."""
    rule: Quorum = act.rule
    signers = [approvals.standing(one.person, one.at) for one in given]
    left = missing(rule, signers)
    if act.kind == CONFIRM:
        return _("a guardian")
    if not rule.guardians:
        return _("an administrator")
    guarding = sum(guards(rule, one) for one in signers)
    deciding = max(rule.count - (len(signers) - guarding), 0)
    parts = [
        _("%(n)d who decide") % {"n": deciding} if deciding > 1 else _("one who decides") if deciding else "",
        _("a guardian") if guarding < rule.guardians else "",
        _("somebody from another jurisdiction") if left > deciding + max(rule.guardians - guarding, 0) else "",
    ]
    return ", ".join(filter(None, parts))


__all__ = ["Shown", "Signature", "one"]
