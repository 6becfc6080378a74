"""Exactly what a finding has done, kind by kind of measure, as pairs of a case's page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from comity.cases import rules
from comity.console.words import begun
from comity.web.parts import Pair
from comity.web.words import briefly

SHOWN_AT_MOST = 10
DATA: Mapping[str, str] = {
    "subscriber": "subscriber data",
    "identify": "data solely to identify the user",
    "traffic": "traffic data",
    "content": "content data",
}
NAMED: Mapping[str, str] = {"ip": "IP address", "imei": "IMEI", "mac": "MAC address", "user": "user", "other": "other"}


def of(finding: Mapping[str, Any], facts: Mapping[str, Any], says: str) -> tuple[Pair, ...]:
    """What will be done, to what, where and how long. `says`: what the platform says that the addresses lead to."""
    kinds = [measure["kind"] for measure in finding["measures"]]
    withheld = _withhold(finding, facts, says) if set(kinds) - rules.UNNOTICED - {rules.LEAVING} else ()
    kept = _preserve(finding, facts, says) if "preserve" in kinds else ()
    return (*withheld, *kept, *((NOT_SENT,) if rules.LEAVING in kinds else ()))


NOT_SENT = Pair(
    "Not sent",
    "Data leave sealed, opened by custodians for its authority alone. The clock runs on.",
    bold="No data leave",
)


def _lines(those: list[str]) -> str:
    return "\n".join(those[:SHOWN_AT_MOST]) + ("\n…" if len(those) > SHOWN_AT_MOST else "")


def _withhold(finding: Mapping[str, Any], facts: Mapping[str, Any], says: str) -> tuple[Pair, ...]:
    reaching = [m for m in finding["measures"] if m["kind"] not in {*rules.UNNOTICED, rules.LEAVING}]
    territory = sorted({t for m in reaching for t in m.get("territory", [])})
    if reaching and reaching[0]["kind"] in ELSEWISE:
        return _elsewise(reaching[0]["kind"], finding, says)
    return (
        Pair("Do", "Nobody in the territory can see it. Nothing is deleted.", bold="Withhold"),
        Pair("To what", says, code=_lines(rules.actable(finding))),
        Pair("Where", "It stays visible everywhere else.", bold=begun(briefly(territory))),
        Pair("How long", "The order names no end." if not facts.get("until") else "", bold="Until lifted"),
        Pair("Not touched", "The author’s account, other messages, any data about the author."),
    )


ELSEWISE: Mapping[str, tuple[str, str, str]] = {
    "redact": (
        "Delete",
        "Gone for everybody, in every country. Nothing takes it back: a copy is kept under seal before, and one person "
        "more signs.",
        "The author’s account, other messages, any data about the author.",
    ),
    "suspend": (
        "Silence its author",
        "They write no more there until it is lifted. What they wrote stays, and everybody sees it.",
        "What was written, whatever the author does elsewhere, any data about the author.",
    ),
    "block": (
        "Close it to writing",
        "Nobody but its administrators writes there until it is lifted. What was written stays.",
        "What was written, anybody’s account, any data about anybody.",
    ),
}
EVERYWHERE = "Its platform can’t do it in some countries only."


def _elsewise(kind: str, finding: Mapping[str, Any], says: str) -> tuple[Pair, ...]:
    """What is done where a platform can't withhold country by country, and a person chose something else."""
    bold, what, untouched = ELSEWISE[kind]
    ordered = (finding.get("instead") or {}).get("territory") or []
    asked = (Pair("Ordered", f"Withhold in {briefly(ordered)}. {EVERYWHERE}"),) if ordered else ()
    return (
        *asked,
        Pair("Do", what, bold=bold),
        Pair("To what", says, code=_lines(rules.actable(finding))),
        Pair("Where", "In every country alike.", bold="Everywhere"),
        Pair("How long", "", bold="For good" if kind == "redact" else "Until lifted"),
        Pair("Not touched", untouched),
    )


def _preserve(finding: Mapping[str, Any], facts: Mapping[str, Any], says: str) -> tuple[Pair, ...]:
    keep, urls = rules.to_keep(finding, facts), rules.actable(finding)
    data = [DATA.get(str(row["category"]), str(row["category"])) for row in keep["data"]]
    named = [f"{NAMED.get(kind, kind)}: {one}" for kind, those in keep["named"].items() for one in those]
    what = (says, *data) if urls and says else data
    until = datetime.fromisoformat(keep["until"]) if keep["until"] else None
    return (
        Pair("Do", "Kept as it is now, under seal. Nobody sees a difference.", bold="Preserve"),
        Pair("What", ", ".join(what), code=_lines(urls)),
        *([Pair("Named by", "", code=_lines(named))] if named else []),
        Pair("How long", "It then ends by itself." if until else "It has no day.", bold="Until", at=until)
        if until
        else Pair("How long", "It has no day: until it is produced, or no longer needed.", bold="Until then"),
        Pair("Not touched", "The account, what it shows, and who can see it. Nothing is given to anybody."),
    )
