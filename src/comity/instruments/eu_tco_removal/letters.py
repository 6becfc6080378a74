"""The answer to a removal order, drafted from its finding: the form of Annex II, of Annex III, or both. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from comity import language
from comity.instruments import elsewise, times
from comity.instruments.matter import Matter, in_its_language, listed
from comity.instruments.plain import letter, section_a, seen, subject, us
from comity.instruments.statement import issuing_state
from comity.library.in_words import unpromised
from comity.outbox import letters
from comity.outbox.letters import Letter, blank

from .statement import ACT, ORDER

GROUNDS = ("force-majeure", "manifest-errors", "insufficient-information")
ERASING = frozenset({"purge", "redact", "deactivate"})
BLANK = ("", None)


@in_its_language
def answer(matter: Matter) -> Letter:
    """The answer to the authority.

    What can be done is reported on the form of Annex II, what can't on that of Annex III: one letter each, the second
    in `also` of the first if an order is mixed. Other outcomes get a letter that cites the checks.
    """
    outcome = matter.finding.get("outcome")
    if matter.instead and not elsewise.hides(matter):
        them, says = matter.targets(done=True), elsewise.said(matter)
        return annex_3(matter, targets=them, ground=["force-majeure"], explained=says)
    done, not_done = matter.targets(done=True), matter.targets(done=False)
    if outcome == "valid" or (done and outcome in ("defective", "impossible")):
        return annex_2(matter, also=[annex_3(matter, targets=not_done)] if not_done else [])
    return annex_3(matter) if outcome in ("defective", "impossible") else letter(matter)


@in_its_language
def annex_2(matter: Matter, also: Sequence[Letter] = ()) -> Letter:
    """What was done, after Annex II (Art. 3(6)); the observed effect fills in the time, sending fills in the date."""
    kinds = {m.get("kind") for m in matter.finding.get("measures") or []}
    fields = section_a(matter) | {
        "measure": "removed" if kinds & ERASING else "disabled",
        "measure_at": blank("measure_at", "instant"),
        **us(matter),
        "establishment_state": matter.house.state,
        "signed_on": blank("signed_on", "date"),
        **seen(matter),
    }
    return letters.make(
        "tco-annex-2",
        to=matter.to,
        subject=subject(matter, _("Answer to your removal order")),
        zone=matter.house.zone,
        fields=fields,
        targets=[target | {"outcome": "done", "why": ""} for target in matter.targets(done=True)],
        paragraphs=_words_2(matter, mixed=bool(also)),
        also=also,
    )


def _words_2(matter: Matter, *, mixed: bool) -> list[str]:
    return [
        elsewise.said(matter),
        _defects(matter),
        _(
            "Part of the order could not be carried out. The form after Annex III, which follows, says which part and "
            "why."
        )
        if mixed
        else "",
        _preserved(matter),
        _person(matter),
    ]


def _defects(matter: Matter) -> str:
    failing = matter.failing(blocking=False)
    if not failing:
        return ""
    return _("These points of the order were not as the act asks:") + "\n" + listed(map(matter.cited, failing))


def _preserved(matter: Matter) -> str:
    duty = next((d for d in matter.finding.get("duties") or [] if d.get("id") == "preserve"), None)
    if duty is None:
        return ""
    cite = language.cited(str(duty.get("cite") or f"{ACT}, Art. 6"))
    if not duty.get("until"):
        words = _("We keep the content and the related data for %(time)s from then (%(cite)s).")
        return words % {"time": times.duty(matter.pack, ORDER, "preserve"), "cite": cite}
    until = matter.house.said(letters.parse(str(duty["until"])))
    return _("We keep the content and the related data until %(until)s (%(cite)s).") % {"until": until, "cite": cite}


def _person(matter: Matter) -> str:
    if matter.non_disclosure:
        words = _("While your decision on non-disclosure stands we do not tell the content provider (%(cite)s).")
        return words % {"cite": language.cited(f"{ACT}, Art. 11(3)")}
    cite = language.cited(f"{ACT}, Art. 11")
    if any(matter.form.get(f"redress_{name}", ...) in BLANK for name in ("body", "deadline")):
        words = _(
            "We tell the content provider (%(cite)s). How and until when the order can be challenged we can tell only "
            "once you have told us: please write it to this address, with our number."
        )
        return words % {"cite": cite}
    return _("We tell the content provider, and how the order can be challenged (%(cite)s).") % {"cite": cite}


def scrutiny(matter: Matter, reasons: str, at: datetime) -> Letter:
    """The request of Art. 4(4) to the authority of our establishment, in the active language, sent `at` (UTC)."""
    asks = _(
        "We ask you, as the competent authority of the Member State of our establishment, to look at this removal "
        "order of another Member State, and whether it seriously or manifestly infringes the Regulation or fundamental "
        "rights (%(cite)s). Our reasons:"
    )
    order = _("The order: %(reference)s of %(authority)s (%(country)s), which reached us on %(at)s.") % {
        "reference": matter.reference or _("without a reference"),
        "authority": matter.authority,
        "country": language.country(issuing_state(matter.facts)) or _("State not known"),
        "at": matter.house.said(letters.parse(matter.received_at)),
    }
    back = _("What was hidden under it can be put back at once if you find so (%(cite)s).")
    return letters.make(
        "letter",
        to=matter.to,
        subject=subject(matter, _("Request for scrutiny of a removal order")),
        zone=matter.house.zone,
        fields={"addressee_file_number": matter.number} | us(matter) | {"signed_at": letters.rfc3339(at)},
        paragraphs=[
            asks % {"cite": language.cited(f"{ACT}, Art. 4(4)")},
            reasons,
            order,
            back % {"cite": language.cited(f"{ACT}, Art. 4(7)")},
            _("The order is attached as it came, where it could be taken out of its mail."),
        ],
    )


def grounds(matter: Matter) -> list[str]:
    """Which of the three grounds of Art. 3(7) and (8) the finding supports, in the order of the form; never empty."""
    if named := [ground for ground in GROUNDS if ground in (matter.finding.get("grounds") or [])]:
        return named
    found = {_ground(check) for check in matter.failing(blocking=True)}
    impossibility = matter.facts.get("impossibility")
    if isinstance(impossibility, Mapping) and not impossibility.get("attributable"):
        found.add("force-majeure")
    if any(t.get("found") is False for t in matter.facts.get("targets") or [] if isinstance(t, Mapping)):
        found.add("manifest-errors")
    if not found:
        found = {"force-majeure" if matter.finding.get("outcome") == "impossible" else "insufficient-information"}
    return [ground for ground in GROUNDS if ground in found]


def _ground(check: Mapping[str, Any]) -> str:
    """The ground that a pack names for its check; otherwise by the article: 3(7), the contents of 3(4), any other
    error."""
    if check.get("ground") in GROUNDS:
        return str(check["ground"])
    cite = str(check.get("cite") or "").replace(" ", "")
    if "3(7)" in cite:
        return "force-majeure"
    return "insufficient-information" if "3(4)" in cite else "manifest-errors"


@in_its_language
def annex_3(
    matter: Matter,
    *,
    targets: Sequence[Mapping[str, Any]] | None = None,
    ground: Sequence[str] = (),
    explained: str = "",
    needed: str = "",
) -> Letter:
    """What stands in the way, after Annex III (Art. 3(7) and (8)), with its grounds and what is needed to proceed.

    A person may give other grounds, words or targets than the finding's. Raises ValueError for an unknown ground.
    """
    if unknown := sorted(set(ground) - set(GROUNDS)):
        raise ValueError(f"ground: {unknown[0]!r} is none of {', '.join(GROUNDS)}")
    ticked = [g for g in GROUNDS if g in ground] or grounds(matter)
    barred = list(targets if targets is not None else matter.targets(done=False))
    fields = section_a(matter) | {
        "impossibility_grounds": ticked,
        "impossibility_explained": explained or _explained(matter, barred),
        "clarification_needed": needed or _needed(ticked, barred, _leading_nowhere(matter, barred)),
        **us(matter),
        "signature": _("Sent with DKIM, no qualified signature"),
        "signed_at": blank("signed_at", "instant"),
    }
    return letters.make(
        "tco-annex-3",
        to=matter.to,
        subject=subject(matter, _("Your removal order can't be carried out as it stands")),
        zone=matter.house.zone,
        fields=fields,
        targets=[{"ref": t["ref"], "outcome": "not done", "why": _why(matter, t)} for t in barred],
        paragraphs=[*_also_missing(matter), _clock(ticked)],
    )


def _why(matter: Matter, target: Mapping[str, Any]) -> str:
    """What stands against one address alone; a reason that concerns the whole order is given once, above."""
    failing = matter.failing(blocking=True)
    own = [str(check.get("says") or "") for check in failing if target["ref"] in (check.get("targets") or ())]
    why = str(target.get("why") or "")
    said = own[0] if own else "" if why in {check.get("says") for check in failing} else why
    return matter.words.get(said, said)


def _leading_nowhere(matter: Matter, barred: Sequence[Mapping[str, Any]]) -> list[str]:
    """The barred addresses that are wrong as addresses: they lead to nothing, or to nothing in particular."""
    known = [t for t in matter.facts.get("targets") or [] if isinstance(t, Mapping)]
    wrong = {str(t.get("ref")) for t in known if t.get("found") is False or t.get("specific") is False}
    for check in matter.failing(blocking=True):
        wrong |= set(check.get("targets") or ()) if check.get("outcome") == "defective" else set()
    return [str(t["ref"]) for t in barred if t["ref"] in wrong]


def _also_missing(matter: Matter) -> list[str]:
    """What is missing without standing in the way, if no answer on Annex II names it."""
    found = [] if matter.targets(done=True) else matter.failing(blocking=False)
    words = _("Missing too, though it does not stand in the way; please send it as well:")
    return [f"{words}\n{listed(unpromised(matter.cited(check)) for check in found)}"] if found else []


def _explained(matter: Matter, barred: Sequence[Mapping[str, Any]]) -> str:
    lines = [matter.cited(check) for check in matter.failing(blocking=True)]
    impossibility = matter.facts.get("impossibility")
    if isinstance(impossibility, Mapping) and impossibility.get("explained"):
        lines.append(str(impossibility["explained"]))
    asked = matter.facts.get("clarification")
    if isinstance(asked, Mapping) and asked.get("explained") and not asked.get("received_at"):
        lines.append(str(asked["explained"]))
    whys = (str(t.get("why") or "") for t in barred)
    reasons = dict.fromkeys(matter.words.get(why, why) for why in whys)
    lines += [why for why in reasons if why and not any(why.rstrip(". ") in line for line in lines)]
    if barred:
        lines.append(_("addresses concerned: %(number)s, listed below") % {"number": len(barred)})
    return listed(lines) or _("The order can't be carried out as it stands; the addresses are listed below.")


def _needed(ticked: Sequence[str], barred: Sequence[Mapping[str, Any]], nowhere: Sequence[str]) -> str:
    lines = []
    if "manifest-errors" in ticked:
        lines.append(_("the errors named above put right"))
    if "insufficient-information" in ticked:
        lines.append(_("the elements named above, completed"))
    if lines and nowhere and len(nowhere) == len(barred):
        lines.append(_("for each address listed below: the exact address (URL) where the content can be found today"))
    elif lines and nowhere:
        lines.append(_("for each address that is wrong: the exact address (URL) where the content can be found today"))
    return _("We need:") + "\n" + listed(lines) if lines else ""


def _clock(ticked: Sequence[str]) -> str:
    if set(ticked) & {"manifest-errors", "insufficient-information"}:
        words = _(
            "Please send us what is needed at this address, with our number. The time for carrying out the order "
            "begins once we have it (%(cite)s)."
        )
        return words % {"cite": language.cited(f"{ACT}, Art. 3(8)")}
    words = _("The order is carried out as soon as what stands in its way is over (%(cite)s).")
    return words % {"cite": language.cited(f"{ACT}, Art. 3(7)")}
