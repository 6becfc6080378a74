"""What the pages of the register and of levels show. Reads; writes nothing."""

from typing import Any

from django.utils.translation import gettext as _

from comity import clock
from comity.balance import indicators
from comity.balance import words as balance
from comity.console import signing, timeline
from comity.console.words import person as named
from comity.decisions import switch
from comity.ledger.models import Event
from comity.people.models import Act, Person
from comity.people.rules import Realm, may
from comity.vault import commands as vault
from comity.web.parts import Choice, Field, Form

from . import leveling, levels, pictures, proofs
from . import register_words as words
from . import words as risk_words
from .managing import Level
from .register import CATEGORIES, Control, Residual, Risk
from .standing import Stands

ROOT = "/console/risk/register/"
LEVEL = "/console/risk/level"
SHOWN, LINES = 20, 200


def suffix(realm: str) -> str:
    """What an address has beyond its path, in a realm."""
    return "" if realm == "real" else f"?realm={realm}"


def where(risk: Risk, realm: str) -> str:
    """The page of a risk."""
    return f"{ROOT}{risk.number}{suffix(realm)}"


def register(realm: str) -> dict[str, Any]:
    """Every risk as it stands now, on the plane and as a table."""
    found = proofs.everything(realm)
    urls = {risk.id: where(risk, realm) for risk, *_ in found}
    rows = [_row(risk, left, realm) for risk, left, _ in found]
    red = sum(left.band == "red" for _, left, _ in found)
    says = _("Each number is a risk, where its live proofs leave it. %(red)s of %(all)s are red.")
    return {
        "plane": pictures.heat(
            "heat", str(_("What is left of each risk")), says % {"red": red, "all": len(found)},
            [(risk, left) for risk, left, _ in found], urls,
        ),
        "families": [
            (words.CATEGORIES[category], [row for row in rows if row["risk"].category == category])
            for category in CATEGORIES
        ],
        "red": red,
        "level": level_now(realm),
        "realm": realm,
    }  # fmt: skip


def _row(risk: Risk, left: Residual, realm: str) -> dict[str, Any]:
    green = sum(state == "green" for state in left.proofs.values())
    return {
        "risk": risk,
        "says": words.said(risk.says),
        "url": where(risk, realm),
        "left": left,
        "band": words.BANDS[left.band],
        "green": green,
        "of": len(risk.controls),
    }


def one(risk: Risk, realm: str) -> dict[str, Any]:
    """One risk: its picture, its controls with their proofs, and when it turned."""
    now = proofs.Now(realm)
    left, found = now.residual(risk)
    row = Stands.objects.filter(realm=realm, risk=risk.id).first()
    says = _("From %(was)s of 25 without any control to %(left)s of 25 with those whose proof holds.")
    return {
        "risk": risk,
        "says": words.said(risk.says),
        "causes": words.said(risk.causes),
        "consequences": words.said(risk.consequences),
        "left": left,
        "band": words.BANDS[left.band],
        "was": words.BANDS[_band(risk)],
        "plane": pictures.moved(
            "moved", str(_("What the controls do to it")), says % {"was": risk.inherent, "left": left.size}, risk, left
        ),
        "controls": [_control(control, found[control.id], now) for control in risk.controls],
        "since": row.since if row else None,
        "timeline": _events(risk.number, realm),
        "realm": realm,
    }  # fmt: skip


def _events(number: str, realm: str) -> Any:
    """What happened to a thing in one realm: a risk has the same number in each."""
    return timeline.lines(Event.objects.filter(case=number, realm=realm).order_by("id")[:LINES])


def _band(risk: Risk) -> str:
    return Residual(risk.likelihood, risk.consequence).band


def _control(control: Control, proof: proofs.Proof, now: proofs.Now) -> dict[str, Any]:
    return {
        "says": words.said(control.says),
        "lowers": words.SIDES[control.lowers],
        "by": control.by,
        "mark": words.PROOFS[proof.state],
        "counts": proof.state == "green",
        "proof": _proof(control, proof),
        "bound": _bound(control),
        "at": proof.at,
        "where": proof.where,
        "fresh": now.fresh(control),
    }


