"""The life of an alarm as a table. Pure, and without what reckons: every process has the tables, few reckon."""

import secrets
from collections.abc import Mapping

from comity.ledger.life import Life

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KINDS = ("change", "headroom")
STATES = ("raised", "real", "noise", "known")
VERDICTS = STATES[1:]
WHY_NOT = ("few", "short", "unknown")
RECKONED = ("change", "headroom", "growth", "desk")

ALARM_LIFE: Mapping[tuple[str, str], str] = {("raised", verdict): verdict for verdict in VERDICTS}
OF_ALARM = Life("alarm", ALARM_LIFE)


def fresh() -> str:
    """A fresh number: `A-` and eight characters of base32 (Crockford)."""
    return "A-" + "".join(secrets.choice(ALPHABET) for _ in range(8))
