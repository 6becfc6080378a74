"""What everyone sees of a dispute, once its neutral summary is published. Reads; writes nothing."""

from datetime import timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from comity import language
from comity.countries import public
from comity.countries import rules as relations
from comity.web.parts import Field, Form

from . import rules, words
from .by_link import BY_LINK
from .commands import place_of
from .models import Dispute, Interim, Settlement, Submission


def seen(number: str, country: str, realm: str) -> Dispute | None:
    """A dispute that everyone may see; None for any other."""
    found = Dispute.objects.select_related("relation").filter(pk=number, realm=realm, relation__country=country)
    return found.filter(summaries__state="published").first()


def page(dispute: Dispute) -> dict[str, Any]:
    """Everything that everyone sees of a dispute: nothing that a party wrote but for its notes, and no file."""
    spoken = str(get_language())
    forum = rules.forums().each[dispute.forum]
    submissions = [_submission(one) for one in dispute.submissions.order_by("n")]
    return {
        "dispute": dispute,
        "name": relations.name(dispute.country),
        "state": words.STATES[dispute.state],
        "outcome": words.OUTCOMES[dispute.outcome],
        "forum": forum.name.get(spoken, forum.name["en"]),
        "summary": dispute.summaries.get(state="published"),
        "notes": public.said(dispute.relation, thing=dispute.pk),
        "moves": [
            (one, words.STATES[one.before].word, words.STATES[one.after].word) for one in dispute.moves.order_by("-id")
        ],
        "submissions": submissions,
        "interims": [_interim(dispute, one) for one in dispute.interims.order_by("-id")],
        "terms": dispute.settlements.filter(state="standing").first(),
        "mediated": bool(dispute.mediator),
    }


def _submission(one: Submission) -> tuple[Submission, str, Any, Any]:
    """A submission, its title unless a State wrote it by its link (nobody has looked whether it names somebody), whose
    it is, and how it was served."""
    return one, "" if one.by == BY_LINK else one.title, words.SIDES[one.side], words.HOW[one.how]


def _interim(dispute: Dispute, one: Interim) -> tuple[Interim, Any, str, str]:
    """An interim measure, its state, and its first and last day where the forum counts."""
    place = place_of(dispute)
    last = place.day_of(one.until - timedelta(seconds=1))
    return one, words.INTERIMS[one.state], language.day(place.day_of(one.starts)), language.day(last)


def submit_form(said: dict[str, str], error: tuple[str, str]) -> Form:
    """The form by which a State hands in a submission."""
    field, rule = error
    fields = (
        Field(
            "title",
            _("What it is"),
            said["title"],
            hint=_("As “Statement of defence”, without personal data"),
            error=rule if field == "title" else "",
        ),
        Field(
            "text",
            _("What it says"),
            said["text"],
            kind="long",
            rows=10,
            required=False,
            hint=_("Typed here, or as a file below, or both"),
            error=rule if field == "text" else "",
        ),
        Field(
            "file",
            _("File"),
            kind="file",
            required=False,
            hint=_("At most 30 MB, best as PDF"),
            error=rule if field == "file" else "",
        ),
    )
    general = rule if field not in ("title", "text", "file") else ""
    return Form("#submit", _("Hand it in"), fields, id="submit", error=general)


def note_form(text: str, error: str) -> Form:
    """The form by which a State annotates a summary."""
    hint = _("It is shown as you write it, as your words. Please name no private person.")
    fields = (Field("text", _("Your note"), text, kind="long", rows=8, hint=hint, error=error),)
    return Form("#annotate", _("Add the note"), fields, id="annotate")


def decline_form(text: str, error: str) -> Form:
    """The form by which a State doesn't confirm terms."""
    hint = _("Only those who settle read it; it enters no bundle.")
    field = Field("text", _("Why"), text, kind="long", rows=4, required=False, hint=hint, error=error)
    return Form(
        "", _("We do not confirm"), (Field("answer", "", "no", kind="hidden"), field), second=True, id="decline"
    )


def answered(settlement: Settlement | None) -> str:
    """How terms were answered, in a sentence."""
    if settlement is not None and settlement.state == "standing":
        return str(_("You have confirmed the terms. The dispute is settled, and they are published."))
    return str(_("You have not confirmed the terms. They do not count, and the dispute goes on."))
