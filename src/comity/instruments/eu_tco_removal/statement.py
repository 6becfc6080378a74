"""What the statement page adds for a removal order: its category in the words of Annex I, and scrutiny. Pure."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from comity.instruments.statement import House, Law, Reason, Told, Way, form_of, issuing_state, over, said
from comity.regulations import legal_time
from comity.web.places import country

ACT = "Regulation (EU) 2021/784"
SCRUTINY_HOURS = 48


class Removal(Law):
    """The words of Regulation (EU) 2021/784 on the statement page."""

    court_cite = f"{ACT}, Art. 9"
    complaint_cite = f"{ACT}, Art. 10"
    copy_cite = "Art. 11(2)"
    judgment_cite = f"{ACT}, Art. 3(3) and 2(7)"

    def reasons(self, facts: Mapping[str, Any]) -> tuple[Reason, ...]:
        """The categories that are ticked, each with its point of Art. 2(7)."""
        ticked = form_of(facts).get("categories")
        known = [c for c in ticked if c in _categories()] if isinstance(ticked, Sequence) else []
        return tuple(Reason(_categories()[c], f"{ACT}, Art. 2(7)({c[0]})") for c in known)

    def why(self, reasons: Sequence[Reason], many: bool) -> str:
        """That a law lets authorities order this within the hour, and what this one says."""
        what = "your messages" if many else "your message"
        law = "A European law lets authorities order a platform to hide a message within one hour if they consider it "
        tail = f"The authority says that {what}" if reasons else "The authority does not say which kind."
        return f"{law}terrorist content. {tail}"

    def judgment(self) -> str:
        """Whose judgment it is, and that we have no choice."""
        return f"{super().judgment()} The law then leaves us one hour, and no choice."

    def ways(self, facts: Mapping[str, Any], told: Told, house: House, now: datetime, many: bool) -> list[Way]:
        """Scrutiny by the authority of our State, of orders from another."""
        return [] if issuing_state(facts) == house.state else [_scrutiny(facts, told, house, now, many)]


@cache
def _categories() -> dict[str, str]:
    form = json.loads(files("comity.reading").joinpath("forms/tco-annex-1.json").read_text("utf-8"))
    field = next(f for f in form["fields"] if f["name"] == "categories")
    return {option["value"]: option["label"].partition(" (point")[0] for option in field["options"]}


def _scrutiny(facts: Mapping[str, Any], told: Told, house: House, now: datetime, many: bool) -> Way:
    """Art. 4(4): 48 hours from the information; by Regulation 1182/71 they begin with the next full hour."""
    until = legal_time.end_of_hours(told.told_at, SCRUTINY_HOURS, house.place).due_legal
    state, what = country(house.state), "your messages come" if many else "your message comes"
    maybe = "" if issuing_state(facts) else "This way is open if the order comes from another Member State. "
    return Way(
        id="scrutiny",
        title=f"Ask the authority of {state} to look at the order",
        until=until,
        counted=f"We told you on {said(told.told_at, house.zone)}; the 48 hours begin with the next full hour."
        + over(until, now),
        says=f"{maybe}We are established in {state}, so its authority can check whether the order seriously or "
        "manifestly breaks the law or your fundamental rights. It decides within 72 hours. "
        + ("" if told.lifted_at else f"If it says yes, {what} back at once."),
        cite=f"{ACT}, Art. 4(4), 4(7)",
        link=f"mailto:{house.authority_address}" if house.authority_address else "",
        link_text=f"Write to the {house.authority}, with reasons in your own words" if house.authority else "",
    )
