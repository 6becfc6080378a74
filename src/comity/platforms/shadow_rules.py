"""Shadow: begun by the settings or by one person at once, left by a decision. Pure."""

from collections.abc import Mapping

from comity.ledger.life import Life

STATES = ("shadow", "left")
LIFE: Mapping[tuple[str, str], str] = {
    ("shadow", "leave"): "left",
    ("left", "begin"): "shadow",
}
OF_IT = Life("shadow", LIFE)
LEAVE = "shadow-leave"
FEWEST = 2  # signatures, whatever the data say
