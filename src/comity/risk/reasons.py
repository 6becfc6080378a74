"""Which alarms stand, for what rests on them. Reads only."""


def real_alarms(realm: str) -> list[str]:
    """The numbers of the alarms that a person judged real, and that stand."""
    return []


def headroom(realm: str) -> int:
    """How many alarms say that people won't suffice, and that nobody has judged noise or known."""
    return 0
