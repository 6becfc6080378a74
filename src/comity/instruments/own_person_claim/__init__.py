"""Our own rule on claims on persons: the doors to which a demand is turned that came as pressure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from comity import language
from comity.instruments.matter import House
from comity.instruments.port import Instrument
from comity.library.in_words import say
from comity.reading import form as forms
from comity.regulations.packs import Pack


@dataclass(frozen=True)
class Door:
    """One lawful way: what is said of it, and under it the acts by which it is open, each with its form."""

    id: str
    says: str
    acts: tuple[str, ...] = ()


class PersonClaim(Instrument):
    """What we say of a claim on a person."""

    ID = "own-person-claim"
    short = "Claim on a person"

    @staticmethod
    def doors(law: Sequence[Pack], house: House) -> tuple[Door, ...]:
        """The lawful doors, in the active language. `law`: the regulations by which an order from there is judged."""
        page = f"{house.base_url.rstrip('/')}/" if house.base_url else ""
        blanks = {
            "address": house.email,
            "post": house.post,
            "page": page,
            "country": language.country(house.establishment) if house.establishment else "",
        }
        told = {"acts": bool(law), "none": not law, "page": bool(page)}
        open_ = [one for one in _data() if told.get(one.get("needs", ""), True)]
        acts = tuple(_act(pack, page) for pack in law)
        return tuple(
            Door(one["id"], _said(one["says"]).format(**blanks), acts if one["id"] == "order" else ()) for one in open_
        )


def _said(words: Mapping[str, str]) -> str:
    return say(words, str(get_language()))


def _act(pack: Pack, page: str) -> str:
    """An act with its form, where we know it, and where its rules stand in plain words."""
    form = _form(pack.id)
    named = f"{_said(pack.title)}, {pack.act}"
    named += f", {form}" if form else ""
    return f"{named} · {page}regulations/{pack.id}" if page else named


def _form(instrument: str) -> str:
    known = {form.instrument: form for form in forms.known()}
    if instrument not in known:
        return ""
    annex = _annexes().get(known[instrument].id)
    return _("Annex %(number)s") % {"number": annex} if annex else ""


@cache
def _annexes() -> dict[str, str]:
    """Under which number each form is annexed to its act."""
    return {form.id: str(_raw(form.id).get("annex") or "") for form in forms.known()}


def _raw(id: str) -> dict[str, Any]:
    text = resources.files("comity.reading").joinpath("forms", f"{id}.json").read_text("utf-8")
    return dict(json.loads(text))


@cache
def _data() -> tuple[Mapping[str, Any], ...]:
    text = resources.files(__package__).joinpath("doors.yaml").read_text("utf-8")
    return tuple(yaml.safe_load(text)["doors"])
