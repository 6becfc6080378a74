"""What the statement page adds for a removal order: its category in the words of Annex I, and scrutiny. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from django.utils.translation import gettext as _

from comity.instruments import times
from comity.instruments.statement import (
    House,
    Law,
    Reason,
    Told,
    Way,
    counted_to,
    form_of,
    issuing_state,
    said,
    version_of,
)
from comity.language import country
from comity.regulations.packs import Pack

ACT = "Regulation (EU) 2021/784"
ORDER, SCRUTINY = "eu-tco-removal-order", "eu-tco-scrutiny"


class Removal(Law):
    """The words of Regulation (EU) 2021/784 on the statement page."""

    court_cite = f"{ACT}, Art. 9"
    complaint_cite = f"{ACT}, Art. 10"
    copy_cite = "Art. 11(2)"
    judgment_cite = f"{ACT}, Art. 3(3) and 2(7)"

    def reasons(self, facts: Mapping[str, Any]) -> tuple[Reason, ...]:
        """The ticked categories, each with its point of Art. 2(7)."""
        ticked = form_of(facts).get("categories")
        known = [c for c in ticked if c in _categories()] if isinstance(ticked, Sequence) else []
        return tuple(Reason(_words(_categories()[c]), f"{ACT}, Art. 2(7)({c[0]})") for c in known)

    def why(self, reasons: Sequence[Reason], many: bool, pack: Pack | None) -> str:
        """That a law lets authorities order this, within how long, and what this order says."""
        law = _(
            "A European law lets authorities order a platform to hide a message within %(time)s if they consider it "
            "terrorist content."
        ) % {"time": times.deadline(pack, ORDER, "remove")}
        if not reasons:
            tail = _("The authority does not say which kind.")
        else:
            tail = _("The authority says that your messages") if many else _("The authority says that your message")
        return f"{law} {tail}"

    def judgment(self, grade: str, pack: Pack | None) -> str:
        """Whose judgment it is, and that we have no choice."""
        left = _("The law then leaves us %(time)s, and no choice.") % {"time": times.deadline(pack, ORDER, "remove")}
        return f"{super().judgment(grade, pack)} {left}"

    def answers(self, pack: Pack | None) -> str:
        """Within the time that the act gives us for it."""
        words = _("A person reads what you write and answers on this page within %(time)s.")
        return words % {"time": times.deadline(pack, ORDER, "complaint")}

    def ways(self, facts: Mapping[str, Any], told: Told, house: House, now: datetime, many: bool) -> list[Way]:
        """Scrutiny by the authority of our State, for orders from another State."""
        return [] if issuing_state(facts) == house.state else [_scrutiny(facts, told, house, now, many)]


@cache
def _categories() -> dict[str, str]:
    form = json.loads(files("comity.reading").joinpath("forms/tco-annex-1.json").read_text("utf-8"))
    field = next(f for f in form["fields"] if f["name"] == "categories")
    return {option["value"]: option["label"] for option in field["options"]}


def _words(label: str) -> str:
    """A category in the active language, without the point of the article that its box names."""
    return re.split(r" [(\[](?:point|article) ", _(label))[0]


def _scrutiny(facts: Mapping[str, Any], told: Told, house: House, now: datetime, many: bool) -> Way:
    """Art. 4(4): as long as we have ourselves, but from the information; hours start with the next full one."""
    time = times.deadline(version_of(facts, house), ORDER, "scrutiny-request")
    until = time.end(told.told_at, house.place).due_legal
    state = country(house.state)
    counted = _counted(time) % {"at": said(told.told_at, house.zone), "time": time}
    return Way(
        id="scrutiny",
        title=_("Ask the authority of %(country)s to look at the order") % {"country": state},
        until=until,
        counted=counted_to(until, now, counted),
        says=" ".join(_scrutinised(facts, told, house, many)),
        cite=f"{ACT}, Art. 4(4), 4(7)",
        link=f"mailto:{house.authority_address}" if house.authority_address else "",
        link_text=_("Write to the %(authority)s, with reasons in your own words") % {"authority": house.authority}
        if house.authority
        else "",
    )


def _counted(time: times.Time) -> str:
    if time.unit == "hours":
        return _("We told you on %(at)s; the %(time)s begin with the next full hour.")
    return _("We told you on %(at)s; the %(time)s begin with the next day.")


def _scrutinised(facts: Mapping[str, Any], told: Told, house: House, many: bool) -> Iterator[str]:
    decides = times.deadline(times.pack(house.library, SCRUTINY, told.told_at), SCRUTINY, "scrutiny-decision")
    if not issuing_state(facts):
        yield _("This way is open if the order comes from another Member State.")
    yield _(
        "We are established in %(country)s, so its authority can check whether the order seriously or manifestly "
        "breaks the law or your fundamental rights. It decides within %(time)s."
    ) % {"country": country(house.state), "time": decides}
    if not told.lifted_at:
        yield (
            _("If it says yes, your messages come back at once.")
            if many
            else _("If it says yes, your message comes back at once.")
        )
