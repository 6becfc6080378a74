"""One screen to decide, for a phone: a decision, a lift, a review; the button last."""

from comity.console import signing
from comity.measures import panel as measures
from comity.measures.models import Measure
from comity.people.models import Act
from comity.people.rules import may
from comity.web.parts import Link

from . import alone, decision, elsewise, lifting
from .case import View
from .pages import DecidePage


def decide(view: View) -> DecidePage:
    """One screen to decide, the button last."""
    case = view.case
    if view.act is not None and view.act.kind == "lift":
        return _decide_lift(view, view.act)
    returnable = bool(decision.detours(view))
    return DecidePage(
        id=case.id,
        case_url=view.base,
        title=case.title,
        clock=view.clock(),
        verdict=view.verdict(),
        deeds=decision.deeds(view),
        outgoing=decision.outgoing(view),
        letters=decision.letter_parts(view),
        veil=view.veil(),
        sign=view.sign,
        note=decision.note(view),
        back=Link("Send it back with a reason", f"{view.base}/return") if returnable else None,
        counsel=Link("ask counsel", f"{view.base}/counsel") if returnable else None,
        flags=view.flags(),
        wrote=view.wrote(),
        later=view.later(),
        rule=(
            *alone.rule(view.case, view.decided),
            *elsewise.pairs(view.refusal, view.base, view.person, view.case, view.finding),
        ),
    )


def review(view: View, put: Act) -> DecidePage:
    """One screen to sign that what one person decided stands: what was done and why, once more."""
    return DecidePage(
        id=view.case.id,
        case_url=view.base,
        title="Review what was done",
        clock=view.clock(),
        verdict=view.verdict(),
        reason=alone.reason_of(put),
        deeds=decision.deeds(view),
        outgoing=decision.outgoing(view),
        letters=decision.letter_parts(view),
        veil=view.veil(),
        sign=signing.button(put, f"{view.base}/sign", view.person, "Sign that it stands"),
        back=Link("Write another reason, or lift it", f"{view.base}/review?again=1"),
        flags=view.flags(),
        wrote=view.wrote(),
        rule=alone.rule(view.case, view.decided),
        done=True,
    )


def _decide_lift(view: View, act: Act) -> DecidePage:
    """One screen to lift: why, what is undone, who is told what. No time runs on it."""
    signed = lifting.of(act)
    open_ = act.state == "open" and may(view.person, "decision.return", view.case)
    return DecidePage(
        id=view.case.id,
        case_url=view.base,
        title="Lift the measure",
        clock=None,
        verdict=None,
        reason=str(signed.get("reason", "")),
        deeds=(
            *lifting.rests(view.case, act),
            *measures.deeds(signed["targets"], Measure.objects.filter(case=view.case), view.says()),
        ),
        outgoing=lifting.outgoing(signed["letters"]),
        letters=lifting.letters(signed["letters"]),
        veil=view.veil(),
        sign=view.sign,
        note="" if view.sign else decision.note(view),
        back=Link("Drop the lift, with a reason", f"{view.base}/return") if open_ else None,
    )
