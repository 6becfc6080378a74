"""What the pages show of a change: from its row, its text and its trial. Reads; writes nothing."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from comity import clock
from comity.cases.models import Case
from comity.console import signing, timeline
from comity.console.words import begun
from comity.console.words import person as named
from comity.library import diff, in_force
from comity.library.in_force import Living, Standing
from comity.library.in_words import page as published
from comity.library.in_words import say
from comity.people.models import Act, Person
from comity.people.rules import may
from comity.regulations.pack_file import PackError
from comity.regulations.packs import NoPack, Pack
from comity.web.parts import Choice, Field, Form

from . import rules, trial, words
from .models import Draft

LIVE = 50  # past cases judged at each pause in typing, so that the answer keeps up


def found(draft: Draft, text: str, numbers: str) -> dict[str, Any]:
    """The right side of the editor: what is wrong with a text, or what it would have done, and when it differs."""
    try:
        old = in_force.library(draft.realm).made_by(draft.regulation, draft.base_version, draft.base_sha256)
        new = trial.built(draft.regulation, text)
        if new.id != draft.regulation:
            raise PackError("", 1, "id", f"a change of {draft.regulation} stays {draft.regulation}")
    except PackError as error:
        return {"wrong": words.wrong(error, text)}
    except NoPack as gone:
        return {"wrong": words.Wrong(0, "", str(gone), (), (), ())}
    return _compared(draft, old, new, numbers)


def _compared(draft: Draft, old: Pack, new: Pack, numbers: str) -> dict[str, Any]:
    cases = trial.past(draft.realm, draft.regulation, numbers, LIVE)
    rows = trial.told(old, new, cases)
    questions = diff.asks(old, new)
    changes = [change for change in diff.changes(old, new) if change.field not in ("version", "in force from")]
    differs: Mapping[str, Any] = diff.outcomes(old, new) if changes else {"tried": 0, "differs": []}
    return {
        "judged": len(rows),
        "chosen": bool(numbers.strip()),
        "counts": words.counts(rules.tally([row.as_row() for row in rows])),
        "rows": [words.past(row, questions) for row in trial.changed(rows)],
        "same": sum(row.effect.way == "same" for row in rows),
        "when": [words.when(row) for row in differs["differs"]],
        "tried": differs["tried"],
        "changes": [(diff.sentence(change, questions), change.text) for change in changes],
        "open": Case.objects.filter(realm=draft.realm, instrument=draft.regulation, open=True).count(),
    }


# -- what people can do -----------------------------------------------------------------------------------------------


def draft_page(draft: Draft, person: Person) -> dict[str, Any]:
    """Everything about a change except the right side."""
    base = f"/console/regulations/{draft.regulation}/drafts/{draft.pk}"
    mine = may(person, "regulation.draft", draft)
    acts = rules.acts_in(draft.state) if mine else []
    return {
        "draft": draft,
        "base": base,
        "mark": words.STATES[draft.state],
        "title": title(draft),
        "editable": "edit" in acts,
        "block": _block_form(draft, base) if "edit" in acts else None,
        "can_try": "try" in acts,
        "trial": _trial(draft),
        "propose": _propose_form(base) if "propose" in acts else None,
        "urge": _urge_form(base) if "urge" in acts and may(person, "regulation.urge", draft) else None,
        "end": _end_form(base) if "end" in acts and may(person, "regulation.urge", draft) else None,
        "back": Form(f"{base}/return", "Send it back", (RETURN,), second=True) if "return" in acts else None,
        "withdraw": Form(f"{base}/withdraw", "Withdraw this change", second=True) if "withdraw" in acts else None,
        **approvals_of(draft, person, base),
        "timeline": timeline.of_thing(draft.number),
        "rule": in_force.change(),
        "hours": int(in_force.change().confirm_within.total_seconds()) // 3600,
    }


def title(draft: Draft) -> str:
    """What a change is called."""
    try:
        return say(in_force.library(draft.realm).version(draft.regulation, draft.base_version).title)
    except NoPack:
        return draft.regulation


RETURN = Field("reason", "Why", kind="long", rows=3, hint="One or two sentences; they stay on the record")
END = Field("reason", "Why it ends", kind="long", rows=3, hint="One or two sentences; they stay on the record")
REASON = Field(
    "reason",
    "Why this change",
    kind="long",
    rows=3,
    hint="One or two sentences, without personal data: they are published with the version, for ever",
)


def _propose_form(base: str) -> Form:
    return Form(f"{base}/propose", "Put it to the quorum", (REASON,))


def _urge_form(base: str) -> Form:
    return Form(f"{base}/urge", "Put it as an emergency", (REASON,), second=True, id="urge")


def _end_form(base: str) -> Form:
    return Form(f"{base}/end", "End this emergency change", (END,), second=True, id="end-form")


def _block_form(draft: Draft, base: str) -> Form | None:
    """The form that makes a check block, or not, without writing YAML; those that don't block come first."""
    try:
        pack = trial.built(draft.regulation, draft.text)
    except PackError:
        return None
    checks = sorted((check for check in pack.checks if not check.exception), key=lambda check: check.blocking)
    choices = (Choice("", "Choose one"), *(Choice(check.id, words.offered(check)) for check in checks))
    gives = tuple(Choice(name, says) for name, says in words.BLOCKS.items() if name in pack.outcomes)
    fields = (
        Field("check", "The question", kind="select", choices=choices),
        Field("outcome", "When the answer is no", kind="select", choices=(*gives, Choice("", words.PASSES))),
    )
    return Form(f"{base}/block", "Change the rule so", fields, second=draft.revision > 1, id="rule")


