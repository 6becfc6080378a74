"""Words in a language: the catalogues of `locale/`, and days, countries and lists as they are written in it.

A language is its code (`en`, `fr`: ISO 639-1). By default it is the active one, chosen by a page's reader or for a
letter (`django.utils.translation.override`).
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.units import format_unit
from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy, trans_real
from django.utils.translation import gettext_lazy as _

from comity.operator import LANGUAGES

CATALOGUES = Path(__file__).parent / "locale"
ENGLISH = "en"
_CITED = {
    "Regulation (EU)": _("Regulation (EU)"),
    "recital ": _("recital "),
    "Art. ": _("Art. "),
    "Article ": _("Article "),
}
_FIRST = re.compile(r"(?<!\d)1(?=\s+(jan|fév|mars|avr|mai|juin|juil|août|sept|oct|nov|déc))")
_AND_TO = {"and": pgettext_lazy("in a citation", "and"), "to": pgettext_lazy("in a citation", "to")}


def load() -> None:
    """Give Django the catalogues compiled from their sources: compiled files on disk could be outdated."""
    for path in CATALOGUES.glob("*/LC_MESSAGES/django.po"):
        trans_real.translation(path.parts[-3]).merge(_compiled(path))


def _compiled(path: Path) -> GNUTranslations:
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, path.parts[-3]))
    compiled.seek(0)
    return GNUTranslations(compiled)


def known(code: object) -> str:
    """The language with this code if we write it; else English."""
    return str(code) if code in tuple(LANGUAGES) else ENGLISH


@cache
def _locale(code: str) -> Locale:
    return Locale.parse("en_GB" if code == ENGLISH else code)  # no comma before the last of a list


def _written(code: str) -> Locale:
    return _locale(code or translation.get_language() or ENGLISH)


def day(on: date, code: str = "") -> str:
    """24 November 2026; 24 novembre 2026; 1er décembre 2026."""
    return first_of_month(str(format_date(on, "d MMMM y", locale=_written(code))), code)


def first_of_month(text: str, code: str = "") -> str:
    """A date's text with the month's first day as it is written: French says 1er, and the libraries' formats don't."""
    return _FIRST.sub("1er", text) if _written(code).language == "fr" else text


def country(alpha_2: str, code: str = "") -> str:
    """The name of a country (ISO 3166-1 alpha-2); the code itself if it is unknown."""
    return str(_written(code).territories.get(alpha_2, alpha_2))


def name_of(spoken: str, code: str = "") -> str:
    """The name of a language (ISO 639-1), `French`, `français`; its code if it is unknown."""
    return str(_written(code).languages.get(spoken, spoken))


def period(length: int, unit: str, code: str = "") -> str:
    """48 hours, 2 weeks; 48 heures, 2 semaines. `unit` is one of the packs' (`regulations.legal_time.UNITS`)."""
    if unit == "working-days":
        return ngettext("%(number)d working day", "%(number)d working days", length) % {"number": length}
    return str(format_unit(length, f"duration-{unit.removesuffix('s')}", locale=_written(code)))


def listed(names: Sequence[str], code: str = "", *, either: bool = False) -> str:
    """Belgium, France and Italy; with `either`, "or" before the last."""
    style: Literal["or", "standard"] = "or" if either else "standard"
    return str(format_list(list(names), style, locale=_written(code)))


def colon() -> str:
    """The colon with its spacing in the active language."""
    return pgettext("before what it announces", ": ")


def within(territory: Sequence[str]) -> str:
    """`in the European Union`, `in Belgium and France`; empty for the whole world and for none."""
    if not territory or "WORLD" in territory:
        return ""
    if list(territory) == ["EU"]:
        return gettext("in the European Union")
    names = [gettext("the European Union") if place == "EU" else country(place) for place in territory]
    return ngettext("in %(place)s", "in %(place)s", len(names)) % {"place": listed(names)}


def cited(citation: str, code: str = "") -> str:
    """A citation in the style of a language: Regulation (EU) 2021/784, Art. 3 is règlement (UE) 2021/784, art. 3."""
    with translation.override(code or translation.get_language()):
        for english, written in _CITED.items():
            citation = citation.replace(english, str(written))
        return re.sub(r"(?<=[\d)] )(and|to)(?= \d)", lambda found: str(_AND_TO[found[1]]), citation)
