"""The letters of the demo's offices, and what the desk types of them: `orders.yaml`. Pure.

A letter that the reading knows needs no typing: what is typed stands in for it where it doesn't.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from comity import language
from comity.cases.facts import instant
from comity.demo.register import AUTHORITIES

ZONE = ZoneInfo("Europe/Brussels")
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Order:
    """One letter. `office`: the id of its sender on the register; empty: on none. `about`: of which kind of thing it
    speaks (`message`, `account`, or another office's `order`); `call_back`: whether it counts only after one."""

    name: str
    instrument: str
    says: str
    subject_: str
    text_: str
    typed: tuple[tuple[str, Any, str], ...]
    sender: str
    address: str
    office: str = ""
    about: str = ""
    call_back: bool = False

    def subject(self, reference: str) -> str:
        """The subject of its mail."""
        return self.subject_.format(reference=reference)

    def text(self, target: str, reference: str, at: datetime) -> str:
        """The letter, as it is sent at an instant."""
        return self.text_.format_map(_blanks(target, reference, at))

    def facts(self, target: str, reference: str, at: datetime) -> list[dict[str, Any]]:
        """What the desk types of it, each fact with its place."""
        blanks = _blanks(target, reference, at)
        return [{"path": path, "value": _filled(value, blanks), "where": where} for path, value, where in self.typed]


def _blanks(target: str, reference: str, at: datetime) -> Mapping[str, str]:
    on = at.astimezone(ZONE).date()
    return {
        "target": target,
        "reference": reference,
        "at": instant(at),
        "before": instant(at - timedelta(hours=2)),
        "day": language.day(on, "en"),
        "jour": language.day(on, "fr"),
        "tag": f"{on.day}.{on.month}.{on.year}",
        "us_day": us_day(on),
        "us_since": us_day(on - WEEK),
        "since": instant(at - WEEK),
    }


def us_day(day: date) -> str:
    """A day as letters from the United States write it."""
    return f"{day:%B} {day.day}, {day.year}"


def _filled(value: Any, blanks: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_filled(one, blanks) for one in value]
    if isinstance(value, dict):
        return {key: _filled(one, blanks) for key, one in value.items()}
    return value.format_map(blanks) if isinstance(value, str) else value


def _read(said: Mapping[str, Any]) -> Order:
    office = next((one for one in AUTHORITIES if one["id"] == said.get("office")), said)
    return Order(
        name=said["name"],
        instrument=said["instrument"],
        says=said["says"],
        subject_=said["subject"],
        text_=said["text"],
        typed=tuple((path, value, where) for path, value, where in said["typed"]),
        sender=office.get("sender") or office["name"],
        address=office["address"],
        office=said.get("office", ""),
        about=said["about"],
        call_back=said.get("call_back", False),
    )


ORDERS: Mapping[str, Order] = {
    one["name"]: _read(one)
    for one in yaml.safe_load(resources.files(__package__).joinpath("orders.yaml").read_text("utf-8"))["orders"]
}
