"""The answer to a preservation order: what is kept, and until when; on Annex III what stands in the way. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from comity.instruments.matter import DONE, Matter, listed
from comity.instruments.plain import letter, section_a, subject, us
from comity.outbox import letters
from comity.outbox.letters import Letter, blank

ACT = "Regulation (EU) 2023/1543"
SIGNATURE = "Sent with DKIM, no qualified signature"
GROUNDS = (
    "incomplete",
    "manifest-errors",
    "insufficient",
    "not-stored",
    "de-facto",
    "authority",
    "offence",
    "protected",
)
ASKS = frozenset({"incomplete", "manifest-errors", "insufficient"})
CATEGORIES: Mapping[str, str] = {
    "subscriber": "subscriber data",
    "identify": "data requested solely to identify the user",
    "traffic": "traffic data",
    "content": "content data",
}


def answer(matter: Matter) -> Letter:
    """What can be preserved is confirmed, and what can't goes on the form of Annex III: one letter each, the second in
    `also` of the first where an order is mixed. Other outcomes get a letter that cites the checks."""
    outcome = matter.finding.get("outcome")
    fine, barred = parts(matter, done=True), parts(matter, done=False)
    if outcome == DONE or (fine and outcome in ("defective", "impossible")):
        return kept(matter, also=[annex_3(matter, also_kept=True)] if barred else [])
    return annex_3(matter) if outcome in ("defective", "impossible", "not-competent") else letter(matter)


def parts(matter: Matter, *, done: bool) -> list[str]:
    """The categories of data that can be preserved, or that can't, in words; else the addresses."""
    rows = [row for row in matter.finding.get("data") or [] if (row.get("outcome") == DONE) is done]
    named = [CATEGORIES.get(str(row.get("category")), str(row.get("category"))) for row in rows]
    return named or [target["ref"] for target in matter.targets(done=done)]


def kept(matter: Matter, also: Sequence[Letter] = ()) -> Letter:
    """That it is preserved, what of it, and until when; the time is filled with when all of it was seen to be kept."""
    fine, failing = parts(matter, done=True), matter.failing(blocking=False)
    words = [
        "What your order names is preserved under seal" + (":\n" + listed(fine) if fine else "."),
        _until(matter),
        "Nothing is produced under it.",
        f"Before that day you may prolong it once, by thirty days ({ACT}, Art. 11(1)), or confirm that you request "
        f"production; then it lasts until that ({ACT}, Art. 11(2)). Write to this address, with our number.",
        f"We do not inform the person, and keep your order confidential ({ACT}, Art. 13(1)).",
        "Part of it could not be preserved. The form after Annex III, which follows, says which part and why."
        if also
        else "",
        "These points of the order were not as the act asks:\n" + listed(map(matter.cited, failing)) if failing else "",
    ]
    fields = {"preserved_at": blank("measure_at", "instant"), "signed_at": blank("signed_at", "instant")}
    return letters.make(
        "letter",
        to=matter.to,
        subject=subject(matter, "Your preservation order is carried out"),
        zone=matter.house.zone,
        fields=section_a(matter) | us(matter) | fields,
        paragraphs=words,
        also=also,
    )


def _until(matter: Matter) -> str:
    duty = next((d for d in matter.finding.get("duties") or [] if d.get("id") == "preserve"), {})
    cite = duty.get("cite") or f"{ACT}, Art. 11(1)"
    if not duty.get("until"):
        return (
            f"It is preserved until it is produced, or until you say that it is no longer needed ({ACT}, Art. 11(2))."
        )
    return f"It is preserved until {matter.house.said(letters.parse(str(duty['until'])))} ({cite}), and then no longer."


def grounds(matter: Matter) -> list[str]:
    """Which grounds of Annex III the finding bears out, in the order of the form; never none."""
    found = {ground for ground in matter.finding.get("grounds") or [] if ground in GROUNDS}
    if not found:
        found = {"de-facto" if matter.finding.get("outcome") == "impossible" else "insufficient"}
    return [ground for ground in GROUNDS if ground in found]


def annex_3(matter: Matter, *, also_kept: bool = False) -> Letter:
    """What stands in the way, after Annex III (Art. 11(5) to (7)). `also_kept`: the rest of the order is preserved."""
    ticked = grounds(matter)
    fields = _certificate(matter) | {
        "impossibility_grounds": ticked,
        "impossibility_explained": _explained(matter),
        "clarification_needed": _needed(matter, ticked),
        "preservation_state": "preserved" if also_kept else "not-preserved",
        **us(matter),
        "provider_contact_person": matter.house.authorised_person,
        "provider_phone": matter.house.phone,
        "signed_on": blank("signed_on", "date"),
        "signature": SIGNATURE,
    }
    return letters.make(
        "epoc-annex-3",
        to=matter.to,
        subject=subject(matter, "Your preservation order can't be carried out as it stands"),
        zone=matter.house.zone,
        fields={name: value for name, value in fields.items() if value},
        paragraphs=[f"We do not inform the person, and keep your order confidential ({ACT}, Art. 13(1))."],
    )


def _certificate(matter: Matter) -> dict[str, Any]:
    received = letters.parse(matter.received_at).astimezone(matter.house.place).date() if matter.received_at else None
    return {
        "certificate": "EPOC-PR",
        "issuing_authority": matter.authority,
        "issuing_file_number": matter.reference or "none stated in the order",
        "validating_authority": matter.said("validating_authority", ""),
        "validating_file_number": matter.said("validating_file_number", ""),
        "issued_on": _day(matter.form.get("signed_on")),
        "received_on": received.isoformat() if received else "",
        "addressee": matter.said("addressee", matter.house.post),
        "addressee_file_number": matter.number,
    }


def _day(value: object) -> str:
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        return ""


def _explained(matter: Matter) -> str:
    lines = [matter.cited(check) for check in matter.failing(blocking=True)]
    for name in ("impossibility", "clarification"):
        said = matter.facts.get(name)
        over = isinstance(said, Mapping) and (said.get("received_at") or said.get("ceased_at"))
        if isinstance(said, Mapping) and said.get("explained") and not over:
            lines.append(str(said["explained"]))
    if barred := parts(matter, done=False):
        lines.append(f"concerned: {', '.join(barred)}")
    return listed(lines) if lines else "The order can't be carried out as it stands."


def _needed(matter: Matter, ticked: Sequence[str]) -> str:
    if not ASKS & set(ticked):
        return ""
    failing = [
        matter.cited(check) for check in matter.failing(blocking=True) if check.get("ground", "incomplete") in ASKS
    ]
    return "What is named above, completed or put right:\n" + listed(failing) if failing else "What is named above."
