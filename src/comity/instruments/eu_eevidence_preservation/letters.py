"""The answer to a preservation order: what is kept, and until when; on Annex III, what stands in the way. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from comity import language
from comity.cases.rules import in_public, to_keep_meanwhile
from comity.instruments import times
from comity.instruments.matter import DONE, Matter, in_its_language, listed
from comity.instruments.plain import letter, section_a, subject, us
from comity.outbox import letters
from comity.outbox.letters import Letter, blank

ID = "eu-eevidence-preservation"
ACT = "Regulation (EU) 2023/1543"
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
CATEGORIES: Mapping[str, Promise] = {
    "subscriber": lazy("subscriber data"),
    "identify": lazy("data requested solely to identify the user"),
    "traffic": lazy("traffic data"),
    "content": lazy("content data"),
}


@in_its_language
def answer(matter: Matter) -> Letter:
    """The answer to the authority.

    What can be preserved is confirmed, and what can't goes on the form of Annex III: one letter each, the second in
    `also` of the first if an order is mixed. Other outcomes get a letter that cites the checks.
    """
    outcome = matter.finding.get("outcome")
    fine, barred = parts(matter, done=True), parts(matter, done=False)
    if outcome == DONE or (fine and outcome in ("defective", "impossible")):
        return kept(matter, also=[annex_3(matter, also_kept=True)] if barred else [])
    return annex_3(matter) if outcome in ("defective", "impossible", "not-competent") else letter(matter)


def parts(matter: Matter, *, done: bool) -> list[str]:
    """The data categories that can be preserved (`done`), or that can't, in words; if there are none, the addresses."""
    rows = [row for row in matter.finding.get("data") or [] if (row.get("outcome") == DONE) is done]
    named = [str(CATEGORIES.get(str(row.get("category")), row.get("category"))) for row in rows]
    return named or [target["ref"] for target in matter.targets(done=done)]


@in_its_language
def kept(matter: Matter, also: Sequence[Letter] = ()) -> Letter:
    """The confirmation that it is preserved, what of it, and until when; sending fills in when all of it was seen
    preserved."""
    fine, failing = parts(matter, done=True), matter.failing(blocking=False)
    words = [
        _("This is preserved under seal, as your order asks:") + "\n" + listed(fine) if fine else "",
        _until(matter),
        _("Nothing is produced under it."),
        _(
            "Before that day you may prolong it once, by %(time)s (%(longer)s), or confirm that you request "
            "production; then it lasts until that (%(confirmed)s). Write to this address, with our number."
        )
        % {"time": times.longer(matter.pack, ID, "preserve-until"), "longer": _at(1), "confirmed": _at(2)},
        _confidential(),
        _("Part of it could not be preserved. The form after Annex III, which follows, says which part and why.")
        if also
        else "",
        _("These points of the order were not as the act asks:") + "\n" + listed(map(matter.cited, failing))
        if failing
        else "",
    ]
    fields = {"preserved_at": blank("measure_at", "instant"), "signed_at": blank("signed_at", "instant")}
    return letters.make(
        "letter",
        to=matter.to,
        subject=subject(matter, _("Your preservation order is carried out")),
        zone=matter.house.zone,
        fields=section_a(matter) | us(matter) | fields,
        paragraphs=words,
        also=also,
    )


def _until(matter: Matter) -> str:
    duty: Mapping[str, Any] = next((d for d in matter.finding.get("duties") or [] if d.get("id") == "preserve"), {})
    if not duty.get("until"):
        words = _("It is preserved until it is produced, or until you say that it is no longer needed (%(cite)s).")
        return words % {"cite": _at(2)}
    until = matter.house.said(letters.parse(str(duty["until"])))
    words = _("It is preserved until %(until)s (%(cite)s), and then no longer.")
    return words % {"until": until, "cite": language.cited(str(duty.get("cite") or f"{ACT}, Art. 11(1)"))}


def _at(paragraph: int) -> str:
    return language.cited(f"{ACT}, Art. 11({paragraph})")


def _confidential() -> str:
    words = _("We do not inform the person, and keep your order confidential (%(cite)s).")
    return words % {"cite": language.cited(f"{ACT}, Art. 13(1)")}


def grounds(matter: Matter) -> list[str]:
    """Which grounds of Annex III the finding supports, in the order of the form; never empty."""
    found = {ground for ground in matter.finding.get("grounds") or [] if ground in GROUNDS}
    if not found:
        found = {"de-facto" if matter.finding.get("outcome") == "impossible" else "insufficient"}
    return [ground for ground in GROUNDS if ground in found]


@in_its_language
def annex_3(matter: Matter, *, also_kept: bool = False) -> Letter:
    """What stands in the way, after Annex III (Art. 11(5) to (7)). `also_kept`: the rest of the order is preserved; or
    all that it names is, while we wait for what is missing."""
    ticked = grounds(matter)
    kept_ = also_kept or bool(to_keep_meanwhile(matter.finding, matter.facts))
    fields = _certificate(matter) | {
        "impossibility_grounds": ticked,
        "impossibility_explained": _explained(matter),
        "clarification_needed": _needed(matter, ticked),
        "preservation_state": "preserved" if kept_ else "not-preserved",
        **us(matter),
        "provider_contact_person": matter.house.authorised_person,
        "provider_phone": matter.house.phone,
        "signed_on": blank("signed_on", "date"),
        "signature": _("Sent with DKIM, no qualified signature"),
    }
    return letters.make(
        "epoc-annex-3",
        to=matter.to,
        subject=subject(matter, _("Your preservation order can't be carried out as it stands")),
        zone=matter.house.zone,
        fields={name: value for name, value in fields.items() if value},
        paragraphs=[*_meanwhile(matter), _confidential()],
    )


def _meanwhile(matter: Matter) -> list[str]:
    """Of an order that waits as a whole: what of it is kept until its authority has sent what is missing, and what
    isn't."""
    keep = to_keep_meanwhile(matter.finding, matter.facts)
    if not keep:
        return []
    kept_ = [*(row["category"] for row in keep["data"]), *in_public(matter.facts)]
    asked = [row["category"] for row in matter.facts.get("data") or ()]
    said = [_("This is preserved under seal until you have sent what is missing:") + "\n" + listed(_called(kept_))]
    if rest := [one for one in asked if one not in kept_]:
        said.append(_("This is not preserved:") + "\n" + listed(_called(rest)))
    return [*said, _until(matter)]


def _called(them: Sequence[str]) -> list[str]:
    return [str(CATEGORIES.get(one, one)) for one in them]


def _certificate(matter: Matter) -> dict[str, Any]:
    received = letters.parse(matter.received_at).astimezone(matter.house.place).date() if matter.received_at else None
    return {
        "certificate": "EPOC-PR",
        "issuing_authority": matter.authority,
        "issuing_file_number": matter.reference or _("none stated in the order"),
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
        lines.append(_("concerned: %(what)s") % {"what": ", ".join(barred)})
    return listed(lines) if lines else _("The order can't be carried out as it stands.")


def _needed(matter: Matter, ticked: Sequence[str]) -> str:
    if not ASKS & set(ticked):
        return ""
    failing = [check for check in matter.failing(blocking=True) if check.get("ground", "incomplete") in ASKS]
    words = _("What is named above, completed or put right:")
    return words + "\n" + listed(map(matter.cited, failing)) if failing else _("What is named above.")
