"""The checks of the removal order as somebody would write them in Python, without reasons and for known facts only."""

from datetime import timedelta
from typing import Any

MEMBER_STATES = frozenset(
    """AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE""".split()  # noqa: SIM905
)
TWELVE_HOURS = timedelta(hours=12)


def checks(f: dict[str, Any]) -> list[bool]:
    """What each check of eu-tco-removal-order says, in the pack's order."""
    authority, form, target, silence = f["authority"], f["form"], f["targets"][0], f["non_disclosure"]
    informed, languages = f["prior_information_at"], f["provider"]["languages"]
    silenced = (silence is not None and silence["requested"]) or form["non_disclosure"]
    signature, obstacle, clarification, scrutiny = (
        form["signature"],
        f["impossibility"],
        f["clarification"],
        f["scrutiny"],
    )
    return [
        authority["country"] in MEMBER_STATES,
        f["instrument"] in authority["competent_for"]
        and authority["kind"] not in ("ngo", "flagger", "person", "service"),
        authority["accredited"],
        form["issuing_authority"] != "",
        authority["verification"] != "none",
        f["channel"]["to"] == "contact-point",
        f["channel"]["kind"] in ("email", "portal", "api"),
        f["language"] in languages or f["translation"] in languages,
        not f["first_order"]
        or (f["emergency"] and f["emergency_grounds"] != "")
        or (informed is not None and informed + TWELVE_HOURS <= min(form["issued_at"], f["received_at"])),
        len(form["categories"]) > 0,
        form["reasons"] != "",
        len(form["urls"]) > 0 and len(f["targets"]) > 0,
        ("://" in target["ref"] or target["ref"].startswith("matrix:")) and target["specific"],
        target["found"],
        target["audience"] in ("public", "open-group"),
        target["purpose"] == "" or target["purpose_weighed"],
        "2021/784" in form["legal_basis"],
        form["issued_at"] is not None,
        signature is not None,
        signature is None or signature["valid"],
        form["redress_body"] != "" and form["redress_deadline"] != "",
        not silenced or silence["decided_at"] is not None,
        not silenced or silence["renewals"] <= 1,
        all(place == "EU" or place in MEMBER_STATES for place in f["territory"]),
        not (obstacle is not None and not obstacle["attributable"] and obstacle["ceased_at"] is None),
        not (clarification is not None and clarification["received_at"] is None),
        not (scrutiny is not None and scrutiny["infringes"]),
    ]