def _proof(control: Control, proof: proofs.Proof) -> str:
    if control.drill:
        return str(_("Drill: %(name)s") % {"name": control.drill})
    if control.figure == "headroom":
        return str(_("Alarms that people won’t suffice: %(n)s") % {"n": risk_words.number(proof.value)})
    if control.figure == "on-call":
        return str(_("People on call, of those asked for: %(n)s %%") % {"n": round(100 * (proof.value or 0))})
    one = indicators.all_of().get(control.figure)
    if one is None:
        return str(_("The figure %(name)s, which there isn’t (any more)") % {"name": control.figure})
    of = _(" of %(n)s") % {"n": proof.of} if proof.of else ""
    return f"{balance.titled(one)}: {risk_words.percent(proof.value)}{of}"


def _bound(control: Control) -> str:
    if control.drill:
        return str(_("every objective met"))
    sign, bound = control.holds.split(" ")
    shown = bound if control.figure == "headroom" else f"{risk_words.short_of(100 * float(bound))}\u00a0%"
    return str((_("at least %(n)s") if sign == ">=" else _("at most %(n)s")) % {"n": shown})


# -- levels -----------------------------------------------------------------------------------------------------------


def level_now(realm: str) -> dict[str, Any]:
    """The level of a realm, in words."""
    name, row = leveling.current(realm), leveling.row(realm)
    return {"name": name, "mark": words.LEVELS[name], "row": row, "url": f"{LEVEL}{suffix(realm)}"}


def level(realm: str, person: Person) -> dict[str, Any]:
    """The level now, what each asks for, what it rests on, and what can be done."""
    row, now = leveling.row(realm), clock.now()
    file, basis = levels.load(), leveling.basis(realm)
    put = switch.put(row)
    sees = may(person, "risk.view", Realm(realm))
    year = now.replace(year=now.year - 1) if (now.month, now.day) != (2, 29) else now.replace(year=now.year - 1, day=28)
    return {
        **level_now(realm),
        "levels": [(one, words.said(one.says), one.id == leveling.current(realm)) for one in file.levels.values()],
        "lasts": file.lasts.days,
        "basis": basis,
        "rests": row.basis if row else [],
        "days": round(leveling.days_raised(realm, year, now), 1),
        "raise": _raise_form(realm, person, len(basis)),
        "put": _put(put, person, realm) if put and sees else None,
        "lower": _lower_form(realm, row, person) if row and not put else None,
        "past": [
            (one, words.LEVELS[one.level]) for one in Level.objects.filter(realm=realm).order_by("-since")[:SHOWN]
        ],
        "timeline": _events(row.number, realm) if row else (),
        "realm": realm,
    }


def _raise_form(realm: str, person: Person, basis: int) -> Form | None:
    now, file = leveling.current(realm), levels.load()
    open_ = [one for one in file.levels.values() if levels.above(one.id, now) and basis >= one.needs]
    if not open_ or not may(person, "level.raise", Realm(realm)):
        return None
    choices = tuple(Choice(one.id, words.said(one.says)) for one in open_)
    fields = (
        Field("level", str(_("Level")), kind="select", choices=choices),
        _reason(),
    )
    return Form(f"{LEVEL}/raise", str(_("Raise it now")), fields, id="raise")


def _reason() -> Field:
    hint = str(_("One or two sentences; they stand on the record"))
    return Field("reason", str(_("Why")), kind="long", rows=3, hint=hint)


def _lower_form(realm: str, row: Level, person: Person) -> Form | None:
    if not may(person, "level.lower", Realm(realm)):
        return None
    choices = tuple(Choice(name, str(words.LEVELS[name].word)) for name in reversed(levels.below(row.level)))
    fields = (
        Field("level", str(_("To which level")), kind="select", choices=choices),
        _reason(),
    )
    return Form(f"{LEVEL}/lower", str(_("Put it to people")), fields, second=True, id="lower")


def _put(act: Act, person: Person, realm: str) -> dict[str, Any]:
    given, said = signing.given(act), _text(act)
    may_lower = may(person, "level.lower", Realm(realm))
    signs = may_lower and signing.can_sign(act, person, given)
    back = Form(f"{LEVEL}/return", str(_("Send it back")), (_reason(),), second=True, id="back")
    return {
        "act": act,
        "to": words.LEVELS[said.get("to", "usual")],
        "reason": said.get("reason", ""),
        "slots": signing.slots(act, given, _signer, lambda n: str(_("another who decides"))),
        "sign": signing.button(act, f"{LEVEL}/sign", person) if signs else None,
        "back": back if may_lower else None,
    }


def _signer(one: Any) -> str:
    return named(", ".join(one.person.roles), one.person.jurisdiction, one.key.short)


def _text(act: Act) -> dict[str, Any]:
    try:
        return dict(vault.get_json(act.doc))
    except vault.Gone:
        return {}