def _questions(draft: Draft) -> Mapping[str, str]:
    """The question of each check of a draft; empty while its text can't be read."""
    try:
        return diff.asks(trial.built(draft.regulation, draft.text))
    except PackError:
        return {}


def _trial(draft: Draft) -> dict[str, Any] | None:
    if draft.tried_at is None:
        return None
    questions = _questions(draft)
    rows = [
        words.Row(
            title="",
            mark=words.WAYS[row["way"]],
            before=words.OUTCOMES[row["before"]],
            after=words.OUTCOMES[row["after"]],
            more=words.because(row["why"], row["also"], questions),
            code=row["case"],
            url=f"/console/cases/{row['case']}",
        )
        for row in draft.tried.get("changed", [])
    ]
    return {"at": draft.tried_at, "orders": draft.tried["orders"], "counts": words.counts(draft.tried), "rows": rows}


def approvals_of(draft: Draft, person: Person, base: str) -> dict[str, Any]:
    """Who has signed what is put to people now, and the one button for whoever still can."""
    act = Act.objects.filter(hash=draft.act).first() if draft.act else None
    if act is None:
        return {"act": None, "slots": (), "sign": None}
    given = signing.given(act)
    made = signing.slots(
        act,
        given,
        by=lambda one: named(", ".join(one.person.roles), one.person.jurisdiction, one.key.short),
        note=lambda n: _awaited(act, n),
    )
    can = signing.can_sign(act, person, given)
    sign = signing.button(act, f"{base}/sign", person) if can else None
    return {"act": act, "slots": made, "given": len(given), "sign": sign}


def _awaited(act: Act, n: int) -> str:
    """Whose approval an open slot waits for."""
    other = act.rule.jurisdictions > 1 and n > 0
    return begun(f"{' or '.join(act.rule.roles)}{', of another jurisdiction' if other else ''}")


# -- the list ---------------------------------------------------------------------------------------------------------


def listed(realm: str) -> list[dict[str, Any]]:
    """Every regulation with the version in force and the changes in progress."""
    library, now = in_force.library(realm), clock.now()
    drafts: dict[str, list[Draft]] = {}
    for draft in Draft.objects.filter(realm=realm).exclude(state__in=rules.CLOSED).order_by("-id")[:200]:
        drafts.setdefault(draft.regulation, []).append(draft)
    return [_entry(library, name, now, drafts.get(name, [])) for name in library.ids()]


def _entry(library: Living, name: str, now: datetime, drafts: Iterable[Draft]) -> dict[str, Any]:
    try:
        pack = library.in_force(name, now)
    except NoPack:
        pack = library.versions(name)[-1]
    return {
        "id": name,
        "title": say(pack.title),
        "act": pack.act,
        "version": pack.version,
        "drafts": [(draft, words.STATES[draft.state]) for draft in drafts],
    }


def regulation_page(realm: str, name: str, person: Person) -> dict[str, Any]:
    """One regulation: its versions and when they applied, and every change. Raises `packs.NoPack`."""
    library, now = in_force.library(realm), clock.now()
    standings = library.of(name)
    drafts = Draft.objects.filter(realm=realm, regulation=name).order_by("-id")[:100]
    return _entry(library, name, now, drafts) | {
        "versions": [version(library, one, now) for one in reversed(standings)],
        "may_draft": may(person, "regulation.draft", Draft(realm=realm)),
        "missing": [
            draft
            for draft in drafts
            if draft.state in rules.STANDING and draft.sha256 not in {pack.sha256 for pack in library.packs}
        ],
        "refused": [error for error in library.refused if error.file.startswith(f"{name}/")],
    }


def version(library: Living, one: Standing, now: datetime) -> words.Version:
    """One version as the list shows it."""
    ended = library.ended(one)
    current = one.start <= now and library.standing(one.pack.id, now) == one if one.start <= now else False
    slug = "in-force" if current else "adopted" if one.start > now else "superseded"
    if current and one.emergency:
        slug = "confirmed" if one.confirmed else "emergency"
    mark = words.STATES[slug]
    if one.emergency and not current and ended is not None and ended <= now:
        mark = words.STATES["ended"]
    if not current and ended is None and one.start <= now:
        mark = words.Mark("Rests under an emergency change", "paused", "still")
    shipped = "" if one.acts else published(one.pack).since
    return words.Version(one.pack.version, mark, one.start, ended, one.reason, signers(one), shipped)


def signers(one: Standing) -> str:
    """Who adopted a version: by role and jurisdiction, never by name."""
    if not one.acts:
        return "ships with Comity"
    return "; ".join(dict.fromkeys(f"{', '.join(sorted(by.roles))}, {by.jurisdiction}" for by in one.by))
