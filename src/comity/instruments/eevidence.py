"""What the two certificates of Regulation (EU) 2023/1543 have in common: their categories of data, and the form of
Annex III, on which an addressee says what stands in the way. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from comity import language
from comity.cases.rules import in_public, to_keep_meanwhile
from comity.outbox import letters
from comity.outbox.letters import Letter, blank

from . import plain
from .matter import DONE, Matter, in_its_language, listed
from .plain import subject as titled
from .plain import us
from .port import GROUNDS as OF_ANY
from .port import Form, Ground, form, labels

ACT = "Regulation (EU) 2023/1543"
HERE = "comity.instruments.eu_eevidence_preservation"
FORM = "epoc-annex-3"
GROUNDS = (
    "incomplete",
    "manifest-errors",
    "insufficient",
    "not-stored",
    "de-facto",
    "authority",
    "offence",
    "service",
    "protected",
    "third-country",
)
ASKS = frozenset({"incomplete", "manifest-errors", "insufficient"})
OURS = (  # what a person sees that no order says; the authorities decide
    *OF_ANY,
    Ground("immunity", "An immunity may protect the data"),
    Ground("privilege", "A privilege may protect them: of a lawyer, a doctor, a cleric"),
    Ground("press", "The freedom of the press may protect them"),
)
CONFLICT = Ground("third-country", "The law of a third country forbids it: name it, and how")
CATEGORIES: Mapping[str, Promise] = {
    "subscriber": lazy("subscriber data"),
    "identify": lazy("data requested solely to identify the user"),
    "traffic": lazy("traffic data"),
    "content": lazy("content data"),
}


@dataclass(frozen=True)
class Certificate:
    """One of the two. `name`: as Annex III ticks it; `cannot`: what a letter is called by which we say what stands in
    the way; `until`: how long what it names is kept, in a sentence."""

    name: str
    cannot: Promise
    until: Callable[[Matter], str]


def annex() -> Mapping[str, Form]:
    """Annex III, as a form of a letter."""
    data, wording = form(HERE, "epoc-annex-3"), _("Wording after Annex %(annex)s") % {"annex": "III"}
    law = language.cited(f"{ACT}, Art. {data['article']}")
    return {"epoc-annex-3": Form(data, law, wording, _("Addresses"), labels(HERE, "epoc-annex-3"))}


def parts(matter: Matter, *, done: bool) -> list[str]:
    """The data categories that stand (`done`), or that don't, in words; if there are none, the addresses."""
    rows = [row for row in matter.finding.get("data") or [] if (row.get("outcome") == DONE) is done]
    named = [str(CATEGORIES.get(str(row.get("category")), row.get("category"))) for row in rows]
    return named or [target["ref"] for target in matter.targets(done=done)]


def confidential() -> str:
    """That nobody is told by us."""
    words = _("We do not inform the person, and keep your order confidential (%(cite)s).")
    return words % {"cite": language.cited(f"{ACT}, Art. 13(1)")}


def grounds(matter: Matter) -> list[str]:
    """Which grounds of Annex III the finding supports, in the order of the form; never empty."""
    found = {ground for ground in matter.finding.get("grounds") or [] if ground in GROUNDS}
    if not found:
        found = {"de-facto" if matter.finding.get("outcome") == "impossible" else "insufficient"}
    return [ground for ground in GROUNDS if ground in found]


@in_its_language
def annex_3(matter: Matter, certificate: Certificate, *, also_kept: bool = False) -> Letter:
    """What stands in the way, after Annex III (Art. 10(6) to (8), 11(5) to (7)). `also_kept`: the rest of the order is
    preserved; or all that it names is, while we wait for what is missing."""
    ticked = grounds(matter)
    kept_ = also_kept or bool(to_keep_meanwhile(matter.finding, matter.facts))
    fields = (
        _certificate(matter, certificate)
        | _conflict(matter, ticked)
        | {
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
    )
    return letters.make(
        "epoc-annex-3",
        to=matter.to,
        subject=titled(matter, str(certificate.cannot)),
        zone=matter.house.zone,
        fields={name: value for name, value in fields.items() if value},
        paragraphs=[*_meanwhile(matter, certificate), confidential()],
    )


def weighed(matter: Matter, certificate: Certificate) -> Letter:
    """What a person completes: on Annex III where the regulation has them say on it what they see."""
    on_it = FORM in (matter.finding.get("forms") or ())
    return annex_3(matter, certificate) if on_it else plain.letter(matter)


def _meanwhile(matter: Matter, certificate: Certificate) -> list[str]:
    """Of an order that waits as a whole: what of it is kept until its authority has sent what is missing, and what
    isn't."""
    keep = to_keep_meanwhile(matter.finding, matter.facts)
    if not keep:
        return []
    kept_ = [*(row["category"] for row in keep["data"]), *in_public(matter.facts)]
    asked = [row["category"] for row in matter.facts.get("data") or ()]
    said = [_("This is preserved under seal until you have sent what is missing:") + "\n" + listed(called(kept_))]
    if rest := [one for one in asked if one not in kept_]:
        said.append(_("This is not preserved:") + "\n" + listed(called(rest)))
    return [*said, certificate.until(matter)]


def called(them: Sequence[str]) -> list[str]:
    """Categories and addresses in words."""
    return [str(CATEGORIES.get(one, one)) for one in them]


def _certificate(matter: Matter, certificate: Certificate) -> dict[str, Any]:
    received = letters.parse(matter.received_at).astimezone(matter.house.place).date() if matter.received_at else None
    return {
        "certificate": certificate.name,
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
    if matter.facts.get("protected") and matter.facts.get("protected_explained"):
        lines.append(str(matter.facts["protected_explained"]))
    if barred := parts(matter, done=False):
        lines.append(_("concerned: %(what)s") % {"what": ", ".join(barred)})
    return listed(lines) if lines else _("The order can't be carried out as it stands.")


def _needed(matter: Matter, ticked: Sequence[str]) -> str:
    if not ASKS & set(ticked):
        return ""
    failing = [check for check in matter.failing(blocking=True) if check.get("ground", "incomplete") in ASKS]
    words = _("What is named above, completed or put right:")
    return words + "\n" + listed(map(matter.cited, failing)) if failing else _("What is named above.")


def _conflict(matter: Matter, ticked: Sequence[str]) -> dict[str, Any]:
    """The law of a third country that stands against it, where one was named."""
    said = matter.facts.get("third_country_conflict")
    law = said.get("law") if isinstance(said, Mapping) else None
    return {"conflict_law": str(law)} if law and "third-country" in ticked else {}
