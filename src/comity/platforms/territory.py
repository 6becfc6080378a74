"""Territories: which countries "EU" means, and from where to look. Dated data, and pure rules over it."""

from collections.abc import Collection, Iterable

# Member States of the European Union since 1 February 2020
_MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU = frozenset(_MEMBERS.split())

# Parts of a Member State that have their own ISO 3166-1 code and where Union law applies
# (TFEU Art. 355(1) and (4)): Guadeloupe, French Guiana, Martinique, Réunion, Mayotte, Saint-Martin; Åland.
PARTS = {"FR": frozenset({"GP", "GF", "MQ", "RE", "YT", "MF"}), "FI": frozenset({"AX"})}

# Codes that Union texts write instead of ISO's (Interinstitutional style guide, 7.1.1).
ALSO_WRITTEN = {"EL": "GR", "UK": "GB"}

WORLD = "WORLD"

# ISO 3166-1 alpha-2, officially assigned, and XK (Kosovo, in general use).
_ISO = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA
CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA
GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS
MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS
RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW
TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK
"""
COUNTRIES = frozenset(_ISO.split())

# Where to look from outside a territory, or within one too large to look from all of it: neighbours of the Union
# first, then far away, so that one of them is outside of most.
OUTSIDE = ("CH", "NO", "GB", "US", "BR", "JP", "ZA", "AU", "IN", "BE", "DE", "FR")


class UnknownTerritory(ValueError):
    """A code that is neither a country nor "EU" or "WORLD"; the text names the field, the code and the rule."""


def _one(code: object) -> frozenset[str]:
    written = code.strip().upper() if isinstance(code, str) else ""
    written = ALSO_WRITTEN.get(written, written)
    if written == "EU":
        return EU
    if written in COUNTRIES or written == WORLD:
        return frozenset({written})
    raise UnknownTerritory(f"territory: {str(code)[:20]!r} is neither an ISO 3166-1 country code nor EU or WORLD")


def expand(territory: Iterable[object]) -> frozenset[str]:
    """The countries of a territory; {"WORLD"} if it is everywhere. "EU" is the 27 Member States.

    Raises UnknownTerritory for an unknown code, or for none at all (an empty territory is a mistake, not nowhere).
    """
    found = frozenset[str]().union(*(_one(code) for code in territory))
    if not found:
        raise UnknownTerritory("territory: empty; name at least one country, EU or WORLD")
    return frozenset({WORLD}) if WORLD in found else found


def reach(territory: Iterable[object]) -> frozenset[str]:
    """The viewers' country codes that a measure covers: `expand`, and parts of countries that have their own codes."""
    countries = expand(territory)
    return countries.union(*(PARTS.get(country, frozenset()) for country in countries))


def of_one(country: object, also: Collection[str] = ()) -> frozenset[str]:
    """The codes of one country: its own, and those of its parts; `also`: codes that count beside those of ISO 3166-1.

    Raises UnknownTerritory for what is no single country.
    """
    if not isinstance(country, str) or country not in COUNTRIES | frozenset(also):
        raise UnknownTerritory(f"country: {str(country)[:20]!r} is no ISO 3166-1 country code of two capital letters")
    return frozenset({country}) | PARTS.get(country, frozenset())


def covers(territory: Iterable[object], country: str) -> bool:
    """Whether a viewer in a country is inside a territory."""
    reached = reach(territory)
    return WORLD in reached or country in reached


def outside(territory: Collection[object]) -> str | None:
    """A country outside a territory from which to look; None if there is none (WORLD)."""
    reached = reach(territory)
    if WORLD in reached:
        return None
    return next((c for c in (*OUTSIDE, *sorted(COUNTRIES)) if c not in reached), None)


def narrowest(territory: Iterable[object]) -> tuple[str, ...]:
    """A territory in the shortest way of writing it, for people: ("EU", "CH"), ("FR",), ("WORLD",)."""
    countries = expand(territory)
    rest = tuple(sorted(countries - EU))
    return ("EU", *rest) if countries >= EU else tuple(sorted(countries))
